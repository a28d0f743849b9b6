"""A process that does one job after another: started, listened to, ended; what it reads cannot take the server with it.

Kept for the next job, it need not load its libraries again, which takes as long as reading two seconds of video.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
import time
import traceback
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Protocol

from posecheck.errors import ABOUT_THE_VIDEO, PosecheckError
from posecheck.files import storage_errors
from posecheck.heaps import give_back
from posecheck.language import phrase
from posecheck.signs import LOOK_EVERY_S, PATIENCE_S, Watch, hangs_words
from posecheck.web.server.advice import ADVICE
from posecheck.web.server.child_process import keep_to_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from posecheck.progress import Progress

TELL_EVERY_S = 0.25
MOST_TASKS = 30
"""A process ends after so many, so that what libraries never give back cannot add up (chosen by us)."""


class Task(Protocol):
    """What a worker process does: plain values that travel to it, and the work itself."""

    def run(self, progress: Progress) -> dict[str, Any]:
        """Do the work; return plain values."""
        ...


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """How a process ended.

    Attributes
    ----------
    result : dict or None
    refusal : str
        What is wrong with the video itself, in words for the user.
    fault : str
        What is wrong with disk, model or settings, in words for the user: the video may be all right, so it is tried again.
    failure : str
        A mistake of posecheck's own, in words for the user.
    crashed : bool
    tries : int
        So often it was tried for this.
    """

    result: dict[str, Any] | None = None
    refusal: str = ""
    fault: str = ""
    failure: str = ""
    crashed: bool = False
    tries: int = 1


class WorkerProcess:
    """A process that does one task at a time.

    Each has a pipe of its own: a queue that several share could be left locked by the one that is killed.

    Parameters
    ----------
    niceness : int
        How far it gives way to others, 0 to 19; Linux takes its reads and writes of the disk last too.
    patience_s : float
        A task that reads a video of which nothing more comes for so long has failed, and ends the process.
    """

    def __init__(self, niceness: int, patience_s: float = PATIENCE_S) -> None:
        # spawn: MediaPipe's threads do not survive a fork
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, niceness, patience_s), daemon=True)
        self._process.start()
        theirs.close()  # so that the pipe ends with the process
        self.niceness = niceness
        self.progress: tuple[int, int] | None = None
        self.outcome: TaskOutcome | None = None
        self._tasks = 0

    def begin(self, task: Task) -> None:
        """Hand it a task; `listen` tells what comes of it.

        Raises
        ------
        OSError
            The process has died.
        """
        self.progress, self.outcome = None, None
        self._tasks += 1
        self.connection.send(task)

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid or 0

    @property
    def is_alive(self) -> bool:
        """Whether it can do another task; not after one that failed, as nobody knows what is wrong with it then."""
        failed = self.outcome is not None and bool(self.outcome.failure or self.outcome.fault)
        return not failed and self._tasks < MOST_TASKS and self._process.exitcode is None

    def listen(self) -> None:
        """Take in what it has said; sets ``progress`` and, at its end, ``outcome``. Does not wait."""
        try:
            while self.outcome is None and self.connection.poll():
                message = self.connection.recv()
                if isinstance(message, TaskOutcome):
                    self.outcome = message
                else:
                    self.progress = message
        except (EOFError, OSError):
            self._process.join()
            self.outcome = TaskOutcome(failure=_crash_words(self._process.exitcode or 0), crashed=True)

    def close(self) -> None:
        """End it now, whatever it does, and free what it held."""
        self._process.kill()
        self._process.join()
        self.connection.close()
        self._process.close()


def _crash_words(code: int) -> str:
    if code == -getattr(signal, "SIGKILL", 9):
        return phrase("the process that worked on it was ended from outside, probably because memory ran out.")
    return phrase("the process that worked on it crashed (a damaged video, or memory ran out).")


def _work(connection: Connection, niceness: int, patience_s: float) -> None:
    """Run in the new process, until nobody listens any more."""
    keep_to_server(niceness=niceness)
    threading.Thread(target=_end_where_it_hangs, args=(connection, patience_s), daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            outcome = outcome_or_mistake(connection.recv(), Seldom(connection.send))
            connection.send(outcome)
            gc.collect()
            give_back()


def _end_where_it_hangs(connection: Connection, patience_s: float) -> None:
    """End this process when its task does not get on; a task cannot be ended in any other way."""
    watch, got_on_s = Watch(), time.monotonic()
    while time.monotonic() - got_on_s < patience_s:
        time.sleep(LOOK_EVERY_S)
        if watch.gets_on():
            got_on_s = time.monotonic()
    with contextlib.suppress(OSError):
        connection.send(TaskOutcome(failure=hangs_words(patience_s)))
    os._exit(1)


def outcome_or_mistake(task: Task, progress: Progress) -> TaskOutcome:
    """What comes of a task, whatever happens."""
    try:
        return outcome_of(task, progress)
    except MemoryError:
        return TaskOutcome(failure=phrase("it needs more memory than one video may take."), crashed=True)
    except Exception as error:
        traceback.print_exc()  # for the window where the server was started
        words = phrase("posecheck failed unexpectedly, please report it ({mistake}).", mistake=_in_short(error))
        return TaskOutcome(failure=words)


def outcome_of(task: Task, progress: Progress) -> TaskOutcome:
    """What comes of a task, where it is no mistake of posecheck's own."""
    try:
        with storage_errors(phrase("The data folder")):
            return TaskOutcome(task.run(progress))
    except ABOUT_THE_VIDEO as error:
        return TaskOutcome(refusal=error.said(ADVICE))
    except PosecheckError as error:
        return TaskOutcome(fault=error.said(ADVICE))


def _in_short(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error}, {PurePath(place.filename).name} line {place.lineno}"


class Seldom:
    """Passes progress on as (done, total), not more often than anybody looks."""

    def __init__(self, tell: Callable[[tuple[int, int]], None]) -> None:
        self._tell = tell
        self._next_s = 0.0

    def __call__(self, done: int, total: int | None) -> None:
        """Take in how far it is."""
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + TELL_EVERY_S
            self._tell((done, total or 0))
