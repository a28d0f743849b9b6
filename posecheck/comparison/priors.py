"""How large an error to expect before anything of a person is known: one row per test and outcome, each with its source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PRIORS_FILE = "priors.toml"
ANY = "*"
"""Stands for every test or outcome that has no row of its own."""


class ErrorSource(StrEnum):
    """Where an error comes from.

    ``camera``: the camera, put back by hand, and the pose model, for one take. ``person``: the person, who takes up the
    position again, for one take. ``day``: the same person on another day, in place of ``person``. ``repetition``: one
    repetition against the next within a take. ``sides``: camera and model for the difference of left and right, which are
    seen from different sides of the body.
    """

    CAMERA = "camera"
    PERSON = "person"
    DAY = "day"
    REPETITION = "repetition"
    SIDES = "sides"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """One row of the table.

    Attributes
    ----------
    kind : ErrorSource
    movement, outcome : str
        Names of a test and of its outcome, or `ANY`.
    sd_deg : float
        Standard deviation in degrees.
    freedom : float
        Degrees of freedom: on how much evidence it rests, and so how fast a person's own repeats outweigh it.
    source : str
        Where the number comes from.
    per_yaw, per_scale, per_roll : float
        Of the row `camera`: degrees of error that a change gains for each degree that the camera turned about the person
        between the two blocks beyond 5, each percent of another size beyond 5, each degree of tilt beyond 2.
    """

    kind: ErrorSource
    movement: str
    outcome: str
    sd_deg: float
    freedom: float
    source: str
    per_yaw: float = 0.0
    per_scale: float = 0.0
    per_roll: float = 0.0


@dataclass(frozen=True, slots=True)
class OutcomePriors:
    """The rows that hold for one outcome of one test."""

    camera: Prior
    person: Prior
    day: Prior
    repetition: Prior
    sides: Prior


def priors_of(movement: str, outcome: str) -> OutcomePriors:
    """What is expected of an outcome: its own rows, and the table's general ones where it has none.

    Parameters
    ----------
    movement : str
        Any name: a test of a user's own has the general rows.
    outcome : str
    """
    table = priors_table()
    return OutcomePriors(*(_row(table, kind, movement, outcome) for kind in ErrorSource))


def _row(table: Mapping[tuple[ErrorSource, str, str], Prior], kind: ErrorSource, movement: str, outcome: str) -> Prior:
    keys = ((kind, movement, outcome), (kind, movement, ANY), (kind, ANY, outcome), (kind, ANY, ANY))
    return next(table[key] for key in keys if key in table)


@lru_cache(maxsize=1)  # the file of an installed package does not change
def priors_table() -> dict[tuple[ErrorSource, str, str], Prior]:
    """Every row by kind, movement and outcome, in the order of the file."""
    text = files("posecheck.comparison").joinpath(PRIORS_FILE).read_text(encoding="utf-8")
    content = tomllib.loads(text)
    rows = (_prior(kind, row) for kind in ErrorSource for row in content[kind])
    return {(row.kind, row.movement, row.outcome): row for row in rows}


def _prior(kind: ErrorSource, row: dict[str, Any]) -> Prior:
    prior = Prior(kind=kind, **row)
    if not (prior.sd_deg > 0 and prior.freedom > 0 and prior.source):
        raise ValueError(
            f"{PRIORS_FILE}: {kind} {prior.movement} {prior.outcome}: sd_deg, freedom and source are needed"
        )
    return prior
