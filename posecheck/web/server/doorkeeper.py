"""How many connections an address may hold and open: known before anything of a request, or of TLS, is looked at."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from typing import TYPE_CHECKING

from posecheck.web.server.access import MAX_ADDRESSES, is_loopback, network_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.web.server.settings import ConnectionLimits


class Visit:
    """One connection, from being accepted until it is gone.

    Attributes
    ----------
    address : str
        Whose it is, as `access.network_of` counts them.
    is_own : bool
        It comes from this computer itself.
    has_asked : bool
        A whole request came by it; until then it gives way to others where there are too many.
    """

    def __init__(self, keeper: Doorkeeper, address: str, *, is_own: bool) -> None:
        self.address, self.is_own, self.has_asked = address, is_own, False
        self.end: Callable[[], object] = _nothing
        self._keeper = keeper

    def leave(self) -> None:
        """The connection is gone; may be said twice."""
        self._keeper.forget(self)


class Doorkeeper:
    """Lets connections in, for one event loop.

    Parameters
    ----------
    limits : ConnectionLimits
    knows_own : bool
        Whether connections from this computer are counted apart from others, and never by address. Not so at the door for
        phones: who comes by it is a stranger.
    clock : callable, optional
        Seconds that never run backwards.
    """

    def __init__(
        self, limits: ConnectionLimits, *, knows_own: bool = True, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits, self._knows_own, self._clock = limits, knows_own, clock
        self._visits: dict[Visit, None] = {}
        self._held: Counter[str] = Counter()
        self._hurry: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def enter(self, address: str) -> Visit | None:
        """A connection from there may stay; None: it is to be closed at once."""
        own = self._knows_own and is_loopback(address)
        visit = Visit(self, network_of(address), is_own=own)
        if not own and not self._is_within_limits(visit.address):
            return None
        if not self._make_room(own):
            return None
        self._visits[visit] = None
        self._held[_counted(visit)] += 1
        return visit

    def forget(self, visit: Visit) -> None:
        """Give its place to others."""
        if visit not in self._visits:
            return
        del self._visits[visit]
        self._held[_counted(visit)] -= 1
        if not self._held[_counted(visit)]:
            del self._held[_counted(visit)]

    def end_all(self) -> None:
        """Close whatever has not asked for anything yet: the server stops."""
        for visit in [visit for visit in self._visits if not visit.has_asked]:
            visit.end()

    def _is_within_limits(self, address: str) -> bool:
        return self._held[address] < self._limits.of_address and self._is_patient(address)

    def _is_patient(self, address: str) -> bool:
        """Whether an address does not open too many in a short time; each costs a TLS handshake."""
        now_s = self._clock()
        left, since_s = self._hurry.pop(address, (float(self._limits.at_once), now_s))
        left = min(self._limits.at_once, left + (now_s - since_s) * self._limits.new_per_s)
        self._hurry[address] = (left - 1 if left >= 1 else left, now_s)
        if len(self._hurry) > MAX_ADDRESSES:
            self._hurry.popitem(last=False)
        return left >= 1

    def _make_room(self, own: bool) -> bool:
        """Where too many are in, the oldest of that kind that has not asked for anything gives way."""
        of_kind = [visit for visit in self._visits if visit.is_own is own] if self._is_full(own) else []
        if not of_kind:
            return True
        silent = next((visit for visit in of_kind if not visit.has_asked), None)
        if silent is None:
            return False
        silent.end()
        silent.leave()
        return True

    def _is_full(self, own: bool) -> bool:
        own_count = self._held[OWN]
        return own_count >= self._limits.own if own else len(self._visits) - own_count >= self._limits.of_others


OWN = "own"
"""Connections of this computer are counted together."""


def _counted(visit: Visit) -> str:
    return OWN if visit.is_own else visit.address


def _nothing() -> None:
    """What ends a connection that is nothing yet."""
