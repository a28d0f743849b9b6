"""The same command given again: what has changed since is measured anew, and the data set holds what was named, no more."""

from __future__ import annotations

import json
import os
import tracemalloc
from concurrent.futures import Future
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, TypeVar

import pandas as pd
import pytest
from made_trial import made_result

import posecheck
from posecheck.dataset import gather
from posecheck.dataset import measure as measuring
from posecheck.dataset import run as run_module
from posecheck.dataset.gather import Result, write_tables
from posecheck.dataset.ledger import Settings, noted, read_ledger
from posecheck.dataset.measure import Job, measure
from posecheck.dataset.run import Standing, run
from posecheck.dataset.sources import Source, sources_at
from posecheck.dataset.workers import WorkerDiedError
from posecheck.errors import ClusterError
from posecheck.movements import builtin_movements
from posecheck.places import Place, place, put_bytes, stamps_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from posecheck.movements import Movement

J = TypeVar("J")
R = TypeVar("R")


class AtOnce:
    """Does the work where it is asked for; what `poison` names ends its worker."""

    count = 1

    def __init__(self, poison: str = "") -> None:
        self.poison = poison
        self.done: list[str] = []

    def submit(self, work: Callable[[J], R], job: J) -> Future[R]:
        answer: Future[R] = Future()
        assert isinstance(job, Job)
        self.done.append(job.source.name)
        if job.source.name == self.poison:
            answer.set_exception(WorkerDiedError("it ended the process"))
        else:
            answer.set_result(work(job))
        return answer

    def close(self) -> None:
        return


@pytest.fixture(autouse=True)
def _made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every video shows a made-up toe-touch; one that has "lunge" in its bytes a runner's lunge."""

    def result(_: Job, file: Path) -> object:
        return made_result("runners-lunge" if b"lunge" in file.read_bytes() else "toe-touch")

    monkeypatch.setattr(measuring, "_result", result)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "clips"
    found.mkdir()
    return found


def again(
    sources: Sequence[Source], out: Path, movements: dict[str, Movement] | None = None, poison: str = ""
) -> tuple[Result, list[str], list[Standing]]:
    workers, seen = AtOnce(poison), list[Standing]()
    ended = run(sources, place(out), Settings(), workers, movements or dict(builtin_movements()), seen.append)
    return ended, workers.done, seen


def test_a_video_that_was_replaced_is_measured_anew_and_the_others_are_not(folder: Path, tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        (folder / name).write_bytes(b"first")
    again(sources_at([str(folder)]), tmp_path / "out")
    (folder / "b.mp4").write_bytes(b"another, a lunge")

    _, done, _ = again(sources_at([str(folder)]), tmp_path / "out")

    assert done == ["b.mp4"]
    trials = pd.read_parquet(tmp_path / "out" / "trials.parquet").set_index("file")
    assert list(trials["movement"]) == ["toe-touch", "runners-lunge"]
    angles = pd.read_parquet(tmp_path / "out" / "angles")
    assert angles.groupby("movement", observed=True)["key"].nunique().to_dict() == {"runners-lunge": 1, "toe-touch": 1}


def test_a_file_that_was_written_anew_with_the_same_size_is_another(folder: Path, tmp_path: Path) -> None:
    file = folder / "a.mp4"
    file.write_bytes(b"first")
    again(sources_at([str(folder)]), tmp_path / "out")
    file.write_bytes(b"other")
    os.utime(file, (1, 1))

    assert again(sources_at([str(folder)]), tmp_path / "out")[1] == ["a.mp4"]


def test_a_video_that_was_moved_away_keeps_its_result(folder: Path, tmp_path: Path) -> None:
    (folder / "a.mp4").write_bytes(b"first")
    sources = sources_at([str(folder)])
    again(sources, tmp_path / "out")
    (folder / "a.mp4").unlink()

    ended, done, _ = again(sources, tmp_path / "out")

    assert (ended.measured, done) == (1, [])


def test_a_test_that_was_changed_under_its_name_is_measured_anew(folder: Path, tmp_path: Path) -> None:
    (folder / "toe_touch.mp4").write_bytes(b"first")
    sources, known = sources_at([str(folder)]), dict(builtin_movements())
    again(sources, tmp_path / "out")
    assert again(sources, tmp_path / "out")[1] == []
    known["toe-touch"] = replace(known["toe-touch"], version=99)

    assert again(sources, tmp_path / "out", known)[1] == ["toe_touch.mp4"]


def test_another_video_in_the_folder_leaves_what_is_measured_as_it_is(folder: Path, tmp_path: Path) -> None:
    (folder / "toe_touch_2.mp4").write_bytes(b"first")
    again(sources_at([str(folder)]), tmp_path / "out")
    (folder / "toe_touch_1.mp4").write_bytes(b"first")

    _, done, _ = again(sources_at([str(folder)]), tmp_path / "out")

    assert done == ["toe_touch_1.mp4"]
    trials = pd.read_parquet(tmp_path / "out" / "trials.parquet")
    assert [file.rpartition("/")[2] for file in trials["file"]] == ["toe_touch_1.mp4", "toe_touch_2.mp4"]
    assert list(trials["take"]) == [1, 2]


def test_takes_are_numbered_by_the_test_that_was_recognised(folder: Path, tmp_path: Path) -> None:
    for name, content in {"a": b"touch", "b": b"lunge", "c": b"touch", "d": b"lunge"}.items():
        (folder / f"{name}.mp4").write_bytes(content)

    again(sources_at([str(folder)]), tmp_path / "out")

    trials = pd.read_parquet(tmp_path / "out" / "trials.parquet")
    assert list(trials["take"]) == [1, 1, 2, 2]
    assert list(pd.read_parquet(tmp_path / "out" / "outcomes.parquet").groupby("key", sort=False)["take"].first()) == [
        1,
        1,
        2,
        2,
    ]


def test_the_angles_are_those_of_the_videos_that_were_named_and_come_back_without_measuring(
    folder: Path, tmp_path: Path
) -> None:
    for name in ("a.mp4", "b.mp4"):
        (folder / name).write_bytes(b"first")
    both, one = sources_at([str(folder)]), sources_at([str(folder / "a.mp4")])

    def keys() -> set[str]:
        return set(pd.read_parquet(tmp_path / "out" / "angles")["key"])

    again(both, tmp_path / "out")
    again(one, tmp_path / "out")
    assert keys() == {one[0].key}
    assert again(both, tmp_path / "out")[1] == []
    assert keys() == {source.key for source in both}


def test_angles_that_lie_aside_never_take_the_place_of_newer_ones(folder: Path, tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        (folder / name).write_bytes(b"first")
    both, one = sources_at([str(folder)]), sources_at([str(folder / "a.mp4")])
    again(both, tmp_path / "out")
    again(one, tmp_path / "out")
    (aside,) = (tmp_path / "out" / "aside").rglob("*.parquet")
    aside.write_bytes(b"old")
    (folder / "b.mp4").write_bytes(b"another")

    again(both, tmp_path / "out")

    assert len(pd.read_parquet(tmp_path / "out" / "angles")["key"].unique()) == 2


def test_what_another_command_is_writing_among_the_angles_stays_there(folder: Path, tmp_path: Path) -> None:
    (folder / "a.mp4").write_bytes(b"first")
    partial = tmp_path / "out" / "angles" / "movement=toe-touch" / ".b.parquet.1.tmp"
    again(sources_at([str(folder)]), tmp_path / "out")
    partial.write_bytes(b"half")

    again(sources_at([str(folder)]), tmp_path / "out")

    assert partial.exists()


def test_what_ended_its_workers_is_tried_again_by_the_next_run(folder: Path, tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        (folder / name).write_bytes(b"first")
    sources = sources_at([str(folder)])

    ended, _, _ = again(sources, tmp_path / "out", poison="a.mp4")
    failures = pd.read_parquet(tmp_path / "out" / "failures.parquet")
    assert (ended.failed, list(failures["reason"]), list(failures["final"])) == (1, ["it ended the process"], [False])

    ended, done, _ = again(sources, tmp_path / "out")
    assert (ended.measured, done) == (2, ["a.mp4"])


def test_a_replaced_video_that_fails_now_is_not_shown_with_its_old_result(folder: Path, tmp_path: Path) -> None:
    (folder / "a.mp4").write_bytes(b"first")
    again(sources_at([str(folder)]), tmp_path / "out")
    (folder / "a.mp4").write_bytes(b"another")

    ended, _, _ = again(sources_at([str(folder)]), tmp_path / "out", poison="a.mp4")

    assert (ended.measured, ended.failed) == (0, 1)


def test_results_that_workers_wrote_elsewhere_are_missed_in_words(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.mp4").write_bytes(b"first")

    def elsewhere(result: Place, source: Source, trial: object, **_: object) -> None:
        put_bytes(place(tmp_path / "elsewhere").inside(source.key), b"{}")

    monkeypatch.setattr(measuring, "write_measured", elsewhere)

    again(sources_at([str(folder)]), tmp_path / "out")

    (reason,) = pd.read_parquet(tmp_path / "out" / "failures.parquet")["reason"]
    assert "its result is not found in" in reason


def test_a_worker_that_came_later_with_another_version_does_nothing(folder: Path, tmp_path: Path) -> None:
    (folder / "a.mp4").write_bytes(b"first")
    source = sources_at([str(folder)])[0]
    job = Job(source=source, movements=(), result=str(tmp_path / "out"), settings=Settings(), version="99.0")

    with pytest.raises(ClusterError, match=rf"has posecheck {posecheck.__version__}, and this is 99\.0"):
        measure(job)


def test_many_files_are_asked_for_their_stamps_at_once_and_those_that_are_gone_are_left_out(tmp_path: Path) -> None:
    here = tmp_path / "a.mp4"
    here.write_bytes(b"first")
    there = place("memory://clips/b.mp4")
    there.fs.pipe_file(there.path, b"first")

    found = stamps_of([str(here), str(tmp_path / "gone.mp4"), there.address, "memory://clips/gone.mp4", "memory://x/y"])

    assert list(found) == [str(here), there.address]
    assert found[there.address].startswith("5|")


def test_two_parts_of_a_video_can_be_told_apart_in_the_table(folder: Path, tmp_path: Path) -> None:
    (folder / "a.mp4").write_bytes(b"first")
    whole = sources_at([str(folder)])[0]

    again([replace(whole, start_s=0.0, end_s=9.5), whole], tmp_path / "out")

    trials = pd.read_parquet(tmp_path / "out" / "trials.parquet")
    assert list(trials["start_s"]) == pytest.approx([0.0, float("nan")], nan_ok=True)
    assert list(trials["end_s"]) == pytest.approx([9.5, float("nan")], nan_ok=True)


def test_tables_show_what_has_ended_before_the_last_has(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "TABLES_EVERY_S", 0.0)
    monkeypatch.setattr(run_module, "TABLES_SHARE", 1e9)
    for name in ("a.mp4", "b.mp4", "c.mp4", "d.mp4"):
        (folder / name).write_bytes(b"a toe touch")
    rows: list[tuple[int, int]] = []

    def watch(standing: Standing) -> None:
        if standing.done > 2:
            tables = [pd.read_parquet(tmp_path / "out" / f"{name}.parquet") for name in ("trials", "failures")]
            rows.append((len(tables[0]), len(tables[1])))
            assert len(list((tmp_path / "out" / "angles").rglob("*.parquet"))) >= len(tables[0])
            assert not (tmp_path / "out" / "aside").exists()

    workers = AtOnce(poison="b.mp4")
    run(sources_at([str(folder)]), place(tmp_path / "out"), Settings(), workers, dict(builtin_movements()), watch)

    assert rows == [(1, 1), (1, 1)], "after the first two, while the others were measured"
    assert len(pd.read_parquet(tmp_path / "out" / "trials.parquet")) == 3


def test_memory_for_the_tables_hardly_grows_with_the_recordings(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "READ_AT_ONCE", 50)
    monkeypatch.setattr(gather, "ROWS_AT_ONCE", 500)
    (folder / "toe_touch.mp4").write_bytes(b"a toe touch")
    out = place(tmp_path / "out")
    again(sources_at([str(folder)]), tmp_path / "out")
    (key,) = noted(out)
    entry = read_ledger(out, [key])[key]
    sources = [Source(address=f"{number}.mp4") for number in range(800)]
    for source in sources:
        file = tmp_path / "out" / "ledger" / f"{source.key}.json"
        file.write_text(json.dumps({**entry, "source": asdict(source)}), encoding="utf-8")

    peaks_mb = []
    for count in (200, 800):
        tracemalloc.start()
        assert write_tables(sources[:count], out, {}).measured == count
        peaks_mb.append(tracemalloc.get_traced_memory()[1] / 1e6)
        tracemalloc.stop()

    assert peaks_mb[1] < peaks_mb[0] + 5, "their notes alone take 30 MB"
