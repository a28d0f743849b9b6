"""Whether takes of a test may be compared: same test, same set-up, same technique, all good enough."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import ComparisonError
from posecheck.language import filled, first_lower, joined, listed, phrase, phrase_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.comparison.error_model import MeasureError
    from posecheck.trial.trial import OutcomeResult, Trial

MATCHED_WITHIN_DEG = 5.0
"""Compensations of both blocks must agree this well for a change to count (docs/method.md#section-5)."""
CLOSE_YAW_DEG, CLOSE_SCALE, CLOSE_ROLL_DEG = 5.0, 0.05, 2.0
"""A camera that is put back by hand comes within these. Beyond them it counts as moved: the error grows with how far
(docs/method.md#section-5)."""
FAR_YAW_DEG, FAR_SCALE, FAR_ROLL_DEG = 20.0, 0.30, 10.0
"""Beyond these the recordings are not comparable (chosen by us)."""

SOURCE_WORDS = {
    "image": phrase_in("a source of angles", "image"),
    "skeleton": phrase_in("a source of angles", "skeleton"),
    "world": phrase_in("a source of angles", "world"),
}
"""What the sources that come with posecheck are called in a sentence."""


class Comparable(StrEnum):
    """Whether two recordings were made alike: yes; widened (camera moved, larger error); no."""

    YES = "yes"
    WIDENED = "widened"
    NO = "no"


@dataclass(frozen=True, slots=True)
class SetUpDifference:
    """How far the set-ups of two blocks differ: turned, of another size, tilted; all positive, NaN where unknown."""

    yaw_deg: float
    scale: float
    roll_deg: float

    def error_deg(self, error: MeasureError) -> float:
        """Standard deviation of the error that this adds to a change of an outcome (docs/method.md#section-5).

        Nothing within what putting back by hand is off by, which the error of a take holds already, and nothing for what is
        not known; beyond that it grows steadily.
        """
        return math.hypot(
            error.per_yaw * _beyond(self.yaw_deg, CLOSE_YAW_DEG),
            error.per_scale * 100 * _beyond(self.scale, CLOSE_SCALE),
            error.per_roll * _beyond(self.roll_deg, CLOSE_ROLL_DEG),
        )


def check_same_test(pre: Trial, retest: Trial) -> None:
    """Refuse to compare different tests.

    Raises
    ------
    ComparisonError
        Different movement, movement version, side or person.
    """
    if pre.movement != retest.movement:
        raise ComparisonError(
            phrase(
                "pre-test is '{first}' and re-test is '{second}': only recordings of the same test can be compared.",
                first=pre.movement,
                second=retest.movement,
            )
        )
    if pre.movement_version != retest.movement_version:
        raise ComparisonError(
            phrase(
                "'{test}' was measured with version {first} of the test and {second}: analyse both videos again with this "
                "posecheck.",
                test=pre.movement,
                first=pre.movement_version,
                second=retest.movement_version,
            )
        )
    if pre.sided and pre.side != retest.side:
        raise ComparisonError(
            phrase(
                "'{test}': the pre-test is of the {first} side, the re-test of the {second} side.",
                test=pre.movement,
                first=pre.side.words,
                second=retest.side.words,
            )
        )
    people = [trial.person for trial in (pre, retest)]
    if all(people) and people[0] != people[1]:
        raise ComparisonError(
            phrase(
                "pre-test is of '{first}' and re-test of '{second}': results are compared within one person only.",
                first=people[0],
                second=people[1],
            )
        )


def check_one_person(trials: Sequence[Trial]) -> None:
    """Refuse to compare one person with another.

    Raises
    ------
    ComparisonError
    """
    people = sorted({trial.person for trial in trials} - {""})
    if len(people) > 1:
        raise ComparisonError(
            phrase("the trials are of {people}: results are compared within one person only.", people=listed(people))
        )


def check_set_up(first: Trial, second: Trial, *, same_facing: bool = True) -> tuple[Comparable, list[str]]:
    """Whether two recordings were made alike, with the reasons if not (docs/method.md#section-5)."""
    a, b = first.set_up, second.set_up
    if a.view != b.view:
        front_first = phrase("one was filmed from the front, the other from the side")
        side_first = phrase("one was filmed from the side, the other from the front")
        return Comparable.NO, [front_first if a.view == "front" else side_first]
    if same_facing and a.facing != b.facing:
        return Comparable.NO, [phrase("the person faces the other way: other leg nearer to the camera")]
    yaw = abs(a.yaw_deg - b.yaw_deg)
    scale = abs(second.lens_size / first.lens_size - 1) if first.lens_size > 0 else math.nan
    roll = 0.0 if math.isnan(a.roll_deg - b.roll_deg) else abs(a.roll_deg - b.roll_deg)
    if yaw > FAR_YAW_DEG or scale > FAR_SCALE or roll > FAR_ROLL_DEG:
        far = phrase("the camera moved ({how}): film again from the same place", how=_moved_words(yaw, scale, roll))
        return Comparable.NO, [far]
    if yaw > CLOSE_YAW_DEG or scale > CLOSE_SCALE or roll > CLOSE_ROLL_DEG:
        moved = phrase("the camera moved ({how}): a larger error is assumed", how=_moved_words(yaw, scale, roll))
        return Comparable.WIDENED, [moved]
    if math.isnan(yaw) or math.isnan(scale):
        unknown = phrase("where the camera stood could not be told: it is taken to be put back in its place")
        return Comparable.WIDENED, [unknown]
    return Comparable.YES, []


def _moved_words(yaw_deg: float, scale: float, roll_deg: float) -> str:
    parts = [
        phrase("turned {angle:.0f} degrees", angle=yaw_deg) if yaw_deg > CLOSE_YAW_DEG else "",
        phrase("size {percent:.0f} % different", percent=100 * scale) if scale > CLOSE_SCALE else "",
        phrase("tilted {angle:.0f} degrees", angle=roll_deg) if roll_deg > CLOSE_ROLL_DEG else "",
    ]
    return joined(parts, ", ")


def check_set_ups(
    first: Sequence[Trial], second: Sequence[Trial], *, same_facing: bool = True
) -> tuple[Comparable, list[str]]:
    """The same for blocks of several takes: every take of one with every take of the other; the worst counts."""
    found = [check_set_up(a, b, same_facing=same_facing) for a in first for b in second]
    worst = max((level for level, _ in found), key=list(Comparable).index)
    reasons = dict.fromkeys(reason for level, reasons in found if level is worst for reason in reasons)
    return worst, list(reasons)


def set_up_difference(first: Sequence[Trial], second: Sequence[Trial]) -> SetUpDifference:
    """How far the set-ups of two blocks differ on average."""
    yaw = abs(_mean([t.set_up.yaw_deg for t in second]) - _mean([t.set_up.yaw_deg for t in first]))
    scale = abs(_mean_size(second) / _mean_size(first) - 1)
    roll = abs(_mean([t.set_up.roll_deg for t in second]) - _mean([t.set_up.roll_deg for t in first]))
    return SetUpDifference(yaw, scale, roll)


def _beyond(value: float, limit: float) -> float:
    return max(0.0, value - limit) if math.isfinite(value) else 0.0


def _mean(values: Sequence[float]) -> float:
    """Mean of those that are known; NaN if none is."""
    known = [value for value in values if math.isfinite(value)]
    return float(np.mean(known)) if known else math.nan


def _mean_size(trials: Sequence[Trial]) -> float:
    """Mean size in the picture; 0 is none."""
    return _mean([trial.lens_size for trial in trials if trial.lens_size > 0])


def source_reasons(outcomes: Sequence[OutcomeResult]) -> list[str]:
    """Why end ranges do not compare that were measured in different ways, such as in the picture and in space."""
    sources = list(dict.fromkeys(outcome.source for outcome in outcomes if outcome.values))
    if len(sources) < 2:
        return []
    first, second = (SOURCE_WORDS.get(name, name) for name in sources[:2])
    return [phrase("one was measured from the source '{first}', the other from '{second}'", first=first, second=second)]


def gate_reasons(trial: Trial, block: str) -> list[str]:
    """What the quality gates rejected in a block."""
    return [phrase("{name}: {words}", name=block, words=gate.words) for gate in trial.gates if gate.status == "reject"]


def by_hand(*named: tuple[Trial, str]) -> tuple[str, ...]:
    """What was set right by hand in some takes: ``1 repetition excluded by hand (re-test)``."""
    return tuple(
        phrase("{words} ({name})", words=words, name=name) for trial, name in named for words in trial.corrections
    )


def technique_reasons(pre: Sequence[Trial], retest: Sequence[Trial]) -> list[str]:
    """Which compensations differ between two blocks by more than `MATCHED_WITHIN_DEG`, on average over their takes."""
    before, after = _compensations(pre), _compensations(retest)
    reasons: list[str] = []
    for item in pre[0].compensations:
        if not item.matched or item.name not in after:
            continue
        difference = after[item.name] - before[item.name]
        if math.isnan(difference):
            words = phrase("{what} could not be measured in both, so the technique may have differed")
            reasons.append(filled(words, what=first_lower(item.title)))
        if abs(difference) > MATCHED_WITHIN_DEG:
            more = phrase("done differently: {what} {degrees:.0f} degrees more in the re-test")
            less = phrase("done differently: {what} {degrees:.0f} degrees less in the re-test")
            words = more if difference > 0 else less
            reasons.append(filled(words, what=first_lower(item.title), degrees=abs(difference)))
    return reasons


def _compensations(takes: Sequence[Trial]) -> dict[str, float]:
    """Mean degrees of each compensation over the takes in which it was measured."""
    found: dict[str, list[float]] = {}
    for trial in takes:
        for item in trial.compensations:
            found.setdefault(item.name, []).append(item.mean_deg)
    return {name: _mean(values) for name, values in found.items()}
