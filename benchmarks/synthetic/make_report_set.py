"""Renders the reporting set: every recording of `benchmarks.synthetic.report_set`, read as posecheck reads a video.

    python -m benchmarks.synthetic.make_report_set BODIES OUT [--plan report] [--jobs 2] [--model FILE]

``--plan again`` renders the reporting set's second takes and other legs, ``--plan takes`` the tuning takes. Each recording
becomes a folder with the model's body points and the true joints. What is there is not made again. Needs the extra
``synthetic``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.synthetic.camera import Stand
from benchmarks.synthetic.film import Film
from benchmarks.synthetic.outfit import random_outfit
from benchmarks.synthetic.poses.clips import tremor
from benchmarks.synthetic.poses.library import make_test
from benchmarks.synthetic.poses.motion import STILL, UnreachableTargetError
from benchmarks.synthetic.poses.vectors import smooth_step
from benchmarks.synthetic.report_set import ReportClip, again_clips, report_clips
from benchmarks.synthetic.report_truth import TruePoses, write_truth
from benchmarks.synthetic.rig import Rig
from benchmarks.synthetic.room import Box, random_light, random_room
from benchmarks.synthetic.shapes import read_shape
from benchmarks.synthetic.stage import Actor, Setting, film_from, reach_of
from benchmarks.synthetic.take_set import take_clips
from posecheck.kinematics.joints import Side
from posecheck.output.folders.recording_folder import write_recording
from posecheck.pose.capture import CaptureWatcher
from posecheck.pose.estimator import MediaPipeEstimator
from posecheck.pose.model_files import choose_model
from posecheck.pose.recording import Recording
from posecheck.pose.track import track
from posecheck.settings import load_settings
from posecheck.skeleton.centres import HIPS
from posecheck.video.frame import Frame
from posecheck.video.reader import VideoInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.synthetic.camera import Camera
    from benchmarks.synthetic.poses.motion import Motion
    from benchmarks.synthetic.rig import Pose
    from posecheck.pose.landmarks import Pose as Seen

SIZE = 640, 360
FIELDS_DEG, DISTORTIONS = (54.0, 76.0, 60.0, 68.0, 82.0), (0.0, -0.06, -0.02, 0.0, -0.09)
"""The reporting set's two lenses, a webcam's and a wide phone's, then three for tuning."""
PLANS: dict[str, Callable[[], tuple[ReportClip, ...]]] = {
    "report": report_clips,
    "again": again_clips,
    "takes": take_clips,
}
TREMOR_DEG = 0.35
SEED = 4242


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bodies", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--plan", choices=PLANS, default="report", help="what to render; default: the reporting set")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--model", type=Path, help="Default: the model that comes with posecheck.")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    missing = [clip for clip in PLANS[options.plan]() if not (options.out / clip.name).exists()]
    print(f"{len(missing)} recordings to render", flush=True)
    started = time.monotonic()
    work = partial(_render, options.bodies, options.out, options.model)
    with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for done, future in enumerate(as_completed([pool.submit(work, clip) for clip in missing]), 1):
            left_min = (len(missing) - done) * (time.monotonic() - started) / done / 60
            print(f"{done} of {len(missing)}: {future.result()}, {left_min:.0f} minutes left", flush=True)


_RENDERER: list[Any] = []


def _render(bodies: Path, out: Path, model: Path | None, clip: ReportClip) -> str:
    """One recording; its name, and whether the body could do it."""
    if not _RENDERER:
        os.environ.setdefault("LP_NUM_THREADS", "1")
        from benchmarks.synthetic.renderer import Renderer

        _RENDERER.append(Renderer())
    shape = read_shape(bodies, clip.body)
    rig = Rig(shape)
    try:
        motion = make_test(clip.motion, rig, clip.motion_side[0].upper(), clip.targets_deg)
    except UnreachableTargetError:
        return f"{clip.name} is out of this body's reach"
    time_s, phase, repetition = timeline(clip)
    rng = np.random.default_rng([SEED, clip.motion_seed])
    wobbles = tremor(len(time_s), clip.timing.rate_hz, rng, TREMOR_DEG)
    poses = [motion.at(float(part), wobble) for part, wobble in zip(phase, wobbles, strict=True)]
    setting = _setting(clip, rig, motion)
    actor = Actor(rig, shape, random_outfit(np.random.default_rng([SEED, 1, clip.clothes_seed])))
    pictures = actor.take(_RENDERER[0], setting, poses, rng)
    recording = _watched(clip.name, pictures, time_s, model)
    partial_folder = out / f".{clip.name}"
    shutil.rmtree(partial_folder, ignore_errors=True)
    partial_folder.mkdir()
    write_recording(recording, partial_folder)
    write_truth(_truth(setting.camera, rig, poses, time_s, phase, repetition), partial_folder)
    partial_folder.rename(out / clip.name)
    return clip.name


def timeline(clip: ReportClip) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Times, phases between 0 and 1, and the number of the repetition, of each picture."""
    timing = clip.timing
    time_s = np.arange(round(timing.duration_s * timing.rate_hz)) / timing.rate_hz
    after = time_s - timing.neutral_s
    length = 2 * timing.move_s + timing.hold_s + timing.rest_s
    inside = np.where(after >= 0, after % length, 0.0)
    back = inside - timing.move_s - timing.hold_s
    up = np.array([smooth_step(float(part), 0, timing.move_s) for part in inside])
    down = np.array([smooth_step(float(part), 0, timing.move_s) for part in back])
    number = np.where(after >= 0, np.floor(after / length).astype(int) + 1, 0)
    return time_s, up - down, np.minimum(number, timing.repetitions)


def _setting(clip: ReportClip, rig: Rig, motion: Motion) -> Setting:
    reach = reach_of(rig, [motion.at(part, STILL) for part in (0.0, 0.25, 0.5, 0.75, 1.0)])
    place = clip.camera
    facing = {None: 0.0, Side.LEFT: 90.0, Side.RIGHT: -90.0}[clip.filmed_from]
    stand = Stand(
        azimuth_deg=facing + place.yaw_deg,
        height_m=place.height_m,
        field_deg=FIELDS_DEG[clip.lens],
        roll_deg=place.roll_deg,
        distance=place.distance_scale,
        aim_m=(place.aside_m, 0.0),
    )
    camera = film_from(stand, reach, SIZE, DISTORTIONS[clip.lens])
    props = [Box(tuple(prop.centre_m), tuple(prop.size_m)) for prop in motion.props]
    room = random_room(np.random.default_rng([SEED, 2, clip.room]), facing, camera.eye_m, props)
    light = random_light(np.random.default_rng([SEED, 3, clip.light_seed]))
    return Setting(room, light, Film(blur_px=0.4, shake_px=0.0, noise=2.5, quality=85), camera)


def _watched(
    name: str, pictures: Iterator[np.ndarray[Any, Any]], time_s: np.ndarray[Any, Any], model: Path | None
) -> Recording:
    """The recording as `posecheck.pipeline.read_recording` would read it from a video."""
    watcher = CaptureWatcher()
    frames = (Frame(k, float(time_s[k]), picture) for k, picture in enumerate(pictures))

    def on_frame(frame: Frame, pose: Seen | None) -> None:
        watcher.look(frame, pose)

    with MediaPipeEstimator(choose_model(load_settings(), model)) as estimator:
        tracking = track(frames, estimator, on_frame=on_frame)
    rate_hz = 1 / float(np.median(np.diff(time_s)))
    info = VideoInfo(
        Path(f"{name}.mp4"), *SIZE, 0, "rendered", "rgb24", "", len(time_s) / rate_hz, rate_hz, 1, len(time_s)
    )
    return Recording(tracking.series, watcher.report(), tracking.people, tracking.events, (), info, "")


def _truth(
    camera: Camera,
    rig: Rig,
    poses: list[Pose],
    time_s: np.ndarray[Any, Any],
    phase: np.ndarray[Any, Any],
    repetition: np.ndarray[Any, Any],
) -> TruePoses:
    joints = np.stack([camera.seen(rig.joint_centres(pose)) for pose in poses])
    hips = joints[:, HIPS].mean(axis=1)
    up = np.tile(camera.up, (len(poses), 1))
    return TruePoses(time_s, phase, repetition.astype(np.int64), joints - hips[:, None], hips, up)


if __name__ == "__main__":
    main()
