"""Where the files of uploads and takes lie in the data folder, under opaque names, and how they are deleted."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from posecheck.errors import Advice

if TYPE_CHECKING:
    from collections.abc import Iterable

DATA_VARIABLE = "POSECHECK_DATA"
OWN_ENTRIES = (
    "posecheck.sqlite3",
    "backups",
    "certificate",
    "deletions",
    "import-",
    "movements",
    "server.lock",
    "takes",
    "transfer-",
    "uploads",
    "work",
)
"""How the names begin of all that posecheck makes in the data folder."""
ANOTHER_DATA_FOLDER = Advice("another_data_folder", "Choose another data folder.")


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The data folder of the web app.

    ``uploads/<upload id>/`` holds what came in and what was read from it: ``video`` (as it came), ``partial`` (while it
    comes in), ``copy.mp4`` (what every browser plays), ``poster.jpg``, ``landmarks.parquet`` and ``recording.json``.
    ``takes/<take id>/`` is a trial folder as `posecheck.output.folders.trial_folder` writes it.
    ``movements/<name>.<version>.toml`` are movement files of the user's own (`posecheck.storage.own_movements`).
    """

    root: Path

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
        return self.root / "movements"

    def movement(self, name: str, version: int) -> Path:
        """One version of a movement of the user's own."""
        return self.movements / f"{name}.{version}.toml"

    def upload(self, upload_id: str) -> Path:
        """Folder of an upload."""
        return self.root / "uploads" / upload_id

    def video(self, upload_id: str) -> Path:
        """The video as it came in."""
        return self.upload(upload_id) / "video"

    def partial(self, upload_id: str) -> Path:
        """The bytes that have come in so far."""
        return self.upload(upload_id) / "partial"

    def copy(self, upload_id: str) -> Path:
        """What every browser plays; with blurred faces if that was asked for."""
        return self.upload(upload_id) / "copy.mp4"

    def poster(self, upload_id: str) -> Path:
        """A picture from the video."""
        return self.upload(upload_id) / "poster.jpg"

    def take(self, take_id: str) -> Path:
        """Folder of a take."""
        return self.root / "takes" / take_id

    @property
    def work(self) -> Path:
        """What workers are writing, a folder a job; moved into place when it is whole, worth nothing before."""
        return self.root / "work"

    def owns(self, name: str) -> bool:
        """Whether an entry of the data folder by that name is posecheck's: people may keep files of their own beside it."""
        return name.startswith(OWN_ENTRIES)

    def make(self) -> None:
        """Make the folders."""
        for folder in (self.root, self.root / "uploads", self.root / "takes", self.work, self.backups):
            folder.mkdir(parents=True, exist_ok=True)

    def put_take(self, take_id: str, made: Path) -> None:
        """Move a folder that was made elsewhere here into the place of a take, instead of an earlier one."""
        old = self._replaced(take_id)
        shutil.rmtree(old, ignore_errors=True)
        if self.take(take_id).exists():
            self.take(take_id).rename(old)
        made.rename(self.take(take_id))
        shutil.rmtree(old, ignore_errors=True)

    def put_back_takes(self) -> None:
        """Put back the folder of a take that was moved away just before a server was killed, and not replaced yet."""
        for old in self.work.glob(self._replaced("*").name):
            take = self.take(old.name.removeprefix(self._replaced("").name))
            if not take.exists():
                old.rename(take)

    def _replaced(self, take_id: str) -> Path:
        return self.work / f"old-{take_id}"

    def discard(self, paths: Iterable[Path]) -> None:
        """Delete files that the database no longer knows; one that is held open (Windows) goes at the next start."""
        for path in paths:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def delete_upload(self, upload_id: str) -> None:
        """Delete the files of an upload; those that are gone already are no error."""
        shutil.rmtree(self.upload(upload_id), ignore_errors=True)

    def delete_take(self, take_id: str) -> None:
        """Delete the files of a take; those that are gone already are no error."""
        shutil.rmtree(self.take(take_id), ignore_errors=True)
        shutil.rmtree(self._replaced(take_id), ignore_errors=True)


def default_data_folder() -> Path:
    """The user's data folder of posecheck, as the operating system has it."""
    return user_data_path("posecheck", appauthor=False)
