"""`posecheck people`: who is in a video, and what to type for each; shown by itself where a person has to be chosen."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck.cli import options as opt
from posecheck.cli.console import errors_console, output_console, print_json
from posecheck.errors import WHICH_PERSON, PosecheckError, StorageError
from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from posecheck.output.draw.people_picture import PeoplePicture
    from posecheck.video.reader import VideoOptions


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "people",
        help=phrase("Who is in a video: number, place, and the --person-at that chooses each, for analyze and angles."),
        epilog="Example: posecheck people clinic.mp4 -o clinic-people.jpg",
    )(people)


def people(
    video: opt.Video,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help=phrase("Also write the picture, with a numbered box around each (.jpg)."),
            show_default=False,
        ),
    ] = None,
    at: Annotated[
        float | None,
        typer.Option(
            min=0,
            help=phrase("Look at this second. Default: the picture with most people of the first ones."),
            show_default=False,
        ),
    ] = None,
    mirror: opt.Mirror = False,
    rotate: opt.Rotate = None,
    model: opt.ModelPath = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=phrase("Replace an existing file."))] = False,
    json: opt.Json = False,
) -> None:
    """`posecheck people`."""
    from posecheck.output.draw.people_picture import write_people_picture

    if output is not None and output.exists() and not overwrite:
        raise StorageError(
            phrase("{path} exists already. Add --overwrite to replace it, or choose another -o.", path=output)
        )
    picture = _look(video, opt.video_options(None, None, mirror, rotate, None), model, at)
    if output is not None:
        write_people_picture(picture, output)
    if json:
        print_json(_document(picture, output))
        return
    _print_people(output_console(), picture, output)


@contextmanager
def people_shown_on_doubt(
    video: Path, options: VideoOptions, picture_file: Path, *, model: Path | None, quiet: bool
) -> Iterator[None]:
    """Where a person has to be chosen, show who is there before the error ends the command.

    Parameters
    ----------
    video : Path
    options : VideoOptions
        As it was read.
    picture_file : Path
        Gets the picture; written by an earlier refusal, it is replaced.
    model : Path or None
    quiet : bool
        Show nothing, write nothing.
    """
    from posecheck.output.draw.people_picture import write_people_picture

    try:
        yield
    except PosecheckError as error:
        if error.advice is None or error.advice.code != WHICH_PERSON.code or quiet:
            raise
        picture = _look(video, options, model, None)
        write_people_picture(picture, picture_file)
        _print_people(errors_console(), picture, picture_file)
        raise


def _look(video: Path, options: VideoOptions, model: Path | None, time_s: float | None) -> PeoplePicture:
    from posecheck.output.draw.footage import Footage
    from posecheck.output.draw.people_picture import look_for_people
    from posecheck.pose.estimator import MediaPipeEstimator
    from posecheck.pose.model_files import choose_model
    from posecheck.settings import load_settings

    with MediaPipeEstimator(choose_model(load_settings(), model)) as estimator:
        return look_for_people(Footage(video, options), estimator, time_s)


def _print_people(console: Console, picture: PeoplePicture, picture_file: Path | None) -> None:
    from rich.table import Table

    from posecheck.output.draw.people_picture import people_table

    table = Table(
        phrase("person"),
        phrase("where"),
        phrase("seen"),
        title=phrase("At {time:.1f} s", time=picture.time_s),
        title_justify="left",
    )
    table.add_column(phrase("to choose them"), no_wrap=True)
    for number, place, seen, text in people_table(picture.people):
        table.add_row(number, place, seen, f"--person-at {text}")
    console.print(table)
    if picture_file is not None:
        console.print(phrase("Who is who: {path}", path=picture_file), highlight=False, markup=False, soft_wrap=True)


def _document(picture: PeoplePicture, picture_file: Path | None) -> dict[str, object]:
    return {
        "time_s": picture.time_s,
        "picture": str(picture_file) if picture_file else None,
        "people": [
            {"person_at": list(person.box.centre), "whole": not person.missing, "missing": list(person.missing)}
            for person in picture.people
        ],
    }
