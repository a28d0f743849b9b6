"""What worker processes do: read a video, measure a take, draw its annotated video.

Each task is frozen plain values that travel to the process. What it makes goes into a folder of its own, ``staging``, and is
safe from a power cut when the task ends; the server moves it into place, so that a task which is stopped, or came too late,
changes nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posecheck.files import sync_tree
from posecheck.kinematics.joints import Side
from posecheck.language import language_set
from posecheck.storage.own_movements import catalogue_of
from posecheck.storage.pictures import Pictures, asks_for_choice, word_of
from posecheck.web.jobs.upload_pictures import COPY_FILE, POSTER_FILE, part_of, with_blur, write_poster_of

if TYPE_CHECKING:
    from posecheck.movements.catalogue import Catalogue
    from posecheck.output.draw.footage import Footage
    from posecheck.pose.recording import Recording
    from posecheck.progress import Progress
    from posecheck.storage.files import DataFolder
    from posecheck.trial.result import TrialOptions, TrialResult
    from posecheck.trial.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTask:
    """Find the body points in a video.

    Attributes
    ----------
    data : DataFolder
        Where movement files of the user's own lie.
    video : Path
    staging : Path
        Gets ``landmarks.parquet``, ``recording.json``, ``poster.jpg`` and, where needed, ``copy.mp4``.
    file_name : str
        What the user calls the video.
    person_at : (x, y) or None
        The person to follow, as fractions of the picture.
    mirror : bool
    rotate_deg : int or None
        As `posecheck.video.reader.VideoOptions.rotate_deg`.
    blur_faces : bool
        Blur faces in poster and copy.
    only_drawn : bool
        Keep no picture of a person: the poster is drawn from the body points, and there is no copy.
    model_path : Path or None
    max_bytes, max_duration_s, max_pixels
        As `posecheck.video.limits.VideoLimits`.
    """

    data: DataFolder
    video: Path
    staging: Path
    file_name: str
    person_at: tuple[float, float] | None
    mirror: bool
    rotate_deg: int | None
    blur_faces: bool
    only_drawn: bool
    model_path: Path | None
    max_bytes: int
    max_duration_s: float
    max_pixels: int

    def run(self, progress: Progress) -> dict[str, Any]:
        """Read it; return ``info``, ``proposal``, ``has_copy`` and ``sha256`` as `posecheck.storage.tables.Upload`.

        Raises
        ------
        PosecheckError
            The video cannot be used.
        """
        from posecheck.output.draw.footage import Footage
        from posecheck.output.draw.web_video import needs_web_copy, write_web_copy
        from posecheck.output.folders.recording_folder import write_recording
        from posecheck.pipeline import read_recording
        from posecheck.video.limits import VideoLimits, check_video

        limits = VideoLimits(max_bytes=self.max_bytes, max_duration_s=self.max_duration_s, max_pixels=self.max_pixels)
        unusual = needs_web_copy(check_video(self.video, limits))
        options = self._options()
        recording = read_recording(self.video, options, progress=part_of(progress, 0, 3))
        self.staging.mkdir(parents=True, exist_ok=True)
        named = replace(recording, info=replace(recording.info, path=Path(self.file_name)))
        write_recording(named, self.staging)
        info = info_of(recording)
        # Where whom to follow or which way up it is has to be chosen, that takes a picture for now.
        drawn = self.only_drawn and not asks_for_choice(info)
        blurred = self.blur_faces and not drawn
        # A mirrored or turned picture is copied too, so that what is seen is what the body points lie on.
        with_copy = not drawn and (unusual or blurred or self.mirror or bool(self.rotate_deg))
        footage = Footage(self.video, options.video)
        if blurred:
            footage = with_blur(footage, recording, self.model_path, part_of(progress, 1, 3))
        boxes = self._write_poster(recording, footage, drawn=drawn)
        if with_copy:
            write_web_copy(footage, self.staging / COPY_FILE, progress=part_of(progress, 2, 3))
        sync_tree(self.staging)
        shown = Pictures.DRAWN if drawn else Pictures.BLURRED if blurred else Pictures.FILMED
        return {
            "info": {**info, "boxes": boxes, "blurred": blurred, "pictures": word_of(shown)},
            "proposal": _proposal(recording, catalogue_of(self.data)),
            "has_copy": with_copy,
            "sha256": recording.video_sha256,
        }

    def _write_poster(self, recording: Recording, footage: Footage, *, drawn: bool) -> list[Any]:
        if not drawn:
            return write_poster_of(recording, footage, self.staging, self.model_path)
        from posecheck.output.draw.figure_picture import write_figure_poster

        write_figure_poster(recording.series, self.staging / POSTER_FILE)
        return []

    def _options(self) -> TrialOptions:
        return _options(self.mirror, self.rotate_deg, person_at=self.person_at, model_path=self.model_path)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureTask:
    """Measure a take from the body points of its upload.

    Attributes
    ----------
    recording : Path
        Folder with the body points.
    staging : Path
        Becomes the trial's folder.
    data : DataFolder
        Where movement files of the user's own lie.
    movement, side : str
        ``side`` is empty for a test that is not done once per side.
    version : int or None
        Of the movement: the one that the take was measured with before; None: the newest.
    corrections : dict
        As `posecheck.trial.corrections.Corrections.to_dict`.
    person : str
        So that results of different people are not compared.
    felt : dict
        As `posecheck.trial.trial.Felt`.
    take : int
        Which recording of the test it is in its block.
    video : Path or None
        For the picture of the end range; None where it is gone.
    from_copy : bool
        Whether that is the copy, which is no mirror image any more, and upright.
    mirror : bool
        Whether the video that came in is a mirror image.
    rotate_deg : int or None
        How far the video that came in has to be turned.
    person_at : (x, y) or None
    blur_faces : bool
    only_drawn : bool
        The picture of the end range is drawn from the body points alone, whatever is kept.
    """

    recording: Path
    staging: Path
    data: DataFolder
    movement: str
    side: str
    version: int | None
    corrections: dict[str, Any]
    person: str
    felt: dict[str, Any] = field(default_factory=dict)
    take: int = 1
    video: Path | None = None
    from_copy: bool = False
    mirror: bool = False
    rotate_deg: int | None = None
    person_at: tuple[float, float] | None = None
    blur_faces: bool = False
    only_drawn: bool = False

    def run(self, progress: Progress) -> dict[str, Any]:
        """Measure it and write its folder; return ``summary`` as `posecheck.storage.tables.Take`.

        Raises
        ------
        PosecheckError
            The test cannot be measured from it.
        """
        result = self.measure()
        self.staging.mkdir(parents=True, exist_ok=True)
        self.write(result, self.staging)
        sync_tree(self.staging)
        return {"summary": summary_of(result.trial)}

    def measure(self) -> TrialResult:
        """The trial, from the body points alone."""
        from posecheck.output.folders.recording_folder import read_recording_folder
        from posecheck.trial.assess import assess
        from posecheck.trial.corrections import Corrections
        from posecheck.trial.trial import Felt

        options = replace(
            _options(self.mirror, self.rotate_deg, person_at=self.person_at),
            person=self.person,
            felt=Felt(**self.felt),
            take=self.take,
        )
        return assess(
            read_recording_folder(self.recording),
            catalogue_of(self.data).load(self.movement, self.version),
            Side(self.side) if self.side else None,
            options,
            Corrections.from_dict(self.corrections),
        )

    def write(self, result: TrialResult, folder: Path, kept_picture: bytes | None = None) -> None:
        """Write tables, chart, body points and picture into an existing folder.

        Without the video the picture is the kept one; where there is none, or none may be kept, a drawn figure.
        """
        from posecheck.output.draw.figure_picture import end_range_figure
        from posecheck.output.folders.trial_folder import write_trial_folder
        from posecheck.output.options import OutputOptions

        footage = None if self.video is None or self.only_drawn else self.footage(self.video, result)
        if self.only_drawn or (footage is None and kept_picture is None):
            kept_picture = end_range_figure(result)
        write_trial_folder(folder, result, OutputOptions(annotated=False), footage, kept_picture=kept_picture)

    def footage(self, video: Path, result: TrialResult) -> Footage:
        """How the video, or its copy, is read to be drawn on."""
        from posecheck.output.draw.face_blur import FaceBlur
        from posecheck.output.draw.footage import Footage

        options = (_options(False, None) if self.from_copy else _options(self.mirror, self.rotate_deg)).video
        return Footage(video, options, FaceBlur.of(result.recording.series) if self.blur_faces else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotateTask:
    """Draw the annotated video of a take, with words in a language: ``staging`` gets ``annotated.mp4``."""

    take: MeasureTask
    language: str = "en"

    def run(self, progress: Progress) -> dict[str, Any]:
        """Draw it; return nothing.

        Raises
        ------
        PosecheckError
            The video cannot be read.
        """
        from posecheck.output.draw.annotated_video import write_annotated_video
        from posecheck.output.folders.trial_folder import VIDEO_FILE

        assert self.take.video is not None
        result = self.take.measure()
        footage = self.take.footage(self.take.video, result)
        self.take.staging.mkdir(parents=True, exist_ok=True)
        with language_set(self.language):
            write_annotated_video(result, footage, self.take.staging / VIDEO_FILE, progress=progress)
        sync_tree(self.take.staging)
        return {}


def summary_of(trial: Trial) -> dict[str, Any]:
    """What lists show of a trial: ``repetitions, passed, rejected, outcomes [{name, title, mean_deg}], notes``."""
    from posecheck.trial.quality import GateStatus
    from posecheck.trial.trial import plain_json

    return {
        "repetitions": sum(item.used for item in trial.repetitions),
        "passed": trial.passed,
        "rejected": [gate.words for gate in trial.gates if gate.status is GateStatus.REJECT],
        "outcomes": [
            {"name": item.name, "title": item.title, "mean_deg": plain_json(item.mean)} for item in trial.outcomes
        ],
        "notes": list(trial.notes),
    }


def _options(
    mirror: bool,
    rotate_deg: int | None,
    *,
    person_at: tuple[float, float] | None = None,
    model_path: Path | None = None,
) -> TrialOptions:
    from posecheck.trial.result import TrialOptions
    from posecheck.video.reader import VideoOptions

    return TrialOptions(
        video=VideoOptions(mirror=mirror, rotate_deg=rotate_deg), person_at=person_at, model_path=model_path
    )


def info_of(recording: Recording) -> dict[str, Any]:
    """What `posecheck.storage.tables.Upload` keeps of a recording, but for what its pictures show."""
    from posecheck.trial.trial import plain_json
    from posecheck.trial.turned import turn_offers

    info, series = recording.info, recording.series
    values = {
        "duration_s": float(series.time_s[-1]),
        "width_px": info.width_px,
        "height_px": info.height_px,
        "rate_hz": series.rate_hz,
        "codec": info.codec,
        "people": recording.people,
        "warnings": list(recording.warnings),
        "turns": asdict(turn_offers(series)),
        "rotated_deg": series.source.rotated_deg,
    }
    return {key: plain_json(value) for key, value in values.items()}


def _proposal(recording: Recording, catalogue: Catalogue) -> dict[str, Any]:
    from posecheck.trial.proposal import propose_test
    from posecheck.trial.trial import plain_json

    proposal = propose_test(recording, catalogue.movements.values())
    return {**plain_json(asdict(proposal)), "sure": proposal.sure}
