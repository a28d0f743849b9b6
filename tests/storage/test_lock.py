from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from webapp import serve

from posecheck.errors import StorageError
from posecheck.storage.database import open_database
from posecheck.storage.files import DataFolder
from posecheck.storage.lock import locked
from posecheck.storage.servers import TakenByAnotherError

if TYPE_CHECKING:
    from pathlib import Path

    from postgresql import Server

HOLD = """
import sys
import time
from pathlib import Path

from posecheck.storage.lock import locked

with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lock_is_for_one_and_is_given_back(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(StorageError, match="another posecheck server"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_a_killed_server_gives_the_lock_back(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "held\n"
        with pytest.raises(StorageError, match="another posecheck server"), locked(tmp_path):
            pass
        server.kill()
    with locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (
        pytest.raises(StorageError, match=r"cannot be made or written .* Choose another data folder"),
        locked(tmp_path / "file" / "data"),
    ):
        pass


def test_a_restarted_database_server_leaves_the_lock_with_the_server_that_had_it(
    tmp_path: Path, postgresql: Server
) -> None:
    url = postgresql.new_database()
    ours, other = open_database(DataFolder(tmp_path), url), open_database(DataFolder(tmp_path / "other"), url)
    with ours.servers.joined():
        postgresql.drop_connections()
        ours.servers.keep()
        with pytest.raises(TakenByAnotherError), other.servers.joined(gone_within_s=0.0):
            pass
    ours.close()
    other.close()


def test_a_server_stops_in_words_when_another_one_took_the_database_meanwhile(
    tmp_path: Path, postgresql: Server
) -> None:
    url = postgresql.new_database()
    other = open_database(DataFolder(tmp_path / "other"), url)

    def take_it_away() -> None:
        with serve(tmp_path / "data", database_url=url) as served:
            assert served.client.get("/").status_code == 200
            served.site.database.servers.keep = lambda: True  # type: ignore[method-assign]  # until the other one has it
            postgresql.drop_connections()
            with other.servers.joined():
                del served.site.database.servers.keep
                end_s = time.monotonic() + 60
                while not served.site.ended and time.monotonic() < end_s:
                    time.sleep(0.1)

    with pytest.raises(StorageError, match="the database server was restarted, and another posecheck server uses"):
        take_it_away()
    other.close()


@pytest.mark.parametrize("name", ["uploads", "takes", "backups", "work"])
def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(StorageError, match=rf"{name}: a file stands where a folder is needed. Move it elsewhere"):
        open_database(DataFolder(tmp_path))
    assert (tmp_path / name).read_text() == "mine"


def test_a_folder_in_the_place_of_the_lock_is_named(tmp_path: Path) -> None:
    (tmp_path / "server.lock").mkdir()
    with (
        pytest.raises(StorageError, match=r"server\.lock: a folder stands where a file is needed"),
        locked(tmp_path),
    ):
        pass
