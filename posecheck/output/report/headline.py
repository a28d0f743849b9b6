"""What a whole session says in one line, and a sentence that belongs below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.comparison.verdict import Verdict
from posecheck.language import counted, joined, phrase
from posecheck.movements import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.comparison.changes import Change
    from posecheck.output.report.data import ReportData


def headline(data: ReportData) -> tuple[str, str]:
    """How much changed, or how much was recorded; and what to know of it, or empty."""
    main = [change for change in data.changes if change.role is Role.PRIMARY]
    judged = [change for change in main if change.verdict is not Verdict.NOT_COMPARABLE]
    larger = sum(change.headline for change in judged)
    secondary = sum(change.stands_out and change.role is not Role.PRIMARY for change in data.changes)
    small = [change for change in judged if change.verdict is Verdict.SMALL]
    if not data.changes:
        tests = len({item.trial.movement for item in data.pre})
        return (
            phrase(
                "{recordings} of {tests}, no re-test yet",
                recordings=counted("{count} recording", "{count} recordings", count=len(data.pre)),
                tests=counted("{count} test", "{count} tests", count=tests),
            ),
            phrase("These are end ranges of one block. A change can only be seen against a re-test."),
        )
    if not judged:
        return phrase("No main measure could be compared"), phrase("The reasons are given below.")
    reach = _reach_words(judged)
    if larger:
        return (
            _larger_words(larger, len(judged), secondary, [change for change in judged if change.headline]),
            phrase("What was not found may still have changed: this set-up detects changes {reach}.", reach=reach)
            if larger < len(judged)
            else "",
        )
    if len(small) == len(judged) and not secondary:
        return _small_words(len(judged), judged[0].limit_deg), ""
    may = phrase("Something may still have changed: this set-up detects changes {reach}.", reach=reach)
    return _none_words(len(judged), secondary), joined([_by_itself_words(judged), may])


def _small_words(judged: int, limit_deg: float) -> str:
    return counted(
        "The main measure changed by less than {limit:g}° either way",
        "All {count} main measures changed by less than {limit:g}° either way",
        count=judged,
        limit=limit_deg,
    )


def _larger_words(larger: int, judged: int, secondary: int, changes: Sequence[Change]) -> str:
    """How many of the main measures changed, and of the others; and whether their angles may be wrong."""
    text = _larger_than_error_words(larger, judged, secondary)
    doubtful = sum(bool(change.doubts) for change in changes)
    if not doubtful:
        return text
    if larger == 1:
        return phrase("{result}; read it with care, since its angle may be wrong", result=text)
    return phrase(
        "{result}; read {count} of the main ones with care, since the angle may be wrong", result=text, count=doubtful
    )


def _larger_than_error_words(larger: int, judged: int, secondary: int) -> str:
    others = counted("{count} secondary measure", "{count} secondary measures", count=secondary)
    if judged == 1 and secondary:
        return phrase("The main measure and {others} probably changed by more than measurement error", others=others)
    if judged == 1:
        return phrase("The main measure probably changed by more than measurement error")
    if secondary:
        return phrase(
            "{count} of {judged} main measures and {others} probably changed by more than measurement error",
            count=larger,
            judged=judged,
            others=others,
        )
    return counted(
        "{count} of {judged} main measures probably changed by more than measurement error",
        "{count} of {judged} main measures probably changed by more than measurement error",
        count=larger,
        judged=judged,
    )


def _none_words(judged: int, secondary: int) -> str:
    none = counted(
        "The main measure does not stand out from measurement error",
        "None of the {count} main measures stands out from measurement error",
        count=judged,
    )
    if not secondary:
        return none
    return counted(
        "{result}, but {count} secondary measure does",
        "{result}, but {count} secondary measures do",
        count=secondary,
        result=none,
    )


def _by_itself_words(judged: Sequence[Change]) -> str:
    """How many exceed their own error and yet are no headline; empty for none."""
    count = sum(change.verdict is Verdict.LARGER for change in judged)
    if not count:
        return ""
    return counted(
        "{count} of them exceeds its own error, but among so many measures that may be chance.",
        "{count} of them exceed their own error, but among so many measures that may be chance.",
        count=count,
    )


def _reach_words(judged: Sequence[Change]) -> str:
    """``from 5 to 7° on, depending on the test``."""
    limits = sorted(round(change.difference.mdc95_deg) for change in judged)
    if limits[0] == limits[-1]:
        return phrase("from {limit}° on", limit=limits[0])
    return phrase("from {low} to {high}° on, depending on the test", low=limits[0], high=limits[-1])
