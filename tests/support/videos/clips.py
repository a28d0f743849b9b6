"""Short videos for the tests of the command: sample clips made small, what can be wrong with a video, and the command."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import av
import numpy as np
from made_trial import made_result

from posecheck.cli import main
from posecheck.language import language_set
from posecheck.output.export.csv_export import write_angles_csv
from posecheck.output.folders.recording_folder import write_recording
from posecheck.settings import find_samples_dir
from posecheck.trial.trial import trial_to_dict
from posecheck.video.reader import VideoOptions, iter_video

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Change = Callable[[Picture, float], Picture]

SAMPLES = find_samples_dir()
ROOT = Path(__file__).resolve().parents[3]

ONE_REPETITION_S = 5.8
"""The first repetition of every sample clip and the start position after it."""
EVERY = 2
"""Every second picture of a sample clip (15 a second): half the work for the model, and still above the 10 asked for."""
SIZE_PX = (640, 360)
KNEE_PRE, KNEE_RETEST, KNEE_RIGHT = "knee_to_chest_left_pre", "knee_to_chest_left_retest", "knee_to_chest_right_pre"
TOE_PRE, TOE_RETEST = "toe_touch_pre", "toe_touch_retest"
SIDE_LUNGE = "side_lunge_left_leg_straight_pre"


@lru_cache(maxsize=6)
def sample_frames(
    name: str, end_s: float = ONE_REPETITION_S, every: int = EVERY
) -> tuple[tuple[float, ...], tuple[Picture, ...]]:
    """Times and small pictures of the start of a sample clip."""
    options = VideoOptions(end_s=end_s, stride=every, max_side_px=SIZE_PX[0])
    frames = list(iter_video(SAMPLES / f"{name}.mp4", options))
    return tuple(frame.time_s for frame in frames), tuple(frame.image_rgb for frame in frames)


def sample_clip(
    path: Path,
    name: str,
    *,
    end_s: float = ONE_REPETITION_S,
    every: int = EVERY,
    change: Change | None = None,
    **how: Any,
) -> Path:
    """Write the start of a sample clip, each picture changed by ``change(picture, time_s)``."""
    times_s, pictures = sample_frames(name, end_s, every)
    if change is None:
        return write_pictures(path, times_s, pictures, **how)
    return write_pictures(path, times_s, map(change, pictures, times_s), **how)


def write_pictures(
    path: Path,
    times_s: Sequence[float],
    pictures: Iterable[Picture],
    *,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    movflags: str = "",
    options: Mapping[str, str] | None = None,
) -> Path:
    """Write pictures with their times, in milliseconds."""
    settings = {"preset": "veryfast", "crf": "18"} if options is None and codec == "libx264" else dict(options or {})
    with av.open(str(path), "w", options={"movflags": movflags} if movflags else {}) as container:
        stream: Any = None
        for time_s, picture in zip(times_s, pictures, strict=False):
            if stream is None:
                stream = container.add_stream(codec, rate=30, options=settings)
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = pixel_format
                stream.codec_context.time_base = Fraction(1, 1000)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = round(1000 * time_s), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def mirrored(picture: Picture, _time_s: float) -> Picture:
    return picture[:, ::-1]


def quarter_turned(picture: Picture, _time_s: float) -> Picture:
    """As a phone stores it that was held upright and lost the turn: clockwise by 90 degrees."""
    return np.rot90(picture, -1)


def dark(picture: Picture, _time_s: float) -> Picture:
    """3 % of the light."""
    return (picture * 0.03).astype(np.uint8)


def without_feet(picture: Picture, _time_s: float) -> Picture:
    """A standing person of the sample clips, cut off below the knees."""
    return picture[: 2 * int(0.36 * picture.shape[0])]


def walks_out_at(leave_s: float) -> Change:
    """The picture's content is shifted out to the right, and an empty wall is left."""

    def change(picture: Picture, time_s: float) -> Picture:
        shift = min(picture.shape[1], max(0, int((time_s - leave_s) * 2 * picture.shape[1])))
        if not shift:
            return picture
        wall = np.empty_like(picture)
        wall[:] = picture[:, :1]
        wall[:, shift:] = picture[:, : picture.shape[1] - shift]
        return wall

    return change


def side_by_side(
    path: Path,
    left: str,
    right: str,
    *,
    end_s: float = ONE_REPETITION_S,
    every: int = EVERY,
    crop: slice = slice(None),
) -> Path:
    """Two people in one picture, each of them with the given columns of their own clip."""
    times_s, first = sample_frames(left, end_s, every)
    _, second = sample_frames(right, end_s, every)
    return write_pictures(
        path, times_s, (np.hstack([a[:, crop], b[:, crop]]) for a, b in zip(first, second, strict=True))
    )


def empty_room(path: Path, duration_s: float = 2.4, fps: int = 10) -> Path:
    """A wall, a floor and some noise; nobody."""
    random = np.random.default_rng(3)
    room = np.full((SIZE_PX[1], SIZE_PX[0], 3), 170, np.uint8)
    room[250:] = (110, 90, 70)
    times_s = [n / fps for n in range(int(duration_s * fps))]
    noisy = (np.clip(room + random.normal(0, 6, room.shape), 0, 255).astype(np.uint8) for _ in times_s)
    return write_pictures(path, times_s, noisy)


def sound_only(path: Path) -> Path:
    """A second of silence, no picture, in the kind of file that its ending says."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le" if path.suffix == ".wav" else "aac", rate=8000, layout="mono")
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), format="s16", layout="mono")
        silence.sample_rate = 8000
        for frame in (silence, None):
            container.mux(stream.encode(frame))
    return path


def cut_off(path: Path, part: float) -> Path:
    """Keep the first part of a file, as when a copy was not finished."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    return path


@dataclass(frozen=True)
class Ran:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What went wrong, on one line, without the frame that is drawn around it."""
        return " ".join(word for word in self.err.split() if word.strip("│╭╮╰╯─"))


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a command of its own process: plain output, and this posecheck first."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    fixed = {"PYTHONPATH": os.pathsep.join(paths), "COLUMNS": "200", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    return {**os.environ, **fixed, **(variables or {})}


def command(*words: object) -> list[str]:
    """``posecheck WORDS`` as a list for `subprocess`."""
    return [sys.executable, "-m", "posecheck", *map(str, words)]


def run(*words: object, cwd: Path, variables: Mapping[str, str] | None = None, **how: Any) -> Ran:
    """Run the command in a process of its own."""
    done = subprocess.run(
        command(*words),
        cwd=cwd,
        env=environment(variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
        **how,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def call(*words: object, variables: Mapping[str, str] | None = None) -> Ran:
    """Run the command inside this process: the same words and codes, without the time to start."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    before = signal.getsignal(signal.SIGTERM)
    try:
        with (
            mock.patch.object(sys, "argv", ["posecheck", *map(str, words)]),
            mock.patch.dict(os.environ, {"COLUMNS": "200", "NO_COLOR": "1", **(variables or {})}),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            language_set("en"),  # taken back afterwards, whatever the command was told
        ):
            main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        signal.signal(signal.SIGTERM, before)
    return Ran(code, out.getvalue(), err.getvalue())


def stored_trial(folder: Path, movement: str = "toe-touch", **changed: Any) -> Path:
    """A trial's folder of the made-up figure, as `posecheck compare` reads it, with some of its fields changed.

    Each folder seems to come from a video of its own.
    """
    result = made_result(movement)
    folder.mkdir(parents=True)
    write_angles_csv(result.table, folder / "angles.csv")
    write_recording(result.recording, folder)
    own_video = hashlib.sha256(str(folder).encode()).hexdigest()
    told = {"provenance": {**result.trial.provenance, "video_sha256": own_video}, **changed}
    trial = trial_to_dict(replace(result.trial, **told))
    (folder / "trial.json").write_text(json.dumps(trial), encoding="utf-8")
    return folder


def tree(folder: Path) -> list[str]:
    """Every file and folder below, hidden ones too, to see that nothing was left behind."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
