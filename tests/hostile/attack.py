"""Sends hostile inputs to a real server and counts what came of them; goes on where it was stopped.

``make attack`` sends 10,000 and writes the table into docs/security.md; ``make test`` sends a few.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).parent))
from inputs import KINDS, Input, Target, input_number

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 12
ANSWER_S = 120.0
"""An import of a busy machine takes so long at most; what takes longer is a fault."""
SAID_OVERLOAD = (429, 503, 507)
KEEP_EVERY = 25
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ENDLESS = re.compile(r"/events$")
OWN_CACHES = ("XDG_CACHE_HOME", ".cache", ".config", ".matplotlib", ".nv", "__pycache__", "fontconfig")


@dataclass
class State:
    """How far it has come, and what was found.

    Attributes
    ----------
    following : int
        Number of the next input.
    answers : dict
        Kind of input to the answers that it got (``2xx``, ``refused``, ``overload``, ``closed``) to how many.
    faults : list of str
        Every answer that is a mistake of the server's, with the number that makes it again.
    peak_mb : float
        Most memory of the server process.
    tracebacks : int
        In what the server and its workers printed.
    elsewhere : list of str
        Files outside of the data folder, and connections to other hosts.
    """

    following: int = 0
    answers: dict[str, dict[str, int]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    faults: list[str] = field(default_factory=list)
    peak_mb: float = 0.0
    tracebacks: int = 0
    elsewhere: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not (self.faults or self.tracebacks or self.elsewhere)


def run_attack(folder: Path, count: int, *, seed: int = SEED) -> State:
    """Send the inputs up to that number that were not sent yet.

    Parameters
    ----------
    folder : Path
        Of the server's data, its homes and the state; made if need be.
    count : int
    seed : int, optional
    """
    kept = folder / "state.json"
    state = State(**json.loads(kept.read_text())) if kept.exists() else State()
    printed = folder / "printed.txt"
    with (
        _served(folder, printed) as (process, url),
        httpx.Client(base_url=url, trust_env=False, timeout=ANSWER_S) as client,
    ):
        target = _target(client)
        while state.following < count:
            number = state.following
            if client.get(f"/api/sessions/{target.ids['session_id']}").status_code == 404:
                target = _target(client)
            made = input_number(number, target, seed=seed)
            word = _answer(client, url, made)
            state.answers[made.kind][word] = state.answers[made.kind].get(word, 0) + 1
            if word.startswith("fault"):
                state.faults.append(f"{number} ({made.kind}, {made.method} {made.path:.80}): {word}")
            state.following = number + 1
            if state.following % KEEP_EVERY == 0 or state.following == count:
                _look_around(state, process, folder, printed)
                kept.write_text(json.dumps(asdict(state)))
        _wait_for_jobs(client, target)
        _look_around(state, process, folder, printed)
        if process.poll() is not None:
            state.faults.append(f"the server ended with {process.returncode}")
    kept.write_text(json.dumps(asdict(state)))
    return state


@contextmanager
def _served(folder: Path, printed: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    homes = {name: folder / "home" / name for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    for home in homes.values():
        home.mkdir(parents=True, exist_ok=True)
    words = ("serve", "--no-open", "--port", "0", "--workers", "1", "--data", str(folder / "data"))
    with printed.open("a", encoding="utf-8") as errors:
        process = subprocess.Popen(
            (sys.executable, "-m", "posecheck", *words),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=folder / "home",
            env={**os.environ, **{name: str(home) for name, home in homes.items()}, "PYTHONUNBUFFERED": "1"},
        )
        try:
            assert process.stdout is not None
            found = re.search(r"posecheck serves (\S+)", process.stdout.readline())
            assert found, printed.read_text(encoding="utf-8")[-2000:]
            yield process, found[1].rstrip("/")
        finally:
            process.terminate()
            process.communicate(timeout=120)


def _target(client: httpx.Client) -> Target:
    """A person with a session, a video and a stretch, to be attacked by their ids."""
    described = client.get("/openapi.json").json()["paths"]
    routes = [
        (method, path)
        for path, named in described.items()
        for method in METHODS
        if method.lower() in named and "import" not in path
    ]
    pages = [
        ("GET", path) for path in ("/", "/settings", "/help", "/people/{person_id}", "/sessions/{session_id}/result")
    ]
    person = client.post("/api/people", json={"name": "Anna"}).raise_for_status().json()["id"]
    form = {"tests": [{"movement": "toe-touch", "side": None}], "date": "2026-11-22"}
    session = client.post(f"/api/people/{person}/sessions", json=form).raise_for_status().json()["id"]
    filming = {"movement": "toe-touch", "phase": "pre"}
    upload = client.post(f"/api/sessions/{session}/filmings", json=filming).raise_for_status().json()["id"]
    client.post(f"/api/sessions/{session}/safety", json={"confirmed": True}).raise_for_status()
    client.post(f"/api/sessions/{session}/stretches", json={"stretch": "side-lunge", "seconds": 30}).raise_for_status()
    archive = client.get("/api/export").raise_for_status().content
    ids = {
        "person_id": person,
        "session_id": session,
        "upload_id": upload,
        "movement": "toe-touch",
        "name": "toe-touch",
    }
    return Target(sorted([*routes, *pages]), ids, archive)


def _answer(client: httpx.Client, url: str, made: Input) -> str:
    """What came of an input, in a word."""
    try:
        if not made.path:
            return _raw(url, made.body or b"")
        if made.method == "UPLOAD":
            return _uploaded(client, made)
        path, _, query = made.path.partition("?")
        request = client.build_request(made.method, path or "/", params=query, headers=made.headers, content=made.body)
        answer = client.send(request, stream=True)
        try:
            if not ENDLESS.search(path):
                answer.read()
            return _judged(answer)
        finally:
            answer.close()
    except (ValueError, TypeError, httpx.InvalidURL, httpx.LocalProtocolError, UnicodeError):
        return "not sent"  # the client refuses to write it
    except httpx.TimeoutException:
        return "fault: no answer"
    except httpx.HTTPError:
        return "closed"


def _judged(answer: httpx.Response) -> str:
    if answer.status_code < 400:
        return "2xx, 3xx"
    if answer.status_code in SAID_OVERLOAD:
        return "overload, in words"
    if answer.status_code >= 500:
        return f"fault: {answer.status_code}"
    return "refused, in words"


def _raw(url: str, data: bytes) -> str:
    place = urlsplit(url)
    with (
        suppress(OSError),
        socket.create_connection((place.hostname or "", place.port or 0), timeout=0.5) as connection,
    ):
        connection.sendall(data)
        head = connection.recv(4096)
        if head.startswith(b"HTTP/1.1 5"):
            return f"fault: {head[:40]!r}"
        return "refused, in words" if head.startswith(b"HTTP/1.1 4") else "2xx, 3xx" if head else "closed"
    return "closed"


def _uploaded(client: httpx.Client, made: Input) -> str:
    body = made.body or b"x"
    form = {"file_name": f"{len(body)}.mp4", "size_bytes": len(body), "phase": "pre"}
    begun = client.post(made.path, json=form)
    if begun.status_code not in (200, 201):
        return _judged(begun)
    return _judged(client.patch(f"/api/uploads/{begun.json()['id']}?offset=0", content=body))


def _wait_for_jobs(client: httpx.Client, target: Target) -> None:
    until_s = time.monotonic() + ANSWER_S
    while time.monotonic() < until_s:
        jobs = client.get(f"/api/sessions/{target.ids['session_id']}/jobs")
        if jobs.status_code != 200 or not any(job["state"] in ("queued", "running") for job in jobs.json()):
            return
        time.sleep(0.5)


def _look_around(state: State, process: subprocess.Popen[str], folder: Path, printed: Path) -> None:
    """Memory, tracebacks, files outside of the data folder, connections to other hosts."""
    with suppress(psutil.Error):
        server = psutil.Process(process.pid)
        state.peak_mb = max(state.peak_mb, _peak_mb(server))
        for one in (server, *server.children(recursive=True)):
            found = [item.raddr.ip for item in one.net_connections() if item.raddr]
            state.elsewhere += [f"connection to {ip}" for ip in found if not ip.startswith("127.") and ip != "::1"]
    state.tracebacks = printed.read_text(encoding="utf-8", errors="replace").count("Traceback (most recent call last)")
    known = set(state.elsewhere)
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        if (
            path.is_file()
            and inside[0] not in ("data", "state.json", "printed.txt")
            and not set(inside) & set(OWN_CACHES)
        ):
            known.add(f"file {path.relative_to(folder)}")
    state.elsewhere = sorted(known)


def _peak_mb(server: psutil.Process) -> float:
    """Most memory so far, where the system keeps it (Linux); else what it has now."""
    status = Path(f"/proc/{server.pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1e3 if found else server.memory_info().rss / 1e6


def table_of(state: State) -> str:
    """Markdown."""
    words: Counter[str] = Counter()
    for counted in state.answers.values():
        words.update(counted)
    columns = sorted(words)
    lines = [f"| input | sent | {' | '.join(columns)} |", "|---" * (len(columns) + 2) + "|"]
    for kind, counted in state.answers.items():
        row = " | ".join(str(counted.get(word, 0)) for word in columns)
        lines.append(f"| {kind} | {sum(counted.values())} | {row} |")
    lines += [
        "",
        f"{state.tracebacks} tracebacks, {len(state.faults)} answers that are a mistake of the server's, "
        f"{len(state.elsewhere)} files outside of the data folder or connections to another host; the server took "
        f"{state.peak_mb:.0f} MB of memory at most.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Send all of them and write the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=10_000)
    asked.add_argument("--folder", type=Path, default=Path("build/attack"))
    words: Any = asked.parse_args()
    state = run_attack(words.folder.absolute(), words.count)
    print(table_of(state), *state.faults, *state.elsewhere, sep="\n")
    from benchmarks.docs import write_table

    write_table("security.md", table_of(state), part="attack")
    sys.exit(not state.is_clean)


if __name__ == "__main__":
    main()
