"""Which pictures of people a session lets stay, and what the pictures of a video show now."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from posecheck.storage.tables import Session, Upload


class Pictures(IntEnum):
    """What pictures show, from the most to the least.

    ``filmed``: as it was filmed. ``blurred``: the same with all faces that were found made unrecognisable. ``drawn``: a
    figure that is drawn from the body points; nothing of the video.
    """

    FILMED = 0
    BLURRED = 1
    DRAWN = 2


WORDS = {"filmed": Pictures.FILMED, "blurred": Pictures.BLURRED, "drawn": Pictures.DRAWN}
"""As they are stored, in `Upload.info`."""


def word_of(pictures: Pictures) -> str:
    """As it is stored."""
    return pictures.name.lower()


def wanted_pictures(session: Session) -> Pictures:
    """What the pictures of a session may show at most."""
    if session.keep_video:
        return Pictures.BLURRED if session.blur_faces else Pictures.FILMED
    return Pictures.BLURRED if session.keep_pictures else Pictures.DRAWN


def stored_pictures(upload: Upload) -> Pictures:
    """What the pictures of a video show: the one of the video, and those of its end ranges."""
    word = upload.info.get("pictures")
    if word is None:  # read by an earlier version
        return Pictures.BLURRED if upload.info.get("blurred") else Pictures.FILMED
    return WORDS[word]


def are_in_line(upload: Upload) -> bool:
    """Whether the pictures of a video show no more than its session lets them."""
    return stored_pictures(upload) >= wanted_pictures(upload.session)


def asks_for_choice(info: dict[str, Any]) -> bool:
    """Whether what was read from a video leaves open whom to follow, or which way up it is: that takes its pictures."""
    turns = info.get("turns") or {}
    return info.get("people", 1) > 1 or any(turns.get(whom) is not None for whom in ("needed", "doubtful"))


def waits_for_choice(upload: Upload) -> bool:
    """Whether that choice is still to be made: confirming the video makes it."""
    return not upload.takes and asks_for_choice(upload.info)
