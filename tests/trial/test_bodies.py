"""Rendered recordings of other bodies than the samples', that were refused or lost repetitions though all is in sight.

The body points are those of the real pose model; `python -m benchmarks.bodies` measures as many as have been rendered.
"""

from __future__ import annotations

import numpy as np
import pytest
from rendered_body import BODIES, rendered_body
from synthetic import recording_of

from posecheck.kinematics.joints import Side
from posecheck.movements import Role
from posecheck.pose.landmarks import CleaningEvent, Landmark, SampleState
from posecheck.trial.assess import assess
from posecheck.trial.quality import GateStatus, QualityGate
from posecheck.trial.reading import read_trial_motion
from posecheck.trial.result import TrialResult
from posecheck.trial.trial import Trial

NAMES = sorted(path.stem for path in BODIES.glob("*.npz"))
USED = {"lunge_20": 1, "knee_to_chest_11": 2}
"""Repetitions that can be used, where that is not all three: in the others the model drew both legs as one during holds."""
SINGLE_ANGLE_DEG = 10.0
"""How far a single angle from one camera may be off (docs/limits.md)."""


def measured(name: str) -> TrialResult:
    body = rendered_body(name)
    return assess(recording_of(body.series), body.movement, body.side)


def events(name: str) -> tuple[CleaningEvent, ...]:
    body = rendered_body(name)
    return read_trial_motion(body.series, body.movement, body.side).clean.events


@pytest.mark.parametrize("name", NAMES)
def test_every_repetition_of_another_body_is_found_once_and_its_end_range_is_right(name: str) -> None:
    body, trial = rendered_body(name), measured(name).trial
    assert len(trial.repetitions) == len(body.holds_s)
    for repetition, (start_s, end_s) in zip(trial.repetitions, body.holds_s, strict=True):
        assert repetition.start_s < start_s
        assert repetition.end_s > end_s - 0.3  # the filter rounds the corner where the hold ends
    for outcome in body.movement.outcomes:
        if outcome.role is not Role.PRIMARY:
            continue
        found = np.array([item.end_range[outcome.name] for item in trial.repetitions])
        assert np.nanmax(np.abs(found - body.truth_deg[outcome.name])) < SINGLE_ANGLE_DEG
        assert np.isfinite(found).sum() >= USED.get(name, 3)


@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_trusted_of_another_body_is_not_used(name: str) -> None:
    assert sum(item.used for item in measured(name).trial.repetitions) >= USED.get(name, 3)


def test_a_far_hip_that_is_drawn_a_fifth_too_far_forward_costs_no_leg() -> None:
    result = measured("lunge_05")
    lost = (result.clean.state[:, [Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE]] == SampleState.MISSING).mean()
    assert lost == 0.0  # all of it was lost with one calibration length for both legs
    assert result.trial.side is Side.RIGHT


def test_legs_that_melted_into_one_for_a_moment_are_not_dropped_for_seconds() -> None:
    """An exchange of two pictures whose end the melt hid: 4.8 s were dropped; of the crossover 3.75 s."""
    for name in ("knee_to_chest_21", "knee_to_chest_41", "crossover_19"):
        assert not [
            event for event in events(name) if event.kind == "swap_rejected" and event.end_s - event.start_s > 1
        ]


def test_legs_that_are_really_exchanged_at_rest_are_put_right() -> None:
    (event,) = [event for event in events("lunge_15") if event.kind == "legs_ordered"]
    assert "the rear leg you named (left) decided which is which" in event.words


@pytest.mark.parametrize("name", ["lunge_05", "lunge_15"])
def test_a_lunge_of_which_the_wrong_leg_was_said_to_be_behind_is_warned_about(name: str) -> None:
    """Its numbers look as good as those of the right side, and belong to the other leg."""
    body = rendered_body(name)
    right, wrong = (
        assess(recording_of(body.series), body.movement, side).trial for side in (body.side, body.side.other)
    )
    assert gate_of(right).status is GateStatus.PASS
    assert gate_of(wrong).status is GateStatus.WARN
    assert f"You said that it is the {body.side.other} one. Check the side" in gate_of(wrong).words


def gate_of(trial: Trial) -> QualityGate:
    return next(gate for gate in trial.gates if gate.name == "rear_leg")


def test_other_tests_are_not_asked_which_leg_is_behind() -> None:
    assert "rear_leg" not in {gate.name for gate in measured("knee_to_chest_31").trial.gates}
