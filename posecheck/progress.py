"""How long work tells how far it has come."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told how far a long step has come."""

    def __call__(self, done: int, total: int | None) -> None:
        """``done`` frames of about ``total`` (None where unknown)."""
        ...
