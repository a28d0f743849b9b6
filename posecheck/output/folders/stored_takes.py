"""The takes of a block as they were stored: each with its number, and none of them twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from posecheck.comparison.blocks import same_recording
from posecheck.errors import ComparisonError
from posecheck.language import phrase
from posecheck.output.report.data import LeftOut

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from posecheck.output.folders.trial_folder import StoredTrial
    from posecheck.trial.keys import TrialKey


def check_different(folders: Sequence[Path]) -> None:
    """Refuse a folder that is given twice: it is one take, and would count as two.

    Raises
    ------
    ComparisonError
    """
    places = [path.absolute().resolve() for path in folders]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise ComparisonError(
                phrase(
                    "{folder} is given twice. Each recording counts once, in one block: give each folder once.",
                    folder=folders[number],
                )
            )


def video_name(stored: StoredTrial) -> str:
    """What the video was called, or else the folder."""
    return str(stored.trial.provenance.get("video", stored.path.name))


def each_once(phase: str, block: Sequence[StoredTrial]) -> tuple[list[StoredTrial], list[LeftOut]]:
    """The takes of a block, those that are one and the same recording once; and those that are left out for it."""
    kept: list[StoredTrial] = []
    twice: list[LeftOut] = []
    for stored in numbered(block):
        trial = stored.trial
        first = next((other.trial for other in kept if same_recording(other.trial, trial)), None)
        if first is None:
            kept.append(stored)
            continue
        side = str(trial.key.side or "")
        reason = phrase("the same recording as take {take}", take=first.take)
        twice.append(LeftOut(video_name(stored), trial.movement, side, phase, trial.label, trial.take, reason))
    return kept, twice


def numbered(block: Sequence[StoredTrial]) -> list[StoredTrial]:
    """The trials of a block, takes of one test in order: by their own numbers, or where two are alike as they are given."""
    takes: dict[TrialKey, list[StoredTrial]] = {}
    for stored in block:
        takes.setdefault(stored.trial.key, []).append(stored)
    return [stored for group in takes.values() for stored in _numbered_takes(group)]


def _numbered_takes(takes: Sequence[StoredTrial]) -> list[StoredTrial]:
    if len({stored.trial.take for stored in takes}) == len(takes):
        return sorted(takes, key=lambda stored: stored.trial.take)
    return [replace(stored, trial=replace(stored.trial, take=number)) for number, stored in enumerate(takes, start=1)]
