from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from synthetic import BLUE_CLOTHES, RED_CLOTHES, frame_times, frames_of, person, picture, poses_of

import posecheck.pipeline as pipeline
from posecheck.errors import NoPersonError, VideoError
from posecheck.movements import load_movement
from posecheck.pose.capture import CaptureWatcher
from posecheck.pose.estimator import MediaPipeEstimator
from posecheck.pose.model_files import choose_model
from posecheck.pose.pieces import NotJoinedError, PieceTracker
from posecheck.pose.track import Tracking, track
from posecheck.settings import find_samples_dir, load_settings
from posecheck.trial.assess import assess
from posecheck.video.pieces import Piece, cut_into_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posecheck.pose.landmarks import Pose
    from posecheck.video.frame import Frame

SIZE_PX = (480, 270)
RATE_HZ = 15.0
HIDDEN_GREY = 127
TIME_S = frame_times(24.0, RATE_HZ)


def standing(x: float, px_per_m: float = 110.0) -> list[Pose]:
    flexion = 20.0 + 15.0 * np.sin(2 * np.pi * TIME_S / 6.0)
    return poses_of(person(TIME_S, size_px=SIZE_PX, px_per_m=px_per_m, centre=(x, 0.5), left_hip_flexion=flexion))


class Film:
    """Pictures of people whose clothes tell them apart, as a reader of a video and as pose estimators of its pieces."""

    name, model_sha256 = "fake 1", "f" * 64

    def __init__(self, people: Sequence[tuple[list[Pose], tuple[int, int, int], float, float]]) -> None:
        self._people = people
        images = [
            picture(SIZE_PX, [(poses[k], colour) for poses, colour in self.present(k)]) for k in range(len(TIME_S))
        ]
        self.frames = frames_of(TIME_S, images)
        self._number = {id(frame.image_rgb): frame.index for frame in self.frames}
        self.pieces = cut_into_pieces(TIME_S, TIME_S[::15])
        self.warnings: dict[int, tuple[str, ...]] = {}
        self.followed: list[float] = []
        self.broken_from_s = np.inf
        self._nearest: Pose | None = None

    def present(self, k: int) -> list[tuple[list[Pose], tuple[int, int, int]]]:
        return [(poses, colour) for poses, colour, from_s, to_s in self._people if from_s <= TIME_S[k] < to_s]

    @contextmanager
    def piece(self, piece: Piece, *, beside: int) -> Iterator[Part]:
        assert beside >= 1
        first, last = piece.start_s or 0.0, np.inf if piece.end_s is None else piece.end_s
        frames = [frame for frame in self.frames if first <= frame.time_s <= last]
        yield Part(frames, self.warnings.get(self.pieces.index(piece), ()), self.broken_from_s)

    def another(self) -> Film:
        other = Film.__new__(Film)
        other.__dict__ = dict(self.__dict__, _nearest=None)
        return other

    def follow(self, image_rgb: np.ndarray, time_s: float) -> Pose | None:
        """The tracker keeps to whoever is nearest to the one before, and begins with the first of all."""
        self.followed.append(time_s)
        k = round(time_s * RATE_HZ)
        found = [poses[k] for poses, _ in self.present(k) if not hidden(image_rgb, poses[k])]
        last = self._nearest
        if not found:
            self._nearest = None
        elif last is None:
            self._nearest = found[0]
        else:
            self._nearest = min(found, key=lambda pose: float(np.linalg.norm(pose.centre_px - last.centre_px)))
        return self._nearest

    def find_people(self, image_rgb: np.ndarray) -> tuple[Pose, ...]:
        k = self._number.get(id(image_rgb))
        return () if k is None else tuple(poses[k] for poses, _ in self.present(k))

    def close(self) -> None:
        pass

    def in_pieces(self, at_once: int = 2, **how: object) -> Tracking:
        tracker = PieceTracker(self, self, self.another, at_once=at_once)  # type: ignore[arg-type]
        tracking = tracker.track(CaptureWatcher(), **how)  # type: ignore[arg-type]
        self.said = tracker.warnings
        return tracking

    def at_a_stretch(self) -> Tracking:
        self._nearest = None
        return track(self.frames, self)


def hidden(image_rgb: np.ndarray, pose: Pose) -> bool:
    x, y = (int(value) for value in pose.centre_px)
    return bool((image_rgb[y, x] == HIDDEN_GREY).all())


class Part:
    def __init__(self, frames: list[Frame], warnings: tuple[str, ...], broken_from_s: float) -> None:
        self._frames, self.warnings, self._broken_from_s = frames, warnings, broken_from_s

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._frames:
            if frame.time_s >= self._broken_from_s:
                raise VideoError("broken")
            yield frame


def same(one: Tracking, other: Tracking) -> bool:
    return bool(
        np.array_equal(one.series.time_s, other.series.time_s)
        and np.array_equal(one.series.xy_px, other.series.xy_px, equal_nan=True)
        and one.people == other.people
        and one.events == other.events
    )


def test_pieces_give_every_picture_once_and_what_one_pass_gives() -> None:
    film = Film([(standing(0.5), RED_CLOTHES, 0.0, 99.0)])
    assert len(film.pieces) == 3
    assert same(film.in_pieces(), film.at_a_stretch())


@pytest.mark.parametrize("at_once", [1, 3])
def test_pictures_that_a_slow_movement_does_not_need_are_left_out_alike_however_many_pieces_are_read_at_once(
    at_once: int,
) -> None:
    film = Film([(standing(0.5), RED_CLOTHES, 0.0, 99.0)])
    film.frames = [replace(frame, to_spare=frame.index % 2 == 1) for frame in film.frames]
    found = film.in_pieces(at_once)
    assert len(film.followed) < 0.65 * len(TIME_S)
    assert same(found, film.in_pieces(2))
    assert np.array_equal(found.series.time_s, TIME_S)
    needed = np.array([not frame.to_spare for frame in film.frames])
    assert np.array_equal(found.series.xy_px[needed], film.at_a_stretch().series.xy_px[needed])


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_the_number_of_pieces_at_once_changes_nothing(at_once: int) -> None:
    film = Film([(standing(0.5), RED_CLOTHES, 0.0, 99.0)])
    assert same(film.in_pieces(at_once), film.in_pieces(2))


def test_the_person_chosen_first_is_followed_in_all_pieces_even_if_the_tracker_would_take_another() -> None:
    chosen, other = standing(0.3, 120.0), standing(0.75, 80.0)
    film = Film([(other, BLUE_CLOTHES, 0.0, 99.0), (chosen, RED_CLOTHES, 0.0, 99.0)])
    found = film.in_pieces()
    assert np.allclose(found.series.xy_px, np.stack([pose.xy_px for pose in chosen]), atol=1e-2)
    assert same(found, film.at_a_stretch())
    assert found.people == 2


def test_somebody_larger_who_comes_later_is_not_followed() -> None:
    chosen, larger = standing(0.3, 90.0), standing(0.75, 125.0)
    film = Film([(larger, BLUE_CLOTHES, 6.0, 99.0), (chosen, RED_CLOTHES, 0.0, 99.0)])
    found = film.in_pieces()
    assert np.allclose(found.series.xy_px, np.stack([pose.xy_px for pose in chosen]), atol=1e-2)
    assert same(found, film.at_a_stretch())


def test_somebody_who_passes_in_front_where_two_pieces_meet_is_noticed_as_in_one_pass() -> None:
    place = np.clip(0.1 + (TIME_S - 6.0) / 5.0, 0.1, 0.9)
    passing = [
        poses_of(person(TIME_S, size_px=SIZE_PX, px_per_m=112.0, centre=(float(x), 0.5), left_hip_flexion=5.0))[k]
        for k, x in enumerate(place)
    ]
    film = Film([(standing(0.5), RED_CLOTHES, 0.0, 99.0), (passing, RED_CLOTHES, 6.0, 11.0)])
    assert same(film.in_pieces(), film.at_a_stretch())


def test_a_person_who_is_away_where_two_pieces_meet_is_looked_for_as_in_one_pass() -> None:
    film = Film([(standing(0.5), RED_CLOTHES, 0.0, 7.0), (standing(0.5), RED_CLOTHES, 9.5, 99.0)])
    found = film.in_pieces()
    assert [event.kind for event in found.events] == ["person_lost", "person_again"]
    assert same(found, film.at_a_stretch())


def test_somebody_else_after_a_cut_is_told_of_as_in_one_pass() -> None:
    film = Film([(standing(0.5), RED_CLOTHES, 0.0, 7.0), (standing(0.5), BLUE_CLOTHES, 9.5, 99.0)])
    found = film.in_pieces()
    assert [event.kind for event in found.events] == ["person_again"]
    assert same(found, film.at_a_stretch())


def test_whoever_comes_only_in_the_second_piece_is_followed_from_there() -> None:
    film = Film([(standing(0.5), RED_CLOTHES, 10.0, 99.0)])
    found = film.in_pieces()
    assert found.series.found[TIME_S >= 10.2].all()
    assert not found.series.found[TIME_S < 10.0].any()


def test_nobody_in_any_piece_is_told_in_words() -> None:
    with pytest.raises(NoPersonError, match=f"any of {len(TIME_S)} pictures"):
        Film([]).in_pieces()


def test_a_video_that_cannot_be_read_in_pieces_is_left_to_one_pass() -> None:
    film = Film([(standing(0.5), RED_CLOTHES, 0.0, 99.0)])
    film.broken_from_s = 12.0
    with pytest.raises(NotJoinedError):
        film.in_pieces()


def test_damage_in_an_earlier_piece_is_left_to_one_pass_which_counts_it() -> None:
    film = Film([(standing(0.5), RED_CLOTHES, 0.0, 99.0)])
    film.warnings = {0: ("One damaged picture was left out.",)}
    with pytest.raises(NotJoinedError):
        film.in_pieces()


def test_what_holds_for_every_piece_and_what_is_wrong_at_the_end_is_said_once() -> None:
    film = Film([(standing(0.5), RED_CLOTHES, 0.0, 99.0)])
    film.warnings = {0: ("Interlaced.",), 1: ("Interlaced.",), 2: ("Interlaced.", "Cut off.")}
    film.in_pieces()
    assert film.said == ("Interlaced.", "Cut off.")


def test_a_stop_ends_all_pieces_at_once() -> None:
    film = Film([(standing(0.5), RED_CLOTHES, 0.0, 99.0)])
    slow = film.follow

    def stopped(_done: int) -> None:
        raise KeyboardInterrupt

    def follow(image_rgb: np.ndarray, time_s: float) -> Pose | None:
        _wait()
        return slow(image_rgb, time_s)

    film.follow = follow  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        film.in_pieces(on_progress=stopped)
    assert len(film.followed) < len(TIME_S)


def _wait() -> None:
    from threading import Event

    Event().wait(0.01)


SAMPLE = "toe_touch_pre"
REPEAT_PX = 12.0
"""A point in 20 differs by as much between two passes that begin a moment apart: what the model repeats to (measured)."""


@pytest.mark.model
@pytest.mark.slow
def test_a_sample_video_in_pieces_measures_what_one_pass_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    path = find_samples_dir() / f"{SAMPLE}.mp4"
    pieces = pipeline.read_recording(path)
    monkeypatch.setattr(pipeline, "cores", lambda: 1)
    alone = pipeline.read_recording(path)
    assert np.array_equal(pieces.series.xy_px, alone.series.xy_px)
    assert np.array_equal(pieces.series.filled_in, alone.series.filled_in)
    assert pieces.series.filled_in.mean() == pytest.approx(0.5, abs=0.1)
    assert repr(pieces.capture.glances) == repr(alone.capture.glances)  # without a number, NaN is not NaN
    with MediaPipeEstimator(choose_model(load_settings(), None)) as estimator:
        reader = pipeline.open_video(path)
        whole = pipeline._read_at_a_stretch(reader, pipeline.TrialOptions(), estimator, lambda _done, _total: None)
    assert np.array_equal(pieces.series.time_s, whole.series.time_s)
    early = whole.series.time_s < 8.0
    assert np.array_equal(pieces.series.xy_px[early], whole.series.xy_px[early])
    assert np.percentile(np.abs(pieces.series.xy_px - whole.series.xy_px), 95) < REPEAT_PX
    movement = load_movement("toe-touch")
    ends = [assess(recording, movement, None).trial for recording in (pieces, whole)]
    assert len(ends[0].repetitions) == len(ends[1].repetitions)
    for one, other in zip(ends[0].outcomes, ends[1].outcomes, strict=True):
        assert one.mean == pytest.approx(other.mean, abs=0.5)
