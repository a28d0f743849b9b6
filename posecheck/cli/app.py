"""The command's entry point: all sub-commands, and every error in words with its exit code."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

import posecheck
from posecheck.cli import (
    batch_command,
    camera_commands,
    inspect_commands,
    measure_commands,
    people_command,
    plan_command,
    serve_command,
    session_commands,
)
from posecheck.cli.advice import ADVICE
from posecheck.cli.console import errors_console, said
from posecheck.cli.language_option import Language, language_apart, set_language_asked
from posecheck.cli.said_help import said_command
from posecheck.errors import (
    CameraError,
    ClusterError,
    ComparisonError,
    DisplayError,
    ModelFileError,
    MovementError,
    PosecheckError,
    RecordingError,
    SessionFileError,
    StorageError,
    VideoError,
)
from posecheck.language import phrase

if TYPE_CHECKING:
    from types import FrameType

EXIT_CODES: tuple[tuple[type[PosecheckError], int, str], ...] = (
    (VideoError, 3, "the video cannot be read"),
    (CameraError, 3, "the camera cannot be opened"),
    (DisplayError, 3, "there is no screen to open a window on"),
    (MovementError, 3, "the movement is unknown, or its file is wrong"),
    (SessionFileError, 3, "the session file is wrong"),
    (RecordingError, 4, "the test cannot be measured from this recording"),
    (StorageError, 5, "a result cannot be written or read"),
    (ModelFileError, 6, "the pose model is missing or altered"),
    (ComparisonError, 7, "the results cannot be compared"),
    (ClusterError, 9, "the cluster cannot be used"),
)
"""Exit code of each kind of error. 0: done. 1: unexpected. 2: wrong command line. 8: some recordings of a session were
refused, the rest is done. 130: stopped with Ctrl-C."""
EXIT_UNEXPECTED, EXIT_STOPPED = 1, 130
STOPPED_WORDS = phrase("Stopped. Nothing half-written was left behind.")
MANY_VALUES = ("--pre", "--retest", "--baseline")

app = typer.Typer(
    name="posecheck",
    help=phrase("Joint angles from video: five hip-mobility tests, left against right, pre-test against re-test."),
    epilog=phrase("Try it: posecheck demo. How to film each test: posecheck movements show toe-touch."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.add_typer(inspect_commands.movements_app, name="movements")
for _register in (
    session_commands.register,
    batch_command.register,
    serve_command.register,
    measure_commands.register,
    people_command.register,
    plan_command.register,
    camera_commands.register,
    inspect_commands.register,
):
    _register(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"posecheck {posecheck.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=phrase("Print the version and stop."))
    ] = False,
    language: Language = None,
) -> None:
    """Joint angles from video: five hip-mobility tests, left against right, pre-test against re-test."""


def main() -> None:
    """Run the command; ends the process with the documented exit code."""
    signal.signal(signal.SIGTERM, _stop)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # Windows' old code pages know neither degree nor minus signs
            stream.reconfigure(encoding="utf-8", errors="replace")
    option, words = language_apart(sys.argv[1:])
    set_language_asked(option, os.environ)
    try:
        said_command(app)(args=[*option, *_repeat_options(words)], prog_name="posecheck")
    except PosecheckError as error:
        _fail(error.said(ADVICE), exit_code(error))
    except KeyboardInterrupt:
        _fail(STOPPED_WORDS, EXIT_STOPPED)
    except SystemExit as end:  # typer's own answer to Ctrl-C says nothing
        if end.code != EXIT_STOPPED:
            raise
        _fail(STOPPED_WORDS, EXIT_STOPPED)


def _repeat_options(words: list[str]) -> list[str]:
    """``compare --pre A B`` as ``--pre A --pre B``: click takes one value per option."""
    if words[:1] != ["compare"]:
        return words
    repeated, option = [words[0]], ""
    for word in words[1:]:
        if word.startswith("-"):
            option = word if word in MANY_VALUES else ""
        elif option and repeated[-1] != option:
            repeated.append(option)
        repeated.append(word)
    return repeated


def exit_code(error: PosecheckError) -> int:
    """The documented exit code of an error."""
    return next((code for kind, code, _ in EXIT_CODES if isinstance(error, kind)), EXIT_UNEXPECTED)


def _fail(words: str, code: int) -> None:
    if "--json" in sys.argv:
        document: dict[str, Any] = {"error": words, "exit_code": code}
        typer.echo(json.dumps(document, ensure_ascii=False))
    errors_console().print(f"[bold red]posecheck:[/] {said(words)}", highlight=False, soft_wrap=True)
    sys.exit(code)


def _stop(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends the command as Ctrl-C does, so that partial results are removed."""
    raise KeyboardInterrupt
