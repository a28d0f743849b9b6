"""Two real servers on one PostgreSQL and one store: work is done once, and goes on at the other when one is killed."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import sqlalchemy as sa
from clips import TOE_PRE, command, environment, sample_clip
from postgresql import private_server
from served_process import kill, served
from webapp import made_session, place_reading, quiet_site

from posecheck.storage.server_tables import Server as ServerRow
from posecheck.storage.tables import Job, JobKind, JobState, Take, TakeState, Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from postgresql import Server

    from posecheck.web.server.site import Site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL"),
]

WAIT_S = 240.0
TAKES = 8


@pytest.fixture
def shared(tmp_path: Path, postgresql: Server) -> dict[str, str]:
    """The environment of all servers of a database and a store."""
    return shared_by(tmp_path, postgresql)


def shared_by(tmp_path: Path, postgresql: Server) -> dict[str, str]:
    return {"POSECHECK_DATABASE_URL": postgresql.new_database(), "POSECHECK_STORE": f"file://{tmp_path / 'store'}"}


@pytest.fixture
def looking(tmp_path: Path, shared: dict[str, str]) -> Iterator[Site]:
    """A third one, which begins no job: to look at the database, and to put things there."""
    url, store = shared["POSECHECK_DATABASE_URL"], shared["POSECHECK_STORE"]
    with quiet_site(tmp_path / "looking", database_url=url, store=store) as site:
        yield site


def wait_for(condition: Callable[[], object]) -> None:
    end_s = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end_s, "it did not happen"
        time.sleep(0.05)


def read_uploads(site: Site, session_id: str, count: int) -> list[str]:
    """Ids of so many videos that have been read."""
    ids = []
    for number in range(count):
        with site.database.begin() as transaction:
            upload = Upload(session_id=session_id, phase="pre", file_name=f"{number}.mp4", size_bytes=1)
            transaction.add(upload)
            transaction.flush()
            ids.append(upload.id)
        place_reading(site, ids[-1], "toe-touch", None)
    return ids


def measure(site: Site, session_id: str, upload_ids: list[str]) -> list[str]:
    """Ids of a recording of each video, which waits to be measured from now on."""
    ids = []
    with site.database.begin() as transaction:
        for number, upload_id in enumerate(upload_ids, start=1):
            take = Take(session_id=session_id, upload_id=upload_id, movement="toe-touch", phase="pre", number=number)
            transaction.add(take)
            transaction.flush()
            site.jobs.enqueue(transaction, session_id, JobKind.MEASURE, take.id)
            ids.append(take.id)
    return ids


def jobs(site: Site) -> list[Job]:
    with site.database.read() as transaction:
        return list(transaction.scalars(sa.select(Job)))


def running_at(site: Site) -> set[int | None]:
    return {job.server for job in jobs(site) if job.state == JobState.RUNNING}


class Watch:
    """What a page that watches a session at a server is told."""

    def __init__(self, client: httpx.Client, session_id: str) -> None:
        self.kinds: list[str] = []
        self.opened = threading.Event()
        place = f"{client.base_url}api/sessions/{session_id}/events"
        self._thread = threading.Thread(target=self._read, args=(str(place),), daemon=True)
        self._thread.start()
        assert self.opened.wait(30)

    def _read(self, place: str) -> None:
        with suppress(httpx.TransportError), httpx.stream("GET", place, timeout=WAIT_S, trust_env=False) as answer:
            for line in answer.iter_lines():
                self.opened.set()
                if line.startswith("event: "):
                    self.kinds.append(line.removeprefix("event: "))


def test_jobs_are_done_once_and_those_of_a_killed_server_go_on_at_the_other(
    tmp_path: Path, shared: dict[str, str], looking: Site
) -> None:
    session_id = made_session(looking)
    upload_ids = read_uploads(looking, session_id, TAKES)
    with (
        served(tmp_path / "a", variables=shared) as (_, first),
        served(tmp_path / "b", variables=shared) as (second, _),
    ):
        known = set(numbers(looking)) - {looking.database.servers.number}
        assert len(known) == 2
        watch = Watch(first, session_id)
        take_ids = measure(looking, session_id, upload_ids)
        wait_for(lambda: running_at(looking) == known)
        kill(second)
        wait_for(lambda: {job.state for job in jobs(looking)} == {JobState.DONE})
        wait_for(lambda: len(numbers(looking)) == 2)  # its number is given up
        taken = [first.get(f"/api/takes/{take_id}").raise_for_status().json()["take"] for take_id in take_ids]
    assert {take["state"] for take in taken} == {TakeState.MEASURED}
    done = jobs(looking)
    assert len(done) == TAKES
    assert {job.attempts for job in done} <= {1, 2}  # those that ran when it was killed were begun again
    assert sum(job.attempts for job in done) <= TAKES + 2  # it ran one, and one more that somebody waits for
    assert "take" in watch.kinds
    assert "reload" in watch.kinds


def test_what_a_killed_server_was_receiving_goes_on_at_the_other(tmp_path: Path, shared: dict[str, str]) -> None:
    video = sample_clip(tmp_path / "toe.mp4", TOE_PRE).read_bytes()
    half = len(video) // 2
    with (
        served(tmp_path / "a", variables=shared) as (server, first),
        served(tmp_path / "b", variables=shared) as (_, second),
    ):
        person = first.post("/api/people", json={"name": "Anna"}).raise_for_status().json()["id"]
        session_id = first.post(f"/api/people/{person}/sessions", json={}).raise_for_status().json()["id"]
        form = {"file_name": "toe.mp4", "size_bytes": len(video), "phase": "pre"}
        upload_id = first.post(f"/api/sessions/{session_id}/uploads", json=form).json()["id"]
        first.patch(f"/api/uploads/{upload_id}", params={"offset": 0}, content=video[:half]).raise_for_status()
        film = {"movement": "toe-touch", "side": None, "phase": "pre", "mime": "video/mp4"}
        filmed_id = first.post(f"/api/sessions/{session_id}/filmings", json=film).raise_for_status().json()["id"]
        first.patch(f"/api/filmings/{filmed_id}", params={"offset": 0}, content=video).raise_for_status()
        kill(server)
        again = second.post(f"/api/sessions/{session_id}/uploads", json=form).raise_for_status().json()
        assert (again["id"], again["received_bytes"]) == (upload_id, half)
        sent = second.patch(f"/api/uploads/{upload_id}", params={"offset": half}, content=video[half:])
        assert sent.raise_for_status().json()["state"] == "reading"

        def filmed() -> dict[str, Any]:
            found = second.get(f"/api/sessions/{session_id}").raise_for_status().json()["uploads"]
            return next(upload for upload in found if upload["id"] == filmed_id)

        wait_for(lambda: filmed()["state"] != "receiving")  # its page is gone: what came in is kept, and measured
        assert "cut short" in " ".join(filmed()["info"].get("warnings", []))


def numbers(site: Site) -> list[int]:
    with site.database.read() as transaction:
        return list(transaction.scalars(sa.select(ServerRow.number)))


def test_the_same_recording_is_corrected_at_both_servers_at_once(
    tmp_path: Path, shared: dict[str, str], looking: Site
) -> None:
    session_id = made_session(looking)
    upload_ids = read_uploads(looking, session_id, 1)
    with (
        served(tmp_path / "a", variables=shared) as (_, first),
        served(tmp_path / "b", variables=shared) as (_, second),
    ):
        (take_id,) = measure(looking, session_id, upload_ids)
        place = f"/api/takes/{take_id}"
        wait_for(lambda: second.get(place).json()["take"]["state"] == "measured")
        version = first.get(place).json()["take"]["version"]
        answers: dict[str, httpx.Response] = {}
        together = threading.Barrier(2)

        def correct(client: httpx.Client, name: str, form: dict[str, Any]) -> None:
            together.wait(30)
            answers[name] = client.put(f"{place}/corrections", json={**form, "version": version}, timeout=WAIT_S)

        forms = {"first": {"excluded": [1]}, "second": {"excluded": [2]}}
        threads = [
            threading.Thread(target=correct, args=(client, name, forms[name]))
            for client, name in ((first, "first"), (second, "second"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT_S)
        assert sorted(answer.status_code for answer in answers.values()) == [200, 409]
        (kept,) = (name for name, answer in answers.items() if answer.status_code == 200)
        found = [client.get(place).raise_for_status().json() for client in (first, second)]
    assert found[0] == found[1]
    assert found[0]["take"]["version"] == version + 1
    assert found[0]["take"]["corrections"]["excluded"] == forms[kept]["excluded"]


def test_when_the_database_goes_away_both_say_so_and_go_on_when_it_is_back(tmp_path: Path) -> None:
    with private_server() as postgresql:
        variables = shared_by(tmp_path, postgresql)
        url, store = variables["POSECHECK_DATABASE_URL"], variables["POSECHECK_STORE"]
        with (
            served(tmp_path / "a", variables=variables) as (_, first),
            served(tmp_path / "b", variables=variables) as (_, second),
        ):
            with quiet_site(tmp_path / "looking", database_url=url, store=store) as looking:
                session_id = made_session(looking)
                upload_ids = read_uploads(looking, session_id, 2)
                take_ids = measure(looking, session_id, upload_ids)
                wait_for(lambda: running_at(looking))
            with postgresql.away():
                for client in (first, second):
                    answer = client.get(f"/api/sessions/{session_id}")
                    assert answer.status_code == 503
                    assert "the database cannot be reached" in answer.json()["error"]["message"]
            for client in (first, second):
                wait_for(lambda client=client: client.get(f"/api/sessions/{session_id}").status_code == 200)
            for take_id in take_ids:
                wait_for(lambda place=f"/api/takes/{take_id}": is_measured(first.get(place)))
            watch = Watch(first, session_id)

            def hears_again() -> bool:
                second.patch(f"/api/sessions/{session_id}", json={"title": "x"}).raise_for_status()
                time.sleep(0.2)
                return "session" in watch.kinds

            wait_for(hears_again)


def is_measured(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and answer.json()["take"]["state"] == "measured"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"POSECHECK_STORE": ""}, r"another posecheck server uses this database.* has the same POSECHECK_STORE"),
        ({"POSECHECK_STORE": "file://{other}"}, r"lie in file://.*store, and file://.*other is another place"),
    ],
)
def test_a_server_with_another_store_or_none_is_refused_in_words(
    tmp_path: Path, shared: dict[str, str], change: dict[str, str], words: str
) -> None:
    changed = {name: value.format(other=tmp_path / "other") for name, value in change.items()}
    with ExitStack() as running:
        running.enter_context(served(tmp_path / "a", variables=shared))
        said = refused(tmp_path / "b", {**shared, **changed})
    assert re.search(words, said), said


def test_a_database_whose_files_lie_in_a_store_is_not_opened_without_it(tmp_path: Path, shared: dict[str, str]) -> None:
    with served(tmp_path / "a", variables=shared):
        pass
    said = refused(tmp_path / "a", {**shared, "POSECHECK_STORE": ""})
    assert "the videos and results of this database lie in file://" in said
    with served(tmp_path / "c", variables=shared):  # with another working copy
        pass


def refused(data: Path, variables: dict[str, str]) -> str:
    """What a server says that does not start, on one line."""
    words = command("serve", "--no-open", "--port", 0, "--data", data)
    done = subprocess.run(words, env=environment(variables), capture_output=True, text=True, timeout=WAIT_S)
    assert done.returncode != 0
    return " ".join(done.stderr.split())
