"""What each test asks: one TOML file a movement, read into a frozen `Movement`."""

from posecheck.movements.definition import (
    AngleRef,
    Compensation,
    Instructions,
    Movement,
    Outcome,
    RepetitionRule,
    RepetitionSignal,
    Role,
    StartRule,
    StillRule,
)
from posecheck.movements.library import builtin_movements, in_order, load_movement, read_own_movement
from posecheck.movements.reading import read_movement

__all__ = [
    "AngleRef",
    "Compensation",
    "Instructions",
    "Movement",
    "Outcome",
    "RepetitionRule",
    "RepetitionSignal",
    "Role",
    "StartRule",
    "StillRule",
    "builtin_movements",
    "in_order",
    "load_movement",
    "read_movement",
    "read_own_movement",
]
