"""A person's end ranges over all sessions: before and after each stretch, against the first session and its error."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from posecheck.comparison.blocks import Block, block_of, values_of
from posecheck.comparison.blocks import outcomes_of as outcomes_in
from posecheck.comparison.changes import Change
from posecheck.comparison.difference import difference_of_blocks
from posecheck.comparison.error_model import ErrorModel, OwnRepeats
from posecheck.comparison.repeats import own_repeats
from posecheck.language import dated, filled, first_lower, phrase, translated_values
from posecheck.movements import Role
from posecheck.output.report.compared_tests import recording_pairs
from posecheck.trial.keys import MeasureKey
from posecheck.trial.trial import plain_json
from posecheck.web.results.results import build_report, input_of
from posecheck.web.server.site import person_or_404

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from posecheck.comparison.difference import Difference
    from posecheck.comparison.error_model import MeasureError
    from posecheck.output.report.data import ReportData, ReportTrial
    from posecheck.trial.trial import OutcomeResult, Trial
    from posecheck.web.results.results import SessionInput
    from posecheck.web.server.site import Site

SESSIONS_WORDS = phrase(
    "From one session to the next the camera, the clothes and the warm-up differ, so that only a difference beyond the band "
    "counts: it is the smallest one that can be told from measurement error, drawn about the first session. A change within "
    "one session has a smaller error."
)
MANY_WORDS = phrase(
    "Each session is compared with the first of those that were chosen. Of twenty such comparisons about one goes beyond "
    "the band by chance."
)
TREND_WORDS = {
    (True, True): phrase(
        "Before the stretch {change:.0f}° more on {later} than on {first}: more than measurement error, which is "
        "{error:.0f}° here because it was another day and the camera was set up anew."
    ),
    (True, False): phrase(
        "Before the stretch {change:.0f}° more on {later} than on {first}: not distinguishable from measurement error, "
        "which is {error:.0f}° here because it was another day and the camera was set up anew."
    ),
    (False, True): phrase(
        "Before the stretch {change:.0f}° less on {later} than on {first}: more than measurement error, which is "
        "{error:.0f}° here because it was another day and the camera was set up anew."
    ),
    (False, False): phrase(
        "Before the stretch {change:.0f}° less on {later} than on {first}: not distinguishable from measurement error, "
        "which is {error:.0f}° here because it was another day and the camera was set up anew."
    ),
}
"""By whether it is more, and whether that is more than measurement error."""
KEPT_SESSIONS = 400
"""Numbers of so many sessions are kept in memory, a few KB each (chosen by us)."""


@dataclass(frozen=True, slots=True)
class OutcomeInSession:
    """One outcome in one session.

    Attributes
    ----------
    label : str
        ``Runner's lunge, left: hip extension, rear leg``.
    takes : tuple of tuple of float
        For each take before the stretch, the end range of its repetitions.
    before, retest : Block or None
        Before the stretch (the baseline, or without one the pre-test) and after it.
    change : Change or None
    version : int
        Of the test: another version measures something else.
    """

    label: str
    version: int
    takes: tuple[tuple[float, ...], ...]
    before: Block | None
    retest: Block | None
    change: Change | None


@dataclass(frozen=True, slots=True)
class SessionOutcomes:
    """One session's main outcomes, and what its repeats say of how well the person repeats a test."""

    session_id: str
    date: str
    outcomes: dict[MeasureKey, OutcomeInSession]
    repeats: OwnRepeats = field(default_factory=OwnRepeats)


@dataclass(frozen=True, slots=True)
class Visit:
    """One outcome in one of the sessions that are compared.

    ``since_first`` is how much more there was before the stretch than in the first of them, with its error; None for the
    first itself, and where it cannot be told: nothing was measured, or by another version of the test.
    """

    session: SessionOutcomes
    item: OutcomeInSession
    since_first: Difference | None

    @property
    def beyond(self) -> bool:
        """Whether that is more than measurement error."""
        found = self.since_first
        return found is not None and abs(found.difference_deg) > found.mdc95_deg


@dataclass(frozen=True, slots=True)
class Trend:
    """One outcome over the sessions, oldest first, with what may be said about it."""

    key: MeasureKey
    visits: tuple[Visit, ...]
    mdc95_deg: float
    words: str

    @property
    def label(self) -> str:
        """``Runner's lunge, left: hip extension, rear leg``."""
        return self.visits[0].item.label


@dataclass(frozen=True, slots=True)
class History:
    """A person's measured sessions by date, which of them are compared, and the trends over those."""

    person_id: str
    person: str
    sessions: tuple[SessionOutcomes, ...]
    chosen: frozenset[str]
    trends: tuple[Trend, ...]


def history_of(site: Site, person_id: str, chosen: Iterable[str] = ()) -> History:
    """The history of a person.

    Parameters
    ----------
    site : Site
    person_id : str
    chosen : iterable of str
        Ids of the sessions to compare. Default: all of them; ids of others are passed over.

    Raises
    ------
    NotFoundError
    """
    with site.database.read() as transaction:
        person = person_or_404(transaction, person_id)
        name, inputs = person.name, [input_of(site, session) for session in person.sessions]
    measured = [session for item in inputs if (session := outcomes_of(item)).outcomes]
    sessions = tuple(sorted(measured, key=lambda session: session.date))
    known = frozenset(session.session_id for session in sessions)
    wanted = known.intersection(chosen) or known
    model = ErrorModel(sum((session.repeats for session in sessions), OwnRepeats()))
    compared = trends([session for session in sessions if session.session_id in wanted], model)
    return History(person_id, name, sessions, wanted, compared)


def history_json(site: Site, person_id: str, chosen: Iterable[str] = ()) -> dict[str, Any]:
    """The history as plain JSON values in the reader's language, missing numbers null; parameters as `history_of`.

    Raises
    ------
    NotFoundError
    """
    history = history_of(site, person_id, chosen)
    found = {"person_id": person_id, "sessions": len(history.chosen), "words": SESSIONS_WORDS}
    return dict(translated_values({**found, "outcomes": [plain_json(_trend_json(trend)) for trend in history.trends]}))


@lru_cache(maxsize=KEPT_SESSIONS)
def outcomes_of(inputs: SessionInput) -> SessionOutcomes:
    """The main outcomes of a session; none where nothing was measured."""
    data = build_report(inputs)
    outcomes = {key: item for pair in recording_pairs(data) for key, item in _outcomes_in_session(data, *pair)}
    blocks = ([item.trial for item in block] for block in (data.pre, data.baseline, data.retest))
    return SessionOutcomes(inputs.session_id, inputs.date, outcomes, own_repeats(*blocks))


def trends(sessions: Iterable[SessionOutcomes], model: ErrorModel | None = None) -> tuple[Trend, ...]:
    """Every outcome over the sessions, by date, in the order in which the outcomes were first measured.

    ``model`` holds what is known of how well the person repeats a test. Default: what these sessions say of it.
    """
    ordered = sorted(sessions, key=lambda session: session.date)
    keys = dict.fromkeys(key for session in ordered for key in session.outcomes)
    model = model or ErrorModel(sum((session.repeats for session in ordered), OwnRepeats()))
    return tuple(
        _trend(key, [(session, session.outcomes[key]) for session in ordered if key in session.outcomes], model)
        for key in keys
    )


def _outcomes_in_session(
    data: ReportData, before: Sequence[ReportTrial], retest: Sequence[ReportTrial]
) -> Iterator[tuple[MeasureKey, OutcomeInSession]]:
    trial = (*before, *retest)[0].trial
    for outcome in trial.outcomes:
        if outcome.role is Role.PRIMARY and outcome.unit == "deg":
            first = outcomes_in([item.trial for item in before], outcome.name)
            second = outcomes_in([item.trial for item in retest], outcome.name)
            yield (
                MeasureKey(trial.movement, trial.key.side, outcome.name),
                OutcomeInSession(
                    phrase("{test}: {outcome}", test=trial.label, outcome=first_lower(outcome.title)),
                    trial.movement_version,
                    tuple(values_of(first)),
                    _block(first),
                    _block(second),
                    next((change for change in data.changes if _is_change(change, trial, outcome.name)), None),
                ),
            )


def _is_change(change: Change, trial: Trial, name: str) -> bool:
    return (change.key, change.outcome) == (trial.key, name)


def _block(outcomes: Sequence[OutcomeResult]) -> Block | None:
    return block_of(outcomes) if values_of(outcomes) else None


def _trend(key: MeasureKey, sessions: Sequence[tuple[SessionOutcomes, OutcomeInSession]], model: ErrorModel) -> Trend:
    version, error = sessions[-1][1].version, model.of(key.movement, key.outcome)
    measured = [(session, item) for session, item in sessions if item.takes and item.version == version]
    first = measured[0][1] if measured else None
    visits = tuple(Visit(session, item, _since(first, item, error)) for session, item in sessions)
    if len(measured) < 2:
        return Trend(key, visits, math.nan, phrase("One session so far: the next one shows a trend."))
    last = next(visit for visit in reversed(visits) if visit.since_first is not None)
    return Trend(
        key, visits, last.since_first.mdc95_deg if last.since_first else math.nan, _words(measured[0][0], last)
    )


def _since(first: OutcomeInSession | None, item: OutcomeInSession, error: MeasureError) -> Difference | None:
    """How much more there was before the stretch than in the first session."""
    if first is None or item is first or not item.takes or item.version != first.version:
        return None
    return difference_of_blocks(first.takes, item.takes, take=error.other_day, repetition=error.repetition)


def _words(first: SessionOutcomes, last: Visit) -> str:
    assert last.since_first is not None
    change_deg, mdc_deg = last.since_first.difference_deg, last.since_first.mdc95_deg
    return filled(
        TREND_WORDS[change_deg >= 0, last.beyond],
        change=abs(change_deg),
        later=dated(last.session.date),
        first=dated(first.date),
        error=mdc_deg,
    )


def _trend_json(trend: Trend) -> dict[str, Any]:
    return {
        **asdict(trend.key),
        "label": trend.label,
        "mdc95_deg": trend.mdc95_deg,
        "words": trend.words,
        "sessions": [_in_session_json(visit) for visit in trend.visits],
    }


def _in_session_json(visit: Visit) -> dict[str, Any]:
    session, item, since = visit.session, visit.item, visit.since_first
    change = item.change
    return {
        "session_id": session.session_id,
        "date": session.date,
        "test_version": item.version,
        "before_deg": item.before.mean_deg if item.before else math.nan,
        "retest_deg": item.retest.mean_deg if item.retest else math.nan,
        "change_deg": change.difference.difference_deg if change else math.nan,
        "change_mdc95_deg": change.difference.mdc95_deg if change else math.nan,
        "verdict": str(change.verdict) if change else None,
        "larger": change is not None and change.stands_out,
        "since_first_deg": since.difference_deg if since else math.nan,
        "since_first_mdc95_deg": since.mdc95_deg if since else math.nan,
    }
