"""The body of the drawings, seen from the side and from the front, built from joints in realistic proportions.

Lengths are percent of body height (Drillis and Contini, as given in Winter, Biomechanics and Motor Control of Human
Movement, table 4.1); widths are chosen by us. The side view faces right, so the near side is the person's right; in the
front view the person's right is on the left of the picture. Left-sided drawings are these, mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.web.drawings.shapes import disc, elbow, ellipse, part, smooth, toward, tube

if TYPE_CHECKING:
    from collections.abc import Sequence

THIGH, SHANK, FOOT_HEIGHT = 24.5, 24.6, 3.9
TRUNK, UPPER_ARM, FOREARM, HAND = 30.0, 18.6, 14.6, 8.0
HIP_HALF_WIDTH, SHOULDER_HALF_WIDTH = 7.6, 12.2
HEAD_FROM_NECK = 10.6


@dataclass(frozen=True, slots=True)
class Limb:
    """Where an arm or leg ends, and which way its middle joint bends.

    Attributes
    ----------
    end : complex
        Wrist or ankle.
    bend : int
        See `shapes.elbow`; ignored where ``middle`` is given.
    middle : complex or None
        Elbow or knee, where the picture foreshortens the limb.
    tip_deg : float
        Direction of hand or foot.
    toe_deg : float
        How far the toes bend up against the foot.
    """

    end: complex
    bend: int = 1
    middle: complex | None = None
    tip_deg: float = 0.0
    toe_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Pose:
    """A whole body: the point between the hips, the line of the trunk, and four limbs.

    Attributes
    ----------
    hip : complex
    low_deg, high_deg, head_deg : float
        Directions of the lower and upper half of the trunk, and of the head.
    near_leg, far_leg, near_arm, far_arm : Limb
        In the front view near is the person's right.
    """

    hip: complex
    low_deg: float
    high_deg: float
    head_deg: float
    near_leg: Limb
    far_leg: Limb
    near_arm: Limb
    far_arm: Limb


def side_figure(pose: Pose, near_leg: str = "", far_leg: str = "far") -> str:
    """SVG of the body from the side; the roles colour the legs."""
    spine = _spine(pose)
    shoulder = spine[-2]
    return "".join(
        [
            _side_arm(shoulder, pose.far_arm, "far"),
            _side_leg(pose.hip, pose.far_leg, far_leg),
            _side_trunk(pose, spine),
            _side_leg(pose.hip, pose.near_leg, near_leg),
            _side_arm(shoulder, pose.near_arm, ""),
        ]
    )


def front_figure(pose: Pose, near_leg: str = "", far_leg: str = "", near_leg_behind: bool = False) -> str:
    """SVG of the body from the front; ``near_leg_behind`` draws the person's right leg behind the other one."""
    spine = _spine(pose)
    across = 1j * toward(pose.high_deg) * SHOULDER_HALF_WIDTH
    right_hip, left_hip = front_hips(pose)
    right = _front_leg(right_hip, pose.near_leg, near_leg, -1)
    left = _front_leg(left_hip, pose.far_leg, far_leg, 1)
    return "".join(
        [
            *((right, left) if near_leg_behind else (left, right)),
            _front_trunk(pose, spine),
            _front_arm(spine[-2] + across * 0.92, pose.near_arm),
            _front_arm(spine[-2] - across * 0.92, pose.far_arm),
        ]
    )


def front_hips(pose: Pose) -> tuple[complex, complex]:
    """The person's right and left hip joint in the front view."""
    across = 1j * toward(pose.low_deg) * HIP_HALF_WIDTH
    return pose.hip + across, pose.hip - across


def knee_of(hip: complex, leg: Limb) -> complex:
    """Where the knee lies."""
    return leg.middle if leg.middle is not None else elbow(hip, leg.end, THIGH, SHANK, leg.bend)


def _spine(pose: Pose) -> list[complex]:
    """Six points from the hips to the base of the neck; the last but one is at the height of the shoulders."""
    bend = pose.hip + 0.5 * TRUNK * toward(pose.low_deg)
    neck = bend + 0.5 * TRUNK * toward(pose.high_deg)
    steps = (0.0, 0.22, 0.45, 0.7, 0.9, 1.0)
    return [(1 - t) ** 2 * pose.hip + 2 * t * (1 - t) * bend + t**2 * neck for t in steps]


def _side_trunk(pose: Pose, spine: Sequence[complex]) -> str:
    low = pose.hip - 3.0 * toward(pose.low_deg)
    back, front = (5.6, 8.0, 6.0, 5.4, 6.6, 4.6, 2.6), (4.6, 6.2, 6.0, 6.2, 7.2, 5.6, 2.8)
    return part([tube([low, *spine], back, front), *_neck_and(_side_head(pose, spine[-1]), pose, spine[-1])])


def _neck_and(head: str, pose: Pose, neck: complex) -> list[str]:
    centre = neck + HEAD_FROM_NECK * toward(pose.head_deg)
    return [tube([neck - 2.5 * toward(pose.high_deg), neck, (neck + centre) / 2, centre], (4.2, 3.6, 3.1, 3.0)), head]


def _side_head(pose: Pose, neck: complex) -> str:
    up = toward(pose.head_deg)
    face = -1j * up
    centre = neck + HEAD_FROM_NECK * up
    profile = (
        (-0.6, 6.7), (3.4, 5.7), (5.3, 2.6), (5.6, 0.9), (6.9, -1.2), (5.7, -2.2), (5.5, -3.9), (4.9, -5.9), (2.4, -5.9),
        (0.2, -4.2), (-3.0, -4.6), (-5.6, -2.0), (-6.3, 1.4), (-4.4, 5.2),
    )  # fmt: skip
    return smooth([centre + x * face + y * up for x, y in profile])


def _side_leg(hip: complex, leg: Limb, role: str) -> str:
    knee = knee_of(hip, leg)
    return part([_thigh(hip, knee), _shank(knee, leg.end), disc(knee, 3.9), _side_foot(leg)], role)


def _thigh(hip: complex, knee: complex) -> str:
    at = [hip + t * (knee - hip) for t in (-0.06, 0.0, 0.3, 0.7, 1.0)]
    return tube(at, (3.4, 6.2, 6.6, 4.7, 3.8), (3.6, 6.4, 6.0, 4.4, 3.7))


def _shank(knee: complex, ankle: complex) -> str:
    at = [knee + t * (ankle - knee) for t in (-0.04, 0.0, 0.3, 0.7, 1.0)]
    return tube(at, (2.4, 3.7, 3.5, 2.7, 2.3), (2.4, 3.7, 4.9, 3.1, 2.3))


def _side_foot(leg: Limb) -> str:
    along = toward(leg.tip_deg)
    ball = 8.0 - 3.0j
    outline = (
        -2.4 + 1.6j, -4.2 - 1.2j, -4.4 - 3.2j, -2.6 - 3.9j, 3.0 - 3.6j, 8.0 - 3.9j, 11.6 - 3.9j, 12.6 - 2.8j, 11.0 - 1.5j, 7.4 - 0.4j,
        3.6 + 1.2j, 2.2 + 2.6j,
    )  # fmt: skip
    bent = [ball + (p - ball) * toward(leg.toe_deg) if p.real > ball.real else p for p in outline]
    return smooth([leg.end + p * along for p in bent])


def _side_arm(shoulder: complex, arm: Limb, role: str) -> str:
    joint = arm.middle if arm.middle is not None else elbow(shoulder, arm.end, UPPER_ARM, FOREARM, arm.bend)
    upper = tube(
        [shoulder + t * (joint - shoulder) for t in (-0.16, 0.0, 0.4, 1.0)], (2.4, 4.2, 3.3, 2.5), (2.4, 4.2, 3.3, 2.5)
    )
    fore = tube([joint + t * (arm.end - joint) for t in (-0.06, 0.0, 0.3, 1.0)], (1.8, 2.5, 2.7, 1.7))
    return part([upper, fore, disc(joint, 2.5), _hand(arm)], role)


def _hand(arm: Limb) -> str:
    along = toward(arm.tip_deg)
    outline = (-0.6 + 1.6j, 2.4 + 2.2j, 5.0 + 1.9j, HAND + 0.2j, 7.6 - 1.0j, 4.4 - 1.9j, 3.0 - 3.3j, 1.9 - 3.0j, 1.2 - 2.0j, -0.6 - 1.6j)
    return smooth([arm.end + p * along for p in outline])


def _front_trunk(pose: Pose, spine: Sequence[complex]) -> str:
    low = pose.hip - 6.0 * toward(pose.low_deg)
    widths = (3.0, 11.4, 10.6, 8.8, 11.0, 11.6, 4.6)
    head = ellipse(spine[-1] + HEAD_FROM_NECK * toward(pose.head_deg), 5.3, 7.0, pose.head_deg - 90)
    return part([tube([low, *spine], widths), *_neck_and(head, pose, spine[-1])])


def _front_leg(hip: complex, leg: Limb, role: str, outward: int) -> str:
    knee = knee_of(hip, leg)
    foot = _front_foot(leg, outward)
    return part([_thigh(hip, knee), _shank_front(knee, leg.end), disc(knee, 3.8), foot], role)


def _shank_front(knee: complex, ankle: complex) -> str:
    at = [knee + t * (ankle - knee) for t in (-0.04, 0.0, 0.3, 0.7, 1.0)]
    return tube(at, (2.4, 3.7, 4.3, 2.9, 2.2))


def _front_foot(leg: Limb, outward: int) -> str:
    outline = (-2.2 + 1.6j, -3.0 - 1.8j, -3.4 - 4.6j, -1.6 - 5.6j, 2.4 - 5.6j, 4.6 - 4.4j, 3.4 - 1.6j, 2.2 + 1.6j)
    return smooth([leg.end + complex(outward * p.real, p.imag) for p in outline])


def _front_arm(shoulder: complex, arm: Limb) -> str:
    return _side_arm(shoulder, arm, "")
