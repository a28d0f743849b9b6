"""Rooms: in each a live engine watches one page's camera; one page a session, engines in processes of their own."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from posecheck.errors import PosecheckError
from posecheck.language import language, language_set, phrase, translated_values
from posecheck.storage.tables import new_id
from posecheck.web.film.engines import EnginePool
from posecheck.web.film.live_frames import check_frame
from posecheck.web.server.errors import ConflictError, NotFoundError, TooLargeError, WebError, WrongInputError
from posecheck.web.server.settings import Waits

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.live import LiveAnswer
    from posecheck.web.film.engines import Engine, TrialPlan
    from posecheck.web.server.events import EventBoard

MAX_ROOMS = 4
"""So many pages may film at once: each takes most of a core (chosen by us)."""
OTHER_TAB_WORDS = phrase("Another tab or device is filming this session. Close it, or take over here.")
TAKEN_OVER_WORDS = phrase("Another tab or device is filming this session now.")
STOPPED_WORDS = phrase("The server was stopped. What was filmed until then is kept; start it again to go on.")
GONE_WORDS = phrase("No picture came for too long, so this was ended. Start again.")
CROWD_WORDS = phrase(
    "{count} others are filming with this server at the moment, the most it can follow. Try again later.",
    count=MAX_ROOMS,
)
FILMS, GIVES_UP = "films", "gives up"
"""Asked of the other servers, where there are any: whether they film a session, and to stop that."""
GAVE_WAY_WORDS = phrase(
    "No picture came for a while and others wanted to film, so this was ended. It begins again by itself."
)
SHUT_OUT_WORDS = phrase("This phone was shut out on the computer. What was filmed until then is kept.")


class CrowdedError(WebError):
    """As many film already as the machine can follow."""

    status = 429
    code = "crowded"


class Room:
    """One page's engine, asked by a thread of its own; made and closed by `Rooms`.

    Attributes
    ----------
    id : str
    session_id, page : str
    phone_id : str
        The invited phone that films; empty for a page of the owner's.
    by_requests : bool
        Pictures come by ordinary requests: nothing else tells that the page has gone.
    """

    def __init__(
        self,
        session_id: str,
        page: str,
        plan: TrialPlan,
        engine: Engine,
        news: _LiveNews,
        *,
        is_new: bool = True,
        phone_id: str = "",
    ) -> None:
        self.id, self.session_id, self.page, self.phone_id = new_id(), session_id, page, phone_id
        self.by_requests = False
        self._seen = False
        self._last_s = time.monotonic()
        self.ended_words = ""
        self.usable = True
        self.engine = engine
        self._plan = plan
        self._news = news
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="room")
        self._last: Future[str] | None = None
        self._lock = threading.Lock()
        self._on_end: Callable[[], object] | None = None
        if is_new:
            self._thread.submit(self._warm_up)
        self._thread.submit(self._begin, plan)

    def hello(self) -> dict[str, Any]:
        """What a page is told before its first picture, with phrases."""
        return {"kind": "hello", "room": self.id, **self._plan.to_dict()}

    def look(self, data: bytes) -> Future[str]:
        """Answer one picture, as JSON text in the language of who asks; nothing is queued.

        Raises
        ------
        ConflictError
            The picture before is not answered yet, or the room is closed.
        """
        with self._lock:
            self._last_s, self._seen = time.monotonic(), True
            if self.ended_words:
                raise ConflictError(self.ended_words)
            if self._last is not None and not self._last.done():
                raise ConflictError(phrase("The previous picture has not been answered yet; send one at a time."))
            self._last = self._thread.submit(self._answer, data, language())
            return self._last

    def begin(self, plan: TrialPlan | None = None) -> Future[dict[str, Any]]:
        """Begin the same trial anew, or another one; gives the new `hello`."""
        with self._lock:
            if self.ended_words:
                raise ConflictError(self.ended_words)
            return self._thread.submit(self._begin, plan or self._plan)

    def idle_s(self) -> float:
        """How long ago the last picture came in; 0 while it is looked at."""
        busy = self._last is not None and not self._last.done()
        return 0.0 if busy else time.monotonic() - self._last_s

    def gives_way(self, waits: Waits) -> bool:
        """Whether its page has been silent for so long that another one may have its place."""
        return self.idle_s() > (waits.idle_s if self._seen else waits.first_picture_s)

    def when_ended(self, call: Callable[[], object]) -> None:
        """Call this, from any thread, when the room is closed from elsewhere."""
        with self._lock:
            self._on_end = call
            ended = bool(self.ended_words)
        if ended:
            call()

    def end(self, words: str) -> None:
        """End the engine and its thread; waits for the picture that is being looked at."""
        with self._lock:
            self.ended_words = words
            on_end = self._on_end
        self._thread.submit(self._ended)
        self._thread.shutdown(wait=True)
        if on_end is not None:
            on_end()

    def _warm_up(self) -> None:
        """Load everything while the page gets its camera ready; what goes wrong is told with the first picture."""
        with contextlib.suppress(PosecheckError):
            self.engine.warm_up()

    def _answer(self, data: bytes, spoken: str) -> str:
        begin_s = time.perf_counter()
        check_frame(data)
        try:
            answer, own = self.engine.look(data)
        except (WrongInputError, TooLargeError):  # the picture is at fault
            raise
        except Exception:
            self.usable = False
            raise
        self._news.tell(self._plan, answer)
        with language_set(spoken):
            said = translated_values(answer.to_dict())
        return json.dumps(
            {
                "kind": "answer",
                **said,
                "own_framing": own.to_dict() if own else None,
                "answered_s": round(time.perf_counter() - begin_s, 4),
            }
        )

    def _begin(self, plan: TrialPlan) -> dict[str, Any]:
        self._plan = plan
        self.engine.begin(plan)
        return self.hello()

    def _ended(self) -> None:
        self._news.end(self._plan)


class Rooms:
    """All rooms of a server, one a session; may be used from any thread.

    Parameters
    ----------
    make_engine : callable
        Makes a live engine; what it raises reaches whoever opens a room.
    board : EventBoard
        Where others learn what the camera sees.
    waits : Waits, optional
    """

    def __init__(self, make_engine: Callable[[], Engine], board: EventBoard, waits: Waits | None = None) -> None:
        self._board, self._waits = board, waits or Waits()
        self._pool = EnginePool(make_engine, self._waits.engine_s)
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        """Rooms are opened one after the other, without keeping those waiting that send pictures."""
        self._rooms: dict[str, Room] = {}
        self._stopped = False
        board.when_asked(FILMS, self.is_filmed)
        board.when_asked(GIVES_UP, self.give_up)

    def open(
        self, session_id: str, plan: TrialPlan, *, page: str = "", take_over: bool = False, phone_id: str = ""
    ) -> Room:
        """A new room for a session; one of the same page, or one that is taken over, is closed.

        Where all rooms are taken, the one whose page has been silent for longest gives way.

        Raises
        ------
        ConflictError
            Another page films this session.
        CrowdedError
        ModelFileError
            The pose model cannot be used.
        """
        with self._opening:
            if take_over:
                self._board.ask(GIVES_UP, session_id=session_id)
            elif self._board.ask(FILMS, session_id=session_id, page=page):
                raise ConflictError(OTHER_TAB_WORDS)
            self._make_place(session_id, page, take_over=take_over)
            engine, is_new = self._pool.borrow()
            news = _LiveNews(self._board, session_id, self._waits.tell_every_s)
            room = Room(session_id, page, plan, engine, news, is_new=is_new, phone_id=phone_id)
            with self._lock:
                self._rooms[room.id] = room
        return room

    def prepare(self) -> None:
        """Load an engine while somebody looks at the page that films; does not wait for it."""
        with self._lock:
            busy = bool(self._rooms) or self._stopped
        if not busy:
            threading.Thread(target=self._prepare, name="engine", daemon=True).start()

    def _prepare(self) -> None:
        with contextlib.suppress(PosecheckError):  # it is told when a room is opened
            self._pool.prepare()

    def _make_place(self, session_id: str, page: str, *, take_over: bool) -> None:
        """End the room that the new one replaces, which gives its engine back first: no more are loaded than films."""
        with self._lock:
            if self._stopped:
                raise ConflictError(STOPPED_WORDS)
            earlier = next((room for room in self._rooms.values() if room.session_id == session_id), None)
            if earlier is not None and not take_over and not (page and page == earlier.page):
                raise ConflictError(OTHER_TAB_WORDS)
            words = TAKEN_OVER_WORDS
            if earlier is None and len(self._rooms) >= MAX_ROOMS:
                earlier, words = self._silent_room(), GAVE_WAY_WORDS
        if earlier is not None:
            self.close(earlier, words)

    def _silent_room(self) -> Room:
        silent = [room for room in self._rooms.values() if room.gives_way(self._waits)]
        if not silent:
            raise CrowdedError(CROWD_WORDS)
        return max(silent, key=Room.idle_s)

    def session_of(self, room_id: str) -> str | None:
        """The session that a room films; None where there is no such room."""
        with self._lock:
            room = self._rooms.get(room_id)
        return room.session_id if room is not None else None

    def close_of_phone(self, phone_id: str) -> None:
        """Close what a phone films: it was shut out."""
        with self._lock:
            own = [room for room in self._rooms.values() if room.phone_id == phone_id]
        for room in own:
            self.close(room, SHUT_OUT_WORDS)

    def close_of_phones_but(self, phone_ids: frozenset[str]) -> None:
        """Close what phones film that are none of these: they were shut out at another server."""
        with self._lock:
            filming = {room.phone_id for room in self._rooms.values() if room.phone_id}
        for phone_id in filming - phone_ids:
            self.close_of_phone(phone_id)

    def is_filmed(self, session_id: str, page: str) -> bool:
        """Whether another page films a session here."""
        with self._lock:
            return any(
                room.session_id == session_id and not (page and room.page == page) for room in self._rooms.values()
            )

    def give_up(self, session_id: str) -> bool:
        """Close the room of a session, as another server takes over; whether there was one."""
        with self._lock:
            own = [room for room in self._rooms.values() if room.session_id == session_id]
        for room in own:
            self.close(room, TAKEN_OVER_WORDS)
        return bool(own)

    def find(self, room_id: str) -> Room:
        """The room of that id.

        Raises
        ------
        NotFoundError
        """
        with self._lock:
            room = self._rooms.get(room_id)
        if room is None:
            raise NotFoundError(
                phrase("This was ended: another tab took over, or no picture came for ten seconds. Begin again.")
            )
        return room

    def close(self, room: Room, words: str = GONE_WORDS) -> None:
        """Close a room; one that is closed already stays so."""
        with self._lock:
            there = self._rooms.pop(room.id, None)
        if there is not None:
            self._end(there, words)

    def close_idle(self) -> None:
        """Close the rooms whose pages stopped to send pictures by ordinary requests, and engines that nobody uses."""
        with self._lock:
            idle = [room for room in self._rooms.values() if room.by_requests and room.idle_s() > self._waits.idle_s]
        for room in idle:
            self.close(room)
        self._pool.close_idle()

    def stop(self) -> None:
        """Close all rooms and engines: the server stops."""
        with self._lock:
            self._stopped = True
        with self._opening, self._lock:
            rooms = list(self._rooms.values())
        for room in rooms:
            self.close(room, STOPPED_WORDS)
        self._pool.close()

    def _end(self, room: Room, words: str) -> None:
        room.end(words)
        self._pool.give_back(room.engine, usable=room.usable)


class _LiveNews:
    """Tells those who watch the session, not too often; words to be said aloud are never left out."""

    def __init__(self, board: EventBoard, session_id: str, every_s: float) -> None:
        self._board, self._session_id, self._every_s = board, session_id, every_s
        self._next_s = 0.0
        self._speak = False

    def tell(self, plan: TrialPlan, answer: LiveAnswer) -> None:
        self._speak |= answer.speak
        if time.monotonic() < self._next_s:
            return
        self._next_s = time.monotonic() + self._every_s
        said = {**answer.to_dict(), "speak": self._speak}
        self._speak = False
        self._board.tell(self._session_id, "live", {**_trial_of(plan), **{name: said[name] for name in _TOLD}})

    def end(self, plan: TrialPlan) -> None:
        self._board.tell(self._session_id, "live", {**_trial_of(plan), "state": "ended"})


def _trial_of(plan: TrialPlan) -> dict[str, Any]:
    said = plan.to_dict()
    return {name: said[name] for name in ("movement", "title", "side", "phase")}


_TOLD = (
    "state",
    "repetition",
    "repetitions",
    "hold_s",
    "target_hold_s",
    "angle_deg",
    "angle_title",
    "cue",
    "words",
    "speak",
    "ready",
    "done",
)
