"""A data set measured by a real Dask cluster over a real S3 server: killed in the middle, and the same as one made here."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import dask.config
import distributed
import duckdb
import pandas as pd
import pytest
import s3fs
from cluster import dask_cluster, s3_server

from posecheck.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cluster import Cluster

VIDEO = "toe_touch_pre.mp4"
PEOPLE = 9
BLOCKS = {"pre": VIDEO, "retest": "toe_touch_retest.mp4"}
TAKES = 2
"""Of each block of each person: 36 videos in all, each another part of one of two."""
PART_S = 7.0
"""Short, and read at 15 pictures a second, so that the real model is quick with them."""
VIDEOS = PEOPLE * len(BLOCKS) * TAKES

READ_SO = ("--stride", "2", "--json")

NOISE = 1e-3
"""Degrees: sums come out a little differently with another number of threads."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment in which S3 is found, with a video, something that is none, and a table of both."""
    with s3_server(tmp_path_factory.mktemp("s3")) as variables:
        environment = {**os.environ, **variables}
        fs = s3fs.S3FileSystem(
            key="test", secret="test", endpoint_url=variables["AWS_ENDPOINT_URL"], skip_instance_cache=True
        )
        for bucket in ("clips", "results"):
            fs.mkdir(bucket)
        for video in BLOCKS.values():
            fs.put_file(str(load_settings().samples_dir / video), f"clips/{video}")
        for name, video, *_ in rows():
            fs.copy(f"clips/{video}", f"clips/{name}")
        fs.pipe_file("clips/broken.mp4", b"no video")
        fs.pipe_file("clips/table.csv", table().encode())
        yield environment


@pytest.fixture(scope="module")
def cluster(store: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with dask_cluster(tmp_path_factory.mktemp("cluster"), store) as running:
        yield running


def rows() -> list[tuple[str, str, str, str, float]]:
    """Of each video: its name, what it is a copy of, whose it is, its block, and where the used part begins."""
    return [
        (f"{person}_{phase}_{take}.mp4", video, f"person {person}", phase, round(0.1 * person + 0.5 * take, 1))
        for person in range(PEOPLE)
        for phase, video in BLOCKS.items()
        for take in range(TAKES)
    ]


def table() -> str:
    lines = ["path,person,session,movement,phase,start,end"]
    for name, _, person, phase, start_s in rows():
        lines.append(f"{name},{person},first,toe-touch,{phase},{start_s},{start_s + PART_S}")
    return "\n".join([*lines, "broken.mp4,person 0,first,toe-touch,pre,,"]) + "\n"


def batch(environment: Mapping[str, str], *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "posecheck", "batch", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=dict(environment),
        start_new_session=True,
    )


def frame(environment: Mapping[str, str], address: str) -> pd.DataFrame:
    return pd.read_parquet(
        address,
        storage_options={
            "key": "test",
            "secret": "test",
            "endpoint_url": environment["AWS_ENDPOINT_URL"],
            "skip_instance_cache": True,
        }
        if address.startswith("s3://")
        else None,
    )


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killed_workers_and_clients_lose_nothing_and_the_data_set_is_the_one_made_here(
    store: dict[str, str], cluster: Cluster, tmp_path: Path
) -> None:
    words = ("--manifest", "s3://clips/table.csv", "-o", "s3://results/visit", "--cluster", cluster.address, *READ_SO)
    first = batch(store, *words)
    assert first.stdout is not None
    lines = [json.loads(first.stdout.readline())]
    while lines[-1]["done"] < 8:
        lines.append(json.loads(first.stdout.readline()))
    cluster.kill_process_of("worker0")  # with whatever it was measuring
    while lines[-1]["done"] < 16:
        lines.append(json.loads(first.stdout.readline()))
    first.kill()  # the client, with the rest still to be done
    first.wait()
    first.stdout.close()

    said, _ = batch(store, *words).communicate(timeout=600)
    again = [json.loads(line) for line in said.splitlines()]
    assert VIDEOS > again[0]["done"] >= 16, "what was finished is not done again"
    assert again[-1]["done"] == again[-1]["total"] == VIDEOS + 1
    assert again[-1]["failures"] == 1

    local = make_here(store, tmp_path / "local")
    for name in ("trials", "outcomes", "repetitions", "changes", "failures"):
        pd.testing.assert_frame_equal(*both(store, "s3://results/visit", local, f"{name}.parquet", ["key"]), atol=NOISE)
    there, here = both(store, "s3://results/visit", local, "angles", ["key", "time_s"])
    pd.testing.assert_frame_equal(there, here, rtol=0, atol=NOISE)

    changes = frame(store, f"{local}/changes.parquet")
    assert set(changes["person"]) == {f"person {number}" for number in range(PEOPLE)}
    assert changes["mdc95_deg"].notna().any()
    files = f"read_parquet('{local}/angles/**/*.parquet', hive_partitioning = true)"
    counted = duckdb.sql(f"select movement, count(distinct key) from {files} group by 1").fetchall()
    assert counted == [("toe-touch", VIDEOS)]


def make_here(environment: Mapping[str, str], folder: Path) -> Path:
    """The same data set by processes of this machine, stopped once with Ctrl-C and gone on with."""
    words = ("--manifest", "s3://clips/table.csv", "-o", str(folder), *READ_SO)
    first = batch(environment, *words)
    assert first.stdout is not None
    line = json.loads(first.stdout.readline())
    while line["done"] < 1:
        line = json.loads(first.stdout.readline())
    os.kill(first.pid, signal.SIGINT)
    said, _ = first.communicate(timeout=60)
    assert first.returncode == 130, said
    assert "Traceback" not in said

    said, _ = batch(environment, *words).communicate(timeout=600)
    again = [json.loads(line) for line in said.splitlines()]
    assert again[0]["done"] >= 1
    assert again[-1]["done"] == VIDEOS + 1
    return folder


def both(
    environment: Mapping[str, str], there: str, here: Path, name: str, order: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table of two data sets in the same order, without what differs each time."""
    found = [frame(environment, f"{folder}/{name}") for folder in (there, here)]
    columns = [column for column in order if column in found[0]]
    first, second = (
        table.drop(columns="seconds", errors="ignore").sort_values(columns, ignore_index=True, kind="stable")
        if columns
        else table
        for table in found
    )
    return first, second


def test_a_scheduler_that_does_not_answer_is_said_in_words(store: dict[str, str]) -> None:
    running = batch(store, "s3://clips", "-o", "s3://results/none", "--cluster", "tcp://127.0.0.1:9")
    said, _ = running.communicate(timeout=120)

    assert running.returncode == 9
    assert "tcp://127.0.0.1:9: no scheduler answers there." in said
    assert "Traceback" not in said


@pytest.mark.model
@pytest.mark.slow
def test_a_scheduler_that_goes_in_the_middle_is_said_in_words_alone(tmp_path: Path) -> None:
    video = str(load_settings().samples_dir / VIDEO)
    with dask_cluster(tmp_path, os.environ, workers=1) as running:
        command = batch(os.environ, video, "-o", str(tmp_path / "out"), "--cluster", running.address)
        assert command.stdout is not None
        command.stdout.readline()
        time.sleep(2)
        running.stop("scheduler")
        said, _ = command.communicate(timeout=120)

    assert command.returncode == 9
    assert said.startswith("posecheck: The scheduler at ")
    assert len(said.splitlines()) == 1


def test_a_bucket_that_is_not_there_is_said_in_words(store: dict[str, str]) -> None:
    running = batch(store, "s3://nobody", "-o", "s3://results/none")
    said, _ = running.communicate(timeout=120)

    assert running.returncode == 5
    assert "s3://nobody: there is nothing at this address." in said
    assert "Traceback" not in said


def test_the_settings_that_workers_are_told_to_be_started_with_are_known_to_dask() -> None:
    page = (Path(__file__).parents[2] / "docs" / "batch.md").read_text(encoding="utf-8")
    named = re.findall(r"DASK_([A-Z_]+)=(\S+)", page)
    assert len(named) == 2
    for name, value in named:
        assert distributed.__version__  # whose import makes them known
        known = dask.config.get(name.lower().replace("__", ".").replace("_", "-"))
        assert type(known) is type(dask.config.interpret_value(value))
