"""What can go wrong while a session is filmed, in a real browser and in the server, and how it goes on after it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from browser import page_of
from film_pieces import Clock, begin, recording, row, send, watched_by
from film_run import RESULT, SESSION, TESTS, answer, film, machine, start, trial
from playwright.sync_api import Browser, Page, expect
from webapp import Served, made_session, quiet_site, serve

from posecheck.storage.tables import Upload
from posecheck.web.film import filmed
from posecheck.web.film.forms import LiveForm
from posecheck.web.film.last_pieces import SILENT_S
from posecheck.web.film.live_line import plan_trial
from posecheck.web.film.rooms import STOPPED_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.web.server.site import Site

TOKEN = "a-token-of-the-tests"
TICK = {"kind": "tick"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("film"), token=TOKEN) as running:
        yield running


@pytest.fixture
def session(served: Served) -> str:
    return served.session(tests=TESTS)


@pytest.fixture
def page(served: Served, browser: Browser, session: str) -> Iterator[Page]:
    with page_of(browser, served.url, permissions=["camera"]) as opened:
        opened.goto(f"/sessions/{session}/film?token={TOKEN}")
        yield opened


# --- not let in any more


@pytest.mark.parametrize("sockets", [True, False], ids=["websocket", "requests"])
def test_a_page_that_is_not_let_in_any_more_says_how_and_goes_on_once_it_is(
    page: Page, served: Served, session: str, sockets: bool
) -> None:
    if not sockets:
        page.evaluate(
            """() => {
              window.WebSocket = class {
                constructor() { setTimeout(() => this.onclose({ code: 1006, reason: "" })); }
                close() {}
              };
            }"""
        )
    start(page)
    expect(page.locator("#run-words")).to_have_text("Step into the picture.", timeout=60_000)
    page.context.clear_cookies()
    (room,) = served.site.rooms._rooms.values()
    served.site.rooms.close(room, STOPPED_WORDS)
    expect(page.locator("#run-held-title")).to_have_text("This device no longer has access")
    expect(page.locator("#run-held-words")).to_contain_text("scan the code on the computer again")
    expect(page.locator("#run-notice")).to_have_text("")
    other = page.context.new_page()
    other.goto(f"/?token={TOKEN}")
    other.close()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#run-words")).to_have_text("Step into the picture.", timeout=60_000)


# --- a camera that gives no pictures


CAMERA = """async () => {
  const { Camera } = await import("/static/film_camera.js");
  const told = [];
  const camera = new Camera(document.createElement("video"), () => told.push("gone"), () => told.push("back"));
  const longer = () => new Promise((resolve) => setTimeout(resolve, 3200));
  await camera.start({ width: 640, height: 480 });
  const [track] = camera.stream.getTracks();
  const say = (kind) => track.dispatchEvent(new Event(kind));
  say("mute");
  say("unmute");
  await longer();
  told.push(camera.open);
  say("mute");
  await longer();
  told.push(camera.open);
  say("unmute");
  told.push(camera.open);
  say("mute");
  camera.stop();
  await longer();
  return told;
}"""


def test_a_camera_without_pictures_is_gone_after_three_seconds_and_back_with_the_next_one(page: Page) -> None:
    assert page.evaluate(CAMERA) == [True, "gone", False, "back", True]


def test_a_run_stands_still_while_another_program_has_the_camera(page: Page) -> None:
    start(page)
    track = "document.getElementById('run-video').srcObject.getTracks()[0]"
    page.evaluate(f"void (window.track = {track}).dispatchEvent(new Event('mute'))")
    expect(page.locator("#run-held-title")).to_have_text("The camera is gone")
    expect(page.locator("#run-held-words")).to_contain_text("if another program is using it, close that program")
    page.evaluate("void window.track.dispatchEvent(new Event('unmute'))")
    expect(page.locator("#run-held")).to_be_hidden()
    assert page.evaluate(f"{track}.readyState") == "live"


# --- somebody who does not move


def test_whoever_only_stands_there_is_not_recorded_for_ever(page: Page) -> None:
    still = [*trial(0)[:2], *[(10.0 + second, answer("ready")) for second in range(1, 60)]]
    assert machine(page, SESSION, [*still, (69, TICK)])["state"] == "record"
    told = machine(page, SESSION, [*still, (70, TICK)])
    assert told["done"][-3:] == ["discard a.left/pre", "restart a.left/pre", "lonely a.left/pre"]
    assert told["state"] == "wait"
    assert machine(page, SESSION, [*still, (70, TICK), (71, answer("ready"))])["done"][-1] == "record a.left/pre"


@pytest.mark.parametrize("seen", [answer("moving"), answer("ready", 1), {"kind": "line-lost"}])
def test_a_recording_that_may_hold_a_movement_goes_on(page: Page, seen: dict[str, Any]) -> None:
    assert machine(page, SESSION, [*trial(0)[:2], (30, seen), (200, TICK)])["state"] == "record"


# --- the end


def test_what_stops_the_end_is_told_and_it_can_be_tried_again(page: Page) -> None:
    measuring = [(6, TICK), (8, {"kind": "hold", "why": "hidden"}), (9, {"kind": "hold", "why": "result"})]
    told = machine(page, [RESULT], measuring)
    assert told["done"][-3:] == ["measure result/", "rest undefined/", "held result"]
    again = machine(page, [RESULT], [*measuring, (10, {"kind": "resume"}), (17, TICK)])
    assert again["done"][-1] == "measure result/"


RUN = """async ([session, items, open]) => {
  const { GuidedRun } = await import("/static/film_run.js");
  window.told = [];
  const canvas = document.createElement("canvas");
  canvas.getContext("2d");
  const stage = new Proxy({}, { get: (_stage, name) => (...rest) => void window.told.push([name, ...rest]) });
  window.run = new GuidedRun({
    sessionId: session,
    page: "page",
    camera: { open, stream: canvas.captureStream(), aspect: 1, stop() {}, frame: async () => null, whenNew() {} },
    stage,
    voice: { speaking: false, say() {}, sound() {} },
    stretchStage: {},
    choice: { repetitions: 3, holdS: 2, stretch: { stretch: "crossover", grip: "lateral-pull" } },
    items,
    announceS: 0,
    endsAt: `/sessions/${session}/result`,
  });
  window.run.start();
}"""
LAST = {**RESULT, "title": "Result", "side_words": "", "words": "All is filmed."}


def test_a_session_that_was_deleted_meanwhile_stops_the_end_in_words(page: Page, served: Served, session: str) -> None:
    served.client.delete(f"/api/sessions/{session}").raise_for_status()
    page.evaluate(RUN, [session, [LAST], False])
    page.wait_for_function("() => window.run.state === 'result'")
    (held,) = [told for told in page.evaluate("window.told") if told[0] == "hold"]
    assert held[1] == "result"
    assert "session" in held[2]


def test_a_page_that_is_not_let_in_at_the_end_says_so(page: Page, session: str) -> None:
    page.context.clear_cookies()
    page.evaluate(RUN, [session, [LAST], False])
    page.wait_for_function("() => window.run.state === 'locked'")


def test_a_stretch_that_the_server_refused_is_sent_again_before_the_result_opens(
    page: Page, served: Served, session: str
) -> None:
    page.evaluate(RUN, [session, [LAST], False])
    page.evaluate("window.run.stretched({ heldS: { left: 20, right: 30 }, painSide: null })")
    page.wait_for_function("() => window.run.state === 'result'")
    served.client.post(f"/api/sessions/{session}/safety", json={"confirmed": True}).raise_for_status()
    page.evaluate("window.run.resume()")
    page.wait_for_url(f"**/sessions/{session}/result")
    kept = served.client.get(f"/api/sessions/{session}").json()["stretches"]
    assert [(stretch["side"], stretch["seconds"]) for stretch in kept] == [("left", 20), ("right", 30)]


# --- a recorder that does not begin


NO_RECORDER = {
    "track ended": "() => (MediaRecorder.prototype.start = () => { throw new DOMException('', 'InvalidStateError'); })",
    "no recorder": "() => delete window.MediaRecorder",
}


@pytest.mark.parametrize("why", NO_RECORDER)
def test_a_recorder_that_does_not_begin_stops_the_run_in_words(
    page: Page, served: Served, session: str, why: str
) -> None:
    page.evaluate(f"void ({NO_RECORDER[why]})()")
    part = {**film("toe-touch"), "title": "Toe touch", "side_words": "", "words": "", "start": "", "block_title": ""}
    page.evaluate(RUN, [session, [part, LAST], True])
    page.wait_for_function("() => window.run.state === 'wait'")
    page.evaluate("seen => window.run.do('answer', seen)", {"answer": answer("ready")["answer"]})
    assert page.evaluate("window.run.state") == "broken"
    page.wait_for_function("() => !window.run.unsaved")
    assert not served.client.get(f"/api/sessions/{session}").json()["uploads"]
    page.evaluate("window.run.end()")


# --- small words


def test_what_one_thing_has_to_say_is_not_wiped_by_another(page: Page) -> None:
    shown = page.evaluate(
        """async () => {
          const { Stage } = await import("/static/film_stage.js");
          const stage = new Stage(document.getElementById("run"));
          const shown = [];
          const said = [["line", "away"], ["recording", "full"], ["line", ""], ["recording", ""]];
          for (const [about, words] of said) {
            stage.notice(about, words);
            shown.push(document.getElementById("run-notice").textContent);
          }
          return shown;
        }"""
    )
    assert shown == ["away", "full", "full", ""]


def test_a_line_that_is_back_takes_back_its_own_words_alone(page: Page, session: str) -> None:
    page.evaluate(RUN, [session, [film("toe-touch"), LAST], False])
    page.wait_for_function("() => window.told.some(([name]) => name === 'ghost')")
    notices = [told[1:] for told in page.evaluate("window.told") if told[0] == "notice"]
    assert notices == [["line", ""]]
    page.evaluate("window.run.end()")


# --- in the server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    with quiet_site(tmp_path / "data") as opened:
        yield watched_by(opened, clock)


def damage_plan(site: Site, upload_id: str, plan: Any) -> None:
    with site.database.begin() as transaction:
        upload = transaction.get(Upload, upload_id)
        assert upload is not None
        upload.reading = {"plan": plan}


def test_a_recording_that_cannot_be_ended_does_not_keep_the_later_ones_from_it(
    site: Site, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    session = made_session(site)
    damaged, whole = begin(site, session), begin(site, session, side="right")
    for upload_id in (damaged, whole):
        send(site, upload_id, recording())
    damage_plan(site, damaged, {})
    clock.now_s += SILENT_S
    with caplog.at_level(logging.WARNING, logger=filmed.__name__):
        filmed.finish_silent(site)
        clock.now_s += 1
        filmed.finish_silent(site)
    assert [row(site, upload_id).state for upload_id in (damaged, whole)] == ["receiving", "reading"]
    assert len(caplog.records) == 1
    clock.now_s += SILENT_S
    assert site.last_pieces.silent() == [damaged]


def test_a_damaged_place_of_the_person_means_no_outline(site: Site) -> None:
    session = made_session(site)
    upload_id = begin(site, session)
    send(site, upload_id, recording())
    plan = filmed.finish_filming(site, upload_id).reading["plan"]
    damage_plan(site, upload_id, {**plan, "framing": {"hip_xy": [10**400, 1]}})
    assert plan_trial(site, session, LiveForm(movement="side-lunge", side="left", phase="retest")).before is None
