"""How a test's recording is read: which leg is tested, how its landmarks are cleaned, on which points it rests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.kinematics.cleaning import CleaningOptions
from posecheck.kinematics.joints import ANGLES, Side
from posecheck.kinematics.motion import Motion, read_motion
from posecheck.kinematics.view import detect_view
from posecheck.movements import Role
from posecheck.trial.sources import SourceChoice

if TYPE_CHECKING:
    from collections.abc import Collection

    from posecheck.kinematics.view import View
    from posecheck.movements import Movement
    from posecheck.pose.landmarks import Landmark, LandmarkSeries


@dataclass(frozen=True, slots=True, eq=False)
class TrialMotion(Motion):
    """How somebody moved in a test, and which leg is the tested one."""

    tested: Side


def read_trial_motion(
    series: LandmarkSeries,
    movement: Movement,
    side: Side | None,
    *,
    view: View | None = None,
    only: Collection[str] | None = None,
    quick: bool = False,
) -> TrialMotion:
    """Read the landmarks of a test as the test asks for it: its view, its tested leg, its cleaning, its sources of angles.

    Parameters
    ----------
    series : LandmarkSeries
    movement : Movement
    side : Side or None
        The tested leg as declared; must be given for a test that is done once per side.
    view : View, optional
        Told from the landmarks when left out.
    only : collection of str, optional
        Names of the angles to compute; all by default.
    quick : bool
        The picture stands in for each source that takes a whole recording and time, as it must while somebody is filmed.
        Default: no.
    """
    view = view or view_of_test(series, movement)
    tested = tested_side(movement, side, view)
    cleaning = cleaning_options(movement, tested, view)
    sources = SourceChoice(movement, tested, quick)
    motion = read_motion(series, view=view, cleaning=cleaning, source=sources.main, only=only)
    return TrialMotion(motion.view, motion.clean, sources.complete(motion), tested)


def view_of_test(series: LandmarkSeries, movement: Movement) -> View:
    """How the camera sees the person, given the plane and the posture that the test asks for."""
    return detect_view(series, plane=movement.plane, lying=movement.lying)


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
