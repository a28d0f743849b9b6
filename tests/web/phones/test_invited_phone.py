"""An invited phone films its session and does nothing else: every route is asked, its own session's and another one's."""

from __future__ import annotations

import datetime as dt
import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from phone_door import TOKEN, Door, opened
from starlette.routing import BaseRoute, Mount
from webapp import made_session, quiet_site
from websockets.exceptions import ConnectionClosed, InvalidStatus

from posecheck.storage.tables import Phone
from posecheck.web.phones.passes import VALID_FOR, PhonePasses, device_name
from posecheck.web.server.app import create_app
from posecheck.web.server.settings import ConnectionLimits, WebSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPEN = {
    "GET /join",
    "POST /api/join",
}
"""Asked by everybody, with a token or without."""
FILMS = {
    "GET /sessions/{session_id}/film",
    "GET /sessions/{session_id}/filmed",
    "GET /api/sessions/{session_id}/guide",
    "GET /api/sessions/{session_id}/film",
    "POST /api/sessions/{session_id}/film",
    "GET /api/sessions/{session_id}/events",
    "POST /api/sessions/{session_id}/said",
    "POST /api/sessions/{session_id}/stretches",
    "POST /api/sessions/{session_id}/filmings",
    "PATCH /api/filmings/{upload_id}",
    "POST /api/filmings/{upload_id}/finish",
    "POST /api/filmings/{upload_id}/discard",
    "WEBSOCKET /api/sessions/{session_id}/live",
    "POST /api/sessions/{session_id}/live",
    "POST /api/live/{room_id}/frames",
    "DELETE /api/live/{room_id}",
    "GET /api/health",
}
"""What filming needs, written here by hand: a route that is added is closed to phones until somebody opens it here too."""
WITHOUT_SESSION = {"GET /api/health"}
NOBODY = "0" * 24
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


def routes_of(routes: list[BaseRoute]) -> Iterator[str]:
    """``METHOD /path`` of every route, those of included routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "routes", None)
        path = getattr(route, "path", "")
        if isinstance(route, Mount):
            continue
        if not path and inner is not None:
            yield from routes_of(list(getattr(inner, "routes", inner)))
            continue
        methods = getattr(route, "methods", None) or {"WEBSOCKET"}
        yield from (f"{method} {path}" for method in methods if method != "HEAD")


@pytest.fixture(scope="module")
def every_route(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    app = create_app(WebSettings(data=tmp_path_factory.mktemp("routes")))
    found = sorted(
        route for route in set(routes_of(list(app.routes))) if not route.partition(" ")[2].startswith("/static")
    )
    assert len(found) > 80
    return found


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    hurried = ConnectionLimits(at_once=10_000)  # every route is asked on a connection of its own, in no time
    with opened(tmp_path_factory.mktemp("invited"), connections=hurried) as running:
        yield running


@pytest.fixture
def session(door: Door) -> str:
    return door.served.session(tests=[{"movement": "toe-touch", "side": None}])


@pytest.fixture
def phone(door: Door, session: str) -> Iterator[httpx.Client]:
    with invited(door, session) as client:
        yield client


@contextmanager
def invited(door: Door, session: str) -> Iterator[httpx.Client]:
    """A phone that came in by a code."""
    with door.phone(**{"User-Agent": IPHONE}) as client:
        client.post("/api/join", json={"code": door.invitation(session)}).raise_for_status()
        yield client


def filming(client: httpx.Client, session: str) -> str:
    """Id of a recording that was begun."""
    form = {"movement": "toe-touch", "phase": "pre"}
    return str(client.post(f"/api/sessions/{session}/filmings", json=form).raise_for_status().json()["id"])


def filled(path: str, ids: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)(:path)?\}", lambda found: ids.get(found[1], NOBODY), path)


def status_of(door: Door, client: httpx.Client, route: str, ids: dict[str, str]) -> int:
    """The status that a request gets, 101 where a WebSocket opens; of a stream only its head is read."""
    method, _, path = route.partition(" ")
    if method == "WEBSOCKET":
        try:
            with door.live(filled(path, ids), client):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code
    with client.stream(method, filled(path, ids), json={} if method != "GET" else None) as answer:
        return answer.status_code


def test_every_route_is_closed_to_a_phone_but_those_that_filming_needs(
    door: Door, session: str, phone: httpx.Client, every_route: list[str]
) -> None:
    upload = filming(phone, session)
    ids = {"session_id": session, "upload_id": upload}
    got = {route: status_of(door, phone, route, ids) for route in every_route if route not in OPEN}
    closed = {route for route, status in got.items() if status == 403}
    assert set(got) - closed == FILMS
    assert all(status != 401 for status in got.values())


def test_a_phone_cannot_even_film_another_session(
    door: Door, session: str, phone: httpx.Client, every_route: list[str]
) -> None:
    other = door.served.session(tests=[{"movement": "toe-touch", "side": None}])
    upload = filming(door.served.client, other)
    room = door.served.client.post(f"/api/sessions/{other}/live", json={"movement": "toe-touch"}).json()["room"]
    ids = {"session_id": other, "upload_id": upload, "room_id": room}
    got = {route: status_of(door, phone, route, ids) for route in every_route if route not in OPEN}
    assert {route for route, status in got.items() if status != 403} == WITHOUT_SESSION
    assert door.served.client.get(f"/api/sessions/{other}").json()["version"] == 1
    door.served.client.delete(f"/api/live/{room}").raise_for_status()


def test_a_video_of_the_session_that_was_not_filmed_is_none_of_a_phones_business(
    door: Door, session: str, phone: httpx.Client
) -> None:
    form = {"file_name": "a.mp4", "size_bytes": 1000, "phase": "pre"}
    upload = door.served.client.post(f"/api/sessions/{session}/uploads", json=form).raise_for_status().json()["id"]
    assert phone.patch(f"/api/filmings/{upload}?offset=0", content=b"x").status_code == 403
    assert phone.post(f"/api/filmings/{upload}/discard").status_code == 403


def test_the_answer_tells_a_phone_why(phone: httpx.Client, session: str) -> None:
    page, route = phone.get("/"), phone.delete(f"/api/sessions/{session}")
    assert (page.status_code, route.status_code) == (403, 403)
    assert "invited to film one session" in page.text
    assert "invited to film one session" in route.json()["error"]["message"]


def test_the_page_that_films_leads_a_phone_nowhere_else(phone: httpx.Client, session: str) -> None:
    text = phone.get(f"/sessions/{session}/film?phone=1").text
    links = set(re.findall(r'<a [^>]*href="([^"]+)"', text)) - {"#content"}
    assert links == {"/"}, "the name of the program, which the gate answers"
    assert f'href="/sessions/{session}/film?phone=1"' in phone.get(f"/sessions/{session}/filmed").text


def test_a_phone_says_how_the_filming_goes_on_and_changes_nothing_else(
    door: Door, phone: httpx.Client, session: str
) -> None:
    path = f"/api/sessions/{session}/film"
    form = {"stretch_skipped": True, "safety_confirmed": True, "finished": True}
    assert phone.post(path, json=form).status_code == 204
    now = door.served.client.get(f"/api/sessions/{session}").json()
    assert (now["stretch_skipped"], now["safety_confirmed"], now["step"]) == (True, True, "result")
    assert phone.post(path, json={"keep_video": False, "title": "x"}).status_code == 422
    assert phone.get(path).json() == {"recordings": 0, "measuring": 0, "busy": False}


def test_a_phone_hears_nothing_of_what_was_measured(door: Door, phone: httpx.Client, session: str) -> None:
    take = {
        "id": "a",
        "session_id": session,
        "state": "refused",
        "current": True,
        "summary": {"outcomes": [{"mean_deg": 41}]},
    }
    with phone.stream("GET", f"/api/sessions/{session}/events?speaks=true") as answer:
        lines = answer.iter_lines()
        next(lines)
        assert not door.served.site.events.is_heard(session), "a phone is no loudspeaker"
        door.served.site.events.tell(session, "live", {"angle_deg": 41})
        door.served.site.events.tell(session, "take", take)
        data = next(line for line in lines if line.startswith("data:"))
    assert json.loads(data.removeprefix("data:")) == {
        **dict.fromkeys(("movement", "side", "phase", "reason")),
        **{name: take[name] for name in ("id", "state", "current")},
    }


def test_a_phone_that_is_invited_twice_still_sends_to_the_first_session(
    door: Door, session: str, phone: httpx.Client
) -> None:
    upload = filming(phone, session)
    phone.post("/api/join", json={"code": door.invitation(door.served.session())}).raise_for_status()
    assert phone.patch(f"/api/filmings/{upload}?offset=0", content=b"x" * 10).json() == {"received_bytes": 10}


# --- shown and shut out


def test_settings_show_each_phone_with_its_last_use_and_shut_it_out(
    door: Door, session: str, phone: httpx.Client
) -> None:
    owner = door.served.client
    mine = next(row for row in owner.get("/api/phones").json() if row["session_id"] == session)
    assert (mine["name"], mine["person"], mine["last_used_at"]) == ("iPhone, Safari", "Anna", None)
    assert "not used yet" in owner.get("/settings").text
    assert phone.get(f"/api/sessions/{session}/guide").status_code == 200
    used = next(row for row in owner.get("/api/phones").json() if row["id"] == mine["id"])["last_used_at"]
    assert abs(dt.datetime.fromisoformat(used) - dt.datetime.now(dt.UTC).replace(tzinfo=None)) < dt.timedelta(minutes=1)
    assert f'data-phone="{mine["id"]}"' in owner.get("/settings").text
    assert owner.delete(f"/api/phones/{mine['id']}").status_code == 204
    assert phone.get(f"/api/sessions/{session}/guide").status_code == 401
    assert owner.delete(f"/api/phones/{mine['id']}").status_code == 404


def test_shutting_a_phone_out_ends_what_it_films(door: Door, session: str, phone: httpx.Client) -> None:
    with door.live(f"/api/sessions/{session}/live?movement=toe-touch", phone) as socket:
        assert json.loads(socket.recv(timeout=60))["kind"] == "hello"
        row = next(row for row in door.served.client.get("/api/phones").json() if row["session_id"] == session)
        door.served.client.delete(f"/api/phones/{row['id']}").raise_for_status()
        assert "shut out" in json.loads(socket.recv(timeout=60))["message"]
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=60)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


def test_a_deleted_session_takes_its_phones_along(door: Door, session: str, phone: httpx.Client) -> None:
    door.served.client.delete(f"/api/sessions/{session}").raise_for_status()
    assert phone.get(f"/api/sessions/{session}/guide").status_code == 401
    assert session not in {row["session_id"] for row in door.served.client.get("/api/phones").json()}


def test_the_token_of_other_devices_still_opens_everything(door: Door, session: str) -> None:
    with door.phone(Authorization=f"Bearer {TOKEN}") as device:
        assert device.get(f"/api/sessions/{session}").status_code == 200
        assert session not in {row["session_id"] for row in device.get("/api/phones").json()}


def test_a_phone_whose_own_owner_has_the_token_too_is_not_bound(door: Door, phone: httpx.Client) -> None:
    assert phone.get("/api/people", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


# --- passes by themselves


def test_passes_outlive_a_restart_end_by_themselves_and_are_stored_as_hashes(tmp_path: Path) -> None:
    time = [dt.datetime(2026, 11, 1, 12, 0)]
    with quiet_site(tmp_path) as site:
        session = made_session(site)
        passes = PhonePasses(site.database, lambda: time[0])
        token = passes.admit(session, "iPhone")
        found = passes.find(token)
        assert found is not None
        assert found.session_id == session
        passes.use(found)
        passes.note_uses(every_s=0.0)
        with site.database.read() as transaction:
            row = transaction.get(Phone, found.id)
            assert row is not None
            assert row.last_used_at == time[0]
            assert token not in str(vars(row))
        again = PhonePasses(site.database, lambda: time[0])
        assert again.find(token) == found
        time[0] += VALID_FOR
        assert again.find(token) is None
        again.admit(session, "Android")
        with site.database.read() as transaction:
            assert transaction.get(Phone, found.id) is None
        assert again.find("") is None


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1",
            "iPhone, Safari",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36",
            "Android, Chrome",
        ),
        ("Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0", "Android, Firefox"),
        (
            "Mozilla/5.0 (Linux; Android 13) SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36",
            "Android, Samsung Internet",
        ),
        ("curl/8", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_phone_is_called_by_what_its_browser_says(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name
