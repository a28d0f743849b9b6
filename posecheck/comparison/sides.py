"""Left against right within one block, with the error (docs/method.md#section-5)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from posecheck.comparison.blocks import (
    BASELINE,
    PRE_TEST,
    RE_TEST,
    Block,
    block_of,
    by_test,
    named_takes,
    outcomes_of,
    values_of,
)
from posecheck.comparison.comparability import (
    Comparable,
    by_hand,
    check_one_person,
    check_set_ups,
    gate_reasons,
    set_up_difference,
    source_reasons,
)
from posecheck.comparison.difference import (
    Difference,
    block_mean_deg,
    pooled_variance,
    repetition_share,
    with_error,
)
from posecheck.comparison.doubts import filled_reasons
from posecheck.comparison.error_model import ErrorModel, freedom_of_sum
from posecheck.comparison.rounding import told
from posecheck.comparison.verdict import SMALL_DEG, Verdict, range_words, verdict_of, with_corrections
from posecheck.kinematics.joints import Side
from posecheck.language import first_lower, joined, phrase
from posecheck.movements import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.comparison.error_model import MeasureError
    from posecheck.trial.trial import OutcomeResult, Trial

Takes = tuple["Trial", ...]
BLOCK_NAMES = {"pre": PRE_TEST, "baseline": BASELINE, "retest": RE_TEST}
LEFT_SIDE, RIGHT_SIDE = phrase("left side"), phrase("right side")


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
    by_movement: dict[str, dict[Side, Takes]] = {}
    for takes in by_test(trials, BLOCK_NAMES.get(phase, phase)).values():
        if takes[0].sided:
            by_movement.setdefault(takes[0].movement, {})[takes[0].side] = takes
    differences = [
        _side_difference(pair[Side.LEFT], pair[Side.RIGHT], outcome, phase, model)
        for pair in by_movement.values()
        if len(pair) == len(Side)
        for outcome in pair[Side.LEFT][0].outcomes
        if outcome.role is not Role.CONTEXT
    ]
    return tuple(item for item in differences if item is not None)


def _side_difference(
    left_takes: Takes, right_takes: Takes, outcome: OutcomeResult, phase: str, model: ErrorModel
) -> SideDifference | None:
    first = left_takes[0]
    if first.movement_version != right_takes[0].movement_version:
        return None
    own, opposite = outcomes_of(left_takes, outcome.name), outcomes_of(right_takes, outcome.name)
    left, right = (own, opposite) if (outcome.side or Side.LEFT) is Side.LEFT else (opposite, own)
    if not values_of(left) or not values_of(right):
        return None
    comparable, reasons = check_set_ups(left_takes, right_takes, same_facing=False)
    measured = source_reasons([*left, *right])
    if measured:
        comparable, reasons = Comparable.NO, [*measured, *reasons]
    gates = [
        words
        for trial, name in (*named_takes(LEFT_SIDE, left_takes), *named_takes(RIGHT_SIDE, right_takes))
        for words in gate_reasons(trial, name)
    ]
    filled = [
        *filled_reasons(left_takes, outcome.name, LEFT_SIDE),
        *filled_reasons(right_takes, outcome.name, RIGHT_SIDE),
    ]
    error = model.of(first.movement, outcome.name)
    moved_sd_deg = set_up_difference(left_takes, right_takes).error_deg(error)
    difference = difference_of_sides(values_of(left), values_of(right), error, moved_sd_deg=moved_sd_deg)
    result = SideDifference(
        first.movement,
        first.movement_title,
        phase,
        outcome.name,
        outcome.title,
        outcome.role,
        block_of(left),
        block_of(right),
        difference,
        verdict_of(difference, comparable, not (gates or filled)),
        comparable,
        (*reasons, *gates, *filled),
        "",
        by_hand(*named_takes(Side.LEFT.words, left_takes), *named_takes(Side.RIGHT.words, right_takes)),
    )
    return replace(result, sentence=with_corrections(_side_sentence(result), result.corrections))


def difference_of_sides(
    left: Sequence[Sequence[float]], right: Sequence[Sequence[float]], error: MeasureError, *, moved_sd_deg: float = 0.0
) -> Difference:
    """Right less left with its own error: each side is seen from another side of the body.

    SE^2 = sigma_sides^2 + person^2 (1/T_left + 1/T_right) + s^2 (share_left + share_right). Several takes do not make
    sigma_sides smaller: what sets the two sides apart in the picture is the same in each (docs/method.md#section-5).

    Parameters
    ----------
    left, right : sequence of sequence of float
        The takes of each side, each with the end ranges of its repetitions in degrees.
    error : MeasureError
    moved_sd_deg : float
        As in `posecheck.comparison.difference.difference_of_blocks`.
    """
    within = pooled_variance([*left, *right], error.repetition)
    of_repetitions = within.variance_deg2 * (repetition_share(left) + repetition_share(right))
    of_person = error.person.variance_deg2 * (1 / len(left) + 1 / len(right))
    of_sides = error.sides.variance_deg2
    parts = [
        (of_sides + moved_sd_deg**2, error.sides.freedom),
        (of_person, error.person.freedom),
        (of_repetitions, within.freedom),
    ]
    return with_error(
        block_mean_deg(right) - block_mean_deg(left),
        freedom=freedom_of_sum(parts),
        takes_sd_deg=math.sqrt(of_sides + of_person),
        repetitions_sd_deg=math.sqrt(of_repetitions),
        moved_sd_deg=moved_sd_deg,
    )


def _side_sentence(item: SideDifference) -> str:
    d = item.difference
    name = phrase("{test}: {measure}", test=item.movement_title, measure=first_lower(item.title))
    if item.verdict is Verdict.NOT_COMPARABLE:
        reasons = joined(item.reasons, "; ")
        return phrase("{name}: left and right cannot be compared: {reasons}.", name=name, reasons=reasons)
    larger = Side.RIGHT if d.difference_deg >= 0 else Side.LEFT
    found = phrase(
        "{name} was {amount} larger on the {side} (likely {range})",
        name=name,
        amount=told(abs(d.difference_deg)),
        side=larger.words,
        range=range_words(d),
    )
    if item.verdict is Verdict.LARGER:
        return phrase(
            "{found}: more than measurement error. It is common for the two sides to differ, and in itself no cause for "
            "concern.",
            found=found,
        )
    if item.verdict is Verdict.SMALL:
        return phrase("{found}: the two sides differ by less than {limit:g}° either way.", found=found, limit=SMALL_DEG)
    return phrase("{found}: not distinguishable from measurement error.", found=found)
