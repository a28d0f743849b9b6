"""Bodies of people who do not exist: many shapes of the anny model (CC0 MakeHuman assets), drawn from seeded numbers.

    python -m benchmarks.synthetic.shapes FOLDER [--train 400] [--tune 40] [--report 16]

Needs the extra ``synthetic``. A body whose file is there is not made again, and the same number is always the same body.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_OF_SPLIT = {"train": 0, "tune": 800, "report": 900}
"""Number of the first body of each split: nobody is in two."""
TOPOLOGY = "topology.npz"
PARTS = ("body", "helper-hair", "helper-l-eye", "helper-r-eye")
SKIN_VERTICES = 13380
"""The first vertices of the model are the skin; clothes helpers follow."""


@dataclass(frozen=True, slots=True)
class Build:
    """What a body is like; anny's own scales from 0 to 1, stature in metres."""

    gender: float
    age: float
    muscle: float
    weight: float
    proportions: float
    stature_m: float


def build_of(number: int) -> Build:
    """The build of a body: adults of all ages, from thin to heavy, 1.48 to 2.00 m."""
    rng = np.random.default_rng([77, number])
    gender = float(rng.choice([0.0, 1.0, rng.uniform(0.1, 0.9)], p=[0.4, 0.4, 0.2]))
    mean_m = 1.77 - 0.13 * gender
    return Build(
        gender=gender,
        age=float(rng.uniform(0.5, 0.72) if rng.random() < 0.65 else rng.uniform(0.72, 1.0)),
        muscle=float(rng.uniform(0.2, 0.85)),
        weight=float(rng.uniform(0.15, 0.95)),
        proportions=float(rng.uniform(0.2, 0.8)),
        stature_m=float(np.clip(rng.normal(mean_m, 0.075), 1.48, 2.0)),
    )


def read_shape(folder: Path, number: int) -> dict[str, NDArray[Any]]:
    """Everything of a body: ``rest`` and ``heads`` in metres, and what all bodies share (weights, bones, faces)."""
    with np.load(folder / TOPOLOGY) as shared, np.load(folder / _name(number)) as own:
        return {key: shared[key] for key in shared.files} | {key: own[key].astype(np.float64) for key in own.files}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    for split, usual in (("train", 400), ("tune", 40), ("report", 16)):
        parser.add_argument(f"--{split}", type=int, default=usual, help=f"bodies of the split {split}")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    numbers = [FIRST_OF_SPLIT[split] + k for split in FIRST_OF_SPLIT for k in range(getattr(options, split))]
    missing = [number for number in numbers if not (options.folder / _name(number)).exists()]
    if missing:
        _make(options.folder, missing)
    print(f"{len(numbers)} bodies in {options.folder}, {len(missing)} of them new")


def _name(number: int) -> str:
    return f"body-{number:04d}.npz"


def _make(folder: Path, numbers: list[int]) -> None:
    import anny
    import torch

    model = anny.Anny(rig="anny", topology="anny-quads-full", extrapolate_phenotypes=True)
    still = torch.eye(4)[None, None].repeat(1, model.bone_count, 1, 1)

    def rest_of(build: Build, height: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        values = {label: getattr(build, label, height) for label in model.phenotype_labels}
        with torch.no_grad():
            out = model(pose_parameters=still, phenotype_kwargs=values)
        return out["rest_vertices"][0].numpy().astype(np.float64), out["rest_bone_heads"][0].numpy().astype(np.float64)

    np.savez_compressed(
        folder / TOPOLOGY,
        W=model.vertex_bone_weights.numpy(),
        I=model.vertex_bone_indices.numpy(),
        labels=np.array(model.bone_labels),
        parents=np.array(model.bone_parents),
        **{f"F_{part}": faces for part, faces in _faces(Path(anny.__file__).parent).items()},
    )
    for number in numbers:
        rest, heads = _of_stature(rest_of, build_of(number))
        np.savez(
            folder / _name(number),
            rest=rest.astype(np.float32),
            heads=heads.astype(np.float32),
            stature=np.ptp(rest[:SKIN_VERTICES, 2]),
        )


def _of_stature(rest_of: Any, build: Build) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the model's own height value by halving; beyond its ends the nearest is taken."""
    low, high = 0.0, 1.0
    for _ in range(10):
        rest, heads = rest_of(build, (low + high) / 2)
        if np.ptp(rest[:SKIN_VERTICES, 2]) < build.stature_m:
            low = (low + high) / 2
        else:
            high = (low + high) / 2
    return rest, heads


def _faces(package: Path) -> dict[str, NDArray[np.int32]]:
    """Triangles of each part of the base mesh."""
    part, found = "", {name: [] for name in PARTS}  # type: dict[str, list[list[int]]]
    with (package / "data/mpfb2/3dobjs/base.obj").open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("g "):
                part = line.split()[1]
            elif line.startswith("f ") and part in found:
                corners = [int(token.split("/")[0]) - 1 for token in line.split()[1:]]
                found[part] += [[corners[0], corners[k], corners[k + 1]] for k in range(1, len(corners) - 1)]
    return {name: np.array(faces, np.int32) for name, faces in found.items()}


if __name__ == "__main__":
    main()
