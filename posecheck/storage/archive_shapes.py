"""What the columns of an archive must look like that hold JSON or one of a few words: the pages read them unasked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from posecheck.errors import CorrectionError
from posecheck.language import phrase
from posecheck.storage.tables import MAX_LETTERHEAD_LOGO, MAX_LETTERHEAD_NAME
from posecheck.trial.corrections import Corrections

SideWord = Literal["left", "right"] | None
Score = Annotated[float, Field(ge=0, le=10)] | None
Turn = Literal[0, 90, 180, 270] | None
Fraction = Annotated[float, Field(ge=0, le=1)]

ROW_WORDS = {
    "person": phrase("a person"),
    "session": phrase("a session"),
    "upload": phrase("a video"),
    "take": phrase("a recording"),
    "stretch_done": phrase("a stretch"),
    "setting": phrase("a setting"),
}
"""What people call a row of each table."""


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True)


class _Test(_Shape):
    movement: str
    side: SideWord


class _Felt(_Test):
    phase: Literal["pre", "baseline", "retest"] = "pre"
    stiffness: Score = None
    discomfort: Score = None
    note: str = ""


class _Primary(_Test):
    outcome: str


class _Box(_Shape):
    left: float
    top: float
    right: float
    bottom: float
    centre: Annotated[list[float], Field(min_length=2, max_length=2)]


class _Info(_Shape):
    duration_s: float = 0.0
    people: int = 1
    warnings: list[str] = []
    noted: list[str] = []
    boxes: list[_Box] = []
    blurred: bool = False
    pictures: Literal["filmed", "blurred", "drawn"] | None = None
    turns: dict[str, Turn] = {}
    rotated_deg: Turn = None


class _Proposal(_Shape):
    movement: str = ""
    side: SideWord = None
    sure: bool = False
    words: str = ""


class _Plan(_Test):
    mime: str = ""
    framing: dict[str, Any] | None = None


class _Reading(_Shape):
    plan: _Plan | None = None
    person_at: Annotated[list[Fraction], Field(min_length=2, max_length=2)] | None = None
    mirror: bool = False
    rotate_deg: Turn = None


class _Outcome(_Shape):
    title: str
    mean_deg: float | None


class _Summary(_Shape):
    repetitions: int = 0
    passed: bool = True
    rejected: list[str] = []
    outcomes: list[_Outcome] = []
    notes: list[str] = []


class _Setting(_Shape):
    """``name`` and ``logo_png`` (base64) are those of the letterhead; whether it is a picture is asked when it is used.

    ``value`` is a word for what posecheck notes for itself: the version that tried again what had failed.
    """

    value: bool | Annotated[str, Field(max_length=200)]
    name: str = Field("", max_length=MAX_LETTERHEAD_NAME)
    logo_png: str = Field("", max_length=MAX_LETTERHEAD_LOGO)


def _readable_corrections(value: dict[str, Any]) -> dict[str, Any]:
    try:
        Corrections.from_dict(value)
    except CorrectionError as error:
        raise ValueError(str(error)) from error
    return value


_SHAPES: dict[tuple[str, str], TypeAdapter[Any]] = {
    ("session", "tests"): TypeAdapter(list[_Test]),
    ("session", "felt"): TypeAdapter(list[_Felt]),
    ("session", "primary"): TypeAdapter(_Primary),
    ("upload", "info"): TypeAdapter(_Info),
    ("upload", "proposal"): TypeAdapter(_Proposal),
    ("upload", "reading"): TypeAdapter(_Reading),
    ("take", "corrections"): TypeAdapter(Annotated[dict[str, Any], AfterValidator(_readable_corrections)]),
    ("take", "summary"): TypeAdapter(_Summary),
    ("setting", "value"): TypeAdapter(_Setting),
}


def check_shape(table: str, column: str, value: Any) -> None:
    """Refuse what the pages cannot read.

    Raises
    ------
    ValueError
        A part is missing or of another kind.
    """
    _SHAPES[table, column].validate_python(value)
