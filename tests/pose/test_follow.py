from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from synthetic import BLUE_CLOTHES, RED_CLOTHES, FakeEstimator, frame_times, person, picture, poses_of

from posecheck.pose.follow import PersonFollower
from posecheck.pose.landmarks import Pose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from posecheck.pose.landmarks import CleaningEvent

SIZE_PX = (480, 270)
LEFT_SPOT, MIDDLE, RIGHT_SPOT = (0.2, 0.5), (0.5, 0.5), (0.8, 0.5)


def standing(time_s: NDArray[np.float64], at: tuple[float, float] = MIDDLE, px_per_m: float = 120.0) -> list[Pose]:
    return poses_of(person(time_s, size_px=SIZE_PX, px_per_m=px_per_m, centre=at))


class Scene:
    """Several people, each with clothes of a colour and the time in which they are in the picture."""

    def __init__(self, duration_s: float, fps: float = 20.0) -> None:
        self.time_s = frame_times(duration_s, fps)
        self._people: list[tuple[list[Pose], tuple[int, int, int], NDArray[np.bool_]]] = []
        self._tracked_from: list[tuple[float, int | None]] = []

    def add(self, poses: list[Pose], colour: tuple[int, int, int], start_s: float = 0.0, end_s: float = 1e9) -> Scene:
        self._people.append((poses, colour, (self.time_s >= start_s) & (self.time_s < end_s)))
        return self

    def tracker_sees(self, person_index: int | None, from_s: float) -> Scene:
        self._tracked_from.append((from_s, person_index))
        return self

    def _tracked(self, k: int, present: Sequence[int]) -> int | None:
        wanted: int | None = 0
        for from_s, index in self._tracked_from:
            wanted = index if self.time_s[k] >= from_s else wanted
        return present.index(wanted) if wanted in present else None

    def follow(
        self, person_at: tuple[float, float] | None = None
    ) -> tuple[list[int | None], PersonFollower, FakeEstimator]:
        """Index of the person who was followed in each frame, None where nobody was."""
        groups, tracked, images = [], [], []
        for k in range(len(self.time_s)):
            present = [i for i, (_, _, seen) in enumerate(self._people) if seen[k]]
            groups.append([self._people[i][0][k] for i in present])
            tracked.append(self._tracked(k, present))
            images.append(picture(SIZE_PX, [(self._people[i][0][k], self._people[i][1]) for i in present]))
        estimator = FakeEstimator(groups, tracked)
        follower = PersonFollower(estimator.follow, estimator.find_people, person_at)
        chosen: list[int | None] = []
        for k, image in enumerate(images):
            pose = follower.step(image, float(self.time_s[k]))
            owners = [i for i, (poses, _, _) in enumerate(self._people) if poses[k] is pose]
            chosen.append(owners[0] if owners else None)
        return chosen, follower, estimator

    def between(self, chosen: list[int | None], start_s: float, end_s: float) -> set[int | None]:
        return {who for who, t in zip(chosen, self.time_s, strict=True) if start_s <= t < end_s}


def lost(events: tuple[CleaningEvent, ...]) -> list[tuple[float, float]]:
    return [(event.start_s, event.end_s) for event in events if event.kind == "person_lost"]


def kinds(events: tuple[CleaningEvent, ...]) -> set[str]:
    return {event.kind for event in events}


def test_one_person_alone_is_followed_in_every_frame() -> None:
    scene = Scene(3.0)
    scene.add(standing(scene.time_s), RED_CLOTHES)
    chosen, follower, estimator = scene.follow()
    assert set(chosen) == {0}
    assert not follower.events()
    assert follower.people <= 1
    assert estimator.searches == 1  # only at the start: looking for everybody is slow


def test_a_slow_cameras_next_picture_is_believed_whatever_colour_is_seen_between_the_legs() -> None:
    scene = Scene(4.0, fps=2.5)
    scene.add(standing(scene.time_s), RED_CLOTHES, 0.0, 2.0).add(standing(scene.time_s), BLUE_CLOTHES, 2.0)
    scene.tracker_sees(1, from_s=2.0)
    chosen, follower, _ = scene.follow()
    assert None not in chosen
    assert not follower.events()


def test_a_jump_of_the_tracker_to_a_passer_by_is_never_data() -> None:
    scene = Scene(4.0)
    scene.add(standing(scene.time_s), RED_CLOTHES).add(standing(scene.time_s, RIGHT_SPOT), BLUE_CLOTHES, 1.0, 3.0)
    scene.tracker_sees(1, from_s=1.5).tracker_sees(0, from_s=2.5)
    chosen, follower, _ = scene.follow()
    assert 1 not in chosen
    assert scene.between(chosen, 0.0, 1.5) == {0}
    assert scene.between(chosen, 2.6, 4.1) == {0}
    assert follower.people == 2


def test_a_jump_while_the_person_is_hidden_is_a_gap_with_a_word() -> None:
    scene = Scene(4.0)
    scene.add(standing(scene.time_s), RED_CLOTHES, 0.0, 1.5).add(standing(scene.time_s), RED_CLOTHES, 2.2)
    scene.add(standing(scene.time_s, RIGHT_SPOT), BLUE_CLOTHES, 1.0, 3.0)
    scene.tracker_sees(2, from_s=1.5).tracker_sees(1, from_s=2.2)
    chosen, follower, _ = scene.follow()
    assert scene.between(chosen, 1.5, 2.2) == {None}
    assert scene.between(chosen, 2.3, 4.1) == {1}
    ((start_s, end_s),) = lost(follower.events())
    assert start_s == pytest.approx(1.5, abs=0.06)  # one frame at 20 pictures a second
    assert end_s == pytest.approx(2.2, abs=0.06)
    assert "for 0.7 s" in follower.events()[0].words


def test_while_the_tracker_is_led_astray_the_person_is_still_found_by_looking_at_everybody() -> None:
    scene = Scene(4.0)
    scene.add(standing(scene.time_s), RED_CLOTHES).add(standing(scene.time_s, RIGHT_SPOT), BLUE_CLOTHES)
    scene.tracker_sees(1, from_s=1.0)
    chosen, _, _ = scene.follow()
    share = np.mean([who == 0 for who, t in zip(chosen, scene.time_s, strict=True) if t >= 1.0])
    assert 1 not in chosen
    assert share > 0.2  # once every 0.15 s at 20 pictures a second


def test_the_larger_person_is_chosen_by_default() -> None:
    scene = Scene(1.0)
    scene.add(standing(scene.time_s, LEFT_SPOT, 60.0), BLUE_CLOTHES).add(standing(scene.time_s, MIDDLE), RED_CLOTHES)
    scene.tracker_sees(1, from_s=0.0)
    assert set(scene.follow()[0]) == {1}


def test_the_person_at_the_given_point_is_chosen_even_if_smaller() -> None:
    scene = Scene(2.0)
    scene.add(standing(scene.time_s, LEFT_SPOT, 60.0), BLUE_CLOTHES).add(standing(scene.time_s, MIDDLE), RED_CLOTHES)
    scene.tracker_sees(1, from_s=0.0).tracker_sees(0, from_s=0.5)
    chosen, _, _ = scene.follow(person_at=LEFT_SPOT)
    assert 1 not in chosen
    assert chosen[0] == 0
    assert scene.between(chosen, 0.6, 2.1) == {0}


@pytest.mark.parametrize("away_s", [0.3, 1.0, 4.0])
def test_the_same_person_who_reappears_is_accepted(away_s: float) -> None:
    scene = Scene(8.0)
    scene.add(standing(scene.time_s), RED_CLOTHES, 0.0, 2.0).add(standing(scene.time_s), RED_CLOTHES, 2.0 + away_s)
    scene.tracker_sees(1, from_s=2.0)
    chosen, follower, _ = scene.follow()
    assert scene.between(chosen, 2.0, 2.0 + away_s) == {None}
    assert scene.between(chosen, 2.0 + away_s + 0.2, 8.1) == {1}
    ((start_s, end_s),) = lost(follower.events())
    assert end_s - start_s == pytest.approx(away_s, abs=0.2)  # looked for every 0.15 s
    assert ("person_again" in kinds(follower.events())) == (away_s > 2.0)  # it may be somebody else by now


def test_who_comes_back_in_another_posture_is_known_by_how_they_looked_in_it_before() -> None:
    """Upright for a second, bent for three, then gone for three as behind a title card, and back upright.

    Another colour is seen in either posture, as where an arm hangs before the trunk.
    """
    scene = Scene(10.0)
    upright, bent, again = (standing(scene.time_s) for _ in range(3))
    scene.add(upright, RED_CLOTHES, 0.0, 1.0).add(bent, BLUE_CLOTHES, 1.0, 4.0).add(again, RED_CLOTHES, 7.0)
    scene.tracker_sees(1, from_s=1.0).tracker_sees(2, from_s=4.0)
    chosen, _, _ = scene.follow()
    assert scene.between(chosen, 1.0, 4.0) == {1}
    assert scene.between(chosen, 7.2, 10.1) == {2}


def test_after_a_cut_the_person_is_followed_at_once_wherever_they_are() -> None:
    time_s = Scene(4.0).time_s
    poses = [standing(time_s, place) for place in (LEFT_SPOT, RIGHT_SPOT)]
    shown = [poses[int(t >= 2.0)][k] for k, t in enumerate(time_s)]
    estimator = FakeEstimator([[pose] for pose in shown])
    follower = PersonFollower(estimator.follow, estimator.find_people)
    for pose, t in zip(shown, time_s, strict=True):
        image = picture(SIZE_PX, [(pose, RED_CLOTHES)], background=190 if t >= 2.0 else 60)
        assert follower.step(image, float(t)) is pose
    assert not follower.events()


@pytest.mark.parametrize("chosen", [None, LEFT_SPOT])
def test_after_a_cut_to_somebody_else_it_is_said_who_is_followed(chosen: tuple[float, float] | None) -> None:
    """The photograph of another person as title card; who was chosen by hand is never exchanged."""
    time_s = Scene(4.0).time_s
    poses = [standing(time_s, LEFT_SPOT), standing(time_s, RIGHT_SPOT, 60.0)]
    shown = [poses[int(t >= 2.0)][k] for k, t in enumerate(time_s)]
    estimator = FakeEstimator([[pose] for pose in shown])
    follower = PersonFollower(estimator.follow, estimator.find_people, chosen)
    found = []
    for pose, t in zip(shown, time_s, strict=True):
        late = t >= 2.0
        image = picture(SIZE_PX, [(pose, BLUE_CLOTHES if late else RED_CLOTHES)], background=190 if late else 60)
        found.append(follower.step(image, float(t)) is pose)
    assert found == [chosen is None or t < 2.0 for t in time_s]
    assert ("person_again" in kinds(follower.events())) == (chosen is None)


@pytest.mark.parametrize(("away_s", "accepted"), [(0.6, False), (2.3, True)])
def test_the_same_person_may_reappear_far_away_only_after_a_long_loss(away_s: float, accepted: bool) -> None:
    """11 trunk lengths to the side: nobody walks that within 0.6 s."""
    scene = Scene(5.0)
    scene.add(standing(scene.time_s, LEFT_SPOT, 50.0), RED_CLOTHES, 0.0, 1.0)
    scene.add(standing(scene.time_s, RIGHT_SPOT, 50.0), RED_CLOTHES, 1.0 + away_s)
    scene.tracker_sees(1, from_s=1.0)
    back_s = 1.0 + away_s
    assert scene.between(scene.follow()[0], back_s + 0.2, back_s + 0.8) == ({1} if accepted else {None})


@pytest.mark.parametrize("away_s", [1.0, 4.0])
def test_somebody_in_other_clothes_is_refused_after_a_loss(away_s: float) -> None:
    scene = Scene(8.0)
    scene.add(standing(scene.time_s), RED_CLOTHES, 0.0, 2.0).add(standing(scene.time_s), BLUE_CLOTHES, 2.0 + away_s)
    scene.tracker_sees(1, from_s=2.0)
    chosen, follower, _ = scene.follow()
    assert scene.between(chosen, 2.0, 8.1) == {None}
    ((start_s, end_s),) = lost(follower.events())
    assert start_s == pytest.approx(2.0, abs=0.06)
    assert end_s == pytest.approx(8.0, abs=0.2)  # lost to the end of the recording


def test_somebody_of_another_size_is_refused() -> None:
    time_s = Scene(4.0).time_s
    scene = (
        Scene(4.0).add(standing(time_s), RED_CLOTHES, 0.0, 1.0).add(standing(time_s, MIDDLE, 40.0), RED_CLOTHES, 1.0)
    )
    scene.tracker_sees(1, from_s=1.0)
    assert scene.between(scene.follow()[0], 1.0, 4.1) == {None}


def test_quick_but_possible_movement_is_followed() -> None:
    """A step of 1.2 m within 1 s."""
    time_s = Scene(3.0).time_s
    metres = 1.2 * np.clip(time_s - 1.0, 0.0, 1.0)
    poses = [standing(time_s[k : k + 1], (0.3 + 120.0 * x / SIZE_PX[0], 0.5))[0] for k, x in enumerate(metres)]
    scene = Scene(3.0).add(poses, RED_CLOTHES)
    chosen, follower, _ = scene.follow()
    assert set(chosen) == {0}
    assert not follower.events()


def test_a_forward_bend_is_not_taken_for_somebody_else() -> None:
    time_s = Scene(3.0).time_s
    bend = 100.0 * np.sin(np.pi * time_s / 3.0)
    series = person(
        time_s, size_px=SIZE_PX, px_per_m=120.0, trunk_flexion=bend, left_hip_flexion=bend, right_hip_flexion=bend
    )
    scene = Scene(3.0).add(poses_of(series), RED_CLOTHES)
    assert set(scene.follow()[0]) == {0}


def test_nobody_at_first_is_no_event() -> None:
    scene = Scene(3.0)
    scene.add(standing(scene.time_s), RED_CLOTHES, 1.0)
    chosen, follower, _ = scene.follow()
    assert scene.between(chosen, 0.0, 1.0) == {None}
    assert scene.between(chosen, 1.2, 3.1) == {0}
    assert not follower.events()


def test_the_tracker_is_shown_only_the_neighbourhood_once_there_are_others() -> None:
    time_s = Scene(1.0).time_s
    mine, other = standing(time_s, LEFT_SPOT, 80.0), standing(time_s, RIGHT_SPOT, 60.0)
    shown: list[NDArray[np.uint8]] = []
    estimator = FakeEstimator([[a, b] for a, b in zip(mine, other, strict=True)])

    def watched(image: NDArray[np.uint8], t: float) -> Pose | None:
        shown.append(image)
        return estimator.follow(image, t)

    follower = PersonFollower(watched, estimator.find_people)
    image = picture(SIZE_PX, [(mine[0], RED_CLOTHES), (other[0], BLUE_CLOTHES)])
    for t in time_s:
        follower.step(image, float(t))
    assert (shown[0] == BLUE_CLOTHES).all(axis=-1).any()
    assert not (shown[-1] == BLUE_CLOTHES).all(axis=-1).any()
    assert (shown[-1] == RED_CLOTHES).all(axis=-1).any()


class Room:
    """A picture that knows where each of its parts belongs, and a finder of people in any part of it.

    The tracker may slide from one person to another, whom it never saw apart.
    """

    def __init__(self, *people: list[Pose]) -> None:
        self.people, self.k, self.parts_searched = people, 0, 0
        self.poses: list[Pose | None] = []
        width, height = SIZE_PX
        self.image = np.zeros((height, width, 3), np.uint8)
        self.image[..., 0] = np.arange(width) // 2
        self.image[..., 1] = np.arange(height)[:, None] // 2

    def find(self, image_rgb: NDArray[np.uint8]) -> tuple[Pose, ...]:
        self.parts_searched += image_rgb.shape != self.image.shape
        corner, size = 2.0 * image_rgb[0, 0, :2], np.array(image_rgb.shape[1::-1])
        found = [
            Pose(poses[self.k].xy_px - corner, poses[self.k].xyz_m, poses[self.k].visibility) for poses in self.people
        ]
        return tuple(pose for pose in found if ((pose.centre_px >= 0) & (pose.centre_px < size)).all())

    def follow(self, time_s: NDArray[np.float64], tracked: Callable[[float], int] = lambda _t: 0) -> PersonFollower:
        follower = PersonFollower(lambda _image, t: self.people[tracked(t)][self.k], self.find)
        for self.k, t in enumerate(time_s):
            self.poses.append(follower.step(self.image, float(t)))
        return follower

    def followed(self, number: int, k: int) -> bool:
        pose = self.poses[k]
        return pose is not None and np.allclose(pose.xy_px, self.people[number][k].xy_px, atol=2.0)


def walking(time_s: NDArray[np.float64], from_x: float, to_x: float, start_s: float, end_s: float) -> list[Pose]:
    at = np.interp(time_s, [start_s, end_s], [from_x, to_x])
    return [standing(time_s[k : k + 1], (float(x), 0.5))[0] for k, x in enumerate(at)]


def test_a_tracker_that_goes_off_with_a_passer_by_is_given_away_by_the_person_it_left_behind() -> None:
    """From 0.1 to 0.9 of the width in 3 s, in whatever clothes: there is no jump."""
    time_s = frame_times(6.0, 20.0)
    room, crossed_s = Room(standing(time_s), walking(time_s, 0.1, 0.9, 1.0, 4.0)), 2.5
    follower = room.follow(time_s, lambda t: int(t >= crossed_s))
    ((start_s, end_s),) = follower.strayed
    assert start_s < crossed_s < end_s < 3.7  # noticed before the passer-by leaves the picture
    assert all(start_s <= t < end_s for k, t in enumerate(time_s) if room.followed(1, k))
    assert all(room.followed(0, k) for k, t in enumerate(time_s) if t < crossed_s)
    assert follower.people == 2
    assert lost(follower.events()) == [(start_s, end_s)]


def test_whoever_walks_to_another_place_alone_is_followed() -> None:
    time_s = frame_times(5.0, 20.0)
    room = Room(walking(time_s, 0.2, 0.8, 1.0, 3.0))
    follower = room.follow(time_s)
    assert None not in room.poses
    assert not follower.strayed
    assert not follower.events()


def test_somebody_cut_off_in_front_is_not_chosen_and_it_is_said() -> None:
    time_s = frame_times(1.0, 20.0)
    room = Room(standing(time_s, (0.5, 1.0), 200.0), standing(time_s, (0.15, 0.5), 80.0))
    follower = room.follow(time_s)
    assert room.followed(1, 0)
    assert "person_unclear" in kinds(follower.events())
    assert follower.people == 2


def test_somebody_alone_who_is_cut_off_at_first_is_followed_at_once() -> None:
    time_s = frame_times(4.0, 20.0)
    room = Room(walking(time_s, 0.02, 0.5, 0.5, 2.5))
    follower = room.follow(time_s)
    assert None not in room.poses
    assert not follower.events()


def test_a_whole_person_at_the_start_costs_no_closer_look() -> None:
    time_s = frame_times(2.0, 20.0)
    room = Room(standing(time_s))
    room.follow(time_s)
    assert room.parts_searched == 0


def test_where_nobody_is_at_the_chosen_place_nobody_is_followed() -> None:
    scene = Scene(2.0)
    scene.add(standing(scene.time_s, LEFT_SPOT, 60.0), RED_CLOTHES)
    chosen, follower, _ = scene.follow(person_at=(0.9, 0.5))
    assert set(chosen) == {None}
    assert follower.waits_for_chosen


def test_the_chosen_person_may_come_later() -> None:
    scene = Scene(3.0)
    scene.add(standing(scene.time_s, LEFT_SPOT), RED_CLOTHES)
    scene.add(standing(scene.time_s, RIGHT_SPOT), BLUE_CLOTHES, 1.0)
    scene.tracker_sees(0, from_s=0.0).tracker_sees(1, from_s=1.0)
    chosen, follower, _ = scene.follow(person_at=RIGHT_SPOT)
    assert 0 not in chosen
    assert scene.between(chosen, 1.3, 3.0) == {1}
    assert not follower.waits_for_chosen


def test_half_the_person_behind_is_not_taken_for_the_one_in_front() -> None:
    """The tracker jumps by less than a trunk's length, but to a body of half the size."""
    time_s = frame_times(2.0, 20.0)
    scene = Scene(2.0).add(standing(time_s), RED_CLOTHES).add(standing(time_s, (0.56, 0.5), 60.0), RED_CLOTHES)
    scene.tracker_sees(1, from_s=1.0)
    assert 1 not in scene.follow()[0]
