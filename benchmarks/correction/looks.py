"""Whether the pose model sees more in crops of the person, in larger pictures, or in the outline that it draws.

    python -m benchmarks.correction.looks LOOKS [--no-write]

``LOOKS`` is what `benchmarks.synthetic.make_looks` wrote. Only pictures count in which every look found the person. First
the errors of each look, by the model's own points in space and corrected with the weights that posecheck carries. These
learnt from whole pictures, so what they leave is looked at, too: which share of it the points of a look, or the outline,
still tell. Writes its tables into docs/accuracy.md.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.correction.examples import clip_series
from benchmarks.correction.judge import Judged, angle_errors, judge
from benchmarks.correction.outlines import outline_values
from benchmarks.docs import write_table
from benchmarks.synthetic.make_looks import CROP, LOOKS, OUTLINE, WHOLE
from benchmarks.synthetic.pictures import ARRAYS, Pictures
from posecheck.skeleton.centres import HIPS
from posecheck.skeleton.correction import load_correction
from posecheck.skeleton.features import MIRROR_ORDER, MIRROR_SIGN, read_features

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FOLDS = 8
BOTH, AVERAGED = "whole and crop, averaged", (WHOLE, CROP)
STRENGTHS = (30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0, 30000.0)
"""How firmly what tells nothing is held to nothing; the best one is shown, which flatters what is asked."""
LARGEST_DEG = 30.0
"""A larger error counts as this: legs taken for each other are no matter of degrees (chosen by us)."""


@dataclass(frozen=True, slots=True)
class LookRow:
    """A way to look, judged: median and 95th percentile of the absolute error, in degrees.

    Attributes
    ----------
    look : str
    pictures : int
        In which every look found the person.
    found : float
        Share of all pictures in which this one did.
    own_deg, corrected_deg : dict
        By what is asked: of the model's own points, and corrected.
    """

    look: str
    pictures: int
    found: float
    own_deg: dict[str, tuple[float, float]]
    corrected_deg: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One look at the pictures that all looks found.

    Attributes
    ----------
    judged : Judged
    points : ((n, 150), (n, 150)) float64
        What tells of the joints: numbers of the body points, of each picture and of its mirror image.
    body : (n,) int64
    kind : (n,) str
        What is done.
    """

    judged: Judged
    points: tuple[Array, Array]
    body: NDArray[np.int64]
    kind: NDArray[np.str_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/accuracy.md as it is")
    options = parser.parse_args()
    rows, clips = read_looks(options.folder)
    correction = load_correction()
    judged = {look: judge(correction, pictures_of(rows, clips, look)) for look in LOOKS}
    common = np.flatnonzero(np.bincount(np.concatenate([item.picture for item in judged.values()])) == len(LOOKS))
    seen = {look: seen_of(judged[look], pictures_of(rows, clips, look), common) for look in LOOKS}
    found = {look: len(item.picture) / len(rows) for look, item in judged.items()}
    rows_of_looks = [look_row(look, found[look], seen[look]) for look in LOOKS]
    rows_of_looks.append(look_row(BOTH, len(common) / len(rows), averaged([seen[look] for look in AVERAGED])))
    shown = outlines(rows, common)
    told = {f"the points of: {look}": explained(seen[look], seen[look].points) for look in LOOKS}
    told["the outline"] = explained(seen[WHOLE], shown)
    both = tuple(np.hstack(each) for each in zip(seen[WHOLE].points, shown, strict=True))
    told["the points of: whole, and the outline"] = explained(seen[WHOLE], both)
    text = f"{looks_table(rows_of_looks)}\n\n{told_table(told)}"
    print(text)
    if not options.no_write:
        write_table("accuracy.md", text, part="looks")


def read_looks(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pictures in the order of clip and time, and clips."""
    rows = pd.concat([pd.read_parquet(path) for path in sorted(folder.glob("part-*.parquet"))], ignore_index=True)
    clips = pd.concat([pd.read_parquet(path) for path in sorted(folder.glob("clips-*.parquet"))])
    return rows.sort_values(["clip", "time_s"], kind="stable", ignore_index=True), clips


def pictures_of(rows: pd.DataFrame, clips: pd.DataFrame, look: str) -> Pictures:
    """What one look saw, as a data set."""
    columns = {name: name if name in rows else f"{name} {look}" for name in ARRAYS}
    arrays = {name: np.stack(rows[columns[name]].to_list()).reshape(-1, *shape) for name, shape in ARRAYS.items()}
    return Pictures(rows["clip"].to_numpy(np.int64), rows["time_s"].to_numpy(np.float64), **arrays, clips=clips)


def seen_of(judged: Judged, pictures: Pictures, common: NDArray[np.intp]) -> Seen:
    """One look at some pictures."""
    values = np.concatenate([read_features(series).values for _, _, series in clip_series(pictures)])[common]
    mirrored = values[:, MIRROR_ORDER] * MIRROR_SIGN
    about = pictures.clips.loc[pictures.clip[common]]
    both = tuple(np.nan_to_num(each).astype(np.float64) for each in (values, mirrored))
    return Seen(
        judged.only(np.isin(judged.picture, common)), both, about["body"].to_numpy(), about["kind"].to_numpy(str)
    )  # type: ignore[arg-type]


def averaged(looks: Sequence[Seen]) -> Seen:
    """The mean of several looks at the same pictures; the numbers of the points are the first one's."""
    first = looks[0]
    said, world = (
        replace(
            getattr(first.judged, name),
            xyz_m=np.mean([getattr(look.judged, name).xyz_m for look in looks], axis=0),
            up=np.mean([getattr(look.judged, name).up for look in looks], axis=0),
        )
        for name in ("said", "world")
    )
    return replace(first, judged=replace(first.judged, said=said, world=world))


def outlines(rows: pd.DataFrame, common: NDArray[np.intp]) -> tuple[Array, Array]:
    """Numbers of the outlines of some pictures, and of their mirror images."""
    some = rows.iloc[common]
    masks = np.stack([np.frombuffer(each, np.uint8).reshape(OUTLINE, OUTLINE) for each in some["outline"]])
    xy_px = np.stack(some[f"xy_px {WHOLE}"].to_list()).reshape(-1, 33, 2).astype(np.float64)
    return outline_values(masks, xy_px), outline_values(masks, xy_px, mirrored=True)


def explained(seen: Seen, values: tuple[Array, ...]) -> dict[str, float]:
    """The share of the variance of each error that some numbers tell, on bodies that they were not learnt from.

    Parameters
    ----------
    seen : Seen
    values : ((n, k), (n, k)) float64
        Of each picture, and of its mirror image: a right leg is read as the left one of that.
    """
    straight, mirrored = values
    fold = np.unique(seen.body, return_inverse=True)[1] % FOLDS
    shares = {}
    for words, (angle, chosen) in ASKED.items():
        errors = angle_errors(seen.judged, angle).error_deg
        both = len(errors) > len(fold)
        numbers, folds = (np.vstack([straight, mirrored]), np.tile(fold, 2)) if both else (straight, fold)
        rows = chosen(seen) & np.isfinite(errors)
        off = np.clip(errors[rows], -LARGEST_DEG, LARGEST_DEG)
        # Of what nobody does there is nothing to tell.
        tried = (_share(numbers[rows], off, folds[rows], strength) for strength in STRENGTHS)
        shares[words] = max(tried) if rows.any() else 0.0
    return shares


def _share(numbers: Array, off: Array, fold: NDArray[np.intp], strength: float) -> float:
    """R^2 of a ridge regression on the folds that it was not fitted to."""
    numbers = (numbers - numbers.mean(axis=0)) / np.maximum(numbers.std(axis=0), 0.05)
    left = off.copy()
    for number in range(FOLDS):
        learn, test = fold != number, fold == number
        mean = off[learn].mean()
        curvature = numbers[learn].T @ numbers[learn] + strength * np.eye(numbers.shape[1])
        slope = np.linalg.solve(curvature, numbers[learn].T @ (off[learn] - mean))
        left[test] -= mean + numbers[test] @ slope
    return float(1 - (left**2).sum() / ((off - off.mean()) ** 2).sum())


def look_row(look: str, found: float, seen: Seen) -> LookRow:
    """The errors of a look."""
    own, corrected = {}, {}
    for words, (angle, chosen) in ASKED.items():
        rows = chosen(seen)
        error = angle_errors(seen.judged, angle)
        own[words], corrected[words] = _size(error.world_error_deg[rows]), _size(error.error_deg[rows])
    return LookRow(look, len(seen.body), round(found, 3), own, corrected)


def _all_legs(seen: Seen) -> NDArray[np.bool_]:
    return np.ones(2 * len(seen.body), dtype=bool)


def _once(seen: Seen) -> NDArray[np.bool_]:
    return np.ones(len(seen.body), dtype=bool)


def _far_leg(seen: Seen) -> NDArray[np.bool_]:
    """Of left legs and then right ones: that which is farther from the camera, of somebody seen from the side."""
    away = seen.judged.true.xyz_m[:, HIPS, 2]
    left_far = away[:, 0] > away[:, 1]
    from_side = ~np.isin(seen.kind, FRONT_VIEWS)
    return np.concatenate([left_far & from_side, ~left_far & from_side])


def _of_kinds(*kinds: str) -> Callable[[Seen], NDArray[np.bool_]]:
    return lambda seen: np.tile(np.isin(seen.kind, kinds), 2)


FRONT_VIEWS = ("side_lunge", "crossover")
ASKED: dict[str, tuple[str, Callable[[Seen], NDArray[np.bool_]]]] = {
    "knees": ("knee_flexion", _all_legs),
    "hips": ("hip_flexion", _all_legs),
    "trunk": ("trunk_flexion", _once),
    "knees from the front": ("knee_flexion", _of_kinds(*FRONT_VIEWS)),
    "far knee": ("knee_flexion", _far_leg),
    "far hip": ("hip_flexion", _far_leg),
    "lunge, hips": ("hip_flexion", _of_kinds("lunge")),
    "lying, hips": ("hip_flexion", _of_kinds("knee_to_chest")),
}
"""What is asked of each look: an angle, and of which legs and pictures."""


def _size(errors: Array) -> tuple[float, float]:
    size = np.abs(errors[np.isfinite(errors)])
    if not size.size:
        return float("nan"), float("nan")
    return round(float(np.median(size)), 2), round(float(np.quantile(size, 0.95)), 1)


KINDS = {"own_deg": "the model's own", "corrected_deg": "corrected"}


def looks_table(rows: list[LookRow]) -> str:
    """The errors of each look in Markdown."""
    asked = list(ASKED)
    lines = [f"| look | found | joints | {' | '.join(asked)} |", "|" + "---|" * (3 + len(asked))]
    for row in rows:
        for kind, words in KINDS.items():
            errors = " | ".join("{:.1f} / {:.0f}".format(*getattr(row, kind)[name]) for name in asked)
            lines.append(f"| {row.look} | {row.found:.0%} | {words} | {errors} |")
    return "\n".join([*lines, "", f"{rows[0].pictures} pictures in which every look found the person."])


def told_table(told: dict[str, dict[str, float]]) -> str:
    """What is told of the errors that the correction leaves, in Markdown; less than nothing is nothing."""
    lines = [f"| of what is left, is told by | {' | '.join(ASKED)} |", "|" + "---|" * (1 + len(ASKED))]
    for words, shares in told.items():
        lines.append(f"| {words} | {' | '.join(f'{max(shares[name], 0.0):.0%}' for name in ASKED)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
