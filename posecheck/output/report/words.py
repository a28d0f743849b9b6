"""Sentences that the report and the terminal both say: what happened in a recording, cautions, chance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from posecheck.comparison.repeats import repeats_words
from posecheck.comparison.verdict import Verdict
from posecheck.language import counted, filled, first_lower, joined, listed, phrase, without_stop
from posecheck.movements import Role
from posecheck.output.report.wording import about, stopped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.comparison.changes import Change
    from posecheck.comparison.error_model import ErrorModel
    from posecheck.pose.landmarks import CleaningEvent
    from posecheck.trial.trial import Event, Trial

TERMS_WORDS = phrase(
    "Every number is an end range: how far the joint went and stayed. For each repetition that is the middle value (median) "
    "of the time held at the farthest point; the number is the mean of the repetitions. Spread is how far the repetitions "
    "were from each other (their standard deviation)."
)
ROUNDING_WORDS = phrase(
    "Changes are computed before rounding, so they may differ by 1° from what the rounded numbers give."
)
BARS_WORDS = joined(
    [
        phrase(
            "Band: smallest change this set-up can detect. Line: likely range (95 %). Filled point: larger than measurement "
            "error; hollow: cannot be told from it."
        ),
        ROUNDING_WORDS,
    ]
)
FURTHER_WORDS = phrase("There is more to do next in the details.")
HANDOVER_WORDS = phrase(
    "An estimate of movement for fitness, to compare with yourself; no medical advice. The pages that follow say how each "
    "number was measured, how far it may be off, and what it cannot say."
)
CHECKSUMS_WORDS = phrase(
    "Of each checksum (SHA-256) the first 12 digits are given; the whole ones are in the trial.json of each test."
)
STILL_WORDS = phrase(
    "What changes without a stretch. A change is called larger than error only where this one stayed within its own "
    "smallest detectable change."
)
SIDES_WORDS = phrase(
    "It is common for the two sides to differ, and in itself no cause for concern. Bars start at zero; the thin line "
    "and the numbers in brackets are where each mean likely lies (95 %)."
)
CURVES_WORDS = phrase(
    "Repetitions laid over each other from the moment each began. Holds are thick, end ranges are points, interpolated "
    "parts dashed; what could not be measured is left out."
)
BODY_WORDS = phrase(
    "The drawn body shows the end range of the repetition nearest to the mean. Its joints were fitted to the recording as "
    "one body with bones of constant length, and it is turned so that the hips face forward and gravity points down. Feet "
    "on the floor are laid over each other, and the tested leg is darker. Head, hands and toes are drawn for orientation "
    "only: they are not measured."
)
SIGN_WORDS = phrase(
    "Left and right are the person's own. Some measures turn the sign of the angle, so that more range is always a larger "
    "number (hip extension is hip flexion with its sign turned)."
)
FEW_MOMENTS = 4
"""Up to so many moments are listed (chosen by us)."""
_SUMMED_UP = {
    "long_gap": phrase("Hidden body points were filled in {count} times"),
    "limb_length": phrase("A leg of impossible length was left out {count} times"),
    "head_out_of_frame": phrase("The head was outside the picture {count} times"),
    "out_of_frame": phrase("Parts of the body were outside the picture {count} times"),
    "swap_repaired": phrase("Left and right were mixed up and put right {count} times"),
    "swap_rejected": phrase("Left and right could not be told apart, so that they were left out, {count} times"),
    "person_lost": phrase("The person was out of sight {count} times"),
}
"""How several events of a kind with different words begin."""


def error_words(model: ErrorModel) -> tuple[str, str]:
    """How errors are calculated, and when a change is called larger than them: a paragraph each."""
    return (
        phrase(
            "End range is the median of the hold, and the highest point where there was no hold. Two things make it "
            "uncertain. Repetitions differ from each other: what is expected of this test is averaged with the difference "
            "that was seen between your own. And neither you nor the camera come back to exactly the same place: that adds "
            "an error to each take, which more repetitions do not shrink and more takes do. How large it is for each test "
            "was measured on rendered people (the camera) and taken from published studies (the person). "
            "{repeats} The likely range holds the true change 95 times in 100, as far as these assumptions go. "
            "The smallest detectable change (MDC95) is half its width.",
            repeats=repeats_words(model),
        ),
        phrase(
            "A change is called larger than measurement error only if it exceeds its smallest detectable change, all "
            "recordings passed the quality checks, compensating movements agreed within 5°, and the change before any "
            "stretch, where it was measured, stayed within its own error. If the whole likely range lies within the limit "
            "either way, just that is said. The more measures there are, the more often one looks changed by chance. So "
            "where no main measure was named before, only those make the headline that still stand out among all of them "
            "(at most 5 in 100 of these are false: Benjamini and Hochberg), and secondary measures have to clear a higher "
            "bar, too (Holm's method)."
        ),
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
        counted(
            "{error:.1f}° from putting you and the camera back ({count} take before, {after} after)",
            "{error:.1f}° from putting you and the camera back ({count} takes before, {after} after)",
            count=before,
            error=d.takes_sd_deg,
            after=after,
        ),
        phrase(
            "{error:.1f}° from repetitions ({before} and {after})",
            error=d.repetitions_sd_deg,
            before=change.pre.repetitions,
            after=change.retest.repetitions,
        ),
    ]
    if d.moved_sd_deg >= LEAST_MOVED_DEG:
        parts.append(phrase("{error:.1f}° from where the camera stood", error=d.moved_sd_deg))
    return phrase(
        "{parts}. Together {error:.1f}°, the root of the sum of squares; times {factor:.2f} that is the smallest "
        "detectable change.",
        parts=joined(parts, ", "),
        error=error,
        factor=d.mdc95_deg / error,
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
        times = filled(_SUMMED_UP[kind], count=len(events))
        return [_with_detail(joined([times, _durations(events)], ", "), _moments(events))]
    return [_repeated(text, [event for event in events if event.words == text]) for text in words]


def _repeated(words: str, events: Sequence[Event | CleaningEvent]) -> str:
    times = phrase("{count} times", count=len(events)) if len(events) > 1 else ""
    return _with_detail(words, joined([times, _moments(events)], ", "))


def _with_detail(words: str, detail: str) -> str:
    text = without_stop(words)
    return stopped(phrase("{words} ({detail})", words=text, detail=detail) if detail else text)


def _durations(events: Sequence[Event | CleaningEvent]) -> str:
    lengths_s = [event.end_s - event.start_s for event in events]
    shortest_s, longest_s = round(min(lengths_s), 1), round(max(lengths_s), 1)
    if not longest_s:
        return ""
    if not shortest_s:
        return phrase("up to {longest:.1f} s each", longest=longest_s)
    if shortest_s == longest_s:
        return phrase("{length:.1f} s each", length=longest_s)
    return phrase("{shortest:.1f} to {longest:.1f} s each", shortest=shortest_s, longest=longest_s)


def _moments(events: Sequence[Event | CleaningEvent]) -> str:
    """``at 6.9 and 8.2 s``; empty where there are many, or where it began with the recording and so has no moment."""
    moments_s = list(dict.fromkeys(sorted(round(event.start_s, 1) for event in events)))
    if len(moments_s) > FEW_MOMENTS or not moments_s[0]:
        return ""
    return phrase("at {moments} s", moments=listed([phrase("{time:.1f}", time=time_s) for time_s in moments_s]))


def trial_cautions(trials: Iterable[Trial]) -> tuple[str, ...]:
    """The cautions of the tests and of their primary outcomes, each once and with the name of what it is about."""
    found: dict[str, None] = {}
    for trial in trials:
        if trial.caution:
            found[about(trial.movement_title, trial.caution)] = None
        for outcome in trial.outcomes:
            if outcome.role is Role.PRIMARY and outcome.caution:
                what = joined([trial.movement_title, first_lower(outcome.title)], ", ")
                found[about(what, outcome.caution)] = None
    return tuple(found)


def many_measures_words(changes: Iterable[Change]) -> str:
    """What looking at several main measures costs, and how to avoid it; empty where one was named or there is only one."""
    judged = [item for item in changes if item.role is Role.PRIMARY and item.verdict is not Verdict.NOT_COMPARABLE]
    if len(judged) < 2:
        return ""
    return phrase(
        "{count} main measures were looked at, none of which was named before: a change has to be larger to stand "
        "out among so many. To find smaller ones, name one main measure before the re-test.",
        count=len(judged),
    )
