"""Follow one person among several: a jump to somebody else becomes a gap, never data."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from posecheck.language import phrase
from posecheck.pose.cuts import CutFinder
from posecheck.pose.landmarks import CleaningEvent, Landmark, Pose
from posecheck.pose.people import (
    choose_person,
    find_closely,
    find_in_part,
    hides_nearer,
    is_somebody,
    is_whole,
    person_there,
    same_body,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

JUMP_TRUNKS = 0.8
"""A trunk's centre may move this many trunk lengths from one picture of a slow camera to the next (chosen by us)."""
STEP_TRUNKS = 0.45
"""Within 0.3 s it may move this far, besides its speed: at 30 pictures a second it moves by 0.1 at most in the sample
videos, and somebody in the background is rarely nearer to the person in front (chosen by us)."""
MAX_SPEED_TRUNKS_S = 5.0
"""Fastest believable movement of the trunk's centre, in trunk lengths a second: about 2.5 m/s (chosen by us)."""
SEARCH_SPEED_TRUNKS_S = 3.0
"""While the person is lost, the place where they may reappear grows this fast (chosen by us)."""
AT_ONCE_S = 0.3
"""Pictures at most this far apart show one movement: nobody can have left and come back between them (chosen by us)."""
LOST_FOR_GOOD_S = 2.0
"""After this, the person may reappear anywhere, if they look the same; whether it is they is then said to be unsure."""
SAME_LOOK = 45.0
"""Largest distance of mean colours (RGB, 0 to 255) of trunk and thighs that still counts as the same clothes."""
MOST_LOOKS = 8
"""So many looks are remembered: an arm before the trunk or a bent back shows other colours of the same clothes."""
MIN_SIZE_RATIO = 0.4
"""Somebody smaller than this share of the one followed (or larger by the inverse) is somebody else."""
MIN_BODY_RATIO = 0.6
"""The same for trunk and leg along their joints, which posture hardly changes: within 1.21 in the sample videos."""
SEARCH_EVERY_S = 0.15
"""While lost, everybody in the picture is looked for this often."""
LOOK_CLOSELY_EVERY_S = 0.45
"""Parts of the picture are searched one by one at most this often, as it takes four times as long."""
SURE_OF_OTHERS = 2
"""Somebody else was there once they were found this often: one mistaken find on a wall is nobody (chosen by us)."""
BOX_MARGIN = 0.8
"""Around the person, this share of the body's size stays visible to the tracker while others are hidden from it."""
TRAIL_S = 3.0
"""For so long it is remembered where the person was, to notice that they were left behind (chosen by us)."""
TRAIL_STEP_S = 0.1
AWAY_TRUNKS = 1.0
"""Trunk and feet this far from where they were: either the person walked, or the tracker walked off with somebody else."""
IN_PLACE_TRUNKS = 0.6
"""Whoever has trunk or feet within this of where the person was is still in the same place (chosen by us)."""
CHECK_EVERY_S = 0.3
"""The place that was left is looked at this often."""
REPORTED_S = 0.2
"""Shorter losses are no event: they are filled in."""


class PersonFollower:
    """Keeps to the person chosen at the start.

    The tracker of the estimator is cheap but jumps to whoever is easiest to see. Each of its answers is checked against
    where the followed person can be; after a jump, everybody in the picture is looked at, and the tracker only gets to
    see the neighbourhood of the right one. Where it slid to somebody who walked past, which is no jump, the person who was
    left behind gives it away.

    Where the choice was made in another part of the recording, ``like`` is how that person looks (`look`): whoever is most
    like them is followed from the beginning on.
    """

    def __init__(
        self,
        track: Callable[[NDArray[np.uint8], float], Pose | None],
        find_people: Callable[[NDArray[np.uint8]], tuple[Pose, ...]],
        person_at: tuple[float, float] | None = None,
        *,
        like: NDArray[np.float64] | None = None,
    ) -> None:
        self._track, self._find_people, self._person_at = track, find_people, person_at
        self._like = like
        self._last: Pose | None = None
        self._last_s = self._searched_s = self._looked_closely_s = self._checked_s = -np.inf
        self._looks: list[tuple[float, NDArray[np.float64]]] = [] if like is None else [(-np.inf, like)]
        self._cuts, self._anywhere = CutFinder(), False
        self._trunk_px = 0.0
        self._crowded = False
        self._lost_since_s: float | None = None
        self._trail: deque[tuple[float, Pose]] = deque()
        self._events: list[CleaningEvent] = []
        self._others_seen = 0
        self._somebody_elsewhere = False
        self._strayed: list[tuple[float, float]] = []
        self.people = 0
        """Most people known of at once: those seen, and whoever the tracker jumped to."""
        self.crowded_from_s = np.inf
        """When somebody else was first seen, or the tracker first jumped to them."""

    @property
    def look(self) -> NDArray[np.float64] | None:
        """(6,) how the person looks, by whom somebody like them is found in another part; None while nobody is followed."""
        return self._looks[0][1] if self._looks else None

    def go_on_with(self, track: Callable[[NDArray[np.uint8], float], Pose | None]) -> None:
        """Let another tracker go on, which knows nothing of the pictures before."""
        self._track = track

    @property
    def waits_for_chosen(self) -> bool:
        """People were seen, but none so far at the place that was chosen."""
        return self._last is None and self._somebody_elsewhere

    @property
    def strayed(self) -> tuple[tuple[float, float], ...]:
        """From when to when somebody else was taken for the person, as was noticed afterwards: no data."""
        return tuple(self._strayed)

    def step(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        """The followed person in this picture, None where they are not found."""
        pose = self._step(image_rgb, time_s)
        if self._crowded:
            self.crowded_from_s = min(self.crowded_from_s, time_s)
        return pose

    def _step(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        if self._cuts.step(image_rgb):
            self._anywhere = True
            self._trail.clear()
        if self._last is None:
            return self._begin(image_rgb, time_s)
        shown = self._hide_others(image_rgb, time_s) if self._crowded else image_rgb
        pose = self._track(shown, time_s)
        if pose is not None and self._plausible(pose, image_rgb, time_s):
            left_behind = self._left_behind(pose, image_rgb, time_s)
            return self._accept(pose if left_behind is None else left_behind, image_rgb, time_s)
        if pose is not None:
            self._crowded = True
        return self._search(image_rgb, time_s)

    def events(self) -> tuple[CleaningEvent, ...]:
        """When the person was lost for longer than a moment, and when it is not sure who was followed."""
        events = list(self._events)
        if self._lost_since_s is not None and np.isfinite(self._searched_s):
            events.append(_lost_event(self._lost_since_s, self._searched_s))
        return tuple(event for event in events if event.kind != LOST or event.end_s - event.start_s >= REPORTED_S)

    def _begin(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        tracked = self._track(image_rgb, time_s)
        if time_s - self._searched_s < SEARCH_EVERY_S and (tracked is None or self._somebody_elsewhere):
            return None
        self._searched_s = time_s
        people = self._find_people(image_rgb)
        if not people and tracked is not None:
            people = (tracked,)
        chosen = self._choose(people, image_rgb, time_s)
        if chosen is None:
            return None
        if tracked is not None and np.linalg.norm(tracked.centre_px - chosen.centre_px) < 0.5 * chosen.trunk_px:
            chosen = tracked
        elif tracked is not None:
            self._crowded = True
        return self._accept(chosen, image_rgb, time_s)

    def _choose(self, people: tuple[Pose, ...], image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        """The person to follow from now on; looks closely only where that is not plain at the first look."""
        size = (image_rgb.shape[1], image_rgb.shape[0])
        chosen = self._chosen_of(people, image_rgb)
        settled = self._like is not None or self._person_at is not None
        plain = chosen is not None and (settled or is_whole(chosen, size))
        if not plain and time_s - self._looked_closely_s >= LOOK_CLOSELY_EVERY_S:
            self._looked_closely_s = time_s
            people = find_closely(image_rgb, self._find_people) or people
            chosen = self._chosen_of(people, image_rgb)
        self._crowded = len(people) > 1
        if chosen is None:
            self._somebody_elsewhere = self._somebody_elsewhere or bool(people)
        elif not settled and hides_nearer(people, chosen, size):
            self.people = max(self.people, 2)
            self._events.append(CleaningEvent(UNCLEAR, time_s, time_s, _UNCLEAR_WORDS))
        return chosen

    def _chosen_of(self, people: tuple[Pose, ...], image_rgb: NDArray[np.uint8]) -> Pose | None:
        size = (image_rgb.shape[1], image_rgb.shape[0])
        if self._like is not None:
            return self._most_alike(people, image_rgb)
        if self._person_at is not None:
            return person_there(people, self._person_at, size)
        return choose_person(people, size) if people else None

    def _most_alike(self, people: tuple[Pose, ...], image_rgb: NDArray[np.uint8]) -> Pose | None:
        """Of several, whoever looks most like the person that was chosen; one alone needs no look."""
        like, people = self._like, tuple(pose for pose in people if is_somebody(pose))
        assert like is not None
        if len(people) < 2:
            return people[0] if people else None
        away = [float(np.abs(_look(pose, image_rgb) - like).max()) for pose in people]
        return people[int(np.nanargmin(away))] if np.isfinite(away).any() else None

    def _accept(self, pose: Pose, image_rgb: NDArray[np.uint8], time_s: float) -> Pose:
        if self._lost_since_s is not None:
            self._events.append(_lost_event(self._lost_since_s, time_s))
            if time_s - self._last_s > LOST_FOR_GOOD_S:
                self._events.append(_again_event(time_s, time_s - self._last_s))
            self._lost_since_s = None
        self._remember_look(_look(pose, image_rgb), time_s)
        self._trunk_px = pose.trunk_px if not self._trunk_px else max(pose.trunk_px, 0.98 * self._trunk_px)
        self._last, self._last_s, self._anywhere, self._like = pose, time_s, False, None
        self._remember(pose, time_s)
        return pose

    def _plausible(self, pose: Pose, image_rgb: NDArray[np.uint8], time_s: float) -> bool:
        assert self._last is not None
        since_s = time_s - self._last_s
        if self._anywhere and self._looks_the_same(pose, image_rgb):
            return True
        if not _similar(pose.height_px, self._last.height_px, MIN_SIZE_RATIO):
            return False
        if not _similar(pose.body_px, self._last.body_px, MIN_BODY_RATIO):
            return False
        far = float(np.linalg.norm(pose.centre_px - self._last.centre_px)) / max(self._trunk_px, 1.0)
        if since_s > LOST_FOR_GOOD_S:
            return self._looks_the_same(pose, image_rgb)
        if since_s < AT_ONCE_S:
            return far <= STEP_TRUNKS + MAX_SPEED_TRUNKS_S * since_s
        if far > JUMP_TRUNKS + SEARCH_SPEED_TRUNKS_S * since_s:
            return False
        if self._lost_since_s is None and far <= JUMP_TRUNKS:
            return True  # a slow camera's next picture: nobody was out of sight
        return self._looks_the_same(pose, image_rgb)

    def _begin_after_cut(self, people: tuple[Pose, ...], image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        """Somebody else is followed from a cut on, such as after another's photograph, unless a person was chosen."""
        chosen = None if self._person_at is not None else self._choose(people, image_rgb, time_s)
        if chosen is None:
            return None
        self._events.append(
            CleaningEvent(AGAIN, time_s, time_s, phrase("After a cut somebody who looks different was followed."))
        )
        self._lost_since_s = None
        return self._accept(chosen, image_rgb, time_s)

    def _remember_look(self, look: NDArray[np.float64], time_s: float) -> None:
        """Blend a look into the one it is like, or keep it beside the others."""
        if not np.isfinite(look).all():
            return
        away = [float(np.abs(look - known).max()) for _, known in self._looks]
        if away and (min(away) <= SAME_LOOK or len(self._looks) == MOST_LOOKS):
            k = int(np.argmin(away))
            self._looks[k] = (self._looks[k][0], 0.9 * self._looks[k][1] + 0.1 * look)
        else:
            self._looks.append((time_s, look))

    def _looks_the_same(self, pose: Pose, image_rgb: NDArray[np.uint8]) -> bool:
        look = _look(pose, image_rgb)
        return any(float(np.abs(look - known).max()) <= SAME_LOOK for _, known in self._looks)

    def _search(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        if self._lost_since_s is None:
            self._lost_since_s = time_s
        if time_s - self._searched_s < SEARCH_EVERY_S:
            return None
        self._searched_s = time_s
        people = self._find_people(image_rgb)
        candidates = [pose for pose in people if self._plausible(pose, image_rgb, time_s)]
        if not candidates:
            nearby = find_in_part(image_rgb, self._neighbourhood(time_s), self._find_people)
            candidates = [pose for pose in nearby if self._plausible(pose, image_rgb, time_s)]
        self._crowded = self._crowded or len(people) > 1
        self._others_seen += any(is_somebody(pose) and not self._plausible(pose, image_rgb, time_s) for pose in people)
        if self._others_seen >= SURE_OF_OTHERS:
            self.people = max(self.people, 2)
        if not candidates:
            return self._begin_after_cut(people, image_rgb, time_s) if self._anywhere and people else None
        last = self._last
        assert last is not None
        nearest = min(candidates, key=lambda pose: float(np.linalg.norm(pose.centre_px - last.centre_px)))
        return self._accept(nearest, image_rgb, time_s)

    def _remember(self, pose: Pose, time_s: float) -> None:
        """Where the person was in the last seconds, about ten times a second."""
        if not self._trail or time_s - self._trail[-1][0] >= TRAIL_STEP_S:
            self._trail.append((time_s, pose))
        while time_s - self._trail[0][0] > TRAIL_S:
            self._trail.popleft()

    def _left_behind(self, pose: Pose, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        """Who is still where the person was, while the tracker went away from there: then it went with somebody else."""
        if not self._trail:  # just after a cut
            return None
        _, before = self._trail[0]
        if time_s - self._checked_s < CHECK_EVERY_S or _shift(pose, before) < AWAY_TRUNKS * self._trunk_px:
            return None
        self._checked_s = time_s
        size = (image_rgb.shape[1], image_rgb.shape[0])
        found = find_in_part(image_rgb, _square_around(before, 0.75), self._find_people)
        stayed = [
            other
            for other in found
            if is_whole(other, size)
            and _similar(other.body_px, before.body_px, MIN_BODY_RATIO)
            and _shift(other, before) < IN_PLACE_TRUNKS * self._trunk_px
            and not same_body(other, pose)
        ]
        if not stayed:
            return None
        since_s = next(
            (t for t, there in self._trail if _shift(there, before) > IN_PLACE_TRUNKS / 2 * self._trunk_px), time_s
        )
        self._strayed.append((since_s - AT_ONCE_S, time_s))
        self._looks = [(seen_s, look) for seen_s, look in self._looks if seen_s < since_s - AT_ONCE_S]
        self._events.append(_lost_event(since_s - AT_ONCE_S, time_s))
        self._crowded, self.people = True, max(self.people, 2)
        self._trail.clear()
        return min(stayed, key=lambda other: _shift(other, before))

    def _neighbourhood(self, time_s: float) -> tuple[int, int, int, int]:
        """Where the person can be by now: left, top, right, bottom."""
        assert self._last is not None
        low, high = self._last.box_px
        grown_px = SEARCH_SPEED_TRUNKS_S * self._trunk_px * (time_s - self._last_s)
        margin = BOX_MARGIN * self._last.height_px / 2 + grown_px
        x0, y0, x1, y1 = (int(value) for value in (*np.maximum(low - margin, 0), *np.maximum(high + margin, 0)))
        return x0, y0, x1, y1

    def _hide_others(self, image_rgb: NDArray[np.uint8], time_s: float) -> NDArray[np.uint8]:
        """The picture with all but the neighbourhood of the followed person greyed out."""
        x0, y0, x1, y1 = self._neighbourhood(time_s)
        shown = np.full_like(image_rgb, 127)
        shown[y0:y1, x0:x1] = image_rgb[y0:y1, x0:x1]
        return shown


LOST, AGAIN, UNCLEAR = "person_lost", "person_again", "person_unclear"
"""Kinds of events: not found for a while; found again after so long that it may be another; whole, but not the nearest."""

_UNCLEAR_WORDS = phrase(
    "Somebody nearer to the camera is cut off by the edge of the picture; a smaller person, who is whole, was followed."
)


def _lost_event(start_s: float, end_s: float) -> CleaningEvent:
    words = phrase(
        "The person was not found, or somebody else got in the way, for {seconds:.1f} s.", seconds=end_s - start_s
    )
    return CleaningEvent(LOST, start_s, end_s, words)


def _again_event(time_s: float, away_s: float) -> CleaningEvent:
    words = phrase(
        "After {seconds:.1f} s out of sight, somebody in similar clothes was taken for the same person.", seconds=away_s
    )
    return CleaningEvent(AGAIN, time_s, time_s, words)


def _similar(one: float, other: float, min_ratio: float) -> bool:
    return min_ratio <= one / max(other, 1.0) <= 1 / min_ratio


def _shift(one: Pose, other: Pose) -> float:
    """How far somebody is from where the other is, in pixels: by the trunk or by the feet, whichever is less."""
    feet = [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]
    trunk_px = np.linalg.norm(one.centre_px - other.centre_px)
    feet_px = np.linalg.norm(one.xy_px[feet].mean(axis=0) - other.xy_px[feet].mean(axis=0))
    return float(min(trunk_px, feet_px))


def _square_around(pose: Pose, reach: float) -> tuple[int, int, int, int]:
    """The square about a body's box, with ``reach`` times its size to each side of its middle."""
    low, high = pose.box_px
    x, y = (low + high) / 2
    half = reach * pose.height_px
    return int(x - half), int(y - half), int(x + half), int(y + half)


def _look(pose: Pose, image_rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(6,) mean colour of the trunk and of the thighs: what clothes look like from any side."""
    marks = pose.xy_px
    trunk = marks[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
    thighs = marks[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP, Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE]].mean(axis=0)
    reach = max(2, int(pose.trunk_px * 0.12))
    return np.concatenate([_mean_colour(image_rgb, point, reach) for point in (trunk, thighs)])


def _mean_colour(image_rgb: NDArray[np.uint8], point: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    if not np.isfinite(point).all():
        return np.full(3, np.nan)
    x, y = (int(value) for value in point)
    patch = image_rgb[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1]
    return patch.reshape(-1, 3).mean(axis=0) if patch.size else np.full(3, np.nan)
