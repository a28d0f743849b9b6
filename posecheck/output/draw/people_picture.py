"""Who is in a video: looked up in one of its pictures, and drawn there with numbers, so that a person can be chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from posecheck.errors import NoPersonError
from posecheck.files import write_bytes_atomic
from posecheck.language import joined, phrase
from posecheck.output.draw.drawing import draw_polyline
from posecheck.output.draw.lettering import blend, text_sprite
from posecheck.output.draw.poster import JPEG_QUALITY, PersonBox, box_of
from posecheck.pose.people import find_closely, missing_parts
from posecheck.video.reader import open_video

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from posecheck.output.draw.footage import Footage
    from posecheck.output.draw.lettering import Colour
    from posecheck.pose.estimator import PoseEstimator
    from posecheck.video.frame import Frame

LOOKS, LOOK_EVERY_S = 4, 1.0
"""So many pictures in which somebody is are looked at, a second apart; the one with most people counts (chosen by us)."""
PART_WORDS = {
    "head": phrase("head"),
    "shoulders": phrase("shoulders"),
    "hips": phrase("hips"),
    "knees": phrase("knees"),
    "feet": phrase("feet"),
}
"""Each of `posecheck.pose.people.BODY_PARTS`."""
COLOURS: tuple[Colour, ...] = ((255, 209, 102), (122, 184, 255), (255, 138, 128), (128, 226, 168))
"""Of the boxes, in turn: told apart by their numbers, and by lightness, without colour too."""


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """Somebody in a picture.

    Attributes
    ----------
    box : PersonBox
    missing : tuple of str
        What of them is not in the picture, from head to feet.
    """

    box: PersonBox
    missing: tuple[str, ...]

    @property
    def place_words(self) -> str:
        """``on the left, 45 % of the height``: roughly, beside the picture with the numbers."""
        x = self.box.centre[0]
        share = 100 * (self.box.bottom - self.box.top)
        if x < 1 / 3:
            return phrase("on the left, {share:.0f} % of the height", share=share)
        if x > 2 / 3:
            return phrase("on the right, {share:.0f} % of the height", share=share)
        return phrase("in the middle, {share:.0f} % of the height", share=share)

    @property
    def whole_words(self) -> str:
        """``whole``, or what is not in the picture."""
        if not self.missing:
            return phrase("whole")
        return phrase("not seen: {parts}", parts=joined((PART_WORDS[part] for part in self.missing), ", "))

    @property
    def place_text(self) -> str:
        """``0.31,0.52``: the middle of the trunk, as it is typed to choose this person."""
        return ",".join(f"{min(max(value, 0.0), 1.0):.2f}" for value in self.box.centre)


@dataclass(frozen=True, slots=True, eq=False)
class PeoplePicture:
    """A picture of a video, and everybody in it from left to right."""

    time_s: float
    image_rgb: NDArray[np.uint8]
    people: tuple[SeenPerson, ...]


def look_for_people(footage: Footage, estimator: PoseEstimator, time_s: float | None = None) -> PeoplePicture:
    """The picture in which most people are seen, of those of the first seconds in which anybody is.

    Parameters
    ----------
    footage : Footage
    estimator : PoseEstimator
    time_s : float, optional
        Look at the picture at this time only. Default: at a few from the start on.

    Raises
    ------
    VideoError
        The video cannot be read.
    NoPersonError
        Nobody is seen.
    """
    options = footage.options if time_s is None else replace(footage.options, start_s=time_s)
    found: list[PeoplePicture] = []
    with open_video(footage.path, options) as reader:
        for frame in _a_second_apart(reader):
            picture = _seen(frame, estimator)
            found += [picture] if picture.people else []
            if time_s is not None or len(found) == LOOKS:
                break
    if not found:
        raise NoPersonError(_nobody_words(footage.path, time_s))
    return max(found, key=lambda picture: len(picture.people))  # the first of equals


def _nobody_words(video: Path, time_s: float | None) -> str:
    if time_s is None:
        return phrase("{video}: nobody is seen in any picture. Look at another time of the video.", video=video)
    return phrase(
        "{video}: nobody is seen in the picture at {time:g} s. Look at another time of the video.",
        video=video,
        time=time_s,
    )


def write_people_picture(picture: PeoplePicture, target: Path) -> Path:
    """Write the picture with a numbered box around each person, as a JPEG.

    Raises
    ------
    StorageError
        It cannot be written.
    """
    image = picture.image_rgb.copy()
    for number, person in enumerate(picture.people, start=1):
        _draw_box(image, person.box, number)
    jpeg = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
    return write_bytes_atomic(target, bytes(jpeg))


def _a_second_apart(frames: Iterator[Frame]) -> Iterator[Frame]:
    next_s = -np.inf
    for frame in frames:
        if frame.time_s >= next_s:
            next_s = frame.time_s + LOOK_EVERY_S
            yield frame


def _seen(frame: Frame, estimator: PoseEstimator) -> PeoplePicture:
    image = frame.image_rgb
    size = (image.shape[1], image.shape[0])
    people = [
        SeenPerson(box_of(pose, *size), missing_parts(pose, size))
        for pose in find_closely(image, estimator.find_people)
    ]
    return PeoplePicture(frame.time_s, image, tuple(sorted(people, key=lambda person: person.box.centre)))


def _draw_box(image: NDArray[np.uint8], box: PersonBox, number: int) -> None:
    height, width = image.shape[:2]
    unit = min(width, height) / 100
    colour = COLOURS[(number - 1) % len(COLOURS)]
    left, top, right, bottom = box.left * width, box.top * height, box.right * width, box.bottom * height
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]])
    draw_polyline(image, corners, colour, 0.6 * unit, edge_px=0.3 * unit)
    sprite = text_sprite(str(number), round(9 * unit), colour, outline_px=max(1, round(unit)))
    blend(image, sprite, round(left + unit), round(top))


def people_table(people: Sequence[SeenPerson]) -> list[tuple[str, str, str, str]]:
    """Number, place, what is seen, and what to type, of each person."""
    return [
        (str(number), person.place_words, person.whole_words, person.place_text)
        for number, person in enumerate(people, start=1)
    ]
