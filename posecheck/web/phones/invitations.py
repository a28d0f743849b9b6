"""Invitations of a phone: a word in a QR code that opens the door once, and for a short while only."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.language import phrase
from posecheck.web.server.access import GuessLimit
from posecheck.web.server.errors import NotFoundError, WebError

if TYPE_CHECKING:
    from collections.abc import Callable

VALID_S = 15 * 60.0
"""An invitation is good for so long (chosen by us)."""
CODE_BYTES = 16
"""128 bits: nobody guesses them."""
MAX_OPEN = 50
"""Open invitations at once; the oldest gives way (chosen by us)."""
OVER_WORDS = phrase(
    "This invitation was used already, or is older than 15 minutes. Scan a new code on the computer's screen."
)
GUESS_WORDS = phrase(
    "Too many wrong invitations came from this device. Scan a new code on the computer's screen: the right one is always "
    "let in."
)


class TooManyTriesError(WebError):
    """Somebody seems to guess."""

    status = 429
    code = "too_many_tries"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation leads to.

    Attributes
    ----------
    path : str
        The page that opens.
    session_id : str
        The session that a phone is to film, and nothing else.
    until_s : float
        Of the clock that `Invitations` uses.
    """

    path: str
    session_id: str
    until_s: float


class Invitations:
    """The open invitations of a server; may be used from any thread. A restart ends them all.

    Parameters
    ----------
    clock : callable
        Seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Invitation] = OrderedDict()
        self._guesses = GuessLimit(clock)

    def invite(self, path: str, session_id: str) -> str:
        """A new code that opens this page of a session once."""
        code = secrets.token_urlsafe(CODE_BYTES)
        with self._lock:
            self._open[_kept(code)] = Invitation(path, session_id, self._clock() + VALID_S)
            while len(self._open) > MAX_OPEN:
                self._open.popitem(last=False)
        return code

    def use(self, code: str, address: str) -> Invitation:
        """The invitation of a code, which is used up with it.

        Raises
        ------
        NotFoundError
            There is no such invitation, or it was used or is too old.
        TooManyTriesError
            It is wrong, and so were too many before it from this address.
        """
        with self._lock:
            invitation = self._open.pop(_kept(code), None)
            if invitation is not None and self._clock() <= invitation.until_s:
                return invitation
            if self._guesses.blocked(address):
                raise TooManyTriesError(GUESS_WORDS)
            self._guesses.wrong(address, code)
            raise NotFoundError(OVER_WORDS)


def _kept(code: str) -> str:
    """Codes are kept as their hash only: how long a look-up takes tells nothing about them."""
    return hashlib.sha256(code.encode()).hexdigest()
