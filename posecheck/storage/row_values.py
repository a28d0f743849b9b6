"""What the columns of a row may hold, so that pages can show it: asked of an archive that comes in, and at each start."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger

from posecheck.storage.archive_shapes import check_shape
from posecheck.storage.phrase_columns import stored_as
from posecheck.storage.tables import BIRTH_YEARS, JobKind, JobState, Step, TakeState, UploadState

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

ID = re.compile(r"[0-9a-f]{24}")
PHASES = frozenset({"pre", "baseline", "retest"})
ALLOWED: dict[tuple[str, str], frozenset[str]] = {
    ("session", "step"): frozenset(Step),
    ("upload", "phase"): PHASES,
    ("upload", "state"): frozenset(UploadState),
    ("take", "phase"): PHASES,
    ("take", "side"): frozenset({"", "left", "right"}),
    ("take", "state"): frozenset(TakeState),
    ("stretch_done", "side"): frozenset({"", "left", "right", "both"}),
    ("job", "kind"): frozenset(JobKind),
    ("job", "state"): frozenset(JobState),
}


def check_value(table: str, column: ColumnElement[Any], value: Any) -> None:
    """Refuse what a column cannot hold; a text may be of any length.

    Raises
    ------
    TypeError, ValueError
        It is of another kind, or none of the words that the column has.
    """
    if value is None:
        if not getattr(column, "nullable", False):
            raise TypeError
        return
    stored = stored_as(column)
    if isinstance(stored, JSON):
        check_shape(table, column.name, value)
        return
    kind = stored.python_type
    if not isinstance(value, (float, int) if kind is float else kind):
        raise TypeError
    if isinstance(value, str):
        _check_text(table, column.name, value)
    if (table, column.name) == ("person", "birth_year") and value not in BIRTH_YEARS:
        raise ValueError
    if kind is float and not math.isfinite(value):
        raise ValueError
    if kind is int and not 0 <= value < (2**63 if isinstance(stored, BigInteger) else 2**31):
        raise ValueError


def _check_text(table: str, column: str, value: str) -> None:
    if (column == "id" or column.endswith("_id")) and not ID.fullmatch(value):
        raise ValueError
    if (table, column) == ("session", "date") or ((table, column) == ("session", "next_date") and value):
        dt.date.fromisoformat(value)  # it becomes part of the names of downloads
    if value not in ALLOWED.get((table, column), (value,)):
        raise ValueError
