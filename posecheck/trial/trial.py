"""One recording's result: everything that is known about one take of one test, and its JSON form."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from posecheck.errors import ComparisonError, StorageError
from posecheck.kinematics.joints import Side, title_with_side
from posecheck.kinematics.sources import DEFAULT_SOURCE
from posecheck.language import MESSAGES, as_messages, phrase, restored, with_messages
from posecheck.movements import Role, builtin_movements
from posecheck.trial.keys import TrialKey
from posecheck.trial.quality import GateStatus, QualityGate
from posecheck.trial.repetitions import Repetition

if TYPE_CHECKING:
    from collections.abc import Mapping


FORMAT_VERSION = 1
_SAID = frozenset(
    ["movement_title", "title", "words", "context", "caution", "missing", "reason", "corrected", "notes", "corrections"]
)
"""What is said to people in trial.json."""


@dataclass(frozen=True, slots=True)
class Felt:
    """What the person felt during the test: 0 to 10 each, None where not asked, and a note."""

    stiffness: float | None = None
    discomfort: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        for name in ("stiffness", "discomfort"):
            score = getattr(self, name)
            if score is not None and not 0 <= score <= 10:
                raise ValueError(f"{name} goes from 0 (none) to 10 (worst), got {score}")


@dataclass(frozen=True, slots=True)
class OutcomeResult:
    """The end range of one outcome over the repetitions of a trial.

    Attributes
    ----------
    name, title : str
    side : Side or None
        Whose angle it is (the front hip of a lunge belongs to the other side); None for the trunk.
    role : Role
    unit : str
        ``deg`` or ``pct``.
    column : str
        Column of angles.csv that it comes from.
    factor : float
        +1 or -1: what that column is multiplied by so that more range is a larger number.
    values : tuple of float
        End range of each used repetition in which it could be measured.
    mean, sd : float
        NaN without values; ``sd`` also with a single one.
    context, caution : str
    reeducation : str
        What the method advises once this has grown, as in `posecheck.movements.Outcome`.
    missing : str
        Why there are no values, empty where there are some.
    visibility : float
        How sure the model was during the holds that the point it saw least of is in sight, 0 to 1; NaN if unknown.
    source : str
        Where it comes from: a name in `posecheck.kinematics.sources.SOURCES`.
    error95_deg : float or None
        How far the mean may be off, either way, with 95 % certainty, person and camera standing still; None where the source
        does not know. More repetitions do not make it smaller.
    measured_share : float
        Of the holds' pictures, the share in which its points were measured and not filled in, 0 to 1; NaN if unknown.
    """

    name: str
    title: str
    side: Side | None
    role: Role
    unit: str
    column: str
    factor: float
    values: tuple[float, ...]
    mean: float
    sd: float
    context: str = ""
    caution: str = ""
    reeducation: str = ""
    missing: str = ""
    visibility: float = float("nan")
    source: str = DEFAULT_SOURCE
    error95_deg: float | None = None
    measured_share: float = float("nan")

    @property
    def repetitions(self) -> int:
        """How many repetitions the mean rests on."""
        return len(self.values)


@dataclass(frozen=True, slots=True)
class CompensationResult:
    """A compensation over the repetitions: mean degrees, the limit, and whether it was exceeded."""

    name: str
    title: str
    mean_deg: float
    limit_deg: float
    flagged: bool
    matched: bool
    words: str


USUAL_SHAPE = (16, 9)
"""Width to height of a picture of which it is not known: that of most videos."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """Where the camera stood, as far as the picture tells: what must agree between pre-test and re-test.

    Attributes
    ----------
    view : {"side", "front"}
    facing : int
        See `posecheck.kinematics.view.View`.
    yaw_deg : float
        Turn of the person out of the ideal view at the start, NaN if unknown.
    roll_deg : float
        Tilt of the camera, NaN if unknown.
    body_size : float
        Trunk plus leg length as a fraction of the picture's height at the start, NaN if unknown. What two recordings are
        compared by is `Trial.lens_size`.
    """

    view: str
    facing: int
    yaw_deg: float
    roll_deg: float
    body_size: float


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the recording, for the person who reads the result."""

    kind: str
    start_s: float
    end_s: float
    words: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One take of one test.

    Attributes
    ----------
    movement, movement_title : str
    movement_version : int
    side : Side
        The tested leg.
    sided : bool
        Whether the test is done once per side; if not, ``side`` is the leg that was nearer to the camera.
    outcomes : tuple of OutcomeResult
    repetitions : tuple of Repetition
    gates : tuple of QualityGate
    compensations : tuple of CompensationResult
    set_up : SetUp
    events : tuple of Event
    felt : Felt
    caution : str
        The test's own caution.
    stretch : str
        The stretch that the test suggests when restricted, empty for none.
    notes : tuple of str
        Plain sentences: too few repetitions, no hold, cut off ...
    corrections : tuple of str
        What a person set right by hand: ``1 repetition excluded by hand``. Empty for nothing.
    provenance : mapping
        Versions, model and video checksums, options, corrections.
    person : str
        Who it is, as told; empty for not told. In trial.json it stands among the provenance.
    take : int
        Which recording of this test and side it is in its block, from 1.
    """

    movement: str
    movement_title: str
    movement_version: int
    side: Side
    sided: bool
    outcomes: tuple[OutcomeResult, ...]
    repetitions: tuple[Repetition, ...]
    gates: tuple[QualityGate, ...]
    compensations: tuple[CompensationResult, ...]
    set_up: SetUp
    events: tuple[Event, ...] = ()
    felt: Felt = field(default_factory=Felt)
    caution: str = ""
    stretch: str = ""
    notes: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    person: str = ""
    take: int = 1

    @property
    def passed(self) -> bool:
        """Whether no quality gate rejected the recording."""
        return all(gate.status is not GateStatus.REJECT for gate in self.gates)

    @property
    def lens_size(self) -> float:
        """Trunk plus leg as a share of the picture's longer side at the start, NaN if unknown.

        From one place it is the same however the phone is held: turned, it takes the same picture on its side, and its 16:9
        is its sensor's 4:3 without a strip along either longer side. Over the height it would seem to be another distance.
        """
        width, height = (self.provenance.get(name) for name in ("width_px", "height_px"))
        if not width or not height:
            width, height = USUAL_SHAPE
        return self.set_up.body_size * float(height) / float(max(width, height))

    @property
    def key(self) -> TrialKey:
        """What it is found by among other trials."""
        return TrialKey(self.movement, self.side if self.sided else None)

    @property
    def label(self) -> str:
        """For people: ``Runner's lunge, left``."""
        return title_with_side(self.movement_title, self.key.side)

    def outcome(self, name: str) -> OutcomeResult:
        """The outcome of that name.

        Raises
        ------
        ComparisonError
            There is none: the trial was measured with another version of the test.
        """
        for outcome in self.outcomes:
            if outcome.name == name:
                return outcome
        raise ComparisonError(
            phrase(
                "{test} has no outcome '{name}': analyse both videos again with the same test.",
                test=self.label,
                name=name,
            )
        )


def trial_to_dict(trial: Trial) -> dict[str, Any]:
    """The trial as plain JSON values; missing numbers become null."""
    values = asdict(trial)
    values["provenance"] |= {"person": values.pop("person")}
    for item in values["outcomes"]:
        for key, nothing in (("missing", ""), ("visibility", None), ("source", DEFAULT_SOURCE), ("error95_deg", None)):
            if plain_json(item[key]) == nothing:
                del item[key]
        if not item["measured_share"] < 1:
            del item["measured_share"]  # wholly measured, or not known
        if item["reeducation"] == _usual_reeducation(trial.movement, item["name"]):
            del item["reeducation"]  # known from the test itself; so earlier versions can read the file
    for item in values["repetitions"]:
        if not item["error95_deg"]:
            del item["error95_deg"]
    return with_messages({"format": FORMAT_VERSION, **plain_json(values)})


def trial_from_dict(data: Mapping[str, Any], where: str) -> Trial:
    """Read a trial back.

    Raises
    ------
    StorageError
        ``where`` (the file) was written by a newer posecheck, or is not a trial.
    """
    if data.get("format") != FORMAT_VERSION:
        raise StorageError(
            phrase(
                "{file}: format {found} is not {known}: written by another version of posecheck. Analyse the video again "
                "with this version.",
                file=where,
                found=repr(data.get("format")),
                known=FORMAT_VERSION,
            )
        )
    try:
        data = restored(data) if MESSAGES in data else as_messages(dict(data), _SAID)
        return Trial(
            movement=data["movement"],
            movement_title=data["movement_title"],
            movement_version=data["movement_version"],
            side=Side(data["side"]),
            sided=data["sided"],
            outcomes=tuple(_read_outcome(item, data["movement"]) for item in data["outcomes"]),
            repetitions=tuple(_read_repetition(item) for item in data["repetitions"]),
            gates=tuple(
                QualityGate(**{**_numbers(item, "value"), "status": GateStatus(item["status"])})
                for item in data["gates"]
            ),
            compensations=tuple(CompensationResult(**_numbers(item, "mean_deg")) for item in data["compensations"]),
            set_up=SetUp(**_numbers(data["set_up"], "yaw_deg", "roll_deg", "body_size")),
            events=tuple(Event(**item) for item in data["events"]),
            felt=Felt(**data["felt"]),
            caution=data["caution"],
            stretch=data["stretch"],
            notes=tuple(data["notes"]),
            corrections=tuple(data.get("corrections", ())),
            provenance={key: value for key, value in data["provenance"].items() if key != "person"},
            person=data["provenance"].get("person") or "",
            take=int(data.get("take", 1)),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise StorageError(
            phrase("{file}: not a trial result ({reason}). Analyse the video again.", file=where, reason=error)
        ) from error


def plain_json(value: Any) -> Any:
    """Plain JSON values: numbers to four decimals, missing ones null, tuples as lists."""
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(item) for item in value]
    return value


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _numbers(item: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {**item, **{key: _number(item[key]) for key in keys}}


def _read_outcome(item: Mapping[str, Any], movement: str) -> OutcomeResult:
    side = None if item["side"] is None else Side(item["side"])
    fixed = {
        "side": side,
        "role": Role(item["role"]),
        "values": tuple(float(value) for value in item["values"]),
        "reeducation": item.get("reeducation", _usual_reeducation(movement, item["name"])),
        "visibility": _number(item.get("visibility")),
        "measured_share": _number(item.get("measured_share")),
    }
    return OutcomeResult(**{**_numbers(item, "mean", "sd"), **fixed})


def _usual_reeducation(movement: str, outcome: str) -> str:
    """What the test of that name advises where posecheck brings it: a file says only what differs from it."""
    known = builtin_movements().get(movement)
    return next((item.reeducation for item in known.outcomes if item.name == outcome), "") if known else ""


def _read_repetition(item: Mapping[str, Any]) -> Repetition:
    degrees = {
        key: {name: _number(value) for name, value in item[key].items()} for key in ("end_range", "compensation")
    }
    return Repetition(**{**item, **degrees})
