from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from clips import write_pictures
from made_trial import SIZE_PX, made_series
from synthetic import FakeEstimator, poses_of

from posecheck.output.draw.face_blur import HEAD, FaceBlur
from posecheck.output.draw.face_search import follow, look_for_faces
from posecheck.output.draw.footage import Footage
from posecheck.pose.face_detector import Face

if TYPE_CHECKING:
    pass

WIDTH, HEIGHT = SIZE_PX
TIMES_S = [k / 10 for k in range(30)]
SPEED_PX_S = 60.0
NOISE = np.random.default_rng(5).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
FOLLOWED = made_series("toe-touch")


class Passer:
    """A detector of somebody who walks through the picture, and is missed where ``sees`` says no."""

    def __init__(self, sees: Any = lambda _time_s: True) -> None:
        self._sees = sees
        self.looks = 0

    def find(self, image: np.ndarray) -> tuple[Face, ...]:
        if image.shape[:2] != (HEIGHT, WIDTH):  # a part of the picture
            return ()
        time_s = round(float(image.mean()) / 5) / 10  # each picture is lighter by 5 than the one before
        self.looks += 1
        return (Face(*place(time_s), 20.0),) if self._sees(time_s) else ()


def place(time_s: float) -> tuple[float, float]:
    return 40 + SPEED_PX_S * time_s, 30.0


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    pictures = [np.full((HEIGHT, WIDTH, 3), 5 * k, np.uint8) for k in range(len(TIMES_S))]
    return Footage(write_pictures(tmp_path_factory.mktemp("walk") / "walk.mp4", TIMES_S, pictures))


def hidden(blur: FaceBlur, time_s: float, point: tuple[float, float]) -> bool:
    x, y = (round(value) for value in point)
    after = blur.apply(NOISE, time_s)[y - 3 : y + 4, x - 3 : x + 4]
    return bool((after != NOISE[y - 3 : y + 4, x - 3 : x + 4]).any(axis=2).all())


def test_somebody_else_who_walks_past_is_hidden_in_every_picture(walk: Footage) -> None:
    tracks = look_for_faces(walk, Passer(), FakeEstimator([()]))  # type: ignore[arg-type]
    blur = FaceBlur.of(FOLLOWED, tracks)
    assert all(hidden(blur, time_s, place(time_s)) for time_s in TIMES_S)
    assert not hidden(FaceBlur.of(FOLLOWED), 0.0, place(0.0)), "it is not the followed person's own blur"


def test_a_face_that_is_missed_for_a_while_is_hidden_meanwhile_and_shortly_before_and_after(walk: Footage) -> None:
    def seen(time_s: float) -> bool:
        return 0.5 <= time_s < 1.0 or 2.0 <= time_s < 2.5

    blur = FaceBlur.of(FOLLOWED, look_for_faces(walk, Passer(seen), FakeEstimator([()])))  # type: ignore[arg-type]
    assert all(hidden(blur, time_s, place(time_s)) for time_s in TIMES_S if 0.4 <= time_s <= 2.6)


def test_a_turned_head_is_found_by_its_body(walk: Footage) -> None:
    standing = poses_of(FOLLOWED)[0]
    nobody_facing = Passer(lambda _time_s: False)
    estimator = FakeEstimator([[standing]])
    estimator.follow(NOISE, 0.0)  # it knows how large the whole picture is
    (track,) = look_for_faces(walk, nobody_facing, estimator)  # type: ignore[arg-type]
    x, y = standing.xy_px[list(HEAD)].mean(axis=0)
    assert all(hidden(FaceBlur(track), time_s, (float(x), float(y))) for time_s in TIMES_S)


def test_faces_are_looked_for_five_times_a_second(walk: Footage) -> None:
    passer = Passer()
    look_for_faces(walk, passer, FakeEstimator([()]))  # type: ignore[arg-type]
    assert passer.looks == 15


def test_two_people_who_stand_apart_are_two_tracks_and_one_that_was_long_away_is_a_new_one() -> None:
    tracks: list[Any] = []
    for time_s in (0.0, 0.2, 0.4):
        follow(tracks, [(50.0, 50.0, 20.0), (250.0, 50.0, 20.0)], time_s)
    follow(tracks, [(50.0, 50.0, 20.0)], 5.0)
    assert [track.time_s for track in tracks] == [[0.0, 0.2, 0.4], [0.0, 0.2, 0.4], [5.0]]


def test_a_face_found_twice_in_one_picture_is_hidden_by_a_circle_around_both() -> None:
    tracks: list[Any] = []
    follow(tracks, [(50.0, 50.0, 20.0), (60.0, 50.0, 20.0), (52.0, 50.0, 3.0)], 0.0)
    assert [track.circles for track in tracks] == [[(55.0, 50.0, 25.0)]]
