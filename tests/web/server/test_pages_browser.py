"""The pages of people and sessions in a real browser: by mouse, by keyboard alone, in two tabs, and when things go wrong."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from browser import page_of, serious_violations
from playwright.sync_api import expect
from sqlalchemy import delete
from webapp import Served, place_reading, work_off

from posecheck.storage.tables import Job, Upload
from posecheck.video.folder import VIDEO_SUFFIXES
from posecheck.web.api.schemas import UploadOut
from posecheck.web.uploads.uploads import tell_upload

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.usefixtures("jobs_wait")

STEPS = ("choose", "pre", "felt", "stretch", "retest", "result", "re-education")
PIECE_BYTES = 4 * 1024 * 1024


def sent(served: Served, session: str) -> dict[str, Any]:
    """The session's only upload."""
    (upload,) = served.client.get(f"/api/sessions/{session}").json()["uploads"]
    return dict(upload)


def read_as(served: Served, upload_id: str, movement: str, side: str | None = None, **info: Any) -> None:
    """Give an upload the made-up figure's body points, and tell the pages, as the end of its job would."""
    with served.site.database.begin() as transaction:
        transaction.execute(delete(Job).where(Job.target_id == upload_id))
    place_reading(served.site, upload_id, movement, side)
    with served.site.database.begin() as transaction:
        row = transaction.get(Upload, upload_id)
        assert row is not None
        row.info = {**row.info, **info}
        out = UploadOut.of(row)
    tell_upload(served.site, out)


def choose_file(page: Page, name: str = "lunge.mp4", content: bytes = b"\0" * 1000) -> None:
    page.set_input_files("#videos", {"name": name, "mimeType": "video/mp4", "buffer": content})


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus is called so."""
    called = "() => document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText || ''"
    for _ in range(200):
        page.keyboard.press("Tab")
        if words in page.evaluate(called):
            return
    pytest.fail(f"'{words}' cannot be reached by keyboard")


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1440)])
def test_pages_have_no_serious_violation_and_fit_the_width(
    browser: Browser, served: Served, scheme: str, width: int
) -> None:
    session = served.session()
    choose = {"file_name": "lunge.mp4", "size_bytes": 10, "phase": "pre"}
    upload = served.client.post(f"/api/sessions/{session}/uploads", json=choose).json()["id"]
    read_as(served, upload, "runners-lunge", "left", people=2)
    person = served.client.get(f"/api/sessions/{session}").json()["person_id"]
    paths = ["/", f"/people/{person}", "/settings", "/help", *(f"/sessions/{session}/{step}" for step in STEPS)]
    how: dict[str, Any] = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    with page_of(browser, served.url, **how) as page:
        for path in paths:
            page.goto(path)
            assert serious_violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"


def test_a_dropped_video_is_sent_proposed_confirmed_and_measured(page: Page, served: Served) -> None:
    session = served.session()
    page.goto(f"/sessions/{session}/pre")
    dropped = page.evaluate_handle(
        """() => { const held = new DataTransfer();
        held.items.add(new File([new Uint8Array(1000)], "lunge.mp4", { type: "video/mp4" })); return held; }"""
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": dropped})
    expect(page.locator("#waiting .arrival.reading")).to_contain_text("Finding body points")
    read_as(served, sent(served, session)["id"], "runners-lunge", "left")
    expect(page.locator("#waiting .arrival")).to_contain_text("It looks like the runners-lunge.")
    page.get_by_role("button", name="Confirm lunge.mp4").click()
    card = page.locator('[id="test-runners-lunge.left"]')
    expect(card).to_contain_text("Being measured")
    expect(page.locator("#waiting .arrival")).to_have_count(0)
    work_off(served.site)
    page.reload()
    expect(card).to_contain_text("Hip flexion, front leg")
    expect(page.locator("#tests-count")).to_have_text("1 of 9 measured")


def test_another_test_and_side_than_the_proposed_one_can_be_confirmed(page: Page, served: Served) -> None:
    session = served.session()
    page.goto(f"/sessions/{session}/pre")
    choose_file(page)
    expect(page.locator(".arrival.reading")).to_be_visible()
    read_as(served, sent(served, session)["id"], "runners-lunge", "left")
    page.get_by_label("Test and side in lunge.mp4").select_option("runners-lunge.right")
    page.get_by_role("button", name="Confirm lunge.mp4").click()
    page.get_by_role("button", name="Confirm my choice").click()
    expect(page.locator('[id="test-runners-lunge.right"]')).to_contain_text("Being measured")


def test_several_proposals_are_confirmed_by_one_click(page: Page, served: Served) -> None:
    session = served.session()
    page.goto(f"/sessions/{session}/pre")
    for name, movement, side in (("a.mp4", "toe-touch", None), ("b.mp4", "side-lunge", "left")):
        choose_file(page, name)
        expect(page.locator(f'[data-name="{name}"].reading')).to_be_visible()
        uploads = served.client.get(f"/api/sessions/{session}").json()["uploads"]
        read_as(served, next(item["id"] for item in uploads if item["file_name"] == name), movement, side)
    page.get_by_role("button", name="Confirm all 2").click()
    expect(page.locator("#tests .measuring")).to_have_count(2)
    takes = served.client.get(f"/api/sessions/{session}").json()["takes"]
    assert {(take["movement"], take["side"]) for take in takes} == {("toe-touch", ""), ("side-lunge", "left")}


def test_a_sending_that_was_cut_off_goes_on_when_the_same_file_is_chosen_after_a_reload(
    page: Page, served: Served
) -> None:
    session = served.session()
    content = bytes(range(256)) * 20
    form = {"file_name": "lunge.mp4", "size_bytes": len(content), "phase": "pre"}
    upload = served.client.post(f"/api/sessions/{session}/uploads", json=form).json()["id"]
    served.client.patch(f"/api/uploads/{upload}?offset=0", content=content[:2048]).raise_for_status()
    page.goto(f"/sessions/{session}/pre")
    expect(page.locator(".arrival")).to_contain_text("Sending stopped at 40 %")
    offsets: list[str] = []
    page.on("request", lambda request: offsets.append(request.url) if request.method == "PATCH" else None)
    choose_file(page, content=content)
    expect(page.locator(".arrival.reading")).to_be_visible()
    assert sent(served, session)["id"] == upload
    assert [url.partition("offset=")[2] for url in offsets] == ["2048"]
    assert hashlib.sha256(served.site.files.video(upload).read_bytes()).digest() == hashlib.sha256(content).digest()


def test_a_lost_connection_is_tried_again_from_where_it_stopped(page: Page, served: Served) -> None:
    session = served.session()
    page.goto(f"/sessions/{session}/pre")
    offsets: list[str] = []

    def lose_the_second(route: Route) -> None:
        offsets.append(route.request.url.partition("offset=")[2])
        if len(offsets) == 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/api/uploads/*?offset=*", lose_the_second)
    choose_file(page, content=b"\0" * (PIECE_BYTES + 10))
    expect(page.locator(".arrival.reading")).to_be_visible()
    assert offsets == ["0", str(PIECE_BYTES), str(PIECE_BYTES)]


def test_an_empty_file_is_refused_in_words_and_the_others_are_sent(page: Page, served: Served) -> None:
    session = served.session()
    page.goto(f"/sessions/{session}/pre")
    files = [
        {"name": name, "mimeType": "video/mp4", "buffer": content}
        for name, content in (("0.mp4", b""), ("1.mp4", b"x"))
    ]
    page.set_input_files("#videos", files)
    expect(page.locator("#not-taken")).to_contain_text("0.mp4 is empty")
    expect(page.locator(".arrival.reading")).to_contain_text("1.mp4")


def test_what_is_no_video_is_left_out_and_said_and_what_a_system_adds_is_passed_over(
    page: Page, served: Served
) -> None:
    session = served.session()
    page.goto(f"/sessions/{session}/pre")
    files = [
        {"name": name, "mimeType": kind, "buffer": b"x"}
        for name, kind in (
            ("._lunge.mp4", "video/mp4"),
            (".DS_Store", ""),
            ("Thumbs.db", "application/octet-stream"),
            ("notes.txt", "text/plain"),
            ("photo.HEIC", "image/heic"),
            ("bend.mp4.crdownload", ""),
            ("camcorder.M2TS", "application/octet-stream"),
        )
    ]
    page.set_input_files("#videos", files)
    expect(page.locator("#not-taken")).to_have_text(
        re.compile("3 files are no videos and were left out: notes.txt, photo.HEIC, bend.mp4.crdownload.")
    )
    expect(page.locator(".arrival.reading")).to_contain_text("camcorder.M2TS")
    assert sent(served, session)["file_name"] == "camcorder.M2TS"


def test_the_dialog_offers_every_ending_that_is_read_beside_what_the_browser_knows(page: Page, served: Served) -> None:
    page.goto(f"/sessions/{served.session()}/pre")
    assert (page.get_attribute("#videos", "accept") or "").split(",") == ["video/*", *VIDEO_SUFFIXES]


def test_a_file_that_is_here_already_is_not_sent_twice(page: Page, served: Served) -> None:
    session = served.session()
    page.goto(f"/sessions/{session}/pre")
    choose_file(page)
    expect(page.locator(".arrival.reading")).to_be_visible()
    choose_file(page)
    expect(page.locator("#not-taken")).to_contain_text("here already")
    assert sent(served, session)["file_name"] == "lunge.mp4"


def test_reading_is_stopped_and_tried_again(page: Page, served: Served) -> None:
    session = served.session()
    page.goto(f"/sessions/{session}/pre")
    choose_file(page)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".arrival")).to_contain_text("Finding body points")


def test_the_right_person_is_chosen_in_the_picture(page: Page, served: Served) -> None:
    session = served.session()
    page.goto(f"/sessions/{session}/pre")
    choose_file(page)
    expect(page.locator(".arrival.reading")).to_be_visible()
    upload = sent(served, session)["id"]
    boxes = [{"left": x, "top": 0.2, "right": x + 0.2, "bottom": 0.9, "centre": [x + 0.1, 0.5]} for x in (0.1, 0.6)]
    read_as(served, upload, "toe-touch", boxes=boxes, people=2)
    expect(page.locator(".arrival")).to_contain_text("2 people were seen.")
    page.get_by_role("button", name="Which person?").click()
    second = page.get_by_role("button", name="Person 2 of 2")
    second.focus()
    page.keyboard.press("Enter")
    expect(second).to_have_attribute("aria-pressed", "true")
    page.get_by_label("mirror image").check()
    assert serious_violations(page) == []
    page.get_by_role("button", name="Read again").click()
    expect(page.locator(".arrival")).to_contain_text("Finding body points")
    reading = sent(served, session)["reading"]
    in_the_mirror = 1 - boxes[1]["centre"][0]  # the point was clicked in the picture before it was turned
    assert reading == {"person_at": pytest.approx([in_the_mirror, 0.5]), "mirror": True, "rotate_deg": None}


def test_the_right_person_is_chosen_on_the_card_with_one_click(page: Page, served: Served) -> None:
    session = served.session()
    page.goto(f"/sessions/{session}/pre")
    choose_file(page)
    expect(page.locator(".arrival.reading")).to_be_visible()
    upload = sent(served, session)["id"]
    boxes = [{"left": x, "top": 0.2, "right": x + 0.2, "bottom": 0.9, "centre": [x + 0.1, 0.5]} for x in (0.1, 0.6)]
    read_as(served, upload, "toe-touch", boxes=boxes, people=2)
    expect(page.locator(".arrival")).to_contain_text("2 people were seen. The largest who is whole was followed.")
    assert serious_violations(page) == []
    page.get_by_role("group", name="2 people were seen.").get_by_role("button", name="Person 2").click()
    expect(page.locator(".arrival")).to_contain_text("Finding body points")
    assert sent(served, session)["reading"]["person_at"] == pytest.approx([0.7, 0.5])
    read_as(served, upload, "toe-touch", boxes=boxes, people=2)
    expect(page.locator(".arrival")).to_contain_text("The marked one was followed.")
    expect(page.get_by_role("button", name="Person 2")).to_have_attribute("aria-pressed", "true")


def test_two_tabs_cannot_overwrite_each_other(page: Page, served: Served) -> None:
    session = served.session()
    page.goto(f"/sessions/{session}/choose")
    other = page.context.new_page()
    other.goto(f"/sessions/{session}/choose")
    page.get_by_label("Title").fill("the first")
    page.get_by_role("button", name="Save").click()
    expect(other.locator("#conflict")).to_contain_text("Changed in another tab")
    other.get_by_label("Title").fill("the second")
    other.get_by_role("button", name="Save").click()
    expect(other.locator("#conflict")).to_be_focused()
    assert served.client.get(f"/api/sessions/{session}").json()["title"] == "the first"
    other.get_by_role("button", name="Load the page again").click()
    expect(other.get_by_label("Title")).to_have_value("the first")


def test_what_is_chosen_is_stored_with_the_step_to_the_pre_test(page: Page, served: Served) -> None:
    session = served.session()
    page.goto(f"/sessions/{session}/choose")
    page.get_by_label("Toe touch: Both legs together").uncheck()
    page.get_by_label("Film a second block before the stretch").check()
    page.get_by_label("Keep body points only").check()
    page.get_by_role("button", name="Go on: the pre-test").click()
    page.wait_for_url("**/pre")
    stored = served.client.get(f"/api/sessions/{session}").json()
    assert (len(stored["tests"]), stored["with_baseline"], stored["keep_video"], stored["step"]) == (
        8,
        True,
        False,
        "pre",
    )
    expect(page.get_by_role("link", name="Baseline")).to_be_visible()


def test_a_session_without_a_test_is_not_stored(page: Page, served: Served) -> None:
    session = served.session(tests=[{"movement": "toe-touch", "side": None}])
    page.goto(f"/sessions/{session}/choose")
    page.get_by_label("Toe touch: Both legs together").uncheck()
    page.get_by_role("button", name="Go on: the pre-test").click()
    expect(page.locator("#live")).to_contain_text("Choose at least one test.")
    assert page.url.endswith("/choose")


def felt_of(served: Served, session: str) -> list[dict[str, Any]]:
    return list(served.client.get(f"/api/sessions/{session}").json()["felt"])


def test_zero_is_an_answer_and_an_untouched_scale_is_none(page: Page, served: Served) -> None:
    session = served.session(tests=[{"movement": "toe-touch", "side": None}])
    page.goto(f"/sessions/{session}/felt")
    stiffness = page.get_by_label("Stiffness", exact=True)
    expect(stiffness).to_have_attribute("aria-valuetext", "not answered")
    stiffness.focus()
    page.keyboard.press("Home")
    expect(page.locator("#kept")).to_have_text("Saved.")
    (felt,) = felt_of(served, session)
    assert (felt["stiffness"], felt["discomfort"]) == (0, None)
    page.get_by_role("button", name="Clear stiffness").click()
    page.get_by_role("button", name="Go on: the stretch").click()
    page.wait_for_url("**/stretch")
    assert felt_of(served, session) == []


def test_what_felt_tight_is_saved_at_once_and_reads_the_same_after_back(page: Page, served: Served) -> None:
    session = served.session(tests=[{"movement": "toe-touch", "side": None}])
    page.goto(f"/sessions/{session}/felt")
    stiffness = page.get_by_label("Stiffness", exact=True)
    stiffness.fill("6")
    page.get_by_label("Note").fill("left calf")
    page.locator("a[href$='/retest']").first.click()
    page.wait_for_url("**/retest")
    (felt,) = felt_of(served, session)
    assert (felt["stiffness"], felt["note"]) == (6, "left calf")
    page.go_back()
    expect(stiffness).to_have_value("6")
    expect(page.locator("output").first).to_have_text("6")
    stiffness.fill("4")
    page.reload()
    expect(stiffness).to_have_value("4")
    expect(page.locator("#conflict")).to_be_hidden()


def test_a_slider_that_could_not_be_saved_says_so_and_asks(page: Page, served: Served) -> None:
    session = served.session(tests=[{"movement": "toe-touch", "side": None}])
    page.goto(f"/sessions/{session}/felt")
    page.route(f"**/api/sessions/{session}", lambda route: route.abort())
    page.get_by_label("Stiffness", exact=True).fill("6")
    expect(page.locator("#kept")).to_have_text("Not saved.")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/")
    assert asked == ["beforeunload"]


FORMS_THAT_ASK = {
    "choose": ("/sessions/{session}/choose", "#title"),
    "stretch": ("/sessions/{session}/stretch", "#note"),
    "rename": ("/people/{person}", "#name"),
    "own test": ("/settings", "#movement-text"),
}


@pytest.mark.parametrize("form", FORMS_THAT_ASK)
def test_a_form_that_was_filled_in_is_not_left_without_asking(page: Page, served: Served, form: str) -> None:
    path, field = FORMS_THAT_ASK[form]
    person = served.person()
    session = served.client.post(f"/api/people/{person}/sessions", json={}).json()["id"]
    served.client.post(f"/api/sessions/{session}/safety", json={"confirmed": True}).raise_for_status()
    page.goto(path.format(session=session, person=person))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_label("Main").get_by_role("link", name="Help").click()
    page.wait_for_url("**/help")
    page.go_back()
    page.locator(field).first.fill("words that took a while")
    page.get_by_label("Main").get_by_role("link", name="Help").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(page.locator(field).first).to_have_value("words that took a while")


def test_a_person_is_renamed_and_what_is_deleted_comes_back_at_a_click(page: Page, served: Served) -> None:
    person = served.person("Berta")
    page.goto(f"/people/{person}")
    page.get_by_label("Name or code").fill("Runner 27")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Runner 27")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.wait_for_url(f"{served.url}/")
    assert served.client.get(f"/api/people/{person}").status_code == 404
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Runner 27")).to_be_visible()
    assert served.client.get(f"/api/people/{person}").json()["name"] == "Runner 27"


def test_a_press_before_the_scripts_run_is_kept_for_them(page: Page, served: Served) -> None:
    person = served.person("Quick")
    held: list[Route] = []
    page.route("**/static/person.js", lambda route: held.append(route))
    page.goto(f"/people/{person}", wait_until="commit")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete", exact=True).click()  # once more, as nothing happens
    assert page.url.endswith(person)
    held[0].continue_()
    page.wait_for_url(f"{served.url}/")
    expect(page.get_by_text("Quick is in the bin")).to_be_visible()


def test_one_person_is_exported_alone_and_imported_again(page: Page, served: Served, tmp_path: Path) -> None:
    anna, other = served.person("Änne Export"), served.person("Somebody else entirely")
    served.client.post(f"/api/people/{anna}/sessions", json={}).raise_for_status()
    page.goto(f"/people/{anna}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export this person").click()
    assert download.value.suggested_filename.startswith("posecheck-änne-export-")
    packed = tmp_path / "person.zip"
    download.value.save_as(packed)
    with zipfile.ZipFile(packed) as archive:
        assert [row["id"] for row in json.loads(archive.read("posecheck.json"))["tables"]["person"]] == [anna]
    served.client.delete(f"/api/people/{anna}").raise_for_status()
    page.goto("/settings")
    page.set_input_files("#archive", packed)
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#live")).to_have_text("Imported: one person, one session. Here already: nothing.")
    assert {anna, other} <= {row["id"] for row in served.client.get("/api/people").json()}


def test_what_is_no_export_is_refused_in_plain_words(page: Page, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "holiday.zip", "w") as archive:
        archive.writestr("beach.jpg", b"x")
    page.goto("/settings")
    page.set_input_files("#archive", tmp_path / "holiday.zip")
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#live")).to_have_text(
        "this is not a ZIP file that posecheck exported, or it is damaged; nothing was changed."
    )


def test_settings_are_stored_and_new_sessions_start_with_them(page: Page, served: Served) -> None:
    page.goto("/settings")
    page.get_by_label("Blur faces").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#live")).to_contain_text("Saved.")
    blurred = served.client.get(f"/api/sessions/{served.session()}").json()["blur_faces"]
    served.client.put("/api/settings", json={"keep_video": True, "blur_faces": False}).raise_for_status()
    assert blurred is True


def test_everything_can_be_done_with_the_keyboard_alone(page: Page, served: Served) -> None:
    page.on("filechooser", lambda _: None)  # from now on: asked for just before the key, it can come too late for it
    page.goto("/")
    tab_to(page, "Name or code")
    page.keyboard.type("Keyboard only")
    page.keyboard.press("Enter")
    page.wait_for_url("**/choose")
    session = page.url.split("/")[-2]
    tab_to(page, "Go on: the pre-test")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pre")
    tab_to(page, "Drop videos here")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files([{"name": "lunge.mp4", "mimeType": "video/mp4", "buffer": b"x"}])
    expect(page.locator(".arrival.reading")).to_be_visible()
    read_as(served, sent(served, session)["id"], "runners-lunge", "left")
    expect(page.locator(".arrival.read")).to_be_visible()
    tab_to(page, "Confirm")
    page.keyboard.press("Enter")
    expect(page.locator('[id="test-runners-lunge.left"]')).to_contain_text("Being measured")
    assert page.evaluate("document.activeElement !== document.body"), "the focus was lost with the card"
    tab_to(page, "Go on: what felt tight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/felt")
