"""Folders on this machine, on servers and in object storage, all by their address (fsspec)."""

from __future__ import annotations

import json
import os
import re
import tempfile
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import fsspec

from posecheck.errors import StorageError
from posecheck.files import write_bytes_atomic
from posecheck.language import phrase
from posecheck.signs import watched

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

DRIVERS = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "sftp": "paramiko", "ssh": "paramiko"}
"""The package that each kind of address needs."""
MAGIC = set("*?[")
_WHOLE_AT_ONCE = ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss")
for _kind in ("sftp", "ssh"):
    fsspec.register_implementation(_kind, "posecheck.sftp.SFTP", clobber=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder or a file, by address.

    Attributes
    ----------
    fs : fsspec.AbstractFileSystem
    path : str
        Within ``fs``, without an ending slash.
    address : str
        As people write it.
    """

    fs: Any
    path: str
    address: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """How addresses of its kind begin."""
        return (self.fs.protocol,) if isinstance(self.fs.protocol, str) else tuple(self.fs.protocol)

    @property
    def shown(self) -> str:
        """The address for people: without a password."""
        return without_password(self.address)

    @property
    def shows_whole_files(self) -> bool:
        """Object storage shows a file when the whole has come, and needs no folders."""
        return any(kind in _WHOLE_AT_ONCE for kind in self.kinds)

    @property
    def local(self) -> bool:
        """Whether it is on this machine, or on a disk that looks like it."""
        return "file" in self.kinds

    def inside(self, *names: str) -> Place:
        """A file or folder within it."""
        tail = "/".join(names)
        return Place(self.fs, f"{self.path}/{tail}", f"{self.address}/{tail}")


def place(address: str | Path, **options: Any) -> Place:
    """What an address means; nothing is looked for yet. The options are for its driver.

    Raises
    ------
    StorageError
        No such kind of address, or its driver is not installed.
    """
    text = str(address)
    if "://" not in text:  # a name of this machine, whatever signs it has
        fs = fsspec.filesystem("file")
        path = fs._strip_protocol(os.path.normpath(Path(text).expanduser().absolute()))
        return Place(fs, path, path)
    try:
        fs, path = fsspec.core.url_to_fs(text, **options)
    except ImportError as error:
        raise _no_driver(text) from error
    except ValueError as error:
        words = phrase(
            "{address}: no kind of address that is known ({reason}).", address=without_password(text), reason=error
        )
        raise StorageError(words) from error
    end = "/" if path == "/" else ""
    return Place(fs, path.rstrip("/") + end, text.rstrip("/") + end)


def without_password(address: str) -> str:
    """An address as it may be shown: what stands before the machine's name is for nobody else."""
    return re.sub(r"//[^/@]*@", "//", address)


def _no_driver(address: str) -> StorageError:
    scheme = address.partition("://")[0]
    return StorageError(
        phrase(
            "{address}: addresses of this kind need the package {package}. Install it: pip install {package}",
            address=without_password(address),
            package=DRIVERS.get(scheme, scheme),
        )
    )


@contextmanager
def place_errors(where: Place) -> Iterator[None]:
    """Faults of a disk, a server or a bucket as `StorageError`, in words."""
    try:
        yield
    except FileNotFoundError as error:
        raise StorageError(phrase("{address}: there is nothing at this address.", address=where.shown)) from error
    except PermissionError as error:
        raise StorageError(
            phrase(
                "{address}: access is refused. Check the name and the rights of the account that is used.",
                address=where.shown,
            )
        ) from error
    except StorageError:
        raise
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise StorageError(phrase("{address}: {reason}.", address=where.shown, reason=reason)) from error
    except Exception as error:
        if not _is_of_driver(error):
            raise
        raise StorageError(phrase("{address}: {reason}.", address=where.shown, reason=error)) from error


def _is_of_driver(error: Exception) -> bool:
    """Drivers raise errors of libraries of their own: no connection, no such host, no credentials."""
    return type(error).__module__.partition(".")[0] in {
        "botocore",
        "aiobotocore",
        "aiohttp",
        "gcsfs",
        "google",
        "paramiko",
    }


def file_at(where: Place) -> Place | None:
    """The one file of this very name; None for folders, patterns and what is not there.

    Raises
    ------
    StorageError
        It is not to be seen.
    """
    with place_errors(where):
        return at_path(where, where.path) if where.fs.isfile(where.path) else None


def files_at(where: Place) -> list[Place]:
    """All files of a folder and of those in it, or those that a pattern names; by name.

    A folder of this very name goes before a pattern: names may have such signs.

    Raises
    ------
    StorageError
        There is nothing, or a folder cannot be read.
    """
    with place_errors(where):
        if where.fs.isdir(where.path):
            return [at_path(where, path) for path in sorted(_all_within(where))]
        pattern = bool(MAGIC & set(where.path))
        found = [path for path in where.fs.glob(where.path) if not where.fs.isdir(path)] if pattern else []
    if not found:
        raise StorageError(phrase("{address}: there is nothing at this address.", address=where.shown))
    return [at_path(where, path) for path in sorted(found)]


def at_path(beside: Place, path: str) -> Place:
    """Another path of the same machine, disk or storage."""
    if beside.local:
        return Place(beside.fs, path, path)
    begin, found, end = beside.address.rpartition(beside.path)
    if found and not end:  # not by the driver, which may leave out on which machine it is
        return Place(beside.fs, path, f"{begin}{path}")
    return Place(beside.fs, path, str(beside.fs.unstrip_protocol(path)))


def listing(where: Place) -> dict[str, dict[str, Any]]:
    """What a folder's place lists about each file within it, by name within; nothing where it is not there.

    Raises
    ------
    StorageError
        It is not to be read.
    """
    start = f"{where.path}/"
    with place_errors(where):
        where.fs.invalidate_cache()
        if where.local:
            infos = {path: _local_info(path) for path in _all_within(where)} if Path(where.path).is_dir() else {}
        elif getattr(where.fs, "async_impl", False):
            infos = where.fs.find(where.path, detail=True)
        else:
            infos = where.fs.find(where.path, detail=True, on_error="raise") if where.fs.isdir(where.path) else {}
    return {path[len(start) :]: info for path, info in infos.items() if path.startswith(start) and info is not None}


def _local_info(path: str) -> dict[str, Any] | None:
    try:
        found = Path(path).stat()
    except FileNotFoundError:  # it went since
        return None
    return {"size": found.st_size, "mtime": found.st_mtime_ns}


def _all_within(where: Place) -> list[str]:
    if not where.local:
        return list(where.fs.find(where.path))
    return [f"{folder}/{name}" for folder, _, names in os.walk(where.path, onerror=raise_error) for name in names]


def raise_error(error: OSError) -> None:
    """A folder without rights is said, not passed over as if it were empty."""
    raise error


def stamp_of(where: Place) -> str:
    """What changes when a file changes: its size and its time or checksum.

    Raises
    ------
    StorageError
        It is not there, or not to be read.
    """
    with place_errors(where):
        if where.local:
            found = Path(where.path).stat()
            return f"{found.st_size}|{found.st_mtime_ns}"
        where.fs.invalidate_cache()
        return stamp_in(where.fs.info(where.path))


def stamps_of(addresses: Iterable[str]) -> dict[str, str]:
    """`stamp_of` many files, asked for by folders; those that are not there, or not to be read, are left out."""
    found: dict[str, str] = {}
    folders: dict[tuple[Any, str], list[Place]] = {}
    for where in map(place, addresses):
        if where.local:
            with suppress(StorageError):
                found[where.address] = stamp_of(where)
        else:
            folders.setdefault((where.fs, where.path.rpartition("/")[0]), []).append(where)
    for (fs, folder), files in folders.items():
        with suppress(StorageError), place_errors(files[0]):
            fs.invalidate_cache(folder)
            infos = {info["name"]: info for info in fs.ls(folder, detail=True)}
            found |= {file.address: stamp_in(infos[file.path]) for file in files if file.path in infos}
    return found


def stamp_in(info: Mapping[str, Any]) -> str:
    """What changes when a file changes, from what its folder lists about it."""
    marks = (info.get("size"), info.get("ETag") or info.get("etag") or info.get("mtime") or info.get("LastModified"))
    return "|".join(map(str, marks))


@contextmanager
def local_copy(where: Place) -> Iterator[Path]:
    """The file on this machine: itself, or a copy that is deleted afterwards.

    Raises
    ------
    StorageError
        It cannot be fetched, or the disk is full.
    """
    if where.local:
        yield Path(where.path)
        return
    with tempfile.TemporaryDirectory(prefix="posecheck-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / PurePosixPath(where.path).name
        with place_errors(where), watched(lambda: _size(copy)):
            where.fs.get_file(where.path, str(copy))
        yield copy


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else -1


def put_bytes(where: Place, data: bytes) -> None:
    """Write a file; it appears whole or not at all.

    Raises
    ------
    StorageError
    """
    with place_errors(where):
        if where.local:
            Path(where.path).parent.mkdir(parents=True, exist_ok=True)
            write_bytes_atomic(where.path, data)
        elif where.shows_whole_files:
            where.fs.pipe_file(where.path, data)
        else:
            with whole_at(where) as part:
                where.fs.pipe_file(part, data)


@contextmanager
def whole_at(target: Place) -> Iterator[str]:
    """A path beside the target's, to be written and then given its name, where a file would be seen half written."""
    folder, _, name = target.path.rpartition("/")
    part = f"{folder}/{part_name(name)}"
    target.fs.makedirs(folder, exist_ok=True)
    try:
        yield part
        if target.local:
            Path(part).replace(target.path)
        else:
            target.fs.mv(part, target.path)
    except BaseException:
        with suppress(Exception):  # where nobody answers any more, nothing can be tidied up
            target.fs.rm_file(part)
        raise


def part_name(name: str) -> str:
    """What a file is called until it is whole."""
    return f".{name}.part-{uuid.uuid4().hex[:8]}"


def put_tree(folder: Path, where: Place) -> None:
    """Put a folder of this machine there, file by file.

    Raises
    ------
    StorageError
    """
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            put_bytes(where.inside(*file.relative_to(folder).parts), file.read_bytes())


def put_json(where: Place, value: Any) -> None:
    """Write JSON as `put_bytes` does."""
    put_bytes(where, json.dumps(value, ensure_ascii=False, allow_nan=False).encode())


def keep_files(folder: Place, aside: Place, names: set[str]) -> None:
    """Have in a folder the files of these names, wherever in it; others are put aside, and taken from there again.

    Raises
    ------
    StorageError
    """
    with place_errors(folder):
        folder.fs.invalidate_cache()
        there, put_away = (_names_within(place) for place in (folder, aside))
        for name in there - names:
            _move(folder.inside(name), aside.inside(name))
        for name in (names - there) & put_away:  # never over one that was made since
            _move(aside.inside(name), folder.inside(name))


def _names_within(folder: Place) -> set[str]:
    if not folder.fs.isdir(folder.path):
        return set()
    names = {str(path)[len(folder.path) + 1 :] for path in folder.fs.find(folder.path)}
    return {name for name in names if not PurePosixPath(name).name.startswith(".")}  # those are being written


def _move(source: Place, target: Place) -> None:
    if not target.shows_whole_files:
        target.fs.makedirs(target.path.rpartition("/")[0], exist_ok=True)
    with suppress(FileNotFoundError):  # another command was quicker
        source.fs.mv(source.path, target.path)


def json_names(folder: Place) -> set[str]:
    """The names of a folder's JSON files, without their ending; none where it is not there.

    Raises
    ------
    StorageError
        The folder is there, but not to be read.
    """
    with place_errors(folder):
        folder.fs.invalidate_cache()
        if not folder.fs.isdir(folder.path):
            return set()
        found = [PurePosixPath(path) for path in folder.fs.find(folder.path)]
    return {path.stem for path in found if path.suffix == ".json"}


def read_json_files(folder: Place, names: Sequence[str]) -> dict[str, Any]:
    """Some of them, by name; those that are damaged are left out.

    Raises
    ------
    StorageError
        One is not there, or not to be read.
    """
    paths = {folder.inside(f"{name}.json").path: name for name in names}
    with place_errors(folder):
        contents = folder.fs.cat(list(paths)) if paths else {}
    if isinstance(contents, bytes):  # of one file alone
        contents = {next(iter(paths)): contents}
    found = {}
    for path, data in contents.items():
        try:
            found[paths[path]] = json.loads(data)
        except (ValueError, RecursionError):
            continue
    return found


def same_place(first: Place, second: Place) -> bool:
    """Whether one lies within the other, or is it."""
    if first.kinds[0] != second.kinds[0]:
        return False
    one, other = PurePosixPath(first.path), PurePosixPath(second.path)
    return one == other or one.is_relative_to(other)
