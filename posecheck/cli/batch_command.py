"""`posecheck batch`: thousands of videos into one data set, on this machine or on a cluster."""

from __future__ import annotations

import json as json_module
import logging
import math
import time
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck.cli import options as opt
from posecheck.cli.console import errors_console, output_console
from posecheck.errors import StorageError
from posecheck.language import counted, joined, phrase, translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posecheck.dataset.gather import Result
    from posecheck.dataset.run import Standing
    from posecheck.dataset.sources import Source
    from posecheck.dataset.workers import Workers
    from posecheck.movements import Movement

EXIT_SOME_FAILED = 8
LINE_EVERY_S = 10.0
"""Between two lines of progress where the output is no screen (chosen by us)."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "batch",
        help=phrase("Thousands of videos into one data set (Parquet); given again, it goes on where it stopped."),
        epilog="Example: posecheck batch videos/ -o result",
    )(batch)


def batch(
    source: Annotated[
        list[str] | None,
        typer.Argument(
            help=phrase(
                "Folders, patterns or files with videos: on this machine, or addresses such as s3://bucket/folder."
            ),
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", help=phrase("The folder or address of the data set; one that was begun is gone on with.")
        ),
    ] = "posecheck-dataset",
    movement: Annotated[
        str | None,
        typer.Option(
            "--movement", "-m", help=phrase("All videos show this test. Default: told from each."), show_default=False
        ),
    ] = None,
    side: Annotated[
        opt.SideChoice | None,
        typer.Option("--side", "-s", help=phrase("The tested leg of all videos."), show_default=False),
    ] = None,
    manifest: Annotated[
        str | None,
        typer.Option(
            help=phrase(
                "A CSV or Parquet table in place of folders: path, person, session, movement, side, phase, start, end."
            ),
            show_default=False,
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            help=phrase("Measure on the workers of this Dask scheduler: tcp://host:8786. Default: on this machine."),
            show_default=False,
        ),
    ] = None,
    jobs: opt.Jobs = None,
    stride: opt.Stride = None,
    patience: Annotated[
        float,
        typer.Option(
            min=0.1,
            help=phrase("Give up a video of which nothing more could be read for so many minutes."),
        ),
    ] = 10.0,
    folders: Annotated[
        bool,
        typer.Option("--folders", help=phrase("Also write a result folder for each video, without annotated video.")),
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help=phrase("Print one line of JSON as each video ends, for programs."))
    ] = False,
    quiet: opt.Quiet = False,
) -> None:
    """`posecheck batch`."""
    from posecheck.dataset.ledger import Settings
    from posecheck.dataset.run import run
    from posecheck.places import place

    movements = _movements(movement)
    sources = _sources(source or [], manifest, movements, movement, side)
    result = place(output)
    _refuse_own_folder(source or [], output)
    watch = _Lines() if json else _Bar(len(sources), quiet=quiet)
    workers = _workers(cluster, jobs, 60 * patience)
    with watch:
        try:
            ended = run(sources, result, Settings(stride=stride, folders=folders), workers, movements, watch)
        finally:
            workers.close()
    if not quiet and not json:
        _say_result(ended, result.shown)
    if ended.refused or ended.failed:
        raise typer.Exit(EXIT_SOME_FAILED)


def _movements(name: str | None) -> Mapping[str, Movement]:
    from posecheck.movements import builtin_movements, load_movement

    if name is None:
        return builtin_movements()
    movement = load_movement(name)
    return {movement.name: movement}


def _sources(
    addresses: list[str],
    manifest: str | None,
    movements: Mapping[str, Movement],
    movement: str | None,
    side: opt.SideChoice | None,
) -> list[Source]:
    from dataclasses import replace

    from posecheck.dataset.manifest import read_manifest
    from posecheck.dataset.sources import sources_at

    if bool(addresses) == (manifest is not None):
        raise typer.BadParameter(translated(phrase("give either videos or a table of them (--manifest).")))
    found = read_manifest(manifest, movements) if manifest is not None else sources_at(addresses, movements)
    if movement is not None:
        named = next(iter(movements.values()))
        found = [replace(item, movement=named.name, side=item.side if named.sides else "") for item in found]
    if side is not None:
        found = [replace(item, side=str(side)) for item in found]
    return list(dict.fromkeys(found))


def _refuse_own_folder(addresses: list[str], output: str) -> None:
    """The data set's own files would be looked through for videos by the next run."""
    from posecheck.places import place, same_place

    target = place(output)
    for address in addresses:
        if same_place(target, place(address)):
            words = phrase(
                "{output} lies within the folder of the videos, {address}. Choose another place.",
                output=output,
                address=address,
            )
            raise StorageError(words)


def _workers(cluster: str | None, jobs: int | None, patience_s: float) -> Workers:
    from posecheck.batch import default_workers
    from posecheck.dataset.workers import LocalWorkers

    if cluster is None:
        return LocalWorkers(jobs or default_workers(), patience_s)
    from posecheck.dataset.dask_workers import DaskWorkers

    workers = DaskWorkers(cluster, patience_s)
    for name in ("distributed", "distributed.client"):  # what Dask says of a scheduler that is gone is said in words
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return workers


class _Lines:
    """One line of JSON as each video ends."""

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def __call__(self, standing: Standing) -> None:
        """Print it."""
        line: dict[str, str | float | None] = {
            "done": standing.done,
            "total": standing.total,
            "failures": standing.failures,
            "per_minute": _plain(standing.per_minute),
            "left_s": _plain(standing.left_s),
        }
        if standing.source is not None and standing.ended is not None:
            line |= {
                "video": standing.source.address,
                "key": standing.source.key,
                "state": str(standing.ended.state),
                "reason": translated(standing.ended.reason),
                "seconds": _plain(standing.ended.seconds),
            }
        typer.echo(json_module.dumps(line, ensure_ascii=False))


def _plain(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None


class _Bar:
    """A bar with rate, time left and failures; lines now and then where there is no screen."""

    def __init__(self, total: int, *, quiet: bool) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

        self._quiet, self._said_s = quiet, -math.inf
        self._console = errors_console()
        self._bar = Progress(
            SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), console=self._console
        )
        self._task = self._bar.add_task("", total=total)
        self._on_screen = not quiet and self._console.is_terminal

    def __enter__(self) -> _Bar:
        if self._on_screen:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._on_screen:
            self._bar.stop()

    def __call__(self, standing: Standing) -> None:
        """Show it."""
        if self._quiet:
            return
        end, source = standing.ended, standing.source
        if end is not None and source is not None and end.reason:
            named = end.reason.startswith(source.name)
            self._say(end.reason if named else phrase("{name}: {reason}", name=source.name, reason=end.reason))
        if self._on_screen:
            self._bar.update(self._task, completed=standing.done, description=translated(_standing_words(standing)))
        elif time.monotonic() - self._said_s >= LINE_EVERY_S or standing.done == standing.total:
            self._said_s = time.monotonic()
            of = phrase("{done} of {total} videos", done=standing.done, total=standing.total)
            self._say(joined([of, _standing_words(standing)], "; "))

    def _say(self, words: str) -> None:
        self._console.print(translated(words), highlight=False, markup=False, soft_wrap=True)


def _standing_words(standing: Standing) -> str:
    """``12.5 a minute; about 3 min left; 2 without a result``."""
    parts: list[str] = []
    if math.isfinite(standing.per_minute):
        parts.append(phrase("{rate:.1f} a minute", rate=standing.per_minute))
    if math.isfinite(standing.left_s) and standing.done < standing.total:
        parts.append(_left_words(standing.left_s))
    if standing.failures:
        parts.append(phrase("{count} without a result", count=standing.failures))
    return joined(parts, "; ")


def _left_words(left_s: float) -> str:
    if left_s < 60:
        return phrase("less than a minute left")
    if left_s < 2 * 3600:
        return phrase("about {minutes:.0f} min left", minutes=left_s / 60)
    return phrase("about {hours:.0f} h left", hours=left_s / 3600)


def _say_result(ended: Result, address: str) -> None:
    parts: list[str] = [counted("{count} video measured", "{count} videos measured", count=ended.measured)]
    if ended.refused:
        parts.append(phrase("{count} cannot be measured", count=ended.refused))
    if ended.failed:
        parts.append(phrase("{count} failed and can be tried again by the same command", count=ended.failed))
    found = joined([joined(parts, "; "), ". "], "")
    where = phrase("Tables, with every reason in failures.csv: {address}", address=address)
    output_console().print(translated(joined([found, where], "")), highlight=False, markup=False, soft_wrap=True)
