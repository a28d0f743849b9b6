"""A private PostgreSQL server: no network, its files in a folder of its own, gone at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OWNER = "postgres"
"""The server refuses to run as root; Debian's package makes this user."""
INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian's packages lie, a folder for each version."""
PROGRAMS = ("initdb", "pg_ctl", "postgres")
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=150"


@dataclass(frozen=True)
class Server:
    """A running server: its socket lies in ``folder``."""

    folder: Path
    numbers: Iterator[int]
    start: Callable[[], None]
    stop: Callable[[], None]

    def new_database(self) -> str:
        """Address of a new, empty database."""
        import psycopg

        name = f"posecheck_{next(self.numbers)}"
        with psycopg.connect(f"host={self.folder} user={OWNER} dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        return f"postgresql://{OWNER}@/{name}?host={self.folder}"

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stopped, as by a power cut, and started again at the end; for a server that no other test uses."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def drop_connections(self) -> None:
        """End every connection to it, as its restart does."""
        import psycopg

        with psycopg.connect(f"host={self.folder} user={OWNER} dbname=postgres", autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )


def find_programs() -> Path | None:
    """Folder with ``initdb``, ``pg_ctl`` and ``postgres`` of the newest PostgreSQL; None where there is none."""
    for folder in sorted(INSTALLED.glob("*/bin"), key=_major_version, reverse=True):
        if all((folder / program).is_file() for program in PROGRAMS):
            return folder
    if (found := shutil.which("initdb")) and shutil.which("pg_ctl"):
        return Path(found).parent
    return None


def _major_version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdecimal() else 0


@contextmanager
def server_of(programs: Path) -> Iterator[Server]:
    """Start a server of these programs, and stop it at the end."""
    root = Path(tempfile.mkdtemp(prefix="posecheck-pg-"))  # short: the path of a socket has at most 107 letters
    as_owner: dict[str, Any] = {"user": OWNER, "group": OWNER, "extra_groups": ()} if os.geteuid() == 0 else {}
    if as_owner:
        shutil.chown(root, OWNER, OWNER)
    data = root / "data"

    def call(program: str, *words: str) -> None:
        subprocess.run(
            (str(programs / program), *words),
            check=True,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            cwd=root,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            timeout=120,
            **as_owner,
        )

    try:
        call("initdb", "-D", str(data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions")
        options = f"-k {root} -c listen_addresses='' {FAST}"

        def start() -> None:
            call("pg_ctl", "-D", str(data), "-w", "-t", "110", "-l", str(root / "log"), "-o", options, "start")

        def stop() -> None:
            call("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")

        start()
        try:
            yield Server(root, count(), start, stop)
        finally:
            stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)
