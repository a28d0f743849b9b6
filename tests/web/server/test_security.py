"""The gate: who may come in, from where, with how much; what every answer carries."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import httpx
import pytest
from webapp import Served, serve

from posecheck.web.server.access import (
    MAX_WRONG,
    WRONG_WINDOW_S,
    GuessLimit,
    embedded_elsewhere,
    host_allowed,
    is_address,
    is_loopback,
    new_token,
    origin_allowed,
)
from posecheck.web.server.security import COOKIE, JSON_BYTES
from posecheck.web.server.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "a-token-of-the-tests"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path / "data", token=TOKEN) as running:
        yield running


# --- names


@pytest.mark.parametrize("header", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST", "localhost."])
def test_names_of_this_machine_are_allowed(header: str) -> None:
    assert host_allowed(header, "127.0.0.1")


@pytest.mark.parametrize(
    "header",
    [
        *("", "evil.example", "127.0.0.1.evil.example", "192.168.1.5", "[bad", "localhost@x.example", "127.0.0.1/x"),
        *("[::1].evil.example", "[::1]evil.example:8000", "[::1]:80:evil.example", "localhost:80:1", "[::1"),
    ],
)
def test_other_names_are_not_allowed(header: str) -> None:
    assert not host_allowed(header, "127.0.0.1")


def test_the_host_that_was_asked_for_is_allowed() -> None:
    assert host_allowed("clinic.example:8443", "clinic.example")
    assert not host_allowed("other.example:8443", "clinic.example")


def test_a_server_at_every_address_takes_addresses_but_no_foreign_names() -> None:
    assert host_allowed("192.168.1.5:8000", "0.0.0.0")
    assert host_allowed("[fe80::1]:8000", "::")
    assert not host_allowed("evil.example:8000", "0.0.0.0")


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("x", False),
    ],
)
def test_only_loopback_is_this_machine_alone(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def test_a_page_made_to_point_here_by_its_name_is_refused(served: Served) -> None:
    answer = served.client.get("/api/people", headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert "not known by that name" in answer.json()["error"]["message"]


# --- pages of others


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_from_a_page_of_another_site_is_refused(served: Served, headers: dict[str, str]) -> None:
    before = served.client.get("/api/people").json()
    answer = served.client.post("/api/people", json={"name": "x"}, headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.json()["error"]["message"]
    assert served.client.get("/api/people").json() == before


def test_a_change_from_our_own_page_and_from_a_script_is_made(served: Served) -> None:
    own = {"Origin": served.url, "Sec-Fetch-Site": "same-origin"}
    assert served.client.post("/api/people", json={"name": "x"}, headers=own).status_code == 201
    assert served.client.post("/api/people", json={"name": "x"}).status_code == 201


def test_the_scheme_of_the_origin_counts() -> None:
    headers = {"origin": "http://clinic.example", "host": "clinic.example"}
    assert origin_allowed(headers, "ws")
    assert not origin_allowed(headers, "wss")


PUBLIC = "https://posecheck.clinic.example"
BEHIND = {"Host": "posecheck.clinic.example", "Authorization": "Bearer a-token-of-tests-1"}


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server behind a balancer, which takes the TLS off and hands the name on."""
    with serve(
        tmp_path_factory.mktemp("behind"), host="127.0.0.1", public=PUBLIC, token="a-token-of-tests-1"
    ) as running:
        yield running


def test_behind_a_balancer_its_pages_may_change_things_and_no_others(behind: Served) -> None:
    made = behind.client.post("/api/people", json={"name": "x"}, headers={**BEHIND, "Origin": PUBLIC})
    assert made.status_code == 201
    for origin in ("http://posecheck.clinic.example", "https://evil.example", "null"):
        refused = behind.client.post("/api/people", json={"name": "x"}, headers={**BEHIND, "Origin": origin})
        assert refused.status_code == 403
    other = behind.client.get("/api/people", headers={**BEHIND, "Host": "evil.example"})
    assert other.status_code == 403


def test_behind_a_balancer_with_tls_the_token_is_kept_for_tls_alone(behind: Served) -> None:
    headers = {"Host": "posecheck.clinic.example", "Authorization": ""}
    answer = behind.client.get("/?token=a-token-of-tests-1", headers=headers)
    assert answer.status_code == 303
    assert "Secure" in answer.headers["set-cookie"]


def test_a_balancer_may_hold_more_connections_than_a_browser(tmp_path: Path) -> None:
    limits = WebSettings(data=tmp_path, public=PUBLIC).doors
    assert limits.of_address == limits.of_others > WebSettings(data=tmp_path).doors.of_address


@pytest.mark.parametrize(
    "address", ["clinic.example", "ftp://clinic.example", "https://clinic.example/posecheck", "https://", "https://a:b"]
)
def test_what_is_no_address_of_a_server_is_refused(address: str) -> None:
    assert not is_address(address)
    assert is_address("http://localhost:8080")


def test_pages_of_others_may_link_to_us_but_not_show_us_inside() -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert not embedded_elsewhere(link)
    assert embedded_elsewhere({**link, "sec-fetch-dest": "iframe"})
    assert embedded_elsewhere({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"})
    assert not embedded_elsewhere({})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_route_changes_anything_by_looking(served: Served, method: str) -> None:
    person = served.person()
    session = served.session()
    for path in (f"/api/people/{person}", f"/api/sessions/{session}", "/api/people", "/api/settings"):
        served.client.request(method, path)
    assert served.client.get(f"/api/sessions/{session}").json()["version"] == 1


# --- the token


def test_without_the_token_nothing_is_shown(guarded: Served) -> None:
    with httpx.Client(base_url=guarded.url, trust_env=False) as stranger:
        for path in ("/", "/api/people", "/openapi.json", "/api/export"):
            answer = stranger.get(path)
            assert answer.status_code == 401, path
            assert "token is needed" in answer.text
        assert stranger.get("/static/app.css").status_code == 200


def test_a_script_sends_the_token_as_a_header(guarded: Served) -> None:
    answer = httpx.get(f"{guarded.url}/api/people", headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False)
    assert answer.json() == []


def test_the_address_with_the_token_gives_a_cookie_and_an_address_without_it(guarded: Served) -> None:
    with httpx.Client(base_url=guarded.url, trust_env=False) as browser:
        first = browser.get(f"/api/people?a=1&token={TOKEN}")
        assert first.status_code == 303
        assert first.headers["location"] == "/api/people?a=1"
        cookie = first.headers["set-cookie"]
        assert re.search("httponly", cookie, re.IGNORECASE)
        assert re.search("samesite=strict", cookie, re.IGNORECASE)
        assert browser.get("/api/people").json() == []


def test_the_way_on_never_leads_to_another_site(guarded: Served) -> None:
    answer = httpx.get(f"{guarded.url}//evil.example/?token={TOKEN}", trust_env=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/evil.example")


def test_a_wrong_token_is_refused_wherever_it_stands(guarded: Served) -> None:
    wrong = "not-the-right-token"
    assert httpx.get(f"{guarded.url}/?token={wrong}", trust_env=False).status_code == 401
    assert httpx.get(guarded.url, headers={"Authorization": f"Bearer {wrong}"}, trust_env=False).status_code == 401
    assert httpx.get(guarded.url, headers={"Cookie": f"{COOKIE}={wrong}"}, trust_env=False).status_code == 401
    assert httpx.post(f"{guarded.url}/api/people?token={TOKEN}", json={"name": "x"}, trust_env=False).status_code == 401


def test_guessing_is_barred_but_the_right_token_is_always_let_in(guarded: Served) -> None:
    for number in range(MAX_WRONG):
        assert httpx.get(f"{guarded.url}/?token=guess-{number}", trust_env=False).status_code == 401
    answer = httpx.get(f"{guarded.url}/?token=guess-once-more", trust_env=False)
    assert answer.status_code == 429
    assert "the right token is always let in" in answer.text
    assert httpx.get(f"{guarded.url}/?token={TOKEN}", trust_env=False).status_code == 303
    assert guarded.client.get("/api/people").json() == [], "nor does a browser that is in already notice anything"


def test_the_bar_is_lifted_after_a_while_and_meant_for_one_address() -> None:
    time_s = [0.0]
    bar = GuessLimit(lambda: time_s[0])
    for number in range(MAX_WRONG):
        assert not bar.blocked("10.0.0.1")
        bar.wrong("10.0.0.1", f"guess-{number}")
    assert bar.blocked("10.0.0.1")
    assert not bar.blocked("10.0.0.2")
    time_s[0] = WRONG_WINDOW_S + 1
    assert not bar.blocked("10.0.0.1")


def test_the_token_of_an_earlier_start_does_not_bar_whoever_still_sends_it() -> None:
    bar = GuessLimit()
    for _ in range(MAX_WRONG):
        bar.wrong("10.0.0.1", "of an earlier start")
    assert not bar.blocked("10.0.0.1")


def test_one_network_of_ipv6_counts_as_one_guesser() -> None:
    bar = GuessLimit()
    for number in range(MAX_WRONG):
        bar.wrong(f"2001:db8::{number:x}", f"guess-{number}")
    assert bar.blocked("2001:db8::ffff")
    assert not bar.blocked("2001:db8:0:1::1")


@pytest.mark.parametrize(("one", "other"), [("::ffff:10.0.0.1", "::ffff:10.0.0.2"), ("fe80::1", "fe80::2")])
def test_devices_that_only_look_like_one_network_of_ipv6_are_several(one: str, other: str) -> None:
    bar = GuessLimit()
    for number in range(MAX_WRONG):
        bar.wrong(one, f"guess-{number}")
    assert bar.blocked(one)
    assert not bar.blocked(other)


def test_new_tokens_are_long_and_differ() -> None:
    assert len({new_token() for _ in range(20)}) == 20
    assert len(new_token()) >= 32


# --- size and headers


def test_too_much_json_is_refused_in_words(served: Served) -> None:
    answer = served.client.post("/api/people", json={"name": "x" * JSON_BYTES})
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


def test_too_much_json_is_refused_when_its_length_is_not_told(served: Served) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"name": "'
        for _ in range(3):
            yield b"x" * (JSON_BYTES // 2)
        yield b'"}'

    headers = {"Content-Type": "application/json"}
    answer = served.client.post("/api/people", content=pieces(), headers=headers)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


@pytest.mark.parametrize("content", [b"{", b"[]", b'"x"', b"\xff", b""])
def test_json_that_is_none_is_refused_in_words(served: Served, content: bytes) -> None:
    answer = served.client.post("/api/people", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert json.loads(answer.text)["error"]["message"]


@pytest.mark.parametrize("path", ["/", "/nothing", "/api/people", "/api/nothing", "/static/app.css", "/static/nothing"])
def test_every_answer_carries_the_headers(served: Served, path: str) -> None:
    headers = served.client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static/") else "no-store")


def test_an_unknown_page_is_told_as_a_page_and_an_unknown_route_as_json(served: Served) -> None:
    page, route = served.client.get("/nothing"), served.client.get("/api/nothing")
    assert (page.status_code, route.status_code) == (404, 404)
    assert "<h1>Not found</h1>" in page.text
    assert route.json()["error"]["code"] == "not_found"
