"""What a person set right by hand in one recording: kept as such, and said wherever the result is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Self

from posecheck.errors import CorrectionError, RecordingError
from posecheck.kinematics.joints import Side
from posecheck.trial.repetitions import ADDED_REPETITION, ADDED_WORDS, RepetitionTimes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.movements import Movement
    from posecheck.trial.repetitions import Repetition

EXCLUDED_WORDS = "excluded by hand"
"""How a repetition is marked that a person left out."""


@dataclass(frozen=True, slots=True)
class OneCorrection:
    """A correction that can be taken back by itself.

    ``key`` names it: ``excluded:2``, ``times:2``, ``added:0`` (its place among those added), ``side`` or ``part``.
    """

    key: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """Corrections by hand of one recording.

    Attributes
    ----------
    excluded : tuple of int
        Numbers of repetitions that do not count. Default: none.
    times : mapping of int to RepetitionTimes
        Repetitions by number whose start, end and hold a person set. Default: none.
    added : tuple of RepetitionTimes
        Repetitions that were not found and that a person marked; they are numbered after those that were found, in the order
        of time. Default: none.
    side : Side, optional
        The tested leg. Default: as declared.
    start_s, end_s : float, optional
        The part of the recording that is used, in seconds of the video. Default: all of it.

    Raises
    ------
    CorrectionError
        Times out of order or below 0, or a number below 1.

    Notes
    -----
    Numbers are those of the repetitions found in the part that is used: another part may number them anew.
    """

    excluded: tuple[int, ...] = ()
    times: Mapping[int, RepetitionTimes] = field(default_factory=dict)
    added: tuple[RepetitionTimes, ...] = ()
    side: Side | None = None
    start_s: float | None = None
    end_s: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "excluded", tuple(sorted(set(self.excluded))))
        object.__setattr__(self, "times", dict(sorted(self.times.items())))
        for number in (*self.excluded, *self.times):
            if number < 1:
                raise CorrectionError(f"repetitions are counted from 1, got {number}.")
        object.__setattr__(self, "added", tuple(sorted(self.added, key=lambda times: times.start_s)))
        for number, times in self.times.items():
            _check_times(f"repetition {number}", times)
        for times in self.added:
            _check_times(ADDED_REPETITION, times)
        _check_part(self.start_s, self.end_s)

    def __bool__(self) -> bool:
        return bool(self.phrases())

    def check_side(self, movement: Movement) -> None:
        """Refuse a side for a test that has none.

        Raises
        ------
        RecordingError
            The test is not done once per side.
        """
        if self.side is not None and not movement.sides:
            raise RecordingError(
                f"“{movement.title}” is not done once per side, so there is no side to correct; undo that correction."
            )

    def phrases(self) -> tuple[str, ...]:
        """What was set right, each for itself: ``1 repetition excluded by hand``; empty for nothing."""
        words = []
        if self.excluded:
            words.append(f"{_counted(len(self.excluded))} {EXCLUDED_WORDS}")
        if self.times:
            words.append(f"times of {_counted(len(self.times))} set by hand")
        if self.added:
            words.append(f"{_counted(len(self.added))} {ADDED_WORDS}")
        if self.side is not None:
            words.append(f"side set to {self.side} by hand")
        if self.start_s is not None or self.end_s is not None:
            words.append(f"only the part {_part_words(self.start_s, self.end_s)} used, set by hand")
        return tuple(words)

    def each(self) -> tuple[OneCorrection, ...]:
        """Every correction by itself, as it can be taken back."""
        found = [
            OneCorrection(f"excluded:{number}", f"Repetition {number} {EXCLUDED_WORDS}") for number in self.excluded
        ]
        found += [OneCorrection(f"times:{number}", f"Repetition {number}: times set by hand") for number in self.times]
        found += [
            OneCorrection(f"added:{place}", f"A repetition from {item.start_s:.1f} to {item.end_s:.1f} s {ADDED_WORDS}")
            for place, item in enumerate(self.added)
        ]
        if self.side is not None:
            found.append(OneCorrection("side", f"Side set to {self.side} by hand"))
        if self.start_s is not None or self.end_s is not None:
            found.append(OneCorrection("part", f"Only the part {_part_words(self.start_s, self.end_s)} used"))
        return tuple(found)

    def notes(self) -> tuple[str, ...]:
        """The phrases as one sentence for the reader, empty for nothing."""
        return (f"Corrected: {'; '.join(self.phrases())}.",) if self else ()

    def provenance(self) -> dict[str, Any]:
        """What belongs into a trial's provenance, so that its analysis can be repeated."""
        return {"corrections": self.to_dict()} if self else {}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` reads them back."""
        return {
            "excluded": list(self.excluded),
            "times": {str(number): asdict(times) for number, times in self.times.items()},
            **({"added": [asdict(times) for times in self.added]} if self.added else {}),
            "side": None if self.side is None else str(self.side),
            "start_s": self.start_s,
            "end_s": self.end_s,
        }

    @classmethod
    def from_dict(cls, data: object, where: str = "corrections") -> Self:
        """Read corrections from JSON values; keys left out mean nothing was corrected there.

        Raises
        ------
        CorrectionError
            ``where`` has an unknown key or a wrong value; the message names it.
        """
        known = tuple(item.name for item in fields(cls))
        values = _mapping(data, known, where)
        excluded = values.get("excluded") or []
        if not isinstance(excluded, list | tuple):
            raise CorrectionError(f"{where}: 'excluded' is {excluded!r}, expected a list of repetition numbers.")
        added = values.get("added") or []
        if not isinstance(added, list | tuple):
            raise CorrectionError(f"{where}: 'added' is {added!r}, expected a list of times of repetitions.")
        timed = _mapping(values.get("times") or {}, None, f"{where}: 'times'")
        try:
            return cls(
                excluded=tuple(_number_of(item, f"{where}: 'excluded'") for item in excluded),
                times={_number_of(key, f"{where}: 'times'"): _times(item, where) for key, item in timed.items()},
                added=tuple(_times(item, where) for item in added),
                side=_side(values.get("side"), where),
                start_s=_seconds(values.get("start_s"), f"{where}: 'start_s'"),
                end_s=_seconds(values.get("end_s"), f"{where}: 'end_s'"),
            )
        except CorrectionError as error:
            text = str(error)
            raise CorrectionError(text if text.startswith(where) else f"{where}: {text}") from error


def correct_repetitions(repetitions: Sequence[Repetition], corrections: Corrections) -> tuple[Repetition, ...]:
    """The repetitions with those marked that a person left out.

    Raises
    ------
    RecordingError
        A corrected repetition was not found, or none is left.
    """
    found = {item.number for item in repetitions if item.corrected != ADDED_WORDS}
    absent = sorted({*corrections.excluded, *corrections.times} - found)
    if absent:
        raise RecordingError(
            f"repetition {absent[0]} was corrected by hand, but only {len(found)} can be found in the part that is used; "
            "undo that correction."
        )
    if not corrections.added and found <= set(corrections.excluded):
        raise RecordingError(
            f"every repetition ({_counted(len(found))}) is excluded by hand, so that nothing is left to measure; undo "
            "one of them, or leave this recording out."
        )
    return tuple(
        replace(item, used=False, reason=EXCLUDED_WORDS, corrected=EXCLUDED_WORDS)
        if item.number in corrections.excluded
        else item
        for item in repetitions
    )


def _counted(count: int) -> str:
    return f"{count} repetition{'' if count == 1 else 's'}"


def _part_words(start_s: float | None, end_s: float | None) -> str:
    if end_s is None:
        return f"from {start_s:g} s"
    return f"up to {end_s:g} s" if start_s is None else f"from {start_s:g} to {end_s:g} s"


def _check_times(which: str, times: RepetitionTimes) -> None:
    ordered = (times.start_s, times.hold_start_s, times.hold_end_s, times.end_s)
    if not all(math.isfinite(time_s) and time_s >= 0 for time_s in ordered):
        raise CorrectionError(f"{which}: its times are seconds of the video, 0 or more, got {ordered}.")
    if not times.start_s <= times.hold_start_s < times.hold_end_s <= times.end_s:
        raise CorrectionError(
            f"{which}: start, hold and end follow one another, got start {times.start_s:g}, hold "
            f"{times.hold_start_s:g} to {times.hold_end_s:g}, end {times.end_s:g} s."
        )


def _check_part(start_s: float | None, end_s: float | None) -> None:
    for name, time_s in (("start", start_s), ("end", end_s)):
        if time_s is not None and not (math.isfinite(time_s) and time_s >= 0):
            raise CorrectionError(f"the {name} is {time_s:g} s, expected seconds of the video, 0 or more.")
    if end_s is not None and end_s <= (start_s or 0.0):
        raise CorrectionError(f"the end, {end_s:g} s, is not after the start, {start_s or 0.0:g} s.")


def _mapping(data: object, known: tuple[str, ...] | None, where: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise CorrectionError(f"{where} is {data!r}, expected names with values.")
    if known is not None:
        for key in data:
            if key not in known:
                raise CorrectionError(f"{where}: unknown key '{key}'; known are {', '.join(known)}.")
    return data


def _number_of(value: object, where: str) -> int:
    try:
        if isinstance(value, str | int) and not isinstance(value, bool):
            return int(value)
    except ValueError:
        pass
    raise CorrectionError(f"{where}: {value!r} is not the number of a repetition.")


def _times(item: object, where: str) -> RepetitionTimes:
    names = tuple(each.name for each in fields(RepetitionTimes))
    values = _mapping(item, names, f"{where}: 'times'")
    seconds = {name: _seconds(values.get(name), f"{where}: '{name}' of a repetition") for name in names}
    missing = [name for name, time_s in seconds.items() if time_s is None]
    if missing:
        raise CorrectionError(f"{where}: the times of a repetition lack '{missing[0]}'.")
    return RepetitionTimes(**{name: time_s for name, time_s in seconds.items() if time_s is not None})


def _seconds(value: object, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise CorrectionError(f"{where} is {value!r}, expected a number of seconds.")


def _side(value: object, where: str) -> Side | None:
    if value is None:
        return None
    try:
        return Side(str(value))
    except ValueError:
        raise CorrectionError(f"{where}: 'side' is {value!r}, expected left or right.") from None
