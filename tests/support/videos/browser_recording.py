"""What a browser's recorder sends while it films: a WebM without length or index, VP8, in pieces of half a second."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

PIECE_S = 0.5
TICKS = 1000


class _Pipe:
    """Takes what is written, and cannot go back: as a stream to a server."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)


def recorded_pieces(
    times_s: Sequence[float], images_rgb: Sequence[NDArray[np.uint8]], *, codec: str = "libvpx"
) -> list[bytes]:
    """Pieces in the order in which a recorder gives them; their times begin at 0, in milliseconds."""
    pipe, pieces = _Pipe(), []
    mp4 = codec == "libx264"
    options = {"movflags": "frag_every_frame+empty_moov+default_base_moof"} if mp4 else {"live": "1"}
    with av.open(pipe, "w", format="mp4" if mp4 else "webm", options={**options, "flush_packets": "1"}) as container:
        stream = container.add_stream(codec, rate=30)
        stream.height, stream.width = images_rgb[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, TICKS)
        stream.bit_rate = 1_000_000
        stream.gop_size = 15
        stream.options = (
            {"tune": "zerolatency"} if mp4 else {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        )
        sent, due_s = 0, times_s[0] + PIECE_S
        for time_s, image in zip(times_s, images_rgb, strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = round((time_s - times_s[0]) * TICKS), Fraction(1, TICKS)
            container.mux(stream.encode(frame))
            if time_s >= due_s:
                pieces.append(bytes(pipe.data[sent:]))
                sent, due_s = len(pipe.data), due_s + PIECE_S
        container.mux(stream.encode(None))
    pieces.append(bytes(pipe.data[sent:]))
    return pieces
