"""Repetitions found, missed and invented, and the error of end range, on recordings that are hard to read.

    python -m benchmarks.hard_recordings [--only WORDS] [--no-write]

The recordings are those of tests/hard_recordings, made from the sample videos by the command of FFmpeg. Each is compared
with the unharmed sample, read in the same way: this is what the harm does, not how far off the sample is itself.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.docs import write_table
from posecheck.pose.estimator import MediaPipeEstimator
from posecheck.pose.model_files import choose_model
from posecheck.settings import load_settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "hard_recordings"))

from hard_measure import Bench
from hard_recipe import LackingError
from hard_tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hard_measure import Finding

HEADING = (
    "| recording | expected | found | missed | invented | error of end range | as expected |\n"
    "|---|---|---|---|---|---|---|"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="words in the names of the recordings to measure; writes nothing")
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/hard-recordings.md as it is")
    options = parser.parse_args()
    with MediaPipeEstimator(choose_model(load_settings())) as estimator:
        findings = list(_findings(Bench(estimator), options.only))
    text = report(findings)
    print(f"\n{text}")
    if not options.no_write and not options.only:
        write_table("hard-recordings.md", text)


def _findings(bench: Bench, only: str) -> Iterator[Finding]:
    """Measure one after the other, and say at once what came of it."""
    for case in (case for table in TABLES.values() for case in table if only in case.name):
        try:
            finding = bench.find(case)
        except LackingError as lack:
            print(f"{case.name}: left out. {lack}", flush=True)
            continue
        print(_row(finding), *finding.faults, sep="\n    ", flush=True)
        yield finding


def report(findings: Sequence[Finding]) -> str:
    """The table, and its sums, as Markdown."""
    return "\n".join([_sums(findings), "", HEADING, *map(_row, findings)])


def _row(finding: Finding) -> str:
    refused = bool(finding.case.refused)
    cells = (
        finding.case.name,
        "a refusal" if refused else str(finding.expected),
        "a refusal" if finding.words else str(finding.found),
        "" if refused else str(finding.missed),
        str(finding.invented),
        f"{finding.error_deg:+.1f}°" if math.isfinite(finding.error_deg) else "",
        "no" if finding.faults else "yes",
    )
    return "| " + " | ".join(cells) + " |"


def _sums(findings: Sequence[Finding]) -> str:
    expected, missed = sum(item.expected for item in findings), sum(item.missed for item in findings)
    invented, wrong = sum(item.invented for item in findings), sum(bool(item.faults) for item in findings)
    errors = np.abs([item.error_deg for item in findings if math.isfinite(item.error_deg)])
    error = f"{np.median(errors):.1f}° in the median, {errors.max():.1f}° at most" if errors.size else "none measured"
    return (
        f"{len(findings)} recordings with {expected} repetitions: {missed} missed, {invented} invented; error of end range "
        f"{error}; {wrong} not as expected."
    )


if __name__ == "__main__":
    main()
