"""Whether two takes of a test may be compared: same test, same set-up, same technique, both good enough."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

from posecheck.errors import ComparisonError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.trial.keys import TrialKey
    from posecheck.trial.trial import OutcomeResult, Trial

MATCHED_WITHIN_DEG = 5.0
"""Compensations of both blocks must agree this well for a change to count (docs/method.md#section-5)."""
CLOSE_YAW_DEG, CLOSE_SCALE, CLOSE_ROLL_DEG = 5.0, 0.05, 2.0
"""Beyond these the camera counts as moved, and the error is widened (docs/method.md#section-5)."""
FAR_YAW_DEG, FAR_SCALE, FAR_ROLL_DEG = 20.0, 0.30, 10.0
"""Beyond these the recordings are not comparable (chosen by us)."""


class Comparable(StrEnum):
    """Whether two recordings were made alike: yes; widened (camera moved, larger error); no."""

    YES = "yes"
    WIDENED = "widened"
    NO = "no"


def check_same_test(pre: Trial, retest: Trial) -> None:
    """Refuse to compare different tests.

    Raises
    ------
    ComparisonError
        Different movement, movement version, side or person.
    """
    if pre.movement != retest.movement:
        raise ComparisonError(
            f"pre-test is '{pre.movement}' and re-test is '{retest.movement}': only recordings of the same "
            "test can be compared."
        )
    if pre.movement_version != retest.movement_version:
        raise ComparisonError(
            f"'{pre.movement}' was measured with version {pre.movement_version} of the test and {retest.movement_version}: "
            "analyse both videos again with this posecheck."
        )
    if pre.sided and pre.side != retest.side:
        raise ComparisonError(
            f"'{pre.movement}': the pre-test is of the {pre.side} side, the re-test of the {retest.side} side."
        )
    people = [trial.person for trial in (pre, retest)]
    if all(people) and people[0] != people[1]:
        raise ComparisonError(
            f"pre-test is of '{people[0]}' and re-test of '{people[1]}': results are compared within one person only."
        )


def check_one_person(trials: Sequence[Trial]) -> None:
    """Refuse to compare one person with another.

    Raises
    ------
    ComparisonError
    """
    people = sorted({trial.person for trial in trials} - {""})
    if len(people) > 1:
        raise ComparisonError(f"the trials are of {' and '.join(people)}: results are compared within one person only.")


def by_test(trials: Sequence[Trial], block: str) -> dict[TrialKey, Trial]:
    """Every trial by its key.

    Raises
    ------
    ComparisonError
        The block holds a test and side twice.
    """
    found: dict[TrialKey, Trial] = {}
    for trial in trials:
        if trial.key in found:
            raise ComparisonError(f"the {block} holds '{trial.label}' twice: give one take of each test and side.")
        found[trial.key] = trial
    return found


def check_set_up(first: Trial, second: Trial, *, same_facing: bool = True) -> tuple[Comparable, list[str]]:
    """Whether two recordings were made alike, with the reasons if not (docs/method.md#section-5)."""
    a, b = first.set_up, second.set_up
    if a.view != b.view:
        return Comparable.NO, [f"one was filmed from the {a.view}, the other from the {b.view}"]
    if same_facing and a.facing != b.facing:
        return Comparable.NO, ["the person faces the other way: other leg nearer to the camera"]
    yaw = abs(a.yaw_deg - b.yaw_deg)
    scale = abs(second.lens_size / first.lens_size - 1) if first.lens_size > 0 else math.nan
    roll = 0.0 if math.isnan(a.roll_deg - b.roll_deg) else abs(a.roll_deg - b.roll_deg)
    if yaw > FAR_YAW_DEG or scale > FAR_SCALE or roll > FAR_ROLL_DEG:
        return Comparable.NO, [_set_up_words(yaw, scale, roll) + ": film again from the same place"]
    if yaw > CLOSE_YAW_DEG or scale > CLOSE_SCALE or roll > CLOSE_ROLL_DEG:
        return Comparable.WIDENED, [_set_up_words(yaw, scale, roll) + ": a larger error is assumed"]
    if math.isnan(yaw) or math.isnan(scale):
        return Comparable.WIDENED, ["where the camera stood could not be told: a larger error is assumed"]
    return Comparable.YES, []


def _set_up_words(yaw_deg: float, scale: float, roll_deg: float) -> str:
    parts = [
        f"turned {yaw_deg:.0f} degrees" if yaw_deg > CLOSE_YAW_DEG else "",
        f"size {100 * scale:.0f} % different" if scale > CLOSE_SCALE else "",
        f"tilted {roll_deg:.0f} degrees" if roll_deg > CLOSE_ROLL_DEG else "",
    ]
    return f"the camera moved ({', '.join(part for part in parts if part)})"


def source_reasons(first: OutcomeResult, second: OutcomeResult) -> list[str]:
    """Why two end ranges do not compare that were measured in different ways, such as in the picture and in space."""
    if first.source == second.source:
        return []
    return [f"one was measured from the source '{first.source}', the other from '{second.source}'"]


def gate_reasons(trial: Trial, block: str) -> list[str]:
    """What the quality gates rejected in a block."""
    return [f"{block}: {gate.words}" for gate in trial.gates if gate.status == "reject"]


def by_hand(*named: tuple[Trial, str]) -> tuple[str, ...]:
    """What was set right by hand in some takes: ``1 repetition excluded by hand (re-test)``."""
    return tuple(f"{words} ({name})" for trial, name in named for words in trial.corrections)


def technique_reasons(pre: Trial, retest: Trial) -> list[str]:
    """Which compensations differ between two takes by more than `MATCHED_WITHIN_DEG`."""
    after = {item.name: item for item in retest.compensations}
    reasons = []
    for item in pre.compensations:
        if not item.matched or item.name not in after:
            continue
        difference = after[item.name].mean_deg - item.mean_deg
        if math.isnan(difference):
            reasons.append(f"{item.title.lower()} could not be measured in both, so the technique may have differed")
        if abs(difference) > MATCHED_WITHIN_DEG:
            more = "more" if difference > 0 else "less"
            reasons.append(
                f"done differently: {item.title.lower()} {abs(difference):.0f} degrees {more} in the re-test"
            )
    return reasons
