"""A first session file for a folder of videos, from their names: to be checked by whoever filmed them."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from posecheck.errors import MovementError, SessionFileError
from posecheck.file_names import read_name
from posecheck.language import joined, phrase
from posecheck.movements import Movement, builtin_movements, load_movement
from posecheck.protocol import GRIPS, NO_GRIP, STRETCHES
from posecheck.session import SESSION_FILE
from posecheck.video.folder import FolderVideos, look_through

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from posecheck.file_names import NameTells

FILL_IN: Final = "# fill in"

_BESIDE_VIDEOS: Final = (".toml", ".framing.json")
"""What posecheck itself puts beside videos."""


@dataclass(frozen=True, slots=True)
class SessionDraft:
    """The text of a first ``session.toml``, and sentences about files that were left out of it."""

    text: str
    left_out: tuple[str, ...]


def draft_session(folder: Path) -> SessionDraft:
    """A first ``session.toml`` for a folder of videos, guessed from the file names; what cannot be told is marked.

    Movement files in the folder are taken into account: a video whose name holds the test's name, or one of its
    ``file_words``, is taken for that test.

    Raises
    ------
    SessionFileError
        The folder holds no video, or a movement file with a mistake.
    """
    if not folder.is_dir():
        raise SessionFileError(
            phrase("{folder}: no such folder, so no videos here. Put the recordings into one first.", folder=folder)
        )
    found = look_through(folder, of_other_kinds=_BESIDE_VIDEOS)
    if not found.videos:
        none = phrase("{folder}: no videos here.", folder=folder)
        raise SessionFileError(joined([none, *found.left_out_words, phrase("Put the recordings in it first.")]))
    return SessionDraft(_text(folder, found), found.left_out_words)


def _text(folder: Path, found: FolderVideos) -> str:
    brought = builtin_movements()
    own = {key: item for key, item in _own_movements(folder).items() if item not in brought.values()}
    movements = {**brought, **own}
    lines = [
        'person = ""                      # a name or a code',
        f"date = {dt.date.today().isoformat()}",
        "",
        "# movement: " + ", ".join(movements),
        '# side: "left" or "right" (for tests done once per side); phase: "pre", "baseline" or "retest"',
        "# stiffness, discomfort: 0 (none) to 10 (worst), if it was asked",
        "# Several recordings of one test, side and phase are its takes, in this order; all of them count.",
        '# leave_out = "why": a recording that is not to count',
        *(f"# {sentence}" for sentence in found.left_out_words),
    ]
    for trial in _with_take_notes([_guess(video, movements) for video in found.videos]):
        lines += ["", "[[trials]]", *trial]
    names = ", ".join(item.name for item in STRETCHES), ", ".join(item.name for item in GRIPS)
    lines += [
        "",
        "# What was done between the tests, if anything:",
        "# [[stretches]]",
        f'# stretch = ""                   # {names[0]}',
        f'# grip = ""                      # {names[1]}; {NO_GRIP}: an ordinary stretch',
        '# side = "left"',
        "# Nothing at all, on a day to compare others with (write it above the first [[trials]]): no_stretch = true",
    ]
    return "\n".join(lines) + "\n"


def _quoted(name: str) -> str:
    # TOML's strings are JSON's, but for this one sign.
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def _own_movements(folder: Path) -> dict[str, Movement]:
    """The user's own tests that lie beside the videos, by what ``session.toml`` calls them: the file's name."""
    paths = sorted(
        path for path in folder.glob("*.toml") if path.name != SESSION_FILE and not path.name.startswith("._")
    )
    try:
        return {path.name: load_movement(path) for path in paths}
    except MovementError as error:
        next_step = phrase("Correct it, or move the file elsewhere if it is not a movement.")
        raise SessionFileError(joined([error.said({}), next_step])) from error


@dataclass(frozen=True, slots=True)
class _Guess:
    """A video's lines in the draft; ``take`` is the number that its name says, 0 for none."""

    file: str
    lines: tuple[str, ...]
    take: int


def _guess(video: Path, movements: Mapping[str, Movement]) -> _Guess:
    tells = read_name(video.stem, movements)
    movement = tells.movements[0] if len(tells.movements) == 1 else ""
    lines = [_line("movement", tells.movements)]
    if not movement or movements[movement].sides:
        lines.append(_line("side", tells.sides))
    return _Guess(video.name, (*lines, _phase_line(tells)), tells.take)


def _with_take_notes(guesses: Sequence[_Guess]) -> Iterator[list[str]]:
    """Takes of a test in the order of their numbers; from the second one on, the draft says which it is."""
    groups: dict[tuple[str, ...], list[_Guess]] = {}
    for guess in guesses:
        groups.setdefault(guess.lines if _is_whole(guess) else (guess.file,), []).append(guess)
    for group in groups.values():
        ordered = sorted(group, key=lambda guess: guess.take)
        for number, guess in enumerate(ordered, start=1):
            yield [_file_line(guess, number, ordered[0].file), *guess.lines]


def _is_whole(guess: _Guess) -> bool:
    """Whether test, side and phase are all told, so that two alike are two takes of one test."""
    return not any(FILL_IN in line for line in guess.lines)


def _file_line(guess: _Guess, number: int, first: str) -> str:
    line = f"file = {_quoted(guess.file)}"
    if number == 1:
        return line
    surely = "" if guess.take == number else f", as it is the same test, side and phase as {_quoted(first)}: check"
    return f"{line}   # take {number}{surely}"


def _phase_line(tells: NameTells) -> str:
    if not tells.phases:
        return 'phase = "pre"   # the name does not say: check'
    return _line("phase", tells.phases)


def _line(key: str, said: tuple[str, ...]) -> str:
    if len(said) == 1:
        return f"{key} = {_quoted(said[0])}"
    both = f": the name says {' and '.join(said)}" if said else ""
    return f'{key} = ""   {FILL_IN}{both}'
