"""What may be said of a difference, and the words that changes and sides share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from posecheck.comparison.comparability import Comparable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.comparison.difference import Difference, ErrorModel
    from posecheck.trial.trial import OutcomeResult


class Verdict(StrEnum):
    """What may be said of a difference. Never "no change"."""

    LARGER = "larger than measurement error"
    NOT_DISTINGUISHABLE = "not distinguishable from measurement error"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class Block:
    """End range of one outcome in one block: mean, SD and number of repetitions."""

    mean_deg: float
    sd_deg: float
    repetitions: int


def block_of(outcome: OutcomeResult) -> Block:
    """Mean, SD and count of an outcome."""
    return Block(outcome.mean, outcome.sd, outcome.repetitions)


def verdict_of(difference: Difference, comparable: Comparable, clean: bool) -> Verdict:
    """Larger than its error, with nothing (``clean``) that stands against saying so."""
    if comparable is Comparable.NO:
        return Verdict.NOT_COMPARABLE
    larger = clean and abs(difference.difference_deg) > difference.mdc95_deg
    return Verdict.LARGER if larger else Verdict.NOT_DISTINGUISHABLE


def set_sd_deg_of(comparable: Comparable, model: ErrorModel) -> float:
    """The re-positioning error in degrees: larger where the camera moved."""
    return model.set_sd_deg if comparable is Comparable.YES else model.moved_set_sd_deg


def with_corrections(sentence: str, corrections: Sequence[str]) -> str:
    """A sentence that also names what was set right by hand."""
    return f"{sentence} Corrected: {'; '.join(corrections)}." if corrections else sentence


def lower_first(title: str) -> str:
    """An outcome's title within a sentence."""
    return title[:1].lower() + title[1:]


def range_words(difference: Difference) -> str:
    """The confidence interval, counted in the direction of the difference: "5° less (likely 1 to 9)"."""
    ends = (difference.ci95_low_deg, difference.ci95_high_deg)
    low, high = ends if difference.difference_deg >= 0 else (-ends[1], -ends[0])
    return f"{round(low)} to {round(high)}".replace("-", "−")
