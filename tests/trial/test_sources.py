"""Each angle of a test from the source that its movement file names for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from in_space import centres_of, perfect_source
from synthetic import Rhythm, recording_of, runners_lunge

from posecheck.errors import AngleSourceError, MovementError
from posecheck.kinematics.in_space import MAX_DEPTH, MAX_SD_DEG
from posecheck.kinematics.joints import Side
from posecheck.kinematics.sources import SOURCES
from posecheck.movements import load_movement, read_movement
from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import JOINTS, SWAPPED_JOINTS
from posecheck.trial.assess import assess
from posecheck.trial.quality import GateStatus
from posecheck.trial.reading import read_trial_motion
from posecheck.trial.trial import trial_from_dict, trial_to_dict

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.movements import Movement
    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.skeleton.centres import JointCentres
    from posecheck.trial.trial import Trial

CLOSE_DEG = 0.5  # what the smoothing of a made-up movement leaves
RHYTHM = Rhythm()
EXTENSION_DEG, FLEXION_DEG = 14.0, 82.0
SD_DEG = 2.0
BESIDE_DEG = 62.0
"""Turned out of the side view by 28 degrees."""


def lunge(**how: float) -> LandmarkSeries:
    return runners_lunge(
        RHYTHM.times(), RHYTHM, Side.LEFT, **{"extension_deg": EXTENSION_DEG, "front_deg": FLEXION_DEG, **how}
    )


def in_space(*outcomes: str) -> Movement:
    """The lunge, some of whose outcomes come from the source `perfect`; its repetitions are found in the picture."""
    movement = load_movement("runners-lunge")
    return replace(
        movement,
        outcomes=tuple(
            replace(item, ref=replace(item.ref, source="perfect")) if item.name in outcomes else item
            for item in movement.outcomes
        ),
    )


PRIMARY = ("hip_extension", "hip_flexion")


def measured(series: LandmarkSeries, movement: Movement) -> Trial:
    return assess(recording_of(series), movement, Side.LEFT).trial


@pytest.fixture
def perfect(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Adds the source `perfect`; called, it makes the body as strange to it as said."""

    def use(depth: float = 0.0, *, sd_deg: float = SD_DEG, first_s: float = -1.0, last_s: float = 1e9) -> None:
        def centres(series: LandmarkSeries) -> JointCentres:
            joints = centres_of(series)
            when = (series.time_s >= first_s) & (series.time_s <= last_s)
            return replace(joints, depth=np.where(when, depth, 0.0))

        monkeypatch.setitem(SOURCES, "perfect", perfect_source("perfect", centres, sd_deg))

    use()
    return use


@pytest.mark.usefixtures("perfect")
def test_an_outcome_has_the_source_that_it_names_and_the_others_that_of_the_test() -> None:
    trial = measured(lunge(), in_space("hip_extension"))
    assert {item.name: item.source for item in trial.outcomes} == {
        "hip_extension": "perfect",
        "hip_flexion": "image",
        "trunk_flexion": "image",
        "front_knee_flexion": "image",
        "rear_knee_flexion": "image",
    }


@pytest.mark.usefixtures("perfect")
def test_only_the_outcome_in_space_is_right_from_beside_the_best_place() -> None:
    trial = measured(lunge(turn_deg=BESIDE_DEG), in_space("hip_extension"))
    assert trial.outcome("hip_extension").mean == pytest.approx(EXTENSION_DEG, abs=CLOSE_DEG)
    assert abs(trial.outcome("hip_flexion").mean - FLEXION_DEG) > 2.0  # foreshortened


@pytest.mark.usefixtures("perfect")
def test_the_error_of_each_value_reaches_the_repetition_and_the_outcome() -> None:
    trial = measured(lunge(), in_space("hip_extension"))
    assert trial.repetitions[0].error95_deg == pytest.approx({"hip_extension": 1.96 * SD_DEG})
    assert trial.outcome("hip_extension").error95_deg == pytest.approx(1.96 * SD_DEG)
    assert trial.outcome("hip_flexion").error95_deg is None


@pytest.mark.usefixtures("perfect")
def test_source_and_error_are_stored_and_read_back() -> None:
    trial = measured(lunge(), in_space("hip_extension"))
    stored = trial_to_dict(trial)
    again = trial_from_dict(stored, "trial.json")
    assert (again.outcome("hip_extension").source, again.outcome("hip_flexion").source) == ("perfect", "image")
    assert again.outcome("hip_extension").error95_deg == pytest.approx(1.96 * SD_DEG)
    assert again.repetitions[0].error95_deg == pytest.approx(trial.repetitions[0].error95_deg)


def test_what_was_stored_before_there_were_errors_is_read_as_measured_in_the_picture() -> None:
    stored = trial_to_dict(measured(lunge(), load_movement("runners-lunge")))
    assert not {"source", "error95_deg"} & set(stored["outcomes"][0])
    assert "error95_deg" not in stored["repetitions"][0]
    outcome = trial_from_dict(stored, "trial.json").outcome("hip_flexion")
    assert (outcome.source, outcome.error95_deg) == ("image", None)


@pytest.mark.usefixtures("perfect")
def test_from_beside_the_best_place_angles_in_space_warn_where_those_of_the_picture_reject() -> None:
    series = lunge(turn_deg=BESIDE_DEG)
    statuses = {
        name: next(gate.status for gate in measured(series, movement).gates if gate.name == "yaw")
        for name, movement in (
            ("space", in_space(*PRIMARY)),
            ("one of two", in_space("hip_extension")),
            ("picture", load_movement("runners-lunge")),
        )
    }
    assert statuses == {"space": GateStatus.WARN, "one of two": GateStatus.REJECT, "picture": GateStatus.REJECT}


def test_a_body_that_is_strange_for_most_of_the_time_is_measured_in_the_picture_and_said(
    perfect: Callable[..., None],
) -> None:
    perfect(MAX_DEPTH + 0.1)
    trial = measured(lunge(), in_space(*PRIMARY))
    assert trial.outcome("hip_extension").source == "image"
    assert trial.outcome("hip_extension").error95_deg is None
    assert trial.outcome("hip_extension").mean == pytest.approx(EXTENSION_DEG, abs=CLOSE_DEG)
    assert any("since the joints could not be placed well enough in space" in words for words in trial.notes)


def test_legs_that_are_taken_for_each_other_in_space_are_measured_in_the_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def exchanged(series: LandmarkSeries) -> JointCentres:
        joints = centres_of(series)
        legs = [mark in (Landmark.LEFT_HIP, Landmark.RIGHT_HIP) or mark < Landmark.LEFT_HIP for mark in JOINTS]
        order = np.where(legs, np.arange(len(JOINTS)), SWAPPED_JOINTS)
        return replace(joints, xyz_m=joints.xyz_m[:, order])

    monkeypatch.setitem(SOURCES, "perfect", perfect_source("perfect", exchanged, SD_DEG))
    trial = measured(lunge(), in_space(*PRIMARY))
    assert trial.outcome("hip_extension").source == "image"
    assert any(
        "since in space the leg that you named was found in front and not behind" in word for word in trial.notes
    )


def test_what_a_source_knows_too_badly_is_measured_in_the_picture(perfect: Callable[..., None]) -> None:
    perfect(sd_deg=MAX_SD_DEG + 0.1)
    trial = measured(lunge(), in_space(*PRIMARY))
    assert {item.source for item in trial.outcomes} == {"image"}
    perfect(sd_deg=MAX_SD_DEG)
    trial = measured(lunge(), in_space(*PRIMARY))
    assert trial.outcome("hip_extension").error95_deg == pytest.approx(1.96 * MAX_SD_DEG)


def test_a_repetition_in_which_the_body_is_strange_has_no_value_and_the_others_have(
    perfect: Callable[..., None],
) -> None:
    held = measured(lunge(), load_movement("runners-lunge")).repetitions[1]
    perfect(MAX_DEPTH + 0.1, first_s=held.hold_start_s, last_s=held.hold_start_s + 0.6 * held.hold_s)
    trial = measured(lunge(), in_space("hip_extension"))
    assert [np.isfinite(item.end_range["hip_extension"]) for item in trial.repetitions] == [True, False, True]
    assert trial.outcome("hip_extension").source == "perfect"
    assert trial.outcome("hip_extension").repetitions == 2


@pytest.mark.usefixtures("perfect")
def test_points_of_an_estimator_that_a_source_does_not_know_are_measured_in_the_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choosy = replace(SOURCES["perfect"], refuses=lambda series: f"{series.source.estimator} has no flesh")
    monkeypatch.setitem(SOURCES, "perfect", choosy)
    trial = measured(lunge(), in_space(*PRIMARY))
    assert {item.source for item in trial.outcomes} == {"image"}
    assert any("in the picture's plane, since stick figure 1 has no flesh." in words for words in trial.notes)


@pytest.mark.usefixtures("perfect")
def test_the_table_of_a_test_shows_each_column_as_its_outcome_has_it() -> None:
    table = read_trial_motion(lunge(turn_deg=BESIDE_DEG), in_space("hip_extension"), Side.LEFT).table
    assert table.source_of("left_hip_flexion_deg") == "perfect"
    assert table.source_of("right_hip_flexion_deg") == "image"
    assert np.isfinite(table.sd_of("left_hip_flexion_deg")).all()
    assert np.isnan(table.sd_of("right_hip_flexion_deg")).all()
    picture = table.of("image")
    assert not np.allclose(picture.values["left_hip_flexion_deg"], table.values["left_hip_flexion_deg"])
    np.testing.assert_array_equal(picture.values["right_hip_flexion_deg"], table.values["right_hip_flexion_deg"])
    assert table.centres is not None
    with pytest.raises(AngleSourceError, match="not read from the source of angles 'world'"):
        table.of("world")


@pytest.mark.usefixtures("perfect")
def test_what_must_be_quick_is_measured_in_the_picture() -> None:
    movement = in_space(*PRIMARY)
    table = read_trial_motion(lunge(), movement, Side.LEFT, quick=True).table
    assert table.of("perfect").source == "image"
    assert table.centres is None


@pytest.mark.usefixtures("perfect")
def test_a_movement_file_names_a_source_for_each_of_its_angles() -> None:
    text = TEXT.replace('role = "primary"', 'role = "primary"\nsource = "perfect"')
    movement = read_movement(text, "mine.toml")
    assert movement.source_of(movement.outcome("knee").ref) == "perfect"
    assert movement.source_of(movement.repetition.ref) == "image"


def test_an_unknown_source_of_an_outcome_is_named_with_its_place() -> None:
    text = TEXT.replace('role = "primary"', 'role = "primary"\nsource = "wrld"')
    with pytest.raises(MovementError, match=r"mine\.toml: outcomes\[1\]\.source: unknown 'wrld'; did you mean 'world'"):
        read_movement(text, "mine.toml")


def test_one_angle_cannot_be_two_outcomes_from_two_sources() -> None:
    again = (
        '\n[[outcomes]]\nname = "again"\ntitle = "Again"\nangle = "knee_flexion"\nleg = "tested"\nrole = "secondary"\n'
    )
    with pytest.raises(
        MovementError, match="outcomes 'again': source: 'world', but another outcome has the same angle"
    ):
        read_movement(TEXT + again + 'source = "world"\n', "mine.toml")


TEXT = """
name = "squat"
version = 1
title = "Squat"
summary = "Knees bend."
view = "side"
posture = "standing"
sides = []

[instructions]
camera = "Beside."
start = "Stand."
move = "Bend."

[repetition]
angle = "knee_flexion"
leg = "tested"
min_excursion_deg = 15

[[outcomes]]
name = "knee"
title = "Knee flexion"
angle = "knee_flexion"
leg = "tested"
role = "primary"
"""
