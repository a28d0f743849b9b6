"""How far an end range may be off, in words: ``87°, give or take 5°``.

Never written with ±, which stands before the SD over the repetitions and before nothing else.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from posecheck.comparison.verdict import lower_first
from posecheck.output.report.rows import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.trial.trial import OutcomeResult, Trial

GIVE_OR_TAKE_WORDS = (
    "“Give or take” is how far an end range may be off either way, 95 times in 100, as found on rendered bodies whose true "
    "angles are known. Further repetitions do not make it smaller; a camera nearer to its recommended place often does."
)


def error_text(outcome: OutcomeResult) -> str:
    """``5°``, rounded up so that it never says less than it is; empty where the error is not known."""
    error = outcome.error95_deg
    if error is None or not math.isfinite(error):
        return ""
    return f"{math.ceil(error)}{_sign(outcome)}"


def measured_text(outcome: OutcomeResult, *, decimals: int = 1) -> str:
    """``87°, give or take 5°``: whole degrees, as the error is of that size; without an error ``87.4°``, or a dash."""
    if not math.isfinite(outcome.mean):
        return MISSING
    error = error_text(outcome)
    number = f"{round(outcome.mean, 0 if error else decimals) + 0.0:.{0 if error else decimals}f}".replace("-", "−")
    return f"{number}{_sign(outcome)}{f', give or take {error}' if error else ''}"


def errors_sentence(named: Sequence[tuple[str, OutcomeResult]]) -> str:
    """``Pre-test 87°, give or take 5°; re-test 96°, give or take 4°.``; empty where no error is known."""
    known = [(name, outcome) for name, outcome in named if error_text(outcome)]
    if not known:
        return ""
    (first, outcome), *others = known
    parts = (
        f"{first} {measured_text(outcome)}",
        *(f"{lower_first(name)} {measured_text(item)}" for name, item in others),
    )
    return f"{'; '.join(parts)}."


def any_error(trials: Iterable[Trial]) -> bool:
    """Whether an error is known of any end range."""
    return any(error_text(outcome) for trial in trials for outcome in trial.outcomes)


def _sign(outcome: OutcomeResult) -> str:
    return " %" if outcome.unit == "pct" else "°"
