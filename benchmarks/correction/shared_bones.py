"""Whether one recording gains by the bones of a person's other recordings.

    python -m benchmarks.correction.shared_bones FOLDER [--plan report] [--jobs 2] [--no-write]

``FOLDER`` holds recordings that `benchmarks.synthetic.make_report_set` rendered. Each is fitted with bones that it learns by
itself, with those of the other recordings of the same person, and, as the most that any bones could gain, with the true
ones. Angles are read at the pictures that are truly held, none withheld. Writes its table into docs/accuracy.md.
"""

from __future__ import annotations

import argparse
import multiprocessing
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.docs import write_table
from benchmarks.joint_angles import centre_angles
from benchmarks.report_score import median_of
from benchmarks.synthetic.make_report_set import PLANS
from benchmarks.synthetic.report_truth import TRUTH_FILE, read_truth
from posecheck.kinematics.in_space import MAX_DEPTH
from posecheck.movements import Role, load_movement
from posecheck.output.folders.recording_folder import read_recording_folder
from posecheck.skeleton.bones import BONE_INDEX, BONES, BoneLines, Bones
from posecheck.skeleton.correction import correct
from posecheck.skeleton.fit import fit_skeleton
from posecheck.skeleton.problem import FitOptions
from posecheck.trial.reading import read_trial_motion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.synthetic.report_set import ReportClip
    from benchmarks.synthetic.report_truth import TruePoses
    from posecheck.skeleton.centres import JointCentres

ALONE = "its own"
JOINED = "of the others of the session, in metres"
SHARED = "of all the person's, in proportion"
TRUE = "the true ones, in proportion"
FIRM = "the true ones, held four times as firmly"
HOWS = (ALONE, JOINED, SHARED, TRUE, FIRM)
KNOWN_TO = 0.003
"""Share of its length to which a bone counts as known where it is given: as good as fixed."""
LEG = [BONE_INDEX["thigh"], BONE_INDEX["shank"]]
TOLD_BY_TRUTH = [BONE_INDEX[name] for name in ("thigh", "shank", "hip_width", "shoulder_width", "trunk")]
"""Bones that truth and correction end at the same places."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A recording with what its own bones are, fitted and true."""

    clip: ReportClip
    corrected: JointCentres
    poses: TruePoses
    bones: Bones
    true_m: NDArray[np.float64]

    @property
    def leg_m(self) -> float:
        """Thigh and shank, as fitted."""
        return float(self.bones.lengths_m[LEG].sum())

    @property
    def proportions(self) -> NDArray[np.float64]:
        """The bones in legs."""
        return self.bones.lengths_m / self.leg_m


@dataclass(frozen=True, slots=True)
class End:
    """One outcome at end range."""

    how: str
    pair: int
    phase: str
    take: int
    test: str
    outcome: str
    role: str
    value_deg: float
    truth_deg: float


@dataclass(frozen=True, slots=True)
class BonesRow:
    """Errors with bones from somewhere: median and 95th percentile of the absolute error, in degrees."""

    how: str
    outcomes: str
    recordings: int
    end_deg: tuple[float, float]
    change_deg: tuple[float, float]


@dataclass(frozen=True, slots=True)
class LengthsRow:
    """How well the share that the thigh has of the leg is known, in percent of it (standard deviations).

    Attributes
    ----------
    people : float
        What it truly differs by from one person to the next.
    error_between : float
        Error of a person's mean, over people.
    error_within : float
        Error of single recordings about their person's mean: what more recordings average out.
    """

    people: float
    error_between: float
    error_within: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--plan", choices=sorted(PLANS), default="report", help="which recordings the folder holds")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/accuracy.md as it is")
    options = parser.parse_args()
    clips = [clip for clip in PLANS[options.plan]() if (options.folder / clip.name / TRUTH_FILE).is_file()]
    with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(partial(fitted_alone, options.folder), clips, chunksize=4))
        people = [people_of(found, item) for item in found]
        ends = [end for part in pool.map(refitted, found, people, chunksize=4) for end in part]
    text = bones_table(lengths_row(found), bones_rows(pd.DataFrame([asdict(end) for end in ends])))
    print(text)
    if not options.no_write:
        write_table("accuracy.md", text, part="shared bones")


def fitted_alone(folder: Path, clip: ReportClip) -> Fitted:
    """Correct a recording and fit it as the product does."""
    recording, poses = read_recording_folder(folder / clip.name), read_truth(folder / clip.name)
    clean = read_trial_motion(recording.series, load_movement(clip.test), clip.side).clean
    corrected = correct(clean.landmarks if clean.whole is None else clean.whole)
    return Fitted(clip, corrected, poses, fit_skeleton(corrected).bones, _true_m(poses))


def _true_m(poses: TruePoses) -> NDArray[np.float64]:
    """(bones,) true lengths; of a spine that bends its longest."""
    lines = BoneLines()
    lengths = lines.lengths_m(poses.joints_m)
    true = [
        np.nanpercentile(lengths[:, lines.bone == number], 90.0 if bone.shortens else 50.0)
        for number, bone in enumerate(BONES)
    ]
    return np.array(true)


def people_of(found: Sequence[Fitted], item: Fitted) -> dict[str, Bones]:
    """What is given to the fit of a recording, by where the bones are from."""
    mine = [other for other in found if other.clip.body == item.clip.body]
    session = [other.bones for other in mine if other is not item and other.clip.phase == item.clip.phase]
    shared = np.nanmedian([other.proportions for other in mine], axis=0) * item.leg_m
    true = np.full(len(BONES), np.nan)
    true[TOLD_BY_TRUTH] = (item.true_m / item.true_m[LEG].sum() * item.leg_m)[TOLD_BY_TRUTH]
    given = {SHARED: Bones(shared, 0.0), TRUE: Bones(true, 0.0), FIRM: Bones(true, 0.0)}
    if session:
        joined = session[0]
        for bones in session[1:]:
            joined = joined.joined(bones)
        given[JOINED] = joined
    return given


FITS = {
    ALONE: FitOptions(),
    JOINED: FitOptions(),
    SHARED: FitOptions(unknown_length_sd=KNOWN_TO),
    TRUE: FitOptions(unknown_length_sd=KNOWN_TO),
    FIRM: FitOptions(unknown_length_sd=KNOWN_TO, firmness=4.0),
}


def refitted(item: Fitted, given: dict[str, Bones]) -> list[End]:
    """The outcomes of a recording with bones from everywhere; one without another of its session keeps its own."""
    ends: list[End] = []
    for how in HOWS:
        fitted = fit_skeleton(item.corrected, bones=given.get(how), options=FITS[how])
        ends += _ends(how, item, fitted.centres)
    return ends


def _ends(how: str, item: Fitted, centres: JointCentres) -> list[End]:
    clip, poses, movement = item.clip, item.poses, load_movement(item.clip.test)
    xyz_m = np.where((centres.depth <= MAX_DEPTH)[:, None, None], centres.xyz_m, np.nan)
    said = centre_angles(centres.time_s, xyz_m, centres.up)
    true = centre_angles(poses.time_s, poses.joints_m, poses.up)
    ends = []
    for outcome in movement.outcomes:
        column, factor = outcome.ref.column(clip.side), outcome.ref.factor(clip.side)
        if outcome.role is not Role.CONTEXT and column in said:
            values = [factor * median_of(table[column].to_numpy()[poses.held]) for table in (said, true)]
            about = (how, clip.pair, str(clip.phase), clip.take, clip.test, outcome.name, str(outcome.role))
            ends.append(End(*about, *values))
    return ends


ASKED = {
    "primary": lambda ends: ends["role"] == "primary",
    "knee-to-chest": lambda ends: ends["test"] == "knee-to-chest",
    "front hip and knee of the lunge": lambda ends: (
        (ends["test"] == "runners-lunge") & ends["outcome"].isin(("hip_flexion", "front_knee_flexion"))
    ),
}
"""Which outcomes the rows are about."""


def bones_rows(ends: pd.DataFrame) -> list[BonesRow]:
    """Errors of each group of outcomes, with bones from everywhere."""
    rows = []
    for words, chosen in ASKED.items():
        for how in HOWS:
            mine = ends[chosen(ends) & (ends["how"] == how)]
            count = len(mine[["pair", "phase", "take"]].drop_duplicates())
            rows.append(
                BonesRow(how, words, count, _size(mine["value_deg"] - mine["truth_deg"]), _size(_changes(mine)))
            )
    return rows


def _changes(ends: pd.DataFrame) -> pd.Series:
    """Errors of the change from first takes to first takes of the re-test."""
    first = ends[ends["take"] == 1].assign(off=lambda rows: rows["value_deg"] - rows["truth_deg"])
    wide = first.pivot_table(index=["pair", "outcome"], columns="phase", values="off").reindex(
        columns=["pre", "retest"]
    )
    return wide["retest"] - wide["pre"]


def _size(errors: pd.Series) -> tuple[float, float]:
    size = errors.abs().dropna()
    return round(float(size.median()), 2), round(float(size.quantile(0.95)), 1)


def lengths_row(found: Sequence[Fitted]) -> LengthsRow:
    """What recordings know of the thigh's share of the leg."""
    errors, true = defaultdict(list), {}
    for item in found:
        of_leg = np.log(item.true_m[LEG[0]] / item.true_m[LEG].sum())
        true[item.clip.body] = of_leg
        errors[item.clip.body].append(np.log(item.proportions[LEG[0]]) - of_leg)
    means = [np.mean(values) for values in errors.values()]
    within = np.concatenate([np.array(values) - np.mean(values) for values in errors.values()])
    people, between, single = (round(100 * float(np.std(v)), 1) for v in (list(true.values()), means, within))
    return LengthsRow(people, between, single)


def bones_table(lengths: LengthsRow, rows: Sequence[BonesRow]) -> str:
    """The rows in Markdown."""
    lines = ["| outcomes | bones of the skeleton | recordings | end range | change |", "|" + "---|" * 5]
    for row in rows:
        errors = " | ".join(f"{median:.1f} / {high:.1f}" for median, high in (row.end_deg, row.change_deg))
        lines.append(f"| {row.outcomes} | {row.how} | {row.recordings} | {errors} |")
    known = (
        f"The thigh's share of the leg truly differs by {lengths.people:.1f} % from person to person (standard deviation). "
        f"A person's recordings together know it to {lengths.error_between:.1f} %, and each of them differs from the others "
        f"by {lengths.error_within:.1f} %."
    )
    return "\n".join([*lines, "", known])


if __name__ == "__main__":
    main()
