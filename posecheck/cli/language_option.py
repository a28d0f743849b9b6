"""The language that the command speaks and writes its reports in: ``--language`` anywhere, or the environment."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck.language import LANGUAGES, phrase, set_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    LanguageChoice = str
else:  # which ones there are is known only when the program runs
    LanguageChoice = StrEnum("LanguageChoice", {code: code for code in LANGUAGES})

OPTION, VARIABLE = "--language", "POSECHECK_LANGUAGE"


def _choose(code: LanguageChoice | None) -> None:
    if code is not None:
        set_language(str(code))


Language = Annotated[
    LanguageChoice | None,
    typer.Option(
        OPTION,
        envvar=VARIABLE,
        callback=_choose,
        is_eager=True,
        help=phrase(
            "What the command says, and the language of its reports: {languages}. Default: English. Tables for programs "
            "stay as they are.",
            languages=", ".join(f"{code} ({name})" for code, name in LANGUAGES.items()),
        ),
        show_default=False,
    ),
]


def language_apart(words: list[str]) -> tuple[list[str], list[str]]:
    """The option, which may stand anywhere, and the other words of a command line: the option has to come first."""
    for place, word in enumerate(words):
        if word == "--":
            break
        if word == OPTION or word.startswith(f"{OPTION}="):
            end = place + (2 if word == OPTION else 1)
            return words[place:end], [*words[:place], *words[end:]]
    return [], words


def set_language_asked(option: list[str], environment: Mapping[str, str]) -> None:
    """Set the language before the command line is read, so that help and mistakes in it are said in it, too.

    An unknown one is left for the option to refuse.
    """
    asked = option[-1].removeprefix(f"{OPTION}=") if option else environment.get(VARIABLE, "")
    if asked in LANGUAGES:
        set_language(asked)
