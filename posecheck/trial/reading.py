"""How a test's recording is read: which leg is tested, how its landmarks are cleaned, on which points it rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.kinematics.cleaning import CleaningOptions
from posecheck.kinematics.joints import ANGLES, Side
from posecheck.movements import Role

if TYPE_CHECKING:
    from posecheck.kinematics.angles import View
    from posecheck.movements import Movement
    from posecheck.pose.landmarks import Landmark


def tested_side(movement: Movement, side: Side | None, view: View) -> Side:
    """The side said by the user; in a test that moves both legs together the one nearer to the camera."""
    if movement.sides:
        assert side is not None
        return side
    return view.near_side or side or Side.LEFT


def cleaning_options(movement: Movement, tested: Side, view: View) -> CleaningOptions:
    """How the landmarks of a test are cleaned: legs that stay in the picture's plane cannot look short."""
    return CleaningOptions(
        min_limb_ratio=0.87 if movement.legs_in_plane else None,
        rear_leg=tested if movement.rear_leg_tested else None,
        facing=view.facing,
    )


def needed_landmarks(movement: Movement, tested: Side) -> tuple[Landmark, ...]:
    """The points that the primary outcomes rest on."""
    primary = [outcome.ref for outcome in movement.outcomes if outcome.role is Role.PRIMARY]
    marks = [mark for ref in primary for mark in ANGLES[ref.angle].landmarks(ref.side(tested) or tested)]
    return tuple(dict.fromkeys(marks))
