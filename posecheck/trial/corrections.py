"""What a person set right by hand in one recording: kept as such, and said wherever the result is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Self

from posecheck.errors import CorrectionError, RecordingError
from posecheck.kinematics.joints import Side
from posecheck.language import counted, filled, joined, phrase
from posecheck.trial.repetitions import ADDED_REPETITION, ADDED_WORDS, RepetitionTimes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.movements import Movement
    from posecheck.trial.repetitions import Repetition

EXCLUDED_WORDS = phrase("excluded by hand")
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
                raise CorrectionError(phrase("repetitions are counted from 1, got {number}.", number=number))
        object.__setattr__(self, "added", tuple(sorted(self.added, key=lambda times: times.start_s)))
        for number, times in self.times.items():
            _check_times(phrase("repetition {number}", number=number), times)
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
                phrase(
                    "“{test}” is not done once per side, so there is no side to correct; undo that correction.",
                    test=movement.title,
                )
            )

    def phrases(self) -> tuple[str, ...]:
        """What was set right, each for itself: ``1 repetition excluded by hand``; empty for nothing."""
        words = []
        if self.excluded:
            words.append(_excluded_words(len(self.excluded)))
        if self.times:
            words.append(_timed_words(len(self.times)))
        if self.added:
            words.append(_added_words(len(self.added)))
        if self.side is not None:
            words.append(phrase("side set to {side} by hand", side=self.side.words))
        if self.start_s is not None or self.end_s is not None:
            part = _part_words(self.start_s, self.end_s)
            words.append(phrase("only the part {part} used, set by hand", part=part))
        return tuple(words)

    def each(self) -> tuple[OneCorrection, ...]:
        """Every correction by itself, as it can be taken back."""
        found = [
            OneCorrection(f"excluded:{number}", phrase("Repetition {number} excluded by hand", number=number))
            for number in self.excluded
        ]
        found += [
            OneCorrection(f"times:{number}", phrase("Repetition {number}: times set by hand", number=number))
            for number in self.times
        ]
        added = phrase("A repetition from {start:.1f} to {end:.1f} s added by hand")
        found += [
            OneCorrection(f"added:{place}", filled(added, start=item.start_s, end=item.end_s))
            for place, item in enumerate(self.added)
        ]
        if self.side is not None:
            found.append(OneCorrection("side", phrase("Side set to {side} by hand", side=self.side.words)))
        if self.start_s is not None or self.end_s is not None:
            part = _part_words(self.start_s, self.end_s)
            found.append(OneCorrection("part", phrase("Only the part {part} used", part=part)))
        return tuple(found)

    def notes(self) -> tuple[str, ...]:
        """The phrases as one sentence for the reader, empty for nothing."""
        return (phrase("Corrected: {corrections}.", corrections=joined(self.phrases(), "; ")),) if self else ()

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
            raise CorrectionError(
                phrase(
                    "{where}: 'excluded' is {found}, expected a list of repetition numbers.",
                    where=where,
                    found=repr(excluded),
                )
            )
        added = values.get("added") or []
        if not isinstance(added, list | tuple):
            raise CorrectionError(
                phrase(
                    "{where}: 'added' is {found}, expected a list of times of repetitions.",
                    where=where,
                    found=repr(added),
                )
            )
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
            if error.words.startswith(where):
                raise
            raise CorrectionError(phrase("{where}: {words}", where=where, words=error.words)) from error


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
            phrase(
                "repetition {number} was corrected by hand, but only {found} can be found in the part that is used; undo "
                "that correction.",
                number=absent[0],
                found=len(found),
            )
        )
    if not corrections.added and found <= set(corrections.excluded):
        raise RecordingError(
            counted(
                "every repetition ({count} repetition) is excluded by hand, so that nothing is left to measure; undo one of "
                "them, or leave this recording out.",
                "every repetition ({count} repetitions) is excluded by hand, so that nothing is left to measure; undo one "
                "of them, or leave this recording out.",
                count=len(found),
            )
        )
    return tuple(
        replace(item, used=False, reason=EXCLUDED_WORDS, corrected=EXCLUDED_WORDS)
        if item.number in corrections.excluded
        else item
        for item in repetitions
    )


def _excluded_words(count: int) -> str:
    return counted("{count} repetition excluded by hand", "{count} repetitions excluded by hand", count=count)


def _timed_words(count: int) -> str:
    return counted("times of {count} repetition set by hand", "times of {count} repetitions set by hand", count=count)


def _added_words(count: int) -> str:
    return counted("{count} repetition added by hand", "{count} repetitions added by hand", count=count)


def _part_words(start_s: float | None, end_s: float | None) -> str:
    if end_s is None:
        return phrase("from {start:g} s", start=start_s)
    if start_s is None:
        return phrase("up to {end:g} s", end=end_s)
    return phrase("from {start:g} to {end:g} s", start=start_s, end=end_s)


def _check_times(which: str, times: RepetitionTimes) -> None:
    ordered = (times.start_s, times.hold_start_s, times.hold_end_s, times.end_s)
    if not all(math.isfinite(time_s) and time_s >= 0 for time_s in ordered):
        raise CorrectionError(
            phrase("{which}: its times are seconds of the video, 0 or more, got {found}.", which=which, found=ordered)
        )
    if not times.start_s <= times.hold_start_s < times.hold_end_s <= times.end_s:
        raise CorrectionError(
            phrase(
                "{which}: start, hold and end follow one another, got start {start:g}, hold {hold_start:g} to {hold_end:g}, "
                "end {end:g} s.",
                which=which,
                start=times.start_s,
                hold_start=times.hold_start_s,
                hold_end=times.hold_end_s,
                end=times.end_s,
            )
        )


def _check_part(start_s: float | None, end_s: float | None) -> None:
    for words, time_s in (
        (phrase("the start is {time:g} s, expected seconds of the video, 0 or more."), start_s),
        (phrase("the end is {time:g} s, expected seconds of the video, 0 or more."), end_s),
    ):
        if time_s is not None and not (math.isfinite(time_s) and time_s >= 0):
            raise CorrectionError(filled(words, time=time_s))
    if end_s is not None and end_s <= (start_s or 0.0):
        raise CorrectionError(
            phrase("the end, {end:g} s, is not after the start, {start:g} s.", end=end_s, start=start_s or 0.0)
        )


def _mapping(data: object, known: tuple[str, ...] | None, where: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise CorrectionError(phrase("{where} is {found}, expected names with values.", where=where, found=repr(data)))
    if known is not None:
        for key in data:
            if key not in known:
                raise CorrectionError(
                    phrase(
                        "{where}: unknown key '{key}'; known are {known}.", where=where, key=key, known=", ".join(known)
                    )
                )
    return data


def _number_of(value: object, where: str) -> int:
    try:
        if isinstance(value, str | int) and not isinstance(value, bool):
            return int(value)
    except ValueError:
        pass
    raise CorrectionError(phrase("{where}: {found} is not the number of a repetition.", where=where, found=repr(value)))


def _times(item: object, where: str) -> RepetitionTimes:
    names = tuple(each.name for each in fields(RepetitionTimes))
    values = _mapping(item, names, f"{where}: 'times'")
    seconds = {
        name: _seconds(values.get(name), phrase("{where}: '{key}' of a repetition", where=where, key=name))
        for name in names
    }
    missing = [name for name, time_s in seconds.items() if time_s is None]
    if missing:
        raise CorrectionError(phrase("{where}: the times of a repetition lack '{key}'.", where=where, key=missing[0]))
    return RepetitionTimes(**{name: time_s for name, time_s in seconds.items() if time_s is not None})


def _seconds(value: object, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise CorrectionError(phrase("{where} is {found}, expected a number of seconds.", where=where, found=repr(value)))


def _side(value: object, where: str) -> Side | None:
    if value is None:
        return None
    try:
        return Side(str(value))
    except ValueError:
        raise CorrectionError(
            phrase("{where}: 'side' is {found}, expected left or right.", where=where, found=repr(value))
        ) from None
