"""Sentences that the report and the terminal both say: what happened in a recording, cautions, chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.comparison import Verdict
from posecheck.difference import ALPHA
from posecheck.movements import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.comparison import Change
    from posecheck.landmarks import CleaningEvent
    from posecheck.trial import Event, Trial

FEW_MOMENTS = 4
"""Up to so many moments are listed (chosen by us)."""
_SUMMED_UP = {
    "long_gap": "Hidden body points were filled in",
    "limb_length": "A leg of impossible length was left out",
    "out_of_frame": "Parts of the body were outside the picture",
    "swap_repaired": "Left and right were exchanged back",
    "swap_rejected": "Left and right could not be told apart, so that they were left out,",
    "person_lost": "The person was lost from sight",
}
"""How several events of a kind with different words begin."""


def event_sentences(events: Iterable[Event | CleaningEvent]) -> tuple[str, ...]:
    """What happened in a recording, one sentence a kind; events without words stay unsaid.

    ``Hidden body points were filled in 18 times, 0.2 to 0.4 s each.``
    """
    kinds: dict[str, list[Event | CleaningEvent]] = {}
    for event in events:
        if event.words:
            kinds.setdefault(event.kind, []).append(event)
    return tuple(sentence for kind, members in kinds.items() for sentence in _kind_sentences(kind, members))


def _kind_sentences(kind: str, events: Sequence[Event | CleaningEvent]) -> list[str]:
    words = list(dict.fromkeys(event.words for event in events))
    if len(words) > 1 and kind in _SUMMED_UP:
        details = ", ".join(filter(None, (f"{_SUMMED_UP[kind]} {len(events)} times", _durations(events))))
        return [_with_detail(details, _moments(events))]
    return [_repeated(text, [event for event in events if event.words == text]) for text in words]


def _repeated(words: str, events: Sequence[Event | CleaningEvent]) -> str:
    count = f"{len(events)} times" if len(events) > 1 else ""
    return _with_detail(words, ", ".join(filter(None, (count, _moments(events)))))


def _with_detail(words: str, detail: str) -> str:
    text = words.removesuffix(".")
    return f"{text} ({detail})." if detail else f"{text}."


def _durations(events: Sequence[Event | CleaningEvent]) -> str:
    lengths_s = [event.end_s - event.start_s for event in events]
    shortest, longest = f"{min(lengths_s):.1f}", f"{max(lengths_s):.1f}"
    if longest == "0.0":
        return ""
    if shortest == "0.0":
        return f"up to {longest} s each"
    return f"{longest} s each" if shortest == longest else f"{shortest} to {longest} s each"


def _moments(events: Sequence[Event | CleaningEvent]) -> str:
    """``at 6.9 and 8.2 s``; empty where there are many, or where it began with the recording and so has no moment."""
    moments = list(dict.fromkeys(f"{event.start_s:.1f}" for event in sorted(events, key=lambda event: event.start_s)))
    if len(moments) > FEW_MOMENTS or float(moments[0]) == 0:
        return ""
    return f"at {' and '.join(filter(None, (', '.join(moments[:-1]), moments[-1])))} s"


def trial_cautions(trials: Iterable[Trial]) -> tuple[str, ...]:
    """The cautions of the tests and of their primary outcomes, each once and with the name of what it is about."""
    found: dict[str, None] = {}
    for trial in trials:
        if trial.caution:
            found[f"{trial.movement_title}: {trial.caution}"] = None
        for outcome in trial.outcomes:
            if outcome.role is Role.PRIMARY and outcome.caution:
                title = f"{outcome.title[:1].lower()}{outcome.title[1:]}"
                found[f"{trial.movement_title}, {title}: {outcome.caution}"] = None
    return tuple(found)


def many_measures_words(changes: Iterable[Change]) -> str:
    """How often chance alone shows a change among several main measures, and how to avoid it; empty for up to one.

    Notes
    -----
    1 - (1 - ALPHA)**n for n independent outcomes; those of one body are not quite, hence "about".
    """
    judged = [item for item in changes if item.role is Role.PRIMARY and item.verdict is not Verdict.NOT_COMPARABLE]
    if len(judged) < 2:
        return ""
    tenths = min(9, round(10 * (1 - (1 - ALPHA) ** len(judged))))
    return (
        f"{len(judged)} main measures were looked at: even if nothing had changed, about {tenths} of 10 such sessions would "
        "show at least one as larger than error. To avoid this, name one main measure before the re-test: [primary] in the "
        "session file, or --primary of posecheck compare."
    )
