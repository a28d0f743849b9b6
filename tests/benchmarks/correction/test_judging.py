"""What judges and calibrates the correction, without the network's training (which needs torch)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_correction import made_correction, made_network
from made_pictures import made_pictures
from scipy.spatial.transform import Rotation

from benchmarks.correction.angles import angle_function
from benchmarks.correction.calibrate import calibrate, coverage
from benchmarks.correction.examples import held_out_bodies, make_examples, rows_of, to_line_of_sight
from benchmarks.correction.judge import angle_errors, judge, swapped_share
from posecheck.kinematics.joints import Side
from posecheck.skeleton.centres import JointCentres


def test_the_line_of_sight_becomes_the_z_axis() -> None:
    hips = np.array([[0.5, -0.2, 2.0], [-1.0, 0.3, 3.0], [0.0, 0.0, 1.0]], dtype=np.float32)
    turned = np.einsum("nij,nj->ni", to_line_of_sight(hips), hips)
    expected = np.linalg.norm(hips, axis=1)[:, None] * [0, 0, 1]
    np.testing.assert_allclose(turned, expected, atol=1e-6)
    np.testing.assert_allclose(np.linalg.det(to_line_of_sight(hips)), 1.0)


def test_a_true_leg_is_one_long_in_the_examples() -> None:
    examples = make_examples(made_pictures())
    thigh = examples.joints[:, 8] - examples.joints[:, 6]
    shank = examples.joints[:, 10] - examples.joints[:, 8]
    legs = np.linalg.norm(thigh, axis=1) + np.linalg.norm(shank, axis=1)
    np.testing.assert_allclose(legs, 1.0, atol=1e-5)


def test_no_moment_reads_another_clip() -> None:
    examples = make_examples(made_pictures())
    rows = rows_of(examples, [2, 3])
    moments = examples.moments(rows, np.array([-0.5, 0.0, 0.5]))
    for neighbours in (moments.lower, moments.upper):
        assert (examples.clip[neighbours] == examples.clip[rows, None]).all()


def test_held_out_bodies_are_whole_and_few() -> None:
    clips = pd.DataFrame({"body": np.repeat(np.arange(40), 3)})
    kept = held_out_bodies(clips)
    assert kept.sum() == 4 * 3
    assert clips["body"][kept].nunique() == 4


def test_without_errors_nothing_is_off() -> None:
    judged = judge(made_correction(), made_pictures())
    # Single precision of the stored points.
    np.testing.assert_allclose(judged.said.xyz_m, judged.true.xyz_m, atol=1e-4)
    assert np.nanmax(np.abs(angle_errors(judged, "knee_flexion").error_deg)) < 0.05


def test_calibrated_intervals_cover_what_they_say_on_other_bodies() -> None:
    far_too_sure = made_correction(made_network(sd=0.002))
    correction = calibrate(far_too_sure, made_pictures(sd_m=0.03, clips=24))
    found = coverage(correction, made_pictures(sd_m=0.03, clips=24, seed=9))
    for name in ("joints", "knee_flexion", "hip_flexion", "trunk_flexion"):
        # At least 1300 values in each set: two standard deviations of the difference of their shares are 0.017.
        assert found[name] == pytest.approx(0.95, abs=0.02), name


def test_angles_do_not_depend_on_how_the_camera_is_tilted() -> None:
    judged = judge(made_correction(), made_pictures())
    tilt = Rotation.from_euler("xz", [20, 15], degrees=True).as_matrix()
    tilted = replace(judged.true, xyz_m=judged.true.xyz_m @ tilt.T, up=judged.true.up @ tilt.T)
    for name in ("trunk_flexion", "knee_flexion", "hip_flexion", "thigh_inclination"):
        compute = angle_function(name, Side.LEFT)
        np.testing.assert_allclose(compute(tilted), compute(judged.true), atol=1e-4)


def test_joint_centres_of_a_standing_body_have_no_bend() -> None:
    judged = judge(made_correction(), made_pictures())
    first = JointCentres(
        *(getattr(judged.true, name)[:1] for name in ("time_s", "xyz_m", "sd_m", "up", "up_sd_deg", "depth"))
    )
    assert angle_function("trunk_flexion", Side.LEFT)(first)[0] == pytest.approx(0.0, abs=0.1)


def test_exchanged_legs_are_counted() -> None:
    true = judge(made_correction(), made_pictures()).true
    apart = true.xyz_m.copy()
    apart[:, 8::2, 2] += 0.2
    wide = replace(true, xyz_m=apart)
    exchanged = apart.copy()
    exchanged[:27, 8:12] = exchanged[:27][:, [9, 8, 11, 10]]
    assert swapped_share(wide, wide) == 0.0
    assert swapped_share(replace(wide, xyz_m=exchanged), wide) == pytest.approx(27 / len(wide.depth))
