"""Follow one person among several: a jump to somebody else becomes a gap, never data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import CleaningEvent, Landmark, Pose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

JUMP_TRUNKS = 0.8
"""A trunk's centre may move this many trunk lengths between pictures, besides its speed (chosen by us)."""
MAX_SPEED_TRUNKS_S = 5.0
"""Fastest believable movement of the trunk's centre, in trunk lengths a second: about 2.5 m/s (chosen by us)."""
SEARCH_SPEED_TRUNKS_S = 3.0
"""While the person is lost, the place where they may reappear grows this fast (chosen by us)."""
LOST_FOR_GOOD_S = 2.0
"""After this, the person may reappear anywhere, if they look the same."""
SAME_LOOK = 45.0
"""Largest distance of mean colours (RGB, 0 to 255) of trunk and thighs that still counts as the same clothes."""
MIN_SIZE_RATIO = 0.4
"""A trunk smaller than this share of the one followed (or larger by the inverse) is somebody else."""
SEARCH_EVERY_S = 0.15
"""While lost, everybody in the picture is looked for this often."""
SURE_OF_OTHERS = 2
"""Somebody else was there once they were found this often: one mistaken find on a wall is nobody (chosen by us)."""
BOX_MARGIN = 0.8
"""Around the person, this share of the body's size stays visible to the tracker while others are hidden from it."""


def largest_person(
    people: Sequence[Pose], person_at: tuple[float, float] | None, size: tuple[int, int] = (1, 1)
) -> Pose:
    """The person to follow: the one nearest to ``person_at`` (fractions of the picture), else the largest."""
    if person_at is not None:
        wanted = np.array([person_at[0] * size[0], person_at[1] * size[1]])
        return min(people, key=lambda pose: float(np.linalg.norm(pose.centre_px - wanted)))
    return max(people, key=lambda pose: pose.height_px)


class PersonFollower:
    """Keeps to the person chosen at the start.

    The tracker of the estimator is cheap but jumps to whoever is easiest to see. Each of its answers is checked against
    where the followed person can be; after a jump, everybody in the picture is looked at, and the tracker only gets to
    see the neighbourhood of the right one.
    """

    def __init__(
        self,
        track: Callable[[NDArray[np.uint8], float], Pose | None],
        find_people: Callable[[NDArray[np.uint8]], tuple[Pose, ...]],
        person_at: tuple[float, float] | None = None,
    ) -> None:
        self._track, self._find_people, self._person_at = track, find_people, person_at
        self._last: Pose | None = None
        self._last_s = self._searched_s = -np.inf
        self._look: NDArray[np.float64] | None = None
        self._trunk_px = 0.0
        self._crowded = False
        self._lost_since_s: float | None = None
        self._events: list[CleaningEvent] = []
        self._others_seen = 0
        self.people = 0
        """Most people known of at once: those seen, and whoever the tracker jumped to."""

    def step(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        """The followed person in this picture, None where they are not found."""
        if self._last is None:
            return self._begin(image_rgb, time_s)
        shown = self._hide_others(image_rgb, time_s) if self._crowded else image_rgb
        pose = self._track(shown, time_s)
        if pose is not None and self._plausible(pose, image_rgb, time_s):
            return self._accept(pose, image_rgb, time_s)
        if pose is not None:
            self._crowded = True
        return self._search(image_rgb, time_s)

    def events(self) -> tuple[CleaningEvent, ...]:
        """When the person was lost for longer than a moment."""
        events = list(self._events)
        if self._lost_since_s is not None and np.isfinite(self._searched_s):
            events.append(_lost_event(self._lost_since_s, self._searched_s))
        return tuple(event for event in events if event.end_s - event.start_s >= 0.2)

    def _begin(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        tracked = self._track(image_rgb, time_s)
        if time_s - self._searched_s < SEARCH_EVERY_S and tracked is None:
            return None
        self._searched_s = time_s
        people = self._find_people(image_rgb)
        if not people and tracked is not None:
            people = (tracked,)
        if not people:
            return None
        chosen = largest_person(people, self._person_at, (image_rgb.shape[1], image_rgb.shape[0]))
        self._crowded = len(people) > 1
        if tracked is not None and np.linalg.norm(tracked.centre_px - chosen.centre_px) < 0.5 * chosen.trunk_px:
            chosen = tracked
        return self._accept(chosen, image_rgb, time_s)

    def _accept(self, pose: Pose, image_rgb: NDArray[np.uint8], time_s: float) -> Pose:
        if self._lost_since_s is not None:
            self._events.append(_lost_event(self._lost_since_s, time_s))
            self._lost_since_s = None
        look = _look(pose, image_rgb)
        if np.isfinite(look).all():
            self._look = look if self._look is None else 0.9 * self._look + 0.1 * look
        self._trunk_px = pose.trunk_px if not self._trunk_px else max(pose.trunk_px, 0.98 * self._trunk_px)
        self._last, self._last_s = pose, time_s
        return pose

    def _plausible(self, pose: Pose, image_rgb: NDArray[np.uint8], time_s: float) -> bool:
        assert self._last is not None
        since_s = time_s - self._last_s
        if not MIN_SIZE_RATIO <= pose.height_px / max(self._last.height_px, 1.0) <= 1 / MIN_SIZE_RATIO:
            return False
        far = float(np.linalg.norm(pose.centre_px - self._last.centre_px)) / max(self._trunk_px, 1.0)
        if since_s > LOST_FOR_GOOD_S:
            return self._looks_the_same(pose, image_rgb)
        speed = MAX_SPEED_TRUNKS_S if since_s < 0.3 else SEARCH_SPEED_TRUNKS_S
        if far > JUMP_TRUNKS + speed * since_s:
            return False
        if self._lost_since_s is None and far <= JUMP_TRUNKS:
            return True  # a slow camera's next picture: nobody was out of sight
        return since_s < 0.3 or self._looks_the_same(pose, image_rgb)

    def _looks_the_same(self, pose: Pose, image_rgb: NDArray[np.uint8]) -> bool:
        look = _look(pose, image_rgb)
        if self._look is None or not np.isfinite(look).all():
            return False
        return float(np.abs(look - self._look).max()) <= SAME_LOOK

    def _search(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        if self._lost_since_s is None:
            self._lost_since_s = time_s
        if time_s - self._searched_s < SEARCH_EVERY_S:
            return None
        self._searched_s = time_s
        people = self._find_people(image_rgb)
        self._crowded = self._crowded or len(people) > 1
        candidates = [pose for pose in people if self._plausible(pose, image_rgb, time_s)]
        self._others_seen += len(people) > len(candidates)
        if self._others_seen >= SURE_OF_OTHERS:
            self.people = max(self.people, 2)
        if not candidates:
            return None
        last = self._last
        assert last is not None
        nearest = min(candidates, key=lambda pose: float(np.linalg.norm(pose.centre_px - last.centre_px)))
        return self._accept(nearest, image_rgb, time_s)

    def _hide_others(self, image_rgb: NDArray[np.uint8], time_s: float) -> NDArray[np.uint8]:
        """The picture with all but the neighbourhood of the followed person greyed out."""
        assert self._last is not None
        low, high = self._last.box_px
        margin = BOX_MARGIN * self._last.height_px / 2 + SEARCH_SPEED_TRUNKS_S * self._trunk_px * (
            time_s - self._last_s
        )
        height, width = image_rgb.shape[:2]
        x0, y0 = np.maximum(low - margin, 0).astype(int)
        x1, y1 = np.minimum(high + margin, [width, height]).astype(int)
        shown = np.full_like(image_rgb, 127)
        shown[y0:y1, x0:x1] = image_rgb[y0:y1, x0:x1]
        return shown


def _lost_event(start_s: float, end_s: float) -> CleaningEvent:
    words = f"The person was not found, or somebody else got in the way, for {end_s - start_s:.1f} s."
    return CleaningEvent("person_lost", start_s, end_s, words)


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
