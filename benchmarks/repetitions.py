"""Repetitions found, missed and invented in 2,000 made-up signals, whose repetitions are known by construction.

python -m benchmarks.repetitions [--count 2000] [--no-write]
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from benchmarks.docs import write_table
from benchmarks.made_up_signals import KINDS, MadeUpSignal, made_up_signal
from posecheck.errors import RecordingError
from posecheck.kinematics.angles import AngleTable, angle_columns
from posecheck.kinematics.joints import Plane, Side
from posecheck.kinematics.sources import SOURCES
from posecheck.kinematics.view import View
from posecheck.movements import Movement, load_movement
from posecheck.pose.landmarks import SampleState
from posecheck.trial.repetitions import Repetition, find_repetitions


@dataclass(slots=True)
class Score:
    """Counts over signals, and the errors of the end ranges in degrees."""

    signals: int = 0
    true: int = 0
    found: int = 0
    invented: int = 0
    errors_deg: list[float] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Count another signal in."""
        self.signals += 1
        self.true += other.true
        self.found += other.found
        self.invented += other.invented
        self.errors_deg.extend(other.errors_deg)

    @property
    def missed(self) -> int:
        """Repetitions in plain sight that were not found."""
        return self.true - self.found


def score(signal: MadeUpSignal) -> Score:
    """Compare what is found with what was made; hidden repetitions are neither found nor missed."""
    found = [item for item in found_of(signal) if item.used]
    result = Score(1, sum(not item.hidden for item in signal.repetitions))
    taken: set[int] = set()
    for item in found:
        middle_s = (item.hold_start_s + item.hold_end_s) / 2
        k = next((k for k, true in enumerate(signal.repetitions) if true.start_s <= middle_s <= true.end_s), None)
        if k is None or k in taken:
            result.invented += 1
            continue
        taken.add(k)
        if not signal.repetitions[k].hidden:
            result.found += 1
            result.errors_deg.append(abs(item.end_range["hip_flexion"] - signal.repetitions[k].end_deg))
    return result


def found_of(signal: MadeUpSignal) -> tuple[Repetition, ...]:
    """What the finder makes of a signal."""
    try:
        return find_repetitions(_table(signal), _movement(signal.min_deg), Side.RIGHT)
    except RecordingError:
        return ()


def _movement(min_deg: float) -> Movement:
    movement = load_movement("toe-touch")
    return replace(movement, repetition=replace(movement.repetition, min_excursion_deg=min_deg))


def _table(signal: MadeUpSignal) -> AngleTable:
    """A table in which the hip does what the signal says; everything else stands still."""
    index = pd.Index(signal.time_s, name="time_s")
    values = pd.DataFrame(0.0, index=index, columns=[column for _, _, column in angle_columns()])
    values["right_hip_flexion_deg"] = signal.degrees
    states = pd.DataFrame(int(SampleState.MEASURED), index=index, columns=values.columns, dtype=np.int8)
    states[values.isna()] = int(SampleState.MISSING)
    return AngleTable(values, states, {}, "image", View(Plane.SAGITTAL, 1)).in_place_of(SOURCES)


def table(count: int) -> str:
    """The result as Markdown: a row for each kind, and one for all."""
    rows: dict[str, Score] = defaultdict(Score)
    for number in range(count):
        signal = made_up_signal(number)
        result = score(signal)
        for kind in (*signal.kinds, *(("nothing special",) if not signal.kinds else ()), "**all**"):
            rows[kind].add(result)
    head = "| what happens in it | signals | repetitions | found | missed | invented | error: median | 95 % |\n"
    head += "|---|---|---|---|---|---|---|---|\n"
    return head + "\n".join(_row(kind, rows[kind]) for kind in ("nothing special", *KINDS, "**all**"))


def _row(kind: str, result: Score) -> str:
    middle, most = np.percentile(result.errors_deg, [50, 95]) if result.errors_deg else (float("nan"), float("nan"))
    return (
        f"| {kind} | {result.signals} | {result.true} | {result.found} | {result.missed} | {result.invented} "
        f"| {middle:.1f} deg | {most:.1f} deg |"
    )


def main() -> None:
    """Print the table, and put it into the docs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000, help="how many signals")
    parser.add_argument("--no-write", action="store_true", help="only print; leave docs/repetitions.md alone")
    options = parser.parse_args()
    text = table(options.count)
    print(text)
    if not options.no_write:
        write_table("repetitions.md", text)


if __name__ == "__main__":
    main()
