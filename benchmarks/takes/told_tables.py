"""What the pairs of the reporting set come to that are told: coverage, false alarms, changes found, sides; as Markdown."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.report_changes import STILL_DEG
from benchmarks.takes.told import CLEAR_DEG
from posecheck.comparison.error_model import OwnRepeats
from posecheck.comparison.planning import REPETITIONS, detectable_change_deg
from posecheck.comparison.priors import priors_of
from posecheck.movements import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.takes.told import Told

SIZES_DEG = (1.0, 4.0, 7.0, 9.0, 12.0, 16.0)
"""True changes are told apart at these."""


def change_table(rows: Sequence[Told]) -> str:
    """The promises about changes of primary outcomes, by place, with one take and with two."""
    mine = [row for row in rows if row.role == Role.PRIMARY and row.compared]
    places = list(dict.fromkeys(row.place for row in mine))
    columns = [(takes, place) for takes in (1, 2) for place in ("all", *places)]
    lines = [
        "| primary outcomes that were compared | "
        + " | ".join(f"{'one take' if takes == 1 else 'two takes'}, {place}" for takes, place in columns)
        + " | goal |",
        "|" + "---|" * (len(columns) + 2),
    ]
    for words, figure, goal in LINES:
        cells = [
            figure([row for row in mine if row.takes == takes and place in ("all", row.place)])
            for takes, place in columns
        ]
        lines.append(f"| {words} | {' | '.join(cells)} | {goal} |")
    return "\n".join(lines)


def _rendered(rows: Iterable[Told], low: float = 0.0, high: float = np.inf) -> list[Told]:
    return [row for row in rows if not row.made and low <= abs(row.true_deg) < high]


def _share(rows: Sequence[Told], name: str) -> str:
    if not rows:
        return "-"
    return f"{100 * np.mean([getattr(row, name) for row in rows]):.1f} % of {len({(r.pair, r.outcome) for r in rows})}"


def _found(low: float, high: float) -> Callable[[Sequence[Told]], str]:
    return lambda rows: _share(_rendered(rows, low, high), "larger")


def _smallest(rows: Sequence[Told]) -> str:
    return f"{np.median([row.mdc95_deg for row in rows]):.1f}" if rows else "-"


LINES: tuple[tuple[str, Callable[[Sequence[Told]], str], str], ...] = (
    ("95 % interval holds the true change", lambda rows: _share(_rendered(rows), "inside"), "92 to 98 %"),
    (f"true change below {STILL_DEG:.0f}°, called", _found(0, STILL_DEG), "5 % at most"),
    *((f"true change {low:.0f} to {high:.0f}°, called", _found(low, high), "") for low, high in pairwise(SIZES_DEG)),
    (
        f"every pair, its true change made {CLEAR_DEG:.0f}°, called",
        lambda rows: _share([row for row in rows if row.made], "larger"),
        "80 %, two takes 95 %",
    ),
    (
        "the same, beyond the smallest detectable change",
        lambda rows: _share([row for row in rows if row.made], "beyond"),
        "",
    ),
    (
        f"true change below {STILL_DEG:.0f}°, said to be less than 5° either way",
        lambda rows: _share(_rendered(rows, 0, STILL_DEG), "small"),
        "",
    ),
    ("median smallest detectable change, degrees", _smallest, "6.0, two takes 4.5"),
)


def outcome_table(rows: Sequence[Told]) -> str:
    """Coverage, false alarms and what is found by outcome, with one take and with two."""
    lines = [
        "| outcome | role | pairs | interval holds: one take, two | smallest detectable change: one, two | "
        f"{CLEAR_DEG:.0f}° called: one, two | {CLEAR_DEG:.0f}° beyond it: one, two |",
        "|---|---|---|---|---|---|---|",
    ]
    compared = [row for row in rows if row.compared]
    for test, outcome, role in dict.fromkeys((row.test, row.outcome, row.role) for row in compared):
        mine = [row for row in compared if (row.test, row.outcome) == (test, outcome)]
        by_takes = [[row for row in mine if row.takes == takes] for takes in (1, 2)]
        holds = ", ".join(_percent(_rendered(part), "inside") for part in by_takes)
        made = [[row for row in part if row.made] for part in by_takes]
        found, beyond = (", ".join(_percent(part, name) for part in made) for name in ("larger", "beyond"))
        smallest = ", ".join(_smallest(part) for part in by_takes)
        pairs = len({row.pair for row in mine})
        name = f"{test}: {outcome.replace('_', ' ')}"
        lines.append(f"| {name} | {role} | {pairs} | {holds} | {smallest} | {found} | {beyond} |")
    return "\n".join(lines)


def _percent(rows: Sequence[Told], name: str) -> str:
    return f"{100 * np.mean([getattr(row, name) for row in rows]):.0f} %" if rows else "-"


def side_table(rows: Sequence[Told]) -> str:
    """Left against right of bodies whose sides do the same, one take of each."""
    lines = [
        "| right less left, both alike | pairs | called (goal: 5 % at most) | interval holds the truth (goal: 92 to "
        "98 %) | median smallest detectable difference |",
        "|---|---|---|---|---|",
    ]
    compared = [row for row in rows if row.compared]
    keys = dict.fromkeys((row.test, row.outcome, row.role) for row in compared)
    parts = [
        (f"all {role} outcomes", [r for r in compared if r.role == role]) for role in (Role.PRIMARY, Role.SECONDARY)
    ]
    parts += [
        (
            f"{test}: {outcome.replace('_', ' ')} ({role})",
            [r for r in compared if (r.test, r.outcome) == (test, outcome)],
        )
        for test, outcome, role in keys
    ]
    for words, mine in parts:
        pairs = len({(row.pair, row.outcome) for row in mine})
        lines.append(
            f"| {words} | {pairs} | {_percent(mine, 'larger')} | {_percent(mine, 'inside')} | {_smallest(mine)} |"
        )
    return "\n".join(lines)


STEADY = OwnRepeats(count=10, ratio_sum=2.5)
"""Ten repeats of a person whose takes differ by half as much as is expected."""


def source_lines(rows: Sequence[Told]) -> str:
    """Which source of error makes the smallest detectable change as large as it is, and what would bring it down."""
    main = list(dict.fromkeys((row.test, row.outcome) for row in rows if row.role == Role.PRIMARY))
    parts = []
    for key in main:
        priors = priors_of(*key)
        parts.append([priors.person.sd_deg**2, priors.camera.sd_deg**2, priors.repetition.sd_deg**2 / REPETITIONS])
    person, camera, repetitions = 100 * np.mean(np.array(parts) / np.sum(parts, axis=1, keepdims=True), axis=0)
    steady = [float(np.median([detectable_change_deg(*key, n, n, repeats=STEADY) for key in main])) for n in (1, 2)]
    return (
        f"Of the variance of a change of a primary outcome, {person:.0f} % is expected from people, who take up the "
        f"position again, {camera:.0f} % from camera and model, {repetitions:.0f} % from repetitions (means over outcomes). "
        f"A person whose own {STEADY.count} repeats differ by half as much as expected detects {steady[0]:.1f} degrees with "
        f"one take and {steady[1]:.1f} with two."
    )
