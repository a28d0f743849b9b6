"""Recordings of the reporting set as its scorers read them: made-up bends with a truth of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from synthetic import FACING_RIGHT, Rhythm, frame_times, recording_of, toe_touch

from benchmarks.report_score import RecordingScore, score_recording
from benchmarks.synthetic.report_set import CameraPlace, Phase, Place, ReportClip
from benchmarks.synthetic.report_truth import TruePoses, write_truth
from posecheck.kinematics.joints import Side
from posecheck.output.folders.recording_folder import write_recording
from posecheck.pose.landmarks import LandmarkSeries
from posecheck.skeleton.centres import JOINTS

RHYTHM = Rhythm(count=1, start_s=1.0, move_s=1.2, hold_s=2.5)
SIGHT = np.array([0.0, 0.0, 3.0])
DOWN = np.array([0.0, -1.0, 0.0])
SMOOTHED_DEG = 0.2
"""Cleaning smooths the recording, which the truth is not."""


def clip_of(pair: int, phase: Phase, yaw_deg: float = 0.0) -> ReportClip:
    camera = CameraPlace(yaw_deg, 1.0, 1.0, 0.0, 0.0)
    targets: Mapping[str, float] = {}
    return ReportClip(
        pair, phase, Place.RECOMMENDED, "toe-touch", Side.RIGHT, Side.RIGHT, targets, 900, 0, 0, camera, 0, 0, 0
    )


def poses_of(series: LandmarkSeries) -> TruePoses:
    n = len(series)
    began, held = series.time_s >= RHYTHM.start_s, series.time_s - RHYTHM.start_s
    phase = np.clip(np.minimum(held, 2 * RHYTHM.move_s + RHYTHM.hold_s - held) / RHYTHM.move_s, 0, 1) * began
    joints = series.xyz_m[:, list(JOINTS)]
    hips = joints[:, [mark.name.endswith("HIP") for mark in JOINTS]].mean(axis=1, keepdims=True)
    return TruePoses(
        series.time_s, phase, began.astype(int), joints - hips, np.tile(SIGHT, (n, 1)), np.tile(DOWN, (n, 1))
    )


def store(folder: Path, clip: ReportClip, bend_deg: float, true_deg: float | None = None) -> Path:
    """A recording that shows one bend, and whose truth says it, or another."""
    time_s = frame_times(6.0)
    seen, true = (
        toe_touch(time_s, RHYTHM, bend_deg=bend, turn_deg=FACING_RIGHT) for bend in (bend_deg, true_deg or bend_deg)
    )
    place = folder / clip.name
    place.mkdir()
    write_recording(replace(recording_of(seen), video_sha256=clip.name), place)  # each is a recording of its own
    write_truth(poses_of(true), place)
    return place


def scored(folder: Path, clip: ReportClip, bend_deg: float, true_deg: float | None = None) -> RecordingScore:
    return score_recording(clip, store(folder, clip, bend_deg, true_deg), sources=("image", "world"))
