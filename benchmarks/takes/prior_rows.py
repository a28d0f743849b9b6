"""Rows of posecheck's table of expected errors, put into its file; what others wrote there stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from posecheck.comparison.priors import ANY, ErrorSource, Prior

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.takes.repetition import Repeated
    from benchmarks.takes.sides import SideError
    from benchmarks.takes.spread import Growth, Spread

COMMAND = "python -m benchmarks.take_error"
GROWTH = ("per_yaw", "per_scale", "per_roll")
Key = tuple[str, str]


def camera_rows(found: dict[Key, Spread], growth: dict[str, Growth]) -> list[Prior]:
    """Camera and model: every outcome, and first what holds for any other."""
    rows = []
    for (test, outcome), item in found.items():
        source = (
            f"rendered takes, camera put back by hand: {item.pairs} pairs, {item.independent} independent, largest "
            f"difference {item.largest_deg:.1f} ({COMMAND})"
        )
        more = growth.get(test)
        grows = {name: getattr(more, name) if more else 0.0 for name in GROWTH}
        rows.append(_prior(ErrorSource.CAMERA, (test, outcome), item.sd_deg, item.freedom, source, **grows))
    return [_general(rows), *rows]


def side_rows(found: dict[Key, SideError]) -> list[Prior]:
    """Left against right."""
    rows = []
    for key, item in found.items():
        source = (
            f"rendered symmetric bodies, {item.people} people: right less left {item.bias_deg:+.2f} on average, largest "
            f"{item.spread.largest_deg:.1f} ({COMMAND})"
        )
        rows.append(_prior(ErrorSource.SIDES, key, item.sd_deg, item.spread.freedom, source))
    return [_general(rows), *rows]


def repetition_rows(found: dict[Key, Repeated], person_sd_deg: float, freedom: float) -> list[Prior]:
    """One repetition against the next."""
    rows = []
    for key, item in found.items():
        source = (
            f"{item.sd_deg:.2f} measured within takes of made-up people ({item.freedom} degrees of freedom, {COMMAND}), "
            f"with {person_sd_deg:.1f} for real people, chosen by us"
        )
        rows.append(_prior(ErrorSource.REPETITION, key, item.expected_sd_deg, freedom, source))
    return [_general(rows), *rows]


def _prior(kind: ErrorSource, key: Key, sd_deg: float, freedom: float, source: str, **growth: float) -> Prior:
    rounded = {name: round(value, 3) for name, value in growth.items()}
    return Prior(
        kind=kind,
        movement=key[0],
        outcome=key[1],
        sd_deg=round(sd_deg, 2),
        freedom=round(freedom, 1),
        source=source,
        **rounded,
    )


def _general(rows: Sequence[Prior]) -> Prior:
    """What holds for tests of a user's own: the root mean square of all rows, known no better than the worst of them."""

    def square(name: str) -> float:
        return float(np.sqrt(np.mean([getattr(row, name) ** 2 for row in rows])))

    source = f"root mean square of the rows below ({COMMAND})"
    grows = {name: square(name) for name in GROWTH}
    return _prior(rows[0].kind, (ANY, ANY), square("sd_deg"), min(row.freedom for row in rows), source, **grows)


def with_rows(text: str, rows: Iterable[Prior]) -> str:
    """The file's text with these rows instead of all of their kind; everything else stays as it is.

    Raises
    ------
    SystemExit
        The file has no row of a kind, so that it is not known where they belong.
    """
    new: dict[str, list[str]] = {}
    for row in rows:
        new.setdefault(str(row.kind), []).append(_row_text(row))
    parts = text.rstrip("\n").split("\n\n")
    for kind, texts in new.items():
        old = [k for k, part in enumerate(parts) if part.startswith(f"[[{kind}]]")]
        if not old:
            raise SystemExit(f"The table of expected errors has no row [[{kind}]] to replace.")
        kept = [part for k, part in enumerate(parts) if k not in old]
        parts = [*kept[: old[0]], *texts, *kept[old[0] :]]
    return "\n\n".join(parts) + "\n"


def _row_text(row: Prior) -> str:
    names = ("movement", "outcome", "sd_deg", "freedom", *(name for name in GROWTH if getattr(row, name)), "source")
    return "\n".join([f"[[{row.kind}]]", *(f"{name} = {json.dumps(getattr(row, name))}" for name in names)])
