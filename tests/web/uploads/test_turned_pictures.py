"""A video whose picture lies on its side: never sure of a test, kept until it is turned, and measured after that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from clips import TOE_PRE, quarter_turned, sample_clip
from turned_uploads import turned_upload
from webapp import made_session, quiet_site, work_off

from posecheck.storage.tables import Job, JobKind, Upload
from posecheck.video.reader import probe_video
from posecheck.web.api.schemas import ConfirmForm, ReadingForm, UploadForm
from posecheck.web.takes import measuring
from posecheck.web.uploads import uploads
from posecheck.web.uploads.turn_notice import TurnNotice, turn_notice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.web.server.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with quiet_site(tmp_path / "data") as opened:
        yield opened


def stored(site: Site, upload_id: str) -> Upload:
    with site.database.read() as transaction:
        upload = transaction.get_one(Upload, upload_id)
        assert upload.session.id  # loaded while the transaction is open
    return upload


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
@pytest.mark.parametrize("movement", ["toe-touch", "side-lunge"])
def test_a_turned_picture_is_never_surely_a_test_and_its_turn_is_offered(
    site: Site, movement: str, turn_deg: int
) -> None:
    upload = stored(site, turned_upload(site, made_session(site), movement, turn_deg))
    assert (upload.proposal["movement"], upload.proposal["sure"]) == ("", False)
    assert "turn it first" in upload.proposal["words"]
    how = "is upside down" if turn_deg == 180 else "lies on its side"
    back_deg = 360 - turn_deg
    assert turn_notice(upload, "needed", "doubtful") == TurnNotice(f"This picture {how}.", back_deg, back_deg, True)


def test_who_lies_and_seems_to_stand_is_asked_about(site: Site) -> None:
    session = made_session(site)
    notices = []
    for turn_deg in (90, 270):
        upload = stored(site, turned_upload(site, session, "knee-to-chest", turn_deg))
        assert not upload.proposal["sure"]
        notices.append(turn_notice(upload, "needed", "doubtful"))
    words = {notice.words for notice in notices if notice is not None}
    assert words == {
        "This picture lies on its side.",
        "If the person lies on the back here, this picture lies on its side.",
    }


def test_a_take_that_is_refused_for_its_turn_keeps_its_video_although_videos_are_not_kept(site: Site) -> None:
    upload_id = turned_upload(site, made_session(site, keep_video=False), "toe-touch", 90)
    take = measuring.confirm_upload(site, upload_id, ConfirmForm(movement="toe-touch"))
    work_off(site)
    refused = measuring.take_detail(site, take.id).take
    assert refused.state == "refused"
    assert refused.reason.startswith("The picture lies on its side: “Toe touch” is done standing")
    assert "“Turn it” below" in refused.reason
    assert stored(site, upload_id).has_video
    out = uploads.read_again(site, upload_id, ReadingForm(rotate_deg=270))
    assert (out.state, out.reading["rotate_deg"]) == ("reading", 270)


def test_without_its_video_nothing_is_offered(site: Site) -> None:
    upload_id = turned_upload(site, made_session(site), "toe-touch", 90)
    with site.database.begin() as transaction:
        transaction.get_one(Upload, upload_id).has_video = False
    assert turn_notice(stored(site, upload_id), "needed") is None


def test_a_video_read_before_turns_were_looked_for_offers_none(site: Site) -> None:
    upload_id = turned_upload(site, made_session(site), "toe-touch", 90)
    with site.database.begin() as transaction:
        upload = transaction.get_one(Upload, upload_id)
        upload.info = {key: value for key, value in upload.info.items() if key != "turns"}
    assert turn_notice(stored(site, upload_id), "needed", "doubtful") is None


@pytest.mark.parametrize(
    ("before", "after", "point"),
    [
        ({}, ReadingForm(person_at=(0.2, 0.4), rotate_deg=90), [0.6, 0.2]),
        ({}, ReadingForm(person_at=(0.2, 0.4), rotate_deg=180), [0.8, 0.6]),
        ({"rotate_deg": 90}, ReadingForm(person_at=(0.6, 0.2), rotate_deg=0), [0.2, 0.4]),
        ({"rotate_deg": 90}, ReadingForm(person_at=(0.6, 0.2), rotate_deg=90, mirror=True), [0.4, 0.2]),
        ({"rotate_deg": 90, "mirror": True}, ReadingForm(person_at=(0.4, 0.2), rotate_deg=90), [0.6, 0.2]),
    ],
)
def test_the_chosen_person_is_found_again_in_the_turned_picture(
    site: Site, before: dict[str, object], after: ReadingForm, point: list[float]
) -> None:
    upload_id = turned_upload(site, made_session(site), "toe-touch", 90)
    with site.database.begin() as transaction:
        transaction.get_one(Upload, upload_id).reading = before
    assert uploads.read_again(site, upload_id, after).reading["person_at"] == pytest.approx(point)


@pytest.mark.model
def test_a_real_video_on_its_side_is_turned_measured_and_drawn_upright(site: Site, tmp_path: Path) -> None:
    session = made_session(site)
    clip = sample_clip(tmp_path / "on-its-side.mp4", TOE_PRE, every=3, change=quarter_turned)
    data = clip.read_bytes()
    form = UploadForm(file_name=clip.name, size_bytes=len(data), phase="pre")
    upload_id = uploads.receive_piece(site, uploads.begin_upload(site, session, form)[0].id, 0, data).id
    work_off(site)
    upload = stored(site, upload_id)
    assert (upload.state, upload.proposal["movement"], upload.info["turns"]["needed"]) == ("read", "", 270)
    assert not upload.has_copy

    uploads.read_again(site, upload_id, ReadingForm(rotate_deg=270))
    work_off(site)
    upload = stored(site, upload_id)
    assert upload.proposal["movement"] == "toe-touch"
    assert upload.info["turns"]["needed"] is None
    copy = probe_video(site.files.copy(upload_id))
    assert copy.width_px > copy.height_px  # what the page plays is upright too

    take = measuring.confirm_upload(site, upload_id, ConfirmForm(movement="toe-touch"))
    with site.database.begin() as transaction:
        site.jobs.enqueue(transaction, session, JobKind.ANNOTATE, take.id)
    work_off(site)
    with site.database.read() as transaction:
        assert {row.state for row in transaction.query(Job)} == {"done"}
    folder = site.files.take(take.id)
    trial = json.loads((folder / "trial.json").read_text(encoding="utf-8"))
    assert trial["provenance"]["options"]["rotate_deg"] == 270
    (hip,) = (item for item in trial["outcomes"] if item["name"] == "hip_flexion")
    assert hip["mean"] == pytest.approx(82.1, abs=1.5)  # of the unharmed video
    drawn = probe_video(folder / "annotated.mp4")
    assert drawn.width_px > drawn.height_px
