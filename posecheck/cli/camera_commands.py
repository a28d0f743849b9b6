"""`posecheck cameras` and `record`."""

from __future__ import annotations

import json as json_format
import shlex
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from posecheck.cli import options as opt
from posecheck.cli.console import output_console, print_json
from posecheck.errors import RecordingError, StorageError
from posecheck.language import joined, phrase, translated
from posecheck.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.cli.filming import Filmed, TrialToFilm
    from posecheck.kinematics.joints import Side
    from posecheck.live import Framing
    from posecheck.movements import Movement

FRAMING_SUFFIX = ".framing.json"
"""Beside the recording of a pre-test: where the person stood, for the re-test."""
PHASE_TITLES = {"pre": phrase("pre-test"), "retest": phrase("re-test")}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "cameras",
        help=phrase("The cameras of this computer, by name and number."),
        epilog="Example: posecheck cameras",
    )(cameras)
    app.command(
        "record",
        help=phrase("Film a test with a webcam: guides you, begins and ends by itself."),
        epilog="Example: posecheck record --movement runners-lunge --side left --phase pre -o visit-1",
    )(record)


def cameras(json: opt.Json = False) -> None:
    """`posecheck cameras`."""
    from posecheck.video.camera_list import list_cameras

    found = list_cameras()
    if json:
        print_json([asdict(camera) for camera in found])
        return
    if not found:
        output_console().print(phrase("No camera was found. Plug one in; a video file can play as a camera too."))
        return
    table = Table(phrase("number"), phrase("name"), phrase("place"))
    for camera in found:
        table.add_row(str(camera.number), escape(camera.name), escape(camera.place))
    output_console().print(table)


def record(
    movement: opt.MovementName,
    phase: Annotated[
        Literal["pre", "retest"], typer.Option(help=phrase("Before the stretch, or after it."), show_default=False)
    ],
    side: Annotated[
        opt.SideChoice | None,
        typer.Option("--side", "-s", help=phrase("The tested leg, for tests done once per side."), show_default=False),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help=phrase("The folder, or the .mp4 file, to write."))
    ] = Path(),
    camera: Annotated[
        str, typer.Option("--camera", help=phrase("A camera's number or name, or a video file that plays as one."))
    ] = "0",
    repetitions: Annotated[int, typer.Option("--repetitions", min=1, max=20, help=phrase("How many are wanted."))] = 3,
    no_mirror: Annotated[
        bool,
        typer.Option(
            "--no-mirror", help=phrase("Show yourself as others see you. What is recorded is never mirrored.")
        ),
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=phrase("Replace an existing recording."))] = False,
    model: opt.ModelPath = None,
    quiet: opt.Quiet = False,
) -> None:
    """`posecheck record`."""
    from posecheck.cli.filming import TrialToFilm, film
    from posecheck.cli.live_window import LiveWindow, require_display
    from posecheck.kinematics.joints import Side
    from posecheck.movements import load_movement
    from posecheck.pose.estimator import MediaPipeEstimator
    from posecheck.pose.model_files import choose_model
    from posecheck.video.camera import open_camera
    from posecheck.video.recorder import Recorder

    test = load_movement(movement)
    opt.require_side(test, side)
    tested = Side(side) if side and test.sides else None
    path = recording_path(output, test, tested, phase)
    if path.exists() and not overwrite:
        raise StorageError(
            phrase("{path} exists already; choose another -o, or add --overwrite to replace it.", path=path)
        )
    require_display()
    bundle = choose_model(load_settings(), model)
    say = _printer(quiet=quiet)
    _tell_of_unfinished(path, say)
    trial = TrialToFilm(
        movement=test,
        side=tested,
        title=joined(
            [test.title, *([_side_words(tested)] if tested else []), PHASE_TITLES[phase]],
            " · ",
        ),
        repetitions=repetitions,
        before=_framing_of_pre_test(path, say) if phase == "retest" else None,
        mirror=not no_mirror,
    )
    with (
        open_camera(camera) as opened,
        MediaPipeEstimator(bundle) as estimator,
        LiveWindow(translated(trial.title)) as window,
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        filmed = _film_or_say_what_is_kept(
            partial(film, opened, estimator, Recorder(path), window, trial, say=say), path, say
        )
    _end(filmed, trial, path, phase, say)


def recording_path(output: Path, movement: Movement, side: Side | None, phase: str) -> Path:
    """The file that is written: ``output`` itself, or ``knee_to_chest_left_pre.mp4`` in that folder.

    `posecheck session --init` reads test, side and phase from such a name.
    """
    if output.suffix.lower() == ".mp4":
        return output
    words = [movement.name.replace("-", "_"), *([str(side)] if side else []), phase]
    return output / f"{'_'.join(words)}.mp4"


def _side_words(side: Side) -> str:
    from posecheck.kinematics.joints import Side

    return phrase("left side") if side is Side.LEFT else phrase("right side")


def _film_or_say_what_is_kept(film: Callable[[], Filmed], path: Path, say: Callable[[str], None]) -> Filmed:
    stamp = _changed_ns(path)
    try:
        return film()
    except KeyboardInterrupt:
        kept = phrase("What was recorded is kept: {path}", path=path)
        say(kept if _changed_ns(path) != stamp else phrase("Nothing was recorded."))
        raise


def _end(filmed: Filmed, trial: TrialToFilm, path: Path, phase: str, say: Callable[[str], None]) -> None:
    from posecheck.files import write_text_atomic

    if filmed.recorded is None and filmed.stopped:
        say(phrase("Nothing was recorded."))
        raise KeyboardInterrupt
    if filmed.recorded is None:
        raise RecordingError(
            phrase(
                "The camera's pictures ended before anybody stood still in the start position, so nothing was recorded. The "
                "last cue was: {words}",
                words=filmed.last_words,
            )
        )
    if phase == "pre" and filmed.framing is not None:
        write_text_atomic(path.with_suffix(FRAMING_SUFFIX), json_format.dumps(filmed.framing.to_dict()) + "\n")
    done = filmed.recorded
    say(
        phrase(
            "Recorded: {path} ({seconds:.0f} s, {done} of {wanted} repetitions).",
            path=path,
            seconds=done.duration_s,
            done=filmed.repetitions,
            wanted=trial.repetitions,
        )
    )
    if done.left_out:
        say(
            phrase(
                "{left_out} of {total} pictures came too fast for the disk and were left out.",
                left_out=done.left_out,
                total=done.frames + done.left_out,
            )
        )
    side = ["--side", str(trial.side)] if trial.side else []
    words = ["posecheck", "analyze", str(path), "--movement", trial.movement.name, *side]
    say(phrase("Analyse it: {command}", command=shlex.join([*words, "-o", str(path.with_suffix(""))])))


def _framing_of_pre_test(path: Path, say: Callable[[str], None]) -> Framing | None:
    """Where the person stood in the pre-test, from the file beside its recording; None without one."""
    from posecheck.live import Framing

    file = _framing_beside(path)
    if file is None:
        return None
    try:
        return Framing.from_dict(json_format.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        say(phrase("{file} cannot be read: the place of the pre-test is not shown.", file=file))
        return None


def _framing_beside(path: Path) -> Path | None:
    """The file of the one pre-test whose name is that of the re-test but for the word of the block."""
    from posecheck.file_names import without_phase

    name, phase = without_phase(path.stem)
    if phase != "retest":
        return None
    files = (file for file in sorted(path.parent.glob(f"*{FRAMING_SUFFIX}")) if not file.name.startswith("."))
    return next(
        (file for file in files if without_phase(file.name.removesuffix(FRAMING_SUFFIX)) == (name, "pre")), None
    )


def _tell_of_unfinished(path: Path, say: Callable[[str], None]) -> None:
    from posecheck.video.growing import unfinished_beside

    for left in unfinished_beside(path):
        say(phrase("{file} was not finished, but can be analysed as it is.", file=left))


def _printer(*, quiet: bool) -> Callable[[str], None]:
    if quiet:
        return lambda _words: None
    return lambda words: output_console().print(words, highlight=False, markup=False, soft_wrap=True)


def _changed_ns(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
