"""The method that posecheck guides, as data: steps, grips, stretches, safety words, and what a result suggests next.

Source: docs/method.md#section-8. The method gives no doses, so none are given here: times are the person's own choice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from posecheck.comparison.rounding import told
from posecheck.kinematics.joints import title_with_side
from posecheck.language import counted, first_lower, first_upper, joined, listed, phrase
from posecheck.movements.advice import GRIPS as GRIPS  # part of the method, handed on under its name
from posecheck.movements.advice import REEDUCATIONS, Grip, Stretch
from posecheck.movements.advice import STRETCHES as STRETCHES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.kinematics.joints import Side
    from posecheck.trial.trial import Trial


@dataclass(frozen=True, slots=True)
class MethodStep:
    """One step of the method: its number, a heading, and what to do."""

    number: int
    title: str
    words: str


NO_GRIP = "none"
"""In place of a grip's name: the belly was left alone. An empty grip says that it was not told."""


class InBetween(StrEnum):
    """What a person did between pre-test and re-test; empty where it is not told.

    A camera cannot tell a belly pull from ordinary stretching, from warming up or from doing the tests a second time, so a
    day with an ordinary stretch, or with nothing, is what a day with the belly pull is compared with.
    """

    BELLY_PULL = "belly-pull"
    STRETCH = "stretch"
    NOTHING = "nothing"
    UNTOLD = ""


IN_BETWEEN_WORDS: dict[InBetween, str] = {
    InBetween.BELLY_PULL: phrase("Stretching while holding the belly"),
    InBetween.STRETCH: phrase("Ordinary stretching, the belly left alone"),
    InBetween.NOTHING: phrase("Nothing: no stretch"),
    InBetween.UNTOLD: phrase("Not told"),
}
"""For a heading or a line of a list."""


class SuggestionKind(StrEnum):
    """What a suggestion is about: a stretch for a tight test, the tighter side, a range that was gained, or to stop."""

    STRETCH = "stretch"
    TIGHTER_SIDE = "tighter side"
    REEDUCATION = "re-education"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to do next.

    Attributes
    ----------
    kind : SuggestionKind
    title, words : str
        For the person.
    because : str
        What it rests on.
    stretches : tuple of str
        Names in `STRETCHES`; empty unless ``kind`` is a stretch.
    """

    kind: SuggestionKind
    title: str
    words: str
    because: str
    stretches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TighterSide:
    """A side that reached less far than the other one before the stretch, by more than measurement error."""

    movement: str
    movement_title: str
    outcome_title: str
    side: Side
    difference_deg: float


@dataclass(frozen=True, slots=True)
class FreerMotion:
    """An outcome that became larger from pre-test to re-test by more than measurement error.

    ``reeducation`` is the name of what the method advises then, empty for nothing.
    """

    movement: str
    movement_title: str
    outcome: str
    outcome_title: str
    side: Side | None
    change_deg: float
    reeducation: str = ""


PROTOCOL: tuple[MethodStep, ...] = (
    MethodStep(
        1,
        phrase("Pre-test"),
        phrase("Do the five tests. Note differences between the sides, stiffness and discomfort."),
    ),
    MethodStep(
        2,
        phrase("Grip the belly"),
        phrase("Take hold of the belly with one hand and help with the other: a diagonal pull or a lateral pull."),
    ),
    MethodStep(
        3,
        phrase("Stretch while holding"),
        phrase("Keep the grip and go into the runner's lunge, the side lunge or the crossover stretch."),
    ),
    MethodStep(
        4,
        phrase("Move"),
        phrase(
            "Oscillate, rotate, bend sideways, flex and extend. Spend more time on the tight area and the tighter leg."
        ),
    ),
    MethodStep(
        5,
        phrase("Re-test"),
        phrase(
            "Repeat the motions that were stubborn. What is freer but still stiff can have conventional stretches added."
        ),
    ),
    MethodStep(
        6,
        phrase("Re-educate the new range"),
        phrase(
            "Use what was gained: bridges where the front of the hip opened, hip-flexor work where toe touch or knee to "
            "chest became freer."
        ),
    ),
)
"""The six steps, in order."""

PAIRING_WORDS = phrase(
    "Which grip goes with which stretch is posecheck's own inference from where each is said to reach. The method leaves "
    "the choice to you."
)

SAFETY_WORDS: tuple[str, ...] = (
    phrase("Before any belly pull, ask a licensed professional first."),
    phrase("It must never be painful or exquisitely tender. If it is, stop and see a physician."),
    phrase(
        "Skip it unless a clinician agrees: recent abdominal surgery, pregnancy, hernia, aneurysm, a flare of bowel "
        "disease, unexplained pain or fever, or anticoagulants."
    ),
    phrase("posecheck cannot tell whether it is safe for you."),
)
"""Always shown before a belly pull (docs/limits.md#safety)."""

LIMITS_WORDS: tuple[str, ...] = (
    phrase("posecheck estimates movement for fitness, to compare with yourself. It gives no medical advice."),
    phrase(
        "Single angles from one camera are good to about 10 to 15 degrees either way. What can be relied on is the change "
        "in one person, one set-up and one session, within its error."
    ),
    phrase(
        "It cannot tell what caused a change: the belly pull, ordinary stretching, warming up and practice look the same to "
        "a camera."
    ),
    phrase(
        "The pelvis carries no body points: hip flexion is the angle between trunk and thigh and includes the lower back."
    ),
    phrase(
        "It is common for the two sides to differ, and in itself no cause for concern. Nothing here says anything about the "
        "belly."
    ),
)
"""What the numbers cannot say (docs/limits.md, docs/method.md#section-1)."""


STOPPED_FOR_PAIN = Suggestion(
    SuggestionKind.STOP,
    phrase("No stretch and no exercise for now"),
    phrase(
        "It must never hurt. Leave it for today; if the pain stays or comes back, see a physician before you go on."
    ),
    phrase("A stretch was stopped because it hurt"),
)
"""All that is suggested once a stretch hurt."""


def in_between(grips: Iterable[str], *, nothing: bool = False) -> InBetween:
    """What was done between the tests, by the grips of the stretches that were done.

    Parameters
    ----------
    grips : iterable of str
        One for each stretch: a name in `GRIPS`, `NO_GRIP`, or empty where not told.
    nothing : bool
        It was said that there was no stretch. Default: no.
    """
    told = set(grips)
    if told - {"", NO_GRIP}:
        return InBetween.BELLY_PULL
    if NO_GRIP in told:
        return InBetween.STRETCH
    return InBetween.NOTHING if nothing and not told else InBetween.UNTOLD


def stretch_by_name(name: str) -> Stretch:
    """The stretch of that name."""
    return next(stretch for stretch in STRETCHES if stretch.name == name)


def grip_by_name(name: str) -> Grip:
    """The grip of that name."""
    return next(grip for grip in GRIPS if grip.name == name)


def suggest(
    pre: Sequence[Trial],
    *,
    tighter: Sequence[TighterSide] = (),
    freer: Sequence[FreerMotion] = (),
    hurt: bool = False,
    sides_compared: bool = True,
) -> tuple[Suggestion, ...]:
    """What to do next: re-education of what was gained, the tighter side, and stretches for restricted tests.

    Parameters
    ----------
    pre : sequence of Trial
        The pre-test: which tests were done, and how stiff each felt.
    tighter : sequence of TighterSide
        Side differences of the pre-test that are larger than error.
    freer : sequence of FreerMotion
        Changes in the improving direction that are larger than error.
    hurt : bool
        A stretch was stopped because it hurt: then nothing is suggested but to leave it. Default: no.
    sides_compared : bool
        Whether any test was measured on both sides; of sides that were not, nothing is said. Default: they were.

    Notes
    -----
    There is no pass mark, so a test counts as restricted only against the person's own self: one side reached less far
    than the other by more than error, or the person felt stiffness in it. Without either, all stretches are offered.
    """
    if hurt:
        return (STOPPED_FOR_PAIN,)
    return (*_reeducation(freer), *_tighter_sides(tighter), *_stretches(pre, tighter, sides_compared))


def _reeducation(freer: Sequence[FreerMotion]) -> list[Suggestion]:
    gained = [(advice, [item for item in freer if item.reeducation == advice.name]) for advice in REEDUCATIONS]
    return [
        Suggestion(SuggestionKind.REEDUCATION, advice.title, advice.words, _listed(items))
        for advice, items in gained
        if items
    ]


def _listed(items: Sequence[FreerMotion]) -> str:
    found = [
        phrase(
            "{test}: {measure} {change}, probably more than measurement error",
            test=title_with_side(item.movement_title, item.side),
            measure=first_lower(item.outcome_title),
            change=told(item.change_deg, sign=True),
        )
        for item in items
    ]
    return joined(found, "; ")


def _tighter_sides(tighter: Sequence[TighterSide]) -> list[Suggestion]:
    return [
        Suggestion(
            SuggestionKind.TIGHTER_SIDE,
            phrase("More time on the {side} ({test})", side=item.side.words, test=item.movement_title),
            phrase(
                "Spend more time on the {side} side, which reached less far before the stretch.", side=item.side.words
            ),
            phrase(
                "{measure}: {amount} less on the {side} before the stretch, more than measurement error",
                measure=first_upper(item.outcome_title),
                amount=told(abs(item.difference_deg)),
                side=item.side.words,
            ),
        )
        for item in tighter
    ]


def _stretches(pre: Sequence[Trial], tighter: Sequence[TighterSide], sides_compared: bool) -> list[Suggestion]:
    every = tuple(stretch.name for stretch in STRETCHES)
    restricted = _restricted(pre, tighter)
    if not restricted:
        return [
            Suggestion(
                SuggestionKind.STRETCH,
                phrase("Any of the three stretches"),
                phrase("No test stands out, so choose the stretch of the motion that you find tightest."),
                phrase("No side reached less far by more than measurement error, and no stiffness was noted")
                if sides_compared
                else phrase("No stiffness was noted, and no test was measured on both sides"),
                every,
            )
        ]
    own = [_own_stretch(trial, because) for trial, because in restricted if trial.stretch]
    other = [(trial, because) for trial, because in restricted if not trial.stretch]
    return [*own, _any_stretch(other)] if other else own


def _own_stretch(trial: Trial, because: str) -> Suggestion:
    title = stretch_by_name(trial.stretch).title
    words = phrase("{test} suggests its own stretch.", test=trial.movement_title)
    return Suggestion(SuggestionKind.STRETCH, title, words, because, (trial.stretch,))


def _any_stretch(restricted: Sequence[tuple[Trial, str]]) -> Suggestion:
    names = listed([first_lower(trial.movement_title) for trial, _ in restricted])
    reasons = [
        phrase("{name}: {words}", name=trial.movement_title, words=first_lower(because))
        for trial, because in restricted
    ]
    return Suggestion(
        SuggestionKind.STRETCH,
        phrase("Any of the three stretches"),
        counted(
            "{tests} points to no one stretch: any of the three may help.",
            "{tests} point to no one stretch: any of the three may help.",
            count=len(restricted),
            tests=first_upper(names),
        ),
        joined(reasons, "; "),
        tuple(stretch.name for stretch in STRETCHES),
    )


def _restricted(pre: Sequence[Trial], tighter: Sequence[TighterSide]) -> list[tuple[Trial, str]]:
    """One (trial, reason) for each restricted test, in the order of the tests."""
    found: dict[str, tuple[Trial, str]] = {}
    for trial in pre:
        reasons = [
            phrase("reached less far on the {side}", side=item.side.words)
            for item in tighter
            if item.movement == trial.movement
        ]
        stiffest = max((_stiffness(other) for other in pre if other.movement == trial.movement), default=0.0)
        if stiffest > 0:
            reasons.append(phrase("felt stiff ({score:g} of 10)", score=stiffest))
        if reasons:
            found.setdefault(trial.movement, (trial, first_upper(joined(dict.fromkeys(reasons), ", "))))
    return list(found.values())


def _stiffness(trial: Trial) -> float:
    score = trial.felt.stiffness
    return 0.0 if score is None or math.isnan(score) else score
