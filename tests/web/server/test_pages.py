"""Every page of people and sessions: shown in every state, with links that lead somewhere and values the API takes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from webapp import Served, serve

from posecheck.movements import builtin_movements
from posecheck.storage.tables import Job, Session, Step, Take, Upload
from posecheck.web.server.rendering import folders_with

STEPS = tuple(Step)
UPLOADS: tuple[dict[str, Any], ...] = (
    {"file_name": "half.mp4", "received_bytes": 40, "state": "receiving"},
    {"file_name": "waiting.mp4", "state": "reading", "job": {"kind": "read", "state": "queued"}},
    {"file_name": "busy.mp4", "state": "reading", "job": {"kind": "read", "state": "running", "done": 20, "total": 80}},
    {
        "file_name": "crashed.mp4",
        "state": "refused",
        "reason": "Out of memory.",
        "job": {"kind": "read", "state": "failed"},
    },
    {"file_name": "empty_room.mp4", "state": "refused", "reason": "Nobody was seen."},
    {
        "file_name": "toe.mp4",
        "state": "read",
        "proposal": {"movement": "toe-touch", "side": None, "sure": True, "words": "Toe touch."},
        "info": {"duration_s": 12.0, "people": 2, "warnings": ["The camera moved."]},
    },
    {
        "file_name": "riddle.mp4",
        "state": "read",
        "proposal": {"movement": "", "side": None, "sure": False, "words": ""},
    },
)
TAKES: tuple[dict[str, Any], ...] = (
    {"movement": "runners-lunge", "side": "left", "state": "measured", "current": False, "left_out": "too dark"},
    {
        "movement": "runners-lunge",
        "side": "left",
        "state": "measured",
        "number": 2,
        "summary": {
            "repetitions": 3,
            "passed": True,
            "outcomes": [{"name": "hip_extension", "title": "Hip extension", "mean_deg": -4.4}],
            "notes": [],
        },
    },
    {"movement": "side-lunge", "side": "left", "state": "measuring"},
    {"movement": "side-lunge", "side": "right", "state": "refused", "reason": "No repetition was found."},
)


class Addresses(HTMLParser):
    """The addresses on a page, its headings, and whether it holds code or styles inline."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found.update(value for name, value in attrs if name in ("href", "src") and value)
        if (
            tag == "style"
            or (tag == "script" and "src" not in given)
            or any(n == "style" or n.startswith("on") for n in given)
        ):
            self.inline.append(str(self.get_starttag_text()))


@pytest.fixture(scope="module")
def full(served: Served) -> str:
    """Id of a session with an upload and a take in every state."""
    session_id = served.session(with_baseline=True)
    with served.site.database.begin() as transaction:
        for item in UPLOADS:
            row = {key: value for key, value in item.items() if key != "job"}
            upload = Upload(session_id=session_id, phase="pre", **{"size_bytes": 100, "received_bytes": 100, **row})
            transaction.add(upload)
            transaction.flush()
            if "job" in item:
                transaction.add(Job(session_id=session_id, target_id=upload.id, **item["job"]))
        for number, item in enumerate(TAKES):
            upload = Upload(
                session_id=session_id,
                phase="pre",
                file_name=f"take{number}.mp4",
                size_bytes=1,
                received_bytes=1,
                state="read",
            )
            transaction.add(upload)
            transaction.flush()
            transaction.add(Take(session_id=session_id, upload_id=upload.id, phase="pre", **item))
    return session_id


def page(served: Served, path: str) -> str:
    answer = served.client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return answer.text


def test_an_empty_installation_explains_itself_in_three_steps_with_pictures(tmp_path: Any) -> None:
    with serve(tmp_path) as fresh:
        text = page(fresh, "/")
    assert "Film the pre-test" in text
    assert text.count('<li class="card"><svg') == 3


@pytest.mark.parametrize("path", ["/", "/settings", "/help"])
def test_pages_without_a_session_are_shown(served: Served, full: str, path: str) -> None:
    assert "<h1>" in page(served, path)


@pytest.mark.parametrize("step", STEPS)
def test_every_step_of_a_new_session_is_shown(served: Served, step: Step) -> None:
    assert 'aria-current="step"' in page(served, f"/sessions/{served.session()}/{step}")


@pytest.mark.parametrize("step", STEPS)
def test_every_step_of_a_session_with_everything_in_it_is_shown(served: Served, full: str, step: Step) -> None:
    assert 'aria-current="step"' in page(served, f"/sessions/{full}/{step}")


def test_every_state_of_a_video_has_its_words_and_its_way_on(served: Served, full: str) -> None:
    text = page(served, f"/sessions/{full}/pre")
    for words in (
        "Sending stopped at 40 %",
        "Finding body points",
        "25 %",
        "Out of memory.",
        "Try again",
        "Nobody was seen.",
        "Looks like: Toe touch.",
        "<strong>2 people were seen.</strong>",
        "The camera moved.",
        "posecheck could not tell which test this is.",
        "−4°",
        "Take 1: too dark",
        "Count it again",
        "No repetition was found.",
    ):
        assert words in text


def test_what_waits_for_the_user_comes_first(served: Served, full: str) -> None:
    names = re.findall(r'data-name="([^"]+)"', page(served, f"/sessions/{full}/pre"))
    assert names[:2] == ["toe.mp4", "riddle.mp4"]
    assert names[-1] == "half.mp4"


def test_links_scripts_styles_and_pictures_of_all_pages_are_there(served: Served, full: str) -> None:
    person = served.client.get(f"/api/sessions/{full}").json()["person_id"]
    paths = ["/", "/settings", "/help", f"/people/{person}", *(f"/sessions/{full}/{step}" for step in STEPS)]
    found = set[str]().union(*(Addresses(page(served, path)).found for path in paths))
    assert not [address for address in found if "//" in address], "an address of another host"
    missing = []
    for address in sorted(found):
        if address.startswith("/") and not address.startswith("/api/"):
            answer = served.client.get(address, follow_redirects=True)
            if answer.status_code >= 400:
                missing.append((address, answer.status_code))
    assert not missing


@pytest.mark.parametrize("kind", ["templates", "static"])
def test_no_two_folders_hold_a_file_of_one_name_as_only_the_first_would_be_found(kind: str) -> None:
    names = [item.name for package in folders_with(kind) for item in (files(package) / kind).iterdir()]
    assert len(names) > 15
    assert sorted(names) == sorted(set(names))


def test_no_page_holds_code_or_styles_that_the_security_policy_would_refuse(served: Served, full: str) -> None:
    for path in ("/", "/settings", "/help", *(f"/sessions/{full}/{step}" for step in STEPS)):
        assert not Addresses(page(served, path)).inline, path


def test_a_session_goes_on_at_the_step_where_it_stopped(served: Served) -> None:
    session = served.session()
    served.client.patch(f"/api/sessions/{session}", json={"step": "stretch"}).raise_for_status()
    answer = served.client.get(f"/sessions/{session}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sessions/{session}/stretch")
    assert f"/sessions/{session}" in page(served, "/")


def test_a_session_that_stopped_in_a_baseline_block_goes_on_in_the_pre_test_once_that_block_is_off(
    served: Served,
) -> None:
    session = served.session(with_baseline=True)
    served.client.patch(f"/api/sessions/{session}", json={"step": "baseline"}).raise_for_status()
    served.client.patch(f"/api/sessions/{session}", json={"with_baseline": False}).raise_for_status()
    answer = served.client.get(f"/sessions/{session}", follow_redirects=False)
    assert answer.headers["location"].endswith("/pre")


def test_a_name_that_looks_like_code_is_shown_as_a_name(served: Served) -> None:
    person = served.person("<script>alert(1)</script>")
    for path in ("/", f"/people/{person}"):
        assert "<script>alert" not in page(served, path)


@pytest.mark.parametrize(
    "path", ["/sessions/{full}/dance", "/sessions/{full}/felt?phase=later", "/people/0", "/sessions/0"]
)
def test_a_page_that_is_not_there_says_so_in_words(served: Served, full: str, path: str) -> None:
    answer = served.client.get(path.format(full=full), headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<h1>" in answer.text


def test_every_result_that_may_be_named_beforehand_is_one_that_the_api_takes(served: Served) -> None:
    session = served.session()
    named = re.search(r'<select id="primary".*?</select>', page(served, f"/sessions/{session}/choose"), re.DOTALL)
    assert named is not None
    options = re.findall(r'value="([^"]+)" data-movement="[^"]*" data-sides="([^"]*)"', named[0])
    assert ("runners-lunge/hip_extension", "left right") in options
    for option, sides in options:
        movement, outcome = option.split("/")
        for side in sides.split() or [None]:
            primary = {"movement": movement, "side": side, "outcome": outcome}
            served.client.patch(f"/api/sessions/{session}", json={"primary": primary}).raise_for_status()
            shown = page(served, f"/sessions/{session}/choose")
            assert re.search(rf'<option value="{option}"[^>]* selected>', shown)
            assert side is None or f'value="{side}" checked' in shown


def test_every_test_and_side_that_a_video_may_be_confirmed_as_is_one_that_the_api_takes(
    served: Served, full: str
) -> None:
    options = dict.fromkeys(
        re.findall(r'<option value="([a-z-]+(?:\.[a-z]+)?)"', page(served, f"/sessions/{full}/pre"))
    )
    assert len(options) == sum(max(1, len(movement.sides)) for movement in builtin_movements().values())
    for option in options:
        movement, _, side = option.partition(".")
        tests = [{"movement": movement, "side": side or None}]
        served.client.patch(f"/api/sessions/{served.session()}", json={"tests": tests}).raise_for_status()


def test_a_test_that_was_filmed_though_not_planned_is_shown_but_not_counted(served: Served, full: str) -> None:
    only = [{"movement": "toe-touch", "side": None}]
    with served.site.database.begin() as transaction:
        row = transaction.get(Session, full)
        assert row is not None
        planned, row.tests = row.tests, only
    text = page(served, f"/sessions/{full}/pre")
    with served.site.database.begin() as transaction:
        row = transaction.get(Session, full)
        assert row is not None
        row.tests = planned
    assert 'id="test-runners-lunge.left"' in text
    assert "0 of 1 measured" in text


def test_felt_scores_are_shown_in_their_own_block_and_unanswered_ones_are_not_zero(served: Served) -> None:
    session = served.session(tests=[{"movement": "toe-touch", "side": None}])
    felt = [{"movement": "toe-touch", "side": None, "phase": "retest", "stiffness": 3}]
    served.client.patch(f"/api/sessions/{session}", json={"felt": felt}).raise_for_status()
    before, after = (page(served, f"/sessions/{session}/felt{query}") for query in ("", "?phase=retest"))
    assert before.count("–</output>") == 2
    assert '<output for="stiffness-toe-touch">3</output>' in after
    assert after.count("–</output>") == 1
