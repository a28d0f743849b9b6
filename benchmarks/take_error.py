"""How far two takes of the same thing differ: writes the camera's rows, and more, of the table of expected errors.

    python -m benchmarks.take_error TAKES [--points FOLDER] [--jobs 2] [--no-write]

``TAKES`` holds the tuning takes, rendered before (`benchmarks.synthetic.make_report_set --plan takes`). Their body points
are stored, so that this is measured again in minutes once posecheck measures otherwise. The rows are those of camera,
repetitions and sides; repetitions are taken from the sample videos, too. Nothing here is of the reporting set.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from benchmarks.accuracy_samples import measured_samples
from benchmarks.docs import write_table
from benchmarks.synthetic.take_set import MOVED, take_clips
from benchmarks.takes.measured import measured_takes, take_table
from benchmarks.takes.prior_rows import camera_rows, repetition_rows, side_rows, with_rows
from benchmarks.takes.repetition import FREEDOM, PERSON_SD_DEG, Repeated, repeated, trial_rows
from benchmarks.takes.sides import SideError, side_errors
from benchmarks.takes.spread import Growth, Spread, fit_tails, growth_by_test, spreads, take_pairs
from posecheck.comparison import priors

if TYPE_CHECKING:
    from posecheck.comparison.priors import Prior
    from posecheck.trial.trial import Trial

PART = "takes"
"""Name of the part of docs/accuracy.md."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that the takes say, by test and outcome; ``tails``: degrees of freedom that are common to all."""

    takes: pd.DataFrame
    tails: float
    spread: dict[tuple[str, str], Spread]
    growth: dict[str, Growth]
    repetition: dict[tuple[str, str], Repeated]
    sides: dict[tuple[str, str], SideError]

    @property
    def rows(self) -> list[Prior]:
        """The rows of the table of expected errors."""
        return [
            *camera_rows(self.spread, self.growth),
            *repetition_rows(self.repetition, PERSON_SD_DEG, FREEDOM),
            *side_rows(self.sides),
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("takes", type=Path)
    parser.add_argument("--points", type=Path, help="folder in which body points of the sample videos are kept")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-write", action="store_true", help="print only, leave table and page as they are")
    options = parser.parse_args()
    takes = take_table(measured_takes(options.takes, take_clips(), options.jobs))
    found = evidence(takes, [trial for _, trial in measured_samples(options.jobs, options.points)])
    text = report(found)
    print(text)
    if not options.no_write:
        path = Path(priors.__file__).with_name(priors.PRIORS_FILE)
        path.write_text(with_rows(path.read_text(encoding="utf-8"), found.rows), encoding="utf-8")
        write_table("accuracy.md", text, part=PART)


def evidence(takes: pd.DataFrame, samples: list[Trial]) -> Evidence:
    """All that takes and sample videos say.

    Parameters
    ----------
    takes : DataFrame
        As `take_table`.
    samples : list of Trial
        For the repetitions alone.
    """
    pairs = take_pairs(takes)
    found, tails = spreads(pairs), fit_tails(pairs)
    within = pd.concat([takes, trial_rows(samples)], ignore_index=True)
    known = within[[key in found for key in zip(within["test"], within["outcome"], strict=True)]]
    return Evidence(takes, tails, found, growth_by_test(pairs, found, tails), repeated(known), side_errors(takes))


def report(found: Evidence) -> str:
    """The tables, as Markdown."""
    return "\n\n".join([_about(found), _camera_table(found), _growth_table(found), _side_table(found)])


def _about(found: Evidence) -> str:
    clips = found.takes.drop_duplicates(["pair", "side", "phase", "take"])
    measured = found.takes.groupby(["pair", "side", "phase", "take"])["error_deg"].count()
    return (
        f"{len(clips)} takes of {clips['pair'].nunique()} person-tests, {clips['body'].nunique()} bodies; "
        f"{int((measured == 0).sum())} were refused, {int((clips['take'] == MOVED).sum())} filmed from elsewhere. "
        f"Tails as Student's t with {found.tails:.0f} degrees of freedom."
    )


def _camera_table(found: Evidence) -> str:
    lines = [
        "| one take, camera put back, degrees | standard deviation | scale of Student's t | from the median | largest "
        "difference of two | pairs (independent) | repetitions |",
        "|---|---|---|---|---|---|---|",
    ]
    for key, item in found.spread.items():
        within = f"{found.repetition[key].sd_deg:.2f}" if key in found.repetition else "-"
        lines.append(
            f"| {_name(key)} | {item.sd_deg:.2f} | {item.scale_deg:.2f} | {item.robust_deg:.2f} | {item.largest_deg:.1f} | "
            f"{item.pairs} ({item.independent}) | {within} |"
        )
    return "\n".join(lines)


def _growth_table(found: Evidence) -> str:
    lines = [
        "| what a change gains in error, degrees | for each degree turned beyond 5 | for each percent of size beyond 5 | "
        "for each degree tilted beyond 2 |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {test} | {item.per_yaw:.2f} | {item.per_scale:.2f} | {item.per_roll:.2f} |"
        for test, item in found.growth.items()
    ]
    return "\n".join(lines)


def _side_table(found: Evidence) -> str:
    lines = [
        "| right less left, both alike, degrees | leg | standard deviation | scale of Student's t | mean | largest | "
        "people |",
        "|---|---|---|---|---|---|---|",
    ]
    for key, item in found.sides.items():
        lines.append(
            f"| {_name(key)} | {item.near or '-'} | {item.sd_deg:.2f} | {2**0.5 * item.spread.scale_deg:.2f} | "
            f"{item.bias_deg:+.2f} | {item.spread.largest_deg:.1f} | {item.people} |"
        )
    return "\n".join(lines)


def _name(key: tuple[str, str]) -> str:
    return f"{key[0]}: {key[1].replace('_', ' ')}"


if __name__ == "__main__":
    main()
