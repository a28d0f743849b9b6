"""A data set is begun, gone on with, and refused where something else is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

import posecheck
from posecheck.dataset.ledger import Settings, noted, open_run, read_ledger, write_refused
from posecheck.dataset.measure import ChangedError, Job, State, _unchanged, measure
from posecheck.dataset.run import Standing, run
from posecheck.dataset.sources import Source
from posecheck.dataset.tables import ANGLES, TABLES
from posecheck.dataset.workers import LocalWorkers
from posecheck.errors import StorageError, VideoError
from posecheck.language import language_set, translated
from posecheck.movements import builtin_movements
from posecheck.places import place, place_errors, put_bytes, stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = Settings()


@pytest.fixture
def workers() -> Iterator[LocalWorkers]:
    running = LocalWorkers(2)
    yield running
    running.close()


def broken(folder: Path, *names: str) -> list[Source]:
    """Recordings that are no videos."""
    for name in names:
        (folder / name).write_bytes(b"no video")
    return [Source(address=str(folder / name), person="Ann", movement="toe-touch") for name in names]


def test_what_cannot_be_measured_is_in_the_table_of_failures_with_its_reason(
    tmp_path: Path, workers: LocalWorkers
) -> None:
    gone = Source(address=str(tmp_path / "gone.mp4"), movement="toe-touch")
    sided = replace(broken(tmp_path, "c.mp4")[0], movement="side-lunge")
    sources = [*broken(tmp_path, "a.mp4", "b.mp4"), sided, gone]
    seen: list[Standing] = []

    ended = run(sources, place(tmp_path / "out"), PLAIN, workers, builtin_movements(), seen.append)

    assert (ended.measured, ended.refused, ended.failed) == (0, 3, 1)
    assert [(item.done, item.total) for item in seen] == [(number, 4) for number in range(5)]
    assert seen[-1].failures == 4
    failures = pd.read_parquet(tmp_path / "out" / "failures.parquet").set_index("file")
    assert failures.loc[str(tmp_path / "a.mp4"), "reason"].startswith("a.mp4: is not a video that can be read")
    assert "done once per side" in failures.loc[str(tmp_path / "c.mp4"), "reason"]
    assert "there is nothing at this address" in failures.loc[gone.address, "reason"]
    assert failures["final"].to_dict()[gone.address] is False
    assert len(pd.read_csv(tmp_path / "out" / "failures.csv")) == 4
    for name, columns in TABLES.items():
        assert list(pd.read_parquet(tmp_path / "out" / f"{name}.parquet").columns) == [
            column.name for column in columns
        ]


def test_the_same_command_again_tries_what_failed_and_nothing_else(tmp_path: Path, workers: LocalWorkers) -> None:
    later = Source(address=str(tmp_path / "later.mp4"), movement="toe-touch")
    sources = [*broken(tmp_path, "a.mp4"), later]
    run(sources, place(tmp_path / "out"), PLAIN, workers, builtin_movements(), lambda _: None)
    (tmp_path / "later.mp4").write_bytes(b"no video either")
    seen: list[Standing] = []

    ended = run(sources, place(tmp_path / "out"), PLAIN, workers, builtin_movements(), seen.append)

    assert [item.source for item in seen] == [None, later]
    assert (ended.refused, ended.failed) == (2, 0)


def test_a_data_set_of_other_options_or_another_version_is_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = place(tmp_path / "out")
    open_run(result, PLAIN)
    open_run(result, PLAIN)
    with pytest.raises(StorageError, match=r"begun with other options \(stride=None, folders=False\)"):
        open_run(result, Settings(stride=2))
    monkeypatch.setattr(posecheck, "__version__", "99.0")
    with pytest.raises(StorageError, match=r"was begun by posecheck .*, and this is 99\.0"):
        open_run(result, PLAIN)


@pytest.mark.parametrize("name", ["holiday.jpg", "run.json"])
def test_a_folder_with_something_else_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"[1]")
    with pytest.raises(StorageError, match="holds something else than a data set of posecheck"):
        open_run(place(tmp_path), PLAIN)
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_damaged_notes_of_what_is_finished_are_made_anew(tmp_path: Path) -> None:
    result, source = place(tmp_path), Source(address="a.mp4")
    write_refused(result, source, "It is too dark.", "1|2|")
    (tmp_path / "ledger" / "x.json").write_text("{", encoding="utf-8")
    (tmp_path / "ledger" / "y.json").write_text("[]", encoding="utf-8")
    (tmp_path / "ledger" / "z.json").write_text(json.dumps({"source": 5, "reason": ""}), encoding="utf-8")

    assert list(read_ledger(result, sorted(noted(result)))) == [source.key]


def test_a_video_that_changes_while_it_is_read_is_tried_again_and_not_called_broken(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(b"half")

    def read() -> None:
        with _unchanged(place(file), stamp_of(place(file)), "a.mp4"):
            file.write_bytes(b"the whole of it")
            raise VideoError("a.mp4: is not a video that can be read")

    with pytest.raises(ChangedError, match=r"a\.mp4 changed while it was read"):
        read()


def test_a_full_disk_is_said_and_is_not_the_videos_fault(tmp_path: Path) -> None:
    source = broken(tmp_path, "a.mp4")[0]
    in_the_way = tmp_path / "out"
    in_the_way.write_bytes(b"a file where a folder is needed")
    job = Job(source=source, movements=(builtin_movements()["toe-touch"],), result=str(in_the_way), settings=PLAIN)

    with pytest.raises(StorageError):
        put_bytes(place(in_the_way).inside("ledger", "a.json"), b"{}")
    ended = measure(job)

    assert ended.state is State.FAILED


def test_reasons_are_kept_as_phrases_and_said_in_another_language(tmp_path: Path, workers: LocalWorkers) -> None:
    sources = [replace(broken(tmp_path, "c.mp4")[0], movement="side-lunge")]
    run(sources, place(tmp_path / "out"), PLAIN, workers, builtin_movements(), lambda _: None)

    reason = read_ledger(place(tmp_path / "out"), [sources[0].key])[sources[0].key]["reason"]

    with language_set("zxx"):
        assert translated(reason).startswith("⟦")


def test_every_column_of_the_data_set_has_a_meaning() -> None:
    for columns in (*TABLES.values(), ANGLES):
        assert [column.name for column in columns if len(column.words) < 10] == []
        assert len({column.name for column in columns}) == len(columns)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (PermissionError("AccessDenied"), "access is refused"),
        (FileNotFoundError("no such bucket"), "there is nothing at this address"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (EndpointConnectionError(endpoint_url="http://nowhere"), "Could not connect to the endpoint URL"),
        (NoCredentialsError(), "Unable to locate credentials"),
    ],
)
def test_faults_of_disks_buckets_and_accounts_are_said_in_words(fault: Exception, words: str) -> None:
    def use() -> None:
        with place_errors(place("s3://clips/a.mp4")):
            raise fault

    with pytest.raises(StorageError) as caught:
        use()
    assert caught.value.words.startswith("s3://clips/a.mp4: ")
    assert words in caught.value.words
