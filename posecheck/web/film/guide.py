"""The order of a hands-free session: which test comes when, what is done already, and what to say before each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from posecheck.language import joined, phrase
from posecheck.storage.tables import Step
from posecheck.web.api.schemas import Said
from posecheck.web.server.errors import NotFoundError
from posecheck.web.sessions.movement_words import trial_key
from posecheck.web.sessions.step_nav import FILMED_STEPS, TITLES, steps_of
from posecheck.web.takes.counting import take_key

if TYPE_CHECKING:
    from posecheck.movements import Movement
    from posecheck.movements.catalogue import Catalogue
    from posecheck.storage.tables import Session, Take

REPETITIONS, HOLD_S = 3, 2.0
"""What the tests ask for."""
STRETCH_WORDS = phrase("Now the stretch. Take hold of the belly. It must never hurt.")
RESULT_WORDS = phrase("That was all. The recordings are being measured. You can get up.")
TAKE_DONE_WORDS = phrase("That was all. The recording is being measured. You can get up.")
GET_UP_WORDS = {
    True: phrase("Get up and take a few steps. Then lie down again as if for the first time."),
    False: phrase("Leave your place and take a few steps. Then come back as if for the first time."),
}
"""Between two takes, for who lies and for who stands: what a take is for is that the person takes up the position anew."""
GET_UP_S = 15.0
"""So long nothing is looked at meanwhile, or whoever stays in place would be filmed again at once (chosen by us)."""
_BLOCKS = (Step.PRE, Step.BASELINE, Step.STRETCH, Step.RETEST, Step.RESULT)


class GuideItem(BaseModel):
    """One part of a hands-free session.

    ``kind``: film, stretch or result. ``block`` counts pre-test, baseline, stretch, re-test, result from 0. ``key`` is the
    test and side as one word. ``words`` are said when it begins. ``refused``: why the last recording could not be measured.
    ``take`` of ``takes``: which recording of the test in its block it is. ``pause_s``: how long it is waited at least before
    the camera is looked at.
    """

    kind: str
    block: int
    block_title: Said
    phase: str = ""
    movement: str = ""
    side: str = ""
    key: str = ""
    title: Said
    side_words: Said = ""
    words: Said
    start: Said = ""
    camera: Said = ""
    view: str = ""
    lying: bool = False
    done: bool = False
    refused: Said = ""
    take: int = 1
    takes: int = 1
    pause_s: float = 0.0


class GuideOut(BaseModel):
    """A hands-free session: its parts in order; times and grip of the stretch are chosen before it starts."""

    session_id: str
    repetitions: int
    hold_s: float
    takes_per_block: int
    safety_confirmed: bool
    items: list[GuideItem]


def guide(session: Session, catalogue: Catalogue, begin: str = Step.PRE, only: str = "") -> GuideOut:
    """The parts of a session in order, from a filmed block on; ``begin``: pre, baseline, retest.

    ``only`` is the `trial_key` of a test: then nothing but one more take of it is filmed, in that block.
    """
    if only:
        items = _one_more_take(session, Step(begin), only, catalogue)
        return _out(session, items)
    blocks = [step for step in _BLOCKS if step in steps_of(session)]
    first = _BLOCKS.index(Step(begin))
    items = [item for step in blocks if _BLOCKS.index(step) >= first for item in _items(session, step, catalogue)]
    return _out(session, items)


def _out(session: Session, items: list[GuideItem]) -> GuideOut:
    return GuideOut(
        session_id=session.id,
        repetitions=REPETITIONS,
        hold_s=HOLD_S,
        takes_per_block=session.takes_per_block,
        safety_confirmed=session.safety_confirmed,
        items=items,
    )


def _items(session: Session, step: Step, catalogue: Catalogue) -> list[GuideItem]:
    if step in FILMED_STEPS:
        known = catalogue.movements
        tests = [test for test in session.tests if test["movement"] in known]
        return [
            item for test in tests for item in _film_items(session, step, known[test["movement"]], test["side"] or "")
        ]
    if step is Step.STRETCH:
        return [_plain_item(step, "stretch", phrase("Stretch"), STRETCH_WORDS, done=bool(session.stretches))]
    return [_plain_item(step, "result", phrase("Result"), RESULT_WORDS)]


def _one_more_take(session: Session, step: Step, key: str, catalogue: Catalogue) -> list[GuideItem]:
    """A test once more, whatever is planned; then its page again."""
    found = [(movement, side) for movement, side in catalogue.every_trial() if trial_key(movement, side) == key]
    if not found:
        raise NotFoundError(phrase("There is no test '{key}'. Go back to the start page.", key=key))
    movement, side = catalogue.movements[found[0][0]], found[0][1] or ""
    there = len(_usable_takes(session, step, movement.name, side))
    item = _film_item(step, movement, side, there + 1, there + 1)
    return [item, _plain_item(step, "result", movement.title, TAKE_DONE_WORDS)]


def _film_items(session: Session, step: Step, movement: Movement, side: str) -> list[GuideItem]:
    """A part for each take that the session asks for in a block."""
    there = len(_usable_takes(session, step, movement.name, side))
    refused = _refusal(session, step, movement.name, side)
    wanted = session.takes_per_block
    items = [_film_item(step, movement, side, number, wanted) for number in range(1, wanted + 1)]
    return [
        item.model_copy(update={"done": item.take <= there, "refused": refused if item.take == there + 1 else ""})
        for item in items
    ]


def _film_item(step: Step, movement: Movement, side: str, number: int, of: int) -> GuideItem:
    sided = movement.side_phrase(side)
    test = phrase("{test}.", test=joined([movement.title, sided], ", "))
    take = phrase("Take {number} of {total}.", number=number, total=of) if of > 1 else ""
    before = phrase("{block}.", block=TITLES[step]) if number == 1 else GET_UP_WORDS[movement.lying]
    return GuideItem(
        kind="film",
        block=_BLOCKS.index(step),
        block_title=TITLES[step],
        phase=step,
        movement=movement.name,
        side=side,
        key=trial_key(movement.name, side),
        title=movement.title,
        side_words=sided,
        words=joined([before, test, take]),
        start=movement.instructions.start,
        camera=movement.instructions.camera,
        view=movement.view_name,
        lying=movement.lying,
        take=number,
        takes=of,
        pause_s=0.0 if number == 1 else GET_UP_S,
    )


def _plain_item(step: Step, kind: str, title: str, words: str, *, done: bool = False) -> GuideItem:
    return GuideItem(
        kind=kind, block=_BLOCKS.index(step), block_title=TITLES[step], key=kind, title=title, words=words, done=done
    )


def _counting_takes(session: Session, step: Step, movement: str, side: str) -> list[Take]:
    return [take for take in session.takes if take.current and take_key(take) == (movement, side, step)]


def _usable_takes(session: Session, step: Step, movement: str, side: str) -> list[Take]:
    """The takes that count, or will as soon as they are measured."""
    return [take for take in _counting_takes(session, step, movement, side) if not take.is_unusable]


def _refusal(session: Session, step: Step, movement: str, side: str) -> str:
    """Why the latest take could not be measured; empty where it could."""
    takes = _counting_takes(session, step, movement, side)
    return takes[-1].reason if takes and takes[-1].is_unusable else ""
