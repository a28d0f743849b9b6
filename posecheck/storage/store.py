"""Where videos and results lie: in the data folder itself, or for all servers and workers at one address."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

STORE_VARIABLE = "POSECHECK_STORE"


class Store(Protocol):
    """Where the folders of the data folder lie for all servers and workers.

    A place is the path of a folder within the data folder: ``uploads/<id>``, ``takes/<id>``, ``movements``, ``work/<id>``.
    """

    @property
    def shared(self) -> bool:
        """Whether others may have changed what lies here."""

    def check(self) -> None:
        """Raise a `StorageError` in words where it cannot be used."""

    def bring(self, place: str, *, again: bool = False) -> None:
        """Make the local folder hold exactly what the store holds; ``again``: though this request has done so."""

    def bring_all(self, places: Iterable[str]) -> None:
        """Bring many folders at once."""

    def keep(self, place: str) -> None:
        """Make the store hold exactly what the local folder holds."""

    def changing(self, place: str, *, keep: bool = True) -> AbstractContextManager[None]:
        """Bring a folder, and keep it after the block; nobody else here brings or changes it meanwhile.

        Within it nobody may wait for the database: who holds that may wait for the folder. ``keep``: False where the block
        does so itself.
        """

    def drop(self, place: str) -> None:
        """Delete a folder, or one file, from the store; what is gone already is no error."""

    def held(self, kind: str) -> dict[str, dict[str, int]]:
        """Bytes of each file of each folder of a kind (``uploads``, ``takes``), by name; all asked for at once."""

    def write(self, place: str, data: bytes) -> None:
        """Write one file that is in no working copy."""

    def read(self, place: str) -> bytes:
        """Read one file that is in no working copy."""

    def noted(self, place: str) -> bool:
        """Whether the local folder was brought or kept before."""

    def stamps(self, place: str) -> dict[str, str]:
        """What tells each file that was brought or kept from an earlier or later one of its name, the same everywhere."""

    def let_go(self, place: str) -> bool:
        """Delete the local folder, if the store holds all of it; whether it is gone."""


@dataclass(frozen=True, slots=True)
class LocalStore:
    """Everything lies in the data folder itself: there is nothing to bring or to keep."""

    @property
    def shared(self) -> bool:
        """One server alone uses the data folder."""
        return False

    def check(self) -> None:
        """Nothing to check: the data folder is checked when it is locked."""

    def bring(self, place: str, *, again: bool = False) -> None:
        """It is here."""

    def bring_all(self, places: Iterable[str]) -> None:
        """They are here."""

    def keep(self, place: str) -> None:
        """It is here."""

    def changing(self, place: str, *, keep: bool = True) -> AbstractContextManager[None]:
        """It is here."""
        return nullcontext()

    def drop(self, place: str) -> None:
        """It is nowhere else."""

    def held(self, kind: str) -> dict[str, dict[str, int]]:
        """Nothing lies elsewhere."""
        return {}

    def write(self, place: str, data: bytes) -> None:
        """Nobody else would read it."""

    def read(self, place: str) -> bytes:
        """Nobody else has written it."""
        return b""

    def noted(self, place: str) -> bool:
        """Nothing lies elsewhere."""
        return False

    def stamps(self, place: str) -> dict[str, str]:
        """Nothing lies elsewhere."""
        return {}

    def let_go(self, place: str) -> bool:
        """It is nowhere else."""
        return False
