"""What is said where a video was confirmed as something else than it seems to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.language import phrase
from posecheck.web.sessions.movement_words import trial_key, trial_words

if TYPE_CHECKING:
    from posecheck.movements.catalogue import Catalogue
    from posecheck.storage.tables import Upload


def proposed_key(upload: Upload, catalogue: Catalogue) -> str:
    """`trial_key` of what a video seems to show; empty where nothing fits."""
    movement = str(upload.proposal.get("movement") or "")
    key = trial_key(movement, upload.proposal.get("side")) if movement else ""
    return key if key in {trial_key(*trial) for trial in catalogue.every_trial()} else ""


def proposed_words(upload: Upload, catalogue: Catalogue) -> str:
    """``Runner's lunge, left leg behind``, or empty as `proposed_key`."""
    movement, _, side = proposed_key(upload, catalogue).partition(".")
    return trial_words(catalogue.movements[movement], side) if movement else ""


def other_test_words(upload: Upload, movement: str, side: str, catalogue: Catalogue) -> str:
    """That a video of which posecheck was sure is measured as another test, or as the other side; empty where it agrees."""
    if not upload.proposal.get("sure") or movement not in catalogue.movements:
        return ""
    proposed, here = proposed_key(upload, catalogue), trial_key(movement, side)
    if proposed in ("", here):
        return ""
    words, chosen = proposed_words(upload, catalogue), trial_words(catalogue.movements[movement], side)
    if proposed.partition(".")[0] == movement:
        return phrase(
            "This looks like the other side: {words}. The numbers mean something only if it is “{chosen}”.",
            words=words,
            chosen=chosen,
        )
    return phrase(
        "This looks like another test: {words}. The numbers mean something only if it is “{chosen}”.",
        words=words,
        chosen=chosen,
    )
