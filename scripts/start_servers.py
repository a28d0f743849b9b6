"""Starts posecheck as for a clinic, all on this machine: two servers, PostgreSQL, an S3 server, a Dask cluster.

The same as ``compose.yaml`` at the top of the checkout, from installed packages, to try it and to test it. All of it lies in
a folder that is deleted at the end, when Ctrl-C is pressed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.postgresql import find_programs, server_of
from scripts.programs import DaskPrograms, ProgramError, Programs, free_port, s3_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BUCKET = "posecheck"
PACKAGES = {
    "distributed": 'pip install "posecheck[cluster]"',
    "s3fs": 'pip install "posecheck[s3]"',
    "psycopg": 'pip install "posecheck[postgresql]"',
    "moto": 'pip install "moto[s3,server]"',
}
"""What is needed besides posecheck itself, and how it is installed."""
LOOK_EVERY_S = 1.0


@dataclass
class Clinic:
    """What runs.

    Attributes
    ----------
    servers : Programs
        ``server1``, ``server2`` ...
    addresses : dict of str to str
        Of each server.
    cluster : DaskPrograms
    environment : mapping of str to str
        In which one more server finds database and store.
    """

    servers: Programs
    addresses: dict[str, str]
    cluster: DaskPrograms
    environment: Mapping[str, str]

    def start_server(self, name: str) -> None:
        """Start a server, and wait until it answers.

        Raises
        ------
        ProgramError
        """
        port = free_port()
        words = ("--no-open", "--port", str(port), "--data", str(self.servers.folder / name))
        self.servers.start(name, "posecheck", "serve", *words, "--cluster", self.cluster.address)
        self.addresses[name] = f"http://127.0.0.1:{port}"
        self.servers.wait_until(name, lambda: _answers(self.addresses[name]))


@contextmanager
def clinic(folder: Path, *, servers: int = 2, workers: int = 2, threads: int = 1) -> Iterator[Clinic]:
    """All of it, ready for work; stopped with the block.

    Raises
    ------
    ProgramError
        Something is missing, or does not start.
    """
    programs = _checked()
    with s3_server(folder) as account, server_of(programs) as postgresql:
        _make_bucket(account)
        environment = {
            **os.environ,
            **account,
            "POSECHECK_DATABASE_URL": postgresql.new_database(),
            "POSECHECK_STORE": f"s3://{BUCKET}/files",
        }
        cluster = DaskPrograms(folder, environment, threads=threads)
        running = Clinic(Programs(folder, environment), {}, cluster, environment)
        try:
            cluster.start_all(workers)
            for number in range(servers):
                running.start_server(f"server{number + 1}")
            yield running
        finally:
            running.servers.stop_all()
            cluster.stop_all()


def missing() -> list[str]:
    """What is not installed, in words."""
    lacking = [f"{name} ({how})" for name, how in PACKAGES.items() if importlib.util.find_spec(name) is None]
    if find_programs() is None:
        lacking.append("PostgreSQL (Debian: apt-get install postgresql)")
    return lacking


def main() -> None:
    """Start it, say where it is, and stop it at Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m scripts.start_servers", description=__doc__)
    parser.add_argument("--servers", type=int, default=2, help="web servers (default: 2)")
    parser.add_argument("--workers", type=int, default=2, help="Dask workers (default: 2)")
    parser.add_argument("--threads", type=int, default=1, help="threads of each worker (default: 1)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="posecheck-", ignore_cleanup_errors=True) as folder, _in_words():
        _say("Starting an S3 server, PostgreSQL, a Dask scheduler, its workers and the web servers ...")
        with clinic(Path(folder), servers=asked.servers, workers=asked.workers, threads=asked.threads) as running:
            for name, address in running.addresses.items():
                _say(f"{name}: {address}/")
            _say(f"scheduler: {running.cluster.address}")
            _say(f"what they say: {folder}/*.log")
            _say("All use the same people, sessions and videos. Press Ctrl-C to stop, which deletes all of it.")
            with suppress(KeyboardInterrupt):
                _watch(running)
            _say("Stopping ...")


def _watch(running: Clinic) -> None:
    told: set[str] = set()
    while True:
        ended = {*running.servers.ended(), *running.cluster.ended()}
        for name in sorted(ended - told):
            _say(f"{name} has ended; the others go on. {running.servers.folder}/{name}.log says why.")
        told |= ended
        time.sleep(LOOK_EVERY_S)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except ProgramError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped before all was there.")


def _checked() -> Path:
    """Where PostgreSQL's programs lie, if nothing is missing."""
    if lacking := missing():
        raise ProgramError(f"Not installed: {'; '.join(lacking)}.")
    programs = find_programs()
    assert programs is not None
    return programs


def _make_bucket(account: Mapping[str, str]) -> None:
    import s3fs

    s3fs.S3FileSystem(
        key=account["AWS_ACCESS_KEY_ID"],
        secret=account["AWS_SECRET_ACCESS_KEY"],
        endpoint_url=account["AWS_ENDPOINT_URL"],
        skip_instance_cache=True,
    ).mkdir(BUCKET)


def _answers(address: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with suppress(OSError), direct.open(f"{address}/api/health", timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201  # for the terminal


if __name__ == "__main__":
    main()
