"""Puts a benchmark's table into its page of docs/, between two markers, with the machine it ran on."""

from __future__ import annotations

import datetime as dt
import os
import platform
from pathlib import Path

import posecheck

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def write_table(page: str, text: str) -> None:
    """Replace what stands between the markers of a page.

    Raises
    ------
    SystemExit
        The page or its markers are missing.
    """
    path = DOCS / page
    if not path.is_file() or BEGIN not in (old := path.read_text(encoding="utf-8")):
        raise SystemExit(f"{path}: has no line '{BEGIN}', so the table was only printed.")
    head, tail = old.split(BEGIN)[0], old.split(END)[1]
    path.write_text(f"{head}{BEGIN}\n\n{_machine()}\n\n{text}\n\n{END}{tail}", encoding="utf-8")


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
