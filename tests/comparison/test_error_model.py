from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic import trial_of

from posecheck.comparison.blocks import agreement
from posecheck.comparison.error_model import MIN_FACTOR, ErrorModel, OwnRepeats, expected_take
from posecheck.comparison.priors import ANY, ErrorSource, priors_of, priors_table
from posecheck.comparison.repeats import own_repeats, repeats_words
from posecheck.kinematics.joints import Side
from posecheck.movements import builtin_movements
from posecheck.trial.trial import Trial

TEST = ("toe-touch", "hip_flexion")


def toe_touch(*hip_deg: float, version: int | None = None) -> Trial:
    return trial_of("toe-touch", Side.LEFT, {"hip_flexion": hip_deg}, version=version)


def test_every_row_has_a_source_and_a_test_that_exists() -> None:
    known = {(name, outcome.name) for name, test in builtin_movements().items() for outcome in test.outcomes}
    for row in priors_table().values():
        assert row.source
        assert row.movement == ANY or any(name == row.movement for name, _ in known)
        assert ANY in (row.movement, row.outcome) or (row.movement, row.outcome) in known


def test_a_test_of_ones_own_has_the_general_rows() -> None:
    assert priors_of("my-test", "knee_flexion").camera.movement == ANY
    assert {row.movement for row in priors_table().values() if row.kind is ErrorSource.DAY} >= {ANY}


def test_camera_and_person_add_as_variances() -> None:
    priors = priors_of(*TEST)
    assert expected_take(*TEST).sd_deg == pytest.approx(math.hypot(priors.camera.sd_deg, priors.person.sd_deg))


def test_repeats_that_differ_as_expected_make_the_error_surer_and_not_larger() -> None:
    before, after = ErrorModel().of(*TEST), ErrorModel(OwnRepeats(12, 12.0)).of(*TEST)
    assert after.take.sd_deg == pytest.approx(before.take.sd_deg)
    assert after.take.freedom == pytest.approx(before.take.freedom + 12)


def test_the_first_repeat_counts_by_its_weight() -> None:
    freedom = expected_take(*TEST).freedom
    model = ErrorModel(OwnRepeats(1, 9.0))
    assert model.factor(freedom) == pytest.approx(math.sqrt((freedom + 9.0) / (freedom + 1)))


def test_repeats_that_agree_by_luck_never_make_the_error_vanish() -> None:
    assert ErrorModel(OwnRepeats(1000, 0.0)).factor(8.0) == MIN_FACTOR
    assert ErrorModel(OwnRepeats(30, -25.0)).factor(8.0) == MIN_FACTOR


def test_a_repeat_is_set_against_what_is_expected_of_it() -> None:
    """By hand: (d^2 / 2 - s^2 (1/k1 + 1/k2) / 2) / sigma_take^2."""
    repeats = own_repeats([toe_touch(80.0, 82.0)], [toe_touch(86.0)])
    repetition = priors_of(*TEST).repetition
    s2 = (repetition.freedom * repetition.sd_deg**2 + 2.0) / (repetition.freedom + 1)
    expected = (5.0**2 / 2 - s2 * (1 / 2 + 1) / 2) / expected_take(*TEST).sd_deg ** 2
    assert repeats.count == 1
    assert repeats.ratio_sum == pytest.approx(expected)


def test_all_takes_before_the_stretch_belong_together_and_those_after_it_too() -> None:
    takes = [toe_touch(80.0)] * 2
    assert own_repeats(takes, takes, takes).count == 3 + 1
    assert own_repeats(takes[:1], [], takes[:1]).count == 0


def test_a_baseline_of_another_version_of_the_test_is_no_repeat() -> None:
    assert own_repeats([toe_touch(80.0, version=1)], [toe_touch(80.0, version=2)]).count == 0


def test_a_test_counts_once_however_many_outcomes_it_has() -> None:
    lunge = trial_of("runners-lunge", Side.LEFT, {"hip_extension": [10.0], "hip_flexion": [90.0]})
    assert own_repeats([lunge], [lunge]).count == 1


def test_repeats_of_made_up_people_give_back_how_much_they_vary() -> None:
    """Twice the expected effect of a take: f is 2 within the error of 4000 repeats."""
    rng = np.random.default_rng(11)
    take, repetition = expected_take(*TEST), priors_of(*TEST).repetition
    total = OwnRepeats()
    for _ in range(4000):
        effects = rng.normal(0, 2 * take.sd_deg, (2, 1)) + rng.normal(0, repetition.sd_deg, (2, 3))
        found = agreement([row.tolist() for row in effects], ErrorModel().of(*TEST))
        total = total + OwnRepeats(1, (found.square_deg2 - found.repetition_deg2) / take.variance_deg2)
    assert ErrorModel(total).factor(take.freedom) == pytest.approx(2.0, abs=0.06)


def test_it_is_said_whose_error_it_is() -> None:
    assert "no repeats of your own yet" in repeats_words(ErrorModel())
    assert "your own 11 repeats: you repeat a test as closely as expected" in repeats_words(
        ErrorModel(OwnRepeats(11, 11.0))
    )
    assert "1 repeat: you repeat a test less closely than expected" in repeats_words(ErrorModel(OwnRepeats(1, 30.0)))
