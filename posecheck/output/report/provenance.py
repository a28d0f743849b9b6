"""Where the numbers of a report come from: versions, options, and the checksum of every video."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from posecheck.comparison.verdict import lower_first
from posecheck.output.report.takes import take_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posecheck.output.report.data import ReportData

SHOWN_DIGITS = 12
"""Of a checksum, enough to tell any two videos apart (chosen by us)."""


def provenance_rows(data: ReportData) -> tuple[tuple[str, str], ...]:
    """(what, value) of the session, then the video checksum of every recording."""
    rows = list(_flat({key: value for key, value in data.provenance.items() if key != "videos"}))
    for phase, block in data.blocks:
        for item in block:
            video = item.trial.provenance.get("video_sha256", "")
            name = f"{item.trial.label}, {lower_first(take_name(phase, item, block))}"
            test = f"{name} (test version {item.trial.movement_version})"
            rows.append((test, " ".join(part for part in (item.name, f"SHA-256 {video}" if video else "") if part)))
    return tuple(rows)


def provenance_line(data: ReportData) -> str:
    """The same in one line, of each checksum the first digits; empty for nothing."""
    line = "; ".join(f"{name}: {value}" for name, value in provenance_rows(data))
    return re.sub(rf"\b([0-9a-f]{{{SHOWN_DIGITS}}})[0-9a-f]{{{64 - SHOWN_DIGITS}}}\b", r"\1", line)


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        name = f"{prefix}{re.sub('_', ' ', str(key))}"
        if isinstance(value, dict):
            yield from _flat(value, f"{name}: ")
        elif value is not None and value != "" and value == value:  # not NaN
            yield name, f"{value:.3f}" if isinstance(value, float) and math.isfinite(value) else str(value)
