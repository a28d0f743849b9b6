"""Each test and side with its recordings before and after: what page, PDF and web app show of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from posecheck.language import first_lower, joined
from posecheck.movements import Role
from posecheck.output.body.recordings import body_picture
from posecheck.output.report.data import PHASE_TITLES
from posecheck.output.report.give_or_take import errors_sentence
from posecheck.output.report.rows import outcome_text
from posecheck.output.report.takes import take_name, typical
from posecheck.output.report.wording import SEMICOLON

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posecheck.output.body.picture import BodyPicture
    from posecheck.output.report.charts import AngleData
    from posecheck.output.report.data import ReportData, ReportTrial
    from posecheck.trial.keys import TrialKey
    from posecheck.trial.trial import OutcomeResult, Trial

Drawn = TypeVar("Drawn", covariant=True)


class DrawCurves(Protocol[Drawn]):
    """`posecheck.output.report.charts.overlay_figure`, or its SVG."""

    def __call__(
        self,
        pre_angles: AngleData,
        pre_trial: Trial,
        retest_angles: AngleData | None,
        retest_trial: Trial | None,
        outcome: str,
        *,
        names: tuple[str, str],
        further: tuple[Sequence[tuple[AngleData, Trial]], Sequence[tuple[AngleData, Trial]]] = ((), ()),
    ) -> Drawn:
        """Draw the repetitions of one or two blocks over each other."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ComparedTest:
    """One test and side.

    Attributes
    ----------
    blocks : tuple of (str, tuple of ReportTrial)
        One or two, each with its name and its takes, in the order of recording.
    """

    blocks: tuple[tuple[str, tuple[ReportTrial, ...]], ...]

    @property
    def recordings(self) -> tuple[tuple[str, ReportTrial], ...]:
        """Every take with the name of its block, and its number where there are several."""
        return tuple((take_name(name, item, takes), item) for name, takes in self.blocks for item in takes)

    @property
    def shown(self) -> tuple[tuple[str, ReportTrial], ...]:
        """Of each block the one take that stands for it in a picture."""
        return tuple((take_name(name, item, takes), item) for name, takes in self.blocks for item in (typical(takes),))

    @property
    def trial(self) -> Trial:
        """The first recording's, for what all have in common."""
        return self.blocks[0][1][0].trial

    @property
    def outcomes(self) -> tuple[OutcomeResult, ...]:
        """The main measures, of the first recording."""
        return main_outcomes(self.trial)

    def curves(self, outcome: OutcomeResult, draw: DrawCurves[Drawn]) -> Drawn | None:
        """A chart of an outcome over the recordings whose angles are there; None without any."""
        drawn = [(name, angles) for name, takes in self.blocks if (angles := _with_angles(takes))]
        if not drawn:
            return None
        (first_block, (first, *more)), *others = drawn
        if not others:
            return draw(*first, None, None, outcome.name, names=(first_block, ""), further=(more, ()))
        ((block, (second, *more_after)),) = others
        return draw(*first, *second, outcome.name, names=(first_block, block), further=(more, more_after))

    def errors(self, outcome: OutcomeResult) -> str:
        """How far the end ranges of an outcome may be off, in a sentence; empty where it is not known."""
        return errors_sentence([(block, item.trial.outcome(outcome.name)) for block, item in self.recordings])

    @property
    def body(self) -> BodyPicture | None:
        """The bodies at end range over each other; None where none was fitted."""
        return body_picture([(block, item.trial, item.skeleton) for block, item in self.shown])


def _with_angles(takes: Sequence[ReportTrial]) -> list[tuple[AngleData, Trial]]:
    return [(item.angles, item.trial) for item in takes if item.angles is not None]


def compared_tests(data: ReportData) -> Iterator[ComparedTest]:
    """Every test and side, in the order of recording."""
    for before, after in recording_pairs(data):
        first = data.before_phase(before[0]) if before else ""
        yield ComparedTest(
            tuple((block, takes) for block, takes in ((first, before), (PHASE_TITLES["retest"], after)) if takes)
        )


def recording_pairs(data: ReportData) -> Iterator[tuple[tuple[ReportTrial, ...], tuple[ReportTrial, ...]]]:
    """Of every test and side its takes before the stretch and in the re-test, empty where there are none."""
    for key in dict.fromkeys(item.trial.key for item in (*data.before, *data.retest)):
        yield _takes_of(data.before, key), _takes_of(data.retest, key)


def _takes_of(block: Sequence[ReportTrial], key: TrialKey) -> tuple[ReportTrial, ...]:
    return tuple(item for item in block if item.trial.key == key)


def main_outcomes(trial: Trial) -> tuple[OutcomeResult, ...]:
    """What the test is about."""
    return tuple(outcome for outcome in trial.outcomes if outcome.role is Role.PRIMARY)


def end_range_words(trial: Trial) -> str:
    """The main measures in one line: ``hip flexion 95°; trunk lean 10°``."""
    named = (joined([first_lower(outcome.title), outcome_text(outcome)]) for outcome in main_outcomes(trial))
    return joined(named, SEMICOLON)
