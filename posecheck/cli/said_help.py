"""The help of all commands in the reader's language.

Typer builds its commands from texts that have to be there when the modules are loaded, before the language is known; so they
are built in English, which the documentation shows, and put into words afterwards.
"""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_type_hints

import typer
from typer.main import get_command
from typer.models import ParameterInfo

from posecheck.language import Phrase, filled, language, phrase, translated

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLE = "Example: "
"""How the last line of a command's help begins; what follows is typed, and the same in every language."""
TITLES = {
    "ARGUMENTS_PANEL_TITLE": phrase("Arguments"),
    "OPTIONS_PANEL_TITLE": phrase("Options"),
    "COMMANDS_PANEL_TITLE": phrase("Commands"),
    "ERRORS_PANEL_TITLE": phrase("Error"),
    "REQUIRED_LONG_STRING": phrase("[required]"),
    "RICH_HELP": phrase("Try [blue]'{command_path} {help_option}'[/] for help."),
}
"""Typer's own words, by their names in it; the rest of them, and click's, are English alone."""
WORDS_OF_TYPER = "typer.rich_utils"
"""Where they stand: typer loads it for help and errors alone, as it takes as long as all other parts of the command."""
OWN_HELP = {
    "--help": phrase("Show this message and exit."),
    "--install-completion": phrase("Install completion for the current shell."),
    "--show-completion": phrase("Show completion for the current shell, to copy it or customize the installation."),
}


def said_command(app: typer.Typer) -> Any:
    """The command with all its help in the language that is set."""
    command = get_command(app)
    if language() != "en" or WORDS_OF_TYPER in sys.modules:  # in English it says the same by itself
        for name, words in TITLES.items():
            setattr(import_module(WORDS_OF_TYPER), name, translated(words))
    if language() != "en":
        _say(command)
    return command


def _say(command: Any) -> None:
    command.help = _said(command.help)
    command.epilog = _said(command.epilog)
    helps = _helps_of(command.callback)
    for item in command.params:
        own = next((OWN_HELP[name] for name in item.opts if name in OWN_HELP), None)
        words = own or helps.get(item.name, getattr(item, "help", None))
        if words:
            item.help = _said(words)
    if (shown := command.get_help_option(typer.Context(command))) is not None:
        shown.help = _said(OWN_HELP["--help"])
    for inner in getattr(command, "commands", {}).values():
        _say(inner)


def _helps_of(function: Callable[..., Any] | None) -> dict[str, Phrase]:
    """The help of each option, by its name, as it was written: typer makes plain text of it."""
    if function is None:
        return {}
    found = {}
    for name, kind in get_type_hints(inspect.unwrap(function), include_extras=True).items():
        for info in getattr(kind, "__metadata__", ()):
            if isinstance(info, ParameterInfo) and isinstance(info.help, Phrase):
                found[name] = info.help
    return found


def _said(words: str | None) -> str | None:
    if words is None:
        return None
    if words.startswith(EXAMPLE) and not isinstance(words, Phrase):
        words = phrase("Example: {command}", command=words.removeprefix(EXAMPLE))
    return translated(filled(words))
