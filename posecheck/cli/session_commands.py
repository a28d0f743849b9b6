"""`posecheck demo` and `session`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from posecheck.cli import options as opt
from posecheck.cli.console import JobBars, output_console, print_changes, print_json, print_sides
from posecheck.errors import SessionFileError
from posecheck.settings import load_settings

if TYPE_CHECKING:
    from posecheck.batch import Done
    from posecheck.output.export.formats import OutputFormat
    from posecheck.session import SessionFile
    from posecheck.workflow import SessionResult

EXIT_SOME_REFUSED = 8
SESSION_FILE = "session.toml"
DEMO_FOLDER = Path("posecheck-demo")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("demo", epilog="Example: posecheck demo")(demo)
    app.command(
        "session", epilog="Example: posecheck session visit-1 --init; posecheck session visit-1 -o visit-1-result"
    )(session)


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to make.")] = DEMO_FOLDER,
    jobs: opt.Jobs = None,
    no_video: opt.NoVideo = False,
    overwrite: opt.Overwrite = False,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Run a whole session on the sample videos: pre-test and re-test of all five tests."""
    samples = load_settings().samples_dir
    _run(samples, output, jobs=jobs, no_video=no_video, overwrite=overwrite, json=json, quiet=quiet)


def session(
    folder: Annotated[Path, typer.Argument(help=f"The folder of videos with its {SESSION_FILE}.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The folder to make. Default: FOLDER-result.", show_default=False),
    ] = None,
    init: Annotated[
        bool, typer.Option("--init", help=f"Write a first {SESSION_FILE} from the file names, to be checked, and stop.")
    ] = False,
    jobs: opt.Jobs = None,
    model: opt.ModelPath = None,
    formats: opt.Formats = None,
    no_video: opt.NoVideo = False,
    overwrite: opt.Overwrite = False,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """A person's whole visit: every video of a folder, compared, with one report."""
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
        raise SessionFileError(f"{path} exists already; add --overwrite to write it anew.")
    draft = draft_session(folder)
    write_text_atomic(path, draft.text)
    for words in (
        f"{path} written from the file names. Check it, fill in what is empty, then: posecheck session {folder}",
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
                bars.say(f"[yellow]refused:[/] {escape(counting[job].file.name)}")

        def on_result(result: SessionResult) -> None:
            if not (json or quiet):
                _show(result)
            bars.start_pass("Drawing videos")

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
            console.print(f"Refused {item.file}: {item.reason}", highlight=False, markup=False, soft_wrap=True)
        for take in result.left_out:
            console.print(f"Left out {take.file}: {take.reason}", highlight=False, markup=False, soft_wrap=True)
        count = len(planned.counting) - len(result.refused)
        console.print(
            f"{count} recording{'' if count == 1 else 's'} analysed. Report: {result.report}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    if result.refused:
        raise typer.Exit(EXIT_SOME_REFUSED)
