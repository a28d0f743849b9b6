"""A movement file as a user may write one: the made-up figure's lunge under a name of its own."""

from __future__ import annotations

NAME, TITLE = "my-long-step", "My long step"
_TEXT = """
name = "my-long-step"
version = VERSION
title = "My long step"
summary = "A long step; how far the front hip bends."
view = "side"
posture = "standing"
sides = ["left", "right"]
side_words = "{side} foot at the back"
rear_leg_tested = true
legs_in_plane = true

[instructions]
camera = "Camera at your side, at the height of the hip."
start = "Take a long step and stand still."
move = "Sink down, hold, come up. Three times."

[repetition]
angle = "hip_flexion"
leg = "other"
min_excursion_deg = LEAST

[[outcomes]]
name = "front_hip"
title = "Front hip"
angle = "hip_flexion"
leg = "other"
role = "primary"
caution = "Drawn up at a desk."

[[compensations]]
name = "trunk_lean"
title = "Trunk lean"
angle = "trunk_flexion"
measure = "end_range"
limit_deg = 45
words = "The trunk leaned far forward."

[recognise]
stance = "wide"

[[recognise.angles]]
angle = "hip_flexion"
no_deg = 5
yes_deg = 10

[recognise.side]
rule = "behind"
"""
DRAWING = """
[drawing.angle]
at = "hip"
from = "trunk"
to = "thigh"

[drawing.start]
words = "Standing in a long step, the {side} foot at the back."
hip = [0, 49.2]
trunk_deg = [91, 88]
head_deg = 86
near_leg = { end = [-23.5, 6.4], bend = -1, tip_deg = -20, toe_deg = 20 }
far_leg = { end = [20.5, 3.9] }
near_arm = { end = [2.5, 43], bend = -1, tip_deg = -80 }
far_arm = { end = [5, 43], bend = -1, tip_deg = -80 }

[drawing.end]
words = "Sunk down, the {side} foot at the back."
hip = [0, 40]
trunk_deg = [80, 72]
head_deg = 76
near_leg = { end = [-37, 9.4], bend = -1, tip_deg = -58, toe_deg = 58 }
far_leg = { end = [21.5, 3.9] }
near_arm = { end = [22.5, 36], bend = -1, tip_deg = -40 }
far_arm = { end = [24.5, 36], bend = -1, tip_deg = -40 }
"""


def own_movement(version: int = 1, *, least_deg: float = 25, drawn: bool = True) -> str:
    """The file's text; ``least_deg`` alters what is measured."""
    text = _TEXT.replace("VERSION", str(version)).replace("LEAST", f"{least_deg:g}")
    return text + DRAWING if drawn else text
