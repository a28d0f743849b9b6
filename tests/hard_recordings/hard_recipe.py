"""Makes a recording from its recipe: FFmpeg's own commands, as they stand in a report, and four small words of ours.

Commands are parted by ``;`` and are run without a shell, in an empty folder. Known words:

- ``ffmpeg ...``: FFmpeg's command;
- ``cat A B > C``: files joined byte by byte;
- ``keep 0.7 A > B``: the first seven tenths of a file, as of a copy that was not finished; ``-0.7`` keeps the last ones;
- ``matrix -1 0 0 1 A > B``: an MP4 with another display matrix ``a b c d`` (ISO/IEC 14496-12, 8.3.2): turned, mirrored.

The sources (``S``, ``K1`` ..., see `hard_case.SOURCES`) stand for their files, ``X`` for a fast encoding of good quality.
"""

from __future__ import annotations

import shlex
import shutil
import struct
import subprocess
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from hard_case import SOURCES

from posecheck.settings import find_samples_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FFMPEG = "ffmpeg"
OTHER_BODIES = Path(__file__).parent / "other_bodies"
ABBREVIATIONS = {"X": ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18")}
COMMAND_S = 300
"""No recipe takes nearly as long, on any machine."""


LACKS = ("Unknown encoder", "No such filter", "Unrecognized option", "Unknown decoder")
"""What FFmpeg says where it was built without a part that a recipe needs."""


class RecipeError(Exception):
    """A recipe that cannot be followed: there is a mistake in it."""


class LackingError(RecipeError):
    """This FFmpeg was built without an encoder or a filter that the recipe needs."""


def make(recipe: str, folder: Path) -> Path:
    """Follow a recipe in a folder; what it wrote last is returned.

    Raises
    ------
    RecipeError
        It cannot be followed; says which command, and what FFmpeg said. A `LackingError` where another FFmpeg could.
    """
    made = folder
    for words in _commands(recipe):
        made = _run(words, folder)
    return made


def write_source(word: str, path: Path) -> Path:
    """Write the video that a source's word stands for: the sample as it is, or its start, not encoded anew."""
    source = SOURCES[word]
    sample = find_samples_dir() / f"{source.name}.mp4"
    if not sample.exists():
        sample = OTHER_BODIES / f"{source.name}.mp4"
    if source.end_s is None:
        return shutil.copyfile(sample, path)
    _ffmpeg(["-t", str(source.end_s), "-i", str(sample), "-c", "copy", str(path)], path.parent)
    return path


def _commands(recipe: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(recipe, posix=True, punctuation_chars=";>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    for between, words in groupby(lexer, lambda word: word == ";"):
        if not between:
            yield list(words)


def _run(words: Sequence[str], folder: Path) -> Path:
    command, *rest = words
    if command == FFMPEG:
        _ffmpeg([part for word in rest for part in _meant(word, folder)], folder)
        return folder / rest[-1]
    if command not in BYTES or rest[-2] != ">":
        raise RecipeError(f"'{' '.join(words)}': expected ffmpeg, or one of {', '.join(BYTES)} with > and a file.")
    made = folder / rest[-1]
    made.write_bytes(BYTES[command](rest[:-2], folder))
    return made


def _meant(word: str, folder: Path) -> Sequence[str]:
    if word in SOURCES:
        path = folder / f"source {word}.mp4"
        return [str(path if path.exists() else write_source(word, path))]
    return ABBREVIATIONS.get(word, (word,))


def _ffmpeg(words: Sequence[str], folder: Path) -> None:
    done = subprocess.run(
        [FFMPEG, "-hide_banner", "-v", "error", "-nostdin", "-y", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=COMMAND_S,
        check=False,
    )
    if done.returncode:
        kind = LackingError if any(part in done.stderr for part in LACKS) else RecipeError
        raise kind(f"ffmpeg {shlex.join(words)}\nended with {done.returncode}:\n{done.stderr}")


def _cat(words: Sequence[str], folder: Path) -> bytes:
    return b"".join((folder / name).read_bytes() for name in words)


def _keep(words: Sequence[str], folder: Path) -> bytes:
    part, name = words
    data = (folder / name).read_bytes()
    kept = round(len(data) * float(part))
    return data[kept:] if kept < 0 else data[:kept]


def _matrix(words: Sequence[str], folder: Path) -> bytes:
    *matrix, name = words
    data = bytearray((folder / name).read_bytes())
    start = data.index(b"tkhd") + 44  # of version 0, which every file under 68 years has
    a, b, c, d = (int(value) << 16 for value in matrix)
    data[start : start + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    return bytes(data)


BYTES = {"cat": _cat, "keep": _keep, "matrix": _matrix}
"""Our own words: from the words before ``>`` to what is written."""
