"""Where movements come from: the tests that posecheck brings, and files of a user's own."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import MovementError
from posecheck.language import joined, phrase
from posecheck.movements.fields import with_suggestion
from posecheck.movements.reading import read_movement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from posecheck.movements.definition import Movement


def builtin_movements() -> dict[str, Movement]:
    """The tests that posecheck brings, by name, in their own order."""
    return {movement.name: movement for movement in _builtin()}


@lru_cache(maxsize=1)  # asked for often, and the files of an installed package do not change
def _builtin() -> tuple[Movement, ...]:
    found = (
        read_movement(item.read_text(encoding="utf-8"), item.name)
        for item in files("posecheck.movements").iterdir()
        if item.name.endswith(".toml")
    )
    return tuple(in_order(found))


def in_order(movements: Iterable[Movement]) -> list[Movement]:
    """Sorted by their own order; of two that name the same place, by name."""
    return sorted(movements, key=lambda movement: (movement.order, movement.name))


def load_movement(name_or_path: str | Path) -> Movement:
    """A built-in movement by name, or the user's own from a ``.toml`` file.

    Raises
    ------
    MovementError
        Unknown name (with a suggestion), no such file, or a wrong key in it.
    """
    text = str(name_or_path)
    builtin = builtin_movements()
    if text in builtin:
        return builtin[text]
    if not text.endswith(".toml"):
        unknown = with_suggestion(phrase("unknown movement '{name}'", name=text), text, builtin)
        raise MovementError(joined([unknown, phrase("Or name a .toml file of your own.")]))
    try:
        content = Path(text).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MovementError(
            phrase("{file}: cannot be read ({reason}). Check the path of the movement file.", file=text, reason=error)
        ) from error
    return read_own_movement(content, text)


def read_own_movement(text: str, where: str) -> Movement:
    """Read a movement of the user's own; ``where`` names the file in errors.

    Raises
    ------
    MovementError
        As `read_movement`; or it has the name of a built-in test without being that test, so that results of the two
        could be taken for results of one.
    """
    movement = read_movement(text, where)
    builtin = builtin_movements()
    if builtin.get(movement.name, movement) != movement:
        raise MovementError(
            phrase(
                "{file}: name: '{name}' is a test that posecheck brings, and this file measures something else. "
                "Choose a name of your own, such as 'my-{name}'.",
                file=where,
                name=movement.name,
            )
        )
    return movement
