"""posecheck for Python: a video in, data frames out. ``import posecheck`` offers these functions under its own name.

The work is done by the same stages as that of the command and the web app. What takes long to load is imported by the
functions that need it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from posecheck.errors import MovementError, RecordingError
from posecheck.kinematics.joints import Plane, Side
from posecheck.language import phrase
from posecheck.measured import Comparison, MeasuredAngles, MeasuredTrial
from posecheck.movements import Movement
from posecheck.movements import load_movement as find_movement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.output.folders.trial_folder import StoredTrial
    from posecheck.pose.estimator import PoseEstimator
    from posecheck.progress import Progress
    from posecheck.trial.keys import MeasureKey
    from posecheck.trial.result import TrialOptions, TrialResult
    from posecheck.trial.trial import Felt

ViewName = Literal["auto", "side", "front"]
SideLike: TypeAlias = "Side | Literal['left', 'right']"
MovementLike: TypeAlias = "Movement | str | Path"
TrialLike: TypeAlias = "MeasuredTrial | str | Path"


def angles(
    video: str | Path,
    *,
    view: ViewName = "auto",
    source: str | None = None,
    start_s: float | None = None,
    end_s: float | None = None,
    mirror: bool = False,
    rotate_deg: Literal[0, 90, 180, 270] | None = None,
    stride: int | None = None,
    person_at: tuple[float, float] | None = None,
    model: str | Path | None = None,
    estimator: PoseEstimator | None = None,
    progress: Progress | None = None,
) -> MeasuredAngles:
    """All joint angles of any video over time; no test needed.

    Parameters
    ----------
    video : str or Path
        In any format that FFmpeg reads.
    view : {"auto", "side", "front"}
        How the person was filmed. Default: told from the body points.
    source : str, optional
        Where angles come from: ``image``, the plane of the picture; ``skeleton``, joints in space, which show every angle in
        any view, with an error for each value; or ``world``, the model's own 3D points, which do so too, but compress the
        range. Default: ``image``.
    start_s, end_s : float, optional
        Part of the video to use. Default: all of it.
    mirror : bool
        The file is a mirror image: swap the sides back. Default: no.
    rotate_deg : {0, 90, 180, 270}, optional
        The picture lies on its side or upside down: turn it clockwise by this much. 0 says that it is right as it is.
        Default: not told, so a picture that seems to be turned is refused.
    stride : int, optional
        Use every n-th picture, and read each of them; 1 reads every picture. Default: as many as give at most 60 a second,
        of which 12 to 20 are read where the person moves slowly (``recording.series.filled_in`` says which were not).
    person_at : (x, y), optional
        The person to follow when several people are in the picture, as fractions of its width and height.
    model : str or Path, optional
        Another pose model bundle. Default: the one that comes with posecheck.
    estimator : PoseEstimator, optional
        What finds the body points, in place of MediaPipe and its ``model``; it stays open, for one video after another.
    progress : callable, optional
        Told pictures done and in all (None where that is not known).

    Raises
    ------
    PosecheckError
        The video or the model cannot be read, nobody is in the picture, the picture lies on its side or upside down, or a
        word is unknown; the message says what to do.
    """
    from posecheck.kinematics.sources import DEFAULT_SOURCE
    from posecheck.pipeline import measure_angles, read_recording
    from posecheck.trial.turned import require_upright_video

    plane = _plane(view)
    options = _options(start_s, end_s, mirror, rotate_deg, stride, person_at, model)
    recording = read_recording(Path(video), options, estimator=estimator, progress=progress)
    require_upright_video(recording)
    return MeasuredAngles(
        measure_angles(recording, plane=plane, source=source or DEFAULT_SOURCE, chosen=person_at is not None)
    )


def analyze(
    video: str | Path,
    movement: MovementLike,
    side: SideLike | None = None,
    *,
    start_s: float | None = None,
    end_s: float | None = None,
    mirror: bool = False,
    rotate_deg: Literal[0, 90, 180, 270] | None = None,
    stride: int | None = None,
    person_at: tuple[float, float] | None = None,
    model: str | Path | None = None,
    person: str = "",
    felt: Felt | None = None,
    estimator: PoseEstimator | None = None,
    progress: Progress | None = None,
) -> MeasuredTrial:
    """Measure one recording of one test: angles, repetitions, end range.

    Parameters
    ----------
    video : str or Path
    movement : Movement, str or Path
        A test: its name, a ``.toml`` file of one's own, or a `Movement`.
    side : Side, "left" or "right", optional
        The tested leg; left out for a test that is not done once per side.
    start_s, end_s, mirror, rotate_deg, stride, person_at, model, estimator, progress
        As in `angles`.
    person : str
        Name or code of the person: trials of different people are not compared. Default: not told.
    felt : Felt, optional
        Stiffness and discomfort, 0 to 10, and a note.

    Raises
    ------
    PosecheckError
        The video or the model cannot be read, or the test cannot be measured from it; the message says what to do.
    """
    from posecheck.pipeline import analyze_video

    options = _options(start_s, end_s, mirror, rotate_deg, stride, person_at, model, person=person, felt=felt)
    test = movement if isinstance(movement, Movement) else find_movement(movement)
    result = analyze_video(Path(video), test, _side(side), options, estimator=estimator, progress=progress)
    return MeasuredTrial(_stored(result), result)


def compare(
    pre: TrialLike | Sequence[TrialLike],
    retest: TrialLike | Sequence[TrialLike],
    *,
    baseline: TrialLike | Sequence[TrialLike] = (),
    primary: MeasureKey | None = None,
    earlier: Sequence[str | Path] = (),
    limit_deg: float = 5.0,
) -> Comparison:
    """Compare a pre-test with a re-test, and the left side with the right within each.

    Parameters
    ----------
    pre, retest : MeasuredTrial, str, Path, or a sequence of these
        What `analyze` or `load_trial` gave, or folders of trials. Several of the same test and side in a block are its
        takes, in the order of filming: all of them count.
    baseline : as ``pre``, optional
        A second block before the stretch, if there was one.
    primary : MeasureKey, optional
        The one outcome named before the re-test; the others are then corrected by Holm's method. Default: none was named.
    earlier : sequence of str or Path, optional
        Result folders of earlier sessions of the same person: their repeats count for the error.
    limit_deg : float
        A change that surely is smaller than this either way is called so. Default: what stretching gains at least.

    Raises
    ------
    ComparisonError
        Nothing in common, one recording given twice, or different versions or people.
    StorageError
        A folder cannot be read.
    """
    from posecheck.compared import comparison_data, repeats_in

    blocks = (_block(pre), _block(baseline), _block(retest))
    now = [stored for block in blocks for stored in block]
    repeats = repeats_in([Path(folder) for folder in earlier], but_not=now)
    return Comparison(comparison_data(*blocks, primary=primary, earlier=repeats, limit_deg=limit_deg))


def load_trial(folder: str | Path) -> MeasuredTrial:
    """Read a trial's folder, as ``posecheck analyze``, a session or `MeasuredTrial.save` made it.

    Raises
    ------
    StorageError
        No such folder, or it is not a trial's; a file is missing or damaged.
    """
    from posecheck.output.folders.trial_folder import load_trial_folder

    return MeasuredTrial(load_trial_folder(folder))


def _options(
    start_s: float | None,
    end_s: float | None,
    mirror: bool,
    rotate_deg: int | None,
    stride: int | None,
    person_at: tuple[float, float] | None,
    model: str | Path | None,
    *,
    person: str = "",
    felt: Felt | None = None,
) -> TrialOptions:
    from posecheck.trial.result import TrialOptions
    from posecheck.trial.trial import Felt
    from posecheck.video.reader import VideoOptions

    return TrialOptions(
        video=VideoOptions(start_s=start_s, end_s=end_s, mirror=mirror, rotate_deg=rotate_deg, stride=stride),
        model_path=Path(model) if model else None,
        person_at=person_at,
        person=person,
        felt=felt or Felt(),
    )


def _plane(view: ViewName) -> Plane | None:
    planes = {"auto": None, "side": Plane.SAGITTAL, "front": Plane.FRONTAL}
    if view not in planes:
        raise RecordingError(phrase("unknown view '{view}'; known: {words}.", view=view, words=", ".join(planes)))
    return planes[view]


def _side(side: SideLike | None) -> Side | None:
    if side is None or isinstance(side, Side):
        return side
    if side not in tuple(Side):
        raise MovementError(phrase("side '{side}': say 'left' or 'right', the person's own.", side=side))
    return Side(side)


def _block(trials: TrialLike | Sequence[TrialLike]) -> list[StoredTrial]:
    """Trials of one block, each as it would be read from its folder."""
    many = (trials,) if isinstance(trials, MeasuredTrial | str | Path) else trials
    return [(trial if isinstance(trial, MeasuredTrial) else load_trial(trial)).stored for trial in many]


def _stored(result: TrialResult) -> StoredTrial:
    from posecheck.output.body.fitted import fitted_joints
    from posecheck.output.folders.trial_folder import StoredTrial

    table, joints = result.table, fitted_joints(result)
    return StoredTrial(result.recording.info.path, result.trial, table.values, table.states, None, joints)
