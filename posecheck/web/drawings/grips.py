"""Drawings of the two grips of the belly, and of the three stretches done while one is held."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from markupsafe import Markup

from posecheck.kinematics.joints import Plane, Side, title_with_side
from posecheck.language import first_lower, joined, phrase
from posecheck.movements import Movement, builtin_movements
from posecheck.movements.advice import Stretch
from posecheck.movements.drawing import DrawnLimb, DrawnPose
from posecheck.protocol import NO_GRIP, grip_by_name, stretch_by_name
from posecheck.web.drawings import poses
from posecheck.web.drawings.figure import front_figure
from posecheck.web.drawings.frame import Drawing, framed
from posecheck.web.drawings.movements import FLOOR, body_of, side_label
from posecheck.web.drawings.shapes import arrow, disc, fill, part, smooth, toward, tube


@dataclass(frozen=True, slots=True)
class _Hold:
    """Where the hands lie and where they pull, from the point between the hips (right side; x outward is negative)."""

    gripping: complex
    gripping_deg: float
    helping: complex
    helping_deg: float
    pull_from: complex
    pull_to: complex


_HOLDS = {
    "diagonal-pull": _Hold(-9.4 + 9.6j, -32, 5.4 + 8.4j, 196, -2.0 + 12.6j, 4.2 + 22.6j),
    "lateral-pull": _Hold(-11.6 + 13.2j, -30, 2.0 + 9.8j, 172, -7.6 + 16.0j, 4.0 + 16.0j),
}
_STANDING = replace(poses.FROM_THE_FRONT, hip=0j, near_leg=DrawnLimb(-9 - 47j, -1), far_leg=DrawnLimb(9 - 47j, 1))
_ZOOM = 2.35


def grip_drawing(grip: str, side: str = "right") -> Markup:
    """The belly from the front with both hands in the grip, the arrow of the pull, and what lies beneath."""
    chosen = grip_by_name(grip)
    hold = _HOLDS[grip]
    beneath = _hip_flexors() if grip == "diagonal-pull" else _pelvic_rim()
    body = front_figure(_STANDING, trunk="wash", arms=False) + _pelvis() + beneath + _arms(hold) + _pull(hold)
    drawing = Drawing(
        title=phrase("{grip}, {side} side", grip=chosen.title, side=Side(side).words),
        description=joined(
            (
                phrase("A trunk seen from the front."),
                phrase("Both hands hold the {side} side of the belly.", side=Side(side).words),
                chosen.how,
            )
        ),
        body=f'<g transform="scale({_ZOOM:g})">{body}</g>',
        origin_y=88.0,
        labels=side_label(side),
    )
    return framed(drawing, mirrored=side == "left")


def stretch_drawing(stretch: str, side: str = "right", grip: str | None = None) -> Markup:
    """The stretch with the belly held; without ``grip``, in the first grip that goes with it; `NO_GRIP`: left alone."""
    chosen = stretch_by_name(stretch)
    if grip == NO_GRIP:
        return _ordinary_stretch(chosen, side)
    held = grip_by_name(grip or chosen.grips[0])
    test, pose = _test_like(stretch)
    from_side = test.plane is Plane.SAGITTAL
    body = body_of(test, _holding_side(pose) if from_side else _holding_front(pose, held.name))
    pull = _side_pull(pose) if from_side else _front_pull(pose, held.name)
    drawing = Drawing(
        title=phrase(
            "{stretch}, {side}, with the {grip}",
            stretch=chosen.title,
            side=Side(side).words,
            grip=first_lower(held.title),
        ),
        description=joined(
            (chosen.how, phrase("Both hands hold the belly on the {side}.", side=Side(side).words)),
        ),
        body=FLOOR + body + pull,
        labels=side_label(side),
    )
    return framed(drawing, mirrored=side == "left")


def _ordinary_stretch(stretch: Stretch, side: str) -> Markup:
    drawing = Drawing(
        title=title_with_side(stretch.title, Side(side)),
        description=stretch.how,
        body=FLOOR + body_of(*_test_like(stretch.name)),
        labels=side_label(side),
    )
    return framed(drawing, mirrored=side == "left")


@lru_cache(maxsize=8)
def _test_like(stretch: str) -> tuple[Movement, DrawnPose]:
    """The test of the same name: its end pose is the stretch's."""
    test = builtin_movements()[stretch]
    assert test.drawing is not None
    return test, test.drawing.end


def _holding_side(pose: DrawnPose) -> DrawnPose:
    up = toward(pose.low_deg)
    belly = pose.hip + 9.0 * up - 2.0j * up
    return replace(
        pose,
        near_arm=DrawnLimb(belly, -1, tip_deg=pose.low_deg - 112),
        far_arm=DrawnLimb(belly + 2.5 * up, -1, tip_deg=pose.low_deg - 105),
    )


def _holding_front(pose: DrawnPose, grip: str) -> DrawnPose:
    hold, turn = _HOLDS[grip], _turn(pose)
    near, far = pose.hip + hold.gripping * turn, pose.hip + hold.helping * turn
    return replace(
        pose,
        near_arm=DrawnLimb(near, -1, tip_deg=hold.gripping_deg + pose.low_deg - 90),
        far_arm=DrawnLimb(far, 1, tip_deg=hold.helping_deg + pose.low_deg - 90),
    )


def _turn(pose: DrawnPose) -> complex:
    return toward(pose.low_deg - 90.0)


def _side_pull(pose: DrawnPose) -> str:
    up = toward(pose.low_deg)
    front = pose.hip - 11.0j * up
    return arrow(front + 4.0 * up, front + 20.0 * up + 4.0j * up, "warm")


def _front_pull(pose: DrawnPose, grip: str) -> str:
    hold, turn = _HOLDS[grip], _turn(pose)
    return arrow(pose.hip + hold.pull_from * turn, pose.hip + hold.pull_to * turn, "warm")


def _pull(hold: _Hold) -> str:
    return arrow(hold.pull_from, hold.pull_to, "warm", 1.7)


def _arms(hold: _Hold) -> str:
    helping = _fore_arm(hold.helping, hold.helping_deg, 22.0 + 12.0j, 9.6 + 26.0j, 1)
    gripping = _fore_arm(hold.gripping, hold.gripping_deg, -21.5 + 17.0j, -9.6 + 26.0j, -1)
    return gripping + helping


def _fore_arm(wrist: complex, tip_deg: float, elbow: complex, shoulder: complex, thumb: int) -> str:
    upper = tube([shoulder + t * (elbow - shoulder) for t in (-0.14, 0.0, 0.4, 1.0)], (2.4, 3.8, 3.1, 2.4))
    fore = tube([elbow + t * (wrist - elbow) for t in (0.0, 0.3, 1.0)], (2.4, 2.5, 1.6))
    along = toward(tip_deg)
    palm = smooth([wrist + p * along for p in _PALM])
    return (
        _thumb(wrist, along, thumb)
        + _fingers(wrist, along)
        + part([upper, fore, disc(elbow, 2.4), palm], "skin d-thin")
    )


def _fingers(wrist: complex, along: complex) -> str:
    """Four fingers that close round a fold of the belly."""
    rays = [
        tube([wrist + (3.4 + y * 1j) * along, wrist + (reach + y * 1.15j) * along], (0.66, 0.52))
        for y, reach in _FINGERS
    ]
    return "".join(part([ray], "skin d-thin") for ray in rays)


def _thumb(wrist: complex, along: complex, side: int) -> str:
    """The thumb; ``side`` -1: above the fingers of a hand that points right."""
    points = (0.8 - side * 1.2j, 2.6 - side * 2.6j, 4.8 - side * 3.3j)
    return part([tube([wrist + p * along for p in points], (0.9, 0.85, 0.55))], "skin d-thin")


_PALM = (-0.8 + 1.5j, 1.6 + 2.0j, 4.2 + 1.9j, 4.6 + 0j, 4.2 - 1.9j, 1.6 - 2.0j, -0.8 - 1.5j)
_FINGERS = ((1.5, 6.9), (0.5, 7.7), (-0.5, 7.5), (-1.5, 6.5))


def _pelvis() -> str:
    """The two halves of the pelvis, the sacrum and the lower spine, faint: landmarks, no more."""
    wing = (
        -2.2 + 8.0j,
        -5.4 + 10.6j,
        -8.6 + 10.2j,
        -9.8 + 7.4j,
        -8.4 + 3.4j,
        -6.6 + 0.4j,
        -3.4 - 1.6j,
        -0.6 - 2.6j,
        -0.7 - 0.6j,
        -3.2 + 1.2j,
        -4.4 + 3.6j,
    )
    other = tuple(complex(-p.real, p.imag) for p in reversed(wing))
    sacrum = tube([0 + 8.6j, 0 + 5j, 0 + 1.6j], (2.0, 1.5, 0.6))
    vertebrae = [
        f'<rect class="d-fill d-bone" x="-1.5" y="{y:g}" width="3" height="2.1" rx=".7"/>'
        for y in (9.8, 12.7, 15.6, 18.5)
    ]
    return fill(smooth(wing), "bone") + fill(smooth(other), "bone") + fill(sacrum, "bone") + "".join(vertebrae)


def _hip_flexors() -> str:
    return fill(tube([-1.2 + 17j, -3.0 + 9j, -5.0 + 3.0j, -5.6 - 5.0j], (0.7, 1.5, 1.6, 0.7)), "glow")


def _pelvic_rim() -> str:
    return fill(
        tube([-8.6 + 3.0j, -9.2 + 7.6j, -7.2 + 10.6j, -4.4 + 10.2j, -2.4 + 15.6j], (0.7, 1.3, 1.5, 1.4, 0.6)), "glow"
    )
