"""What the program knows, whoever asks: its tests, the method, whether it works."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

import posecheck
from posecheck.movements import Movement, builtin_movements
from posecheck.protocol import GRIPS, LIMITS_WORDS, PAIRING_WORDS, PROTOCOL, SAFETY_WORDS, STRETCHES
from posecheck.storage.queries import check_answers
from posecheck.web.api.schemas import HealthOut, MovementOut, OutcomeOut, ProtocolOut
from posecheck.web.server.site import SiteDep

router = APIRouter(prefix="/api", tags=["About"])


@router.get("/health", summary="Whether the server works")
def get_health(site: SiteDep) -> HealthOut:
    """Asks the database too."""
    with site.database.read() as transaction:
        check_answers(transaction)
    return HealthOut(status="ok", version=posecheck.__version__, database=site.database.engine.dialect.name)


@router.get("/movements", summary="The tests")
def list_movements() -> list[MovementOut]:
    """Every test: how to film and do it, its sides and outcomes."""
    return [_movement(movement) for movement in builtin_movements().values()]


@router.get("/protocol", summary="The method")
def get_protocol() -> ProtocolOut:
    """Steps, grips and stretches of the method, with its safety words and the limits of the numbers."""
    return ProtocolOut(
        steps=[_plain(step) for step in PROTOCOL],
        grips=[_plain(grip) for grip in GRIPS],
        stretches=[_plain(stretch) for stretch in STRETCHES],
        pairing_words=PAIRING_WORDS,
        safety_words=list(SAFETY_WORDS),
        limits_words=list(LIMITS_WORDS),
    )


def _plain(item: Any) -> dict[str, Any]:
    return asdict(item)


def _movement(movement: Movement) -> MovementOut:
    return MovementOut(
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
        outcomes=[OutcomeOut(name=item.name, title=item.title, role=str(item.role)) for item in movement.outcomes],
    )
