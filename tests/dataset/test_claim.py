"""Two commands do not measure the same videos: the second is refused in words, and goes on where one was killed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
import s3fs
from cluster import s3_server

from posecheck.dataset import claim
from posecheck.dataset.claim import MARK_FILE, claimed
from posecheck.errors import StorageError
from posecheck.places import Place, place, put_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ELSEWHERE = {"host": "another", "process": 5, "command": "theirs", "beat": 3}


@pytest.fixture(params=["folder", "s3"])
def result(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where a data set would be: a folder, and a bucket."""
    if request.param == "folder":
        yield place(tmp_path)
        return
    with s3_server(tmp_path) as variables:
        fs = s3fs.S3FileSystem(
            key="test", secret="test", endpoint_url=variables["AWS_ENDPOINT_URL"], skip_instance_cache=True
        )
        fs.mkdir("results")
        yield Place(fs, "results/run", "s3://results/run")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim, "BEAT_S", 0.2)
    monkeypatch.setattr(claim, "WATCHED_S", 2.0)


def test_a_mark_is_there_while_a_command_works_and_gone_when_it_has_ended(result: Place) -> None:
    with claimed(result):
        assert beat(result) >= 0
    assert not result.fs.exists(result.inside(MARK_FILE).path)
    with pytest.raises(ZeroDivisionError), claimed(result):
        raise ZeroDivisionError
    assert not result.fs.exists(result.inside(MARK_FILE).path)


def beat(result: Place) -> int:
    return int(json.loads(result.fs.cat_file(result.inside(MARK_FILE).path))["beat"])


def test_a_second_command_is_refused_while_another_works_elsewhere(result: Place) -> None:
    stop = threading.Event()

    def work() -> None:
        number = 0
        while not stop.wait(0.1):
            number += 1
            put_json(result.inside(MARK_FILE), {**ELSEWHERE, "beat": number})

    put_json(result.inside(MARK_FILE), ELSEWHERE)
    other = threading.Thread(target=work)
    other.start()
    words = r"Another posecheck batch is writing into .*, on another\. Wait until it has ended"
    try:
        with pytest.raises(StorageError, match=words), claimed(result):
            pass
    finally:
        stop.set()
        other.join()
    assert result.fs.exists(result.inside(MARK_FILE).path), "it is theirs"


@pytest.mark.parametrize("left", [json.dumps(ELSEWHERE).encode(), b"", b"{", b"[]"])
def test_what_a_killed_command_left_does_not_block_the_next(result: Place, left: bytes) -> None:
    result.fs.pipe_file(result.inside(MARK_FILE).path, left)
    with claimed(result):
        time.sleep(1)
        assert beat(result) > 0


def test_one_that_was_taken_over_leaves_the_mark_of_the_other_alone(result: Place) -> None:
    with claimed(result):
        put_json(result.inside(MARK_FILE), ELSEWHERE)
        time.sleep(1)
        assert beat(result) == 3
    assert beat(result) == 3


@pytest.mark.skipif(os.name != "posix", reason="tells by signals whether a process lives")
def test_a_command_that_was_killed_on_this_machine_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim, "WATCHED_S", 600.0)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    mark = {**ELSEWHERE, "host": socket.gethostname(), "process": dead.pid}
    put_json(place(tmp_path).inside(MARK_FILE), mark)

    with claimed(place(tmp_path)):
        assert beat(place(tmp_path)) == 0
