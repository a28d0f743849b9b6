"""The plots of the accuracy page: small, the same each time, and of what the rows say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy_plots import COLOURS, error_by_yaw, training_curve, write_plots
from benchmarks.angle_sources import CENTRES, SOURCES
from benchmarks.correction.ablation_table import ANGLES, SIZES, curve, table
from benchmarks.report_score import HELD, RESULT


def angle_rows() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    rows = [
        {
            "pair": pair,
            "phase": phase,
            "place": "recommended" if pair < 30 else "beside",
            "source": source,
            "moment": HELD,
            "column": "left_hip_flexion_deg",
            "role": "primary",
            "factor": 1.0,
            "yaw_deg": float(pair % 30),
            "truth_deg": 80.0 + pair / 10,
            "value_deg": 80.0 + pair / 10 + rng.normal(0, 2),
        }
        for pair in range(60)
        for phase in ("pre", "retest")
        for source in (*SOURCES, RESULT)
    ]
    return pd.DataFrame(rows)


def coverage_rows() -> pd.DataFrame:
    depths = (0.0, 0.5, 1.0, 2.0)
    return pd.DataFrame(
        [{"source": source, "from_depth": depth, "known": 100, "inside": 95} for source in CENTRES for depth in depths]
    )


def ablation(what: str, pictures: int, error_deg: float) -> dict[str, Any]:
    return {
        "what": what,
        "how": "50%",
        "judged_on": "everything",
        "clips": pictures // 10,
        "pictures": pictures,
        "train_s": 60,
        "megabytes": 4.0,
        "ms_per_picture": 0.5,
        "median_deg": dict.fromkeys(ANGLES, error_deg),
        "p95_deg": dict.fromkeys(ANGLES, 3 * error_deg),
    }


ABLATIONS = [ablation("mirrored pass", 9, 1.0), ablation(SIZES, 60_000, 2.0), ablation(SIZES, 6_000, 4.0)]


def test_plots_are_small_and_the_same_each_time(tmp_path: Path) -> None:
    pages = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        shown = write_plots(angle_rows(), coverage_rows(), ABLATIONS, tmp_path / name)
        pages.append([(tmp_path / name / file).read_bytes() for file, _ in shown])
    assert pages[0] == pages[1]
    assert len(pages[0]) == 4
    assert all(len(page) < 200_000 for page in pages[0])


def test_without_ablations_there_is_no_training_curve(tmp_path: Path) -> None:
    assert len(write_plots(angle_rows(), coverage_rows(), [], tmp_path)) == 3


def test_the_training_curve_goes_from_few_pictures_to_many() -> None:
    assert [(pictures, medians["hip_flexion"]) for pictures, medians in curve(ABLATIONS)] == [
        (6_000, 4.0),
        (60_000, 2.0),
    ]
    (axes,) = training_curve(ABLATIONS).axes
    assert [list(line.get_ydata()) for line in axes.lines] == [[4.0, 2.0]] * len(ANGLES)


def test_the_table_says_what_was_learnt_from_and_what_it_cost() -> None:
    assert "| mirrored pass | 50% | everything | 9 pictures, 0 clips | 1.0 / 3 |" in table(ABLATIONS)
    assert "| 4.0 | 0.5 | 60 s |" in table(ABLATIONS)


def test_error_against_yaw_is_that_of_the_rows() -> None:
    rows = angle_rows()
    rows["value_deg"] = rows["truth_deg"] + np.where(rows["source"] == "image", rows["yaw_deg"].abs() / 5, 1.0)
    lines = {line.get_label(): np.asarray(line.get_ydata()) for line in error_by_yaw(rows).axes[0].lines}
    assert set(lines) == set(COLOURS)
    seen = np.isfinite(lines["skeleton"])
    assert lines["skeleton"][seen] == pytest.approx(1.0)
    assert np.all(np.diff(lines["image"][seen]) > 0)
