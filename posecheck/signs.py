"""By what a job shows that it gets on while it reads what lies elsewhere, which may stop coming without a word."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_S = 600.0
"""A recording may be read so long without another picture or byte, before it is given up: the survey of a long video and its
checksum show nothing until they end (chosen by us)."""
LOOK_EVERY_S = 1.0
"""How often a process looks whether its job gets on (chosen by us)."""

_sign: Callable[[], object] | None = None


@contextmanager
def watched(sign: Callable[[], object]) -> Iterator[None]:
    """Within the block the job gets on only where what ``sign`` gives changes; outside of it, it counts as getting on.

    Parameters
    ----------
    sign : callable
        Asked once a second, from another thread: pictures read, bytes fetched.
    """
    global _sign
    before, _sign = _sign, sign
    try:
        yield
    finally:
        _sign = before


def hangs_words(patience_s: float) -> str:
    """Why a recording was given up of which nothing more came."""
    return phrase(
        "nothing more of it could be read for {minutes:g} min, so it was given up (a damaged video, or a disk or server "
        "that does not answer).",
        minutes=patience_s / 60,
    )


class Watch:
    """Tells whether the job of this process gets on."""

    def __init__(self) -> None:
        self._last: object = None

    def gets_on(self) -> bool:
        """Whether it has since this was asked last."""
        sign = _sign
        if sign is None:
            return True
        now = (sign, sign())
        changed, self._last = now != self._last, now
        return changed
