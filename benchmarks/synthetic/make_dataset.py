"""Renders training pictures and stores what the pose model saw in them, with the true joints.

    python -m benchmarks.synthetic.make_dataset BODIES OUT [--chunks 500] [--tune 50] [--jobs 2] [--mocap FOLDER]

Needs the extra ``synthetic`` and the bodies of `benchmarks.synthetic.shapes`. A chunk is one body in a few clips; one whose
file is there is not made again, and the same number is always the same chunk.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.synthetic.camera import Camera
from benchmarks.synthetic.film import random_film
from benchmarks.synthetic.outfit import random_outfit
from benchmarks.synthetic.poses.clips import KINDS, random_clip
from benchmarks.synthetic.rig import Rig
from benchmarks.synthetic.room import Box, random_light, random_room
from benchmarks.synthetic.shapes import FIRST_OF_SPLIT, read_shape
from benchmarks.synthetic.stage import Actor, Setting, film_from, occluder, reach_of, stand_for
from posecheck.skeleton.centres import HIPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from benchmarks.synthetic.observer import Observer

CLIPS_A_CHUNK, PICTURES_A_CLIP, OUTFIT_LASTS = 6, 22, 3
SIZES = ((640, 360), (360, 640), (480, 360), (360, 480))
SIZE_SHARES = (0.45, 0.3, 0.15, 0.1)
HEAVY_EVERY = 8
"""Every so many chunks the heavy model looks at the same pictures, for the comparison."""
FIVE_TESTS = ("toe_touch", "knee_to_chest", "lunge", "side_lunge", "crossover")
GROUPS = ("tests", "everyday", "tests", "recorded", "everyday")
"""What the chunks show, in turn (chosen by us: the tests are what is measured, but diversity decides)."""
CHUNKS_A_PROCESS = 60
"""Then new processes take over: the pose model gives back less memory than it takes when it is made anew for each clip."""
SEED = 20261128


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to know."""

    bodies: Path
    out: Path
    mocap: Path | None
    models: Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bodies", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--chunks", type=int, default=500, help="chunks of the split train, 132 pictures each")
    parser.add_argument("--tune", type=int, default=50, help="chunks of the split tune, of other bodies")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", choices=sorted(set(GROUPS)), help="chunks of this group alone")
    parser.add_argument("--mocap", type=Path, help="folder of asf and amc files for recorded motion")
    parser.add_argument("--models", type=Path, default=Path("models"), help="folder with the pose models")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    numbers = [number for number in _spread(options.chunks, options.tune) if options.only in (None, group_of(number))]
    missing = [number for number in numbers if not _path(options.out, "clips", number).exists()]
    print(f"{len(numbers)} chunks, {len(missing)} to render", flush=True)
    job = Job(options.bodies, options.out, options.mocap, options.models)
    started = time.monotonic()
    batch = CHUNKS_A_PROCESS * options.jobs
    for first in range(0, len(missing), batch):
        with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
            waiting = [pool.submit(_render, job, number) for number in missing[first : first + batch]]
            for done, future in enumerate(as_completed(waiting), first + 1):
                pictures = future.result()
                left_min = (len(missing) - done) * (time.monotonic() - started) / done / 60
                print(f"{done} of {len(missing)}, {pictures} pictures, {left_min:.0f} minutes left", flush=True)


def _spread(train: int, tune: int) -> list[int]:
    """Chunk numbers; those of tune, from 10000, spread among the others so that a part is a sample of the whole."""
    numbers = list(range(train))
    for k in range(tune):
        numbers.insert(round(k * (train / tune + 1)), 10000 + k)
    return numbers


def group_of(number: int) -> str:
    """What a chunk shows."""
    return GROUPS[number % len(GROUPS)]


def _path(out: Path, what: str, number: int) -> Path:
    return out / f"{what}-{number:05d}.parquet"


_STAGE: dict[str, Any] = {}
"""What a process makes once: its OpenGL context and its pose models."""


def _stage(job: Job) -> dict[str, Any]:
    if not _STAGE:
        os.environ.setdefault("LP_NUM_THREADS", "1")
        from benchmarks.synthetic.observer import Observer
        from benchmarks.synthetic.renderer import Renderer
        from posecheck.pose.model_files import choose_model
        from posecheck.settings import load_settings

        _STAGE["renderer"] = Renderer()
        for model in ("full", "heavy"):
            path = job.models / f"pose_landmarker_{model}.task"
            if path.exists():
                _STAGE[model] = Observer(choose_model(load_settings(), path))
    return _STAGE


def _render(job: Job, number: int) -> int:
    """One chunk; how many pictures it holds."""
    stage = _stage(job)
    split = "tune" if number >= 10000 else "train"
    count = len(list(job.bodies.glob("body-0[0-7]*.npz" if split == "train" else "body-08*.npz")))
    body = FIRST_OF_SPLIT[split] + number % count
    shape = read_shape(job.bodies, body)
    rig = Rig(shape)
    rows: list[dict[str, Any]] = []
    clips: list[dict[str, Any]] = []
    for k in range(CLIPS_A_CHUNK):
        rng = np.random.default_rng([SEED, number, k])
        if k % OUTFIT_LASTS == 0:
            actor = Actor(rig, shape, random_outfit(rng))
        scene = Scene(job, rig, group_of(number), rng)
        models = ["full"] if number % HEAVY_EVERY or "heavy" not in stage else ["full", "heavy"]
        for heavy, model in enumerate(models):
            clip = (number * CLIPS_A_CHUNK + k) * 2 + heavy
            about = {"clip": clip, "body": body, "room": number * CLIPS_A_CHUNK + k, "split": split, "model": model}
            clips.append(about | scene.about())
        pictures = list(actor.take(stage["renderer"], scene.setting(rng), scene.clip.poses, rng))
        for about in clips[-len(models) :]:
            rows += scene.rows(about["clip"], stage[about["model"]], pictures)
    _write(pd.DataFrame(rows), _path(job.out, "part", number))
    _write(pd.DataFrame(clips).set_index("clip"), _path(job.out, "clips", number))
    return len(rows)


def _write(table: pd.DataFrame, path: Path) -> None:
    partial = path.with_suffix(".partial")
    table.to_parquet(partial)
    partial.replace(path)


class Scene:
    """A clip's movement and camera, drawn at random."""

    def __init__(self, job: Job, rig: Rig, group: str, rng: np.random.Generator) -> None:
        self.rate_hz = float(rng.uniform(5, 10))
        self.kind = _random_kind(rng, group, recorded=job.mocap is not None)
        self.clip = random_clip(self.kind, rig, rng, PICTURES_A_CLIP, self.rate_hz, job.mocap)
        self.rig = rig
        reach = reach_of(rig, self.clip.poses[:: max(1, len(self.clip.poses) // 6)])
        width, height = SIZES[rng.choice(len(SIZES), p=SIZE_SHARES)]
        ideal = _ideal_deg(self.kind, self.clip.view, rng)
        stand, self.off_deg = stand_for(rng, ideal, lying=self.clip.lying, portrait=height > width)
        distortion = 0.0 if rng.random() < 0.6 else float(rng.uniform(-0.12, 0.04))
        self.stand = stand
        self.camera: Camera = film_from(stand, reach, (width, height), distortion)
        self.follow = bool(rng.random() < 0.5)
        self.reach = reach
        self.hidden = bool(rng.random() < 0.08)
        self.bystander = bool(rng.random() < 0.07)

    def setting(self, rng: np.random.Generator) -> Setting:
        """Room, light, and who else is there."""
        props = [Box(tuple(prop.centre_m), tuple(prop.size_m), _wood(rng)) for prop in self.clip.props]
        if self.hidden:
            props.append(occluder(self.reach, self.stand.azimuth_deg, rng))
        other = None
        if self.bystander:
            turn = np.radians(self.stand.azimuth_deg + rng.choice([-1, 1]) * rng.uniform(60, 150))
            far = float(np.linalg.norm(np.ptp(self.reach[:, :2], axis=0))) / 2 + rng.uniform(0.3, 0.9)
            shift = far * np.array([np.sin(turn), -np.cos(turn), 0.0])
            other = self.clip.poses[int(rng.integers(len(self.clip.poses)))].moved(shift)
        room = random_room(rng, self.stand.azimuth_deg, self.camera.eye_m, props)
        return Setting(room, random_light(rng), random_film(rng), self.camera, other)

    def about(self) -> dict[str, Any]:
        """The clip's row."""
        ahead = self.camera.axes[2]
        return {
            "kind": self.kind,
            "rate_hz": self.rate_hz,
            "mode": "VIDEO" if self.follow else "IMAGE",
            "azimuth_deg": self.stand.azimuth_deg,
            "yaw_deg": self.off_deg,
            "pitch_deg": float(np.degrees(np.arcsin(-ahead[2]))),
            "roll_deg": self.stand.roll_deg,
            "focal_px": self.camera.focal_px,
            "distortion": self.camera.distortion,
            "width_px": self.camera.width_px,
            "height_px": self.camera.height_px,
            "hidden": self.hidden,
            "bystander": self.bystander,
        }

    def rows(self, clip: int, observer: Observer, pictures: list[NDArray[np.uint8]]) -> Iterator[dict[str, Any]]:
        """The pictures' rows: what the model saw, and what is true."""
        from benchmarks.synthetic.observer import columns_of

        truths = [self.camera.seen(self.rig.joint_centres(pose)) for pose in self.clip.poses]
        pixels = [self.camera.project(self.rig.joint_centres(pose)) for pose in self.clip.poses]
        watched = observer.watch(zip(pictures, pixels, strict=True), follow=self.follow, step_s=1 / self.rate_hz)
        for k, (pose, truth) in enumerate(zip(watched, truths, strict=True)):
            hips = truth[HIPS].mean(axis=0)
            arrays = columns_of(pose) | {"joints_m": truth - hips, "hips_m": hips, "up": self.camera.up}
            flat = {name: np.asarray(value, np.float32).ravel() for name, value in arrays.items()}
            yield {"clip": clip, "time_s": k / self.rate_hz} | flat


def _random_kind(rng: np.random.Generator, group: str, *, recorded: bool) -> str:
    """Any kind of a group, all alike; without recorded motion everyday poses stand in for it."""
    if group == "tests":
        return str(rng.choice(FIVE_TESTS))
    if group == "recorded" and recorded:
        return "mocap"
    return str(rng.choice([kind for kind in KINDS if kind not in FIVE_TESTS and kind != "mocap"]))


def _ideal_deg(kind: str, view: str, rng: np.random.Generator) -> float | None:
    """From where a test is meant to be filmed; None for what can be filmed from anywhere."""
    if kind not in FIVE_TESTS:
        return None
    return float(rng.choice([-90.0, 90.0])) if view == "side" else 0.0


def _wood(rng: np.random.Generator) -> tuple[float, float, float]:
    red, green, blue = rng.uniform(0.1, 0.6) * np.array([1.0, 0.7, 0.45]) ** rng.uniform(0, 1)
    return float(red), float(green), float(blue)


if __name__ == "__main__":
    main()
