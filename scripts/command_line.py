"""Every command and option of posecheck, read from the program itself, as Markdown tables."""

from __future__ import annotations

import inspect
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from typer.main import get_command

from posecheck.cli.app import app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HIDDEN = ("--help",)
"""Every command has it: said once, in the page's text."""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that does something, as (name with its group, command)."""
    yield from _leaves("", get_command(app))


def _leaves(prefix: str, command: Any) -> Iterator[tuple[str, Any]]:
    for name, item in getattr(command, "commands", {}).items():
        full = f"{prefix}{name}"
        if getattr(item, "commands", None):
            yield from _leaves(f"{full} ", item)
        else:
            yield full, item


def option_names(command: Any) -> list[str]:
    """Long and short names of every option of a command."""
    return [name for item in command.params if _is_option(item) for name in item.opts if name not in HIDDEN]


def command_tables() -> dict[str, Callable[[], str]]:
    """Part name (``command analyze``) to the function that writes it."""
    return {f"command {name}": partial(_command, item) for name, item in commands()}


def _command(command: Any) -> str:
    kinds = get_type_hints(inspect.unwrap(command.callback))
    rows = [
        f"| {_names(item, kinds.get(item.name))} | {_words(item)} |"
        for item in command.params
        if not set(item.opts) & set(HIDDEN)
    ]
    return "\n".join([str(command.help).strip(), "", "| argument or option | meaning |", "| --- | --- |", *rows])


def _is_option(item: Any) -> bool:
    return str(item.param_type_name) == "option"


def _names(item: Any, kind: Any) -> str:
    if not _is_option(item):
        return f"`{item.name.upper()}`"
    value = "" if item.is_flag else f" {_value(kind)}"
    return ", ".join(f"`{name}{value}`".replace("|", "\\|") for name in item.opts)


def _value(kind: Any) -> str:
    """What stands for an option's value: the choices, or what kind of thing it is."""
    inner = [part for part in get_args(kind) if part is not type(None)]
    if get_origin(kind) is Literal:
        return "|".join(inner)
    if inner:
        return _value(inner[0])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(str(choice.value) for choice in kind)
    return {int: "N", float: "NUMBER", Path: "PATH"}.get(kind, "TEXT")


def _words(item: Any) -> str:
    needed = " Required." if item.required else ""
    default = item.default
    shown = _is_option(item) and default not in (None, False, "", ()) and not callable(default)
    return f"{item.help}{needed}" + (f" Default: `{default}`." if shown else "")
