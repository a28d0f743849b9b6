from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from synthetic import person

from posecheck.kinematics.joints import Side
from posecheck.movements import builtin_movements
from posecheck.output.draw import live_picture
from posecheck.output.draw.lettering import Sprite, text_sprite
from posecheck.output.draw.live_picture import LiveScene, SceneState, cue_lines, draw_live, live_side
from posecheck.pose.landmarks import LANDMARK_COUNT, Landmark

SIZES_PX = {"laptop": (1280, 720), "phone": (720, 1280), "old webcam": (640, 480)}
NOBODY = np.full((LANDMARK_COUNT, 2), np.nan)


def grey(size_px: tuple[int, int] = (1280, 720)) -> np.ndarray:
    return np.full((size_px[1], size_px[0], 3), 150, np.uint8)


def scene(**changed: object) -> LiveScene:
    plain = LiveScene(
        "Toe touch · pre-test", "Hold.", SceneState.HOLDING, NOBODY, angle_title="Hip flexion", angle_deg=88.0
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def body(x: float = 0.5) -> np.ndarray:
    series = person(np.array([0.0]), size_px=(1280, 720), px_per_m=300.0, centre=(x, 0.5))
    return np.asarray(series.xy_px[0] / [1280, 720])


def changed_box(a: np.ndarray, b: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of where two pictures differ."""
    rows, columns = np.nonzero((a != b).any(axis=2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize("size_px", SIZES_PX.values(), ids=SIZES_PX)
@pytest.mark.parametrize(
    ("one", "other"),
    [({"angle_deg": 8.0}, {"angle_deg": 3.0}), ({"hold_s": 1.0}, {"hold_s": 1.0001, "target_hold_s": 2.0002})],
    ids=["angle", "hold"],
)
def test_digits_are_at_least_12_percent_of_the_pictures_height(
    size_px: tuple[int, int], one: dict[str, float], other: dict[str, float]
) -> None:
    if "hold_s" in one:
        one, other = {"hold_s": 2.0}, {"hold_s": 3.0}  # the ring is full at both
    first, second = (draw_live(grey(size_px), scene(**values), mirror=False) for values in (one, other))
    _, top, _, bottom = changed_box(first, second)
    assert bottom - top >= 0.12 * first.shape[0]


@pytest.mark.parametrize("size_px", SIZES_PX.values(), ids=SIZES_PX)
def test_angle_and_hold_do_not_cover_one_another(size_px: tuple[int, int]) -> None:
    def drawn(**values: float) -> np.ndarray:
        return draw_live(grey(size_px), scene(**values), mirror=False)

    angle = changed_box(drawn(angle_deg=-188.0), drawn(angle_deg=float("nan")))
    hold = changed_box(drawn(hold_s=1.0), drawn())
    assert angle[2] <= hold[0] or hold[3] <= angle[1]
    assert hold[0] >= 0
    assert hold[2] <= drawn().shape[1]


@pytest.mark.parametrize("movement", builtin_movements().values(), ids=builtin_movements())
def test_the_longest_cues_fit_into_the_picture(movement: object) -> None:
    instructions = movement.instructions  # type: ignore[attr-defined]
    for words in (instructions.camera, instructions.start, f"I still cannot see anybody. {instructions.camera}"):
        lines = cue_lines(words, 1232, 1.0)
        assert max(line.width_px for line in lines) <= 1232
        assert sum(line.height_px for line in lines) < 0.3 * 720


def test_short_cues_are_written_largest() -> None:
    (line,) = cue_lines("Hold.", 1232, 1.0)
    longest = max((test.instructions.camera for test in builtin_movements().values()), key=len)
    assert line.height_px > cue_lines(longest, 1232, 1.0)[0].height_px


def test_only_the_preview_is_mirrored_and_words_never_are() -> None:
    image = grey()
    image[:, :200] = 60
    before = image.copy()
    plain, mirrored = (draw_live(image, scene(angle_deg=5.0), mirror=mirror) for mirror in (False, True))
    assert (image == before).all()
    assert plain[300, 5, 0] == 60
    assert mirrored[300, -5, 0] == 60
    uniform = [draw_live(grey(), scene(), mirror=mirror) for mirror in (False, True)]
    assert (uniform[0] == uniform[1]).all()


def test_the_body_is_drawn_where_the_mirrored_person_stands() -> None:
    empty = draw_live(grey(), scene(), mirror=True)
    left, _, right, _ = changed_box(draw_live(grey(), scene(points=body(0.2)), mirror=True), empty)
    assert left > 0.6 * 1280
    assert right < 1280
    left, _, right, _ = changed_box(draw_live(grey(), scene(points=body(0.2)), mirror=False), empty)
    assert right < 0.4 * 1280


def test_the_ghost_of_the_pre_test_is_see_through() -> None:
    image = grey()
    empty, ghost = (draw_live(image, scene(ghost=points), mirror=False) for points in (None, body(0.7)))
    left, _, right, _ = changed_box(ghost, empty)
    assert left > 0.5 * 1280
    assert right < 0.9 * 1280
    part = ghost[300:500, left:right]
    assert 150 < part.max() < 255


def test_a_ghost_without_a_face_is_drawn_without_warnings() -> None:
    points = body(0.7)
    points[: Landmark.LEFT_SHOULDER] = np.nan
    draw_live(grey(), scene(ghost=points), mirror=False)


def test_repetitions_that_counted_show_their_end_range() -> None:
    two, three = (draw_live(grey(), scene(end_ranges_deg=values), mirror=False) for values in ((88.0,), (88.0, 90.0)))
    left, top, _, bottom = changed_box(two, three)
    assert left > 0.6 * 1280
    assert bottom < 0.5 * 720
    assert top > 48


def test_missing_numbers_are_dashes(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    def write(words: str, *where: Any, **how: Any) -> Sprite:
        written.append(words)
        return text_sprite(words, *where, **how)

    monkeypatch.setattr(live_picture, "text_sprite", write)
    draw_live(grey(), scene(angle_deg=float("nan"), end_ranges_deg=(float("nan"),), hold_s=0.0), mirror=True)
    assert written.count("–") == 2, "the angle, and the end range of the repetition"
    assert not [words for words in written if "nan" in words]


def test_small_pictures_are_enlarged_so_that_letters_are_crisp() -> None:
    assert draw_live(grey((320, 180)), scene(), mirror=True).shape == (720, 1280, 3)


def test_without_a_tested_side_the_leg_that_is_seen_better_is_shown() -> None:
    visibility = np.full(LANDMARK_COUNT, 0.5)
    visibility[Landmark.RIGHT_KNEE] = 0.9
    assert live_side(visibility, None) is Side.RIGHT
    assert live_side(visibility, Side.LEFT) is Side.LEFT
    assert live_side(np.full(LANDMARK_COUNT, np.nan), None) in Side
