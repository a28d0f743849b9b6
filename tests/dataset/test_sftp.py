"""Videos and results on another machine, over a real SFTP server."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from cluster import free_port

from posecheck.dataset.manifest import read_manifest
from posecheck.dataset.sources import sources_at
from posecheck.errors import StorageError
from posecheck.movements import builtin_movements
from posecheck.places import listing, place, put_bytes, read_json_files, stamps_of
from posecheck.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sftp import SFTPFolder


@pytest.fixture
def there(sftp: SFTPFolder, request: pytest.FixtureRequest) -> tuple[Path, str]:
    """An empty folder of the server, and its address."""
    folder = sftp.folder / request.node.name
    folder.mkdir()
    return folder, f"{sftp.address}/{folder.name}"


def test_folders_patterns_files_and_tables_name_videos_by_addresses_that_lead_to_them(there: tuple[Path, str]) -> None:
    folder, address = there
    (folder / "anna").mkdir()
    for name in ("toe_touch_pre.mp4", "anna/side_lunge_left.mp4", "notes.txt"):
        (folder / name).write_bytes(b"x")
    (folder / "table.csv").write_text("path\nanna/side_lunge_left.mp4\n")

    videos = [f"{address}/anna/side_lunge_left.mp4", f"{address}/toe_touch_pre.mp4"]
    assert [source.address for source in sources_at([address])] == videos
    assert [source.address for source in sources_at([f"{address}/*.mp4"])] == videos[1:]
    assert [source.address for source in sources_at(videos[:1])] == videos[:1]
    assert [source.address for source in read_manifest(f"{address}/table.csv", builtin_movements())] == videos[:1]
    assert set(stamps_of([*videos, f"{address}/gone.mp4"])) == set(videos)


def test_a_file_appears_whole_and_where_its_folder_was_not(
    there: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, address = there
    file = place(address).inside("deep", "er", "run.json")
    put_bytes(file, b"{}")
    assert (folder / "deep/er/run.json").read_bytes() == b"{}"

    def cut(path: str, data: bytes, **_: object) -> None:
        with file.fs.open(path, "wb") as half:
            half.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file.fs, "pipe_file", cut)
    with pytest.raises(StorageError, match="No space left"):
        put_bytes(file, b"[1, 2, 3]")
    assert [path.name for path in (folder / "deep/er").iterdir()] == ["run.json"]
    assert (folder / "deep/er/run.json").read_bytes() == b"{}"


def test_many_threads_read_at_once_and_a_lost_connection_is_made_anew(
    sftp: SFTPFolder, there: tuple[Path, str]
) -> None:
    folder, address = there
    for k in range(40):
        (folder / f"{k}.json").write_text(json.dumps([k] * 5000))
    at = place(address)

    def read(k: int) -> bool:
        return read_json_files(at, [str(k)]) == {str(k): [k] * 5000}

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(40)))
    sftp.cut_lines()
    assert any(_succeeds(lambda: read(7)) for _ in range(100)), "the one that is gone is used again and again"
    assert len(listing(at)) == 40


def _succeeds(ask: Callable[[], bool]) -> bool:
    """Whether it is answered; a connection that was cut is noticed a moment later."""
    try:
        return ask()
    except StorageError:
        time.sleep(0.05)
        return False


def test_nobody_there_and_somebody_unknown_are_said_in_words(sftp: SFTPFolder) -> None:
    port = free_port()
    with pytest.raises(StorageError, match=rf"sftp://127.0.0.1:{port}/clips: .*Unable to connect"):
        sources_at([f"sftp://anna@127.0.0.1:{port}/clips"])
    stranger = sftp.address.replace("anna", "berta")
    with pytest.raises(StorageError, match="Authentication failed"):
        sources_at([f"{stranger}/clips"])
    with pytest.raises(StorageError, match="there is nothing at this address"):
        sources_at([f"{sftp.address}/no such folder"])


def test_a_password_in_an_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    address = "sftp://anna:secret@example.org/clips"
    (tmp_path / "table.csv").write_text(f"path\n{address}/a.mp4\n")
    for ask in (
        lambda: sources_at([address]),
        lambda: read_manifest(f"{address}/table.csv", builtin_movements()),
        lambda: read_manifest(str(tmp_path / "table.csv"), builtin_movements()),
    ):
        with pytest.raises(StorageError, match="FSSPEC_SFTP_PASSWORD") as told:
            ask()
        assert "secret" not in str(told.value)


@pytest.mark.model
@pytest.mark.slow
def test_a_data_set_of_another_machine_is_the_one_made_here(there: tuple[Path, str], tmp_path: Path) -> None:
    folder, address = there
    shutil.copy(load_settings().samples_dir / "toe_touch_pre.mp4", folder)
    (folder / "broken.mp4").write_bytes(b"no video")
    table = "path,person,movement,phase,start,end\ntoe_touch_pre.mp4,Anna,toe-touch,pre,0.5,8\nbroken.mp4,Anna,,pre,,\n"
    (folder / "table.csv").write_text(table)

    def measured(videos: str, result: str) -> list[dict[str, object]]:
        words = ["--manifest", f"{videos}/table.csv", "-o", result, "--stride", "2", "--json", "--folders"]
        done = subprocess.run([sys.executable, "-m", "posecheck", "batch", *words], capture_output=True, text=True)
        assert done.returncode == 8, done.stdout + done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    measured(address, f"{address}/results/first")
    measured(str(folder), str(tmp_path / "here"))

    result = folder / "results" / "first"
    names = {path.relative_to(result).as_posix() for path in result.rglob("*") if path.is_file()}
    assert {"run.json", "trials.parquet", "failures.csv"} <= names
    assert not [name for name in names if ".part-" in name or name == "at_work.json"]
    for name in ("trials", "repetitions"):
        far, near = (
            pd.read_parquet(io.BytesIO((at / f"{name}.parquet").read_bytes())) for at in (result, tmp_path / "here")
        )
        named = [column for column in ("key", "file", "angles", "session", "seconds") if column in far]
        pd.testing.assert_frame_equal(far.drop(columns=named), near.drop(columns=named), atol=1e-3)
