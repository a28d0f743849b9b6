"""The worked example of docs/method.md: one change by hand, each number as the program computes it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import stdtrit

from posecheck.comparison.difference import (
    Difference,
    block_mean_deg,
    difference_of_blocks,
    pooled_variance,
)
from posecheck.comparison.error_model import ErrorModel, OwnRepeats, Spread
from posecheck.comparison.priors import OutcomePriors, priors_of

MOVEMENT, OUTCOME = "toe-touch", "hip_flexion"
BEFORE = (81.9, 82.1, 82.3)
AFTER = (90.1, 91.0, 91.9)
"""End ranges in degrees of one take each: means and standard deviations are those of the toe touch of the demo."""
REPEATS = OwnRepeats(11, 7.0)
"""Of somebody who repeats a test more closely than is expected."""


@dataclass(frozen=True, slots=True)
class Example:
    """The example, step by step.

    Attributes
    ----------
    priors : OutcomePriors
        Rows of the table.
    take, repetition : Spread
        Of one take, and of one repetition once these were seen.
    one, two : Difference
        With one take before and after, and with the same take twice.
    own : Difference
        With one take, after `REPEATS`.
    own_factor : float
        How many times as much this person's takes differ as is expected.
    """

    priors: OutcomePriors
    take: Spread
    repetition: Spread
    one: Difference
    two: Difference
    own: Difference
    own_factor: float


def example() -> Example:
    """Compute it."""
    anybody, own = ErrorModel().of(MOVEMENT, OUTCOME), ErrorModel(REPEATS).of(MOVEMENT, OUTCOME)

    def change(takes: int, take: Spread) -> Difference:
        return difference_of_blocks([BEFORE] * takes, [AFTER] * takes, take=take, repetition=anybody.repetition)

    return Example(
        priors_of(MOVEMENT, OUTCOME),
        anybody.take,
        pooled_variance([BEFORE, AFTER], anybody.repetition),
        change(1, anybody.take),
        change(2, anybody.take),
        change(1, own.take),
        ErrorModel(REPEATS).factor(anybody.take.freedom),
    )


def worked_example() -> str:
    """The example as Markdown: one numbered step a line."""
    e = example()
    steps = (_measured(e), _take(e), _repetitions(e), _together(e), _answer(e), _two_takes(e), _own_repeats(e))
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


def _measured(e: Example) -> str:
    before, after = (", ".join(f"{value:.1f}" for value in values) for values in (BEFORE, AFTER))
    return (
        f"**What was measured.** Toe touch, hip flexion, one take of three repetitions before ({before}) and after "
        f"({after}). Means {block_mean_deg([BEFORE]):.1f} and {block_mean_deg([AFTER]):.1f}, standard deviations 0.2 and "
        f"0.9. **The change is {e.one.difference_deg:+.1f} degrees.**"
    )


def _take(e: Example) -> str:
    camera, person, take = e.priors.camera, e.priors.person, e.take
    return (
        f"**The take.** From the table: camera {camera.sd_deg:g} (ν {camera.freedom:g}), person {person.sd_deg:g} "
        f"(ν {person.freedom:g}). σ_take² = {camera.sd_deg:g}² + {person.sd_deg:g}² = {take.variance_deg2:.2f}. It counts "
        f"once for each block: {take.variance_deg2:.2f} · (1/1 + 1/1) = {e.one.takes_sd_deg**2:.2f}. Its degrees of "
        f"freedom: {take.variance_deg2:.2f}² / ({camera.sd_deg:g}⁴/{camera.freedom:g} + "
        f"{person.sd_deg:g}⁴/{person.freedom:g}) = {take.freedom:.1f}."
    )


def _repetitions(e: Example) -> str:
    expected, seen = e.priors.repetition, e.repetition
    return (
        f"**The repetitions.** From the table: s0 {expected.sd_deg:g} (ν0 {expected.freedom:g}). Seen: 2 · 0.2² + 2 · 0.9² "
        f"= 1.70 with 2 + 2 degrees of freedom. s² = ({expected.freedom:g} · {expected.sd_deg:g}² + 1.70) / "
        f"({expected.freedom:g} + 4) = {seen.variance_deg2:.2f}. It counts {seen.variance_deg2:.2f} · (1/3 + 1/3) = "
        f"{e.one.repetitions_sd_deg**2:.2f}."
    )


def _together(e: Example) -> str:
    takes, repetitions, error = e.one.takes_sd_deg**2, e.one.repetitions_sd_deg**2, _error(e.one)
    return (
        f"**Together.** SE² = {takes:.2f} + {repetitions:.2f} = {error**2:.2f}, so SE = {error:.2f}. Degrees of freedom: "
        f"{error**2:.2f}² / ({takes:.2f}²/{e.take.freedom:.1f} + {repetitions:.2f}²/{e.repetition.freedom:g}) = "
        f"{e.one.degrees_of_freedom:.1f}; t, from any table: {_t(e.one):.2f}."
    )


def _answer(e: Example) -> str:
    return (
        f"**The answer.** MDC95 = {_t(e.one):.2f} · {_error(e.one):.2f} = **{e.one.mdc95_deg:.1f} degrees**. The change is "
        f"{e.one.difference_deg:.1f}, its likely range {e.one.ci95_low_deg:.1f} to {e.one.ci95_high_deg:.1f}: "
        f"{_verdict(e.one)}."
    )


def _two_takes(e: Example) -> str:
    return (
        f"**With two takes** before and after that came out alike, the take counts {e.take.variance_deg2:.2f} · (1/2 + "
        f"1/2) = {e.two.takes_sd_deg**2:.2f} and the repetitions {e.two.repetitions_sd_deg**2:.2f}: MDC95 is "
        f"{e.two.mdc95_deg:.1f} degrees."
    )


def _own_repeats(e: Example) -> str:
    known, count, ratios = f"{e.take.freedom:.1f}", REPEATS.count, f"{REPEATS.ratio_sum:.1f}"
    return (
        f"**With {count} repeats of your own** that differed less than expected (each squared difference over the expected "
        f"one, summed: {ratios} instead of about {count}): f² = ({known} + {ratios}) / ({known} + {count}) = "
        f"{e.own_factor**2:.2f}. σ_take² becomes {e.take.variance_deg2:.2f} · {e.own_factor**2:.2f}, known with {known} + "
        f"{count} degrees of freedom: with one take each MDC95 is {e.own.mdc95_deg:.1f} degrees."
    )


def _error(difference: Difference) -> float:
    return math.hypot(difference.takes_sd_deg, difference.repetitions_sd_deg)


def _t(difference: Difference) -> float:
    return float(stdtrit(difference.degrees_of_freedom, 0.975))


def _verdict(difference: Difference) -> str:
    larger = abs(difference.difference_deg) > difference.mdc95_deg
    return "larger than measurement error" if larger else "not distinguishable from measurement error"
