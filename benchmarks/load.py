"""How long people at the screen wait while 50 of them work at once and recordings are read in the background.

    python -m benchmarks.load [--clients 50] [--seconds 60] [--no-write]

``posecheck serve`` gets a session for each client, measured from two sample videos, and more videos to read than it can in
that time. Each client is a person: an action, a look at what came, the next action. Writes the table into docs/speed.md.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import numpy as np

from benchmarks.docs import write_table
from benchmarks.live_server import cpu_time_s, served
from benchmarks.load_sessions import measured_session, send_videos, sessions_like

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

THINKS_S = (2.0, 6.0)
"""Between an answer and the next action: whoever looks at a page does so for that long (chosen by us)."""
WAITING_VIDEOS = 24
"""More than two processor cores read in the time that is measured."""
PIECE_BYTES = 256 * 1024
TIMEOUT_S = 180.0
OVERLOAD = (429, 503)


@dataclass(frozen=True, slots=True)
class Desk:
    """What one client works on: the ids of a session and of its recordings."""

    session: str
    takes: tuple[str, ...]


@dataclass(slots=True)
class Waited:
    """How long the answers to one kind of action took, and which failed."""

    times_s: list[float] = field(default_factory=list)
    overloads: int = 0
    errors: int = 0
    other: int = 0

    def row(self, name: str) -> str:
        """A line of the table."""
        middle, high, most = np.percentile(self.times_s, (50, 95, 100)) if self.times_s else (np.nan,) * 3
        return (
            f"| {name} | {len(self.times_s)} | {middle:.2f} s | {high:.2f} s | {most:.2f} s "
            f"| {self.overloads} | {self.errors} | {self.other} |"
        )


class Client:
    """One person at the screen.

    Parameters
    ----------
    web : httpx.AsyncClient
    desk : Desk
    luck : random.Random
        Seeded, so that every run does the same.
    waited : dict
        Is added to, by kind of action.
    """

    def __init__(self, web: httpx.AsyncClient, desk: Desk, luck: random.Random, waited: dict[str, Waited]) -> None:
        self._web, self._desk, self._luck, self._waited = web, desk, luck, waited
        self._sent = 0

    async def work(self, until_s: float) -> None:
        """Act and think until the time is up; an event stream is open meanwhile, as on every page."""
        watching = asyncio.create_task(self._watch())
        kinds, weights = tuple(ACTIONS), tuple(weight for weight, _ in ACTIONS.values())
        await asyncio.sleep(self._luck.uniform(0.0, THINKS_S[1]))
        while time.monotonic() < until_s:
            kind = self._luck.choices(kinds, weights)[0]
            await self._timed(kind, ACTIONS[kind][1])
            await asyncio.sleep(self._luck.uniform(*THINKS_S))
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    async def _timed(self, kind: str, act: Callable[[Client], Awaitable[None]]) -> None:
        waited, begin_s = self._waited[kind], time.monotonic()
        try:
            await act(self)
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            waited.overloads += status in OVERLOAD
            waited.errors += status >= 500 and status not in OVERLOAD
            waited.other += status < 500 and status not in OVERLOAD
        except httpx.HTTPError:
            waited.other += 1
        waited.times_s.append(time.monotonic() - begin_s)

    async def _watch(self) -> None:
        with suppress(httpx.HTTPError):
            async with self._web.stream("GET", f"/api/sessions/{self._desk.session}/events", timeout=None) as events:
                async for _ in events.aiter_lines():
                    pass

    async def _ask(self, method: str, path: str, **how: object) -> httpx.Response:
        return (await self._web.request(method, path, **how)).raise_for_status()  # type: ignore[arg-type]

    async def see_page(self) -> None:
        """The start page, a step of the session, or a recording's page."""
        take, session = self._luck.choice(self._desk.takes), self._desk.session
        pages = ("/", f"/sessions/{session}/choose", f"/sessions/{session}/pre", f"/takes/{take}")
        await self._ask("GET", self._luck.choice(pages))

    async def see_result(self) -> None:
        """The result page, with what its charts load."""
        await self._ask("GET", f"/sessions/{self._desk.session}/result")
        await self._ask("GET", f"/api/sessions/{self._desk.session}/result/curves")

    async def play(self) -> None:
        """What the player of a recording draws over the video."""
        await self._ask("GET", f"/api/takes/{self._luck.choice(self._desk.takes)}/landmarks")

    async def correct(self) -> None:
        """Another begin of the recording, and the new numbers as the page shows them."""
        take, start_s = self._luck.choice(self._desk.takes), self._luck.uniform(0.0, 0.8)
        await self._ask("PUT", f"/api/takes/{take}/corrections", json={"start_s": start_s})
        await self._ask("GET", f"/takes/{take}/numbers")

    async def leave_out(self) -> None:
        """A recording is left out, and counts again."""
        take = self._luck.choice(self._desk.takes)
        await self._ask("POST", f"/api/takes/{take}/leave-out", json={"reason": "benchmark"})
        await self._ask("POST", f"/api/takes/{take}/use")

    async def send(self) -> None:
        """The first piece of a video."""
        self._sent += 1
        form = {"file_name": f"{self._sent}.mp4", "size_bytes": 10 * PIECE_BYTES, "phase": "pre"}
        upload = (await self._ask("POST", f"/api/sessions/{self._desk.session}/uploads", json=form)).json()["id"]
        await self._ask("PATCH", f"/api/uploads/{upload}", params={"offset": 0}, content=bytes(PIECE_BYTES))

    async def export(self) -> None:
        """A table of the result."""
        await self._ask("GET", f"/api/sessions/{self._desk.session}/files/changes.csv")


ACTIONS: dict[str, tuple[int, Callable[[Client], Awaitable[None]]]] = {
    "page": (45, Client.see_page),
    "result page with its curves": (15, Client.see_result),
    "body points for the player": (10, Client.play),
    "correction, until the new number is there": (12, Client.correct),
    "left out, and taken in again": (6, Client.leave_out),
    "piece of a video sent": (8, Client.send),
    "table of the result downloaded": (4, Client.export),
}
"""What a client does, with how often of a hundred times."""


def _clients_from_here(url: str, desks: list[Desk], seconds: float) -> dict[str, Waited]:
    """Run in a process of its own, so that they do not keep each other waiting more than they must."""
    return asyncio.run(_clients(url, desks, seconds))


async def _clients(url: str, desks: list[Desk], seconds: float) -> dict[str, Waited]:
    waited = {kind: Waited() for kind in ACTIONS}
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, limits=limits, trust_env=False) as web:
        until_s = time.monotonic() + seconds
        clients = [Client(web, desk, random.Random(number), waited) for number, desk in enumerate(desks)]
        await asyncio.gather(*(client.work(until_s) for client in clients))
    return waited


def _readings(client: httpx.Client, session: str) -> int:
    uploads = client.get(f"/api/sessions/{session}").raise_for_status().json()["uploads"]
    return sum(upload["state"] == "read" for upload in uploads)


def measure(clients: int, seconds: float) -> list[str]:
    """The lines of the table."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with served(data) as (_, client):
            measured = measured_session(client)
        desks = [Desk(*ids) for ids in sessions_like(data, measured, clients)]
        with served(data) as (server, client), ProcessPoolExecutor(1, mp_context=get_context("spawn")) as people:
            waiting = send_videos(client, WAITING_VIDEOS)
            time.sleep(5.0)  # the workers have begun
            print(f"{clients} clients work for {seconds:g} s", flush=True)
            before, busy_s, begin_s = _readings(client, waiting), cpu_time_s(server), time.monotonic()
            waited = people.submit(_clients_from_here, str(client.base_url), desks, seconds).result()
            spent_s = time.monotonic() - begin_s
            busy = (cpu_time_s(server) - busy_s) / spent_s
            read = _readings(client, waiting) - before
    rows = [times.row(kind) for kind, times in waited.items()]
    return [
        f"{clients} clients for {seconds:g} s, {THINKS_S[0]:g} to {THINKS_S[1]:g} s between an answer and the next action; "
        f"{read} recordings were read meanwhile, and more waited; the server and its workers kept {busy:.1f} cores busy.",
        "",
        "| what was waited for | times | median | 95 % below | slowest | refused as overload | 5xx | else refused |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
    ]


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/speed.md as it is")
    options = parser.parse_args()
    text = "\n".join(measure(options.clients, options.seconds))
    print(text)
    if not options.no_write:
        write_table("speed.md", text, part="load")


if __name__ == "__main__":
    main()
