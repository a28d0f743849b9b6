"""Somebody cut off in front of two others: the command shows who is there before it measures anybody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from clips import SAMPLES, SIDE_LUNGE, TOE_PRE, call, write_pictures

from posecheck.video.reader import VideoOptions, iter_video

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

pytestmark = pytest.mark.model
SECONDS = 2.4


def resized(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def full_pictures(name: str) -> list[NDArray[np.uint8]]:
    """Five a second."""
    options = VideoOptions(end_s=SECONDS, stride=6)
    return [frame.image_rgb for frame in iter_video(SAMPLES / f"{name}.mp4", options)]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One whose legs are below the picture, twice as near as two who stand left and right behind them."""
    near, left, right = (full_pictures(name) for name in (TOE_PRE, SIDE_LUNGE, "crossover_left_leg_back_pre"))
    pictures = []
    for front, one, other in zip(near, left, right, strict=True):
        picture = resized(front[20:380, 440:1080], (1280, 720))
        picture[160:556, 20:240] = resized(one[:, 440:840], (220, 396))
        picture[160:556, 960:1180] = resized(other[:, 440:840], (220, 396))
        pictures.append(picture)
    return write_pictures(
        tmp_path_factory.mktemp("clinic") / "clinic.mp4", [k / 5 for k in range(len(pictures))], pictures
    )


def test_it_lists_who_is_there_with_what_to_type(clinic: Path, tmp_path: Path) -> None:
    picture = tmp_path / "who.jpg"
    ran = call("people", clinic, "-o", picture)
    assert ran.code == 0, ran
    for words in ("on the left", "on the right", "whole", "not seen: ", "--person-at 0."):
        assert words in ran.out
    assert picture.stat().st_size > 10_000
    again = call("people", clinic, "-o", picture)
    assert again.code == 5
    assert "exists already" in again.err
    people = json.loads(call("people", clinic, "--json").out)["people"]
    assert [person["whole"] for person in people] == [True, False, True]


def test_angles_measures_nobody_until_the_person_is_chosen(clinic: Path, tmp_path: Path) -> None:
    csv = tmp_path / "angles.csv"
    ran = call("angles", clinic, "-o", csv)
    assert ran.code == 4
    assert "3 people are in the picture, and it is not plain who does the test" in ran.err
    assert "the nearest one is cut off by the edge of the picture" in ran.err
    assert "--person-at 0." in ran.err
    assert not csv.exists()
    assert (tmp_path / "angles-people.jpg").stat().st_size > 10_000
    people = json.loads(call("people", clinic, "--json").out)["people"]
    x, y = people[0]["person_at"]
    chosen = call("angles", clinic, "-o", csv, "--person-at", f"{x:.2f},{y:.2f}")
    assert chosen.code == 0, chosen
    assert csv.exists()


def test_a_place_where_nobody_is_gives_no_result(clinic: Path, tmp_path: Path) -> None:
    ran = call("angles", clinic, "-o", tmp_path / "angles.csv", "--person-at", "0.02,0.98")
    assert ran.code == 4
    assert "nobody was found at the chosen place" in ran.err
    assert not (tmp_path / "angles.csv").exists()
