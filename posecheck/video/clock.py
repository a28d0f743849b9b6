"""From the timestamps of one picture stream to seconds from its start, also where clips were joined and begin anew."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Final

import av

from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

REORDER_S: Final = 0.5
"""A time that lies further back than this begins another clip: damaged files exchange neighbours only (chosen by us)."""
JUMP_S: Final = 60.0
"""So does one that lies further ahead: no test holds a pause of a minute, but clocks are set right (chosen by us)."""
_NEIGHBOUR_S = 1.0  # How far ahead a time may lie to belong to the clip before the last one.
_MANY = 0.02  # Share of pictures from which on a fault of their times is worth a word.


class Seams:
    """Puts clips that follow each other in one stream on one clock.

    ``cat`` joins files whose times both begin at zero; security cameras set their clock right while they film. Where the
    time jumps in a way that no picture can explain, the clock goes on one picture after the last one.

    Parameters
    ----------
    step_s : float
        How long a picture is shown, until two pictures tell.
    """

    def __init__(self, step_s: float = 1 / 30) -> None:
        self.clips = 0
        self.step_s = step_s
        self._another = True
        self.offset_s = self._offset_before_s = 0.0
        self._last_s = math.nan

    def begin_another(self, step_s: float) -> None:
        """Say that the next picture is the first of another clip, whatever its time, and how long one is shown there."""
        self._another = True
        if not self.clips:
            self.step_s = step_s

    def joined_s(self, own_s: float, *, key: bool) -> float:
        """The time of a picture on the common clock.

        Parameters
        ----------
        own_s : float
            As the file gives it.
        key : bool
            It needs no other picture, as the first one of a clip; within a clip such a one never lies back.
        """
        ahead_s = own_s + self.offset_s - self._last_s
        if self._another or ahead_s < (-self.step_s / 2 if key else -REORDER_S) or ahead_s > JUMP_S:
            self._begin_clip(own_s)
        elif ahead_s > _NEIGHBOUR_S and 0 < own_s + self._offset_before_s - self._last_s <= _NEIGHBOUR_S:
            # One picture had a wrong time and was taken for a clip: the clock before it holds again.
            self.offset_s = self._offset_before_s
        elif 0 < ahead_s <= _NEIGHBOUR_S:
            self.step_s = ahead_s
        time_s = own_s + self.offset_s
        self._last_s = time_s if math.isnan(self._last_s) else max(self._last_s, time_s)
        return time_s

    def _begin_clip(self, own_s: float) -> None:
        self.clips += 1
        self._another = False
        if self.clips > 1:
            self._offset_before_s, self.offset_s = self.offset_s, self._last_s + self.step_s - own_s


class StreamClock:
    """Turns the timestamps of a file's streams into seconds from its start (the rules are told in `VideoReader`)."""

    def __init__(self) -> None:
        self._seams = Seams()
        self._previous_s = -math.inf
        self._frames = self._counted = self._backward = 0

    def attach(self, stream: VideoStream, container: str) -> None:
        """Say which stream the next frames are of."""
        assert stream.time_base is not None
        self._tick_s: Fraction = stream.time_base
        # AVI stores the order of decoding only, which FFmpeg passes on as if it were the order of showing.
        self._decoding_times = container == "avi"
        self._zero = None if self._decoding_times else stream.start_time
        self._stream = stream
        self._own_s = -math.inf
        self._seams.begin_another(1 / float(stream.guessed_rate or 30))

    def seek(self, container: InputContainer, start_s: float) -> None:
        """Go to a keyframe at or before ``start_s``; where the format cannot, stay at the start."""
        if start_s <= 0 or self._zero is None:
            return
        with contextlib.suppress(av.FFmpegError):
            container.seek(self._zero + int(start_s / self._tick_s), stream=self._stream)

    def time_s(self, frame: VideoFrame) -> float | None:
        """Return the time of a frame, or None where it does not come after the frame before."""
        self._frames += 1
        own_s = self._own_time_s(frame)
        time_s = self._seams.joined_s(own_s, key=frame.key_frame)
        if time_s <= self._previous_s:
            self._backward += 1
            return None
        self._own_s, self._previous_s = own_s, time_s
        return time_s

    def notes(self) -> Iterator[str]:
        """Yield what the times mean for the result, where they mean anything."""
        if self._counted > _MANY * self._frames:
            yield phrase(
                "The file gives no times: {rate:.4g} pictures a second were assumed. If it was filmed at another rate, "
                "times and speeds are wrong, but angles are not.",
                rate=1 / self._seams.step_s,
            )
        if self._backward > max(1, _MANY * self._frames):
            yield phrase(
                "{backward} of {total} pictures have the same time as another one and were left out, so fewer pictures a "
                "second were measured.",
                backward=self._backward,
                total=self._frames,
            )
        if self._seams.clips > 1:
            yield phrase(
                "The file holds {clips} clips one after another, or its clock jumped: they were measured as one recording, "
                "without a pause between them.",
                clips=self._seams.clips,
            )

    def _own_time_s(self, frame: VideoFrame) -> float:
        ticks = frame.dts if self._decoding_times else frame.pts
        if ticks is None:
            return self._count(frame)
        self._zero = ticks if self._zero is None else self._zero
        return float((ticks - self._zero) * self._tick_s)

    def _count(self, frame: VideoFrame) -> float:
        if frame.duration:
            self._seams.step_s = float(frame.duration * self._tick_s)
        # The last pictures of an AVI come out after its last piece; their time is known all the same.
        self._counted += not self._decoding_times
        return 0.0 if self._own_s == -math.inf else self._own_s + self._seams.step_s
