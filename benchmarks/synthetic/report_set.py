"""The reporting set as a plan: which recordings, of whom, filmed from where, with which known change.

Its bodies, rooms and lenses belong to the split "report", which neither training nor tuning ever sees. The plan is the same
on every machine: each pair has random numbers of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.synthetic.motion_names import motion_of, motion_side
from posecheck.kinematics.joints import Side

if TYPE_CHECKING:
    from collections.abc import Mapping

SEED = 10
BODIES = tuple(range(900, 916))
ROOMS, LENSES = 3, 2
TESTS = ("toe-touch", "knee-to-chest", "runners-lunge", "side-lunge", "crossover")
SIDE_VIEWS = frozenset((*TESTS[:3], "active-straight-leg-raise", "modified-thomas-test"))
"""Tests that are filmed from the side; the others from the front."""
SIDED = frozenset(TESTS[1:])
"""Tests of one leg, of this set."""
LATER_MOTIONS = 1000
"""Added to the number of a recording's tremor for that of its later takes."""
LYING = frozenset(("knee-to-chest", "active-straight-leg-raise", "modified-thomas-test"))


class Place(StrEnum):
    """Where the camera stands: as the instructions say, turned out of that place, or on the other side of the body."""

    RECOMMENDED = "recommended"
    BESIDE = "beside"
    OTHER_SIDE = "other side"


class Phase(StrEnum):
    """Which recording of a pair."""

    PRE = "pre"
    RETEST = "retest"


@dataclass(frozen=True, slots=True)
class Timing:
    """How a recording goes, in seconds: still, into the movement, held, back, still again."""

    rate_hz: float = 12.0
    """Less than half of a usual camera's: what is measured is slow, and pictures take time to render."""
    neutral_s: float = 0.7
    move_s: float = 1.1
    hold_s: float = 1.9
    """A hold counts from 1.5 seconds on."""
    rest_s: float = 0.7
    repetitions: int = 1

    @property
    def duration_s(self) -> float:
        """Length of the recording."""
        return self.neutral_s + self.repetitions * (2 * self.move_s + self.hold_s + self.rest_s)


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """Where the camera stands and how it is held.

    Attributes
    ----------
    yaw_deg : float
        Degrees out of the ideal view about the body, counter-clockwise seen from above.
    height_m : float
        Of the lens above the floor.
    distance_scale : float
        Times the smallest distance from which the whole movement is in the picture.
    roll_deg : float
        Tilt about the line of sight.
    aside_m : float
        How far to the right of the body's middle it aims, on the body.
    """

    yaw_deg: float
    height_m: float
    distance_scale: float
    roll_deg: float
    aside_m: float


@dataclass(frozen=True, slots=True)
class ReportClip:
    """One recording of the reporting set.

    Attributes
    ----------
    pair : int
    phase : Phase
    place : Place
    test : str
        posecheck's name of the test.
    side : Side
        The tested leg, as posecheck means it; in a toe touch the one that the camera looks at.
    filmed_from : Side or None
        The side of the body that the ideal view looks at; None for the front.
    targets_deg : mapping of str to float
        End range by the renderer's names.
    body, room, lens : int
        Numbers within the split "report".
    camera : CameraPlace
    clothes_seed, light_seed : int
        What the person wears, how the room is lit.
    motion_seed : int
        Tremor, and how later repetitions fall short.
    timing : Timing
    take : int
        Which take of the phase: between two the camera was put back by hand.
    """

    pair: int
    phase: Phase
    place: Place
    test: str
    side: Side
    filmed_from: Side | None
    targets_deg: Mapping[str, float]
    body: int
    room: int
    lens: int
    camera: CameraPlace
    clothes_seed: int
    light_seed: int
    motion_seed: int
    timing: Timing = Timing()
    take: int = 1

    @property
    def name(self) -> str:
        """``012_runners-lunge_left_retest``, the name of its folder; a later take's ends in ``_take2``."""
        again = f"_take{self.take}" if self.take > 1 else ""
        return f"{self.pair:03d}_{self.test}_{self.side}_{self.phase}{again}"

    @property
    def motion(self) -> str:
        """The renderer's name of the movement."""
        return motion_of(self.test)

    @property
    def motion_side(self) -> Side:
        """What the renderer calls its side."""
        return motion_side(self.test, self.side)


def report_clips() -> tuple[ReportClip, ...]:
    """Every recording, pre-test and re-test of a pair after one another: 252 of 126 pairs.

    Tests and places take turns, so that whatever part is rendered first holds something of each.
    """
    plan: list[tuple[str, Place, int]] = []
    for turn in range(12):
        plan += [(test, place, turn) for place in (Place.RECOMMENDED, Place.BESIDE) for test in TESTS]
        plan += [("runners-lunge", Place.OTHER_SIDE, turn)] * (turn % 2)
    pairs = [_pair(pair, *planned) for pair, planned in enumerate(plan)]
    return tuple(clip for pair in pairs for clip in pair)


def again_clips() -> tuple[ReportClip, ...]:
    """A second take of every recording, the camera put back once more, and the other leg of each pre-test.

    First the pairs filmed from the recommended place.
    """
    pairs = list(zip(report_clips()[::2], report_clips()[1::2], strict=True))
    ordered = sorted(pairs, key=lambda pair: pair[0].place is not Place.RECOMMENDED)
    return tuple(clip for pre, retest in ordered for clip in _again(pre, retest))


def _again(pre: ReportClip, retest: ReportClip) -> tuple[ReportClip, ...]:
    rng = np.random.default_rng([SEED, pre.pair, 2])
    takes = [
        replace(clip, take=2, camera=put_back(pre.camera, rng), motion_seed=clip.motion_seed + LATER_MOTIONS)
        for clip in (pre, retest)
    ]
    return (*takes, other_leg(pre, rng)) if pre.test in SIDED else tuple(takes)


def other_leg(clip: ReportClip, rng: np.random.Generator) -> ReportClip:
    """The same with the other leg: the person turned round, or changed legs, and the camera was put back."""
    return replace(
        clip,
        side=clip.side.other,
        filmed_from=filmed_from(clip.test, clip.side.other, clip.place),
        camera=put_back(clip.camera, rng),
        motion_seed=clip.motion_seed + 2 * LATER_MOTIONS,
    )


def _pair(pair: int, test: str, place: Place, turn: int) -> tuple[ReportClip, ReportClip]:
    """Pre-test and re-test; ``turn`` counts the pairs of a test from a place."""
    rng = np.random.default_rng([SEED, pair])
    side = list(Side)[turn // 2 % 2]
    pre_deg, retest_deg = TARGETS[test](rng, _change_deg(turn, rng))
    first, second = _cameras(_yaw_range_deg(turn, place), _height_range_m(test, place), rng)
    pre = ReportClip(
        pair=pair,
        phase=Phase.PRE,
        place=place,
        test=test,
        side=side,
        filmed_from=filmed_from(test, side, place),
        targets_deg=pre_deg,
        body=BODIES[pair % len(BODIES)],
        room=int(rng.integers(ROOMS)),
        lens=int(rng.integers(LENSES)),
        camera=first,
        clothes_seed=pair,
        light_seed=pair,
        motion_seed=2 * pair,
    )
    other_clothes, other_light = rng.random(2) < 1 / 3
    retest = replace(
        pre,
        phase=Phase.RETEST,
        targets_deg=retest_deg,
        camera=second,
        clothes_seed=pair + 1000 * bool(other_clothes),
        light_seed=pair + 1000 * bool(other_light),
        motion_seed=2 * pair + 1,
    )
    return pre, retest


def filmed_from(test: str, side: Side, place: Place) -> Side | None:
    """The side of the body that the ideal view looks at; None for the front."""
    if test not in SIDE_VIEWS:
        return None
    return side.other if place is Place.OTHER_SIDE else side


def _change_deg(turn: int, rng: np.random.Generator) -> float:
    """Of three pairs of a test one hardly changes, as with most people who were only warmed up."""
    return float(rng.uniform(-0.8, 0.8) if turn % 3 == 0 else rng.uniform(3, 15))


def _yaw_range_deg(turn: int, place: Place) -> tuple[float, float]:
    """Out of the ideal view, to one side; of the cameras beside it, one of six stands further out than 30 degrees."""
    if place is not Place.BESIDE:
        return 0.0, 10.0
    return (30.0, 45.0) if turn % 6 == 4 else (10.0, 30.0)


def _height_range_m(test: str, place: Place) -> tuple[float, float]:
    """Of the lens; whoever lies is filmed from lower down."""
    if test in LYING:
        return 0.5, 0.9
    return (0.5, 1.4) if place is Place.BESIDE else (0.7, 1.2)


def _cameras(
    yaw_range_deg: tuple[float, float], height_range_m: tuple[float, float], rng: np.random.Generator
) -> tuple[CameraPlace, CameraPlace]:
    """Where the camera stood first, and where a hand put it back; both within the same range of directions."""
    sign, yaw_deg = rng.choice([-1.0, 1.0]), rng.uniform(*yaw_range_deg)
    first = CameraPlace(
        yaw_deg=float(sign * yaw_deg),
        height_m=float(rng.uniform(*height_range_m)),
        distance_scale=float(rng.uniform(1.06, 1.3)),
        roll_deg=float(np.clip(rng.normal(0, 0.8), -2, 2)),
        aside_m=float(rng.uniform(-0.05, 0.05)),
    )
    return first, put_back(first, rng, yaw_range_deg)


def put_back(
    first: CameraPlace, rng: np.random.Generator, yaw_range_deg: tuple[float, float] = (-np.inf, np.inf)
) -> CameraPlace:
    """Where a hand puts a camera that had been taken away, within a range of directions to the side that it stood on."""
    sign = float(np.copysign(1.0, first.yaw_deg))
    return CameraPlace(
        yaw_deg=float(sign * np.clip(sign * first.yaw_deg + rng.uniform(-5, 5), *yaw_range_deg)),
        height_m=first.height_m + float(rng.uniform(-0.05, 0.05)),
        distance_scale=first.distance_scale * float(rng.uniform(0.95, 1.05)),
        roll_deg=first.roll_deg + float(rng.uniform(-1.5, 1.5)),
        aside_m=first.aside_m + float(rng.uniform(-0.04, 0.04)),
    )


TargetPair = tuple[dict[str, float], dict[str, float]]


def _two(pre: dict[str, float], change: dict[str, float]) -> TargetPair:
    return pre, {name: value + change.get(name, 0.0) for name, value in pre.items()}


def _toe_touch(rng: np.random.Generator, change: float) -> TargetPair:
    hip = rng.uniform(60, 105 - max(change, 0))
    pre = {"hip": hip, "trunk": hip + rng.uniform(4, 12), "knee": rng.uniform(3, 10)}
    return _two(pre, {"hip": change, "trunk": change})


def _knee_to_chest(rng: np.random.Generator, change: float) -> TargetPair:
    pre = {
        "hip": rng.uniform(85, 120 - max(change, 0)),
        "knee": rng.uniform(95, 134 - max(change, 0)),
        "pelvis_tilt": rng.uniform(0, 8),
    }
    return _two(pre, {"hip": change, "knee": change})


def _lunge(rng: np.random.Generator, change: float) -> TargetPair:
    """Rear and front hip change by numbers of their own; a rear foot that would leave the floor is not asked for."""
    front = rng.uniform(-0.8, 0.8) if rng.random() < 1 / 3 else rng.uniform(3, 12)
    pre = {
        "hip_front": rng.uniform(84, 104 - max(front, 0)),
        "ext_rear": rng.uniform(2, 22 - max(change, 0)),
        "trunk": rng.uniform(12, 22),
        "knee_front": rng.uniform(84, 96),
    }
    return _two(pre, {"hip_front": front, "ext_rear": change})


def _side_lunge(rng: np.random.Generator, change: float) -> TargetPair:
    """The feet stay where they are, so that knee and abduction go together."""
    abduction = rng.uniform(28, 44 - max(change, 0))
    pre = {
        "abd": abduction,
        "knee": 51 + 1.6 * (abduction - 26) + rng.uniform(-3, 3),
        "pitch": rng.uniform(12, 24),
        "lean": rng.uniform(0, 8),
    }
    return _two(pre, {"abd": change, "knee": 1.6 * change})


def _crossover(rng: np.random.Generator, change: float) -> TargetPair:
    pre = {"lean": rng.uniform(8, 30 - max(change, 0)), "add": rng.uniform(8, 14)}
    return _two(pre, {"lean": change, "add": 0.3 * change})


TARGETS = {
    "toe-touch": _toe_touch,
    "knee-to-chest": _knee_to_chest,
    "runners-lunge": _lunge,
    "side-lunge": _side_lunge,
    "crossover": _crossover,
}
"""For each test its end ranges before and after, from random numbers and the change of the primary outcome."""
