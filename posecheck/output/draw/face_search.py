"""Looks for every face in a video, whoever it belongs to, and follows each over time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.output.draw.face_blur import HEAD, HeadTrack, head_radius
from posecheck.pose.face_detector import find_faces
from posecheck.pose.people import find_closely
from posecheck.video.reader import open_video

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.output.draw.footage import Footage
    from posecheck.pose.estimator import PoseEstimator
    from posecheck.pose.face_detector import FaceDetector
    from posecheck.pose.landmarks import Pose
    from posecheck.progress import Progress
    from posecheck.video.frame import Frame

LOOK_EVERY_S = 0.2
"""Faces are looked for this often: somebody who walks past has gone a quarter of a metre (chosen by us)."""
PEOPLE_EVERY_S = 1.0
"""Bodies are looked for this often, as a head that is turned away or down has no face that is found (chosen by us)."""
MAX_SIDE_PX = 1280
"""As the largest picture that is shown: a face that is not found in it cannot be recognised there (chosen by us)."""
REACH_OF_BOX = 0.9
"""Radius of the circle, as a share of the side of a face's box, which ends at brows and chin (chosen by us)."""
HOLD_S = PEOPLE_EVERY_S + 0.1
"""A face is hidden from so long before it was first found to so long after the last time: longer than it takes until bodies
are looked for again, so that a head that was found by its body alone is hidden up to the end (chosen by us)."""
BRIDGE_S = 2.0
"""The same face may be missed for so long (chosen by us)."""
NEAR_RADII, SPEED_RADII_S = 1.5, 4.0
"""The same face lies this near to where it was, and further the longer that is ago, in radii of its circle: 4 are about as
fast as somebody walks (chosen by us)."""
HEAD_OF_TRUNK = 0.6
"""Radius of a head's circle to the trunk's length, by which the circle grows while it is not found (chosen by us)."""

SAME_TIME_S = 1e-3
"""Times that differ by less are the same: less than half a frame at 240 frames/s."""

Circle = tuple[float, float, float]
"""Middle (x, y) and radius, in pixels."""


@dataclass(slots=True)
class _Track:
    """One head, as far as it was followed."""

    time_s: list[float] = field(default_factory=list)
    circles: list[Circle] = field(default_factory=list)

    def reaches(self, circle: Circle, time_s: float) -> bool:
        since_s = time_s - self.time_s[-1]
        x, y, radius = self.circles[-1]
        away = float(np.hypot(circle[0] - x, circle[1] - y))
        return since_s <= BRIDGE_S and away <= (NEAR_RADII + SPEED_RADII_S * since_s) * max(radius, circle[2])

    def distance(self, circle: Circle) -> float:
        return float(np.hypot(circle[0] - self.circles[-1][0], circle[1] - self.circles[-1][1]))

    def add(self, circle: Circle, time_s: float) -> None:
        if self.time_s and self.time_s[-1] == time_s:  # found twice in one picture: the circle around both
            self.circles[-1] = _around(self.circles[-1], circle)
        else:
            self.time_s.append(time_s)
            self.circles.append(circle)

    def finished(self, width_px: int, height_px: int) -> HeadTrack:
        circles = np.array(self.circles)
        return HeadTrack(
            np.array(self.time_s),
            circles[:, :2] / [width_px, height_px],
            circles[:, 2] / height_px,
            float(np.median(circles[:, 2])) / HEAD_OF_TRUNK / height_px,
            HOLD_S,
        )


def look_for_faces(
    footage: Footage, detector: FaceDetector, estimator: PoseEstimator, *, progress: Progress | None = None
) -> tuple[HeadTrack, ...]:
    """Find every face of a video: by the face itself, and by the body where it is turned away.

    Parameters
    ----------
    footage : Footage
        Looked at from start to end, whatever its own start and end.
    detector : FaceDetector
    estimator : PoseEstimator
        Finds bodies.
    progress : callable, optional
        Told frames done and about how many there are.

    Returns
    -------
    tuple of HeadTrack
        The followed person's head is among them.

    Raises
    ------
    VideoError
        The video cannot be read.

    Notes
    -----
    What is found in a picture is taken for the head that was last seen nearest; one that was missed for up to 2 s is
    followed on. A face that neither looks at the camera nor has a body in sight can be missed.
    """
    options = replace(footage.options, start_s=None, end_s=None, max_side_px=MAX_SIDE_PX)
    tracks: list[_Track] = []
    size = (1, 1)
    next_s = next_people_s = -np.inf
    with open_video(footage.path, options) as reader:
        for frame in reader:
            size = frame.size_px
            if frame.time_s >= next_s:
                next_s = frame.time_s + LOOK_EVERY_S - SAME_TIME_S
                with_people = frame.time_s >= next_people_s
                next_people_s = frame.time_s + PEOPLE_EVERY_S - SAME_TIME_S if with_people else next_people_s
                follow(tracks, _circles(frame, detector, estimator if with_people else None), frame.time_s)
            if progress is not None:
                progress(frame.index + 1, reader.info.frame_estimate)
    return tuple(track.finished(*size) for track in tracks)


def follow(tracks: list[_Track], circles: Iterable[Circle], time_s: float) -> None:
    """Add what was found in a picture to the heads it belongs to; begin new ones for the rest."""
    for circle in circles:
        near = [track for track in tracks if track.reaches(circle, time_s)]
        track = min(near, key=lambda item: item.distance(circle), default=None)
        if track is None:
            track = _Track()
            tracks.append(track)
        track.add(circle, time_s)


def _circles(frame: Frame, detector: FaceDetector, estimator: PoseEstimator | None) -> Sequence[Circle]:
    image = frame.image_rgb
    faces = [(face.x, face.y, REACH_OF_BOX * face.side) for face in find_faces(image, detector.find)]
    people = () if estimator is None else find_closely(image, estimator.find_people)
    return [*(_head(pose) for pose in people), *faces]


def _head(pose: Pose) -> Circle:
    points = pose.xy_px[list(HEAD)]
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    spread = np.linalg.norm(points - middle, axis=1).max()
    return float(middle[0]), float(middle[1]), float(head_radius(spread, np.asarray(pose.trunk_px)))


def _around(one: Circle, other: Circle) -> Circle:
    """The smallest circle that holds two."""
    (x, y, radius), (x2, y2, radius2) = one, other
    apart = float(np.hypot(x2 - x, y2 - y))
    if apart + min(radius, radius2) <= max(radius, radius2):
        return one if radius >= radius2 else other
    whole = (apart + radius + radius2) / 2
    share = (whole - radius) / apart
    return x + (x2 - x) * share, y + (y2 - y) * share, whole
