"""What the pictures themselves tell about the recording, over time: light, camera tilt, camera movement, cuts."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple, dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from posecheck.pose.background import LONGER_SIDE_PX, Background, CameraPlace, largest_distance
from posecheck.pose.cuts import CutFinder
from posecheck.pose.roll import ROLL_AGREES_DEG, grey_for_lines, roll_in_grey_deg
from posecheck.pose.scenes import NO_SCENE, SceneFollower

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from posecheck.pose.landmarks import Pose
    from posecheck.video.frame import Frame

GLANCE_EVERY_S = 0.25
"""How often a picture is looked at."""
ROLL_GLANCES, ROLL_TRIES = 5, 10
"""So many pictures of each place are searched for upright lines until they were found; two must agree."""
SHORTEST_SCENE = 4
"""A place seen in fewer pictures than this was somebody before the lens, a blur or half of a fade (all chosen by us)."""
MOST_COMPARED = 300
"""Of longer spans every n-th picture is compared with every other: enough to see any movement that lasts."""

Span = tuple[float, float]
"""Start and end, in seconds of the video."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What one picture told.

    Attributes
    ----------
    time_s : float
    brightness : float
        Mean grey level, 0 (black) to 255.
    scene : int
        Number of the place that is seen, -1 where none is recognised (black, one colour).
    place : CameraPlace or None
        Where in that place the picture lies; None if it could not be told.
    roll_deg : float
        Tilt of the camera from upright lines, NaN where it was not looked for or not found.
    change : float
        Largest difference of any picture since the last glance from the one before it, in mean grey levels.
    changed_s : float
        When that was.
    """

    time_s: float
    brightness: float
    scene: int = NO_SCENE
    place: CameraPlace | None = None
    roll_deg: float = float("nan")
    change: float = 0.0
    changed_s: float = float("nan")


@dataclass(frozen=True, slots=True)
class CaptureReport:
    """What was seen in the pictures.

    Attributes
    ----------
    brightness : float
        Median grey level, 0 (black) to 255; NaN without pictures.
    camera_shift : float
        Largest movement of the background, as a share of the picture's longer side; NaN if unknown.
    roll_deg : float
        Tilt of the camera from the upright lines of the room (door frames, corners); positive when the camera is turned
        clockwise, so that upright things lean to the left in the picture; NaN where there are too few such lines.
    cut_s : float
        When the picture changed to another place; NaN if it did not.
    glances : tuple of Glance
        All of it over time; empty in recordings that an older posecheck read.
    """

    brightness: float = float("nan")
    camera_shift: float = float("nan")
    roll_deg: float = float("nan")
    cut_s: float = float("nan")
    glances: tuple[Glance, ...] = ()

    @classmethod
    def of_glances(cls, glances: Sequence[Glance], spans: Sequence[Span] = ((-np.inf, np.inf),)) -> CaptureReport:
        """Sum up what was seen in some spans of time; the whole by default, since nothing is known of what matters.

        The tilt is that of the camera in these spans, also where the lines that tell it were found at other times.
        """
        chosen = [
            _calmed(glances, k)
            for k, glance in enumerate(glances)
            if any(start <= glance.time_s <= end for start, end in spans)
        ]
        if not chosen:
            return cls()
        return cls(
            float(np.median([glance.brightness for glance in chosen])),
            _largest_movement(chosen),
            _roll_of(glances, chosen),
            _first_cut_s(chosen),
            tuple(glances),
        )

    def during(self, spans: Sequence[Span]) -> CaptureReport:
        """The same for some spans of time alone; as it is where nothing was kept over time, or none of it lies there."""
        found = CaptureReport.of_glances(self.glances, spans)
        return found if found.glances else self


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """What a glance at one picture needs of it, so that the picture itself may be gone; ``grey`` for upright lines."""

    time_s: float
    background: Background
    brightness: float
    change: float
    changed_s: float
    grey: NDArray[np.uint8] | None


class GlimpseTaker:
    """Takes what is needed of a picture four times a second, to be looked at later, in the order of time.

    Parameters
    ----------
    place : Background, optional
        Where the recording began: upright lines there are found in its first pictures, and not needed again.
        Default: unknown, so that each glimpse can be searched for them.
    """

    def __init__(self, place: Background | None = None) -> None:
        self._place = place
        self._timer = _Timer()
        self.taken: list[Glimpse] = []

    def look(self, frame: Frame, pose: Pose | None = None) -> None:
        """As `CaptureWatcher.look`, at once."""
        change = self._timer.step(frame)
        if change is None:
            return
        glimpse = _glimpse(frame, pose, *change)
        known = self._place is not None and self._place.find(glimpse.background, CameraPlace()).same_place
        self.taken.append(glimpse if known else replace(glimpse, grey=grey_for_lines(frame.picture_rgb)))


class _Timer:
    """When a picture's turn has come, and how much the pictures have changed since the last one."""

    def __init__(self) -> None:
        self._next_s = -np.inf
        self._cuts = CutFinder()
        self._change, self._changed_s = 0.0, float("nan")

    def step(self, frame: Frame) -> tuple[float, float] | None:
        """Largest change since the last glance and when that was, if this picture's turn has come."""
        self._cuts.step(frame.image_rgb)
        if self._cuts.change > self._change:
            self._change, self._changed_s = self._cuts.change, frame.time_s
        if frame.time_s < self._next_s:
            return None
        self._next_s = frame.time_s + GLANCE_EVERY_S
        change = (self._change, self._changed_s)
        self._change, self._changed_s = 0.0, float("nan")
        return change


def _glimpse(frame: Frame, pose: Pose | None, change: float, changed_s: float) -> Glimpse:
    width, height = frame.size_px
    scale = LONGER_SIDE_PX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.cvtColor(cv2.resize(frame.image_rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    background = Background(small.astype(np.float32), pose, scale)
    if frame.inside_px is not None:
        left, top, right, bottom = background.close_around(frame.inside_px, scale)
        small = small[top:bottom, left:right]
    return Glimpse(frame.time_s, background, float(small.mean()), round(change, 2), changed_s, None)


class CaptureWatcher:
    """Looks at a picture four times a second; what it keeps of each is a few numbers."""

    def __init__(self) -> None:
        self._timer = _Timer()
        self._pool = ThreadPoolExecutor(1)
        self._looking: deque[Future[None]] = deque()
        self._scenes = SceneFollower()
        self._glances: list[Glance] = []
        self._report = CaptureReport()
        self._rolls: dict[int, list[float]] = {}

    def look(self, frame: Frame, pose: Pose | None = None) -> None:
        """Look at a frame if its turn has come, on another thread: the pose model does not wait for it.

        Parameters
        ----------
        frame : Frame
        pose : Pose, optional
            The followed person, whose movement is not the camera's. Default: nobody is known.
        """
        change = self._timer.step(frame)
        if change is not None:
            self._looking.append(self._pool.submit(self._examine, frame, pose, *change))

    def take(self, glimpses: Sequence[Glimpse]) -> None:
        """Look at what was taken of later pictures, on another thread."""
        for glimpse in glimpses:
            self._looking.append(self._pool.submit(self._look_at, glimpse))

    def report(self) -> CaptureReport:
        """Everything seen so far."""
        while self._looking:
            self._looking.popleft().result()
        if len(self._glances) != len(self._report.glances):
            self._report = CaptureReport.of_glances(self._glances)
        return self._report

    def _examine(self, frame: Frame, pose: Pose | None, change: float, changed_s: float) -> None:
        self._look_at(_glimpse(frame, pose, change, changed_s), frame)

    def _look_at(self, glimpse: Glimpse, frame: Frame | None = None) -> None:
        scene, place = self._scenes.step(glimpse.background)
        roll_deg = self._roll_in(glimpse, frame, scene)
        self._glances.append(
            Glance(glimpse.time_s, glimpse.brightness, scene, place, roll_deg, glimpse.change, glimpse.changed_s)
        )

    def _roll_in(self, glimpse: Glimpse, frame: Frame | None, scene: int) -> float:
        tried = self._rolls.setdefault(scene, [])
        if scene == NO_SCENE or len(tried) >= ROLL_TRIES or np.isfinite(tried).sum() >= ROLL_GLANCES:
            return float("nan")
        grey = glimpse.grey if frame is None else grey_for_lines(frame.picture_rgb)
        if grey is None:
            return float("nan")
        tried.append(roll_in_grey_deg(grey))
        return tried[-1]


def scene_counts(glances: Iterable[Glance]) -> dict[int, int]:
    """In how many pictures each place is seen; without those that are too short to be one."""
    counts: dict[int, int] = {}
    for glance in glances:
        counts[glance.scene] = counts.get(glance.scene, 0) + 1
    return {scene: count for scene, count in counts.items() if scene != NO_SCENE and count >= SHORTEST_SCENE}


def _first_cut_s(glances: Sequence[Glance]) -> float:
    """When the first place gives way to another; the moment of the greatest change, where it took longer."""
    known = scene_counts(glances)
    seen = [(k, glance.scene) for k, glance in enumerate(glances) if glance.scene in known]
    for (before, scene), (after, next_scene) in pairwise(seen):
        if scene != next_scene:
            return max(glances[before + 1 : after + 1], key=lambda glance: glance.change).changed_s
    return float("nan")


def _calmed(glances: Sequence[Glance], k: int) -> Glance:
    """A glance with the median of its own and its neighbours' places: one picture mistaken says nothing."""
    near = [glance.place for glance in glances[max(0, k - 1) : k + 2] if glance.scene == glances[k].scene]
    places = [astuple(place) for place in near if place is not None]
    if len(places) < 3:
        return glances[k]
    return replace(glances[k], place=CameraPlace(*(float(value) for value in np.median(places, axis=0))))


def _largest_movement(glances: Sequence[Glance]) -> float:
    """The largest movement between any two pictures of one place."""
    found = []
    for scene in scene_counts(glances) or {glance.scene for glance in glances}:
        places = [glance.place for glance in glances if glance.scene == scene and glance.place is not None]
        found += [largest_distance(places[:: 1 + len(places) // MOST_COMPARED])] if places else []
    return max(found, default=float("nan"))


def _roll_of(glances: Sequence[Glance], chosen: Sequence[Glance]) -> float:
    """Tilt during some glances: that found from lines in the place seen most, and how the camera has turned since."""
    counts = scene_counts(chosen)
    scene = max(counts, key=lambda number: counts[number]) if counts else chosen[0].scene
    turned = [glance.place.turn_deg for glance in chosen if glance.scene == scene and glance.place is not None]
    level = [
        glance.roll_deg + (glance.place.turn_deg if glance.place is not None else 0.0)
        for glance in glances
        if glance.scene == scene and np.isfinite(glance.roll_deg)
    ]
    return _agreed(level) - (float(np.median(turned)) if turned else 0.0)


def _agreed(rolls: list[float]) -> float:
    """The median of the glances that agree with it, NaN where fewer than two do."""
    if not rolls:
        return float("nan")
    close = [roll for roll in rolls if abs(roll - float(np.median(rolls))) <= ROLL_AGREES_DEG]
    return float(np.median(close)) if len(close) >= 2 else float("nan")
