"""The difference of two means with its error: confidence interval, smallest detectable change, Holm's correction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr, stdtrit

from posecheck.errors import ComparisonError

if TYPE_CHECKING:
    from collections.abc import Sequence

ALPHA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorModel:
    """Variance of repetitions and of re-positioning. [J]: chosen by us, docs/method.md#section-5."""

    prior_sd_deg: float = 2.5
    """s0: repetition SD expected before any is seen [J]."""
    prior_weight: float = 8.0
    """nu0: how many repetitions that expectation is worth [J]."""
    set_sd_deg: float = 3.0
    """sigma_set: re-positioning and landmark drift, which do not shrink with repetitions [J]."""
    moved_set_sd_deg: float = 5.0
    """sigma_set when the camera moved between the blocks [J]."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two means with its error.

    Attributes
    ----------
    difference_deg : float
        Second less first.
    ci95_low_deg, ci95_high_deg : float
        95 % confidence interval.
    mdc95_deg : float
        Smallest difference that can be told from measurement error.
    p_value : float
        Two-sided, before Holm's correction.
    degrees_of_freedom : float
        Satterthwaite.
    """

    difference_deg: float
    ci95_low_deg: float
    ci95_high_deg: float
    mdc95_deg: float
    p_value: float
    degrees_of_freedom: float


def pooled_variance(blocks: Sequence[Sequence[float]], model: ErrorModel) -> tuple[float, float]:
    """Shrunk repetition variance.

    s^2 = (nu0 s0^2 + sum (k_b - 1) s_b^2) / (nu0 + nu), nu = sum (k_b - 1): docs/method.md#section-5.

    Returns
    -------
    variance_deg2, degrees_of_freedom : float
        The latter is nu0 + nu.
    """
    counts = [max(len(block) - 1, 0) for block in blocks]
    squares = sum(
        count * float(np.var(block, ddof=1)) for count, block in zip(counts, blocks, strict=True) if count > 0
    )
    weight = model.prior_weight + sum(counts)
    return (model.prior_weight * model.prior_sd_deg**2 + squares) / weight, weight


def own_set_sd_deg(differences_deg: Sequence[float], variance_deg2: float, repetitions: float) -> float:
    """Re-positioning error from a person's own repeats: sigma_set^2 = max(0, mean((A - B)^2) / 2 - s^2 / k)."""
    square = float(np.mean(np.square(differences_deg))) / 2 - variance_deg2 / repetitions
    return math.sqrt(max(0.0, square))


def difference_of_means(
    first: Sequence[float], second: Sequence[float], *, set_sd_deg: float, model: ErrorModel | None = None
) -> Difference:
    """Second mean less first mean, with confidence interval and smallest detectable change.

    SE^2 = s^2 (1/k1 + 1/k2) + 2 sigma_set^2; CI95 = difference +- t SE; MDC95 = t SE (docs/method.md#section-5). The
    re-positioning term is taken as known, so that it adds no uncertainty of its own to the degrees of freedom.

    Raises
    ------
    ComparisonError
        A block has no value.
    """
    if not first or not second:
        raise ComparisonError("a block has no usable repetition, so there is nothing to compare. Film it again.")
    model = model or ErrorModel()
    variance, weight = pooled_variance([first, second], model)
    from_repetitions = variance * (1 / len(first) + 1 / len(second))
    error = math.sqrt(from_repetitions + 2 * set_sd_deg**2)
    freedom = error**4 / (from_repetitions**2 / weight)
    reach = float(stdtrit(freedom, 1 - ALPHA / 2)) * error
    value = float(np.mean(second) - np.mean(first))
    p_value = float(2 * stdtr(freedom, -abs(value) / error))
    return Difference(value, value - reach, value + reach, reach, p_value, freedom)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm-adjusted p values, in the order given (Holm 1979)."""
    order = np.argsort(p_values)
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[int(index)]))
        adjusted[int(index)] = highest
    return adjusted
