"""`posecheck plan`: before filming, the smallest change that so many takes and repetitions can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from posecheck.cli import options as opt
from posecheck.cli.console import number, outcome_words, output_console, print_json, said
from posecheck.language import counted, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.movements import Movement, Outcome

MAX_TAKES, MAX_REPETITIONS = 20, 50
"""More than anybody films, and few enough to notice a slip of the finger (chosen by us)."""
EXPECTED_CHANGE_DEG = 8.0
"""In the middle of what stretching is said to gain within one session, 5 to 10 degrees (docs/planning.md)."""

Name = Annotated[
    str | None,
    typer.Argument(help=phrase("A test's name, or a .toml file. Default: every test."), show_default=False),
]
Takes = Annotated[int, typer.Option(min=1, max=MAX_TAKES, help=phrase("Takes of the test before the stretch."))]
RetestTakes = Annotated[
    int | None,
    typer.Option(
        "--retest-takes",
        min=1,
        max=MAX_TAKES,
        help=phrase("Takes after the stretch. Default: as many as before."),
        show_default=False,
    ),
]
Repetitions = Annotated[int, typer.Option(min=1, max=MAX_REPETITIONS, help=phrase("Repetitions in each take."))]
TrueChange = Annotated[
    float,
    typer.Option(
        "--change", min=0.1, max=180, help=phrase("Also say how often a true change of so many degrees shows.")
    ),
]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is going to be filmed: takes of each block, repetitions of each take."""

    before: int
    after: int
    repetitions: int

    def smallest_deg(self, test: Movement, outcome: Outcome) -> float:
        """The smallest detectable change of an outcome, in degrees."""
        from posecheck.comparison.planning import detectable_change_deg

        return detectable_change_deg(test.name, outcome.name, self.before, self.after, repetitions=self.repetitions)

    def chance(self, test: Movement, outcome: Outcome, change_deg: float) -> float:
        """How probable it is, from 0 to 1, that a true change shows."""
        from posecheck.comparison.planning import chance_to_find, planned_difference

        planned = planned_difference(test.name, outcome.name, self.before, self.after, repetitions=self.repetitions)
        return chance_to_find(change_deg, planned)

    def with_one_more_take(self) -> Plan:
        """The same with a take more in each block."""
        return Plan(self.before + 1, self.after + 1, self.repetitions)

    def with_one_more_repetition(self) -> Plan:
        """The same with a repetition more in each take."""
        return Plan(self.before, self.after, self.repetitions + 1)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "plan",
        help=phrase(
            "Before filming: the smallest change that so many takes and repetitions can show, and what one more take brings."
        ),
        epilog="Example: posecheck plan side-lunge --takes 2",
    )(plan)


def plan(
    movement: Name = None,
    takes: Takes = 1,
    retest_takes: RetestTakes = None,
    repetitions: Repetitions = 3,
    change: TrueChange = EXPECTED_CHANGE_DEG,
    json: opt.Json = False,
) -> None:
    """`posecheck plan`."""
    from posecheck.movements import builtin_movements, load_movement

    tests = [load_movement(movement)] if movement else list(builtin_movements().values())
    planned = Plan(takes, retest_takes or takes, repetitions)
    rows = [(test, outcome) for test in tests for outcome in _shown(test, every=movement is not None)]
    if json:
        print_json(_document(rows, planned, change))
    else:
        _print(rows, planned, change)


def _shown(test: Movement, *, every: bool) -> list[Outcome]:
    """Of one test that was asked for, all outcomes that are judged; of all tests, the main ones."""
    from posecheck.comparison.planning import main_outcomes
    from posecheck.movements import Role

    return [item for item in test.outcomes if item.role is not Role.CONTEXT] if every else list(main_outcomes(test))


def _print(rows: Sequence[tuple[Movement, Outcome]], planned: Plan, change_deg: float) -> None:
    from rich.markup import escape
    from rich.table import Table

    from posecheck.comparison.planning import plan_words

    console = output_console()
    title = phrase("Smallest change that shows, in degrees: {plan}", plan=_words(planned))
    table = Table(phrase("test"), phrase("outcome"), title=title, title_justify="left")
    for column in (
        phrase("smallest change"),
        phrase("one more take each"),
        phrase("one more repetition"),
        phrase("a true {change:g}° shows in", change=change_deg),
    ):
        table.add_column(column, justify="right", max_width=12)
    for test, outcome in rows:
        plans = (planned, planned.with_one_more_take(), planned.with_one_more_repetition())
        table.add_row(
            escape(test.name),
            said(outcome_words(outcome.name)),
            *(number(item.smallest_deg(test, outcome)) for item in plans),
            phrase("{percent:.0f}%", percent=100 * planned.chance(test, outcome, change_deg)),
        )
    console.print(table)
    for test in dict.fromkeys(test for test, _ in rows):
        words = plan_words(test, planned.before, planned.after, repetitions=planned.repetitions)
        console.print(
            phrase("{title}: {words}", title=test.title, words=words), highlight=False, markup=False, soft_wrap=True
        )
    console.print(CAUTION, style="dim", highlight=False, markup=False, soft_wrap=True)


CAUTION = phrase(
    "At 95 %, for a measure that you name before the re-test, with the camera in its place again. Your own repeats make it "
    "smaller or larger; so does a camera that was moved."
)


def _words(planned: Plan) -> str:
    if planned.before == planned.after:
        takes = counted("{count} take before and after", "{count} takes before and after", count=planned.before)
    else:
        takes = counted(
            "{count} take before, {after} after",
            "{count} takes before, {after} after",
            count=planned.before,
            after=planned.after,
        )
    return counted(
        "{takes}, {count} repetition each", "{takes}, {count} repetitions each", count=planned.repetitions, takes=takes
    )


def _document(rows: Sequence[tuple[Movement, Outcome]], planned: Plan, change_deg: float) -> dict[str, Any]:
    return {
        "takes_before": planned.before,
        "takes_after": planned.after,
        "repetitions": planned.repetitions,
        "true_change_deg": change_deg,
        "outcomes": [
            {
                "movement": test.name,
                "outcome": outcome.name,
                "role": str(outcome.role),
                "smallest_change_deg": planned.smallest_deg(test, outcome),
                "with_one_more_take_deg": planned.with_one_more_take().smallest_deg(test, outcome),
                "with_one_more_repetition_deg": planned.with_one_more_repetition().smallest_deg(test, outcome),
                "chance_of_true_change": planned.chance(test, outcome, change_deg),
            }
            for test, outcome in rows
        ],
    }
