"""Every error that posecheck raises on purpose: each says what happened, where, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from posecheck.language import filled, joined, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do next, where the command line and the web each have their own way to do it.

    Attributes
    ----------
    code : str
        Stable; a front door looks up its own sentence by it.
    words : str
        The sentence that is true at every front door: no option, no button.
    values : mapping of str to str
        What a front door's sentence fills in: ``{"side": "left"}``.
    """

    code: str
    words: str
    values: Mapping[str, str] = field(default_factory=dict)

    def said(self, own: Mapping[str, str]) -> str:
        """The sentence of a front door's table ``own``, by code; the one for all where it has none."""
        return filled(own[self.code], **self.values) if self.code in own else self.words


WHICH_PERSON = Advice("which_person", phrase("Look at who is in the picture, and say whom to follow."))
"""Several people are there, or the one who was read may not be the one who does the test."""


class PosecheckError(Exception):
    """Base of all errors that a user can cause or put right.

    Parameters
    ----------
    words : str
        What happened and where, and what to do next where that is the same everywhere.
    advice : Advice, optional
        What to do next, where that differs between the command line, the web and Python.
    """

    def __init__(self, words: str = "", advice: Advice | None = None) -> None:
        super().__init__(words)
        self.words, self.advice = words, advice

    def __str__(self) -> str:
        return self.said({})

    def said(self, own: Mapping[str, str]) -> str:
        """The whole message, with the advice in the words of the table ``own`` (see `Advice.said`)."""
        return joined([self.words, self.advice.said(own)]) if self.advice else self.words

    def reworded(self, words: str) -> Self:
        """An error of the same kind, with the same advice, that says something else: with the file's name, say."""
        return type(self)(words, self.advice)


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


class ClusterError(PosecheckError):
    """The cluster cannot be reached, is gone, or its workers cannot do the work."""


class StorageError(PosecheckError):
    """A result cannot be written or read back: folder exists, not writable, disk full, file altered."""


ABOUT_THE_VIDEO = (VideoError, RecordingError, CorrectionError)
"""What is wrong with a video, or with what was said about it: the same at every try, unlike faults of disk and model."""
