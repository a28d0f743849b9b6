"""The real command, killed in the middle of an upload and of an analysis: nothing that came in and no job is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import pytest
from clips import KNEE_PRE, TOE_PRE, sample_clip
from served_process import served

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [
    pytest.mark.model,
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL"),
]
LONG_S = 240.0


def workers_of(server: subprocess.Popen[str]) -> list[psutil.Process]:
    children = psutil.Process(server.pid).children()
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def wait_for(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + LONG_S
    while not condition():
        assert time.monotonic() < end_s, "it did not happen"
        time.sleep(0.1)


def announce(client: httpx.Client, session: str, video: Path) -> httpx.Response:
    form = {"file_name": video.name, "size_bytes": video.stat().st_size, "phase": "pre"}
    return client.post(f"/api/sessions/{session}/uploads", json=form)


def send(client: httpx.Client, upload: str, data: bytes, offset: int) -> dict[str, Any]:
    return client.patch(f"/api/uploads/{upload}", params={"offset": offset}, content=data).raise_for_status().json()


def reading(client: httpx.Client, session: str, upload: str) -> dict[str, Any]:
    """The job that reads an upload."""
    jobs = client.get(f"/api/sessions/{session}/jobs").json()
    return next(job for job in jobs if job["target_id"] == upload)


def test_a_server_that_is_killed_loses_no_upload_and_no_job(tmp_path: Path) -> None:
    knee = sample_clip(tmp_path / "knee.mp4", KNEE_PRE)
    toe = sample_clip(tmp_path / "toe.mp4", TOE_PRE)
    half = toe.stat().st_size // 2
    with served(tmp_path / "data") as (server, client):
        person = client.post("/api/people", json={"name": "Anna"}).json()["id"]
        session = client.post(f"/api/people/{person}/sessions", json={}).json()["id"]
        first = announce(client, session, knee).json()["id"]
        assert send(client, first, knee.read_bytes(), 0)["state"] == "reading"
        client.post(f"/api/uploads/{first}/confirm", json={"movement": "knee-to-chest", "side": "left"})
        second = announce(client, session, toe).json()["id"]
        send(client, second, toe.read_bytes()[:half], 0)
        wait_for(lambda: reading(client, session, first)["done"] > 0)
        workers = workers_of(server)
        assert workers
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
        _, alive = psutil.wait_procs(workers, timeout=LONG_S)
        assert not alive, "a worker outlived its server"

    with served(tmp_path / "data") as (server, client):
        assert client.get(f"/api/uploads/{first}").json()["state"] in ("reading", "read")
        again = announce(client, session, toe)
        assert (again.status_code, again.json()["id"], again.json()["received_bytes"]) == (200, second, half)
        assert send(client, second, toe.read_bytes()[half:], half)["state"] == "reading"
        client.post(f"/api/uploads/{second}/confirm", json={"movement": "toe-touch"})
        wait_for(lambda: reading(client, session, first)["state"] == "done")
        wait_for(lambda: reading(client, session, second)["done"] > 0)
        for worker in workers_of(server):
            worker.send_signal(signal.SIGSEGV)  # as a damaged video does to its decoder
        wait_for(lambda: all(take["state"] != "measuring" for take in takes(client, session)))

        assert {take["movement"]: take["state"] for take in takes(client, session)} == {
            "knee-to-chest": "measured",
            "toe-touch": "measured",
        }
        assert all(take["summary"]["repetitions"] >= 1 for take in takes(client, session))
        assert [reading(client, session, upload)["attempts"] for upload in (first, second)] == [2, 2]
        assert {job["state"] for job in client.get(f"/api/sessions/{session}/jobs").json()} == {"done"}
        stored = (tmp_path / "data" / "uploads" / second / "video").read_bytes()
        assert stored == toe.read_bytes()


def takes(client: httpx.Client, session: str) -> list[dict[str, Any]]:
    return client.get(f"/api/sessions/{session}").json()["takes"]
