from __future__ import annotations

import numpy as np
import pandas as pd
from synthetic import FRONT_VIEW, Rhythm, person, with_exchanged, with_noise

from posecheck.kinematics.angles import compute_angles
from posecheck.kinematics.cleaning import CleaningOptions, clean
from posecheck.kinematics.joints import Plane, Side
from posecheck.kinematics.motion import read_motion
from posecheck.kinematics.swaps import LEGS
from posecheck.kinematics.view import View, detect_view

TIME_S = Rhythm().times()[:90]


def test_the_chain_is_the_view_then_the_cleaning_then_the_angles() -> None:
    series = with_noise(person(TIME_S, left_hip_flexion=40.0), 1.5)
    motion = read_motion(series)
    view = detect_view(series)
    cleaned = clean(series, CleaningOptions(facing=view.facing))
    assert motion.view == view
    assert np.array_equal(motion.clean.landmarks.xy_px, cleaned.landmarks.xy_px, equal_nan=True)
    pd.testing.assert_frame_equal(motion.table.values, compute_angles(cleaned, view).values, check_exact=True)


def test_a_view_that_is_given_is_kept() -> None:
    series = person(TIME_S, turn_deg=FRONT_VIEW)
    assert read_motion(series).view.plane is Plane.FRONTAL
    assert read_motion(series, view=View(Plane.SAGITTAL, -1)).table.view == View(Plane.SAGITTAL, -1)


def test_what_is_known_of_the_legs_settles_which_is_which() -> None:
    lunge = {"left_hip_flexion": -15.0, "right_hip_flexion": 80.0, "right_knee_flexion": 80.0}
    exchanged = with_exchanged(person(TIME_S, **lunge), 0.0, 3.0, LEGS)
    known = read_motion(exchanged, cleaning=CleaningOptions(rear_leg=Side.LEFT))
    assert np.nanmedian(known.table.values["left_hip_flexion_deg"]) < 0
    assert np.nanmedian(read_motion(exchanged).table.values["left_hip_flexion_deg"]) > 0


def test_only_the_angles_that_are_asked_for_are_computed() -> None:
    table = read_motion(person(TIME_S), only={"trunk_flexion", "knee_flexion"}).table
    assert list(table.values) == ["left_knee_flexion_deg", "right_knee_flexion_deg", "trunk_flexion_deg"]
