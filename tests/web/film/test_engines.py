"""Live engines have processes of their own: given back when nobody films, replaced when they crash."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
import pytest
from camera_line import TOE, WAIT_S, closed_with, jpeg, line, said
from helpers_there import engine_of_nobody
from webapp import Served, serve

from posecheck.web.film.engines import EngineProcess
from posecheck.web.film.live_frames import write_frame
from posecheck.web.server.settings import Waits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOON = Waits(engine_s=0.0)


@pytest.fixture
def engines(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[EngineProcess]:
    made: list[EngineProcess] = []

    def make(_path: Path | None) -> EngineProcess:
        made.append(EngineProcess(engine_of_nobody))
        return made[-1]

    monkeypatch.setattr("posecheck.web.server.app.load_engine", make)
    return made


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path, engines: list[EngineProcess]) -> Iterator[Served]:
    with serve(tmp_path / "data", waits=getattr(request, "param", Waits())) as running:
        yield running


def white() -> bytes:
    return jpeg(np.full((180, 320, 3), 255, np.uint8))


def answer(socket: Any, time_s: float) -> dict[str, Any]:
    socket.send(write_frame(time_s, jpeg()))
    return said(socket)


def test_an_engine_serves_one_room_after_another(served: Served, engines: list[EngineProcess]) -> None:
    for _ in range(2):
        with line(served, served.session()) as socket:
            assert said(socket)["kind"] == "hello"
            assert answer(socket, 0.1)["state"] == "get_into_view"
            assert answer(socket, 0.2)["kind"] == "answer"
    assert len(engines) == 1


@pytest.mark.parametrize("served", [SOON], ids=["soon"], indirect=True)
def test_the_process_of_an_engine_that_nobody_uses_ends(served: Served, engines: list[EngineProcess]) -> None:
    with line(served, served.session()) as socket:
        said(socket)
        answer(socket, 0.1)
        pid = engines[0].pid
        assert psutil.pid_exists(pid)
        served.site.rooms.close_idle()
        assert answer(socket, 0.2)["kind"] == "answer", "it is not idle while somebody films"
    end_s = time.monotonic() + WAIT_S
    while psutil.pid_exists(pid):
        assert time.monotonic() < end_s
        time.sleep(0.1)


def test_an_engine_that_crashes_ends_one_room_and_the_page_comes_back_to_a_new_one(
    served: Served, engines: list[EngineProcess]
) -> None:
    session = served.session()
    with line(served, session, f"{TOE}&page=one") as socket:
        said(socket)
        socket.send(write_frame(0.1, white()))
        code, words = closed_with(socket)
    assert code == 1011, "below 4000: the page comes back by itself"
    assert "Try again" in words
    with line(served, session, f"{TOE}&page=one") as socket:
        assert said(socket)["kind"] == "hello"
        assert answer(socket, 0.1)["kind"] == "answer"
    assert len(engines) == 2
    assert served.client.get("/").status_code == 200


def test_a_crash_is_told_by_ordinary_requests_too(served: Served) -> None:
    asked = {"movement": "toe-touch", "page": "one"}
    path = f"/api/sessions/{served.session()}/live"
    room = served.client.post(path, json=asked).raise_for_status().json()["room"]
    crashed = served.client.post(f"/api/live/{room}/frames", content=write_frame(0.0, white()))
    assert (crashed.status_code, crashed.json()["error"]["code"]) == (503, "helper_gone")
    again = served.client.post(path, json=asked).raise_for_status().json()["room"]
    told = served.client.post(f"/api/live/{again}/frames", content=write_frame(0.0, jpeg()))
    assert json.loads(told.text)["kind"] == "answer"


def test_whoever_opens_the_page_that_films_finds_an_engine_ready(served: Served, engines: list[EngineProcess]) -> None:
    session = served.session()
    served.client.get(f"/sessions/{session}/film").raise_for_status()
    end_s = time.monotonic() + WAIT_S
    while not engines:
        assert time.monotonic() < end_s
        time.sleep(0.05)
    with line(served, session) as socket:
        assert said(socket)["kind"] == "hello"
        assert answer(socket, 0.1)["kind"] == "answer"
    assert len(engines) == 1
