"""Left against right within one block, with the error (docs/method.md#section-5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from posecheck.comparison.comparability import (
    Comparable,
    by_hand,
    by_test,
    check_one_person,
    check_set_up,
    gate_reasons,
    source_reasons,
)
from posecheck.comparison.difference import Difference, ErrorModel, difference_of_means
from posecheck.comparison.verdict import (
    Block,
    Verdict,
    block_of,
    lower_first,
    range_words,
    set_sd_deg_of,
    verdict_of,
    with_corrections,
)
from posecheck.kinematics.joints import Side
from posecheck.movements import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.trial.trial import OutcomeResult, Trial


@dataclass(frozen=True, slots=True)
class SideDifference:
    """Right minus left of one outcome within one block."""

    movement: str
    movement_title: str
    phase: str
    outcome: str
    title: str
    role: Role
    left: Block
    right: Block
    difference: Difference
    verdict: Verdict
    comparable: Comparable
    reasons: tuple[str, ...]
    sentence: str
    corrections: tuple[str, ...] = ()


def compare_sides(
    trials: Sequence[Trial], phase: str, *, model: ErrorModel | None = None
) -> tuple[SideDifference, ...]:
    """Right minus left of every outcome that was measured on both sides within one block.

    Sides are matched by whose angle it is: the front hip of a lunge is compared with the front hip of the other lunge.
    Left and right are filmed from different sides of the body, so that facing may differ.
    """
    model = model or ErrorModel()
    check_one_person(trials)
    by_movement: dict[str, dict[Side, Trial]] = {}
    for trial in by_test(trials, phase).values():
        if trial.sided:
            by_movement.setdefault(trial.movement, {})[trial.side] = trial
    differences = [
        _side_difference(pair[Side.LEFT], pair[Side.RIGHT], outcome, phase, model)
        for pair in by_movement.values()
        if len(pair) == len(Side)
        for outcome in pair[Side.LEFT].outcomes
        if outcome.role is not Role.CONTEXT
    ]
    return tuple(item for item in differences if item is not None)


def _side_difference(
    left_trial: Trial, right_trial: Trial, outcome: OutcomeResult, phase: str, model: ErrorModel
) -> SideDifference | None:
    if left_trial.movement_version != right_trial.movement_version:
        return None
    own, opposite = outcome, right_trial.outcome(outcome.name)
    left, right = (own, opposite) if (own.side or Side.LEFT) is Side.LEFT else (opposite, own)
    if not left.values or not right.values:
        return None
    comparable, reasons = check_set_up(left_trial, right_trial, same_facing=False)
    measured = source_reasons(left, right)
    if measured:
        comparable, reasons = Comparable.NO, [*measured, *reasons]
    gates = [words for trial in (left_trial, right_trial) for words in gate_reasons(trial, f"{trial.side} side")]
    set_sd = set_sd_deg_of(comparable, model)
    difference = difference_of_means(left.values, right.values, set_sd_deg=set_sd, model=model)
    result = SideDifference(
        left_trial.movement,
        left_trial.movement_title,
        phase,
        outcome.name,
        outcome.title,
        outcome.role,
        block_of(left),
        block_of(right),
        difference,
        verdict_of(difference, comparable, not gates),
        comparable,
        (*reasons, *gates),
        "",
        by_hand((left_trial, "left"), (right_trial, "right")),
    )
    return replace(result, sentence=with_corrections(_side_sentence(result), result.corrections))


def _side_sentence(item: SideDifference) -> str:
    d = item.difference
    name = f"{item.movement_title}: {lower_first(item.title)}"
    if item.verdict is Verdict.NOT_COMPARABLE:
        return f"{name}: left and right cannot be compared: {'; '.join(item.reasons)}."
    larger = Side.RIGHT if d.difference_deg >= 0 else Side.LEFT
    text = f"{name} was {abs(d.difference_deg):.0f}° larger on the {larger} (likely {range_words(d)})"
    if item.verdict is Verdict.LARGER:
        return (
            f"{text}: more than measurement error. It is common for the two sides to differ, and in itself "
            "no cause for concern."
        )
    return f"{text}: not distinguishable from measurement error."
