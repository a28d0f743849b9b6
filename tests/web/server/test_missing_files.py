"""Files of the data folder that are damaged or gone: told in words while the server runs, and mended at its next start."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from webapp import Served, made_session, place_reading, quiet_site, serve, work_off

from posecheck.storage.tables import Take, TakeState, Upload, UploadState
from posecheck.web.api.schemas import ConfirmForm, UploadForm
from posecheck.web.server.setting_right import set_right
from posecheck.web.takes import measuring
from posecheck.web.uploads import uploads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from posecheck.web.server.site import Site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one session, in which one video was read and measured."""
    data = tmp_path_factory.mktemp("whole") / "data"
    with quiet_site(data) as site:
        session = made_session(site)
        upload = uploads.begin_upload(site, session, UploadForm(file_name="a.mov", size_bytes=10, phase="pre"))[0]
        place_reading(site, upload.id, "runners-lunge")
        measuring.confirm_upload(site, upload.id, ConfirmForm(movement="runners-lunge", side="left"))
        work_off(site)
    return data


def gone(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def rubbish(path: Path) -> None:
    path.write_bytes(b"\x00\xff{rubbish" * 100)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def braces(path: Path) -> None:
    path.write_text("{}")


def without_end(path: Path) -> None:
    path.write_text("[" * 100_000)


def another_table(path: Path) -> None:
    pd.DataFrame({"a": [1.0]}).to_parquet(path)


def hole(path: Path) -> None:
    """Damage that the end of the file knows nothing of."""
    data = bytearray(path.read_bytes())
    data[100:2100] = bytes(2000)
    path.write_bytes(data)


def of_another_test(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("runners-lunge", "toe-touch"), encoding="utf-8")


def of_no_test(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("runners-lunge", "no-such"), encoding="utf-8")


WAYS: dict[str, tuple[str, Callable[[Path], None]]] = {
    f"{name} {way.__name__}": (name, way)
    for name, ways in {
        "uploads/*/landmarks.parquet": (gone, empty, half, hole, another_table, a_folder),
        "uploads/*/recording.json": (gone, half, braces, without_end),
        "uploads/*/poster.jpg": (gone, half),
        "uploads/*/video": (gone, half, a_folder),
        "takes/*/trial.json": (gone, empty, half, rubbish, braces, without_end, of_another_test, of_no_test),
        "takes/*/angles.csv": (gone, empty, half, rubbish),
        "takes/*/repetitions.csv": (gone,),
        "takes/*/end_range.jpg": (gone, half, rubbish),
        "takes/*/angles.svg": (gone, half),
        "takes/*/landmarks.parquet": (half,),
    }.items()
    for way in ways
}


HEAVY = ("takes/*/trial.json", "takes/*/end_range.jpg")
"""What the report is made of, which takes seconds."""


def addresses(site: Site, name: str) -> list[str]:
    """Everything that shows or gives out the take, its video and its session, and may read a file of that name."""
    with site.database.read() as transaction:
        take = transaction.query(Take).one()
    session = take.session_id
    files = ("changes.csv", "sides.csv", "angles.zip", *(("report.pdf", "session.zip") if name in HEAVY else ()))
    parts = ("", "/curves", "/landmarks", "/picture.jpg", "/video")
    return [
        "/",
        *(f"/sessions/{session}/{step}" for step in ("pre", "result", "film")),
        f"/takes/{take.id}",
        *(f"/api/sessions/{session}/files/{file}" for file in files),
        *(f"/api/takes/{take.id}{part}" for part in parts),
        f"/api/uploads/{take.upload_id}/poster.jpg",
    ]


def faults_of(served: Served, name: str) -> list[str]:
    """Answers that are no answer: a failure without words."""
    faults = []
    for address in addresses(served.site, name):
        answer = served.client.get(address, follow_redirects=True)
        said = answer.text if answer.status_code >= 400 else ""
        if answer.status_code == 500 or "Traceback" in said or str(served.site.files.root) in said:
            faults.append(f"{address}: {answer.status_code} {said[:300]}")
    return faults


def test_there_are_more_ways_than_15() -> None:
    assert len(WAYS) >= 15


@pytest.fixture(scope="module")
def running(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on a copy of the data folder."""
    data = tmp_path_factory.mktemp("running") / "data"
    shutil.copytree(whole, data)
    with serve(data) as served:
        yield served


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_is_damaged_while_the_server_runs_is_told_in_words(running: Served, way: str) -> None:
    name, damage = WAYS[way]
    (file,) = running.site.files.root.glob(name)
    before = file.read_bytes()
    damage(file)
    try:
        assert not faults_of(running, name)
    finally:
        if file.is_dir():
            file.rmdir()
        file.write_bytes(before)


@pytest.mark.parametrize("name", sorted({name for name, _ in WAYS.values()}))
def test_a_file_that_is_gone_is_made_again_or_told_at_the_next_start(whole: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(whole, tmp_path / "data")
    next((tmp_path / "data").glob(name)).unlink()
    with quiet_site(tmp_path / "data") as site:
        set_right(site)
        with site.database.read() as transaction:
            upload, take = transaction.query(Upload).one(), transaction.query(Take).one()
        assert upload.has_video == (name != "uploads/*/video")
        if name in ("takes/*/trial.json", "takes/*/angles.csv", "takes/*/repetitions.csv"):
            assert (upload.state, take.state) == (UploadState.READ, TakeState.MEASURING)
            work_off(site)
            assert measuring.take_detail(site, take.id).trial
        elif name in ("uploads/*/landmarks.parquet", "uploads/*/recording.json"):
            assert (upload.state, take.state) == (UploadState.READING, TakeState.MEASURING)
            assert "are damaged or missing" in " ".join(site.notices)
        elif name == "uploads/*/video":
            assert site.notices == ["In the data folder the file of a.mov is missing."]


AT_THE_START = {
    "takes/*/trial.json": (braces, without_end, of_another_test, of_no_test, a_folder),
    "uploads/*/landmarks.parquet": (another_table, a_folder, empty),
    "uploads/*/recording.json": (braces, without_end),
}


@pytest.mark.parametrize(
    ("name", "damage"),
    [(name, way) for name, ways in AT_THE_START.items() for way in ways],
    ids=lambda item: getattr(item, "__name__", None),
)
def test_a_file_that_is_damaged_is_made_again_from_the_next_start_on(
    whole: Path, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    shutil.copytree(whole, tmp_path / "data")
    damage(next((tmp_path / "data").glob(name)))
    with quiet_site(tmp_path / "data") as site:
        set_right(site)
        with site.database.read() as transaction:
            upload, take = transaction.query(Upload).one(), transaction.query(Take).one()
        assert take.state == TakeState.MEASURING
        assert " damaged or missing" in " ".join(site.notices)
        if name.startswith("takes"):
            work_off(site)
            assert measuring.take_detail(site, take.id).trial
        else:
            assert upload.state == UploadState.READING


def test_a_video_whose_body_points_and_file_are_gone_is_told(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "data")
    with quiet_site(tmp_path / "data") as site:
        for name in ("video", "landmarks.parquet"):
            next((tmp_path / "data" / "uploads").glob(f"*/{name}")).unlink()
        set_right(site)
        with site.database.read() as transaction:
            upload, take = transaction.query(Upload).one(), transaction.query(Take).one()
        assert (upload.state, upload.has_video, take.state) == (UploadState.REFUSED, False, TakeState.REFUSED)
        assert upload.reason.endswith("Send it again.")


def test_what_no_row_knows_is_named_on_the_start_page_and_kept(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "data")
    stray, left = tmp_path / "data" / "uploads" / ("a" * 24), tmp_path / "data" / "uploads" / ("b" * 24)
    for folder in (stray, left):
        folder.mkdir()
    (stray / "video").write_bytes(b"film" * 1000)
    (left / "partial").touch()
    with serve(tmp_path / "data") as served:
        page = served.client.get("/").text
        assert f"uploads/{'a' * 24}/video" in page
        assert "belongs to no session" in page
    assert (stray / "video").is_file()
    assert not left.exists(), "nothing had come in"


def test_a_zip_that_was_being_made_when_the_server_was_killed_is_cleared(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "data")
    left = tmp_path / "data" / "work" / "packed-1"
    left.mkdir()
    (left / "files.zip").write_bytes(b"PK")
    with quiet_site(tmp_path / "data") as site:
        set_right(site)
    assert not left.exists()
