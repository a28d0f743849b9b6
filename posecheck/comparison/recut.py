"""Takes that are parts of one and the same video, cut or packed differently: as two takes they would count it twice."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from posecheck.comparison.blocks import first_primary, named_takes, same_recording
from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.trial.repetitions import Repetition
    from posecheck.trial.trial import Trial

FEWEST_ALIKE = 2
"""One repetition may be like another by chance (chosen by us)."""
ALIKE_S = 0.1
"""Leaving, hold and return of a repetition lie no further apart, counted from one moment of the video: cut and packed
anew, the toe touch of the sample videos gives times that differ by 0.04 s (chosen by us). Nobody repeats a test so."""
ALIKE_DEG = 1.0
"""Nor are the end ranges of the main outcome further apart than that: by 0.3 degrees there (chosen by us)."""


def recut_words(takes: Sequence[Trial], block: str) -> list[str]:
    """A sentence for each two takes of a block that seem to be parts of one video."""
    return [
        phrase(
            "{first} and {second} seem to be parts of one video: their repetitions have the same times and end ranges. As "
            "two takes they make the error look smaller than it is; leave one of them out",
            first=one_name,
            second=other_name,
        )
        for (one, one_name), (other, other_name) in combinations(named_takes(block, takes), 2)
        if not same_recording(one, other) and seem_recut(one, other)
    ]


def seem_recut(one: Trial, other: Trial) -> bool:
    """Whether two recordings hold the same repetitions, in one of them perhaps earlier, and perhaps more of them.

    Notes
    -----
    Repetitions are aligned at the beginning of each pair in turn. What was left out by hand is looked at too.
    """
    if one.key != other.key:
        return False
    shorter = min(len(one.repetitions), len(other.repetitions))
    most = max(
        (_alike(one, other, first, second) for first in one.repetitions for second in other.repetitions), default=0
    )
    return most >= max(FEWEST_ALIKE, shorter - 1)


def _alike(one: Trial, other: Trial, first: Repetition, second: Repetition) -> int:
    """How many repetitions are alike if these two are the same one."""
    later_s = second.start_s - first.start_s
    return sum(any(_is_same(one, mine, yours, later_s) for yours in other.repetitions) for mine in one.repetitions)


def _is_same(trial: Trial, mine: Repetition, yours: Repetition, later_s: float) -> bool:
    apart_s = (abs(after - before - later_s) for before, after in zip(_times(mine), _times(yours), strict=True))
    outcome = first_primary(trial)
    if outcome is None or not all(value < ALIKE_S for value in apart_s):
        return False
    return bool(abs(mine.end_range.get(outcome.name, 0.0) - yours.end_range.get(outcome.name, 0.0)) < ALIKE_DEG)


def _times(repetition: Repetition) -> tuple[float, float, float, float]:
    return repetition.start_s, repetition.hold_start_s, repetition.hold_end_s, repetition.end_s
