"""Keeps the tests and all that they start at the ordinary priority, so that none of them can stop the machine."""

import ctypes
import os
import sys

DROP_FROM_BOUNDING_SET = 24
"""``PR_CAPBSET_DROP`` of prctl(2)."""
MAY_RAISE_PRIORITY = 23
"""``CAP_SYS_NICE`` of capabilities(7)."""
VERSION = 0x20080522
"""``_LINUX_CAPABILITY_VERSION_3`` of capget(2): each set is two words of 32 bits."""


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def forbid_raised_priority() -> None:
    """Let neither this process nor a program that it starts raise its own priority.

    Two programs do so when they are started by root: the encoder of AV1 (SVT-AV1, with which tests make videos of that
    kind) puts the thread that calls it into the real-time class, so that all that the tests start afterwards is born
    into it; Chromium puts threads of its own there. In that class two threads that wait for a lock of an ordinary thread
    keep both cores of a small machine busy for good: the lock's holder is never run, and the tests hang. Anybody but
    root is refused this by the system as it is; posecheck itself writes no AV1.
    """
    if sys.platform == "linux" and os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        libc.prctl(DROP_FROM_BOUNDING_SET, MAY_RAISE_PRIORITY, 0, 0, 0)
        _drop_own(libc, MAY_RAISE_PRIORITY)


def _drop_own(libc: ctypes.CDLL, capability: int) -> None:
    """Give up a capability of this thread, and of the threads that it starts."""
    header, sets = _Header(VERSION, 0), (_Sets * 2)()
    if libc.capget(ctypes.byref(header), sets) == 0:
        kept = ~(1 << capability) & 0xFFFFFFFF
        sets[0].effective &= kept
        sets[0].permitted &= kept
        sets[0].inheritable &= kept
        libc.capset(ctypes.byref(header), sets)
