"""What is heard on the page that films: words that are not cut off, tones without a voice; and a screen that stays on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from browser import chromium, page_of
from playwright.sync_api import Browser, Page, expect
from webapp import Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_VOICE = "speechSynthesis.getVoices = () => [];"
SCREEN = """
globalThis.screens = [];
const request = async (kind) => {
  screens.push(kind);
  return { release: async () => screens.push("released") };
};
Object.defineProperty(navigator, "wakeLock", { value: { request } });
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("sound")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def page(served: Served, browser: Browser) -> Iterator[Page]:
    session = served.session(tests=[{"movement": "toe-touch", "side": None}])
    with page_of(browser, served.url) as opened:
        opened.add_init_script(NO_VOICE + SCREEN)
        opened.goto(f"/sessions/{session}/film")
        yield opened


ANNOUNCE = """async (ticks) => {
  const { Sequence } = await import("/static/film_sequence.js");
  const sequence = new Sequence([{ kind: "film", key: "a", phase: "pre", block: 0, done: false }]);
  sequence.on({ kind: "begin" }, 0);
  return ticks.map(([timeS, speaking]) => {
    sequence.on({ kind: "tick", speaking }, timeS);
    return sequence.state;
  });
}"""


def test_what_comes_next_is_said_to_its_end_before_the_camera_is_looked_at(page: Page) -> None:
    assert page.evaluate(ANNOUNCE, [[6, True], [9.5, True], [9.6, False]]) == ["announce", "announce", "wait"]
    assert page.evaluate(ANNOUNCE, [[5.9, False], [6, False]]) == ["announce", "wait"]


def test_a_voice_that_never_ends_does_not_stop_the_session(page: Page) -> None:
    assert page.evaluate(ANNOUNCE, [[19, True], [20, True]]) == ["announce", "wait"]


TONES = """async (answers) => {
  const { toneFor } = await import("/static/film_words.js");
  return answers.map((answer, index) => toneFor(answer, answers[index - 1]));
}"""


def test_seconds_the_way_back_and_repetitions_have_tones(page: Page) -> None:
    def at(hold_s: float, cue: str = "", state: str = "holding") -> dict[str, Any]:
        return {"state": state, "hold_s": hold_s, "target_hold_s": 2, "speak": bool(cue), "cue": cue}

    answers = [at(0.5, "hold"), at(1.0), at(1.1), at(2.0, "and_back"), at(0, "again", "ready"), at(0, "", "moving")]
    assert page.evaluate(TONES, answers) == ["", "second", "", "back", "counted", ""]


AFTER_STRETCH = """async (painSide) => {
  const { Sequence } = await import("/static/film_sequence.js");
  const { announcement } = await import("/static/film_words.js");
  const stretch = { kind: "stretch", key: "stretch", block: 0, done: false, words: "Now the stretch." };
  const test = { kind: "film", key: "a", phase: "retest", block: 1, done: false, words: "Re-test.", start: "Stand." };
  const sequence = new Sequence([stretch, test]);
  sequence.on({ kind: "begin" }, 0);
  sequence.on({ kind: "tick" }, 6);
  const ended = sequence.on({ kind: "stretched", painSide }, 40);
  const { item, previous } = [...ended, ...sequence.on({ kind: "resume" }, 60)].find((effect) => effect.do === "announce");
  return announcement(item, previous);
}"""


def test_the_end_of_the_stretch_is_said_with_what_comes_next(page: Page) -> None:
    assert page.evaluate(AFTER_STRETCH, None) == "Let go slowly. Re-test. Stand."
    assert page.evaluate(AFTER_STRETCH, "left") == "Re-test. Stand."


SPEAKING = """async (heard) => {
  const { isSpeaking, speak, speakElsewhere } = await import("/static/sounds.js");
  speakElsewhere(async () => heard);
  speak("Change sides, and lie down again.");
  await Promise.resolve();
  return isSpeaking();
}"""


def test_words_that_another_device_speaks_take_their_time(page: Page) -> None:
    assert page.evaluate(SPEAKING, False) is False
    assert page.evaluate(SPEAKING, True) is True


def test_a_browser_without_a_voice_says_what_leads_instead(page: Page) -> None:
    expect(page.locator("#voice-words")).to_have_text(
        "This browser has no voice. Tones and big words lead you instead."
    )


VOICES = """async ([voices, language]) => {
  const said = [];
  speechSynthesis.getVoices = () => voices;
  speechSynthesis.speak = ({ text, lang, voice }) => said.push([text, lang, voice?.name ?? ""]);
  globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const { speak, speakElsewhere } = await import("/static/sounds.js");
  speakElsewhere(null);
  speak("Halten.", language);
  return said;
}"""
ENGLISH = {"name": "Ann", "lang": "en-US", "default": True}
GERMAN = {"name": "Anna", "lang": "de_DE", "default": False}


@pytest.mark.parametrize(
    ("voices", "said"),
    [
        ([ENGLISH], []),
        ([ENGLISH, GERMAN], [["Halten.", "de-DE", ""]]),
        ([ENGLISH, {**GERMAN, "default": True}], [["Halten.", "de-DE", "Anna"]]),
        ([], [["Halten.", "de", ""]]),
    ],
)
def test_words_are_said_by_a_voice_of_their_language_or_not_at_all(
    page: Page, voices: list[dict[str, Any]], said: list[list[str]]
) -> None:
    assert page.evaluate(VOICES, [voices, "de"]) == said


@pytest.mark.parametrize(("voices", "words"), [([GERMAN], ""), ([ENGLISH], "keine deutsche Stimme")])
def test_a_page_says_so_where_no_voice_speaks_its_language(
    served: Served, browser: Browser, voices: list[dict[str, Any]], words: str
) -> None:
    session = served.session(tests=[{"movement": "toe-touch", "side": None}])
    with page_of(browser, served.url, locale="de") as opened:
        opened.add_init_script(f"speechSynthesis.getVoices = () => {json.dumps(voices)};")
        opened.goto(f"/sessions/{session}/film")
        expect(opened.locator("h1")).to_have_text("Mit dieser Kamera filmen, freihändig")
        opened.wait_for_load_state("networkidle")
        expect(opened.locator("#voice-words")).to_contain_text(words)
        assert bool(opened.locator("#voice-words").inner_text()) == bool(words)


AWAKE = """async () => {
  const { Awake } = await import("/static/awake.js");
  const seen = (hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const awake = new Awake();
  awake.keep();
  await Promise.resolve();
  seen(true);
  seen(false);
  await new Promise((resolve) => setTimeout(resolve));
  awake.release();
  seen(false);
  return screens;
}"""


def test_the_screen_stays_on_also_after_the_tab_was_hidden_and_until_the_end(page: Page) -> None:
    assert page.evaluate(AWAKE) == ["screen", "screen", "released"]
