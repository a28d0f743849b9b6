"""What a file is that cannot be a video, told by its first piece: so that nobody waits for all of it to be sent."""

from __future__ import annotations

import filetype

from posecheck.language import phrase

FEWEST_BYTES = 512
"""Signatures lie within these (chosen by us)."""
_TOLD_BY_BYTES = 8192

_PICTURE = phrase("{file} is a picture, not a video. Choose the recording of the test.")
_DOCUMENT = phrase("{file} is a document, not a video. Choose the recording of the test.")
_ARCHIVE = phrase("{file} is an archive, not a video. Unpack it and choose the videos in it.")
_SOUND = phrase("{file} is a sound recording without pictures. Choose the video of the test.")
_TEXT = phrase("{file} is a text, not a video. Choose the recording of the test.")
_PROGRAM = phrase("{file} is a program, not a video. Choose the recording of the test.")

# Only what is never a video. A GIF may be one; containers that hold sound or pictures in time (Ogg, MP4's relatives but for
# photos) are left to whoever opens them.
_WORDS = {
    **dict.fromkeys(
        ("image/jpeg", "image/png", "image/webp", "image/tiff", "image/bmp", "image/heic", "image/avif"), _PICTURE
    ),
    **dict.fromkeys(("image/vnd.adobe.photoshop", "image/x-canon-cr2", "image/jpx"), _PICTURE),
    **dict.fromkeys(
        ("application/pdf", "application/rtf", "application/msword", "application/epub+zip", "application/postscript"),
        _DOCUMENT,
    ),
    **dict.fromkeys(
        (
            "application/zip",
            "application/x-7z-compressed",
            "application/x-rar-compressed",
            "application/gzip",
            "application/x-tar",
            "application/x-xz",
            "application/zstd",
        ),
        _ARCHIVE,
    ),
    **dict.fromkeys(("audio/mpeg", "audio/x-wav", "audio/x-flac", "audio/midi", "audio/x-aiff"), _SOUND),
    **dict.fromkeys(("application/x-msdownload", "application/x-executable", "application/wasm"), _PROGRAM),
    "application/x-sqlite3": phrase("{file} is a database, not a video. Choose the recording of the test."),
}
_DOCUMENTS = (
    "application/vnd.openxmlformats-officedocument",
    "application/vnd.oasis.opendocument",
    "application/vnd.ms-",
)


def other_than_a_video(beginning: bytes) -> str:
    """A sentence on what the file is, its name a place to fill; empty where it may be a video, as almost everything may.

    Parameters
    ----------
    beginning : bytes
        The file's first bytes; of fewer than `FEWEST_BYTES` nothing is said.
    """
    if len(beginning) < FEWEST_BYTES:
        return ""
    kind = filetype.guess(beginning[:_TOLD_BY_BYTES])
    if kind is None:
        return _TEXT if _is_text(beginning[:_TOLD_BY_BYTES]) else ""
    if kind.mime.startswith(_DOCUMENTS):
        return _DOCUMENT
    return _WORDS.get(kind.mime, "")


def _is_text(beginning: bytes) -> bool:
    """Letters only, in UTF-8; the last one may be cut off."""
    try:
        text = beginning.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(beginning) - error.start > 3:
            return False
        text = beginning[: error.start].decode("utf-8")
    return bool(text) and all(letter.isprintable() or letter in "\t\r\n\f\ufeff" for letter in text)
