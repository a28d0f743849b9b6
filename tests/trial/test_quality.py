from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic import (
    FACING_LEFT,
    FACING_RIGHT,
    FRONT_VIEW,
    GOOD_CAPTURE,
    during,
    frame_times,
    person,
    with_hidden,
    without_person,
)

from posecheck.kinematics.cleaning import clean
from posecheck.kinematics.joints import Plane
from posecheck.pose.capture import CaptureReport
from posecheck.pose.landmarks import Landmark, LandmarkSeries, PicturePart
from posecheck.trial.quality import GateStatus, QualityGate, QualityLimits, check_quality
from posecheck.trial.start_position import Posture, read_start

STANDING, LYING, FRONT = Posture(Plane.SAGITTAL, False), Posture(Plane.SAGITTAL, True), Posture(Plane.FRONTAL, False)
TIME_S = frame_times(4.0, 25.0)
PASS, WARN, REJECT = GateStatus.PASS, GateStatus.WARN, GateStatus.REJECT
NAMES = {"yaw", "roll", "size", "centre", "rate", "static_camera", "in_frame", "seen", "light", "one_person"}


def gates_of(
    series: LandmarkSeries, posture: Posture = STANDING, capture: CaptureReport = GOOD_CAPTURE, **how: object
) -> dict[str, QualityGate]:
    cleaned = clean(series)
    start = read_start(cleaned, posture, capture)
    gates = check_quality(cleaned, posture, start, capture, **how)  # type: ignore[arg-type]
    assert len({gate.name for gate in gates}) == len(gates)
    return {gate.name: gate for gate in gates}


def test_a_good_recording_passes_every_gate() -> None:
    gates = gates_of(person(TIME_S))
    assert set(gates) == NAMES
    assert {gate.status for gate in gates.values()} == {PASS}
    assert all(gate.words and gate.title for gate in gates.values())


@pytest.mark.parametrize("turn_deg", [FACING_RIGHT, FACING_LEFT, FRONT_VIEW])
@pytest.mark.parametrize(("off_deg", "status"), [(0.0, PASS), (8.0, PASS), (15.0, WARN), (-15.0, WARN), (25.0, REJECT)])
def test_yaw_gate(turn_deg: float, off_deg: float, status: GateStatus) -> None:
    posture = FRONT if turn_deg == FRONT_VIEW else STANDING
    gate = gates_of(person(TIME_S, turn_deg=turn_deg + off_deg), posture)["yaw"]
    assert gate.status is status
    assert gate.value == pytest.approx(abs(off_deg), abs=0.1)
    view = "front" if posture is FRONT else "side"
    assert f"{abs(off_deg):.0f} degrees out of the {view} view" in gate.words
    assert ("Turn until" in gate.words) == (status is not PASS)


@pytest.mark.parametrize(("roll_deg", "status"), [(-1.9, PASS), (6.0, WARN), (-9.0, WARN), (12.0, REJECT)])
def test_a_tilted_camera_matters_less_where_angles_are_measured_in_space(roll_deg: float, status: GateStatus) -> None:
    capture = replace(GOOD_CAPTURE, roll_deg=roll_deg)
    assert gates_of(person(TIME_S), capture=capture, any_view=True)["roll"].status is status


@pytest.mark.parametrize(("turn_deg", "status"), [(82.0, PASS), (65.0, WARN), (50.0, WARN), (40.0, REJECT)])
def test_a_camera_beside_its_place_matters_less_where_angles_are_measured_in_space(
    turn_deg: float, status: GateStatus
) -> None:
    gate = gates_of(person(TIME_S, turn_deg=turn_deg), any_view=True)["yaw"]
    assert gate.status is status
    assert ("The error is larger from there" in gate.words) == (status is not PASS)


@pytest.mark.parametrize(
    ("roll_deg", "status"), [(0.0, PASS), (-1.9, PASS), (3.0, WARN), (-4.0, WARN), (6.0, REJECT), (-20.0, REJECT)]
)
def test_roll_gate(roll_deg: float, status: GateStatus) -> None:
    gate = gates_of(person(TIME_S), capture=replace(GOOD_CAPTURE, roll_deg=roll_deg))["roll"]
    assert gate.status is status
    assert ("Level the camera" in gate.words) == (status is not PASS)


@pytest.mark.parametrize(("px_per_m", "status"), [(340.0, PASS), (200.0, WARN), (100.0, REJECT)])
def test_size_gate_standing(px_per_m: float, status: GateStatus) -> None:
    gate = gates_of(person(TIME_S, px_per_m=px_per_m))["size"]
    assert gate.status is status
    # From toes to eyes: foot 0.07, leg 0.84, trunk 0.50, eyes 0.28 above the shoulders.
    assert gate.value == pytest.approx(100 * 1.69 * px_per_m / 720, abs=1.0)
    assert "of the picture's height" in gate.words


@pytest.mark.parametrize(("px_per_m", "status"), [(480.0, PASS), (300.0, WARN), (150.0, REJECT)])
def test_size_gate_lying_reads_the_width(px_per_m: float, status: GateStatus) -> None:
    gate = gates_of(person(TIME_S, lying=True, px_per_m=px_per_m), LYING)["size"]
    assert gate.status is status
    assert "of the picture's width" in gate.words


@pytest.mark.parametrize(("px_per_m", "status"), [(340.0, PASS), (200.0, WARN), (100.0, REJECT)])
def test_size_gate_asks_as_much_of_a_phone_held_upright(px_per_m: float, status: GateStatus) -> None:
    """From the same place the person is as many pixels tall, and there is more room above and below."""
    gate = gates_of(person(TIME_S, size_px=(720, 1280), px_per_m=px_per_m))["size"]
    assert gate.status is status
    assert gate.value == pytest.approx(100 * 1.69 * px_per_m / 720, abs=1.0)
    assert "of the picture's width" in gate.words


def test_somebody_who_lies_may_be_filmed_upright() -> None:
    gates = gates_of(person(TIME_S, lying=True, size_px=(720, 1280), px_per_m=320.0), LYING)
    assert {gate.status for gate in gates.values()} == {PASS}


@pytest.mark.parametrize(("x", "status"), [(0.5, PASS), (0.2, PASS), (0.11, WARN), (0.9, WARN), (0.04, REJECT)])
def test_centre_gate(x: float, status: GateStatus) -> None:
    gate = gates_of(person(TIME_S, px_per_m=200.0, centre=(x, 0.5)))["centre"]
    assert gate.status is status


@pytest.mark.parametrize(("fps", "status"), [(60.0, PASS), (25.0, PASS), (15.0, WARN), (8.0, REJECT)])
def test_rate_gate(fps: float, status: GateStatus) -> None:
    gate = gates_of(person(frame_times(4.0, fps)))["rate"]
    assert gate.status is status
    assert gate.value == pytest.approx(fps)
    assert ("24 or more" in gate.words) == (status is not PASS)


def test_rate_gate_warns_where_half_of_the_recording_is_slow() -> None:
    time_s = np.concatenate([np.arange(0.0, 6.0, 1 / 30), np.arange(6.0, 11.0, 1 / 12)])
    gate = gates_of(person(time_s))["rate"]
    assert gate.status is WARN
    assert gate.value == pytest.approx(12, abs=0.5)
    assert gate.words.startswith("30 pictures a second, but only 12 in a part of the recording. Film with 24 or more")


def test_rate_gate_rejects_what_is_slow_for_most_of_the_time_though_most_pictures_are_fast() -> None:
    time_s = np.concatenate([np.arange(0.0, 2.0, 1 / 240), np.arange(2.0, 10.0, 1 / 6)])
    assert gates_of(person(time_s))["rate"].status is REJECT


@pytest.mark.parametrize("lost", ["now and then", "a pause"])
def test_rate_gate_lets_lost_pictures_and_pauses_pass(lost: str) -> None:
    time_s = frame_times(12.0, 30.0)
    number = np.arange(len(time_s))
    kept = number % 20 != 0 if lost == "now and then" else (time_s < 3) | (time_s > 6)
    assert gates_of(person(time_s[kept]))["rate"].status is PASS


def test_size_and_place_are_told_in_the_true_picture_not_in_the_border_around_it() -> None:
    """A phone that was turned after the start: upright pictures on a square canvas."""
    upright = gates_of(person(TIME_S, centre=(0.5, 0.5)))
    series = person(TIME_S, centre=(0.5, 0.5))
    width, height = series.source.width_px, series.source.height_px
    shift = np.array([width, height])
    source = replace(
        series.source,
        width_px=3 * width,
        height_px=3 * height,
        parts=(PicturePart(0.0, width, height, 2 * width, 2 * height),),
    )
    bordered = gates_of(replace(series, xy_px=series.xy_px + shift, source=source))
    for name in ("size", "centre", "in_frame"):
        assert bordered[name].value == pytest.approx(upright[name].value)


@pytest.mark.parametrize(("shift", "status"), [(0.005, PASS), (0.02, WARN), (0.2, REJECT)])
def test_static_camera_gate(shift: float, status: GateStatus) -> None:
    gate = gates_of(person(TIME_S), capture=replace(GOOD_CAPTURE, camera_shift=shift))["static_camera"]
    assert gate.status is status
    assert gate.value == pytest.approx(100 * shift)


def test_a_cut_within_what_is_measured_is_rejected_and_dated() -> None:
    gate = gates_of(person(TIME_S), capture=replace(GOOD_CAPTURE, cut_s=7.4))["static_camera"]
    assert gate.status is REJECT
    assert gate.words.startswith("At 7.4 s the picture changes to another place")


@pytest.mark.parametrize(("out_s", "status"), [(0.0, PASS), (0.4, WARN), (2.0, REJECT)])
def test_in_frame_gate(out_s: float, status: GateStatus) -> None:
    series = person(TIME_S)
    xy = series.xy_px.copy()
    xy[during(series, 1.5, 1.5 + out_s)] += np.array([0.0, 200.0])  # the feet leave the picture
    gate = gates_of(replace(series, xy_px=xy))["in_frame"]
    assert gate.status is status
    assert gate.value == pytest.approx(100 * out_s / 4.0, abs=2.0)  # one frame at either end


@pytest.mark.parametrize(("out_s", "status"), [(0.0, PASS), (1.0, WARN), (3.0, WARN)])
def test_a_head_that_leaves_the_picture_is_a_warning(out_s: float, status: GateStatus) -> None:
    """Joints are still seen, so the recording can be measured; a model without a head to go by is less exact."""
    series = person(TIME_S)
    xy = series.xy_px.copy()
    head = [Landmark.NOSE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR]
    xy[np.ix_(np.flatnonzero(during(series, 0.5, 0.5 + out_s)), head)] = (600.0, 3.0)
    gate = gates_of(replace(series, xy_px=xy))["in_frame"]
    assert gate.status is status
    assert ("The head left the picture" in gate.words) is (status is WARN)


@pytest.mark.parametrize(("hidden_s", "status"), [(0.0, PASS), (1.0, WARN), (2.5, REJECT)])
def test_seen_gate(hidden_s: float, status: GateStatus) -> None:
    knees = [Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE]
    gate = gates_of(with_hidden(person(TIME_S), knees, 1.0, 1.0 + hidden_s))["seen"]
    assert gate.status is status
    assert gate.value == pytest.approx(100 * (1 - hidden_s / 4.0), abs=2.0)


def test_a_hidden_far_leg_costs_nothing_in_a_side_view() -> None:
    far = [Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE]
    assert gates_of(with_hidden(person(TIME_S), far, 0.0, 9.0))["seen"].status is PASS


@pytest.mark.parametrize(("grey", "status"), [(120.0, PASS), (25.0, WARN), (5.0, REJECT)])
def test_light_gate(grey: float, status: GateStatus) -> None:
    gate = gates_of(person(TIME_S), capture=replace(GOOD_CAPTURE, brightness=grey))["light"]
    assert gate.status is status
    assert ("Switch on a light" in gate.words) == (status is not PASS)


@pytest.mark.parametrize(("people", "status"), [(1, PASS), (2, WARN), (4, WARN)])
def test_one_person_gate(people: int, status: GateStatus) -> None:
    gate = gates_of(person(TIME_S), people=people)["one_person"]
    assert gate.status is status
    assert (f"{people} people" in gate.words) == (people > 1)


def test_what_cannot_be_told_passes_and_says_so() -> None:
    gates = gates_of(person(TIME_S), capture=CaptureReport())
    for name in ("roll", "static_camera", "light"):
        assert gates[name].status is PASS
        assert np.isnan(gates[name].value)
        assert gates[name].words == "Could not be told from this recording."


def test_limits_can_be_set() -> None:
    gates = gates_of(person(TIME_S, turn_deg=75.0), limits=QualityLimits(yaw_deg=(2.0, 4.0)))
    assert gates["yaw"].status is REJECT


def test_a_person_lost_in_the_middle_of_the_start_is_no_error() -> None:
    series = without_person(person(TIME_S), 0.3, 0.9)
    assert gates_of(series)["yaw"].status is PASS
