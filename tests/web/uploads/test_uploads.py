from __future__ import annotations

import hashlib
import resource
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from webapp import Served, made_session, place_reading, quiet_site, serve

from posecheck.storage.job_queue import jobs_of_session
from posecheck.storage.tables import Upload
from posecheck.web.api.schemas import ConfirmForm, ReadingForm, UploadForm, UploadOut
from posecheck.web.server.errors import ConflictError, DiskFullError, NotFoundError, TooLargeError, WrongInputError
from posecheck.web.server.settings import Limits
from posecheck.web.takes import measuring
from posecheck.web.uploads import uploads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.web.server.site import Site

VIDEO = bytes(range(256)) * 400
PIECE = 30_000


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with quiet_site(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def session(site: Site) -> str:
    return made_session(site)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("served"), limits=Limits(chunk_bytes=PIECE)) as running:
        yield running


def begin(site: Site, session: str, name: str = "lunge.mov", size: int = len(VIDEO), phase: str = "pre") -> UploadOut:
    return uploads.begin_upload(site, session, UploadForm(file_name=name, size_bytes=size, phase=phase))[0]


def send(site: Site, upload_id: str, data: bytes = VIDEO, offset: int = 0) -> UploadOut:
    out = None
    while offset < len(data):
        out = uploads.receive_piece(site, upload_id, offset, data[offset : offset + PIECE])
        offset = out.received_bytes
    assert out is not None
    return out


def row(site: Site, upload_id: str) -> Upload:
    with site.database.read() as transaction:
        found = transaction.get(Upload, upload_id)
    assert found is not None
    return found


def job_kinds(site: Site, session: str) -> list[str]:
    with site.database.read() as transaction:
        return [job.kind for job in jobs_of_session(transaction, session)]


def test_a_video_comes_in_by_pieces_and_is_queued_for_reading(site: Site, session: str) -> None:
    upload = begin(site, session)
    assert (upload.state, upload.received_bytes) == ("receiving", 0)
    first = uploads.receive_piece(site, upload.id, 0, VIDEO[:PIECE])
    assert (first.state, first.received_bytes, job_kinds(site, session)) == ("receiving", PIECE, [])
    last = send(site, upload.id, offset=PIECE)
    assert (last.state, last.received_bytes, last.has_video) == ("reading", len(VIDEO), True)
    assert site.files.video(upload.id).read_bytes() == VIDEO
    assert not site.files.partial(upload.id).exists()
    assert row(site, upload.id).sha256 == hashlib.sha256(VIDEO).hexdigest()
    assert job_kinds(site, session) == ["read"]


def test_a_video_that_was_cut_off_goes_on_where_it_stopped(site: Site, session: str) -> None:
    upload = begin(site, session)
    uploads.receive_piece(site, upload.id, 0, VIDEO[:PIECE])
    again, made = uploads.begin_upload(
        site, session, UploadForm(file_name="lunge.mov", size_bytes=len(VIDEO), phase="pre")
    )
    assert (again.id, made, again.received_bytes) == (upload.id, False, PIECE)
    assert send(site, upload.id, offset=PIECE).state == "reading"


def test_another_name_size_or_block_is_another_video(site: Site, session: str) -> None:
    ids = {
        begin(site, session).id,
        begin(site, session, name="other.mov").id,
        begin(site, session, size=9).id,
        begin(site, session, phase="retest").id,
    }
    assert len(ids) == 4


def test_the_file_decides_how_much_came_in_when_the_server_was_killed_within_a_piece(site: Site, session: str) -> None:
    upload = begin(site, session)
    uploads.receive_piece(site, upload.id, 0, VIDEO[:PIECE])
    with site.files.partial(upload.id).open("ab") as file:
        file.write(VIDEO[PIECE : PIECE + 700])
    with pytest.raises(uploads.OffsetError, match="Continue from there") as refused:
        uploads.receive_piece(site, upload.id, PIECE, VIDEO[PIECE : 2 * PIECE])
    assert refused.value.more == {"received_bytes": PIECE + 700}
    send(site, upload.id, offset=PIECE + 700)
    assert site.files.video(upload.id).read_bytes() == VIDEO


@pytest.mark.parametrize("moved", [False, True])
def test_a_video_whose_last_piece_was_safe_is_completed_by_the_next_start(
    site: Site, session: str, moved: bool
) -> None:
    upload = begin(site, session)
    (site.files.video if moved else site.files.partial)(upload.id).write_bytes(VIDEO)
    uploads.recover_uploads(site)
    assert row(site, upload.id).state == "reading"
    assert site.files.video(upload.id).read_bytes() == VIDEO
    assert job_kinds(site, session) == ["read"]


def test_a_start_deletes_a_video_that_is_not_to_be_kept(site: Site, session: str) -> None:
    upload = begin(site, session)
    send(site, upload.id)
    with site.database.begin() as transaction:
        stored = transaction.get(Upload, upload.id)
        assert stored is not None
        stored.has_video = False
    uploads.recover_uploads(site)
    assert not site.files.video(upload.id).exists()


def test_a_start_queues_what_waits_for_a_job_that_is_not_there(site: Site, session: str) -> None:
    send(site, begin(site, session).id)
    upload = begin(site, session, name="read.mov")
    place_reading(site, upload.id, "runners-lunge")
    measuring.confirm_upload(site, upload.id, ConfirmForm(movement="runners-lunge", side="left"))
    with site.database.begin() as transaction:
        for job in jobs_of_session(transaction, session):
            transaction.delete(job)
    for _ in range(2):  # once only
        uploads.recover_uploads(site)
    assert sorted(job_kinds(site, session)) == ["measure", "read"]


def test_a_damaged_upload_does_not_keep_the_server_from_starting(site: Site, session: str) -> None:
    damaged, good = begin(site, session, size=10), begin(site, session, name="good.mov")
    site.files.partial(damaged.id).write_bytes(bytes(11))
    site.files.partial(good.id).write_bytes(VIDEO)
    uploads.recover_uploads(site)
    assert (row(site, damaged.id).state, row(site, good.id).state) == ("receiving", "reading")


def test_two_tabs_that_send_the_same_file_make_one_whole_video(site: Site, session: str) -> None:
    upload = begin(site, session)

    def tab() -> None:
        offset = 0
        while offset < len(VIDEO):
            try:
                offset = uploads.receive_piece(site, upload.id, offset, VIDEO[offset : offset + 7000]).received_bytes
            except uploads.OffsetError as error:
                offset = error.more["received_bytes"]
            except ConflictError:  # the other tab has sent the rest
                return

    tabs = [threading.Thread(target=tab) for _ in range(2)]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join()
    assert site.files.video(upload.id).read_bytes() == VIDEO
    assert job_kinds(site, session) == ["read"]


def test_an_answer_to_the_last_piece_that_was_lost_can_be_had_again(site: Site, session: str) -> None:
    upload = begin(site, session, size=PIECE)
    uploads.receive_piece(site, upload.id, 0, VIDEO[:PIECE])
    assert uploads.receive_piece(site, upload.id, 0, VIDEO[:PIECE]).state == "reading"
    with pytest.raises(ConflictError, match="already been received completely"):
        uploads.receive_piece(site, upload.id, 5, VIDEO[:10])


def test_an_empty_file_is_refused_in_words(site: Site, session: str) -> None:
    with pytest.raises(WrongInputError, match=r"lunge\.mov is empty \(0 bytes\); copy it from the camera again"):
        begin(site, session, size=0)


def test_five_gigabytes_are_refused_before_a_byte_is_sent(site: Site, session: str) -> None:
    with pytest.raises(TooLargeError, match=r"lunge\.mov has 5\.0 GB; one video may have 4\.0 GB"):
        begin(site, session, size=5 * 1024**3)
    assert list((site.files.root / "uploads").iterdir()) == []


def test_more_bytes_than_announced_are_refused_and_not_written(site: Site, session: str) -> None:
    upload = begin(site, session, size=100)
    with pytest.raises(TooLargeError, match="more bytes than the 100"):
        uploads.receive_piece(site, upload.id, 0, VIDEO[:101])
    assert row(site, upload.id).received_bytes == 0
    assert not site.files.partial(upload.id).exists()


def test_too_many_videos_are_refused(tmp_path: Path) -> None:
    with quiet_site(tmp_path / "data", limits=Limits(max_uploads=2)) as site:
        session = made_session(site)
        for name in ("a.mov", "b.mov"):
            begin(site, session, name=name)
        with pytest.raises(TooLargeError, match="holds 2 videos"):
            begin(site, session, name="c.mov")


def test_a_video_that_cannot_fit_on_the_disk_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    with quiet_site(tmp_path / "data", limits=Limits(free_bytes=2**62)) as site:
        session = made_session(site)
        with pytest.raises(DiskFullError, match="does not fit on the disk"):
            begin(site, session)
        with site.database.read() as transaction:
            assert transaction.query(Upload).count() == 0


def test_a_disk_that_runs_full_keeps_what_came_in_and_the_video_goes_on_later(site: Site, session: str) -> None:
    data = bytes(5_000_000)
    upload = begin(site, session, size=len(data))
    uploads.receive_piece(site, upload.id, 0, data[:3_000_000])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, hard))  # the system refuses to write beyond, as a full disk
    try:
        with pytest.raises(DiskFullError, match="What arrived is kept: free some space and send it again"):
            uploads.receive_piece(site, upload.id, 3_000_000, data[3_000_000:])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert site.files.partial(upload.id).stat().st_size == 3_000_000
    assert uploads.receive_piece(site, upload.id, 3_000_000, data[3_000_000:]).state == "reading"


def test_the_same_recording_sent_twice_is_said_and_not_refused(site: Site, session: str) -> None:
    send(site, begin(site, session, name="first.mov").id)
    second = send(site, begin(site, session, name="second.mov").id)
    assert second.state == "reading"
    assert second.info["warnings"] == [
        "The same recording was sent before as first.mov; of two that are confirmed as the same test, the later one counts."
    ]
    assert send(site, begin(site, session, name="third.mov", phase="retest").id).info == {}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("C:\\clips\\a.mov", "a.mov"), ("../../etc/a.mov", "a.mov"), ("a\x07\nb.mov", "ab.mov"), ("/", "video")],
)
def test_of_a_name_only_what_people_read_is_kept(site: Site, session: str, sent: str, kept: str) -> None:
    assert begin(site, session, name=sent).file_name == kept


def test_a_deleted_video_is_gone_with_its_work_and_the_other_take_counts_on(site: Site, session: str) -> None:
    takes = []
    for name in ("a.mov", "b.mov"):
        upload = begin(site, session, name=name)
        place_reading(site, upload.id, "runners-lunge")
        takes.append(measuring.confirm_upload(site, upload.id, ConfirmForm(movement="runners-lunge", side="left")))
    assert all(measuring.take_detail(site, take.id).take.current for take in takes)
    uploads.delete_upload(site, takes[1].upload_id)
    assert not site.files.upload(takes[1].upload_id).exists()
    assert measuring.take_detail(site, takes[0].id).take.current
    assert job_kinds(site, session) == ["measure"]
    with pytest.raises(NotFoundError):
        uploads.receive_piece(site, takes[1].upload_id, 0, b"x")


def test_another_reading_measures_again_and_drops_the_corrections(site: Site, session: str) -> None:
    upload = begin(site, session)
    place_reading(site, upload.id, "runners-lunge")
    take = measuring.confirm_upload(site, upload.id, ConfirmForm(movement="runners-lunge", side="left"))
    with site.database.begin() as transaction:
        transaction.get_one(Upload, upload.id).reading = {"filming": "plan"}
    out = uploads.read_again(site, upload.id, ReadingForm(person_at=(0.25, 0.5), mirror=True))
    # the person was chosen in the picture that is turned round now
    mirrored = {"filming": "plan", "person_at": [0.75, 0.5], "mirror": True, "rotate_deg": None}
    assert (out.state, out.reading) == ("reading", mirrored)
    waiting = measuring.take_detail(site, take.id).take
    assert (waiting.state, waiting.version) == ("measuring", take.version + 1)
    with site.database.read() as transaction:
        states = [(job.kind, job.state) for job in jobs_of_session(transaction, session)]
    assert states == [("measure", "cancelled"), ("read", "queued")]
    with pytest.raises(ConflictError, match="still being received or read"):
        uploads.read_again(site, upload.id, ReadingForm())


def test_a_video_that_is_not_kept_cannot_be_read_again(site: Site, session: str) -> None:
    upload = begin(site, session)
    place_reading(site, upload.id, "runners-lunge")
    with site.database.begin() as transaction:
        stored = transaction.get(Upload, upload.id)
        assert stored is not None
        stored.has_video = False
    with pytest.raises(ConflictError, match="is not kept"):
        uploads.read_again(site, upload.id, ReadingForm())


def test_the_routes_say_where_to_go_on(served: Served) -> None:
    session = served.session()
    form = {"file_name": "a.mov", "size_bytes": 2 * PIECE, "phase": "pre"}
    upload = served.client.post(f"/api/sessions/{session}/uploads", json=form)
    assert upload.status_code == 201
    address = f"/api/uploads/{upload.json()['id']}"
    assert served.client.patch(address, params={"offset": 0}, content=VIDEO[:PIECE]).json()["received_bytes"] == PIECE
    assert served.client.post(f"/api/sessions/{session}/uploads", json=form).status_code == 200
    wrong = served.client.patch(address, params={"offset": 5}, content=b"x")
    assert (wrong.status_code, wrong.json()["error"]["received_bytes"]) == (409, PIECE)
    assert served.client.get(address).json()["received_bytes"] == PIECE
    assert served.client.get(f"{address}/people").json() == []
    assert served.client.get(f"{address}/poster.jpg").status_code == 404
    assert served.client.delete(address).status_code == 204
    assert served.client.get(address).status_code == 404


def test_a_piece_that_is_too_large_is_refused_whether_its_size_is_stated_or_not(served: Served) -> None:
    form = {"file_name": "a.mov", "size_bytes": 10 * PIECE, "phase": "pre"}
    upload = served.client.post(f"/api/sessions/{served.session()}/uploads", json=form).json()
    for body in (bytes(PIECE + 1), iter([bytes(PIECE), b"x"])):
        answer = served.client.patch(f"/api/uploads/{upload['id']}", params={"offset": 0}, content=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_a_connection_that_ends_within_a_piece_leaves_the_pieces_before(served: Served) -> None:
    form = {"file_name": "a.mov", "size_bytes": 2 * PIECE, "phase": "pre"}
    upload = served.client.post(f"/api/sessions/{served.session()}/uploads", json=form).json()
    address = f"/api/uploads/{upload['id']}"
    served.client.patch(address, params={"offset": 0}, content=VIDEO[:PIECE])
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = f"PATCH {address}?offset={PIECE} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {PIECE}\r\n\r\n"
        connection.sendall(head.encode() + VIDEO[:1000])
    time.sleep(0.2)
    assert served.client.get(address).json()["received_bytes"] == PIECE
    assert served.client.patch(address, params={"offset": PIECE}, content=VIDEO[:PIECE]).json()["state"] == "reading"


@pytest.mark.parametrize(
    ("beginning", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(600), "a picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(600), "a picture"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + bytes(600), "a picture"),
        (b"%PDF-1.7\n" + bytes(600), "a document"),
        (b"PK\x03\x04\x14\x00\x00\x00" + bytes(600), "an archive"),
        (b"ID3\x04" + bytes(600), "a sound recording"),
        (b"MZ\x90\x00" + bytes(600), "a program"),
        (b"<!doctype html><p>Not found</p>" * 30, "a text"),
        ("Grüße aus der Küche. ".encode() * 40, "a text"),
    ],
)
def test_what_cannot_be_a_video_is_refused_at_its_first_piece(
    site: Site, session: str, beginning: bytes, words: str
) -> None:
    upload = begin(site, session, "lunge.mp4", size=50_000_000)
    with pytest.raises(WrongInputError, match=f"lunge.mp4 is {words}"):
        uploads.receive_piece(site, upload.id, 0, beginning)
    with pytest.raises(NotFoundError):
        uploads.receive_piece(site, upload.id, 0, beginning)
    assert not site.files.partial(upload.id).exists()


@pytest.mark.parametrize(
    "beginning",
    [
        b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  " + bytes(600),
        b"\x00\x00\x00\x1cftypmp42" + bytes(600),
        b"\x1aE\xdf\xa3" + bytes(600),
        b"RIFF\x00\x10\x00\x00AVI LIST" + bytes(600),
        b"\x00\x00\x01\xba" + bytes(600),
        b"\x00\x00\x00\x01\x67\x42\x00\x1f" + bytes(600),
        (b"\x47\x40\x11\x10" + bytes(184)) * 10,
        b"GIF89a" + bytes(600),
        b"OggS" + bytes(600),
        bytes(600),
        bytes(range(256)) * 4,
        b"few letters",
    ],
    ids=["mov", "mp4", "mkv", "avi", "mpeg", "h264", "ts", "gif", "ogg", "zeros", "anything", "too little to tell"],
)
def test_what_may_be_a_video_is_taken(site: Site, session: str, beginning: bytes) -> None:
    upload = begin(site, session, "lunge.mp4", size=50_000_000)
    assert uploads.receive_piece(site, upload.id, 0, beginning).received_bytes == len(beginning)
