from __future__ import annotations

import numpy as np
import pytest
from tiny_rig import tiny_rig

from benchmarks.synthetic.poses.clips import random_poses
from benchmarks.synthetic.poses.mocap import read_trial, retargeted
from benchmarks.synthetic.poses.truth import angles
from posecheck.errors import PosecheckError
from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import joint_index

# A skeleton as the CMU database writes it: thighs splayed by 20 degrees at rest, knees about an axis splayed with them.
BONES = [
    ("lhipjoint", "root", (0.65, -0.71, 0.25), 2.5, "0 0 0", ""),
    ("lfemur", "lhipjoint", (0.34202, -0.939693, 0), 7.6, "0 0 20", "rx ry rz"),
    ("ltibia", "lfemur", (0.34202, -0.939693, 0), 7.3, "0 0 20", "rx"),
    ("lfoot", "ltibia", (0.0887, -0.2437, 0.9658), 2.2, "-90 0 20", "rx rz"),
    ("rhipjoint", "root", (-0.65, -0.71, 0.25), 2.5, "0 0 0", ""),
    ("rfemur", "rhipjoint", (-0.34202, -0.939693, 0), 7.6, "0 0 -20", "rx ry rz"),
    ("rtibia", "rfemur", (-0.34202, -0.939693, 0), 7.3, "0 0 -20", "rx"),
    ("rfoot", "rtibia", (-0.0887, -0.2437, 0.9658), 2.2, "-90 0 -20", "rx rz"),
    ("lowerback", "root", (0, 1, 0), 2.0, "0 0 0", "rx ry rz"),
    ("upperback", "lowerback", (0, 1, 0), 2.0, "0 0 0", "rx ry rz"),
    ("thorax", "upperback", (0, 1, 0), 2.0, "0 0 0", "rx ry rz"),
    ("lowerneck", "thorax", (0, 1, 0), 1.0, "0 0 0", ""),
    ("upperneck", "lowerneck", (0, 1, 0), 1.0, "0 0 0", ""),
    ("head", "upperneck", (0, 1, 0), 1.0, "0 0 0", ""),
    ("lhumerus", "thorax", (1, 0, 0), 4.8, "180 30 90", "rx ry rz"),
    ("lradius", "lhumerus", (1, 0, 0), 3.4, "180 30 90", "rx"),
    ("rhumerus", "thorax", (-1, 0, 0), 4.8, "180 -30 -90", "rx ry rz"),
    ("rradius", "rhumerus", (-1, 0, 0), 3.4, "180 -30 -90", "rx"),
]
KNEES_DEG = (5.0, 40.0, 90.0)
HIP_DEG = -30.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("mocap")
    blocks = [
        f"  begin\n  id {place}\n  name {name}\n  direction {' '.join(map(str, direction))}\n"
        + f"  length {length}\n  axis {axis} XYZ\n"
        + (f"  dof {turns}\n" if turns else "")
        + "  end\n"
        for place, (name, _, direction, length, axis, turns) in enumerate(BONES, 1)
    ]
    lines = "".join(f"  {parent} {name}\n" for name, parent, *_ in BONES)
    head = ":version 1.10\n:units\n  length 0.45\n:bonedata\n"
    (made / "07.asf").write_text(f"{head}{''.join(blocks)}:hierarchy\n  begin\n{lines}  end\n")
    frames = "".join(
        f"{place}\nroot 0 16 {place} 0 0 0\nlowerback 20 0 0\n"
        f"lfemur {HIP_DEG} 0 -20\nrfemur 0 0 20\nltibia {knee}\nrtibia 2\n"
        for place, knee in enumerate(KNEES_DEG, 1)
    )
    (made / "07_01.amc").write_text(f"#!OML:ASF\n:FULLY-SPECIFIED\n:DEGREES\n{frames}")
    return made


@pytest.fixture(scope="module")
def rig():
    return tiny_rig(1.8)


@pytest.mark.parametrize("frame", range(3))
def test_a_knee_bends_as_the_recorded_one(folder, rig, frame):
    found = angles(rig.joint_centres(retargeted(read_trial(folder / "07_01.amc"), frame, rig)))
    assert found["left_knee_flexion_deg"] == pytest.approx(KNEES_DEG[frame], abs=1e-6)
    assert found["right_knee_flexion_deg"] == pytest.approx(2, abs=1e-6)


def test_a_thigh_points_where_the_recorded_one_did(folder, rig):
    joints = rig.joint_centres(retargeted(read_trial(folder / "07_01.amc"), 1, rig))
    thigh = joints[joint_index(Landmark.LEFT_KNEE)] - joints[joint_index(Landmark.LEFT_HIP)]
    # Splayed by 20 at rest and brought in by 20: straight down, then 30 degrees forwards, along -y.
    np.testing.assert_allclose(thigh / np.linalg.norm(thigh), [0, -0.5, -np.cos(np.radians(30))], atol=1e-3)


def test_the_trunk_leans_forwards_with_the_recorded_back(folder, rig):
    found = angles(rig.joint_centres(retargeted(read_trial(folder / "07_01.amc"), 0, rig)))
    # 20 degrees of the back above the pelvis; the line from the hips has a part below it.
    assert 12 < found["trunk_flexion_deg"] < 24


def test_the_lowest_point_is_on_the_floor(folder, rig):
    for frame in range(3):
        assert rig.contact_m(retargeted(read_trial(folder / "07_01.amc"), frame, rig))[:, 2].min() == pytest.approx(0)


def test_a_foot_that_keeps_still_is_flat(folder, rig):
    pose = retargeted(read_trial(folder / "07_01.amc"), 1, rig)
    soles = [pose.rotations[rig.index[f"foot.{side}"]] @ (0, -1, 0) for side in "LR"]
    assert soles[1][2] == pytest.approx(0, abs=1e-6)
    # The other one moves: 30 degrees up with the thigh, 40 down with the knee, where the still one has 2.
    assert np.degrees(np.arcsin(soles[0][2])) == pytest.approx(-8, abs=1.5)


def test_a_short_trial_is_played_back_from_its_end(folder, rig):
    poses = random_poses("mocap", rig, np.random.default_rng(0), 8, 60.0, folder)
    assert len(poses) == 8
    assert all(np.isfinite(rig.joint_centres(pose)).all() for pose in poses)


def test_a_folder_without_recordings_is_named(tmp_path, rig):
    with pytest.raises(PosecheckError, match="no amc file"):
        random_poses("mocap", rig, np.random.default_rng(0), 1, 30.0, tmp_path)
