"""A page of rendered pictures, to look at: one of each of some clips of the data set.

python -m benchmarks.synthetic.contact_sheet BODIES OUT.jpg [--mocap FOLDER] [--rows 4]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.synthetic.make_dataset import FIRST_OF_SPLIT, SEED, Job, Scene, group_of
from benchmarks.synthetic.outfit import random_outfit
from benchmarks.synthetic.renderer import Renderer
from benchmarks.synthetic.rig import Rig
from benchmarks.synthetic.shapes import read_shape
from benchmarks.synthetic.stage import Actor

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS, TILE_PX = 6, 220


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bodies", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--mocap", type=Path)
    parser.add_argument("--rows", type=int, default=4)
    options = parser.parse_args()
    job, renderer = Job(options.bodies, options.out, options.mocap, Path()), Renderer()
    tiles = [_tile(job, renderer, number) for number in range(COLUMNS * options.rows)]
    rows = [np.hstack(tiles[k : k + COLUMNS]) for k in range(0, len(tiles), COLUMNS)]
    cv2.imwrite(str(options.out), np.vstack(rows)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    print(options.out)


def _tile(job: Job, renderer: Renderer, number: int) -> NDArray[np.uint8]:
    """The middle picture of a chunk's first clip, cut to a square about the person."""
    rng = np.random.default_rng([SEED, number, 0])
    shape = read_shape(job.bodies, FIRST_OF_SPLIT["train"] + number)
    rig = Rig(shape)
    actor = Actor(rig, shape, random_outfit(rng))
    scene = Scene(job, rig, group_of(number), rng)
    pose = scene.clip.poses[len(scene.clip.poses) // 2]
    picture = next(iter(actor.take(renderer, scene.setting(rng), [pose], rng)))
    return _square(picture, scene.camera.project(rig.joint_centres(pose)))


def _square(picture: NDArray[np.uint8], joints_px: NDArray[np.float64]) -> NDArray[np.uint8]:
    half = min(float(np.ptp(joints_px, axis=0).max()) * 0.75, min(picture.shape[:2]) / 2)
    middle = np.clip((joints_px.min(0) + joints_px.max(0)) / 2, half, np.array(picture.shape[1::-1]) - half)
    (left, top), (right, bottom) = (middle - half).astype(int), (middle + half).astype(int)
    return np.asarray(cv2.resize(picture[top:bottom, left:right], (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA))


if __name__ == "__main__":
    main()
