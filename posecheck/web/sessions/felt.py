"""What was felt in one recording, found among the scores of its session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posecheck.trial.trial import Felt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from posecheck.storage.tables import Take


def felt_in(scores: Iterable[Mapping[str, Any]], take: Take) -> Felt:
    """The scores of a take's test, side and block, as `posecheck.storage.tables.Session.felt` holds them."""
    wanted = (take.movement, take.side, take.phase)
    for item in scores:
        if (item["movement"], item.get("side") or "", item.get("phase", "pre")) == wanted:
            return Felt(item.get("stiffness"), item.get("discomfort"), item.get("note") or "")
    return Felt()
