"""The door for phones: https with the certificate that was made, a token, invitations that open once, no other name."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx
import pytest
from phone_door import ADDRESS, TOKEN, Door, opened
from serve_command import refused, started
from webapp import serve

from posecheck.web.phones.invitations import MAX_OPEN, VALID_S, Invitations, TooManyTriesError
from posecheck.web.phones.lan import own_address
from posecheck.web.phones.network import is_lan_address, lan_addresses, source_address
from posecheck.web.server.access import MAX_WRONG
from posecheck.web.server.errors import NotFoundError
from posecheck.web.server.security import PHONE_COOKIE
from posecheck.web.server.serve import AddressError, listen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SESSION = "0" * 24


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(tmp_path_factory.mktemp("lan")) as door:
        yield door


@pytest.fixture
def door(shared: Door, monkeypatch: pytest.MonkeyPatch) -> Door:
    """The running server, which has forgotten all earlier tries."""
    monkeypatch.setattr(shared.served.site.invitations, "_guesses", Invitations()._guesses)
    return shared


# --- who comes in


def test_a_phone_needs_the_certificate_and_the_token(door: Door) -> None:
    with httpx.Client(base_url=door.url, trust_env=False) as stranger, pytest.raises(httpx.ConnectError):
        stranger.get("/")
    with door.phone() as phone:
        assert phone.get("/").status_code == 401
        assert phone.get("/api/people").status_code == 401
        assert phone.get("/api/people", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_this_machine_needs_neither(door: Door) -> None:
    assert door.served.url.startswith("http://127.0.0.1")
    assert door.served.client.get("/").status_code == 200


@pytest.mark.slow
def test_a_certificate_of_ones_own_may_be_for_a_name(door: Door, tmp_path: Path) -> None:
    key = door.certificate.with_name("key.pem")
    words = (
        "--lan",
        "--lan-port",
        "0",
        "--host",
        "localhost",
        "--tls-cert",
        str(door.certificate),
        "--tls-key",
        str(key),
    )
    with started(tmp_path, *words) as (process, _):
        assert process.stdout is not None
        url = [process.stdout.readline() for _ in range(3)][2].split()[-1].partition("/?token=")[0]
        assert url.startswith("https://localhost:")
        trusted = ssl.create_default_context(cafile=str(door.certificate))
        assert httpx.get(f"{url}/join", verify=trusted, trust_env=False, timeout=60).status_code == 200
    assert not (tmp_path / "certificate" / "certificate.pem").exists()


def test_plain_http_gets_no_answer(door: Door) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(door.url.replace("https", "http"), trust_env=False)


def test_another_name_or_another_site_is_refused(door: Door) -> None:
    with door.phone(Authorization=f"Bearer {TOKEN}") as phone:
        assert phone.get("/", headers={"Host": "posecheck.example"}).status_code == 403
        assert phone.get("/", headers={"Host": "192.168.1.20"}).status_code == 403
        answer = phone.post("/api/people", json={"name": "X"}, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403


def test_an_invitation_lets_one_phone_in_to_the_page_that_films(door: Door) -> None:
    session = door.served.session()
    code = door.invitation(session, "retest")
    with door.phone() as phone, door.phone() as other:
        assert "being connected" in phone.get("/join").text
        answer = phone.post("/api/join", json={"code": code})
        assert answer.json() == {"path": f"/sessions/{session}/film?from=retest&phone=1"}
        cookie = answer.headers["set-cookie"].lower()
        assert all(word in cookie for word in (f"{PHONE_COOKIE}{session}", "httponly", "samesite=strict", "secure"))
        assert "Film with this phone" in phone.get(answer.json()["path"]).text
        again = other.post("/api/join", json={"code": code})
        assert again.status_code == 404
        assert "used already" in again.json()["error"]["message"]
        assert other.get("/").status_code == 401


def test_looking_at_the_page_of_an_invitation_does_not_use_it_up(door: Door) -> None:
    code = door.invitation(door.served.session())
    with door.phone() as phone:
        phone.get("/join")
        assert phone.head("/join").status_code in (200, 405)
        assert phone.post("/api/join", json={"code": code}).status_code == 200


def test_guessing_invitations_bars_the_address_but_never_the_right_code(door: Door) -> None:
    code = door.invitation(door.served.session())
    with door.phone() as phone:
        for number in range(MAX_WRONG):
            assert phone.post("/api/join", json={"code": f"guess-{number}"}).status_code == 404
        barred = phone.post("/api/join", json={"code": "guess-once-more"})
        assert barred.status_code == 429
        assert "the right one is always let in" in barred.json()["error"]["message"]
        assert phone.post("/api/join", json={"code": code}).status_code == 200


def test_a_page_elsewhere_cannot_use_an_invitation(door: Door) -> None:
    code = door.invitation(door.served.session())
    with door.phone() as phone:
        answer = phone.post("/api/join", json={"code": code}, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        assert phone.post("/api/join", json={"code": code}).status_code == 200


def test_an_invitation_needs_a_session_and_a_door(door: Door, tmp_path: Path) -> None:
    missing = door.served.client.post(f"/api/sessions/{'0' * 24}/invitations", json={})
    assert missing.status_code == 404
    with serve(tmp_path) as alone:
        answer = alone.client.post(f"/api/sessions/{alone.session()}/invitations", json={})
    assert answer.status_code == 409
    assert "open the door for phones first" in answer.json()["error"]["message"]


# --- invitations by themselves


def test_an_invitation_is_over_after_a_quarter_of_an_hour() -> None:
    time_s = [0.0]
    invitations = Invitations(lambda: time_s[0])
    early, late = invitations.invite("/early", SESSION), invitations.invite("/late", SESSION)
    time_s[0] = VALID_S
    assert invitations.use(early, "10.0.0.1").path == "/early"
    time_s[0] = VALID_S + 1
    with pytest.raises(NotFoundError, match="15 minutes"):
        invitations.use(late, "10.0.0.1")


def test_guessing_bars_one_address_and_no_other() -> None:
    invitations = Invitations()
    code = invitations.invite("/", SESSION)
    for number in range(MAX_WRONG):
        with pytest.raises(NotFoundError):
            invitations.use(f"guess-{number}", "10.0.0.1")
    with pytest.raises(TooManyTriesError):
        invitations.use("one more", "10.0.0.1")
    with pytest.raises(NotFoundError):
        invitations.use("one more", "10.0.0.2")
    assert invitations.use(code, "10.0.0.1").path == "/"


def test_the_oldest_of_too_many_invitations_gives_way() -> None:
    invitations = Invitations()
    codes = [invitations.invite("/", SESSION) for _ in range(MAX_OPEN + 1)]
    with pytest.raises(NotFoundError):
        invitations.use(codes[0], "10.0.0.1")
    assert invitations.use(codes[-1], "10.0.0.1").path == "/"
    assert len(set(codes)) == len(codes)
    assert min(map(len, codes)) >= 22


# --- addresses and the command


def test_addresses_of_the_network_are_this_machines_own() -> None:
    for address in lan_addresses():
        listen(address, 0).close()
    assert source_address("127.0.0.1") == "127.0.0.1"


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("192.168.1.20", True),
        ("10.0.0.5", True),
        ("172.20.0.1", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("8.8.8.8", False),
        ("", False),
    ],
)
def test_only_private_addresses_count(address: str, is_one: bool) -> None:
    assert is_lan_address(address) is is_one


def test_without_a_network_the_command_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("posecheck.web.phones.lan.lan_addresses", tuple)
    code, words = refused("--lan", "--port", "0", "--data", str(tmp_path / "data"))
    assert code == 5
    assert "Wi-Fi" in words
    assert "--host ADDRESS" in words


def test_every_address_at_once_is_refused() -> None:
    with pytest.raises(AddressError, match="one address"):
        own_address("0.0.0.0")


@pytest.mark.slow
def test_the_command_opens_both_doors_and_keeps_the_certificate(tmp_path: Path) -> None:
    words = ("--lan", "--lan-port", "0", "--host", ADDRESS)
    with started(tmp_path, *words) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        url, _, token = lines[2].split()[-1].partition("/?token=")
        assert url.startswith(f"https://{ADDRESS}:")
        assert url in lines[1], "phones are told the same address, without the token"
        assert token not in lines[1]
        trusted = ssl.create_default_context(cafile=str(tmp_path / "certificate" / "certificate.pem"))
        with httpx.Client(base_url=url, verify=trusted, trust_env=False, timeout=60) as device:
            assert device.get("/api/people").status_code == 401
            assert device.get(f"/?token={token}").status_code == 303
            assert device.get("/api/people").json() == []
        assert httpx.get(f"{address}api/people", trust_env=False).json() == []
        process.terminate()
        said, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "fingerprint" in lines[-2]
    assert token not in said + errors, "the token is shown once"
    assert "a network you trust" in errors
    assert "Traceback" not in errors


@pytest.mark.slow
def test_a_phone_that_was_let_in_goes_on_by_itself_after_a_crash(tmp_path: Path) -> None:
    words = ("--lan", "--lan-port", "0", "--host", ADDRESS)
    cookies, guide = httpx.Cookies(), ""
    for crashed in (False, True):
        with started(tmp_path, *words) as (process, here):
            assert process.stdout is not None
            url = [process.stdout.readline() for _ in range(3)][2].split()[-1].partition("/?token=")[0]
            trusted = ssl.create_default_context(cafile=str(tmp_path / "certificate" / "certificate.pem"))
            with httpx.Client(base_url=url, verify=trusted, trust_env=False, timeout=60, cookies=cookies) as phone:
                if not crashed:
                    session, code = _invited(here)
                    phone.post("/api/join", json={"code": code}).raise_for_status()
                    cookies, guide = phone.cookies, f"/api/sessions/{session}/guide"
                assert phone.get(guide).status_code == 200
            process.kill()


@pytest.mark.slow
def test_other_devices_need_the_new_address_after_a_restart(tmp_path: Path) -> None:
    (tmp_path / "certificate").mkdir()
    shared = tmp_path / "certificate" / "token"
    shared.write_text("the-token-that-every-phone-had-before")
    tokens = set()
    for _ in range(2):
        with started(tmp_path, "--lan", "--lan-port", "0", "--host", ADDRESS) as (process, _):
            assert process.stdout is not None
            tokens.add([process.stdout.readline() for _ in range(3)][2].partition("/?token=")[2].strip())
    assert len(tokens) == 2
    assert not shared.exists()


def _invited(here: str) -> tuple[str, str]:
    """A new session and the code of an invitation to it."""
    with httpx.Client(base_url=here, trust_env=False, timeout=60) as owner:
        person = owner.post("/api/people", json={"name": "Anna"}).json()["id"]
        session = owner.post(f"/api/people/{person}/sessions", json={}).json()["id"]
        made = owner.post(f"/api/sessions/{session}/invitations", json={}).raise_for_status().json()
    return session, made["address"].partition("/join#")[2]
