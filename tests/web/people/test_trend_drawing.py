"""The drawing of a trend: sessions by their dates, values at their heights, the band about the first session."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import pytest

from posecheck.comparison.blocks import Block
from posecheck.trial.keys import MeasureKey
from posecheck.web.people.history import OutcomeInSession, SessionOutcomes, Trend, Visit
from posecheck.web.people.trend_drawing import BOTTOM, DATE_WIDTH, LEFT, RIGHT, TOP, TrendDrawing, draw_trend

KEY = MeasureKey("toe-touch", None, "hip_flexion")


@dataclass(frozen=True)
class Seen:
    """A session: its date, and the end range before and after the stretch in degrees."""

    date: str
    before_deg: float
    retest_deg: float = math.nan


def drawing(*seen: Seen, mdc_deg: float = 10.0) -> TrendDrawing:
    visits = tuple(
        Visit(
            SessionOutcomes(str(place), item.date, {}),
            OutcomeInSession(
                "Toe touch", 1, ((item.before_deg,),), block(item.before_deg), block(item.retest_deg), None
            ),
            None,
        )
        for place, item in enumerate(seen)
    )
    return draw_trend(Trend(KEY, visits, mdc_deg, ""))


def block(mean_deg: float) -> Block | None:
    return None if math.isnan(mean_deg) else Block(mean_deg, 1.0, 1, ((mean_deg,),))


def test_sessions_are_as_far_apart_as_their_days() -> None:
    first, second, third = drawing(Seen("2026-01-01", 80), Seen("2026-01-11", 80), Seen("2026-02-10", 80)).before
    assert (third.x - second.x) / (second.x - first.x) == pytest.approx(3, rel=0.01)


def test_sessions_of_one_day_stand_side_by_side() -> None:
    places = [mark.x for mark in drawing(Seen("2026-01-01", 80), Seen("2026-01-01", 81), Seen("2026-01-01", 82)).before]
    assert places == sorted(set(places))


def test_more_range_stands_higher_and_the_band_is_about_the_first() -> None:
    drawn = drawing(Seen("2026-01-01", 80, 95), Seen("2026-02-01", 85))
    first, second = drawn.before
    (retest,) = drawn.retest
    assert retest.y < second.y < first.y
    assert drawn.band is not None
    top, height = drawn.band
    assert top + height / 2 == pytest.approx(first.y, abs=0.2)
    assert drawn.pairs == ((first, retest),)
    assert retest.words == "2026-01-01, re-test: 95°"


@pytest.mark.parametrize("mdc_deg", [0.5, 10.0, 60.0])
def test_everything_is_within_the_drawing(mdc_deg: float) -> None:
    drawn = drawing(Seen("2026-01-01", -20, 3), Seen("2026-01-02", 160), Seen("2026-12-31", 4), mdc_deg=mdc_deg)
    assert all(LEFT <= mark.x <= RIGHT and TOP <= mark.y <= BOTTOM for mark in (*drawn.before, *drawn.retest))
    assert drawn.band is not None
    assert drawn.band[0] >= TOP
    assert sum(drawn.band) <= BOTTOM
    assert 2 <= len(drawn.levels) <= 7


def test_dates_do_not_lie_over_each_other() -> None:
    drawn = drawing(*(Seen(f"2026-01-{day:02d}", 80) for day in range(1, 31)))
    places = sorted(x for x, _ in drawn.dates)
    assert all(right - left >= DATE_WIDTH for left, right in pairwise(places))
    assert {date for _, date in drawn.dates} >= {"2026-01-01", "2026-01-30"}


def test_what_was_not_measured_is_not_drawn() -> None:
    drawn = drawing(Seen("2026-01-01", math.nan, math.nan), mdc_deg=math.nan)
    assert (drawn.band, drawn.before, drawn.retest, drawn.pairs) == (None, (), (), ())
