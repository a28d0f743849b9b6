"""A task as it travels to a worker of a cluster, and what is done with it there."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import posecheck
from posecheck.dataset.measure import version_words
from posecheck.errors import ClusterError
from posecheck.language import phrase
from posecheck.web.jobs.worker_process import Seldom, outcome_or_mistake

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.dataset.child import Tell
    from posecheck.storage.files import DataFolder
    from posecheck.web.jobs.worker_process import Task, TaskOutcome

MARK_FILE = "seen-by-workers"
"""In the folder ``work`` of the data folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a worker of a cluster needs to do a task.

    Attributes
    ----------
    task : Task
    files : DataFolder
        The server's.
    mark : str
        What the server has written into a file of its data folder: a worker that reads it there sees that folder.
    version : str
        Of posecheck. Default: that of whoever hands the task out.
    """

    task: Task
    files: DataFolder
    mark: str
    version: str = field(default_factory=lambda: posecheck.__version__)


def do(order: Order, tell: Tell) -> TaskOutcome:
    """Do a task of a server's; what it makes lies in the server's data folder then.

    Raises
    ------
    ClusterError
        This worker has another version of posecheck, or does not see the data folder.
    """
    if order.version != posecheck.__version__:
        raise ClusterError(version_words(socket.gethostname(), posecheck.__version__, order.version))
    _check_folder(mark_file(order.files), order.mark)
    return outcome_or_mistake(order.task, Seldom(tell))


def mark_file(files: DataFolder) -> Path:
    """The file by which a worker knows the data folder."""
    return files.work / MARK_FILE


def _check_folder(file: Path, mark: str) -> None:
    try:
        seen = file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        seen = ""
    if seen != mark:
        raise ClusterError(
            phrase(
                "The worker {worker} does not see the data folder {folder}. Let it lie on a disk that the server and all "
                "workers see under the same path, and may write to.",
                worker=socket.gethostname(),
                folder=file.parent.parent,
            )
        )
