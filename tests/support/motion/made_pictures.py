"""A small data set of pictures with known joints, without rendering."""

from __future__ import annotations

import numpy as np
import pandas as pd
from synthetic import Rhythm, toe_touch

from benchmarks.synthetic.pictures import Pictures
from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import JOINTS

HIPS = [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]


def made_pictures(*, sd_m: float = 0.0, clips: int = 6, seed: int = 2) -> Pictures:
    """Clips of a bending stick figure whose true joints are off its body points by Gaussian errors."""
    rng, rhythm = np.random.default_rng(seed), Rhythm(count=1)
    series = toe_touch(rhythm.times(8.0), rhythm, left_knee_flexion=30.0, right_knee_flexion=30.0)
    hips = series.xyz_m[:, HIPS].mean(axis=1, keepdims=True)
    n = len(series)
    joints = np.concatenate([(series.xyz_m - hips)[:, list(JOINTS)]] * clips)
    joints = joints + rng.normal(0, sd_m, joints.shape)
    table = pd.DataFrame(
        {"body": range(clips), "split": "tune", "yaw_deg": 0.0, "width_px": 1280, "height_px": 720, "model": "full"},
        index=pd.Index(range(clips), name="clip"),
    )
    return Pictures(
        clip=np.repeat(np.arange(clips), n),
        time_s=np.tile(series.time_s, clips),
        xy_px=np.tile(series.xy_px, (clips, 1, 1)).astype(np.float32),
        xyz_m=np.tile(series.xyz_m, (clips, 1, 1)).astype(np.float32),
        visibility=np.tile(series.visibility, (clips, 1)).astype(np.float32),
        joints_m=joints.astype(np.float32),
        hips_m=np.tile(np.array([0, 0, 3], dtype=np.float32), (clips * n, 1)),
        up=np.tile(np.array([0, -1, 0], dtype=np.float32), (clips * n, 1)),
        clips=table,
    )
