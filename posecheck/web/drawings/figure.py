"""The body of the drawings, seen from the side and from the front, built from joints in realistic proportions.

Lengths are percent of body height (Drillis and Contini, as given in Winter, Biomechanics and Motor Control of Human
Movement, table 4.1); widths are chosen by us. The side view faces right, so the near side is the person's right; in the
front view the person's right is on the left of the picture. Left-sided drawings are these, mirrored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.web.drawings.shapes import disc, elbow, fill, part, smooth, toward, tube

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.movements.drawing import DrawnLimb, DrawnPose

THIGH, SHANK, FOOT_HEIGHT = 24.5, 24.6, 3.9
TRUNK, UPPER_ARM, FOREARM, HAND = 30.0, 18.6, 14.6, 8.0
HIP_HALF_WIDTH, SHOULDER_HALF_WIDTH = 7.0, 9.6
HEAD_FROM_NECK = 10.0


# Outlines of the head round its centre, percent of body height: x to the face (front view: to the picture's right), y to the
# crown. Drawn by us.
_SIDE_FACE = (
    (-0.6, 6.5), (3.4, 5.6), (5.2, 2.6), (5.5, 0.9), (6.9, -1.3), (5.7, -2.2), (5.5, -3.9), (4.7, -5.9), (2.2, -5.7),
    (0.2, -4.2), (-3.0, -4.6), (-5.4, -2.0), (-6.0, 1.4), (-4.2, 5.0),
)  # fmt: skip
_SIDE_HAIR = (
    (-0.4, 7.0), (3.4, 6.2), (5.4, 3.4), (2.2, 3.0), (0.6, 0.4), (-1.4, -0.6), (-2.4, -3.6), (-4.6, -4.2), (-6.4, -1.0),
    (-6.6, 2.2), (-4.4, 5.6),
)  # fmt: skip
_FRONT_FACE = (
    (0.0, 6.4), (3.6, 5.2), (5.1, 1.6), (4.8, -2.0), (3.2, -5.4), (0.0, -7.0), (-3.2, -5.4), (-4.8, -2.0),
    (-5.1, 1.6), (-3.6, 5.2),
)  # fmt: skip
_FRONT_HAIR = (
    (0.0, 7.2), (4.0, 5.9), (5.7, 1.8), (5.1, 0.6), (4.0, 2.8), (0.4, 3.7), (-4.0, 2.8), (-5.1, 0.6), (-5.7, 1.8),
    (-4.0, 5.9),
)  # fmt: skip


def side_figure(pose: DrawnPose, near_leg: str = "", far_leg: str = "far") -> str:
    """SVG of the body from the side; the roles colour the legs."""
    spine = _spine(pose)
    shoulder = spine[-2]
    return "".join(
        [
            _arm(shoulder, pose.far_arm, "skin-far"),
            _side_leg(pose.hip, pose.far_leg, far_leg),
            _side_trunk(pose, spine),
            _side_leg(pose.hip, pose.near_leg, near_leg),
            _arm(shoulder, pose.near_arm, "skin"),
        ]
    )


def front_figure(
    pose: DrawnPose,
    near_leg: str = "",
    far_leg: str = "",
    *,
    trunk: str = "",
    near_leg_behind: bool = False,
    arms: bool = True,
) -> str:
    """SVG of the body from the front; ``near_leg_behind`` draws the person's right leg behind the other one."""
    spine = _spine(pose)
    across = 1j * toward(pose.high_deg) * SHOULDER_HALF_WIDTH
    right_hip, left_hip = front_hips(pose)
    right = _front_leg(right_hip, pose.near_leg, near_leg, -1)
    left = _front_leg(left_hip, pose.far_leg, far_leg, 1)
    return "".join(
        [
            *((right, left) if near_leg_behind else (left, right)),
            _front_trunk(pose, spine, trunk),
            *(
                (_arm(spine[-2] + across, pose.near_arm, "skin"), _arm(spine[-2] - across, pose.far_arm, "skin"))
                if arms
                else ()
            ),
        ]
    )


def front_hips(pose: DrawnPose) -> tuple[complex, complex]:
    """The person's right and left hip joint in the front view."""
    across = 1j * toward(pose.low_deg) * HIP_HALF_WIDTH
    return pose.hip + across, pose.hip - across


def knee_of(hip: complex, leg: DrawnLimb) -> complex:
    """Where the knee lies."""
    return leg.middle if leg.middle is not None else elbow(hip, leg.end, THIGH, SHANK, leg.bend)


def _spine(pose: DrawnPose) -> list[complex]:
    """Six points from the hips to the base of the neck; the last but one is at the height of the shoulders."""
    bend = pose.hip + 0.5 * TRUNK * toward(pose.low_deg)
    neck = bend + 0.5 * TRUNK * toward(pose.high_deg)
    steps = (0.0, 0.22, 0.45, 0.7, 0.9, 1.0)
    return [(1 - t) ** 2 * pose.hip + 2 * t * (1 - t) * bend + t**2 * neck for t in steps]


def _side_trunk(pose: DrawnPose, spine: Sequence[complex]) -> str:
    low = pose.hip - 4.5 * toward(pose.low_deg)
    back, front = (4.4, 7.8, 6.2, 5.2, 6.4, 4.8, 2.6), (3.6, 6.2, 6.0, 6.0, 7.0, 5.4, 2.8)
    return _head_and_neck(pose, spine[-1], _SIDE_FACE, _SIDE_HAIR) + part([tube([low, *spine], back, front)])


def _head_and_neck(
    pose: DrawnPose, neck: complex, face: Sequence[tuple[float, float]], hair: Sequence[tuple[float, float]]
) -> str:
    up = toward(pose.head_deg)
    centre = neck + HEAD_FROM_NECK * up
    throat = tube([neck - 4.0 * toward(pose.high_deg), neck, (neck + centre) / 2, centre], (4.0, 3.3, 2.9, 2.8))
    skull, cap = (smooth([centre - 1j * x * up + y * up for x, y in outline]) for outline in (face, hair))
    return part([throat, skull], "skin") + fill(cap, "hair")


def _side_leg(hip: complex, leg: DrawnLimb, role: str) -> str:
    knee = knee_of(hip, leg)
    return part([disc(hip, 6.3), _thigh(hip, knee), _shank(knee, leg.end), disc(knee, 3.8), _side_foot(leg)], role)


def _thigh(hip: complex, knee: complex) -> str:
    at = [hip + t * (knee - hip) for t in (0.0, 0.3, 0.7, 1.0)]
    return tube(at, (6.2, 6.4, 4.7, 3.7), (6.2, 6.0, 4.4, 3.7))


def _shank(knee: complex, ankle: complex) -> str:
    at = [knee + t * (ankle - knee) for t in (0.0, 0.3, 0.7, 1.0)]
    return tube(at, (3.7, 3.4, 2.7, 2.3), (3.7, 4.8, 3.1, 2.3))


def _side_foot(leg: DrawnLimb) -> str:
    along = toward(leg.tip_deg)
    ball = 8.0 - 3.0j
    outline = (
        2.4 + 2.8j, 3.6 + 1.2j, 7.4 - 0.4j, 11.0 - 1.5j, 12.6 - 2.8j, 11.6 - 3.9j, 8.0 - 3.9j, 3.0 - 3.6j, -2.6 - 3.9j,
        -4.4 - 3.2j, -4.2 - 1.2j, -2.5 + 1.8j,
    )  # fmt: skip
    bent = [ball + (p - ball) * toward(leg.toe_deg) if p.real > ball.real else p for p in outline]
    return smooth([leg.end + p * along for p in bent])


def _arm(shoulder: complex, arm: DrawnLimb, role: str) -> str:
    joint = arm.middle if arm.middle is not None else elbow(shoulder, arm.end, UPPER_ARM, FOREARM, arm.bend)
    upper = tube([shoulder + t * (joint - shoulder) for t in (-0.14, 0.0, 0.4, 1.0)], (2.2, 3.8, 3.1, 2.4))
    fore = tube([joint + t * (arm.end - joint) for t in (0.0, 0.3, 1.0)], (2.4, 2.6, 1.7))
    return part([upper, fore, disc(joint, 2.4), _hand(arm)], role)


def _hand(arm: DrawnLimb) -> str:
    along = toward(arm.tip_deg)
    outline = (
        -0.8 + 1.6j,
        2.4 + 2.1j,
        5.0 + 1.8j,
        HAND + 0.2j,
        7.4 - 1.0j,
        4.4 - 1.8j,
        3.2 - 3.2j,
        2.0 - 3.0j,
        1.0 - 1.9j,
        -0.8 - 1.6j,
    )
    return smooth([arm.end + p * along for p in outline])


def _front_trunk(pose: DrawnPose, spine: Sequence[complex], role: str) -> str:
    low = pose.hip - 6.6 * toward(pose.low_deg)
    widths = (2.8, 9.9, 9.5, 8.1, 9.8, 9.0, 3.6)
    return _head_and_neck(pose, spine[-1], _FRONT_FACE, _FRONT_HAIR) + part([tube([low, *spine], widths)], role)


def _front_leg(hip: complex, leg: DrawnLimb, role: str, outward: int) -> str:
    knee = knee_of(hip, leg)
    thigh = tube([hip + t * (knee - hip) for t in (0.0, 0.3, 0.7, 1.0)], (5.8, 5.8, 4.6, 3.7))
    shank = tube([knee + t * (leg.end - knee) for t in (0.0, 0.3, 0.7, 1.0)], (3.7, 4.1, 2.9, 2.2))
    return part([disc(hip, 5.6), thigh, shank, disc(knee, 3.7), _front_foot(leg, outward)], role)


def _front_foot(leg: DrawnLimb, outward: int) -> str:
    outline = [2.2 + 1.8j, 3.4 - 1.6j, 4.8 - 4.2j, 2.6 - 5.4j, -1.4 - 5.4j, -3.4 - 4.4j, -3.0 - 1.8j, -2.2 + 1.8j]
    placed = [leg.end + complex(outward * p.real, p.imag) for p in outline]
    return smooth(placed if outward > 0 else placed[::-1])
