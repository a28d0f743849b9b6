"""A face and a name that can be told anywhere: a patch that is drawn at the head, and where files show either of them."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from typing import TYPE_CHECKING

import cv2
import numpy as np
from clips import write_pictures
from made_trial import SIZE_PX
from pypdf import PdfReader

from posecheck.errors import PosecheckError
from posecheck.output.draw.face_blur import HEAD
from posecheck.video.reader import iter_video

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.pose.landmarks import LandmarkSeries

SIDE_PX = 24
ALIKE = 0.6
"""A patch of a picture is the face from this correlation on: drawn over and packed as JPEG it has 0.7 or more, other things
and the blurred face less than 0.5."""
SCALES = (1.0, 1.5, 2.0, 3.0)
"""Pictures may be shown larger than they were filmed."""
_INSIDE = re.compile(rb"data:image/(?:jpeg|png);base64,([A-Za-z0-9+/=]+)")
_PATCH = np.kron(np.random.default_rng(8).integers(0, 2, (6, 6)), np.ones((4, 4))).astype(np.uint8) * 200 + 30


def filmed_face(target: Path, series: LandmarkSeries) -> Path:
    """A video of grey pictures with the face where the head is."""
    return write_pictures(target, series.time_s.tolist(), (_picture(xy) for xy in series.xy_px))


def _picture(xy_px: np.ndarray) -> np.ndarray:
    width, height = SIZE_PX
    picture = np.full((height, width, 3), 120, np.uint8)
    x, y = (round(value) for value in np.nanmean(xy_px[list(HEAD)], axis=0) - SIDE_PX / 2)
    x, y = min(max(x, 0), width - SIDE_PX), min(max(y, 0), height - SIDE_PX)
    picture[y : y + SIDE_PX, x : x + SIDE_PX] = _PATCH[..., None]
    return picture


def files_with_face(root: Path) -> set[str]:
    """Names of the files under a folder in which the face is seen, also within archives, reports and videos."""
    return {
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*"))
        if path.is_file() and shows_face(path.read_bytes(), path.parent / f"looked-at-{path.name}")
    }


def files_with_text(root: Path, words: str) -> set[str]:
    """Names of the files under a folder that hold these words, also within archives."""
    return {
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*"))
        if words in path.name or (path.is_file() and _holds(path.read_bytes(), words))
    }


def _holds(data: bytes, words: str) -> bool:
    if data.startswith(b"PK"):
        return any(words in name or _holds(part, words) for name, part in _unpacked(data))
    return any(words.encode(coding) in data for coding in ("utf-8", "utf-16-le"))


def shows_face(data: bytes, scratch: Path) -> bool:
    """Whether a file shows the face; ``scratch`` is a path for a video that has to be read from the disk."""
    return any(_is_in(picture) for picture in _pictures(data, scratch))


def _pictures(data: bytes, scratch: Path) -> Iterator[np.ndarray]:
    if data.startswith(b"PK"):
        for _, part in _unpacked(data):
            yield from _pictures(part, scratch)
    elif data.startswith(b"%PDF"):
        for page in PdfReader(io.BytesIO(data)).pages:
            for image in page.images:
                yield from _decoded(image.data)
    elif data.startswith((b"\xff\xd8", b"\x89PNG")):
        yield from _decoded(data)
    elif data[4:8] == b"ftyp" or data.startswith(b"\x1a\x45\xdf\xa3"):
        yield from _frames(data, scratch)
    else:
        for found in _INSIDE.finditer(data):
            yield from _decoded(base64.b64decode(found[1]))


def _frames(data: bytes, scratch: Path) -> Iterator[np.ndarray]:
    scratch.write_bytes(data)
    try:
        for frame in iter_video(scratch):
            if frame.index % 10 == 0:
                yield cv2.cvtColor(frame.image_rgb, cv2.COLOR_RGB2GRAY)
    except PosecheckError:
        pass
    finally:
        scratch.unlink()


def _decoded(data: bytes) -> Iterator[np.ndarray]:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is not None:
        yield picture


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


def _is_in(picture: np.ndarray) -> bool:
    for scale in SCALES:
        side = round(SIDE_PX * scale)
        if side > min(picture.shape):
            continue
        face = cv2.resize(_PATCH, (side, side), interpolation=cv2.INTER_LINEAR)
        if cv2.matchTemplate(picture, face, cv2.TM_CCOEFF_NORMED).max() > ALIKE:
            return True
    return False
