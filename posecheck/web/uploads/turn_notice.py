"""What a page says of a picture that seems to lie on its side, and the turn that one click gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.language import phrase
from posecheck.storage.tables import TakeState
from posecheck.web.jobs.upload_video import offered_turn, rotate_deg

if TYPE_CHECKING:
    from posecheck.movements import Movement
    from posecheck.storage.tables import Take, Upload
    from posecheck.web.jobs.upload_video import TurnOffer


@dataclass(frozen=True, slots=True)
class TurnNotice:
    """One sentence and its button.

    Attributes
    ----------
    words : str
    rotate_deg : int
        How far the picture as it was filmed is to be turned clockwise.
    from_now_deg : int
        The same from the picture as it is shown now.
    may_be_right : bool
        Whether "it is right as it is" can be said: not where it has been turned by hand already.
    """

    words: str
    rotate_deg: int
    from_now_deg: int
    may_be_right: bool


def turn_notice(upload: Upload, *whom: TurnOffer) -> TurnNotice | None:
    """The notice for the first of the offers that there is; None where there is none, or no video to read again."""
    found = next(((offer, deg) for offer in whom if (deg := offered_turn(upload, offer)) is not None), None)
    if found is None or not upload.has_video:
        return None
    offer, turn_deg = found
    from_now_deg = _as_shown_deg(upload, turn_deg - (rotate_deg(upload) or 0))
    return TurnNotice(_words(offer, from_now_deg), turn_deg, from_now_deg, not rotate_deg(upload))


def take_turn(take: Take, movement: Movement) -> TurnNotice | None:
    """The notice for a video that could not be measured as a test: the test says whether the person stands or lies."""
    if take.state != TakeState.REFUSED:
        return None
    return turn_notice(take.upload, "lying" if movement.lying else "standing")


def preview_turn_deg(upload: Upload) -> int:
    """How far the kept picture of a video that is read again lies from how it will be read."""
    return _as_shown_deg(upload, (rotate_deg(upload) or 0) - int(upload.info.get("rotated_deg") or 0))


def _as_shown_deg(upload: Upload, filmed_deg: int) -> int:
    """A turn of the picture as it was filmed, as it is seen in the picture that is shown, which may be a mirror image."""
    return (-filmed_deg if upload.reading.get("mirror") else filmed_deg) % 360


def _words(offer: TurnOffer, from_now_deg: int) -> str:
    upside_down, doubtful = from_now_deg == 180, offer == "doubtful"
    if doubtful and upside_down:
        return phrase("If the person lies on the back here, this picture is upside down.")
    if doubtful:
        return phrase("If the person lies on the back here, this picture lies on its side.")
    return phrase("This picture is upside down.") if upside_down else phrase("This picture lies on its side.")
