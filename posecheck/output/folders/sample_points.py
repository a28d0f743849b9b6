"""The body points of the sample videos as they are shipped beside them: no pose model has to read the videos again."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from posecheck.output.export.compact_points import read_compact, write_compact
from posecheck.pose.background import CameraPlace
from posecheck.pose.capture import CaptureReport, Glance
from posecheck.pose.landmarks import LandmarkSeries, PicturePart, SeriesSource
from posecheck.pose.recording import Recording
from posecheck.video.reader import VideoInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SAMPLE_POINTS = "body_points.npz"
"""Beside the sample videos."""


def write_sample_points(recordings: Sequence[Recording], target: Path) -> None:
    """Write the points of the sample recordings, each under its video's name without the ending."""
    write_compact({item.info.path.stem: (item.series, _about(item)) for item in recordings}, target)


def read_sample(video: Path) -> Recording:
    """The recording of a sample video, from the points beside it.

    Raises
    ------
    StorageError
        The points of this video are not there.
    """
    times, xy_px, xyz_m, visibility, about = read_compact(video.with_name(SAMPLE_POINTS), video.stem)
    source = about["source"]
    parts = tuple(PicturePart(**part) for part in source.pop("parts", ()))
    series = LandmarkSeries(times, xy_px, xyz_m, visibility, SeriesSource(**source, parts=parts))
    info = VideoInfo(path=video, **about["video"])
    capture = CaptureReport.of_glances([_glance(item) for item in about["glances"]])
    return Recording(series, capture, about["people"], (), tuple(about["warnings"]), info, about["video_sha256"])


def _about(recording: Recording) -> dict[str, Any]:
    video = asdict(replace(recording.info))
    del video["path"]
    return {
        "source": asdict(recording.series.source),
        "video": video,
        "glances": [asdict(item) for item in recording.capture.glances],
        "people": recording.people,
        "warnings": list(recording.warnings),
        "video_sha256": recording.video_sha256,
    }


def _glance(values: dict[str, Any]) -> Glance:
    place = values.pop("place")
    return Glance(**values, place=None if place is None else CameraPlace(**place))
