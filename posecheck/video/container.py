"""A video file's picture stream and its pieces, or in words why there is none."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any, Final, cast

import av
from av.stream import Disposition

from posecheck.cores import cores
from posecheck.errors import VideoError
from posecheck.language import counted, phrase
from posecheck.video.parts import PartFile, top_level_boxes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from posecheck.video.parts import Part

MAX_PICTURE_PIXELS: Final = 100_000_000
"""Larger pictures are refused: 8000x6000 (48 million) fits twice, a forged header cannot fill the memory."""

_DECODER_PIXELS = 64_000_000  # Pictures held by all decoder threads together: about 100 MB in 4:2:0.
_READABLE = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mxf,nut,gif,dv,ivf,"
    "h264,hevc,av1,obu,m4v,mjpeg,yuv4mpegpipe,mp3,wav,flac,aac,aiff"
)
# Without the list FFmpeg also opens text (as a terminal recording), photos, and playlists that fetch other addresses.
# Not passed as `options`, which go to every stream: PyAV up to 17 then crashes where streams turn up late (FLV).
_CONTAINER_OPTIONS = {"format_whitelist": _READABLE, "protocol_whitelist": "file"}


@contextlib.contextmanager
def open_picture_stream(
    path: Path, part: Part | None = None, *, beside: int = 1
) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a file for reading and choose its picture stream, set to decode in several threads.

    Parameters
    ----------
    path : Path
    part : Part, optional
        One of several videos in it. Default: the file as FFmpeg reads it.
    beside : int
        So many are read at once, and share the cores: each thread of a decoder holds pictures. Default: this one alone.

    Raises
    ------
    VideoError
        No such file, a folder, empty, unreadable, not a video, no picture, or a picture too large.
    """
    with _open_container(path, part) as container:
        stream = _picture_stream(path, container)
        pixels = stream.width * stream.height
        if pixels > MAX_PICTURE_PIXELS:
            raise VideoError(
                phrase(
                    "{path}: its picture of {width}x{height} is too large; export it at 1920x1080.",
                    path=path,
                    width=stream.width,
                    height=stream.height,
                )
            )
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = max(1, min(8, cores() // beside, _DECODER_PIXELS // max(1, pixels)))
        yield container, stream


def read_packets(container: InputContainer, stream: VideoStream, warnings: list[str]) -> Iterator[Packet[VideoStream]]:
    """Yield the compressed pieces of one stream, the empty one that ends it last; damage ends it, with a warning."""
    try:
        yield from container.demux(stream)
    except av.FFmpegError as error:
        warnings.append(
            phrase("The file cannot be read to its end ({reason}); what is there was used.", reason=error.strerror)
        )


def decode_packets(
    packets: Iterable[Packet[VideoStream]], stream: VideoStream, warnings: list[str]
) -> Iterator[VideoFrame]:
    """Yield the decoded pictures in the order of showing, leaving damaged ones out with a warning."""
    damaged = 0
    for packet in packets:
        try:
            frames = stream.decode(packet)
        except av.FFmpegError:
            damaged += 1
            continue
        damaged += sum(frame.is_corrupt for frame in frames)
        yield from (frame for frame in frames if not frame.is_corrupt)
    if damaged:
        warnings.append(
            counted("One damaged picture was left out.", "{count} damaged pictures were left out.", count=damaged)
        )


def first_picture(path: Path, container: InputContainer, stream: VideoStream) -> VideoFrame:
    """Decode the first picture.

    Raises
    ------
    VideoError
        Nothing can be decoded.
    """
    picture = next(decode_packets(read_packets(container, stream, []), stream, []), None)
    if picture is None:
        raise VideoError(
            phrase(
                "{path}: no picture of its {codec} video can be decoded: the file is damaged or cut off right at its "
                "start; copy it from the camera again.",
                path=path,
                codec=stream.codec_context.name,
            )
        )
    return picture


def stated_duration_s(container: InputContainer, stream: VideoStream) -> float:
    """Return the duration from the stream's first picture as the file states it; NaN where it does not."""
    tick_s = stream.time_base or 0
    if stream.duration is not None:
        duration_s = float(stream.duration * tick_s)
    else:
        # Matroska states the time of the end, whenever the pictures start.
        late_s = (stream.start_time or 0) * tick_s if container.format.name == "matroska,webm" else 0
        duration_s = (container.duration or 0) / av.time_base - float(late_s)
    return duration_s if duration_s > 0 else math.nan


@contextlib.contextmanager
def _open_container(path: Path, part: Part | None) -> Iterator[InputContainer]:
    _check_file(path)
    with contextlib.ExitStack() as stack:
        try:
            source: Any = str(path.absolute())
            if part is not None:
                source = stack.enter_context(contextlib.closing(PartFile(path, part)))
            opened = av.open(source, "r", container_options=_CONTAINER_OPTIONS, metadata_errors="replace")
        except PermissionError as error:
            raise VideoError(phrase("{path}: may not be read; check its permissions.", path=path)) from error
        except (av.FFmpegError, OSError) as error:
            raise VideoError(_unreadable_words(path)) from error
        yield stack.enter_context(cast("InputContainer", opened))


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise VideoError(phrase("{path}: is a folder; name the video file in it.", path=path))
    if not path.exists():
        raise VideoError(phrase("{path}: no such file; check the name and the folder.", path=path))
    if path.stat().st_size == 0:
        raise VideoError(phrase("{path}: is empty (0 bytes); copy it from the camera again.", path=path))


def _unreadable_words(path: Path) -> str:
    boxes = {kind for _, kind in top_level_boxes(path)}
    if b"ftyp" in boxes and b"moov" not in boxes:
        return phrase(
            "{path}: is cut off: an MP4/MOV whose index (written last) is missing, so the recording or the copy was not "
            "finished; copy it again, or repair it with a tool such as untrunc.",
            path=path,
        )
    return phrase(
        "{path}: is not a video that can be read; use MP4, MOV, MKV, WEBM or AVI (photos and text are not videos).",
        path=path,
    )


def _picture_stream(path: Path, container: InputContainer) -> VideoStream:
    stream = container.streams.best("video")
    if stream is None or stream.disposition & Disposition.attached_pic:
        if container.streams.audio:
            raise VideoError(
                phrase("{path}: has sound but no picture; choose the video file of the recording.", path=path)
            )
        raise VideoError(phrase("{path}: has no picture in it; choose the video file of the recording.", path=path))
    if stream.codec_context is None:
        raise VideoError(
            phrase("{path}: its kind of video is unknown to this FFmpeg; convert it to H.264 (MP4).", path=path)
        )
    return cast("VideoStream", stream)
