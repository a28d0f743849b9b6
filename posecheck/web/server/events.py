"""Who watches a session is told of its changes: one board, fed by jobs and routes, read by server-sent events."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from pydantic import BaseModel

QUEUE_SIZE = 200
"""A watcher that is so far behind is told to look at everything anew instead (chosen by us)."""


@dataclass(frozen=True, slots=True)
class PageEvent:
    """What happened.

    ``kind`` is ``job``, ``upload``, ``take``, ``session``, ``live``, ``phone``, ``said`` or
    ``reload``; ``data`` is its JSON, or the form that becomes it: each watcher's language is another one.
    """

    kind: str
    data: dict[str, Any] | BaseModel


DELETED = "deleted"
"""What other servers are told where rows and their files were deleted for good: nothing of them is to stay anywhere."""
END = PageEvent("end", {})
"""The last event: the server stops, and every stream ends at once."""


class Watcher:
    """One open page's line of events; filled from any thread, read on the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, speaks: bool = False, voices: Collection[str] = ()) -> None:
        self._speaks, self._voices = speaks, voices
        self._loop = loop
        self._queue: asyncio.Queue[PageEvent] = asyncio.Queue(QUEUE_SIZE)

    def says(self, language: str) -> bool:
        """Whether it says words of a language aloud; a browser that names no voices tries any."""
        return self._speaks and (not language or not self._voices or language in self._voices)

    def put(self, event: PageEvent) -> None:
        """Add an event; may be called from any thread."""
        with suppress(RuntimeError):  # its server has stopped
            self._loop.call_soon_threadsafe(self._put, event)

    def _put(self, event: PageEvent) -> None:
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            event = PageEvent("reload", {})
        self._queue.put_nowait(event)

    async def next(self) -> PageEvent:
        """The next event."""
        return await self._queue.get()


class EventBoard:
    """Watchers by session."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watchers: dict[str, set[Watcher]] = defaultdict(set)
        self._closed = False

    @contextmanager
    def watch(self, session_id: str, *, speaks: bool = False, voices: Collection[str] = ()) -> Iterator[Watcher]:
        """Watch a session; must be called on the event loop.

        Parameters
        ----------
        session_id : str
        speaks : bool
            Words to be said are said aloud. Default: no, as most pages only look.
        voices : collection of str
            Languages that the page has a voice for. Default: it names none, and tries.
        """
        watcher = Watcher(asyncio.get_running_loop(), speaks=speaks, voices=voices)
        with self._lock:
            self._watchers[session_id].add(watcher)
            if self._closed:
                watcher.put(END)
        try:
            yield watcher
        finally:
            with self._lock:
                self._watchers[session_id].discard(watcher)
                if not self._watchers[session_id]:
                    del self._watchers[session_id]

    def tell(self, session_id: str, kind: str, data: dict[str, Any] | BaseModel) -> None:
        """Tell all watchers of a session; may be called from any thread."""
        with self._lock:
            watchers = tuple(self._watchers.get(session_id, ()))
        for watcher in watchers:
            watcher.put(PageEvent(kind, data))

    def reload_all(self) -> None:
        """Tell every watcher to look anew; may be called from any thread."""
        self._tell_all(PageEvent("reload", {}))

    def is_watched(self, session_id: str) -> bool:
        """Whether anybody watches a session here."""
        with self._lock:
            return session_id in self._watchers

    def start(self) -> None:
        """Begin to hear of other servers: there are none."""

    def tell_servers(self, kind: str) -> None:
        """Have the other servers do what they registered with `when_told`: there are none."""

    def when_told(self, kind: str, call: Callable[[], object]) -> None:
        """Call this, on any thread, when another server asks for it, or may have."""

    def ask(self, kind: str, **values: str) -> bool:
        """Whether any other server says yes, by what it registered with `when_asked`: there are none."""
        return False

    def when_asked(self, kind: str, answer: Callable[..., bool]) -> None:
        """Answer another server's question by this, on any thread."""

    def is_heard(self, session_id: str, language: str = "") -> bool:
        """Whether anybody who watches a session speaks that language; empty: any."""
        with self._lock:
            return any(watcher.says(language) for watcher in self._watchers.get(session_id, ()))

    def end_streams(self) -> None:
        """End every stream, as one of the doors is shut; pages at another one come back. May be called from any thread."""
        self._tell_all(END)

    def close(self) -> None:
        """End every stream, so that the server can stop at once; may be called from any thread."""
        with self._lock:
            self._closed = True
        self._tell_all(END)

    def stop(self) -> None:
        """Hear nothing more of other servers: there are none."""

    def _tell_all(self, event: PageEvent) -> None:
        with self._lock:
            watchers = [watcher for group in self._watchers.values() for watcher in group]
        for watcher in watchers:
            watcher.put(event)
