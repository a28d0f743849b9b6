"""How far an end range may be off, in words: ``87°, give or take 5°``; and the spread of its repetitions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from posecheck.comparison.rounding import told, told_error, told_spread
from posecheck.language import first_lower, joined, phrase
from posecheck.output.report.wording import SEMICOLON

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.trial.trial import OutcomeResult, Trial

GIVE_OR_TAKE_WORDS = phrase(
    "“Give or take” is how far an end range may be off either way, 95 times in 100, as found on rendered bodies whose true "
    "angles are known. Further repetitions do not make it smaller; a camera nearer to its recommended place often does."
)


def error_text(outcome: OutcomeResult) -> str:
    """``5°``, rounded up so that it never says less than it is; empty where the error is not known."""
    return told_error(outcome.error95_deg, outcome.unit)


def spread_text(outcome: OutcomeResult) -> str:
    """``2°``: the standard deviation over the repetitions; a dash with less than two."""
    return told_spread(outcome.sd, outcome.unit)


def measured_text(outcome: OutcomeResult) -> str:
    """``87°, give or take 5°``; without an error ``87°``, or a dash."""
    error = error_text(outcome) if math.isfinite(outcome.mean) else ""
    value = told(outcome.mean, outcome.unit)
    return phrase("{value}, give or take {error}", value=value, error=error) if error else value


def errors_sentence(named: Sequence[tuple[str, OutcomeResult]]) -> str:
    """``Pre-test 87°, give or take 5°; re-test 96°, give or take 4°.``; empty where no error is known."""
    known = [(name, outcome) for name, outcome in named if error_text(outcome)]
    if not known:
        return ""
    (first, outcome), *others = known
    parts = (
        joined([first, measured_text(outcome)]),
        *(joined([first_lower(name), measured_text(item)]) for name, item in others),
    )
    return joined([joined(parts, SEMICOLON), "."], "")


def any_error(trials: Iterable[Trial]) -> bool:
    """Whether an error is known of any end range."""
    return any(error_text(outcome) for trial in trials for outcome in trial.outcomes)
