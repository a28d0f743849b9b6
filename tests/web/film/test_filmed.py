"""Recordings of a camera: they come in while they grow, become seekable, are measured, and survive what can go wrong."""

from __future__ import annotations

import resource
import signal
import time
from typing import TYPE_CHECKING, Any

import av
import httpx
import pytest
from browser_recording import PIECE_S, recorded_pieces
from clips import TOE_PRE, sample_frames
from film_pieces import Clock, begin, recording, row, send, watched_by
from made_trial import made_series
from served_process import served
from webapp import made_session, quiet_site, serve

from posecheck.errors import StorageError
from posecheck.live import Framing
from posecheck.movements import load_movement
from posecheck.storage.job_queue import jobs_of_session
from posecheck.storage.tables import FILMED_AGAIN, Upload
from posecheck.video import seekable
from posecheck.video.reader import iter_video, probe_video
from posecheck.web.film import filmed
from posecheck.web.film.last_pieces import SILENT_S
from posecheck.web.server.errors import ConflictError, DiskFullError, NotFoundError, TooLargeError, WrongInputError
from posecheck.web.server.settings import Limits, Waits
from posecheck.web.server.site import Site
from posecheck.web.uploads import uploads
from posecheck.web.uploads.pieces import OffsetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIT_S = 120
LOST_AT_MOST_S = 2.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    with quiet_site(tmp_path / "data") as opened:
        yield watched_by(opened, clock)


@pytest.fixture
def session(site: Site) -> str:
    return made_session(site)


def job_kinds(site: Site, session: str) -> list[str]:
    with site.database.read() as transaction:
        return [job.kind for job in jobs_of_session(transaction, session)]


def test_a_filming_becomes_a_seekable_video_and_a_take_to_be_measured(site: Site, session: str) -> None:
    upload_id = begin(site, session)
    send(site, upload_id, recording())
    out = filmed.finish_filming(site, upload_id)
    assert (out.state, out.filmed, out.has_video) == ("reading", True, True)
    assert out.file_name == "Side lunge, left, filmed.webm"
    assert out.size_bytes == out.received_bytes == site.files.video(upload_id).stat().st_size
    (take,) = row(site, upload_id).takes
    assert (take.movement, take.side, take.phase, take.current, take.state) == (
        "side-lunge",
        "left",
        "pre",
        True,
        "measuring",
    )
    assert job_kinds(site, session) == ["read"]
    assert not site.files.partial(upload_id).exists()
    again = filmed.finish_filming(site, upload_id)
    assert again.take_id == take.id
    assert job_kinds(site, session) == ["read"]


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9", "libx264"])
def test_times_stay_true_and_every_place_can_be_reached(tmp_path: Path, codec: str) -> None:
    raw, made = tmp_path / "raw", tmp_path / "made"
    raw.write_bytes(b"".join(recording(codec)))
    span_s = seekable.write_seekable(raw, made)
    before, after = ([frame.time_s for frame in iter_video(path)] for path in (raw, made))
    assert after == pytest.approx(before, abs=0.001)
    assert span_s == pytest.approx(after[-1], abs=0.001)
    assert probe_video(made).duration_s == pytest.approx(after[-1], abs=0.2)
    with av.open(str(made)) as container:
        container.seek(int(4 * av.time_base))
        reached = next(container.decode(video=0)).time
    assert reached is not None
    assert 2.0 < reached <= 4.1


def test_a_torn_end_is_left_out(tmp_path: Path) -> None:
    raw, made = tmp_path / "raw", tmp_path / "made"
    whole = b"".join(recording())
    raw.write_bytes(whole[: len(whole) * 2 // 3])
    span_s = seekable.write_seekable(raw, made)
    frames = list(iter_video(made))
    assert 3.0 < span_s < 5.0
    assert frames[-1].time_s == pytest.approx(span_s, abs=0.001)
    assert all(frame.image_rgb.std() > 10 for frame in frames), "a picture is grey"


def test_pieces_must_follow_one_another(site: Site, session: str) -> None:
    upload_id = begin(site, session)
    first, second = recording()[:2]
    assert filmed.add_piece(site, upload_id, 0, first) == len(first)
    with pytest.raises(OffsetError) as refused:
        filmed.add_piece(site, upload_id, 0, first)
    assert refused.value.more == {"received_bytes": len(first)}
    assert filmed.add_piece(site, upload_id, len(first), second) == len(first) + len(second)


def test_an_ended_filming_takes_no_more(site: Site, session: str) -> None:
    upload_id = begin(site, session)
    received = send(site, upload_id, recording())
    filmed.finish_filming(site, upload_id)
    with pytest.raises(ConflictError, match="has ended already") as refused:
        filmed.add_piece(site, upload_id, received, b"more")
    assert not hasattr(refused.value, "more")
    with pytest.raises(ConflictError, match="has ended already"):
        filmed.discard_filming(site, upload_id)


def test_a_discarded_filming_leaves_nothing(site: Site, session: str, clock: Clock) -> None:
    upload_id = begin(site, session)
    send(site, upload_id, recording())
    filmed.discard_filming(site, upload_id)
    assert not site.files.upload(upload_id).exists()
    with pytest.raises(NotFoundError):
        filmed.add_piece(site, upload_id, 0, b"more")
    clock.now_s += 2 * SILENT_S
    filmed.finish_silent(site)
    assert job_kinds(site, session) == []


def test_the_place_of_the_person_is_kept_for_the_re_test(site: Site, session: str) -> None:
    stood = Framing.of_series(made_series("side-lunge"), load_movement("side-lunge"))
    assert stood is not None
    upload_id = begin(site, session)
    send(site, upload_id, recording())
    out = filmed.finish_filming(site, upload_id, stood.to_dict())
    assert Framing.from_dict(out.reading["plan"]["framing"]).hip_xy == stood.hip_xy


@pytest.mark.parametrize("framing", [{}, {"hip_xy": [1, 2]}, {"hip_xy": ["a", None]}, {"hip_xy": [10**400, 1]}])
def test_a_framing_that_is_none_is_refused(site: Site, session: str, framing: dict[str, Any]) -> None:
    upload_id = begin(site, session)
    send(site, upload_id, recording())
    with pytest.raises(WrongInputError, match="own_framing"):
        filmed.finish_filming(site, upload_id, framing)
    assert row(site, upload_id).state == "receiving"


def test_a_new_filming_of_the_same_test_is_a_further_take(site: Site, session: str) -> None:
    first, second = (begin(site, session) for _ in range(2))
    for upload_id in (first, second):
        send(site, upload_id, recording())
        filmed.finish_filming(site, upload_id)
    assert [take.current for upload_id in (first, second) for take in row(site, upload_id).takes] == [True, True]


@pytest.mark.parametrize("interrupted_first", [True, False])
def test_a_filming_that_was_interrupted_does_not_count_once_its_test_was_filmed_again(
    site: Site, session: str, interrupted_first: bool
) -> None:
    stopped, anew = (begin(site, session) for _ in range(2))
    ends = [(stopped, True), (anew, False)]
    for upload_id, interrupted in ends if interrupted_first else reversed(ends):
        send(site, upload_id, recording())
        filmed.finish_filming(site, upload_id, interrupted=interrupted)
    takes = [row(site, upload_id).takes[0] for upload_id in (stopped, anew)]
    assert [take.current for take in takes] == [False, True]
    assert takes[0].left_out == FILMED_AGAIN


def test_a_filming_that_was_interrupted_counts_while_it_is_the_only_one(site: Site, session: str) -> None:
    upload_id = begin(site, session)
    send(site, upload_id, recording())
    filmed.finish_filming(site, upload_id, interrupted=True)
    assert row(site, upload_id).takes[0].current


def test_a_filming_that_was_cut_does_not_count_instead_of_one_that_was_begun_after_it(
    site: Site, session: str, clock: Clock
) -> None:
    cut = begin(site, session)
    send(site, cut, recording())
    anew, other = begin(site, session), begin(site, session, side="right")
    for upload_id in (anew, other):
        send(site, upload_id, recording())
        filmed.finish_filming(site, upload_id)
    clock.now_s += SILENT_S
    filmed.finish_silent(site)
    assert [[take.current for take in row(site, upload_id).takes] for upload_id in (cut, anew, other)] == [
        [False],
        [True],
        [True],
    ]


def test_what_is_no_video_is_kept_and_its_reading_says_so(site: Site, session: str) -> None:
    upload_id = begin(site, session)
    send(site, upload_id, (bytes(1000),))
    assert filmed.finish_filming(site, upload_id).state == "reading"
    assert site.files.video(upload_id).read_bytes() == bytes(1000)


def test_a_filming_without_a_byte_cannot_be_ended(site: Site, session: str) -> None:
    with pytest.raises(ConflictError, match="Nothing of this recording"):
        filmed.finish_filming(site, begin(site, session))


def test_a_filming_whose_page_died_is_ended_by_itself_and_says_so(site: Site, session: str, clock: Clock) -> None:
    upload_id = begin(site, session)
    pieces = recording()
    clock.now_s += SILENT_S - 1
    send(site, upload_id, pieces[:8])
    clock.now_s += SILENT_S - 1
    filmed.finish_silent(site)
    assert row(site, upload_id).state == "receiving"
    clock.now_s += 1
    filmed.finish_silent(site)
    found = row(site, upload_id)
    assert found.state == "reading"
    assert found.info["warnings"] == [filmed.CUT_SHORT_WORDS]
    assert probe_video(site.files.video(upload_id)).duration_s > 8 * PIECE_S - LOST_AT_MOST_S
    assert [take.movement for take in found.takes] == ["side-lunge"]
    filmed.finish_silent(site)
    assert job_kinds(site, session) == ["read"]


@pytest.mark.parametrize("pieces", [(), recording()[:1], recording()[:3]])
def test_a_filming_of_less_than_two_seconds_is_forgotten(
    site: Site, session: str, clock: Clock, pieces: tuple[bytes, ...]
) -> None:
    upload_id = begin(site, session)
    send(site, upload_id, pieces)
    clock.now_s += SILENT_S
    filmed.finish_silent(site)
    assert not site.files.upload(upload_id).exists()
    with pytest.raises(NotFoundError):
        filmed.finish_filming(site, upload_id)


def test_a_start_gives_the_page_time_to_go_on_and_then_ends_the_filming(site: Site, session: str, clock: Clock) -> None:
    upload_id = begin(site, session)
    send(site, upload_id, recording()[:8])
    restarted = watched_by(site, clock)
    uploads.recover_uploads(restarted)
    filmed.recover_filmings(restarted)
    assert row(site, upload_id).state == "receiving"
    clock.now_s += SILENT_S
    filmed.finish_silent(restarted)
    assert row(site, upload_id).state == "reading"


def test_a_server_killed_between_the_steps_of_ending_goes_on_with_them(
    site: Site, session: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = begin(site, session)
    send(site, upload_id, recording())
    with monkeypatch.context() as broken:
        broken.setattr(uploads, "complete", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            filmed.finish_filming(site, upload_id)
    restarted = watched_by(site, clock)
    filmed.recover_filmings(restarted)
    clock.now_s += SILENT_S
    filmed.finish_silent(restarted)
    found = row(site, upload_id)
    assert (found.state, len(found.takes), job_kinds(site, session)) == ("reading", 1, ["read"])


def test_a_full_disk_stops_a_filming_and_loses_nothing_of_it(
    site: Site, session: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = begin(site, session)
    pieces = recording()
    received = send(site, upload_id, pieces[:8])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (received + 100, hard))
        with pytest.raises(DiskFullError, match="What arrived is kept"):
            filmed.add_piece(site, upload_id, received, pieces[8])
        resource.setrlimit(resource.RLIMIT_FSIZE, (received // 2, hard))
        with pytest.raises(StorageError):
            filmed.finish_filming(site, upload_id)
        clock.now_s += SILENT_S
        filmed.finish_silent(site)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert site.files.partial(upload_id).read_bytes() == b"".join(pieces[:8])
    assert row(site, upload_id).state == "receiving"
    clock.now_s += SILENT_S
    filmed.finish_silent(site)
    assert row(site, upload_id).state == "reading"


def test_no_filming_begins_or_grows_where_the_disk_is_nearly_full(tmp_path: Path) -> None:
    with quiet_site(tmp_path / "data", limits=Limits(free_bytes=10**18)) as site, pytest.raises(DiskFullError):
        begin(site, made_session(site))


def test_a_filming_may_be_as_long_as_a_video_may_be(tmp_path: Path) -> None:
    with quiet_site(tmp_path / "data", limits=Limits(max_bytes=1000)) as site:
        upload_id = begin(site, made_session(site))
        filmed.add_piece(site, upload_id, 0, bytes(900))
        with pytest.raises(TooLargeError, match="end it"):
            filmed.add_piece(site, upload_id, 900, bytes(101))


def test_uploads_and_filmings_are_not_mixed_up(site: Site, session: str) -> None:
    upload_id = begin(site, session)
    with pytest.raises(ConflictError, match="/api/filmings"):
        uploads.receive_piece(site, upload_id, 0, b"x")
    with site.database.begin() as transaction:
        plain = Upload(session_id=session, phase="pre", file_name="a.mp4", size_bytes=5)
        transaction.add(plain)
        transaction.flush()
        plain_id = plain.id
    with pytest.raises(NotFoundError, match="/api/uploads"):
        filmed.add_piece(site, plain_id, 0, b"x")


@pytest.mark.parametrize("form", [{"movement": "dance"}, {"side": None}, {"movement": "toe-touch", "side": "left"}])
def test_a_test_that_cannot_be_is_not_filmed(site: Site, session: str, form: dict[str, Any]) -> None:
    with pytest.raises(WrongInputError):
        begin(site, session, **form)


@pytest.mark.slow
def test_a_running_server_ends_a_filming_whose_page_died(tmp_path: Path) -> None:
    with serve(tmp_path / "data", waits=Waits(silent_s=2.0)) as served:
        form = {"movement": "side-lunge", "side": "left", "phase": "pre"}
        begun = served.client.post(f"/api/sessions/{served.session()}/filmings", json=form).raise_for_status()
        upload_id = begun.json()["id"]
        whole = b"".join(recording())
        served.client.patch(f"/api/filmings/{upload_id}", params={"offset": 0}, content=whole).raise_for_status()
        while served.client.get(f"/api/uploads/{upload_id}").json()["state"] == "receiving":
            time.sleep(0.2)
        take_id = served.client.get(f"/api/uploads/{upload_id}").json()["take_id"]
        assert wait_for_take(served.client, take_id)["state"] == "refused", "nobody is in it"


def test_a_filming_goes_over_the_web_and_a_stopped_server_keeps_it(tmp_path: Path) -> None:
    form = {"movement": "side-lunge", "side": "left", "phase": "pre"}
    pieces = recording()
    with serve(tmp_path / "data") as served:
        begun = served.client.post(f"/api/sessions/{served.session()}/filmings", json=form).raise_for_status()
        upload_id = begun.json()["id"]
        address = f"/api/filmings/{upload_id}"
        whole = b"".join(pieces[:6])
        answer = served.client.patch(address, params={"offset": 0}, content=whole).raise_for_status()
        assert answer.json() == {"received_bytes": len(whole)}
        page = served.client.get(f"/sessions/{begun.json()['session_id']}/pre").raise_for_status().text
        assert "This is being filmed." in page
        assert "Choose the same file again" not in page
        refused = served.client.patch(address, params={"offset": 1}, content=b"x")
        assert (refused.status_code, refused.json()["error"]["received_bytes"]) == (409, len(whole))
        large = bytes(2 * 1024**2)
        more = served.client.patch(address, params={"offset": len(whole)}, content=large).raise_for_status()
        assert more.json() == {"received_bytes": len(whole) + len(large)}
    with serve(tmp_path / "data") as served:
        assert served.client.get(f"/api/uploads/{upload_id}").json()["state"] == "receiving"
        assert served.client.post(f"{address}/discard").status_code == 204
        assert served.client.get(f"/api/uploads/{upload_id}").status_code == 404


# --- the real command, killed


@pytest.mark.model
def test_a_server_killed_while_filming_loses_two_seconds_at_most_and_the_rest_is_measured(tmp_path: Path) -> None:
    times, images = sample_frames(TOE_PRE, 7.0)
    pieces = recorded_pieces(times, images)
    with served(tmp_path / "data") as (process, client):
        person = client.post("/api/people", json={"name": "Anna"}).json()["id"]
        session = client.post(f"/api/people/{person}/sessions", json={}).json()["id"]
        form = {"movement": "toe-touch", "phase": "pre", "mime": "video/webm;codecs=vp8"}
        upload_id = client.post(f"/api/sessions/{session}/filmings", json=form).raise_for_status().json()["id"]
        received = 0
        for piece in pieces[:-1]:
            answer = client.patch(f"/api/filmings/{upload_id}", params={"offset": received}, content=piece)
            received = answer.raise_for_status().json()["received_bytes"]
        process.send_signal(signal.SIGKILL)
        process.wait(WAIT_S)
    with served(tmp_path / "data") as (_, client):
        out = client.post(f"/api/filmings/{upload_id}/finish", json={}).raise_for_status().json()
        take = wait_for_take(client, out["take_id"])
        upload = client.get(f"/api/uploads/{upload_id}").json()
    assert take["state"] == "measured", take["reason"]
    assert take["summary"]["repetitions"] == 1
    assert upload["info"]["duration_s"] > times[-1] - LOST_AT_MOST_S


def wait_for_take(client: httpx.Client, take_id: str) -> dict[str, Any]:
    while True:
        take = dict(client.get(f"/api/takes/{take_id}").raise_for_status().json()["take"])
        if take["state"] != "measuring":
            return take
        time.sleep(0.2)
