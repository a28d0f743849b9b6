"""The JSON forms of what the API takes and gives: stable names, units in them. Angles in degrees, times in seconds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from posecheck.language import Phrase, phrase, translated, translated_values
from posecheck.storage.tables import (
    MAX_LETTERHEAD_NAME,
    MAX_NOTES,
    MAX_REASON,
    MOST_TAKES,
    Job,
    Session,
    StretchDone,
    Take,
    Upload,
)

if TYPE_CHECKING:
    pass


def _as_phrase(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    return value if isinstance(value, Phrase) else check(value)


Said = Annotated[str, WrapValidator(_as_phrase), PlainSerializer(translated, return_type=str, when_used="json")]
"""What posecheck says. It becomes text when it goes out, in the language of who reads it: who made it may not know that."""
SaidValues = Annotated[dict[str, Any], PlainSerializer(translated_values, return_type=dict[str, Any], when_used="json")]
"""JSON values among which such texts are."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
NoteText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_NOTES)]
IsoDate = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
SideWord = Literal["left", "right"]
PhaseWord = Literal["pre", "baseline", "retest"]
StepWord = Literal["choose", "pre", "baseline", "felt", "stretch", "retest", "result", "re-education"]
TakesPerBlock = Annotated[int, Field(ge=1, le=MOST_TAKES)]
Score = Annotated[float, Field(ge=0, le=10)]
Fraction = Annotated[float, Field(ge=0, le=1)]


class Form(BaseModel):
    """What comes in: unknown keys are refused, so that a misspelt one is not silently dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_zero_byte(cls, value: Any) -> Any:
        if isinstance(value, str) and "\0" in value:  # PostgreSQL takes none
            raise ValueError(phrase("a text cannot hold a zero byte"))
        return value


class TestItem(Form):
    """One test of a session: ``side`` null for a test that is not done once per side."""

    movement: ShortText
    side: SideWord | None = None


class PrimaryItem(Form):
    """The one outcome named before the re-test; ``side`` is whose angle it is."""

    movement: ShortText
    side: SideWord | None = None
    outcome: ShortText


class FeltItem(Form):
    """What felt tight in one test, side and block: 0 to 10 each, null where not asked."""

    movement: ShortText
    side: SideWord | None = None
    phase: PhaseWord = "pre"
    stiffness: Score | None = None
    discomfort: Score | None = None
    note: NoteText = ""


class SessionForm(Form):
    """A new session; what is left out takes the usual value (all tests, both sides, today)."""

    title: ShortText = ""
    date: IsoDate | None = None
    tests: list[TestItem] | None = Field(default=None, max_length=40)
    with_baseline: bool = False
    takes_per_block: TakesPerBlock = 1
    keep_video: bool | None = None
    keep_pictures: bool | None = None
    blur_faces: bool | None = None


class SessionChange(Form):
    """Changes of a session: only what is given changes. ``version`` is the one that was seen; another one is refused."""

    version: int | None = None
    title: ShortText | None = None
    date: IsoDate | None = None
    notes: NoteText | None = None
    next_date: IsoDate | Literal[""] | None = None
    step: StepWord | None = None
    tests: list[TestItem] | None = Field(default=None, max_length=40)
    with_baseline: bool | None = None
    takes_per_block: TakesPerBlock | None = None
    primary: PrimaryItem | None = None
    felt: list[FeltItem] | None = Field(default=None, max_length=200)
    stretch_skipped: bool | None = None
    keep_video: bool | None = None
    keep_pictures: bool | None = None
    blur_faces: bool | None = None


class SafetyForm(Form):
    """Whether the safety words were confirmed."""

    confirmed: bool


class StretchForm(Form):
    """A stretch that was done."""

    stretch: ShortText
    grip: ShortText = ""
    side: Literal["", "left", "right", "both"] = ""
    seconds: Annotated[float, Field(ge=0, le=24 * 3600)] = 0
    stopped_for_pain: bool = False
    note: NoteText = ""


class UploadForm(Form):
    """A video that is about to be sent."""

    file_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    size_bytes: Annotated[int, Field(ge=0, le=2**62)]
    phase: PhaseWord


class ReadingForm(Form):
    """How a video is to be read again: whether it is a mirror image, which way up it is, and which person to follow.

    ``person_at``: fractions of the picture's width and height as the video's people and poster show it now.
    ``rotate_deg``: how far the picture as it was filmed is turned clockwise; 0 says that it is right, null says nothing.
    """

    person_at: tuple[Fraction, Fraction] | None = None
    mirror: bool = False
    rotate_deg: Literal[0, 90, 180, 270] | None = None


class ConfirmForm(Form):
    """What a video shows."""

    movement: ShortText
    side: SideWord | None = None
    phase: PhaseWord | None = None


class InstallationForm(Form):
    """What new sessions start with: videos kept after the analysis, or pictures without them, faces blurred."""

    keep_video: bool
    keep_pictures: bool = False
    blur_faces: bool


class LetterheadForm(Form):
    """Who hands reports over, in up to three lines."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_LETTERHEAD_NAME)]


class LetterheadOut(BaseModel):
    """Who hands reports over, and whether there is a logo."""

    name: str
    has_logo: bool


class ImportOut(BaseModel):
    """How many rows of each table came in, and how many were here already."""

    added: dict[str, int]
    skipped: dict[str, int]


class HealthOut(BaseModel):
    """Whether the server works, its version and the kind of its database."""

    status: str
    version: str
    database: str


class UploadOut(BaseModel):
    """A video that came in; ``state``: receiving, reading, read, refused, failed."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    session_id: str
    phase: str
    file_name: str
    size_bytes: int
    received_bytes: int
    state: str
    reason: Said
    info: SaidValues
    proposal: SaidValues
    reading: SaidValues
    has_video: bool
    filmed: bool
    created_at: dt.datetime
    take_id: str | None = None

    @classmethod
    def of(cls, row: Upload) -> UploadOut:
        """From the table's row; ``take_id`` is the take it was last confirmed as."""
        out = cls.model_validate(row)
        out.take_id = row.takes[-1].id if row.takes else None
        return out


class TakeOut(BaseModel):
    """A recording of one test, side and block; ``state``: measuring, measured, refused, failed.

    ``number`` says which of them it is. ``current``: whether it counts; ``left_out`` says why not.
    """

    model_config = ConfigDict(from_attributes=True)
    id: str
    session_id: str
    upload_id: str
    movement: str
    side: str
    phase: str
    number: int
    current: bool
    left_out: Said
    state: str
    reason: Said
    corrections: dict[str, Any]
    summary: SaidValues
    version: int
    created_at: dt.datetime

    @classmethod
    def of(cls, row: Take) -> TakeOut:
        """From the table's row."""
        return cls.model_validate(row)


class TakeDetail(BaseModel):
    """A recording with its whole result; ``trial`` is what trial.json holds, null while there is none."""

    take: TakeOut
    trial: SaidValues | None
    upload: UploadOut


class CorrectionsForm(Form):
    """What was set right by hand, all of it; ``version`` is the one of the recording that was seen."""

    version: int | None = None
    excluded: list[Annotated[int, Field(ge=1, le=10_000)]] = Field(default_factory=list, max_length=1000)
    times: dict[str, dict[str, float]] = Field(default_factory=dict, max_length=1000)
    added: list[dict[str, float]] = Field(default_factory=list, max_length=1000)
    side: SideWord | None = None
    start_s: float | None = None
    end_s: float | None = None


class LeaveOutForm(Form):
    """Why a recording does not count."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_REASON)]


class PersonBoxOut(BaseModel):
    """Somebody in the picture, as fractions of its width and height; ``centre`` is what ``person_at`` takes."""

    left: float
    top: float
    right: float
    bottom: float
    centre: tuple[float, float]


class StretchOut(BaseModel):
    """A stretch that was done."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    stretch: str
    grip: str
    side: str
    seconds: float
    stopped_for_pain: bool
    note: str
    done_at: dt.datetime

    @classmethod
    def of(cls, row: StretchDone) -> StretchOut:
        """From the table's row."""
        return cls.model_validate(row)


class JobOut(BaseModel):
    """Work in the background; ``state``: queued, running, done, failed, cancelled."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    session_id: str
    kind: str
    target_id: str
    state: str
    attempts: int
    done: int
    total: int
    reason: Said

    @classmethod
    def of(cls, row: Job) -> JobOut:
        """From the table's row."""
        return cls.model_validate(row)


class SessionOut(BaseModel):
    """A session with everything in it but the numbers, which are in its result."""

    id: str
    person_id: str
    person_name: str
    title: str
    date: str
    notes: str
    next_date: str
    step: str
    tests: list[dict[str, Any]]
    with_baseline: bool
    takes_per_block: int
    primary: dict[str, Any] | None
    felt: list[dict[str, Any]]
    safety_confirmed: bool
    stretch_skipped: bool
    keep_video: bool
    keep_pictures: bool
    blur_faces: bool
    version: int
    created_at: dt.datetime
    uploads: list[UploadOut]
    takes: list[TakeOut]
    stretches: list[StretchOut]

    @classmethod
    def of(cls, row: Session) -> SessionOut:
        """From the table's row."""
        return cls(
            **{name: getattr(row, name) for name in _PLAIN},
            person_name=row.person.name,
            uploads=[UploadOut.of(upload) for upload in row.uploads],
            takes=[TakeOut.of(take) for take in row.takes],
            stretches=[StretchOut.of(stretch) for stretch in row.stretches],
        )


_PLAIN = (
    "id",
    "person_id",
    "title",
    "date",
    "notes",
    "next_date",
    "step",
    "tests",
    "with_baseline",
    "takes_per_block",
    "primary",
    "felt",
    "safety_confirmed",
    "stretch_skipped",
    "keep_video",
    "keep_pictures",
    "blur_faces",
    "version",
    "created_at",
)
