"""The API's description: true, complete, readable offline; and no request made from it ends in a server error."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from webapp import Served, place_reading

from posecheck.storage.tables import Session, Take, TakeState, Upload
from posecheck.web.api.openapi import Piece, kind_of
from posecheck.web.server.app import create_app
from posecheck.web.server.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENT = create_app(WebSettings(data=Path("never made"))).openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
ENDLESS = "/api/sessions/{session_id}/events"
ROUTES = [f"{method.upper()} {path}" for path, item in DOCUMENT["paths"].items() for method in item if path != ENDLESS]
EXAMPLES = 12
"""Requests made up for each route: enough to find what breaks, and still quick."""


schemathesis.serializer.alias("application/zip", "application/octet-stream")


def test_every_route_has_a_summary_a_description_and_a_known_kind(served: Served) -> None:
    document = served.client.get("/openapi.json").json()
    known = {tag["name"] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            assert set(operation["tags"]) <= known, (method, path)
            assert operation["tags"], (method, path)


def test_the_page_shows_every_route_and_form(served: Served) -> None:
    document = served.client.get("/openapi.json").json()
    page = served.client.get("/api-docs").text
    for path, methods in document["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in page
    for name in document["components"]["schemas"]:
        assert f'id="form-{name}"' in page
    assert "http://127.0.0.1" in page
    assert "//cdn" not in page


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "minLength": 1}, "text, length at least 1"),
        ({"anyOf": [{"type": "number", "maximum": 10}, {"type": "null"}]}, "number, at most 10 or null"),
        ({"enum": ["left", "right"]}, '"left" or "right"'),
        ({"type": "array", "items": {"$ref": "#/components/schemas/TakeOut"}}, "list of TakeOut"),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({}, "anything"),
    ],
)
def test_kinds_are_said_in_words(schema: dict[str, object], words: str) -> None:
    assert "".join(piece.text for piece in kind_of(schema)) == words


def test_a_form_is_linked_from_where_it_is_used() -> None:
    assert kind_of({"$ref": "#/components/schemas/TakeOut"}) == (Piece("TakeOut", "TakeOut"),)


@pytest.mark.slow
@pytest.mark.parametrize("label", ROUTES)
def test_no_request_made_from_the_description_ends_in_a_server_error(
    label: str, served: Served, found: Callable[[], dict[str, str]]
) -> None:
    method, _, path = label.partition(" ")
    there = found()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=SCHEMA[path][method].as_strategy(), of_something_there=st.booleans())
    def ask(case: schemathesis.Case, of_something_there: bool) -> None:
        if of_something_there:
            case.path_parameters.update({name: there[name] for name in case.path_parameters if name in there})
        answer = case.call(base_url=served.url, timeout=60)
        assert answer.status_code < 500, f"{case.as_curl_command()}\n{answer.text}"

    ask()


@pytest.fixture(scope="module")
def found(served: Served) -> Callable[[], dict[str, str]]:
    """Gives the ids of a person, session, video and recording that are there; makes them anew once they were deleted."""
    ids: dict[str, str] = {}

    def find() -> dict[str, str]:
        if not ids or served.client.get(f"/api/takes/{ids['take_id']}").status_code != 200:
            ids.update(something_new(served))
        return ids

    return find


def something_new(served: Served) -> dict[str, str]:
    session = served.session()
    with served.site.database.begin() as transaction:
        upload = Upload(session_id=session, phase="pre", file_name="a.mp4", size_bytes=1)
        take = Take(session_id=session, upload=upload, movement="toe-touch", phase="pre", state=TakeState.MEASURED)
        transaction.add_all((upload, take))
        transaction.flush()
        person = transaction.get_one(Session, session).person_id
        ids = {"person_id": person, "session_id": session, "upload_id": upload.id, "take_id": take.id}
    place_reading(served.site, ids["upload_id"], "toe-touch", None)
    return ids
