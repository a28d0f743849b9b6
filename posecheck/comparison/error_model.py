"""The error of a measured outcome: what is expected before (`priors`), set right by a person's own repeats."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from posecheck.comparison.priors import Prior, priors_of

ERROR_MODEL_VERSION = 2
"""Raised when the same repetitions would get another error; 1 had one re-positioning error of 3 degrees for everything."""
MIN_FACTOR = 0.5
"""However well a person's own repeats agree, a take effect is never taken for smaller than this times the expected one: a
few repeats can agree by luck (chosen by us)."""


@dataclass(frozen=True, slots=True)
class OwnRepeats:
    """What a person's own repeats say: takes of the same test with nothing done in between.

    Attributes
    ----------
    count : int
        Degrees of freedom: of n takes of a block, n - 1.
    ratio_sum : float
        Sum of the squares that were seen, each over the square that was expected of it; about ``count`` for a person whose
        takes differ as much as expected.
    """

    count: int = 0
    ratio_sum: float = 0.0

    def __add__(self, other: OwnRepeats) -> OwnRepeats:
        return OwnRepeats(self.count + other.count, self.ratio_sum + other.ratio_sum)


@dataclass(frozen=True, slots=True)
class Spread:
    """A standard deviation in degrees, with the degrees of freedom that it is known with."""

    sd_deg: float
    freedom: float

    @property
    def variance_deg2(self) -> float:
        """Its square."""
        return self.sd_deg**2


@dataclass(frozen=True, slots=True)
class MeasureError:
    """The error of one outcome.

    Attributes
    ----------
    take : Spread
        Of one take: camera and person, put back in place.
    repetition : Spread
        Of one repetition within a take, before any is seen.
    person : Spread
        What of ``take`` is due to the person.
    other_day : Spread
        Of one take, where the takes to compare are of different days.
    sides : Spread
        Of the difference of left and right, without person and repetitions: each is seen from another side of the body.
    per_yaw, per_scale, per_roll : float
        As in `posecheck.comparison.priors.Prior`.
    """

    take: Spread
    repetition: Spread
    person: Spread
    other_day: Spread
    sides: Spread
    per_yaw: float
    per_scale: float
    per_roll: float


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """The errors of all outcomes of one person.

    Attributes
    ----------
    repeats : OwnRepeats
        The person's own, of this session and of earlier ones.
    version : int
        `ERROR_MODEL_VERSION`; stands in every file that errors are written to.
    """

    repeats: OwnRepeats = field(default_factory=OwnRepeats)
    version: int = ERROR_MODEL_VERSION

    def of(self, movement: str, outcome: str) -> MeasureError:
        """The error of an outcome (docs/method.md#section-5).

        sigma_take^2 = f^2 (camera^2 + person^2), f^2 = (nu + sum of ratios) / (nu + repeats): a scaled inverse chi-squared
        prior with nu degrees of freedom, updated by the repeats.
        """
        priors = priors_of(movement, outcome)
        camera = priors.camera
        return MeasureError(
            self._updated(_sum_of(priors.camera, priors.person)),
            _spread(priors.repetition),
            self._updated(_spread(priors.person)),
            self._updated(_sum_of(priors.camera, priors.day)),
            self._updated(_spread(priors.sides)),
            camera.per_yaw,
            camera.per_scale,
            camera.per_roll,
        )

    def factor(self, freedom: float) -> float:
        """f: how many times as much this person's takes differ as is expected, the expectation weighing ``freedom``."""
        square = (freedom + self.repeats.ratio_sum) / (freedom + self.repeats.count)
        return max(MIN_FACTOR, math.sqrt(max(0.0, square)))

    def _updated(self, expected: Spread) -> Spread:
        return Spread(expected.sd_deg * self.factor(expected.freedom), expected.freedom + self.repeats.count)


def expected_take(movement: str, outcome: str) -> Spread:
    """The effect of one take that is expected of anybody."""
    priors = priors_of(movement, outcome)
    return _sum_of(priors.camera, priors.person)


def _sum_of(*priors: Prior) -> Spread:
    """Camera and person are independent, so that their variances add."""
    parts = [(prior.sd_deg**2, prior.freedom) for prior in priors]
    return Spread(math.sqrt(sum(variance for variance, _ in parts)), freedom_of_sum(parts))


def _spread(prior: Prior) -> Spread:
    return Spread(prior.sd_deg, prior.freedom)


def freedom_of_sum(parts: list[tuple[float, float]]) -> float:
    """Satterthwaite's degrees of freedom of a sum of variances, each given with its own (Satterthwaite 1946)."""
    return sum(variance for variance, _ in parts) ** 2 / sum(variance**2 / freedom for variance, freedom in parts)
