"""Connections: how many an address may hold, how long a request may take; this computer is answered all the same."""

from __future__ import annotations

import socket
import ssl
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import pytest
from phone_door import ADDRESS, Door, opened
from webapp import Served, serve

from posecheck.web.server.doorkeeper import Doorkeeper
from posecheck.web.server.open_files import raise_file_limit
from posecheck.web.server.settings import ConnectionLimits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMITS = ConnectionLimits(of_address=8, at_once=12, new_per_s=100.0, own=6, handshake_s=0.3, head_s=0.3, body_s=0.3)
WAIT_S = 30.0


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(tmp_path_factory.mktemp("door"), connections=LIMITS) as running:
        yield running


@pytest.fixture
def served(door: Door) -> Served:
    return door.served


def place_of(url: str) -> tuple[str, int]:
    parsed = httpx.URL(url)
    return parsed.host, int(parsed.port or 0)


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side closes, within a while."""
    connection.settimeout(WAIT_S)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def pushed(connection: socket.socket, data: bytes, *, at_most: int, pause_s: float = 0.0) -> int:
    """How often the same bytes could be sent before the other side had closed."""
    for number in range(at_most):
        try:
            connection.sendall(data)
        except OSError:
            return number
        time.sleep(pause_s)
    return at_most


# --- time


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "])
def test_a_head_that_does_not_come_closes_the_connection(served: Served, sent: bytes) -> None:
    with socket.create_connection(place_of(served.url)) as slow:
        slow.sendall(sent)
        assert is_closed(slow)


def test_a_head_that_comes_byte_by_byte_has_no_more_time(served: Served) -> None:
    with socket.create_connection(place_of(served.url)) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nX: ")
        assert pushed(slow, b"a", at_most=1000, pause_s=0.03) < 1000


def test_a_body_that_does_not_come_closes_the_connection(served: Served) -> None:
    head = (
        b"POST /api/people HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    )
    with socket.create_connection(place_of(served.url)) as slow:
        slow.sendall(head + b'{"name": "')
        assert is_closed(slow)


def test_tls_that_is_never_spoken_closes_the_connection(door: Door) -> None:
    with socket.create_connection(place_of(door.url)) as silent:
        assert is_closed(silent)


def test_an_answer_may_take_longer_than_a_request(served: Served) -> None:
    session = served.session()
    with served.client.stream("GET", f"/api/sessions/{session}/events") as answer:
        lines = answer.iter_lines()
        next(lines)
        time.sleep(2.0)  # far beyond every limit here
        served.site.events.tell(session, "said", {"words": "still there"})
        assert any("still there" in line for line in lines)


# --- size


def test_a_head_without_end_is_refused_before_it_takes_memory(served: Served) -> None:
    with socket.create_connection(place_of(served.url)) as endless:
        endless.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        lines = pushed(endless, b"X-Endless: " + b"a" * 4000 + b"\r\n", at_most=20_000)
    assert lines < 5000, "what the system's buffers hold, and no more"


# --- how many


def test_an_address_that_holds_too_many_is_turned_away_before_tls(door: Door) -> None:
    with ExitStack() as held:
        for _ in range(LIMITS.of_address):
            held.enter_context(socket.create_connection(place_of(door.url)))
        with socket.create_connection(place_of(door.url)) as more:
            begin_s = time.monotonic()
            assert is_closed(more)
        assert time.monotonic() - begin_s < LIMITS.handshake_s, "not because its handshake took too long"
        assert door.served.client.get("/").status_code == 200, "this computer comes by its own door"


def test_the_address_is_let_in_again_when_it_has_let_go(door: Door) -> None:
    for _ in range(3):
        with ExitStack() as held:
            for _ in range(LIMITS.of_address):
                held.enter_context(socket.create_connection(place_of(door.url)))
        time.sleep(2 * LIMITS.handshake_s)
    with door.phone() as phone:
        assert phone.get("/join").status_code == 200


def test_this_computer_is_answered_however_many_of_its_connections_are_silent(served: Served) -> None:
    with ExitStack() as held:
        silent = [held.enter_context(socket.create_connection(place_of(served.url))) for _ in range(4 * LIMITS.own)]
        with httpx.Client(base_url=served.url, trust_env=False) as fresh:
            assert fresh.get("/api/people").status_code == 200
        assert is_closed(silent[0]), "the oldest gave way"


def test_websockets_that_are_refused_leave_their_places(tmp_path: Path) -> None:
    with serve(tmp_path, token="a-token-of-the-tests", connections=LIMITS) as guarded:
        for _ in range(3 * LIMITS.own):
            answer = httpx.get(
                f"{guarded.url}/api/sessions/{'0' * 24}/live",
                headers={
                    "Connection": "Upgrade",
                    "Upgrade": "websocket",
                    "Sec-WebSocket-Version": "13",
                    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                },
                trust_env=False,
            )
            assert answer.status_code == 403
        assert guarded.client.get("/api/people").json() == []


# --- the doorkeeper by itself


def keeper(time_s: list[float], **limits: float) -> Doorkeeper:
    return Doorkeeper(ConnectionLimits(**limits), clock=lambda: time_s[0])  # type: ignore[arg-type]  # numbers all


def test_an_address_may_hold_so_many_and_others_are_not_touched() -> None:
    kept = keeper([0.0], of_address=2)
    first, second = kept.enter("10.0.0.1"), kept.enter("10.0.0.1")
    assert first is not None
    assert second is not None
    assert kept.enter("10.0.0.1") is None
    assert kept.enter("10.0.0.2") is not None
    first.leave()
    first.leave()
    assert kept.enter("10.0.0.1") is not None
    assert kept.enter("10.0.0.1") is None


def test_an_address_may_not_open_and_close_without_end() -> None:
    time_s = [0.0]
    kept = keeper(time_s, at_once=3, new_per_s=2.0)

    def opens() -> bool:
        visit = kept.enter("10.0.0.1")
        if visit is not None:
            visit.leave()
        return visit is not None

    assert [opens() for _ in range(4)] == [True, True, True, False]
    time_s[0] = 1.0
    assert [opens() for _ in range(3)] == [True, True, False]


def test_one_network_of_ipv6_holds_as_many_as_one_address() -> None:
    kept = keeper([0.0], of_address=1)
    assert kept.enter("2001:db8::1") is not None
    assert kept.enter("2001:db8::2") is None


def test_where_too_many_are_in_the_oldest_that_asked_for_nothing_gives_way() -> None:
    kept = keeper([0.0], of_others=2)
    ended = []
    busy, silent = kept.enter("10.0.0.1"), kept.enter("10.0.0.2")
    assert busy is not None
    assert silent is not None
    busy.has_asked = True
    silent.end = lambda: ended.append("silent")
    late = kept.enter("10.0.0.3")
    assert late is not None
    assert ended == ["silent"]
    late.has_asked = True
    assert kept.enter("10.0.0.4") is None, "who is being answered stays"
    assert kept.enter("127.0.0.1") is not None, "this computer is counted apart"


def test_at_the_door_for_phones_this_computer_is_a_stranger() -> None:
    kept = Doorkeeper(ConnectionLimits(of_address=1), knows_own=False)
    assert kept.enter("127.0.0.1") is not None
    assert kept.enter("127.0.0.1") is None


# --- files


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_the_file_limit_is_raised_and_never_lowered() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, before[1]), before[1]))
        raise_file_limit(1000)
        raised = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert raised == min(1000, before[1])
        raise_file_limit(100)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == raised
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_door_with_a_certificate_speaks_tls_to_patient_and_quick_alike(door: Door) -> None:
    trusted = door.trusted()
    with (
        socket.create_connection(place_of(door.url)) as plain,
        trusted.wrap_socket(plain, server_hostname=ADDRESS) as quick,
    ):
        assert isinstance(quick, ssl.SSLSocket)
        quick.sendall(b"GET /join HTTP/1.1\r\nHost: 127.0.0.2\r\nConnection: close\r\n\r\n")
        assert quick.recv(100).startswith(b"HTTP/1.1 200")
