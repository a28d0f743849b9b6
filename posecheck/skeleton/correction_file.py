"""The file with the weights of the correction: written by its training, read and checked by whoever corrects."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.errors import Advice, ModelFileError
from posecheck.language import phrase
from posecheck.pose.model_files import verify_checksum
from posecheck.skeleton.depth import Reach
from posecheck.skeleton.network import Network

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

CORRECTION_NAME = "correction.npz"


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """Everything that training left.

    Attributes
    ----------
    network : Network
    reach : Reach
    offsets_s : tuple of float
        The pictures that it looks at about each moment.
    leg_ratio : float
        How much larger rendered legs were than the model's own, on average.
    move_limit : (16,) float64
        The longest move of each joint that was right in training, in legs.
    sd_scale : (16,) float64
        By what the network's own standard deviations are to be multiplied, joint by joint, so that they cover what they say.
    up_scale : float
        The same for the direction against gravity.
    growth : float
        By how much doubt grows with each unit of depth.
    correlation : (48, 48) float64
        Of the errors of all joints (16 x 3 axes), each in its standard deviation: near joints are wrong together, and along
        the line of sight more than across it.
    angle_scale : dict of str to float
        For each angle, by what the standard deviation that follows from the joints is to be multiplied.
    models : tuple of str
        sha256 of the pose models whose points it learnt from.
    """

    network: Network
    reach: Reach
    offsets_s: tuple[float, ...]
    leg_ratio: float
    move_limit: NDArray[np.float64]
    sd_scale: NDArray[np.float64]
    up_scale: float
    growth: float
    correlation: NDArray[np.float64]
    angle_scale: Mapping[str, float]
    models: tuple[str, ...]


def write_correction(correction: Correction, path: Path) -> None:
    """Write the file; the same values give the same bytes."""
    network, reach = correction.network, correction.reach
    halves = {"entry": network.entry, "exit": network.exit, "doubt": network.doubt}
    halves |= {f"block{k}": block for k, block in enumerate(network.blocks)}
    arrays: dict[str, NDArray[Any]] = {
        f"{name}_{k}": array.astype(np.float16) for name, part in halves.items() for k, array in enumerate(part)
    }
    arrays |= {"directions": reach.directions.astype(np.float16), "examples": reach.examples.astype(np.float16)}
    arrays |= {"near": reach.near, "edge": reach.edge, "mean": network.mean, "spread": network.spread}
    arrays |= {name: np.asarray(getattr(correction, name)) for name in _PLAIN}
    arrays["correlation"] = correction.correlation.astype(np.float32)
    arrays["angles"] = np.array(list(correction.angle_scale), dtype=str)
    arrays["angle_scale"] = np.array(list(correction.angle_scale.values()))
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


_PLAIN = ("offsets_s", "leg_ratio", "move_limit", "sd_scale", "up_scale", "growth", "models")


def read_correction(path: Path) -> Correction:
    """Read the file, and check it against the checksums beside it where they list it.

    Raises
    ------
    ModelFileError
        It is missing, is listed in its folder's checksums.toml with another checksum, or holds something else.
    """
    verify_checksum(path)
    try:
        with np.load(path, allow_pickle=False) as stored:
            return _correction({name: stored[name] for name in stored.files})
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelFileError(
            phrase("{file}: not the weights of a correction ({reason}).", file=path, reason=error),
            Advice("altered_weights", phrase("Install posecheck again.")),
        ) from error


def _correction(stored: dict[str, NDArray[np.generic]]) -> Correction:
    def floats(name: str) -> NDArray[np.float32]:
        return stored[name].astype(np.float32)

    def doubles(name: str) -> NDArray[np.float64]:
        return stored[name].astype(np.float64)

    count = sum(name.startswith("block") and name.endswith("_0") for name in stored)
    network = Network(
        mean=floats("mean"),
        spread=floats("spread"),
        entry=(floats("entry_0"), floats("entry_1")),
        blocks=tuple(
            (floats(f"block{k}_0"), floats(f"block{k}_1"), floats(f"block{k}_2"), floats(f"block{k}_3"))
            for k in range(count)
        ),
        exit=(floats("exit_0"), floats("exit_1")),
        doubt=(floats("doubt_0"), floats("doubt_1"), floats("doubt_2"), floats("doubt_3")),
    )
    return Correction(
        network=network,
        reach=Reach(floats("directions"), floats("examples"), floats("near"), floats("edge")),
        offsets_s=tuple(doubles("offsets_s").tolist()),
        leg_ratio=float(doubles("leg_ratio")),
        move_limit=doubles("move_limit"),
        sd_scale=doubles("sd_scale"),
        up_scale=float(doubles("up_scale")),
        growth=float(doubles("growth")),
        correlation=doubles("correlation"),
        angle_scale=dict(zip(stored["angles"].tolist(), doubles("angle_scale").tolist(), strict=True)),
        models=tuple(stored["models"].astype(str).tolist()),
    )
