"""Reads a movement file: every key is checked, and named with a suggestion when it is wrong."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from posecheck.errors import MovementError
from posecheck.kinematics.joints import ANGLES, Plane, Side
from posecheck.kinematics.sources import DEFAULT_SOURCE, SOURCES, find_source
from posecheck.language import filled, joined, phrase
from posecheck.movements.advice import REEDUCATIONS, STRETCHES
from posecheck.movements.definition import (
    DEFAULT_SIDE_WORDS,
    SIDE_PLACE,
    AngleRef,
    Compensation,
    Instructions,
    Movement,
    Outcome,
    RepetitionRule,
    RepetitionSignal,
    Role,
    StartRule,
    StillRule,
)
from posecheck.movements.drawing import read_drawing
from posecheck.movements.fields import Fields
from posecheck.movements.recognition_reading import read_recognition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.movements.definition import Leg, Sign

BEYOND_WORDS = phrase("a number is too long, or brackets are too deep")
"""Python's own reader of TOML says so in ways of its own."""
TWO_OUTCOMES = phrase("{file}: two outcomes are called '{name}'; each needs its own name.")
TWO_COMPENSATIONS = phrase("{file}: two compensations are called '{name}'; each needs its own name.")
LAST = 1000
"""Place of a movement whose file names none: behind those of posecheck (chosen by us)."""


def read_movement(text: str, where: str) -> Movement:
    """Read the text of a movement file; ``where`` names it in errors.

    Raises
    ------
    MovementError
        Names the file and the key, and suggests the nearest valid word.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MovementError(phrase("{file}: not valid TOML: {reason}.", file=where, reason=error)) from error
    except (ValueError, RecursionError) as error:
        raise MovementError(phrase("{file}: not valid TOML: {reason}.", file=where, reason=BEYOND_WORDS)) from error
    fields = Fields(table, where)
    sides = tuple(Side(word) for word in fields.words("sides", choices=tuple(Side)))
    movement = Movement(
        name=_name(fields),
        version=_whole(fields, "version", low=1, high=10_000),
        title=fields.said("title"),
        summary=fields.said("summary"),
        plane={"side": Plane.SAGITTAL, "front": Plane.FRONTAL}[fields.choice("view", ("side", "front"))],
        lying=fields.choice("posture", ("standing", "lying")) == "lying",
        sides=sides,
        side_meaning=fields.said("side_meaning", default=""),
        side_words=_side_words(fields, sides),
        order=_whole(fields, "order", low=0, high=1_000_000, default=LAST),
        in_default_session=fields.flag("in_default_session", default=False),
        file_words=_file_words(fields),
        rear_leg_tested=fields.flag("rear_leg_tested", default=False),
        legs_in_plane=fields.flag("legs_in_plane", default=False),
        angle_source=fields.choice("angle_source", tuple(SOURCES), default=DEFAULT_SOURCE),
        instructions=_instructions(fields.table("instructions")),
        repetition=_repetition(fields.table("repetition")),
        start=tuple(_start_rule(item) for item in fields.tables("start")),
        outcomes=tuple(_outcome(item) for item in fields.tables("outcomes", at_least=1)),
        compensations=tuple(_compensation(item) for item in fields.tables("compensations")),
        caution=fields.said("caution", default=""),
        stretch=fields.choice("stretch", ("", *(item.name for item in STRETCHES)), default=""),
        recognition=read_recognition(fields.table("recognise"), sided=bool(sides)) if fields.has("recognise") else None,
        sources=tuple(fields.words("sources", default=())),
        drawing=read_drawing(fields.table("drawing")) if fields.has("drawing") else None,
        still=tuple(_still_rule(item) for item in fields.tables("still")),
        question=fields.said("question", default=""),
    )
    fields.finish()
    _check(movement, where)
    return movement


def _name(fields: Fields) -> str:
    name = fields.text("name")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise fields.fail(
            "name", phrase("'{name}': use small letters, digits and hyphens, such as 'my-test'.", name=name)
        )
    return name


def _whole(fields: Fields, key: str, *, low: int, high: int, default: int | None = None) -> int:
    value = fields.number(key, low=low, high=high, default=default)
    if value != int(value):
        raise fields.fail(key, phrase("expected a whole number, got {value:g}.", value=value))
    return int(value)


def _side_words(fields: Fields, sides: tuple[Side, ...]) -> str:
    words = fields.text("side_words", default=DEFAULT_SIDE_WORDS if sides else "")
    if sides and SIDE_PLACE not in words:
        lacks = phrase(
            "'{words}' lacks {place}: write '{place} leg behind' or the like.", words=words, place=SIDE_PLACE
        )
        raise fields.fail("side_words", lacks)
    if words and not sides:
        raise fields.fail("side_words", phrase("the test has no sides: leave it out, or fill in sides."))
    return words


def _file_words(fields: Fields) -> tuple[str, ...]:
    words = fields.words("file_words", default=())
    for word in words:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", word):
            wrong = phrase("'{word}': use small letters and digits, with hyphens between words.", word=word)
            raise fields.fail("file_words", wrong)
    return words


def _instructions(fields: Fields) -> Instructions:
    result = Instructions(fields.said("camera"), fields.said("start"), fields.said("move"))
    fields.finish()
    return result


def _ref(fields: Fields) -> AngleRef:
    angle = fields.choice("angle", tuple(ANGLES))
    sided = ANGLES[angle].sided
    legs: tuple[Leg, ...] = ("tested", "other") if sided else ("none",)
    leg = fields.choice("leg", legs, default=None if sided else "none")
    signs: tuple[Sign, ...] = ("as_defined", "negated", "towards_tested", "away_from_tested")
    sign = fields.choice("sign", signs, default="as_defined")
    source = fields.choice("source", ("", *SOURCES), default="")
    return AngleRef(
        angle, next(word for word in legs if word == leg), next(word for word in signs if word == sign), source
    )


def _repetition(fields: Fields) -> RepetitionRule:
    otherwise = tuple(_signal(item) for item in fields.tables("otherwise"))
    first = _signal(fields)
    return RepetitionRule(first.ref, first.min_excursion_deg, otherwise)


def _signal(fields: Fields) -> RepetitionSignal:
    result = RepetitionSignal(_ref(fields), fields.number("min_excursion_deg", low=2.0, high=170.0))
    fields.finish()
    return result


def _start_rule(fields: Fields) -> StartRule:
    return StartRule(*_bounds(fields))


def _still_rule(fields: Fields) -> StillRule:
    measure = fields.choice("measure", ("change_from_start", "end_range"), default="change_from_start")
    return StillRule(*_bounds(fields), "end_range" if measure == "end_range" else "change_from_start")


def _bounds(fields: Fields) -> tuple[AngleRef, float, float, str]:
    ref, words = _ref(fields), fields.said("words")
    low, high = (
        fields.number(key, low=-180, high=180, default=end) for key, end in (("low_deg", -180), ("high_deg", 180))
    )
    fields.finish()
    return ref, low, high, words


def _outcome(fields: Fields) -> Outcome:
    result = Outcome(
        name=fields.text("name"),
        title=fields.said("title"),
        ref=_ref(fields),
        role=Role(fields.choice("role", tuple(Role))),
        context=fields.said("context", default=""),
        caution=fields.said("caution", default=""),
        reeducation=fields.choice("reeducation", ("", *(item.name for item in REEDUCATIONS)), default=""),
    )
    fields.finish()
    return result


def _compensation(fields: Fields) -> Compensation:
    measure = fields.choice("measure", ("change_from_start", "end_range"))
    result = Compensation(
        name=fields.text("name"),
        title=fields.said("title"),
        ref=_ref(fields),
        measure="end_range" if measure == "end_range" else "change_from_start",
        limit_deg=fields.number("limit_deg", low=0.0, high=180.0),
        either_way=fields.flag("either_way", default=False),
        matched=fields.flag("matched", default=True),
        words=fields.said("words"),
    )
    fields.finish()
    return result


def _refs(movement: Movement) -> Iterator[tuple[str, AngleRef]]:
    yield "repetition", movement.repetition.ref
    for number, signal in enumerate(movement.repetition.otherwise, start=1):
        yield f"repetition.otherwise[{number}]", signal.ref
    yield from ((f"start[{number}]", rule.ref) for number, rule in enumerate(movement.start, start=1))
    yield from ((f"still[{number}]", rule.ref) for number, rule in enumerate(movement.still, start=1))
    for outcome in movement.outcomes:
        yield f"outcomes '{outcome.name}'", outcome.ref
    for compensation in movement.compensations:
        yield f"compensations '{compensation.name}'", compensation.ref


def _recognised_by(movement: Movement) -> Iterator[tuple[str, str]]:
    """Angles that a recording is recognised by: always those of the picture."""
    if movement.recognition is None:
        return
    for number, rule in enumerate(movement.recognition.angles, start=1):
        yield f"recognise.angles[{number}]", rule.angle
    if movement.recognition.side is not None and movement.recognition.side.angle:
        yield "recognise.side", movement.recognition.side.angle


def _check_one_source(movement: Movement, where: str) -> None:
    """An outcome's angle is a column of the result, and a column has one source."""
    sources: dict[tuple[str, str], str] = {}
    for outcome in movement.outcomes:
        source = movement.source_of(outcome.ref)
        known = sources.setdefault((outcome.ref.angle, outcome.ref.leg), source)
        if known != source:
            raise MovementError(
                phrase(
                    "{file}: outcomes '{outcome}': source: '{source}', but another outcome has the same angle from "
                    "'{other}'; name one source for both.",
                    file=where,
                    outcome=outcome.name,
                    source=source,
                    other=known,
                )
            )


def _check(movement: Movement, where: str) -> None:
    for key, ref in _refs(movement):
        reason = find_source(movement.source_of(ref)).why_not(ANGLES[ref.angle], movement.plane)
        if reason is not None:
            raise MovementError(joined([where, key, reason], ": "))
    _check_one_source(movement, where)
    for key, angle in _recognised_by(movement):
        reason = ANGLES[angle].why_not(movement.plane)
        if reason is not None:
            raise MovementError(joined([where, key, reason], ": "))
    for words, items in ((TWO_OUTCOMES, movement.outcomes), (TWO_COMPENSATIONS, movement.compensations)):
        names = [item.name for item in items]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise MovementError(filled(words, file=where, name=repeated[0]))
    if not any(outcome.role is Role.PRIMARY for outcome in movement.outcomes):
        raise MovementError(
            phrase('{file}: no outcome has role = "primary"; name the one that the test is about.', file=where)
        )
