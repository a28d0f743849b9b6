"""How much repetitions of one take differ: what is measured of it, and what is assumed of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.takes.spread import MEASURE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from posecheck.trial.trial import Trial

PERSON_SD_DEG = 1.2
"""What real people's repetitions are taken to add (chosen by us: nothing is published for these positions, and made-up
people repeat themselves within 1 degree); what a person's own repetitions say soon outweighs it."""
FREEDOM = 8.0
"""How many repetitions that expectation is worth (chosen by us, as before)."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """Standard deviation of the repetitions within takes in degrees, and its degrees of freedom."""

    sd_deg: float
    freedom: int

    @property
    def expected_sd_deg(self) -> float:
        """With what people are taken to add."""
        return float(np.hypot(self.sd_deg, PERSON_SD_DEG))


def trial_rows(trials: Iterable[Trial]) -> pd.DataFrame:
    """``test``, ``outcome``, ``sd_deg``, ``repetitions`` of each outcome of some trials."""
    rows = [(t.movement, o.name, o.sd, o.repetitions) for t in trials for o in t.outcomes]
    return pd.DataFrame(rows, columns=[*MEASURE, "sd_deg", "repetitions"])


def repeated(takes: pd.DataFrame) -> dict[tuple[str, str], Repeated]:
    """Pooled within takes, by test and outcome; ``takes`` as `trial_rows` or `benchmarks.takes.measured.take_table`."""
    several = takes[(takes["repetitions"] > 1) & np.isfinite(takes["sd_deg"])]
    found = {}
    for key, mine in several.groupby(MEASURE, sort=False):
        freedom = mine["repetitions"] - 1
        square = float(np.average(mine["sd_deg"] ** 2, weights=freedom))
        found[key] = Repeated(float(np.sqrt(square)), int(freedom.sum()))
    return found
