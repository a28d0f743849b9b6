"""What goes wrong around the server: another program holds the database, the page's script is gone, a route has a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from busy_database import another_program_writes
from webapp import Served, serve

from posecheck.errors import StorageError
from posecheck.web.server.settings import Waits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path / "data", waits=Waits(database_s=0.1)) as running:
        yield running


def test_a_locked_database_is_told_looked_at_and_used_again_afterwards(served: Served) -> None:
    person = served.person("before")
    with another_program_writes(served.site.files.database):
        refused = served.client.post("/api/people", json={"name": "during"})
        assert refused.status_code == 503
        assert "nothing was changed" in refused.json()["error"]["message"]
        assert served.client.get(f"/api/people/{person}").json()["name"] == "before"
    served.person("after")
    assert [row["name"] for row in served.client.get("/api/people").json()] == ["after", "before"]


def test_a_fault_of_the_program_is_told_in_words_and_with_all_headers(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("posecheck.web.people.people_routes.all_people", fault)
    answer = served.client.get("/api/people")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "unexpected"
    assert "secret detail" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_no_answer_says_where_the_data_folder_lies(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    root = served.site.files.root

    def fault(_: object) -> None:
        raise StorageError(f"{root / 'uploads' / 'a'}: cannot be read. Check {root}.")

    monkeypatch.setattr("posecheck.web.people.people_routes.all_people", fault)
    message = served.client.get("/api/people").json()["error"]["message"]
    assert str(root) not in message
    assert "cannot be read" in message


@pytest.mark.parametrize("digits", [400, 4000])
def test_a_size_of_thousands_of_digits_is_refused_in_words(served: Served, digits: int) -> None:
    body = f'{{"file_name": "a.mp4", "phase": "pre", "size_bytes": {"9" * digits}}}'
    path = f"/api/sessions/{served.session()}/uploads"
    answer = served.client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert "The file's size must be " in answer.json()["error"]["message"]


def test_a_route_asked_in_the_wrong_way_is_told_in_words(served: Served) -> None:
    answer = served.client.put("/api/people")
    assert answer.status_code == 405
    assert answer.headers["allow"]
    assert answer.json()["error"]["code"] == "not_allowed"
