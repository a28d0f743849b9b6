"""Pictures that show no recording of the person, such as title cards, end cards and fades: found, left out, and said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from posecheck.language import phrase
from posecheck.pose.capture import scene_counts
from posecheck.pose.recording import keep_pictures
from posecheck.pose.scenes import NO_SCENE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from posecheck.pose.capture import Glance, Span
    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.pose.recording import Recording

SEEN_SHARE = 0.5
"""Where somebody is found in fewer of the pictures than this, nobody is to be seen."""
STILL_GREY = 0.5
"""Pictures that differ from one to the next by less than this many grey levels are one picture, shown for a while."""
DARK_GREY, DARK_SHARE = 12.0, 0.5
"""Pictures below this grey level hold nothing to measure; in a dark recording, those below this share of its light."""
SHORTEST_S = 0.1
"""What is shorter is not worth a word (all chosen by us)."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Glances in a row at the same place, and the time from its first picture up to the first of the next."""

    glances: tuple[Glance, ...]
    start_s: float
    end_s: float

    @property
    def scene(self) -> int:
        return self.glances[0].scene


class _Why(StrEnum):
    """Why a part is left out: another picture without the person, no light, or the person from another place."""

    CARD = "card"
    DARK = "dark"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """A span of time, up to but not including its end, and why it is left out."""

    start_s: float
    end_s: float
    why: _Why


def leave_out_cards(recording: Recording) -> tuple[Recording, tuple[str, ...]]:
    """A recording without the pictures that show something else, and a sentence about each part that is left out.

    What stays is the place in which the person is seen longest, moving: another camera place is another set-up, whose
    repetitions do not belong to these. A recording that an older posecheck read stays as it is.
    """
    series = recording.series
    if not recording.capture.glances or not series.found.any():
        return recording, ()
    spans = _joined(_spans(recording))
    left = np.zeros(len(series), dtype=bool)
    for span in spans:
        left |= (series.time_s >= span.start_s) & (series.time_s < span.end_s)
    if not left.any() or left.all():
        return recording, ()
    begin_s, end_s = float(series.time_s[0]), float(series.time_s[-1])
    words = tuple(_words(span, begin_s, end_s) for span in spans if _length_s(span, begin_s, end_s) >= SHORTEST_S)
    return _without(recording, left, _between(spans)), words


def _without(recording: Recording, left: NDArray[np.bool_], spans: Sequence[Span]) -> Recording:
    """A recording without some pictures; the first of them in a row stays, as one in which nobody is.

    So nothing is smoothed over the gap, and a curve that is drawn is broken there.
    """
    kept = np.flatnonzero(~left)
    gap = left & ~np.roll(left, 1)
    gap[: kept[0]] = gap[kept[-1] :] = False
    series = recording.series
    xy, xyz, visibility = (values.copy() for values in (series.xy_px, series.xyz_m, series.visibility))
    for values in (xy, xyz, visibility):
        values[gap] = np.nan
    emptied = replace(series, xy_px=xy, xyz_m=xyz, visibility=visibility)
    return keep_pictures(replace(recording, series=emptied), ~left | gap, spans)


def _runs(glances: Sequence[Glance]) -> list[_Run]:
    """The glances by place. What lasts too short to be a place of its own belongs to what comes before it."""
    known = {*scene_counts(glances), NO_SCENE}
    groups: list[list[Glance]] = []
    for glance in glances:
        if groups and (glance.scene == groups[-1][0].scene or glance.scene not in known):
            groups[-1].append(glance)
        elif glance.scene in known:
            groups.append([glance])
    if not groups:  # shorter than any place
        return []
    # A run begins with the picture in which most changed: between two glances lie several pictures.
    starts = [-np.inf, *(_first_s(group) for group in groups[1:]), np.inf]
    return [_Run(tuple(group), start, end) for group, (start, end) in zip(groups, pairwise(starts), strict=True)]


def _first_s(group: Sequence[Glance]) -> float:
    first = group[0]
    return first.changed_s if np.isfinite(first.changed_s) else first.time_s


def _spans(recording: Recording) -> list[_LeftOut]:
    runs = _runs(recording.capture.glances)
    if not runs:
        return []
    left = _other_places(runs, recording.series)
    others = [_LeftOut(run.start_s, run.end_s, left[run.scene]) for run in runs if run.scene in left]
    return [*others, *(span for run in runs if run.scene not in left for span in _dark_ends(run))]


def _other_places(runs: Sequence[_Run], series: LandmarkSeries) -> dict[int, _Why]:
    """Every place but the one in which the person is seen longest, and why it is left out."""
    found: dict[int, list[bool]] = {run.scene: [] for run in runs}
    for run in runs:
        found[run.scene] += series.found[(series.time_s >= run.start_s) & (series.time_s < run.end_s)].tolist()
    nobody = {scene for scene, seen in found.items() if sum(seen) <= SEEN_SHARE * len(seen)}
    cards = nobody | {scene for scene in found if _never_moves(scene, runs)}
    shown = {scene: sum(seen) for scene, seen in found.items() if scene not in cards} or {
        scene: sum(seen) for scene, seen in found.items()
    }
    main = max(shown, key=lambda scene: shown[scene])
    return {
        scene: _why(scene, runs) if scene in cards else _Why.PLACE
        for scene in found
        if scene != main and (scene != NO_SCENE or scene in nobody)
    }


def _why(scene: int, runs: Iterable[_Run]) -> _Why:
    light = [glance.brightness for run in runs if run.scene == scene for glance in run.glances]
    return _Why.DARK if scene == NO_SCENE and np.median(light) < DARK_GREY else _Why.CARD


def _never_moves(scene: int, runs: Iterable[_Run]) -> bool:
    """Whether a place is one picture shown for a while, as a card with somebody's photograph is."""
    return all(glance.change < STILL_GREY for run in runs if run.scene == scene for glance in run.glances[1:])


def _dark_ends(run: _Run) -> list[_LeftOut]:
    """The beginning and the end of what shows a place, as far as they are black or nearly so."""
    dark = min(DARK_GREY, DARK_SHARE * float(np.median([glance.brightness for glance in run.glances])))
    light_s = [glance.time_s for glance in run.glances if glance.brightness >= dark]
    spans = []
    if run.glances[0].brightness < dark:
        spans.append(_LeftOut(run.start_s, light_s[0], _Why.DARK))
    if run.glances[-1].brightness < dark:
        spans.append(_LeftOut(light_s[-1], run.end_s, _Why.DARK))
    return spans


def _joined(spans: Sequence[_LeftOut]) -> list[_LeftOut]:
    """In the order of time, with parts that follow each other and are left out for one reason as one."""
    joined: list[_LeftOut] = []
    for span in sorted(spans, key=lambda item: item.start_s):
        if joined and span.why is joined[-1].why and span.start_s <= joined[-1].end_s:
            joined[-1] = replace(joined[-1], end_s=max(joined[-1].end_s, span.end_s))
        else:
            joined.append(span)
    return joined


def _between(spans: Sequence[_LeftOut]) -> list[tuple[float, float]]:
    """What remains of all time."""
    edges = [-np.inf, *(edge for span in spans for edge in (span.start_s, span.end_s)), np.inf]
    return [(start_s, end_s) for start_s, end_s in zip(edges[::2], edges[1::2], strict=True) if start_s < end_s]


def _length_s(span: _LeftOut, begin_s: float, end_s: float) -> float:
    return min(span.end_s, end_s) - max(span.start_s, begin_s)


def _words(span: _LeftOut, begin_s: float, end_s: float) -> str:
    """What is left out: "The first 2.1 s show another picture, such as a title card: left out."."""
    if span.start_s <= begin_s:
        part = phrase("The first {seconds:.1f} s", seconds=span.end_s - begin_s)
    elif span.end_s >= end_s:
        part = phrase("The last {seconds:.1f} s", seconds=end_s - span.start_s)
    else:
        part = phrase(
            "The {seconds:.1f} s from {start:.1f} s on", seconds=span.end_s - span.start_s, start=span.start_s
        )
    if span.why is _Why.CARD and span.start_s > begin_s and span.end_s >= end_s:
        return phrase("{part} show another picture, such as an end card: left out.", part=part)
    if span.why is _Why.CARD:
        return phrase("{part} show another picture, such as a title card: left out.", part=part)
    if span.why is _Why.DARK:
        return phrase("{part} are dark, as in a fade: left out.", part=part)
    return phrase(
        "{part} were filmed from another place than the rest, after a cut or since the camera was moved: left out, because "
        "they do not belong to the same set-up.",
        part=part,
    )
