"""What commands print, in the reader's language: progress with time left on the error stream, results on the output."""

from __future__ import annotations

import json
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from posecheck.language import counted, filled, joined, phrase, phrase_in, translated
from posecheck.language import number as written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.text import Text

    from posecheck.comparison.changes import Change
    from posecheck.comparison.sides import SideDifference
    from posecheck.progress import Progress as FrameProgress
    from posecheck.trial.trial import Trial

PRE_TO_RETEST = phrase("Pre-test to re-test")
FILE_WIDTH = 120
NARROW = 110
"""Below this width the verdict needs the room of the likely range: the change, less and more the smallest detectable one."""
NARROW_OUTCOME = 9
"""Letters of the longest word of an outcome, in every language: none is cut."""

_MARKS = {
    "larger than measurement error": ("bold green", phrase("probably larger")),
    "less than the limit either way": ("", phrase("less than {limit:g}°")),
    "not distinguishable from measurement error": ("", phrase("cannot be told")),
    "not comparable": ("yellow", phrase("not comparable")),
}
"""How each verdict is printed: its style, and in a word or two."""
_OUTCOMES = {
    "hip_flexion": phrase("hip flexion"),
    "hip_extension": phrase("hip extension"),
    "hip_abduction": phrase("hip abduction"),
    "hip_adduction": phrase("hip adduction"),
    "resting_hip_flexion": phrase("resting hip flexion"),
    "held_hip_flexion": phrase("held hip flexion"),
    "knee_flexion": phrase("knee flexion"),
    "front_knee_flexion": phrase("front knee flexion"),
    "rear_knee_flexion": phrase("rear knee flexion"),
    "trunk_flexion": phrase("trunk flexion"),
    "trunk_lateral_flexion": phrase("trunk lateral flexion"),
    "fingertip_to_floor": phrase("fingertip to floor"),
}
"""The outcomes of the tests that posecheck brings, shorter than their titles: tables are narrow."""
_PHASES = {
    "pre": phrase_in("a block", "pre"),
    "baseline": phrase_in("a block", "baseline"),
    "retest": phrase_in("a block", "retest"),
}
_COLOURS = {"warn": "yellow", "reject": "red"}


class SayingConsole(Console):
    """A terminal that says phrases in the reader's language, wherever they stand: in lines, titles and cells."""

    def render_str(self, text: str, **how: Any) -> Text:
        """As rich does, of the translated text."""
        return super().render_str(translated(text), **how)


def output_console() -> Console:
    """Where results go; a file or a pipe gets whole table rows."""
    console = SayingConsole(emoji=False)
    return console if console.is_terminal else SayingConsole(width=FILE_WIDTH, emoji=False)


def errors_console() -> Console:
    """Where progress and errors go."""
    return SayingConsole(stderr=True, emoji=False)


def said(words: str) -> str:
    """Words in the reader's language, to be put between rich's marks: nothing of them is taken for one."""
    return escape(translated(words))


def outcome_words(name: str) -> str:
    """An outcome in a cell of a table."""
    return _OUTCOMES.get(name) or name.replace("_", " ")


def print_json(document: Any) -> None:
    """One JSON document on the output, missing numbers as null."""
    from posecheck.trial.trial import plain_json

    typer.echo(json.dumps(plain_json(document), indent=1, ensure_ascii=False, allow_nan=False))


@contextmanager
def frame_progress(words: str, *, quiet: bool) -> Iterator[FrameProgress | None]:
    """A bar over the frames of one video; None when quiet."""
    if quiet:
        yield None
        return
    with _bars() as bars:
        task = bars.add_task(said(words), total=None)

        def update(done: int, total: int | None) -> None:
            bars.update(task, completed=done, total=max(done, total) if total else None)

        yield update


def _bars() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=errors_console(),
        transient=True,
    )


class JobBars:
    """One bar over all videos of a session, weighted by how far each has come."""

    def __init__(self, count: int, *, quiet: bool) -> None:
        self._bars = None if quiet else _bars()
        self._count, self._shares = count, [0.0] * count
        self._task = None if self._bars is None else self._bars.add_task(said(phrase("Analysing")), total=count)

    def __enter__(self) -> JobBars:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    def start_pass(self, words: str) -> None:
        """Begin again from nothing, for the next pass over the videos."""
        self._shares = [0.0] * self._count
        if self._bars is not None and self._task is not None:
            self._bars.reset(self._task, total=self._count, description=said(words))

    def progress(self, job: int, done: int, total: int | None) -> None:
        """Take in how far one video has come."""
        if total:
            self._set(job, min(1.0, done / total))

    def finish(self, job: int) -> None:
        """One video has ended."""
        self._set(job, 1.0)

    def say(self, words: str) -> None:
        """Print a line above the bar."""
        if self._bars is not None:
            self._bars.console.print(words, highlight=False, soft_wrap=True)

    def _set(self, job: int, share: float) -> None:
        if job < self._count:
            self._shares[job] = max(self._shares[job], share)
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, completed=sum(self._shares))


def number(value: float, pattern: str = "{:z.1f}") -> str:
    """A number for people; a dash where it is missing."""
    return written(value, pattern.removeprefix("{:").removesuffix("}")) if math.isfinite(value) else "-"


def print_trial(trial: Trial) -> None:
    """One trial: outcomes, compensations, gates and notes."""
    from posecheck.comparison.rounding import MISSING, told
    from posecheck.output.report.give_or_take import any_error, error_text, spread_text

    console = output_console()
    table = Table(phrase("outcome"), title=said(trial.label), title_justify="left")
    known = any_error([trial])
    table.add_column(phrase("leg"))
    for column in (
        phrase("end range"),
        *((phrase("give or take"),) if known else ()),
        phrase("spread"),
        phrase("repetitions"),
    ):
        table.add_column(column, justify="right")
    for item in trial.outcomes:
        table.add_row(
            said(item.title),
            item.side.words if item.side else "-",
            told(item.mean, item.unit),
            *((error_text(item) or MISSING,) if known else ()),
            spread_text(item),
            str(item.repetitions),
        )
    console.print(table)
    for words in _remarks(trial):
        console.print(words, highlight=False, soft_wrap=True)


def _remarks(trial: Trial) -> Iterator[str]:
    from posecheck.comparison.rounding import told
    from posecheck.output.report.words import event_sentences

    for gate in trial.gates:
        if gate.status in _COLOURS:
            yield _remark(_COLOURS[gate.status], gate.title, gate.words)
    for item in trial.compensations:
        if item.flagged:
            yield _remark("yellow", item.title, joined([item.words, phrase("({value})", value=told(item.mean_deg))]))
    for words in (*event_sentences(trial.events), *trial.notes):
        yield said(words)
    if trial.caution:
        yield f"[dim]{said(trial.caution)}[/]"


def _remark(style: str, title: str, words: str) -> str:
    return translated(phrase("{title}: {words}", title=f"[{style}]{said(title)}[/]", words=said(words)))


def print_changes(changes: Sequence[Change], *, title: str = PRE_TO_RETEST, cautions: Sequence[str] = ()) -> None:
    """The change table: primary outcomes with error and verdict; how many secondary ones there are; cautions below."""
    from posecheck.comparison.rounding import rounded
    from posecheck.output.report.rows import interval
    from posecheck.output.report.words import many_measures_words

    if not changes:
        return
    console = output_console()
    wide = console.width >= NARROW
    likely = [phrase_in("a range", "likely")] if wide else []
    columns = (phrase("before"), phrase("re-test"), phrase("change"), *likely, phrase("smallest detectable"))
    table = _result_table(title, wide, phrase("leg"), *columns)
    primary = [change for change in changes if change.role == "primary"]
    for change in primary:
        d = change.difference
        table.add_row(
            escape(change.movement),
            said(outcome_words(change.outcome)),
            change.side.words if change.sided else "-",
            rounded(change.pre.mean_deg),
            rounded(change.retest.mean_deg),
            rounded(d.difference_deg, sign=True),
            *(interval(d) for _ in likely),
            rounded(d.mdc95_deg),
            _mark(change),
        )
    console.print(table)
    larger = [change.sentence for change in primary if change.headline]
    for sentence in larger or [phrase("No primary outcome stands out from measurement error.")]:
        console.print(sentence, highlight=False, markup=False, soft_wrap=True)
    if words := many_measures_words(changes):
        console.print(words, highlight=False, markup=False, soft_wrap=True)
    if len(changes) > len(primary):
        console.print(secondary_words(len(changes) - len(primary)), style="dim", highlight=False)
    _print_cautions(console, cautions)


def secondary_words(count: int) -> str:
    """Where the secondary outcomes are, which the table leaves out."""
    return counted(
        "Degrees. {count} secondary outcome is in changes.csv and in the report.",
        "Degrees. {count} secondary outcomes are in changes.csv and in the report.",
        count=count,
    )


def _mark(change: Change) -> str:
    """The verdict in a cell; a main outcome that stands out by itself alone is not coloured."""
    if change.verdict == "larger than measurement error" and not change.stands_out:
        return phrase("larger by itself")
    return _verdict(change.verdict, change.limit_deg)


def _verdict(verdict: str, limit_deg: float) -> str:
    style, words = _MARKS[verdict]
    told = said(filled(words, limit=limit_deg))
    return f"[{style}]{told}[/]" if style else told


def print_sides(sides: Sequence[SideDifference], *, cautions: Sequence[str] = ()) -> None:
    """Left against right, primary outcomes only; cautions below."""
    from posecheck.comparison.rounding import rounded
    from posecheck.comparison.verdict import SMALL_DEG

    chosen = [item for item in sides if item.role == "primary"]
    if not chosen:
        return
    console = output_console()
    table = _result_table(
        phrase("Left and right"),
        console.width >= NARROW,
        phrase("block"),
        phrase("left"),
        phrase("right"),
        phrase("right - left"),
        phrase("smallest detectable"),
    )
    for item in chosen:
        table.add_row(
            escape(item.movement),
            said(outcome_words(item.outcome)),
            _PHASES.get(item.phase, item.phase),
            rounded(item.left.mean_deg),
            rounded(item.right.mean_deg),
            rounded(item.difference.difference_deg, sign=True),
            rounded(item.difference.mdc95_deg),
            _verdict(item.verdict, SMALL_DEG),
        )
    console.print(table)
    _print_cautions(console, cautions)


def _print_cautions(console: Console, cautions: Sequence[str]) -> None:
    for words in dict.fromkeys(cautions):
        console.print(words, style="dim", highlight=False, markup=False, soft_wrap=True)


def _result_table(title: str, wide: bool, second: str, *numbers: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, int(wide), 0, 0))
    table.add_column(phrase("test"), no_wrap=True)
    table.add_column(
        phrase("outcome"), min_width=NARROW_OUTCOME, max_width=None if wide else NARROW_OUTCOME, overflow="fold"
    )
    table.add_column(second)
    for column in numbers:
        table.add_column(column, justify="right", max_width=None if wide else 10)
    table.add_column(phrase("verdict"), min_width=15 if wide else 12, no_wrap=wide)
    return table
