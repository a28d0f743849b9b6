"""How far posecheck is off where the truth is known: the tables and plots of docs/accuracy.md.

    python -m benchmarks.accuracy [--points FOLDER] [--jobs 2] [--no-write]
    python -m benchmarks.accuracy --report FOLDER [--ablations FILE] [--jobs 2] [--no-write]
    python -m benchmarks.accuracy --real TRC VIDEO ... [--points FOLDER] [--no-write]

The first measures the sample videos; the second the recordings of the reporting set, rendered before, one folder each
(`benchmarks.synthetic.make_report_set`); the third videos of real people with markers. Each writes its part of the page.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.accuracy_plots import write_plots
from benchmarks.accuracy_samples import samples_report
from benchmarks.correction.ablation_table import table
from benchmarks.docs import write_table
from benchmarks.joint_score import CoverageRow, SwapRow
from benchmarks.real import real_table, score_video
from benchmarks.report_changes import change_rows, verdict_table
from benchmarks.report_coverage import coverage_table
from benchmarks.report_score import RESULT, AngleRow, RecordingScore, frame_of, score_recording
from benchmarks.report_summary import NEAR, RECOMMENDED, changes, outcome_table, promise_table, refusal_table
from benchmarks.stored_points import recording_of
from benchmarks.synthetic.report_set import ReportClip, report_clips
from benchmarks.synthetic.report_truth import TRUTH_FILE
from benchmarks.trc import read_trc

ABLATIONS = Path(__file__).parent / "correction" / "ablations.json"
SAMPLES, REPORTED, REAL = "measured", "reporting set", "real people"
"""Names of the page's parts."""


def main() -> None:
    options = _options()
    if options.real:
        text, part = _real(options.real[0], options.real[1:], options.points), REAL
    elif options.report:
        ablations = json.loads(options.ablations.read_text(encoding="utf-8")) if options.ablations.is_file() else []
        scores = reporting_set(options.report, options.jobs)
        text, part = report_of(scores, ablations, plots=not options.no_write), REPORTED
    else:
        text, part = samples_report(options.jobs, options.points), SAMPLES
    print(text)
    if not options.no_write:
        write_table("accuracy.md", text, part=part)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--report", type=Path, help="the rendered reporting set; default: the sample videos")
    parser.add_argument(
        "--ablations",
        type=Path,
        default=ABLATIONS,
        help="what benchmarks.correction.ablations wrote; default: %(default)s",
    )
    parser.add_argument(
        "--real", nargs="+", type=Path, metavar="FILE", help="markers of a real person (TRC), then the videos of them"
    )
    parser.add_argument(
        "--points", type=Path, help="folder in which body points of videos are kept, to be read once only"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/accuracy.md as it is")
    return parser.parse_args()


def reporting_set(folder: Path, jobs: int) -> list[RecordingScore]:
    """Score every recording of the reporting set that a folder holds.

    Raises
    ------
    SystemExit
        It holds none.
    """
    clips = [clip for clip in report_clips() if (folder / clip.name / TRUTH_FILE).is_file()]
    if not clips:
        raise SystemExit(f"{folder}: holds no recording of the reporting set. Render it first.")
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(partial(_score, folder), clips))


def report_of(scores: list[RecordingScore], ablations: list[dict[str, Any]], *, plots: bool) -> str:
    """The tables of the reporting set and, where wanted, its plots, as Markdown."""
    angles, swaps, joints = (
        frame_of([row for score in scores for row in getattr(score, name)], kind) for name, kind in PARTS.items()
    )
    told = change_rows(scores, changes(angles[angles["source"] == RESULT]))
    tables = [
        _about([score.clip for score in scores]),
        promise_table(angles, swaps),
        outcome_table(angles, RECOMMENDED, "recommended place"),
        outcome_table(angles, NEAR, "10-30° beside it"),
        coverage_table(joints, angles, told),
        verdict_table(told),
        refusal_table(_refused(scores)),
    ]
    if ablations:
        tables.append(table(ablations))
    shown = write_plots(angles, joints, ablations) if plots else []
    return "\n\n".join([*tables, *(f"![{words}](images/{name})" for name, words in shown)])


PARTS = {"angles": AngleRow, "swaps": SwapRow, "coverage": CoverageRow}
"""The kinds of rows of a recording's score."""


def _real(trc: Path, videos: list[Path], points: Path | None) -> str:
    truth = read_trc(trc)
    return "\n\n".join(real_table(video.name, *score_video(recording_of(video, points), truth)) for video in videos)


def _score(folder: Path, clip: ReportClip) -> RecordingScore:
    return score_recording(clip, folder / clip.name)


def _about(clips: list[ReportClip]) -> str:
    pairs, bodies = len({clip.pair for clip in clips}), len({clip.body for clip in clips})
    return f"{len(clips)} recordings of {pairs} pairs, {bodies} bodies."


def _refused(scores: list[RecordingScore]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"test": score.clip.test, "place": str(score.clip.place), "refused": score.refused} for score in scores]
    )


if __name__ == "__main__":
    main()
