"""A private PostgreSQL server for tests; a test is skipped where there is none to start."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from needs import needs_postgresql

from scripts.postgresql import Server, server_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Server", "private_server"]


@contextmanager
def private_server() -> Iterator[Server]:
    """Start a server, and stop it at the end; the test is skipped where there is none to start."""
    with server_of(needs_postgresql()) as server:
        yield server
