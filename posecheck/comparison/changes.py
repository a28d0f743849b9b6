"""Sides and blocks compared, with their error (docs/method.md#section-5). Pure statistics: no files, no pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from posecheck.comparison.comparability import (
    Comparable,
    by_hand,
    check_same_test,
    check_set_up,
    gate_reasons,
    technique_reasons,
)
from posecheck.comparison.difference import (
    ALPHA,
    Difference,
    ErrorModel,
    difference_of_means,
    holm,
    own_set_sd_deg,
    pooled_variance,
)
from posecheck.errors import ComparisonError
from posecheck.kinematics.joints import Side
from posecheck.movements import Role
from posecheck.movements.fields import suggestion
from posecheck.trial.keys import TrialKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.trial.keys import MeasureKey
    from posecheck.trial.trial import OutcomeResult, Trial

MIN_OWN_REPEATS = 6
MIN_OWN_SET_SD_DEG = 1.5
"""So many repeats of a person's own replace the assumed re-positioning error, and never by less than this: six repeats
can agree by luck (chosen by us)."""


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


@dataclass(frozen=True, slots=True)
class Change:
    """Pre-test to re-test change of one outcome.

    ``side`` is whose angle it is (for the trunk: the tested leg); ``tested_side`` the tested leg. ``reasons`` say why the
    verdict is not simply "larger", ``sentence`` is for the person, ``corrections`` is what was set right by hand.
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
    corrections: tuple[str, ...] = ()

    @property
    def key(self) -> TrialKey:
        """Of the two trials that are compared."""
        return TrialKey(self.movement, self.tested_side if self.sided else None)


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


def block_of(outcome: OutcomeResult) -> Block:
    """Mean, SD and count of an outcome."""
    return Block(outcome.mean, outcome.sd, outcome.repetitions)


def compare_blocks(
    pre: Sequence[Trial],
    retest: Sequence[Trial],
    *,
    baseline: Sequence[Trial] = (),
    primary: MeasureKey | None = None,
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
    primary : MeasureKey, optional
        The one outcome named before the re-test; the side is whose angle it is, as in `Change.side`. Without it each test's
        own primary outcomes stand alone; all others are corrected by Holm's method.
    model : ErrorModel, optional

    Raises
    ------
    ComparisonError
        Nothing in common, the same test twice in a block, or a different version or person.
    """
    model = own_error_model(pre, baseline, model or ErrorModel())
    before = {**_by_test(pre, "pre-test"), **_by_test(baseline, "baseline")}
    after = _by_test(retest, "re-test")
    common = [key for key in before if key in after]
    if not common:
        raise ComparisonError(_nothing_common(before, after))
    first = _by_test(pre, "pre-test")
    changes: list[Change] = []
    for key in common:
        check_same_test(before[key], after[key])
        still = first[key] if key in first and before[key] is not first[key] else None
        changes.extend(_trial_changes(before[key], after[key], still, primary, model))
    if primary is not None and not any(change.role is Role.PRIMARY for change in changes):
        known = sorted({f"{change.movement}:{change.side}:{change.outcome}" for change in changes})
        raise ComparisonError(f"no outcome is called '{primary}'{suggestion(str(primary), known)}")
    return tuple(with_sentence(change) for change in _holm_corrected(changes))


def own_error_model(pre: Sequence[Trial], baseline: Sequence[Trial], model: ErrorModel) -> ErrorModel:
    """The error model with re-positioning error from the person's own repeats, once there are enough of them.

    The first primary outcome of every test that was measured in the pre-test and again in the baseline, with nothing done
    in between, is one repeat (docs/method.md#section-5).
    """
    again = _by_test(baseline, "baseline")
    firsts = {
        key: next(outcome for outcome in trial.outcomes if outcome.role is Role.PRIMARY)
        for key, trial in _by_test(pre, "pre-test").items()
        if key in again and again[key].movement_version == trial.movement_version
    }
    pairs = [(outcome, again[key].outcome(outcome.name)) for key, outcome in firsts.items()]
    measured = [(first, second) for first, second in pairs if first.values and second.values]
    if len(measured) < MIN_OWN_REPEATS:
        return model
    variance, _ = pooled_variance([outcome.values for pair in measured for outcome in pair], model)
    repetitions = float(np.mean([outcome.repetitions for pair in measured for outcome in pair]))
    own = max(
        MIN_OWN_SET_SD_DEG,
        own_set_sd_deg([second.mean - first.mean for first, second in measured], variance, repetitions),
    )
    return replace(model, set_sd_deg=own, moved_set_sd_deg=max(own, model.moved_set_sd_deg))


def _by_test(trials: Sequence[Trial], block: str) -> dict[TrialKey, Trial]:
    found: dict[TrialKey, Trial] = {}
    for trial in trials:
        if trial.key in found:
            raise ComparisonError(f"the {block} holds '{trial.label}' twice: give one take of each test and side.")
        found[trial.key] = trial
    return found


def _nothing_common(before: dict[TrialKey, Trial], after: dict[TrialKey, Trial]) -> str:
    first = ", ".join(trial.label for trial in before.values()) or "nothing"
    second = ", ".join(trial.label for trial in after.values()) or "nothing"
    return f"no test is in both blocks. Before: {first}. Re-test: {second}. Give the same test and side for both."


def _trial_changes(
    pre: Trial, retest: Trial, still: Trial | None, primary: MeasureKey | None, model: ErrorModel
) -> list[Change]:
    comparable, set_up_reasons = check_set_up(pre, retest)
    technique = technique_reasons(pre, retest)
    gates = gate_reasons(pre, "pre-test") + gate_reasons(retest, "re-test")
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
            set_sd = _set_sd_deg(comparable, model)
            difference = difference_of_means(outcome.values, after.values, set_sd_deg=set_sd, model=model)
            against = [*gates, *technique, *_still_reasons(still, pre, outcome, model)]
            reasons = [*set_up_reasons, *against]
            verdict, alike = _verdict(difference, comparable, not against), comparable
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
                by_hand((pre, "pre-test"), (retest, "re-test")),
            )
        )
    return changes


def _role_under(primary: MeasureKey, trial: Trial, outcome: OutcomeResult) -> Role:
    same = (trial.movement, outcome.name) == (primary.movement, primary.outcome)
    named = same and primary.side in (None, outcome.side or trial.side)
    return Role.PRIMARY if named else Role.SECONDARY


def _verdict(difference: Difference, comparable: Comparable, clean: bool) -> Verdict:
    if comparable is Comparable.NO:
        return Verdict.NOT_COMPARABLE
    larger = clean and abs(difference.difference_deg) > difference.mdc95_deg
    return Verdict.LARGER if larger else Verdict.NOT_DISTINGUISHABLE


def _set_sd_deg(comparable: Comparable, model: ErrorModel) -> float:
    return model.set_sd_deg if comparable is Comparable.YES else model.moved_set_sd_deg


def _still_reasons(still: Trial | None, baseline: Trial, outcome: OutcomeResult, model: ErrorModel) -> list[str]:
    """Why the person's do-nothing change, from pre-test to baseline, stands against a verdict."""
    if still is None or not still.outcome(outcome.name).values:
        return []
    set_sd = _set_sd_deg(check_set_up(still, baseline)[0], model)
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
    """The change with its sentence for a layman (what may be said: docs/method.md#section-5)."""
    return replace(change, sentence=_with_corrections(_change_sentence(change), change.corrections))


def _with_corrections(sentence: str, corrections: Sequence[str]) -> str:
    return f"{sentence} Corrected: {'; '.join(corrections)}." if corrections else sentence


def _change_sentence(change: Change) -> str:
    name = f"{change.movement_title}{f', {change.side}' if change.sided else ''}: {_lower_first(change.title)}"
    if change.verdict is Verdict.NOT_COMPARABLE:
        return f"{name} cannot be compared: {'; '.join(change.reasons)}."
    d = change.difference
    value, smallest = _told_apart(abs(d.difference_deg), d.mdc95_deg)
    text = (
        f"{name} showed {value}° {'more' if d.difference_deg >= 0 else 'less'} (likely {_range_words(d)}). "
        f"The smallest change this set-up can detect is {smallest}°, so this "
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
    """The confidence interval, counted in the direction of the difference: "5° less (likely 1 to 9)"."""
    ends = (difference.ci95_low_deg, difference.ci95_high_deg)
    low, high = ends if difference.difference_deg >= 0 else (-ends[1], -ends[0])
    return f"{round(low)} to {round(high)}".replace("-", "−")


def compare_sides(
    trials: Sequence[Trial], phase: str, *, model: ErrorModel | None = None
) -> tuple[SideDifference, ...]:
    """Right minus left of every outcome that was measured on both sides within one block.

    Sides are matched by whose angle it is: the front hip of a lunge is compared with the front hip of the other lunge.
    Left and right are filmed from different sides of the body, so that facing may differ.
    """
    model = model or ErrorModel()
    _check_one_person(trials)
    by_movement: dict[str, dict[Side, Trial]] = {}
    for trial in _by_test(trials, phase).values():
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


def _check_one_person(trials: Sequence[Trial]) -> None:
    people = sorted({trial.person for trial in trials} - {""})
    if len(people) > 1:
        raise ComparisonError(f"the trials are of {' and '.join(people)}: results are compared within one person only.")


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
    gates = [words for trial in (left_trial, right_trial) for words in gate_reasons(trial, f"{trial.side} side")]
    set_sd = _set_sd_deg(comparable, model)
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
        by_hand((left_trial, "left"), (right_trial, "right")),
    )
    return replace(result, sentence=_with_corrections(_side_sentence(result), result.corrections))


def _side_sentence(item: SideDifference) -> str:
    d = item.difference
    name = f"{item.movement_title}: {_lower_first(item.title)}"
    if item.verdict is Verdict.NOT_COMPARABLE:
        return f"{name}: left and right cannot be compared: {'; '.join(item.reasons)}."
    larger = Side.RIGHT if d.difference_deg >= 0 else Side.LEFT
    text = f"{name} was {abs(d.difference_deg):.0f}° larger on the {larger} (likely {_range_words(d)})"
    if item.verdict is Verdict.LARGER:
        return (
            f"{text}: more than measurement error. It is common for the two sides to differ, and in itself "
            "no cause for concern."
        )
    return f"{text}: not distinguishable from measurement error."
