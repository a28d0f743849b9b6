"""Linear algebra that keeps to one thread, where its blocks are too small to be shared out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def one_thread() -> AbstractContextManager[object]:
    """While it lasts, linear algebra keeps to one thread.

    Its blocks are small, and threads wait for one another: two take three times as long as one, and on a busy machine up to
    a minute for what takes a second. Besides, sums come out the same to the last bit on any number of cores.
    """
    import scipy.linalg  # noqa: F401  it brings a BLAS of its own, which cannot be told before it is there
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits
