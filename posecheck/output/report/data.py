"""Everything that the report shows, handed over by whoever ran the session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from posecheck.comparison.error_model import ErrorModel, OwnRepeats
from posecheck.language import phrase
from posecheck.output.report.letterhead import Letterhead

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posecheck.comparison.changes import Change
    from posecheck.comparison.sides import SideDifference
    from posecheck.output.report.charts import AngleData
    from posecheck.skeleton.centres import JointCentres
    from posecheck.trial.trial import Trial


PHASE_TITLES = {"pre": phrase("Pre-test"), "baseline": phrase("Baseline"), "retest": phrase("Re-test")}
"""What a block is called, by its name in files."""


@dataclass(frozen=True, slots=True, eq=False)
class ReportTrial:
    """One recording as the report shows it.

    Attributes
    ----------
    trial : Trial
    name : str
        File name of the video.
    angles : AngleData or None
        Values and states of the angle table, for the curves; an `posecheck.kinematics.angles.AngleTable` fits.
    end_range_jpeg : bytes or None
        Picture of an end range with skeleton and angle drawn.
    skeleton : JointCentres or None
        The fitted joints over time, for the drawing of the body; None where there are none.
    """

    trial: Trial
    name: str = ""
    angles: AngleData | None = None
    end_range_jpeg: bytes | None = None
    skeleton: JointCentres | None = None


@dataclass(frozen=True, slots=True)
class ReportStretch:
    """A stretch that was done between the tests, as the session tells it.

    ``grip`` is a name in `posecheck.protocol.GRIPS`, `posecheck.protocol.NO_GRIP`, or empty where not told.
    ``seconds`` is how long it was held, 0 where not told; ``stopped_for_pain`` whether pain ended it.
    """

    stretch: str
    grip: str = ""
    side: str = ""
    note: str = ""
    seconds: float = 0.0
    stopped_for_pain: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A recording that gave no result, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A take that does not count, and why.

    Attributes
    ----------
    file : str
    movement, side, phase : str
        As the name of its folder has them: ``runners-lunge``, ``left`` or empty, ``pre``.
    test : str
        ``Runner's lunge, left``.
    take : int
        Its number among the takes of the test in the block.
    reason : str
    """

    file: str
    movement: str
    side: str
    phase: str
    test: str
    take: int
    reason: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ReportData:
    """One session.

    Attributes
    ----------
    title, person : str
        Heading, and who it is about (empty for nobody named).
    pre_date, retest_date : str
        As they are to be printed.
    pre, baseline, retest : tuple of ReportTrial
        The blocks of docs/method.md#section-5; only the first is needed. A test may stand in one several times: its takes.
    changes : tuple of Change
        From the baseline (or, without one, the pre-test) to the re-test.
    baseline_changes : tuple of Change
        From the pre-test to the baseline, with nothing done in between.
    pre_sides, retest_sides : tuple of SideDifference
    stretches : tuple of ReportStretch
    no_stretch : bool
        It was said that nothing was done between the tests.
    refused : tuple of Refused
    left_out : tuple of LeftOut
        Takes that do not count.
    error_model : ErrorModel
    own_repeats : OwnRepeats
        What of its repeats are of this session.
    letterhead : Letterhead
        Who hands the report over.
    provenance : mapping
        Versions, model checksum, options; may be nested.
    """

    title: str = phrase("Hip mobility")
    person: str = ""
    pre_date: str = ""
    retest_date: str = ""
    pre: tuple[ReportTrial, ...] = ()
    baseline: tuple[ReportTrial, ...] = ()
    retest: tuple[ReportTrial, ...] = ()
    changes: tuple[Change, ...] = ()
    baseline_changes: tuple[Change, ...] = ()
    pre_sides: tuple[SideDifference, ...] = ()
    retest_sides: tuple[SideDifference, ...] = ()
    stretches: tuple[ReportStretch, ...] = ()
    no_stretch: bool = False
    refused: tuple[Refused, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    error_model: ErrorModel = field(default_factory=ErrorModel)
    own_repeats: OwnRepeats = field(default_factory=OwnRepeats)
    letterhead: Letterhead = field(default_factory=Letterhead)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def before(self) -> tuple[ReportTrial, ...]:
        """What the re-test is compared with: of each test the baseline, or the pre-test where there was none."""
        repeated = {item.trial.key for item in self.baseline}
        keys = dict.fromkeys(item.trial.key for item in (*self.pre, *self.baseline))
        return tuple(
            item for key in keys for item in (self.baseline if key in repeated else self.pre) if item.trial.key == key
        )

    @property
    def before_name(self) -> str:
        """What that block is called; "Before" where it is a baseline for some tests only."""
        names = {self.before_phase(item) for item in self.before}
        return names.pop() if len(names) == 1 else phrase("Before") if names else PHASE_TITLES["pre"]

    def before_phase(self, item: ReportTrial) -> str:
        """Which block a recording of `before` is from."""
        return PHASE_TITLES["baseline" if item in self.baseline else "pre"]

    @property
    def phases(self) -> tuple[tuple[str, tuple[ReportTrial, ...]], ...]:
        """The three blocks by the names that files give them."""
        return (("pre", self.pre), ("baseline", self.baseline), ("retest", self.retest))

    @property
    def blocks(self) -> tuple[tuple[str, tuple[ReportTrial, ...]], ...]:
        """The blocks that hold recordings, with their names for people."""
        return tuple((PHASE_TITLES[phase], block) for phase, block in self.phases if block)

    @property
    def trials(self) -> tuple[ReportTrial, ...]:
        """All recordings, in the order of the blocks."""
        return (*self.pre, *self.baseline, *self.retest)
