from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from synthetic import person, poses_of

from posecheck.pose.landmarks import Landmark, Pose
from posecheck.pose.people import (
    choose_person,
    count_people,
    find_closely,
    hides_nearer,
    is_whole,
    missing_parts,
    person_there,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE_PX = (480, 270)
LEFT_SPOT, RIGHT_SPOT = (0.2, 0.5), (0.8, 0.5)


def standing(at: tuple[float, float] = (0.5, 0.5), px_per_m: float = 120.0) -> Pose:
    return poses_of(person(np.zeros(1), size_px=SIZE_PX, px_per_m=px_per_m, centre=at))[0]


def seen_as(pose: Pose, **visibility: float) -> Pose:
    values = pose.visibility.copy()
    for name, value in visibility.items():
        values[Landmark[name.upper()]] = value
    return Pose(pose.xy_px, pose.xyz_m, values)


def test_a_person_from_head_to_feet_is_whole() -> None:
    assert is_whole(standing(), SIZE_PX)


@pytest.mark.parametrize(
    ("at", "px_per_m", "missing"),
    [
        ((0.5, 1.0), 120.0, ("knees", "feet")),
        ((0.5, 0.0), 120.0, ("head", "shoulders", "hips")),
        ((0.5, 0.5), 170.0, ("head",)),
    ],
)
def test_what_the_edge_cuts_off_is_missing(at: tuple[float, float], px_per_m: float, missing: tuple[str, ...]) -> None:
    assert missing_parts(standing(at, px_per_m), SIZE_PX) == missing


def test_a_leg_behind_the_other_is_not_missing_but_shoulders_that_are_guessed_are() -> None:
    assert is_whole(seen_as(standing(), left_knee=0.1, left_ankle=0.2), SIZE_PX)
    assert missing_parts(seen_as(standing(), left_shoulder=0.7), SIZE_PX) == ("shoulders",)


def test_the_largest_whole_person_is_chosen_before_a_larger_one_who_is_cut_off() -> None:
    near, middle, far = standing((0.5, 0.0), 200.0), standing(LEFT_SPOT, 100.0), standing(RIGHT_SPOT, 80.0)
    assert choose_person([near, middle, far], SIZE_PX) is middle
    assert choose_person([near, far], SIZE_PX) is far
    assert choose_person([near], SIZE_PX) is near


def test_a_small_figure_on_a_poster_is_not_chosen_before_somebody_cut_off() -> None:
    near, poster = standing((0.5, 0.2), 150.0), standing(RIGHT_SPOT, 30.0)
    assert choose_person([near, poster], SIZE_PX) is near


def test_somebody_much_nearer_who_is_cut_off_leaves_it_open_who_is_meant() -> None:
    near, far, equal = standing((0.5, 0.0), 200.0), standing(RIGHT_SPOT, 80.0), standing((0.2, 0.0), 80.0)
    assert hides_nearer([near, far], far, SIZE_PX)
    assert not hides_nearer([equal, far], far, SIZE_PX)
    assert not hides_nearer(
        [standing(LEFT_SPOT, 130.0), far], far, SIZE_PX
    )  # the larger one is whole: the largest is chosen


def test_the_place_is_read_as_fractions_of_the_picture_and_need_not_be_exact() -> None:
    small, large = standing(LEFT_SPOT, 60.0), standing(RIGHT_SPOT)
    assert person_there([small, large], (0.23, 0.4), SIZE_PX) is small
    assert person_there([small, large], (0.78, 0.3), SIZE_PX) is large


def test_nobody_is_taken_from_far_away_for_the_one_at_the_place() -> None:
    assert person_there([standing(LEFT_SPOT, 60.0)], (0.6, 0.5), SIZE_PX) is None
    assert person_there([], (0.6, 0.5), SIZE_PX) is None


def test_people_of_less_than_a_third_of_the_largest_one_do_not_count() -> None:
    assert count_people([standing(), standing(LEFT_SPOT, 60.0), standing(RIGHT_SPOT, 30.0)], SIZE_PX) == 2
    assert count_people([], SIZE_PX) == 0


def test_of_somebody_cut_off_only_what_is_seen_makes_their_size() -> None:
    """Guessed legs, far below the picture, would make everybody else look like a poster."""
    near, far = standing((0.5, 1.3), 400.0), standing(RIGHT_SPOT, 90.0)
    assert near.height_px > 3 * far.height_px
    assert count_people([near, far], SIZE_PX) == 2
    assert choose_person([near, far], SIZE_PX) is far


def test_a_closer_look_finds_each_person_once_wherever_they_are() -> None:
    """The finder sees only bodies of at least half of the height of what it is shown, as the real one does."""
    size = (960, 270)
    people = [
        poses_of(person(np.zeros(1), size_px=size, px_per_m=px_per_m, centre=(x, 0.5)))[0]
        for x, px_per_m in ((0.1, 85.0), (0.45, 130.0), (0.9, 90.0))
    ]
    image = np.zeros((size[1], size[0], 3), np.uint8)
    image[..., 0] = np.arange(size[0]) // 4  # the column is written into the picture, so that a part knows where it is
    looks: list[tuple[int, int]] = []

    def find(part: NDArray[np.uint8]) -> tuple[Pose, ...]:
        height, width = part.shape[:2]
        looks.append((width, height))
        left = 4 * int(part[0, 0, 0])
        found = [Pose(pose.xy_px - [left, 0], pose.xyz_m, pose.visibility) for pose in people]
        inside = [p for p in found if p.box_px[0][0] > -4 and p.box_px[1][0] < width + 4]
        return tuple(p for p in inside if p.height_px > 0.5 * max(height, width / 2))

    assert len(find(image)) < len(people)
    assert {round(pose.centre_px[0] / 96) for pose in find_closely(image, find)} == {1, 4, 9}
    assert all(width == height for width, height in looks[2:])
