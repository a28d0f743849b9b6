"""Where the numbers of a report come from: versions, options, and the checksum of every video."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from posecheck.language import first_lower, joined, phrase
from posecheck.output.report.takes import take_name
from posecheck.output.report.wording import SEMICOLON, about

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
            name = joined([item.trial.label, first_lower(take_name(phase, item, block))], ", ")
            test = phrase("{recording} (test version {version})", recording=name, version=item.trial.movement_version)
            rows.append((test, " ".join(part for part in (item.name, f"SHA-256 {video}" if video else "") if part)))
    return tuple(rows)


def provenance_line(data: ReportData) -> str:
    """The same in one line, of each checksum the first digits; empty for nothing."""
    return joined((about(name, _short(value)) for name, value in provenance_rows(data)), SEMICOLON)


def _short(value: str) -> str:
    return re.sub(rf"\b([0-9a-f]{{{SHOWN_DIGITS}}})[0-9a-f]{{{64 - SHOWN_DIGITS}}}\b", r"\1", value)


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        name = f"{prefix}{re.sub('_', ' ', str(key))}"
        if isinstance(value, dict):
            yield from _flat(value, f"{name}: ")
        elif value is not None and value != "" and value == value:  # not NaN
            yield name, f"{value:.3f}" if isinstance(value, float) and math.isfinite(value) else str(value)
