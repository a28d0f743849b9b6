"""The bin: what was deleted comes back by a click, goes for good when it is told to or has lain there long enough."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from webapp import Served, quiet_site, serve

from posecheck.storage.tables import Person, Phone, Session, Upload, now
from posecheck.web.people.bin import KEPT_DAYS, empty_bin_of_old

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.web.server.site import Site


@pytest.fixture
def served(tmp_path: Path, database_url: str) -> Iterator[Served]:
    with serve(tmp_path, database_url=database_url) as running:
        yield running


def with_video(served: Served) -> tuple[str, str, str]:
    """Ids of a person, a session and a video of which the first bytes have come in."""
    person = served.person()
    session = served.client.post(f"/api/people/{person}/sessions", json={}).json()["id"]
    form = {"file_name": "a.mp4", "size_bytes": 100, "phase": "pre"}
    upload = served.client.post(f"/api/sessions/{session}/uploads", json=form).raise_for_status().json()["id"]
    served.site.files.partial(upload).write_bytes(b"x" * 50)
    return person, session, upload


def status(served: Served, *paths: str) -> set[int]:
    return {served.client.get(path).status_code for path in paths}


def test_a_person_in_the_bin_is_nowhere_and_comes_back_whole(served: Served) -> None:
    person, session, upload = with_video(served)
    everywhere = (
        f"/api/people/{person}", f"/people/{person}", f"/api/sessions/{session}", f"/sessions/{session}/pre",
        f"/api/sessions/{session}/result", f"/api/uploads/{upload}",
    )  # fmt: skip
    before = {path: served.client.get(path).status_code for path in everywhere}
    told = served.client.post(f"/api/people/{person}/bin").raise_for_status().json()
    assert (told["kind"], told["title"], told["sessions"]) == ("people", "Anna", 1)
    assert dt.date.fromisoformat(told["goes_at"]) - now().date() == dt.timedelta(days=KEPT_DAYS)
    assert status(served, *everywhere) == {404}
    assert served.client.get("/api/people").json() == []
    assert "Anna" not in served.client.get("/").text
    assert [item["id"] for item in served.client.get("/api/bin").json()] == [person]
    served.client.post(f"/api/people/{person}/restore").raise_for_status()
    assert {path: served.client.get(path).status_code for path in everywhere} == before
    assert served.client.get("/api/bin").json() == []
    assert served.site.files.partial(upload).is_file()


def test_a_session_goes_and_comes_back_alone(served: Served) -> None:
    person, session, _ = with_video(served)
    other = served.client.post(f"/api/people/{person}/sessions", json={"title": "stays"}).json()["id"]
    served.client.post(f"/api/sessions/{session}/bin").raise_for_status()
    assert [row["id"] for row in served.client.get(f"/api/people/{person}/sessions").json()] == [other]
    assert served.client.get(f"/api/people/{person}").json()["sessions"] == 1
    served.client.post(f"/api/people/{person}/bin").raise_for_status()
    assert [item["kind"] for item in served.client.get("/api/bin").json()] == ["people"]
    answer = served.client.post(f"/api/sessions/{session}/restore")
    assert answer.status_code == 404, "its person is in the bin"
    served.client.post(f"/api/people/{person}/restore").raise_for_status()
    assert [item["id"] for item in served.client.get("/api/bin").json()] == [session], "it was there before"
    served.client.post(f"/api/sessions/{session}/restore").raise_for_status()
    assert served.client.get(f"/api/people/{person}").json()["sessions"] == 2


@pytest.mark.parametrize("kind", ["people", "sessions"])
def test_delete_for_good_works_at_once_and_from_the_bin(served: Served, kind: str) -> None:
    for binned_first in (False, True):
        person, session, upload = with_video(served)
        row = person if kind == "people" else session
        if binned_first:
            served.client.post(f"/api/{kind}/{row}/bin").raise_for_status()
        served.client.delete(f"/api/{kind}/{row}").raise_for_status()
        assert served.client.post(f"/api/{kind}/{row}/restore").status_code == 404
        assert not served.site.files.upload(upload).exists()
        assert list(served.site.files.deletions.iterdir()) == []


def test_the_bin_is_emptied_and_nobody_else_is_touched(served: Served) -> None:
    person, session, upload = with_video(served)
    kept_person, kept_session, kept_upload = with_video(served)
    lone = served.client.post(f"/api/people/{kept_person}/sessions", json={}).json()["id"]
    served.client.post(f"/api/sessions/{session}/bin").raise_for_status()
    served.client.post(f"/api/people/{person}/bin").raise_for_status()
    served.client.post(f"/api/sessions/{lone}/bin").raise_for_status()
    served.client.delete("/api/bin").raise_for_status()
    assert served.client.get("/api/bin").json() == []
    with served.site.database.read() as transaction:
        assert [row.id for row in transaction.query(Person)] == [kept_person]
        assert [row.id for row in transaction.query(Session)] == [kept_session]
        assert [row.id for row in transaction.query(Upload)] == [kept_upload]
    assert not served.site.files.upload(upload).exists()
    assert served.site.files.upload(kept_upload).exists()


def test_everybody_is_deleted_only_by_those_who_say_so_twice(served: Served) -> None:
    with_video(served)
    binned, *_ = with_video(served)
    served.client.post(f"/api/people/{binned}/bin").raise_for_status()
    assert served.client.request("DELETE", "/api/people", json={}).status_code == 422
    assert len(served.client.get("/api/people").json()) == 1
    served.client.request("DELETE", "/api/people", json={"delete": "everybody"}).raise_for_status()
    with served.site.database.read() as transaction:
        assert transaction.query(Person).count() == transaction.query(Session).count() == 0
    assert list((served.site.files.root / "uploads").iterdir()) == []


def test_a_phone_that_was_invited_films_nothing_that_is_in_the_bin(served: Served) -> None:
    person, session, _ = with_video(served)
    served.site.phones.admit(session, "iPhone, Safari")
    served.client.post(f"/api/people/{person}/bin").raise_for_status()
    with served.site.database.read() as transaction:
        assert transaction.query(Phone).count() == 0


def age(site: Site, days: float) -> None:
    with site.database.begin() as transaction:
        for row in (*transaction.query(Person), *transaction.query(Session)):
            if row.deleted_at is not None:
                row.deleted_at = now() - dt.timedelta(days=days)


@pytest.mark.parametrize(("days", "left"), [(KEPT_DAYS - 0.01, 2), (KEPT_DAYS + 0.01, 1)])
def test_what_has_lain_there_for_thirty_days_goes_at_the_next_look(tmp_path: Path, days: float, left: int) -> None:
    with quiet_site(tmp_path) as site:
        with site.database.begin() as transaction:
            transaction.add(Person(name="Anna", deleted_at=now(), every_session=[Session(date="2026-11-22")]))
            transaction.add(Person(name="Berta"))
        age(site, days)
        empty_bin_of_old(site)
        with site.database.read() as transaction:
            assert transaction.query(Person).count() == left


def test_a_server_that_starts_looks_through_the_bin(tmp_path: Path) -> None:
    with serve(tmp_path) as served:
        person, _, upload = with_video(served)
        served.client.post(f"/api/people/{person}/bin").raise_for_status()
        age(served.site, KEPT_DAYS + 1)
    with serve(tmp_path) as served:
        assert served.client.get("/api/bin").json() == []
        assert not served.site.files.upload(upload).exists()


def test_the_room_on_the_disk_is_told_of_each_person_and_of_the_bin(served: Served) -> None:
    person, _, upload = with_video(served)
    served.site.files.partial(upload).write_bytes(b"x" * 5000)
    binned, _, other = with_video(served)
    served.site.files.partial(other).write_bytes(b"x" * 700)
    served.client.post(f"/api/people/{binned}/bin").raise_for_status()
    told = served.client.get("/api/disk-use").json()
    assert (told["people"], told["bin_bytes"]) == ({person: 5000}, 700)
    assert told["all_bytes"] >= 5700
    assert told["free_bytes"] > 0


def test_a_person_has_a_code_a_birth_year_and_notes_where_that_is_wanted(served: Served) -> None:
    person = served.client.post("/api/people", json={"name": "Anna", "code": "K-12", "birth_year": 1984}).json()
    assert (person["code"], person["birth_year"], person["notes"], person["archived"]) == ("K-12", 1984, "", False)
    change = {"notes": "Runs on Sundays.", "archived": True}
    told = served.client.patch(f"/api/people/{person['id']}", json=change).json()
    assert (told["name"], told["code"], told["birth_year"]) == ("Anna", "K-12", 1984)
    assert (told["notes"], told["archived"]) == ("Runs on Sundays.", True)
    assert served.client.patch(f"/api/people/{person['id']}", json={"birth_year": None}).json()["birth_year"] is None
    for wrong in ({"birth_year": 1492}, {"code": "x" * 61}, {"name": None, "age": 4}):
        assert served.client.patch(f"/api/people/{person['id']}", json=wrong).status_code == 422


def test_a_session_has_notes_and_a_next_date(served: Served) -> None:
    session = served.session()
    told = served.client.patch(
        f"/api/sessions/{session}", json={"notes": "After the holidays.", "next_date": "2026-12-24"}
    ).json()
    assert (told["notes"], told["next_date"]) == ("After the holidays.", "2026-12-24")
    assert served.client.patch(f"/api/sessions/{session}", json={"next_date": ""}).json()["next_date"] == ""
    assert served.client.patch(f"/api/sessions/{session}", json={"next_date": "2026-02-30"}).status_code == 422
