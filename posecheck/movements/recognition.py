"""What a recording of a test looks like: the rules by which a proposal recognises it, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Stance = Literal["any", "wide", "narrow"]
RuleLeg = Literal["either", "tested", "other", "none"]


class Measure(StrEnum):
    """What is read from an angle over a whole recording: spikes are left out of the ends."""

    EXCURSION = "excursion"
    LOWEST = "lowest"
    HIGHEST = "highest"
    MEDIAN = "median"


class SideRule(StrEnum):
    """What tells the tested leg from the other one.

    ``moves_more``: the leg whose angle goes through more degrees. ``reaches_further``: the leg whose angle gets larger.
    ``behind``: the leg whose ankle is behind. ``leans_away``: the leg from which a trunk angle, positive to the right,
    leans away.
    """

    MOVES_MORE = "moves_more"
    REACHES_FURTHER = "reaches_further"
    BEHIND = "behind"
    LEANS_AWAY = "leans_away"


@dataclass(frozen=True, slots=True)
class AngleRule:
    """An angle that tells the test from others.

    Attributes
    ----------
    angle : str
        Name in `posecheck.kinematics.joints.ANGLES`.
    leg : {"either", "tested", "other", "none"}
        ``either``: the leg in which the measure is larger. ``tested``, ``other``: as `SideTell` finds them.
    measure : Measure
    no_deg, yes_deg : float
        It does not fit at ``no_deg`` and beyond, fits fully at ``yes_deg`` and beyond, and partly in between. With
        ``yes_deg`` below ``no_deg`` a small value is what fits.
    """

    angle: str
    leg: RuleLeg
    measure: Measure
    no_deg: float
    yes_deg: float


@dataclass(frozen=True, slots=True)
class SideTell:
    """How the tested side is told.

    Attributes
    ----------
    rule : SideRule
    angle : str
        The angle that the rule looks at, empty for ``behind``.
    clear_deg : float
        For ``reaches_further``: the side is clear when the legs differ by half of this, and unknown below a tenth.
    """

    rule: SideRule
    angle: str
    clear_deg: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """All rules of a test; view and posture are those of the movement itself.

    Attributes
    ----------
    stance : {"any", "wide", "narrow"}
        How far apart the feet are, most of the time.
    angles : tuple of AngleRule
        The test fits as well as the worst of them.
    side : SideTell or None
        None for a test that is not done once per side.
    """

    stance: Stance
    angles: tuple[AngleRule, ...]
    side: SideTell | None
