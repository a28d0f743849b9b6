"""A movement file of the user's own goes through every door of the web app, and what was measured with it stays."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from clips import sample_clip
from own_movement import NAME, TITLE, own_movement
from synthetic import frame_times, person, poses_of
from webapp import Served, made_session, place_reading, quiet_site, serve, work_off

from posecheck.storage.own_movements import keep_movement
from posecheck.storage.tables import Take, Upload
from posecheck.web.api.schemas import ConfirmForm, UploadForm
from posecheck.web.film.engines import EngineHere
from posecheck.web.takes import measuring
from posecheck.web.uploads import uploads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from posecheck.pose.landmarks import Pose

pytestmark = pytest.mark.slow

TESTS = [{"movement": NAME, "side": "left"}]


class SomebodyStands:
    """An estimator that always finds the same standing person."""

    name, model_sha256 = "fake 1", "f" * 64

    def __init__(self) -> None:
        self._pose = poses_of(person(frame_times(0.1, 10.0), size_px=(320, 180), px_per_m=80.0))[0]

    def follow(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        return self._pose

    def find_people(self, image_rgb: NDArray[np.uint8]) -> tuple[Pose, ...]:
        return (self._pose,)

    def close(self) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server whose jobs wait for `work_off` and whose camera sees a made-up person."""
    monkeypatch.setattr("posecheck.web.server.app.load_engine", lambda _path: EngineHere(SomebodyStands()))
    with serve(tmp_path / "data") as running:
        running.site.jobs.stop()
        yield running


def add(served: Served, version: int = 1, **how: Any) -> dict[str, Any]:
    form = {"text": own_movement(version, **how), "file_name": "my-step.toml"}
    return dict(served.client.post("/api/movements", json=form).raise_for_status().json())


def film(served: Served, session: str, phase: str) -> str:
    """Id of a take of the user's own test, from an upload that is read as the made-up figure's lunge, and measured."""
    form = {"file_name": "step.mp4", "size_bytes": 10, "phase": phase}
    upload = served.client.post(f"/api/sessions/{session}/uploads", json=form).json()["id"]
    place_reading(served.site, upload, "runners-lunge", "left")
    confirm = {"movement": NAME, "side": "left"}
    take = served.client.post(f"/api/uploads/{upload}/confirm", json=confirm).raise_for_status().json()
    work_off(served.site)
    return str(take["id"])


def movement_of(served: Served, name: str = NAME) -> dict[str, Any] | None:
    return next((item for item in served.client.get("/api/movements").json() if item["name"] == name), None)


def test_a_movement_of_ones_own_goes_through_every_door(served: Served) -> None:
    assert add(served)["own"] is True
    client = served.client
    session = served.session(tests=TESTS)
    page = client.get(f"/sessions/{session}/choose").text
    assert TITLE in page
    assert "Left foot at the back" in page
    assert "My long step: front hip" in page, "it can be named as the main measure"
    primary = {"movement": NAME, "side": "right", "outcome": "front_hip"}
    client.patch(f"/api/sessions/{session}", json={"primary": primary}).raise_for_status()
    take = film(served, session, "pre")
    assert "Front hip" in client.get(f"/sessions/{session}/pre").text
    felt = [{"movement": NAME, "side": "left", "stiffness": 4}]
    client.patch(f"/api/sessions/{session}", json={"felt": felt}).raise_for_status()
    assert TITLE in client.get(f"/sessions/{session}/felt").text
    film(served, session, "retest")
    for path in (f"/takes/{take}", f"/sessions/{session}/result", "/help"):
        assert TITLE in client.get(path).raise_for_status().text, path
    assert {curve["title"] for curve in client.get(f"/api/takes/{take}/curves").json()["curves"]} >= {"Front hip"}
    result = client.get(f"/api/sessions/{session}/result").raise_for_status().json()
    assert result["measured"] == 2
    assert [change["outcome"] for change in result["comparison"]["changes"]] == ["front_hip"]


def test_its_report_and_its_files_name_it(served: Served) -> None:
    add(served)
    session = served.session(tests=TESTS)
    film(served, session, "pre")
    film(served, session, "retest")
    files = f"/api/sessions/{session}/files"
    assert TITLE in served.client.get(f"{files}/report.html").raise_for_status().text
    assert served.client.get(f"{files}/report.pdf").raise_for_status().content.startswith(b"%PDF")
    assert NAME in served.client.get(f"{files}/changes.csv").raise_for_status().text
    assert "Drawn up at a desk." in served.client.get(f"{files}/report.html").text
    person_id = served.client.get(f"/api/sessions/{session}").json()["person_id"]
    history = served.client.get(f"/api/people/{person_id}/history").raise_for_status().json()
    assert {item["movement"] for item in history["outcomes"]} == {NAME}


def test_the_live_guide_films_it(served: Served) -> None:
    add(served)
    session = served.session(tests=TESTS)
    items = served.client.get(f"/api/sessions/{session}/guide").raise_for_status().json()["items"]
    assert (items[0]["movement"], items[0]["side_words"]) == (NAME, "left foot at the back")
    assert items[0]["start"] == "Take a long step and stand still."
    assert TITLE in served.client.get(f"/sessions/{session}/film").raise_for_status().text
    form = {"movement": NAME, "side": "left", "page": "one"}
    hello = served.client.post(f"/api/sessions/{session}/live", json=form).raise_for_status().json()
    assert (hello["movement"], hello["title"], hello["side"]) == (NAME, TITLE, "left")
    begin = {"movement": NAME, "side": "left", "phase": "pre", "mime": "video/webm"}
    filming = served.client.post(f"/api/sessions/{session}/filmings", json=begin).raise_for_status().json()
    assert filming["file_name"] == f"{TITLE}, left, filmed.webm"


def test_a_file_without_a_drawing_is_shown_without_one(served: Served) -> None:
    add(served, drawn=False)
    session = served.session(tests=TESTS)
    for page in ("choose", "pre", "film"):
        assert TITLE in served.client.get(f"/sessions/{session}/{page}").raise_for_status().text


def test_what_was_measured_with_an_earlier_version_goes_on_with_it(served: Served) -> None:
    add(served)
    session = served.session(tests=TESTS)
    old = film(served, session, "pre")
    add(served, 2, least_deg=28)
    new = film(served, session, "retest")
    served.client.put(f"/api/takes/{old}/corrections", json={"excluded": [1]}).raise_for_status()
    trials = [served.client.get(f"/api/takes/{take}").json()["trial"] for take in (old, new)]
    assert [trial["movement_version"] for trial in trials] == [1, 2]
    assert [item["used"] for item in trials[0]["repetitions"]] == [False, True], "it was measured anew"
    result = served.client.get(f"/api/sessions/{session}/result").json()
    assert "version" in str(result["comparison"])
    assert result["larger"] == [], "results of different versions are not compared"


def test_a_movement_that_a_session_uses_stays(served: Served) -> None:
    add(served)
    session = served.session(tests=TESTS)
    refused = served.client.delete(f"/api/movements/{NAME}")
    assert refused.status_code == 409
    assert refused.json()["error"]["message"].startswith(f"1 session uses '{NAME}', so it stays.")
    film(served, session, "pre")
    served.client.patch(f"/api/sessions/{session}", json={"tests": [{"movement": "toe-touch"}]}).raise_for_status()
    assert served.client.delete(f"/api/movements/{NAME}").status_code == 409, "it has a recording"
    served.client.delete(f"/api/sessions/{session}").raise_for_status()
    assert served.client.delete(f"/api/movements/{NAME}").status_code == 204
    assert movement_of(served) is None
    assert served.client.delete(f"/api/movements/{NAME}").status_code == 404


def test_a_wrong_file_is_refused_with_file_key_and_suggestion(served: Served) -> None:
    text = own_movement().replace('view = "side"', 'view = "sid"')
    answer = served.client.post("/api/movements", json={"text": text, "file_name": "my-step.toml"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "movement")
    assert answer.json()["error"]["message"] == "my-step.toml: view: unknown 'sid'; did you mean 'side'?"
    pasted = served.client.post("/api/movements", json={"text": text}).json()
    assert pasted["error"]["message"].startswith("the pasted text: view: ")
    assert served.client.post("/api/movements", json={"text": "#" * 100_001}).status_code == 422
    assert served.client.post("/api/movements", content=b"x" * 2_000_000).status_code == 413
    assert movement_of(served) is None


def test_a_built_in_test_is_neither_replaced_nor_removed(served: Served) -> None:
    answer = served.client.post("/api/movements", json={"text": own_movement().replace(NAME, "toe-touch")})
    assert "is a test that posecheck brings" in answer.json()["error"]["message"]
    assert served.client.delete("/api/movements/toe-touch").status_code == 409
    found = movement_of(served, "toe-touch")
    assert found is not None
    assert found["own"] is False


def test_the_file_comes_back_as_it_was_added(served: Served) -> None:
    add(served)
    answer = served.client.get(f"/api/movements/{NAME}/file").raise_for_status()
    assert answer.text.strip() == own_movement().strip()
    assert answer.headers["content-disposition"] == f'attachment; filename="{NAME}.toml"'
    assert served.client.get("/api/movements/toe-touch/file").status_code == 409


def test_an_export_carries_it_into_another_installation(served: Served, tmp_path: Path) -> None:
    add(served)
    add(served, 2, least_deg=30)
    session = served.session(tests=TESTS)
    film(served, session, "pre")
    packed = served.client.get("/api/export").content
    with serve(tmp_path / "two") as two:
        two.client.post("/api/import", content=packed).raise_for_status()
        assert TITLE in two.client.get(f"/sessions/{session}/pre").raise_for_status().text
        assert two.site.catalogue.load(NAME).version == 2
        assert two.site.catalogue.load(NAME, 1).version == 1
        two.client.post("/api/import", content=packed).raise_for_status()
    with serve(tmp_path / "three") as three:
        add(three, least_deg=10)
        answer = three.client.post("/api/import", content=packed)
        assert answer.status_code == 422
        assert "measures something else than the one that is here" in answer.json()["error"]["message"]
        assert "nothing was changed" in answer.json()["error"]["message"]
        assert three.client.get("/api/people").json() == []
        assert three.site.catalogue.load(NAME).repetition.min_excursion_deg == 10


def test_a_wrong_movement_file_in_an_archive_is_refused_whole(served: Served, tmp_path: Path) -> None:
    add(served)
    served.person()
    packed = served.client.get("/api/export").content
    for name, content in (
        (f"movements/{NAME}.1.toml", b"name = 1"),
        ("movements/toe-touch.1.toml", own_movement().replace(NAME, "toe-touch").encode()),
        ("movements/../x.1.toml", b""),
        ("movements/notes.txt", b"x"),
        ("movements/large.1.toml", b"#" * 200_000),
    ):
        with serve(tmp_path / name.replace("/", "-")) as other:
            answer = other.client.post("/api/import", content=with_member(packed, name, content))
            assert answer.status_code == 422, name
            assert "nothing was changed" in answer.json()["error"]["message"]
            assert other.client.get("/api/people").json() == []
            assert not other.site.catalogue.own


def with_member(packed: bytes, name: str, content: bytes) -> bytes:
    """The ZIP with one file changed or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return target.getvalue()


def test_an_export_without_movement_files_is_what_an_older_posecheck_takes_in(served: Served) -> None:
    def version() -> str:
        with zipfile.ZipFile(io.BytesIO(served.client.get("/api/export").content)) as archive:
            return str(archive.read("posecheck.json"))

    assert '"format_version": 1' in version()
    add(served)
    assert '"format_version": 2' in version()


def test_a_take_whose_test_is_gone_is_told_in_words(served: Served) -> None:
    add(served)
    session = served.session(tests=TESTS)
    take = film(served, session, "pre")
    served.site.files.movement(NAME, 1).unlink()  # by hand, behind posecheck's back
    answer = served.client.get(f"/takes/{take}")
    assert answer.status_code == 422
    assert f"unknown test '{NAME}'".replace("'", "&#39;") in answer.text
    assert served.client.get(f"/sessions/{session}/pre").status_code == 200
    assert served.client.get(f"/sessions/{session}/result").status_code == 200


@pytest.mark.model
def test_a_sample_video_is_proposed_as_the_users_own_test_and_measured_by_a_worker(tmp_path: Path) -> None:
    clip = sample_clip(tmp_path / "lunge.mp4", "runners_lunge_left_leg_back_pre", end_s=8.0)
    with quiet_site(tmp_path / "data") as site:
        keep_movement(site.files, own_movement(), "my-step.toml")
        session = made_session(site, tests=TESTS)
        form = UploadForm(file_name=clip.name, size_bytes=clip.stat().st_size, phase="pre")
        upload_id = uploads.receive_piece(
            site, uploads.begin_upload(site, session, form)[0].id, 0, clip.read_bytes()
        ).id
        work_off(site)
        with site.database.read() as transaction:
            proposal = transaction.get_one(Upload, upload_id).proposal
        assert NAME in {proposal["movement"], *(other["movement"] for other in proposal["alternatives"])}
        take_id = measuring.confirm_upload(site, upload_id, ConfirmForm(movement=NAME, side="left")).id
        work_off(site)
        with site.database.read() as transaction:
            take = transaction.get_one(Take, take_id)
            assert (take.state, take.reason) == ("measured", "")
            assert take.summary["outcomes"][0]["name"] == "front_hip"
