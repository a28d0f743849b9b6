"""The steps of a session as its pages show them: which there are, what each is called, and what has been done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.language import phrase
from posecheck.storage.tables import Step, TakeState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.storage.tables import Session

TITLES = {
    Step.CHOOSE: phrase("Tests"),
    Step.PRE: phrase("Pre-test"),
    Step.BASELINE: phrase("Baseline"),
    Step.FELT: phrase("Felt"),
    Step.STRETCH: phrase("Stretch"),
    Step.RETEST: phrase("Re-test"),
    Step.RESULT: phrase("Result"),
    Step.REEDUCATION: phrase("Re-educate"),
}
"""Short enough for eight in a row."""

WORDS = {
    Step.CHOOSE: phrase("choose the tests"),
    Step.PRE: phrase("the pre-test"),
    Step.BASELINE: phrase("the baseline block"),
    Step.FELT: phrase("what felt tight"),
    Step.STRETCH: phrase("the stretch"),
    Step.RETEST: phrase("the re-test"),
    Step.RESULT: phrase("the result"),
    Step.REEDUCATION: phrase("using the new range"),
}
"""For sentences and buttons: "Go on: the re-test"."""

FILMED_STEPS = (Step.PRE, Step.BASELINE, Step.RETEST)


@dataclass(frozen=True, slots=True)
class NavItem:
    """One mark of the row of steps; ``state``: done, current, todo, skipped."""

    title: str
    href: str
    state: str


def steps_of(session: Session) -> tuple[Step, ...]:
    """The steps of this session, in order: the baseline block is one of them only where it was asked for."""
    return tuple(step for step in Step if step is not Step.BASELINE or session.with_baseline)


def step_nav(session: Session, shown: Step) -> tuple[NavItem, ...]:
    """The row of steps for a page that shows one of them; every step can be reached."""
    return tuple(
        NavItem(TITLES[step], step_href(session, step), "current" if step is shown else _state(session, step))
        for step in _steps_with(session, shown)
    )


def step_href(session: Session, step: Step) -> str:
    """Address of a step's page."""
    return f"/sessions/{session.id}/{step}"


def neighbours(session: Session, shown: Step) -> tuple[Step | None, Step | None]:
    """The steps before and after one."""
    steps = _steps_with(session, shown)
    place = steps.index(shown)
    return (steps[place - 1] if place else None), (steps[place + 1] if place + 1 < len(steps) else None)


def resume_step(session: Session) -> Step:
    """Where the session goes on: where somebody stopped, or later where more has been done since.

    A block in which every test is measured is left behind. A baseline block that was switched off again falls back to the
    pre-test.
    """
    steps = steps_of(session)
    reached = max((step for step in _touched(session) if step in steps), key=steps.index, default=Step.PRE)
    stored = Step(session.step) if Step(session.step) in steps else Step.PRE
    return max(stored, reached, key=steps.index)


def _touched(session: Session) -> Iterator[Step]:
    """The steps in which something was done; after a block that is whole, the one that follows."""
    yield Step(session.step)
    for upload in session.uploads:
        yield Step(upload.phase)
    if session.felt:
        yield Step.FELT
    if session.stretches or session.stretch_skipped:
        yield Step.STRETCH
    for step in FILMED_STEPS:
        following = neighbours(session, step)[1]
        if following and _is_whole(session, step):
            yield following


def _is_whole(session: Session, step: Step) -> bool:
    return bool(session.tests) and all(is_measured(session, test, step) for test in session.tests)


def _steps_with(session: Session, shown: Step) -> list[Step]:
    """The session's steps, and the shown one even if it is none of them."""
    return [step for step in Step if step in steps_of(session) or step is shown]


def _state(session: Session, step: Step) -> str:
    if _is_done(session, step):
        return "done"
    if step in FILMED_STEPS and any(is_measured(session, test, step) for test in session.tests):
        return "todo"  # begun: "skipped" would say that nothing of it was measured
    order = list(Step)
    return "skipped" if order.index(step) < order.index(resume_step(session)) else "todo"


def _is_done(session: Session, step: Step) -> bool:
    if step in FILMED_STEPS:
        return _is_whole(session, step)
    later = list(Step).index(step) < list(Step).index(resume_step(session))
    return {
        Step.CHOOSE: later,
        Step.FELT: bool(session.felt),
        Step.STRETCH: bool(session.stretches) and not session.stretch_skipped,
        Step.RESULT: later,
        Step.REEDUCATION: False,
    }[step]


def is_measured(session: Session, test: dict[str, str | None], phase: str) -> bool:
    """Whether a planned test has a current, measured take in a block."""
    return any(
        take.current
        and take.state == TakeState.MEASURED
        and (take.movement, take.side, take.phase) == (test["movement"], test["side"] or "", phase)
        for take in session.takes
    )
