"""The table ``[drawing]`` of a movement file: read in full, its mistakes named with file, key and what would be right."""

from __future__ import annotations

from importlib.resources import files

import pytest

from posecheck.errors import MovementError
from posecheck.movements import builtin_movements, read_movement

FILE = "mine.toml"
TEXT = files("posecheck.movements").joinpath("runners-lunge.toml").read_text(encoding="utf-8")
PLAIN, _, DRAWING = TEXT.partition("[drawing]")


def error_of(line: str, to: str) -> str:
    assert line in DRAWING
    with pytest.raises(MovementError) as caught:
        read_movement(TEXT.replace(line, to, 1), FILE)
    return str(caught.value)


def test_a_drawing_is_read_in_full() -> None:
    drawing = read_movement(TEXT, FILE).drawing
    assert drawing is not None
    assert drawing.end.hip == 40j
    assert (drawing.end.low_deg, drawing.end.high_deg, drawing.end.head_deg) == (80, 72, 76)
    rear = drawing.end.near_leg
    assert (rear.end, rear.bend, rear.middle, rear.tip_deg, rear.toe_deg) == (-37 + 9.4j, -1, None, -58, 58)
    assert drawing.angle is not None
    assert (drawing.angle.at, drawing.angle.from_, drawing.angle.to) == ("hip", "trunk_back", "thigh")


def test_a_movement_needs_no_drawing() -> None:
    assert read_movement(PLAIN, FILE).drawing is None


def test_every_built_in_test_has_a_drawing_with_its_angle() -> None:
    assert all(movement.drawing and movement.drawing.angle for movement in builtin_movements().values())


def test_a_table_to_lie_on_is_read() -> None:
    table = "\n[drawing.table]\nleft = -60\nright = 10\nheight = 30\n"
    drawing = read_movement(TEXT + table, FILE).drawing
    assert drawing is not None
    assert drawing.table is not None
    assert (drawing.table.left, drawing.table.right, drawing.table.height) == (-60, 10, 30)
    with pytest.raises(MovementError, match=r"mine\.toml: drawing\.table\.right: must be more than left \(-60\)"):
        read_movement(TEXT + table.replace("right = 10", "right = -70"), FILE)


@pytest.mark.parametrize(
    ("line", "to", "words"),
    [
        ('from = "trunk_back"', 'from = "trunk_bak"', "drawing.angle.from: unknown 'trunk_bak'; did you mean 'trunk_back'?"),
        ('from = "trunk_back"', "from = 400", "drawing.angle.from: expected a number from -360 to 360, got 400."),
        ('at = "hip"', 'at = "hipp"', "drawing.angle.at: unknown 'hipp'; did you mean 'hip'?"),
        ("hip = [0, 49.2]", "hips = [0, 49.2]", "drawing.start.hip: is missing."),
        ("hip = [0, 49.2]", "hip = [0]", "drawing.start.hip: expected 2 numbers from -150 to 150 in brackets, got [0]."),
        ("hip = [0, 49.2]", "hip = [0, nan]", "drawing.start.hip: expected 2 numbers from -150 to 150 in brackets"),
        ("hip = [0, 49.2]", "hip = [0, true]", "drawing.start.hip: expected 2 numbers from -150 to 150 in brackets"),
        ("tip_deg = -20", "tip = -20", "drawing.start.near_leg.tip: unknown key; did you mean 'tip_deg'?"),
        ("bend = -1", "bend = 0.5", "drawing.start.near_leg.bend: expected 1 or -1, got 0.5."),
    ],
)  # fmt: skip
def test_a_wrong_key_of_a_drawing_is_named_with_its_file_and_a_suggestion(line: str, to: str, words: str) -> None:
    assert error_of(line, to).startswith(f"{FILE}: {words}")
