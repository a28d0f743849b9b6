"""Changes come to whoever watches a session, and the streams end when the server stops."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import httpx
from webapp import Served, serve

from posecheck.language import phrase, spoken
from posecheck.storage.tables import Job
from posecheck.web.api.schemas import JobOut

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest


class Watch:
    """Reads a session's stream in a thread."""

    def __init__(self, served: Served, session: str, language: str = "en", *, query: str = "") -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.opened, self.came = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._read, args=(served, f"{session}/events{query}", language))
        self._thread.start()
        assert self.opened.wait(30)

    def _read(self, served: Served, place: str, language: str) -> None:
        address, headers = f"{served.url}/api/sessions/{place}", {"Accept-Language": language}
        with httpx.stream("GET", address, headers=headers, timeout=60, trust_env=False) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            for kind, data in self._parsed(answer.iter_lines()):
                self.events.append((kind, data))
                self.came.set()

    def _parsed(self, lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        kind = ""
        for line in lines:
            if line.startswith("retry:"):
                self.opened.set()
            elif line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield kind, json.loads(line.removeprefix("data: "))

    def ended(self) -> bool:
        self._thread.join(30)
        return not self._thread.is_alive()


def test_a_change_comes_to_all_who_watch_that_session_and_to_nobody_else(tmp_path: Path) -> None:
    with serve(tmp_path / "data") as served:
        session, other = served.session(), served.session()
        first, second, elsewhere = Watch(served, session), Watch(served, session), Watch(served, other)
        served.client.patch(f"/api/sessions/{session}", json={"title": "x"}).raise_for_status()
        for watch in (first, second):
            assert watch.came.wait(30)
            assert watch.events == [("session", {"version": 2})]
    assert elsewhere.events == []


def test_who_watches_is_told_in_their_own_language_whoever_made_the_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = {("", "{file} is empty."): "{file} ist leer."}
    monkeypatch.setattr(spoken, "catalogue", lambda code: words if code == "de" else {})
    with serve(tmp_path / "data") as served:
        session = served.session()
        english, german = Watch(served, session), Watch(served, session, "de-AT,de;q=0.9")
        reason = phrase("{file} is empty.", file="a.mp4")
        job = Job(id="1", session_id=session, kind="read", target_id="2", state="failed", reason=reason)
        job.attempts = job.done = job.total = 0
        served.site.events.tell(session, "job", JobOut.of(job))
        for watch, said in ((english, "a.mp4 is empty."), (german, "a.mp4 ist leer.")):
            assert watch.came.wait(30)
            assert [(kind, data["reason"]) for kind, data in watch.events] == [("job", said)]


def test_streams_end_at_once_when_the_server_stops(tmp_path: Path) -> None:
    with serve(tmp_path / "data") as served:
        watch = Watch(served, served.session())
    assert watch.ended()


def test_streams_end_when_a_door_is_shut_and_who_comes_back_by_another_hears_again(tmp_path: Path) -> None:
    with serve(tmp_path / "data") as served:
        session = served.session()
        watch = Watch(served, session)
        served.site.events.end_streams()
        assert watch.ended()
        again = Watch(served, session)
        served.site.events.tell(session, "session", {"version": 2})
        assert again.came.wait(30)
        assert again.events == [("session", {"version": 2})]


def test_a_watcher_that_is_far_behind_is_told_to_look_anew(tmp_path: Path) -> None:
    from posecheck.web.server.events import QUEUE_SIZE

    with serve(tmp_path / "data") as served:
        session = served.session()
        watch = Watch(served, session)
        for number in range(50 * QUEUE_SIZE):  # faster than one stream can send
            served.site.events.tell(session, "job", {"number": number})
    assert watch.ended()
    kinds = {kind for kind, _ in watch.events}
    assert kinds <= {"job", "reload"}
    assert "reload" in kinds or len(watch.events) == 50 * QUEUE_SIZE


def test_a_page_that_speaks_is_heard_in_the_languages_it_has_voices_for(tmp_path: Path) -> None:
    with serve(tmp_path / "data") as served:
        silent, speaks, german = served.session(), served.session(), served.session()
        watching = [
            Watch(served, silent),
            Watch(served, speaks, query="?speaks=true"),
            Watch(served, german, query="?speaks=true&voices=de,en"),
        ]
        said = {"words": "Changez de côté.", "language": "fr"}
        heard = [
            served.client.post(f"/api/sessions/{session}/said", json=said).json()["heard"]
            for session in (silent, speaks, german)
        ]
        assert heard == [False, True, False]
        said = {"words": "Seite wechseln.", "language": "de"}
        assert served.client.post(f"/api/sessions/{german}/said", json=said).json() == {"heard": True}
        assert watching[2].came.wait(30)
        assert watching[2].events == [("said", said)]
    assert all(watch.ended() for watch in watching)
