"""What the renderer calls each test, and whose leg it means by its side."""

from __future__ import annotations

from posecheck.kinematics.joints import Side

TESTS = {
    "toe_touch": ("toe-touch", False),
    "knee_to_chest": ("knee-to-chest", False),
    "lunge": ("runners-lunge", True),
    "side_lunge": ("side-lunge", True),
    "crossover": ("crossover", False),
    "straight_leg_raise": ("active-straight-leg-raise", False),
    "thomas": ("modified-thomas-test", False),
}
"""The renderer's movement to the test, and whether the renderer's side is the leg that is not tested."""


def motion_of(test: str) -> str:
    """The renderer's movement that shows a test."""
    return next(motion for motion, (name, _) in TESTS.items() if name == test)


def motion_side(test: str, tested: Side) -> Side:
    """What the renderer calls the side of a test in which a leg is tested: of a lunge the front leg, for one."""
    return tested.other if TESTS[motion_of(test)][1] else tested
