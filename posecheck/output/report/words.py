"""Sentences that the report and the terminal both say: what happened in a recording, cautions, chance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from posecheck.comparison.repeats import repeats_words
from posecheck.comparison.verdict import Verdict, lower_first
from posecheck.movements import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.comparison.changes import Change
    from posecheck.comparison.error_model import ErrorModel
    from posecheck.pose.landmarks import CleaningEvent
    from posecheck.trial.trial import Event, Trial

TERMS_WORDS = (
    "Every number is an end range: how far the joint went and stayed. For each repetition that is the middle value (median) "
    "of the time held at the farthest point; the number is the mean of the repetitions. Spread is how far the repetitions "
    "were from each other (their standard deviation)."
)
BARS_WORDS = (
    "Band: smallest change this set-up can detect. Line: likely range (95 %). Filled point: larger than measurement "
    "error; hollow: cannot be told from it."
)
FURTHER_WORDS = "There is more to do next in the details."
HANDOVER_WORDS = (
    "An estimate of movement for fitness, to compare with yourself; no medical advice. The pages that follow say how each "
    "number was measured, how far it may be off, and what it cannot say."
)
CHECKSUMS_WORDS = (
    "Of each checksum (SHA-256) the first 12 digits are given; the whole ones are in the trial.json of each test."
)
STILL_WORDS = (
    "What changes without a stretch. A change is called larger than error only where this one stayed within its own "
    "smallest detectable change."
)
SIDES_WORDS = (
    "It is common for the two sides to differ, and in itself no cause for concern. Bars start at zero; the thin line "
    "and the numbers in brackets are where each mean likely lies (95 %)."
)
CURVES_WORDS = (
    "Repetitions laid over each other from the moment each began. Holds are thick, end ranges are points, interpolated "
    "parts dashed; what could not be measured is left out."
)
BODY_WORDS = (
    "The drawn body shows the end range of the repetition nearest to the mean. Its joints were fitted to the recording as "
    "one body with bones of constant length, and it is turned so that the hips face forward and gravity points down. Feet "
    "on the floor are laid over each other, and the tested leg is darker. Head, hands and toes are drawn for orientation "
    "only: they are not measured."
)
SIGN_WORDS = (
    "Left and right are the person's own. Some measures turn the sign of the angle, so that more range is always a larger "
    "number (hip extension is hip flexion with its sign turned)."
)
FEW_MOMENTS = 4
"""Up to so many moments are listed (chosen by us)."""
_SUMMED_UP = {
    "long_gap": "Hidden body points were filled in",
    "limb_length": "A leg of impossible length was left out",
    "head_out_of_frame": "The head was outside the picture",
    "out_of_frame": "Parts of the body were outside the picture",
    "swap_repaired": "Left and right were mixed up and put right",
    "swap_rejected": "Left and right could not be told apart, so that they were left out,",
    "person_lost": "The person was out of sight",
}
"""How several events of a kind with different words begin."""


def error_words(model: ErrorModel) -> tuple[str, str]:
    """How errors are calculated, and when a change is called larger than them: a paragraph each."""
    return (
        "End range is the median of the hold, and the highest point where there was no hold. Two things make it "
        "uncertain. Repetitions differ from each other: what is expected of this test is averaged with the difference "
        "that was seen between your own. And neither you nor the camera come back to exactly the same place: that adds "
        "an error to each take, which more repetitions do not shrink and more takes do. How large it is for each test "
        "was measured on rendered people (the camera) and taken from published studies (the person). "
        f"{repeats_words(model)} The likely range holds the true change 95 times in 100, as far as these assumptions go. "
        "The smallest detectable change (MDC95) is half its width.",
        "A change is called larger than measurement error only if it exceeds its smallest detectable change, all "
        "recordings passed the quality checks, compensating movements agreed within 5°, and the change before any "
        "stretch, where it was measured, stayed within its own error. If the whole likely range lies within the limit "
        "either way, just that is said. The more measures there are, the more often one looks changed by chance. So "
        "where no main measure was named before, only those make the headline that still stand out among all of them (at "
        "most 5 in 100 of these are false: Benjamini and Hochberg), and secondary measures have to clear a higher bar, "
        "too (Holm's method).",
    )


def error_parts_words(change: Change) -> str:
    """Where the error of one change comes from, in numbers that can be added up by hand; empty where there is none.

    ``3.3° from putting you and the camera back (1 take before, 1 after), 1.0° from repetitions (3 and 3). Together 3.5°, the
    root of the sum of squares; times 2.14 that is the smallest detectable change.``
    """
    d = change.difference
    if not math.isfinite(d.mdc95_deg):
        return ""
    error = math.hypot(d.takes_sd_deg, d.repetitions_sd_deg, d.moved_sd_deg)
    before, after = len(change.pre.takes), len(change.retest.takes)
    parts = [
        f"{d.takes_sd_deg:.1f}° from putting you and the camera back ({before} take{'s' if before > 1 else ''} before, "
        f"{after} after)",
        f"{d.repetitions_sd_deg:.1f}° from repetitions ({change.pre.repetitions} and {change.retest.repetitions})",
    ]
    if d.moved_sd_deg >= LEAST_MOVED_DEG:
        parts.append(f"{d.moved_sd_deg:.1f}° from where the camera stood")
    return (
        f"{', '.join(parts)}. Together {error:.1f}°, the root of the sum of squares; times {d.mdc95_deg / error:.2f} that "
        "is the smallest detectable change."
    )


LEAST_MOVED_DEG = 0.05
"""Less would be printed as 0.0."""


def event_sentences(events: Iterable[Event | CleaningEvent]) -> tuple[str, ...]:
    """What happened in a recording, one sentence per kind; events without words stay unsaid.

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
                title = lower_first(outcome.title)
                found[f"{trial.movement_title}, {title}: {outcome.caution}"] = None
    return tuple(found)


def many_measures_words(changes: Iterable[Change]) -> str:
    """What looking at several main measures costs, and how to avoid it; empty where one was named or there is only one."""
    judged = [item for item in changes if item.role is Role.PRIMARY and item.verdict is not Verdict.NOT_COMPARABLE]
    if len(judged) < 2:
        return ""
    return (
        f"{len(judged)} main measures were looked at, none of which was named before: a change has to be larger to stand "
        "out among so many. To find smaller ones, name one main measure before the re-test."
    )
