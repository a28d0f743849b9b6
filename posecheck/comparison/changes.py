"""Pre-test against re-test, with the error (docs/method.md#section-5). Pure statistics: no files, no pictures."""

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
    disagreement_words,
    named_takes,
    outcomes_of,
    values_of,
)
from posecheck.comparison.comparability import (
    Comparable,
    by_hand,
    check_same_test,
    check_set_ups,
    gate_reasons,
    set_up_difference,
    source_reasons,
    technique_reasons,
)
from posecheck.comparison.difference import ALPHA, NOT_MEASURED, Difference, difference_of_blocks
from posecheck.comparison.discovery import false_discovery, holm
from posecheck.comparison.doubts import doubts, filled_reasons
from posecheck.comparison.error_model import ErrorModel, OwnRepeats
from posecheck.comparison.recut import recut_words
from posecheck.comparison.repeats import own_repeats
from posecheck.comparison.rounding import look_alike, told
from posecheck.comparison.verdict import (
    SMALL_DEG,
    Verdict,
    chance_words,
    difference_words,
    range_words,
    verdict_of,
    with_corrections,
)
from posecheck.errors import ComparisonError
from posecheck.kinematics.joints import Side, title_with_side
from posecheck.language import first_lower, joined, phrase
from posecheck.movements import Role
from posecheck.movements.fields import with_suggestion
from posecheck.trial.keys import TrialKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posecheck.trial.keys import MeasureKey
    from posecheck.trial.trial import OutcomeResult, Trial

Takes = tuple["Trial", ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Pre-test to re-test change of one outcome.

    ``side`` is whose angle it is (for the trunk: the tested leg); ``tested_side`` the tested leg. ``reasons`` say why the
    verdict is not simply "larger", ``sentence`` is for the person, ``corrections`` is what was set right by hand.
    ``headline`` is whether it may be told before all others: a main measure that is larger than its error, and still stands
    out among all main measures where none was named before. ``limit_deg`` is what `Verdict.SMALL` is about. ``doubts`` are
    reasons to think that one of its angles is wrong; they are among the ``reasons``.
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
    headline: bool = False
    limit_deg: float = SMALL_DEG
    doubts: tuple[str, ...] = ()

    @property
    def stands_out(self) -> bool:
        """Larger than its error, and not only because so many measures were looked at."""
        return self.verdict is Verdict.LARGER and (self.headline or self.role is not Role.PRIMARY)

    @property
    def key(self) -> TrialKey:
        """Of the two trials that are compared."""
        return TrialKey(self.movement, self.tested_side if self.sided else None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What all comparisons of a call have in common; ``expected`` is the error before this session's own repeats."""

    model: ErrorModel
    expected: ErrorModel
    primary: MeasureKey | None
    limit_deg: float


def compare_blocks(
    pre: Sequence[Trial],
    retest: Sequence[Trial],
    *,
    baseline: Sequence[Trial] = (),
    primary: MeasureKey | None = None,
    earlier: OwnRepeats | None = None,
    limit_deg: float = SMALL_DEG,
) -> tuple[Change, ...]:
    """Change of every outcome from pre-test to re-test.

    Parameters
    ----------
    pre, retest : sequence of Trial
        One or several takes of a test and side in each, in the order of filming: all count. Only tests in both are compared.
    baseline : sequence of Trial
        A second block before the stretch: then it is compared with the re-test, and pre-test to baseline is the person's
        do-nothing change, which must stay within its own smallest detectable change.
    primary : MeasureKey, optional
        The one outcome named before the re-test; the side is whose angle it is, as in `Change.side`. All others are then
        secondary. Without it each test's own primary outcomes are the main ones, and the headline controls how many of them
        are false (`false_discovery`).
    earlier : OwnRepeats, optional
        The person's own repeats of earlier sessions; those of this one are added.
    limit_deg : float
        As in `Verdict.SMALL`.

    Raises
    ------
    ComparisonError
        Nothing in common, or a different version or person.
    """
    earlier = earlier or OwnRepeats()
    model = ErrorModel(earlier + own_repeats(pre, baseline, retest))
    asked = _Asked(model, ErrorModel(earlier), primary, limit_deg)
    first = by_test(pre, PRE_TEST)
    before = {**first, **by_test(baseline, BASELINE)}
    after = by_test(retest, RE_TEST)
    common = [key for key in before if key in after]
    if not common:
        raise ComparisonError(_nothing_common(before, after))
    changes: list[Change] = []
    for key in common:
        for a in before[key]:
            for b in after[key]:
                check_same_test(a, b)
        still = first[key] if key in first and before[key] is not first[key] else ()
        changes.extend(_changes_of_test(before[key], after[key], still, asked))
    if primary is not None and not any(change.role is Role.PRIMARY for change in changes):
        known = sorted({f"{change.movement}:{change.side}:{change.outcome}" for change in changes})
        unknown = phrase("no outcome is called '{name}'", name=primary)
        raise ComparisonError(with_suggestion(unknown, str(primary), known))
    return tuple(with_sentence(change) for change in _among_many(changes, named=primary is not None))


def _nothing_common(before: dict[TrialKey, Takes], after: dict[TrialKey, Takes]) -> str:
    first, second = (
        joined([takes[0].label for takes in block.values()], ", ") or phrase("nothing") for block in (before, after)
    )
    return phrase(
        "no test is in both blocks. Before: {before}. Re-test: {after}. Give the same test and side for both.",
        before=first,
        after=second,
    )


def _changes_of_test(pre: Takes, retest: Takes, still: Takes, asked: _Asked) -> list[Change]:
    names = [outcome.name for outcome in pre[0].outcomes if outcome.role is not Role.CONTEXT]
    return [_change(pre, retest, still, name, asked) for name in names]


def _change(pre: Takes, retest: Takes, still: Takes, name: str, asked: _Asked) -> Change:
    trial, outcome = pre[0], pre[0].outcome(name)
    before, after = outcomes_of(pre, name), outcomes_of(retest, name)
    difference, comparable, reasons, against = _compared(pre, retest, name, asked)
    against = [*against, *_still_reasons(still, pre, name, asked)]
    doubtful = (*doubts(pre, name, PRE_TEST), *doubts(retest, name, RE_TEST)) if comparable is not Comparable.NO else ()
    return Change(
        trial.movement,
        trial.movement_title,
        trial.side,
        trial.sided,
        outcome.side or trial.side,
        name,
        outcome.title,
        outcome.role if asked.primary is None else _role_under(asked.primary, trial, outcome),
        block_of(before),
        block_of(after),
        difference,
        verdict_of(difference, comparable, not against, asked.limit_deg),
        comparable,
        (*reasons, *doubtful, *against),
        "",
        by_hand(*named_takes(PRE_TEST, pre), *named_takes(RE_TEST, retest)),
        limit_deg=asked.limit_deg,
        doubts=doubtful,
    )


def _compared(
    pre: Takes, retest: Takes, name: str, asked: _Asked
) -> tuple[Difference, Comparable, list[str], list[str]]:
    """The difference, whether it compares, what should be known of it, and what stands against calling it anything."""
    before, after = outcomes_of(pre, name), outcomes_of(retest, name)
    if not values_of(before) or not values_of(after):
        reasons = [phrase("it could not be measured in both recordings"), *_why_missing(before, after)]
        return NOT_MEASURED, Comparable.NO, reasons, []
    error, expected = (model.of(pre[0].movement, name) for model in (asked.model, asked.expected))
    comparable, reasons = check_set_ups(pre, retest)
    sources = source_reasons([*before, *after])
    difference = difference_of_blocks(
        values_of(before),
        values_of(after),
        take=error.take,
        repetition=error.repetition,
        moved_sd_deg=set_up_difference(pre, retest).error_deg(error),
    )
    apart = [
        words
        for block, takes in ((PRE_TEST, pre), (RE_TEST, retest))
        for words in (*disagreement_words(takes, name, block, expected), *recut_words(takes, block))
    ]
    gates = [
        reason
        for trial, block in (*named_takes(PRE_TEST, pre), *named_takes(RE_TEST, retest))
        for reason in gate_reasons(trial, block)
    ]
    filled = [*filled_reasons(pre, name, PRE_TEST), *filled_reasons(retest, name, RE_TEST)]
    against = [*gates, *filled, *technique_reasons(pre, retest)]
    return difference, Comparable.NO if sources else comparable, [*sources, *reasons, *apart], against


def _why_missing(before: Sequence[OutcomeResult], after: Sequence[OutcomeResult]) -> list[str]:
    named = [(PRE_TEST, outcome) for outcome in before] + [(RE_TEST, outcome) for outcome in after]
    found = (phrase("{name}: {words}", name=name, words=item.missing) for name, item in named if item.missing)
    return list(dict.fromkeys(found))


def _role_under(primary: MeasureKey, trial: Trial, outcome: OutcomeResult) -> Role:
    same = (trial.movement, outcome.name) == (primary.movement, primary.outcome)
    named = same and primary.side in (None, outcome.side or trial.side)
    return Role.PRIMARY if named else Role.SECONDARY


def _still_reasons(still: Takes, baseline: Takes, name: str, asked: _Asked) -> list[str]:
    """Why the person's do-nothing change, from pre-test to baseline, stands against a verdict."""
    if not values_of(outcomes_of(still, name)) or not values_of(outcomes_of(baseline, name)):
        return []
    nothing = _compared(still, baseline, name, asked)[0]
    if abs(nothing.difference_deg) <= nothing.mdc95_deg:
        return []
    return [
        phrase(
            "it changed by {degrees:+.0f} degrees from pre-test to baseline with nothing done in between",
            degrees=nothing.difference_deg,
        )
    ]


def _among_many(changes: list[Change], *, named: bool) -> list[Change]:
    """Verdicts of secondary outcomes after Holm's correction, and which main ones may make the headline."""
    changes = _holm_corrected(changes)
    main = [change for change in changes if change.role is Role.PRIMARY and math.isfinite(change.difference.p_value)]
    p_values = [change.difference.p_value for change in main]
    adjusted = p_values if named else false_discovery(p_values)
    of_change = {id(change): p_value for change, p_value in zip(main, adjusted, strict=True)}
    return [_for_headline(change, of_change.get(id(change), 1.0), len(main)) for change in changes]


def _for_headline(change: Change, p_value: float, count: int) -> Change:
    if change.role is not Role.PRIMARY or change.verdict is not Verdict.LARGER:
        return change
    if p_value < ALPHA:
        return replace(change, headline=True)
    reason = phrase(
        "one of {number} main measures, none of which was named before: by itself it is more than measurement error, but of "
        "so many one may look so by chance",
        number=count,
    )
    return replace(change, reasons=(*change.reasons, reason))


def _holm_corrected(changes: list[Change]) -> list[Change]:
    changes = list(changes)
    rest = [k for k, change in enumerate(changes) if change.role is Role.SECONDARY and change.pre.repetitions]
    rest = [k for k in rest if math.isfinite(changes[k].difference.p_value)]
    adjusted = holm([changes[k].difference.p_value for k in rest])
    for k, p_value in zip(rest, adjusted, strict=True):
        change = changes[k]
        if change.verdict is Verdict.LARGER and p_value >= ALPHA:
            reason = phrase(
                "one of {number} secondary outcomes: not beyond error after Holm's correction", number=len(rest)
            )
            changes[k] = replace(change, verdict=Verdict.NOT_DISTINGUISHABLE, reasons=(*change.reasons, reason))
    return changes


def with_sentence(change: Change) -> Change:
    """The change with its sentence for a layman (what may be said: docs/method.md#section-5)."""
    return replace(change, sentence=with_corrections(_change_sentence(change), change.corrections))


def _change_sentence(change: Change) -> str:
    name, d = _name(change), change.difference
    if change.verdict is Verdict.NOT_COMPARABLE:
        return phrase("{name} cannot be compared: {reasons}.", name=name, reasons=joined(change.reasons, "; "))
    showed = phrase(
        "{name} showed {difference} (likely {range}).", name=name, difference=difference_words(d), range=range_words(d)
    )
    if change.verdict is Verdict.SMALL:
        small = phrase("Whatever it did, it changed by less than {limit:g}° either way.", limit=change.limit_deg)
        return joined([showed, small])
    return joined([showed, *_judged(change)])


def _name(change: Change) -> str:
    test = title_with_side(change.movement_title, change.side if change.sided else None)
    return phrase("{test}: {measure}", test=test, measure=first_lower(change.title))


def _judged(change: Change) -> Iterator[str]:
    """What follows from a difference beside its error, a sentence each."""
    d, against = change.difference, _against_smallest(change.difference)
    reasons = joined(change.reasons, "; ")
    if change.verdict is Verdict.LARGER:
        yield _larger(change, against)
        if change.doubts:
            yield phrase("Read it with care: {doubts}.", doubts=joined(change.doubts, "; "))
        yield phrase("It cannot tell whether the belly pull, ordinary stretching or warming up did it.")
    elif abs(d.difference_deg) > d.mdc95_deg:
        yield phrase(
            "{smallest}, so this looks like more than measurement error, but it does not count: {reasons}.",
            smallest=against,
            reasons=reasons,
        )
    else:
        yield phrase("{smallest}, so this cannot be told from measurement error.", smallest=against)
        yield phrase("That the range grew at all is {chance}.", chance=chance_words(d.chance_larger))


def _larger(change: Change, against: str) -> str:
    if change.stands_out:
        return phrase("{smallest}, so this is probably more than measurement error.", smallest=against)
    return phrase(
        "{smallest}, so this is probably more than measurement error; but it is {reason}.",
        smallest=against,
        reason=change.reasons[-1],
    )


def _most_of_it(difference: Difference) -> str:
    """Where the largest part of the error comes from."""
    parts = {
        phrase("mostly from putting you and the camera back in place"): difference.takes_sd_deg,
        phrase("mostly from repetitions that differ"): difference.repetitions_sd_deg,
        phrase("mostly because the camera moved"): difference.moved_sd_deg,
    }
    return max(parts, key=lambda words: parts[words])


def _against_smallest(difference: Difference) -> str:
    """What the set-up can detect; where that is told as the same number, which of the two is larger."""
    found = {"smallest": told(difference.mdc95_deg), "mostly": _most_of_it(difference)}
    if not look_alike(difference.difference_deg, difference.mdc95_deg):
        return phrase("The smallest change this set-up can detect is {smallest} ({mostly})", **found)
    if abs(difference.difference_deg) > difference.mdc95_deg:
        return phrase(
            "That is just more than the smallest change this set-up can detect ({smallest}, {mostly})", **found
        )
    return phrase("That is just less than the smallest change this set-up can detect ({smallest}, {mostly})", **found)
