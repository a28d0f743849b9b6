"""posecheck: joint angles from video, left and right compared, pre-test against re-test.

    import posecheck

    before = posecheck.analyze("before.mp4", "toe-touch")
    after = posecheck.analyze("after.mp4", "toe-touch")
    print(posecheck.compare(before, after).changes)

Every name in ``__all__`` is loaded when it is first used, so that importing posecheck itself takes no time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posecheck.api import analyze, angles, compare, load_trial
    from posecheck.comparison.changes import Change
    from posecheck.comparison.difference import Difference
    from posecheck.comparison.sides import SideDifference
    from posecheck.comparison.verdict import Verdict
    from posecheck.errors import (
        ComparisonError,
        ModelFileError,
        MovementError,
        NoPersonError,
        PosecheckError,
        RecordingError,
        StorageError,
        VideoError,
    )
    from posecheck.kinematics.joints import Side
    from posecheck.measured import Comparison, MeasuredAngles, MeasuredTrial
    from posecheck.movements import Movement, builtin_movements, load_movement
    from posecheck.pose.estimator import PoseEstimator
    from posecheck.trial.keys import MeasureKey
    from posecheck.trial.repetitions import Repetition
    from posecheck.trial.trial import Felt, OutcomeResult, Trial

    __version__: str

_HOMES = {
    "posecheck.api": ("analyze", "angles", "compare", "load_trial"),
    "posecheck.comparison.changes": ("Change",),
    "posecheck.comparison.difference": ("Difference",),
    "posecheck.comparison.sides": ("SideDifference",),
    "posecheck.comparison.verdict": ("Verdict",),
    "posecheck.errors": (
        "ComparisonError",
        "ModelFileError",
        "MovementError",
        "NoPersonError",
        "PosecheckError",
        "RecordingError",
        "StorageError",
        "VideoError",
    ),
    "posecheck.kinematics.joints": ("Side",),
    "posecheck.measured": ("Comparison", "MeasuredAngles", "MeasuredTrial"),
    "posecheck.movements": ("Movement", "builtin_movements", "load_movement"),
    "posecheck.pose.estimator": ("PoseEstimator",),
    "posecheck.trial.keys": ("MeasureKey",),
    "posecheck.trial.repetitions": ("Repetition",),
    "posecheck.trial.trial": ("Felt", "OutcomeResult", "Trial"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Change",
    "Comparison",
    "ComparisonError",
    "Difference",
    "Felt",
    "MeasureKey",
    "MeasuredAngles",
    "MeasuredTrial",
    "ModelFileError",
    "Movement",
    "MovementError",
    "NoPersonError",
    "OutcomeResult",
    "PoseEstimator",
    "PosecheckError",
    "RecordingError",
    "Repetition",
    "Side",
    "SideDifference",
    "StorageError",
    "Trial",
    "Verdict",
    "VideoError",
    "__version__",
    "analyze",
    "angles",
    "builtin_movements",
    "compare",
    "load_movement",
    "load_trial",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562)."""
    if name == "__version__":
        found: object = _installed_version()
    elif name in _HOME_OF:
        found = getattr(import_module(_HOME_OF[name]), name)
    else:
        raise AttributeError(f"module 'posecheck' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _installed_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("posecheck")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0.0.0+unknown"
