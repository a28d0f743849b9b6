"""What a recording gains by the bones of others of the same person: whose bones are given, and what is counted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from benchmarks.correction.shared_bones import (
    ALONE,
    HOWS,
    JOINED,
    SHARED,
    TRUE,
    End,
    Fitted,
    bones_rows,
    bones_table,
    lengths_row,
    people_of,
)
from benchmarks.synthetic.report_set import Phase, ReportClip, report_clips
from posecheck.skeleton.bones import BONES, Bones

if TYPE_CHECKING:
    from collections.abc import Sequence

THIGH, SHANK = 0, 1


def fitted(clip: ReportClip, thigh_m: float, *, true_thigh: float = 0.5, seen_s: float = 10.0) -> Fitted:
    """A recording whose bones are all half a metre, but for the thigh; nothing else of it is asked for."""
    lengths, true = np.full(len(BONES), 0.5), np.full(len(BONES), 0.5)
    lengths[THIGH], true[THIGH] = thigh_m, true_thigh
    return Fitted(clip, None, None, Bones(lengths, seen_s), true)  # type: ignore[arg-type]


def recordings(thighs_m: Sequence[float]) -> list[Fitted]:
    first = report_clips()[0]
    return [fitted(replace(first, pair=number), thigh_m) for number, thigh_m in enumerate(thighs_m)]


def test_a_session_gives_the_bones_of_its_other_recordings() -> None:
    found = recordings([0.4, 0.5, 0.6])
    assert people_of(found, found[0])[JOINED]["thigh"] == pytest.approx(0.55)


def test_the_re_test_is_another_session() -> None:
    found = recordings([0.4, 0.5])
    later = fitted(replace(found[0].clip, phase=Phase.RETEST), 0.9)
    assert people_of([*found, later], found[0])[JOINED]["thigh"] == pytest.approx(0.5)
    assert JOINED not in people_of([*found, later], later)


def test_somebody_else_gives_nothing() -> None:
    found = recordings([0.4, 0.4])
    other = fitted(replace(found[0].clip, body=found[0].clip.body + 1), 0.9)
    assert people_of([*found, other], found[0])[SHARED]["thigh"] == pytest.approx(0.4)


def test_true_bones_come_as_large_as_the_recording_s_own() -> None:
    (item,) = [fitted(report_clips()[0], 0.7, true_thigh=1.0)]
    given = people_of([item], item)[TRUE]
    assert given["thigh"] + given["shank"] == pytest.approx(1.2)
    assert given["thigh"] == pytest.approx(2 * given["shank"])


def test_errors_are_counted_at_end_range_and_in_the_change() -> None:
    def ends(how: str, off_deg: float) -> list[End]:
        about = (how, 1), (1, "toe-touch", "hip_flexion", "primary")
        return [End(*about[0], "pre", *about[1], 90 + off_deg, 90.0), End(*about[0], "retest", *about[1], 95.0, 95.0)]

    rows = bones_rows(pd.DataFrame([end for how in HOWS for end in ends(how, 4.0 if how == ALONE else 0.0)]))
    alone, joined = (
        next(row for row in rows if (row.how, row.outcomes) == (how, "primary")) for how in (ALONE, JOINED)
    )
    assert (alone.end_deg[0], alone.change_deg[0]) == (2.0, 4.0)
    assert (joined.end_deg[0], joined.change_deg[0]) == (0.0, 0.0)


def test_what_is_known_of_a_thigh_is_told_apart_from_what_more_recordings_average_out() -> None:
    found = recordings([0.5, 0.52, 0.48])
    lengths = lengths_row(found)
    assert lengths.people == 0.0
    assert lengths.error_between == 0.0
    assert lengths.error_within == pytest.approx(100 * np.std(np.log([0.5, 0.52 / 1.02, 0.48 / 0.98])), abs=0.05)
    assert f"differs from the others by {lengths.error_within:.1f} %" in bones_table(lengths, [])
