"""What is kept of a session, in words, and what of it is not as the session says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.language import phrase
from posecheck.storage.pictures import Pictures, asks_for_choice, stored_pictures, wanted_pictures
from posecheck.storage.tables import UploadState
from posecheck.web.jobs.privacy import is_out_of_line

if TYPE_CHECKING:
    from posecheck.storage.tables import Session, Upload

_PICTURES = {
    Pictures.FILMED: phrase("Faces are shown in pictures and in the report."),
    Pictures.BLURRED: phrase(
        "Faces are blurred in videos, pictures and in the report: of everybody who was found. A face that is turned away or "
        "very small can be missed, so look at the pictures before you share them."
    ),
    Pictures.DRAWN: phrase("Pictures are drawn from the body points: nothing in them was filmed."),
}


@dataclass(frozen=True, slots=True)
class KeptWords:
    """What pages say of it.

    Attributes
    ----------
    lines : tuple of str
    out_of_line : tuple of str
        Videos whose pictures show more than the session says: being made anew, or from before it was chosen.
    videos : int
        How many videos there are to lose.
    """

    lines: tuple[str, ...]
    out_of_line: tuple[str, ...]
    videos: int


def kept_words(session: Session) -> KeptWords:
    """What is kept of a session as it is now."""
    wanted = wanted_pictures(session)
    lines = [
        phrase("The videos are kept on this machine.")
        if session.keep_video
        else phrase("Only body points are kept: each video is deleted after it has been measured."),
        _PICTURES[wanted],
    ]
    for_choice = ", ".join(upload.file_name for upload in session.uploads if _waits_as_filmed(upload, wanted))
    if for_choice:
        lines.append(
            phrase(
                "Still here as filmed, because whom to measure or which way up it is may have to be chosen: {files}. "
                "Confirm these videos, or delete them; once they are measured, they are dealt with like the others.",
                files=for_choice,
            )
        )
    out_of_line = tuple(upload.file_name for upload in session.uploads if is_out_of_line(upload))
    videos = sum(upload.has_video or upload.has_copy for upload in session.uploads)
    return KeptWords(tuple(lines), out_of_line, videos)


def _waits_as_filmed(upload: Upload, wanted: Pictures) -> bool:
    """Whether a video is there as it was filmed although the session wants less, until it is confirmed and measured."""
    if wanted is Pictures.FILMED or upload.state != UploadState.READ or is_out_of_line(upload):
        return False
    return upload.has_video and (stored_pictures(upload) < wanted or asks_for_choice(upload.info))
