from __future__ import annotations

import numpy as np
import pytest
from tiny_rig import tiny_rig

from benchmarks.synthetic.poses.clips import EVERYDAY, KINDS, random_clip, random_poses, tremor
from benchmarks.synthetic.poses.truth import angles
from posecheck.errors import PosecheckError

MADE_UP = [kind for kind in KINDS if kind != "mocap"]


@pytest.fixture(scope="module")
def rig():
    return tiny_rig()


@pytest.mark.parametrize("kind", MADE_UP)
def test_every_kind_gives_as_many_poses_as_asked(rig, kind):
    poses = random_poses(kind, rig, np.random.default_rng(1), 7, 10.0)
    assert len(poses) == 7
    assert all(np.isfinite(rig.joint_centres(pose)).all() for pose in poses)


@pytest.mark.parametrize("kind", MADE_UP)
def test_the_same_seed_gives_the_same_clip(rig, kind):
    first, second = (random_poses(kind, rig, np.random.default_rng(5), 3, 10.0) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(rig.joint_centres(one), rig.joint_centres(other))


@pytest.mark.parametrize("kind", MADE_UP)
def test_nobody_is_far_from_the_origin(rig, kind):
    for seed in range(4):
        for pose in random_poses(kind, rig, np.random.default_rng(seed), 3, 3.0):
            joints = rig.joint_centres(pose)
            assert np.abs(joints[:, :2].mean(axis=0)).max() < 0.8
            # Joints lie inside the body: none under the floor.
            assert joints[:, 2].min() > -0.03


@pytest.mark.parametrize("kind", EVERYDAY)
def test_knees_bend_within_their_limits(rig, kind):
    for seed in range(6):
        for pose in random_poses(kind, rig, np.random.default_rng(seed), 4, 3.0):
            found = angles(rig.joint_centres(pose))
            for side in ("left", "right"):
                # Deep squats and sitting on the heels go furthest.
                assert found[f"{side}_knee_flexion_deg"] < 160


@pytest.mark.parametrize("kind", EVERYDAY)
def test_knees_bend_backwards_only(rig, kind):
    for seed in range(4):
        for pose in random_poses(kind, rig, np.random.default_rng(seed), 2, 3.0):
            for side in "LR":
                thigh, shank = (pose.rotations[rig.index[f"{bone}.{side}"]] for bone in ("upperleg01", "lowerleg01"))
                # Against the thigh, a bent shank's end goes towards the back.
                assert ((thigh.T @ shank) @ (0, 0, -1))[1] > -0.2


@pytest.mark.parametrize("kind", MADE_UP)
def test_bodies_move_without_jumps(rig, kind):
    poses = random_poses(kind, rig, np.random.default_rng(2), 40, 100.0)
    steps = np.diff([rig.joint_centres(pose) for pose in poses], axis=0)
    # 12 m/s: no joint of the body is that quick in such movements.
    assert np.linalg.norm(steps, axis=-1).max() < 0.12


def angles_of(kind, rig, seeds):
    poses = [pose for seed in range(seeds) for pose in random_poses(kind, rig, np.random.default_rng(seed), 3, 1.0)]
    return angles(np.array([rig.joint_centres(pose) for pose in poses]))


@pytest.mark.parametrize("kind", ["stand", "one_leg", "sit_to_stand"])
def test_who_stands_has_straight_knees_now_and_then(rig, kind):
    found = angles_of(kind, rig, 12)
    assert min(found["left_knee_flexion_deg"].min(), found["right_knee_flexion_deg"].min()) < 10


@pytest.mark.parametrize("kind", ["squat", "step", "one_leg", "half_kneeling", "kneeling"])
def test_hips_stay_within_their_limits(rig, kind):
    found = angles_of(kind, rig, 12)
    hips = np.concatenate([found["left_hip_flexion_deg"], found["right_hip_flexion_deg"]])
    # Against the line of the trunk, so with the lumbar spine: some 30 degrees more than the hip alone at either end.
    assert hips.min() > -55
    assert hips.max() < 155


def test_who_sits_has_a_seat_under_the_hips(rig):
    clip = random_clip("seated", rig, np.random.default_rng(0), 1, 10.0)
    (seat,) = clip.props
    hip = clip.poses[0].positions_m[rig.index["upperleg01.L"]]
    top = seat.centre_m[2] + seat.size_m[2] / 2
    assert 0 < hip[2] - top < 0.2
    assert abs(hip[1] - seat.centre_m[1]) < seat.size_m[1] / 2


def test_the_thomas_test_has_a_table_and_a_foot_above_the_floor(rig):
    clip = random_clip("thomas", rig, np.random.default_rng(0), 20, 4.0)
    (table,) = clip.props
    assert table.centre_m[2] + table.size_m[2] / 2 > 0.4
    assert min(rig.skin(pose)[:, 2].min() for pose in clip.poses) > 0


def test_tremor_has_the_size_that_was_asked_for():
    # Long enough for its slowest part: a tenth of the standard deviation to spare.
    assert tremor(6000, 30.0, np.random.default_rng(0), 0.5).std() == pytest.approx(0.5, rel=0.1)


def test_an_unknown_kind_names_those_that_there_are(rig):
    with pytest.raises(PosecheckError, match="squat"):
        random_clip("juggling", rig, np.random.default_rng(0), 1, 1.0)


def test_recorded_motion_needs_its_folder(rig):
    with pytest.raises(PosecheckError, match="folder"):
        random_clip("mocap", rig, np.random.default_rng(0), 1, 1.0)
