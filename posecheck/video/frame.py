"""One picture of a video or a camera, with its time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray


class LatePicture:
    """A picture that gets its colours once somebody looks at it: most of those that are to spare are never looked at.

    Parameters
    ----------
    size_px : (width, height)
    render : callable
        Makes it; called once, on the thread of whoever looks first.
    """

    def __init__(self, size_px: tuple[int, int], render: Callable[[], NDArray[np.uint8]]) -> None:
        self.size_px = size_px
        self._render = render

    @cached_property
    def image_rgb(self) -> NDArray[np.uint8]:
        """As `Frame.image_rgb`."""
        return self._render()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One upright picture and its time.

    Attributes
    ----------
    index : int
        Number of the delivered frame, from 0: frames left out by ``start_s`` or ``stride`` do not count.
    time_s : float
        Presentation time in seconds, strictly increasing; zero is the first picture of the whole, untrimmed video.
    picture : (h, w, 3) uint8, or LatePicture
        The pixels of ``image_rgb``, or what makes them.
    inside_px : (left, top, right, bottom), optional
        Where the picture lies in ``image_rgb``; what is outside is black, since pictures of the recording have several
        shapes. Default: it is the whole of it.
    to_spare : bool
        A slow movement is known without it. Default: it is needed, as are all of which every n-th was asked for.
    """

    index: int
    time_s: float
    picture: NDArray[np.uint8] | LatePicture
    inside_px: tuple[int, int, int, int] | None = None
    to_spare: bool = False

    @property
    def image_rgb(self) -> NDArray[np.uint8]:
        """C-contiguous (MediaPipe silently finds nobody in a strided view) and read-only: copy it to draw on it."""
        return self.picture.image_rgb if isinstance(self.picture, LatePicture) else self.picture

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        if isinstance(self.picture, LatePicture):
            return self.picture.size_px
        return self.picture.shape[1], self.picture.shape[0]

    @property
    def picture_rgb(self) -> NDArray[np.uint8]:
        """The picture alone, without the border around it."""
        if self.inside_px is None:
            return self.image_rgb
        left, top, right, bottom = self.inside_px
        return self.image_rgb[top:bottom, left:right]
