"""Many measures at once: how far each still stands out (Holm's method, and the false discovery rate)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm-adjusted p values, in the order given (Holm 1979): at most 5 % of all families hold a false one."""
    order = np.argsort(p_values)
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[int(index)]))
        adjusted[int(index)] = highest
    return adjusted


def false_discovery(p_values: Sequence[float]) -> list[float]:
    """Adjusted p values of Benjamini and Hochberg (1995), in the order given.

    Below 0.05 they are those of which at most 5 % are false on average; where nothing changed, at most 5 % of all families
    hold any.
    """
    order = np.argsort(p_values)[::-1]
    adjusted = [0.0] * len(p_values)
    lowest = 1.0
    for rank, index in enumerate(order):
        lowest = min(lowest, p_values[int(index)] * len(p_values) / (len(p_values) - rank))
        adjusted[int(index)] = lowest
    return adjusted
