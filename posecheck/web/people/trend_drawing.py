"""Where things stand in the drawing of a trend: sessions by their dates, the band, before and after each stretch."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.comparison.rounding import told
from posecheck.language import dated, filled, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posecheck.web.people.history import Trend

WIDTH, HEIGHT = 340.0, 200.0
"""Of the drawing, in its own units: CSS pixels on a phone."""
LEFT, RIGHT, TOP, BOTTOM = 40.0, 328.0, 8.0, 172.0
LEAST_SPAN_DEG = 20.0
"""As in the report's charts, so that noise of a few degrees does not look like movement (chosen by us)."""
MARGIN_DEG = 3.0
STEPS_DEG = (5.0, 10.0, 20.0, 25.0, 50.0, 100.0)
"""Between lines of the grid."""
DATE_WIDTH = 80.0
"""Dates nearer to each other than this would lie over each other, in any language."""
SIDE_MARGIN = 30.0
"""Left of the first date and right of the last one, for half of its name."""


BEFORE_WORDS = phrase("{date}, before the stretch: {value}")
RETEST_WORDS = phrase("{date}, re-test: {value}")


@dataclass(frozen=True, slots=True)
class Mark:
    """One end range: where it stands, and what is said of it."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class TrendDrawing:
    """What the drawing consists of.

    Attributes
    ----------
    band : (float, float) or None
        Top and height of the smallest detectable change about the first session.
    levels : tuple of (float, str)
        Height and words of each line of the grid.
    dates : tuple of (float, str)
        Those that have room.
    before, retest : tuple of Mark
    pairs : tuple of (Mark, Mark)
        Before and after the stretch of one session.
    """

    band: tuple[float, float] | None
    levels: tuple[tuple[float, str], ...]
    dates: tuple[tuple[float, str], ...]
    before: tuple[Mark, ...]
    retest: tuple[Mark, ...]
    pairs: tuple[tuple[Mark, Mark], ...]

    @property
    def line(self) -> str:
        """Points of the line through what was there before each stretch."""
        return " ".join(f"{mark.x:.1f},{mark.y:.1f}" for mark in self.before)


def draw_trend(trend: Trend) -> TrendDrawing:
    """The drawing of one outcome over the sessions."""
    dates = [visit.session.date for visit in trend.visits]
    values = [
        (block.mean_deg if block else math.nan)
        for visit in trend.visits
        for block in (visit.item.before, visit.item.retest)
    ]
    first = next((value for value in values[::2] if math.isfinite(value)), math.nan)
    edges = (first - trend.mdc95_deg, first + trend.mdc95_deg)
    low, high = _range([*values, *edges])
    places = _places(dates)

    def y(value_deg: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (value_deg - low) / (high - low), 1)

    def mark(x: float, date: str, value_deg: float, words: str) -> Mark | None:
        if not math.isfinite(value_deg):
            return None
        return Mark(x, y(value_deg), filled(words, date=dated(date), value=told(value_deg)))

    before = [mark(x, d, v, BEFORE_WORDS) for x, d, v in zip(places, dates, values[::2], strict=True)]
    retest = [mark(x, d, v, RETEST_WORDS) for x, d, v in zip(places, dates, values[1::2], strict=True)]
    return TrendDrawing(
        (y(edges[1]), round(y(edges[0]) - y(edges[1]), 1)) if math.isfinite(edges[0]) else None,
        tuple((y(level), told(level)) for level in _levels(low, high)),
        tuple(_with_room(places, dates)),
        tuple(filter(None, before)),
        tuple(filter(None, retest)),
        tuple((one, two) for one, two in zip(before, retest, strict=True) if one and two),
    )


def _range(values: Sequence[float]) -> tuple[float, float]:
    known = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(known) - MARGIN_DEG, max(known) + MARGIN_DEG
    missing = max(0.0, LEAST_SPAN_DEG - (high - low)) / 2
    return low - missing, high + missing


def _levels(low: float, high: float) -> Iterator[float]:
    """Round numbers between both, six at most."""
    step = next(step for step in STEPS_DEG if (high - low) / step <= 6)
    level = step * math.ceil(low / step)
    while level <= high:
        yield level
        level += step


def _places(dates: Sequence[str]) -> list[float]:
    """As far from each other as the days are; side by side where all are of one day."""
    days = [dt.date.fromisoformat(date).toordinal() for date in dates]
    if days[0] == days[-1]:
        days = list(range(len(days)))
    span = max(1, days[-1] - days[0])
    left, right = LEFT + SIDE_MARGIN, RIGHT - SIDE_MARGIN
    if len(days) == 1:
        return [round((left + right) / 2, 1)]
    return [round(left + (right - left) * (day - days[0]) / span, 1) for day in days]


def _with_room(places: Sequence[float], dates: Sequence[str]) -> Iterator[tuple[float, str]]:
    """The first and the last date, and of the others those that lie over none."""
    taken = [places[-1]]
    for x, date in zip(places[:-1], dates[:-1], strict=True):
        if all(abs(x - other) >= DATE_WIDTH for other in taken):
            taken.append(x)
            yield x, date
    yield places[-1], dates[-1]
