"""Random clips for training: a few seconds of one kind of motion, sampled as a camera would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.synthetic.poses.everyday import draw_walk
from benchmarks.synthetic.poses.kneeling import HalfKneeling, Kneeling, Quadruped
from benchmarks.synthetic.poses.library import TESTS, random_test
from benchmarks.synthetic.poses.lying import Bridge, Prone, SideLying, Supine
from benchmarks.synthetic.poses.mocap import recorded_poses
from benchmarks.synthetic.poses.motion import STILL
from benchmarks.synthetic.poses.sitting import FloorSitting, Seated, SitToStand
from benchmarks.synthetic.poses.standing import ArmRaiseSquat, FreeLegs, OneLeg, Squat, Stand, Step
from benchmarks.synthetic.poses.transition import between
from benchmarks.synthetic.poses.vectors import smooth_step
from posecheck.errors import PosecheckError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.synthetic.poses.everyday import Everyday
    from benchmarks.synthetic.poses.motion import Box
    from benchmarks.synthetic.rig import Pose, Rig

    Array = NDArray[np.float64]

TREMOR_DEG = (0.1, 0.8)
"""Standard deviation of small unwanted movements (chosen by us: a steady person and a shaky one)."""


@dataclass(frozen=True, slots=True, eq=False)
class PoseClip:
    """Poses at even times, and what the room needs to know of them.

    Attributes
    ----------
    poses : tuple of Pose
    view : {"side", "front"}
        From where the motion is meant to be filmed; "front" where any direction is as good.
    lying : bool
    props : tuple of Box
        Seat or table.
    """

    poses: tuple[Pose, ...]
    view: str = "front"
    lying: bool = False
    props: tuple[Box, ...] = ()


def random_poses(
    kind: str, rig: Rig, rng: np.random.Generator, count: int, rate_hz: float, mocap: Path | None = None
) -> list[Pose]:
    """The poses of a `random_clip`."""
    return list(random_clip(kind, rig, rng, count, rate_hz, mocap).poses)


def random_clip(
    kind: str, rig: Rig, rng: np.random.Generator, count: int, rate_hz: float, mocap: Path | None = None
) -> PoseClip:
    """A clip of a kind of `KINDS`.

    Parameters
    ----------
    kind : str
    rig : Rig
    rng : Generator
        The same state gives the same clip.
    count : int
        How many poses.
    rate_hz : float
        How many a second.
    mocap : path, optional
        Folder of recorded motion, which the kind "mocap" needs.
    """
    if kind not in KINDS:
        raise PosecheckError(f"There is no kind of clip {kind!r}; there are: {', '.join(KINDS)}.")
    return KINDS[kind](ClipOrder(kind, rig, rng, count, rate_hz, mocap))


@dataclass(frozen=True, slots=True, eq=False)
class ClipOrder:
    """What a kind needs to make a clip."""

    kind: str
    rig: Rig
    rng: np.random.Generator
    count: int
    rate_hz: float
    mocap: Path | None = None

    @property
    def times_s(self) -> Array:
        """When each pose is."""
        return np.arange(self.count) / self.rate_hz


def tremor(count: int, rate_hz: float, rng: np.random.Generator, sd_deg: float) -> Array:
    """Small unwanted movements (count, 6) in degrees: wander between 0.2 and 7 Hz, slow more than fast."""
    # Short clips are cut from four seconds: in a tenth of a second nothing slow would fit.
    samples = max(count, int(np.ceil(4 * rate_hz)), 16)
    frequencies = np.fft.rfftfreq(samples, 1 / rate_hz)
    heard = (frequencies > 0.2) & (frequencies < 7)
    amplitudes = np.where(heard, 1 / np.sqrt(1 + (frequencies / 1.2) ** 2), 0)[:, None]
    spectrum = rng.normal(size=(len(frequencies), 6)) + 1j * rng.normal(size=(len(frequencies), 6))
    wander = np.fft.irfft(spectrum * amplitudes, samples, axis=0)
    return np.asarray(wander / (wander.std(axis=0) + 1e-9) * sd_deg)[:count]


def phases(order: ClipOrder) -> Array:
    """There, hold, back and rest, again and again, begun anywhere; between 0 and 1."""
    rng = order.rng
    there, hold, back, rest = rng.uniform(0.8, 2.5), rng.uniform(0.3, 1.5), rng.uniform(0.8, 2.5), rng.uniform(0.1, 0.6)
    ends = np.cumsum([there, hold, back, rest])
    times = (order.times_s + rng.uniform(0, ends[-1])) % ends[-1]
    return np.array([smooth_step(time, 0, ends[0]) - smooth_step(time, ends[1], ends[2]) for time in times])


def _test(order: ClipOrder) -> PoseClip:
    motion = random_test(order.kind, order.rig, order.rng)
    wobbles = tremor(order.count, order.rate_hz, order.rng, order.rng.uniform(*TREMOR_DEG))
    poses = tuple(motion.at(float(phase), wobble) for phase, wobble in zip(phases(order), wobbles, strict=True))
    return PoseClip(poses, motion.view, motion.lying, motion.props)


def _everyday(order: ClipOrder) -> PoseClip:
    made = EVERYDAY[order.kind](order.rig, order.rng)
    walk = draw_walk(made.keys(order.rng), order.rng)
    wobbles = tremor(order.count, order.rate_hz, order.rng, order.rng.uniform(*TREMOR_DEG))
    poses = tuple(
        made.at(*walk.between(float(time)), wobble) for time, wobble in zip(order.times_s, wobbles, strict=True)
    )
    return PoseClip(poses, lying=made.lying, props=made.props)


def _transition(order: ClipOrder) -> PoseClip:
    """From one everyday pose to quite another and back: what lies between is not planned, but every joint is on its way."""
    rng, rig = order.rng, order.rig
    kinds = rng.choice(PASSED_THROUGH, size=2, replace=False)
    ends = []
    for kind in kinds:
        made = EVERYDAY[str(kind)](rig, rng)
        key = made.keys(rng)[-1]
        ends.append(made.at(key, key, 0.0, STILL))
    seconds, start = rng.uniform(1.2, 3.5), rng.uniform(0, 1)
    poses = []
    for time in order.times_s:
        place = (start + time / seconds) % 2
        poses.append(between(rig, ends[0], ends[1], smooth_step(place if place <= 1 else 2 - place)))
    return PoseClip(tuple(poses), lying=False)


def _mocap(order: ClipOrder) -> PoseClip:
    if order.mocap is None:
        raise PosecheckError("Recorded motion is read from a folder with asf and amc files; name it.")
    return PoseClip(tuple(recorded_poses(order.mocap, order.rig, order.rng, order.count, order.rate_hz)))


EVERYDAY: dict[str, type[Everyday]] = {
    "squat": Squat,
    "arm_raise_squat": ArmRaiseSquat,
    "stand": Stand,
    "step": Step,
    "one_leg": OneLeg,
    "free": FreeLegs,
    "sit_to_stand": SitToStand,
    "seated": Seated,
    "floor_sitting": FloorSitting,
    "kneeling": Kneeling,
    "half_kneeling": HalfKneeling,
    "quadruped": Quadruped,
    "supine": Supine,
    "bridge": Bridge,
    "prone": Prone,
    "side_lying": SideLying,
}

PASSED_THROUGH = (
    "stand",
    "squat",
    "step",
    "floor_sitting",
    "kneeling",
    "half_kneeling",
    "quadruped",
    "supine",
    "prone",
    "side_lying",
)
"""Kinds that a transition goes between: those without a seat."""

KINDS: dict[str, Callable[[ClipOrder], PoseClip]] = {
    **dict.fromkeys(TESTS, _test),
    **dict.fromkeys(EVERYDAY, _everyday),
    "transition": _transition,
    "mocap": _mocap,
}
"""How a clip of each kind is made."""
