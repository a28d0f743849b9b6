"""Plots of docs/accuracy.md, as small SVG files that can be read on light and dark pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from benchmarks.angle_sources import CENTRES, SOURCES
from benchmarks.correction.ablation_table import ANGLES, curve
from benchmarks.docs import DOCS
from benchmarks.joint_score import DEPTHS
from benchmarks.report_coverage import coverage_by_depth
from benchmarks.report_score import HELD, RESULT
from benchmarks.report_summary import changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

PICTURES = DOCS / "images"
COLOURS = {"image": "#777777", "world": "#d08a00", "corrected": "#3b8ed0", "skeleton": "#0a6b3d", RESULT: "#0a6b3d"}
"""Of a source; told apart by eyes that see no red or no green, too."""
MARKS = {"image": "x", "world": "s", "corrected": "^", "skeleton": "o", RESULT: "o"}
YAWS_DEG = (0, 5, 10, 15, 20, 25, 30, 45)
STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text: small files, and fonts of the reader
    "svg.hashsalt": "posecheck",  # the same picture is the same file
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
}


def write_plots(
    angles: pd.DataFrame, joints: pd.DataFrame, ablations: list[dict[str, Any]], folder: Path = PICTURES
) -> list[tuple[str, str]]:
    """Draw all plots into a folder; their file names, each with what it shows.

    Parameters
    ----------
    angles, joints : DataFrame
        Rows of `benchmarks.report_score.AngleRow` and `benchmarks.joint_score.CoverageRow`.
    ablations : list of dict
        As `benchmarks.correction.ablations` writes them; without the training's size there is no training curve.
    folder : Path
        Default: that of the documentation.
    """
    figures = {
        "accuracy-bland-altman.svg": (bland_altman(angles), BLAND_ALTMAN_WORDS),
        "accuracy-yaw.svg": (error_by_yaw(angles), YAW_WORDS),
        "accuracy-coverage.svg": (coverage(joints), COVERAGE_WORDS),
    }
    if curve(ablations):
        figures["accuracy-training.svg"] = training_curve(ablations), TRAINING_WORDS
    for name, (figure, _) in figures.items():
        with mpl.rc_context(STYLE):
            figure.savefig(folder / name, metadata={"Date": None}, facecolor="white")
    return [(name, words) for name, (_, words) in figures.items()]


BLAND_ALTMAN_WORDS = (
    "Measured less true against their mean, primary outcomes from the recommended place: end range on the left, change on "
    "the right. Lines: mean, and mean ± 1.96 standard deviations of what a user gets."
)
YAW_WORDS = "Median absolute error of primary outcomes at end range, by how far the camera is turned out of its place."
COVERAGE_WORDS = "Share of joint coordinates within their stated 95 %, by distance to the training data; 1 is its edge."
TRAINING_WORDS = "Error on bodies that training never saw, by the number of training pictures."


def bland_altman(angles: pd.DataFrame) -> Figure:
    """Difference against mean, of end range and of change: the picture's angles and what a user gets."""
    chosen = angles[(angles["role"] == "primary") & (angles["place"] == "recommended") & (angles["moment"] == HELD)]
    figure, (left, right) = _figure(2)
    for source in ("image", RESULT):
        mine = chosen[chosen["source"] == source]
        _differences(left, source, mine["factor"] * mine["truth_deg"], mine["factor"] * mine["value_deg"])
        both = changes(mine)
        _differences(right, source, both["true_change_deg"], both["change_deg"])
    for axes, words in ((left, "end range"), (right, "change")):
        axes.set(title=words, xlabel="mean of measured and true, degrees", ylabel="measured less true, degrees")
    left.legend(loc="lower left", frameon=False)
    return figure


def _differences(axes: Axes, source: str, true: pd.Series, said: pd.Series) -> None:
    off = (said - true).to_numpy()
    known = np.isfinite(off)
    axes.plot(
        ((said + true) / 2).to_numpy()[known],
        off[known],
        MARKS[source],
        color=COLOURS[source],
        ms=3,
        alpha=0.7,
        label=source,
    )
    if source == RESULT and known.sum() > 1:
        mean, sd = off[known].mean(), off[known].std(ddof=1)
        for level, style in ((mean, "-"), (mean - 1.96 * sd, "--"), (mean + 1.96 * sd, "--")):
            axes.axhline(level, color=COLOURS[source], ls=style, lw=0.8)


def error_by_yaw(angles: pd.DataFrame) -> Figure:
    """Median absolute error of primary outcomes against the camera's yaw, by source."""
    chosen = angles[(angles["role"] == "primary") & (angles["moment"] == HELD) & (angles["place"] != "other side")]
    off = (chosen["value_deg"] - chosen["truth_deg"]).abs().to_numpy()
    which = np.digitize(chosen["yaw_deg"].abs(), YAWS_DEG) - 1
    figure, (axes,) = _figure(1)
    for source in (*SOURCES, RESULT):
        mine = (chosen["source"] == source).to_numpy()
        medians = [_median(off[mine & (which == k)]) for k in range(len(YAWS_DEG) - 1)]
        middles = (np.array(YAWS_DEG[:-1]) + np.array(YAWS_DEG[1:])) / 2
        style = ":" if source == RESULT else "-"
        axes.plot(middles, medians, style, marker=MARKS[source], color=COLOURS[source], ms=4, lw=1.2, label=source)
    axes.set(xlabel="camera out of its place, degrees", ylabel="median absolute error, degrees", ylim=(0, None))
    axes.legend(loc="upper left", frameon=False)
    return figure


def _median(values: NDArray[np.float64]) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")


def coverage(joints: pd.DataFrame) -> Figure:
    """Share within the stated 95 % against the distance to the training data."""
    figure, (axes,) = _figure(1)
    axes.axhspan(92, 98, color="#0a6b3d", alpha=0.12, lw=0)
    axes.axhline(95, color="#777777", lw=0.8)
    edges = (*DEPTHS[:-1], 3.0)  # the last range is open
    for source in CENTRES:
        share = coverage_by_depth(joints, source)
        places = [(low + edges[edges.index(low) + 1]) / 2 for low in share["from_depth"]]
        axes.plot(places, 100 * share["share"], marker=MARKS[source], color=COLOURS[source], ms=4, label=source)
    axes.set(xlabel="distance to the training data", ylabel="within the stated 95 %, %", ylim=(70, 100))
    axes.legend(loc="lower left", frameon=False)
    return figure


def training_curve(ablations: list[dict[str, Any]]) -> Figure:
    """Median error of each angle against the number of training pictures."""
    points = curve(ablations)
    figure, (axes,) = _figure(1)
    for name, mark in zip(ANGLES, "os^x", strict=True):
        errors = [medians[name] for _, medians in points]
        axes.plot([pictures for pictures, _ in points], errors, f"{mark}-", ms=4, lw=1.2, label=name.replace("_", " "))
    axes.set(xscale="log", xlabel="training pictures", ylabel="median absolute error, degrees", ylim=(0, None))
    axes.set_xticks([pictures for pictures, _ in points], [f"{pictures:,}" for pictures, _ in points])
    axes.minorticks_off()
    axes.legend(loc="lower left", frameon=False)
    return figure


def _figure(columns: int) -> tuple[Figure, Sequence[Axes]]:
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(4.2 * columns, 3.2), layout="constrained")
        return figure, figure.subplots(1, columns, squeeze=False)[0]
