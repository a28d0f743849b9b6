"""The difference of two blocks with its error: confidence interval, smallest detectable change, chance of any growth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr, stdtrit

from posecheck.comparison.error_model import Spread, freedom_of_sum
from posecheck.errors import ComparisonError
from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two blocks with its error.

    Attributes
    ----------
    difference_deg : float
        Second less first.
    ci95_low_deg, ci95_high_deg : float
        95 % confidence interval.
    mdc95_deg : float
        Smallest difference that can be told from measurement error.
    p_value : float
        Two-sided, before any correction for how many measures there are.
    degrees_of_freedom : float
        Satterthwaite.
    chance_larger : float
        How probable it is, from 0 to 1, that the second is larger at all.
    takes_sd_deg, repetitions_sd_deg, moved_sd_deg : float
        What the standard error consists of, as the root of its sum of squares: person and camera put back in place,
        repetitions, a camera that was seen to have moved.
    """

    difference_deg: float
    ci95_low_deg: float
    ci95_high_deg: float
    mdc95_deg: float
    p_value: float
    degrees_of_freedom: float
    chance_larger: float
    takes_sd_deg: float
    repetitions_sd_deg: float
    moved_sd_deg: float


NOT_MEASURED = Difference(*(math.nan,) * 10)


def block_mean_deg(takes: Sequence[Sequence[float]]) -> float:
    """The mean of the takes' means: each take counts alike, however many repetitions it holds."""
    return float(np.mean([np.mean(take) for take in takes]))


def pooled_variance(takes: Sequence[Sequence[float]], expected: Spread) -> Spread:
    """The spread of repetitions within takes, shrunk towards the expected one.

    s^2 = (nu0 s0^2 + sum (k_t - 1) s_t^2) / (nu0 + nu), nu = sum (k_t - 1): docs/method.md#section-5.
    """
    counts = [max(len(take) - 1, 0) for take in takes]
    squares = sum(count * float(np.var(take, ddof=1)) for count, take in zip(counts, takes, strict=True) if count)
    freedom = expected.freedom + sum(counts)
    return Spread(math.sqrt((expected.freedom * expected.variance_deg2 + squares) / freedom), freedom)


def repetition_share(takes: Sequence[Sequence[float]]) -> float:
    """What s^2 is multiplied by in the variance of a block's mean of T takes: sum of 1 / k_t over T squared."""
    return sum(1 / len(take) for take in takes) / len(takes) ** 2


def difference_of_blocks(
    first: Sequence[Sequence[float]],
    second: Sequence[Sequence[float]],
    *,
    take: Spread,
    repetition: Spread,
    moved_sd_deg: float = 0.0,
) -> Difference:
    """Second block less first, with confidence interval and smallest detectable change.

    SE^2 = sigma_take^2 (1/T1 + 1/T2) + s^2 (share1 + share2) + moved^2; CI95 = difference +- t SE; MDC95 = t SE, t with
    Satterthwaite's degrees of freedom (docs/method.md#section-5).

    Parameters
    ----------
    first, second : sequence of sequence of float
        The takes of each block, each with the end ranges of its repetitions in degrees.
    take : Spread
        Of one take.
    repetition : Spread
        Of one repetition within a take, before any is seen.
    moved_sd_deg : float
        What a camera that was seen to have moved adds; it is known with the certainty of ``take``.

    Raises
    ------
    ComparisonError
        A block has no value.
    """
    if not first or not second or not all((*first, *second)):
        raise ComparisonError(
            phrase("a block has no usable repetition, so there is nothing to compare. Film it again.")
        )
    within = pooled_variance([*first, *second], repetition)
    of_takes = take.variance_deg2 * (1 / len(first) + 1 / len(second))
    of_repetitions = within.variance_deg2 * (repetition_share(first) + repetition_share(second))
    moved = moved_sd_deg**2
    freedom = freedom_of_sum([(of_takes + moved, take.freedom), (of_repetitions, within.freedom)])
    return with_error(
        block_mean_deg(second) - block_mean_deg(first),
        freedom=freedom,
        takes_sd_deg=math.sqrt(of_takes),
        repetitions_sd_deg=math.sqrt(of_repetitions),
        moved_sd_deg=moved_sd_deg,
    )


def with_error(
    difference_deg: float, *, freedom: float, takes_sd_deg: float, repetitions_sd_deg: float, moved_sd_deg: float = 0.0
) -> Difference:
    """A difference whose standard error consists of these parts, by Student's t with ``freedom``."""
    error = math.hypot(takes_sd_deg, repetitions_sd_deg, moved_sd_deg)
    reach = float(stdtrit(freedom, 1 - ALPHA / 2)) * error
    return Difference(
        difference_deg,
        difference_deg - reach,
        difference_deg + reach,
        reach,
        float(2 * stdtr(freedom, -abs(difference_deg) / error)),
        freedom,
        float(stdtr(freedom, difference_deg / error)),
        takes_sd_deg,
        repetitions_sd_deg,
        moved_sd_deg,
    )
