"""Everything that the report shows, handed over by whoever ran the session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from posecheck.difference import ErrorModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posecheck.comparison import Change, SideDifference
    from posecheck.output.charts import AngleData
    from posecheck.trial import Trial


@dataclass(frozen=True, slots=True, eq=False)
class ReportTrial:
    """One recording as the report shows it.

    Attributes
    ----------
    trial : Trial
    name : str
        File name of the video.
    angles : AngleData or None
        Values and states of the angle table, for the curves; an `posecheck.angles.AngleTable` fits.
    end_range_jpeg : bytes or None
        Picture of an end range with skeleton and angle drawn.
    """

    trial: Trial
    name: str = ""
    angles: AngleData | None = None
    end_range_jpeg: bytes | None = None


@dataclass(frozen=True, slots=True)
class StretchDone:
    """A stretch that was done between the tests, as the session file tells it."""

    stretch: str
    grip: str = ""
    side: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A recording that gave no result, and why."""

    file: str
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
        The blocks A, B and C of MEASUREMENT section 5; only the first is needed.
    changes : tuple of Change
        From the baseline (or, without one, the pre-test) to the re-test.
    baseline_changes : tuple of Change
        From the pre-test to the baseline, with nothing done in between.
    pre_sides, retest_sides : tuple of SideDifference
    stretches : tuple of StretchDone
    refused : tuple of Refused
    error_model : ErrorModel
    provenance : mapping
        Versions, model checksum, options; may be nested.
    """

    title: str = "Hip mobility"
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
    stretches: tuple[StretchDone, ...] = ()
    refused: tuple[Refused, ...] = ()
    error_model: ErrorModel = field(default_factory=ErrorModel)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def before(self) -> tuple[ReportTrial, ...]:
        """The block that the re-test is compared with."""
        return self.baseline or self.pre

    @property
    def before_name(self) -> str:
        """What that block is called."""
        return "Baseline" if self.baseline else "Pre-test"

    @property
    def trials(self) -> tuple[ReportTrial, ...]:
        """All recordings, in the order of the blocks."""
        return (*self.pre, *self.baseline, *self.retest)
