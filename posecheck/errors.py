"""Every error that posecheck raises on purpose: each says what happened, where, and what to do next."""

from __future__ import annotations


class PosecheckError(Exception):
    """Base of all errors a user can cause or mend. The command line and the web turn it into words."""


class VideoError(PosecheckError):
    """A video cannot be read: missing, empty, no picture in it, unknown format, too large."""


class CameraError(PosecheckError):
    """A camera cannot be opened or stopped giving pictures."""


class DisplayError(PosecheckError):
    """There is no screen on which a window can open."""


class ModelFileError(PosecheckError):
    """The pose model is missing, or is not the file it should be."""


class MovementError(PosecheckError):
    """A movement is unknown, or its file is wrong: names the file and the key."""


class AngleSourceError(PosecheckError):
    """There is no such source of angles."""


class RecordingError(PosecheckError):
    """A recording was read, but the test cannot be measured from it: too short, wrong view, no repetition."""


class NoPersonError(RecordingError):
    """Nobody (or not enough of a person) is in the picture."""


class CorrectionError(PosecheckError):
    """A correction by hand cannot be: times out of order, a wrong value, an unknown key."""


class ComparisonError(PosecheckError):
    """Two results cannot be compared: other movement, side, version or person."""


class SessionFileError(PosecheckError):
    """A session.toml is wrong: names the file and the key."""


class StorageError(PosecheckError):
    """A result cannot be written or read back: folder exists, not writable, disk full, file altered."""
