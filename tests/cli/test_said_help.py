"""Help and messages of the command in another language; what the documents show stays English."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from clips import call
from typer.main import get_command

from posecheck.cli.app import app
from posecheck.cli.said_help import WORDS_OF_TYPER, said_command
from posecheck.language import language_set

if TYPE_CHECKING:
    from pathlib import Path


def test_help_is_said_in_the_language_that_is_asked_for() -> None:
    said = " ".join(call("analyze", "--help", "--language", "de").out.split())
    assert "Beispiel: posecheck analyze" in said
    assert "Optionen" in said
    assert "Der Ordner, der angelegt wird." in said
    assert "Körperpunkte, OpenSim" in said


def test_the_language_of_the_environment_is_taken() -> None:
    said = call("plan", "toe-touch", variables={"POSECHECK_LANGUAGE": "fr"}).out
    assert "flexion de hanche" in said
    assert "8,0" in said


def test_an_error_is_said_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    done = call("angles", f"{tmp_path}/none.mp4", "-o", f"{tmp_path}/a.csv", "--language", "es")
    assert done.code == 3
    assert "no existe ese archivo; revisa el nombre y la carpeta." in " ".join(done.err.split())


@pytest.mark.parametrize("code", ["de", "es", "fr"])
def test_every_help_of_every_command_is_said_in_another_language(code: str) -> None:
    with language_set(code):
        foreign = dict(helps("posecheck", said_command(app)))
    english = dict(helps("posecheck", get_command(app)))
    assert english.keys() == foreign.keys()
    assert [place for place, words in english.items() if foreign[place] == words] == []


def helps(name: str, command: object) -> list[tuple[str, str]]:
    """(place, words) of the help of a command, of its options, and of those below it."""
    found = [(name, getattr(command, "help", None)), (f"{name}, the end", getattr(command, "epilog", None))]
    found += [(f"{name} {item.name}", getattr(item, "help", None)) for item in getattr(command, "params", [])]
    for inner_name, inner in getattr(command, "commands", {}).items():
        found += helps(f"{name} {inner_name}", inner)
    return [(place, words) for place, words in found if words]


def test_typers_own_words_are_loaded_only_where_they_are_shown() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "posecheck"]
    loaded = [subprocess.run([*command, asked], capture_output=True, check=True) for asked in ("--version", "--help")]
    assert [WORDS_OF_TYPER.encode() in run.stderr for run in loaded] == [False, True]


def test_in_english_typer_says_what_posecheck_would_say() -> None:
    code = (
        "from typer import rich_utils; from posecheck.cli.said_help import TITLES;"
        "print({name: getattr(rich_utils, name) for name in TITLES} == TITLES)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "True\n"
