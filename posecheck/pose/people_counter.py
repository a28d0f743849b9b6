"""How many people are in the picture: counted now and then, beside the work of following one of them."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

import numpy as np

from posecheck.pose.people import count_people, find_closely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.pose.estimator import PoseEstimator
    from posecheck.video.frame import Frame

COUNT_EVERY_S = 4.0
"""How often everybody in the picture is counted, more often at first; counting costs as much as two frames."""
CLOSELY_EVERY = 4
"""Every so many counts, from the second on, look for small people too, which takes four times as long (chosen by us)."""


class PeopleCounter:
    """Counts everybody in the picture now and then, on another thread: the tracker does not wait for it.

    Parameters
    ----------
    estimator : PoseEstimator
    closely : bool
        Look for people who are small in the picture too, now and then. Default: no, as live pictures cannot wait for it.
    before : int
        So many counts were made in pictures before these, so that they go on every 4 s. Default: none, as in live pictures.
    """

    def __init__(self, estimator: PoseEstimator, *, closely: bool = False, before: int = 0) -> None:
        self._estimator, self._closely = estimator, closely
        self._pool = ThreadPoolExecutor(1)
        self._counts: list[Future[int]] = []
        self._before = before
        self._first_s = self._next_s = -np.inf

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def take(self, frame: Frame) -> None:
        """Count in this picture if its turn has come."""
        if frame.time_s < self._next_s:
            return
        if not self._counts and not self._before:
            self._first_s = frame.time_s
        self._next_s = frame.time_s + min(COUNT_EVERY_S, max(0.5, frame.time_s - self._first_s))
        closely = self._closely and (self._before + len(self._counts)) % CLOSELY_EVERY == 1
        self._counts.append(self._pool.submit(self._count, frame.image_rgb, closely))

    def result(self) -> int:
        """Most people seen at once; waits for the last count."""
        self._pool.shutdown(wait=True)
        return max((count.result() for count in self._counts), default=0)

    def latest(self) -> int:
        """People in the last picture that was counted, 0 before the first; waits for nothing."""
        return next((count.result() for count in reversed(self._counts) if _finished(count)), 0)

    def _count(self, image_rgb: NDArray[np.uint8], closely: bool) -> int:
        find = self._estimator.find_people
        people = find_closely(image_rgb, find) if closely else find(image_rgb)
        return count_people(people, (image_rgb.shape[1], image_rgb.shape[0]))


def _finished(count: Future[int]) -> bool:
    return count.done() and not count.cancelled()
