"""Videos of which nothing more comes are given up in words, wherever they lie and whoever reads them; others go on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from cluster import dask_cluster
from dataset_tasks import own_id, reads_nothing_more, reads_slowly, sleeps, variable

from posecheck import pipeline
from posecheck.dataset.child import Child, ChildDiedError, ChildHangsError
from posecheck.dataset.dask_workers import DaskWorkers
from posecheck.dataset.ledger import Settings
from posecheck.dataset.run import run
from posecheck.dataset.sources import Source
from posecheck.dataset.workers import Hand, LocalWorkers
from posecheck.movements import builtin_movements
from posecheck.pipeline import read_recording
from posecheck.places import place
from posecheck.signs import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.dataset.workers import Workers
    from posecheck.progress import Progress
    from posecheck.trial.result import TrialOptions

PATIENCE_S = 4.0
WORDS = "nothing more of it could be read for 0.0666667 min, so it was given up"


@pytest.fixture
def child() -> Iterator[Child]:
    found = Child(1)
    yield found
    found.kill()


def test_a_job_that_gets_on_may_take_as_long_as_it_likes(child: Child) -> None:
    assert child.do(sleeps, 4.0, 3.0) == 4.0, "work that reads nothing"
    assert child.do(reads_slowly, 4.0, 3.0) == 4.0


def test_a_job_that_does_not_get_on_is_ended_with_its_process(child: Child) -> None:
    with pytest.raises(ChildHangsError):
        child.do(reads_nothing_more, 600.0, 2.0)
    with pytest.raises(ChildDiedError):
        child.do(own_id, 0, 60.0)


def test_a_video_gets_on_with_each_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, seen = Watch(), list[bool]()

    def read(_path: Path, _options: TrialOptions, _estimator: object, progress: Progress) -> str:
        watch.gets_on()
        seen.append(watch.gets_on())
        for done in (1, 2, 3):  # more than were thought to be there
            progress(done, 2)
            seen.append(watch.gets_on())
        seen.append(watch.gets_on())
        return "recording"

    told: list[int] = []
    monkeypatch.setattr(pipeline, "_read", read)

    read_recording(Path("a.mp4"), estimator=object(), progress=lambda done, total: told.append(done))

    assert seen == [False, True, True, True, False]
    assert told == [1, 2, 2]
    assert watch.gets_on(), "what comes after needs no more of the video"


def test_what_dask_sets_for_its_workers_is_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")
    monkeypatch.setenv("OTHER", "1")
    hand = Hand(1)
    assert hand.do(variable, "MALLOC_TRIM_THRESHOLD_", 60.0) is None
    assert hand.do(variable, "OTHER", 60.0) == "1"
    hand.close()


def test_a_process_without_a_job_ends_by_itself() -> None:
    code = "import posecheck.dataset.child as child; child.IDLE_S = 0.2; child._main()"
    waiting = subprocess.Popen([sys.executable, "-c", code, "1"], stdin=subprocess.PIPE)
    assert waiting.wait(60) == 0
    assert waiting.stdin is not None
    waiting.stdin.close()


def videos(folder: Path, hanging: str) -> list[Source]:
    (folder / "broken.mp4").write_bytes(b"no video")
    return [Source(address=address, movement="toe-touch") for address in (hanging, str(folder / "broken.mp4"))]


def reasons(sources: list[Source], out: Path, workers: Workers) -> dict[str, tuple[str, bool]]:
    try:
        ended = run(sources, place(out), Settings(), workers, builtin_movements(), lambda _: None)
    finally:
        workers.close()
    assert (ended.measured, ended.refused, ended.failed) == (0, 1, 1)
    table = pd.read_parquet(out / "failures.parquet")
    return {
        row["file"].rpartition("/")[2]: (row["reason"], bool(row["final"])) for row in table.to_dict(orient="records")
    }


def test_a_server_that_stops_in_the_middle_is_given_up_and_others_go_on(tmp_path: Path) -> None:
    with half_a_video() as address:
        said = reasons(videos(tmp_path, address), tmp_path / "out", LocalWorkers(1, PATIENCE_S))

    assert said["hangs.mp4"][0].startswith(WORDS)
    assert not said["hangs.mp4"][1], "the next command tries it again"


@contextmanager
def half_a_video() -> Iterator[str]:
    """The address of a video of which a server sends the half alone, and keeps the connection."""
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    kept.append(connection)
                    asked = connection.recv(65536)
                    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nContent-Type: video/mp4\r\nETag: 1\r\n\r\n"
                    connection.sendall(head if asked.startswith(b"HEAD") else head + bytes(500_000))

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hangs.mp4"
        server.shutdown(socket.SHUT_RDWR)
    for connection in kept:
        connection.close()


@pytest.mark.slow
def test_a_worker_of_a_cluster_gives_it_up_too_and_goes_on_itself(tmp_path: Path) -> None:
    with half_a_video() as address, dask_cluster(tmp_path, os.environ, workers=1) as running:
        before = running.process_of("worker0").pid

        said = reasons(videos(tmp_path, address), tmp_path / "out", DaskWorkers(running.address, PATIENCE_S))

        assert said["hangs.mp4"][0].startswith(WORDS)
        assert running.process_of("worker0").pid == before
