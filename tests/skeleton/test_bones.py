from __future__ import annotations

import numpy as np
import pytest
from made_centres import HIP_WIDTH_M, SHANK_M, SHOULDER_WIDTH_M, THIGH_M, TRUNK_M, Squats, seen_by, squat_joints

from posecheck.skeleton.bones import BONES, BoneLines, Bones, first_lengths
from posecheck.skeleton.centres import SWAPPED_JOINTS


def somebody() -> np.ndarray:
    return squat_joints(Squats(np.full(5, 40.0), np.full(5, 20.0)))


def test_lines_have_the_lengths_of_the_body() -> None:
    lengths = first_lengths(seen_by(np.arange(5) / 30.0, somebody()))
    named = dict(zip([bone.name for bone in BONES], lengths, strict=True))
    expected = {
        "thigh": THIGH_M,
        "shank": SHANK_M,
        "trunk": TRUNK_M,
        "hip_width": HIP_WIDTH_M,
        "shoulder_width": SHOULDER_WIDTH_M,
    }
    assert {name: named[name] for name in expected} == pytest.approx(expected)


def test_mirroring_a_body_exchanges_the_two_lines_of_each_sided_bone() -> None:
    rng = np.random.default_rng(0)
    joints = rng.normal(size=(4, 16, 3))
    lines = BoneLines()
    mirrored = lines.lengths_m(joints[:, SWAPPED_JOINTS])
    for number, bone in enumerate(BONES):
        both = np.flatnonzero(lines.bone == number)
        assert len(both) == (2 if bone.sided else 1)
        assert np.allclose(mirrored[:, both], lines.lengths_m(joints)[:, both[::-1]])


def test_a_joint_that_is_missing_takes_its_own_bones_with_it_only() -> None:
    joints = somebody()
    joints[:, 0] = np.nan  # left shoulder
    known = np.isfinite(BoneLines().lengths_m(joints)).all(axis=0)
    names = [BONES[number].name for number in BoneLines().bone[~known]]
    assert names == ["upper_arm", "shoulder_width", "trunk"]


def test_lengths_of_two_recordings_count_by_how_long_they_were_seen() -> None:
    lengths = np.full(len(BONES), 0.4)
    one, other = Bones(lengths.copy(), 10.0), Bones(lengths + 0.04, 30.0)
    assert one.joined(other)["thigh"] == pytest.approx(0.43)
    assert one.joined(other).seen_s == 40.0
    unseen = lengths.copy()
    unseen[0] = np.nan
    assert Bones(unseen, 10.0).joined(other)["thigh"] == pytest.approx(0.44)
