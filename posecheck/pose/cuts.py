"""A cut: everything in the picture changes from one picture to the next."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRID_PX = (64, 36)
"""About so many pixels of every picture are compared with those of the one before: enough, and quick."""
CUT_GREY, CUT_TIMES = 8.0, 5.0
"""A cut changes the picture by this many grey levels on average, and by so many times as much as any of the last pictures
was changed by people who move, a light that flickers or a camera that is carried."""
LAST_PICTURES = 6
"""With fewer pictures before it a change cannot be told from an unsteady beginning (all chosen by us)."""


class CutFinder:
    """Compares each picture with the one before; pictures are given in the order of time."""

    def __init__(self) -> None:
        self._before: NDArray[np.int16] | None = None
        self._changes: deque[float] = deque(maxlen=LAST_PICTURES)
        self.change = 0.0
        """By how many grey levels the last picture differs from the one before it, on average."""

    def step(self, image_rgb: NDArray[np.uint8]) -> bool:
        """Whether the picture was cut to."""
        height, width = image_rgb.shape[:2]
        columns, rows = GRID_PX
        now = image_rgb[:: max(1, height // rows), :: max(1, width // columns), 1].astype(np.int16)
        before = self._before
        if before is None or before.shape != now.shape:
            before = now
        self.change = float(np.abs(now - before).mean())
        usual = max(self._changes, default=0.0)
        cut = len(self._changes) == LAST_PICTURES and self.change > max(CUT_GREY, CUT_TIMES * usual)
        self._before = now
        self._changes.append(self.change)
        return cut
