"""One person's visit: which video is which test, side and phase; what was felt and which stretch was done."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import Advice, MovementError, SessionFileError
from posecheck.files import OwnEntry
from posecheck.kinematics.joints import Side
from posecheck.movements import Movement, builtin_movements, load_movement
from posecheck.movements.fields import Fields, suggestion
from posecheck.protocol import GRIPS, STRETCHES
from posecheck.trial.keys import MeasureKey
from posecheck.trial.trial import Felt

if TYPE_CHECKING:
    from collections.abc import Mapping

SESSION_FILE = OwnEntry.SESSION_PLAN
VIDEO_SUFFIXES = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".3gp", ".mts", ".mpg")


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
    start_s, end_s : float or None
        Part of the video to use.
    person_at : (x, y) or None
        The person to follow, as fractions of the picture.
    """

    file: Path
    movement: Movement
    side: Side | None
    phase: Phase
    felt: Felt
    mirror: bool = False
    start_s: float | None = None
    end_s: float | None = None
    person_at: tuple[float, float] | None = None

    @property
    def folder_name(self) -> str:
        """``pre-runners-lunge-left``: what its result folder is called."""
        words = [self.phase, self.movement.name, *([self.side] if self.movement.sides and self.side else [])]
        return "-".join(words)


@dataclass(frozen=True, slots=True)
class PlannedStretch:
    """A stretch that was done between the tests; names as in `posecheck.protocol`, empty where not told."""

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
    """

    person: str
    date: str
    title: str
    primary: MeasureKey | None
    trials: tuple[PlannedTrial, ...]
    stretches: tuple[PlannedStretch, ...]


def read_session(folder: Path) -> SessionFile:
    """Read ``session.toml`` of a folder of videos.

    Raises
    ------
    SessionFileError
        No such folder or file, or a wrong key in it; names the file and the key.
    """
    path = folder / SESSION_FILE
    if not folder.is_dir():
        raise SessionFileError(f"{folder}: no such folder. Give the folder that holds the videos and a {SESSION_FILE}.")
    if not path.is_file():
        raise SessionFileError(
            f"{folder}: there is no {SESSION_FILE} in it.",
            Advice(
                "no_session_file",
                "Write one that names the test, side and phase of each video.",
                {"folder": str(folder)},
            ),
        )
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SessionFileError(f"{path}: cannot be read: {error}.") from error
    return _session(Fields(table, str(path), error=SessionFileError), folder)


def _session(fields: Fields, folder: Path) -> SessionFile:
    trials = tuple(_trial(item, folder) for item in fields.tables("trials", at_least=1))
    session = SessionFile(
        person=fields.text("person", default=""),
        date=_date(fields),
        title=fields.text("title", default=""),
        primary=_primary(fields, trials),
        trials=trials,
        stretches=tuple(_stretch(item) for item in fields.tables("stretches")),
    )
    fields.finish()
    seen: dict[str, Path] = {}
    movements: dict[str, Movement] = {}
    for number, trial in enumerate(session.trials, start=1):
        name = trial.movement.name
        if movements.setdefault(name, trial.movement) != trial.movement:
            raise fields.fail(
                f"trials[{number}].movement",
                f"another file names its test '{name}' too, and the two differ: results of both would be mixed. Give each "
                "its own name.",
            )
        if trial.folder_name in seen:
            raise fields.fail(
                f"trials[{number}]",
                f"{trial.file.name} is the same test, side and phase as {seen[trial.folder_name].name}: keep one take.",
            )
        seen[trial.folder_name] = trial.file
    return session


def _date(fields: Fields) -> str:
    value = fields.value("date")
    if value is None:
        return ""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()[:10]
    if isinstance(value, str):
        return value
    raise fields.fail("date", f"expected a date such as 2026-11-22, got {value!r}.")


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
        near = suggestion(file.name, tuple(path.name for path in _videos(folder)))
        raise fields.fail("file", f"no such file '{file.name}' in {folder}{near}")
    side = fields.choice("side", ("", *Side), default="")
    if movement.sides and not side:
        raise fields.fail("side", f"is missing: '{movement.name}' is done once per side ({movement.side_meaning}).")
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
        start_s=_optional(fields, "start_s", 0, 1e6),
        end_s=_optional(fields, "end_s", 0, 1e6),
        person_at=_person_at(fields),
    )
    fields.finish()
    return trial


def _movement(fields: Fields, folder: Path) -> Movement:
    name = fields.text("movement")
    try:
        return load_movement(folder / name if name.endswith(".toml") else name)
    except MovementError as error:
        raise fields.fail("movement", str(error)) from error


def _optional(fields: Fields, key: str, low: float, high: float) -> float | None:
    return fields.number(key, low=low, high=high) if fields.has(key) else None


def _person_at(fields: Fields) -> tuple[float, float] | None:
    value = fields.value("person_at")
    if value is None:
        return None
    if (
        not isinstance(value, list)
        or len(value) != 2
        or not all(isinstance(part, int | float) and 0 <= part <= 1 for part in value)
    ):
        raise fields.fail("person_at", f"expected [x, y] with fractions from 0 to 1, got {value!r}.")
    return float(value[0]), float(value[1])


def _stretch(fields: Fields) -> PlannedStretch:
    result = PlannedStretch(
        fields.choice("stretch", tuple(item.name for item in STRETCHES)),
        fields.choice("grip", ("", *(item.name for item in GRIPS)), default=""),
        fields.choice("side", ("", "both", *Side), default=""),
        fields.text("note", default=""),
    )
    fields.finish()
    return result


def _videos(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in VIDEO_SUFFIXES)


def draft_session(folder: Path) -> str:
    """A first ``session.toml`` for a folder of videos, guessed from the file names; what cannot be told is marked.

    Movement files in the folder are taken into account: a video whose name holds the test's name, or one of its
    ``file_words``, is taken for that test.

    Raises
    ------
    SessionFileError
        The folder holds no video, or a movement file with a mistake.
    """
    if not folder.is_dir() or not (videos := _videos(folder)):
        raise SessionFileError(
            f"{folder}: no videos here ({', '.join(VIDEO_SUFFIXES)}). Put the recordings in it first."
        )
    movements = {**builtin_movements(), **_own_movements(folder)}
    lines = [
        'person = ""                      # a name or a code',
        f"date = {dt.date.today().isoformat()}",
        "",
        "# movement: " + ", ".join(movements),
        '# side: "left" or "right" (for tests done once per side); phase: "pre", "baseline" or "retest"',
        "# stiffness, discomfort: 0 (none) to 10 (worst), if it was asked",
    ]
    for video in videos:
        guess = _guess(video.stem, movements)
        lines += ["", "[[trials]]", f"file = {json.dumps(video.name, ensure_ascii=False)}", *guess]
    names = ", ".join(item.name for item in STRETCHES), ", ".join(item.name for item in GRIPS)
    lines += [
        "",
        "# What was done between the tests, if anything:",
        "# [[stretches]]",
        f'# stretch = ""                   # {names[0]}',
        f'# grip = ""                      # {names[1]}',
        '# side = "left"',
    ]
    return "\n".join(lines) + "\n"


def _own_movements(folder: Path) -> dict[str, Movement]:
    """The user's own tests that lie beside the videos, by what ``session.toml`` calls them: the file's name."""
    paths = sorted(path for path in folder.glob("*.toml") if path.name != SESSION_FILE)
    try:
        return {path.name: load_movement(path) for path in paths}
    except MovementError as error:
        raise SessionFileError(f"{error} Correct it, or move the file elsewhere if it is not a movement.") from error


def _guess(name: str, movements: Mapping[str, Movement]) -> list[str]:
    words = name.lower().replace("_", "-").replace(" ", "-")
    hits = [(len(hint), key) for key, item in movements.items() for hint in _hints(item) if hint in words]
    found = max(hits, default=(0, ""), key=itemgetter(0))[1]  # the longest hint: a side lunge is no runner's lunge
    side = next((word for word in Side if word in words), "")
    late = any(word in words for word in ("retest", "re-test", "post", "after"))
    lines = [f'movement = "{found}"' + ("" if found else "   # fill in")]
    if not found or movements[found].sides:
        lines.append(f'side = "{side}"' + ("" if side else "   # fill in"))
    return [*lines, f'phase = "{"retest" if late else "baseline" if "baseline" in words else "pre"}"']


def _hints(movement: Movement) -> tuple[str, ...]:
    return movement.name, *movement.file_words
