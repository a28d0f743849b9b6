from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from clips import write_pictures
from synthetic import person, poses_of

from posecheck.errors import NoPersonError
from posecheck.output.draw.footage import Footage
from posecheck.output.draw.people_picture import look_for_people, people_table, write_people_picture

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from posecheck.pose.landmarks import Pose

SIZE_PX = (480, 360)


def standing(x: float, y: float = 0.5, px_per_m: float = 120.0) -> Pose:
    return poses_of(person(np.zeros(1), size_px=SIZE_PX, px_per_m=px_per_m, centre=(x, y)))[0]


class Finder:
    """Knows who is in a picture by its brightness; only the whole picture is looked at."""

    name, model_sha256 = "fake 1", "f" * 64

    def __init__(self, *groups: tuple[Pose, ...]) -> None:
        self.groups, self.looks = groups, 0

    def find_people(self, image_rgb: NDArray[np.uint8]) -> tuple[Pose, ...]:
        if image_rgb.shape[1::-1] != SIZE_PX:
            return ()
        self.looks += 1
        return self.groups[round(float(image_rgb[180, 240, 0]) / 40)]

    def follow(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        raise AssertionError("nobody is followed to look around")

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """6 s: the brightness says which group of people is in the picture, another one every second."""
    times_s = np.arange(0.0, 6.0, 0.25)
    pictures = [np.full((SIZE_PX[1], SIZE_PX[0], 3), 40 * int(time_s), np.uint8) for time_s in times_s]
    return write_pictures(tmp_path / "clip.mp4", times_s, pictures)


def test_the_first_picture_with_most_people_is_shown(clip: Path) -> None:
    left, right = standing(0.2), standing(0.8, px_per_m=90.0)
    finder = Finder((), (left,), (right, left), (right, left), (left,), (left, right, standing(0.5)))
    picture = look_for_people(Footage(clip), finder)
    assert picture.time_s == pytest.approx(2.0)
    assert [person.box.centre[0] for person in picture.people] == pytest.approx([0.2, 0.8], abs=0.02)
    assert finder.looks == 4 + 1  # nobody is in the first one; the sixth is not looked at


def test_another_time_is_looked_at_when_asked_for(clip: Path) -> None:
    finder = Finder((), (), (), (), (), (standing(0.5),))
    assert look_for_people(Footage(clip), finder, 5.0).time_s == pytest.approx(5.0)
    with pytest.raises(NoPersonError, match=r"nobody is seen in the picture at 1 s"):
        look_for_people(Footage(clip), finder, 1.0)


def test_the_table_says_who_is_where_who_is_whole_and_what_to_type(clip: Path) -> None:
    finder = Finder(*([(standing(0.2), standing(0.8, 1.0))] * 6))
    first, second = people_table(look_for_people(Footage(clip), finder).people)
    assert first[0] == "1"
    assert first[1].startswith("on the left, ")
    assert first[2] == "whole"
    assert second[1].startswith("on the right, ")
    assert second[2] == "not seen: knees, feet"
    x, y = (float(text) for text in first[3].split(","))
    assert (x, y) == pytest.approx(tuple(standing(0.2).centre_px / SIZE_PX), abs=0.006)


def test_each_person_has_a_box_in_the_picture(clip: Path, tmp_path: Path) -> None:
    finder = Finder(*([(standing(0.2), standing(0.8))] * 6))
    picture = look_for_people(Footage(clip), finder)
    image = cv2.imread(str(write_people_picture(picture, tmp_path / "who.jpg")))
    assert image is not None
    assert image.shape[1::-1] == SIZE_PX
    for seen in picture.people:
        left, middle = round(seen.box.left * SIZE_PX[0]), round((seen.box.top + seen.box.bottom) / 2 * SIZE_PX[1])
        assert image[middle, left - 1 : left + 2].max() > 100  # the line of the box, on black
        assert image[middle, left + 8].max() < 40


def test_nobody_anywhere_says_so(clip: Path) -> None:
    with pytest.raises(NoPersonError, match=r"clip.mp4: nobody is seen in any picture"):
        look_for_people(Footage(clip), Finder(*([()] * 6)))
