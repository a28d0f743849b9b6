"""By what a job shows that it gets on while it reads what lies elsewhere, which may stop coming without a word."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
