from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_centres import (
    ANKLE,
    HEEL,
    HIP,
    KNEE,
    SHANK_M,
    THIGH_M,
    TRUNK_M,
    WRIST,
    Squats,
    about_the_hips,
    between_deg,
    knee_flexion_deg,
    seen_by,
    squat_joints,
    trunk_inclination_deg,
    with_jitter,
)

from posecheck.skeleton.bones import BONES
from posecheck.skeleton.centres import JointCentres
from posecheck.skeleton.fit import fit_skeleton


def frame_times(length_s: float, fps: float) -> np.ndarray:
    return np.arange(round(length_s * fps)) / fps


def three_holds(time_s: np.ndarray, *, deg: float = 70.0) -> np.ndarray:
    """0 at rest; three times to an end range, held for two seconds, as the tests ask for."""
    phase = np.clip(np.abs((time_s % 5.0) - 2.5) - 1.0, 0.0, 1.0)
    return deg * (1 + np.cos(np.pi * phase)) / 2


def squatting(fps: float = 30.0, *, yaw_deg: float = 60.0, deg: float = 70.0) -> JointCentres:
    time_s = frame_times(15.0, fps)
    bend = three_holds(time_s, deg=deg)
    return seen_by(time_s, squat_joints(Squats(5.0 + bend, 0.6 * bend)), yaw_deg=yaw_deg)


@pytest.mark.parametrize("fps", [10.0, 30.0, 60.0])
@pytest.mark.parametrize("yaw_deg", [0.0, 45.0, 90.0])
def test_what_was_measured_perfectly_stays_as_it_is(fps: float, yaw_deg: float) -> None:
    true = squatting(fps, yaw_deg=yaw_deg)
    fitted = fit_skeleton(true)
    # Half a degree: the corners of a made-up movement, which no person makes, are rounded.
    assert np.abs(knee_flexion_deg(fitted.centres) - knee_flexion_deg(true)).max() < 0.5
    held = three_holds(true.time_s) == 70.0
    assert np.abs(knee_flexion_deg(fitted.centres) - knee_flexion_deg(true))[held].max() < 0.1
    assert fitted.bones["thigh"] == pytest.approx(THIGH_M, abs=0.002)
    assert fitted.bones["shank"] == pytest.approx(SHANK_M, abs=0.002)
    assert fitted.bones["trunk"] == pytest.approx(TRUNK_M, abs=0.005)
    assert not fitted.exchanged.any()


def test_uneven_times_change_nothing() -> None:
    rng = np.random.default_rng(5)
    time_s = np.sort(rng.uniform(0.0, 15.0, 400))
    time_s = time_s[np.append(True, np.diff(time_s) > 0.008)]
    bend = three_holds(time_s)
    true = seen_by(time_s, squat_joints(Squats(5.0 + bend, 0.6 * bend)))
    fitted = fit_skeleton(true)
    assert np.abs(knee_flexion_deg(fitted.centres) - knee_flexion_deg(true)).max() < 0.7


def test_jitter_is_halved_and_holds_are_not_biased() -> None:
    true = squatting()
    measured = with_jitter(true, 0.02)
    fitted = fit_skeleton(measured).centres
    held = three_holds(true.time_s) == 70.0
    before = (knee_flexion_deg(measured) - knee_flexion_deg(true))[held]
    after = (knee_flexion_deg(fitted) - knee_flexion_deg(true))[held]
    assert after.std() < 0.55 * before.std()
    assert abs(after.mean()) < 0.5  # 180 noisy pictures leave 0.2 of mean


@pytest.mark.parametrize(("hz", "kept"), [(0.5, 0.995), (1.0, 0.99), (3.0, 0.9)])
def test_movement_of_people_passes_the_smoothing(hz: float, kept: float) -> None:
    time_s = frame_times(10.0, 30.0)
    swing = 40.0 + 10.0 * np.sin(2 * np.pi * hz * time_s)
    true = seen_by(time_s, squat_joints(Squats(swing, np.zeros_like(swing))))
    fitted = knee_flexion_deg(fit_skeleton(true).centres)
    inner = slice(30, -30)
    assert np.ptp(fitted[inner]) > kept * np.ptp(knee_flexion_deg(true)[inner])


def test_constant_offsets_are_neither_repaired_nor_made_worse() -> None:
    true = squatting()
    rng = np.random.default_rng(2)
    errors = []
    for _ in range(6):
        offset = rng.normal(0.0, 0.02, (1, 16, 3))
        offset[:, HIP] *= 0.3
        measured = about_the_hips(replace(true, xyz_m=true.xyz_m + offset))
        fitted = fit_skeleton(with_jitter(measured, 0.005, seed=1)).centres
        errors.append(
            [np.abs(knee_flexion_deg(joints) - knee_flexion_deg(true)).mean() for joints in (measured, fitted)]
        )
    before, after = np.mean(errors, axis=0)
    assert after < 1.05 * before


def test_a_limb_seen_too_short_in_some_pictures_gets_its_length_back() -> None:
    """Seen from the front, a bent knee points at the camera: its depth is what is wrong first."""
    true = squatting(yaw_deg=0.0)
    short = true.xyz_m.copy()
    short[:, KNEE, 2] *= 0.8
    fitted = fit_skeleton(replace(true, xyz_m=short)).centres
    thighs = np.linalg.norm(fitted.xyz_m[:, KNEE] - fitted.xyz_m[:, HIP], axis=2)
    measured = np.linalg.norm(short[:, KNEE] - short[:, HIP], axis=2)
    assert np.ptp(thighs) < 0.7 * np.ptp(measured)  # half is taken out, less near the ends of a short passage


def test_left_and_right_bones_come_half_way_to_being_equal() -> None:
    """Which of both is right, or how far the joint and not the bone is wrong, one recording cannot tell."""
    true = squatting()
    longer = true.xyz_m.copy()
    longer[:, KNEE.start] += 0.04 * (true.xyz_m[:, KNEE.start] - true.xyz_m[:, HIP.start]) / THIGH_M
    fitted = fit_skeleton(replace(true, xyz_m=longer)).centres
    left, right = np.linalg.norm(fitted.xyz_m[:, KNEE] - fitted.xyz_m[:, HIP], axis=2).T
    assert np.abs(left - right).mean() < 0.6 * 0.04


def test_outlier_pictures_do_not_pull() -> None:
    true = squatting()
    wrong = true.xyz_m.copy()
    rng = np.random.default_rng(3)
    chosen = rng.choice(len(true), 20, replace=False)
    wrong[chosen, ANKLE.start] += rng.normal(0.0, 0.4, (20, 3))
    measured = replace(true, xyz_m=wrong)
    before = np.abs(knee_flexion_deg(measured) - knee_flexion_deg(true))[chosen, 0]
    after = np.abs(knee_flexion_deg(fit_skeleton(measured).centres) - knee_flexion_deg(true))[chosen, 0]
    assert np.median(before) > 10.0
    assert np.median(after) < 2.0


def test_knees_do_not_bend_backwards() -> None:
    time_s = frame_times(4.0, 30.0)
    straight = seen_by(time_s, squat_joints(Squats(np.full(120, 2.0), np.zeros(120))), yaw_deg=90.0)
    forward = straight.xyz_m[:, HEEL.stop] - straight.xyz_m[:, HEEL.start]
    forward /= np.linalg.norm(forward, axis=1, keepdims=True)
    back = straight.xyz_m.copy()
    back[:, KNEE] -= 0.12 * forward[:, None]
    measured = replace(straight, xyz_m=back)
    assert knee_flexion_deg(measured).min() > 25.0  # by so much backwards
    assert knee_flexion_deg(fit_skeleton(measured).centres).max() < 16.0


def test_missing_pictures_stay_missing_and_the_others_do_not_notice() -> None:
    true = squatting()
    gaps = true.xyz_m.copy()
    gaps[100:130] = np.nan
    gaps[200] = np.nan
    fitted = fit_skeleton(replace(true, xyz_m=gaps)).centres
    missing = np.isnan(fitted.xyz_m).all(axis=(1, 2))
    assert np.flatnonzero(missing).tolist() == [*range(100, 130), 200]
    assert np.isnan(fitted.sd_m[missing]).all()
    assert np.abs(knee_flexion_deg(fitted) - knee_flexion_deg(true))[~missing].max() < 0.7


def test_a_joint_that_is_never_seen_is_never_given() -> None:
    true = squatting()
    hidden = true.xyz_m.copy()
    hidden[:, WRIST.start] = np.nan
    fitted = fit_skeleton(replace(true, xyz_m=hidden))
    assert np.isnan(fitted.centres.xyz_m[:, WRIST.start]).all()
    assert np.isfinite(np.delete(fitted.centres.xyz_m, WRIST.start, axis=1)).all()
    assert np.isfinite(fitted.bones["forearm"])  # by the other arm


def test_a_foot_that_is_hidden_for_a_moment_does_not_move_the_hips() -> None:
    true = squatting()
    hidden = true.xyz_m.copy()
    for part in (ANKLE, HEEL):
        hidden[220:240, part] = np.nan
    path, without = (fit_skeleton(replace(true, xyz_m=joints)).hips_m for joints in (true.xyz_m, hidden))
    assert np.abs(path - without).max() < 0.05


def test_nobody_at_all_gives_nothing() -> None:
    true = squatting()
    fitted = fit_skeleton(replace(true, xyz_m=np.full_like(true.xyz_m, np.nan)))
    assert np.isnan(fitted.centres.xyz_m).all()
    assert all(np.isnan(fitted.bones[bone.name]) for bone in BONES)


def test_the_same_recording_gives_the_same_numbers() -> None:
    measured = with_jitter(squatting(), 0.02)
    first, second = fit_skeleton(measured), fit_skeleton(measured)
    assert np.array_equal(first.centres.xyz_m, second.centres.xyz_m)
    assert np.array_equal(first.centres.sd_m, second.centres.sd_m)
    assert np.array_equal(first.bones.lengths_m, second.bones.lengths_m)


def test_a_long_recording_is_fitted_in_parts_that_meet_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = with_jitter(squatting(), 0.01)
    whole = fit_skeleton(measured)
    monkeypatch.setattr("posecheck.skeleton.fit.AT_ONCE", 130)  # four parts
    parts = fit_skeleton(measured)
    assert np.abs(knee_flexion_deg(parts.centres) - knee_flexion_deg(whole.centres)).max() < 0.3
    assert parts.bones["thigh"] == pytest.approx(whole.bones["thigh"], abs=0.002)
    assert np.isfinite(parts.centres.sd_m).all()


def test_bones_of_another_recording_hold_where_this_one_shows_little() -> None:
    learnt = fit_skeleton(squatting(yaw_deg=90.0)).bones
    true = squatting(yaw_deg=0.0)
    short = replace(true, xyz_m=true.xyz_m * 0.94)
    alone, known = fit_skeleton(short), fit_skeleton(short, bones=learnt)
    assert alone.bones["thigh"] == pytest.approx(0.94 * THIGH_M, abs=0.005)
    assert known.bones["thigh"] > alone.bones["thigh"] + 0.008
    assert known.bones.seen_s > alone.bones.seen_s


def test_smoothing_does_not_claim_to_know_better_than_what_was_measured() -> None:
    measured = with_jitter(squatting(), 0.01)
    fitted = fit_skeleton(measured).centres
    assert (fitted.sd_m >= measured.sd_m).all()
    assert np.median(fitted.sd_m / measured.sd_m) < 1.1


def test_where_body_and_measurement_disagree_the_error_grows() -> None:
    true = squatting()
    wrong = true.xyz_m.copy()
    wrong[150:300, KNEE.start] += [0.0, -0.15, 0.0]
    measured = replace(true, xyz_m=wrong)
    fitted = fit_skeleton(measured).centres
    assert fitted.sd_m[200:250, KNEE.start].mean() > 1.1 * measured.sd_m[0, KNEE.start]


def test_trunk_inclination_is_not_as_shaky_as_up_in_single_pictures() -> None:
    true = squatting(yaw_deg=90.0)
    rng = np.random.default_rng(0)
    shaky = true.up + rng.normal(0.0, np.radians(4.0), true.up.shape)
    measured = replace(true, up=shaky / np.linalg.norm(shaky, axis=1, keepdims=True))
    fitted = fit_skeleton(measured)
    assert np.abs(trunk_inclination_deg(fitted.centres) - trunk_inclination_deg(true)).max() < 2.0
    assert between_deg(fitted.centres.up, true.up).max() < 2.0
    assert fitted.gravity.steady


def test_the_way_of_the_hips_is_told_by_the_standing_feet() -> None:
    true = squatting(deg=90.0)
    fitted = fit_skeleton(true)
    sunk_m = np.ptp(fitted.hips_m[:, 1])
    room = squat_joints(Squats(5.0 + three_holds(true.time_s, deg=90.0), 0.6 * three_holds(true.time_s, deg=90.0)))
    assert sunk_m == pytest.approx(np.ptp(room[:, HIP.start, 2]), abs=0.03)
    assert fitted.stands.mean() > 0.8
