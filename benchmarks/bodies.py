"""What is found and how far it is off in rendered recordings of many bodies, whose true repetitions and angles are known.

    python -m benchmarks.bodies FOLDER [--points FOLDER] [--jobs 2]

``FOLDER`` holds ``NAME.mp4`` with its truth, ``NAME.json`` and ``NAME.csv``, as the sample videos have it. Body points that
were read before, one result folder a recording, save reading the videos again.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.accuracy_samples import TRUTH_KEYS
from benchmarks.synthetic.motion_names import TESTS
from benchmarks.synthetic.report_truth import HOLD_PHASE
from posecheck.errors import PosecheckError
from posecheck.kinematics.joints import Side
from posecheck.movements import Role, load_movement
from posecheck.output.folders.recording_folder import read_recording_folder
from posecheck.pipeline import read_recording
from posecheck.trial.assess import assess

if TYPE_CHECKING:
    from posecheck.movements import Movement, Outcome
    from posecheck.trial.trial import Trial


@dataclass(frozen=True, slots=True)
class TrueRepetition:
    """When a rendered repetition was held, in seconds, and its true angles by the renderer's names, in degrees."""

    start_s: float
    end_s: float
    degrees: dict[str, float]

    @property
    def middle_s(self) -> float:
        """The middle of the hold."""
        return (self.start_s + self.end_s) / 2


@dataclass(frozen=True, slots=True)
class Rendered:
    """One rendered recording: which test and side it shows, and what is true of it."""

    movement: Movement
    side: Side
    repetitions: tuple[TrueRepetition, ...]

    def truth_deg(self, outcome: Outcome, repetition: TrueRepetition) -> float:
        """True end range of an outcome in the picture's plane; NaN where the truth does not have it."""
        ref = outcome.ref
        if ref.angle == "trunk_lateral_flexion":
            return -ref.factor(self.side) * repetition.degrees["trunk_lat_2d"]
        own = ref.side(self.side)
        name = TRUTH_KEYS.get(ref.angle, "") + (f"_{own[0].upper()}" if own else "") + "_2d"
        return ref.factor(self.side) * repetition.degrees.get(name, float("nan"))


@dataclass(frozen=True, slots=True)
class Score:
    """What was found in one recording. ``errors_deg``: of the primary outcomes of each used repetition."""

    name: str
    test: str
    refused: str = ""
    true: int = 0
    found: int = 0
    used: int = 0
    invented: int = 0
    errors_deg: tuple[float, ...] = ()


def read_truth(video: Path) -> Rendered:
    """Read what is true of a rendered video, from the JSON and the CSV beside it."""
    about = json.loads(video.with_suffix(".json").read_text(encoding="utf-8"))
    with video.with_suffix(".csv").open(encoding="utf-8", newline="") as lines:
        table = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(lines)]
    test, other = TESTS[about["movement"]]
    side = Side.LEFT if about["side"] == "L" else Side.RIGHT
    return Rendered(load_movement(test), side.other if other else side, tuple(_repetitions(table, about)))


def _repetitions(table: list[dict[str, float]], about: dict[str, Any]) -> list[TrueRepetition]:
    values: dict[str, list[float]] = about["truth_end_range_per_rep_deg"]
    found = []
    for k in range(len(next(iter(values.values())))):
        mine = [row for row in table if row["rep"] == k + 1]
        held = [row["time_s"] for row in mine if row["phase"] >= HOLD_PHASE * max(item["phase"] for item in mine)]
        found.append(TrueRepetition(held[0], held[-1], {name: degrees[k] for name, degrees in values.items()}))
    return found


def score(name: str, truth: Rendered, trial: Trial) -> Score:
    """Compare a trial with the truth: each true repetition is found by the one whose span holds its middle."""
    spans = [(item.start_s, item.end_s) for item in trial.repetitions]
    hits = [[k for k, true in enumerate(truth.repetitions) if a <= true.middle_s <= b] for a, b in spans]
    errors = []
    for item, hit in zip(trial.repetitions, hits, strict=True):
        if item.used and len(hit) == 1:
            errors += _errors_deg(truth, item.end_range, truth.repetitions[hit[0]])
    return Score(
        name,
        truth.movement.name,
        true=len(truth.repetitions),
        found=len({k for hit in hits if len(hit) == 1 for k in hit}),
        used=sum(item.used for item in trial.repetitions),
        invented=sum(not hit for hit in hits)
        + max(0, sum(len(hit) for hit in hits) - len({k for h in hits for k in h})),
        errors_deg=tuple(errors),
    )


def _errors_deg(truth: Rendered, end_range: Any, repetition: TrueRepetition) -> list[float]:
    errors = [
        end_range[outcome.name] - truth.truth_deg(outcome, repetition)
        for outcome in truth.movement.outcomes
        if outcome.role is Role.PRIMARY
    ]
    return [error for error in errors if np.isfinite(error)]


def measure(video: Path, points: Path | None = None) -> Score:
    """Measure one rendered video, from the body points in ``points`` where they are."""
    truth = read_truth(video)
    folder = points / video.stem if points else None
    try:
        recording = read_recording_folder(folder, video=video) if folder else read_recording(video)
        return score(video.stem, truth, assess(recording, truth.movement, truth.side).trial)
    except PosecheckError as error:
        return Score(video.stem, truth.movement.name, refused=str(error), true=len(truth.repetitions))


def report(scores: list[Score]) -> str:
    """The table, as Markdown, and what was refused or missed."""
    lines = [
        "| test | recordings | refused | repetitions, true | found | used | invented | error of end range, median | 95 % |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    tests = dict.fromkeys(item.test for item in scores)
    lines += [_row(test, [item for item in scores if item.test == test]) for test in tests]
    lines += [_row("all", scores), ""]
    lines += [f"{item.name}: refused: {item.refused}" for item in scores if item.refused]
    lines += [
        f"{item.name}: {item.found} of {item.true} found, {item.used} used, {item.invented} invented"
        for item in scores
        if not item.refused and (item.invented or not item.true == item.found == item.used)
    ]
    return "\n".join(lines)


def _row(test: str, scores: list[Score]) -> str:
    errors = np.abs([error for item in scores for error in item.errors_deg])
    counts = (
        len(scores),
        sum(bool(item.refused) for item in scores),
        *(sum(getattr(item, name) for item in scores) for name in ("true", "found", "used", "invented")),
    )
    ends = (f"{np.median(errors):.1f}°", f"{np.percentile(errors, 95):.1f}°") if errors.size else ("-", "-")
    return "| " + " | ".join([test, *map(str, counts), *ends]) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--points", type=Path, help="body points that were read before, a result folder a recording")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    videos = sorted(path.with_suffix(".mp4") for path in options.folder.glob("*.json"))
    if options.points:
        videos = [video for video in videos if (options.points / video.stem / "recording.json").is_file()]
    with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        print(report(list(pool.map(partial(measure, points=options.points), videos))))


if __name__ == "__main__":
    main()
