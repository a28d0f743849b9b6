from __future__ import annotations

import numpy as np
import pytest
from clips import TOE_PRE, sample_frames
from synthetic import BLUE_CLOTHES, RED_CLOTHES, FakeEstimator, frame_times, frames_of, person, picture, poses_of

from posecheck.errors import NoPersonError
from posecheck.pose import estimator as estimator_module
from posecheck.pose.estimator import MediaPipeEstimator
from posecheck.pose.landmarks import LANDMARK_COUNT, Pose
from posecheck.pose.model_files import choose_model
from posecheck.pose.people_counter import PeopleCounter
from posecheck.pose.track import Tracking, track
from posecheck.settings import load_settings
from posecheck.video.frame import Frame

SIZE_PX = (480, 270)
TIME_S = frame_times(2.0, 20.0)


def standing(x: float = 0.5, px_per_m: float = 120.0) -> list[Pose]:
    return poses_of(person(TIME_S, size_px=SIZE_PX, px_per_m=px_per_m, centre=(x, 0.5), left_hip_flexion=30.0))


def tracked(groups: list[list[Pose]], tracked_index: list[int | None] | None = None, **how: object) -> Tracking:
    colours = (RED_CLOTHES, BLUE_CLOTHES)
    images = [picture(SIZE_PX, list(zip(group, colours, strict=False))) for group in groups]
    return track(frames_of(TIME_S, images), FakeEstimator(groups, tracked_index), **how)  # type: ignore[arg-type]


def close(found: np.ndarray, expected: np.ndarray) -> bool:
    """Equal in the single precision of the pose model: 0.001 of a pixel."""
    return bool(np.allclose(found, expected, rtol=0.0, atol=1e-3))


def test_landmarks_are_those_of_the_estimator_at_the_true_times() -> None:
    poses = standing()
    result = tracked([[pose] for pose in poses])
    assert np.array_equal(result.series.time_s, TIME_S)
    assert close(result.series.xy_px, np.stack([pose.xy_px for pose in poses]))
    assert close(result.series.xyz_m, np.stack([pose.xyz_m for pose in poses]))
    assert close(result.series.visibility, np.stack([pose.visibility for pose in poses]))
    assert result.people == 1
    assert not result.events


def test_the_source_names_size_estimator_model_and_mirroring() -> None:
    source = tracked([[pose] for pose in standing()], mirrored=True, rotated_deg=90).series.source
    assert (source.width_px, source.height_px) == SIZE_PX
    assert (source.estimator, source.model_sha256, source.mirrored) == ("fake 1", "f" * 64, True)
    assert source.rotated_deg == 90


def test_a_picture_without_the_person_is_a_row_of_nan() -> None:
    groups = [[] if 10 <= k < 14 else [pose] for k, pose in enumerate(standing())]
    result = tracked(groups)
    assert np.flatnonzero(~result.series.found)[:4].tolist() == [10, 11, 12, 13]
    assert result.series.xy_px.shape == (len(TIME_S), LANDMARK_COUNT, 2)
    assert result.series.found[20:].all()
    assert [event.kind for event in result.events] == ["person_lost"]


def test_nobody_in_any_picture_says_how_many_were_searched_and_what_to_do() -> None:
    with pytest.raises(NoPersonError) as caught:
        tracked([[] for _ in TIME_S])
    words = str(caught.value)
    assert words.startswith(f"no person was found in any of {len(TIME_S)} pictures.")
    assert "Film one person from head to feet, in good light" in words


def test_a_video_without_pictures_in_the_chosen_time_says_so() -> None:
    with pytest.raises(NoPersonError, match="there is no picture in the chosen part of the video"):
        track([], FakeEstimator([]))


def test_a_second_person_is_counted_and_not_followed() -> None:
    mine, other = standing(0.3), standing(0.8, px_per_m=100.0)
    result = tracked([[a, b] for a, b in zip(mine, other, strict=True)])
    assert result.people == 2
    assert close(result.series.xy_px[-1], mine[-1].xy_px)


def test_far_passers_by_and_posters_are_not_counted() -> None:
    mine, poster = standing(0.3), standing(0.8, px_per_m=30.0)
    assert tracked([[a, b] for a, b in zip(mine, poster, strict=True)]).people == 1


def test_the_person_at_the_given_point_is_followed() -> None:
    large, small = standing(0.3), standing(0.8, px_per_m=90.0)
    groups = [[a, b] for a, b in zip(large, small, strict=True)]
    result = tracked(groups, [1] * len(TIME_S), person_at=(0.8, 0.5))
    assert close(result.series.xy_px[-1], small[-1].xy_px)
    assert close(tracked(groups).series.xy_px[-1], large[-1].xy_px)


def test_every_frame_is_reported_in_order_once() -> None:
    seen: list[int] = []
    tracked([[pose] for pose in standing()], on_frame=lambda frame, _: seen.append(frame.index))
    assert seen == list(range(len(TIME_S)))


def test_the_last_count_of_people_is_known_without_waiting() -> None:
    mine, other = standing(0.3)[:1], standing(0.8)[:1]
    image = picture(SIZE_PX, [])
    estimator = FakeEstimator([[mine[0], other[0]]])
    estimator.follow(image, 0.0)
    with PeopleCounter(estimator) as counter:
        assert counter.latest() == 0
        counter.take(Frame(0, 0.0, image))
        counter.result()
        assert counter.latest() == 2


@pytest.mark.model
def test_one_estimator_serves_recordings_in_a_row_as_if_each_had_its_own_and_closes_quietly(
    capfd: pytest.CaptureFixture[str],
) -> None:
    times_s, pictures = sample_frames(TOE_PRE, 2.2)
    moving = [k for k, time_s in enumerate(times_s) if time_s > 1.4]
    with MediaPipeEstimator(choose_model(load_settings(), None)) as estimator:
        runs = [[estimator.follow(pictures[k], times_s[k]) for k in moving] for _ in range(2)]
        mine = estimator._tracker
        assert mine in estimator_module._OPEN_TASKS
    assert mine not in estimator_module._OPEN_TASKS
    assert capfd.readouterr().err == ""
    for first, second in zip(*runs, strict=True):
        assert first is not None
        assert second is not None
        assert np.array_equal(first.xy_px, second.xy_px)
