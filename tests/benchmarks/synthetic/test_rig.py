from __future__ import annotations

import numpy as np
import pytest
from tiny_rig import tiny_rig, tiny_shape

from benchmarks.synthetic.poses.vectors import X, Z, turn
from benchmarks.synthetic.rig import Rig
from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import SWAPPED_JOINTS, joint_index


@pytest.fixture
def rig():
    return tiny_rig()


def at_rest(rig):
    return rig.forward({}, {}, rig.heads_m[0])


def test_a_body_stands_on_the_floor(rig):
    assert rig.rest_m[:, 2].min() == 0
    assert rig.skin(at_rest(rig))[:, 2].min() == pytest.approx(0)


def test_bones_at_rest_are_where_they_were_stored(rig):
    np.testing.assert_allclose(at_rest(rig).positions_m, rig.heads_m, atol=1e-12)


def test_hips_are_moved_to_where_a_hip_joint_is(rig):
    shape = tiny_shape()
    stored = shape["heads"][list(shape["labels"]).index("upperleg01.L")][0]
    assert stored == pytest.approx(0.11)
    assert rig.head("upperleg01.L")[0] == pytest.approx(0.0515 * 1.72)


def test_joint_centres_stand_in_the_order_of_the_skeleton(rig):
    joints = rig.joint_centres(at_rest(rig))
    np.testing.assert_allclose(joints[joint_index(Landmark.RIGHT_KNEE)], rig.head("lowerleg01.R"))
    np.testing.assert_allclose(joints[joint_index(Landmark.LEFT_FOOT_INDEX)], rig.head("toe2-1.L"))
    np.testing.assert_allclose(joints, joints[SWAPPED_JOINTS] * (-1, 1, 1), atol=1e-12)


def test_the_heel_is_the_back_of_the_sole(rig):
    heel = rig.joint_centres(at_rest(rig))[joint_index(Landmark.LEFT_HEEL)]
    assert heel[1:] == pytest.approx([0.07, 0.0])


def test_the_heel_moves_with_the_foot(rig):
    pose = rig.forward({"foot.L": turn(X, 90)}, {}, rig.heads_m[0])
    joints = rig.joint_centres(pose)
    heel, ankle = (joints[joint_index(mark)] for mark in (Landmark.LEFT_HEEL, Landmark.LEFT_ANKLE))
    # With the toes pointing down, the heel is as far above the ankle as it was behind it: 5 cm.
    assert np.linalg.norm(heel - ankle) == pytest.approx(np.linalg.norm(rig.heels_m["L"] - rig.head("foot.L")))
    assert heel[2] - ankle[2] == pytest.approx(0.05, abs=1e-9)


def test_a_bone_follows_its_parent_unless_told(rig):
    turned = turn(Z, 30)
    pose = rig.forward({}, {"lowerleg01.L": turned}, rig.heads_m[0])
    np.testing.assert_allclose(pose.rotations[rig.index["foot.L"]], turned)
    np.testing.assert_allclose(pose.rotations[rig.index["foot.R"]], np.eye(3))


def test_rotations_of_all_bones_give_the_same_pose_again(rig):
    pose = rig.forward({"root": turn(X, 20)}, {"upperleg01.L": turn(X, -70)}, rig.heads_m[0])
    np.testing.assert_allclose(rig.posed(pose.rotations, pose.positions_m[0]).positions_m, pose.positions_m, atol=1e-12)


def test_skin_turns_with_the_whole_body(rig):
    pose = rig.forward({}, {"upperleg01.L": turn(X, -70)}, rig.heads_m[0])
    turned = rig.skin(pose.turned(turn(Z, 40)))
    np.testing.assert_allclose(turned, rig.skin(pose) @ turn(Z, 40).T, atol=1e-9)


def test_contact_points_hold_the_lowest_one(rig):
    for tilt_deg in (0, 40, 100, 200):
        pose = rig.forward({"root": turn(X, tilt_deg)}, {}, rig.heads_m[0])
        assert rig.contact_m(pose)[:, 2].min() == pytest.approx(rig.skin(pose)[:, 2].min(), abs=1e-9)


def test_a_taller_body_has_longer_bones():
    short, tall = Rig(tiny_shape(1.5)), Rig(tiny_shape(1.8))
    assert tall.lengths["thigh.L"] / short.lengths["thigh.L"] == pytest.approx(1.2)
