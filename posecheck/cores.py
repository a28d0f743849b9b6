"""How many processor cores this process may keep busy."""

from __future__ import annotations

import os

_share: int | None = None


def cores() -> int:
    """Cores that the operating system lets this process use, or its share where several processes work side by side."""
    return all_cores() if _share is None else _share


def all_cores() -> int:
    """Cores that the operating system lets this process use."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def use_cores(count: int) -> None:
    """Say how many cores this process may keep busy: somebody else shares them out."""
    global _share
    _share = max(1, count)


def share_cores(processes: int) -> None:
    """Say that so many processes work at once, this one among them."""
    use_cores(all_cores() // max(1, processes))
