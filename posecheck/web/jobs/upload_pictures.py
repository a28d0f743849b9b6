"""The pictures of a video, made in a worker process: its poster, the copy that browsers play, faces made unrecognisable."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from posecheck.files import sync_tree

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.output.draw.footage import Footage
    from posecheck.pose.recording import Recording
    from posecheck.progress import Progress

COPY_FILE = "copy.mp4"
POSTER_FILE = "poster.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesTask:
    """Make the pictures of a video anew, to show less than they do.

    Attributes
    ----------
    recording : Path
        Folder with the body points.
    staging : Path
        Gets ``poster.jpg`` and, with a video, ``copy.mp4``.
    video : Path or None
        What is to be shown with blurred faces; None: the body points are drawn instead.
    from_copy : bool
        Whether that is the copy, which is no mirror image any more, and upright.
    mirror : bool
        Whether the video that came in is a mirror image.
    rotate_deg : int or None
        How far the video that came in has to be turned.
    model_path : Path or None
    """

    recording: Path
    staging: Path
    video: Path | None
    from_copy: bool = False
    mirror: bool = False
    rotate_deg: int | None = None
    model_path: Path | None = None

    def run(self, progress: Progress) -> dict[str, Any]:
        """Make them; return ``pictures``, ``boxes`` and ``has_copy`` as `posecheck.storage.tables.Upload`.

        Raises
        ------
        PosecheckError
            The video or its body points cannot be read.
        """
        from posecheck.output.draw.figure_picture import write_figure_poster
        from posecheck.output.draw.footage import Footage
        from posecheck.output.draw.web_video import write_web_copy
        from posecheck.output.folders.recording_folder import read_recording_folder
        from posecheck.video.reader import VideoOptions

        recording = read_recording_folder(self.recording)
        self.staging.mkdir(parents=True, exist_ok=True)
        if self.video is None:
            write_figure_poster(recording.series, self.staging / POSTER_FILE)
            sync_tree(self.staging)
            return {"pictures": "drawn", "boxes": [], "has_copy": False}
        options = VideoOptions() if self.from_copy else VideoOptions(mirror=self.mirror, rotate_deg=self.rotate_deg)
        plain = Footage(self.video, options)
        footage = with_blur(plain, recording, self.model_path, part_of(progress, 0, 2))
        boxes = write_poster_of(recording, footage, self.staging, self.model_path)
        write_web_copy(footage, self.staging / COPY_FILE, progress=part_of(progress, 1, 2))
        sync_tree(self.staging)
        return {"pictures": "blurred", "boxes": boxes, "has_copy": True}


def with_blur(footage: Footage, recording: Recording, model_path: Path | None, progress: Progress) -> Footage:
    """The footage with every face blurred that is found in it, and the followed person's wherever their head is.

    Raises
    ------
    VideoError, ModelFileError
    """
    from posecheck.output.draw.face_blur import FaceBlur
    from posecheck.output.draw.face_search import look_for_faces
    from posecheck.pose.estimator import MediaPipeEstimator
    from posecheck.pose.face_detector import FaceDetector
    from posecheck.pose.model_files import choose_model
    from posecheck.settings import load_settings

    settings = load_settings()
    with FaceDetector(settings) as faces, MediaPipeEstimator(choose_model(settings, model_path)) as people:
        heads = look_for_faces(footage, faces, people, progress=progress)
    return replace(footage, blur=FaceBlur.of(recording.series, heads))


def write_poster_of(recording: Recording, footage: Footage, folder: Path, model_path: Path | None) -> list[Any]:
    """Write a picture with the person in it; where there are several, one with most of them, and return where each is."""
    from posecheck.output.draw.people_picture import look_for_people
    from posecheck.output.draw.poster import write_poster
    from posecheck.pose.estimator import MediaPipeEstimator
    from posecheck.pose.model_files import choose_model
    from posecheck.settings import load_settings

    if recording.people < 2:
        time_s = float(recording.series.time_s[recording.series.found.argmax()])
        write_poster(footage, folder / POSTER_FILE, time_s)
        return []
    with MediaPipeEstimator(choose_model(load_settings(), model_path)) as estimator:
        picture = look_for_people(footage, estimator)
    write_poster(footage, folder / POSTER_FILE, picture.time_s)
    return [asdict(person.box) | {"centre": list(person.box.centre)} for person in picture.people]


def part_of(progress: Progress, number: int, parts: int) -> Progress:
    """Progress of one of several passes over the same pictures."""

    def passed_on(done: int, total: int | None) -> None:
        progress(done + number * (total or 0), None if total is None else parts * total)

    return passed_on
