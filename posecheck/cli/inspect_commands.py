"""`posecheck movements`, `models` and `doctor`: what is there, and what works."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from posecheck.cli import options as opt
from posecheck.cli.console import output_console, print_json, said
from posecheck.language import joined, phrase, phrase_in
from posecheck.settings import load_settings

if TYPE_CHECKING:
    from posecheck.movements import Movement

EXIT_NOT_WORKING = 1

VIEWS = {"side": phrase_in("a camera's view", "side"), "front": phrase_in("a camera's view", "front")}
ROLES = {"primary": phrase("Primary"), "secondary": phrase("Secondary"), "context": phrase("Context")}
MODEL_STATES = {
    "ok": phrase("ok"),
    "altered": phrase_in("a file", "altered"),
    "missing": phrase_in("a file", "missing"),
    "unlisted": phrase_in("a file", "unlisted"),
}
WORKS, MISSING, NONE = (
    ("green", phrase_in("a part of the machine", "works")),
    ("red", phrase_in("a part of the machine", "missing")),
    ("yellow", phrase_in("a part of the machine", "none")),
)

movements_app = typer.Typer(help=phrase("The tests, and how to film each."), no_args_is_help=True)

Name = Annotated[str, typer.Argument(help=phrase("A test's name, or a .toml file."), show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "models",
        help=phrase("The pose models that are here, and whether each is the file it should be."),
        epilog="Example: posecheck models",
    )(models)
    app.command(
        "doctor",
        help=phrase("What works on this machine, and what to do about what does not."),
        epilog="Example: posecheck doctor",
    )(doctor)


@movements_app.command(
    "list", help=phrase("The tests that posecheck brings."), epilog="Example: posecheck movements list"
)
def list_movements(json: opt.Json = False) -> None:
    """`posecheck movements list`."""
    from posecheck.movements import builtin_movements

    movements = builtin_movements().values()
    if json:
        print_json([_summary(movement) for movement in movements])
        return
    table = Table(phrase("test"), phrase("view"), phrase("sides"), phrase("what it measures"))
    for movement in movements:
        sides = joined([side.words for side in movement.sides], ", ") or phrase("film either side")
        table.add_row(movement.name, VIEWS[movement.view_name], sides, said(movement.summary))
    output_console().print(table)


@movements_app.command(
    "show",
    help=phrase("How to film and do a test, and what it measures."),
    epilog="Example: posecheck movements show runners-lunge",
)
def show_movement(name: Name, json: opt.Json = False) -> None:
    """`posecheck movements show`."""
    from posecheck.kinematics.joints import ANGLES
    from posecheck.movements import load_movement

    movement = load_movement(name)
    if json:
        # Without the drawing, which is for pages alone.
        print_json(asdict(replace(movement, drawing=None)))
        return
    console = output_console()
    version = phrase("({name}, version {version})", name=movement.name, version=movement.version)
    console.print(f"[bold]{said(movement.title)}[/] {said(version)}")
    for words in (movement.summary, movement.caution):
        if words:
            console.print(said(words))
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_row(phrase("Side"), said(movement.side_meaning))
    for title, words in (
        (phrase("Camera"), movement.instructions.camera),
        (phrase_in("the start position", "Start"), movement.instructions.start),
        (phrase_in("how to move", "Move"), movement.instructions.move),
    ):
        table.add_row(title, said(words))
    for outcome in movement.outcomes:
        turned = phrase("Here the sign is turned so that more range is a larger number.")
        parts = (
            phrase("{title}.", title=outcome.title),
            ANGLES[outcome.ref.angle].words,
            "" if outcome.ref.sign == "as_defined" else turned,
            outcome.context,
            outcome.caution,
        )
        table.add_row(ROLES[str(outcome.role)], said(joined(parts)))
    for item in movement.compensations:
        watched = phrase("{title}: over {limit:.0f} degrees.", title=item.title, limit=item.limit_deg)
        table.add_row(phrase("Watched"), said(watched))
    for source in movement.sources:
        table.add_row(phrase("Source"), escape(source))
    console.print(table)


@movements_app.command(
    "check",
    help=phrase("Check a movement file of your own: names the key that is wrong."),
    epilog="Example: posecheck movements check my-test.toml",
)
def check_movement(name: Name) -> None:
    """`posecheck movements check`."""
    from posecheck.movements import load_movement

    movement = load_movement(name)
    output_console().print(
        phrase(
            "{file}: fine. '{name}', {view}, {outcomes} outcomes.",
            file=name,
            name=movement.name,
            view=movement.view_words,
            outcomes=len(movement.outcomes),
        ),
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def models(json: opt.Json = False) -> None:
    """`posecheck models`."""
    from posecheck.pose.model_files import list_models

    found = list_models(load_settings().models_dir)
    if json:
        print_json([{**asdict(item), "path": str(item.path)} for item in found])
        return
    table = Table(phrase("model"), phrase("state"), phrase("size"), phrase("checksum"), phrase("title"))
    for item in found:
        state = f"[{'green' if item.state == 'ok' else 'red'}]{said(MODEL_STATES[item.state])}[/]"
        size = phrase("{size:.1f} MB", size=item.size_bytes / 1e6)
        table.add_row(item.name, state, size, item.sha256[:12], said(item.title))
    output_console().print(table)


def doctor(json: opt.Json = False) -> None:
    """`posecheck doctor`."""
    from posecheck.doctor import examine

    checks = examine()
    if json:
        print_json([asdict(check) for check in checks])
    else:
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        for check in checks:
            colour, mark = WORKS if check.works else MISSING if check.needed else NONE
            table.add_row(f"[{colour}]{said(mark)}[/]", said(check.title), said(check.words))
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
