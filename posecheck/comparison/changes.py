"""Pre-test against re-test, with the error (docs/method.md#section-5). Pure statistics: no files, no pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.comparison.comparability import (
    Comparable,
    by_hand,
    by_test,
    check_same_test,
    check_set_up,
    gate_reasons,
    source_reasons,
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
    before = {**by_test(pre, "pre-test"), **by_test(baseline, "baseline")}
    after = by_test(retest, "re-test")
    common = [key for key in before if key in after]
    if not common:
        raise ComparisonError(_nothing_common(before, after))
    first = by_test(pre, "pre-test")
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
    again = by_test(baseline, "baseline")
    firsts = {
        key: next(outcome for outcome in trial.outcomes if outcome.role is Role.PRIMARY)
        for key, trial in by_test(pre, "pre-test").items()
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
            reasons = ["it could not be measured in both recordings", *_why_missing(outcome, after)]
            verdict, alike = Verdict.NOT_COMPARABLE, Comparable.NO
        else:
            measured = source_reasons(outcome, after)
            alike = Comparable.NO if measured else comparable
            set_sd = set_sd_deg_of(alike, model)
            difference = difference_of_means(outcome.values, after.values, set_sd_deg=set_sd, model=model)
            against = [*gates, *technique, *_still_reasons(still, pre, outcome, model)]
            reasons = [*measured, *set_up_reasons, *against]
            verdict = verdict_of(difference, alike, not against)
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


def _why_missing(before: OutcomeResult, after: OutcomeResult) -> list[str]:
    named = (("pre-test", before), ("re-test", after))
    return [f"{name}: {outcome.missing}" for name, outcome in named if outcome.missing]


def _role_under(primary: MeasureKey, trial: Trial, outcome: OutcomeResult) -> Role:
    same = (trial.movement, outcome.name) == (primary.movement, primary.outcome)
    named = same and primary.side in (None, outcome.side or trial.side)
    return Role.PRIMARY if named else Role.SECONDARY


def _still_reasons(still: Trial | None, baseline: Trial, outcome: OutcomeResult, model: ErrorModel) -> list[str]:
    """Why the person's do-nothing change, from pre-test to baseline, stands against a verdict."""
    if still is None or not still.outcome(outcome.name).values:
        return []
    set_sd = set_sd_deg_of(check_set_up(still, baseline)[0], model)
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
    return replace(change, sentence=with_corrections(_change_sentence(change), change.corrections))


def _change_sentence(change: Change) -> str:
    name = f"{change.movement_title}{f', {change.side}' if change.sided else ''}: {lower_first(change.title)}"
    if change.verdict is Verdict.NOT_COMPARABLE:
        return f"{name} cannot be compared: {'; '.join(change.reasons)}."
    d = change.difference
    value, smallest = _told_apart(abs(d.difference_deg), d.mdc95_deg)
    text = (
        f"{name} showed {value}° {'more' if d.difference_deg >= 0 else 'less'} (likely {range_words(d)}). "
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


def _told_apart(value: float, limit: float) -> tuple[str, str]:
    """Both numbers as whole degrees, or with one decimal where rounding would make them look equal."""
    digits = 1 if round(value) == round(limit) else 0
    return f"{value:.{digits}f}", f"{limit:.{digits}f}"
