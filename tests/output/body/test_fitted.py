"""A body is fitted for the drawing where no angle needed one, and left out where it would only look sure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from fitted_body import seen, standing
from made_trial import made_result

from posecheck.errors import ModelFileError
from posecheck.output.body import fitted
from posecheck.output.body.fitted import fitted_joints
from posecheck.skeleton.correction import load_correction

if TYPE_CHECKING:
    from posecheck.trial.result import TrialResult


def as_the_known_model_gives_it() -> TrialResult:
    """A made-up toe touch whose points are said to come from a model that the correction knows."""
    result = made_result("toe-touch")
    series = result.clean.landmarks
    known = replace(series, source=replace(series.source, model_sha256=next(iter(load_correction().models))))
    whole = None if result.clean.whole is None else replace(result.clean.whole, source=known.source)
    return replace(result, clean=replace(result.clean, landmarks=known, whole=whole))


def test_joints_that_angles_were_measured_by_are_taken_as_they_are() -> None:
    result = made_result("toe-touch")
    centres = seen(standing())
    assert fitted_joints(replace(result, table=replace(result.table, centres=centres))) is centres


def test_points_of_a_model_that_is_not_known_are_not_fitted() -> None:
    assert fitted_joints(made_result("toe-touch")) is None


def test_without_an_angle_that_needs_it_the_body_is_fitted_for_the_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stick figure is unlike any body that was learnt from; here it counts as alike, to see the chain to its end."""
    monkeypatch.setattr(fitted, "MAX_DEPTH", np.inf)
    result = as_the_known_model_gives_it()
    found = fitted_joints(result)
    assert found is not None
    np.testing.assert_array_equal(found.time_s, result.table.time_s)
    assert np.isfinite(found.xyz_m).all(axis=(1, 2)).mean() > 0.9


def test_a_body_that_is_unlike_all_that_was_learnt_from_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitted, "MAX_DEPTH", -1.0)
    assert fitted_joints(as_the_known_model_gives_it()) is None


def test_without_the_weights_of_the_correction_there_is_no_body_and_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    result = as_the_known_model_gives_it()

    def missing(_: object) -> bool:
        raise ModelFileError("no weights")

    monkeypatch.setattr(fitted, "learnt_from", missing)
    assert fitted_joints(result) is None
