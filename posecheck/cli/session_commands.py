"""`posecheck demo` and `session`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from posecheck.cli import options as opt
from posecheck.cli.console import JobBars, output_console, print_changes, print_json, print_sides, said
from posecheck.errors import SessionFileError
from posecheck.language import counted, phrase
from posecheck.settings import load_settings

if TYPE_CHECKING:
    from posecheck.batch import Done
    from posecheck.output.export.formats import OutputFormat
    from posecheck.session import SessionFile
    from posecheck.workflow import SessionResult

EXIT_SOME_REFUSED = 8
REFUSED = phrase("refused:")
SESSION_FILE = "session.toml"
DEMO_FOLDER = Path("posecheck-demo")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "demo",
        help=phrase("Run a whole session on the sample videos: pre-test and re-test of all five tests."),
        epilog="Example: posecheck demo",
    )(demo)
    app.command(
        "session",
        help=phrase("A person's whole visit: every video of a folder, compared, with one report."),
        epilog="Example: posecheck session visit-1 --init; posecheck session visit-1 -o visit-1-result",
    )(session)


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help=phrase("The folder to make."))] = DEMO_FOLDER,
    jobs: opt.Jobs = None,
    no_video: opt.NoVideo = False,
    overwrite: opt.Overwrite = False,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """`posecheck demo`."""
    samples = load_settings().samples_dir
    _run(samples, output, jobs=jobs, no_video=no_video, overwrite=overwrite, json=json, quiet=quiet)


def session(
    folder: Annotated[
        Path, typer.Argument(help=phrase("The folder of videos with its session.toml."), show_default=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=phrase("The folder to make. Default: FOLDER-result."), show_default=False),
    ] = None,
    init: Annotated[
        bool,
        typer.Option("--init", help=phrase("Write a first session.toml from the file names, to be checked, and stop.")),
    ] = False,
    jobs: opt.Jobs = None,
    model: opt.ModelPath = None,
    formats: opt.Formats = None,
    no_video: opt.NoVideo = False,
    overwrite: opt.Overwrite = False,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """`posecheck session`."""
    if init:
        _write_draft(folder, overwrite)
        return
    target = output or folder.absolute().with_name(f"{folder.absolute().name}-result")
    _run(
        folder,
        target,
        jobs=jobs,
        model=model,
        formats=opt.output_formats(formats),
        no_video=no_video,
        overwrite=overwrite,
        json=json,
        quiet=quiet,
    )


def _write_draft(folder: Path, overwrite: bool) -> None:
    from posecheck.files import write_text_atomic
    from posecheck.session_draft import draft_session

    path = folder / SESSION_FILE
    if path.exists() and not overwrite:
        raise SessionFileError(phrase("{path} exists already; add --overwrite to write it anew.", path=path))
    draft = draft_session(folder)
    write_text_atomic(path, draft.text)
    for words in (
        phrase(
            "{path} written from the file names. Check it, fill in what is empty, then: posecheck session {folder}",
            path=path,
            folder=folder,
        ),
        *draft.left_out,
    ):
        output_console().print(words, highlight=False, markup=False, soft_wrap=True)


def _run(
    folder: Path,
    output: Path,
    *,
    jobs: int | None,
    no_video: bool,
    overwrite: bool,
    json: bool,
    quiet: bool,
    model: Path | None = None,
    formats: tuple[OutputFormat, ...] = (),
) -> None:
    from posecheck.files import check_replaceable
    from posecheck.output.options import OutputOptions
    from posecheck.session import read_session
    from posecheck.workflow import run_session

    planned = read_session(folder)
    check_replaceable(output, overwrite=overwrite)
    counting = planned.counting
    with JobBars(len(counting), quiet=quiet or json) as bars:

        def on_done(job: int, done: Done[str]) -> None:
            bars.finish(job)
            if done.reason:
                bars.say(f"[yellow]{said(REFUSED)}[/] {escape(counting[job].file.name)}")

        def on_result(result: SessionResult) -> None:
            if not (json or quiet):
                _show(result)
            bars.start_pass(phrase("Drawing videos"))

        result = run_session(
            planned,
            folder,
            output,
            model_path=model,
            output=OutputOptions(annotated=not no_video, formats=formats),
            workers=jobs,
            overwrite=overwrite,
            progress=bars.progress,
            on_done=on_done,
            on_result=on_result,
        )
    _end(result, planned, json=json, quiet=quiet)


def _show(result: SessionResult) -> None:
    print_changes(result.changes, cautions=result.cautions)
    print_sides(result.sides, cautions=() if result.changes else result.cautions)


def _end(result: SessionResult, planned: SessionFile, *, json: bool, quiet: bool) -> None:
    from posecheck.output.export.csv_export import changes_rows, sides_rows

    if json:
        print_json(
            {
                "folder": str(result.folder),
                "report": str(result.report),
                "changes": changes_rows(result.changes),
                "sides": sides_rows(result.sides),
                "refused": [{"file": item.file, "reason": item.reason} for item in result.refused],
                "left_out": [{"file": item.file, "reason": item.reason} for item in result.left_out],
            }
        )
    elif not quiet:
        console = output_console()
        for item in result.refused:
            words = phrase("Refused {file}: {reason}", file=item.file, reason=item.reason)
            console.print(words, highlight=False, markup=False, soft_wrap=True)
        for take in result.left_out:
            words = phrase("Left out {file}: {reason}", file=take.file, reason=take.reason)
            console.print(words, highlight=False, markup=False, soft_wrap=True)
        count = len(planned.counting) - len(result.refused)
        console.print(
            counted(
                "{count} recording analysed. Report: {path}",
                "{count} recordings analysed. Report: {path}",
                count=count,
                path=result.report,
            ),
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    if result.refused:
        raise typer.Exit(EXIT_SOME_REFUSED)
