"""What was read from one video: all that any later stage needs, so that the video itself may be gone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import RecordingError
from posecheck.language import phrase
from posecheck.pose.follow import UNCLEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from posecheck.pose.capture import CaptureReport, Span
    from posecheck.pose.landmarks import CleaningEvent, LandmarkSeries
    from posecheck.video.reader import VideoInfo


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """What was read from a video: everything later can be computed again from this, without the video.

    Attributes
    ----------
    series : LandmarkSeries
        As the model gave it.
    capture : CaptureReport
    people : int
    events : tuple of CleaningEvent
        When the person was lost.
    warnings : tuple of str
        What the video reader had to say.
    info : VideoInfo
    video_sha256 : str
    """

    series: LandmarkSeries
    capture: CaptureReport
    people: int
    events: tuple[CleaningEvent, ...]
    warnings: tuple[str, ...]
    info: VideoInfo
    video_sha256: str


def cut_recording(recording: Recording, start_s: float | None, end_s: float | None) -> Recording:
    """The part of a recording from one time to another, both included; times keep their zero.

    Parameters
    ----------
    recording : Recording
    start_s, end_s : float or None
        Seconds of the video; None for its own start or end.

    Raises
    ------
    RecordingError
        No picture lies in that part.

    Notes
    -----
    Light, camera movement and tilt are those of the part, where they were kept over time (recordings that an older
    posecheck read have one number for all of it). The number of people stays that of the whole.
    """
    series = recording.series
    first = -np.inf if start_s is None else start_s
    last = np.inf if end_s is None else end_s
    kept = (series.time_s >= first) & (series.time_s <= last)
    if kept.all():
        return recording
    if not kept.any():
        raise RecordingError(phrase("no picture lies {part}; choose other times.", part=_part_words(start_s, end_s)))
    return keep_pictures(recording, kept, ((first, last),))


def keep_pictures(recording: Recording, kept: NDArray[np.bool_], spans: Sequence[Span]) -> Recording:
    """A recording of some of the pictures alone: those that are ``kept`` (n,), which lie in these spans of time."""
    series = recording.series
    part = replace(
        series,
        time_s=series.time_s[kept],
        xy_px=series.xy_px[kept],
        xyz_m=series.xyz_m[kept],
        visibility=series.visibility[kept],
        filled_in=series.filled_in[kept],
    )
    events = tuple(
        event
        for event in recording.events
        if event.kind == UNCLEAR  # who is followed is settled at the start
        or any(event.end_s >= first and event.start_s <= last for first, last in spans)
    )
    return replace(recording, series=part, events=events, capture=recording.capture.during(spans))


def _part_words(start_s: float | None, end_s: float | None) -> str:
    if start_s is None:
        return phrase("from the start to {end:g} s", end=end_s)
    if end_s is None:
        return phrase("from {start:g} s to the end", start=start_s)
    return phrase("from {start:g} s to {end:g} s", start=start_s, end=end_s)
