"""Many files at once to and from an address; each appears whole or not at all."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.places import listing, part_name, place_errors, whole_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from posecheck.places import Place


def get_files(at: Place, files: Mapping[str, Path]) -> None:
    """Fetch files of a folder by name, each to a path of this machine.

    Raises
    ------
    FileNotFoundError
        One is gone.
    StorageError
    """
    try:
        with place_errors(at):
            if getattr(at.fs, "async_impl", False):  # several at once
                at.fs.get([at.inside(name).path for name in files], [str(path) for path in files.values()])
            else:
                for name, path in files.items():
                    at.fs.get_file(at.inside(name).path, str(path))
    except StorageError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise error.__cause__ from None
        raise


def put_files(at: Place, files: Mapping[str, Path]) -> None:
    """Put files of this machine into a folder, by name.

    Raises
    ------
    StorageError
    """
    with place_errors(at):
        if not at.shows_whole_files:
            for name, path in files.items():
                with whole_at(at.inside(name)) as part:
                    at.fs.put_file(str(path), part)
        elif files:
            at.fs.put([str(path) for path in files.values()], [at.inside(name).path for name in files])


def remove_files(at: Place, names: Iterable[str]) -> None:
    """Delete files of a folder; those that are gone already are no error.

    Raises
    ------
    StorageError
    """
    with place_errors(at):
        for name in names:
            with suppress(FileNotFoundError):
                at.fs.rm_file(at.inside(name).path)


def remove_tree(at: Place) -> None:
    """Delete a folder with all in it, or one file; what is gone already is no error.

    Raises
    ------
    StorageError
    """
    if at.shows_whole_files:
        remove_files(at, listing(at))
    with place_errors(at), suppress(FileNotFoundError):
        if at.shows_whole_files:
            at.fs.rm_file(at.path)
        else:
            at.fs.rm(at.path, recursive=True)


def hidden_part(file: Path) -> Path:
    """Where a file is written before it has its name."""
    return file.with_name(part_name(file.name))
