"""The files of a result that can be taken along: tables, report, and everything in one ZIP."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from posecheck.files import OwnEntry, storage_errors
from posecheck.output.export.csv_export import changes_csv, sides_csv, takes_csv
from posecheck.output.folders.comparison_folder import write_comparison_folder
from posecheck.output.folders.trial_folder import ANGLES_FILE, REPETITIONS_FILE
from posecheck.output.report.html import render_report
from posecheck.session import Phase, trial_folder_name
from posecheck.trial.trial import plain_json
from posecheck.web.results.results import build_report

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.output.report.data import LeftOut, ReportData
    from posecheck.output.report.letterhead import Letterhead
    from posecheck.web.results.results import MeasuredTake, SessionInput

STORED = (".mp4", ".jpg", ".parquet", ".pdf")
"""Packed already: stored as they are."""


def download_name(inputs: SessionInput, name: str) -> str:
    """``2026-11-22-anna-changes.csv``: date and person first, so that files of several visits can lie together."""
    return "-".join(filter(None, (inputs.date, name_in_files(inputs.person), name)))


def name_in_files(person: str) -> str:
    """``anna-müller``: a person's name as part of a file's name; empty where nothing of it can be one."""
    return re.sub(r"[^\w]+", "-", person.lower()).strip("-_")[:60]


def content_disposition(name: str) -> str:
    """The header that names a download; letters beyond ASCII are given in the form of RFC 6266 besides."""
    plain = name.encode("ascii", "ignore").decode("ascii").replace('"', "")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


def file_content(inputs: SessionInput, name: str, letterhead: Letterhead) -> str | bytes:
    """Content of a table such as ``changes.csv``, or of ``report.html`` or ``report.pdf``: as the command line writes it."""
    data = replace(build_report(inputs), letterhead=letterhead)
    if name == "changes.csv":
        return changes_csv(data.changes)
    if name == "sides.csv":
        return sides_csv((*data.pre_sides, *data.retest_sides))
    if name == "takes.csv":
        return takes_csv(data)
    return render_report(data) if name == "report.html" else _pdf(data)


def write_angles_zip(inputs: SessionInput, target: Path) -> None:
    """Write angles.csv and repetitions.csv of every take that counts into a ZIP.

    Raises
    ------
    StorageError
        The ZIP cannot be written, or a take's file not be read.
    """
    with storage_errors(target), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for take in inputs.takes:
            for name in (ANGLES_FILE, REPETITIONS_FILE):
                archive.write(take.folder / name, f"{folder_name(take)}/{name}")


def write_session_zip(inputs: SessionInput, letterhead: Letterhead, target: Path) -> None:
    """Write everything of a session into a ZIP: trials, tables, report as page and as PDF, and session.json.

    Raises
    ------
    StorageError
        As `write_angles_zip`.
    """
    data = replace(build_report(inputs), letterhead=letterhead)
    tables = target.with_suffix("")
    with storage_errors(target), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        tables.mkdir()
        for path in write_comparison_folder(tables, data):
            archive.write(path, path.name)
        archive.writestr(OwnEntry.PDF_REPORT, _pdf(data), zipfile.ZIP_STORED)
        archive.writestr(OwnEntry.SESSION, json.dumps(session_to_dict(inputs), indent=2, ensure_ascii=False) + "\n")
        for take in inputs.takes:
            for path in sorted(item for item in take.folder.iterdir() if item.is_file()):
                packing = zipfile.ZIP_STORED if path.suffix in STORED else zipfile.ZIP_DEFLATED
                archive.write(path, f"{OwnEntry.TRIALS}/{folder_name(take)}/{path.name}", packing)


def folder_name(take: MeasuredTake) -> str:
    """``pre-runners-lunge-left``, as in the folder of a session of the command line."""
    return trial_folder_name(take.phase, take.movement, take.side, take.number)


def session_to_dict(inputs: SessionInput) -> dict[str, Any]:
    """The session in the words of a session file (session.toml), as JSON; empty values left out."""
    told: dict[str, Any] = {
        "person": inputs.person,
        "date": inputs.date,
        "title": inputs.title,
        "primary": asdict(inputs.primary) if inputs.primary else None,
        "trials": [
            *(_trial_to_dict(take) for take in sorted(inputs.takes, key=_place)),
            *(_left_out_to_dict(item) for item in inputs.left_out),
        ],
        "stretches": [
            _without_empty(
                {
                    "stretch": item.stretch,
                    "grip": item.grip,
                    "side": item.side,
                    "seconds": item.seconds or None,
                    "stopped_for_pain": item.stopped_for_pain,
                    "note": item.note,
                }
            )
            for item in inputs.stretches
        ],
        "no_stretch": inputs.no_stretch and not inputs.stretches,
        "refused": [{"file": item.file, "reason": item.reason} for item in inputs.refused],
    }
    cleaned: dict[str, Any] = plain_json(_without_empty(told))
    return cleaned


def _place(take: MeasuredTake) -> tuple[int, str, str, int]:
    return list(Phase).index(take.phase), take.movement, take.side, take.number


def _left_out_to_dict(item: LeftOut) -> dict[str, Any]:
    about = {"file": item.file, "movement": item.movement, "side": item.side, "phase": item.phase, "take": item.take}
    return _without_empty({**about, "leave_out": item.reason})


def _trial_to_dict(take: MeasuredTake) -> dict[str, Any]:
    values = {
        "file": take.file_name,
        "movement": take.movement,
        "side": take.side,
        "phase": str(take.phase),
        "take": take.number,
        "stiffness": take.felt.stiffness,
        "discomfort": take.felt.discomfort,
        "note": take.felt.note,
        "folder": f"{OwnEntry.TRIALS}/{folder_name(take)}",
    }
    return _without_empty(values)


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in values.items()
        if value is not None and value is not False and value not in ("", {}, [])
    }


def _pdf(data: ReportData) -> bytes:
    from posecheck.output.report.pdf import render_report_pdf  # what it draws with is loaded when somebody wants one

    return render_report_pdf(data)
