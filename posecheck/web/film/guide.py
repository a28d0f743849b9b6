"""The order of a hands-free session: which test comes when, what is done already, and what to say before each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from posecheck.storage.tables import Step, TakeState
from posecheck.web.sessions.movement_words import trial_key
from posecheck.web.sessions.step_nav import FILMED_STEPS, TITLES, steps_of

if TYPE_CHECKING:
    from posecheck.movements import Movement
    from posecheck.movements.catalogue import Catalogue
    from posecheck.storage.tables import Session, Take

REPETITIONS, HOLD_S = 3, 2.0
"""What the tests ask for."""
STRETCH_WORDS = "Now the stretch. Take hold of the belly. It must never hurt."
RESULT_WORDS = "That was all. The recordings are being measured. You can get up."
_BLOCKS = (Step.PRE, Step.BASELINE, Step.STRETCH, Step.RETEST, Step.RESULT)


class GuideItem(BaseModel):
    """One part of a hands-free session.

    ``kind``: film, stretch or result. ``block`` counts pre-test, baseline, stretch, re-test, result from 0. ``key`` is the
    test and side as one word. ``words`` are said when it begins. ``refused``: why the last recording could not be measured.
    """

    kind: str
    block: int
    block_title: str
    phase: str = ""
    movement: str = ""
    side: str = ""
    key: str = ""
    title: str
    side_words: str = ""
    words: str
    start: str = ""
    camera: str = ""
    view: str = ""
    lying: bool = False
    done: bool = False
    refused: str = ""


class GuideOut(BaseModel):
    """A hands-free session: its parts in order; times and grip of the stretch are chosen before it starts."""

    session_id: str
    repetitions: int
    hold_s: float
    safety_confirmed: bool
    items: list[GuideItem]


def guide(session: Session, catalogue: Catalogue, begin: str = Step.PRE) -> GuideOut:
    """The parts of a session in order, from a filmed block on; ``begin``: pre, baseline, retest."""
    blocks = [step for step in _BLOCKS if step in steps_of(session)]
    first = _BLOCKS.index(Step(begin))
    items = [item for step in blocks if _BLOCKS.index(step) >= first for item in _items(session, step, catalogue)]
    return GuideOut(
        session_id=session.id,
        repetitions=REPETITIONS,
        hold_s=HOLD_S,
        safety_confirmed=session.safety_confirmed,
        items=items,
    )


def _items(session: Session, step: Step, catalogue: Catalogue) -> list[GuideItem]:
    if step in FILMED_STEPS:
        known = catalogue.movements
        tests = [test for test in session.tests if test["movement"] in known]
        return [_film_item(session, step, known[test["movement"]], test["side"] or "") for test in tests]
    if step is Step.STRETCH:
        return [_plain_item(step, "stretch", "Stretch", STRETCH_WORDS, done=bool(session.stretches))]
    return [_plain_item(step, "result", "Result", RESULT_WORDS)]


def _film_item(session: Session, step: Step, movement: Movement, side: str) -> GuideItem:
    sided = movement.side_phrase(side)
    take = _current_take(session, step, movement.name, side)
    refused = take is not None and take.state == TakeState.REFUSED
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
        words=f"{TITLES[step]}. {', '.join(filter(None, (movement.title, sided)))}.",
        start=movement.instructions.start,
        camera=movement.instructions.camera,
        view=movement.view_name,
        lying=movement.lying,
        done=take is not None and not refused,
        refused=take.reason if take is not None and refused else "",
    )


def _plain_item(step: Step, kind: str, title: str, words: str, *, done: bool = False) -> GuideItem:
    return GuideItem(
        kind=kind, block=_BLOCKS.index(step), block_title=TITLES[step], key=kind, title=title, words=words, done=done
    )


def _current_take(session: Session, step: Step, movement: str, side: str) -> Take | None:
    wanted = (movement, side, step)
    found = (take for take in session.takes if take.current and (take.movement, take.side, take.phase) == wanted)
    return next(found, None)
