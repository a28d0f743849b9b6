"""What each part of the correction gains, and what it costs.

    python -m benchmarks.correction.ablations DATASET -o benchmarks/correction/ablations.json

Every row learns anew, all for the same number of steps (fewer than the weights that posecheck carries), and is judged on the
bodies and rooms of the split "tune". Prints a table in Markdown; rows that the file already holds are not made again.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from benchmarks.correction.ablation_table import ANGLES, SIZES, table
from benchmarks.correction.examples import make_examples, rows_of
from benchmarks.correction.judge import angle_errors, judge
from benchmarks.correction.learn import Learning, learn
from benchmarks.correction.train import uncalibrated
from benchmarks.synthetic.pictures import Pictures, read_pictures
from posecheck.skeleton.network import Network, Prediction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from benchmarks.correction.examples import Examples
    from posecheck.skeleton.correction_file import Correction

TESTS = ("toe_touch", "knee_to_chest", "lunge", "side_lunge", "crossover")
ALL = "everything"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One way to do it, judged.

    Attributes
    ----------
    what, how : str
        Which question, and which answer to it.
    judged_on : str
    clips, pictures : int
        Learnt from.
    train_s : float
    megabytes, ms_per_picture : float
        Of the weights in half precision, and of one picture on one core.
    median_deg, p95_deg : dict
        Absolute error by angle.
    """

    what: str
    how: str
    judged_on: str
    clips: int
    pictures: int
    train_s: float
    megabytes: float
    ms_per_picture: float
    median_deg: dict[str, float]
    p95_deg: dict[str, float]


class OnePass(Network):
    """Without the mirror image."""

    def predict(self, pictures: np.ndarray, place: np.ndarray) -> Prediction:
        """What it says of the pictures as they are."""
        return self.predict_once(pictures, place)


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A correction, with what it was learnt from and how long that took."""

    correction: Correction
    clips: int
    pictures: int
    train_s: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=700)
    options = parser.parse_args()
    torch.set_num_threads(1)
    pictures = read_pictures(options.dataset)
    train, tune = (pictures.only(pictures.clips.index[pictures.clips["split"] == name]) for name in ("train", "tune"))
    rows = json.loads(options.output.read_text()) if options.output.exists() else []
    for what, make in experiments(Bench(train, tune, make_examples(train), options.steps)):
        if any(row["what"] == what for row in rows):
            continue
        for row in make():
            rows.append(asdict(row))
            print(f"{row.what}: {row.how} on {row.judged_on}: {row.median_deg}", flush=True)
        options.output.write_text(json.dumps(rows, indent=1) + "\n")
    print(table(rows))


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """What every row learns from and is judged on.

    Attributes
    ----------
    train, tune : Pictures
    examples : Examples
        Of ``train``.
    steps : int
        How long each learns.
    """

    train: Pictures
    tune: Pictures
    examples: Examples
    steps: int

    def learn(self, keep: pd.Series | None = None, how: Learning | None = None) -> Trained:
        """A network that has learnt from some clips (default: all); its uncertainties are not judged here."""
        how = how or Learning()
        clips = self.train.clips if keep is None else self.train.clips[keep]
        rows = rows_of(self.examples, clips.index)
        epochs = max(1, round(self.steps * how.batch / len(rows)))
        began = time.process_time()
        learner = learn(self.examples, rows, rows[:500], replace(how, epochs=epochs, doubt_epochs=0))
        took = time.process_time() - began
        correction = uncalibrated(learner, self.examples, rows, rows[::10], how, self.train)
        return Trained(correction, len(clips), len(rows), took)


def experiments(bench: Bench) -> Iterator[tuple[str, Callable[[], Iterator[Row]]]]:
    """Every question, with what makes its rows."""
    base: list[Trained] = []

    def trained() -> Trained:
        if not base:
            base.append(bench.learn())
        return base[0]

    yield "learnt from", lambda: _kinds(trained(), bench)
    yield "mirrored pass", lambda: _mirrored(trained(), bench)
    yield "pose model", lambda: _models(trained(), bench)
    yield "mode of the pose model", lambda: _modes(trained(), bench)
    yield SIZES, lambda: _sizes(trained(), bench)
    yield "pictures about each moment", lambda: _windows(trained(), bench)
    yield "width of the network", lambda: _widths(trained(), bench)


def judged_row(what: str, how: str, trained: Trained, tune: Pictures, judged_on: str = ALL) -> Row:
    """A row of the table; always of the points of the full model, unless the question is the model."""
    began = time.process_time()
    judged = judge(trained.correction, tune)
    ms = (time.process_time() - began) / len(tune) * 1e3
    errors = {name: np.abs(angle_errors(judged, name).error_deg) for name in ANGLES}
    network = trained.correction.network
    weights = [*network.entry, *network.exit, *network.doubt, *(array for block in network.blocks for array in block)]
    return Row(
        what=what,
        how=how,
        judged_on=judged_on,
        clips=trained.clips,
        pictures=trained.pictures,
        train_s=round(trained.train_s),
        megabytes=round(sum(array.size for array in weights) * 2 / 1e6, 1),
        ms_per_picture=round(ms, 2),
        median_deg={name: round(float(np.nanmedian(error)), 2) for name, error in errors.items()},
        p95_deg={name: round(float(np.nanquantile(error, 0.95)), 1) for name, error in errors.items()},
    )


def _some(pictures: Pictures, keep: pd.Series) -> Pictures:
    return pictures.only(pictures.clips.index[keep])


def _full(pictures: Pictures) -> Pictures:
    return _some(pictures, pictures.clips["model"] == "full")


def _windows(base: Trained, bench: Bench) -> Iterator[Row]:
    usual = Learning().offsets_s
    for offsets in ((0.0,), (-1 / 6, 0.0, 1 / 6), usual):
        trained = base if offsets == usual else bench.learn(how=Learning(offsets_s=offsets))
        yield judged_row("pictures about each moment", str(len(offsets)), trained, _full(bench.tune))


def _mirrored(base: Trained, bench: Bench) -> Iterator[Row]:
    network = base.correction.network
    once = OnePass(**{field.name: getattr(network, field.name) for field in fields(Network)})
    yield judged_row("mirrored pass", "with", base, _full(bench.tune))
    alone = replace(base.correction, network=once)
    yield judged_row("mirrored pass", "without", replace(base, correction=alone), _full(bench.tune))


def _models(base: Trained, bench: Bench) -> Iterator[Row]:
    tune = bench.tune
    bodies = tune.clips.loc[tune.clips["model"] == "heavy", "body"].unique()
    both = _some(tune, tune.clips["body"].isin(bodies))
    for model in ("full", "heavy"):
        yield judged_row("pose model", model, base, _some(both, both.clips["model"] == model), "bodies seen by both")


def _modes(base: Trained, bench: Bench) -> Iterator[Row]:
    tune = _full(bench.tune)
    for mode in ("IMAGE", "VIDEO"):
        clips = _some(tune, tune.clips["mode"] == mode)
        yield judged_row("mode of the pose model", mode, base, clips, f"clips in {mode} mode")


def _kinds(base: Trained, bench: Bench) -> Iterator[Row]:
    tests_only = bench.learn(bench.train.clips["kind"].isin(TESTS))
    is_test = bench.tune.clips["kind"].isin(TESTS)
    for words, keep in (("the five tests", is_test), ("other motion", ~is_test)):
        for how, trained in (("the five tests", tests_only), (ALL, base)):
            yield judged_row("learnt from", how, trained, _full(_some(bench.tune, keep)), words)


def _sizes(base: Trained, bench: Bench) -> Iterator[Row]:
    of = bench.train.clips["body"]
    bodies = np.random.default_rng(0).permutation(np.sort(of.unique()))
    for share in (0.1, 0.25, 0.5, 1.0):
        few = bodies[: max(1, round(share * len(bodies)))]
        trained = base if share == 1 else bench.learn(of.isin(few))
        yield judged_row(SIZES, f"{share:.0%}", trained, _full(bench.tune))


def _widths(base: Trained, bench: Bench) -> Iterator[Row]:
    usual = Learning().width
    for width in (128, 320, usual):
        trained = base if width == usual else bench.learn(how=Learning(width=width))
        yield judged_row("width of the network", str(width), trained, _full(bench.tune))


if __name__ == "__main__":
    main()
