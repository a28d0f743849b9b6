"""The server is killed at random moments: nothing acknowledged is lost, nothing deleted comes back, and it starts again.

``make test`` kills it a few times; ``make crash`` 200 times, chosen by the seed.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import film_pieces
import httpx
import pytest
from made_trial import made_series, made_video
from served_process import kill, served

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [
    pytest.mark.slow,
    pytest.mark.model,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL"),
]

KILLS = int(os.environ.get("POSECHECK_CRASH_KILLS", "6"))
SEED = int(os.environ.get("POSECHECK_CRASH_SEED", "12"))
LATEST_KILL_S = 2.5
"""After the server has begun to answer: by then it reads, and somebody sends, films, corrects and deletes."""
STORED_EXPORT = Path(__file__).resolve().parents[1] / "stored" / "export.zip"
STORED_TAKE = "a2bb45392ff47e60edf25621"


@dataclass
class Person:
    """Somebody at the pages, who remembers what was acknowledged."""

    video: bytes
    chance: random.Random
    people: set[str] = field(default_factory=set)
    sessions: dict[str, str] = field(default_factory=dict)
    received: dict[str, int] = field(default_factory=dict)
    filmed: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    excluded: list[list[int]] = field(default_factory=lambda: [[1]])
    asked_to_delete: set[str] = field(default_factory=set)
    took_in: bool = False

    def work(self, client: httpx.Client) -> None:
        """Do one thing after another until nobody answers any more."""
        things: list[Callable[[httpx.Client], None]] = [
            self.begin,
            self.send,
            self.send,
            self.go_on,
            self.film,
            self.correct,
            self.delete_video,
            self.delete_person,
            self.take_in,
        ]
        try:
            while True:
                self.chance.choice(things)(client)
        except httpx.TransportError:  # killed
            return

    def begin(self, client: httpx.Client) -> None:
        person = str(ask(client, "POST", "/api/people", json={"name": "Anna"})["id"])
        self.people.add(person)
        session = ask(client, "POST", f"/api/people/{person}/sessions", json={"keep_video": self.chance.random() < 0.5})
        self.sessions[str(session["id"])] = person

    def send(self, client: httpx.Client) -> None:
        if not self.sessions:
            return
        form = {"file_name": f"{len(self.received)}.mp4", "size_bytes": len(self.video), "phase": "pre"}
        session = self.chance.choice(sorted(self.sessions))
        upload = str(ask(client, "POST", f"/api/sessions/{session}/uploads", json=form)["id"])
        self.received[upload] = 0
        self._piece(client, upload, self.chance.choice([len(self.video), len(self.video) // 3]))

    def go_on(self, client: httpx.Client) -> None:
        for upload in sorted(item for item, size_bytes in self.received.items() if size_bytes < len(self.video))[:1]:
            self._piece(client, upload, len(self.video))

    def film(self, client: httpx.Client) -> None:
        if not self.sessions:
            return
        form = {"movement": "toe-touch", "phase": "pre", "mime": "video/webm"}
        session = self.chance.choice(sorted(self.sessions))
        upload = str(ask(client, "POST", f"/api/sessions/{session}/filmings", json=form)["id"])
        self.filmed[upload] = 0
        for piece in film_pieces.recording():
            words = {"offset": self.filmed[upload]}
            answer = ask(client, "PATCH", f"/api/filmings/{upload}", content=piece, params=words)
            self.filmed[upload] = int(answer["received_bytes"])
        ask(client, "POST", f"/api/filmings/{upload}/finish", json={})

    def correct(self, client: httpx.Client) -> None:
        if not self.took_in:
            return
        wanted = self.chance.choice([[], [1]])
        self.excluded.append(wanted)  # in flight: kept or not
        ask(client, "PUT", f"/api/takes/{STORED_TAKE}/corrections", json={"excluded": wanted})
        self.excluded = [wanted]

    def delete_video(self, client: httpx.Client) -> None:
        if not self.received:
            return
        upload = self.chance.choice(sorted(self.received))
        self.asked_to_delete.add(upload)
        ask(client, "DELETE", f"/api/uploads/{upload}")
        self._forget([upload])

    def delete_person(self, client: httpx.Client) -> None:
        if len(self.people) < 3:
            return
        person = self.chance.choice(sorted(self.people))
        sessions = [session for session, whose in self.sessions.items() if whose == person]
        uploads = [
            str(upload["id"])
            for session in sessions
            for upload in ask(client, "GET", f"/api/sessions/{session}")["uploads"]
        ]
        self.asked_to_delete.update([person, *sessions, *uploads])
        ask(client, "DELETE", f"/api/people/{person}")
        self._forget([person, *sessions, *uploads])

    def take_in(self, client: httpx.Client) -> None:
        ask(client, "POST", "/api/import", content=STORED_EXPORT.read_bytes())
        self.took_in = True

    def _piece(self, client: httpx.Client, upload: str, until: int) -> None:
        received = int(ask(client, "GET", f"/api/uploads/{upload}")["received_bytes"])
        piece = self.video[received:until]
        answer = ask(client, "PATCH", f"/api/uploads/{upload}", content=piece, params={"offset": received})
        self.received[upload] = int(answer["received_bytes"])

    def _forget(self, ids: list[str]) -> None:
        for item in ids:
            self.people.discard(item)
            for known in (self.sessions, self.received, self.filmed):
                known.pop(item, None)
        self.gone.update(ids)

    def settle(self, client: httpx.Client) -> None:
        """What was being deleted when the server was killed is gone, or is there as before."""
        gone = [item for item in self.asked_to_delete - self.gone if not is_there(client, item, item in self.people)]
        self._forget(gone)
        self.asked_to_delete.clear()


def ask(client: httpx.Client, method: str, address: str, **how: Any) -> Any:
    answer = client.request(method, address, **how)
    assert answer.status_code < 400, f"{method} {address}: {answer.status_code} {answer.text[:500]}"
    return answer.json() if answer.content else None


def is_there(client: httpx.Client, item: str, person: bool) -> bool:
    kinds = ("people",) if person else ("sessions", "uploads")
    return any(client.get(f"/api/{kind}/{item}").status_code == 200 for kind in kinds)


def faults_after(client: httpx.Client, data: Path, person: Person) -> list[str]:
    """What does not fit what was acknowledged."""
    people = {str(item["id"]) for item in ask(client, "GET", "/api/people")}
    return [
        *(f"person {item} lost" for item in person.people - people),
        *(f"session {item} lost" for item in person.sessions if not is_there(client, item, person=False)),
        *(f"{item} came back" for item in person.gone if is_there(client, item, person=False) or item in people),
        *(f"files of {item} came back" for item in person.gone if (data / "uploads" / item).exists()),
        *(fault for upload in person.received for fault in upload_faults(client, data, person, upload)),
        *(
            fault
            for upload, size_bytes in person.filmed.items()
            for fault in film_faults(client, data, upload, size_bytes)
        ),
        *correction_faults(client, person),
        *(["strays"] if "belongs to no session" in client.get("/").text else []),
    ]


def upload_faults(client: httpx.Client, data: Path, person: Person, upload: str) -> list[str]:
    answer = client.get(f"/api/uploads/{upload}")
    if answer.status_code != 200:
        return [f"video {upload} lost: {answer.text[:200]}"]
    found = answer.json()
    if found["received_bytes"] < person.received[upload]:
        return [f"video {upload}: {found['received_bytes']} of {person.received[upload]} acknowledged bytes"]
    if person.received[upload] == len(person.video) and found["state"] == "receiving":
        return [f"video {upload} is whole, and still waits for more"]
    video = data / "uploads" / upload / "video"
    whole = found["state"] != "receiving" and found["has_video"]
    if whole and hashlib.sha256(video.read_bytes()).digest() != hashlib.sha256(person.video).digest():
        return [f"video {upload} is not what was sent"]
    return []


def film_faults(client: httpx.Client, data: Path, upload: str, size_bytes: int) -> list[str]:
    answer = client.get(f"/api/uploads/{upload}")
    if answer.status_code == 200:
        folder = data / "uploads" / upload
        kept = sum(path.stat().st_size for path in folder.iterdir()) if folder.is_dir() else 0
        short = answer.json()["state"] == "receiving" and kept < size_bytes
        return [f"film {upload}: {kept} of {size_bytes} bytes"] if short else []
    # One that nobody ended and that is too short to be measured is forgotten, as the pages say.
    return [f"film {upload} lost"] if size_bytes >= sum(map(len, film_pieces.recording())) // 2 else []


def correction_faults(client: httpx.Client, person: Person) -> list[str]:
    if not person.took_in:
        return []
    detail = ask(client, "GET", f"/api/takes/{STORED_TAKE}")
    excluded = detail["take"]["corrections"].get("excluded", [])
    person.excluded = [excluded] if excluded in person.excluded else person.excluded
    told = [item["number"] for item in detail["trial"]["repetitions"] if item["corrected"] == "excluded by hand"]
    faults = [] if excluded in person.excluded else [f"the correction is {excluded}, not one of {person.excluded}"]
    return faults + ([] if told == excluded else [f"the row says {excluded} is left out, its numbers {told}"])


def test_a_server_killed_at_any_moment_loses_nothing_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    video = made_video(tmp_path / "made.mp4", made_series("runners-lunge").time_s).read_bytes()
    film_pieces.recording()  # made before anybody waits for it
    person, data, faults = Person(video, chance), tmp_path / "data", []
    for number in range(KILLS):
        with served(data) as (server, client):
            person.settle(client)
            faults += [f"kill {number}: {fault}" for fault in faults_after(client, data, person)]
            working = threading.Thread(target=person.work, args=(client,))
            working.start()
            working.join(chance.uniform(0.0, LATEST_KILL_S))
            assert working.is_alive(), "it works until the server is killed"
            kill(server)
            working.join()
    with served(data) as (_, client):
        person.settle(client)
        faults += [f"at the end: {fault}" for fault in faults_after(client, data, person)]
    assert not faults, "\n".join(faults)
