"""A phone as the camera, in a real browser: the code is scanned, the phone comes in, the other screen shows and speaks."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import cv2
import httpx
import numpy as np
import pytest
from browser import page_of, serious_violations
from phone_door import ADDRESS, Door, opened
from playwright.sync_api import Browser, Page, expect
from webapp import serve

from posecheck.web.phones import lan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODEL_MS = 90_000
PHONE = {"width": 390, "height": 844}
LOOKS = [("light", None), ("dark", PHONE)]
HEAR = """
globalThis.heard = [];
speechSynthesis.speak = (utterance) => heard.push(utterance.text);
speechSynthesis.cancel = () => {};
"""
LIVE = {
    "movement": "side-lunge",
    "title": "Side lunge",
    "side": "left",
    "phase": "pre",
    "state": "holding",
    "repetition": 1,
    "repetitions": 3,
    "hold_s": 2.4,
    "target_hold_s": 3.0,
    "angle_deg": 41.6,
    "angle_title": "Hip abduction",
    "cue": "hold",
    "words": "Hold it there.",
    "speak": True,
    "ready": False,
    "done": False,
}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(tmp_path_factory.mktemp("phone")) as running:
        yield running


@pytest.fixture
def session(door: Door) -> str:
    return door.served.session(tests=[{"movement": "toe-touch", "side": None}])


@pytest.fixture
def laptop(door: Door, browser: Browser) -> Iterator[Page]:
    """A page of the computer, whose spoken words are kept instead."""
    with page_of(browser, door.served.url) as page:
        page.add_init_script(HEAR)
        yield page


def scanned(png: bytes) -> str:
    """What a phone's camera reads from a picture of the screen; empty if nothing."""
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    return cv2.QRCodeDetector().detectAndDecode(picture)[0]


def tell(door: Door, session: str, **change: Any) -> None:
    """As the room of a filming page does."""
    door.served.site.events.tell(session, "live", {**LIVE, **change})


def test_a_phone_scans_the_code_comes_in_and_the_computer_says_so(
    door: Door, browser: Browser, laptop: Page, session: str
) -> None:
    laptop.goto(f"/sessions/{session}/phone?from=retest")
    laptop.locator("#qr svg").wait_for()
    address = scanned(laptop.locator("#qr").screenshot())
    assert address.startswith(f"{door.url}/join#")
    expect(laptop.locator("#address")).to_have_text(address)
    with page_of(browser, door.url, ignore_https_errors=True, viewport=PHONE) as phone:
        phone.goto(address)
        phone.wait_for_url(f"{door.url}/sessions/{session}/film?from=retest&phone=1")
        expect(phone.locator("h1")).to_have_text("Film with this phone, hands-free")
        assert phone.evaluate("isSecureContext")
        assert serious_violations(phone) == []
    expect(laptop.locator("#joined")).to_be_visible()
    laptop.click("#again")
    expect(laptop.locator("#joined")).to_be_hidden()
    laptop.wait_for_function("(old) => document.getElementById('address').textContent !== old", arg=address)


@pytest.mark.parametrize("code", ["", "#used-or-made-up"])
def test_a_phone_without_a_good_code_is_told_what_to_do(door: Door, browser: Browser, code: str) -> None:
    with page_of(browser, door.url, ignore_https_errors=True, viewport=PHONE) as phone:
        phone.goto(f"/join{code}")
        expect(phone.locator("h1")).to_have_text("No access")
        expect(phone.locator("#join-words")).to_contain_text("computer's screen")
        assert serious_violations(phone) == []


def test_the_other_screen_shows_and_says_what_the_camera_sees(door: Door, laptop: Page, session: str) -> None:
    watch_loudly(door, laptop, session)
    tell(door, session)
    expect(laptop.locator("#watch-title")).to_have_text("Pre-test: Side lunge")
    expect(laptop.locator("#watch-side")).to_have_text("left side")
    expect(laptop.locator("#watch-words")).to_have_text("Hold it there.")
    expect(laptop.locator("#watch-count")).to_have_text("1/3")
    expect(laptop.locator("#watch-hold")).to_have_text("2 s")
    expect(laptop.locator("#watch-angle")).to_have_text("42°")
    assert laptop.evaluate("heard.at(-1)") == "Hold it there."
    tell(door, session, speak=False, words="And back.", angle_deg=None)
    expect(laptop.locator("#watch-angle")).to_have_text("–")
    assert laptop.evaluate("heard.at(-1)") == "Hold it there."
    digits = laptop.locator("#watch-hold").bounding_box()
    assert digits is not None
    assert digits["height"] > 0.12 * 900, "read from three metres"
    tell(door, session, state="ended")
    expect(laptop.locator("#watch-words")).to_have_text("The camera has stopped.")


def test_without_sound_the_other_screen_shows_only_and_the_phone_speaks_itself(
    door: Door, laptop: Page, session: str
) -> None:
    with laptop.expect_response("**/events"):
        laptop.goto(f"/sessions/{session}/watch")
    tell(door, session)
    expect(laptop.locator("#watch-words")).to_have_text("Hold it there.")
    assert laptop.evaluate("heard") == []
    said = door.served.client.post(f"/api/sessions/{session}/said", json={"words": "Change sides."})
    assert said.json() == {"heard": False}


def test_the_computer_says_what_the_phone_has_to_say(door: Door, browser: Browser, laptop: Page, session: str) -> None:
    watch_loudly(door, laptop, session)
    with page_of(browser, door.served.url, viewport=PHONE) as phone:
        phone.add_init_script(HEAR)
        phone.goto(f"/sessions/{session}/film?phone=1")
        phone.evaluate("import('/static/sounds.js').then(({ speak }) => speak('Change sides.'))")
        expect(laptop.locator("#watch-words")).to_have_text("Change sides.")
        assert phone.evaluate("heard") == []
    tell(door, session, words="Hold now.")
    expect(laptop.locator("#watch-words")).to_have_text("Hold now.")
    assert laptop.evaluate("heard.at(-1)") == "Change sides.", "what the phone relays is not said twice"


@pytest.mark.model
def test_a_phone_films_over_its_door_and_the_computer_follows(
    door: Door, browser: Browser, laptop: Page, session: str
) -> None:
    watch_loudly(door, laptop, session)
    with page_of(browser, door.url, ignore_https_errors=True, viewport=PHONE, permissions=["camera"]) as phone:
        phone.goto(f"/join#{door.invitation(session)}")
        phone.locator("#between-nothing").check()
        phone.locator("#start").click()
        laptop.wait_for_function("() => heard.some((words) => words.includes('Toe touch'))")
        expect(laptop.locator("#watch-title")).to_have_text("Pre-test: Toe touch", timeout=MODEL_MS)
        expect(laptop.locator("#watch-count")).to_have_text("0/3")
    expect(laptop.locator("#watch-words")).to_have_text("The camera has stopped.")


def test_a_phone_that_nobody_hears_speaks_itself(door: Door, browser: Browser, session: str) -> None:
    with page_of(browser, door.served.url, viewport=PHONE) as phone:
        phone.add_init_script(HEAR)
        phone.goto(f"/sessions/{session}/film?phone=1")
        phone.evaluate("import('/static/sounds.js').then(({ speak }) => speak('Change sides.'))")
        phone.wait_for_function("() => heard.length === 1")


@pytest.mark.parametrize(("scheme", "viewport"), LOOKS)
@pytest.mark.parametrize("name", ["phone", "watch"])
def test_pages_are_fit_for_everybody(
    door: Door, browser: Browser, session: str, name: str, scheme: str, viewport: dict[str, int] | None
) -> None:
    context = {"color_scheme": scheme} | ({"viewport": viewport} if viewport else {})
    with page_of(browser, door.served.url, **context) as page:
        with page.expect_response("**/events"):
            page.goto(f"/sessions/{session}/{name}")
        if name == "phone":
            assert scanned(page.locator("#qr:has(svg)").screenshot()).startswith(door.url)
        else:
            tell(door, session)
            expect(page.locator("#watch-count")).to_have_text("1/3")
        assert serious_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_page_opens_the_door_after_its_warning_and_shuts_it_again(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lan, "lan_addresses", lambda: (ADDRESS,))
    with serve(tmp_path) as alone, browser.new_context() as context:
        page = context.new_page()
        session = alone.session()
        page.goto(f"{alone.url}/sessions/{session}/phone")
        expect(page.locator("#closed")).to_contain_text("Do it only in a network that you trust")
        expect(page.locator("#qr")).to_have_count(0)
        page.get_by_role("button", name="Open the door and show the code").click()
        address = scanned(page.locator("#qr:has(svg)").screenshot())
        door, code = address.split("/join#")
        assert door.startswith(f"https://{ADDRESS}:")
        trusted = ssl.create_default_context(cafile=str(tmp_path / "certificate" / "certificate.pem"))
        with httpx.Client(base_url=door, verify=trusted, trust_env=False) as phone:
            assert phone.get("/api/people").status_code == 401
            assert phone.post("/api/join", json={"code": code}).status_code == 200
            assert phone.delete("/api/phones/door").status_code == 403
        page.get_by_role("button", name="Shut the door").click()
        expect(page.locator("#closed")).to_be_visible()
        with httpx.Client(base_url=door, verify=trusted, trust_env=False) as phone, pytest.raises(httpx.ConnectError):
            phone.get("/join")
        page.get_by_role("button", name="Open the door and show the code").click()
        expect(page.locator("#qr:has(svg)")).to_be_visible()  # what is open ends with the server, or this test hangs


def test_without_a_network_the_door_stays_shut_and_says_why(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lan, "lan_addresses", tuple)
    with serve(tmp_path) as alone, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{alone.url}/sessions/{alone.session()}/phone")
        page.get_by_role("button", name="Open the door and show the code").click()
        expect(page.locator("#door-error")).to_contain_text("Join the Wi-Fi that the phone is in, then try again")
        expect(page.locator("#door-error")).not_to_contain_text("--")


def test_a_door_that_the_command_opened_is_not_shut_from_a_page(door: Door) -> None:
    refused = door.served.client.delete("/api/phones/door")
    assert refused.status_code == 409
    assert "closes with it" in refused.json()["error"]["message"]


def test_the_page_of_a_block_leads_to_the_phone(laptop: Page, session: str) -> None:
    laptop.goto(f"/sessions/{session}/pre")
    laptop.click("#film-phone")
    expect(laptop.locator("h1")).to_have_text("Film with a phone")


def watch_loudly(door: Door, page: Page, session: str) -> None:
    """The large view with its sound on."""
    page.goto(f"/sessions/{session}/watch")
    with page.expect_response("**/events?speaks=true"):
        page.click("#sound")
    expect(page.locator("#sound")).to_have_text("Mute this screen")
    assert door.served.site.events.is_heard(session)
