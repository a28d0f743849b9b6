"""Is the owner's page answered while one device does its worst? Half-open connections, slow heads, silent WebSockets.

``python -m benchmarks.flood`` starts ``posecheck serve --lan`` on addresses of this machine's loop and writes the table into
docs/security.md; Linux only, as other systems have a single loopback address.
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import psutil

from benchmarks.docs import write_table
from benchmarks.live_server import new_session
from posecheck.web.server.open_files import raise_file_limit

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

DOOR, ATTACKER, PHONE = "127.0.0.2", "127.0.0.3", "127.0.0.4"
CONNECTIONS = 2000
START_S, LASTS_S = 3.0, 15.0
ASK_EVERY_S = 0.25
GOAL_S = 2.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where an attack goes: an address, its certificate or none; the cookie of an invited phone, and what it may film."""

    host: str
    port: int
    certificate: Path | None
    cookie: str
    session: str
    comes_from: str
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What one attack did to others."""

    name: str
    owner_s: list[float]
    phone_s: list[float]
    memory_mb: float


@contextmanager
def served() -> Iterator[tuple[psutil.Process, str, Path]]:
    """A server with a door for phones; its own address, and its data folder."""
    with tempfile.TemporaryDirectory() as data:
        words = ("--no-open", "--port", "0", "--lan", "--lan-port", "0", "--host", DOOR, "--data", data)
        process = subprocess.Popen(
            (sys.executable, "-m", "posecheck", "serve", *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        try:
            assert process.stdout is not None
            found = re.search(r"posecheck serves (\S+)", process.stdout.readline())
            assert found
            yield psutil.Process(process.pid), found[1].rstrip("/"), Path(data)
        finally:
            process.terminate()
            process.communicate(timeout=60)


async def half_open(target: Target) -> None:
    """A connection that never says anything."""
    _, writer = await _open(target, tls=False)
    await _hold(writer)


async def slow_head(target: Target) -> None:
    """A request whose head comes byte by byte."""
    _, writer = await _open(target)
    writer.write(b"GET / HTTP/1.1\r\nX-Slow: ")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(1.0)


async def endless_head(target: Target) -> None:
    """A head that never ends, as fast as it is taken."""
    _, writer = await _open(target)
    writer.write(b"GET / HTTP/1.1\r\n")
    while True:
        writer.write(b"X-Endless: " + b"a" * 8000 + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def silent_websocket(target: Target) -> None:
    """A WebSocket of a phone that was invited, which never sends a picture."""
    reader, writer = await _open(target)
    writer.write(
        f"GET /api/sessions/{target.session}/live?movement=toe-touch&take_over=1 HTTP/1.1\r\nHost: {target.host}\r\n"
        f"Cookie: {target.cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    while await reader.read(65536):
        pass
    writer.close()


async def nothing(_target: Target) -> None:
    """No attack: what the machine takes by itself."""
    await asyncio.sleep(LASTS_S)


ATTACKS: dict[str, Callable[[Target], Coroutine[None, None, None]]] = {
    "nothing, for comparison": nothing,
    "half-open connections": half_open,
    "slow heads": slow_head,
    "endless heads": endless_head,
    "silent WebSockets": silent_websocket,
}


async def _open(target: Target, *, tls: bool = True) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(
        target.host,
        target.port,
        ssl=target.tls if tls else None,
        server_hostname=target.host if tls and target.tls else None,
        local_addr=(target.comes_from, 0),
    )


async def _hold(writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        await asyncio.sleep(1.0)
        writer.transport.get_extra_info("socket").getpeername()  # raises once it is reset


async def _again_and_again(attack: Callable[[Target], Coroutine[None, None, None]], target: Target) -> None:
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            await attack(target)
        await asyncio.sleep(1.0)


async def _flood(attack: Callable[[Target], Coroutine[None, None, None]], target: Target) -> None:
    """So many at once, each begun anew a second after it was closed, until the process is ended."""
    tls = _trusting(target.certificate)
    await asyncio.gather(*(_again_and_again(attack, replace(target, tls=tls)) for _ in range(CONNECTIONS)))


def _asked(url: str, until_s: float, certificate: Path | None, comes_from: str) -> list[float]:
    """How long each answer took, on a new connection each time; what failed counts as never."""
    times = []
    trusting = _trusting(certificate) or False
    while time.monotonic() < until_s:
        begin_s = time.monotonic()
        transport = httpx.HTTPTransport(verify=trusting, local_address=comes_from)
        try:
            with httpx.Client(transport=transport, timeout=30.0) as browser:
                browser.get(url).raise_for_status()
            times.append(time.monotonic() - begin_s)
        except httpx.HTTPError:
            times.append(float("inf"))
        time.sleep(ASK_EVERY_S)
    return times


def _trusting(certificate: Path | None) -> ssl.SSLContext | None:
    return ssl.create_default_context(cafile=str(certificate)) if certificate else None


def _measure(name: str, target: Target, own: str, certificate: Path, process: psutil.Process) -> Row:
    """Flood from a process of its own, so that asking is not slowed down by it."""
    flood = get_context("spawn").Process(target=_flood_from_here, args=(name, target))
    door = f"https://{DOOR}:{target.port}/join" if target.certificate else ""
    flood.start()
    try:
        time.sleep(START_S)
        until_s = time.monotonic() + LASTS_S
        with ThreadPoolExecutor(2) as people:
            owner = people.submit(_asked, f"{own}/", until_s, None, "127.0.0.1")
            phone = people.submit(_asked, door, until_s, certificate, PHONE) if door else None
            return Row(name, owner.result(), phone.result() if phone else [], process.memory_info().rss / 1e6)
    finally:
        flood.terminate()
        flood.join()


def _flood_from_here(name: str, target: Target) -> None:
    raise_file_limit()
    asyncio.run(_flood(ATTACKS[name], target))


def _target(own: str, certificate: Path) -> Target:
    with httpx.Client(base_url=own, trust_env=False, timeout=60) as owner:
        session = new_session(owner)
        address, code = owner.post(f"/api/sessions/{session}/invitations", json={}).json()["address"].split("/join#")
    with httpx.Client(base_url=address, verify=_trusting(certificate) or False, trust_env=False) as phone:
        answer = phone.post("/api/join", json={"code": code}).raise_for_status()
        cookie = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
    place = urlsplit(address)
    return Target(place.hostname or "", place.port or 0, certificate, cookie, session, ATTACKER)


def main() -> None:
    """Run every attack and write the table."""
    raise_file_limit()
    lines = [
        f"| {CONNECTIONS} at once from one address | owner's page, slowest | another phone, slowest | server's memory |",
        "|---|---|---|---|",
    ]
    with served() as (process, own, data):
        certificate = data / "certificate" / "certificate.pem"
        door = _target(own, certificate)
        here = urlsplit(own)
        local = replace(door, host=here.hostname or "", port=here.port or 0, certificate=None, comes_from="127.0.0.1")
        attacks = [(name, name, door) for name in ATTACKS]
        attacks += [
            (f"{name}, by a program on this computer", name, local) for name in ("half-open connections", "slow heads")
        ]
        for title, name, target in attacks:
            row = _measure(name, target, own, certificate, process)
            lines.append(f"| {title} | {_slowest(row.owner_s)} | {_slowest(row.phone_s)} | {row.memory_mb:.0f} MB |")
            print(lines[-1], flush=True)
    write_table("security.md", "\n".join(lines), part="flood")


def _slowest(times_s: list[float]) -> str:
    if not times_s:
        return ""
    failed = sum(time_s == float("inf") for time_s in times_s)
    worst = max((time_s for time_s in times_s if time_s < float("inf")), default=float("nan"))
    return f"{worst:.2f} s" + (f", {failed} of {len(times_s)} not answered" if failed else f" of {len(times_s)}")


if __name__ == "__main__":
    main()
