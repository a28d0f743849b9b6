"""The takes from which the table of priors takes its numbers, as a plan: the same person films the same thing again.

Bodies, rooms and lenses belong to the split "tune": the reporting set, by which the result is judged, never sees them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.synthetic.report_set import (
    LYING,
    TARGETS,
    TESTS,
    CameraPlace,
    Phase,
    Place,
    ReportClip,
    Timing,
    filmed_from,
    other_leg,
    put_back,
)
from posecheck.kinematics.joints import Side

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.synthetic.report_set import TargetPair

SEED = 11
BODIES = tuple(range(800, 840))
ROOMS, LENSES = tuple(range(100, 112)), (2, 3, 4)
"""None of them is one of the reporting set's."""
ROUNDS = 20
NEWER_TESTS = ("active-straight-leg-raise", "modified-thomas-test")
NEWER_EVERY = 3
"""The newer tests are filmed in every third round only, to save time."""
REPEATED_EVERY = 2
"""In every other round the first take shows three repetitions, the others one: pictures take time to render."""
FIRST_SEED = 100_000
"""Clothes, light and tremor are numbered from here on, far from the reporting set's."""
AGAIN = 3
"""Takes of the same thing, with the camera put back after each."""
MOVED = AGAIN + 1
"""The number of the take whose camera was not put back, but stands elsewhere."""


def take_clips() -> tuple[ReportClip, ...]:
    """Every recording, person-test after person-test; what is rendered first holds something of each test."""
    plan = [
        (test, turn) for turn in range(ROUNDS) for test in (*TESTS, *(NEWER_TESTS if turn % NEWER_EVERY == 0 else ()))
    ]
    return tuple(clip for number, (test, turn) in enumerate(plan) for clip in _person_test(number, test, turn))


def _person_test(number: int, test: str, turn: int) -> list[ReportClip]:
    """Takes of one body and test: three alike, one from elsewhere, one with a change, and two of the other leg."""
    rng = np.random.default_rng([SEED, number])
    pre_deg, retest_deg = TAKE_TARGETS[test](rng, float(rng.uniform(4, 12)))
    side, place = list(Side)[turn // 2 % 2], Place.BESIDE if turn % 5 in (1, 3) else Place.RECOMMENDED
    first = ReportClip(
        pair=number,
        phase=Phase.PRE,
        place=place,
        test=test,
        side=side,
        filmed_from=filmed_from(test, side, place),
        targets_deg=pre_deg,
        body=int(BODIES[number % len(BODIES)]),
        room=int(rng.choice(ROOMS)),
        lens=int(rng.choice(LENSES)),
        camera=_first_camera(test, place, rng),
        clothes_seed=FIRST_SEED + 10 * number,
        light_seed=FIRST_SEED + 10 * number,
        motion_seed=FIRST_SEED + 10 * number,
    )
    alike = [first, *(_again(first, take, rng) for take in range(2, AGAIN + 1))]
    moved = replace(_again(first, MOVED, rng), camera=_elsewhere(first.camera, rng))
    changed = replace(
        _again(first, 1, rng), phase=Phase.RETEST, targets_deg=retest_deg, motion_seed=first.motion_seed + 8
    )
    clips = [*alike, moved, changed]
    if test != "toe-touch":
        other = other_leg(first, rng)
        clips += [
            replace(other, motion_seed=first.motion_seed + 6),
            replace(_again(other, 2, rng), motion_seed=first.motion_seed + 7),
        ]
    if turn % REPEATED_EVERY == 0:
        clips[0] = replace(first, timing=Timing(repetitions=3))
    return clips


def _again(first: ReportClip, take: int, rng: np.random.Generator) -> ReportClip:
    """A later take: the camera put back, sometimes other clothes or light."""
    other_clothes, other_light = rng.random(2) < 1 / 4
    return replace(
        first,
        take=take,
        camera=put_back(first.camera, rng),
        clothes_seed=first.clothes_seed + take * bool(other_clothes),
        light_seed=first.light_seed + take * bool(other_light),
        motion_seed=first.motion_seed + take,
    )


def _first_camera(test: str, place: Place, rng: np.random.Generator) -> CameraPlace:
    low_deg, high_deg = (10.0, 30.0) if place is Place.BESIDE else (0.0, 10.0)
    return CameraPlace(
        yaw_deg=float(rng.choice([-1.0, 1.0]) * rng.uniform(low_deg, high_deg)),
        height_m=float(rng.uniform(0.5, 0.9) if test in LYING else rng.uniform(0.6, 1.3)),
        distance_scale=float(rng.uniform(1.06, 1.3)),
        roll_deg=float(np.clip(rng.normal(0, 0.8), -2, 2)),
        aside_m=float(rng.uniform(-0.05, 0.05)),
    )


def _elsewhere(first: CameraPlace, rng: np.random.Generator) -> CameraPlace:
    """A camera that was turned, moved away or tilted by more than a hand that puts it back; often by one alone."""
    which = rng.integers(4)
    yaw, scale, roll = (which in (k, 3) for k in range(3))
    back = put_back(first, rng)
    return replace(
        back,
        yaw_deg=first.yaw_deg + float(rng.choice([-1, 1]) * rng.uniform(5, 20)) if yaw else back.yaw_deg,
        distance_scale=first.distance_scale * float(rng.uniform(1.05, 1.3)) if scale else back.distance_scale,
        roll_deg=first.roll_deg + float(rng.choice([-1, 1]) * rng.uniform(2, 10)) if roll else back.roll_deg,
    )


def _leg_raise(rng: np.random.Generator, change: float) -> TargetPair:
    pre = {
        "hip": rng.uniform(55, 95 - change),
        "knee": rng.uniform(3, 12),
        "pelvis_tilt": rng.uniform(2, 8),
    }
    return pre, {**pre, "hip": pre["hip"] + change}


def _thomas(rng: np.random.Generator, change: float) -> TargetPair:
    """Extension counts, so that more range is a smaller angle."""
    pre = {"hip": rng.uniform(-12 + change, 18), "knee": rng.uniform(55, 85), "held_hip": rng.uniform(108, 120)}
    return pre, {**pre, "hip": pre["hip"] - change}


TAKE_TARGETS: dict[str, Callable[[np.random.Generator, float], TargetPair]] = {
    **TARGETS,
    NEWER_TESTS[0]: _leg_raise,
    NEWER_TESTS[1]: _thomas,
}
"""For each test its end ranges before and after, from random numbers and the change of the primary outcome."""
