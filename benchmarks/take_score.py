"""What users are told of the reporting set's pairs, with one take a block and with two, and of left against right.

    python -m benchmarks.take_score REPORT AGAIN [--draws 40] [--jobs 2] [--no-write]

``REPORT`` holds the reporting set, ``AGAIN`` its second takes and other legs (`benchmarks.synthetic.make_report_set --plan
again`). Nothing here decides a number of the product: the table of expected errors rests on other people.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.docs import write_table
from benchmarks.report_score import RecordingScore
from benchmarks.synthetic.report_set import again_clips, report_clips
from benchmarks.takes.measured import measured_takes
from benchmarks.takes.told import told_of_changes, told_of_sides
from benchmarks.takes.told_tables import change_table, outcome_table, side_table, source_lines

PART = "told"
"""Name of the part of docs/accuracy.md."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=Path)
    parser.add_argument("again", type=Path)
    parser.add_argument(
        "--draws", type=int, default=40, help="people that are drawn for each pair; default: %(default)s"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-write", action="store_true", help="print only, leave the page as it is")
    options = parser.parse_args()
    scores = [
        *measured_takes(options.report, report_clips(), options.jobs),
        *measured_takes(options.again, again_clips(), options.jobs),
    ]
    text = report(scores, options.draws)
    print(text)
    if not options.no_write:
        write_table("accuracy.md", text, part=PART)


def report(scores: list[RecordingScore], draws: int) -> str:
    """The tables, as Markdown."""
    changes, sides = told_of_changes(scores, draws), told_of_sides(scores, draws)
    refused = sum(score.trial is None for score in scores)
    about = f"{len(scores)} recordings, {refused} of them refused; {draws} people drawn for each pair."
    return "\n\n".join([about, change_table(changes), source_lines(changes), outcome_table(changes), side_table(sides)])


if __name__ == "__main__":
    main()
