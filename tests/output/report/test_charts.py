"""Charts as SVG: same data same bytes, text stays text, gaps stay gaps, nothing global."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from posecheck.kinematics.angles import AngleTable
from posecheck.kinematics.joints import Plane, Side
from posecheck.kinematics.view import View
from posecheck.movements import builtin_movements
from posecheck.output.report.charts import THEME, angle_chart, chart_words, inline_svg, overlay_curves
from posecheck.pose.landmarks import SampleState
from posecheck.trial.repetitions import Repetition
from posecheck.trial.summary import summarise_outcomes
from posecheck.trial.trial import SetUp, Trial

LUNGE = builtin_movements()["runners-lunge"]


def made_trial(end_range: float = 80.0) -> tuple[AngleTable, Trial]:
    """Two lunges of 4 s whose front hip reaches ``end_range``; a filled and a missing stretch."""
    time_s = np.arange(0, 10, 1 / 30)
    shape = np.clip(2 * np.sin(np.pi * (time_s % 5) / 4), 0, 1) * ((time_s % 5) < 4)
    columns = {outcome.ref.column(Side.LEFT) for outcome in LUNGE.outcomes}
    values = pd.DataFrame({column: end_range * shape for column in columns}, index=pd.Index(time_s, name="time_s"))
    states = pd.DataFrame(0, index=values.index, columns=values.columns, dtype=np.int8)
    states.iloc[20:26] = SampleState.INTERPOLATED
    states.iloc[100:110] = SampleState.MISSING
    values.iloc[100:110] = np.nan
    ends = {outcome.name: end_range for outcome in LUNGE.outcomes} | {"trunk_flexion": float("nan")}
    repetitions = (
        Repetition(1, 0.0, 4.0, 1.0, 3.0, True, ends, {}),
        Repetition(2, 5.0, 9.0, 6.9, 7.1, False, ends, {}),
        Repetition(3, 9.0, 10.0, 9.4, 9.6, False, ends, {}, False, "too short"),
    )
    trial = Trial(
        LUNGE.name,
        LUNGE.title,
        LUNGE.version,
        Side.LEFT,
        True,
        summarise_outcomes(LUNGE, Side.LEFT, repetitions),
        repetitions,
        (),
        (),
        SetUp("side", 1, 0.0, 0.0, 0.7),
    )
    return AngleTable(values, states, {}, "image", View(Plane.SAGITTAL, 1)), trial


def texts(svg: bytes) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_the_same_data_gives_the_same_bytes() -> None:
    table, trial = made_trial()
    assert angle_chart(table, trial) == angle_chart(table, trial)
    first = overlay_curves(table, trial, table, trial, "hip_flexion")
    assert first == overlay_curves(table, trial, table, trial, "hip_flexion")


def test_a_chart_carries_no_date_and_no_address_but_xml_namespaces() -> None:
    table, trial = made_trial()
    svg = angle_chart(table, trial).decode()
    assert "<dc:date>" not in svg
    addresses = set(re.findall(r"https?://[^\"' >]*", svg.split("<svg", 1)[1]))
    assert all(address.startswith("http://www.w3.org/") for address in addresses)


def test_text_stays_text_and_names_every_outcome() -> None:
    table, trial = made_trial()
    words = texts(angle_chart(table, trial))
    assert "Hip extension, rear leg (left)" in words
    assert "Hip flexion, front leg (right)" in words
    assert "Time (s)" in words


def test_an_overlay_names_both_recordings_or_only_the_first() -> None:
    table, trial = made_trial()
    after, retest = made_trial(90.0)
    assert {"Pre-test", "Re-test"} <= set(texts(overlay_curves(table, trial, after, retest, "hip_flexion")))
    alone = texts(overlay_curves(table, trial, None, None, "hip_flexion", names=("Baseline", "Re-test")))
    assert "Baseline" in alone
    assert "Re-test" not in alone


def test_interpolated_stretches_are_dashed() -> None:
    table, trial = made_trial()
    assert b"stroke-dasharray" in overlay_curves(table, trial, None, None, "hip_flexion")
    measured = AngleTable(table.values, table.states * 0, {}, "image", table.view)
    assert b"stroke-dasharray" not in overlay_curves(measured, trial, None, None, "hip_flexion")


def test_missing_stretches_are_gaps() -> None:
    table, trial = made_trial()
    full = AngleTable(table.values.interpolate(), table.states * 0, {}, "image", table.view)
    with_gap = AngleTable(
        table.values, table.states.where(table.states == SampleState.MISSING, 0), {}, "image", table.view
    )
    moves = [overlay_curves(item, trial, None, None, "hip_flexion").count(b"\nM ") for item in (full, with_gap)]
    assert moves[1] > moves[0]


def test_an_outcome_without_any_value_still_gives_a_chart() -> None:
    table, trial = made_trial()
    empty = AngleTable(table.values * np.nan, table.states * 0 + SampleState.MISSING, {}, "image", table.view)
    ends = {outcome.name: float("nan") for outcome in LUNGE.outcomes}
    repetitions = tuple(replace(item, end_range=ends) for item in trial.repetitions)
    blank = replace(trial, repetitions=repetitions, outcomes=summarise_outcomes(LUNGE, Side.LEFT, repetitions))
    for svg in (angle_chart(empty, blank), overlay_curves(empty, blank, empty, blank, "hip_extension")):
        assert "nan" not in "".join(texts(svg)).lower()
    assert "not measured" in chart_words([blank.outcome("hip_extension")])


def test_a_column_that_the_table_lacks_is_left_out() -> None:
    table, trial = made_trial()
    few = AngleTable(table.values[["trunk_flexion_deg"]], table.states[["trunk_flexion_deg"]], {}, "image", table.view)
    assert "Trunk flexion (against the vertical)" in texts(angle_chart(few, trial))
    assert overlay_curves(few, trial, None, None, "hip_flexion").startswith(b"<?xml")


@pytest.mark.parametrize("last_s", [0.6, 0.64, 0.68], ids=["one sample", "two samples", "three samples"])
def test_a_repetition_of_next_to_no_samples_that_were_filled_in_is_drawn(last_s: float) -> None:
    """Times set by hand can be as short as that."""
    table, trial = made_trial()
    states = table.states * 0 + SampleState.INTERPOLATED
    filled = AngleTable(table.values, states, {}, "image", table.view)
    ends = dict.fromkeys((outcome.name for outcome in LUNGE.outcomes), 80.0)
    short = replace(trial, repetitions=(Repetition(1, 0.59, last_s + 0.01, 0.6, 0.6, True, ends, {}),))
    assert overlay_curves(filled, short, filled, short, "hip_flexion").startswith(b"<?xml")


def test_drawing_leaves_the_settings_of_matplotlib_alone() -> None:
    before = dict(mpl.rcParams)
    table, trial = made_trial()
    angle_chart(table, trial)
    assert dict(mpl.rcParams) == before


def test_an_inline_chart_takes_its_colours_from_the_page_and_keeps_its_ids_apart() -> None:
    table, trial = made_trial()
    svg = overlay_curves(table, trial, table, trial, "hip_flexion")
    inline = inline_svg(svg, "c1", 'Says "so" & <more>')
    assert inline.startswith("<svg")
    assert "http" not in inline
    assert "<style" not in inline
    assert not [colour for colour in THEME if colour in inline]
    assert all(name.startswith("c1-") for name in re.findall(r"\bid=\"([^\"]*)\"", inline))
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]*)", inline))
    assert used <= set(re.findall(r"\bid=\"([^\"]*)\"", inline))
    label = ET.fromstring(inline).get("aria-label")
    assert label == 'Says "so" & <more>'


@pytest.mark.parametrize("outcome", ["hip_extension", "hip_flexion"])
def test_small_movement_is_not_blown_up_to_fill_the_axis(outcome: str) -> None:
    table, trial = made_trial(1.0)
    ticks = [
        float(t.replace("−", "-")[:-1]) for t in texts(overlay_curves(table, trial, None, None, outcome)) if "°" in t
    ]
    assert max(ticks) - min(ticks) >= 10
