"""The memory that `posecheck serve` keeps when nobody uses it: just started, and a minute after somebody has filmed.

    python -m benchmarks.idle_memory [--no-write]

A sample clip plays as a camera. Linux; memory is what is resident (RSS), libraries that programs share included, of the
server with all processes that it has started. Writes the table into docs/speed.md.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import TYPE_CHECKING

import httpx
import psutil
from websockets.sync.client import connect

from benchmarks.docs import write_table
from benchmarks.live import MOVEMENT, RATE_HZ, jpegs_of_clip
from benchmarks.live_server import new_session, served
from benchmarks.load_sessions import measured_session
from posecheck.web.film.live_frames import write_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FILMS_S, IDLE_S = 15.0, 60.0
GOAL_MB = 250


def resident_mb(server: psutil.Process) -> float:
    """Of a server and of what it has started."""
    processes = (server, *server.children(recursive=True))
    return sum(process.memory_info().rss for process in processes) / 1e6


def film(client: httpx.Client, jpegs: Sequence[bytes], seconds: float, look: Callable[[], float]) -> float:
    """Film for so long; the most that ``look`` gave meanwhile, in MB."""
    address = str(client.base_url).replace("http", "ws", 1)
    session, most_mb = new_session(client), 0.0
    with connect(f"{address}api/sessions/{session}/live?movement={MOVEMENT}", proxy=None) as socket:
        json.loads(socket.recv())
        begin_s, number = time.monotonic(), 0
        while time.monotonic() - begin_s < seconds:
            socket.send(write_frame(number / RATE_HZ, jpegs[number % len(jpegs)]))
            assert json.loads(socket.recv())["kind"] == "answer"
            most_mb, number = max(most_mb, look()), number + 1
    return most_mb


def measure() -> list[str]:
    """The lines of the table."""
    jpegs, rows = jpegs_of_clip(), []

    def note(name: str, memory_mb: float) -> None:
        rows.append(f"| {name} | {memory_mb:.0f} MB |")
        print(rows[-1], flush=True)

    with served() as (server, client):
        time.sleep(10.0)
        note("just started", resident_mb(server))
        note("while somebody films, at most", film(client, jpegs, FILMS_S, lambda: resident_mb(server)))
        time.sleep(IDLE_S)
        note("a minute after that", resident_mb(server))
        session = measured_session(client)
        _use(client, session)
        time.sleep(IDLE_S)
        note("a minute after two recordings were read, corrected, played and compared", resident_mb(server))
        note("while somebody films again, at most", film(client, jpegs, FILMS_S, lambda: resident_mb(server)))
        time.sleep(IDLE_S)
        note("a minute after that ", resident_mb(server))
    return ["| | memory of the server and its processes |", "|---|---|", *rows]


def _use(client: httpx.Client, session: str) -> None:
    """What somebody does who looks at a result."""
    for take in client.get(f"/api/sessions/{session}").raise_for_status().json()["takes"]:
        client.get(f"/takes/{take['id']}").raise_for_status()
        client.get(f"/api/takes/{take['id']}/landmarks").raise_for_status()
        client.get(f"/api/takes/{take['id']}/curves").raise_for_status()
        client.put(f"/api/takes/{take['id']}/corrections", json={"start_s": 0.3}).raise_for_status()
    client.get(f"/sessions/{session}/result").raise_for_status()
    client.get(f"/api/sessions/{session}/result/curves").raise_for_status()


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/speed.md as it is")
    options = parser.parse_args()
    text = "\n".join(measure())
    if not options.no_write:
        write_table("speed.md", text, part="memory")


if __name__ == "__main__":
    main()
