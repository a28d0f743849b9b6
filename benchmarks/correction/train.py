"""Trains the correction on a rendered data set.

    python -m benchmarks.correction.train DATASET -o models/correction.npz

It learns from the clips of the split "train", sets its uncertainties on those of "tune" (other bodies, other rooms), and
never looks at "report". One thread, seeded: the same data set gives the same weights on the same machine. A run that was
broken off is gone on with.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks.correction.calibrate import calibrate, coverage
from benchmarks.correction.examples import MODELS, Examples, held_out_bodies, make_examples, rows_of
from benchmarks.correction.judge import angle_table, judge, swapped_share
from benchmarks.correction.learn import Learning, learn
from benchmarks.correction.model import Learner, export
from benchmarks.synthetic.pictures import Pictures, read_pictures
from posecheck.skeleton.correction_file import Correction, write_correction
from posecheck.skeleton.depth import learn_reach

EXAMPLES_KEPT = 3000
"""Training pictures kept to tell near from far; more change the depth of held-out bodies little (chosen by us)."""

LONGEST = 0.999
"""Share of the true moves in training that are no longer than the limit."""


def main() -> None:
    options = _options()
    torch.set_num_threads(1)
    began = time.monotonic()
    pictures = read_pictures(options.dataset)
    train, tune = (pictures.only(pictures.clips.index[pictures.clips["split"] == name]) for name in ("train", "tune"))
    print(
        f"{len(train)} pictures to learn from, {len(tune)} to tune on; read in {time.monotonic() - began:.0f} s",
        flush=True,
    )
    how = Learning(epochs=options.epochs, width=options.width, seed=options.seed)
    correction = train_correction(train, tune, how, options.output.with_suffix(".checkpoint"))
    write_correction(correction, options.output)
    print(
        f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB, after {time.monotonic() - began:.0f} s",
        flush=True,
    )
    report(correction, tune)
    options.output.with_suffix(".checkpoint").unlink(missing_ok=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=Learning.__dataclass_fields__["epochs"].default)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def train_correction(train: Pictures, tune: Pictures, how: Learning, checkpoint: Path | None = None) -> Correction:
    """A calibrated correction."""
    examples = make_examples(train)
    kept = held_out_bodies(train.clips)
    rows = rows_of(examples, train.clips.index[~kept])
    held_out = rows_of(examples, train.clips.index[kept])
    learner = learn(examples, rows, held_out, how, checkpoint)
    return calibrate(uncalibrated(learner, examples, rows, held_out, how, train), tune)


def uncalibrated(
    learner: Learner, examples: Examples, rows: np.ndarray, held_out: np.ndarray, how: Learning, train: Pictures
) -> Correction:
    network, rng = export(learner), np.random.default_rng(how.seed)
    middle = len(how.offsets_s) // 2
    block = slice(middle * examples.values.shape[1], (middle + 1) * examples.values.shape[1])

    def entering(some: np.ndarray) -> np.ndarray:
        return np.nan_to_num((examples.values[some] - network.mean[block]) / network.spread[block])

    chosen = rng.choice(rows, min(EXAMPLES_KEPT, len(rows)), replace=False)
    return Correction(
        network=network,
        reach=learn_reach(entering(chosen), entering(held_out)),
        offsets_s=how.offsets_s,
        leg_ratio=float(np.median(examples.leg_ratio[rows])),
        move_limit=_longest_moves(examples, rows),
        sd_scale=np.ones(16),
        up_scale=1.0,
        growth=0.0,
        correlation=np.eye(48),
        angle_scale={},
        models=tuple(MODELS[name] for name in sorted(train.clips["model"].unique())),
    )


def _longest_moves(examples: Examples, rows: np.ndarray) -> np.ndarray:
    """(16,) how far the model's own joints were from the true ones, at most."""
    from posecheck.skeleton.network import START

    start = examples.values[rows][:, START]
    far = np.linalg.norm(examples.joints[rows] - start, axis=2)
    limits = [np.quantile(each[np.isfinite(each)], LONGEST) if np.isfinite(each).any() else 0.0 for each in far.T]
    return np.array(limits, dtype=np.float64)


def report(correction: Correction, tune: Pictures) -> None:
    """Errors and coverage on the tuning bodies."""
    judged = judge(correction, tune)
    print("| angle | degrees beside | pictures | median | 95 % | world landmarks: median | 95 % |")
    print("|---|---|---|---|---|---|---|")
    for row in angle_table(judged, tune.clips):
        numbers = " | ".join(
            f"{row[key]:.1f}" for key in ("median_deg", "p95_deg", "world_median_deg", "world_p95_deg")
        )
        print(f"| {row['angle']} | {row['beside_deg']} | {row['pictures']} | {numbers} |")
    inside, far = np.quantile(judged.said.depth, [0.5, 0.99])
    print(f"growth {correction.growth:.2f}; depth: median {inside:.2f}, 99 % {far:.2f}")
    shares = [swapped_share(found, judged.true) for found in (judged.said, judged.world)]
    print(f"legs exchanged: {shares[0]:.2%} of the pictures, of the model's own {shares[1]:.2%}")
    for name, share in coverage(correction, tune).items():
        print(f"covered, {name}: {share:.3f}")


if __name__ == "__main__":
    main()
