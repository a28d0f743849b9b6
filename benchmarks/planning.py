"""The picture of docs/planning.md: the smallest detectable change against takes and repetitions.

    python -m benchmarks.planning

Nothing is measured here: the curves follow from the table of expected errors (docs/method.md#section-5). Draw it anew
whenever that table or the formula changes; a test says when that is.
"""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from benchmarks.accuracy_plots import STYLE
from benchmarks.docs import DOCS
from posecheck.comparison.planning import REPETITIONS, detectable_change_deg, main_outcomes
from posecheck.movements import builtin_movements

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from posecheck.movements import Movement

PICTURE = DOCS / "images" / "planning.svg"
TAKES = (1, 2, 3, 4, 5)
COUNTS = (1, 2, 3, 4, 5, 6, 8, 10)
"""Repetitions of a take."""
MARKS = "os^xD"
COLOURS = ("#0a6b3d", "#3b8ed0", "#d08a00", "#a23b72", "#555555")
"""Told apart by eyes that see no red or no green, too."""

Curves = dict[str, list[float]]


def by_takes() -> Curves:
    """Title of each test of the method: the smallest detectable change of its first main outcome, by number of takes."""
    return {test.title: [round(_smallest_deg(test, takes), 2) for takes in TAKES] for test in _tests()}


def by_repetitions() -> Curves:
    """Number of takes, in words: the smallest detectable change of `example`, by number of repetitions in each take."""
    return {
        f"{takes} take{'s' if takes > 1 else ''} before and after": [
            round(_smallest_deg(example(), takes, count), 2) for count in COUNTS
        ]
        for takes in TAKES[:3]
    }


def example() -> Movement:
    """The test of the right-hand panel: of the five, the one whose smallest detectable change is in the middle."""
    tests = sorted(_tests(), key=lambda test: _smallest_deg(test, 1))
    return tests[len(tests) // 2]


def _tests() -> list[Movement]:
    return [movement for movement in builtin_movements().values() if movement.in_default_session]


def _smallest_deg(test: Movement, takes: int, repetitions: int = REPETITIONS) -> float:
    return detectable_change_deg(test.name, main_outcomes(test)[0].name, takes, takes, repetitions=repetitions)


def draw() -> Figure:
    """Both panels."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8.4, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        _lines(left, TAKES, by_takes())
        left.set(
            title=f"{REPETITIONS} repetitions in each take",
            xlabel="takes before the stretch, and as many after",
            ylabel="smallest change that shows, degrees",
        )
        _lines(right, COUNTS, by_repetitions())
        right.set(title=example().title, xlabel="repetitions in each take")
        for axes in (left, right):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.legend(frameon=False, loc="lower left", fontsize=8)
        left.set_ylim(0)  # of both, once everything is drawn
        return figure


def _lines(axes: Axes, places: tuple[int, ...], curves: Curves) -> None:
    for (name, values), mark, colour in zip(curves.items(), MARKS, COLOURS, strict=False):
        axes.plot(places, values, f"{mark}-", color=colour, ms=4, lw=1.2, label=name)


def write(path: Path = PICTURE) -> Path:
    """Draw the picture; its numbers stand in it, so that it can be seen to be up to date."""
    numbers = json.dumps([by_takes(), by_repetitions()])
    with mpl.rc_context(STYLE):
        draw().savefig(path, metadata={"Date": None, "Description": numbers}, facecolor="white")
    return path


def numbers_in(path: Path = PICTURE) -> list[Curves]:
    """The numbers that a picture was drawn from."""
    found = re.search(r"<dc:description>(.*?)</dc:description>", path.read_text(encoding="utf-8"), re.DOTALL)
    text = found[1] if found else "[]"
    return list(json.loads(text.replace("&quot;", '"').replace("&#x27;", "'")))


if __name__ == "__main__":
    sys.stdout.write(f"{write()}\n")
