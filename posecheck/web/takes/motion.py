"""What a player draws besides the body: the main angles where they are in the picture, and when each repetition was."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.pose.landmarks import SampleState
from posecheck.web.takes.playback import load_playback

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.output.draw.angle_marks import AngleMark
    from posecheck.output.draw.overlay import Reading
    from posecheck.trial.repetitions import Repetition
    from posecheck.web.takes.playback import Playback, Played


def motion_of(played: Played) -> dict[str, Any]:
    """The main angles where they are drawn, and the repetitions, as plain values."""
    return motion_json(load_playback(played))


def motion_json(playback: Playback) -> dict[str, Any]:
    """Angles and repetitions as plain values; nothing of either where the recording could not be measured.

    A mark is its corner in pixels, then the directions of both of its lines (x to the right, y down); null where the angle
    is not seen in the picture.
    """
    from posecheck.output.draw.trial_overlay import TrialOverlay

    if playback.result is None:
        return {"angles": [], "repetitions": []}
    overlay = TrialOverlay.of(playback.result)
    xy_px = playback.result.clean.landmarks.xy_px
    readings = [[curve.reading(row, xy_px[row]) for row in range(len(xy_px))] for curve in overlay.curves]
    return {
        "angles": [_angle(items) for items in readings if items],
        "repetitions": [_repetition(item) for item in playback.result.trial.repetitions],
    }


def _angle(readings: list[Reading]) -> dict[str, Any]:
    return {
        "title": readings[0].name,
        "unit": readings[0].unit,
        "values": [round(item.value, 2) if math.isfinite(item.value) else None for item in readings],
        "filled": [k for k, item in enumerate(readings) if item.state is SampleState.INTERPOLATED],
        "marks": [None if item.mark is None else _mark(item.mark) for item in readings],
    }


def _mark(mark: AngleMark) -> list[float]:
    return [
        *np.round(mark.vertex_px, 1).tolist(),
        *_direction(mark.from_px),
        *_direction(mark.to_px),
    ]


def _direction(line_px: NDArray[np.float64]) -> list[float]:
    return [float(value) for value in np.round(line_px / np.linalg.norm(line_px), 3)]


def _repetition(item: Repetition) -> dict[str, Any]:
    return {
        "number": item.number,
        "start_s": item.start_s,
        "hold_start_s": item.hold_start_s,
        "hold_end_s": item.hold_end_s,
        "end_s": item.end_s,
        "used": item.used,
    }
