"""Reads the table `[recognise]` of a movement file."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from posecheck.kinematics.joints import ANGLES
from posecheck.language import phrase
from posecheck.movements.recognition import AngleRule, Measure, Recognition, RuleLeg, SideRule, SideTell, Stance

if TYPE_CHECKING:
    from posecheck.movements.fields import Fields

CLEAR_DEG = 12.0
"""Legs that differ by half of this at their furthest are told apart (chosen by us between the sample videos)."""


def read_recognition(fields: Fields, *, sided: bool) -> Recognition:
    """The rules; ``sided`` for a test that is done once per side, which must say how its side is told.

    Raises
    ------
    MovementError
        Names the file and the key.
    """
    stances: tuple[Stance, ...] = get_args(Stance)
    stance = fields.choice("stance", stances, default="any")
    angles = tuple(_angle_rule(item) for item in fields.tables("angles", at_least=1))
    if fields.has("side") and not sided:
        raise fields.fail("side", phrase("the test has no sides: leave this table out."))
    side = _side_tell(fields.table("side")) if sided else None
    fields.finish()
    return Recognition(next(word for word in stances if word == stance), angles, side)


def _angle_rule(fields: Fields) -> AngleRule:
    angle = fields.choice("angle", tuple(ANGLES))
    sided = ANGLES[angle].sided
    legs: tuple[RuleLeg, ...] = ("either", "tested", "other") if sided else ("none",)
    leg = fields.choice("leg", legs, default=legs[0])
    measure = Measure(fields.choice("measure", tuple(Measure), default=Measure.EXCURSION))
    no_deg, yes_deg = (fields.number(key, low=-360, high=360) for key in ("no_deg", "yes_deg"))
    if no_deg == yes_deg:
        words = phrase("is {value:g} like no_deg: leave room between them, where it fits partly.", value=yes_deg)
        raise fields.fail("yes_deg", words)
    fields.finish()
    return AngleRule(angle, next(word for word in legs if word == leg), measure, no_deg, yes_deg)


def _side_tell(fields: Fields) -> SideTell:
    rule = SideRule(fields.choice("rule", tuple(SideRule)))
    angle = ""
    if rule is not SideRule.BEHIND:
        sided = rule is not SideRule.LEANS_AWAY
        angle = fields.choice("angle", tuple(name for name, item in ANGLES.items() if item.sided == sided))
    clear_deg = CLEAR_DEG
    if rule is SideRule.REACHES_FURTHER:
        clear_deg = fields.number("clear_deg", low=1, high=180, default=CLEAR_DEG)
    fields.finish()
    return SideTell(rule, angle, clear_deg)
