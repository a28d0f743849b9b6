"""A recording followed in several pieces at once, and joined into what one pass over it would give.

The first piece chooses the person; the others look for whoever looks like them. Where two pieces overlap, both have to have
followed the same person: otherwise the piece is followed once more, from where the one before it ended.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Event
from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import PosecheckError
from posecheck.heaps import give_back
from posecheck.in_turn import awaited, in_turn
from posecheck.pose.capture import GlimpseTaker
from posecheck.pose.follow import TRAIL_S, PersonFollower
from posecheck.pose.landmarks import Landmark
from posecheck.pose.people_counter import PeopleCounter
from posecheck.pose.reading_rate import ReadingRate
from posecheck.pose.track import Rows, Tracking, require_somebody

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from posecheck.pose.background import Background
    from posecheck.pose.capture import CaptureWatcher, Glimpse
    from posecheck.pose.estimator import PoseEstimator
    from posecheck.pose.landmarks import CleaningEvent, Pose
    from posecheck.video.frame import Frame
    from posecheck.video.pieces import Piece
    from posecheck.video.reader import VideoReader

SAME_PERSON_TRUNKS = 0.3
"""Where two pieces overlap, the trunk's middle in both lies this near to each other, in trunk lengths: the model repeats it
to within 0.1 (chosen by us)."""
SAME_PERSON_SHARE = 0.8
"""In this share of the pictures that are compared."""

_TRUNK = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP]


class NotJoinedError(Exception):
    """The pieces cannot become one recording; it has to be read in one pass, which tells why."""


@dataclass(slots=True, eq=False)
class _Run:
    """What was found in one piece: from when on it counts, and who counted people at the times of ``glimpses``."""

    follower: PersonFollower
    rows: Rows = field(default_factory=Rows)
    glimpses: list[Glimpse] = field(default_factory=list)
    people: int = 0
    warnings: tuple[str, ...] = ()
    joined_s: float = -np.inf


class _Beginning:
    """What the first piece hands on to the others: how the person looks, and the place where it began."""

    def __init__(self) -> None:
        self._known = Event()
        self.look: NDArray[np.float64] | None = None
        self.place: Background | None = None

    def tell(self, look: NDArray[np.float64] | None, place: Background | None) -> None:
        self.look, self.place = look, place
        self._known.set()

    def wait(self) -> None:
        self._known.wait()


class PieceTracker:
    """Follows one person through a video in pieces, in several threads.

    Parameters
    ----------
    reader : VideoReader
        Of the whole; its pieces are read by readers of their own.
    estimator : PoseEstimator
        Finds people in all pieces.
    another : callable
        Makes an estimator that follows the person in one piece; it is closed after that.
    at_once : int
        Pieces that are read at once.
    person_at : (x, y), optional
        As `posecheck.pose.track.track`.
    """

    def __init__(
        self,
        reader: VideoReader,
        estimator: PoseEstimator,
        another: Callable[[], PoseEstimator],
        *,
        at_once: int,
        person_at: tuple[float, float] | None = None,
    ) -> None:
        self._reader, self._pieces, self._person_at = reader, reader.pieces, person_at
        self._first, self._another, self._many = estimator, another, at_once
        self._beginning, self._stop = _Beginning(), Event()
        self._done = 0
        self.warnings: tuple[str, ...] = ()
        """What the readers had to say, once all is read."""

    def track(
        self,
        watcher: CaptureWatcher,
        *,
        mirrored: bool = False,
        rotated_deg: int | None = None,
        on_progress: Callable[[int], None] | None = None,
    ) -> Tracking:
        """Follow the person; ``on_progress`` is told how many pictures were dealt with, on this thread.

        Raises
        ------
        NotJoinedError
        NoPersonError
            As `posecheck.pose.track.track`.
        """
        with ThreadPoolExecutor(self._many, "piece") as pool:
            try:
                runs = self._joined(pool, watcher, on_progress or (lambda _done: None))
            except PosecheckError as error:
                raise NotJoinedError from error
            finally:
                self._stop.set()
                self._beginning.tell(self._beginning.look, self._beginning.place)
                pool.shutdown(cancel_futures=True)
        self.warnings = _common_warnings([run.warnings for run in runs])
        rows = _rows_of(runs)
        require_somebody(rows, runs[-1].follower, self._person_at)
        series = rows.series(self._first, mirrored=mirrored, rotated_deg=rotated_deg)
        people = max(1, *(max(run.people, run.follower.people) for run in runs))
        return Tracking(series, people, _events_of(runs))

    def _joined(
        self, pool: ThreadPoolExecutor, watcher: CaptureWatcher, on_progress: Callable[[int], None]
    ) -> list[_Run]:
        def followed(number: int) -> _Run:
            work = self._follow_like if number else self._begin_with
            return work(number, self._pieces[number], watcher)

        runs: list[_Run] = []
        for number, future in enumerate(in_turn(pool, followed, len(self._pieces), ahead=self._many)):
            run = awaited(future, lambda: on_progress(self._done))
            if runs and not _join(runs[-1], run):
                run = self._go_on(pool, runs[-1], number, on_progress)
            if number:
                watcher.take([glimpse for glimpse in run.glimpses if glimpse.time_s > runs[-1].rows.times[-1]])
                run.glimpses = []
            runs.append(run)
            give_back()
        on_progress(self._done)
        return runs

    def _begin_with(self, _number: int, piece: Piece, watcher: CaptureWatcher) -> _Run:
        """The first piece, which chooses the person."""
        place = GlimpseTaker()

        def on_frame(frame: Frame, pose: Pose | None) -> None:
            watcher.look(frame, pose)
            if not place.taken:
                place.look(frame)
            if pose is not None and self._beginning.look is None:
                self._beginning.tell(follower.look, place.taken[0].background)

        with closing(self._another()) as estimator:  # its memory is wanted for the other pieces
            follower = PersonFollower(estimator.follow, self._first.find_people, self._person_at)
            try:
                return self._follow(piece, _Run(follower), 0, on_frame)
            finally:
                self._beginning.tell(self._beginning.look, self._beginning.place)

    def _follow_like(self, number: int, piece: Piece, _watcher: CaptureWatcher) -> _Run:
        """A later piece, in which whoever looks like the chosen person is followed."""
        self._beginning.wait()
        with closing(self._another()) as estimator:
            follower = PersonFollower(
                estimator.follow, self._first.find_people, self._person_at, like=self._beginning.look
            )
            if self._beginning.look is None:  # nobody yet: the piece before goes on
                return _Run(follower)
            return self._watched(number, piece, _Run(follower))

    def _go_on(self, pool: ThreadPoolExecutor, before: _Run, number: int, on_progress: Callable[[int], None]) -> _Run:
        """Follow a piece once more, from where the one before it ended, by what is known of the person there."""
        return awaited(pool.submit(self._continue, before, number), lambda: on_progress(self._done))

    def _continue(self, before: _Run, number: int) -> _Run:
        with closing(self._another()) as estimator:
            before.follower.go_on_with(estimator.follow)
            run = _Run(before.follower, joined_s=before.rows.times[-1])
            return self._watched(number, self._pieces[number], run)

    def _watched(self, number: int, piece: Piece, run: _Run) -> _Run:
        taker = GlimpseTaker(self._beginning.place)
        self._follow(piece, run, number, taker.look)
        run.glimpses = taker.taken
        return run

    def _follow(self, piece: Piece, run: _Run, number: int, on_frame: Callable[[Frame, Pose | None], None]) -> _Run:
        rate = ReadingRate()
        with (
            self._reader.piece(piece, beside=self._many) as frames,
            PeopleCounter(self._first, closely=True, before=2 * number) as counter,
        ):
            for frame in frames:
                if self._stop.is_set():
                    return run
                if frame.time_s <= run.joined_s:
                    continue
                self._done += 1
                if not rate.wants(frame):
                    run.rows.add(frame, None, read=False)
                    continue
                pose = run.follower.step(frame.image_rgb, frame.time_s)
                rate.saw(frame.time_s, pose if frame.time_s < run.follower.crowded_from_s else None)
                run.rows.add(frame, pose)
                if pose is not None:
                    counter.take(frame)
                on_frame(frame, pose)
            run.people = counter.result()
        run.warnings = frames.warnings
        run.rows.leave_out(run.follower.strayed)
        return run


def _join(before: _Run, after: _Run) -> bool:
    """Join two runs where they agree best; False if they do not follow the same person where they overlap.

    Nor are they joined where somebody else is about: whether the tracker went off with them shows by what was before.
    """
    if not before.rows.times or before.follower.crowded_from_s <= before.rows.times[-1]:
        return False
    if after.follower.crowded_from_s <= before.rows.times[-1] + TRAIL_S:
        return False
    both = _overlap(before.rows, after.rows)
    both = both[len(both) // 2 :]
    apart = [(_apart(one, other), time_s) for time_s, one, other in both]
    same = [distance <= SAME_PERSON_TRUNKS for distance, _ in apart]
    if not same or np.mean(same) < SAME_PERSON_SHARE:
        return False
    after.joined_s = min(apart)[1]
    return True


def _overlap(before: Rows, after: Rows) -> list[tuple[float, NDArray[np.float32] | None, NDArray[np.float32] | None]]:
    """The finds of both in every picture that both have read."""
    known = {time_s: row for time_s, row, read in before if read}
    return [(time_s, known[time_s], row) for time_s, row, read in after if read and time_s in known]


def _apart(one: NDArray[np.float32] | None, other: NDArray[np.float32] | None) -> float:
    """How far two finds of a person in one picture lie apart, by the trunk, in trunk lengths."""
    if one is None or other is None:
        return float("inf")
    middle = [row[_TRUNK, :2].mean(axis=0) for row in (one, other)]
    trunk_px = np.linalg.norm(one[_TRUNK[:2], :2].mean(axis=0) - one[_TRUNK[2:], :2].mean(axis=0))
    height_px = np.ptp(one[:, :2], axis=0).max()
    return float(np.linalg.norm(middle[0] - middle[1]) / max(trunk_px, 0.1 * height_px, 1.0))


def _rows_of(runs: Sequence[_Run]) -> Rows:
    """The rows of each run from where it was joined to where the next one was."""
    whole = Rows()
    ends = [*(run.joined_s for run in runs[1:]), np.inf]
    for run, end_s in zip(runs, ends, strict=True):
        run.rows.leave_out(run.follower.strayed)  # which may have been noticed in the run after it
        part = run.rows.between(run.joined_s, end_s)
        whole.times += part.times
        whole.rows += part.rows
        whole.read += part.read
        whole.parts += part.parts
        whole.size = part.size
        run.rows = Rows()
    return whole


def _events_of(runs: Sequence[_Run]) -> tuple[CleaningEvent, ...]:
    """The events of each follower while its runs count."""
    starts = [
        runs[0].joined_s,
        *(run.joined_s for before, run in pairwise(runs) if run.follower is not before.follower),
    ]
    followers = list(dict.fromkeys(run.follower for run in runs))
    ends = [*starts[1:], np.inf]
    return tuple(
        event
        for follower, start_s, end_s in zip(followers, starts, ends, strict=True)
        for event in follower.events()
        if start_s < event.start_s <= end_s
    )


def _common_warnings(said: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """What was said of the whole; what was said of an earlier piece alone counts something, and needs one pass.

    Raises
    ------
    NotJoinedError
    """
    if any(words not in said[-1] for warnings in said[:-1] for words in warnings):
        raise NotJoinedError
    return said[-1]
