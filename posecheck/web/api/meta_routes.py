"""What the program knows, whoever asks: the method, whether it works."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

import posecheck
from posecheck.protocol import GRIPS, LIMITS_WORDS, PAIRING_WORDS, PROTOCOL, SAFETY_WORDS, STRETCHES
from posecheck.storage.queries import check_answers
from posecheck.web.api.method_schemas import ProtocolOut
from posecheck.web.api.schemas import HealthOut
from posecheck.web.server.site import SiteDep

router = APIRouter(prefix="/api", tags=["About"])


@router.get("/health", summary="Whether the server works")
def get_health(site: SiteDep) -> HealthOut:
    """Asks the database too."""
    with site.database.read() as transaction:
        check_answers(transaction)
    return HealthOut(status="ok", version=posecheck.__version__, database=site.database.engine.dialect.name)


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
