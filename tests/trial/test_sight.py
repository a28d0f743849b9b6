from __future__ import annotations

import numpy as np
import pytest
from synthetic import Rhythm, during, runners_lunge, with_hidden

from posecheck.kinematics.joints import Side, mark_of
from posecheck.movements import load_movement
from posecheck.pose.landmarks import CleanSeries, Landmark, SampleState
from posecheck.trial.reading import read_trial_motion
from posecheck.trial.repetitions import Repetition
from posecheck.trial.sight import Sight, sights

LUNGE = load_movement("runners-lunge")
RHYTHM = Rhythm()
REAR_KNEE = mark_of("knee", Side.LEFT)
FIRST, SECOND = Repetition(1, 1.0, 6.0, 3.0, 5.0, True), Repetition(2, 7.0, 12.0, 9.0, 11.0, True)


def cleaned(hidden_s: tuple[float, float], visibility: float = 0.1) -> CleanSeries:
    series = runners_lunge(RHYTHM.times(), RHYTHM, Side.LEFT)
    return read_trial_motion(with_hidden(series, [REAR_KNEE], *hidden_s, visibility=visibility), LUNGE, Side.LEFT).clean


def rear_hip(clean: CleanSeries, *repetitions: Repetition) -> Sight:
    return sights(LUNGE, Side.LEFT, repetitions, clean)["hip_extension"]


def test_only_the_holds_of_used_repetitions_count() -> None:
    clean = cleaned((5.5, 8.5))
    assert rear_hip(clean, FIRST, SECOND) == Sight(rear_hip(clean, FIRST, SECOND).worst, pytest.approx(0.99), 1.0)
    unused = Repetition(3, 5.2, 8.8, 6.0, 8.0, True, used=False, reason="excluded by hand")
    assert rear_hip(clean, FIRST, unused).measured == 1.0
    assert sights(LUNGE, Side.LEFT, [unused], clean) == {}


def test_the_share_of_the_holds_in_which_a_point_was_measured_is_told() -> None:
    sight = rear_hip(cleaned((9.0, 20.0)), FIRST, SECOND)
    assert sight.worst is Landmark.LEFT_KNEE
    assert sight.measured == pytest.approx(0.5, abs=0.02)  # one of two holds of equal length


def test_an_outcome_is_seen_as_well_as_its_worst_point() -> None:
    clean = cleaned((0.0, 20.0), visibility=0.6)
    seen = sights(LUNGE, Side.LEFT, [FIRST, SECOND], clean)
    assert {name for name, sight in seen.items() if sight.poor} == {"hip_extension", "rear_knee_flexion"}
    assert seen["hip_extension"].visibility == pytest.approx(0.6)


def test_a_hidden_point_and_one_that_was_lost_otherwise_have_different_reasons() -> None:
    assert rear_hip(cleaned((0.0, 20.0)), FIRST).missing_words == "the left knee was hidden during the holds"
    clean = cleaned((30.0, 40.0))
    lost = clean.state.copy()
    lost[np.ix_(during(clean.landmarks, 0.0, 20.0), [REAR_KNEE])] = SampleState.MISSING
    sight = rear_hip(CleanSeries(clean.landmarks, lost, clean.swapped, clean.events), FIRST)
    assert sight.missing_words == "the left knee could not be followed during the holds, or had left the picture"
