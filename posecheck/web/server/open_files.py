"""How many files and connections this process may have open: raised at the start, where the system lets it."""

from __future__ import annotations

import sys

WANTED = 8192
"""Connections of both doors, videos and databases need a few hundred (chosen by us); macOS begins with 256."""


def raise_file_limit(wanted: int = WANTED) -> None:
    """Let the process open so many files, or as many as the system allows; never fewer than before."""
    if sys.platform == "win32":  # it has no such limit
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    ceiling = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < ceiling:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (ceiling, hard))
        except (OSError, ValueError):
            return  # the server works with fewer, too
