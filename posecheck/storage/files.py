"""Where the files of uploads and takes lie in the data folder, under opaque names, and how they are deleted."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from posecheck.errors import Advice, StorageError
from posecheck.files import move_into_place, sync_descriptor, sync_folder, sync_tree
from posecheck.language import joined, mapped, phrase
from posecheck.storage.store import LocalStore, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

DATA_VARIABLE = "POSECHECK_DATA"
OWN_ENTRIES = (
    "posecheck.sqlite3",
    "backups",
    "brought",
    "certificate",
    "damaged",
    "deletions",
    "import-",
    "movements",
    "reserve",
    "server.lock",
    "takes",
    "transfer-",
    "uploads",
    "work",
)
"""How the names begin of all that posecheck makes in the data folder."""
ANOTHER_DATA_FOLDER = Advice("another_data_folder", phrase("Choose another data folder."))
RESERVE_BYTES = 4 * 1024**2
"""Held ready for deleting on a full disk: the database writes before it has less to hold (chosen by us)."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The data folder of the web app.

    ``uploads/<upload id>/`` holds what came in and what was read from it: ``video`` (as it came), ``partial`` (while it
    comes in), ``copy.mp4`` (what every browser plays), ``poster.jpg``, ``landmarks.parquet`` and ``recording.json``.
    ``takes/<take id>/`` is a trial folder as `posecheck.output.folders.trial_folder` writes it.
    ``movements/<name>.<version>.toml`` are movement files of the user's own (`posecheck.storage.own_movements`).

    With a store that others use too (`posecheck.storage.store`), these three are a working copy of it: whoever asks here for
    a folder or a file of them has it brought first (`StorageError` where the store cannot be reached), and what is written
    is kept there before a row names it.
    """

    root: Path
    store: Store = field(default_factory=LocalStore)

    @property
    def as_it_is(self) -> DataFolder:
        """The same without its store: what lies here, brought before, for another process of this machine."""
        return replace(self, store=LocalStore())

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "posecheck.sqlite3"

    @property
    def backups(self) -> Path:
        """Copies of the SQLite file from before each migration."""
        return self.root / "backups"

    @property
    def certificate(self) -> Path:
        """The certificate for phones in the network, its key, and their token; in no export."""
        return self.root / "certificate"

    @property
    def deletions(self) -> Path:
        """Marks of what is being deleted (`posecheck.storage.deleting`)."""
        return self.root / "deletions"

    @property
    def movements(self) -> Path:
        """Movement files of the user's own."""
        self.store.bring("movements")
        return self.root / "movements"

    def changing_movements(self) -> AbstractContextManager[None]:
        """What the block does to movement files is kept."""
        return self.store.changing("movements")

    def movement(self, name: str, version: int) -> Path:
        """One version of a movement of the user's own."""
        return self.movements / f"{name}.{version}.toml"

    def upload(self, upload_id: str) -> Path:
        """Folder of an upload."""
        self.store.bring(f"uploads/{upload_id}")
        return self.root / "uploads" / upload_id

    @contextmanager
    def changing_upload(self, upload_id: str) -> Iterator[None]:
        """What the block does to the folder of an upload, of which no transaction may wait, is kept."""
        with self.store.changing(f"uploads/{upload_id}"):
            (self.root / "uploads" / upload_id).mkdir(parents=True, exist_ok=True)
            yield

    def video(self, upload_id: str) -> Path:
        """The video as it came in."""
        return self.upload(upload_id) / "video"

    def partial(self, upload_id: str) -> Path:
        """The bytes that have come in so far; with a store, as far as they were joined here (`posecheck.storage.pieces`)."""
        return self.root / "uploads" / upload_id / "partial"

    def copy(self, upload_id: str) -> Path:
        """What every browser plays; with blurred faces if that was asked for."""
        return self.upload(upload_id) / "copy.mp4"

    def poster(self, upload_id: str) -> Path:
        """A picture from the video."""
        return self.upload(upload_id) / "poster.jpg"

    def take(self, take_id: str) -> Path:
        """Folder of a take."""
        self.store.bring(f"takes/{take_id}")
        return self._take(take_id)

    def bring_takes(self, take_ids: Iterable[str]) -> None:
        """Have the folders of many takes brought at once, where each is asked for next."""
        self.store.bring_all([f"takes/{take_id}" for take_id in take_ids])

    def _take(self, take_id: str) -> Path:
        return self.root / "takes" / take_id

    @property
    def work(self) -> Path:
        """What workers are writing, a folder a job; moved into place when it is whole, worth nothing before."""
        return self.root / "work"

    def owns(self, name: str) -> bool:
        """Whether an entry of the data folder by that name is posecheck's: people may keep files of their own beside it."""
        return name.startswith(OWN_ENTRIES)

    @property
    def reserve(self) -> Path:
        """Room that is given up so that something can be deleted on a full disk."""
        return self.root / "reserve"

    def make(self) -> None:
        """Make the folders."""
        for folder in (self.root, self.root / "uploads", self.root / "takes", self.work, self.backups, self.deletions):
            folder.mkdir(parents=True, exist_ok=True)
        sync_folder(self.root)
        sync_folder(self.root.parent)

    def make_upload(self, upload_id: str) -> None:
        """Make the folder of an upload, safe from a power cut before a row names it."""
        folder = self.root / "uploads" / upload_id
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)

    def put_reading(self, upload_id: str, made: Path) -> None:
        """Move what was read from a video into its folder, safe from a power cut before a row says that it is read."""
        sync_tree(made)
        made = self._to_move(made)
        with self.changing_upload(upload_id):
            for item in made.iterdir():
                item.replace(self.upload(upload_id) / item.name)
            sync_folder(self.upload(upload_id))

    def put_take(self, take_id: str, made: Path) -> None:
        """Move a folder that was made elsewhere here into the place of a take, instead of an earlier one.

        For a take that waits for its numbers: were it not kept in the database, they would be made again.
        """
        old = self._replaced(take_id)
        with self.store.changing(f"takes/{take_id}"):
            self._exchange(take_id, self._to_move(made), old)
        shutil.rmtree(old, ignore_errors=True)

    def put_drawn(self, take_id: str, made: Path) -> None:
        """Move a picture or a video that was drawn of a take to its files, if it has any."""
        with self.store.changing(f"takes/{take_id}"):
            if self._take(take_id).is_dir():
                move_into_place(self._to_move(made), self._take(take_id) / made.name)

    @contextmanager
    def replacing_take(self, take_id: str, made: Path, version: int) -> Iterator[Callable[[], None]]:
        """As `put_take`, for a take whose numbers stay those of its row: the earlier ones come back on an error.

        Not in a store: there is one folder of a take for all, so the caller has it measured again.

        Parameters
        ----------
        take_id : str
        made : Path
        version : int
            Of the row that belongs to the earlier folder; what replaces it has another one.

        Yields
        ------
        callable
            Moves the folder into its place; to be called once, in the transaction that this encloses.
        """
        old, moved = self._replaced(f"{take_id}-{version}"), []

        with ExitStack() as held:

            def put() -> None:
                held.enter_context(self.store.changing(f"takes/{take_id}", keep=False))
                moved.append(made)
                self._exchange(take_id, made, old)
                self.store.keep(f"takes/{take_id}")

            try:
                yield put
            except BaseException:
                if moved and (old.exists() or not made.exists()):
                    self._put_back(take_id, old)
                raise
        shutil.rmtree(old, ignore_errors=True)

    def put_back_takes(self, version_of: Callable[[str], int | None]) -> None:
        """Put back the folders of takes that were moved away when a server was killed, and whose change was not kept.

        Parameters
        ----------
        version_of : callable
            Version of a take's row by its id; None where it has none.
        """
        for old in self.work.glob(self._replaced("*").name):
            take_id, _, version = old.name.removeprefix(self._replaced("").name).partition("-")
            not_kept = version != "" and str(version_of(take_id)) == version
            if not_kept or not self._take(take_id).exists():
                self._put_back(take_id, old)

    def _to_move(self, made: Path) -> Path:
        """What is moved to its place; a copy, where a store may refuse it, as it is asked again then."""
        if not self.store.shared:
            return made
        copy = made.with_name(f"{made.name}-moved")
        shutil.rmtree(copy, ignore_errors=True)
        return shutil.copytree(made, copy) if made.is_dir() else Path(shutil.copyfile(made, copy))

    def _exchange(self, take_id: str, made: Path, old: Path) -> None:
        sync_tree(made)
        shutil.rmtree(old, ignore_errors=True)
        if self._take(take_id).exists():
            self._take(take_id).rename(old)
        made.rename(self._take(take_id))
        sync_folder(self.work)
        sync_folder(self._take(take_id).parent)

    def _put_back(self, take_id: str, old: Path) -> None:
        shutil.rmtree(self._take(take_id), ignore_errors=True)
        if old.exists():
            old.rename(self._take(take_id))
        sync_folder(self._take(take_id).parent)

    def _replaced(self, word: str) -> Path:
        return self.work / f"old-{word}"

    def keep_reserve(self) -> None:
        """Hold room ready for deleting, where there is plenty; what the disk refuses is tried again later."""
        if self.reserve.is_file() or shutil.disk_usage(self.root).free < 4 * RESERVE_BYTES:
            return
        with suppress(OSError), self.reserve.open("wb") as file:
            file.write(os.urandom(RESERVE_BYTES))  # zeros take no room on a disk that compresses
            sync_descriptor(file.fileno())

    def give_up_reserve(self) -> None:
        """Free the room that is held ready, where it is needed."""
        if shutil.disk_usage(self.root).free < RESERVE_BYTES:
            self.reserve.unlink(missing_ok=True)

    def without_places(self, words: str) -> str:
        """Words for people: files by their names, without where they lie here."""
        root = str(self.root)

        def without(text: str) -> str:
            first, *others = re.sub(rf"{re.escape(root)}[^\s:]*[/\\]", "", text).split(root)
            return joined([first, *(part for other in others for part in (folder, other))], "") if others else first

        folder = phrase("the data folder")
        return mapped(words, without)

    def discard(self, paths: Iterable[Path]) -> None:
        """Delete files that the database no longer knows; one that is held open (Windows) goes at the next start.

        One whose store cannot be reached goes when it can be (`finish_discarding`).
        """
        for path in paths:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            if self.store.shared and (self.root / "uploads" in path.parents or self.root / "takes" in path.parents):
                place = path.relative_to(self.root).as_posix()
                mark = self.deletions / f"file-{place.replace('/', '+')}"
                with suppress(StorageError, OSError):
                    mark.touch()
                    self.store.drop(place)
                    mark.unlink(missing_ok=True)

    def finish_discarding(self) -> None:
        """Delete from the store what could not be deleted there.

        Raises
        ------
        StorageError
        """
        for mark in self.deletions.glob("file-*"):
            self.store.drop(mark.name.removeprefix("file-").replace("+", "/"))
            mark.unlink(missing_ok=True)

    def delete_upload(self, upload_id: str) -> None:
        """Delete the files of an upload; those that are gone already are no error.

        Raises
        ------
        StorageError
            The store cannot be reached.
        """
        shutil.rmtree(self.root / "uploads" / upload_id, ignore_errors=True)
        sync_folder(self.root / "uploads")
        self.store.drop(f"uploads/{upload_id}")

    def delete_take(self, take_id: str) -> None:
        """Delete the files of a take; those that are gone already are no error.

        Raises
        ------
        StorageError
            The store cannot be reached.
        """
        shutil.rmtree(self._take(take_id), ignore_errors=True)
        for old in self.work.glob(f"{self._replaced(take_id).name}*"):
            shutil.rmtree(old, ignore_errors=True)
        sync_folder(self._take(take_id).parent)
        self.store.drop(f"takes/{take_id}")


def default_data_folder() -> Path:
    """The user's data folder of posecheck, as the operating system has it."""
    return user_data_path("posecheck", appauthor=False)
