"""The 33 body points over time: the value that every later stage reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from posecheck.language import phrase
from posecheck.video.pace import HOLE_S, local_rates_hz, typical_step_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

LANDMARK_COUNT = 33


class Landmark(IntEnum):
    """Index of each body point (BlazePose order). Left and right are the person's own."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32

    @property
    def label(self) -> str:
        """The name in lower case, as files use it: ``left_hip``."""
        return self.name.lower()

    @property
    def words(self) -> str:
        """The name within a sentence: ``left hip``."""
        return _LANDMARK_WORDS.get(self, self.label.replace("_", " "))


_LANDMARK_WORDS: dict[Landmark, str] = {
    Landmark.LEFT_SHOULDER: phrase("left shoulder"),
    Landmark.RIGHT_SHOULDER: phrase("right shoulder"),
    Landmark.LEFT_ELBOW: phrase("left elbow"),
    Landmark.RIGHT_ELBOW: phrase("right elbow"),
    Landmark.LEFT_WRIST: phrase("left wrist"),
    Landmark.RIGHT_WRIST: phrase("right wrist"),
    Landmark.LEFT_INDEX: phrase("left index"),
    Landmark.RIGHT_INDEX: phrase("right index"),
    Landmark.LEFT_HIP: phrase("left hip"),
    Landmark.RIGHT_HIP: phrase("right hip"),
    Landmark.LEFT_KNEE: phrase("left knee"),
    Landmark.RIGHT_KNEE: phrase("right knee"),
    Landmark.LEFT_ANKLE: phrase("left ankle"),
    Landmark.RIGHT_ANKLE: phrase("right ankle"),
    Landmark.LEFT_HEEL: phrase("left heel"),
    Landmark.RIGHT_HEEL: phrase("right heel"),
    Landmark.LEFT_FOOT_INDEX: phrase("left foot index"),
    Landmark.RIGHT_FOOT_INDEX: phrase("right foot index"),
}
"""The points that angles are made of; no sentence speaks of another."""

LEFT_RIGHT_PAIRS: tuple[tuple[Landmark, Landmark], ...] = tuple(
    (mark, Landmark[mark.name.replace("LEFT", "RIGHT")]) for mark in Landmark if "LEFT" in mark.name
)
"""Every (left, right) pair of body points, in index order."""

SWAPPED_ORDER: NDArray[np.intp] = np.arange(LANDMARK_COUNT)
for _left, _right in LEFT_RIGHT_PAIRS:
    SWAPPED_ORDER[[_left, _right]] = [_right, _left]
SWAPPED_ORDER.setflags(write=False)


class SampleState(IntEnum):
    """What a value at one moment rests on."""

    MEASURED = 0
    INTERPOLATED = 1
    MISSING = 2

    @property
    def label(self) -> str:
        """The word written to files: ``measured``, ``interpolated``, ``missing``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class PicturePart:
    """Where the true picture lies on the canvas, from a time on: in recordings whose picture changes its shape."""

    from_s: float
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class SeriesSource:
    """Where a landmark series came from.

    Attributes
    ----------
    width_px, height_px
        Size of the upright picture that the pixel coordinates refer to.
    estimator
        Name and version of what found the points, e.g. ``mediapipe 1.2.2``.
    model_sha256
        Checksum of the model bundle, empty for made-up landmarks in tests.
    mirrored
        Whether the picture was mirrored back before the points were found.
    rotated_deg
        By how much the picture was turned clockwise before that because somebody said so; 0: somebody said that it is
        right as it is; None: nobody said anything.
    parts
        Where the true picture lay, one after another; empty where it always was the whole.
    """

    width_px: int
    height_px: int
    estimator: str = ""
    model_sha256: str = ""
    mirrored: bool = False
    rotated_deg: int | None = None
    parts: tuple[PicturePart, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """One person in one picture: ``xy_px`` (33, 2), ``xyz_m`` (33, 3), ``visibility`` (33,), as in `LandmarkSeries`."""

    xy_px: NDArray[np.float64]
    xyz_m: NDArray[np.float64]
    visibility: NDArray[np.float64]

    @property
    def centre_px(self) -> NDArray[np.float64]:
        """(2,) middle of the trunk."""
        return np.asarray(self.xy_px[list(_TRUNK_CORNERS)].mean(axis=0))

    @property
    def trunk_px(self) -> float:
        """Apparent length from mid-hip to mid-shoulder, at least a tenth of the body's height."""
        corners = self.xy_px[list(_TRUNK_CORNERS)]
        return max(float(np.linalg.norm(corners[:2].mean(axis=0) - corners[2:].mean(axis=0))), 0.1 * self.height_px)

    @property
    def body_px(self) -> float:
        """Trunk plus the longer leg, joint by joint: the same in each posture that stays in the picture's plane."""

        def leg(hip: Landmark, knee: Landmark, ankle: Landmark) -> float:
            joints = self.xy_px[[hip, knee, ankle]]
            return float(np.linalg.norm(np.diff(joints, axis=0), axis=1).sum())

        left = leg(Landmark.LEFT_HIP, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE)
        right = leg(Landmark.RIGHT_HIP, Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE)
        return self.trunk_px + max(left, right)

    @property
    def box_px(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Upper left and lower right corner of the body."""
        return self.xy_px.min(axis=0), self.xy_px.max(axis=0)

    @property
    def height_px(self) -> float:
        """The longer side of the body's box."""
        low, high = self.box_px
        return float((high - low).max())


_TRUNK_CORNERS = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP)


@dataclass(frozen=True, slots=True, eq=False)
class LandmarkSeries:
    """Body points over time, in the units that the estimator gives.

    Attributes
    ----------
    time_s : (n,) float64
        True time of each frame, strictly increasing.
    xy_px : (n, 33, 2) float64
        Image position, x to the right and **y down**, in pixels of the upright picture; NaN where not found.
    xyz_m : (n, 33, 3) float64
        Estimator's own 3D position about the mid-hip, in metres, x right, y down, z away from the camera; NaN where
        not found.
    visibility : (n, 33) float64
        0 to 1, how sure the estimator is that the point is in sight; NaN where not found.
    source : SeriesSource
    filled_in : (n,) bool
        Pictures that were not read because the person moved slowly; their points lie between those of the pictures before
        and after. Default: every picture was read.
    """

    time_s: NDArray[np.float64]
    xy_px: NDArray[np.float64]
    xyz_m: NDArray[np.float64]
    visibility: NDArray[np.float64]
    source: SeriesSource
    filled_in: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def __post_init__(self) -> None:
        n = len(self.time_s)
        if not self.filled_in.size:
            object.__setattr__(self, "filled_in", np.zeros(n, dtype=bool))
        shapes = {
            "time_s": (self.time_s, (n,)),
            "xy_px": (self.xy_px, (n, LANDMARK_COUNT, 2)),
            "xyz_m": (self.xyz_m, (n, LANDMARK_COUNT, 3)),
            "visibility": (self.visibility, (n, LANDMARK_COUNT)),
            "filled_in": (self.filled_in, (n,)),
        }
        for name, (array, shape) in shapes.items():
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, expected {shape}")
            array.setflags(write=False)
        if n > 1 and not np.all(np.diff(self.time_s) > 0):
            raise ValueError("time_s must be strictly increasing")

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def found(self) -> NDArray[np.bool_]:
        """(n,) whether anybody was found in each frame."""
        return np.asarray(np.isfinite(self.xy_px).any(axis=(1, 2)))

    @property
    def inside_px(self) -> NDArray[np.float64]:
        """(n, 2, 2) upper left and lower right corner of the true picture in each frame."""
        whole = np.array([[0.0, 0.0], [self.source.width_px, self.source.height_px]])
        corners = np.tile(whole, (len(self), 1, 1))
        for part in self.source.parts:
            corners[self.time_s >= part.from_s] = [[part.left, part.top], [part.right, part.bottom]]
        return corners

    @property
    def outside(self) -> NDArray[np.bool_]:
        """(n, 33) whether a point lies outside the true picture."""
        first, end = np.moveaxis(self.inside_px[:, :, None], 1, 0)
        with np.errstate(invalid="ignore"):
            return np.asarray(((self.xy_px < first) | (self.xy_px >= end)).any(axis=-1))

    @property
    def rate_hz(self) -> float:
        """Usual frame rate, NaN with fewer than two frames."""
        return 1.0 / typical_step_s(self.time_s)

    def rate_kept_hz(self, share: float) -> float:
        """Frame rate that is kept in all but this share of the time, pauses left out; NaN with fewer than two frames."""
        steps_s = np.diff(self.time_s)
        if not steps_s.size:
            return float("nan")
        steps_s[steps_s > HOLE_S] = np.median(steps_s)
        rates = local_rates_hz(np.concatenate([[0.0], np.cumsum(steps_s)]))
        order = np.argsort(rates)
        passed = np.cumsum(steps_s[order]) / steps_s.sum()
        return float(rates[order][np.searchsorted(passed, share)])


@dataclass(frozen=True, slots=True, eq=False)
class CleanSeries:
    """Landmarks after masking, swap repair, gap filling and smoothing, every sample labelled.

    Attributes
    ----------
    landmarks : LandmarkSeries
        The cleaned points; NaN where ``state`` is missing.
    state : (n, 33) int8
        A `SampleState` for each point and frame.
    swapped : (n,) bool
        Frames in which left and right were exchanged back.
    events : tuple of CleaningEvent
        What was repaired or rejected, and when, for the person who reads the result.
    whole : LandmarkSeries or None
        Left and right as in ``landmarks``, but every point as the model gave it, hidden ones too: what judges for itself
        how far a guess can be trusted needs them all. None where only the cleaned points are known.
    """

    landmarks: LandmarkSeries
    state: NDArray[np.int8]
    swapped: NDArray[np.bool_]
    events: tuple[CleaningEvent, ...] = field(default_factory=tuple)
    whole: LandmarkSeries | None = None

    def __post_init__(self) -> None:
        self.state.setflags(write=False)
        self.swapped.setflags(write=False)

    def event_share(self, kind: str) -> float:
        """Share of the pictures that lie in events of a kind."""
        time_s = self.landmarks.time_s
        inside = np.zeros(len(time_s), dtype=bool)
        for event in self.events:
            if event.kind == kind:
                inside |= (time_s >= event.start_s) & (time_s <= event.end_s)
        return float(inside.mean()) if len(inside) else 0.0


@dataclass(frozen=True, slots=True)
class CleaningEvent:
    """One stretch of time that was repaired or rejected: ``kind`` is a short stable word, ``words`` a sentence."""

    kind: str
    start_s: float
    end_s: float
    words: str
