"""What the method offers besides its tests: grips, stretches, and ways to use a range that was gained.

Source: docs/method.md#section-8.
"""

from __future__ import annotations

from dataclasses import dataclass

from posecheck.language import joined, phrase


@dataclass(frozen=True, slots=True)
class Grip:
    """A way to hold the belly: how to pull, and why there."""

    name: str
    title: str
    how: str
    why: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch that is done while the grip is held.

    Attributes
    ----------
    name, title, how : str
    pull : str
        Where to pull while the belly is held; empty where the grips say it.
    grips : tuple of str
        Grips that go with it. **posecheck's own inference** from what each is said to reach, not part of the method:
        shown only together with `posecheck.protocol.PAIRING_WORDS`.
    """

    name: str
    title: str
    how: str
    grips: tuple[str, ...]
    pull: str = ""

    @property
    def held(self) -> str:
        """How it is done while the belly is held."""
        return joined([self.how, self.pull])


@dataclass(frozen=True, slots=True)
class Reeducation:
    """How a range that was gained is used: its name in movement files, a heading and a sentence."""

    name: str
    title: str
    words: str


GRIPS: tuple[Grip, ...] = (
    Grip(
        "diagonal-pull",
        phrase("Diagonal pull"),
        phrase("Pull up and in, away from pelvis and thigh bone, the second hand helping."),
        phrase("The hip flexors run beneath."),
    ),
    Grip(
        "lateral-pull",
        phrase("Lateral pull"),
        phrase("Pull inward, off the rim of the pelvis, the second hand helping."),
        phrase("The fascia of the iliotibial band and the quadratus lumborum meet the pelvis there."),
    ),
)
"""The two grips of the method."""

STRETCHES: tuple[Stretch, ...] = (
    Stretch(
        "runners-lunge",
        phrase("Runner's lunge"),
        phrase("A long step forward with the rear leg straight."),
        ("diagonal-pull",),
        phrase("Pull on the extension side (straight leg) or on the flexion side (bent leg)."),
    ),
    Stretch(
        "side-lunge",
        phrase("Side lunge"),
        phrase("A wide stance, sinking over one bent knee while the other leg stays straight."),
        ("diagonal-pull", "lateral-pull"),
    ),
    Stretch(
        "crossover",
        phrase("Crossover"),
        phrase(
            "One foot crossed behind the other, leaning away from the rear leg: stretches the side of trunk and pelvis."
        ),
        ("lateral-pull",),
    ),
)
"""The three stretches of the method."""

REEDUCATIONS: tuple[Reeducation, ...] = (
    Reeducation("bridges", phrase("Bridges"), phrase("The front of the hip opened: use the new range with bridges.")),
    Reeducation(
        "hip-flexor-work",
        phrase("Hip-flexor work"),
        phrase("Folding at the hip became freer: use the new range with hip-flexor work."),
    ),
)
"""How the method uses a new range; which outcome leads to which stands in the movement files."""
