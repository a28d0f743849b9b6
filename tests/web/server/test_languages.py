"""Pages, refusals and the app's description in the language of who asks."""

from __future__ import annotations

from typing import Any

import pytest
from webapp import Served

from posecheck.web.server import languages

pytestmark = pytest.mark.usefixtures("jobs_wait")


def get(served: Served, path: str, **headers: str) -> str:
    return served.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}).text


def test_a_page_speaks_as_the_browser_is_set_unless_it_was_told_otherwise(served: Served) -> None:
    german = get(served, "/", Accept_Language="de-CH,de;q=0.9,en;q=0.5")
    assert '<html lang="de"' in german
    assert "Um wen geht es?" in german
    spanish = get(served, "/", Accept_Language="de-CH,de;q=0.9", Cookie="posecheck_language=es")
    assert '<html lang="es"' in spanish
    assert "¿De quién se trata?" in spanish
    unknown = get(served, "/", Accept_Language="nl,fi;q=0.5", Cookie="posecheck_language=xx")
    assert '<html lang="en"' in unknown


def test_the_settings_show_what_the_browser_was_told(served: Served) -> None:
    for code in ("", "de", "es", "fr", "en"):
        page = get(served, "/settings", Cookie=f"posecheck_language={code}")
        assert f'<input type="radio" name="language" value="{code}" autocomplete="off" checked>' in page


def test_a_refusal_is_said_in_the_language_of_who_asks(served: Served) -> None:
    def refused(path: str, language: str, **body: object) -> tuple[str, str]:
        headers = {"Accept-Language": language, "X-Posecheck": "1"}
        answer = served.client.request("POST" if body else "GET", path, json=body or None, headers=headers)
        told = answer.json()["error"]
        return told["code"], told["message"]

    assert refused("/api/people/nobody", "de") == (
        "not_found",
        "Diese Person gibt es nicht; sie wurde vielleicht gelöscht. Geh zurück zur Startseite.",
    )
    assert refused("/api/people", "es", name="") == ("wrong_input", "Nombre: no se puede dejar en blanco.")
    assert refused("/api/people", "fr", name="A", birth_year=1) == (
        "wrong_input",
        "Année de naissance\u202f: 1900 au moins.",
    )


def test_an_installed_app_is_described_in_the_language_of_the_page_it_came_from(served: Served) -> None:
    assert "app.webmanifest?language=fr" in get(served, "/", Accept_Language="fr")
    told = served.client.get("/static/app.webmanifest?language=fr").json()
    assert told["lang"] == "fr"
    assert "mouvements de la hanche" in told["description"]
    assert served.client.get("/static/app.webmanifest?language=xx").json()["lang"] == "en"


def test_the_description_of_the_api_stays_english_and_says_so(served: Served) -> None:
    page = get(served, "/api-docs", Accept_Language="de")
    assert '<div class="stack" lang="en">' in page
    assert "Everything that the pages do is a route here" in page


def test_the_api_says_the_method_and_the_bin_in_the_language_of_who_asks(served: Served) -> None:
    def told(path: str, language: str) -> Any:
        return served.client.get(path, headers={"Accept-Language": language}).raise_for_status().json()

    movements = {item["name"]: item for item in told("/api/movements", "de")}
    assert movements["toe-touch"]["title"] == "Vorbeuge"
    assert "Hüftbeugung" in movements["toe-touch"]["outcomes"][0]["title"]
    method = told("/api/protocol", "fr")
    assert method["steps"][0]["title"] == "Pré-test"
    assert "médical" in " ".join(method["limits_words"])
    session = served.session(date="2026-11-22")
    served.client.post(f"/api/sessions/{session}/bin", headers={"X-Posecheck": "1"}).raise_for_status()
    assert [item["title"] for item in told("/api/bin", "de")] == ["Sitzung vom 22.11.2026, Anna"]


def test_the_words_of_scripts_are_sent_once_and_anew_after_an_update(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = served.client.get("/static/words-de.js")
    known = {"If-None-Match": first.headers["ETag"]}
    again = served.client.get("/static/words-de.js", headers=known)
    monkeypatch.setattr(languages, "script_messages", lambda _: {"Pause": "Anhalten"})
    updated = served.client.get("/static/words-de.js", headers=known)

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "no-cache"
    assert updated.text == 'globalThis.posecheckWords = {"messages": {"Pause": "Anhalten"}};\n'


def test_programs_read_the_same_names_in_every_language_and_english_without_any(served: Served) -> None:
    def told(**headers: str) -> Any:
        return {item["name"]: item for item in served.client.get("/api/movements", headers=headers).json()}

    english, german = told(), told(**{"Accept-Language": "de; q=0.8"})
    assert english.keys() == german.keys()
    lunge, other = english["runners-lunge"], german["runners-lunge"]
    same = {"name", "version", "view", "lying", "sides", "stretch", "own"}
    assert {key: lunge[key] for key in same} == {key: other[key] for key in same}
    assert [item["name"] for item in lunge["outcomes"]] == [item["name"] for item in other["outcomes"]]
    assert (lunge["title"], other["title"]) == ("Runner's lunge", "Läufer-Ausfallschritt")
