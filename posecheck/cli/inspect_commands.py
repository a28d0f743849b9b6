"""`posecheck movements`, `models` and `doctor`: what is there, and what works."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from posecheck.cli import options as opt
from posecheck.cli.console import output_console, print_json
from posecheck.settings import load_settings

if TYPE_CHECKING:
    from posecheck.movements import Movement

EXIT_NOT_WORKING = 1

movements_app = typer.Typer(help="The tests, and how to film each.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A test's name, or a .toml file.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("models", epilog="Example: posecheck models")(models)
    app.command("doctor", epilog="Example: posecheck doctor")(doctor)


@movements_app.command("list", epilog="Example: posecheck movements list")
def list_movements(json: opt.Json = False) -> None:
    """The tests that posecheck brings."""
    from posecheck.movements import builtin_movements

    movements = builtin_movements().values()
    if json:
        print_json([_summary(movement) for movement in movements])
        return
    table = Table("test", "view", "sides", "what it measures")
    for movement in movements:
        sides = ", ".join(movement.sides) or "film either side"
        table.add_row(movement.name, movement.view_name, sides, escape(movement.summary))
    output_console().print(table)


@movements_app.command("show", epilog="Example: posecheck movements show runners-lunge")
def show_movement(name: Name, json: opt.Json = False) -> None:
    """How to film and do a test, and what it measures."""
    from posecheck.kinematics.joints import ANGLES
    from posecheck.movements import load_movement

    movement = load_movement(name)
    if json:
        # Without the drawing, which is for pages alone.
        print_json(asdict(replace(movement, drawing=None)))
        return
    console = output_console()
    console.print(f"[bold]{escape(movement.title)}[/] ({movement.name}, version {movement.version})")
    for words in (movement.summary, movement.caution):
        if words:
            console.print(escape(words))
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_row("Side", escape(movement.side_meaning))
    for title, words in (
        ("Camera", movement.instructions.camera),
        ("Start", movement.instructions.start),
        ("Move", movement.instructions.move),
    ):
        table.add_row(title, escape(words))
    for outcome in movement.outcomes:
        turned = (
            "" if outcome.ref.sign == "as_defined" else "Here the sign is turned so that more range is a larger number."
        )
        parts = (f"{outcome.title}.", ANGLES[outcome.ref.angle].words, turned, outcome.context, outcome.caution)
        words = " ".join(part for part in parts if part)
        table.add_row(f"{str(outcome.role).capitalize()}", escape(words))
    for item in movement.compensations:
        table.add_row("Watched", escape(f"{item.title}: over {item.limit_deg:.0f} degrees."))
    for source in movement.sources:
        table.add_row("Source", escape(source))
    console.print(table)


@movements_app.command("check", epilog="Example: posecheck movements check my-test.toml")
def check_movement(name: Name) -> None:
    """Check a movement file of your own: names the key that is wrong."""
    from posecheck.movements import load_movement

    movement = load_movement(name)
    output_console().print(
        f"{name}: fine. '{movement.name}', {movement.view_name} view, {len(movement.outcomes)} outcomes.",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def models(json: opt.Json = False) -> None:
    """The pose models that are here, and whether each is the file it should be."""
    from posecheck.pose.model_files import list_models

    found = list_models(load_settings().models_dir)
    if json:
        print_json([{**asdict(item), "path": str(item.path)} for item in found])
        return
    table = Table("model", "state", "size", "checksum", "title")
    for item in found:
        state = f"[green]{item.state}[/]" if item.state == "ok" else f"[red]{item.state}[/]"
        table.add_row(item.name, state, f"{item.size_bytes / 1e6:.1f} MB", item.sha256[:12], escape(item.title))
    output_console().print(table)


def doctor(json: opt.Json = False) -> None:
    """What works on this machine, and what to do about what does not."""
    from posecheck.doctor import examine

    checks = examine()
    if json:
        print_json([asdict(check) for check in checks])
    else:
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        for check in checks:
            mark = "[green]works[/]" if check.works else "[red]missing[/]" if check.needed else "[yellow]none[/]"
            table.add_row(mark, check.title, escape(check.words))
        output_console().print(table)
    if any(check.needed and not check.works for check in checks):
        raise typer.Exit(EXIT_NOT_WORKING)


def _summary(movement: Movement) -> dict[str, Any]:
    return {
        "name": movement.name,
        "version": movement.version,
        "title": movement.title,
        "view": movement.view_name,
        "sides": list(movement.sides),
        "side_meaning": movement.side_meaning,
        "outcomes": [outcome.name for outcome in movement.outcomes],
    }
