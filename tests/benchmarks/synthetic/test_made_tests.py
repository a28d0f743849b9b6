from __future__ import annotations

import numpy as np
import pytest
from tiny_rig import tiny_rig

from benchmarks.synthetic.poses.library import TESTS, make_test, random_test
from benchmarks.synthetic.poses.motion import UnreachableTargetError
from benchmarks.synthetic.poses.truth import angles
from posecheck.errors import PosecheckError
from posecheck.skeleton.centres import SWAPPED_JOINTS

# Trunk and pelvis are solved for to a thousandth of a degree, the side lunge's feet to a tenth.
TOLERANCE_DEG = 0.2

# What each target is called among the true angles, with its sign; S is the motion's side, O the other.
MEANT = {
    "toe_touch": {"trunk": ("trunk_flexion", 1), "hip": ("S_hip_flexion", 1), "knee": ("O_knee_flexion", 1)},
    "knee_to_chest": {"hip": ("S_hip_flexion", 1), "knee": ("S_knee_flexion", 1)},
    "lunge": {
        "trunk": ("trunk_flexion", 1),
        "hip_front": ("S_hip_flexion", 1),
        "ext_rear": ("O_hip_flexion", -1),
        "knee_front": ("S_knee_flexion", 1),
    },
    "side_lunge": {"knee": ("S_knee_flexion", 1), "abd": ("O_hip_abduction", 1), "pitch": ("trunk_flexion", 1)},
    "crossover": {"add": ("S_hip_abduction", -1)},
}
NAMES = {"L": ("left", "right"), "R": ("right", "left")}


@pytest.fixture(scope="module", params=[1.5, 1.72, 1.95])
def rig(request):
    return tiny_rig(request.param)


def true_angles(rig, pose, side):
    """Angles with the sides named by their part in the motion."""
    own, other = NAMES[side]
    found = {}
    for name, value in angles(rig.joint_centres(pose)).items():
        words = name.removesuffix("_deg").split("_")
        words[0] = {own: "S", other: "O"}.get(words[0], words[0])
        found["_".join(words)] = float(value)
    return found


@pytest.mark.parametrize("side", ["L", "R"])
@pytest.mark.parametrize("name", MEANT)
def test_the_end_range_has_the_angles_that_were_asked_for(rig, name, side):
    motion = random_test(name, rig, np.random.default_rng(3))
    motion = make_test(name, rig, side, motion.target)
    found = true_angles(rig, motion.at(1.0), side)
    for target, (angle, sign) in MEANT[name].items():
        assert found[angle] * sign == pytest.approx(motion.target[target], abs=TOLERANCE_DEG), target


def test_a_crossover_leans_to_the_side_that_is_not_stretched(rig):
    left, right = (make_test("crossover", rig, side, {"lean": 20.0}) for side in "LR")
    assert true_angles(rig, left.at(1.0), "L")["trunk_lean_left"] == pytest.approx(-20, abs=TOLERANCE_DEG)
    assert true_angles(rig, right.at(1.0), "R")["trunk_lean_left"] == pytest.approx(20, abs=TOLERANCE_DEG)


@pytest.mark.parametrize("name", TESTS)
def test_the_left_is_the_right_in_a_mirror(rig, name):
    left, right = (make_test(name, rig, side, {}) for side in "LR")
    for phase in (0.0, 0.4, 1.0):
        mirrored = rig.joint_centres(right.at(phase))[SWAPPED_JOINTS] * (-1, 1, 1)
        if name != "toe_touch":
            assert (
                not np.allclose(rig.joint_centres(left.at(phase)), rig.joint_centres(right.at(phase)), atol=0.01)
                or phase == 0
            )
        # A tenth of a millimetre: the places are solved for.
        np.testing.assert_allclose(rig.joint_centres(left.at(phase)), mirrored, atol=1e-4)


@pytest.mark.parametrize("name", ["toe_touch", "lunge", "side_lunge", "crossover"])
def test_feet_stand_on_the_floor_all_the_way(rig, name):
    motion = make_test(name, rig, "L", {})
    for phase in np.linspace(0, 1, 6):
        # Half a millimetre of boxes that turn with the bones.
        assert rig.skin(motion.at(phase))[:, 2].min() == pytest.approx(0, abs=5e-4)


@pytest.mark.parametrize("name", ["lunge", "side_lunge", "crossover"])
def test_feet_do_not_slide(rig, name):
    motion = make_test(name, rig, "L", {})
    front = [motion.at(phase).positions_m[rig.index["foot.L"]] for phase in np.linspace(0, 1, 6)]
    np.testing.assert_allclose(front, [front[0]] * 6, atol=1e-6)


def test_bones_keep_their_lengths(rig):
    for name in TESTS:
        pose = make_test(name, rig, "R", {}).at(0.7, np.full(6, 0.5))
        for bone, parent in enumerate(rig.parents):
            if parent >= 0:
                length = np.linalg.norm(pose.positions_m[bone] - pose.positions_m[parent])
                assert length == pytest.approx(np.linalg.norm(rig.heads_m[bone] - rig.heads_m[parent]), abs=1e-9)


def test_a_wobble_moves_the_body_a_little(rig):
    motion = make_test("lunge", rig, "L", {})
    moved = rig.joint_centres(motion.at(0.5, np.ones(6))) - rig.joint_centres(motion.at(0.5))
    assert 1e-4 < np.abs(moved).max() < 0.03


def test_an_unreachable_side_lunge_says_so(rig):
    with pytest.raises(UnreachableTargetError, match="bend the knee less"):
        make_test("side_lunge", rig, "L", {"knee": 120.0, "abd": 10.0})


def test_an_unknown_target_names_those_that_there_are(rig):
    with pytest.raises(PosecheckError, match="trunk, hip, knee"):
        make_test("toe_touch", rig, "L", {"elbow": 3.0})


def test_an_unknown_test_names_those_that_there_are(rig):
    with pytest.raises(PosecheckError, match="toe_touch"):
        make_test("handstand", rig, "L", {})
