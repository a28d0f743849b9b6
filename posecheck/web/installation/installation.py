"""The settings of this installation: what new sessions start with."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from posecheck.storage.tables import Setting

if TYPE_CHECKING:
    from posecheck.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Installation:
    """What new sessions start with.

    Attributes
    ----------
    keep_video : bool
        False: "keep body points only", videos are deleted after the analysis. True by default: a person wants to look.
    keep_pictures : bool
        Without videos, pictures stay with faces blurred. False by default: what is called body points only is that.
    blur_faces : bool
        Stored, annotated and report pictures show no face. False by default: it takes time.
    """

    keep_video: bool = True
    keep_pictures: bool = False
    blur_faces: bool = False


def read(transaction: Transaction) -> Installation:
    """The settings as they are stored; what is not stored has its default."""
    rows = {name: transaction.get(Setting, name) for name in (item.name for item in fields(Installation))}
    return Installation(**{name: bool(row.value["value"]) for name, row in rows.items() if row is not None})


def write(transaction: Transaction, settings: Installation) -> None:
    """Store the settings."""
    for name, value in asdict(settings).items():
        transaction.merge(Setting(name=name, value={"value": value}))
