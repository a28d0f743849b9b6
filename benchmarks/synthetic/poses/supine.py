"""Lying on the back: how a body has to be turned so that it lies flat, and legs set against the line of its trunk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.synthetic.poses.motion import CLOTH_M
from benchmarks.synthetic.poses.poser import Figure
from benchmarks.synthetic.poses.vectors import X, across, turn, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.synthetic.rig import Pose, Rig

    Array = NDArray[np.float64]

FACE_UP: Array = np.array([[1.0, 0, 0], [0, 0, 1.0], [0, -1.0, 0]])
"""From standing to lying: head towards +y, face up."""

BUTTOCKS = ("root", "pelvis", "spine05")
UPPER_BACK = ("spine01", "spine02", "shoulder", "clavicle")

REST_KNEE_DEG = 3.0
TOES_DEG = 18.0
"""A relaxed foot's toes point away (chosen by us)."""


@dataclass(frozen=True, slots=True)
class LyingFlat:
    """How a body lies flat: the pitch of the whole, the resting legs' hip flexion and the neck's, in degrees."""

    pitch_deg: float = 0.0
    rest_hip_deg: float = 0.0
    neck_deg: float = 0.0

    @property
    def turned(self) -> Array:
        """Rotation from the upright figure to the lying one."""
        return FACE_UP @ turn(X, self.pitch_deg)


@lru_cache(maxsize=8)
def lie_flat(rig: Rig) -> LyingFlat:
    """Turn until buttocks and upper back touch the floor together, then lower heels and head on to it."""
    flat = LyingFlat()
    for _ in range(4):
        buttock, back = (_lowest(rig, flat, *part) for part in (BUTTOCKS, UPPER_BACK))
        slope = np.degrees(np.arctan2(back[2] - buttock[2], back[1] - buttock[1]))
        flat = LyingFlat(flat.pitch_deg - float(slope))
    leg_m = rig.lengths["thigh.L"] + rig.lengths["shank.L"]
    for _ in range(4):
        floor = min(_lowest(rig, flat, *part)[2] for part in (BUTTOCKS, UPPER_BACK))
        heel, head = _lowest(rig, flat, "foot")[2] - floor, _lowest(rig, flat, "head")[2] - floor
        hip = flat.rest_hip_deg - float(np.degrees(heel / leg_m))
        flat = LyingFlat(flat.pitch_deg, hip, flat.neck_deg - float(np.degrees(head / (0.30 * rig.scale))))
    return flat


def supine_figure(rig: Rig, flat: LyingFlat, pelvis_tilt_deg: float = 0.0) -> Figure:
    """An upright figure that lies flat once it is turned; the pelvis tilts backwards, the spine makes up for it."""
    figure = Figure(rig, turn(X, -pelvis_tilt_deg))
    figure.bend(0.9 * pelvis_tilt_deg, neck_deg=flat.neck_deg)
    return figure


def lying_thigh(figure: Figure, hip_deg: float) -> Array:
    """Direction of a thigh whose hip is flexed so far against the line of the trunk."""
    shoulders = figure.shoulders()
    trunk = shoulders["L"] + shoulders["R"] - figure.hip("L") - figure.hip("R")
    return np.asarray(turn(X, -hip_deg) @ -across(trunk, unit(figure.hip("L") - figure.hip("R"))))


def put_down(rig: Rig, flat: LyingFlat, upright: Pose) -> Pose:
    """An upright pose laid on its back, the trunk on the floor."""
    pose = upright.turned(flat.turned)
    trunk = rig.contact_m(pose)[rig.contact_of(*BUTTOCKS, *UPPER_BACK)]
    return pose.moved(np.array([0.0, 0.0, CLOTH_M - trunk[:, 2].min()]))


def _lowest(rig: Rig, flat: LyingFlat, *bones: str) -> Array:
    """The lowest point of some bones' skin while the body lies with both legs straight."""
    figure = supine_figure(rig, flat)
    for side in "LR":
        figure.leg(side, lying_thigh(figure, flat.rest_hip_deg), X, REST_KNEE_DEG)
        figure.foot_after_shank(side, TOES_DEG, 12)
    points = rig.contact_m(figure.pose().turned(flat.turned))[rig.contact_of(*bones)]
    return np.asarray(points[points[:, 2].argmin()])
