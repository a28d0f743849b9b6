"""The figure that stands where no test is done: beside the plan of the camera, and holding a grip of the belly."""

from __future__ import annotations

from posecheck.movements.drawing import DrawnLimb, DrawnPose
from posecheck.web.drawings.figure import FOOT_HEIGHT

_ANKLE = FOOT_HEIGHT * 1j

FROM_THE_SIDE = DrawnPose(
    hip=0 + 53j,
    low_deg=93,
    high_deg=88,
    head_deg=86,
    near_leg=DrawnLimb(0 + _ANKLE, -1),
    far_leg=DrawnLimb(1.6 + _ANKLE, -1),
    near_arm=DrawnLimb(1.5 + 46.5j, -1, tip_deg=-88),
    far_arm=DrawnLimb(3.5 + 46.5j, -1, tip_deg=-86),
)
FROM_THE_FRONT = DrawnPose(
    hip=54j,
    low_deg=90,
    high_deg=90,
    head_deg=90,
    near_leg=DrawnLimb(-8 + 5j, -1),
    far_leg=DrawnLimb(8 + 5j, 1),
    near_arm=DrawnLimb(-18.5 + 47j, middle=-17.5 + 61.5j, tip_deg=-86),
    far_arm=DrawnLimb(18.5 + 47j, middle=17.5 + 61.5j, tip_deg=-94),
)
