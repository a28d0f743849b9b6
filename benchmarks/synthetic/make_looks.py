"""Renders the five tests once more and lets the pose model look at each picture in several ways, for the ablations.

    python -m benchmarks.synthetic.make_looks BODIES OUT [--chunks 27] [--jobs 2]

Whole pictures and crops of the person, each at two sizes, every picture by itself; and the outline that the model draws of
the person. Bodies are those of the split "tune", which the correction never learnt from; rooms, clothes and cameras are new.
A chunk is one body in six clips; one whose file is there is not made again, and the same number is always the same chunk.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pandas as pd

from benchmarks.synthetic.make_dataset import CLIPS_A_CHUNK, OUTFIT_LASTS, Job, Scene
from benchmarks.synthetic.observer import columns_of, nearest_person
from benchmarks.synthetic.outfit import random_outfit
from benchmarks.synthetic.rig import Rig
from benchmarks.synthetic.shapes import FIRST_OF_SPLIT, read_shape
from benchmarks.synthetic.stage import Actor
from posecheck.pose.estimator import keep_to_this_machine, picture_of, poses_of, quiet_stderr
from posecheck.pose.landmarks import Landmark, Pose
from posecheck.skeleton.centres import HIPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

SEED, FIRST_CHUNK = 20261129, 20000
LARGER = 2
"""The large picture has so many times the pixels of the usual one along either side."""
WHOLE, LARGE, CROP, LARGE_CROP, WIDE_CROP = "whole", "whole, large", "crop", "crop, large", "wide crop, large"
LOOKS = (WHOLE, LARGE, CROP, LARGE_CROP, WIDE_CROP)
NARROW, WIDE = 1.3, 1.8
"""Sides of a crop, in sides of the box about the person's points."""
OUTLINE, REACH_LEGS = 64, 1.6
"""The outline is kept in so many pixels square, and reaches so many leg lengths from the middle of the hips."""
LEGS = [[Landmark[f"{side}_{part}"] for part in ("HIP", "KNEE", "ANKLE")] for side in ("LEFT", "RIGHT")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bodies", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--chunks", type=int, default=27, help="132 pictures each")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--models", type=Path, default=Path("models"), help="folder with the pose models")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    numbers = [number for number in range(options.chunks) if not _path(options.out, "clips", number).exists()]
    job = Job(options.bodies, options.out, None, options.models)
    with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for done, pictures in enumerate(pool.map(partial(_render, job), numbers), 1):
            print(f"{done} of {len(numbers)}, {pictures} pictures", flush=True)


def _path(out: Path, what: str, number: int) -> Path:
    return out / f"{what}-{number:05d}.parquet"


_STAGE: dict[str, Any] = {}


def _stage(models: Path) -> dict[str, Any]:
    if not _STAGE:
        os.environ.setdefault("LP_NUM_THREADS", "1")
        from benchmarks.synthetic.renderer import Renderer

        _STAGE["renderer"], _STAGE["eyes"] = Renderer(), Eyes(models / "pose_landmarker_full.task")
    return _STAGE


class Eyes:
    """The pose model, one picture at a time, with the outline of whom it finds; must be closed."""

    def __init__(self, model: Path) -> None:
        keep_to_this_machine()
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model)), num_poses=2, output_segmentation_masks=True
        )
        with quiet_stderr():
            self._model = vision.PoseLandmarker.create_from_options(options)

    def look(self, picture: Picture, joints_px: NDArray[np.float64]) -> tuple[Pose | None, NDArray[np.float32] | None]:
        """The person whose joints are there, and how surely each pixel is theirs; None where it finds them not."""
        found = self._model.detect(picture_of(picture))
        people = poses_of(found, picture)
        person = nearest_person(people, joints_px)
        if person is None:
            return None, None
        number = next(k for k, pose in enumerate(people) if pose is person)
        return person, np.squeeze(found.segmentation_masks[number].numpy_view()).copy()  # the view dies with its image

    def close(self) -> None:
        """Free what is held."""
        with quiet_stderr():
            self._model.close()


def _render(job: Job, number: int) -> int:
    """One chunk; how many pictures it holds."""
    stage = _stage(job.models)
    count = len(list(job.bodies.glob("body-08*.npz")))
    body = FIRST_OF_SPLIT["tune"] + number % count
    shape = read_shape(job.bodies, body)
    rig = Rig(shape)
    rows: list[dict[str, Any]] = []
    clips: list[dict[str, Any]] = []
    for k in range(CLIPS_A_CHUNK):
        rng = np.random.default_rng([SEED, number, k])
        if k % OUTFIT_LASTS == 0:
            actor = Actor(rig, shape, random_outfit(rng))
        scene = Scene(job, rig, "tests", rng)
        usual = scene.camera
        scene.camera = replace(
            usual,
            focal_px=usual.focal_px * LARGER,
            width_px=usual.width_px * LARGER,
            height_px=usual.height_px * LARGER,
        )
        clip = (FIRST_CHUNK + number) * CLIPS_A_CHUNK + k
        about = {"clip": clip, "body": body, "room": clip, "split": "tune", "model": "full"}
        clips.append(
            about | scene.about() | {"mode": "IMAGE", "width_px": usual.width_px, "height_px": usual.height_px}
        )
        pictures = actor.take(stage["renderer"], scene.setting(rng), scene.clip.poses, rng)
        rows += [
            {"clip": clip, "time_s": step / scene.rate_hz} | _row(stage["eyes"], scene, picture, step)
            for step, picture in enumerate(pictures)
        ]
    for what, table in (("part", pd.DataFrame(rows)), ("clips", pd.DataFrame(clips).set_index("clip"))):
        partial_path = _path(job.out, what, number).with_suffix(".partial")
        table.to_parquet(partial_path)
        partial_path.replace(_path(job.out, what, number))
    return len(rows)


def _row(eyes: Eyes, scene: Scene, picture: Picture, step: int) -> dict[str, Any]:
    """What every look saw, and what is true; all in pixels of the usual size."""
    centres_m = scene.rig.joint_centres(scene.clip.poses[step])
    truth, joints_px = scene.camera.seen(centres_m), scene.camera.project(centres_m) / LARGER
    hips = truth[HIPS].mean(axis=0)
    small = cv2.resize(picture, None, fx=1 / LARGER, fy=1 / LARGER, interpolation=cv2.INTER_AREA)
    first, mask = eyes.look(small, joints_px)
    seen = {WHOLE: first, LARGE: _looked(eyes, picture, joints_px, (0, 0), LARGER)}
    for name, image, scale, sides in (
        (CROP, small, 1, NARROW),
        (LARGE_CROP, picture, LARGER, NARROW),
        (WIDE_CROP, picture, LARGER, WIDE),
    ):
        seen[name] = None if first is None else look_at_crop(eyes, image, joints_px, first, scale, sides)
    arrays: dict[str, Any] = {"joints_m": truth - hips, "hips_m": hips, "up": scene.camera.up}
    for name, pose in seen.items():
        arrays |= {f"{column} {name}": values for column, values in columns_of(pose).items()}
    flat = {name: np.asarray(value, np.float32).ravel() for name, value in arrays.items()}
    return flat | {"outline": outline_about(mask, first).tobytes()}


def _looked(
    eyes: Eyes, picture: Picture, joints_px: NDArray[np.float64], corner_px: tuple[int, int], scale: float
) -> Pose | None:
    """The person in a part of the picture that begins at a corner, in pixels of the usual size."""
    pose = eyes.look(picture, (joints_px - corner_px) * scale)[0]
    return None if pose is None else replace(pose, xy_px=pose.xy_px / scale + corner_px)


def look_at_crop(
    eyes: Eyes, picture: Picture, joints_px: NDArray[np.float64], first: Pose, scale: int, sides: float
) -> Pose | None:
    """The person once more, in a crop about where they were found, enlarged to the size of the large picture."""
    low, high = first.xy_px.min(axis=0), first.xy_px.max(axis=0)
    half = max(high - low) / 2 * sides
    size = np.array(picture.shape[1::-1]) / scale
    start = np.clip((low + high) / 2 - half, 0, size - 2).astype(int)
    end = np.clip((low + high) / 2 + half, start + 2, size).astype(int)
    crop = picture[start[1] * scale : end[1] * scale, start[0] * scale : end[0] * scale]
    larger = float(size.max() * LARGER / max(crop.shape[:2]))
    how = cv2.INTER_CUBIC if larger > 1 else cv2.INTER_AREA
    shown = cv2.resize(crop, None, fx=larger, fy=larger, interpolation=how)
    return _looked(eyes, shown, joints_px, (int(start[0]), int(start[1])), scale * larger)


def outline_about(mask: NDArray[np.float32] | None, pose: Pose | None) -> NDArray[np.uint8]:
    """(64, 64) the mask about the middle of the hips, as large as the person; 0 where nobody was found."""
    if mask is None or pose is None:
        return np.zeros((OUTLINE, OUTLINE), np.uint8)
    reach_px = REACH_LEGS * leg_px(pose.xy_px)
    middle = pose.xy_px[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
    scale = 2 * reach_px / OUTLINE
    turn = np.array([[scale, 0, middle[0] - reach_px], [0, scale, middle[1] - reach_px]])
    mask8 = (np.clip(mask, 0, 1) * 255).astype(np.uint8)
    return np.asarray(cv2.warpAffine(mask8, turn, (OUTLINE, OUTLINE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP))


def leg_px(xy_px: NDArray[np.float64]) -> float:
    """Length of the leg that looks longer."""
    return max(float(np.linalg.norm(np.diff(xy_px[leg], axis=0), axis=1).sum()) for leg in LEGS) + 1.0


if __name__ == "__main__":
    main()
