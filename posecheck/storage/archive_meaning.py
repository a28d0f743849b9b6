"""Whether the rows of an archive fit together and can be shown: what each names exists, and says the same everywhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from posecheck.errors import StorageError
from posecheck.files import OwnEntry
from posecheck.language import phrase
from posecheck.protocol import GRIPS, NO_GRIP, STRETCHES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from posecheck.movements import Movement
    from posecheck.storage.archive_apart import StoredRows

STRETCH_NAMES = frozenset(item.name for item in STRETCHES)
GRIP_NAMES = frozenset(item.name for item in GRIPS) | {NO_GRIP, ""}


class MeaningError(StorageError):
    """Rows of an archive do not fit together; the words go on after "the archive is damaged:"."""


def check_meaning(rows: StoredRows, takes: Path, known: Mapping[str, Movement]) -> None:
    """Refuse rows that a page or a download could not show.

    Parameters
    ----------
    rows : StoredRows
    takes : Path
        The archive's folder of recordings, unpacked.
    known : mapping of str to Movement
        Every test that is here or comes with the archive.

    Raises
    ------
    MeaningError
    """
    for row in rows.of("session"):
        for named in _named_by(row):
            _check_test(named["movement"], named["side"], known, phrase("a session"))
    for row in rows.of("upload"):
        plan = row.get("reading", {}).get("plan")
        if plan is not None:
            _check_test(plan["movement"], plan["side"], known, phrase("a video that was filmed"))
    for row in rows.of("take"):
        _check_test(row["movement"], row.get("side", "") or None, known, phrase("a recording"))
        _check_result(row, takes / row["id"] / OwnEntry.TRIAL)
    for row in rows.of("stretch_done"):
        if row["stretch"] not in STRETCH_NAMES or row.get("grip", "") not in GRIP_NAMES:
            raise MeaningError(
                phrase(
                    "there is no stretch '{stretch}' with the grip '{grip}'",
                    stretch=row["stretch"][:40],
                    grip=row.get("grip", "")[:40],
                )
            )


def _named_by(session: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from session.get("tests", [])
    yield from session.get("felt", [])
    if session.get("primary"):
        yield session["primary"]


def _check_test(name: str, side: str | None, known: Mapping[str, Movement], of: str) -> None:
    movement = known.get(name)
    if movement is None:
        raise MeaningError(
            phrase("the test '{test}' of {row} is neither here nor in the archive", test=name[:40], row=of)
        )
    if movement.sides and side is None:
        raise MeaningError(phrase("{row} has the test '{test}' without a side", row=of, test=name[:40]))
    if side is not None and not movement.sides:
        raise MeaningError(phrase("{row} has the test '{test}' with a side", row=of, test=name[:40]))


def _check_result(row: Mapping[str, Any], file: Path) -> None:
    """A recording and its result say the same; one that is not measured yet has none."""
    if not file.is_file():
        return
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        side = row.get("side", "")
        same = told["movement"] == row["movement"] and (not side or told["side"] == side)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise MeaningError(phrase("the result of a recording cannot be read ({file})", file=file.name)) from error
    if not same:
        raise MeaningError(phrase("a recording says another test or side than its result"))
