"""Work that several threads do at once: its results come in order, and whoever waits for them tells how far it has come."""

from __future__ import annotations

from collections import deque
from concurrent.futures import TimeoutError as NotYet
from contextvars import copy_context
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future, ThreadPoolExecutor

R = TypeVar("R")

REFRESH_S = 0.1
"""How often whoever waits tells how far the work has come."""


def in_turn(pool: ThreadPoolExecutor, work: Callable[[int], R], count: int, *, ahead: int) -> Iterator[Future[R]]:
    """Have ``work(0)`` to ``work(count - 1)`` done; each future, in order.

    Parameters
    ----------
    pool : ThreadPoolExecutor
    work : callable
        Called in the pool's threads, in the context (the language of words) of whoever asks.
    count : int
    ahead : int
        So many are begun, at most, before the result of the first of them is taken: memory stays bounded.
    """
    waiting: deque[Future[R]] = deque()
    for number in range(count):
        waiting.append(pool.submit(copy_context().run, work, number))
        if len(waiting) > ahead:
            yield waiting.popleft()
    yield from waiting


def awaited(future: Future[R], tell: Callable[[], None]) -> R:
    """The result; ``tell`` is called now and then until it is there, on this thread."""
    while True:
        try:
            return future.result(timeout=REFRESH_S)
        except NotYet:
            if future.done():  # the work itself ran out of time
                raise
            tell()
