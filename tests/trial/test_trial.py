from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from synthetic import BAD_GATE, GOOD_GATE, GOOD_SET_UP, trial_of

from posecheck.errors import StorageError
from posecheck.kinematics.joints import Side
from posecheck.movements import Role, load_movement
from posecheck.trial.quality import GateStatus
from posecheck.trial.summary import summarise_compensations, summarise_outcomes
from posecheck.trial.trial import (
    FORMAT_VERSION,
    Event,
    Felt,
    Trial,
    trial_from_dict,
    trial_to_dict,
)

NAN = float("nan")


def lunge() -> Trial:
    trial = trial_of(
        "runners-lunge",
        Side.LEFT,
        {"hip_extension": [12.0, 13.5, 11.25], "hip_flexion": [95.0, NAN, 97.0]},
        compensation={"trunk_lean": 30.0, "rear_knee_bend": NAN},
        set_up=replace(GOOD_SET_UP, roll_deg=NAN),
        gates=(GOOD_GATE, replace(GOOD_GATE, name="roll", value=NAN)),
    )
    return replace(
        trial,
        events=(Event("long_gap", 1.0, 1.4, "A gap."),),
        felt=Felt(stiffness=3, note="tight"),
        notes=("One.", "Two."),
        caution="Careful.",
        stretch="runners-lunge",
        provenance={"options": {"stride": 1}},
        person="A",
    )


def test_a_trial_survives_the_way_through_json() -> None:
    text = json.dumps(trial_to_dict(lunge()), allow_nan=False)
    back = trial_from_dict(json.loads(text), "trial.json")
    # NaN is not equal to itself, so both are compared in their JSON form.
    assert json.dumps(trial_to_dict(back)) == text
    assert back.side is Side.LEFT
    assert back.outcomes[0].role is Role.PRIMARY
    assert back.outcomes[0].values == (12.0, 13.5, 11.25)
    assert back.gates[0].status is GateStatus.PASS
    assert back.felt == Felt(stiffness=3, note="tight")
    assert back.events == lunge().events
    assert back.person == "A"


def test_the_person_keeps_the_place_in_the_file_that_earlier_versions_read() -> None:
    data = trial_to_dict(lunge())
    assert data["provenance"] == {"options": {"stride": 1}, "person": "A"}
    assert "person" not in data
    nameless = {**data, "provenance": {"options": {"stride": 1}}}
    assert trial_from_dict(nameless, "trial.json").person == ""


def test_what_a_gain_leads_to_is_written_only_for_tests_of_ones_own() -> None:
    known = lunge()
    data = trial_to_dict(known)
    assert all("reeducation" not in item for item in data["outcomes"])
    assert trial_from_dict(data, "trial.json").outcome("hip_extension").reeducation == "bridges"
    advised = tuple(replace(item, reeducation="hip-flexor-work") for item in known.outcomes)
    own = trial_to_dict(replace(known, movement="my-lunge", outcomes=advised))
    assert {item["reeducation"] for item in own["outcomes"]} == {"hip-flexor-work"}
    back = trial_from_dict(own, "trial.json").outcomes
    assert {item.reeducation for item in back} == {"hip-flexor-work"}


def test_missing_numbers_are_null_in_json_and_nan_in_memory() -> None:
    data = trial_to_dict(lunge())
    assert data["set_up"]["roll_deg"] is None
    assert data["gates"][1]["value"] is None
    assert data["repetitions"][1]["end_range"]["hip_flexion"] is None
    back = trial_from_dict(data, "trial.json")
    assert math.isnan(back.set_up.roll_deg)
    assert math.isnan(back.gates[1].value)
    assert math.isnan(back.repetitions[1].end_range["hip_flexion"])
    assert math.isnan(next(c for c in back.compensations if c.name == "rear_knee_bend").mean_deg)
    assert math.isnan(back.outcome("trunk_flexion").mean)
    assert back.outcome("trunk_flexion").values == ()


@pytest.mark.parametrize("found", [None, 0, FORMAT_VERSION + 1, "1"])
def test_another_format_is_refused_by_name_with_what_to_do(found: object) -> None:
    with pytest.raises(StorageError, match=r"^old/trial.json: format .* written by another version") as caught:
        trial_from_dict({**trial_to_dict(lunge()), "format": found}, "old/trial.json")
    assert "Analyse the video again" in str(caught.value)


def broken(key: str, value: Any) -> dict[str, Any]:
    data = trial_to_dict(lunge())
    if value is None:
        del data[key]
    else:
        data[key] = value
    return data


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("outcomes", None),
        ("movement", None),
        ("side", "middle"),
        ("gates", [{"name": "yaw"}]),
        ("repetitions", [1]),
        ("felt", {"stiffness": 11}),
        ("felt", {"mood": 1}),
    ],
)
def test_what_is_no_trial_is_refused_by_name(key: str, value: Any) -> None:
    with pytest.raises(StorageError, match=r"^x.json: not a trial result \("):
        trial_from_dict(broken(key, value), "x.json")


def test_degrees_in_json_keep_four_decimals() -> None:
    trial = trial_of("toe-touch", Side.LEFT, {"hip_flexion": [80.123456]})
    assert trial_to_dict(trial)["outcomes"][0]["values"] == [80.1235]


@pytest.mark.parametrize("score", [0, 10, 4.5, None])
def test_felt_goes_from_0_to_10(score: float | None) -> None:
    assert Felt(stiffness=score, discomfort=score).stiffness == score


@pytest.mark.parametrize("score", [-0.1, 10.1, NAN])
@pytest.mark.parametrize("name", ["stiffness", "discomfort"])
def test_felt_beyond_0_to_10_is_refused(name: str, score: float) -> None:
    with pytest.raises(ValueError, match=rf"{name} goes from 0 \(none\) to 10 \(worst\)"):
        Felt(**{name: score})


def test_an_outcome_is_the_mean_and_sd_of_the_used_repetitions() -> None:
    trial = trial_of("toe-touch", Side.RIGHT, {"hip_flexion": [80.0, 84.0, 88.0], "trunk_flexion": [90.0]})
    hip = trial.outcome("hip_flexion")
    assert (hip.mean, hip.sd, hip.repetitions) == (84.0, 4.0, 3)
    assert (hip.side, hip.column, hip.unit) == (Side.RIGHT, "right_hip_flexion_deg", "deg")
    trunk = trial.outcome("trunk_flexion")
    assert trunk.mean == 90.0
    assert math.isnan(trunk.sd)
    assert trunk.side is None
    assert trial.outcome("fingertip_to_floor").unit == "pct"
    unused = tuple(replace(item, used=item.number != 3) for item in trial.repetitions)
    movement = load_movement("toe-touch")
    assert summarise_outcomes(movement, Side.RIGHT, unused)[0].values == (80.0, 84.0)


def test_the_front_hip_of_a_lunge_belongs_to_the_other_side() -> None:
    trial = lunge()
    assert trial.outcome("hip_extension").side is Side.LEFT
    assert trial.outcome("hip_extension").factor == -1.0
    assert trial.outcome("hip_flexion").side is Side.RIGHT
    assert trial.outcome("hip_flexion").column == "right_hip_flexion_deg"
    assert trial.outcome("hip_flexion").values == (95.0, 97.0)


@pytest.mark.parametrize(("degrees", "flagged"), [(9.9, False), (10.1, True), (NAN, False)])
def test_a_compensation_is_flagged_above_its_limit(degrees: float, flagged: bool) -> None:
    trial = trial_of("toe-touch", Side.LEFT, {"hip_flexion": [80.0, 81.0]}, compensation={"knee_bend": degrees})
    knee = next(item for item in trial.compensations if item.name == "knee_bend")
    assert knee.flagged == flagged
    unused = tuple(replace(item, used=False) for item in trial.repetitions)
    assert math.isnan(summarise_compensations(load_movement("toe-touch"), unused)[0].mean_deg)


def test_one_rejecting_gate_fails_the_trial() -> None:
    values = {"hip_flexion": [80.0]}
    assert trial_of("toe-touch", Side.LEFT, values).passed
    warned = replace(GOOD_GATE, status=GateStatus.WARN)
    assert trial_of("toe-touch", Side.LEFT, values, gates=(warned,)).passed
    assert not trial_of("toe-touch", Side.LEFT, values, gates=(GOOD_GATE, BAD_GATE)).passed


def test_the_label_names_the_side_of_sided_tests_alone() -> None:
    assert lunge().label == "Runner's lunge, left"
    assert trial_of("toe-touch", Side.LEFT, {"hip_flexion": [80.0]}).label == "Toe touch"
