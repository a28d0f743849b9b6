"""Sides and blocks compared, with their error (MEASUREMENT section 5). Pure statistics: no files, no pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from posecheck.difference import ALPHA, Difference, ErrorModel, difference_of_means, holm
from posecheck.errors import ComparisonError
from posecheck.joints import Side
from posecheck.movements import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.trial import OutcomeResult, Trial

MATCHED_WITHIN_DEG = 5.0
"""Compensations of both blocks must agree this well for a change to count (MEASUREMENT section 5)."""
CLOSE_YAW_DEG, CLOSE_SCALE = 5.0, 0.05
"""Beyond these the camera counts as moved, and the error is widened (MEASUREMENT section 6)."""
FAR_YAW_DEG, FAR_SCALE = 20.0, 0.30
"""Beyond these the recordings are not comparable (chosen by us)."""


class Verdict(StrEnum):
    """What may be said of a difference. Never "no change"."""

    LARGER = "larger than measurement error"
    NOT_DISTINGUISHABLE = "not distinguishable from measurement error"
    NOT_COMPARABLE = "not comparable"


class Comparable(StrEnum):
    """Whether two recordings were made alike: yes; widened (camera moved, larger error); no."""

    YES = "yes"
    WIDENED = "widened"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Block:
    """End range of one outcome in one block: mean, SD and number of repetitions."""

    mean_deg: float
    sd_deg: float
    repetitions: int


@dataclass(frozen=True, slots=True)
class Change:
    """Pre-test to re-test change of one outcome.

    ``side`` is whose angle it is (for the trunk: the tested leg); ``tested_side`` the tested leg. ``reasons`` say why the
    verdict is not simply "larger", ``sentence`` is for the person.
    """

    movement: str
    movement_title: str
    tested_side: Side
    sided: bool
    side: Side
    outcome: str
    title: str
    role: Role
    pre: Block
    retest: Block
    difference: Difference
    verdict: Verdict
    comparable: Comparable
    reasons: tuple[str, ...]
    sentence: str


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


def block_of(outcome: OutcomeResult) -> Block:
    """Mean, SD and count of an outcome."""
    return Block(outcome.mean, outcome.sd, outcome.repetitions)


def check_same_test(pre: Trial, retest: Trial) -> None:
    """Refuse to compare different tests.

    Raises
    ------
    ComparisonError
        Different movement, movement version, side or person.
    """
    if pre.movement != retest.movement:
        raise ComparisonError(
            f"pre-test is '{pre.movement}' and re-test is '{retest.movement}': only equal tests compare."
        )
    if pre.movement_version != retest.movement_version:
        raise ComparisonError(
            f"'{pre.movement}' was measured with version {pre.movement_version} of the test and {retest.movement_version}: "
            "analyse both videos again with this posecheck."
        )
    if pre.side != retest.side:
        raise ComparisonError(
            f"'{pre.movement}': the pre-test is of the {pre.side} side, the re-test of the {retest.side} side."
        )
    people = [trial.provenance.get("person") for trial in (pre, retest)]
    if all(people) and people[0] != people[1]:
        raise ComparisonError(
            f"pre-test is of '{people[0]}' and re-test of '{people[1]}': a person compares with themself."
        )


def check_set_up(first: Trial, second: Trial, *, same_facing: bool = True) -> tuple[Comparable, list[str]]:
    """Whether two recordings were made alike, with the reasons if not (MEASUREMENT section 6)."""
    a, b = first.set_up, second.set_up
    if a.view != b.view:
        return Comparable.NO, [f"one was filmed from the {a.view}, the other from the {b.view}"]
    if same_facing and a.facing != b.facing:
        return Comparable.NO, ["the person faces the other way: other leg nearer to the camera"]
    yaw = abs(a.yaw_deg - b.yaw_deg)
    scale = abs(b.body_size / a.body_size - 1) if a.body_size > 0 else float("nan")
    if yaw > FAR_YAW_DEG or scale > FAR_SCALE:
        return Comparable.NO, [_set_up_words(yaw, scale) + ": film again from the same place"]
    if yaw > CLOSE_YAW_DEG or scale > CLOSE_SCALE:
        return Comparable.WIDENED, [_set_up_words(yaw, scale) + ": the error is taken larger"]
    return Comparable.YES, []


def _set_up_words(yaw_deg: float, scale: float) -> str:
    return f"the camera moved (turned {yaw_deg:.0f} degrees, size {100 * scale:.0f} % different)"


def compare_blocks(
    pre: Sequence[Trial],
    retest: Sequence[Trial],
    *,
    baseline: Sequence[Trial] = (),
    primary: tuple[str, Side | None, str] | None = None,
    model: ErrorModel | None = None,
) -> tuple[Change, ...]:
    """Change of every outcome from pre-test to re-test.

    Parameters
    ----------
    pre, retest : sequence of Trial
        One trial a test and side in each; only those in both are compared.
    baseline : sequence of Trial
        A second block before the stretch: then it is compared with the re-test, and pre-test to baseline is the person's
        do-nothing change, which must stay within its own smallest detectable change.
    primary : (movement, side, outcome), optional
        The one outcome named before the re-test. Without it each test's own primary outcomes stand alone; all others are
        corrected by Holm's method.
    model : ErrorModel, optional

    Raises
    ------
    ComparisonError
        Nothing in common, the same test twice in a block, or a different version or person.
    """
    model = model or ErrorModel()
    before = _by_test(baseline or pre, "baseline" if baseline else "pre-test")
    after = _by_test(retest, "re-test")
    common = [key for key in before if key in after]
    if not common:
        raise ComparisonError(_nothing_common(before, after))
    first = _by_test(pre, "pre-test")
    changes: list[Change] = []
    for key in common:
        check_same_test(before[key], after[key])
        still = first.get(key) if baseline else None
        changes.extend(_trial_changes(before[key], after[key], still, primary, model))
    return tuple(with_sentence(change) for change in _holm_corrected(changes))


def _by_test(trials: Sequence[Trial], block: str) -> dict[tuple[str, Side | None], Trial]:
    found: dict[tuple[str, Side | None], Trial] = {}
    for trial in trials:
        key = (trial.movement, trial.side if trial.sided else None)
        if key in found:
            raise ComparisonError(f"the {block} holds '{trial.label}' twice: give one take of each test and side.")
        found[key] = trial
    return found


def _nothing_common(before: dict[tuple[str, Side | None], Trial], after: dict[tuple[str, Side | None], Trial]) -> str:
    first = ", ".join(trial.label for trial in before.values()) or "nothing"
    second = ", ".join(trial.label for trial in after.values()) or "nothing"
    return f"no test is in both blocks. Before: {first}. Re-test: {second}. Give the same test and side for both."


def _trial_changes(
    pre: Trial, retest: Trial, still: Trial | None, primary: tuple[str, Side | None, str] | None, model: ErrorModel
) -> list[Change]:
    comparable, set_up_reasons = check_set_up(pre, retest)
    technique = _technique_reasons(pre, retest)
    gates = _gate_reasons(pre, "pre-test") + _gate_reasons(retest, "re-test")
    changes = []
    for outcome in pre.outcomes:
        after = retest.outcome(outcome.name)
        if outcome.role is Role.CONTEXT:
            continue
        role = outcome.role if primary is None else _role_under(primary, pre, outcome)
        if not outcome.values or not after.values:
            difference = Difference(*(float("nan"),) * 6)
            reasons = ["it could not be measured in both recordings"]
            verdict, alike = Verdict.NOT_COMPARABLE, Comparable.NO
        else:
            set_sd = model.moved_set_sd_deg if comparable is Comparable.WIDENED else model.set_sd_deg
            difference = difference_of_means(outcome.values, after.values, set_sd_deg=set_sd, model=model)
            reasons = [*set_up_reasons, *gates, *technique]
            reasons += _still_reasons(still, outcome, set_sd, model)
            clean = comparable is not Comparable.NO and not gates and not technique
            clean = clean and not _still_reasons(still, outcome, set_sd, model)
            verdict, alike = _verdict(difference, comparable, clean), comparable
        changes.append(
            Change(
                pre.movement,
                pre.movement_title,
                pre.side,
                pre.sided,
                outcome.side or pre.side,
                outcome.name,
                outcome.title,
                role,
                block_of(outcome),
                block_of(after),
                difference,
                verdict,
                alike,
                tuple(reasons),
                "",
            )
        )
    return changes


def _role_under(primary: tuple[str, Side | None, str], trial: Trial, outcome: OutcomeResult) -> Role:
    movement, side, name = primary
    named = trial.movement == movement and outcome.name == name and side in (None, trial.side)
    return Role.PRIMARY if named else Role.SECONDARY


def _verdict(difference: Difference, comparable: Comparable, clean: bool) -> Verdict:
    if comparable is Comparable.NO:
        return Verdict.NOT_COMPARABLE
    larger = clean and abs(difference.difference_deg) > difference.mdc95_deg
    return Verdict.LARGER if larger else Verdict.NOT_DISTINGUISHABLE


def _gate_reasons(trial: Trial, block: str) -> list[str]:
    return [f"{block}: {gate.words}" for gate in trial.gates if gate.status == "reject"]


def _technique_reasons(pre: Trial, retest: Trial) -> list[str]:
    after = {item.name: item for item in retest.compensations}
    reasons = []
    for item in pre.compensations:
        if not item.matched or item.name not in after:
            continue
        difference = after[item.name].mean_deg - item.mean_deg
        if abs(difference) > MATCHED_WITHIN_DEG:
            more = "more" if difference > 0 else "less"
            reasons.append(
                f"done differently: {item.title.lower()} {abs(difference):.0f} degrees {more} in the re-test"
            )
    return reasons


def _still_reasons(still: Trial | None, outcome: OutcomeResult, set_sd: float, model: ErrorModel) -> list[str]:
    if still is None or not still.outcome(outcome.name).values:
        return []
    nothing = difference_of_means(still.outcome(outcome.name).values, outcome.values, set_sd_deg=set_sd, model=model)
    if abs(nothing.difference_deg) <= nothing.mdc95_deg:
        return []
    return [
        f"it changed by {nothing.difference_deg:+.0f} degrees from pre-test to baseline with nothing done in between"
    ]


def _holm_corrected(changes: list[Change]) -> list[Change]:
    rest = [k for k, change in enumerate(changes) if change.role is Role.SECONDARY and change.pre.repetitions]
    rest = [k for k in rest if math.isfinite(changes[k].difference.p_value)]
    adjusted = holm([changes[k].difference.p_value for k in rest])
    for k, p_value in zip(rest, adjusted, strict=True):
        change = changes[k]
        if change.verdict is Verdict.LARGER and p_value >= ALPHA:
            reason = f"one of {len(rest)} secondary outcomes: not beyond error after Holm's correction"
            changes[k] = replace(change, verdict=Verdict.NOT_DISTINGUISHABLE, reasons=(*change.reasons, reason))
    return changes


def with_sentence(change: Change) -> Change:
    """The change with its sentence for a layman (words: MEASUREMENT sections 5 and 7)."""
    return replace(change, sentence=_change_sentence(change))


def _change_sentence(change: Change) -> str:
    name = f"{change.movement_title}{f', {change.side}' if change.sided else ''}: {_lower_first(change.title)}"
    if change.verdict is Verdict.NOT_COMPARABLE:
        return f"{name} cannot be compared: {'; '.join(change.reasons)}."
    d = change.difference
    value, smallest = _told_apart(abs(d.difference_deg), d.mdc95_deg)
    text = (
        f"{name} showed {value}° {'more' if d.difference_deg >= 0 else 'less'} (likely {_range_words(d)}). "
        f"The smallest change this set-up can tell is {smallest}°, so this "
    )
    if change.verdict is Verdict.LARGER:
        return (
            f"{text}is probably more than camera error. It cannot tell whether the belly pull, ordinary stretching or "
            "warming up did it."
        )
    if abs(d.difference_deg) > d.mdc95_deg:
        return f"{text}looks like more than camera error, but it does not count: {'; '.join(change.reasons)}."
    return f"{text}cannot be told from measurement error."


def _lower_first(title: str) -> str:
    return title[0].lower() + title[1:]


def _told_apart(value: float, limit: float) -> tuple[str, str]:
    """Both numbers as whole degrees, or with one decimal where rounding would make them look equal."""
    digits = 1 if round(value) == round(limit) else 0
    return f"{value:.{digits}f}", f"{limit:.{digits}f}"


def _range_words(difference: Difference) -> str:
    low, high = round(difference.ci95_low_deg), round(difference.ci95_high_deg)
    return f"{low} to {high}"


def compare_sides(
    trials: Sequence[Trial], phase: str, *, model: ErrorModel | None = None
) -> tuple[SideDifference, ...]:
    """Right minus left of every outcome that was measured on both sides within one block.

    Sides are matched by whose angle it is: the front hip of a lunge is compared with the front hip of the other lunge.
    Left and right are filmed from different sides of the body, so that facing may differ.
    """
    model = model or ErrorModel()
    by_movement: dict[str, dict[Side, Trial]] = {}
    for trial in trials:
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
    own, opposite = outcome, right_trial.outcome(outcome.name)
    left, right = (own, opposite) if (own.side or Side.LEFT) is Side.LEFT else (opposite, own)
    if not left.values or not right.values:
        return None
    comparable, reasons = check_set_up(left_trial, right_trial, same_facing=False)
    gates = [words for trial in (left_trial, right_trial) for words in _gate_reasons(trial, f"{trial.side} side")]
    set_sd = model.moved_set_sd_deg if comparable is Comparable.WIDENED else model.set_sd_deg
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
        _verdict(difference, comparable, not gates),
        comparable,
        (*reasons, *gates),
        "",
    )
    return replace(result, sentence=_side_sentence(result))


def _side_sentence(item: SideDifference) -> str:
    d = item.difference
    name = f"{item.movement_title}: {_lower_first(item.title)}"
    larger = Side.RIGHT if d.difference_deg >= 0 else Side.LEFT
    text = (
        f"{name} was {abs(d.difference_deg):.0f}° larger on the {larger} (likely {_range_words(d)}, right minus left)"
    )
    if item.verdict is Verdict.LARGER:
        return (
            f"{text}: more than measurement error. Two sides that differ are common, and no cause for concern as such."
        )
    return f"{text}: not distinguishable from measurement error."
