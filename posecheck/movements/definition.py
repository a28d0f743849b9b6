"""One test as data: the frozen `Movement`, its outcomes, compensations and rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from posecheck.kinematics.joints import ANGLES, Plane, Side
from posecheck.language import Phrase, phrase

if TYPE_CHECKING:
    from posecheck.movements.drawing import MovementDrawing
    from posecheck.movements.recognition import Recognition

SIDE_PLACE = "{side}"
"""Where `Movement.side_words` and the words of a drawing take left or right."""
DEFAULT_SIDE_WORDS = f"{SIDE_PLACE} side"
"""What a side is called by a movement file that says nothing of it."""
Leg = Literal["tested", "other", "none"]
Sign = Literal["as_defined", "negated", "towards_tested", "away_from_tested"]


def of_side(words: str, side: str) -> Phrase:
    """Words of a movement file about a side. The catalogues have them for left and right, so that each is said naturally."""
    return Phrase(words.replace(SIDE_PLACE, side), {})


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
    source : str
        Where the angle comes from: a name in `posecheck.kinematics.sources.SOURCES`. Empty: from `Movement.angle_source`.
    """

    angle: str
    leg: Leg
    sign: Sign = "as_defined"
    source: str = ""

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
    reeducation : str
        What the method advises once this number has grown (a name in `posecheck.movements.advice.REEDUCATIONS`), empty for
        nothing.
    """

    name: str
    title: str
    ref: AngleRef
    role: Role
    context: str = ""
    caution: str = ""
    reeducation: str = ""


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
class RepetitionSignal:
    """An angle that repetitions can be found from, and the smallest excursion from the start position that counts."""

    ref: AngleRef
    min_excursion_deg: float


@dataclass(frozen=True, slots=True)
class RepetitionRule(RepetitionSignal):
    """How repetitions are found: by the first signal that can be followed in the recording.

    Attributes
    ----------
    otherwise : tuple of RepetitionSignal
        What takes the place of the first signal where that is hidden, best first.
    """

    otherwise: tuple[RepetitionSignal, ...] = ()

    @property
    def signals(self) -> tuple[RepetitionSignal, ...]:
        """All signals, best first."""
        return (RepetitionSignal(self.ref, self.min_excursion_deg), *self.otherwise)


@dataclass(frozen=True, slots=True)
class StartRule:
    """What must hold in the start position before the camera begins by itself: an angle within bounds, else ``words``."""

    ref: AngleRef
    low_deg: float
    high_deg: float
    words: str


@dataclass(frozen=True, slots=True)
class StillRule:
    """What must not move in a test, or must, for its outcomes to mean what they say: else a repetition is not used.

    Attributes
    ----------
    ref : AngleRef
        Best one against gravity: it tells which segment moved.
    low_deg, high_deg : float
        What is measured lies between them.
    words : str
        Why the repetition is not used: ``the trunk came up from the floor``.
    measure : {"change_from_start", "end_range"}
        The angle at end range less the angle at rest, or the angle at end range.
    """

    ref: AngleRef
    low_deg: float
    high_deg: float
    words: str
    measure: Literal["change_from_start", "end_range"] = "change_from_start"


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
    question : str
        What its first primary outcome answers, as a person would ask it; empty where there are no such words.
    plane : Plane
        What the camera must see: sagittal (side view) or frontal (front view).
    lying : bool
        Whether the person lies on the back.
    sides : tuple of Side
        The sides to test; empty where both legs move together and the near leg is measured.
    side_meaning : str
        What ``side`` names, e.g. "the rear, straight leg".
    side_words : str
        What a tested side is called, ``{side} leg behind``: read it with `side_phrase`.
    order : int
        Place in every list, lowest first.
    in_default_session : bool
        Whether a new session has it unless somebody chooses otherwise.
    file_words : tuple of str
        Words in a file's name that say it shows this test, besides the test's own name.
    rear_leg_tested : bool
        The tested leg is behind in the side view: settles which leg is which.
    legs_in_plane : bool
        The legs stay in the plane of the picture, so that a shortened leg is a fault.
    angle_source : str
        Where angles come from that name no source of their own: a name in `posecheck.kinematics.sources.SOURCES`.
    instructions : Instructions
    repetition : RepetitionRule
    start : tuple of StartRule
        The start position, for the live camera alone: recordings are measured without it.
    outcomes : tuple of Outcome
    compensations : tuple of Compensation
    still : tuple of StillRule
        What must stay where it is.
    caution : str
        Shown wherever the test's numbers appear, empty where there is nothing special.
    stretch : str
        The protocol's stretch that this test suggests when restricted, empty for none.
    recognition : Recognition or None
        What a recording of it looks like, for the proposal; None where it is never proposed.
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
    side_words: str
    order: int
    in_default_session: bool
    file_words: tuple[str, ...]
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
    recognition: Recognition | None
    sources: tuple[str, ...]
    drawing: MovementDrawing | None = None
    still: tuple[StillRule, ...] = ()
    question: str = ""

    @property
    def measured_refs(self) -> tuple[AngleRef, ...]:
        """Every angle that a recording is measured by, outcomes first."""
        outcomes, others = (item.ref for item in self.outcomes), (item.ref for item in self.compensations)
        return (*outcomes, *others, *(rule.ref for rule in self.still), *(rule.ref for rule in self.repetition.signals))

    def source_of(self, ref: AngleRef) -> str:
        """The source of one of its angles."""
        return ref.source or self.angle_source

    @property
    def view_name(self) -> str:
        """``side`` or ``front``."""
        return "side" if self.plane is Plane.SAGITTAL else "front"

    @property
    def view_words(self) -> Phrase:
        """What the camera has to see, for people: ``side view``."""
        return phrase("side view") if self.plane is Plane.SAGITTAL else phrase("front view")

    @property
    def on_table(self) -> bool:
        """Whether the person lies on a table, as its drawing has it: the camera stands higher then."""
        return self.lying and self.drawing is not None and self.drawing.table is not None

    def side_phrase(self, side: str | None) -> str:
        """``left leg behind``; empty without a side."""
        if not side:
            return ""
        if self.side_words == DEFAULT_SIDE_WORDS:
            return phrase("left side") if side == Side.LEFT else phrase("right side")
        return of_side(self.side_words, side)

    def outcome(self, name: str) -> Outcome:
        """The outcome of that name."""
        return next(outcome for outcome in self.outcomes if outcome.name == name)
