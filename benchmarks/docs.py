"""Puts a benchmark's table into its page of docs/, between two markers, with the machine it ran on."""

from __future__ import annotations

import datetime as dt
import os
import platform
from pathlib import Path

import posecheck

DOCS = Path(__file__).resolve().parent.parent / "docs"


def write_table(page: str, text: str, *, part: str = "measured") -> None:
    """Replace what stands between two markers of a page.

    Parameters
    ----------
    page : str
        File in docs/.
    text : str
        Markdown.
    part : str
        The markers' own name. Default: that of pages with a single table.

    Raises
    ------
    SystemExit
        The page or its markers are missing.
    """
    path, begin, end = DOCS / page, f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    if not path.is_file() or begin not in (old := path.read_text(encoding="utf-8")):
        raise SystemExit(f"{path}: has no line '{begin}', so the table was only printed.")
    head, tail = old.split(begin)[0], old.split(end)[1]
    path.write_text(f"{head}{begin}\n\n{_machine()}\n\n{text}\n\n{end}{tail}", encoding="utf-8")


def _machine() -> str:
    from importlib.metadata import version

    return (
        f"Measured on {dt.date.today().isoformat()} with posecheck {posecheck.__version__}, mediapipe "
        f"{version('mediapipe')}, Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores of {_processor()}."
    )


def _processor() -> str:
    """What the system calls its processor."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "an unknown processor"
