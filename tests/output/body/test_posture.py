"""A body's own axes are found whatever the camera does, and two bodies are laid over each other by their feet."""

from __future__ import annotations

import numpy as np
import pytest
from fitted_body import seen, standing, turned
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.kinematics.in_space import MAX_DEPTH
from posecheck.output.body.posture import Posture, laid_together, own_axes, posture_of, standing_feet
from posecheck.pose.landmarks import Landmark

EXACT_M = 1e-9
LUNGE = standing(
    left_knee=(0.40, 0.10, -0.12), left_ankle=(0.40, 0.10, -0.54), left_heel=(0.35, 0.1, -0.6),
    left_foot_index=(0.55, 0.1, -0.6), right_knee=(-0.30, -0.1, -0.32), right_ankle=(-0.65, -0.1, -0.52),
    right_heel=(-0.72, -0.1, -0.5), right_foot_index=(-0.55, -0.1, -0.6),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(yaw=st.floats(-180, 180), pitch=st.floats(-30, 30), roll=st.floats(-30, 30))
def test_the_own_axes_do_not_depend_on_the_camera(yaw: float, pitch: float, roll: float) -> None:
    centres = seen(LUNGE, yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, frames=1)
    np.testing.assert_allclose(own_axes(centres)[0], LUNGE, atol=EXACT_M)


def test_forward_is_level_where_the_pelvis_tilts() -> None:
    own = standing(left_hip=(0.0, 0.08, 0.04), right_hip=(0.0, -0.08, -0.04))
    np.testing.assert_allclose(own_axes(seen(own, yaw_deg=50))[0], own, atol=EXACT_M)


def test_the_posture_of_a_hold_is_the_median_in_it() -> None:
    centres = seen(standing(), frames=90)
    centres.xyz_m[60:, :, 2] += 1.0  # after the hold
    centres.xyz_m[35, :, 0] += 5.0  # one picture that went wrong within it
    found = posture_of(centres, 1.0, 1.9)
    assert found is not None
    np.testing.assert_allclose(found.xyz_m, standing(), atol=EXACT_M)


def test_a_hold_between_two_pictures_takes_the_nearest_one() -> None:
    found = posture_of(seen(standing()), 0.51, 0.52)
    assert found is not None
    np.testing.assert_allclose(found.xyz_m, standing(), atol=EXACT_M)


def test_without_hips_there_is_no_posture() -> None:
    centres = seen(standing())
    centres.xyz_m[:] = np.nan
    assert posture_of(centres, 0.0, 2.0) is None


def test_a_body_that_is_too_strange_has_no_posture() -> None:
    centres = seen(standing())
    centres.depth[:] = MAX_DEPTH + 0.1
    assert posture_of(centres, 0.0, 2.0) is None


def test_a_joint_that_was_never_found_is_missing_alone() -> None:
    centres = seen(standing())
    centres.xyz_m[:, 4] = np.nan  # the left wrist
    found = posture_of(centres, 0.0, 2.0)
    assert found is not None
    assert np.isnan(found(Landmark.LEFT_WRIST)).all()
    assert np.isfinite(found(Landmark.RIGHT_WRIST)).all()


@pytest.mark.parametrize(
    ("own", "lies"),
    [
        pytest.param(standing(), False, id="standing"),
        pytest.param(LUNGE, False, id="in a lunge"),
        pytest.param(standing() @ turned(-88).T, True, id="on the back"),
        pytest.param(
            standing(left_shoulder=(0.5, 0.17, -0.05), right_shoulder=(0.5, -0.17, -0.05)), False, id="bent down"
        ),
    ],
)
def test_lying_is_told_from_bending_down(own: np.ndarray, lies: bool) -> None:
    assert Posture(own).lying is lies


def test_bodies_are_drawn_at_one_size_with_their_feet_at_one_place() -> None:
    first, second = Posture(standing()), Posture(1.2 * standing() + np.array([0.3, 0.1, 0.7]))
    placed = laid_together([first, second])
    assert placed[1].size_m == pytest.approx(placed[0].size_m)
    np.testing.assert_allclose(placed[1].xyz_m, placed[0].xyz_m, atol=EXACT_M)
    assert np.nanmin(placed[0].xyz_m[:, 2]) == pytest.approx(0.0)


def test_a_lifted_foot_does_not_count_as_standing() -> None:
    lifted = standing(
        right_knee=(0.42, -0.1, 0.0),
        right_ankle=(0.40, -0.1, -0.42),
        right_heel=(0.35, -0.1, -0.48),
        right_foot_index=(0.55, -0.12, -0.48),
    )
    assert standing_feet(Posture(lifted)) == ("LEFT",)
    both, one = laid_together([Posture(standing()), Posture(lifted)])
    np.testing.assert_allclose(both(Landmark.LEFT_ANKLE), one(Landmark.LEFT_ANKLE), atol=EXACT_M)
