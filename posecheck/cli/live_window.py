"""The window in which people see themselves: OpenCV's, which every installation of posecheck has."""

from __future__ import annotations

import os
import subprocess
import sys
from enum import Enum
from typing import TYPE_CHECKING, Final, Self

import cv2

from posecheck.errors import DisplayError
from posecheck.language import joined, phrase

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PATIENCE_S: Final = 30.0
"""How long a first window may take to open on a slow machine (chosen by us)."""
_ESCAPE = 27
_TRY = "import cv2; cv2.namedWindow('posecheck'); cv2.destroyAllWindows()"
_WORDS = phrase(
    "posecheck record shows you in a window, so it needs a screen: run it on the computer in front of you, or film "
    "with any camera and use posecheck analyze."
)


class Key(Enum):
    """What was asked at the keyboard."""

    STOP = "stop"
    RESTART = "restart"


KEY_WORDS: Final = phrase("q: stop    r: start again")


def require_display() -> None:
    """Find out whether a window can open, without opening one in this process: there Qt would end it with a crash.

    Raises
    ------
    DisplayError
        There is no screen.
    """
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise DisplayError(
            joined([phrase("There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)."), _WORDS])
        )
    try:
        done = subprocess.run(
            [sys.executable, "-c", _TRY], capture_output=True, timeout=PATIENCE_S, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode:
        raise DisplayError(joined([phrase("No window can be opened on this screen."), _WORDS]))


class LiveWindow:
    """One window, of any size the user drags it to; open it in a ``with`` statement.

    Parameters
    ----------
    title
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._shown = False

    def __enter__(self) -> Self:
        cv2.namedWindow(self._title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
        return self

    def __exit__(self, *_: object) -> None:
        cv2.destroyAllWindows()
        cv2.waitKey(1)

    def show(self, image_rgb: NDArray[np.uint8]) -> Key | None:
        """Show a picture; return what was asked for since the last one. A closed window asks to stop."""
        if not self._shown:
            cv2.resizeWindow(self._title, image_rgb.shape[1], image_rgb.shape[0])
        elif not self._visible():  # asked before showing, which would open a closed window again
            return Key.STOP
        self._shown = True
        cv2.imshow(self._title, cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR))
        pressed = cv2.waitKey(1) & 0xFF
        if pressed in (ord("q"), ord("Q"), _ESCAPE):
            return Key.STOP
        return Key.RESTART if pressed in (ord("r"), ord("R")) else None

    def _visible(self) -> bool:
        try:
            return cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1
        except cv2.error:  # some versions say so of a window that is gone
            return False
