"""The frozen `Movement` and its reader: every key of a movement file is checked, and named when it is wrong."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from posecheck.errors import MovementError
from posecheck.kinematics.joints import ANGLES, Plane, Side
from posecheck.kinematics.sources import DEFAULT_SOURCE, SOURCES, find_source
from posecheck.movements.drawing import MovementDrawing, read_drawing
from posecheck.movements.fields import Fields, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

Leg = Literal["tested", "other", "none"]
Sign = Literal["as_defined", "negated", "towards_tested", "away_from_tested"]


class Role(StrEnum):
    """Primary: the outcome named before the re-test. Secondary: Holm's correction. Context: shown, never tested."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class AngleRef:
    """An angle as a movement uses it.

    Attributes
    ----------
    angle : str
        Name in `posecheck.kinematics.joints.ANGLES`.
    leg : {"tested", "other", "none"}
        Whose angle: the tested leg's, the other one's, or neither (trunk, pelvis).
    sign : {"as_defined", "negated", "towards_tested", "away_from_tested"}
        How the defined angle is turned so that more range is a larger number. The last two are for trunk lateral flexion
        and the like, which are defined positive to the person's right.
    """

    angle: str
    leg: Leg
    sign: Sign = "as_defined"

    def side(self, tested: Side) -> Side | None:
        """Whose side the angle belongs to, None for the trunk and the pelvis."""
        return {"tested": tested, "other": tested.other, "none": None}[self.leg]

    def column(self, tested: Side) -> str:
        """Column of the angle table for a tested side."""
        return ANGLES[self.angle].column(self.side(tested))

    def factor(self, tested: Side) -> float:
        """+1 or -1: what the defined angle is multiplied by."""
        towards = 1.0 if tested is Side.RIGHT else -1.0
        factors = {"as_defined": 1.0, "negated": -1.0, "towards_tested": towards, "away_from_tested": -towards}
        return factors[self.sign]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One number that the test gives: the end range of an angle.

    Attributes
    ----------
    name, title : str
        ``hip_extension`` and its heading.
    ref : AngleRef
    role : Role
    context : str
        Reference range in words, for context only, empty where there is none.
    caution : str
        What to keep in mind about this number, empty where there is nothing special.
    """

    name: str
    title: str
    ref: AngleRef
    role: Role
    context: str = ""
    caution: str = ""


@dataclass(frozen=True, slots=True)
class Compensation:
    """Another movement that can make the outcome look better than it is.

    Attributes
    ----------
    name, title : str
    ref : AngleRef
    measure : {"change_from_start", "end_range"}
        The angle at end range, or its change from the start position of the repetition.
    limit_deg : float
        Flagged above this.
    either_way : bool
        Flagged beyond the limit in either direction.
    matched : bool
        Whether pre-test and re-test must agree within 5 degrees for a change to count.
    words : str
        Said to the person when flagged.
    """

    name: str
    title: str
    ref: AngleRef
    measure: Literal["change_from_start", "end_range"]
    limit_deg: float
    either_way: bool
    matched: bool
    words: str


@dataclass(frozen=True, slots=True)
class RepetitionRule:
    """How repetitions are found: the signal and the smallest excursion from the start position that counts."""

    ref: AngleRef
    min_excursion_deg: float


@dataclass(frozen=True, slots=True)
class StartRule:
    """What must hold in the start position before the camera begins by itself: an angle within bounds, else ``words``."""

    ref: AngleRef
    low_deg: float
    high_deg: float
    words: str


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the person is told: where the camera goes, how to start, how to move."""

    camera: str
    start: str
    move: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One test, as data.

    Attributes
    ----------
    name : str
        ``runners-lunge``, as on the command line.
    version : int
        Raised whenever a change alters measured degrees; results of different versions are not compared.
    title, summary : str
    plane : Plane
        What the camera must see: sagittal (side view) or frontal (front view).
    lying : bool
        Whether the person lies on the back.
    sides : tuple of Side
        The sides to test; empty where both legs move together and the near leg is measured.
    side_meaning : str
        What ``side`` names, e.g. "the rear, straight leg".
    rear_leg_tested : bool
        The tested leg is behind in the side view: settles which leg is which.
    legs_in_plane : bool
        The legs stay in the plane of the picture, so that a shortened leg is a fault.
    angle_source : str
        Where angles come from: a name in `posecheck.kinematics.sources.SOURCES`.
    instructions : Instructions
    repetition : RepetitionRule
    start : tuple of StartRule
        The start position, for the live camera alone: recordings are measured without it.
    outcomes : tuple of Outcome
    compensations : tuple of Compensation
    caution : str
        Shown wherever the test's numbers appear, empty where there is nothing special.
    stretch : str
        The protocol's stretch that this test suggests when restricted, empty for none.
    sources : tuple of str
    drawing : MovementDrawing or None
        How pages draw it; None: they show no drawing.
    """

    name: str
    version: int
    title: str
    summary: str
    plane: Plane
    lying: bool
    sides: tuple[Side, ...]
    side_meaning: str
    rear_leg_tested: bool
    legs_in_plane: bool
    angle_source: str
    instructions: Instructions
    repetition: RepetitionRule
    start: tuple[StartRule, ...]
    outcomes: tuple[Outcome, ...]
    compensations: tuple[Compensation, ...]
    caution: str
    stretch: str
    sources: tuple[str, ...]
    drawing: MovementDrawing | None = None

    @property
    def view_name(self) -> str:
        """``side`` or ``front``, the word for people."""
        return "side" if self.plane is Plane.SAGITTAL else "front"

    def outcome(self, name: str) -> Outcome:
        """The outcome of that name."""
        return next(outcome for outcome in self.outcomes if outcome.name == name)


def builtin_movements() -> dict[str, Movement]:
    """The tests that posecheck brings, by name, in the order of the protocol."""
    folder = files("posecheck.movements")
    found = (
        read_movement(item.read_text(encoding="utf-8"), item.name)
        for item in folder.iterdir()
        if item.name.endswith(".toml")
    )
    order = ["toe-touch", "knee-to-chest", "runners-lunge", "side-lunge", "crossover"]
    return {movement.name: movement for movement in sorted(found, key=lambda movement: order.index(movement.name))}


def load_movement(name_or_path: str | Path) -> Movement:
    """A built-in movement by name, or the user's own from a ``.toml`` file.

    Raises
    ------
    MovementError
        Unknown name (with a suggestion), no such file, or a wrong key in it.
    """
    text = str(name_or_path)
    builtin = builtin_movements()
    if text in builtin:
        return builtin[text]
    if not text.endswith(".toml"):
        raise MovementError(f"unknown movement '{text}'{suggestion(text, builtin)} Or name a .toml file of your own.")
    path = Path(text)
    try:
        return read_movement(path.read_text(encoding="utf-8"), text)
    except (OSError, UnicodeDecodeError) as error:
        raise MovementError(f"{text}: cannot be read ({error}). Check the path of the movement file.") from error


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
        raise MovementError(f"{where}: not valid TOML: {error}.") from error
    fields = Fields(table, where)
    sides = tuple(Side(word) for word in fields.words("sides", choices=tuple(Side)))
    movement = Movement(
        name=_name(fields),
        version=_version(fields),
        title=fields.text("title"),
        summary=fields.text("summary"),
        plane={"side": Plane.SAGITTAL, "front": Plane.FRONTAL}[fields.choice("view", ("side", "front"))],
        lying=fields.choice("posture", ("standing", "lying")) == "lying",
        sides=sides,
        side_meaning=fields.text("side_meaning", default=""),
        rear_leg_tested=fields.flag("rear_leg_tested", default=False),
        legs_in_plane=fields.flag("legs_in_plane", default=False),
        angle_source=fields.choice("angle_source", tuple(SOURCES), default=DEFAULT_SOURCE),
        instructions=_instructions(fields.table("instructions")),
        repetition=_repetition(fields.table("repetition")),
        start=tuple(_start_rule(item) for item in fields.tables("start")),
        outcomes=tuple(_outcome(item) for item in fields.tables("outcomes", at_least=1)),
        compensations=tuple(_compensation(item) for item in fields.tables("compensations")),
        caution=fields.text("caution", default=""),
        stretch=fields.choice("stretch", ("", "runners-lunge", "side-lunge", "crossover"), default=""),
        sources=tuple(fields.words("sources", default=())),
        drawing=read_drawing(fields.table("drawing")) if fields.has("drawing") else None,
    )
    fields.finish()
    _check(movement, where)
    return movement


def _name(fields: Fields) -> str:
    name = fields.text("name")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise fields.fail("name", f"'{name}': use small letters, digits and hyphens, such as 'my-test'.")
    return name


def _version(fields: Fields) -> int:
    version = fields.number("version", low=1, high=10_000)
    if version != int(version):
        raise fields.fail("version", f"expected a whole number, got {version:g}.")
    return int(version)


def _instructions(fields: Fields) -> Instructions:
    result = Instructions(fields.text("camera"), fields.text("start"), fields.text("move"))
    fields.finish()
    return result


def _ref(fields: Fields) -> AngleRef:
    angle = fields.choice("angle", tuple(ANGLES))
    sided = ANGLES[angle].sided
    legs: tuple[Leg, ...] = ("tested", "other") if sided else ("none",)
    leg = fields.choice("leg", legs, default=None if sided else "none")
    signs: tuple[Sign, ...] = ("as_defined", "negated", "towards_tested", "away_from_tested")
    sign = fields.choice("sign", signs, default="as_defined")
    return AngleRef(angle, next(word for word in legs if word == leg), next(word for word in signs if word == sign))


def _repetition(fields: Fields) -> RepetitionRule:
    result = RepetitionRule(_ref(fields), fields.number("min_excursion_deg", low=2.0, high=170.0))
    fields.finish()
    return result


def _start_rule(fields: Fields) -> StartRule:
    ref, words = _ref(fields), fields.text("words")
    low, high = (
        fields.number(key, low=-180, high=180, default=end) for key, end in (("low_deg", -180), ("high_deg", 180))
    )
    fields.finish()
    return StartRule(ref, low, high, words)


def _outcome(fields: Fields) -> Outcome:
    result = Outcome(
        name=fields.text("name"),
        title=fields.text("title"),
        ref=_ref(fields),
        role=Role(fields.choice("role", tuple(Role))),
        context=fields.text("context", default=""),
        caution=fields.text("caution", default=""),
    )
    fields.finish()
    return result


def _compensation(fields: Fields) -> Compensation:
    measure = fields.choice("measure", ("change_from_start", "end_range"))
    result = Compensation(
        name=fields.text("name"),
        title=fields.text("title"),
        ref=_ref(fields),
        measure="end_range" if measure == "end_range" else "change_from_start",
        limit_deg=fields.number("limit_deg", low=0.0, high=180.0),
        either_way=fields.flag("either_way", default=False),
        matched=fields.flag("matched", default=True),
        words=fields.text("words"),
    )
    fields.finish()
    return result


def _refs(movement: Movement) -> Iterator[tuple[str, AngleRef]]:
    yield "repetition", movement.repetition.ref
    yield from ((f"start[{number}]", rule.ref) for number, rule in enumerate(movement.start, start=1))
    for outcome in movement.outcomes:
        yield f"outcomes '{outcome.name}'", outcome.ref
    for compensation in movement.compensations:
        yield f"compensations '{compensation.name}'", compensation.ref


def _check(movement: Movement, where: str) -> None:
    for key, ref in _refs(movement):
        reason = find_source(movement.angle_source).why_not(ANGLES[ref.angle], movement.plane)
        if reason is not None:
            raise MovementError(f"{where}: {key}: {reason}")
    for kind, names in (
        ("outcomes", [item.name for item in movement.outcomes]),
        ("compensations", [item.name for item in movement.compensations]),
    ):
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise MovementError(f"{where}: two {kind} are called '{repeated[0]}'; each needs its own name.")
    if not any(outcome.role is Role.PRIMARY for outcome in movement.outcomes):
        raise MovementError(f'{where}: no outcome has role = "primary"; name the one that the test is about.')
