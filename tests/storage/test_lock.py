from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from posecheck.errors import StorageError
from posecheck.storage.lock import locked

if TYPE_CHECKING:
    from pathlib import Path

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
