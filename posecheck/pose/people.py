"""Who is in a picture, who of them is whole, and whom to follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import Landmark, Pose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    FindPeople = Callable[[NDArray[np.uint8]], tuple[Pose, ...]]

SEEN_TRUNK, SEEN_HEAD, SEEN_LEG = 0.9, 0.8, 0.75
"""How sure the model must be of the trunk, the head and one leg of a whole person: of each picture of the sample videos it
is surer than this; of bodies cut off by an edge, which it completes by guessing, it is less sure (chosen by us)."""
BODY_PARTS = {
    "head": ((Landmark.NOSE,),),
    "shoulders": ((Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER),),
    "hips": ((Landmark.LEFT_HIP, Landmark.RIGHT_HIP),),
    "knees": ((Landmark.LEFT_KNEE,), (Landmark.RIGHT_KNEE,)),
    "feet": ((Landmark.LEFT_ANKLE,), (Landmark.RIGHT_ANKLE,)),
}
"""The parts of a whole person; of each, one of the groups of points has to be in the picture: one leg may hide the other."""
_SURE = {"head": SEEN_HEAD, "shoulders": SEEN_TRUNK, "hips": SEEN_TRUNK, "knees": SEEN_LEG, "feet": SEEN_LEG}
MIN_SEEN = 0.5
"""Less of a trunk than this is nobody: a mistaken find, or somebody cut through by the part that was looked at."""
MIN_SHARE_OF_LARGEST = 1 / 3
"""People of at least a third of the largest one's size count: posters and far passers-by do not."""
MUCH_LARGER = 1.25
"""Somebody cut off is much nearer to the camera than a whole person who is smaller than they by this (chosen by us)."""
PLACE_MARGIN = 0.15
"""A place that was named may lie this share of a body's size beside it: people point roughly (chosen by us)."""
SAME_BODY_SHARE = 0.6
"""Two finds that share this much of the smaller one's box are the same body (chosen by us)."""


def missing_parts(pose: Pose, size: tuple[int, int]) -> tuple[str, ...]:
    """What of a person is outside the picture or only guessed, from head to feet.

    Parameters
    ----------
    pose : Pose
    size : (width, height)
        Of the picture, in pixels.
    """
    seen_in = np.asarray(((pose.xy_px >= 0) & (pose.xy_px < np.asarray(size))).all(axis=1))

    def seen(marks: tuple[Landmark, ...], sure: float) -> bool:
        index = list(marks)
        return bool((seen_in[index] & (pose.visibility[index] >= sure)).all())

    return tuple(part for part, groups in BODY_PARTS.items() if not any(seen(group, _SURE[part]) for group in groups))


def is_whole(pose: Pose, size: tuple[int, int]) -> bool:
    """Whether a person is in the picture from head to feet."""
    return not missing_parts(pose, size)


def seen_px(pose: Pose, size: tuple[int, int]) -> float:
    """The longer side of what of a body is in the picture: beyond its edge the model only guesses."""
    low, high = (np.clip(corner, 0, size) for corner in pose.box_px)
    return float((high - low).max())


def choose_person(people: Sequence[Pose], size: tuple[int, int]) -> Pose:
    """Whom to follow where nobody was chosen: the largest of those who are whole, else the largest."""
    whole = [pose for pose in _near(people, size) if is_whole(pose, size)]
    return max(whole or people, key=lambda pose: seen_px(pose, size))


def person_there(people: Sequence[Pose], place: tuple[float, float], size: tuple[int, int]) -> Pose | None:
    """The person at a place (fractions of the picture), None where nobody is.

    Of several whose body reaches there, the one whose trunk is nearest.
    """
    point = np.asarray(place) * np.asarray(size)

    def reaches(pose: Pose) -> bool:
        low, high = pose.box_px
        margin = PLACE_MARGIN * pose.height_px
        return bool(((point >= low - margin) & (point <= high + margin)).all())

    there = [pose for pose in people if reaches(pose)]
    return min(there, key=lambda pose: float(np.linalg.norm(pose.centre_px - point)), default=None)


def hides_nearer(people: Sequence[Pose], chosen: Pose, size: tuple[int, int]) -> bool:
    """Whether somebody much nearer than the one chosen is there, but not whole: they may be the one who is meant."""
    return any(
        pose is not chosen and pose.body_px >= MUCH_LARGER * chosen.body_px and not is_whole(pose, size)
        for pose in _near(people, size)
    )


def count_people(people: Sequence[Pose], size: tuple[int, int]) -> int:
    """How many people there are, without those who are far smaller than the largest."""
    return len(_near(people, size))


def _near(people: Sequence[Pose], size: tuple[int, int]) -> list[Pose]:
    largest = max((seen_px(pose, size) for pose in people), default=0.0)
    return [pose for pose in people if seen_px(pose, size) >= MIN_SHARE_OF_LARGEST * largest]


def find_closely(image_rgb: NDArray[np.uint8], find_people: FindPeople) -> tuple[Pose, ...]:
    """Everybody in the picture, also those who are small in it: the picture as a whole, and square parts of it.

    The detector sees each picture at 224 pixels: somebody of less than about half of its height is easily missed beside a
    nearer person. Takes about four times as long as a look at the whole.
    """
    found = list(find_people(image_rgb))
    for x0, y0, side in _squares(image_rgb.shape[1], image_rgb.shape[0]):
        found += find_in_part(image_rgb, (x0, y0, x0 + side, y0 + side), find_people)
    return _each_once(found, (image_rgb.shape[1], image_rgb.shape[0]))


def find_in_part(
    image_rgb: NDArray[np.uint8], box_px: tuple[int, int, int, int], find_people: FindPeople
) -> tuple[Pose, ...]:
    """Everybody in a part of a picture (left, top, right, bottom), in the picture's own pixels."""
    x0, y0 = max(box_px[0], 0), max(box_px[1], 0)
    part = np.ascontiguousarray(image_rgb[y0 : max(box_px[3], 0), x0 : max(box_px[2], 0)])
    if min(part.shape[:2]) < _MIN_PART_PX:
        return ()
    return tuple(Pose(pose.xy_px + np.array([x0, y0]), pose.xyz_m, pose.visibility) for pose in find_people(part))


def same_body(one: Pose, other: Pose) -> bool:
    """Whether two finds in one picture are of the same body."""
    (low_a, high_a), (low_b, high_b) = one.box_px, other.box_px
    shared = np.prod(np.maximum(np.minimum(high_a, high_b) - np.maximum(low_a, low_b), 0.0))
    smaller = min(float(np.prod(high_a - low_a)), float(np.prod(high_b - low_b)))
    near = np.linalg.norm(one.centre_px - other.centre_px) < 0.5 * max(one.trunk_px, other.trunk_px)
    return bool(near or shared > SAME_BODY_SHARE * max(smaller, 1.0))


_MIN_PART_PX = 16
"""Smaller parts hold nobody."""


def _squares(width: int, height: int) -> list[tuple[int, int, int]]:
    """Squares as high as the picture's shorter side, each half over the next; none where the picture is nearly square."""
    side, rest = min(width, height), abs(width - height)
    if rest < side / 4:
        return []
    steps = max(1, -(-rest // (side // 2)))
    starts = [round(rest * k / steps) for k in range(steps + 1)]
    return [(start, 0, side) if width > height else (0, start, side) for start in starts]


def _each_once(found: Sequence[Pose], size: tuple[int, int]) -> tuple[Pose, ...]:
    """Each body once, its best-seen find; what has no trunk in sight is nobody."""
    people = [pose for pose in found if is_somebody(pose)]
    people.sort(key=lambda pose: (is_whole(pose, size), _trunk_seen(pose)), reverse=True)
    kept: list[Pose] = []
    for pose in people:
        if not any(same_body(pose, other) for other in kept):
            kept.append(pose)
    return tuple(kept)


def is_somebody(pose: Pose) -> bool:
    """Whether a find shows a trunk at all."""
    return _trunk_seen(pose) >= MIN_SEEN


def _trunk_seen(pose: Pose) -> float:
    trunk = [*BODY_PARTS["shoulders"][0], *BODY_PARTS["hips"][0]]
    return float(pose.visibility[trunk].min())
