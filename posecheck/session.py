"""One person's visit: which video is which test, side and phase; what was felt and which stretch was done."""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.comparison.verdict import SMALL_DEG
from posecheck.errors import Advice, MovementError, SessionFileError
from posecheck.files import OwnEntry
from posecheck.kinematics.joints import Side, title_with_side
from posecheck.language import phrase
from posecheck.movements import load_movement
from posecheck.movements.fields import Fields, with_suggestion
from posecheck.movements.reading import BEYOND_WORDS
from posecheck.protocol import GRIPS, NO_GRIP, STRETCHES
from posecheck.trial.keys import MeasureKey, TrialKey
from posecheck.trial.trial import Felt
from posecheck.video.folder import look_through
from posecheck.video.reader import TURNS_DEG

if TYPE_CHECKING:
    from posecheck.movements import Movement

SESSION_FILE = OwnEntry.SESSION_PLAN


ADVICE = {
    "other_side": phrase(
        'In the session file, write side = "{side}" for it; or, if it is a mirror image, mirror = true.'
    ),
    "turned": phrase(
        "In the session file, write rotate_deg = {turn} for it (clockwise); if the picture is right as it is, "
        "rotate_deg = 0."
    ),
}
"""What to do next about a recording of a session, for codes of `posecheck.errors.Advice` whose answer is a key."""


class Phase(StrEnum):
    """Pre-test; an optional second block before the stretch; re-test."""

    PRE = "pre"
    BASELINE = "baseline"
    RETEST = "retest"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTrial:
    """One video of the session and what it shows.

    Attributes
    ----------
    file : Path
        The video.
    movement : Movement
    side : Side or None
        The tested leg; None for a test that is not done once per side.
    phase : Phase
    felt : Felt
    mirror : bool
        The file is a mirror image.
    rotate_deg : int or None
        The turn, clockwise, that sets the picture upright; 0 says that it is right, None says nothing.
    start_s, end_s : float or None
        Part of the video to use.
    person_at : (x, y) or None
        The person to follow, as fractions of the picture.
    take : int
        Which recording of its test and side it is in its block, from 1, in the order of the file.
    leave_out : str
        Why it does not count; empty where it counts.
    """

    file: Path
    movement: Movement
    side: Side | None
    phase: Phase
    felt: Felt
    mirror: bool = False
    rotate_deg: int | None = None
    start_s: float | None = None
    end_s: float | None = None
    person_at: tuple[float, float] | None = None
    take: int = 1
    leave_out: str = ""

    @property
    def key(self) -> TrialKey:
        """The key of what is measured from it."""
        return TrialKey(self.movement.name, self.side if self.movement.sides else None)

    @property
    def label(self) -> str:
        """For people: ``Runner's lunge, left``."""
        return title_with_side(self.movement.title, self.key.side)

    @property
    def folder_name(self) -> str:
        """``pre-runners-lunge-left``, and ``...-take-2`` for its second take: what its result folder is called."""
        return trial_folder_name(self.phase, self.movement.name, self.key.side or "", self.take)


@dataclass(frozen=True, slots=True)
class PlannedStretch:
    """A stretch that was done between the tests; names as in `posecheck.protocol`, empty where not told.

    ``grip`` may be `posecheck.protocol.NO_GRIP`: an ordinary stretch.
    """

    stretch: str
    grip: str
    side: str
    note: str


@dataclass(frozen=True, slots=True)
class SessionFile:
    """A session file, read.

    Attributes
    ----------
    person, date, title : str
    primary : MeasureKey or None
        The one outcome named before the re-test.
    trials : tuple of PlannedTrial
    stretches : tuple of PlannedStretch
    earlier : tuple of Path
        Result folders of earlier sessions of the same person, whose repeats count for the error.
    limit_deg : float
        As in `posecheck.comparison.verdict.Verdict.SMALL`.
    no_stretch : bool
        Nothing was done between the tests: a day to compare others with.
    """

    person: str
    date: str
    title: str
    primary: MeasureKey | None
    trials: tuple[PlannedTrial, ...]
    stretches: tuple[PlannedStretch, ...]
    earlier: tuple[Path, ...] = ()
    limit_deg: float = SMALL_DEG
    no_stretch: bool = False

    @property
    def counting(self) -> tuple[PlannedTrial, ...]:
        """The trials that are not left out."""
        return tuple(trial for trial in self.trials if not trial.leave_out)


def trial_folder_name(phase: str, movement: str, side: str, take: int) -> str:
    """``pre-runners-lunge-left``, and ``pre-runners-lunge-left-take-2`` for a second take."""
    return "-".join(filter(None, (phase, movement, side, f"take-{take}" if take > 1 else "")))


def read_session(folder: Path) -> SessionFile:
    """Read ``session.toml`` of a folder of videos.

    Raises
    ------
    SessionFileError
        No such folder or file, or a wrong key in it; names the file and the key.
    """
    path = folder / SESSION_FILE
    if not folder.is_dir():
        raise SessionFileError(
            phrase(
                "{folder}: no such folder. Give the folder that holds the videos and a {file}.",
                folder=folder,
                file=SESSION_FILE,
            )
        )
    if not path.is_file():
        raise SessionFileError(
            phrase("{folder}: there is no {file} in it.", folder=folder, file=SESSION_FILE),
            Advice(
                "no_session_file",
                phrase("Write one that names the test, side and phase of each video."),
                {"folder": str(folder)},
            ),
        )
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SessionFileError(phrase("{file}: cannot be read: {reason}.", file=path, reason=error)) from error
    except (ValueError, RecursionError) as error:
        raise SessionFileError(phrase("{file}: cannot be read: {reason}.", file=path, reason=BEYOND_WORDS)) from error
    return _session(Fields(table, str(path), error=SessionFileError), folder)


def _session(fields: Fields, folder: Path) -> SessionFile:
    trials = _numbered(tuple(_trial(item, folder) for item in fields.tables("trials", at_least=1)))
    session = SessionFile(
        person=fields.text("person", default=""),
        date=_date(fields),
        title=fields.text("title", default=""),
        primary=_primary(fields, trials),
        trials=trials,
        stretches=tuple(_stretch(item) for item in fields.tables("stretches")),
        earlier=_earlier(fields, folder),
        limit_deg=fields.number("limit_deg", low=0.5, high=90, default=SMALL_DEG),
        no_stretch=fields.flag("no_stretch", default=False),
    )
    if session.no_stretch and session.stretches:
        raise fields.fail("no_stretch", phrase("there are stretches in this file: take one of the two out."))
    fields.finish()
    _check_trials(fields, session.trials)
    return session


def _earlier(fields: Fields, folder: Path) -> tuple[Path, ...]:
    """Result folders that exist, relative to the folder of the session file."""
    names = fields.value("earlier")
    if names is None:
        return ()
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        words = phrase(
            'expected a list of result folders, such as ["../first/result"], got {value}.', value=repr(names)
        )
        raise fields.fail("earlier", words)
    for name in names:
        if not (folder / name / OwnEntry.COMPARISON).is_file():
            words = phrase(
                "'{folder}' is no result of a session: it has no {file}.", folder=name, file=OwnEntry.COMPARISON
            )
            raise fields.fail("earlier", words)
    return tuple(folder / name for name in names)


def _numbered(trials: tuple[PlannedTrial, ...]) -> tuple[PlannedTrial, ...]:
    """Each with its number among the takes of its test, side and block; one that is left out keeps its own."""
    seen: Counter[tuple[Phase, TrialKey]] = Counter()
    numbered = []
    for trial in trials:
        seen[trial.phase, trial.key] += 1
        numbered.append(replace(trial, take=seen[trial.phase, trial.key]))
    return tuple(numbered)


def _check_trials(fields: Fields, trials: tuple[PlannedTrial, ...]) -> None:
    for number, trial in enumerate(trials, start=1):
        earlier = trials[: number - 1]
        _check_movement(fields, number, trial, earlier)
        if any(_same_pictures(trial, other) for other in earlier):
            raise fields.fail(
                f"trials[{number}].file",
                phrase(
                    "{file} is used twice for {test}, {phase}. Several takes are several recordings: name another file, or "
                    "another part of this one (start_s, end_s).",
                    file=trial.file.name,
                    test=trial.label,
                    phase=trial.phase,
                ),
            )
    if all(trial.leave_out for trial in trials):
        raise fields.fail("trials", phrase("all of them are left out (leave_out), so nothing is left to be measured."))


def _check_movement(fields: Fields, number: int, trial: PlannedTrial, earlier: tuple[PlannedTrial, ...]) -> None:
    """Refuse a test whose results could not be told from those of another one."""
    for other in earlier:
        if other.movement.name == trial.movement.name and other.movement != trial.movement:
            raise fields.fail(
                f"trials[{number}].movement",
                phrase(
                    "another file names its test '{name}' too, and the two differ: results of both would be mixed. Give "
                    "each its own name.",
                    name=trial.movement.name,
                ),
            )
        if other.folder_name == trial.folder_name:
            raise fields.fail(
                f"trials[{number}].movement",
                phrase(
                    "the results of {first} and {second} would both be called '{name}'. Give one of the two tests another "
                    "name.",
                    first=other.file.name,
                    second=trial.file.name,
                    name=trial.folder_name,
                ),
            )


def _same_pictures(first: PlannedTrial, second: PlannedTrial) -> bool:
    """Whether two takes of a test would be measured from the same pictures, wholly or in part."""
    if (first.phase, first.key, first.file) != (second.phase, second.key, second.file):
        return False
    if first.leave_out or second.leave_out:
        return False
    spans = [(trial.start_s or 0.0, math.inf if trial.end_s is None else trial.end_s) for trial in (first, second)]
    return max(start_s for start_s, _ in spans) < min(end_s for _, end_s in spans)


def _date(fields: Fields) -> str:
    value = fields.value("date")
    if value is None:
        return ""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()[:10]
    if isinstance(value, str):
        with suppress(ValueError):
            return dt.date.fromisoformat(value).isoformat()
    raise fields.fail("date", phrase("expected a date such as 2026-11-22, got {value}.", value=repr(value)))


def _primary(fields: Fields, trials: tuple[PlannedTrial, ...]) -> MeasureKey | None:
    if not fields.has("primary"):
        return None
    table = fields.table("primary")
    movements = {trial.movement.name: trial.movement for trial in trials}
    movement = table.choice("movement", tuple(movements))
    side = table.choice("side", ("", *Side), default="")
    outcome = table.choice("outcome", tuple(item.name for item in movements[movement].outcomes))
    table.finish()
    return MeasureKey(movement, Side(side) if side else None, outcome)


def _trial(fields: Fields, folder: Path) -> PlannedTrial:
    movement = _movement(fields, folder)
    file = folder / fields.text("file")
    if not file.is_file():
        missing = phrase("no such file '{file}' in {folder}", file=file.name, folder=folder)
        known = tuple(path.name for path in look_through(folder).videos)
        raise fields.fail("file", with_suggestion(missing, file.name, known))
    side = fields.choice("side", ("", *Side), default="")
    if movement.sides and not side:
        words = phrase(
            "is missing: '{name}' is done once per side ({side}).", name=movement.name, side=movement.side_meaning
        )
        raise fields.fail("side", words)
    trial = PlannedTrial(
        file=file,
        movement=movement,
        side=Side(side) if side else None,
        phase=Phase(fields.choice("phase", tuple(Phase))),
        felt=Felt(
            _optional(fields, "stiffness", 0, 10),
            _optional(fields, "discomfort", 0, 10),
            fields.text("note", default=""),
        ),
        mirror=fields.flag("mirror", default=False),
        rotate_deg=_rotate_deg(fields),
        start_s=_optional(fields, "start_s", 0, 1e6),
        end_s=_optional(fields, "end_s", 0, 1e6),
        person_at=_person_at(fields),
        leave_out=fields.text("leave_out") if fields.has("leave_out") else "",
    )
    if trial.start_s is not None and trial.end_s is not None and trial.end_s <= trial.start_s:
        words = phrase(
            "has to come after start_s, which is {start:g}; got {end:g}.", start=trial.start_s, end=trial.end_s
        )
        raise fields.fail("end_s", words)
    fields.finish()
    return trial


def _movement(fields: Fields, folder: Path) -> Movement:
    name = fields.text("movement")
    try:
        return load_movement(folder / name if name.endswith(".toml") else name)
    except MovementError as error:
        raise fields.fail("movement", error.said({})) from error


def _optional(fields: Fields, key: str, low: float, high: float) -> float | None:
    return fields.number(key, low=low, high=high) if fields.has(key) else None


def _rotate_deg(fields: Fields) -> int | None:
    value = fields.value("rotate_deg")
    if value is None or (type(value) is int and value in TURNS_DEG):
        return value
    raise fields.fail("rotate_deg", phrase("expected 0, 90, 180 or 270 (clockwise), got {value}.", value=repr(value)))


def _person_at(fields: Fields) -> tuple[float, float] | None:
    value = fields.value("person_at")
    if value is None:
        return None
    if (
        not isinstance(value, list)
        or len(value) != 2
        or not all(isinstance(part, int | float) and 0 <= part <= 1 for part in value)
    ):
        raise fields.fail(
            "person_at", phrase("expected [x, y] with fractions from 0 to 1, got {value}.", value=repr(value))
        )
    return float(value[0]), float(value[1])


def _stretch(fields: Fields) -> PlannedStretch:
    result = PlannedStretch(
        fields.choice("stretch", tuple(item.name for item in STRETCHES)),
        fields.choice("grip", ("", *(item.name for item in GRIPS), NO_GRIP), default=""),
        fields.choice("side", ("", "both", *Side), default=""),
        fields.text("note", default=""),
    )
    fields.finish()
    return result
