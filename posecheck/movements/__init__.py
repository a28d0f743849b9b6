"""What each test asks: one TOML file a movement, read into a frozen `Movement`."""

from posecheck.movements.definition import (
    AngleRef,
    Compensation,
    Instructions,
    Movement,
    Outcome,
    RepetitionRule,
    Role,
    StartRule,
    builtin_movements,
    load_movement,
    read_movement,
)

__all__ = [
    "AngleRef",
    "Compensation",
    "Instructions",
    "Movement",
    "Outcome",
    "RepetitionRule",
    "Role",
    "StartRule",
    "builtin_movements",
    "load_movement",
    "read_movement",
]
