"""Interlaced video: two moments in one picture, in alternate lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from numbered_videos import read

from posecheck.video.reader import open_video

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Moment = Callable[[int], NDArray[np.uint8]]

PICTURES = 40


def bar(moment: int) -> NDArray[np.uint8]:
    """A bright bar that moves by six pixels from moment to moment, on a wall with some structure."""
    image = np.full((144, 320, 3), 60, np.uint8)
    image[::16] = 80
    image[:, 3 * moment : 3 * moment + 40] = 220
    return image


def write(path: Path, moment: Moment, *, woven: bool, flagged: bool) -> Path:
    """Pictures of two moments each (woven) or of one."""
    options = {"flags": "+ilme+ildct", "x264-params": "tff=1"} if flagged else {}
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=25, options={"crf": "16", **options})
        stream.width, stream.height, stream.pix_fmt = 320, 144, "yuv420p"
        for number in range(PICTURES):
            image = moment(2 * number).copy()
            if woven:
                image[1::2] = moment(2 * number + 1)[1::2]
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p", interpolation="POINT")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def combed_pictures(path: Path) -> int:
    """Pictures whose neighbouring lines differ where the bar's edges are."""
    grey = [frame.image_rgb.mean(axis=2) for frame in read(path)]
    return sum(bool((np.abs(image[40:100:2] - image[41:101:2]).max(axis=1) > 60).mean() > 0.5) for image in grey)


@pytest.mark.parametrize("flagged", [True, False], ids=["flagged", "without the flag"])
def test_interlaced_pictures_show_one_moment_and_it_is_said(tmp_path: Path, flagged: bool) -> None:
    path = write(tmp_path / "camera.mp4", bar, woven=True, flagged=flagged)
    assert combed_pictures(path) <= 6  # those before anything was known
    with open_video(path) as reader:
        times_s = [frame.time_s for frame in reader]
    assert times_s == pytest.approx([n / 25 for n in range(PICTURES)], abs=1e-3)
    assert "The video is interlaced" in " ".join(reader.warnings)


@pytest.mark.parametrize("flagged", [True, False], ids=["flagged all the same", "without the flag"])
def test_whole_pictures_stay_as_they_are(tmp_path: Path, flagged: bool) -> None:
    path = write(tmp_path / "whole.mp4", bar, woven=False, flagged=flagged)
    with av.open(str(path)) as container:
        decoded = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
    with open_video(path) as reader:
        shown = [frame.image_rgb.astype(int) for frame in reader]
    assert len(shown) == PICTURES
    assert max(np.abs(a - b).max() for a, b in zip(decoded[8:], shown[8:], strict=True)) <= 8
    assert reader.warnings == ()


def test_a_wall_of_thin_stripes_is_not_taken_for_interlaced(tmp_path: Path) -> None:
    def blinds(_moment: int) -> NDArray[np.uint8]:
        image = np.full((144, 320, 3), 200, np.uint8)
        image[::2] = 90
        return image

    path = write(tmp_path / "blinds.mp4", blinds, woven=False, flagged=False)
    with open_video(path) as reader:
        last = list(reader)[-1]
    assert np.ptp(last.image_rgb[20:120, 160, 1]) > 60
    assert reader.warnings == ()
