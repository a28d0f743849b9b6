"""How an angle is told: in whole degrees, since no error that posecheck knows of is smaller than one.

Pages, report, PDF and command all ask here, so that no number claims more than its error allows. Tables for programs (CSV,
JSON) keep their decimals. The sign ± is written nowhere: how far a number may be off is told as "give or take" or as its
likely range, both 95 times in 100, and how far repetitions were from each other as their spread.
"""

from __future__ import annotations

import math

from posecheck.language import phrase

MISSING = "–"
"""Told for a number that is not there."""
SIGNS = {"deg": "°", "pct": " %"}
"""What stands after a number of a unit."""


def rounded(value: float, *, sign: bool = False) -> str:
    """``87`` or ``−3``, with ``sign`` also ``+7``: a real minus sign, no minus zero, a dash where it is missing."""
    if not math.isfinite(value):
        return MISSING
    return f"{round(value):{'+' if sign and round(value) else ''}d}".replace("-", "−")


def told(value: float, unit: str = "deg", *, sign: bool = False) -> str:
    """The same with its unit: ``87°``, ``+7°``, ``30 %``."""
    return f"{rounded(value, sign=sign)}{SIGNS[unit]}" if math.isfinite(value) else MISSING


def told_error(error: float | None, unit: str = "deg") -> str:
    """How far a number may be off, rounded up so that it never says less than it is; empty where it is not known."""
    return "" if error is None or not math.isfinite(error) else f"{math.ceil(error)}{SIGNS[unit]}"


def told_spread(sd: float, unit: str = "deg") -> str:
    """How far repetitions were from each other: ``2°``, ``under 1°``, a dash where it is not known."""
    nearly_none = round(sd if math.isfinite(sd) else 1) < 1
    return phrase("under {limit}", limit=f"1{SIGNS[unit]}") if nearly_none else told(sd, unit)


def look_alike(first: float, second: float) -> bool:
    """Whether two numbers are told as the same one, so that words have to say which is larger."""
    return rounded(abs(first)) == rounded(abs(second))
