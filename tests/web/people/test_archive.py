"""Export and import through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp import serve

from posecheck.storage.tables import Job, Upload, UploadState

if TYPE_CHECKING:
    from pathlib import Path


def test_everything_goes_out_of_one_server_and_into_another(tmp_path: Path, database_url: str) -> None:
    with serve(tmp_path / "one") as one:
        session = one.session(title="first visit")
        packed = one.client.get("/api/export")
        assert packed.headers["content-type"] == "application/zip"
        assert "attachment" in packed.headers["content-disposition"]
    assert not list((tmp_path / "one").glob("transfer-*")), "the temporary file is deleted"
    with serve(tmp_path / "two", database_url=database_url) as two:
        added = two.client.post("/api/import", content=packed.content).raise_for_status().json()["added"]
        assert (added["person"], added["session"]) == (1, 1)
        assert two.client.get(f"/api/sessions/{session}").json()["title"] == "first visit"
        again = two.client.post("/api/import", content=packed.content).json()
        assert (again["added"]["session"], again["skipped"]["session"]) == (0, 1)
        assert not list((tmp_path / "two").glob("transfer-*"))


def test_a_file_that_is_no_archive_is_refused_in_words(tmp_path: Path) -> None:
    with serve(tmp_path / "data") as served:
        for content in (b"", b"no zip", b"PK\x05\x06" + b"\0" * 18):
            answer = served.client.post("/api/import", content=content)
            assert answer.status_code == 422
            assert "nothing was changed" in answer.json()["error"]["message"]
        german = served.client.post("/api/import", content=b"no zip", headers={"accept-language": "de-CH,de"})
        assert "es wurde nichts geändert" in german.json()["error"]["message"]
        assert not list((tmp_path / "data").glob("transfer-*"))


def test_a_video_that_was_being_read_is_read_where_it_came_in(tmp_path: Path) -> None:
    with serve(tmp_path / "one") as one:
        session = one.session()
        with one.site.database.begin() as transaction:
            row = Upload(
                session_id=session,
                phase="pre",
                file_name="a.mp4",
                size_bytes=1,
                state=UploadState.READING,
                has_video=True,
            )
            transaction.add(row)
            transaction.flush()
            upload = row.id
        one.site.files.video(upload).parent.mkdir()
        one.site.files.video(upload).write_bytes(b"x")
        packed = one.client.get("/api/export").content
    with serve(tmp_path / "two") as two:
        two.client.post("/api/import", content=packed).raise_for_status()
        with two.site.database.read() as transaction:
            assert [(job.kind, job.target_id) for job in transaction.query(Job)] == [("read", upload)]
