"""Whether the person is in the start position of a test, and still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import Side, mark_of
from posecheck.kinematics.upright import read_turns
from posecheck.kinematics.view import is_lying
from posecheck.language import joined, phrase
from posecheck.live.measure import signal_of
from posecheck.trial.start_position import body_length_px

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.live.measure import Window
    from posecheck.movements import Movement

STILL_S = 0.6
"""The start position is one when it was held for this long (chosen by us)."""
STILL_DEG = 4.0
"""The angle that tells repetitions may wander by this much meanwhile (chosen by us)."""
STILL_SHARE = 0.05
"""And hips, shoulders and ankles by this share of trunk and leg (chosen by us)."""
MIN_SEEN_SHARE = 0.7
"""In this share of the pictures meanwhile, the angle must be seen (chosen by us)."""


def start_problem(window: Window, movement: Movement) -> str:
    """What is wrong with the start position, as a request to the person; empty if nothing is."""
    turned = _turned_camera(window, movement)
    if turned:
        return turned
    if not has_posture(window, movement):
        return movement.instructions.start
    lately = _lately(window)
    for rule in movement.start:
        values = signal_of(window.table, rule.ref, window.tested)[lately]
        known = values[np.isfinite(values)]
        if known.size and not rule.low_deg <= float(np.median(known)) <= rule.high_deg:
            return rule.words
    return ""


def has_posture(window: Window, movement: Movement) -> bool:
    """Whether the person lies in a lying test, and stands in a standing one."""
    return is_lying(window.raw) == movement.lying


def is_still(window: Window, movement: Movement) -> bool:
    """Whether the person has not moved for `STILL_S`, and was seen meanwhile."""
    time_s = window.table.time_s
    lately = _lately(window)
    values = window.signal(movement.repetition.ref)[lately]
    known = np.isfinite(values)
    if time_s[-1] - time_s[0] < STILL_S or known.mean() < MIN_SEEN_SHARE or not known[-1]:
        return False
    xy = window.clean.landmarks.xy_px[lately]
    wander = STILL_SHARE * body_length_px(xy)
    return float(np.ptp(values[known])) <= STILL_DEG and all(_range(xy, part) <= wander for part in _WATCHED)


def _turned_camera(window: Window, movement: Movement) -> str:
    """A request to turn the camera; empty where its picture is right, and in a lying test, before which people stand."""
    turn_deg = 0 if movement.lying else read_turns(window.raw).needed_deg(lying=False)
    if turn_deg == 180:
        return phrase("The picture is upside down. Turn the camera.")
    if not turn_deg:
        return ""
    return joined([movement.instructions.start, phrase("If you stand, turn the camera: its picture lies on its side.")])


_WATCHED = ("hip", "shoulder", "ankle")


def _lately(window: Window) -> NDArray[np.bool_]:
    time_s = window.table.time_s
    return np.asarray(time_s >= time_s[-1] - STILL_S)


def _range(xy: NDArray[np.float64], part: str) -> float:
    """How far the nearer-seen side of a body part wandered, in pixels; 0 if it was not seen."""
    ranges = []
    for side in Side:
        points = xy[:, mark_of(part, side)]
        seen = points[np.isfinite(points).all(axis=1)]
        if len(seen):
            ranges.append(float(np.ptp(seen, axis=0).max()))
    return min(ranges, default=0.0)
