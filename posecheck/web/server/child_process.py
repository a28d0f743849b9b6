"""Processes that the server starts: they end with it, leave Ctrl-C to it, and may not take the machine's memory."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any

from posecheck.errors import PosecheckError
from posecheck.language import phrase
from posecheck.web.server.errors import WebError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

MAX_DATA_BYTES = 8 * 1024**3
"""Memory of one process's own (Linux). Reading 720p takes 1.8 GiB (measured); a forged file must not take the machine's
(chosen by us)."""
END_WITHIN_S = 5.0
"""A helper that is closed may take so long to end by itself (chosen by us)."""


class HelperGoneError(WebError):
    """A process of the server's own ended before it had answered: it crashed, or memory ran out."""

    status = 503
    code = "helper_gone"


class HelperProcess:
    """An object that lives in a process of its own; its methods are called from here, one after another.

    What it has loaded is given back as a whole when it is closed, and when it crashes the server goes on. May be used from
    any thread.

    Parameters
    ----------
    make : callable
        Makes the object, in the new process; it and everything that is handed over must be picklable.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        # spawn: MediaPipe's threads do not survive a fork
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_answer, args=(make, theirs), daemon=True)
        self._process.start()
        theirs.close()  # so that the pipe ends with the process
        self._lock = threading.Lock()
        self._is_gone = False

    @property
    def pid(self) -> int:
        """Number of the process; 0 once it is closed."""
        return self._process.pid or 0

    @property
    def is_alive(self) -> bool:
        """Whether it can be called."""
        return not self._is_gone and self._process.exitcode is None

    def call(self, method: str, *values: object) -> Any:
        """Call a method there and wait for what it returns; what it raises is raised here.

        Raises
        ------
        HelperGoneError
        """
        with self._lock:
            try:
                self._connection.send((method, values))
                good, answer = self._connection.recv()
            except (EOFError, OSError) as error:
                self._is_gone = True  # the pipe ends a moment before the process does
                raise HelperGoneError(
                    phrase(
                        "A part of posecheck that worked on this ended unexpectedly, perhaps because memory ran out. "
                        "Try again."
                    )
                ) from error
        if good:
            return answer
        raise answer

    def kill(self) -> None:
        """End the process at once; whoever waits for an answer is told that it is gone."""
        self._is_gone = True
        self._process.kill()

    def close(self) -> None:
        """End the process and wait for its end; what is being answered is waited for."""
        with self._lock:
            self._is_gone = True
            self._connection.close()
            self._process.join(END_WITHIN_S)
            if self._process.exitcode is None:
                self._process.kill()
                self._process.join()


def keep_to_server(*, niceness: int = 0) -> None:
    """What every process that the server starts does first; ``niceness``: how far it gives way to others.

    Default: not at all, as somebody at the screen waits for it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the server, which ends its processes
    if niceness and hasattr(os, "nice"):
        os.nice(niceness)
    if sys.platform == "linux":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        limit = MAX_DATA_BYTES if hard == resource.RLIM_INFINITY else min(hard, MAX_DATA_BYTES)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    threading.Thread(target=_end_with_server, daemon=True).start()


def _end_with_server() -> None:
    """A server that was killed leaves no process behind: its jobs are run again by the next server."""
    server = multiprocessing.parent_process()
    if server is not None:
        server.join()
        os._exit(1)


def _answer(make: Callable[[], Any], connection: Connection) -> None:
    """Run in the new process."""
    keep_to_server()
    made: Any = None
    with contextlib.suppress(EOFError, OSError):  # the server needs it no more
        while True:
            method, values = connection.recv()
            try:
                made = make() if made is None else made
                answer = (True, getattr(made, method)(*values))
            except Exception as error:
                answer = (False, _sendable(error))
            connection.send(answer)
    if made is not None:
        made.close()


def _sendable(error: Exception) -> Exception:
    """The error itself where it can travel; a mistake of posecheck's own is written to the server's window here."""
    if not isinstance(error, PosecheckError):
        traceback.print_exception(error)
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
