"""The table of what each part of the correction gains and costs, from the file that the ablations wrote."""

from __future__ import annotations

from typing import Any

ANGLES = ("knee_flexion", "hip_flexion", "trunk_flexion", "hip_abduction")
SIZES = "share of the training bodies"
"""The question whose answers make the training curve."""


def table(rows: list[dict[str, Any]]) -> str:
    """The rows in Markdown: median / 95th percentile of the absolute error, in degrees."""
    lines = ["| question | answer | judged on | learnt from | knee | hip | trunk | abduction | MB | ms | trained |"]
    lines.append("|" + "---|" * 11)
    for row in rows:
        medians, highest = row["median_deg"], row["p95_deg"]
        errors = " | ".join(f"{medians[name]:.1f} / {highest[name]:.0f}" for name in ANGLES)
        cost = f"{row['megabytes']} | {row['ms_per_picture']} | {row['train_s']:.0f} s"
        learnt = f"{row['pictures']} pictures, {row['clips']} clips"
        lines.append(f"| {row['what']} | {row['how']} | {row['judged_on']} | {learnt} | {errors} | {cost} |")
    return "\n".join(lines)


def curve(rows: list[dict[str, Any]]) -> list[tuple[int, dict[str, float]]]:
    """Numbers of training pictures, each with the median error of each angle, in degrees; fewest first."""
    points = [(int(row["pictures"]), dict(row["median_deg"])) for row in rows if row["what"] == SIZES]
    return sorted(points, key=lambda point: point[0])
