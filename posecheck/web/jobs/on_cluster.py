"""A task as it travels to a worker of a cluster, and what is done with it there."""

from __future__ import annotations

import socket
import tempfile
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import posecheck
from posecheck.dataset.measure import version_words
from posecheck.errors import ClusterError
from posecheck.language import mapped, phrase
from posecheck.storage.files import DataFolder
from posecheck.storage.shared_store import store_at
from posecheck.web.jobs.brought import made_by, places_of
from posecheck.web.jobs.worker_process import Seldom, outcome_or_mistake

if TYPE_CHECKING:
    from posecheck.dataset.child import Tell
    from posecheck.progress import Progress
    from posecheck.web.jobs.worker_process import Task, TaskOutcome

T = TypeVar("T")

MARK_FILE = "seen-by-workers"
"""In the folder ``work`` of the data folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a worker of a cluster needs to do a task.

    Attributes
    ----------
    task : Task
    root : Path
        The server's data folder.
    store : str
        Address of the store that server and workers share; empty: they share the data folder.
    mark : str
        What the server has written into a file of its data folder: a worker that reads it there sees that folder.
    version : str
        Of posecheck. Default: that of whoever hands the task out.
    """

    task: Task
    root: Path
    store: str
    mark: str
    version: str = field(default_factory=lambda: posecheck.__version__)


def do(order: Order, tell: Tell) -> TaskOutcome:
    """Do a task of a server's; what it makes lies in the server's data folder then, or in the store.

    Raises
    ------
    ClusterError
        This worker has another version of posecheck, or does not see the data folder.
    """
    if order.version != posecheck.__version__:
        raise ClusterError(version_words(socket.gethostname(), posecheck.__version__, order.version))
    if not order.store:
        _check_folder(mark_file(order.root), order.mark)
        return outcome_or_mistake(order.task, Seldom(tell))
    with tempfile.TemporaryDirectory(prefix="posecheck-", ignore_cleanup_errors=True) as folder:
        apart = _Apart(order.task, order.root, DataFolder(Path(folder), store_at(Path(folder), order.store)))
        return _without(folder, str(order.root), outcome_or_mistake(apart, Seldom(tell)))


def mark_file(root: Path) -> Path:
    """The file by which a worker knows the data folder."""
    return DataFolder(root).work / MARK_FILE


@dataclass(frozen=True, slots=True)
class _Apart:
    """A task with a data folder of its own: what it reads comes from the store, what it makes goes there."""

    task: Task
    root: Path
    files: DataFolder

    def run(self, progress: Progress) -> dict[str, Any]:
        """As the task itself."""
        for place in places_of(self.task, self.root):
            self.files.store.bring(place)
        self.files.work.mkdir(exist_ok=True)
        result = _moved(self.task, self.root, self.files).run(progress)
        if made := made_by(self.task, self.root):
            self.files.store.keep(made)
        return result


def _moved(value: T, root: Path, files: DataFolder) -> T:
    """The same with its paths in another data folder."""
    moved: Any = value
    if isinstance(value, DataFolder):
        moved = files.as_it_is
    elif isinstance(value, Path) and value.is_relative_to(root):
        moved = files.root / value.relative_to(root)
    elif is_dataclass(value) and not isinstance(value, type):
        moved = replace(value, **{item.name: _moved(getattr(value, item.name), root, files) for item in fields(value)})
    return moved  # type: ignore[no-any-return]


def _without(here: str, there: str, outcome: TaskOutcome) -> TaskOutcome:
    """The server knows its own paths, and says the user's names instead."""

    def said(words: str) -> str:
        return mapped(words, lambda text: text.replace(here, there))

    return replace(outcome, refusal=said(outcome.refusal), fault=said(outcome.fault), failure=said(outcome.failure))


def _check_folder(file: Path, mark: str) -> None:
    try:
        seen = file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        seen = ""
    if seen != mark:
        raise ClusterError(
            phrase(
                "The worker {worker} does not see the data folder {folder}. Let it lie on a disk that the server and all "
                "workers see under the same path and may write to, or set POSECHECK_STORE.",
                worker=socket.gethostname(),
                folder=file.parent.parent,
            )
        )
