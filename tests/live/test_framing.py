from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from live_play import LYING, SIZE_PX, SMALL
from synthetic import FACING_LEFT, FRONT_VIEW, frame_times, person, without_person

from posecheck.live import Framing
from posecheck.live.framing import way_to_move
from posecheck.movements import load_movement
from posecheck.pose.landmarks import Landmark, LandmarkSeries

TOE, KNEE, SIDE = (load_movement(name) for name in ("toe-touch", "knee-to-chest", "side-lunge"))


def standing(**how: object) -> LandmarkSeries:
    return person(frame_times(2.0, 10.0), **{**SMALL, **how})  # type: ignore[arg-type]


def framing(**how: object) -> Framing:
    found = Framing.of_series(standing(**how), TOE, 0.0)
    assert found is not None
    return found


PRE = framing()


def test_a_framing_is_where_the_person_stands() -> None:
    series = standing(centre=(0.4, 0.55))
    found = Framing.of_series(series, TOE)
    assert found is not None
    hips = series.xy_px[0, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
    assert found.hip_xy == pytest.approx((hips[0] / SIZE_PX[0], hips[1] / SIZE_PX[1]))
    assert found.body_size == pytest.approx((0.50 + 0.42 + 0.42) * 85.0 / SIZE_PX[1], abs=0.01)
    assert np.allclose(found.points, series.xy_px[0] / np.array(SIZE_PX))
    assert found.aspect == pytest.approx(16 / 9)
    assert (found.yaw_deg, found.facing) == (pytest.approx(90.0), 1)
    assert math.isnan(found.roll_deg)


def test_only_the_first_second_in_which_somebody_is_seen_counts() -> None:
    early = without_person(standing(), 0.0, 0.7)
    moving = replace(early, xy_px=early.xy_px + np.where(early.time_s > 1.75, 100.0, 0.0)[:, None, None])
    assert Framing.of_series(moving, TOE, 0.0) == PRE


def test_nobody_has_no_framing() -> None:
    assert Framing.of_series(without_person(standing(), 0.0, 9.0), TOE) is None


@pytest.mark.parametrize(
    ("how", "cue", "words"),
    [
        ({"px_per_m": 85.0 * 0.93}, "place_closer", "Come a little closer"),
        ({"px_per_m": 85.0 * 1.07}, "place_back", "Move a little away"),
        ({"turn_deg": FACING_LEFT}, "turn", "Turn around"),
        ({"turn_deg": 81.0}, "place_turned", "turned differently from the pre-test"),
        ({"centre": (0.4, 0.5)}, "place_aside", "Move a little forward,"),
        ({"centre": (0.6, 0.5)}, "place_aside", "Move a little backward,"),
        ({"centre": (0.5, 0.6)}, "place_aside", "Point the camera a little down,"),
        ({"centre": (0.5, 0.4)}, "place_aside", "Point the camera a little up,"),
    ],
)
def test_what_differs_most_from_the_pre_test_is_said(how: dict[str, object], cue: str, words: str) -> None:
    match = PRE.compare(framing(**how), TOE)
    assert (match.matches, match.cue) == (False, cue)
    assert words in match.words


@pytest.mark.parametrize("how", [{}, {"px_per_m": 85.0 * 1.04}, {"turn_deg": 87.0}, {"centre": (0.53, 0.47)}])
def test_small_differences_match(how: dict[str, object]) -> None:
    match = PRE.compare(framing(**how), TOE)
    assert (match.matches, match.cue, match.words) == (True, "", "")


@pytest.mark.parametrize(("centre", "cue"), [((0.5, 0.5), ""), ((0.6, 0.55), ""), ((0.75, 0.5), "place_aside")])
def test_a_phone_that_was_turned_shows_the_same_place(centre: tuple[float, float], cue: str) -> None:
    """What lies as far from the middle of the picture, in pixels, lies in the same direction from the lens."""
    pre = framing(centre=centre)
    width, height = SIZE_PX
    same = ((centre[0] - 0.5) * width / height + 0.5, (centre[1] - 0.5) * height / width + 0.5)
    now = framing(size_px=(height, width), centre=same if not cue else (0.5, 0.5))
    match = pre.compare(now, TOE)
    assert match.cue == cue
    assert match.scale == pytest.approx(1.0, abs=0.001)


def test_a_tilt_counts_only_where_it_is_known_of_both() -> None:
    tilted, unknown = replace(PRE, roll_deg=4.0), replace(PRE, roll_deg=math.nan)
    assert PRE.compare(tilted, TOE).cue == "place_tilted"
    assert PRE.compare(unknown, TOE).matches


def test_the_scale_is_now_over_then() -> None:
    match = PRE.compare(framing(px_per_m=85.0 * 0.9, centre=(0.6, 0.5)), TOE)
    assert match.scale == pytest.approx(0.9, abs=0.002)
    assert match.dx == pytest.approx(0.1, abs=0.01)
    assert json.loads(json.dumps(match.to_dict()))["cue"] == "place_closer"


def test_ways_to_move_are_those_of_the_body() -> None:
    assert way_to_move(SIDE, 1, 0.1) == "to your left"  # facing the camera, the right of the picture is one's left
    assert way_to_move(SIDE, 1, -0.1) == "to your right"
    assert way_to_move(TOE, -1, 0.1) == "backward"
    lying = person(frame_times(1.0, 10.0), lying=True, **LYING)  # type: ignore[arg-type]
    found = Framing.of_series(lying, KNEE)
    assert found is not None
    head_x, feet_x = found.points[Landmark.NOSE, 0], found.points[Landmark.LEFT_ANKLE, 0]
    assert way_to_move(KNEE, found.facing, feet_x - head_x) == "towards your feet"
    assert way_to_move(KNEE, found.facing, head_x - feet_x) == "towards your head"


@pytest.mark.parametrize("series", [standing(), standing(turn_deg=FRONT_VIEW)])
def test_a_framing_survives_json(series: LandmarkSeries) -> None:
    found = Framing.of_series(series, TOE, 1.5)
    assert found is not None
    back = Framing.from_dict(json.loads(json.dumps(found.to_dict(), allow_nan=False)))
    assert found.compare(back, TOE).matches
    assert (back.facing, back.roll_deg, back.aspect) == (found.facing, 1.5, found.aspect)
    assert np.allclose(back.points, found.points, atol=1e-4)


def test_what_is_unknown_is_null_in_json() -> None:
    hidden = replace(PRE, roll_deg=math.nan, outline=(None, *PRE.outline[1:]))
    data = json.loads(json.dumps(hidden.to_dict(), allow_nan=False))
    assert data["roll_deg"] is None
    assert data["outline"][0] is None
    assert math.isnan(Framing.from_dict(data).roll_deg)
    assert Framing.from_dict(data).outline[0] is None


@pytest.mark.parametrize(
    "change",
    [
        {"hip_xy": None},
        {"hip_xy": [0.5]},
        {"outline": [[0.5, 0.5]]},
        {"outline": [["a", "b"]] * 33},
        {"facing": 0},
        {"facing": "left"},
        {"aspect": "wide"},
    ],
)
def test_something_else_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a framing"):
        Framing.from_dict({**PRE.to_dict(), **change})
    with pytest.raises(ValueError, match="not a framing"):
        Framing.from_dict({})
