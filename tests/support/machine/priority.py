"""Keeps the browsers that tests start at the ordinary priority, so that one of them cannot stop the machine."""

import ctypes
import os
import sys

DROP_FROM_BOUNDING_SET = 24
"""``PR_CAPBSET_DROP`` of prctl(2)."""
MAY_RAISE_PRIORITY = 23
"""``CAP_SYS_NICE`` of capabilities(7)."""


def forbid_raised_priority() -> None:
    """Let no program that is started from here on raise its own priority.

    Started by root, Chromium puts threads into the real-time class. There two of them that wait for a lock of an
    ordinary thread keep both cores of a small machine busy for good: the lock's holder is never run, and the tests hang.
    Anybody but root is refused this by the system as it is.
    """
    if sys.platform == "linux" and os.geteuid() == 0:
        ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, MAY_RAISE_PRIORITY, 0, 0, 0)
