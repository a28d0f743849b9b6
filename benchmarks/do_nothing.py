"""Days on which nothing was done: how often posecheck calls a change, and how often its intervals hold.

    python -m benchmarks.do_nothing --write

Made-up people film all nine trials twice. Each has a take effect of their own size (camera and person together, 1 to 3.5
degrees) and repetitions of their own spread, and goes through the very code of a session. The seed is fixed; ``--people``
takes more of them. Nothing in posecheck is tuned on these numbers: the errors come from `posecheck/comparison/priors.toml`.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.docs import write_table
from posecheck.comparison.changes import compare_blocks
from posecheck.comparison.error_model import OwnRepeats
from posecheck.comparison.repeats import own_repeats
from posecheck.kinematics.joints import Side
from posecheck.movements import Role, load_movement
from posecheck.trial.keys import MeasureKey
from posecheck.trial.trial import OutcomeResult, SetUp, Trial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.comparison.changes import Change
    from posecheck.movements import Movement

SEED = 11
PEOPLE = 2000
TAKE_SD_DEG = (1.0, 3.5)
"""A person's take effect is drawn from between these, alike for all tests."""
REPETITION_SD_DEG = (0.5, 2.0)
"""And the spread of their repetitions from between these (chosen by us: samples and rendered people lie below)."""
REPETITIONS = 3
TESTS = ("toe-touch", "knee-to-chest", "runners-lunge", "side-lunge", "crossover")
TRUE_CHANGE_DEG = 8.0
WORST_FIFTH = 0.8
PLACE = SetUp("side", 1, 0.0, 0.0, 0.6)


@dataclass(frozen=True, slots=True)
class Person:
    """How much the takes and the repetitions of one made-up person differ."""

    take_sd_deg: float
    repetition_sd_deg: float


@dataclass(frozen=True, slots=True)
class Day:
    """What came out of one day of one person: whether there is a headline, and each main measure."""

    take_sd_deg: float
    headline: bool
    held: tuple[bool, ...]
    larger: tuple[bool, ...]
    named: bool
    mdc95_deg: tuple[float, ...]


def film(person: Person, rng: np.random.Generator, change_deg: float = 0.0) -> list[Trial]:
    """One take of every test and side; ``change_deg`` is added to every outcome."""
    return [
        _take(load_movement(name), side, person, rng, change_deg)
        for name in TESTS
        for side in (tuple(Side) if load_movement(name).sides else (Side.LEFT,))
    ]


def _take(movement: Movement, side: Side, person: Person, rng: np.random.Generator, change_deg: float) -> Trial:
    outcomes = []
    for item in movement.outcomes:
        effect = change_deg + rng.normal(0, person.take_sd_deg)
        values = effect + rng.normal(0, person.repetition_sd_deg, REPETITIONS)
        outcomes.append(
            OutcomeResult(
                item.name,
                item.title,
                None,
                item.role,
                "deg",
                "",
                1.0,
                tuple(map(float, values)),
                float(np.mean(values)),
                float(np.std(values, ddof=1)),
            )
        )
    return Trial(
        movement.name, movement.title, 1, side, bool(movement.sides), tuple(outcomes), (), (), (), set_up=PLACE
    )


def day(person: Person, rng: np.random.Generator, *, takes: int, visits: int, change_deg: float = 0.0) -> Day:
    """One day, with so many takes a block, after so many earlier visits with a pre-test and a baseline."""
    earlier = sum((own_repeats(film(person, rng), film(person, rng)) for _ in range(visits)), OwnRepeats())
    before = [trial for _ in range(takes) for trial in film(person, rng)]
    after = [trial for _ in range(takes) for trial in film(person, rng, change_deg)]
    changes = compare_blocks(before, after, earlier=earlier)
    main = [change for change in changes if change.role is Role.PRIMARY]
    chosen = main[int(rng.integers(len(main)))]
    key = MeasureKey(chosen.movement, chosen.side if chosen.sided else None, chosen.outcome)
    named = next(
        change
        for change in compare_blocks(before, after, earlier=earlier, primary=key)
        if change.role is Role.PRIMARY and change.tested_side is chosen.tested_side
    )
    return Day(
        person.take_sd_deg,
        any(change.headline for change in changes),
        tuple(_holds(change, change_deg) for change in main),
        tuple(abs(change.difference.difference_deg) > change.difference.mdc95_deg for change in main),
        named.headline,
        tuple(change.difference.mdc95_deg for change in main),
    )


def _holds(change: Change, true_deg: float) -> bool:
    return change.difference.ci95_low_deg <= true_deg <= change.difference.ci95_high_deg


def people(count: int) -> list[Person]:
    """Made-up people, the same ones at each call."""
    rng = np.random.default_rng(SEED)
    return [Person(float(rng.uniform(*TAKE_SD_DEG)), float(rng.uniform(*REPETITION_SD_DEG))) for _ in range(count)]


def row(name: str, days: Sequence[Day], *, nothing: bool) -> str:
    """One line of the table."""
    limit = float(np.quantile([item.take_sd_deg for item in days], WORST_FIFTH))
    worst = [item for item in days if item.take_sd_deg >= limit]

    def share(values: Sequence[bool]) -> str:
        return f"{100 * float(np.mean(values)):.1f} %"

    cells = [
        name,
        share([item.headline for item in days]),
        share([item.named for item in days]),
        share([held for item in days for held in item.held]),
        share([held for item in worst for held in item.held]),
        share([larger for item in days for larger in item.larger]) if not nothing else "-",
        f"{np.median([mdc for item in days for mdc in item.mdc95_deg]):.1f}°",
    ]
    return f"| {' | '.join(cells)} |"


def table(count: int) -> str:
    """The whole table as Markdown."""
    crowd = people(count)
    lines = [
        "| nothing was done | sessions with a headline | named measures called | intervals that hold | the same, in the "
        "fifth whose takes differ most | called, of all | smallest detectable change (median) |",
        "|---|---|---|---|---|---|---|",
    ]
    plans = ((1, 0, "one take"), (1, 2, "one take, after two visits with a baseline"), (2, 0, "two takes a block"))
    for takes, visits, name in plans:
        rng = np.random.default_rng(SEED + takes + 10 * visits)
        lines.append(row(name, [day(person, rng, takes=takes, visits=visits) for person in crowd], nothing=True))
    lines[len(lines) :] = [
        "| **all changed by 8 degrees** | | | | | | |",
        *(
            row(
                name,
                [
                    day(
                        person,
                        np.random.default_rng([SEED, number]),
                        takes=takes,
                        visits=visits,
                        change_deg=TRUE_CHANGE_DEG,
                    )
                    for number, person in enumerate(crowd)
                ],
                nothing=False,
            )
            for takes, visits, name in plans
        ),
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=PEOPLE, help="how many, %(default)s")
    parser.add_argument("--write", action="store_true", help="put the table into docs/planning.md")
    arguments = parser.parse_args()
    text = table(arguments.people)
    print(text)
    if arguments.write:
        write_table("planning.md", text, part="do-nothing days")


if __name__ == "__main__":
    main()
