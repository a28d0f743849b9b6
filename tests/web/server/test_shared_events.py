"""Who watches a session at one server is told of what happens at another one of the same database."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from webapp import made_session, quiet_site

from posecheck.language import language_set, phrase, spoken, translated
from posecheck.storage.tables import Job, Person
from posecheck.web.api.schemas import JobOut
from posecheck.web.film.forms import LiveForm
from posecheck.web.film.live_line import open_room
from posecheck.web.film.rooms import TAKEN_OVER_WORDS
from posecheck.web.server.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from postgresql import Server

    from posecheck.web.server.events import PageEvent, Watcher
    from posecheck.web.server.site import Site


class Loop:
    """An event loop on a thread, and what a watcher of a session was told on it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.told: list[PageEvent] = []
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

    @contextmanager
    def watch(self, site: Site, session_id: str, **speaks: Any) -> Iterator[list[PageEvent]]:
        began, ending = threading.Event(), asyncio.Event()

        async def run() -> None:
            with site.events.watch(session_id, **speaks) as watcher:
                reading = asyncio.ensure_future(self._read(watcher))
                began.set()
                await ending.wait()
                reading.cancel()

        task = asyncio.run_coroutine_threadsafe(run(), self.loop)
        assert began.wait(10)
        try:
            yield self.told
        finally:
            self.loop.call_soon_threadsafe(ending.set)
            task.result(10)

    async def _read(self, watcher: Watcher) -> None:
        while True:
            self.told.append(await watcher.next())

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@pytest.fixture
def sites(tmp_path: Path, postgresql: Server) -> Iterator[tuple[Site, Site]]:
    """Two servers of one database."""
    url = postgresql.new_database()
    with (
        quiet_site(tmp_path / "a", database_url=url, store=f"file://{tmp_path}/store") as here,
        quiet_site(tmp_path / "b", database_url=url, store=f"file://{tmp_path}/store") as there,
    ):
        yield here, there


def wait_for(condition: Callable[[], object]) -> None:
    end_s = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end_s, "it did not happen"
        time.sleep(0.02)


def kinds(told: list[PageEvent]) -> list[str]:
    return [event.kind for event in told]


def test_a_change_at_one_server_comes_to_who_watches_at_the_other(sites: tuple[Site, Site], loop: Loop) -> None:
    here, there = sites
    session = made_session(here)
    with loop.watch(there, session) as told:
        here.events.tell(session, "session", {"version": 2})
        here.events.tell("another", "session", {"version": 9})
        here.events.tell(session, "live", {"cue": phrase("Hold it.")})
        wait_for(lambda: len(told) == 2)
        assert [(event.kind, event.data) for event in told] == [
            ("session", {"version": 2}),
            ("live", {"cue": "Hold it."}),
        ]


def test_a_job_is_read_by_the_server_that_tells_of_it_and_its_words_are_in_the_readers_language(
    sites: tuple[Site, Site], loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = {("", "{file} is empty."): "{file} ist leer."}
    monkeypatch.setattr(spoken, "catalogue", lambda code: words if code == "de" else {})
    here, there = sites
    session = made_session(here)
    with here.database.begin() as transaction:
        reason = phrase("{file} is empty.", file="a.mp4")
        job = Job(session_id=session, kind="read", target_id="2" * 24, state="failed", reason=reason)
        transaction.add(job)
        transaction.flush()
        form = JobOut.of(job)
    with loop.watch(there, session) as told:
        here.events.tell(session, "job", form)
        wait_for(lambda: told)
        found = told[0].data
        assert isinstance(found, JobOut)
        assert found.id == form.id
        with language_set("de"):
            assert translated(found.reason) == "a.mp4 ist leer."


def test_what_is_told_names_nobody(sites: tuple[Site, Site], postgresql: Server) -> None:
    """A message of PostgreSQL can be read by whoever may connect to it: ids and words of posecheck's own alone are in it."""
    here, there = sites
    seen: list[dict[str, Any]] = []
    there.events._hear = seen.append  # type: ignore[attr-defined]  # reads along
    there.events._line._heard = seen.append  # type: ignore[attr-defined]
    session = made_session(here)
    with here.database.begin() as transaction:
        job = Job(session_id=session, kind="read", target_id="2" * 24, state="failed", reason="anna.mp4 is empty.")
        transaction.add(job)
        transaction.add(Person(name="Anna"))
        transaction.flush()
        form = JobOut.of(job)
    here.events.tell(session, "job", form)
    wait_for(lambda: seen)
    assert seen == [{"session": session, "kind": "job", "row": form.id}]


def test_what_is_too_long_for_a_message_has_watchers_look_anew(sites: tuple[Site, Site], loop: Loop) -> None:
    here, there = sites
    session = made_session(here)
    with loop.watch(there, session) as told:
        here.events.tell(session, "live", {"words": "a" * 8000})
        wait_for(lambda: told)
        assert [(event.kind, event.data) for event in told] == [("reload", {})]


def test_after_a_lost_connection_watchers_look_anew_and_hear_again(
    sites: tuple[Site, Site], loop: Loop, postgresql: Server
) -> None:
    here, there = sites
    session = made_session(here)
    with loop.watch(there, session) as told:
        postgresql.drop_connections()
        here.events.tell(session, "session", {"version": 2})
        wait_for(lambda: "reload" in kinds(told))
        wait_for(lambda: _told_again(here, session, told))


def _told_again(here: Site, session: str, told: list[PageEvent]) -> bool:
    here.events.tell(session, "session", {"version": 3})
    time.sleep(0.1)
    return any(event.data == {"version": 3} for event in told)


def test_a_page_that_speaks_is_heard_at_the_other_server(sites: tuple[Site, Site], loop: Loop) -> None:
    here, there = sites
    session = made_session(here)
    assert not here.events.is_heard(session, "de")
    with loop.watch(there, session, speaks=True, voices={"de"}):
        assert here.events.is_heard(session, "de")
        assert not here.events.is_heard(session, "fr")


def test_a_phone_that_one_server_let_in_or_shut_out_is_known_to_the_other(sites: tuple[Site, Site]) -> None:
    from posecheck.web.phones.passes import PHONES

    here, there = sites
    there.events.when_told(PHONES, there.phones.reload)
    token = here.phones.admit(made_session(here), "iPhone, Safari")
    here.events.tell_servers(PHONES)
    wait_for(lambda: there.phones.find(token))
    found = here.phones.find(token)
    assert found is not None
    here.phones.revoke(found.id)
    here.events.tell_servers(PHONES)
    wait_for(lambda: there.phones.find(token) is None)


@pytest.mark.model
def test_one_page_films_a_session_at_whichever_server_and_another_may_take_over(sites: tuple[Site, Site]) -> None:
    here, there = sites
    session = made_session(here)
    form = LiveForm(movement="toe-touch", side=None, phase="pre", page="first")
    room = open_room(here, session, form)
    other = form.model_copy(update={"page": "second"})
    with pytest.raises(ConflictError, match="Another tab or device is filming this session"):
        open_room(there, session, other)
    taken = open_room(there, session, other.model_copy(update={"take_over": True}))
    wait_for(lambda: room.ended_words == TAKEN_OVER_WORDS)
    assert not taken.ended_words
