"""Answers a second, their latency and the processor time of live filming, on a machine that does nothing else.

    python -m benchmarks.live [--seconds 15] [--no-write]

A sample clip plays as a camera of 30 pictures a second, in real time, over and over. Whoever is busy when a picture comes
misses it: nothing is queued, a slow machine answers less often.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from websockets.sync.client import connect

from benchmarks.docs import write_table
from benchmarks.live_page import film_in_a_page
from benchmarks.live_row import HEADING, Measured
from benchmarks.live_server import cpu_time_s, new_session, served
from posecheck.live import LiveEngine
from posecheck.movements import load_movement
from posecheck.pose.estimator import MediaPipeEstimator
from posecheck.pose.model_files import choose_model
from posecheck.settings import find_samples_dir, load_settings
from posecheck.video.reader import VideoOptions, iter_video
from posecheck.web.film.live_frames import write_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import httpx
    from numpy.typing import NDArray

CLIP, MOVEMENT = "toe_touch_pre.mp4", "toe-touch"
CLIP_S = 8.0
RATE_HZ = 30.0
WIDTH_PX = 640
WARM_UP_S = 8.0
"""Left out: the process of the engine starts, the model loads, and nobody is followed yet."""
JPEG_QUALITY = 80


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=15.0, help="measured time of each row")
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/live-speed.md as it is")
    options = parser.parse_args()
    pictures = _pictures()
    rows = [measure(pictures, options.seconds).row(name) for name, measure in CASES.items()]
    text = "\n".join(
        [
            f"{CLIP} as a camera: {WIDTH_PX} pixels wide, {RATE_HZ:g} pictures a second, {options.seconds:g} s a row.",
            "",
            *HEADING,
            *rows,
        ]
    )
    print(text)
    if not options.no_write:
        write_table("live-speed.md", text)


def engine_alone(pictures: Sequence[NDArray[np.uint8]], seconds: float) -> Measured:
    """The engine in this process, fed with pictures as they come."""
    model = choose_model(load_settings())
    with MediaPipeEstimator(model) as estimator, LiveEngine(load_movement(MOVEMENT), None, estimator) as engine:
        return _film(lambda image, time_s: engine.step(image, time_s), pictures, seconds, lambda: time.process_time())


def over_the_line(pictures: Sequence[NDArray[np.uint8]], seconds: float) -> Measured:
    """`posecheck serve` and its WebSocket, fed with JPEGs; processor time of the server with its workers."""
    return _film_served(pictures, seconds, lambda _client, _session: None)


def while_a_video_is_read(pictures: Sequence[NDArray[np.uint8]], seconds: float) -> Measured:
    """The same, while the server reads the recordings before in the background."""
    return _film_served(pictures, seconds, _upload_clips)


def in_a_page(pictures: Sequence[NDArray[np.uint8]], seconds: float) -> Measured:
    """A browser's page that films, records, sends and draws the answers."""
    return film_in_a_page([_jpeg(image) for image in pictures], MOVEMENT, WARM_UP_S, seconds)


CASES: dict[str, Callable[[Sequence[NDArray[np.uint8]], float], Measured]] = {
    "the engine alone": engine_alone,
    "`posecheck serve`, JPEGs over its WebSocket": over_the_line,
    "the same while earlier recordings are read": while_a_video_is_read,
    "the page in Chromium: recorded, sent, answered, drawn": in_a_page,
}
"""Rows of the table, in order."""


def _pictures() -> list[NDArray[np.uint8]]:
    options = VideoOptions(end_s=CLIP_S, max_side_px=WIDTH_PX)
    return [frame.image_rgb for frame in iter_video(find_samples_dir() / CLIP, options)]


def jpegs_of_clip() -> list[bytes]:
    """The clip as a page would send it."""
    return [_jpeg(image) for image in _pictures()]


def _film(
    answer: Callable[[Any, float], object], pictures: Sequence[Any], seconds: float, cpu_time_s: Callable[[], float]
) -> Measured:
    """Show the picture of the moment whenever the one before is answered."""
    begin_s = time.perf_counter()
    latencies_s: list[float] = []
    measured_from_s, cpu_from_s, last = 0.0, 0.0, -1
    while (now_s := time.perf_counter() - begin_s) < WARM_UP_S + seconds:
        number = int(now_s * RATE_HZ)
        if number == last:
            time.sleep(max(0.0, (last + 1) / RATE_HZ - now_s))
            continue
        if not measured_from_s and now_s >= WARM_UP_S:
            measured_from_s, cpu_from_s = now_s, cpu_time_s()
        last, shown_s = number, time.perf_counter()
        answer(pictures[number % len(pictures)], number / RATE_HZ)
        if measured_from_s:
            latencies_s.append(time.perf_counter() - shown_s)
    spent_s = time.perf_counter() - begin_s - measured_from_s
    return Measured(len(latencies_s), spent_s, tuple(latencies_s), cpu_time_s() - cpu_from_s)


def _film_served(
    pictures: Sequence[NDArray[np.uint8]], seconds: float, prepare: Callable[[httpx.Client, str], None]
) -> Measured:
    with served() as (process, client):
        session = new_session(client)
        prepare(client, session)
        address = str(client.base_url).replace("http", "ws", 1)
        line = f"{address}api/sessions/{session}/live?movement={MOVEMENT}"
        with connect(line, proxy=None) as socket:
            socket.recv()

            def answer(jpeg: bytes, time_s: float) -> object:
                socket.send(write_frame(time_s, jpeg))
                found = json.loads(socket.recv())
                assert found["kind"] == "answer", found
                return found

            return _film(answer, [_jpeg(image) for image in pictures], seconds, lambda: cpu_time_s(process))


def _jpeg(image: NDArray[np.uint8]) -> bytes:
    data = io.BytesIO()
    Image.fromarray(image).save(data, "JPEG", quality=JPEG_QUALITY)
    return data.getvalue()


def _upload_clips(client: httpx.Client, session: str) -> None:
    """Give the server's workers something to do for longer than is measured."""
    data = (find_samples_dir() / CLIP).read_bytes()
    for number in range(4):
        form = {"file_name": f"{number}.mp4", "size_bytes": len(data), "phase": "pre"}
        upload = client.post(f"/api/sessions/{session}/uploads", json=form).raise_for_status().json()["id"]
        client.patch(f"/api/uploads/{upload}", params={"offset": 0}, content=data).raise_for_status()


if __name__ == "__main__":
    main()
