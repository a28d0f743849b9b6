"""The web app with videos and results in object storage: a real S3 server, and servers with working copies of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import s3fs
from cluster import s3_server
from cut_line import cut_line
from film_pieces import begin as begin_filming
from film_pieces import recording
from own_movement import own_movement
from webapp import made_session, place_reading, quiet_site, serve, work_off

from posecheck.errors import StorageError
from posecheck.storage.deleting import finish_shared_deletions
from posecheck.storage.disk_use import disk_use
from posecheck.storage.own_movements import catalogue_of, keep_movement, remove_movement
from posecheck.storage.tables import TakeState, Upload, UploadState
from posecheck.storage.working_copy import let_go_unused
from posecheck.trial.corrections import Corrections
from posecheck.web.api.schemas import ConfirmForm, TakeOut, UploadForm
from posecheck.web.film import filmed
from posecheck.web.people.sample import add_sample
from posecheck.web.results.results import session_input
from posecheck.web.server.app import open_site
from posecheck.web.server.setting_right import make_room, set_right, tidy_working_copy
from posecheck.web.server.settings import Limits, WebSettings
from posecheck.web.takes import measuring
from posecheck.web.uploads import uploads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgresql import Server

    from posecheck.web.server.site import Site

pytestmark = pytest.mark.slow

LUNGE = "runners-lunge"
WAIT_S = 120.0


@pytest.fixture
def store(s3: Any) -> str:
    bucket = f"bucket-{os.urandom(6).hex()}"
    s3.mkdir(bucket)
    return f"s3://{bucket}/clinic"


@pytest.fixture
def servers(postgresql: Server, store: str, tmp_path: Path) -> Iterator[tuple[Site, Site]]:
    """Two servers with one database and one store; each has a data folder of its own."""
    url = postgresql.new_database()
    with (
        quiet_site(tmp_path / "first", database_url=url, store=store) as first,
        quiet_site(tmp_path / "second", database_url=url, store=store) as second,
    ):
        yield first, second


def measured(site: Site, session: str) -> TakeOut:
    form = UploadForm(file_name="a.mov", size_bytes=10, phase="pre")
    upload = uploads.begin_upload(site, session, form)[0]
    place_reading(site, upload.id, LUNGE)
    take = measuring.confirm_upload(site, upload.id, ConfirmForm(movement=LUNGE, side="left"))
    work_off(site)
    return measuring.take_detail(site, take.id).take


def names(s3: Any, store: str, place: str) -> set[str]:
    folder = f"{store.removeprefix('s3://')}/{place}/"
    return {path.removeprefix(folder) for path in s3.find(folder.rstrip("/"))}


def in_folder(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def test_what_one_server_does_the_other_shows(servers: tuple[Site, Site], s3: Any, store: str) -> None:
    first, second = servers
    session = made_session(first)
    take = measured(first, session)
    assert take.state == TakeState.MEASURED
    before = session_input(first, session).fingerprint

    seen = measuring.take_detail(second, take.id).trial
    assert seen is not None
    assert seen == measuring.take_detail(first, take.id).trial

    corrected = measuring.correct_take(second, take.id, Corrections(excluded=(1,)))
    shown = measuring.take_detail(first, take.id)
    assert shown.trial is not None
    assert shown.trial == corrected.trial
    assert shown.trial["corrections"] == ["1 repetition excluded by hand"]
    after, others = (session_input(site, session).fingerprint for site in servers)
    assert after == others != before, "a page would be told by another server that its result is an old one"

    measuring.request_annotated(first, take.id)
    work_off(second)
    assert measuring.annotated_video(first, take.id).stat().st_size > 1000

    with first.database.read() as transaction, second.database.read() as other:
        use, others = disk_use(transaction, first.files), disk_use(other, second.files)
    assert use.people == others.people
    folders = (*s3.find(f"{store.removeprefix('s3://')}/takes"), *s3.find(f"{store.removeprefix('s3://')}/uploads"))
    assert sum(use.people.values()) == sum(s3.info(path)["size"] for path in folders) == use.all_bytes

    uploads.delete_upload(second, take.upload_id)
    assert names(s3, store, "takes") == names(s3, store, "uploads") == names(s3, store, "deletions") == set()
    first.files.take(take.id)
    assert in_folder(first.files.root / "takes" / take.id) == set()


def test_pieces_may_come_to_any_server(servers: tuple[Site, Site], s3: Any, store: str) -> None:
    data = b"".join(recording())
    session = made_session(servers[0])
    form = UploadForm(file_name="a.webm", size_bytes=len(data), phase="pre")
    upload = uploads.begin_upload(servers[0], session, form)[0]
    step = len(data) // 5 + 1
    for number, offset in enumerate(range(0, len(data), step)):
        site = servers[number % 2]
        out = uploads.receive_piece(site, upload.id, offset, data[offset : offset + step])
        assert out.received_bytes == min(offset + step, len(data))

    assert out.state == UploadState.READING
    assert names(s3, store, f"uploads/{upload.id}") == {"video"}
    assert all(site.files.video(upload.id).read_bytes() == data for site in servers)


def test_an_upload_goes_on_where_another_server_stopped(servers: tuple[Site, Site]) -> None:
    data = b"".join(recording())
    session = made_session(servers[0])
    form = UploadForm(file_name="a.webm", size_bytes=len(data), phase="pre")
    upload = uploads.begin_upload(servers[0], session, form)[0]
    uploads.receive_piece(servers[0], upload.id, 0, data[:1000])

    again, made = uploads.begin_upload(servers[1], session, form)

    assert (again.id, again.received_bytes, made) == (upload.id, 1000, False)


def test_a_recording_is_filmed_to_any_server(servers: tuple[Site, Site], s3: Any, store: str) -> None:
    session = made_session(servers[0])
    upload_id = begin_filming(servers[0], session)
    offset = 0
    for number, piece in enumerate(recording()):
        offset = filmed.add_piece(servers[number % 2], upload_id, offset, piece)
    out = filmed.finish_filming(servers[1], upload_id)

    assert out.state == UploadState.READING
    assert names(s3, store, f"uploads/{upload_id}") == {"video"}
    first, second = (site.files.video(upload_id).read_bytes() for site in servers)
    assert first == second
    assert len(first) == out.size_bytes


def test_a_recording_whose_page_went_over_to_another_server_is_not_ended(servers: tuple[Site, Site]) -> None:
    first, second = servers
    session = made_session(first)
    upload_id = begin_filming(first, session)
    pieces = recording()
    filmed.add_piece(first, upload_id, 0, pieces[0])
    filmed.add_piece(second, upload_id, len(pieces[0]), pieces[1])

    filmed._finish_silent(first, upload_id)
    with first.database.read() as transaction:
        assert transaction.get_one(Upload, upload_id).state == UploadState.RECEIVING

    filmed._finish_silent(first, upload_id)  # now it is silent everywhere
    with first.database.read() as transaction:
        upload = transaction.get(Upload, upload_id)
    assert upload is None or upload.state == UploadState.READING


def test_own_movements_are_those_of_all_servers(servers: tuple[Site, Site]) -> None:
    first, second = servers
    movement = keep_movement(first.files, own_movement(), "mine.toml")
    assert movement.name in catalogue_of(second.files).own

    remove_movement(second.files, movement.name)
    assert movement.name not in catalogue_of(first.files).own


def test_the_sample_session_is_there_for_all(servers: tuple[Site, Site]) -> None:
    first, second = servers
    add_sample(first)
    with second.database.read() as transaction:
        found = transaction.query(Upload).all()
    assert len(found) > 10
    for upload in found:
        there = in_folder(second.files.upload(upload.id))
        assert there == in_folder(first.files.upload(upload.id))
        assert {"video", "poster.jpg", "landmarks.parquet", "recording.json"} <= there


def test_a_server_that_dies_between_store_and_database_leaves_no_wrong_number(
    postgresql: Server, store: str, tmp_path: Path
) -> None:
    url = postgresql.new_database()
    with quiet_site(tmp_path / "second", database_url=url, store=store) as second:
        take = measured(second, made_session(second))
        before = measuring.take_detail(second, take.id).trial
        died = subprocess.run(
            [sys.executable, "-c", DYING, str(tmp_path / "first"), url, store, take.id],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=False,
        )
        assert died.returncode == 9

        shown = measuring.take_detail(second, take.id)
        assert (shown.take.state, shown.trial) == (TakeState.MEASURING, None)

        set_right(second)
        work_off(second)
        shown = measuring.take_detail(second, take.id)
        assert (shown.take.state, shown.take.corrections) == (TakeState.MEASURED, {})
        assert shown.trial == before


DYING = """
import os, sys
from pathlib import Path
from webapp import quiet_site
from posecheck.trial.corrections import Corrections
from posecheck.web.takes import measuring

measuring.bring_in_line = lambda *_: os._exit(9)  # asked for when the store has the new folder, and the row is not kept
data, url, store, take_id = sys.argv[1:]
with quiet_site(Path(data), database_url=url, store=store) as site:
    measuring.correct_take(site, take_id, Corrections(excluded=(1,)))
"""


def test_a_store_that_goes_away_is_told_and_nothing_is_lost(
    s3: Any, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"".join(recording())
    with cut_line(int(os.environ["AWS_ENDPOINT_URL"].rpartition(":")[2])) as line:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{line.port}")
        with quiet_site(tmp_path / "data", store=store) as site:
            session = made_session(site)
            take = measured(site, session)
            form = UploadForm(file_name="b.webm", size_bytes=len(data), phase="pre")
            upload = uploads.begin_upload(site, session, form)[0]
            uploads.receive_piece(site, upload.id, 0, data[:1000])

            line.cut()
            for asked in (
                lambda: measuring.take_detail(site, take.id),
                lambda: measuring.correct_take(site, take.id, Corrections(excluded=(1,))),
                lambda: uploads.receive_piece(site, upload.id, 1000, data[1000:]),
            ):
                with pytest.raises(StorageError, match=r"s3://"):
                    asked()

            line.join()
            assert uploads.receive_piece(site, upload.id, 1000, data[1000:]).state == UploadState.READING
            corrected = measuring.correct_take(site, take.id, Corrections(excluded=(1,)))
            assert corrected.take.state == TakeState.MEASURED


def test_jobs_wait_for_a_store_that_is_gone(
    s3: Any, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cut_line(int(os.environ["AWS_ENDPOINT_URL"].rpartition(":")[2])) as line:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{line.port}")
        with serve(tmp_path / "data", store=store) as served:
            session = served.session()
            form = UploadForm(file_name="a.mov", size_bytes=10, phase="pre")
            upload = uploads.begin_upload(served.site, session, form)[0]
            place_reading(served.site, upload.id, LUNGE)
            line.cut()
            answer = served.client.get(f"/api/uploads/{upload.id}/poster.jpg")
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "storage")
            assert "s3://" in answer.json()["error"]["message"]

            form = {"movement": LUNGE, "side": "left"}
            answer = served.client.post(f"/api/uploads/{upload.id}/confirm", json=form)
            assert answer.status_code == 503
            line.join()
            take_id = served.client.post(f"/api/uploads/{upload.id}/confirm", json=form).raise_for_status().json()["id"]
            line.cut()  # while it waits, or is measured, or is to be kept
            time.sleep(5)
            line.join()
            deadline = time.monotonic() + WAIT_S
            found: dict[str, Any] = {"take": {"state": "measuring"}}
            while found["take"]["state"] == "measuring" and time.monotonic() < deadline:
                time.sleep(0.5)
                found = served.client.get(f"/api/takes/{take_id}").raise_for_status().json()
            assert found["take"]["state"] == "measured"


def test_a_deletion_that_the_store_did_not_hear_of_is_finished_by_another_server(
    servers: tuple[Site, Site], s3: Any, store: str
) -> None:
    first, second = servers
    take = measured(first, made_session(first))
    mark = f"{store.removeprefix('s3://')}/deletions/killed.json"
    rows = [["take", take.id], ["upload", take.upload_id]]
    s3.pipe_file(mark, f'{{"at": 0.0, "rows": {rows}}}'.replace("'", '"').encode())
    finish_shared_deletions(second.database, second.files)
    assert not s3.exists(mark), "rows that are still there a day later were not deleted"
    assert measuring.take_detail(second, take.id).trial

    kept = {path: s3.cat_file(path) for path in s3.find(f"{store.removeprefix('s3://')}/takes")}
    uploads.delete_upload(first, take.upload_id)
    for path, data in kept.items():  # as if the server was killed before its files went
        s3.pipe_file(path, data)
    s3.pipe_file(mark, f'{{"at": 0.0, "rows": {rows}}}'.replace("'", '"').encode())
    finish_shared_deletions(second.database, second.files)
    assert names(s3, store, "takes") == names(s3, store, "deletions") == set()


def test_working_copies_that_nobody_uses_are_let_go(servers: tuple[Site, Site]) -> None:
    first, _ = servers
    take = measured(first, made_session(first))
    local = first.files.root / "takes" / take.id
    first.files.store.write("work/stopped/video", b"of a job that is no more")
    tidy_working_copy(first)
    assert local.is_dir()
    assert first.files.store.held("work") == {}

    for notes in (first.files.root / "brought").iterdir():
        os.utime(notes, (0, 0))
    let_go_unused(first.files, {f"takes/{take.id}"}, 0)
    assert local.is_dir(), "it is being worked on"
    tidy_working_copy(first)
    assert not local.exists()
    assert measuring.take_detail(first, take.id).trial


def test_on_a_short_disk_what_was_used_an_hour_ago_is_let_go(servers: tuple[Site, Site]) -> None:
    first, _ = servers
    take = measured(first, made_session(first))
    local = first.files.root / "takes" / take.id
    two_hours_ago = time.time() - 2 * 3600
    for notes in (first.files.root / "brought").iterdir():
        os.utime(notes, (two_hours_ago, two_hours_ago))
    make_room(first)
    assert local.is_dir(), "there is room"
    short = replace(first, settings=replace(first.settings, limits=Limits(free_bytes=2**60)))
    make_room(short)
    assert not local.exists()


def test_a_data_folder_that_was_used_alone_goes_into_the_store(store: str, s3: Any, tmp_path: Path) -> None:
    with quiet_site(tmp_path / "data") as site:
        take = measured(site, made_session(site))
        keep_movement(site.files, own_movement(), "mine.toml")
        before = measuring.take_detail(site, take.id).trial
    with serve(tmp_path / "data", store=store) as served:
        assert served.site.notices == []
        assert served.client.get(f"/api/takes/{take.id}").json()["trial"] == before
        assert len(served.site.catalogue.own) == 1
        for kind in ("uploads", "takes"):
            assert names(s3, store, kind) == {
                path.relative_to(tmp_path / "data" / kind).as_posix()
                for path in (tmp_path / "data" / kind).rglob("*")
                if path.is_file()
            }
        assert served.client.get(f"/takes/{take.id}").status_code == 200


def test_what_is_missing_in_the_store_is_named_at_the_start(servers: tuple[Site, Site], s3: Any, store: str) -> None:
    first, second = servers
    take = measured(first, made_session(first))
    s3.rm_file(f"{store.removeprefix('s3://')}/takes/{take.id}/trial.json")
    set_right(second)
    assert any("measured again" in words for words in second.notices)
    work_off(second)
    assert measuring.take_detail(first, take.id).trial


def test_without_rights_the_server_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with s3_server(tmp_path) as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        s3fs.S3FileSystem(skip_instance_cache=True).mkdir("shut")
        address = variables["AWS_ENDPOINT_URL"]
        headers = {"Content-Type": "text/plain"}
        asked = urllib.request.Request(f"{address}/moto-api/reset-auth", data=b"0", headers=headers)
        urllib.request.urlopen(asked).close()
        settings = WebSettings(data=tmp_path / "data", store="s3://shut/clinic")
        with pytest.raises(StorageError, match="s3://shut/clinic"), open_site(settings):
            pass
