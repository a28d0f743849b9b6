"""Every drawing of the web app: well-formed, told in words, from nowhere else, and the left the mirror of the right."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import posecheck.web
from posecheck.language import language_set
from posecheck.movements import builtin_movements
from posecheck.movements.advice import REEDUCATIONS
from posecheck.movements.drawing import DrawnTable
from posecheck.protocol import GRIPS, STRETCHES
from posecheck.web.drawings import camera_plan, exercise_drawing, grip_drawing, movement_drawing, stretch_drawing

STATIC = Path(posecheck.web.__file__).parent / "server" / "static"
SIDES = ("left", "right")
ALL = {
    **{
        f"{m.name} {e} {s}": movement_drawing(m, e, s)
        for m, e, s in product(builtin_movements().values(), ("start", "end"), SIDES)
    },
    **{
        f"camera {view} {'lying' if lying else 'standing'} {s}": camera_plan(view, lying=lying, side=s)
        for view, lying, s in product(("side", "front"), (False, True), (None, *SIDES))
    },
    **{f"{grip.name} {s}": grip_drawing(grip.name, s) for grip, s in product(GRIPS, SIDES)},
    **{
        f"{stretch.name} {grip.name} {s}": stretch_drawing(stretch.name, s, grip.name)
        for stretch, grip, s in product(STRETCHES, GRIPS, SIDES)
    },
    **{
        f"{advice.name} {moment}": exercise_drawing(advice.name, moment)
        for advice, moment in product(REEDUCATIONS, ("start", "end"))
    },
}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=ALL, ids=str)
def drawing(request: pytest.FixtureRequest) -> str:
    return ALL[request.param]


def test_a_drawing_is_well_formed_and_says_in_words_what_it_shows(drawing: str):
    root = ET.fromstring(drawing)
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == ["title", "desc"]
    assert all(len(child.text or "") > 10 for child in root[:2])


def test_a_drawing_holds_no_address_no_style_and_no_script(drawing: str):
    assert not re.search(r"href|url\(|https?:|style=|<script|\bon\w+=", drawing)


def test_a_drawing_has_no_ids_so_that_one_page_may_show_it_twice(drawing: str):
    assert " id=" not in drawing


def test_a_drawing_takes_only_colours_that_the_stylesheet_knows(drawing: str):
    known = set(re.findall(r"\.d-([a-z-]+)", (STATIC / "app.css").read_text(encoding="utf-8")))
    used = {
        name
        for classes in re.findall(r'class="([^"]*d-[^"]*)"', drawing)
        for name in re.findall(r"d-([a-z-]+)", classes)
    }
    assert used <= known
    assert "fill=" not in drawing
    assert "stroke=" not in drawing


def test_numbers_in_a_drawing_are_finite(drawing: str):
    assert not re.search(r"\b(nan|inf)\b", drawing)


@pytest.mark.parametrize("name", [name for name in ALL if name.endswith("left") and "toe-touch" not in name])
def test_the_left_side_is_the_mirror_image_and_says_left(name: str):
    left, right = ALL[name], ALL[name.removesuffix("left") + "right"]
    if name.startswith("camera front"):
        assert left == right
        return
    assert "left" in ET.fromstring(left).findtext("title", "")
    assert "scale(-1 -1)" in left
    assert "scale(1 -1)" in right
    assert re.findall(r' d="[^"]*"', left) == re.findall(r' d="[^"]*"', right)


def test_start_and_end_differ_and_only_the_end_marks_the_measured_angle():
    for movement in builtin_movements().values():
        start, end = movement_drawing(movement, "start", "right"), movement_drawing(movement, "end", "right")
        assert "d-warm" in end
        assert "d-warm" not in start


def test_every_built_in_test_has_a_drawing_and_a_place_for_the_camera():
    for movement in builtin_movements().values():
        assert movement_drawing(movement, "end", next(iter(movement.sides), None))
        assert camera_plan(movement.view_name, lying=movement.lying)


def test_a_movement_file_without_a_drawing_gives_none():
    assert movement_drawing(replace(builtin_movements()["toe-touch"], drawing=None)) == ""


def test_a_figure_whose_joints_fall_together_is_still_drawn():
    lunge = builtin_movements()["runners-lunge"]
    assert lunge.drawing is not None
    end = lunge.drawing.end
    limb = replace(end.near_leg, end=end.hip)
    folded = replace(end, near_leg=limb, far_leg=replace(limb, middle=end.hip), near_arm=limb)
    drawing = movement_drawing(replace(lunge, drawing=replace(lunge.drawing, end=folded)))
    assert ET.fromstring(drawing).get("role") == "img"
    assert not re.search(r"\b(nan|inf)\b", drawing)


def test_words_of_a_movement_file_are_words_alone():
    toe_touch = builtin_movements()["toe-touch"]
    assert toe_touch.drawing is not None
    end = replace(toe_touch.drawing.end, words="<script>{oops} {side}")
    drawing = movement_drawing(replace(toe_touch, title="<b>", drawing=replace(toe_touch.drawing, end=end)))
    root = ET.fromstring(drawing)
    assert root.findtext(f"{SVG}desc", root.findtext("desc")) == "<script>{oops} right"


def test_the_camera_stands_at_the_height_of_the_table_for_whoever_lies_on_one():
    thomas, raised = (builtin_movements()[name] for name in ("modified-thomas-test", "active-straight-leg-raise"))
    assert (thomas.on_table, raised.on_table) == (True, False)
    on_table = ET.fromstring(camera_plan("side", lying=True, on_table=True)).findtext("desc", "")
    on_floor = ET.fromstring(camera_plan("side", lying=True)).findtext("desc", "")
    assert on_table.endswith("about 2.5 metres away, level, at the height of the table top.")
    assert on_floor.endswith("about 2.5 metres away, level, near floor height.")


def test_a_table_stands_on_the_floor_and_ends_where_its_file_says():
    lying = builtin_movements()["knee-to-chest"]
    assert lying.drawing is not None
    on_table = replace(lying, drawing=replace(lying.drawing, table=DrawnTable(-60, 12, 30)))
    assert "M-60.00 30.00L12.00 30.00" in movement_drawing(on_table)
    assert "30.00L12.00" not in movement_drawing(lying)


def test_the_icon_is_well_formed_and_has_a_title():
    root = ET.parse(STATIC / "favicon.svg").getroot()
    assert root.findtext(f"{SVG}title")
    assert "http" not in (STATIC / "favicon.svg").read_text(encoding="utf-8").replace(SVG[1:-1], "")


def test_a_drawing_says_what_it_shows_in_the_readers_language():
    with language_set("de"):
        lunge = ET.fromstring(movement_drawing(builtin_movements()["runners-lunge"], "end", "left"))
        plan = camera_plan("side", side="left")
    assert lunge.findtext("title") == "Läufer-Ausfallschritt, links: Endposition"
    assert "2,5 bis 3 m" in plan
    with language_set("es"):
        assert ">I</text>" in movement_drawing(builtin_movements()["runners-lunge"], "end", "left")
