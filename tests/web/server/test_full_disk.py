"""A data folder that is full, or can no longer be written: told in words, nothing lost, and deleting makes room."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from small_disk import SmallDisk, shut_folders, small_disk
from webapp import Served, serve

from posecheck.web.server.settings import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

EXPORT = Path(__file__).resolve().parents[2] / "stored" / "export.zip"
VIDEO = b"\0film" * 400_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", size_mb=32) as mounted:
        yield mounted


@pytest.fixture
def served(disk: SmallDisk) -> Iterator[Served]:
    with serve(disk.root / "data", limits=Limits(free_bytes=0)) as opened:
        yield opened


def in_words(answer: httpx.Response) -> str:
    """What a refusal says; a failure without words is none."""
    assert answer.status_code >= 400
    assert answer.status_code != 500, answer.text
    words = str(answer.json()["error"]["message"])
    assert "/disk/data" not in words
    assert "object at 0x" not in words
    return words


def send(served: Served, session: str) -> str:
    """Id of a video that came in whole."""
    form = {"file_name": "a.mp4", "size_bytes": len(VIDEO), "phase": "pre"}
    upload = str(served.client.post(f"/api/sessions/{session}/uploads", json=form).raise_for_status().json()["id"])
    served.client.patch(f"/api/uploads/{upload}", params={"offset": 0}, content=VIDEO).raise_for_status()
    return upload


def test_on_a_full_disk_a_video_is_deleted_and_its_room_can_be_used(served: Served, disk: SmallDisk) -> None:
    session = served.session()
    upload = send(served, session)
    disk.fill()
    form = {"file_name": "b.mp4", "size_bytes": len(VIDEO), "phase": "pre"}
    assert "does not fit on the disk" in in_words(served.client.post(f"/api/sessions/{session}/uploads", json=form))
    served.client.delete(f"/api/uploads/{upload}").raise_for_status()
    assert not (disk.root / "data" / "uploads" / upload).exists()
    assert served.client.get(f"/api/uploads/{upload}").status_code == 404
    send(served, session)


def test_on_a_full_disk_a_person_is_deleted(served: Served, disk: SmallDisk) -> None:
    session = served.session()
    person = served.client.get(f"/api/sessions/{session}").json()["person_id"]
    disk.fill()
    served.client.delete(f"/api/people/{person}").raise_for_status()
    disk.make_room()
    assert served.client.get("/api/people").json() == []


def test_on_a_full_disk_export_and_import_end_in_words(served: Served, disk: SmallDisk) -> None:
    served.session()
    disk.fill()
    assert "too full" in in_words(served.client.get("/api/export"))
    assert "full" in in_words(served.client.post("/api/import", content=EXPORT.read_bytes()))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no folders that their owner cannot write")
def test_a_folder_that_turned_read_only_is_told_in_words(tmp_path: Path) -> None:
    with serve(tmp_path / "data") as served:
        session = served.session()
        upload = send(served, session)
        person = served.client.get(f"/api/sessions/{session}").json()["person_id"]
        client = served.client
        form = {"file_name": "b.mp4", "size_bytes": 9, "phase": "pre"}
        with shut_folders(tmp_path / "data"):
            for answer in (
                client.get("/api/export"),
                client.post("/api/import", content=EXPORT.read_bytes()),
                client.post(f"/api/sessions/{session}/uploads", json=form),
                client.delete(f"/api/uploads/{upload}"),
                client.delete(f"/api/people/{person}"),
            ):
                assert in_words(answer)
            assert client.get("/").status_code == 200
            assert client.get(f"/api/uploads/{upload}").status_code == 200
        client.delete(f"/api/people/{person}").raise_for_status()


def test_an_import_that_is_cut_off_is_told_in_words(tmp_path: Path) -> None:
    data = EXPORT.read_bytes()
    with serve(tmp_path / "data") as served:
        for part in (0, 1, 100, len(data) // 2, len(data) - 1):
            words = in_words(served.client.post("/api/import", content=data[:part]))
            assert words.startswith(("This", "this"))
            assert words.endswith("nothing was changed.")
        assert served.client.get("/api/people").json() == []
