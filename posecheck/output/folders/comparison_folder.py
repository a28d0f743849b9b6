"""The files of a comparison: changes.csv, sides.csv, takes.csv, comparison.json, report.html."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from posecheck.files import OwnEntry
from posecheck.output.export.csv_export import write_changes_csv, write_sides_csv, write_takes_csv
from posecheck.output.report.html import render_report
from posecheck.output.report.sections import blocks, suggestions
from posecheck.trial.trial import plain_json, trial_to_dict

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.output.report.data import ReportData

FORMAT_VERSION = 1


def write_comparison_folder(folder: Path, data: ReportData) -> tuple[Path, ...]:
    """Write everything that a comparison gives into an existing folder.

    Parameters
    ----------
    folder : Path
        Must exist; making it appear whole or not at all is the caller's (`posecheck.files.new_folder`).
    data : ReportData

    Returns
    -------
    tuple of Path
        The files written.
    """
    names = (OwnEntry.CHANGES, OwnEntry.SIDES, OwnEntry.TAKES, OwnEntry.COMPARISON, OwnEntry.REPORT)
    files = tuple(folder / name for name in names)
    write_changes_csv(data.changes, files[0])
    write_sides_csv((*data.pre_sides, *data.retest_sides), files[1])
    text = json.dumps(comparison_to_dict(data), indent=2, ensure_ascii=False, allow_nan=False)
    write_takes_csv(data, files[2])
    files[3].write_text(text + "\n", encoding="utf-8")
    files[4].write_text(render_report(data), encoding="utf-8")
    return files


def comparison_to_dict(data: ReportData) -> dict[str, Any]:
    """Everything of a session as plain JSON values, pictures and curves left out; missing numbers become null."""
    parts = {
        "title": data.title,
        "person": data.person,
        "pre_date": data.pre_date,
        "retest_date": data.retest_date,
        "changes": [asdict(item) for item in data.changes],
        "baseline_changes": [asdict(item) for item in data.baseline_changes],
        "sides": [asdict(item) for item in (*data.pre_sides, *data.retest_sides)],
        "suggestions": [asdict(item) for item in suggestions(data)],
        "stretches": [asdict(item) for item in data.stretches],
        "refused": [asdict(item) for item in data.refused],
        "left_out": [asdict(item) for item in data.left_out],
        "error_model": asdict(data.error_model),
        "provenance": dict(data.provenance),
    }
    trials = {
        name.lower(): [{"name": item.name, **trial_to_dict(item.trial)} for item in block]
        for name, block in blocks(data)
    }
    return {"format": FORMAT_VERSION, **plain_json(parts), "trials": trials}
