from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from webapp import serve

from posecheck.storage.database import open_database
from posecheck.storage.files import DataFolder
from posecheck.storage.owner_only import new_files_for_owner, shut_to_others

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file modes")


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def modes(root: Path) -> dict[str, int]:
    return {
        path.relative_to(root).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in (root, *root.rglob("*"))
        if not path.is_symlink()
    }


def open_to_others(root: Path) -> dict[str, str]:
    return {name: oct(mode) for name, mode in modes(root).items() if mode & 0o077}


def test_a_server_makes_everything_in_its_data_folder_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with umask(0o022), serve(data) as served:
        session = served.session()
        form = {"file_name": "lunge.mp4", "size_bytes": 20, "phase": "pre"}
        upload = served.client.post(f"/api/sessions/{session}/uploads", json=form).raise_for_status().json()["id"]
        served.client.patch(f"/api/uploads/{upload}?offset=0", content=b"0123456789").raise_for_status()
        assert served.site.files.partial(upload).is_file()
        assert open_to_others(data) == {}
    assert open_to_others(data) == {}


def test_what_an_earlier_version_left_open_is_shut_at_the_start(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    with umask(0o022):
        open_database(data).close()
        for folder in (data.upload("u"), data.take("t"), data.backups, data.movements):
            folder.mkdir(parents=True, exist_ok=True)
        data.poster("u").write_bytes(b"a face")
        (data.backups / "old.sqlite3").write_bytes(b"")
        (data.take("t") / "end_range.jpg").write_bytes(b"a face")
    assert open_to_others(data.root)
    with serve(data.root):
        assert open_to_others(data.root) == {}


def test_files_of_others_in_the_folder_and_what_links_lead_to_stay_as_they_are(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    elsewhere = tmp_path / "elsewhere"
    with umask(0o022):
        data.make()
        elsewhere.mkdir()
        (elsewhere / "video").write_bytes(b"")
        (data.root / "my notes.txt").write_bytes(b"")
        data.upload("linked").symlink_to(elsewhere)
        shut_to_others(data)
    assert modes(elsewhere) == {".": 0o755, "video": 0o644}
    assert modes(data.root)["my notes.txt"] == 0o644
    assert modes(data.root)["."] == 0o700, "nobody else comes as far as that file"


def test_a_folder_that_cannot_be_shut_is_said_and_does_not_keep_the_server_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    data = DataFolder(tmp_path / "data")
    with umask(0o022):
        data.make()
    monkeypatch.setattr(Path, "chmod", _refused)  # as a disk without file modes, or one that somebody else owns, does
    shut_to_others(data)
    assert "others on this machine may be able to read" in caplog.text


def _refused(*_: object, **__: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_the_mask_of_the_program_is_given_back(tmp_path: Path) -> None:
    with umask(0o027):
        with new_files_for_owner():
            (tmp_path / "inside").write_bytes(b"")
        (tmp_path / "after").write_bytes(b"")
    assert (modes(tmp_path)["inside"], modes(tmp_path)["after"]) == (0o600, 0o640)
