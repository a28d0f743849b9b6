"""A stick figure whose joint angles are known by construction, and an estimator that returns prepared poses.

The figure is built in the person's own axes (forward, right, up; metres), turned about the vertical, seen without
perspective and scaled to pixels, so that an angle put in is the angle that a perfect measurement gives back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from posecheck.kinematics.joints import Side, mark_of
from posecheck.movements import load_movement
from posecheck.pose.capture import CaptureReport
from posecheck.pose.landmarks import (
    LANDMARK_COUNT,
    SWAPPED_ORDER,
    Landmark,
    LandmarkSeries,
    Pose,
    SeriesSource,
)
from posecheck.pose.recording import Recording
from posecheck.trial.quality import GateStatus, QualityGate
from posecheck.trial.repetitions import Repetition
from posecheck.trial.summary import summarise_compensations, summarise_outcomes
from posecheck.trial.trial import SetUp, Trial
from posecheck.video.frame import Frame
from posecheck.video.reader import VideoInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Angle = float | Floats

FRONT_VIEW, FACING_RIGHT, FACING_LEFT, FROM_BEHIND = 0.0, 90.0, -90.0, 180.0
"""Turn of the person about the vertical: 0 faces the camera, 90 the right edge of the picture, -90 the left edge."""

TRUNK_M, THIGH_M, SHANK_M = 0.50, 0.42, 0.42
HALF_HIPS_M, HALF_SHOULDERS_M = 0.09, 0.18
FOOT_HEIGHT_M = 0.07
ARM_M = {"elbow": 0.28, "wrist": 0.53, "thumb": 0.58, "pinky": 0.60, "index": 0.63}
FACE_M = {  # mark: (up, forward, to the person's right)
    Landmark.NOSE: (0.25, 0.11, 0.0),
    Landmark.LEFT_EYE_INNER: (0.28, 0.09, -0.02),
    Landmark.LEFT_EYE: (0.28, 0.09, -0.03),
    Landmark.LEFT_EYE_OUTER: (0.28, 0.08, -0.04),
    Landmark.RIGHT_EYE_INNER: (0.28, 0.09, 0.02),
    Landmark.RIGHT_EYE: (0.28, 0.09, 0.03),
    Landmark.RIGHT_EYE_OUTER: (0.28, 0.08, 0.04),
    Landmark.LEFT_EAR: (0.25, 0.0, -0.07),
    Landmark.RIGHT_EAR: (0.25, 0.0, 0.07),
    Landmark.MOUTH_LEFT: (0.20, 0.09, -0.025),
    Landmark.MOUTH_RIGHT: (0.20, 0.09, 0.025),
}


def frame_times(duration_s: float, fps: float = 30.0, *, jitter: float = 0.0, seed: int = 1) -> Floats:
    """Times of the frames; ``jitter`` of 0.5 lets each interval differ by half of itself, as with variable frame rate."""
    rng = np.random.default_rng(seed)
    steps = 1.0 / fps * (1.0 + jitter * rng.uniform(-1.0, 1.0, int(duration_s * fps * 2)))
    times = np.concatenate([[0.0], np.cumsum(steps)])
    return times[times <= duration_s]


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """When repetitions happen: stand still, move, hold, move back, and again."""

    count: int = 3
    start_s: float = 1.0
    move_s: float = 1.2
    hold_s: float = 2.5
    pause_s: float = 0.8

    @property
    def period_s(self) -> float:
        return 2 * self.move_s + self.hold_s + self.pause_s

    @property
    def duration_s(self) -> float:
        return self.start_s + self.count * self.period_s

    def times(self, fps: float = 30.0, *, jitter: float = 0.0) -> Floats:
        return frame_times(self.duration_s, fps, jitter=jitter)

    def share(self, time_s: Floats) -> Floats:
        """0 at the start position, 1 in the hold, smooth in between."""
        inside = np.clip(time_s - self.start_s, 0.0, self.count * self.period_s - 1e-9) % self.period_s
        inside = np.where(time_s < self.start_s, 0.0, inside)
        rise = np.clip(inside / self.move_s, 0.0, 1.0)
        fall = np.clip((inside - self.move_s - self.hold_s) / self.move_s, 0.0, 1.0)
        return _ease(rise) - _ease(fall)

    def angle(self, time_s: Floats, rest_deg: float, end_deg: float) -> Floats:
        """An angle that goes from rest to its end range and back in every repetition."""
        return rest_deg + (end_deg - rest_deg) * self.share(time_s)


def _ease(share: Floats) -> Floats:
    """Minimum-jerk course from 0 to 1: no corner for a filter to round off."""
    return share**3 * (10 - 15 * share + 6 * share**2)


def person(
    time_s: Floats,
    *,
    turn_deg: float = FACING_RIGHT,
    lying: bool = False,
    size_px: tuple[int, int] = (1280, 720),
    px_per_m: float = 340.0,
    centre: tuple[float, float] = (0.5, 0.5),
    roll_deg: float = 0.0,
    **angles_deg: Angle,
) -> LandmarkSeries:
    """Landmarks of a person with the given joint angles, each a number or one value per frame.

    Angles: ``trunk_flexion``, ``trunk_lateral_flexion``, ``pelvic_obliquity`` and, after ``left_`` or ``right_``,
    ``hip_flexion``, ``knee_flexion``, ``leg_abduction``. Lying on the back, the head is at the left edge with
    ``FACING_RIGHT`` and at the right edge with ``FACING_LEFT``. ``roll_deg`` turns the picture clockwise.
    """
    body = _body(len(time_s), angles_deg)
    seen = _turned(body - (_shoulders(body) if lying else _footing(body)), turn_deg)
    if lying:
        seen = _rolled(seen, -90.0 if turn_deg > 0 else 90.0)
    seen = _rolled(seen, roll_deg)
    width, height = size_px
    middle = np.nanmean([seen.min(axis=(0, 1)), seen.max(axis=(0, 1))], axis=0)
    xy = (seen - middle)[:, :, :2] * px_per_m + np.array([centre[0] * width, centre[1] * height])
    hips = seen[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=1, keepdims=True)
    visibility = np.full((len(time_s), LANDMARK_COUNT), 0.99)
    return LandmarkSeries(time_s, xy, seen - hips, visibility, SeriesSource(width, height, "stick figure 1"))


def _body(frames: int, angles_deg: Mapping[str, Angle]) -> Floats:
    """(n, 33, 3) forward, right, up."""
    rad = {name: np.radians(np.broadcast_to(np.asarray(value, float), frames)) for name, value in angles_deg.items()}
    known = {"trunk_flexion", "trunk_lateral_flexion", "pelvic_obliquity"} | {
        f"{side}_{name}" for side in Side for name in ("hip_flexion", "knee_flexion", "leg_abduction")
    }
    assert set(rad) <= known, set(rad) - known
    zero = np.zeros(frames)
    forward, lateral, tilt = (
        rad.get(name, zero) for name in ("trunk_flexion", "trunk_lateral_flexion", "pelvic_obliquity")
    )
    points = np.full((frames, LANDMARK_COUNT, 3), np.nan)
    up = _vector(np.sin(forward), np.sin(lateral) * np.cos(forward), np.cos(lateral) * np.cos(forward))
    ahead = _vector(np.cos(forward), zero, -np.sin(forward))
    hip_line = _vector(zero, np.cos(tilt), np.sin(tilt))
    shoulder_line = _vector(zero, np.cos(lateral), -np.sin(lateral))
    neck = TRUNK_M * up
    for mark, (above, before, aside) in FACE_M.items():
        points[:, mark] = neck + above * up + before * ahead + aside * shoulder_line
    for side, out in ((Side.LEFT, -1.0), (Side.RIGHT, 1.0)):
        hip = out * HALF_HIPS_M * hip_line
        shoulder = neck + out * HALF_SHOULDERS_M * shoulder_line
        thigh_deg = rad.get(f"{side}_hip_flexion", zero) - forward
        abduction = rad.get(f"{side}_leg_abduction", zero)
        knee = hip + THIGH_M * _leg_direction(thigh_deg, abduction, out)
        ankle = knee + SHANK_M * _leg_direction(thigh_deg - rad.get(f"{side}_knee_flexion", zero), abduction, out)
        placed = {"hip": hip, "shoulder": shoulder, "knee": knee, "ankle": ankle}
        placed["heel"] = ankle + np.array([-0.05, 0.0, -FOOT_HEIGHT_M])
        placed["foot_index"] = ankle + np.array([0.15, 0.0, -FOOT_HEIGHT_M])
        placed |= {part: shoulder + np.array([0.0, 0.0, -length]) for part, length in ARM_M.items()}
        for part, where in placed.items():
            points[:, mark_of(part, side)] = where
    return points


def _footing(points: Floats) -> Floats:
    """The lower ankle stays at one height, and the middle between the ankles in one place."""
    ankles = points[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]]
    footing = ankles.mean(axis=1, keepdims=True)
    footing[..., 2] = ankles[..., 2].min(axis=1, keepdims=True)
    return footing


def _shoulders(points: Floats) -> Floats:
    """The middle between the shoulders, which stays where it is while somebody lies."""
    return points[:, [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]].mean(axis=1, keepdims=True)


def _vector(forward: Floats, right: Floats, up: Floats) -> Floats:
    return np.stack([forward, right, up], axis=-1)


def _leg_direction(inclination: Floats, abduction: Floats, out: float) -> Floats:
    along = np.cos(inclination)
    return _vector(np.sin(inclination), out * np.sin(abduction) * along, -np.cos(abduction) * along)


def _turned(points: Floats, turn_deg: float) -> Floats:
    """Person's axes to the camera's: x right, y down, z away from the camera."""
    cosine, sine = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    forward, right, up = np.moveaxis(points, -1, 0)
    return _vector(forward * sine - right * cosine, -up, -forward * cosine - right * sine)


def _rolled(points: Floats, clockwise_deg: float) -> Floats:
    cosine, sine = np.cos(np.radians(clockwise_deg)), np.sin(np.radians(clockwise_deg))
    x, y, z = np.moveaxis(points, -1, 0)
    return _vector(x * cosine - y * sine, x * sine + y * cosine, z)


def during(series: LandmarkSeries, start_s: float, end_s: float) -> NDArray[np.bool_]:
    """(n,) frames from one time up to, but not at, another."""
    return (series.time_s >= start_s) & (series.time_s < end_s)


def with_noise(series: LandmarkSeries, sd_px: float, *, seed: int = 7) -> LandmarkSeries:
    """Landmark jitter, the same in all points and frames."""
    noise = np.random.default_rng(seed).normal(0.0, sd_px, series.xy_px.shape)
    return replace(series, xy_px=series.xy_px + noise)


def with_hidden(
    series: LandmarkSeries, marks: Iterable[Landmark], start_s: float, end_s: float, *, visibility: float = 0.1
) -> LandmarkSeries:
    """Points that the model is not sure of for a while, and that it puts somewhere else."""
    seen, xy = series.visibility.copy(), series.xy_px.copy()
    cells = np.ix_(during(series, start_s, end_s), list(marks))
    seen[cells] = visibility
    xy[cells] += 40.0
    return replace(series, visibility=seen, xy_px=xy)


def with_exchanged(series: LandmarkSeries, start_s: float, end_s: float, group: Iterable[int]) -> LandmarkSeries:
    """Left and right labels of a group of points exchanged for a while."""
    order = np.arange(LANDMARK_COUNT)
    chosen = np.asarray(list(group))
    order[chosen] = SWAPPED_ORDER[chosen]
    frames = during(series, start_s, end_s)
    xy, xyz = series.xy_px.copy(), series.xyz_m.copy()
    for array in (xy, xyz):
        array[frames] = array[frames][:, order]
    return replace(series, xy_px=xy, xyz_m=xyz)


def without_person(series: LandmarkSeries, start_s: float, end_s: float) -> LandmarkSeries:
    """Frames in which nobody is found."""
    frames = during(series, start_s, end_s)
    xy, xyz, visibility = series.xy_px.copy(), series.xyz_m.copy(), series.visibility.copy()
    for array in (xy, xyz, visibility):
        array[frames] = np.nan
    return replace(series, xy_px=xy, xyz_m=xyz, visibility=visibility)


def moved(
    series: LandmarkSeries, mark: Landmark, by_px: tuple[float, float], frames: NDArray[np.bool_]
) -> LandmarkSeries:
    """One point put elsewhere in some frames."""
    xy = series.xy_px.copy()
    xy[frames, mark] += by_px
    return replace(series, xy_px=xy)


def mirrored(series: LandmarkSeries) -> LandmarkSeries:
    """What a model finds in the mirror image: the other way round, with left and right exchanged."""
    xy, xyz = series.xy_px[:, SWAPPED_ORDER].copy(), series.xyz_m[:, SWAPPED_ORDER].copy()
    xy[..., 0] = series.source.width_px - xy[..., 0]
    xyz[..., 0] *= -1
    return replace(series, xy_px=xy, xyz_m=xyz, visibility=series.visibility[:, SWAPPED_ORDER].copy())


def picture_turned(series: LandmarkSeries, clockwise_deg: int) -> LandmarkSeries:
    """What a model finds in the picture turned clockwise by 90, 180 or 270 degrees: the same body, lying otherwise."""
    xy, xyz, source = series.xy_px.copy(), series.xyz_m.copy(), series.source
    for _ in range(clockwise_deg // 90):
        xy = np.stack([source.height_px - xy[..., 1], xy[..., 0]], axis=-1)
        xyz = np.stack([-xyz[..., 1], xyz[..., 0], xyz[..., 2]], axis=-1)
        source = replace(source, width_px=source.height_px, height_px=source.width_px)
    return replace(series, xy_px=xy, xyz_m=xyz, source=source)


MovementName = Literal[
    "toe-touch",
    "knee-to-chest",
    "runners-lunge",
    "side-lunge",
    "crossover",
    "active-straight-leg-raise",
    "modified-thomas-test",
]


def toe_touch(time_s: Floats, rhythm: Rhythm, *, bend_deg: float = 85.0, **how: Angle) -> LandmarkSeries:
    """Standing forward bend: trunk flexion 5 degrees beyond hip flexion (the hips end up in front of the heels)."""
    hips = rhythm.angle(time_s, 0.0, bend_deg)
    trunk = rhythm.angle(time_s, 0.0, bend_deg + 5.0)
    return person(time_s, **{"trunk_flexion": trunk, "left_hip_flexion": hips, "right_hip_flexion": hips, **how})


def knee_to_chest(
    time_s: Floats, rhythm: Rhythm, side: Side, *, end_deg: float = 115.0, knee_deg: float = 120.0, **how: Angle
) -> LandmarkSeries:
    """Lying on the back, filmed from the side of the pulled leg."""
    turn = FACING_RIGHT if side is Side.RIGHT else FACING_LEFT
    pulled = {
        f"{side}_hip_flexion": rhythm.angle(time_s, 2.0, end_deg),
        f"{side}_knee_flexion": rhythm.angle(time_s, 3.0, knee_deg),
    }
    settings = {"turn_deg": turn, "lying": True, "px_per_m": 480.0}
    return person(time_s, **{**settings, **pulled, **how})


def straight_leg_raise(
    time_s: Floats, rhythm: Rhythm, side: Side, *, end_deg: float = 78.0, knee_deg: float = 6.0, **how: Angle
) -> LandmarkSeries:
    """Lying on the back, one leg raised with its knee (nearly) straight."""
    return knee_to_chest(time_s, rhythm, side, end_deg=end_deg, knee_deg=knee_deg, **how)


def thomas_test(
    time_s: Floats, rhythm: Rhythm, side: Side, *, extension_deg: float = 9.0, knee_deg: float = 75.0, **how: Angle
) -> LandmarkSeries:
    """Lying at a table's end: both knees at the chest, one leg let down until it hangs; filmed from its side."""
    legs = {
        f"{side}_hip_flexion": rhythm.angle(time_s, 110.0, -extension_deg),
        f"{side}_knee_flexion": rhythm.angle(time_s, 115.0, knee_deg),
        f"{side.other}_hip_flexion": 118.0,
        f"{side.other}_knee_flexion": 120.0,
    }
    turn = FACING_RIGHT if side is Side.RIGHT else FACING_LEFT
    return person(time_s, **{"turn_deg": turn, "lying": True, "px_per_m": 480.0, **legs, **how})


def runners_lunge(
    time_s: Floats, rhythm: Rhythm, rear: Side, *, extension_deg: float = 12.0, front_deg: float = 95.0, **how: Angle
) -> LandmarkSeries:
    """Long step: the rear hip extends while the front hip and knee flex; filmed from the side of the front leg."""
    front = rear.other
    legs = {
        f"{rear}_hip_flexion": rhythm.angle(time_s, -4.0, -extension_deg),
        f"{rear}_knee_flexion": 10.0,
        f"{front}_hip_flexion": rhythm.angle(time_s, 35.0, front_deg),
        f"{front}_knee_flexion": rhythm.angle(time_s, 20.0, 85.0),
        "trunk_flexion": rhythm.angle(time_s, 5.0, 15.0),
    }
    turn = FACING_RIGHT if front is Side.RIGHT else FACING_LEFT
    return person(time_s, **{"turn_deg": turn, **legs, **how})


def side_lunge(
    time_s: Floats, rhythm: Rhythm, straight: Side, *, end_deg: float = 40.0, lean_deg: float = 8.0, **how: Angle
) -> LandmarkSeries:
    """Wide stance seen from the front: the straight leg's abduction grows, the trunk leans over the bent knee."""
    away = -1.0 if straight is Side.RIGHT else 1.0
    angles = {
        f"{straight}_leg_abduction": rhythm.angle(time_s, 20.0, end_deg),
        f"{straight.other}_leg_abduction": rhythm.angle(time_s, 20.0, 16.0),
        "trunk_lateral_flexion": away * rhythm.angle(time_s, 0.0, lean_deg),
    }
    return person(time_s, **{"turn_deg": FRONT_VIEW, **angles, **how})


def crossover(time_s: Floats, rhythm: Rhythm, rear: Side, *, end_deg: float = 25.0, **how: Angle) -> LandmarkSeries:
    """Seen from the front: legs crossed, the trunk leans away from the rear leg."""
    away = -1.0 if rear is Side.RIGHT else 1.0
    angles = {
        f"{rear}_leg_abduction": -15.0,
        f"{rear.other}_leg_abduction": -5.0,
        "trunk_lateral_flexion": away * rhythm.angle(time_s, 0.0, end_deg),
    }
    return person(time_s, **{"turn_deg": FRONT_VIEW, **angles, **how})


GOOD_SET_UP = SetUp("side", 1, 0.0, 0.0, 0.6)
GOOD_GATE = QualityGate("yaw", "Camera angle", GateStatus.PASS, 1.0, "deg", "Straight.")
BAD_GATE = QualityGate("yaw", "Camera angle", GateStatus.REJECT, 30.0, "deg", "Turned by 30 degrees.")


def from_source(trial: Trial, source: str) -> Trial:
    """The trial as if each of its outcomes had been measured from that source of angles."""
    return replace(trial, outcomes=tuple(replace(item, source=source) for item in trial.outcomes))


def trial_of(
    name: MovementName,
    side: Side,
    values: Mapping[str, Sequence[float]],
    *,
    set_up: SetUp = GOOD_SET_UP,
    gates: tuple[QualityGate, ...] = (GOOD_GATE,),
    compensation: Mapping[str, float] | None = None,
    person_name: str = "",
    version: int | None = None,
) -> Trial:
    """A trial of a built-in test with the given end ranges of each repetition; outcomes left out were not measured."""
    movement = load_movement(name)
    counts = max(len(item) for item in values.values())
    repetitions = tuple(
        Repetition(
            k + 1,
            1.0 + 6.0 * k,
            6.0 + 6.0 * k,
            2.5 + 6.0 * k,
            4.5 + 6.0 * k,
            True,
            {item.name: _nth(values.get(item.name, ()), k) for item in movement.outcomes},
            {item.name: (compensation or {}).get(item.name, 0.0) for item in movement.compensations},
        )
        for k in range(counts)
    )
    return Trial(
        movement=movement.name,
        movement_title=movement.title,
        movement_version=movement.version if version is None else version,
        side=side,
        sided=bool(movement.sides),
        outcomes=summarise_outcomes(movement, side, repetitions),
        repetitions=repetitions,
        gates=gates,
        compensations=summarise_compensations(movement, repetitions),
        set_up=set_up,
        person=person_name,
    )


def _nth(values: Sequence[float], k: int) -> float:
    return float(values[k]) if k < len(values) else float("nan")


GOOD_CAPTURE = CaptureReport(brightness=120.0, camera_shift=0.001, roll_deg=0.0)


def recording_of(
    series: LandmarkSeries, *, capture: CaptureReport = GOOD_CAPTURE, people: int = 1, name: str = "clip.mp4"
) -> Recording:
    """What reading a video with these landmarks would have given."""
    info = VideoInfo(
        Path(name),
        series.source.width_px,
        series.source.height_px,
        0,
        "h264",
        "yuv420p",
        "mp4",
        float(series.time_s[-1]) if len(series) else float("nan"),
        series.rate_hz,
        1,
        len(series),
    )
    return Recording(series, capture, people, (), (), info, "0" * 64)


def poses_of(series: LandmarkSeries) -> list[Pose]:
    """One pose a frame."""
    return [
        Pose(xy.copy(), xyz.copy(), seen.copy())
        for xy, xyz, seen in zip(series.xy_px, series.xyz_m, series.visibility, strict=True)
    ]


RED_CLOTHES, BLUE_CLOTHES = (200, 40, 40), (40, 40, 200)


def picture(
    size_px: tuple[int, int], people: Sequence[tuple[Pose, tuple[int, int, int]]], background: int = 120
) -> NDArray[np.uint8]:
    """A grey picture with the box of each person painted in the colour of their clothes."""
    image = np.full((size_px[1], size_px[0], 3), background, np.uint8)
    for pose, colour in people:
        low, high = pose.box_px
        x0, y0 = np.maximum(low, 0).astype(int)
        x1, y1 = np.maximum(high, 0).astype(int)
        image[y0:y1, x0:x1] = colour
    return image


class FakeEstimator:
    """A `PoseEstimator` that knows beforehand who is in each picture.

    Parameters
    ----------
    people : one sequence of poses a frame
        Everybody in each picture.
    tracked : one index a frame, optional
        Whom of them the tracker reports, None for nobody; by default the first.
    """

    name = "fake 1"
    model_sha256 = "f" * 64

    def __init__(self, people: Sequence[Sequence[Pose]], tracked: Sequence[int | None] | None = None) -> None:
        self._people = people
        self._tracked = tracked if tracked is not None else [0 if group else None for group in people]
        self._frame = -1
        self._shape: tuple[int, ...] = ()
        self.searches = 0
        self.closed = False

    def follow(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        self._frame += 1
        self._shape = image_rgb.shape
        index = self._tracked[self._frame]
        return None if index is None else self._people[self._frame][index]

    def find_people(self, image_rgb: NDArray[np.uint8]) -> tuple[Pose, ...]:
        self.searches += 1
        if self._shape and image_rgb.shape != self._shape:
            return ()  # a part of the picture: nobody who was not seen in the whole
        return tuple(self._people[self._frame])

    def close(self) -> None:
        self.closed = True


def frames_of(time_s: Floats, images: Sequence[NDArray[np.uint8]]) -> list[Frame]:
    """Frames as the video reader gives them."""
    return [Frame(k, float(t), image) for k, (t, image) in enumerate(zip(time_s, images, strict=True))]
