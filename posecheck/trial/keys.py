"""What a test and a measure are found by when recordings are set against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posecheck.kinematics.joints import Side


@dataclass(frozen=True, slots=True)
class TrialKey:
    """One test and side: what pre-test and re-test must have in common.

    Attributes
    ----------
    movement : str
        ``runners-lunge``
    side : Side or None
        The tested leg; None for a test that is not done once per side.
    """

    movement: str
    side: Side | None


@dataclass(frozen=True, slots=True)
class MeasureKey:
    """One number of a test, such as the main measure that a person names before the re-test.

    Attributes
    ----------
    movement : str
        ``runners-lunge``
    side : Side or None
        Whose angle; None for either.
    outcome : str
        ``hip_extension``
    """

    movement: str
    side: Side | None
    outcome: str

    def __str__(self) -> str:
        """``runners-lunge:left:hip_extension``, as the command line and its messages write it."""
        return ":".join(filter(None, (self.movement, self.side, self.outcome)))
