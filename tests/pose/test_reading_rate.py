from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from synthetic import (
    BLUE_CLOTHES,
    RED_CLOTHES,
    FakeEstimator,
    frame_times,
    frames_of,
    person,
    picture,
    poses_of,
    with_exchanged,
    without_person,
)

from posecheck.kinematics.swaps import LEGS
from posecheck.pose.landmarks import Landmark
from posecheck.pose.reading_rate import CALM_S, SEEN_FOR_S, UNSURE_S, fill_in
from posecheck.pose.track import track
from posecheck.video.pace import pictures_between

if TYPE_CHECKING:
    from posecheck.pose.landmarks import LandmarkSeries, Pose
    from posecheck.pose.track import Tracking
    from posecheck.video.frame import Frame

SIZE_PX = (320, 180)
PX_PER_M = 75.0


def moving(time_s: np.ndarray, hip_flexion_deg: np.ndarray) -> LandmarkSeries:
    return person(time_s, size_px=SIZE_PX, px_per_m=PX_PER_M, left_hip_flexion=hip_flexion_deg)


def frames(time_s: np.ndarray, poses: list[Pose | None], *others: list[Pose]) -> list[Frame]:
    """Pictures as a reader delivers them."""
    people = [
        [(poses[k], RED_CLOTHES), *((other[k], BLUE_CLOTHES) for other in others)] if poses[k] is not None else []
        for k in range(len(time_s))
    ]
    spare = pictures_between(time_s)
    plain = frames_of(time_s, [picture(SIZE_PX, item) for item in people])  # type: ignore[arg-type]
    return [replace(frame, to_spare=bool(spare[frame.index])) for frame in plain]


class Watched:
    """An estimator that notes which pictures it is shown."""

    name, model_sha256 = "fake 1", "f" * 64

    def __init__(self, time_s: np.ndarray, poses: list[Pose | None], *others: list[Pose]) -> None:
        self._time_s, self._poses, self._others, self.shown = time_s, poses, others, []
        self._images: dict[int, int] = {}

    def look_at(self, frames: list[Frame]) -> list[Frame]:
        self._images = {id(frame.image_rgb): frame.index for frame in frames}
        return frames

    def follow(self, image_rgb: np.ndarray, time_s: float) -> Pose | None:
        self.shown.append(time_s)
        return self._poses[int(np.argmin(np.abs(self._time_s - time_s)))]

    def find_people(self, image_rgb: np.ndarray) -> tuple[Pose, ...]:
        k = self._images.get(id(image_rgb))
        found = () if k is None else (self._poses[k], *(other[k] for other in self._others))
        return tuple(pose for pose in found if pose is not None)

    def close(self) -> None:
        pass


def followed(series: LandmarkSeries, *others: LandmarkSeries) -> tuple[Tracking, np.ndarray]:
    """What is found, and (n,) which pictures the model was shown."""
    poses = [pose if there else None for pose, there in zip(poses_of(series), series.found, strict=True)]
    rest = [poses_of(other) for other in others]
    estimator = Watched(series.time_s, poses, *rest)
    tracking = track(estimator.look_at(frames(series.time_s, poses, *rest)), estimator)
    return tracking, np.isin(series.time_s, estimator.shown)


def slow(time_s: np.ndarray) -> np.ndarray:
    """A hip that bends by 40 degrees and back in 6 s."""
    return 20.0 - 20.0 * np.cos(2 * np.pi * time_s / 6.0)


@pytest.mark.parametrize(("fps", "rate_hz"), [(30, 15.0), (60, 20.0), (25, 12.5), (24, 24.0), (12, 12.0)])
def test_a_slow_movement_is_read_at_the_chosen_rate(fps: int, rate_hz: float) -> None:
    time_s = frame_times(6.0, fps)
    tracking, shown = followed(moving(time_s, slow(time_s)))
    settled = (time_s > 1.0) & (time_s < 5.8)  # the last picture is always read
    assert np.diff(time_s[shown & settled]) == pytest.approx(1 / rate_hz, abs=1e-6)
    assert shown[-1]
    np.testing.assert_array_equal(tracking.series.filled_in, ~shown)


def test_the_pictures_between_are_filled_in_close_to_where_the_body_was() -> None:
    time_s = frame_times(6.0)
    true = moving(time_s, slow(time_s))
    series = followed(true)[0].series
    np.testing.assert_array_equal(series.time_s, time_s)
    assert series.found.all()
    assert series.rate_hz == pytest.approx(30.0)
    assert np.abs(series.xy_px - true.xy_px).max() < 0.1  # of a leg of 65 pixels: 0.1 degrees
    assert np.abs(series.xyz_m - true.xyz_m).max() < 0.002
    assert series.visibility == pytest.approx(0.99)


def test_a_quick_part_is_read_in_full_until_it_has_been_calm_for_a_while() -> None:
    time_s = frame_times(9.0)
    quick = (time_s >= 3.0) & (time_s < 6.0)
    swing = np.where(quick, 30.0 * np.sin(2 * np.pi * 1.5 * (time_s - 3.0)), 0.0)
    _, shown = followed(moving(time_s, swing))
    noticed = (time_s >= 3.0 + SEEN_FOR_S + 0.05) & (time_s < 6.0 + CALM_S)
    assert shown[noticed].all()
    assert shown[(time_s > 1.0) & (time_s < 3.0)].mean() == pytest.approx(0.5, abs=0.02)
    assert shown[time_s > 6.0 + 2 * SEEN_FOR_S + CALM_S].mean() == pytest.approx(0.5, abs=0.03)


def test_after_the_model_took_one_leg_for_the_other_every_picture_is_read_for_a_while() -> None:
    time_s = frame_times(6.0)
    legs = with_exchanged(moving(time_s, np.full(len(time_s), 40.0)), 3.0, 3.1, LEGS)
    _, shown = followed(legs)
    assert not shown[(time_s > 1.0) & (time_s < 2.9)].all()
    assert shown[(time_s >= 3.1) & (time_s < 3.1 + UNSURE_S)].all()


def test_every_picture_is_read_where_nobody_is_found() -> None:
    time_s = frame_times(6.0)
    series = without_person(moving(time_s, slow(time_s)), 2.0, 4.0)
    tracking, shown = followed(series)
    assert shown[(time_s > 2.1) & (time_s < 4.0)].all()
    assert not tracking.series.found[(time_s >= 2.0) & (time_s < 4.0)].any()


def test_every_picture_is_read_while_somebody_else_is_in_sight() -> None:
    time_s = frame_times(3.0)
    alone = moving(time_s, slow(time_s))
    one = replace(alone, xy_px=alone.xy_px - [70.0, 0.0])
    other = replace(alone, xy_px=alone.xy_px * 0.9 + [80.0, 10.0])
    tracking, shown = followed(one, other)
    assert tracking.people == 2
    assert shown.all()
    assert not tracking.series.filled_in.any()


def test_pictures_that_are_needed_are_all_read() -> None:
    time_s = frame_times(3.0)
    series = moving(time_s, slow(time_s))
    poses = poses_of(series)
    images = frames_of(time_s, [picture(SIZE_PX, [(pose, RED_CLOTHES)]) for pose in poses])
    found = track(images, FakeEstimator([(pose,) for pose in poses]))
    assert not found.series.filled_in.any()


def rows_of(series: LandmarkSeries) -> list[np.ndarray | None]:
    return [
        np.column_stack([series.xy_px[k], series.xyz_m[k], series.visibility[k]]).astype(np.float32)
        for k in range(len(series))
    ]


def test_legs_that_are_exchanged_meanwhile_are_not_filled_in_half_way() -> None:
    time_s = frame_times(0.4)
    true = moving(time_s, np.full(len(time_s), 40.0))
    exchanged = with_exchanged(true, 0.19, 9.0, LEGS)
    read = np.arange(len(time_s)) != 5
    rows = rows_of(exchanged)
    filled = fill_in(time_s, [row if was else None for row, was in zip(rows, read, strict=True)], read)
    knee, between = Landmark.LEFT_KNEE, filled[5]
    assert between is not None
    np.testing.assert_allclose(between[knee, :2], true.xy_px[5, knee], atol=1e-3)


def test_nothing_is_filled_in_beside_a_gap_over_a_long_step_or_over_a_cut() -> None:
    time_s = frame_times(0.4)
    rows = rows_of(moving(time_s, np.full(len(time_s), 40.0)))
    read = np.arange(len(time_s)) % 2 == 0
    holes = [row if was else None for row, was in zip(rows, read, strict=True)]
    assert fill_in(time_s, holes, read)[3] is not None
    nobody = [None if k == 4 else row for k, row in enumerate(holes)]
    assert [fill_in(time_s, nobody, read)[k] for k in (3, 5)] == [None, None]
    assert fill_in(time_s * 2, holes, read)[3] is None
    elsewhere = [row if row is None or k < 4 else row + np.float32(120.0) for k, row in enumerate(holes)]
    assert fill_in(time_s, elsewhere, read)[3] is None
