"""The files of a comparison: changes.csv, sides.csv, takes.csv, comparison.json, report.html."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from posecheck.comparison.blocks import same_recording
from posecheck.comparison.repeats import own_repeats
from posecheck.errors import StorageError
from posecheck.files import OwnEntry
from posecheck.language import phrase
from posecheck.output.export.csv_export import write_changes_csv, write_sides_csv, write_takes_csv
from posecheck.output.report.html import render_report
from posecheck.output.report.sections import blocks, suggestions
from posecheck.trial.trial import plain_json, trial_from_dict, trial_to_dict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from posecheck.comparison.error_model import OwnRepeats
    from posecheck.output.report.data import ReportData
    from posecheck.trial.trial import Trial

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
        "own_repeats": asdict(data.own_repeats),
        "provenance": dict(data.provenance),
    }
    trials = {
        name.lower(): [{"name": item.name, **trial_to_dict(item.trial)} for item in block]
        for name, block in blocks(data)
    }
    return {"format": FORMAT_VERSION, **plain_json(parts), "trials": trials}


def read_repeats(folder: Path, *, but_not: Sequence[Trial] = ()) -> OwnRepeats:
    """What a stored session says of how well the person repeats a test, from its trials: of any version of posecheck.

    ``but_not`` are the trials that are compared now: a recording is no repeat of itself.

    Raises
    ------
    StorageError
        No result of a session or comparison, or a damaged one.
    """
    file = folder / OwnEntry.COMPARISON
    if not file.is_file():
        raise StorageError(
            phrase(
                "{folder} is no result of a session or comparison: it has no {file}. Give the folder that the session or "
                "comparison made.",
                folder=folder,
                file=str(OwnEntry.COMPARISON),
            )
        )
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))["trials"]
        blocks = [
            [trial_from_dict(item, str(file)) for item in stored.get(name, [])]
            for name in ("pre-test", "baseline", "re-test")
        ]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(phrase("{file}: cannot be read: {error}.", file=file, error=error)) from error
    return own_repeats(*([item for item in block if not _among(item, but_not)] for block in blocks))


def _among(trial: Trial, others: Sequence[Trial]) -> bool:
    return any(same_recording(trial, other) for other in others)
