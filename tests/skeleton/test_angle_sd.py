from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_correction import made_correction

from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.angle_sd import angle_sd_deg
from posecheck.skeleton.centres import JointCentres, joint_index

HIP, KNEE, ANKLE = (joint_index(Landmark[f"LEFT_{part}"]) for part in ("HIP", "KNEE", "ANKLE"))
THIGH_M, SHANK_M = 0.4, 0.5


def bent(sd_m: float = 0.01) -> JointCentres:
    """A left leg bent at a right angle in the plane of the picture, in one picture."""
    xyz = np.zeros((1, 16, 3))
    xyz[0, KNEE], xyz[0, ANKLE] = [0, THIGH_M, 0], [SHANK_M, THIGH_M, 0]
    up = np.array([[0.0, -1.0, 0.0]])
    return JointCentres(np.zeros(1), xyz, np.full((1, 16), sd_m), up, np.array([2.0]), np.zeros(1))


def knee_deg(centres: JointCentres) -> np.ndarray:
    thigh = centres.xyz_m[:, KNEE] - centres.xyz_m[:, HIP]
    shank = centres.xyz_m[:, ANKLE] - centres.xyz_m[:, KNEE]
    cosine = (thigh * shank).sum(axis=1) / np.linalg.norm(thigh, axis=1) / np.linalg.norm(shank, axis=1)
    return np.degrees(np.arccos(cosine))


def shank_against_up_deg(centres: JointCentres) -> np.ndarray:
    shank = centres.xyz_m[:, ANKLE] - centres.xyz_m[:, KNEE]
    return np.degrees(np.arccos((shank * centres.up).sum(axis=1) / np.linalg.norm(shank, axis=1)))


def test_independent_joints_add_up_as_computed_by_hand() -> None:
    # A right angle turns with the hip sideways (1 / thigh), the ankle up and down (1 / shank), and the knee by both.
    by_hand = np.degrees(0.01 * np.sqrt(2 / THIGH_M**2 + 2 / SHANK_M**2))
    assert angle_sd_deg(bent(), knee_deg, made_correction(), name="knee_flexion")[0] == pytest.approx(
        1.5 * by_hand, rel=0.01
    )


def test_joints_that_are_wrong_together_turn_nothing() -> None:
    together = replace(made_correction(), correlation=np.tile(np.eye(3), (16, 16)), angle_scale={"knee_flexion": 1.0})
    assert angle_sd_deg(bent(), knee_deg, together, name="knee_flexion")[0] == pytest.approx(0.0, abs=0.05)


def test_twice_the_doubt_is_twice_the_error() -> None:
    once, twice = (angle_sd_deg(bent(sd), knee_deg, made_correction()) for sd in (0.01, 0.02))
    assert twice == pytest.approx(2 * once)


def test_a_doubtful_vertical_counts_where_the_angle_rests_on_it() -> None:
    sure = replace(bent(sd_m=0.0), up_sd_deg=np.array([2.0]))
    scale = replace(made_correction(), angle_scale={})
    assert angle_sd_deg(sure, shank_against_up_deg, scale)[0] == pytest.approx(2.0, rel=0.01)
    assert angle_sd_deg(sure, knee_deg, scale)[0] == 0.0


def test_an_angle_that_was_not_calibrated_is_doubted_most() -> None:
    correction = replace(made_correction(), angle_scale={"knee_flexion": 1.0, "trunk_flexion": 3.0})
    known, unknown = (angle_sd_deg(bent(), knee_deg, correction, name=name) for name in ("knee_flexion", "another"))
    assert unknown == pytest.approx(3 * known)


def test_no_angle_is_less_known_than_not_at_all() -> None:
    assert angle_sd_deg(bent(sd_m=100.0), knee_deg, made_correction())[0] == pytest.approx(180 / np.sqrt(3))


def test_a_missing_angle_has_no_uncertainty() -> None:
    centres = bent()
    centres.xyz_m[0, ANKLE] = np.nan
    assert np.isnan(angle_sd_deg(centres, knee_deg, made_correction())).all()
