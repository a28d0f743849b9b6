"""The camera's line: answers of the live engine over a WebSocket and by ordinary requests; who is let in, what refused."""

from __future__ import annotations

import json
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from camera_line import TOE, WAIT_S, closed_with, jpeg, line, said
from clips import TOE_PRE, sample_frames
from live_play import SMALL
from made_trial import made_series
from synthetic import frame_times, person, poses_of
from webapp import Served, place_reading, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus

from posecheck.live import Framing
from posecheck.movements import load_movement
from posecheck.storage.tables import Take, TakeState, Upload
from posecheck.web.film import rooms as rooms_module
from posecheck.web.film.engines import EngineHere
from posecheck.web.film.live_frames import MAX_FRAME_BYTES, write_frame
from posecheck.web.server.languages import LANGUAGE_COOKIE
from posecheck.web.server.settings import Waits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from posecheck.pose.landmarks import Pose


class Standing:
    """An estimator that always finds the same standing person; waits in front of a gate first."""

    name = "fake 1"
    model_sha256 = "f" * 64

    def __init__(self) -> None:
        self.gate, self.looked = threading.Event(), threading.Semaphore(0)
        self.gate.set()
        self.closed = False
        self._pose = poses_of(person(frame_times(0.1, 10.0), **SMALL))[0]

    def follow(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        self.looked.release()
        assert self.gate.wait(WAIT_S)
        return self._pose

    def find_people(self, image_rgb: NDArray[np.uint8]) -> tuple[Pose, ...]:
        return (self._pose,)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def acted(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Served, Standing]]:
    """A server whose camera sees a made-up person; its parameter, if any, says how long the server waits."""
    estimator = Standing()
    monkeypatch.setattr("posecheck.web.server.app.load_engine", lambda _path: EngineHere(estimator))
    with serve(tmp_path / "data", waits=getattr(request, "param", Waits())) as running:
        yield running, estimator
    assert estimator.closed


@pytest.mark.model
def test_a_real_repetition_is_counted_over_the_line(served: Served) -> None:
    times, images = sample_frames(TOE_PRE)
    with line(served, served.session(), f"{TOE}&side=&repetitions=1&hold_s=1") as socket:
        hello = said(socket)
        assert (hello["movement"], hello["side"], hello["repetitions"], hello["framing"]) == ("toe-touch", "", 1, None)
        answers = []
        for time_s, image in zip(times, images, strict=True):
            socket.send(write_frame(time_s, jpeg(image)))
            answers.append(said(socket))
    assert {answer["kind"] for answer in answers} == {"answer"}
    seen = list(dict.fromkeys(answer["state"] for answer in answers))
    assert seen[-5:] == ["ready", "moving", "holding", "back", "done"]
    last = answers[-1]
    assert (last["repetition"], last["done"], len(last["holds_s"])) == (1, True, 1)
    assert last["answered_s"] > 0
    own = Framing.from_dict(last["own_framing"])
    assert own.compare(own, load_movement("toe-touch")).matches


def test_a_torn_or_too_large_picture_is_refused_in_words_and_the_line_stays(acted: tuple[Served, Standing]) -> None:
    served, _ = acted
    refused = {
        "not a complete JPEG": write_frame(0.1, jpeg()[:-200]),
        "not a complete JPEG, ": write_frame(0.1, b"GIF89a" + bytes(100)),
        "8 bytes of time": b"1234",
        "not a number": write_frame(float("nan"), jpeg()),
        "640 pixels wide": write_frame(0.1, jpeg() + bytes(MAX_FRAME_BYTES)),
        "1920 pixels": write_frame(0.1, jpeg(size_px=(1921, 8))),
    }
    with line(served, served.session()) as socket:
        assert said(socket)["kind"] == "hello"
        for words, message in refused.items():
            socket.send(message)
            answer = said(socket)
            assert answer["kind"] == "error"
            assert words in answer["message"]
        for text in (
            "no JSON",
            "[]",
            "[" * 100_000,
            '{"kind": "restart", "movement": "dance"}',
            '{"kind": "restart", "phase": "x"}',
        ):
            socket.send(text)
            assert said(socket)["code"] == "wrong_input"
        socket.send(write_frame(0.2, jpeg()))
        assert said(socket)["kind"] == "answer"


def test_a_page_is_answered_in_its_own_language_and_who_watches_in_another(acted: tuple[Served, Standing]) -> None:
    served, _ = acted
    session = served.session()
    german = {"Cookie": f"{LANGUAGE_COOKIE}=de"}
    with (
        served.client.stream("GET", f"/api/sessions/{session}/events", headers={"Accept-Language": "fr"}) as watched,
        line(served, session, additional_headers=german) as socket,
    ):
        lines = watched.iter_lines()
        next(lines)
        assert said(socket)["title"].startswith("Vorbeuge")
        socket.send(write_frame(0.1, jpeg()))
        assert said(socket)["words"] == "Komm ins Bild."
        told = next(json.loads(text.removeprefix("data: ")) for text in lines if text.startswith("data: "))
        assert told["words"] == "Placez-vous devant la caméra."
        socket.send(b"1234")
        assert said(socket)["message"].startswith("Erwartet wurde ein Bild")


def test_a_line_is_refused_in_the_language_of_the_page(served: Served) -> None:
    session = served.session()
    spanish = {"Accept-Language": "es"}
    with line(served, session) as first:
        assert said(first)["kind"] == "hello"
        with line(served, session, additional_headers=spanish) as second:
            assert closed_with(second)[1].startswith("Otra pestaña u otro dispositivo está grabando esta sesión.")


def test_a_picture_that_forges_its_size_is_refused_before_it_is_decoded(acted: tuple[Served, Standing]) -> None:
    served, _ = acted
    forged = bytearray(jpeg())
    at = forged.index(b"\xff\xc0") + 5
    forged[at : at + 4] = b"\xff\xff\xff\xff"
    with line(served, served.session()) as socket:
        said(socket)
        socket.send(write_frame(0.1, bytes(forged)))
        assert said(socket)["code"] == "too_large"


def test_only_the_newest_picture_is_answered_when_they_come_too_fast(acted: tuple[Served, Standing]) -> None:
    served, estimator = acted
    with line(served, served.session()) as socket:
        said(socket)
        assert estimator.looked.acquire(timeout=WAIT_S)  # the one that loads everything
        estimator.gate.clear()
        socket.send(write_frame(0.0, jpeg()))
        assert estimator.looked.acquire(timeout=WAIT_S)
        for number in range(1, 10):
            socket.send(write_frame(number / 10, jpeg()))
        socket.ping().wait(WAIT_S)  # the server has read them all
        estimator.gate.set()
        times = [said(socket)["time_s"]]
        while times[-1] < 0.9:
            times.append(said(socket)["time_s"])
    assert times == [0.0, 0.9]


def test_a_restart_begins_the_same_trial_or_another_one(acted: tuple[Served, Standing]) -> None:
    served, _ = acted
    with line(served, served.session()) as socket:
        said(socket)
        for k in range(3):
            socket.send(write_frame(k / 10, jpeg()))
            assert said(socket)["state"] == "get_into_view"
        socket.send(json.dumps({"kind": "restart"}))
        assert said(socket)["movement"] == "toe-touch"
        socket.send(json.dumps({"kind": "restart", "movement": "side-lunge", "side": "left", "hold_s": 3}))
        hello = said(socket)
        assert (hello["kind"], hello["movement"], hello["side"], hello["hold_s"]) == ("hello", "side-lunge", "left", 3)
        socket.send(write_frame(0.0, jpeg()))
        assert said(socket)["target_hold_s"] == 3


def test_a_second_tab_is_refused_until_it_takes_over(acted: tuple[Served, Standing]) -> None:
    served, _ = acted
    session = served.session()
    with line(served, session, f"{TOE}&page=one") as first:
        said(first)
        with line(served, session, f"{TOE}&page=two") as second:
            assert closed_with(second) == (4409, rooms_module.OTHER_TAB_WORDS)
        asked = {"movement": "toe-touch", "page": "two"}
        assert served.client.post(f"/api/sessions/{session}/live", json=asked).status_code == 409
        with line(served, session, f"{TOE}&page=two&take_over=1") as second:
            assert said(second)["kind"] == "hello"
            assert closed_with(first) == (4409, rooms_module.TAKEN_OVER_WORDS)
            second.send(write_frame(0.0, jpeg()))
            assert said(second)["kind"] == "answer"


def test_a_page_that_comes_back_takes_its_own_place(acted: tuple[Served, Standing]) -> None:
    served, _ = acted
    session = served.session()
    with line(served, session, f"{TOE}&page=one") as before:
        said(before)
        with line(served, session, f"{TOE}&page=one") as after:
            assert said(after)["kind"] == "hello"
            assert closed_with(before)[0] == 4409


PATIENT = Waits(first_picture_s=60.0, idle_s=60.0)
QUICK = Waits(first_picture_s=0.05, idle_s=60.0)


@pytest.mark.parametrize("acted", [PATIENT], indirect=True)
def test_another_session_may_film_at_the_same_time_up_to_a_limit(acted: tuple[Served, Standing]) -> None:
    served, _ = acted
    for number in range(rooms_module.MAX_ROOMS):
        asked = {"movement": "toe-touch", "page": str(number)}
        assert served.client.post(f"/api/sessions/{served.session()}/live", json=asked).status_code == 201
    with line(served, served.session()) as one_more:
        assert closed_with(one_more) == (4429, rooms_module.CROWD_WORDS)


@pytest.mark.parametrize("acted", [QUICK], indirect=True)
def test_silent_pages_hold_no_room_that_another_one_wants(acted: tuple[Served, Standing]) -> None:
    served, _ = acted
    with ExitStack() as silent:
        lines = [silent.enter_context(line(served, served.session())) for _ in range(rooms_module.MAX_ROOMS)]
        for socket in lines:
            assert said(socket)["kind"] == "hello"
        lines[0].send(write_frame(0.0, jpeg()))
        assert said(lines[0])["kind"] == "answer"
        time.sleep(2 * QUICK.first_picture_s)
        with line(served, served.session()) as one_more:
            assert said(one_more)["kind"] == "hello"
            assert closed_with(lines[1]) == (1013, rooms_module.GAVE_WAY_WORDS)
        lines[0].send(write_frame(0.1, jpeg()))
        assert said(lines[0])["kind"] == "answer", "the page that films stays"


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("movement=dance", 4422, "There is no test 'dance'"),
        ("movement=side-lunge", 4422, "say left or right"),
        (f"{TOE}&side=left", 4422, "leave the side out"),
        (f"{TOE}&repetitions=0", 4422, "repetitions"),
        (f"{TOE}&phase=later", 4422, "phase"),
        ("", 4422, "movement"),
    ],
)
def test_a_line_that_cannot_be_is_closed_with_a_code_and_words(
    served: Served, query: str, code: int, words: str
) -> None:
    with line(served, served.session(), query) as socket:
        closing = closed_with(socket)
    assert closing[0] == code
    assert words in closing[1]


def test_a_session_that_is_not_there_closes_the_line(served: Served) -> None:
    with line(served, "0" * 24) as socket:
        assert closed_with(socket)[0] == 4404


def test_without_a_model_the_line_says_so(tmp_path: Path) -> None:
    with serve(tmp_path / "data", model_path=tmp_path / "none.task") as served:
        with line(served, served.session()) as socket:
            code, words = closed_with(socket)
        assert code == 4503
        assert "no such model file" in words
        assert served.client.post(f"/api/sessions/{served.session()}/live", json={"movement": "toe-touch"}).is_error


def test_pages_of_others_and_those_without_the_token_get_no_line(tmp_path: Path) -> None:
    with serve(tmp_path / "data", token="a-token-of-some-length") as served:
        session = served.session()
        for headers in (
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": "Bearer a-token-of-some-length", "Origin": "http://elsewhere.example"},
        ):
            with (
                pytest.raises((InvalidStatus, ConnectionClosed)),
                line(served, session, additional_headers=headers) as socket,
            ):
                said(socket)
        right = {"Cookie": "posecheck_token=a-token-of-some-length", "Origin": served.url}
        with line(served, session, additional_headers=right) as socket:
            assert said(socket)["kind"] == "hello"


def test_ordinary_requests_give_the_same_answers(acted: tuple[Served, Standing]) -> None:
    served, _ = acted
    session = served.session()
    hello = served.client.post(f"/api/sessions/{session}/live", json={"movement": "toe-touch", "page": "one"}).json()
    frames = f"/api/live/{hello['room']}/frames"
    answer = served.client.post(frames, content=write_frame(0.0, jpeg())).raise_for_status().json()
    assert (answer["kind"], answer["state"]) == ("answer", "get_into_view")
    torn = served.client.post(frames, content=write_frame(0.1, jpeg()[:100]))
    assert (torn.status_code, torn.json()["error"]["code"]) == (422, "wrong_input")
    assert served.client.post(frames, content=bytes(MAX_FRAME_BYTES + 1)).status_code == 413
    assert served.client.delete(f"/api/live/{hello['room']}").status_code == 204
    assert served.client.post(frames, content=write_frame(0.2, jpeg())).status_code == 404


@pytest.mark.parametrize("acted", [Waits(idle_s=-1.0)], ids=["at once"], indirect=True)
def test_a_page_that_sends_no_more_pictures_by_requests_loses_its_room(acted: tuple[Served, Standing]) -> None:
    served, _ = acted
    session = served.session()
    room = served.client.post(f"/api/sessions/{session}/live", json={"movement": "toe-touch"}).json()["room"]
    served.site.rooms.close_idle()
    gone = served.client.post(f"/api/live/{room}/frames", content=write_frame(0.0, jpeg()))
    assert gone.status_code == 404
    assert "Begin again" in gone.json()["error"]["message"]


def test_the_re_test_is_shown_where_the_person_stood_in_the_pre_test(served: Served) -> None:
    session = served.session()
    with served.site.database.begin() as transaction:
        upload = Upload(session_id=session, phase="pre", file_name="a.mp4", size_bytes=1)
        take = Take(session_id=session, upload=upload, movement="side-lunge", side="left", phase="pre")
        take.state = TakeState.MEASURED
        transaction.add_all((upload, take))
        transaction.flush()
        upload_id = upload.id
    place_reading(served.site, upload_id, "side-lunge")
    with line(served, session, "movement=side-lunge&side=left&phase=retest") as socket:
        framing = Framing.from_dict(said(socket)["framing"])
    expected = Framing.of_series(made_series("side-lunge"), load_movement("side-lunge"))
    assert expected is not None
    assert framing.hip_xy == pytest.approx(expected.hip_xy, abs=0.01)
    for query in ("side=right&phase=retest", "side=left&phase=pre"):
        with line(served, session, f"movement=side-lunge&{query}") as socket:
            assert said(socket)["framing"] is None


@pytest.mark.parametrize("acted", [Waits(tell_every_s=WAIT_S)], ids=["seldom"], indirect=True)
def test_whoever_watches_the_session_is_told_what_the_camera_sees_but_not_too_often(
    acted: tuple[Served, Standing], monkeypatch: pytest.MonkeyPatch
) -> None:
    served, _ = acted
    told: list[dict[str, Any]] = []
    ended = threading.Event()

    def tell(_session: str, kind: str, data: dict[str, Any]) -> None:
        told.append({"kind": kind, **data})
        if data.get("state") == "ended":
            ended.set()

    monkeypatch.setattr(served.site.events, "tell", tell)
    with line(served, served.session()) as socket:
        said(socket)
        for k in range(5):
            socket.send(write_frame(k / 10, jpeg()))
            said(socket)
    assert ended.wait(WAIT_S)
    live = [item for item in told if item["kind"] == "live"]
    assert [item["state"] for item in live] == ["get_into_view", "ended"]
    assert (live[0]["movement"], live[0]["repetitions"]) == ("toe-touch", 3)
    assert {"words", "angle_deg", "hold_s", "speak"} <= set(live[0])


def test_an_open_line_does_not_keep_the_server_from_stopping(tmp_path: Path) -> None:
    with ExitStack() as server:
        served = server.enter_context(serve(tmp_path / "data"))
        with line(served, served.session()) as socket:
            said(socket)
            server.close()
            with pytest.raises(ConnectionClosed):
                socket.recv(timeout=WAIT_S)
