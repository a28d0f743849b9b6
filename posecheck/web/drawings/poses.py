"""Start and end position of every test as joints, for the right side (see `figure`; the left side is the mirror image)."""

from __future__ import annotations

from posecheck.web.drawings.figure import FOOT_HEIGHT, FigurePose, Limb

_ANKLE = FOOT_HEIGHT * 1j

TOE_TOUCH_START = FigurePose(
    hip=0 + 53j,
    low_deg=93,
    high_deg=88,
    head_deg=86,
    near_leg=Limb(0 + _ANKLE, -1),
    far_leg=Limb(1.6 + _ANKLE, -1),
    near_arm=Limb(1.5 + 46.5j, -1, tip_deg=-88),
    far_arm=Limb(3.5 + 46.5j, -1, tip_deg=-86),
)
TOE_TOUCH_END = FigurePose(
    hip=-6 + 52.6j,
    low_deg=14,
    high_deg=-42,
    head_deg=-72,
    near_leg=Limb(0 + _ANKLE, -1),
    far_leg=Limb(1.8 + _ANKLE, -1),
    near_arm=Limb(14.5 + 10j, -1, tip_deg=-100),
    far_arm=Limb(17 + 10.4j, -1, tip_deg=-100),
)
KNEE_TO_CHEST_START = FigurePose(
    hip=0 + 7.6j,
    low_deg=181,
    high_deg=178,
    head_deg=180,
    near_leg=Limb(49 + 4.4j, 1, tip_deg=78),
    far_leg=Limb(49.4 + 4.8j, 1, tip_deg=70),
    near_arm=Limb(5.5 + 5.4j, 1, tip_deg=-6),
    far_arm=Limb(5 + 6j, 1, tip_deg=0),
)
KNEE_TO_CHEST_END = FigurePose(
    hip=0 + 7.6j,
    low_deg=181,
    high_deg=178,
    head_deg=176,
    near_leg=Limb(11.6 + 24.6j, 1, tip_deg=56),
    far_leg=Limb(49 + 4.4j, 1, tip_deg=76),
    near_arm=Limb(-10.5 + 32j, -1, tip_deg=-30),
    far_arm=Limb(-12 + 33j, -1, tip_deg=-30),
)
RUNNERS_LUNGE_START = FigurePose(
    hip=0 + 49.2j,
    low_deg=91,
    high_deg=88,
    head_deg=86,
    near_leg=Limb(-23.5 + 6.4j, -1, tip_deg=-20, toe_deg=20),
    far_leg=Limb(20.5 + _ANKLE, 1),
    near_arm=Limb(2.5 + 43j, -1, tip_deg=-80),
    far_arm=Limb(5 + 43j, -1, tip_deg=-80),
)
RUNNERS_LUNGE_END = FigurePose(
    hip=0 + 40j,
    low_deg=80,
    high_deg=72,
    head_deg=76,
    near_leg=Limb(-37 + 9.4j, -1, tip_deg=-58, toe_deg=58),
    far_leg=Limb(21.5 + _ANKLE, 1),
    near_arm=Limb(22.5 + 36j, -1, tip_deg=-40),
    far_arm=Limb(24.5 + 36j, -1, tip_deg=-40),
)
SIDE_LUNGE_START = FigurePose(
    hip=0 + 51.4j,
    low_deg=90,
    high_deg=90,
    head_deg=90,
    near_leg=Limb(-22.5 + 5j, -1),
    far_leg=Limb(22.5 + 5j, 1),
    near_arm=Limb(-10.8 + 55j, middle=-22 + 65j, tip_deg=-35),
    far_arm=Limb(10.8 + 55j, middle=22 + 65j, tip_deg=-145),
)
SIDE_LUNGE_END = FigurePose(
    hip=0 + 39.8j,
    low_deg=86,
    high_deg=86,
    head_deg=89,
    near_leg=Limb(-40.6 + 5j, -1),
    far_leg=Limb(25 + 5j, middle=27 + 26.5j),
    near_arm=Limb(-9.8 + 45.6j, middle=-20.5 + 55.5j, tip_deg=-35),
    far_arm=Limb(12.2 + 43.4j, middle=24.5 + 52j, tip_deg=-150),
)
CROSSOVER_START = FigurePose(
    hip=0 + 53j,
    low_deg=90,
    high_deg=90,
    head_deg=90,
    near_leg=Limb(14.5 + 7.6j, 1),
    far_leg=Limb(3 + 5j, -1),
    near_arm=Limb(-18.5 + 47j, middle=-17.5 + 61.5j, tip_deg=-86),
    far_arm=Limb(18.5 + 47j, middle=17.5 + 61.5j, tip_deg=-94),
)
CROSSOVER_END = FigurePose(
    hip=-4 + 52.6j,
    low_deg=84,
    high_deg=50,
    head_deg=42,
    near_leg=Limb(19.5 + 8.4j, 1),
    far_leg=Limb(4 + 5j, -1),
    near_arm=Limb(19.5 + 103.5j, middle=5.5 + 99.5j, tip_deg=-25),
    far_arm=Limb(10 + 54.6j, middle=24.5 + 57.5j, tip_deg=170),
)
