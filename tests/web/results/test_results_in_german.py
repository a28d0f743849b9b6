"""A result that was made once is said in the language of whoever asks for it."""

from __future__ import annotations

from typing import Any

import pytest
from made_session import add_block, add_person, add_session
from webapp import Served

from posecheck.comparison.verdict import Verdict

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(scope="module")
def session(served: Served) -> str:
    made = add_session(served.site, add_person(served.site))
    add_block(served.site, made, "pre")
    add_block(served.site, made, "retest", 15.0)
    return made


def asked(served: Served, address: str, headers: dict[str, str]) -> Any:
    return served.client.get(address, headers=headers).raise_for_status()


def test_the_page_is_in_the_readers_language_whoever_saw_it_first(served: Served, session: str) -> None:
    address = f"/sessions/{session}/result"
    for _ in range(2):  # the comparison is made once and kept
        in_english = asked(served, address, ENGLISH).text
        assert "Play side by side" in in_english
        assert "probably changed by more than measurement error" in in_english
        in_german = asked(served, address, GERMAN).text
        assert "Nebeneinander abspielen" in in_german
        assert "wahrscheinlich um mehr als den Messfehler geändert" in in_german
        assert "probably changed" not in in_german


def test_the_test_by_test_part_names_measures_and_blocks_in_german(served: Served, session: str) -> None:
    said = asked(served, f"/sessions/{session}/result/tests", GERMAN).text
    assert "Vorbeuge" in said
    assert "Endpositionen als Tabelle" in said
    assert "vortest" not in said  # a German noun keeps its capital within a sentence


def test_json_is_said_in_german_and_its_codes_stay(served: Served, session: str) -> None:
    result = asked(served, f"/api/sessions/{session}/result", GERMAN).json()
    assert "Messfehler" in result["headline"]
    assert {item["verdict"] for item in result["comparison"]["changes"]} <= {str(verdict) for verdict in Verdict}
    (take, *_) = asked(served, f"/api/sessions/{session}/result/curves", GERMAN).json()["tests"][0]["outcomes"][0][
        "takes"
    ]
    assert (take["phase"], take["block"]) == ("Vortest", "pre")


def test_a_refusal_is_said_in_german(served: Served) -> None:
    empty = add_session(served.site, add_person(served.site))
    answer = served.client.get(f"/api/sessions/{empty}/files/report.pdf", headers=GERMAN)
    assert answer.status_code == 409
    assert "In dieser Sitzung ist noch nichts gemessen" in answer.text
