"""What somebody at the screen waits for is done elsewhere, and its memory is given back."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest
from helpers_there import crash, process_number, refuse, sleep_long
from webapp import Served, place_reading

from posecheck.errors import RecordingError
from posecheck.language import language, language_set
from posecheck.storage.tables import Upload
from posecheck.web.server import desk as desk_module
from posecheck.web.server.child_process import HelperGoneError
from posecheck.web.server.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LUNGE = "runners-lunge"


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk(1)
    yield made
    made.close()


def test_what_is_done_there_is_said_in_the_language_of_who_waits(desk: Desk) -> None:
    with language_set("fr"):
        assert desk.do(language) == "fr"
    assert desk.do(language) == "en"


def test_work_is_done_in_another_process_which_is_kept_for_the_next(desk: Desk) -> None:
    first = desk.do(process_number)
    assert first != os.getpid()
    assert desk.do(process_number) == first


def test_a_crash_takes_nothing_else_with_it_and_the_next_work_is_done(desk: Desk) -> None:
    with pytest.raises(HelperGoneError):
        desk.do(crash)
    with pytest.raises(RecordingError, match="no repetition"):
        desk.do(refuse)
    assert desk.do(process_number) != os.getpid()


def test_a_clerk_with_nothing_to_do_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "IDLE_S", 0.0)
    desk = Desk(1)
    pid = desk.do(process_number)
    desk.close_idle()
    assert not psutil.pid_exists(pid)
    desk.close()


def test_a_desk_that_is_closed_keeps_nobody_waiting(tmp_path: Path) -> None:
    desk = Desk(1)
    told: list[str] = []

    def ask() -> None:
        with pytest.raises(HelperGoneError) as error:
            desk.do(sleep_long, tmp_path / "begun")
        told.append(str(error.value))

    waiting = [threading.Thread(target=ask) for _ in range(3)]
    for thread in waiting:
        thread.start()
    end_s = time.monotonic() + 60
    while not (tmp_path / "begun").exists():
        assert time.monotonic() < end_s
        time.sleep(0.05)
    desk.close()
    for thread in waiting:
        thread.join(30)
    assert len(told) == 3
    assert sum("being stopped" in words for words in told) == 2


def measured_take(served: Served) -> str:
    session = served.session()
    with served.site.database.begin() as transaction:
        upload = Upload(session_id=session, phase="pre", file_name="a.mp4", size_bytes=1)
        transaction.add(upload)
        transaction.flush()
        upload_id = upload.id
    place_reading(served.site, upload_id, LUNGE)
    form = {"movement": LUNGE, "side": "left"}
    take = str(served.client.post(f"/api/uploads/{upload_id}/confirm", json=form).raise_for_status().json()["id"])
    end_s = time.monotonic() + 120
    while served.client.get(f"/api/takes/{take}").json()["take"]["state"] != "measured":
        assert time.monotonic() < end_s
        time.sleep(0.1)
    return take


def test_a_correction_is_measured_at_the_desk_and_a_wrong_one_is_refused_in_words(served: Served) -> None:
    take = measured_take(served)
    path = f"/api/takes/{take}/corrections"
    before = served.client.get(f"/api/takes/{take}").json()["trial"]
    answer = served.client.put(path, json={"excluded": [1]}).raise_for_status().json()
    assert answer["take"]["summary"]["repetitions"] == sum(rep["used"] for rep in before["repetitions"]) - 1
    assert answer["trial"]["outcomes"] != before["outcomes"]
    refused = served.client.put(path, json={"start_s": 0.0, "end_s": 0.05})
    assert refused.status_code == 422
    assert str(served.site.files.root) not in refused.text
    points = served.client.get(f"/api/takes/{take}/landmarks").raise_for_status().json()
    assert len(points["xy_px"]) == len(points["time_s"]) > 0


def test_pages_are_answered_while_more_wait_for_the_desk_than_pages_have_threads(
    served: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    take = measured_take(served)
    gate = threading.Event()
    monkeypatch.setattr(type(served.site.desk), "do", lambda _desk, _work, *_values: gate.wait(120) and {})
    with httpx.Client(base_url=served.url, timeout=120, trust_env=False) as client:
        waiting = [
            threading.Thread(target=client.get, args=(f"/api/takes/{take}/landmarks",), daemon=True) for _ in range(60)
        ]
        for thread in waiting:
            thread.start()
        end_s = time.monotonic() + 60
        while (limiter := served.site.desk._waiting) is None or limiter.borrowed_tokens < 60:
            assert time.monotonic() < end_s
            time.sleep(0.05)
        try:
            assert served.client.get("/", timeout=30).status_code == 200
        finally:
            gate.set()
            for thread in waiting:
                thread.join()
