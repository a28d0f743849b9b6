from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from made_trial import made_result

from posecheck.kinematics.joints import ANGLES, Side
from posecheck.language import language_set, phrase
from posecheck.movements import builtin_movements
from posecheck.output.draw.angle_marks import angle_mark
from posecheck.output.draw.bar import two_lines
from posecheck.output.draw.drawing import draw_dashes, draw_line, draw_point, tint_polygon
from posecheck.output.draw.lettering import blend, text_sprite
from posecheck.output.draw.overlay import LEFT, RIGHT, OverlaySample, Reading, draw_body, draw_overlay
from posecheck.output.draw.trial_overlay import TrialOverlay
from posecheck.pose.landmarks import LANDMARK_COUNT, Landmark, SampleState
from posecheck.trial.result import TrialResult

GREY = np.full((240, 320, 3), 120, np.uint8)
MOVEMENTS = list(builtin_movements())


def _overlay(movement: str) -> TrialOverlay:
    result: TrialResult = made_result(movement)
    return TrialOverlay.of(result)


def _in_hold(movement: str) -> OverlaySample:
    overlay = _overlay(movement)
    return overlay.sample(overlay.hold_middle_s(overlay.result.trial.repetitions[0]), 320, 240)


def _has(image: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool((np.abs(image.astype(int) - colour).max(axis=2) < 12).any())


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_the_arc_shows_the_measured_angle(movement: str) -> None:
    sample = _in_hold(movement)
    for reading in sample.readings:
        assert reading.mark is not None
        # The picture holds the same points as the table, so arc and number agree.
        assert math.degrees(abs(reading.mark.turn_rad)) == pytest.approx(abs(reading.value), abs=0.01)


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_a_frame_is_drawn_on_a_copy_of_its_own_size(movement: str) -> None:
    sample = _in_hold(movement)
    drawn = draw_overlay(GREY, sample)
    assert drawn.shape == GREY.shape
    assert drawn.dtype == np.uint8
    assert (GREY == 120).all()
    assert _has(drawn, LEFT if sample.tested is Side.LEFT else RIGHT)


def test_drawing_into_given_memory_gives_the_same_picture() -> None:
    sample = _in_hold("toe-touch")
    memory = np.zeros_like(GREY)
    assert draw_overlay(GREY, sample, into=memory) is memory
    assert np.array_equal(memory, draw_overlay(GREY, sample))


def test_a_frame_without_any_point_is_drawn_without_a_body() -> None:
    empty = replace(
        _in_hold("runners-lunge"),
        xy_px=np.full((LANDMARK_COUNT, 2), np.nan),
        state=np.full(LANDMARK_COUNT, SampleState.MISSING, np.int8),
        readings=(Reading("Hip", float("nan"), state=SampleState.MISSING),),
    )
    assert np.array_equal(draw_body(GREY, empty), GREY)
    assert draw_overlay(GREY, empty).shape == GREY.shape


@pytest.mark.parametrize("mark", list(Landmark))
def test_any_single_missing_point_does_no_harm(mark: Landmark) -> None:
    sample = _in_hold("side-lunge")
    xy = sample.xy_px.copy()
    xy[mark] = np.nan
    assert draw_overlay(GREY, replace(sample, xy_px=xy)).shape == GREY.shape


def test_points_far_outside_the_picture_do_no_harm() -> None:
    sample = _in_hold("side-lunge")
    assert draw_overlay(GREY, replace(sample, xy_px=sample.xy_px * 1e6)).shape == GREY.shape


@pytest.mark.parametrize("size", [(2, 2), (64, 48), (240, 320), (1280, 720)])
def test_every_size_of_picture_can_be_drawn_on(size: tuple[int, int]) -> None:
    picture = np.full((*size, 3), 120, np.uint8)
    overlay = _overlay("runners-lunge")
    assert draw_overlay(picture, overlay.sample(2.0, size[1], size[0])).shape == picture.shape


def test_interpolated_points_are_hollow_and_measured_ones_filled() -> None:
    def middle(hollow: bool) -> int:
        image = GREY.copy()
        draw_point(image, np.array([100.0, 100.0]), LEFT, 9.0, hollow=hollow)
        return int(image[100, 100, 2])

    assert middle(hollow=False) == LEFT[2]
    assert middle(hollow=True) == 120


def test_missing_points_are_not_drawn() -> None:
    image = GREY.copy()
    nowhere, somewhere = np.array([np.nan, 5.0]), np.array([5.0, 5.0])
    draw_point(image, nowhere, LEFT, 5.0)
    draw_line(image, nowhere, somewhere, LEFT, 3.0)
    draw_dashes(image, somewhere, nowhere, LEFT, 3.0, dash_px=5.0)
    tint_polygon(image, np.array([[-50.0, -50.0], [-40.0, -50.0], [-40.0, -40.0]]), LEFT, 0.5)
    assert np.array_equal(image, GREY)


def test_numbers_are_written_as_people_write_them() -> None:
    assert Reading("a", 103.4).text == "103°"
    assert Reading("a", -7.6).text == "−8°"
    assert Reading("a", -0.2).text == "0°"
    assert Reading("a", 12.0, "pct").text == "12 %"
    assert Reading("a", 50.0, state=SampleState.INTERPOLATED).text == "≈50°"
    assert Reading("a", float("nan")).text == "–"


def test_repetition_and_hold_follow_the_time() -> None:
    overlay = _overlay("toe-touch")
    first = overlay.result.trial.repetitions[0]
    before = overlay.sample(0.0, 320, 240)
    assert (before.repetition, before.hold_s) == ("2 repetitions", None)
    moving = overlay.sample(first.start_s + 0.1, 320, 240)
    assert (moving.repetition, moving.hold_s) == ("Repetition 1 of 2", None)
    holding = overlay.sample(first.hold_start_s + 0.5, 320, 240)
    assert holding.hold_s == pytest.approx(0.5)


def test_a_rejected_repetition_is_named_as_such() -> None:
    result = made_result("toe-touch")
    first = replace(result.trial.repetitions[0], used=False, reason="a gap")
    trial = replace(result.trial, repetitions=(first, result.trial.repetitions[1]))
    overlay = TrialOverlay.of(replace(result, trial=trial))
    assert overlay.sample(first.hold_start_s, 320, 240).repetition == "Repetition 1 of 2 (not used)"


def test_points_are_scaled_to_the_picture() -> None:
    overlay = _overlay("toe-touch")
    small, large = overlay.sample(2.0, 320, 240), overlay.sample(2.0, 640, 480)
    np.testing.assert_allclose(large.xy_px, 2 * small.xy_px)


def test_nothing_of_the_body_is_drawn_between_analysed_frames() -> None:
    sample = _overlay("toe-touch").sample(2.05, 320, 240)
    assert np.isnan(sample.xy_px).all()
    assert all(math.isnan(reading.value) and reading.mark is None for reading in sample.readings)


def test_the_picture_of_the_end_range_shows_the_repetitions_own_number() -> None:
    overlay = _overlay("runners-lunge")
    item = replace(overlay.result.trial.repetitions[0], end_range={"hip_extension": 33.0, "hip_flexion": float("nan")})
    first, second = overlay.end_range_sample(item, 320, 240).readings
    assert first.value == 33.0
    assert second.value == pytest.approx(95.0, abs=0.5)


def test_the_typical_repetition_is_the_used_one_nearest_to_the_mean() -> None:
    result = made_result("toe-touch")
    first, second = result.trial.repetitions
    trial = replace(result.trial, repetitions=(replace(first, end_range={"hip_flexion": 60.0}), second))
    overlay = TrialOverlay.of(replace(result, trial=trial))
    assert overlay.typical_repetition() == second
    none = replace(trial, repetitions=tuple(replace(item, used=False) for item in trial.repetitions))
    assert TrialOverlay.of(replace(result, trial=none)).typical_repetition() is None


@pytest.mark.parametrize(("off_deg", "is_drawn"), [(0.0, True), (8.0, True), (-8.0, True), (12.0, False)])
def test_an_angle_in_space_is_drawn_where_the_picture_shows_one_like_it(off_deg: float, is_drawn: bool) -> None:
    result = made_result("toe-touch")
    column = result.trial.outcomes[0].column
    values = result.table.values.assign(**{column: result.table.values[column] + off_deg})
    table = replace(result.table, values=values, column_sources={column: "world"})
    overlay = TrialOverlay.of(replace(result, table=table))
    reading = overlay.sample(overlay.hold_middle_s(result.trial.repetitions[0]), 320, 240).readings[0]
    assert (reading.mark is not None) is is_drawn
    assert math.isfinite(reading.value)


@pytest.mark.parametrize("angle", list(ANGLES))
def test_every_angle_has_lines_or_says_that_it_has_none(angle: str) -> None:
    anywhere = np.random.default_rng(3).uniform(0, 300, (LANDMARK_COUNT, 2))
    mark = angle_mark(angle, anywhere, Side.LEFT)
    distances = {"thigh_out_of_plane", "shoulder_rotation", "trunk_out_of_plane", "fingertip_height"}
    from_above = {"foot_turn_out"}
    assert (mark is None) == (angle in distances | from_above)
    assert angle_mark(angle, np.full((LANDMARK_COUNT, 2), np.nan), Side.LEFT) is None


@pytest.mark.parametrize("movement", ["side-lunge", "crossover"])
@pytest.mark.parametrize("angle", ["hip_abduction", "leg_abduction", "pelvic_hip_abduction", "pelvic_obliquity"])
def test_lines_of_frontal_angles_enclose_the_angle_of_the_table(movement: str, angle: str) -> None:
    result = made_result(movement)
    side = Side.LEFT if ANGLES[angle].sided else None
    row = len(result.table.values) // 4
    mark = angle_mark(angle, result.clean.landmarks.xy_px[row], side)
    value = float(result.table.values[ANGLES[angle].column(side)].iloc[row])
    assert mark is not None
    assert math.degrees(abs(mark.turn_rad)) == pytest.approx(abs(value), abs=1e-6)


@pytest.mark.parametrize("angle", ["knee_flexion", "thigh_inclination", "shank_inclination", "leg_inclination"])
def test_lines_of_sagittal_angles_enclose_the_angle_of_the_table(angle: str) -> None:
    result = made_result("runners-lunge")
    row = len(result.table.values) // 4
    mark = angle_mark(angle, result.clean.landmarks.xy_px[row], Side.RIGHT)
    value = float(result.table.values[ANGLES[angle].column(Side.RIGHT)].iloc[row])
    assert mark is not None
    assert math.degrees(abs(mark.turn_rad)) == pytest.approx(abs(value), abs=1e-6)


def test_a_timeline_with_a_gap_and_a_rejected_repetition_can_be_drawn() -> None:
    overlay = _overlay("toe-touch")
    values = overlay.timeline.values.copy()
    values[20:30] = np.nan
    repetitions = tuple(replace(item, used=False, held=False) for item in overlay.timeline.repetitions)
    whole = draw_overlay(GREY, overlay.sample(2.0, 320, 240))
    for changed in (values, np.full_like(values, np.nan)):
        timeline = replace(overlay.timeline, values=changed, repetitions=repetitions)
        drawn = draw_overlay(GREY, replace(overlay.sample(2.0, 320, 240), timeline=timeline))
        assert not np.array_equal(drawn, whole)


def test_a_picture_without_words_has_no_bar() -> None:
    sample = OverlaySample(0.0, np.full((LANDMARK_COUNT, 2), np.nan), np.zeros(LANDMARK_COUNT, np.int8))
    assert (draw_overlay(GREY, sample)[:100] == 120).all()


def test_words_are_broken_near_their_middle() -> None:
    assert two_lines("Hip flexion") == ("Hip flexion",)
    assert two_lines("Hip extension, rear leg") == ("Hip extension,", "rear leg")


def test_a_sprite_beyond_the_edge_is_cut_off() -> None:
    image = GREY.copy()
    sprite = text_sprite("12°", 30)
    for x, y in ((-10, -10), (310, 230), (1000, 1000), (-1000, 0)):
        blend(image, sprite, x, y)
    assert image.shape == GREY.shape
    assert not np.array_equal(image, GREY)


def test_words_are_drawn_in_the_language_that_is_set() -> None:
    reading = Reading(phrase("Trunk flexion (against the vertical)"), 12.0)
    assert reading.name == "Trunk flexion"
    english = text_sprite(phrase("filled gap"), 20).width_px
    with language_set("de"):
        assert reading.name == "Rumpfbeugung"
        assert text_sprite(phrase("filled gap"), 20).width_px > english  # gefüllte Lücke, and not the kept English one
