"""The data set of rendered pictures: what is in it, and how it is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from benchmarks.synthetic.pictures import ARRAYS, read_pictures
from benchmarks.synthetic.shapes import FIRST_OF_SPLIT, build_of

if TYPE_CHECKING:
    from pathlib import Path


def _store(folder: Path, number: int, split: str) -> None:
    clips = [2 * number + 1, 2 * number]
    rows = [
        {"clip": clip, "time_s": time_s}
        | {name: np.full(shape, clip + time_s).ravel() for name, shape in ARRAYS.items()}
        for clip in clips
        for time_s in (0.2, 0.1)
    ]
    pd.DataFrame(rows).to_parquet(folder / f"part-{number:05d}.parquet")
    about = pd.DataFrame({"clip": clips, "split": split}).set_index("clip")
    about.to_parquet(folder / f"clips-{number:05d}.parquet")


def test_pictures_come_back_in_the_order_of_clip_and_time(tmp_path: Path) -> None:
    _store(tmp_path, 0, "train")
    _store(tmp_path, 1, "tune")
    pictures = read_pictures(tmp_path)
    assert pictures.clip.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert pictures.joints_m.shape == (8, 16, 3)
    assert pictures.joints_m[:, 0, 0] == pytest.approx(pictures.clip + pictures.time_s)


def test_a_split_can_be_taken_alone(tmp_path: Path) -> None:
    _store(tmp_path, 0, "train")
    _store(tmp_path, 1, "tune")
    pictures = read_pictures(tmp_path)
    tune = pictures.only(pictures.clips.index[pictures.clips["split"] == "tune"])
    assert set(tune.clip) == {2, 3}
    assert len(tune) == 4


def test_bodies_are_adults_of_all_builds_and_always_the_same() -> None:
    builds = [build_of(number) for number in range(200)]
    statures = [build.stature_m for build in builds]
    assert 1.48 <= min(statures) < 1.6 < 1.85 < max(statures) <= 2.0
    assert min(build.weight for build in builds) < 0.25 < 0.85 < max(build.weight for build in builds)
    assert build_of(7) == build_of(7)
    assert build_of(7) != build_of(8)


def test_nobody_is_in_two_splits() -> None:
    assert list(FIRST_OF_SPLIT.values()) == sorted(set(FIRST_OF_SPLIT.values()))
    assert FIRST_OF_SPLIT["tune"] - FIRST_OF_SPLIT["train"] >= 400
