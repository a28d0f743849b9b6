"""The page that films hands-free, in a real browser: its order, its words, what it shows, and cameras that fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser import page_of, serious_violations
from film_run import RESULT, SESSION, STRETCH, TESTS, answer, film, machine, start, trial
from playwright.sync_api import Browser, Page, expect
from webapp import Served, place_reading

from posecheck.web.api.schemas import UploadForm
from posecheck.web.film.rooms import STOPPED_WORDS
from posecheck.web.uploads.uploads import begin_upload

if TYPE_CHECKING:
    from collections.abc import Iterator

PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def session(served: Served) -> str:
    return served.session(tests=TESTS)


@pytest.fixture
def page(served: Served, browser: Browser, session: str) -> Iterator[Page]:
    with page_of(browser, served.url, permissions=["camera"]) as opened:
        opened.goto(f"/sessions/{session}/film")
        yield opened


@pytest.fixture(scope="module")
def modules(served: Served, browser: Browser) -> Iterator[Page]:
    """A page that stays as it is: only its scripts are called."""
    with page_of(browser, served.url) as opened:
        opened.goto(f"/sessions/{served.session(tests=TESTS)}/film")
        yield opened


@pytest.mark.parametrize(("width", "height"), [(844, 390), (568, 320), (683, 384), (390, 844)])
def test_while_filming_what_stops_and_pauses_is_in_sight_at_any_size(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("document.getElementById('run').showModal()")
    expect(page.locator("#run-pause")).to_be_in_viewport(ratio=1)
    page.evaluate("document.getElementById('stage').showModal()")
    expect(page.locator("#hurts")).to_be_in_viewport(ratio=1)


def test_a_whole_session_needs_no_input_after_its_beginning(modules: Page) -> None:
    script = [
        *trial(0),
        *trial(29),
        (64, {"kind": "tick"}),
        (100, {"kind": "stretched", "painSide": None}),
        *trial(100),
        *trial(129),
        (164, {"kind": "tick"}),
        (180, {"kind": "measured"}),
    ]
    told = machine(modules, SESSION, script)
    filmed = [
        f"{act} {key}/{phase}"
        for phase in ("pre", "retest")
        for key in ("a.left", "a.right")
        for act in ("announce", "watch", "record", "stop")
    ]
    assert [line for line in told["done"] if not line.startswith("rest ")] == [
        *filmed[:8],
        "announce stretch/",
        "stretch stretch/",
        *filmed[8:],
        "announce result/",
        "measure result/",
        "leave undefined/",
    ]
    assert told["state"] == "over"


def test_after_a_reload_it_goes_on_at_the_first_part_that_is_not_done(modules: Page) -> None:
    items = [film("a.left", done=True), film("a.right"), RESULT]
    assert machine(modules, items, [])["done"][-1] == "announce a.right/pre"


def test_nothing_is_recorded_before_the_person_is_ready(modules: Page) -> None:
    told = machine(
        modules, SESSION, [(6, {"kind": "tick"}), (8, answer("get_into_view")), (50, answer("get_into_start"))]
    )
    assert told["state"] == "wait"
    assert told["done"][-1] == "watch a.left/pre"


def test_somebody_who_never_comes_is_asked_once_and_still_waited_for(modules: Page) -> None:
    waiting = [(6.0 + second, {"kind": "tick"}) for second in range(200)]
    told = machine(modules, SESSION, waiting)
    assert told["done"][-1] == "lonely a.left/pre"
    assert told["done"].count("lonely a.left/pre") == 1
    assert machine(modules, SESSION, [*waiting, (300, answer("ready"))])["state"] == "record"


def test_who_walks_away_before_the_first_repetition_begins_the_recording_anew(modules: Page) -> None:
    told = machine(modules, SESSION, [*trial(0)[:2], (14, answer("get_into_view"))])
    assert (told["done"][-1], told["state"]) == ("discard a.left/pre", "wait")


def test_a_server_that_was_away_while_recording_costs_neither_recording_nor_count(modules: Page) -> None:
    away = [(15, answer("back", 2)), (16, {"kind": "line-lost"}), (20, answer("get_into_view"))]
    told = machine(modules, SESSION, [*trial(0)[:2], *away])
    assert (told["state"], told["counted"]) == ("record", 2)
    back = machine(modules, SESSION, [*trial(0)[:2], *away, (26, answer("ready", 1))])
    assert (back["state"], back["counted"]) == ("tail", 3)


@pytest.mark.parametrize("why", ["hidden", "camera", "full", "taken"])
def test_what_stops_a_recording_from_outside_keeps_it_and_the_test_begins_anew(modules: Page, why: str) -> None:
    stopped = [*trial(0)[:2], (12, {"kind": "hold", "why": why}), (13, answer("moving")), (14, {"kind": "tick"})]
    told = machine(modules, SESSION, stopped)
    assert told["done"][-3:] == ["stop a.left/pre", "rest undefined/", f"held {why}"]
    onward = machine(modules, SESSION, [*stopped, (20, {"kind": "resume"})])
    assert onward["done"][-1] == "announce a.left/pre"
    assert onward["held"] == ""


def test_a_pause_before_the_first_repetition_keeps_nothing_and_one_after_it_keeps_all(modules: Page) -> None:
    begun = trial(0)[:2]
    early = machine(modules, SESSION, [*begun, (12, {"kind": "pause"})])
    late = machine(modules, SESSION, [*begun, (14, answer("ready", 1)), (15, {"kind": "pause"})])
    assert "discard a.left/pre" in early["done"]
    assert "stop a.left/pre" in late["done"]


def test_a_test_can_be_left_out_or_begun_again(modules: Page) -> None:
    begun = trial(0)[:2]
    left_out = machine(modules, SESSION, [*begun, (12, {"kind": "skip"})])["done"]
    again = machine(modules, SESSION, [*begun, (12, {"kind": "again"})])["done"]
    assert left_out[-3:] == ["discard a.left/pre", "rest undefined/", "announce a.right/pre"]
    assert again[-3:] == ["discard a.left/pre", "rest undefined/", "announce a.left/pre"]


def test_pain_stops_the_stretch_and_waits_for_a_word(modules: Page) -> None:
    items = [STRETCH, film("a.left", "retest"), RESULT]
    hurt = [(6, {"kind": "tick"}), (20, {"kind": "stretched", "painSide": "left"}), (60, {"kind": "tick"})]
    assert machine(modules, items, hurt)["held"] == "pain"
    assert machine(modules, items, [*hurt, (90, {"kind": "resume"})])["done"][-1] == "announce a.left/retest"


def test_a_recording_that_could_not_be_measured_is_filmed_once_more_before_the_stretch(modules: Page) -> None:
    refused = {"kind": "refused", "key": "a.left", "phase": "pre"}
    script = [*trial(0), (40, refused), *trial(29), *trial(58), (80, refused)]
    done = machine(modules, SESSION, script)["done"]
    assert [line for line in done if line.startswith("announce")] == [
        "announce a.left/pre",
        "announce a.right/pre",
        "announce a.left/pre",
        "announce stretch/",
    ]


def test_between_two_takes_of_a_test_there_is_time_to_get_up_and_come_back(modules: Page) -> None:
    first, second = film("a.left"), {**film("a.left"), "take": 2, "takes": 2, "pause_s": 15}
    items = [first, second, RESULT]
    early = [*trial(0), (36, {"kind": "tick"}), (37, answer("ready"))]
    assert machine(modules, items, early)["done"].count("record a.left/pre") == 1
    later = [*early, (45, {"kind": "tick"}), (46, answer("ready"))]
    assert machine(modules, items, later)["done"].count("record a.left/pre") == 2


SPOKEN = """async (answers) => {
  const { spokenFor } = await import("/static/film_words.js");
  return answers.map((answer, index) => spokenFor(answer, answers[index - 1])).filter(Boolean);
}"""


def test_seconds_of_a_hold_are_said_once_each_and_the_engines_words_go_first(modules: Page) -> None:
    def at(hold_s: float, words: str = "") -> dict[str, Any]:
        return {"state": "holding", "hold_s": hold_s, "target_hold_s": 3, "speak": bool(words), "words": words}

    answers = [at(0.1, "Hold."), at(0.9), at(1.05), at(1.4), at(2.1), at(2.9), at(3.0, "And back."), at(4.2), at(5.1)]
    assert modules.evaluate(SPOKEN, answers) == ["Hold.", "1", "2", "And back."]


def test_change_side_is_said_between_the_sides_of_a_test(modules: Page, served: Served, session: str) -> None:
    items = served.client.get(f"/api/sessions/{session}/guide").json()["items"]
    said = modules.evaluate(
        """async (items) => {
          const { announcement } = await import("/static/film_words.js");
          return items.map((item, index) => announcement(item, items[index - 1]));
        }""",
        items,
    )
    assert said[0].startswith("Pre-test. Single knee to chest, left knee up. Lie on your back")
    assert said[1].startswith("Change sides: right knee up.")
    assert said[2].startswith("Pre-test. Toe touch. Stand upright")


def test_what_comes_next_is_said_in_the_language_of_the_page(served: Served, browser: Browser) -> None:
    session = served.session(tests=TESTS, takes_per_block=2)
    with page_of(browser, served.url, locale="de") as page:
        page.goto(f"/sessions/{session}/film")
        said = page.evaluate(
            """async (session) => {
              const { announcement } = await import("/static/film_words.js");
              const { items } = await (await fetch(`/api/sessions/${session}/guide`)).json();
              return items.map((item, index) => announcement(item, items[index - 1]));
            }""",
            session,
        )
    assert said[0].startswith(
        "Vortest. Ein Knie zur Brust, linkes Knie oben. Aufnahme 1 von 2. Leg dich auf den Rücken"
    )
    assert said[1].startswith("Steh auf und geh ein paar Schritte. Leg dich dann wieder hin wie beim ersten Mal.")
    assert said[1].endswith("Ein Knie zur Brust, linkes Knie oben. Aufnahme 2 von 2.")
    assert said[2].startswith("Seite wechseln: rechtes Knie oben.")
    assert said[6] == "Jetzt die Dehnung. Greif deinen Bauch. Es darf nie wehtun."


def test_the_guide_is_in_the_order_of_the_method_and_knows_what_is_done(served: Served, session: str) -> None:
    guide = served.client.get(f"/api/sessions/{session}/guide").json()
    tests = ["knee-to-chest.left", "knee-to-chest.right", "toe-touch"]
    assert [item["key"] for item in guide["items"]] == [*tests, "stretch", *tests, "result"]
    assert not any(item["done"] for item in guide["items"])
    served.client.post(f"/api/sessions/{session}/safety", json={"confirmed": True}).raise_for_status()
    stretch = {"stretch": "crossover", "grip": "lateral-pull", "side": "left", "seconds": 30}
    served.client.post(f"/api/sessions/{session}/stretches", json=stretch).raise_for_status()
    later = served.client.get(f"/api/sessions/{session}/guide?from=retest").json()["items"]
    assert [item["phase"] for item in later] == ["retest", "retest", "retest", ""]
    again = served.client.get(f"/api/sessions/{session}/guide").json()["items"]
    assert [item["done"] for item in again if item["kind"] == "stretch"] == [True]
    assert served.client.get(f"/api/sessions/{session}/guide?from=lunch").status_code == 422


def test_with_two_takes_a_block_the_guide_has_each_test_twice_and_says_to_get_up(served: Served, session: str) -> None:
    served.client.patch(f"/api/sessions/{session}", json={"takes_per_block": 2}).raise_for_status()
    guide = served.client.get(f"/api/sessions/{session}/guide").json()
    first, second, *_, standing = [item for item in guide["items"] if item["phase"] == "pre"]
    assert [(item["key"], item["take"], item["takes"]) for item in (first, second)] == [
        ("knee-to-chest.left", 1, 2),
        ("knee-to-chest.left", 2, 2),
    ]
    assert first["words"].endswith("Take 1 of 2.")
    assert first["pause_s"] == 0
    assert second["words"].startswith("Get up and take a few steps. Then lie down again")
    assert second["pause_s"] >= 10
    assert standing["words"].startswith("Leave your place and take a few steps.")


def test_the_guide_of_one_more_take_holds_that_test_alone(served: Served, session: str) -> None:
    guide = served.client.get(f"/api/sessions/{session}/guide?from=retest&test=toe-touch").json()
    assert [(item["kind"], item["key"], item["phase"]) for item in guide["items"]] == [
        ("film", "toe-touch", "retest"),
        ("result", "result", ""),
    ]
    assert served.client.get(f"/api/sessions/{session}/guide?test=backflip").status_code == 404


def test_whoever_comes_back_is_offered_the_first_test_that_is_not_done(
    page: Page, served: Served, session: str
) -> None:
    upload, _ = begin_upload(served.site, session, UploadForm(file_name="made.mp4", size_bytes=10, phase="pre"))
    place_reading(served.site, upload.id, "knee-to-chest")
    done = {"movement": "knee-to-chest", "side": "left"}
    served.client.post(f"/api/uploads/{upload.id}/confirm", json=done).raise_for_status()
    page.reload()
    expect(page.locator("#going-on")).to_contain_text(
        "1 of 7 parts are done. Next: Single knee to chest, right knee up."
    )
    start(page)
    expect(page.locator("#run-side")).to_have_text("right knee up")


def test_the_page_of_a_block_leads_to_the_camera(page: Page, session: str) -> None:
    page.goto(f"/sessions/{session}/retest")
    page.get_by_role("link", name="Film it here").click()
    page.wait_for_url(f"**/sessions/{session}/film?from=retest")
    expect(page.locator("#stretch")).to_have_count(0)


def test_the_stretch_is_left_out_or_its_safety_words_are_confirmed_before_the_start(
    page: Page, served: Served, session: str
) -> None:
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#setup-error")).to_contain_text("confirm the safety words, or leave the stretch out")
    page.locator("#safe").check()
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#setup-error")).to_contain_text("how long you stretch")
    assert served.client.get(f"/api/sessions/{session}").json()["safety_confirmed"] is True
    page.locator("#test-toe-touch").uncheck()
    expect(page.locator('#places [data-key="toe-touch"]')).to_be_hidden()


HALVES = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
  const pen = canvas.getContext("2d");
  setInterval(() => {
    for (const [colour, left] of [["#f00", 0], ["#00f", 640]]) {
      pen.fillStyle = colour;
      pen.fillRect(left, 0, 640, 720);
    }
  }, 30);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(30);
}"""
SENT = """async () => {
  const { Camera } = await import("/static/film_camera.js");
  const video = document.getElementById("preview-video");
  const camera = new Camera(video, () => {});
  await camera.start({ width: 1280, height: 720 });
  const before = performance.now() / 1000;
  const data = await (await camera.frame()).arrayBuffer();
  const timeS = new DataView(data).getFloat64(0, true);
  const picture = await createImageBitmap(new Blob([data.slice(8)], { type: "image/jpeg" }));
  const pen = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  pen.drawImage(picture, 0, 0);
  const [red, , blue] = pen.getImageData(5, 5, 1, 1).data;
  camera.stop();
  return { size: [picture.width, picture.height], redAtTheLeft: red > 200 && blue < 60, inTime: timeS >= before };
}"""


def test_the_preview_may_be_mirrored_but_what_is_sent_is_not(page: Page) -> None:
    page.evaluate(HALVES)
    page.get_by_role("button", name="Switch the camera on").click()
    expect(page.locator("#preview")).to_contain_class("on mirrored")
    assert page.evaluate(SENT) == {"size": [640, 360], "redAtTheLeft": True, "inTime": True}
    page.locator("#mirror").uncheck()
    expect(page.locator("#preview")).not_to_contain_class("mirrored")


def test_cameras_are_chosen_by_name(page: Page) -> None:
    page.get_by_role("button", name="Switch the camera on").click()
    expect(page.locator("#camera option")).to_contain_text(["The default camera", "fake"])


def test_the_chosen_camera_is_chosen_again_after_a_reload(page: Page) -> None:
    page.get_by_role("button", name="Switch the camera on").click()
    page.locator("#camera").select_option(index=1)
    start(page)
    page.reload()
    expect(page.locator("#camera option:checked")).to_have_text("fake_device_0")


LIVE = {
    "kind": "answer",
    "state": "holding",
    "repetition": 1,
    "repetitions": 3,
    "hold_s": 1.4,
    "target_hold_s": 2,
    "angle_deg": 103.4,
    "angle_title": "Hip flexion (trunk to thigh)",
    "cue": "hold",
    "words": "Hold.",
    "speak": False,
    "points": [[0.3 + 0.01 * (index % 7), 0.2 + 0.02 * index] for index in range(33)],
    "visibility": [0.9] * 33,
    "ready": False,
    "done": False,
}
SHOW = """async ([answer, state]) => {
  const { Stage } = await import("/static/film_stage.js");
  document.getElementById("run").showModal = () => {};
  const stage = new Stage(document.getElementById("run"));
  stage.showState(state);
  stage.fit(16 / 9);
  stage.answer(answer, answer.repetition);
}"""
GLYPH_SHARES = """() => {
  const picture = document.getElementById("run-frame").getBoundingClientRect().height;
  const pen = document.createElement("canvas").getContext("2d");
  return ["run-count", "run-hold", "run-angle"].map((id) => {
    const element = document.getElementById(id);
    const { fontWeight, fontSize, fontFamily } = getComputedStyle(element);
    pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    const box = element.getBoundingClientRect();
    const shown = box.width > 0 && box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
    return shown ? pen.measureText("8").actualBoundingBoxAscent / picture : 0;
  });
}"""


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_digits_are_at_least_an_eighth_of_the_picture_high(
    served: Served, browser: Browser, session: str, viewport: dict[str, int]
) -> None:
    with page_of(browser, served.url, viewport=viewport) as page:
        page.goto(f"/sessions/{session}/film")
        page.evaluate("() => document.getElementById('run').showModal()")
        page.evaluate(SHOW, [LIVE, "record"])
        expect(page.locator("#run-count")).to_have_text("1/3")
        expect(page.locator("#run-hold")).to_have_text("1 s")
        expect(page.locator("#run-angle")).to_have_text("103°")
        assert min(page.evaluate(GLYPH_SHARES)) >= 0.12
        assert serious_violations(page) == []


def test_the_set_up_has_no_serious_fault_for_a_screen_reader(page: Page) -> None:
    assert serious_violations(page) == []


def test_a_run_waits_in_words_for_a_person_who_does_not_come_can_pause_and_end(page: Page, session: str) -> None:
    start(page)
    expect(page.locator("#run-title")).to_have_text("Single knee to chest")
    expect(page.locator("#run-words")).to_contain_text("Lie on your back")
    expect(page.locator("#run-words")).to_have_text("Step into the picture.", timeout=60_000)
    page.keyboard.press(" ")
    expect(page.locator("#run-held-title")).to_have_text("Paused")
    assert serious_violations(page) == []
    page.get_by_role("button", name="Go on").click()
    page.keyboard.press("s")
    expect(page.locator("#run-side")).to_have_text("right knee up")
    page.keyboard.press("Escape")
    page.locator("#run-held").get_by_role("button", name="End here").click()
    page.wait_for_url(f"**/sessions/{session}/*")


def test_a_tab_that_is_hidden_stops_the_test_and_begins_it_anew_when_it_is_seen(page: Page) -> None:
    start(page)
    hide = "hidden => {Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
    hide += "document.dispatchEvent(new Event('visibilitychange'));}"
    page.evaluate(hide, True)
    expect(page.locator("#run-held-title")).to_have_text("This tab was hidden")
    page.evaluate(hide, False)
    expect(page.locator("#run-held")).to_be_hidden()
    expect(page.locator("#run")).to_have_attribute("data-state", "announce")


def test_a_camera_that_is_unplugged_is_told_and_can_be_tried_again(page: Page) -> None:
    start(page)
    unplug = "() => {const [track] = document.getElementById('run-video').srcObject.getTracks();"
    page.evaluate(unplug + "track.stop(); track.dispatchEvent(new Event('ended'));}")
    expect(page.locator("#run-held-title")).to_have_text("The camera is gone")
    page.get_by_role("button", name="Try the camera again").click()
    expect(page.locator("#run-held")).to_be_hidden()


def test_a_second_tab_is_refused_and_may_take_over(page: Page, served: Served, browser: Browser, session: str) -> None:
    start(page)
    expect(page.locator("#run")).to_have_attribute("data-state", "wait", timeout=20_000)
    with page_of(browser, served.url, permissions=["camera"]) as second:
        second.goto(f"/sessions/{session}/film")
        start(second)
        expect(second.locator("#run-held-title")).to_have_text("Another tab or device is filming this session")
        second.get_by_role("button", name="Take over here").click()
        expect(second.locator("#run-held")).to_be_hidden()
        expect(page.locator("#run-held-title")).to_have_text("Another tab or device is filming this session")


def test_a_copy_of_the_tab_is_another_tab_and_a_reloaded_one_the_same(page: Page) -> None:
    start(page)
    with page.expect_popup() as opened:
        page.evaluate("void open(location.href)")
    opened.value.wait_for_load_state()
    start(opened.value)
    expect(opened.value.locator("#run-held-title")).to_have_text("Another tab or device is filming this session")
    opened.value.close()
    word = page.evaluate("dispatchEvent(new Event('pagehide')), sessionStorage.getItem('posecheck-page')")
    page.reload()
    assert page.evaluate("sessionStorage.getItem('posecheck-page')") is None
    page.goto("/")
    assert page.evaluate("sessionStorage.getItem('posecheck-page')") == word


BROKEN_CAMERA = """name => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", name));
}"""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NotAllowedError", "The browser does not allow the camera. Allow it for this page"),
        ("NotFoundError", "No camera was found. Plug one in"),
        ("NotReadableError", "The camera is in use by another program"),
    ],
)
def test_a_camera_that_cannot_be_opened_is_told_in_words(page: Page, name: str, words: str) -> None:
    page.evaluate(BROKEN_CAMERA, name)
    page.get_by_role("button", name="Switch the camera on").click()
    expect(page.locator("#camera-trouble-words")).to_contain_text(words)
    page.locator("#between-nothing").check()
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#camera-trouble-words")).to_contain_text(words)
    expect(page.locator("#run")).to_be_hidden()


RECORD = """async ([session, ms, how]) => {
  const { TrialRecorder } = await import("/static/film_recorder.js");
  const { Camera } = await import("/static/film_camera.js");
  const camera = new Camera(document.createElement("video"), () => {});
  await camera.start({ width: 640, height: 480 });
  const told = [];
  const trial = { movement: "toe-touch", side: "", phase: "pre" };
  const recorder = new TrialRecorder(session, trial, {
    full: (words) => told.push(["full", words]),
    failed: (words) => told.push(["failed", words]),
    behind: (waits) => told.push(["behind", waits]),
    broken: () => told.push(["broken"]),
  });
  recorder.start(camera.stream);
  await new Promise((resolve) => setTimeout(resolve, ms));
  if (how === "unplug") {
    camera.stop();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  if (how === "discard") recorder.discard();
  else recorder.stop(null);
  await recorder.settled;
  camera.stop();
  return told;
}"""


def filmed(served: Served, session: str) -> list[dict[str, Any]]:
    return [item for item in served.client.get(f"/api/sessions/{session}").json()["uploads"] if item["filmed"]]


PIECES = "**/api/filmings/*?offset=*"


def refuse_once(page: Page, pattern: str, status: int, code: str, message: str) -> list[str]:
    """Refuse the first request to such an address, let the later ones through; the address that was refused."""
    refused: list[str] = []

    def refuse(route: Any) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=status, json={"error": {"code": code, "message": message}})

    page.route(pattern, refuse)
    return refused


def test_pieces_that_the_server_did_not_get_are_kept_and_sent_when_it_is_back(
    page: Page, served: Served, session: str
) -> None:
    lost: list[str] = []

    def lose(route: Any) -> None:
        if len(lost) < 3:
            lost.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route(PIECES, lose)
    told = page.evaluate(RECORD, [session, 2000])
    assert len(lost) == 3
    assert ["behind", True] in told
    assert told[-1] == ["behind", False]
    (upload,) = filmed(served, session)
    assert upload["received_bytes"] > 0
    assert upload["state"] != "receiving"


def test_a_full_disk_is_told_and_what_was_recorded_is_sent_when_there_is_room(
    page: Page, served: Served, session: str
) -> None:
    refuse_once(page, PIECES, 507, "disk_full", "The disk is full.")
    told = page.evaluate(RECORD, [session, 1500])
    assert ["full", "The disk is full."] in told
    assert [upload["state"] != "receiving" for upload in filmed(served, session)] == [True]


def test_a_recording_that_the_server_gave_up_is_sent_again_from_its_beginning(
    page: Page, served: Served, session: str
) -> None:
    refused = refuse_once(page, PIECES, 409, "conflict", "It has ended.")
    page.evaluate(RECORD, [session, 1500])
    given_up = [url.split("/")[-1].split("?")[0] for url in refused]
    whole = [upload for upload in filmed(served, session) if upload["id"] not in given_up]
    assert [upload["state"] != "receiving" for upload in whole] == [True]


@pytest.mark.timeout(120)
def test_a_recording_that_the_server_refuses_from_the_beginning_is_told_once_and_given_up(
    page: Page, session: str
) -> None:
    asked: list[str] = []

    def refuse(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(status=413, json={"error": {"code": "too_large", "message": "The session is full."}})

    page.route("**/api/sessions/*/filmings", refuse)
    assert page.evaluate(RECORD, [session, 1500]) == [["failed", "The session is full."]]
    assert len(asked) == 1


@pytest.mark.parametrize("status", [401, 429])
def test_a_recording_is_kept_while_the_server_does_not_let_the_page_in(
    page: Page, served: Served, session: str, status: int
) -> None:
    refuse_once(page, PIECES, status, "no", "Not now.")
    assert ["failed", "Not now."] in page.evaluate(RECORD, [session, 1500])
    assert [upload["state"] != "receiving" for upload in filmed(served, session)] == [True]


def test_a_recording_that_was_dropped_while_the_server_was_away_is_forgotten_when_it_is_back(
    page: Page, served: Served, session: str
) -> None:
    lost: list[str] = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.abort()

    page.route("**/api/filmings/*/discard", lose)
    told = page.evaluate(RECORD, [session, 1500, "discard"])
    assert lost
    assert told[-2:] == [["behind", True], ["behind", False]]
    assert not filmed(served, session)


def test_a_recorder_that_stops_by_itself_is_told_and_what_it_had_is_kept(
    page: Page, served: Served, session: str
) -> None:
    assert ["broken"] in page.evaluate(RECORD, [session, 1500, "unplug"])
    assert [upload["state"] != "receiving" for upload in filmed(served, session)] == [True]


LINE = """async (session) => {
  const { LiveLine } = await import("/static/film_line.js");
  window.told = [];
  const line = new LiveLine(session, "page", {
    hello: ({ movement, side, room }) => {
      window.room = room;
      window.told.push(`hello ${movement} ${side}`);
    },
    answer: () => {},
    lost: () => window.told.push("lost"),
    refused: (code) => window.told.push(`refused ${code}`),
  });
  line.begin({ movement: "knee-to-chest", side: "left", phase: "pre", repetitions: 3, hold_s: 2 });
}"""


def test_the_line_comes_back_by_itself_after_the_server_was_away(page: Page, served: Served, session: str) -> None:
    page.evaluate(LINE, session)
    page.wait_for_function("() => window.told.length === 1")
    served.site.rooms.close(served.site.rooms.find(page.evaluate("window.room")), STOPPED_WORDS)
    page.wait_for_function("() => window.told.length === 3")
    hello = "hello knee-to-chest left"
    assert page.evaluate("window.told") == [hello, "lost", hello]


NO_WEBSOCKETS = """() => {
  window.WebSocket = class {
    constructor() { setTimeout(() => this.onclose({ code: 1006, reason: "" })); }
    close() {}
  };
}"""


def test_a_browser_without_websockets_films_over_ordinary_requests(page: Page) -> None:
    page.evaluate(NO_WEBSOCKETS)
    start(page)
    expect(page.locator("#run-words")).to_have_text("Step into the picture.", timeout=60_000)


def test_time_is_said_every_half_minute_ten_seconds_before_the_end_and_at_the_last_three(modules: Page) -> None:
    said = modules.evaluate(
        """async () => {
          const { timeWords } = await import("/static/stretch_stage.js");
          return [100, 98, 90, 61, 60, 30, 10, 9, 3, 2, 1, 0].map((second) => timeWords(second, 100)).filter(Boolean);
        }"""
    )
    halves, last = (
        ["1 minute 30 seconds left.", "1 minute left.", "30 seconds left."],
        ["10 seconds left.", "3", "2", "1"],
    )
    assert said == [*halves, *last]
