"""What somebody at the screen waits for and takes computing: done in processes of its own, so that pages stay quick."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import anyio
from anyio import to_thread

from posecheck.batch import default_workers
from posecheck.language import language, language_set, phrase
from posecheck.web.server.child_process import HelperGoneError, HelperProcess
from posecheck.web.server.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

P = ParamSpec("P")
T = TypeVar("T")

MOST_CLERKS = 4
"""Each takes 250 MB while it is there (chosen by us)."""
MOST_WAITING = 100
"""So many requests may wait for the desk, each on a thread that costs nothing else; pages have their own (both chosen by
us)."""
IDLE_S = 45.0
"""A clerk that had nothing to do for so long ends and gives its memory back; starting one takes about two seconds (chosen by
us, so that an idle server is small within a minute)."""


class Clerk:
    """Lives in a process of its own, and does one thing after another."""

    def prepare(self) -> None:
        """Load what all work needs."""
        from posecheck.workflow import LATE_LIBRARIES

        for name in LATE_LIBRARIES:
            import_module(name)

    def do(self, work: Callable[..., T], values: tuple[Any, ...], code: str) -> T:
        """Do a piece of work, in the language of who waits for it."""
        with language_set(code):
            return work(*values)

    def close(self) -> None:
        """Nothing is held."""


class Desk:
    """Has things done by a few clerks, each in a process of its own; may be used from any thread.

    Readings in the background give way to them, and they do not hold up the server's own process.

    Parameters
    ----------
    clerks : int, optional
        At once; 0: all is done here, for tests of what is done. Default: one for each core, four at most.
    """

    def __init__(self, clerks: int | None = None) -> None:
        self._count = min(MOST_CLERKS, default_workers()) if clerks is None else clerks
        self._places = threading.BoundedSemaphore(max(1, self._count))
        self._clerks: Kept[HelperProcess] = Kept(IDLE_S, MOST_CLERKS)
        self._lock = threading.Lock()
        self._busy: set[HelperProcess] = set()
        self._closed = False
        self._waiting: anyio.CapacityLimiter | None = None

    def do(self, work: Callable[..., T], *values: Any) -> T:
        """Have something done, and wait for what it returns; it and its values must be picklable.

        Raises
        ------
        HelperGoneError
            The clerk's process crashed, or the server stops.
        """
        if not self._count:
            return work(*values)
        with self._places, self._clerk() as clerk:
            result: T = clerk.call("do", work, values, language())
            return result

    async def wait(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function that uses the desk on a thread of its own: those of pages must not all wait for it."""
        if self._waiting is None:
            self._waiting = anyio.CapacityLimiter(MOST_WAITING)
        return await to_thread.run_sync(partial(function, *args, **kwargs), limiter=self._waiting)

    def prepare(self) -> None:
        """Have a clerk at hand soon: somebody looks at something that may be changed. Does not wait for it."""
        if self._count and not self._clerks:
            threading.Thread(target=self._prepare, name="desk", daemon=True).start()

    def close_idle(self) -> None:
        """End the clerks that have had nothing to do for a while."""
        self._clerks.close_idle()

    def close(self) -> None:
        """End all clerks at once; whoever waits for them is told so."""
        with self._lock:
            self._closed = True
            busy = tuple(self._busy)
        for clerk in busy:
            clerk.kill()
        self._clerks.close()

    def _prepare(self) -> None:
        if self._places.acquire(blocking=False):  # else all are at work
            try:
                with suppress(HelperGoneError), self._clerk() as clerk:
                    clerk.call("prepare")
            finally:
                self._places.release()

    @contextmanager
    def _clerk(self) -> Iterator[HelperProcess]:
        """The clerk who did something last, or a new one."""
        clerk = self._begin()
        try:
            yield clerk
        finally:
            with self._lock:
                self._busy.discard(clerk)
            self._clerks.put(clerk)

    def _begin(self) -> HelperProcess:
        with self._lock:
            if self._closed:
                raise HelperGoneError(phrase("The server is being stopped. Try again when it runs."))
            clerk = self._clerks.take() or HelperProcess(Clerk)
            self._busy.add(clerk)
            return clerk
