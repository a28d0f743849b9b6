from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import Rhythm, frame_times

from benchmarks.made_up_signals import made_up_signal
from benchmarks.repetitions import found_of, score
from posecheck.errors import RecordingError
from posecheck.kinematics.angles import AngleTable, angle_columns
from posecheck.kinematics.joints import Plane, Side
from posecheck.kinematics.sources import SOURCES
from posecheck.kinematics.view import View
from posecheck.movements import load_movement
from posecheck.pose.landmarks import SampleState
from posecheck.trial.agreement import agreement_gate
from posecheck.trial.excursions import MIN_EXCURSION_S
from posecheck.trial.quality import GateStatus
from posecheck.trial.repetitions import find_repetitions

TOE_TOUCH, LUNGE = load_movement("toe-touch"), load_movement("runners-lunge")
CROSSOVER = load_movement("crossover")
HIP = "right_hip_flexion_deg"
RHYTHM = Rhythm()
END_DEG = 84.0


def table_of(time_s: np.ndarray, states: dict[str, np.ndarray] | None = None, **columns: np.ndarray) -> AngleTable:
    """A table in which every angle is 0 but the given ones; NaN is missing, all else measured unless stated."""
    index = pd.Index(time_s, name="time_s")
    values = pd.DataFrame({column: np.zeros(len(time_s)) for _, _, column in angle_columns()}, index=index)
    for column, signal in columns.items():
        assert column in values
        values[column] = signal
    labels = pd.DataFrame(
        np.where(values.isna(), SampleState.MISSING, SampleState.MEASURED), index=index, columns=values.columns
    ).astype(np.int8)
    for column, state in (states or {}).items():
        labels[column] = state.astype(np.int8)
    return AngleTable(values, labels, {}, "image", View(Plane.SAGITTAL, 1)).in_place_of(SOURCES)


def toe_touches(time_s: np.ndarray, rhythm: Rhythm = RHYTHM, noise_deg: float = 0.0) -> np.ndarray:
    noise = np.random.default_rng(3).normal(0.0, noise_deg, len(time_s)) if noise_deg else 0.0
    return rhythm.angle(time_s, 2.0, END_DEG) + noise


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
def test_every_repetition_is_found_at_any_frame_rate(count: int, fps: float) -> None:
    rhythm = Rhythm(count=count)
    time_s = rhythm.times(fps, jitter=0.4)
    found = find_repetitions(table_of(time_s, **{HIP: toe_touches(time_s, rhythm)}), TOE_TOUCH, Side.RIGHT)
    assert [item.number for item in found] == list(range(1, count + 1))
    assert all(item.used and item.held for item in found)
    assert [item.end_range["hip_flexion"] for item in found] == pytest.approx([END_DEG] * count, abs=0.01)


def test_start_hold_and_end_lie_where_the_movement_put_them() -> None:
    time_s = RHYTHM.times()
    for k, item in enumerate(find_repetitions(table_of(time_s, **{HIP: toe_touches(time_s)}), TOE_TOUCH, Side.RIGHT)):
        begin_s = RHYTHM.start_s + k * RHYTHM.period_s
        # 10 % of this excursion are reached a quarter into the movement: 0.3 s.
        assert begin_s <= item.start_s <= begin_s + 0.3
        assert begin_s + RHYTHM.period_s - RHYTHM.pause_s - 0.3 <= item.end_s <= begin_s + RHYTHM.period_s
        # Half of the 0.4 s over which speed is taken, at either end.
        assert item.hold_start_s == pytest.approx(begin_s + RHYTHM.move_s, abs=0.2)
        assert item.hold_s == pytest.approx(RHYTHM.hold_s, abs=0.3)
        assert item.start_s < item.hold_start_s < item.hold_end_s < item.end_s


def test_end_range_is_the_median_of_the_hold_and_not_its_maximum() -> None:
    time_s = RHYTHM.times()
    signal = toe_touches(time_s, noise_deg=0.8)
    for item in find_repetitions(table_of(time_s, **{HIP: signal}), TOE_TOUCH, Side.RIGHT):
        hold = signal[(time_s >= item.hold_start_s) & (time_s <= item.hold_end_s)]
        assert item.held
        assert item.end_range["hip_flexion"] == pytest.approx(np.median(hold), abs=1e-9)
        assert item.end_range["hip_flexion"] == pytest.approx(END_DEG, abs=0.4)  # 1.25 x 0.8 / sqrt(75) = 0.12
        assert hold.max() > END_DEG + 1.0


def test_without_a_hold_the_peak_is_taken_and_flagged() -> None:
    time_s = frame_times(9.0)
    signal = 40.0 - 40.0 * np.cos(2 * np.pi * time_s / 3.0)
    found = find_repetitions(table_of(time_s, **{HIP: signal}), TOE_TOUCH, Side.RIGHT)
    assert len(found) == 3
    for k, item in enumerate(found):
        assert not item.held
        assert item.hold_s == 0.0
        assert item.used
        assert item.hold_start_s == pytest.approx(1.5 + 3.0 * k - 0.1, abs=0.04)
        assert item.end_range["hip_flexion"] == pytest.approx(80.0, abs=1.0)  # the median of 0.2 s about the peak


@pytest.mark.parametrize(("hold_s", "held"), [(0.8, False), (2.0, True)])
def test_a_hold_lasts_at_least_one_and_a_half_seconds(hold_s: float, held: bool) -> None:
    rhythm = Rhythm(hold_s=hold_s)
    time_s = rhythm.times()
    found = find_repetitions(table_of(time_s, **{HIP: toe_touches(time_s, rhythm)}), TOE_TOUCH, Side.RIGHT)
    assert [item.held for item in found] == [held] * 3


@pytest.mark.parametrize("speed_deg_s", [3.0, 6.0])
def test_sinking_slowly_through_the_end_position_is_no_hold(speed_deg_s: float) -> None:
    """3 degrees a second are slow enough, but spread by 2 degrees over 2.5 s; 6 are too fast."""
    time_s = RHYTHM.times()
    inside = (time_s - RHYTHM.start_s) % RHYTHM.period_s - RHYTHM.move_s
    sinking = speed_deg_s * np.clip(inside, 0.0, RHYTHM.hold_s) * RHYTHM.share(time_s)
    found = find_repetitions(table_of(time_s, **{HIP: toe_touches(time_s) + sinking}), TOE_TOUCH, Side.RIGHT)
    assert len(found) == 3
    assert not any(item.held for item in found)


@pytest.mark.parametrize(("sway_deg", "held"), [(0.5, True), (2.0, False)])
def test_swaying_fast_about_the_end_position_is_no_hold(sway_deg: float, held: bool) -> None:
    """2 degrees once a second: SD 1.4, within the limit, but up to 9 degrees a second."""
    time_s = RHYTHM.times()
    sway = sway_deg * np.sin(2 * np.pi * time_s) * RHYTHM.share(time_s)
    found = find_repetitions(table_of(time_s, **{HIP: toe_touches(time_s) + sway}), TOE_TOUCH, Side.RIGHT)
    assert [item.held for item in found] == [held] * 3


def test_a_rest_on_the_way_down_is_not_the_hold() -> None:
    """Two and a half seconds at 50 degrees, then on to 80 without stopping there."""
    time_s = frame_times(8.0)
    signal = np.interp(time_s, [0.0, 1.0, 2.2, 4.7, 5.5, 6.5, 8.0], [0.0, 0.0, 50.0, 50.0, 80.0, 0.0, 0.0])
    (only,) = find_repetitions(table_of(time_s, **{HIP: signal}), TOE_TOUCH, Side.RIGHT)
    assert not only.held
    assert only.end_range["hip_flexion"] > 75.0


def test_a_jerk_is_no_repetition() -> None:
    time_s = Rhythm(count=2).times()
    signal = toe_touches(time_s, Rhythm(count=2))
    signal[(time_s > 0.3) & (time_s < 0.8)] = 70.0
    found = find_repetitions(table_of(time_s, **{HIP: signal}), TOE_TOUCH, Side.RIGHT)
    assert [item.start_s > 0.8 for item in found] == [True, True]


def test_jerks_alone_are_refused_and_a_slow_movement_is_asked_for() -> None:
    time_s = frame_times(6.0)
    signal = np.where(time_s % 1.0 < 0.4, 70.0, 0.0)
    with pytest.raises(RecordingError, match=r"over in less than 0.6 s. Move slowly"):
        find_repetitions(table_of(time_s, **{HIP: signal}), TOE_TOUCH, Side.RIGHT)


def test_a_single_blip_does_not_end_a_hold() -> None:
    time_s = RHYTHM.times()
    signal = toe_touches(time_s)
    signal[np.abs(time_s - 3.4) < 0.02] += 2.2
    first = find_repetitions(table_of(time_s, **{HIP: signal}), TOE_TOUCH, Side.RIGHT)[0]
    assert first.held
    assert first.hold_s == pytest.approx(RHYTHM.hold_s, abs=0.3)


@pytest.mark.parametrize(("dip_to", "count"), [(0.85, 1), (0.6, 2), (0.15, 2)])
def test_a_wobble_does_not_split_a_repetition_but_going_back_does(dip_to: float, count: int) -> None:
    rhythm = Rhythm(count=1, hold_s=6.0)
    time_s = rhythm.times()
    dip = 1.0 - (1.0 - dip_to) * np.exp(-(((time_s - 5.2) / 0.4) ** 2))
    found = find_repetitions(table_of(time_s, **{HIP: 80.0 * rhythm.share(time_s) * dip}), TOE_TOUCH, Side.RIGHT)
    assert len(found) == count


def test_repetitions_do_not_overlap_when_the_person_hardly_comes_up_in_between() -> None:
    time_s = frame_times(8.0)
    signal = 50.0 - 30.0 * np.cos(2 * np.pi * time_s / 2.0)
    signal[:15], signal[-15:] = 0.0, 0.0
    found = find_repetitions(table_of(time_s, **{HIP: signal}), TOE_TOUCH, Side.RIGHT)
    assert len(found) >= 2
    for before, after in pairwise(found):
        assert before.end_s <= after.start_s + 0.04


def test_too_small_an_excursion_says_what_moved_how_far_and_what_to_check() -> None:
    time_s = RHYTHM.times()
    signal = RHYTHM.angle(time_s, 2.0, 17.0)
    with pytest.raises(RecordingError) as caught:
        find_repetitions(table_of(time_s, **{HIP: signal}), TOE_TOUCH, Side.RIGHT)
    words = str(caught.value)
    assert words.startswith("no repetition found: the right hip flexion moved only 15 degrees (at least 25 needed")
    assert "“Toe touch”" in words
    assert "Check the movement and the side" in words


def test_the_words_name_the_front_leg_of_a_lunge_and_no_leg_for_the_trunk() -> None:
    time_s = RHYTHM.times()
    with pytest.raises(RecordingError, match="the right hip flexion moved only 0 degrees"):
        find_repetitions(table_of(time_s), LUNGE, Side.LEFT)
    with pytest.raises(RecordingError, match="the trunk lateral flexion moved only 0 degrees"):
        find_repetitions(table_of(time_s), CROSSOVER, Side.LEFT)


def test_an_angle_that_is_never_seen_could_not_be_followed() -> None:
    time_s = RHYTHM.times()
    unseen = np.full(len(time_s), np.nan)
    with pytest.raises(RecordingError, match="could not be followed"):
        find_repetitions(table_of(time_s, **{HIP: unseen}), TOE_TOUCH, Side.RIGHT)


@pytest.mark.parametrize(("gap_s", "used"), [(0.3, True), (0.7, False), (1.5, False)])
@pytest.mark.parametrize("from_s", [2.6, 7.0, 13.9], ids=["hold", "rise", "late hold"])
def test_a_repetition_with_a_gap_of_more_than_half_a_second_is_rejected(
    gap_s: float, used: bool, from_s: float
) -> None:
    time_s = RHYTHM.times()
    signal = toe_touches(time_s)
    signal[(time_s >= from_s) & (time_s < from_s + gap_s)] = np.nan
    found = find_repetitions(table_of(time_s, **{HIP: signal}), TOE_TOUCH, Side.RIGHT)
    assert len(found) == 3
    assert [item.used for item in found].count(False) == (0 if used else 1)
    for item in found:
        inside = item.start_s <= from_s + gap_s / 2 <= item.end_s
        assert item.used == (used or not inside)
        assert ("could not be measured" in item.reason) == (not item.used)


def test_end_range_is_never_read_from_filled_data() -> None:
    time_s = RHYTHM.times()
    hips, trunk = toe_touches(time_s), RHYTHM.angle(time_s, 0.0, 90.0)
    filled = (time_s >= 2.0) & (time_s < 3.0)  # the first second of the first hold
    state = np.where(filled, SampleState.INTERPOLATED, SampleState.MEASURED)
    table = table_of(time_s, {"trunk_flexion_deg": state}, **{HIP: hips, "trunk_flexion_deg": trunk + 40.0 * filled})
    found = find_repetitions(table, TOE_TOUCH, Side.RIGHT)
    assert found[0].end_range["trunk_flexion"] == pytest.approx(90.0, abs=0.01)


def test_end_range_is_nan_where_too_little_of_the_hold_was_measured() -> None:
    time_s = RHYTHM.times()
    trunk = RHYTHM.angle(time_s, 0.0, 90.0)
    state = np.where((time_s >= 2.5) & (time_s < 5.0), SampleState.INTERPOLATED, SampleState.MEASURED)
    table = table_of(time_s, {"trunk_flexion_deg": state}, **{HIP: toe_touches(time_s), "trunk_flexion_deg": trunk})
    found = find_repetitions(table, TOE_TOUCH, Side.RIGHT)
    assert np.isnan(found[0].end_range["trunk_flexion"])
    assert found[0].end_range["hip_flexion"] == pytest.approx(END_DEG, abs=0.01)
    assert found[1].end_range["trunk_flexion"] == pytest.approx(90.0, abs=0.01)


def test_hip_extension_is_a_larger_number_for_more_range() -> None:
    time_s = RHYTHM.times()
    table = table_of(
        time_s,
        left_hip_flexion_deg=RHYTHM.angle(time_s, -4.0, -13.0),
        right_hip_flexion_deg=RHYTHM.angle(time_s, 35.0, 95.0),
    )
    for item in find_repetitions(table, LUNGE, Side.LEFT):
        assert item.end_range["hip_extension"] == pytest.approx(13.0, abs=0.01)
        assert item.end_range["hip_flexion"] == pytest.approx(95.0, abs=0.01)


@pytest.mark.parametrize("rear", Side)
def test_the_crossover_leans_away_from_the_rear_leg(rear: Side) -> None:
    time_s = RHYTHM.times()
    to_right = 1.0 if rear is Side.LEFT else -1.0
    lean = to_right * RHYTHM.angle(time_s, 0.0, 24.0)
    found = find_repetitions(table_of(time_s, trunk_lateral_flexion_deg=lean), CROSSOVER, rear)
    assert [item.end_range["trunk_lateral_flexion"] for item in found] == pytest.approx([24.0] * 3, abs=0.01)


def test_a_compensation_is_the_change_from_the_start_or_the_angle_at_the_end() -> None:
    time_s = RHYTHM.times()
    touch = table_of(time_s, **{HIP: toe_touches(time_s), "right_knee_flexion_deg": RHYTHM.angle(time_s, 4.0, 16.0)})
    for item in find_repetitions(touch, TOE_TOUCH, Side.RIGHT):
        assert item.compensation["knee_bend"] == pytest.approx(12.0, abs=0.3)  # rest: below 10 % of the excursion
    lunge = table_of(
        time_s,
        right_hip_flexion_deg=RHYTHM.angle(time_s, 35.0, 95.0),
        trunk_flexion_deg=RHYTHM.angle(time_s, 5.0, 20.0),
    )
    for item in find_repetitions(lunge, LUNGE, Side.LEFT):
        assert item.compensation["trunk_lean"] == pytest.approx(20.0, abs=0.1)


@settings(max_examples=20)
@given(st.floats(30.0, 140.0), st.floats(0.7, 2.5), st.floats(1.9, 4.0), st.floats(0.6, 2.0))
def test_end_range_is_read_back_for_any_rhythm(end_deg: float, move_s: float, hold_s: float, pause_s: float) -> None:
    rhythm = Rhythm(move_s=move_s, hold_s=hold_s, pause_s=pause_s)
    time_s = rhythm.times()
    found = find_repetitions(table_of(time_s, **{HIP: rhythm.angle(time_s, 0.0, end_deg)}), TOE_TOUCH, Side.RIGHT)
    assert [item.end_range["hip_flexion"] for item in found] == pytest.approx([end_deg] * 3, abs=0.1)
    assert all(item.held for item in found)


def path(*points: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Straight lines through (seconds, degrees), a little rounded, at 30 pictures a second."""
    time_s = frame_times(points[-1][0])
    lines = np.interp(time_s, *zip(*points, strict=True))
    return time_s, np.convolve(np.pad(lines, 4, mode="edge"), np.ones(9) / 9, mode="valid")


def three(*, between: float, tops: tuple[float, float, float] = (84.0, 84.0, 84.0), start: float = 0.0) -> tuple:
    """Three repetitions with holds of 2 s, coming back to ``between`` in the middle and to ``start`` at the ends."""
    points = [(0.0, start), (1.0, start)]
    for k, top in enumerate(tops):
        now, back = points[-1][0], start if k == 2 else between
        points += [(now + 1.0, top), (now + 3.0, top), (now + 4.0, back)]
    return path(*points, (points[-1][0] + 1.0, start))


def found_in(time_s: np.ndarray, signal: np.ndarray) -> tuple:
    return find_repetitions(table_of(time_s, **{HIP: signal}), TOE_TOUCH, Side.RIGHT)


def ends_of(found: tuple) -> list[float]:
    return [item.end_range["hip_flexion"] for item in found]


@pytest.mark.parametrize("between", [0.0, 14.0, 32.0, 50.0])
def test_coming_up_only_part_of_the_way_gives_three_repetitions_and_not_one_of_a_few_samples(between: float) -> None:
    found = found_in(*three(between=between))
    assert ends_of(found) == pytest.approx([84.0] * 3, abs=0.2)
    assert all(item.used and item.held and item.end_s - item.start_s > 2.0 for item in found)
    assert all(before.end_s <= after.start_s for before, after in pairwise(found))


def test_a_person_who_leaves_after_coming_up_part_of_the_way_is_no_error_and_no_repetition() -> None:
    time_s, signal = three(between=14.0)
    signal[time_s > 14.0] = np.nan
    assert ends_of(found_in(time_s, signal)) == pytest.approx([84.0] * 3, abs=0.2)


def test_stepping_into_position_and_out_of_it_is_no_part_of_a_repetition() -> None:
    """Upright, a long step (30 degrees), three lunges, and back."""
    time_s, inner = three(between=30.0, tops=(95.0, 95.0, 95.0), start=30.0)
    before, after = path((0.0, 0.0), (1.0, 0.0), (1.8, 30.0)), path((0.0, 30.0), (0.8, 0.0), (2.0, 0.0))
    times = np.concatenate([before[0], 1.84 + time_s, 1.88 + time_s[-1] + after[0]])
    found = found_in(times, np.concatenate([before[1], inner, after[1]]))
    assert ends_of(found) == pytest.approx([95.0] * 3, abs=0.2)
    assert found[0].start_s > 2.5  # after the step and the second in which the person stood still
    assert found[-1].end_s < times[-1] - 2.0


def test_what_sinks_slowly_for_a_quarter_of_a_minute_is_held() -> None:
    """From 84 to 76 degrees in 14 s, a spread of 2.3 degrees: the hold is near its upper end."""
    time_s, signal = path((0, 0), (1, 0), (2, 84), (4, 84), (18, 76), (19, 0), (20, 0))
    (only,) = found_in(time_s, signal)
    assert only.held
    assert 82.5 <= only.end_range["hip_flexion"] <= 84.0


def test_a_repetition_that_goes_less_than_half_as_far_as_the_others_is_not_used_and_says_so() -> None:
    found = found_in(*three(between=0.0, tops=(84.0, 30.0, 84.0)))
    assert [item.used for item in found] == [True, False, True]
    assert found[1].reason == "it went 30 degrees, less than half as far as the others"


def test_one_deep_and_two_shallow_ones_are_three() -> None:
    found = found_in(*three(between=0.0, tops=(84.0, 40.0, 41.0)))
    assert [item.used for item in found] == [True] * 3
    assert agreement_gate(TOE_TOUCH, found).status is GateStatus.WARN
    assert "reached 84 degrees, in the others about 40." in agreement_gate(TOE_TOUCH, found).words


def test_alike_repetitions_agree_and_a_single_one_cannot() -> None:
    found = found_in(*three(between=0.0, tops=(84.0, 80.0, 88.0)))
    assert agreement_gate(TOE_TOUCH, found).status is GateStatus.PASS
    assert agreement_gate(TOE_TOUCH, found).value == pytest.approx(6.0, abs=0.3)
    assert np.isnan(agreement_gate(TOE_TOUCH, found[:1]).value)


@pytest.mark.parametrize(("shown_s", "used"), [((2.2, 16.0), [True] * 3), ((3.4, 16.0), [False, True, True])])
def test_of_a_repetition_cut_off_at_the_beginning_only_a_whole_hold_counts(
    shown_s: tuple[float, float], used: list[bool]
) -> None:
    """The hold lasts from 2 to 4 s."""
    time_s, signal = three(between=0.0)
    shown = (time_s >= shown_s[0]) & (time_s <= shown_s[1])
    found = found_in(time_s[shown], signal[shown])
    assert [item.used for item in found] == used
    assert all(item.used or item.reason == "the recording begins in the middle of it" for item in found)


@pytest.mark.parametrize("until_s", [10.4, 11.3], ids=["on the way", "in the hold"])
def test_a_repetition_that_the_recording_does_not_show_whole_is_not_used_and_says_why(until_s: float) -> None:
    time_s, signal = three(between=0.0)
    shown = time_s <= until_s
    found = found_in(time_s[shown], signal[shown])
    assert [item.used for item in found] == [True, True, False]
    assert found[-1].reason == "the recording ends in the middle of it"


def test_sitting_before_the_test_is_no_repetition() -> None:
    """Two seconds at 60 degrees when the recording begins, then three repetitions to 84."""
    time_s, inner = three(between=0.0)
    before = path((0.0, 60.0), (2.0, 60.0), (3.0, 0.0))
    found = found_in(np.concatenate([before[0], 3.04 + time_s]), np.concatenate([before[1], inner]))
    assert [item.used for item in found] == [False, True, True, True]
    assert found[0].reason == "the recording begins in the middle of it"


def test_a_gap_below_half_of_the_way_does_not_matter() -> None:
    time_s, signal = three(between=0.0)
    signal[(time_s > 0.6) & (time_s < 1.4)] = np.nan
    assert [item.used for item in found_in(time_s, signal)] == [True] * 3


def test_a_spike_at_the_end_position_is_neither_its_end_nor_the_end_of_the_hold() -> None:
    time_s, signal = three(between=0.0)
    signal[(time_s > 2.9) & (time_s < 3.05)] += 40.0
    found = found_in(time_s, signal)
    assert all(item.held for item in found)
    assert ends_of(found) == pytest.approx([84.0] * 3, abs=0.2)


@settings(max_examples=30, deadline=None)
@given(st.integers(2000, 10**6))
def test_in_any_made_up_signal_nothing_is_invented_and_spans_never_overlap(number: int) -> None:
    signal = made_up_signal(number)
    found = found_of(signal)
    assert score(signal).invented == 0
    for item in found:
        assert item.start_s <= item.hold_start_s <= item.hold_end_s <= item.end_s
        assert item.end_s - item.start_s >= MIN_EXCURSION_S
        assert item.used or item.reason
    for before, after in pairwise(found):
        assert before.end_s < after.start_s


def test_of_eighty_made_up_signals_next_to_nothing_is_missed() -> None:
    """As in docs/repetitions.md, where 2,000 are counted."""
    scores = [score(made_up_signal(number)) for number in range(80)]
    assert sum(item.missed for item in scores) <= 0.01 * sum(item.true for item in scores)
    errors = [error for item in scores for error in item.errors_deg]
    assert np.percentile(errors, 95) < 1.5
