"""Movement files of a user's own, kept in the data folder: checked, replaced by newer versions, removed.

Each version is a file of its own, ``movements/<name>.<version>.toml``, so that what was measured with an earlier one can
still be corrected by hand and played.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import TYPE_CHECKING

from posecheck.errors import MovementError, PosecheckError
from posecheck.files import move_into_place, storage_errors, sync_folder, write_bytes_atomic
from posecheck.language import phrase
from posecheck.movements import builtin_movements, read_movement
from posecheck.movements.catalogue import Catalogue, catalogue_with

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from posecheck.movements import Movement
    from posecheck.storage.files import DataFolder

MAX_BYTES = 100_000
"""Of one file: the built-in ones have a few thousand (chosen by us)."""
MAX_MOVEMENTS = 200
"""Of one data folder, versions counted, so that pages stay quick (chosen by us)."""
MAX_NAME, MAX_TITLE, MAX_WORDS = 40, 80, 1000
"""Letters: a title is a heading on a phone and part of a file's name, words are a sentence or two (chosen by us)."""
FILE_NAME = re.compile(r"([a-z0-9][a-z0-9-]{0,39})\.([1-9][0-9]{0,4})\.toml")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_WRITING = threading.Lock()


def catalogue_of(folder: DataFolder) -> Catalogue:
    """The built-in tests and those of the data folder; read again when a file there has changed."""
    stamps = tuple((path.name, stat.st_mtime_ns, stat.st_ino) for path, stat in _listed(folder.movements))
    return _read_catalogue(folder.movements, stamps)


def checked_movement_text(text: str, where: str) -> Movement:
    """The movement that a text describes, if it may be kept beside the built-in ones; ``where`` names it in errors.

    Raises
    ------
    MovementError
        Names the file and the key, and suggests the nearest valid word.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise _too_large(where)
    try:
        movement = read_movement(text, where)
    except PosecheckError:
        raise
    # A number of ten thousand digits, or brackets as deep: Python's own reader of TOML says so in ways of its own.
    except (ValueError, OverflowError, RecursionError) as error:
        raise MovementError(
            phrase("{where}: not valid TOML: a number is too long, or brackets are too deep.", where=where)
        ) from error
    if movement.name in builtin_movements():
        raise MovementError(
            phrase(
                "{where}: name: '{name}' is a test that posecheck brings; choose another name, such as 'my-{name}'.",
                where=where,
                name=movement.name,
            )
        )
    _check_words(movement, where)
    return movement


def keep_movement(folder: DataFolder, text: str, where: str) -> Movement:
    """Keep a movement file; a newer version replaces an earlier one for what is measured from now on.

    Raises
    ------
    MovementError
        As `checked_movement_text`; or a version that is here measures something else, or is newer.
    StorageError
        The disk cannot be written.
    """
    movement = checked_movement_text(text, where)
    with _WRITING, folder.changing_movements():
        catalogue = catalogue_of(folder)
        _check_version(catalogue, movement, where)
        target = folder.movement(movement.name, movement.version)
        if not target.exists() and len(list(_listed(folder.movements))) >= MAX_MOVEMENTS:
            raise MovementError(
                phrase(
                    "{where}: there are {most} movement files already; remove one first.",
                    where=where,
                    most=MAX_MOVEMENTS,
                )
            )
        with storage_errors(target):
            folder.movements.mkdir(parents=True, exist_ok=True)
            sync_folder(folder.root)
        write_bytes_atomic(target, text.encode("utf-8"))
    return movement


def remove_movement(folder: DataFolder, name: str) -> None:
    """Delete all versions of a movement.

    Raises
    ------
    StorageError
    """
    with _WRITING, folder.changing_movements(), storage_errors(folder.movements):
        for path, _ in list(_listed(folder.movements)):
            if path.name.split(".")[0] == name:
                path.unlink(missing_ok=True)
        if folder.movements.is_dir():
            sync_folder(folder.movements)


def movement_files(folder: DataFolder) -> tuple[Path, ...]:
    """Every version of every movement, as it was added."""
    return tuple(path for path, _ in _listed(folder.movements))


def check_new_movements(folder: DataFolder, offered: Path) -> tuple[Path, ...]:
    """The movement files of another folder that are not here yet, each of them checked.

    Raises
    ------
    MovementError
        One is wrong, has the name of a test that posecheck brings, or measures something else than the same version here.
    """
    return tuple(path for path, _ in _listed(offered) if _is_new(folder, path))


def _is_new(folder: DataFolder, path: Path) -> bool:
    movement = _read_file(path)
    here = folder.movements / path.name
    if here.is_file() and not measures_alike(_read_file(here), movement):
        raise MovementError(
            phrase(
                "{where}: '{name}', version {version}, measures something else than the one that is here.",
                where=path.name,
                name=movement.name,
                version=movement.version,
            )
        )
    return not here.is_file()


def take_out_movements(folder: DataFolder, names: Iterable[str]) -> None:
    """Delete movement files that were taken in, as something else could not be.

    Raises
    ------
    StorageError
    """
    with _WRITING, folder.changing_movements():
        for name in names:
            (folder.movements / name).unlink(missing_ok=True)


def take_in_movements(folder: DataFolder, paths: Iterable[Path]) -> None:
    """Move movement files that were checked into the data folder.

    Raises
    ------
    StorageError
    """
    with _WRITING, folder.changing_movements(), storage_errors(folder.movements):
        folder.movements.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.root)
        for path in paths:
            move_into_place(path, folder.movements / path.name)


def measures_alike(first: Movement, second: Movement) -> bool:
    """Whether two movements measure the same in the same way, whatever their words and pictures."""
    return _measurement(first) == _measurement(second)


def _listed(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The movement files of a folder by name, with what the disk says of each."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in found:
        if FILE_NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            yield path, path.stat()


@lru_cache(maxsize=16)
def _read_catalogue(folder: Path, stamps: tuple[tuple[str, int, int], ...]) -> Catalogue:
    found, problems = [], []
    for name, *_ in stamps:
        try:
            found.append(_read_file(folder / name))
        except MovementError as error:
            problems.append(error.said({}))
    return catalogue_with(found, problems)


def _read_file(path: Path) -> Movement:
    try:
        if path.stat().st_size > MAX_BYTES:  # not read into memory first
            raise _too_large(path.name)
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MovementError(phrase("{where}: cannot be read ({reason}).", where=path.name, reason=error)) from error
    movement = checked_movement_text(text, path.name)
    if f"{movement.name}.{movement.version}.toml" != path.name:
        raise MovementError(
            phrase(
                "{where}: holds '{name}', version {version}; add it again.",
                where=path.name,
                name=movement.name,
                version=movement.version,
            )
        )
    return movement


def _check_version(catalogue: Catalogue, movement: Movement, where: str) -> None:
    if movement.name not in catalogue.own:
        return
    here = catalogue.movements[movement.name]
    if movement.version < here.version:
        raise MovementError(
            phrase(
                "{where}: version: {version} is older than the version {here} that is here; give the file version {next} to "
                "replace it.",
                where=where,
                version=movement.version,
                here=here.version,
                next=here.version + 1,
            )
        )
    if movement.version == here.version and not measures_alike(movement, here):
        raise MovementError(
            phrase(
                "{where}: version: version {here} of '{name}' is here and measures something else; give the file version "
                "{next} to replace it. Results of different versions are not compared.",
                where=where,
                here=here.version,
                name=movement.name,
                next=here.version + 1,
            )
        )


def _measurement(movement: Movement) -> tuple[object, ...]:
    return (
        (movement.plane, movement.lying, movement.sides, movement.rear_leg_tested),
        (movement.legs_in_plane, movement.angle_source, movement.repetition),
        tuple((item.name, item.ref, item.role) for item in movement.outcomes),
        tuple(
            (item.name, item.ref, item.measure, item.limit_deg, item.either_way, item.matched)
            for item in movement.compensations
        ),
        tuple((item.ref, item.measure, item.low_deg, item.high_deg) for item in movement.still),
    )


def _check_words(movement: Movement, where: str) -> None:
    """Words that pages, file names and the database can take."""
    if len(movement.name) > MAX_NAME:
        raise _too_long(where, "name", movement.name, MAX_NAME)
    for kind, names in (
        ("outcomes", [item.name for item in movement.outcomes]),
        ("compensations", [item.name for item in movement.compensations]),
    ):
        for name in names:
            if not re.fullmatch(r"[a-z0-9_]{1,40}", name):
                raise MovementError(
                    phrase(
                        "{where}: {kind}: name: '{name}': use up to 40 small letters, digits and underscores, such as "
                        "'hip_flexion'.",
                        where=where,
                        kind=kind,
                        name=name[:60],
                    )
                )
    for key, words, limit in _words(movement):
        if len(words) > limit:
            raise _too_long(where, key, words, limit)
        if _CONTROL.search(words):
            raise MovementError(
                phrase("{where}: {key}: holds a character that cannot be shown; write it anew.", where=where, key=key)
            )


def _too_large(where: str) -> MovementError:
    words = phrase("{where}: larger than a movement file may be ({most} kB).", where=where, most=MAX_BYTES // 1000)
    return MovementError(words)


def _too_long(where: str, key: str, words: str, most: int) -> MovementError:
    return MovementError(
        phrase("{where}: {key}: {count} letters; at most {most}.", where=where, key=key, count=len(words), most=most)
    )


def _words(movement: Movement) -> Iterable[tuple[str, str, int]]:
    """(key, words, most letters) of everything that pages show."""
    said = movement.instructions
    yield "title", movement.title, MAX_TITLE
    yield "side_words", movement.side_words, MAX_TITLE
    for key, words in (
        ("summary", movement.summary),
        ("side_meaning", movement.side_meaning),
        ("caution", movement.caution),
        ("instructions.camera", said.camera),
        ("instructions.start", said.start),
        ("instructions.move", said.move),
        *(("sources", words) for words in movement.sources),
        *(("start.words", rule.words) for rule in movement.start),
    ):
        yield key, words, MAX_WORDS
    for outcome in movement.outcomes:
        yield "outcomes.title", outcome.title, MAX_TITLE
        yield "outcomes.context", outcome.context, MAX_WORDS
        yield "outcomes.caution", outcome.caution, MAX_WORDS
    for item in movement.compensations:
        yield "compensations.title", item.title, MAX_TITLE
        yield "compensations.words", item.words, MAX_WORDS
    if movement.drawing:
        yield "drawing.start.words", movement.drawing.start.words, MAX_WORDS
        yield "drawing.end.words", movement.drawing.end.words, MAX_WORDS
