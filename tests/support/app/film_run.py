"""Runs of the page that films hands-free: a browser with a made-up camera, and its order of a session as a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

TESTS = [
    {"movement": "knee-to-chest", "side": "left"},
    {"movement": "knee-to-chest", "side": "right"},
    {"movement": "toe-touch", "side": None},
]
RUN_MACHINE = """async ([items, script]) => {
  const { Sequence } = await import("/static/film_sequence.js");
  const sequence = new Sequence(items);
  const done = [];
  for (const [timeS, event] of script) {
    for (const effect of sequence.on(event, timeS)) {
      done.push([effect.do, effect.why ?? effect.item?.key + "/" + (effect.item?.phase ?? "")].join(" "));
    }
  }
  return { done, state: sequence.state, held: sequence.held, counted: sequence.counted };
}"""


def film(key: str, phase: str = "pre", *, done: bool = False) -> dict[str, Any]:
    movement, _, side = key.partition(".")
    block = {"pre": 0, "retest": 3}[phase]
    return {
        "kind": "film",
        "key": key,
        "movement": movement,
        "side": side,
        "phase": phase,
        "block": block,
        "done": done,
    }


STRETCH = {"kind": "stretch", "key": "stretch", "phase": "", "block": 2, "done": False}
RESULT = {"kind": "result", "key": "result", "phase": "", "block": 4, "done": False}
SESSION = [film("a.left"), film("a.right"), STRETCH, film("a.left", "retest"), film("a.right", "retest"), RESULT]


def answer(state: str, repetition: int = 0) -> dict[str, Any]:
    said = {
        "state": state,
        "repetition": repetition,
        "repetitions": 3,
        "ready": state == "ready",
        "done": state == "done",
    }
    return {"kind": "answer", "answer": said}


def trial(begin_s: float) -> list[tuple[float, dict[str, Any]]]:
    """What happens while a test is filmed as it should be; takes 30 seconds."""
    return [
        (begin_s + 6, {"kind": "tick"}),
        (begin_s + 10, answer("ready")),
        (begin_s + 28, answer("done", 3)),
        (begin_s + 28.5, {"kind": "tick"}),
        (begin_s + 29, {"kind": "tick"}),
    ]


def machine(page: Page, items: list[dict[str, Any]], script: Sequence[tuple[float, dict[str, Any]]]) -> dict[str, Any]:
    return dict(page.evaluate(RUN_MACHINE, [items, [(0, {"kind": "begin"}), *script]]))


def start(page: Page) -> None:
    page.locator("#between-nothing").check()
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#run")).to_be_visible()
