"""One person followed through a recording: pictures in, landmarks over time out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import WHICH_PERSON, NoPersonError
from posecheck.language import phrase
from posecheck.pose.follow import PersonFollower
from posecheck.pose.landmarks import LANDMARK_COUNT, CleaningEvent, LandmarkSeries, PicturePart, SeriesSource
from posecheck.pose.people_counter import PeopleCounter
from posecheck.pose.reading_rate import ReadingRate, fill_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from posecheck.pose.estimator import PoseEstimator
    from posecheck.pose.landmarks import Pose
    from posecheck.video.frame import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Tracking:
    """The landmarks of one person over a recording.

    Attributes
    ----------
    series : LandmarkSeries
    people : int
        Most people seen at once.
    events : tuple of CleaningEvent
        When the followed person was lost.
    """

    series: LandmarkSeries
    people: int
    events: tuple[CleaningEvent, ...]


class Rows:
    """The landmarks of one person, gathered picture by picture.

    Attributes
    ----------
    times : list of float
        In seconds.
    rows : list of (33, 6) float32, or None
        x, y in pixels, x, y, z in metres, visibility; None where the person was not found, or not looked for.
    read : list of bool
        Whether the person was looked for in the picture.
    size : (width, height)
        Of the pictures, in pixels.
    parts : list of PicturePart
        Where the true picture lies, noted when that changes.
    """

    def __init__(self) -> None:
        self.times: list[float] = []
        self.rows: list[NDArray[np.float32] | None] = []
        self.read: list[bool] = []
        self.size = (0, 0)
        self.parts: list[PicturePart] = []
        self._inside: tuple[int, int, int, int] | None = None

    def __iter__(self) -> Iterator[tuple[float, NDArray[np.float32] | None, bool]]:
        """Time, row and whether it was read, picture by picture."""
        return zip(self.times, self.rows, self.read, strict=True)

    @property
    def found(self) -> bool:
        """Whether the person was found in any picture."""
        return any(row is not None for row in self.rows)

    def add(self, frame: Frame, pose: Pose | None, *, read: bool = True) -> None:
        """Add a picture and the person in it; one that was not ``read`` is filled in at the end."""
        self.size = frame.size_px
        self.times.append(frame.time_s)
        self.rows.append(_packed(pose))
        self.read.append(read)
        if frame.inside_px != self._inside:
            self.parts.append(PicturePart(frame.time_s, *(frame.inside_px or (0, 0, *self.size))))
        self._inside = frame.inside_px

    def between(self, after_s: float, until_s: float) -> Rows:
        """The rows after one time and up to another, that one included."""
        part = Rows()
        part.size, part.parts = self.size, self.parts
        for time_s, row, read in self:
            if after_s < time_s <= until_s:
                part.times.append(time_s)
                part.rows.append(row)
                part.read.append(read)
        return part

    def leave_out(self, spans: Iterable[tuple[float, float]]) -> None:
        """Take out those in which, as was noticed later, somebody else had been followed."""
        spans = tuple(spans)
        self.rows = [
            None if any(start_s <= time_s < end_s for start_s, end_s in spans) else row
            for time_s, row in zip(self.times, self.rows, strict=True)
        ]

    def series(self, estimator: PoseEstimator, *, mirrored: bool, rotated_deg: int | None) -> LandmarkSeries:
        """All of it as arrays, with where it came from; the rows are let go of meanwhile."""
        n = len(self.times)
        xy, xyz = np.full((n, LANDMARK_COUNT, 2), np.nan), np.full((n, LANDMARK_COUNT, 3), np.nan)
        visibility = np.full((n, LANDMARK_COUNT), np.nan)
        self.rows = fill_in(self.times, self.rows, self.read)
        filled_in = np.array(
            [not read and row is not None for read, row in zip(self.read, self.rows, strict=True)], bool
        )
        for k, row in enumerate(self.rows):
            if row is not None:
                xy[k], xyz[k], visibility[k] = row[:, :2], row[:, 2:5], row[:, 5]
                self.rows[k] = None  # let go of it at once
        source = SeriesSource(
            *self.size, estimator.name, estimator.model_sha256, mirrored, rotated_deg, tuple(self.parts)
        )
        return LandmarkSeries(np.asarray(self.times, dtype=np.float64), xy, xyz, visibility, source, filled_in)


def track(
    frames: Iterable[Frame],
    estimator: PoseEstimator,
    *,
    person_at: tuple[float, float] | None = None,
    mirrored: bool = False,
    rotated_deg: int | None = None,
    on_frame: Callable[[Frame, Pose | None], None] | None = None,
) -> Tracking:
    """Follow one person through a recording.

    Parameters
    ----------
    frames : iterable of Frame
    estimator : PoseEstimator
    person_at : (x, y), optional
        The person to follow, as fractions of the picture's width and height in the first picture in which somebody is there;
        by default the largest of those who are whole.
    mirrored : bool
        For provenance: the frames were mirrored back.
    rotated_deg : int, optional
        For provenance: the frames were turned by this much, as `SeriesSource.rotated_deg`.
    on_frame : callable, optional
        Told every frame that was read, after that, and the followed person in it (progress, light, camera movement).

    Raises
    ------
    NoPersonError
        Nobody is found in the whole recording, or nobody ever at the place that was chosen.
    """
    follower = PersonFollower(estimator.follow, estimator.find_people, person_at)
    rows, rate = Rows(), ReadingRate()
    with PeopleCounter(estimator, closely=True) as counter:
        for frame in frames:
            if not rate.wants(frame):
                rows.add(frame, None, read=False)
                continue
            pose = follower.step(frame.image_rgb, frame.time_s)
            rate.saw(frame.time_s, pose if frame.time_s < follower.crowded_from_s else None)
            rows.add(frame, pose)
            if pose is not None:
                counter.take(frame)
            if on_frame is not None:
                on_frame(frame, pose)
        people = max(counter.result(), follower.people, 1)
    require_somebody(rows, follower, person_at)
    rows.leave_out(follower.strayed)
    return Tracking(rows.series(estimator, mirrored=mirrored, rotated_deg=rotated_deg), people, follower.events())


def require_somebody(rows: Rows, follower: PersonFollower, person_at: tuple[float, float] | None) -> None:
    """Refuse a recording in which nobody was followed.

    Raises
    ------
    NoPersonError
    """
    if not rows.found:
        raise _nobody(len(rows.times), person_at if follower.waits_for_chosen else None)


def _nobody(frames: int, place: tuple[float, float] | None) -> NoPersonError:
    if not frames:
        return NoPersonError(phrase("there is no picture in the chosen part of the video."))
    if place is not None:
        return NoPersonError(
            phrase(
                "nobody was found at the chosen place, {x:g} of the picture's width and {y:g} of its height, but somebody "
                "was elsewhere.",
                x=place[0],
                y=place[1],
            ),
            WHICH_PERSON,
        )
    return NoPersonError(
        phrase(
            "no person was found in any of {pictures} pictures. Film one person from head to feet, in good light, filling "
            "at least half of the picture's height.",
            pictures=frames,
        )
    )


def _packed(pose: Pose | None) -> NDArray[np.float32] | None:
    """(33, 6) in the model's own precision: ten minutes of video take 15 MB."""
    if pose is None:
        return None
    return np.column_stack([pose.xy_px, pose.xyz_m, pose.visibility]).astype(np.float32)
