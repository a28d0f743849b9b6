"""Each test and side with its one or two recordings: what page, PDF and web app show of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from posecheck.comparison.verdict import lower_first
from posecheck.movements import Role
from posecheck.output.body.recordings import body_picture
from posecheck.output.report.give_or_take import errors_sentence
from posecheck.output.report.rows import outcome_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.output.body.picture import BodyPicture
    from posecheck.output.report.charts import AngleData
    from posecheck.output.report.data import ReportData, ReportTrial
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
    ) -> Drawn:
        """Draw the repetitions of one or two recordings over each other."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ComparedTest:
    """One test and side.

    Attributes
    ----------
    recordings : tuple of (str, ReportTrial)
        One or two, each with the name of its block, in the order of recording.
    """

    recordings: tuple[tuple[str, ReportTrial], ...]

    @property
    def trial(self) -> Trial:
        """The first recording's, for what both have in common."""
        return self.recordings[0][1].trial

    @property
    def outcomes(self) -> tuple[OutcomeResult, ...]:
        """The main measures, of the first recording."""
        return main_outcomes(self.trial)

    def curves(self, outcome: OutcomeResult, draw: DrawCurves[Drawn]) -> Drawn | None:
        """A chart of an outcome over the recordings whose angles are there; None without any."""
        drawn = [(block, item.trial, item.angles) for block, item in self.recordings if item.angles is not None]
        if not drawn:
            return None
        (first_block, first, first_angles), *others = drawn
        block, second, angles = others[0] if others else ("", None, None)
        return draw(first_angles, first, angles, second, outcome.name, names=(first_block, block))

    def errors(self, outcome: OutcomeResult) -> str:
        """How far the end ranges of an outcome may be off, in a sentence; empty where it is not known."""
        return errors_sentence([(block, item.trial.outcome(outcome.name)) for block, item in self.recordings])

    @property
    def body(self) -> BodyPicture | None:
        """The bodies at end range over each other; None where none was fitted."""
        return body_picture([(block, item.trial, item.skeleton) for block, item in self.recordings])


def compared_tests(data: ReportData) -> Iterator[ComparedTest]:
    """Every test and side, in the order of recording."""
    for before, after in recording_pairs(data):
        first = "" if before is None else data.before_phase(before)
        pair = ((first, before), ("Re-test", after))
        yield ComparedTest(tuple((block, item) for block, item in pair if item is not None))


def recording_pairs(data: ReportData) -> Iterator[tuple[ReportTrial | None, ReportTrial | None]]:
    """Of every test and side the recording before the stretch and the re-test, None where there is none."""
    after = {item.trial.key: item for item in data.retest}
    for item in data.before:
        yield item, after.pop(item.trial.key, None)
    for item in after.values():
        yield None, item


def main_outcomes(trial: Trial) -> tuple[OutcomeResult, ...]:
    """What the test is about."""
    return tuple(outcome for outcome in trial.outcomes if outcome.role is Role.PRIMARY)


def end_range_words(trial: Trial) -> str:
    """The main measures in one line: ``hip flexion 95.0 ± 2.0°; trunk lean 10.0 ± 1.0°``."""
    return "; ".join(f"{lower_first(outcome.title)} {outcome_text(outcome)}" for outcome in main_outcomes(trial))
