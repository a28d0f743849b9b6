"""All made-up tests by name, with chosen angles or with random ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.synthetic.poses.crossover import Crossover
from benchmarks.synthetic.poses.knee_to_chest import KneeToChest
from benchmarks.synthetic.poses.lunge import Lunge
from benchmarks.synthetic.poses.motion import UnreachableTargetError
from benchmarks.synthetic.poses.newer_tests import StraightLegRaise, ThomasTest
from benchmarks.synthetic.poses.side_lunge import SideLunge
from benchmarks.synthetic.poses.toe_touch import ToeTouch
from posecheck.errors import PosecheckError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from benchmarks.synthetic.poses.motion import Motion
    from benchmarks.synthetic.rig import Rig

TESTS: dict[str, type[Motion]] = {
    "toe_touch": ToeTouch,
    "knee_to_chest": KneeToChest,
    "lunge": Lunge,
    "side_lunge": SideLunge,
    "crossover": Crossover,
    "straight_leg_raise": StraightLegRaise,
    "thomas": ThomasTest,
}

RANGES: dict[str, dict[str, tuple[float, float]]] = {
    "toe_touch": {"hip": (30, 120), "knee": (1, 30)},
    "knee_to_chest": {
        "hip": (60, 130),
        "knee": (60, 145),
        "pelvis_tilt": (0, 15),
        "rest_rise": (0, 25),
    },
    "lunge": {
        "hip_front": (65, 120),
        "ext_rear": (-10, 30),
        "trunk": (0, 50),
        "knee_front": (55, 120),
        "rear_dorsi": (10, 30),
    },
    "side_lunge": {"abd": (20, 48), "knee": (35, 95), "pitch": (5, 40), "lean": (-8, 14), "pelvis_roll": (-3, 8)},
    "crossover": {"lean": (0, 38), "add": (2, 28), "cross": (0.04, 0.18), "pelvis_roll": (-2, 9)},
    "straight_leg_raise": {"hip": (25, 105), "knee": (1, 25), "pelvis_tilt": (0, 14), "toes": (-15, 35)},
    "thomas": {
        "hip": (-18, 35),
        "knee": (25, 105),
        "held_hip": (95, 128),
        "held_knee": (105, 140),
        "pelvis_tilt": (0, 16),
        "table": (0.45, 0.9),
    },
}
"""Degrees at end range from which training draws (chosen by us: wider than what people do, so that nobody is outside)."""

TRIES = 60
"""Of the side lunges drawn, two in five are within reach (seen over eight bodies); of all else, most."""


def make_test(name: str, rig: Rig, side: str, targets: Mapping[str, float]) -> Motion:
    """A test of a body with chosen angles at end range; what is not chosen is the test's own default.

    Raises
    ------
    UnreachableTargetError
        The body cannot reach them.
    """
    if name not in TESTS:
        raise PosecheckError(f"There is no made-up test {name!r}; there are: {', '.join(TESTS)}.")
    return TESTS[name](rig, side, targets)


def random_test(name: str, rig: Rig, rng: np.random.Generator) -> Motion:
    """A test of a body with random angles, of either side; drawn again where the body cannot reach them."""
    for _ in range(TRIES):
        try:
            return make_test(name, rig, str(rng.choice(["L", "R"])), _drawn(name, rng))
        except UnreachableTargetError:
            continue
    raise UnreachableTargetError(
        f"No random {name} was within reach of a body of {rig.stature_m:.2f} m in {TRIES} tries."
    )


def _drawn(name: str, rng: np.random.Generator) -> dict[str, float]:
    """Random angles of a test, those that depend on each other together."""
    targets = {key: float(rng.uniform(*limits)) for key, limits in RANGES[name].items()}
    if name == "toe_touch":
        targets["trunk"] = targets["hip"] + rng.uniform(-4, 18)
    if name == "knee_to_chest":
        # A resting leg whose knee bends more than its hip rises would put its heel under the floor.
        targets["rest_knee"] = rng.uniform(1, 4 + 0.6 * targets["rest_rise"])
    return targets
