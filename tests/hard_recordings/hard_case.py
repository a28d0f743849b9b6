"""What one line of the tables says: how a recording is harmed, and what must be measured in it all the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from posecheck.kinematics.joints import Side

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Source:
    """A video that recipes begin with, and what is tested in it.

    Attributes
    ----------
    name : str
        Name of the sample video, or of a file in ``other_bodies/``, without its ending.
    movement : str
    side : Side, optional
    end_s : float, optional
        Where it is cut: after its first repetition. None: it is the whole video, with three repetitions.
    """

    name: str
    movement: str
    side: Side | None = None
    end_s: float | None = None


FIRST_END_S = 5.4
"""The first repetition of every sample video, and half a second of the rest after it."""

SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        letter + number: Source(sample, movement, side, end_s)
        for letter, sample, movement, side in (
            ("S", "toe_touch_pre", "toe-touch", None),
            ("K", "knee_to_chest_left_pre", "knee-to-chest", Side.LEFT),
            ("L", "runners_lunge_left_leg_back_pre", "runners-lunge", Side.LEFT),
            ("A", "side_lunge_left_leg_straight_pre", "side-lunge", Side.LEFT),
            ("C", "crossover_left_leg_back_pre", "crossover", Side.LEFT),
        )
        for number, end_s in (("", None), ("1", FIRST_END_S))
    }
    | {"LR": Source("lunge_from_the_rear_side", "runners-lunge", Side.RIGHT)}
)
"""What the words ``S``, ``K`` ... of a recipe stand for; ``S1`` is the first repetition of ``S``."""

STRIDE = 3
TOLERANCE_DEG = 1.5
"""How far an end range may lie from that of the unharmed video: what another encoding of the very same pictures can do to
the pose model, and no more (chosen by us)."""


@dataclass(frozen=True, slots=True)
class Case:
    """One recording that was, or could be, measured wrong.

    Attributes
    ----------
    name : str
        What is special about it, as a person would say it.
    recipe : str
        Commands that make it, as `hard_recipe.make` reads them. The last file that is written is the recording.
    like : str
        The source with which it is compared. Default: the first one that the recipe names.
    movement, side : str, Side, optional
        What it is measured as. Default: as the source it is compared with.
    stride : int, optional
        Every how many pictures are read. Default 3: 10 a second of the samples' 30, a third of the work. None: as
        posecheck chooses.
    video, trial : mapping
        Further options for `VideoOptions` and `TrialOptions`: what a person would add after having been told what is wrong.
    repetitions : int, optional
        How many must be found. Default: as many as in the unharmed video.
    right_deg : float, optional
        The right value of the first outcome, where it is not that of the source: the truth of a rendered body.
    tolerance_deg : float
        Default 1.5; a larger one needs its reason in a comment.
    refused : str
        Words of the refusal, where it cannot be measured. Nothing else is looked at then.
    says : tuple of str
        Words that must stand in a note, an event, a gate that did not pass, or a warning of the reader. A warning without
        words that are listed here is a fault.
    gates : tuple of str
        Names of the gates that must be worse than in the unharmed video. Any other that rejects the recording is a fault.
    alike : bool
        A change from the unharmed video to this one must count: the camera stood in the same place. Default: not asked,
        since most recipes move the camera or change the lens, as far as anybody can tell.
    """

    name: str
    recipe: str
    like: str = field(default="", kw_only=True)
    movement: str = field(default="", kw_only=True)
    side: Side | None = field(default=None, kw_only=True)
    stride: int | None = field(default=STRIDE, kw_only=True)
    video: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    trial: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    repetitions: int | None = field(default=None, kw_only=True)
    right_deg: float | None = field(default=None, kw_only=True)
    tolerance_deg: float = field(default=TOLERANCE_DEG, kw_only=True)
    refused: str = field(default="", kw_only=True)
    says: tuple[str, ...] = field(default=(), kw_only=True)
    gates: tuple[str, ...] = field(default=(), kw_only=True)
    alike: bool = field(default=False, kw_only=True)

    def __str__(self) -> str:
        return self.name

    @property
    def unharmed(self) -> str:
        """The word of the source with which it is compared."""
        return self.like or next(word for word in re.findall(r"\w+", self.recipe) if word in SOURCES)

    @property
    def asked(self) -> tuple[str, Side | None]:
        """The test and the side that it is measured as."""
        source = SOURCES[self.unharmed]
        return (self.movement, self.side) if self.movement else (source.movement, self.side or source.side)
