"""The JSON forms of what the program knows: its tests, and the method's stretches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from posecheck.web.api.schemas import Said, SaidValues

if TYPE_CHECKING:
    from posecheck.movements import Movement


class OutcomeOut(BaseModel):
    """A number that a test gives; ``role``: primary, secondary, context."""

    name: str
    title: Said
    role: str


class MovementOut(BaseModel):
    """A test: ``view`` side or front, ``sides`` empty where it is not done once per side; ``own``: from a file of yours."""

    name: str
    version: int
    title: Said
    summary: Said
    view: str
    lying: bool
    sides: list[str]
    side_meaning: Said
    camera: Said
    start: Said
    move: Said
    caution: Said
    stretch: str
    own: bool
    outcomes: list[OutcomeOut]

    @classmethod
    def of(cls, movement: Movement, *, own: bool) -> MovementOut:
        """From what its file says."""
        return cls(
            name=movement.name,
            version=movement.version,
            title=movement.title,
            summary=movement.summary,
            view=movement.view_name,
            lying=movement.lying,
            sides=[str(side) for side in movement.sides],
            side_meaning=movement.side_meaning,
            camera=movement.instructions.camera,
            start=movement.instructions.start,
            move=movement.instructions.move,
            caution=movement.caution,
            stretch=movement.stretch,
            own=own,
            outcomes=[OutcomeOut(name=item.name, title=item.title, role=str(item.role)) for item in movement.outcomes],
        )


class ProtocolOut(BaseModel):
    """The method as data: what is to be shown, in words."""

    steps: list[SaidValues]
    grips: list[SaidValues]
    stretches: list[SaidValues]
    pairing_words: Said
    safety_words: list[Said]
    limits_words: list[Said]
