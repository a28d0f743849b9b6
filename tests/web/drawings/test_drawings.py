"""Every drawing of the web app: well-formed, told in words, from nowhere else, and the left the mirror of the right."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import posecheck.web
from posecheck.movements import builtin_movements
from posecheck.protocol import GRIPS, STRETCHES
from posecheck.web.drawings import camera_plan, grip_drawing, movement_drawing, stretch_drawing

STATIC = Path(posecheck.web.__file__).parent / "server" / "static"
SIDES = ("left", "right")
ALL = {
    **{f"{m} {e} {s}": movement_drawing(m, e, s) for m, e, s in product(builtin_movements(), ("start", "end"), SIDES)},
    **{
        f"camera {view} {'lying' if lying else 'standing'} {s}": camera_plan(view, lying=lying, side=s)
        for view, lying, s in product(("side", "front"), (False, True), (None, *SIDES))
    },
    **{f"{grip.name} {s}": grip_drawing(grip.name, s) for grip, s in product(GRIPS, SIDES)},
    **{
        f"{stretch.name} {grip.name} {s}": stretch_drawing(stretch.name, s, grip.name)
        for stretch, grip, s in product(STRETCHES, GRIPS, SIDES)
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
    for name in builtin_movements():
        start, end = movement_drawing(name, "start", "right"), movement_drawing(name, "end", "right")
        assert "d-warm" in end
        assert "d-warm" not in start


def test_every_built_in_test_has_a_drawing_and_a_place_for_the_camera():
    for name, movement in builtin_movements().items():
        assert movement_drawing(name, "end", next(iter(movement.sides), None))
        assert camera_plan(movement.view_name, lying=movement.lying)


def test_a_movement_of_the_users_own_has_no_drawing():
    assert movement_drawing("my-own-squat") == ""


def test_the_icon_is_well_formed_and_has_a_title():
    root = ET.parse(STATIC / "favicon.svg").getroot()
    assert root.findtext(f"{SVG}title")
    assert "http" not in (STATIC / "favicon.svg").read_text(encoding="utf-8").replace(SVG[1:-1], "")
