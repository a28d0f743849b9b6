"""Keeps the memory of a process that reads with many threads from growing with the length of a video."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

HEAPS = 2
"""With glibc's own number, up to eight a core, each keeps room for several pictures that were freed in it. Two cost no time
that could be measured (chosen by us)."""
_M_ARENA_MAX = -8  # of malloc.h


def share_heaps() -> None:
    """Let all threads share few heaps, where the C library is glibc; elsewhere nothing is known to be wrong."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, HEAPS)


def give_back() -> None:
    """Give the system back what was freed, where the C library is glibc: it keeps it otherwise, in pieces."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)
