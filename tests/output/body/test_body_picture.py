"""The drawing shows the right limbs on the right side, in front of those behind them, and marks what was measured."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import cv2
import numpy as np
import pytest
from fitted_body import standing, turned

from posecheck.kinematics.joints import Plane, Side
from posecheck.output.body.marks import MarkedAngle, mark_lines, plane_of
from posecheck.output.body.outline import View, limb_outlines
from posecheck.output.body.picture import WIDTH, BodyPicture, Shape, ShownBody, draw_bodies
from posecheck.output.body.posture import Posture
from posecheck.output.body.solid import solid
from posecheck.output.body.svg import SHAPES, body_file, inline_body, stylesheet
from posecheck.skeleton.centres import SWAPPED_JOINTS

FORWARD, LEFT, UP = np.eye(3)
FROM_RIGHT, FROM_FRONT = View(FORWARD, UP, -LEFT), View(LEFT, UP, FORWARD)
KNEE_UP = standing(left_knee=(0.42, 0.1, 0.0), left_ankle=(0.42, 0.1, -0.42), left_heel=(0.37, 0.1, -0.48),
                   left_foot_index=(0.57, 0.1, -0.48))  # fmt: skip
FLEXION = MarkedAngle("Hip flexion", "hip_flexion", Side.LEFT, Plane.SAGITTAL, ("80°", "90°"))


def area_m2(outlines: tuple[np.ndarray, ...]) -> float:
    return sum(cv2.contourArea(points.astype(np.float32)) for points in outlines)


def limbs(own: np.ndarray, view: View) -> dict[str, tuple[np.ndarray, ...]]:
    return {item.limb: item.outlines for item in limb_outlines(solid(Posture(own)), view)}


def shapes(picture: BodyPicture, kind: str, role: str = "re") -> list[Shape]:
    return [item for item in picture.shapes if (item.kind, item.role) == (kind, role)]


def test_the_near_leg_hides_the_far_one() -> None:
    found = limbs(standing(), FROM_RIGHT)
    assert area_m2(found["right_leg"]) > 0.1
    assert area_m2(found.get("left_leg", ())) < 0.05 * area_m2(found["right_leg"])


def test_both_legs_are_seen_from_the_front_the_left_one_to_the_right() -> None:
    found = limbs(standing(), FROM_FRONT)
    left, right = (np.concatenate(found[f"{side}_leg"])[:, 0].mean() for side in ("left", "right"))
    assert left > 0.05
    assert right < -0.05
    assert area_m2(found["left_leg"]) == pytest.approx(
        area_m2(found["right_leg"]), rel=0.05
    )  # one thigh is drawn over the other


def test_limbs_do_not_overlap() -> None:
    """Every area is filled with a see-through colour: what lay over another would be darker."""
    found = limbs(standing(left_wrist=(0.2, -0.05, 0.1), left_elbow=(0.1, 0.2, 0.2)), FROM_FRONT)
    canvas = np.zeros((1400, 800), dtype=np.uint8)
    for outlines in found.values():
        mask = np.zeros_like(canvas)
        # 500 pixels a metre, as the outlines were found; a hole is inside its outline
        cv2.drawContours(
            mask, [np.round((p + np.array([0.8, 1.4])) * 500).astype(np.int32)[:, None] for p in outlines], -1, 1, -1
        )
        canvas += cv2.erode(mask, np.ones((5, 5), np.uint8))
    assert canvas.max() == 1


def test_a_missing_arm_is_left_out_and_the_rest_drawn() -> None:
    own = standing()
    own[4] = np.nan  # the left wrist
    found = limbs(own, FROM_FRONT)
    assert {"trunk", "head", "left_leg", "right_arm"} <= found.keys()
    assert area_m2(found["left_arm"]) < area_m2(found["right_arm"])  # the upper arm alone


def test_one_body_is_drawn_from_three_sides_in_one_colour() -> None:
    picture = draw_bodies([ShownBody("End range", Posture(KNEE_UP))], Side.LEFT)
    assert [word.words for word in picture.words] == ["From the front", "From the left", "From above", "End range"]
    assert not shapes(picture, "area", "pre")
    assert len(shapes(picture, "tested")) == 4  # the tested leg three times, and in the key


def test_two_bodies_lie_over_each_other_the_earlier_one_below() -> None:
    bodies = [ShownBody("Pre-test", Posture(standing())), ShownBody("Re-test", Posture(KNEE_UP))]
    picture = draw_bodies(bodies, Side.LEFT, [FLEXION])
    order = [item.role for item in picture.shapes if item.kind in ("area", "tested")]
    first_view = order[: order.index("pre", order.index("re"))]
    assert first_view == sorted(first_view)  # "pre" is before "re"
    assert {"Pre-test", "Re-test", "80° → 90°"} <= {word.words for word in picture.words}


@pytest.mark.parametrize(("side", "way"), [(Side.RIGHT, 1), (Side.LEFT, -1)])
def test_seen_from_the_right_a_person_faces_right(side: Side, way: int) -> None:
    raised = Posture(KNEE_UP if side is Side.LEFT else KNEE_UP[SWAPPED_JOINTS] * [1, -1, 1])
    picture = draw_bodies([ShownBody("End range", raised)], side)
    caption = next(word for word in picture.words if word.words == f"From the {side}")
    raised_leg = np.concatenate(shapes(picture, "tested")[1].outlines)  # of the second view
    foot_x = raised_leg[np.argmax(raised_leg[:, 1]), 0]  # it hangs down
    assert way * (foot_x - caption.x) > 10  # in front of the middle


@pytest.mark.parametrize("flexion_deg", [0.0, 30.0, 90.0, 120.0])
def test_the_marked_angle_opens_by_what_the_body_shows(flexion_deg: float) -> None:
    angle = np.radians(flexion_deg)
    own = standing(left_knee=(0.42 * np.sin(angle), 0.09, -0.42 * np.cos(angle)))
    own[[0, 1], 0] = 0.0  # the trunk upright
    lines = list(mark_lines(FLEXION, Posture(own), FROM_RIGHT))
    (_, from_line), (_, to_line), (_, arc) = lines
    first, second = from_line[1] - from_line[0], to_line[1] - to_line[0]
    opened = np.degrees(np.arccos(np.clip(first @ second / np.linalg.norm(first) / np.linalg.norm(second), -1, 1)))
    assert opened == pytest.approx(flexion_deg, abs=1e-4)  # arccos loses digits at 0
    directions = arc - from_line[0]
    assert np.linalg.norm(directions, axis=1) == pytest.approx(np.linalg.norm(directions[0]))
    assert directions[0] @ first == pytest.approx(np.linalg.norm(directions[0]) * np.linalg.norm(first))
    assert directions[-1] @ second == pytest.approx(np.linalg.norm(directions[-1]) * np.linalg.norm(second))


def test_an_angle_is_marked_in_the_view_of_its_plane_alone() -> None:
    bodies = [ShownBody("Pre-test", Posture(standing())), ShownBody("Re-test", Posture(KNEE_UP))]
    assert len(shapes(draw_bodies(bodies, Side.LEFT, [FLEXION]), "dash")) == 1
    assert not shapes(draw_bodies(bodies, Side.LEFT), "dash")


def test_columns_tell_the_angle_and_its_plane() -> None:
    assert plane_of("left_hip_flexion_deg") == ("hip_flexion", Plane.SAGITTAL)
    assert plane_of("trunk_lateral_flexion_deg") == ("trunk_lateral_flexion", Plane.FRONTAL)
    assert plane_of("left_fingertip_height_pct") is None


@pytest.mark.parametrize("own", [standing(), KNEE_UP, standing() @ turned(-90).T, 0.5 * standing()])
def test_nothing_leaves_the_drawing(own: np.ndarray) -> None:
    picture = draw_bodies(
        [ShownBody("Pre-test", Posture(own)), ShownBody("Re-test", Posture(own))], Side.LEFT, [FLEXION]
    )
    for points in (points for item in picture.shapes for points in item.outlines):
        assert points.min() >= 0
        assert points[:, 0].max() <= WIDTH
        assert points[:, 1].max() <= picture.height
    assert all(0 <= word.x <= WIDTH and 0 < word.y < picture.height for word in picture.words)


def test_somebody_who_lies_is_seen_from_the_feet() -> None:
    picture = draw_bodies([ShownBody("End range", Posture(standing() @ turned(-90).T))], Side.RIGHT)
    assert [word.words for word in picture.words[:3]] == ["From the right", "From the feet", "From above"]


def test_the_svg_is_well_formed_and_says_what_it_shows() -> None:
    bodies = [ShownBody("Pre-test <&>", Posture(standing())), ShownBody("Re-test", Posture(KNEE_UP))]
    picture = draw_bodies(bodies, Side.LEFT, [FLEXION])
    for text in (inline_body(picture), body_file(picture).decode()):
        root = ET.fromstring(text)
        assert root.get("role") == "img"
        words = root.get("aria-label")
        assert words is not None
        assert "Pre-test <&> in grey, re-test in blue" in words
        assert "Hip flexion: pre-test <&> 80°, re-test 90°" in words
        assert "nan" not in text


def test_the_stylesheets_hold_the_look_of_the_shapes() -> None:
    assert {f"b-{item.kind}" for item in draw_bodies([ShownBody("A", Posture(KNEE_UP))], Side.LEFT, ()).shapes} <= set(
        re.findall(r"b-\w+", stylesheet(SHAPES))
    )
