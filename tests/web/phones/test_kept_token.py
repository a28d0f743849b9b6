"""The token of the door for phones: kept from start to start, made anew when it no longer serves, for the owner alone."""

from __future__ import annotations

import stat
import sys
from typing import TYPE_CHECKING

import pytest

from posecheck.errors import StorageError
from posecheck.web.phones.kept_token import FILE_NAME, token_for
from posecheck.web.server.access import MIN_TOKEN_LENGTH

if TYPE_CHECKING:
    from pathlib import Path

needs_modes = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file modes")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "certificate"


def test_it_is_kept_from_start_to_start(folder: Path) -> None:
    token = token_for(folder)
    assert len(token) >= MIN_TOKEN_LENGTH
    assert token_for(folder) == token


def test_each_folder_has_another(folder: Path, tmp_path: Path) -> None:
    assert token_for(folder) != token_for(tmp_path / "other")


@pytest.mark.parametrize("damage", [b"", b"short", b"\xff" * 32, b"a" * 33, None])
def test_a_damaged_or_missing_one_is_made_anew(folder: Path, damage: bytes | None) -> None:
    token, path = token_for(folder), folder / FILE_NAME
    path.unlink() if damage is None else path.write_bytes(damage)
    renewed = token_for(folder)
    assert renewed != token
    assert token_for(folder) == renewed


@needs_modes
def test_only_the_owner_reads_it(folder: Path) -> None:
    token_for(folder)
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@needs_modes
def test_one_that_others_could_read_is_made_anew(folder: Path) -> None:
    token = token_for(folder)
    (folder / FILE_NAME).chmod(0o644)
    assert token_for(folder) != token
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600


def test_a_place_that_cannot_be_written_is_told_in_words(folder: Path) -> None:
    folder.write_bytes(b"a file")
    with pytest.raises(StorageError, match="Choose another data folder"):
        token_for(folder)
