from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from webapp import made_session, place_reading, quiet_site, serve, work_off

from posecheck.errors import RecordingError
from posecheck.kinematics.joints import Side
from posecheck.language import language_set
from posecheck.output.folders.trial_folder import load_trial_folder
from posecheck.storage.job_queue import jobs_of_session, unfinished_jobs_of
from posecheck.storage.tables import OTHER_TEST, REPLACED, JobKind, Session, Upload, UploadState
from posecheck.trial.corrections import Corrections
from posecheck.trial.repetitions import RepetitionTimes
from posecheck.web.api.schemas import ConfirmForm, TakeOut, UploadForm, UploadOut
from posecheck.web.jobs.privacy import bring_session_in_line
from posecheck.web.results.results import session_input
from posecheck.web.server.errors import ConflictError, NotFoundError, WrongInputError
from posecheck.web.takes import counting, measuring
from posecheck.web.uploads import uploads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.web.server.site import Site

pytestmark = pytest.mark.slow

LUNGE = "runners-lunge"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with quiet_site(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def session(site: Site) -> str:
    return made_session(site)


def begin(site: Site, session: str, name: str = "a.mov") -> UploadOut:
    return uploads.begin_upload(site, session, UploadForm(file_name=name, size_bytes=10, phase="pre"))[0]


def read_upload(site: Site, session: str, name: str = "a.mov", movement: str = LUNGE) -> str:
    upload = begin(site, session, name)
    place_reading(site, upload.id, movement)
    return upload.id


def confirm(site: Site, upload_id: str, movement: str = LUNGE, side: str | None = "left", **more: Any) -> TakeOut:
    return measuring.confirm_upload(site, upload_id, ConfirmForm(movement=movement, side=side, **more))


def measured(site: Site, session: str) -> TakeOut:
    take = confirm(site, read_upload(site, session))
    work_off(site)
    return now(site, take)


def now(site: Site, take: TakeOut) -> TakeOut:
    return measuring.take_detail(site, take.id).take


def change_session(site: Site, session: str, **values: object) -> None:
    with site.database.begin() as transaction:
        row = transaction.get(Session, session)
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)


def files(site: Site, upload_id: str) -> set[str]:
    return {path.name for path in site.files.upload(upload_id).iterdir()}


def test_a_confirmed_video_is_measured_as_that_test(site: Site, session: str) -> None:
    take = confirm(site, read_upload(site, session))
    assert (take.state, take.side, take.phase, take.current) == ("measuring", "left", "pre", True)
    work_off(site)
    detail = measuring.take_detail(site, take.id)
    assert detail.take.state == "measured"
    assert detail.take.summary["repetitions"] == 2
    assert detail.take.summary["outcomes"][0] == {
        "name": "hip_extension",
        "title": "Hip extension, rear leg",
        "mean_deg": pytest.approx(12.0, abs=0.1),
    }
    stored = load_trial_folder(site.files.take(take.id))
    assert (stored.trial.movement, stored.trial.side) == (LUNGE, Side.LEFT)
    assert detail.trial is not None
    written = json.loads((stored.path / "trial.json").read_text())
    del written["messages"]  # what its words are made of: a page has them as phrases
    assert detail.trial == written
    assert detail.trial["provenance"]["video"] == "a.mov"
    assert stored.end_range_picture is not None
    assert list(site.files.work.iterdir()) == []


def with_version(site: Site, take: TakeOut, version: int) -> None:
    """As if an earlier posecheck had measured it with its own version of the test."""
    file = site.files.take(take.id) / "trial.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "movement_version": version}))


def version_of(site: Site, take: TakeOut) -> int:
    return load_trial_folder(site.files.take(take.id)).trial.movement_version


def test_what_an_earlier_version_measured_is_measured_again_once_something_new_stands_beside_it(
    site: Site, session: str
) -> None:
    earlier = measured(site, session)
    newest = version_of(site, earlier)
    with_version(site, earlier, newest - 1)
    other_test = confirm(site, read_upload(site, session, "b.mov", "side-lunge"), "side-lunge", "left")
    work_off(site)
    assert version_of(site, earlier) == newest - 1  # nothing to compare with
    later = confirm(site, read_upload(site, session, "c.mov"), side="left")
    work_off(site)
    assert [now(site, take).state for take in (earlier, other_test, later)] == ["measured"] * 3
    assert version_of(site, earlier) == version_of(site, later) == newest


def test_a_correction_brings_what_is_beside_it_to_its_version(site: Site, session: str) -> None:
    earlier, corrected = measured(site, session), measured(site, session)
    newest = version_of(site, earlier)
    with_version(site, earlier, newest - 1)
    measuring.correct_take(site, corrected.id, Corrections(excluded=(1,)))
    work_off(site)
    assert version_of(site, earlier) == newest


def test_what_the_person_felt_goes_into_the_trial(site: Site, session: str) -> None:
    felt = {"movement": LUNGE, "side": "left", "phase": "pre", "stiffness": 6.0, "discomfort": None, "note": "front"}
    change_session(site, session, felt=[{**felt, "side": "right", "stiffness": 1.0}, felt])
    trial = measuring.take_detail(site, measured(site, session).id).trial
    assert trial is not None
    assert trial["felt"] == {"stiffness": 6.0, "discomfort": None, "note": "front"}


def test_a_video_may_be_confirmed_while_it_is_still_being_read(site: Site, session: str) -> None:
    upload = begin(site, session)
    take = confirm(site, upload.id)
    assert take.state == "measuring"
    with site.database.read() as transaction:
        assert not unfinished_jobs_of(transaction, [take.id])
    assert confirm(site, upload.id).id == take.id  # another tab says the same


@pytest.mark.parametrize(
    ("movement", "side", "words"),
    [
        ("splits", None, "no test 'splits'"),
        (LUNGE, None, "say left or right"),
        ("toe-touch", "left", "leave the side out"),
    ],
)
def test_a_test_or_side_that_cannot_be_is_refused(
    site: Site, session: str, movement: str, side: str | None, words: str
) -> None:
    with pytest.raises(WrongInputError, match=words):
        confirm(site, begin(site, session).id, movement, side)


def test_a_video_that_was_refused_cannot_be_confirmed(site: Site, session: str) -> None:
    upload = begin(site, session)
    with site.database.begin() as transaction:
        row = transaction.get(Upload, upload.id)
        assert row is not None
        row.state, row.reason = UploadState.REFUSED, "Has no picture."
    with pytest.raises(ConflictError, match=r"a\.mov cannot be used: Has no picture\."):
        confirm(site, upload.id)


def test_a_recording_that_does_not_show_the_test_is_refused_in_words(site: Site, session: str) -> None:
    take = confirm(site, read_upload(site, session, movement="toe-touch"), "side-lunge")
    work_off(site)
    refused = now(site, take)
    assert refused.state == "refused"
    assert refused.reason
    assert str(site.files.root) not in refused.reason
    assert measuring.take_detail(site, take.id).trial is None
    with site.database.read() as transaction:
        assert [job.state for job in jobs_of_session(transaction, session)] == ["done"]
    with pytest.raises(ConflictError, match="cannot count"):
        counting.use_take(site, take.id)


def test_two_recordings_of_a_test_are_two_takes_and_both_count(site: Site, session: str) -> None:
    first, second = (confirm(site, read_upload(site, session, name)) for name in ("a.mov", "b.mov"))
    assert [now(site, take).current for take in (first, second)] == [True, True]
    assert [now(site, take).number for take in (first, second)] == [1, 2]
    work_off(site)
    assert [now(site, take).state for take in (first, second)] == ["measured", "measured"]
    assert [load_trial_folder(site.files.take(take.id)).trial.take for take in (first, second)] == [1, 2]
    measuring.delete_take(site, first.id)
    assert (now(site, second).current, now(site, second).number) == (True, 2)
    assert not site.files.take(first.id).exists()
    assert site.files.video(first.upload_id).exists()
    with pytest.raises(NotFoundError):
        now(site, first)


def test_a_take_is_left_out_with_a_reason_and_taken_in_again(site: Site, session: str) -> None:
    first, second = (confirm(site, read_upload(site, session, name)) for name in ("a.mov", "b.mov"))
    left_out = counting.leave_take_out(site, first.id, "the phone fell over")
    assert (left_out.current, left_out.left_out) == (False, "the phone fell over")
    assert now(site, second).current
    measuring.delete_take(site, second.id)
    assert not now(site, first).current  # somebody left it out: nothing but their click counts it again
    again = counting.use_take(site, first.id)
    assert (again.current, again.left_out) == (True, "")


def test_a_take_that_was_replaced_counts_again_when_the_newer_one_is_deleted(site: Site, session: str) -> None:
    first, second = (confirm(site, read_upload(site, session, name)) for name in ("a.mov", "b.mov"))
    counting.leave_take_out(site, first.id, REPLACED)
    measuring.delete_take(site, second.id)
    assert (now(site, first).current, now(site, first).left_out) == (True, "")


def test_a_video_that_was_left_out_counts_again_when_it_is_confirmed_again(site: Site, session: str) -> None:
    take = confirm(site, read_upload(site, session))
    counting.leave_take_out(site, take.id, "too dark")
    again = confirm(site, take.upload_id)
    assert (again.id, again.current, again.left_out) == (take.id, True, "")


def test_a_video_confirmed_as_something_else_no_longer_counts_as_the_first(site: Site, session: str) -> None:
    first = confirm(site, read_upload(site, session, "a.mov"))
    mistaken = confirm(site, read_upload(site, session, "b.mov"))
    right = confirm(site, mistaken.upload_id, side="right", phase="retest")
    assert [now(site, take).current for take in (first, mistaken, right)] == [True, False, True]
    assert now(site, mistaken).left_out == OTHER_TEST
    with site.database.read() as transaction:
        row = transaction.get(Upload, mistaken.upload_id)
        assert row is not None
        assert row.phase == "retest"


def test_a_repetition_left_out_changes_the_result_at_once(site: Site, session: str) -> None:
    take = measured(site, session)
    detail = measuring.correct_take(site, take.id, Corrections(excluded=(1,)), take.version)
    assert detail.trial is not None
    assert [item["used"] for item in detail.trial["repetitions"]] == [False, True]
    assert detail.trial["corrections"] == ["1 repetition excluded by hand"]
    assert (detail.take.version, detail.take.summary["repetitions"]) == (take.version + 1, 1)
    assert detail.take.corrections == Corrections(excluded=(1,)).to_dict()
    assert detail.take.state == "measured"
    folder = site.files.take(take.id)
    assert "excluded by hand" in (folder / "repetitions.csv").read_text(encoding="utf-8")
    back = measuring.correct_take(site, take.id, Corrections(), detail.take.version)
    assert back.take.corrections == {}
    assert back.take.summary["repetitions"] == 2


def test_the_picture_is_drawn_anew_where_what_it_shows_has_changed(site: Site, session: str) -> None:
    take = measured(site, session)
    picture = site.files.take(take.id) / "end_range.jpg"
    before = picture.read_bytes()
    second = load_trial_folder(site.files.take(take.id)).trial.repetitions[1]
    rising = RepetitionTimes(second.start_s, second.end_s, second.start_s + 0.2, second.start_s + 0.5)
    changed = Corrections(excluded=(1,), times={2: rising})  # both repetitions are alike: another moment is not
    measuring.correct_take(site, take.id, changed)
    assert picture.read_bytes() == before
    with site.database.read() as transaction:
        assert [job.kind for job in unfinished_jobs_of(transaction, [take.id])] == ["measure"]
    shown = session_input(site, session).fingerprint
    work_off(site)
    assert picture.read_bytes() != before
    assert session_input(site, session).fingerprint != shown  # else the report would keep the earlier picture
    trial = load_trial_folder(site.files.take(take.id)).trial
    assert trial.corrections[0] == "1 repetition excluded by hand"
    measuring.correct_take(site, take.id, changed)  # the same again
    with site.database.read() as transaction:
        assert not unfinished_jobs_of(transaction, [take.id])


def test_a_picture_job_that_a_later_correction_overtakes_changes_nothing(site: Site, session: str) -> None:
    take = measured(site, session)
    measuring.correct_take(site, take.id, Corrections(excluded=(1,)))
    (begun,) = site.jobs.begin_waiting(1)
    measuring.correct_take(site, take.id, Corrections(excluded=(2,)))
    with site.database.read() as transaction:
        states = {job.id: job.state for job in jobs_of_session(transaction, session)}
    assert states[begun[0]] == "cancelled"
    assert list(states.values()).count("queued") == 1


def test_corrections_from_an_older_page_are_refused(site: Site, session: str) -> None:
    take = measured(site, session)
    measuring.correct_take(site, take.id, Corrections(excluded=(1,)), take.version)
    with pytest.raises(ConflictError, match="another tab"):
        measuring.correct_take(site, take.id, Corrections(excluded=(2,)), take.version)
    assert now(site, take).corrections["excluded"] == [1]


def test_of_two_tabs_that_correct_at_once_one_is_refused(site: Site, session: str) -> None:
    take = measured(site, session)
    ends: list[str] = []

    def tab(number: int) -> None:
        try:
            measuring.correct_take(site, take.id, Corrections(excluded=(number,)), take.version)
            ends.append("stored")
        except ConflictError:
            ends.append("refused")

    tabs = [threading.Thread(target=tab, args=(number,)) for number in (1, 2)]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join()
    assert sorted(ends) == ["refused", "stored"]
    excluded = now(site, take).corrections["excluded"]
    trial = load_trial_folder(site.files.take(take.id)).trial
    assert [item.number for item in trial.repetitions if not item.used] == excluded


def test_corrections_that_leave_nothing_change_nothing(site: Site, session: str) -> None:
    take = measured(site, session)
    with pytest.raises(RecordingError, match="nothing is left to measure"):
        measuring.correct_take(site, take.id, Corrections(excluded=(1, 2)))
    assert now(site, take) == take
    assert list(site.files.work.iterdir()) == []


def test_a_side_set_by_hand_makes_it_a_recording_of_that_side(site: Site, session: str) -> None:
    take = measured(site, session)
    earlier = confirm(site, read_upload(site, session, "other.mov"), side="left")
    work_off(site)
    detail = measuring.correct_take(site, take.id, Corrections(side=Side.LEFT))
    assert (detail.take.side, detail.take.current, detail.take.number) == ("left", True, 1)
    detail = measuring.correct_take(site, take.id, Corrections(side=Side.RIGHT))
    assert (detail.take.side, detail.take.current, detail.take.number) == ("right", True, 1)
    assert now(site, earlier).current
    detail = measuring.correct_take(site, earlier.id, Corrections(side=Side.RIGHT))
    assert (detail.take.side, detail.take.number) == ("right", 2)
    assert load_trial_folder(site.files.take(earlier.id)).trial.take == 2
    assert load_trial_folder(site.files.take(take.id)).trial.side is Side.RIGHT


def test_a_side_set_by_hand_and_taken_back_leaves_no_trace(site: Site, session: str) -> None:
    take = measured(site, session)
    said = measuring.correct_take(site, take.id, Corrections(side=Side.LEFT)).take
    assert said.corrections == {}  # nothing was set that had not been said
    assert measuring.correct_take(site, take.id, Corrections(side=Side.RIGHT)).take.corrections["side"] == "right"
    undone = measuring.correct_take(site, take.id, Corrections()).take
    assert (undone.side, undone.corrections) == ("left", {})
    assert load_trial_folder(site.files.take(take.id)).trial.side is Side.LEFT


def test_a_side_that_did_not_move_is_refused_in_words_for_a_page(site: Site, session: str) -> None:
    take = confirm(site, read_upload(site, session, movement="side-lunge"), "side-lunge", "right")
    work_off(site)
    assert now(site, take).reason == (
        "The left side did the movement, not the right one. Choose the left side with “Another test or side”; or, if the "
        "file is a mirror image (as selfie cameras make), read it again as a mirror image."
    )


def test_only_landmarks_are_kept_where_the_session_wants_that(site: Site, session: str) -> None:
    change_session(site, session, keep_video=False)
    take = measured(site, session)
    detail = measuring.take_detail(site, take.id)
    assert not detail.upload.has_video
    assert files(site, take.upload_id) == {"landmarks.parquet", "recording.json", "poster.jpg"}
    corrected = measuring.correct_take(site, take.id, Corrections(excluded=(1,)))
    assert corrected.take.summary["repetitions"] == 1
    assert (site.files.take(take.id) / "end_range.jpg").is_file()
    with site.database.read() as transaction:
        assert not unfinished_jobs_of(transaction, [take.id])
    with pytest.raises(ConflictError, match="keeps body points only"):
        measuring.request_annotated(site, take.id)


def test_with_body_points_only_a_drawing_that_is_under_way_ends_and_no_video_stays(site: Site, session: str) -> None:
    takes = [measured(site, session), confirm(site, read_upload(site, session, "b.mov"), side="right")]
    work_off(site)
    measuring.request_annotated(site, takes[0].id)
    work_off(site)
    measuring.request_annotated(site, takes[1].id)
    with site.database.begin() as transaction:
        row = transaction.get_one(Session, session)
        row.keep_video = False
        to_delete = bring_session_in_line(transaction, site.files, row)
    site.files.discard(to_delete)
    work_off(site)  # the drawing has nothing to draw on any more
    work_off(site)
    for take in takes:
        assert not list(site.files.take(take.id).glob("*.mp4"))
        assert files(site, take.upload_id) == {"landmarks.parquet", "recording.json", "poster.jpg"}


def test_an_annotated_video_is_drawn_on_request_and_dropped_by_a_correction(site: Site, session: str) -> None:
    take = measured(site, session)
    with pytest.raises(NotFoundError, match="ask for it"):
        measuring.annotated_video(site, take.id)
    job = measuring.request_annotated(site, take.id)
    assert (job.kind, measuring.request_annotated(site, take.id).id) == (JobKind.ANNOTATE, job.id)
    work_off(site)
    assert measuring.annotated_video(site, take.id).stat().st_size > 1000
    measuring.correct_take(site, take.id, Corrections(excluded=(1,)))
    with pytest.raises(NotFoundError):
        measuring.annotated_video(site, take.id)


def test_the_words_of_an_annotated_video_are_in_the_language_of_whoever_asked(site: Site, session: str) -> None:
    take, drawn = measured(site, session), []
    for asked in ("en", "en", "de"):
        with language_set(asked):
            measuring.request_annotated(site, take.id)
        work_off(site)
        drawn.append(measuring.annotated_video(site, take.id).read_bytes())
    english, again, german = drawn
    assert english == again != german


def test_a_recording_that_is_being_measured_cannot_be_corrected_yet(site: Site, session: str) -> None:
    take = confirm(site, read_upload(site, session))
    with pytest.raises(ConflictError, match="as soon as that is done"):
        measuring.correct_take(site, take.id, Corrections())
    with pytest.raises(ConflictError, match="not measured"):
        measuring.request_annotated(site, take.id)


@pytest.mark.slow
def test_the_routes_take_and_give_json(tmp_path: Path) -> None:
    with serve(tmp_path / "data") as served:
        session = served.session()
        form = {"file_name": "a.mov", "size_bytes": 10, "phase": "pre"}
        upload = served.client.post(f"/api/sessions/{session}/uploads", json=form).json()["id"]
        place_reading(served.site, upload, LUNGE)
        take = served.client.post(f"/api/uploads/{upload}/confirm", json={"movement": LUNGE, "side": "left"}).json()
        address = f"/api/takes/{take['id']}"
        while served.client.get(address).json()["take"]["state"] == "measuring":
            assert threading.Event().wait(0.1) is False
        answer = served.client.put(f"{address}/corrections", json={"version": 1, "excluded": [1]})
        assert (answer.status_code, answer.json()["take"]["version"]) == (200, 2)
        assert answer.json()["trial"]["corrections"] == ["1 repetition excluded by hand"]
        wrong = {"version": 2, "times": {"1": {"start_s": 3.0}}}
        refused = served.client.put(f"{address}/corrections", json=wrong)
        assert refused.status_code == 422
        assert "lack 'end_s'" in refused.json()["error"]["message"]
        assert served.client.put(f"{address}/corrections", json={"version": 1}).status_code == 409
        assert served.client.post(f"{address}/use").json()["current"] is True
        assert served.client.get(f"{address}/annotated.mp4").status_code == 404
        assert "Download the drawn video" not in served.client.get(f"/takes/{take['id']}").text
        (served.site.files.take(take["id"]) / "annotated.mp4").write_bytes(b"video")
        assert "Download the drawn video" in served.client.get(f"/takes/{take['id']}").text
        assert served.client.get(f"/api/uploads/{upload}/poster.jpg").headers["content-type"] == "image/jpeg"
        kinds = [job["kind"] for job in served.client.get(f"/api/sessions/{session}/jobs").json()]
        assert kinds == ["measure", "measure"]
        job = served.client.post(f"{address}/annotated")
        assert (job.status_code, job.json()["kind"]) == (202, "annotate")
        assert served.client.post(f"/api/jobs/{job.json()['id']}/cancel").json()["state"] in ("cancelled", "done")
        assert served.client.delete(address).status_code == 204
        assert served.client.get(address).status_code == 404
