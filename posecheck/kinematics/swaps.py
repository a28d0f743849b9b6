"""Which leg is which: finds where the model exchanged left and right, and puts them back or rejects the stretch."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.geometry import true_runs
from posecheck.kinematics.joints import Side, mark_of
from posecheck.language import filled, phrase
from posecheck.pose.landmarks import SWAPPED_ORDER, CleaningEvent, Landmark, LandmarkSeries

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEGS = np.arange(Landmark.LEFT_HIP, Landmark.RIGHT_FOOT_INDEX + 1)
ARMS = np.arange(Landmark.LEFT_SHOULDER, Landmark.RIGHT_THUMB + 1)

MIN_SEPARATION = 0.15
"""Left and right must lie this fraction of the trunk's length apart before an exchange can be told (chosen by us)."""
REMEMBERED_S = 0.5
"""What was seen longer ago than this says nothing of which leg is which now."""
MERGED_FOR_S = 0.3
"""Longer than this the sides have really come together."""
MERGED_SHARE = 0.6
"""Sides that are suddenly this much closer together than before have melted into one (chosen by us)."""
CLEARLY_BETTER = 0.5
"""An exchange is believed when it halves the distance to the predicted positions (chosen by us)."""

RENAMING_COST, DOUBT_COST_PER_S, MAX_DOUBT_COST = 0.15, 0.3, 1.0
"""What it costs to take legs for exchanged, in trunk lengths that their points travel: each change of names, and each second
against the model's own, for a whole stretch at most so much (chosen by us: an exchange of legs that are apart costs several
trunk lengths)."""


@dataclass(frozen=True, slots=True, eq=False)
class Relabelling:
    """Landmarks with left and right put back.

    Attributes
    ----------
    series : LandmarkSeries
    swapped : (n,) bool
        Frames whose legs or arms were exchanged back.
    rejected : (n, 33) bool
        Points whose side could not be told.
    events : tuple of CleaningEvent
    exchanged : tuple of ((n,) bool, (k,) int)
        The frames in which a group of points was exchanged back, and the points of the group.
    """

    series: LandmarkSeries
    swapped: NDArray[np.bool_]
    rejected: NDArray[np.bool_]
    events: tuple[CleaningEvent, ...]
    exchanged: tuple[tuple[NDArray[np.bool_], NDArray[np.int_]], ...] = ()

    def applied_to(self, series: LandmarkSeries) -> LandmarkSeries:
        """The same exchanges in a series with the same frames, in which more points are known."""
        return _exchange(series, *self.exchanged)


def order_legs(series: LandmarkSeries, *, rear: Side, facing: int) -> Relabelling:
    """Name the legs of a lunge by which ankle is further forward in the picture: the declared rear leg is behind.

    MediaPipe's own labels are exchanged in up to three quarters of such frames; with the feet well apart this rule has
    no ambiguity, and with the feet together it does not matter.
    """
    exchanged, unknown = _carried(series.time_s, _front_leg_ahead(series, rear.other, facing))
    swapped = _exchange(series, (exchanged, LEGS))
    share = float(exchanged.mean()) if len(series) else 0.0
    events: tuple[CleaningEvent, ...] = ()
    if share > 0.02:
        words = phrase(
            "The model mixed up the legs in {share:.0f} % of the frames; the rear leg you named ({side}) decided which is "
            "which.",
            share=100 * share,
            side=rear.words,
        )
        events = (CleaningEvent("legs_ordered", float(series.time_s[0]), float(series.time_s[-1]), words),)
    rejected = np.zeros(series.visibility.shape, dtype=bool)
    rejected[np.ix_(unknown, LEGS)] = True
    return Relabelling(swapped, exchanged, rejected, events, ((exchanged, LEGS),))


def _front_leg_ahead(series: LandmarkSeries, front: Side, facing: int) -> NDArray[np.float64]:
    """(n,) how far the leg called front lies ahead of the other one, in pixels; NaN where that cannot be told.

    By the ankles, else by the knees. Where one leg is hidden, by the other one alone: the hips of a lunge are between the
    feet, so that a knee or an ankle clearly ahead of them is the front leg's.
    """
    forward = facing * series.xy_px[:, :, 0]
    hips = forward[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=1)
    clear_px = MIN_SEPARATION * _trunk_length(series)
    ours, others = ({part: forward[:, mark_of(part, side)] for part in _ENDS} for side in (front, front.other))
    best = [ours[part] - others[part] for part in _ENDS]
    alone = [values for part in _ENDS for values in (ours[part] - hips, hips - others[part])]
    ahead = np.full(len(forward), np.nan)
    for values in (*best, *(np.where(np.abs(values) >= clear_px, values, np.nan) for values in alone)):
        ahead = np.where(np.isfinite(ahead), ahead, values)
    return ahead


_ENDS = ("ankle", "knee")
"""What tells the legs apart, best first."""


def _carried(time_s: NDArray[np.float64], ahead: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Frames whose legs are exchanged, and frames too far from any in which that could be told."""
    known = np.isfinite(ahead)
    if not known.any():
        return np.zeros(len(ahead), dtype=bool), np.ones(len(ahead), dtype=bool)
    # Index of the last frame that could be judged, for each frame: a leg does not change places while it is hidden.
    # The frames before the first such one take its answer.
    last = np.maximum.accumulate(np.where(known, np.arange(len(ahead)), -1))
    last[last < 0] = int(np.argmax(known))
    unknown = np.abs(time_s - time_s[last]) > REMEMBERED_S
    return np.asarray(ahead[last] < 0), np.asarray(unknown)


_LEGS_WORDS = (
    phrase("Left and right legs were mixed up and put right."),
    phrase("Left and right legs could not be told apart for {seconds:.1f} s: not used."),
)
_ARMS_WORDS = (
    phrase("Left and right arms were mixed up and put right."),
    phrase("Left and right arms could not be told apart for {seconds:.1f} s: not used."),
)
"""Of an exchange that was repaired, and of one that was not."""


def repair_swaps(series: LandmarkSeries, *, max_swap_s: float) -> Relabelling:
    """Find sudden exchanges of left and right, for legs and arms apart; relabel short ones, reject long ones.

    The labels that hold for most of the time are taken as right.
    """
    rejected = np.zeros(series.visibility.shape, dtype=bool)
    swapped = np.zeros(len(series), dtype=bool)
    events: list[CleaningEvent] = []
    put_back: list[tuple[NDArray[np.bool_], NDArray[np.int_]]] = []
    for (repaired, doubted), group, parts in (
        (_LEGS_WORDS, LEGS, ("hip", "knee", "ankle")),
        (_ARMS_WORDS, ARMS, ("shoulder", "elbow", "wrist")),
    ):
        exchanged, merged = _exchanged_frames(series, parts)
        rejected[np.ix_(merged, group)] = True
        put_back.append((np.zeros(len(series), dtype=bool), group))
        for first, last in true_runs(exchanged):
            if series.time_s[last - 1] - series.time_s[first] > max_swap_s:
                exchanged[first:last] = _cheapest_labels(series, parts, first, last, merged)
        for first, last in true_runs(exchanged):
            if _stand_as_always(series, parts, first, last):
                continue
            start_s, end_s = float(series.time_s[first]), float(series.time_s[last - 1])
            inside = slice(first, last)
            if end_s - start_s <= max_swap_s:
                swapped[inside] = True
                put_back[-1][0][inside] = True
                events.append(CleaningEvent("swap_repaired", start_s, end_s, repaired))
            else:
                rejected[inside, group[0] : group[-1] + 1] = True
                text = filled(doubted, seconds=end_s - start_s)
                events.append(CleaningEvent("swap_rejected", start_s, end_s, text))
    result = _exchange(series, *put_back)  # all at once, since it copies the whole recording
    return Relabelling(result, swapped, rejected, tuple(events), tuple(put_back))


def _cheapest_labels(
    series: LandmarkSeries, parts: tuple[str, ...], first: int, last: int, merged: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(last - first,) the frames of a long exchange that really are exchanged, seen from both of its ends.

    A track that only looks back misses an exchange that ends while both legs are melted into one, and takes all that follows
    for exchanged. Of all ways to name the legs, with the model's names before and after, the cheapest is taken: the legs
    travel as little as possible, names change as seldom as possible, and the model is right where nothing says otherwise.
    """
    begin, end = max(first - 1, 0), min(last + 1, len(series))
    sides = [series.xy_px[begin:end][:, [mark_of(part, side) for part in parts]] for side in Side]
    pairs = np.stack([np.stack(sides, axis=1), np.stack(sides[::-1], axis=1)], axis=1)  # (n, 2 ways, 2 sides, parts, 2)
    seen = np.flatnonzero(~merged[begin:end] & (np.isfinite(pairs[:, 0]).all(axis=(1, 3)).sum(axis=1) >= 2))
    if seen.size < 2:
        return np.ones(last - first, dtype=bool)
    trunk = _trunk_length(series)
    doubt_per_s = min(DOUBT_COST_PER_S, MAX_DOUBT_COST / (series.time_s[end - 1] - series.time_s[begin]))
    ends_outside = seen[-1] >= last - begin
    cost, came_from = np.array([0.0, 0.0 if seen[0] >= first - begin else np.inf]), np.zeros((seen.size, 2), dtype=int)
    for k in range(1, seen.size):
        travelled = np.array(
            [[_travel(pairs[seen[k - 1], old], pairs[seen[k], new]) for old in (0, 1)] for new in (0, 1)]
        )
        steps = cost[None, :] + travelled / trunk + RENAMING_COST * (1 - np.eye(2))
        came_from[k] = steps.argmin(axis=1)
        passed_s = series.time_s[begin + seen[k]] - series.time_s[begin + seen[k - 1]]
        cost = steps.min(axis=1) + np.array([0.0, doubt_per_s * passed_s])
    way = 0 if ends_outside else int(cost.argmin())
    ways = np.zeros(seen.size, dtype=bool)
    for k in range(seen.size - 1, -1, -1):
        ways[k], way = bool(way), int(came_from[k, way])
    nearest = np.searchsorted(seen, np.arange(first - begin, last - begin), side="right") - 1
    return ways[np.clip(nearest, 0, None)]


def _travel(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    """How far the points of both sides move between two frames, in pixels; unknown ones do not count."""
    return float(np.nansum(np.linalg.norm(after - before, axis=-1)))


def _stand_as_always(series: LandmarkSeries, parts: tuple[str, ...], first: int, last: int) -> bool:
    """Whether left and right of a stretch stand side by side in the same order as in the rest of the recording.

    Seen from the front, legs can cross and melt into one for a moment, after which no continuity tells them apart; but an
    exchange of left and right exchanges the hips (shoulders), the first of the parts, which stand apart and cannot cross.
    """
    clear_px = MIN_SEPARATION * _trunk_length(series)
    agreed = []
    for part in parts:
        apart = series.xy_px[:, mark_of(part, Side.LEFT), 0] - series.xy_px[:, mark_of(part, Side.RIGHT), 0]
        here, elsewhere = _middle(apart[first:last]), _middle(np.concatenate([apart[:first], apart[last:]]))
        clear = abs(here) > clear_px and abs(elsewhere) > clear_px
        agreed.append(here * elsewhere > 0 if clear else None)
    return agreed[0] is True and False not in agreed


def _middle(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def _exchange(series: LandmarkSeries, *exchanges: tuple[NDArray[np.bool_], NDArray[np.int_]]) -> LandmarkSeries:
    """Left and right of some groups of points exchanged in some frames each; the series itself where there are none."""
    if not any(frames.any() for frames, _ in exchanges):
        return series
    xy, xyz, visibility = series.xy_px.copy(), series.xyz_m.copy(), series.visibility.copy()
    for frames, group in exchanges:
        order = np.arange(len(SWAPPED_ORDER))
        order[group] = SWAPPED_ORDER[group]
        for array in (xy, xyz, visibility):
            array[frames] = array[frames][:, order]
    return replace(series, xy_px=xy, xyz_m=xyz, visibility=visibility)


def _exchanged_frames(series: LandmarkSeries, parts: tuple[str, ...]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) frames whose labels are the minority ones of the recording, and (n,) frames in which both sides melt into one.

    On its way from one labelling to the other the model often draws both legs half-way between them for some frames.
    """
    left = series.xy_px[:, [mark_of(part, Side.LEFT) for part in parts]]
    right = series.xy_px[:, [mark_of(part, Side.RIGHT) for part in parts]]
    trunk = _trunk_length(series)
    state, states = False, np.zeros(len(series), dtype=bool)
    merged = np.zeros(len(series), dtype=bool)
    track = _Track()
    for k, time_s in enumerate(series.time_s):
        # `state`: the model's labels are exchanged against those of the track. Each frame is first read with the labels
        # of the frame before, so that what is looked for is the moment of an exchange, not who is who in every frame.
        state = state and not track.lost(float(time_s))
        pair = np.stack([right[k], left[k]] if state else [left[k], right[k]])
        merged[k] = track.looks_merged(pair, float(time_s), trunk)
        # A merged pair lies between both legs: taken into the track it would draw the prediction to where nobody is.
        if not merged[k] and np.isfinite(pair).all(axis=(0, 2)).sum() >= 2:
            if track.prefers_exchange(pair, float(time_s), trunk):
                state, pair = not state, pair[::-1]
            track.update(pair, float(time_s))
        states[k] = state
    # The track starts with the labels of the first frame, which may be the wrong ones: the majority decides.
    return (~states if states.mean() > 0.5 else states), merged


def _trunk_length(series: LandmarkSeries) -> float:
    shoulders = series.xy_px[:, Landmark.LEFT_SHOULDER] + series.xy_px[:, Landmark.RIGHT_SHOULDER]
    hips = series.xy_px[:, Landmark.LEFT_HIP] + series.xy_px[:, Landmark.RIGHT_HIP]
    lengths = np.linalg.norm((shoulders - hips) / 2, axis=-1)
    finite = lengths[np.isfinite(lengths)]
    return float(np.median(finite)) if finite.size else 1.0


class _Track:
    """Where left and right were, and how fast they moved: predicts the next frame with a damped constant velocity."""

    def __init__(self) -> None:
        self._pair: NDArray[np.float64] | None = None
        self._velocity: NDArray[np.float64] | None = None
        self._apart: deque[NDArray[np.float64]] = deque(maxlen=5)
        self._time_s = 0.0

    def lost(self, time_s: float) -> bool:
        """Whether the last sight is too old to tell an exchange from it: the model's own labels count again."""
        return time_s - self._time_s > REMEMBERED_S

    def prefers_exchange(self, pair: NDArray[np.float64], time_s: float, trunk: float) -> bool:
        """Whether the (2, parts, 2) positions fit the prediction clearly better with left and right exchanged."""
        if self._pair is None or self._velocity is None or self.lost(time_s):
            return False
        # Less than the whole velocity: at the turning point of a slow movement a full step would overshoot.
        expected = self._pair + 0.8 * self._velocity * (time_s - self._time_s)
        both = np.isfinite(pair).all(axis=(0, 2)) & np.isfinite(expected).all(axis=(0, 2))
        if not both.any():
            return False
        apart = np.linalg.norm(pair[0, both] - pair[1, both], axis=-1).max()
        as_is = np.linalg.norm(pair[:, both] - expected[:, both], axis=-1).sum()
        exchanged = np.linalg.norm(pair[::-1][:, both] - expected[:, both], axis=-1).sum()
        return bool(apart > MIN_SEPARATION * trunk and exchanged < CLEARLY_BETTER * as_is)

    def looks_merged(self, pair: NDArray[np.float64], time_s: float, trunk: float) -> bool:
        """Whether left and right, well apart just before, are suddenly drawn close together."""
        if self._pair is None or self._velocity is None or time_s - self._time_s > MERGED_FOR_S:
            return False
        expected = self._pair + self._velocity * (time_s - self._time_s)
        # Of how far apart they were and how far apart they are expected, the smaller counts: legs that come together
        # by themselves have not melted into one.
        before = np.minimum(np.median(self._apart, axis=0), np.linalg.norm(expected[0] - expected[1], axis=-1))
        now = np.linalg.norm(pair[0] - pair[1], axis=-1)
        wide = before > 2 * MIN_SEPARATION * trunk
        with np.errstate(invalid="ignore"):
            return bool((now[wide] < MERGED_SHARE * before[wide]).any())

    def update(self, pair: NDArray[np.float64], time_s: float) -> None:
        """Take the positions of this frame as the new truth."""
        if self._pair is None or self._velocity is None:
            self._velocity = np.zeros_like(pair)
        else:
            step = np.nan_to_num((pair - self._pair) / max(time_s - self._time_s, 1e-6))
            self._velocity = 0.6 * self._velocity + 0.4 * step  # smoothed: the model's points tremble
        known = np.isfinite(pair)
        self._pair = pair.copy() if self._pair is None else np.where(known, pair, self._pair)
        self._apart.append(np.linalg.norm(self._pair[0] - self._pair[1], axis=-1))
        self._time_s = time_s
