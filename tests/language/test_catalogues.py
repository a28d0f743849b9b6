"""The catalogues: every message of the code, translated into each language."""

from __future__ import annotations

from pathlib import Path

import pytest

from posecheck.language import LANGUAGES, language_set, phrase, spoken, translated
from posecheck.language.spoken import catalogue, script_messages
from scripts import write_catalogues


def test_every_message_is_translated_into_every_language_and_keeps_its_places() -> None:
    found = write_catalogues.check()
    assert not found, f"{len(found)} faults: python -m scripts.write_catalogues --check\n" + "\n".join(found[:20])


def test_the_check_names_what_is_missing_and_what_is_out_of_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_catalogues, "CATALOGUES", tmp_path)
    monkeypatch.setattr(write_catalogues, "messages", lambda: {"trial": [("", "Leg {side}."), ("", "left")]})
    folder = tmp_path / "de"
    folder.mkdir()
    known = {("", "Leg {side}."): "Bein {seite}."}
    (folder / "trial.po").write_text(write_catalogues.catalogue_text("de", known, known), encoding="utf-8")

    found = "\n".join(write_catalogues.check())

    assert "de/trial.po: out of step" in found
    assert "de/trial: 'left': not translated" in found
    assert "other places in braces than 'Bein {seite}.'" in found


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_posecheck_says_a_sentence_of_its_own_in_each_language(code: str) -> None:
    with language_set(code):
        said = translated(phrase("Everything stays on this machine."))

    assert said != "Everything stays on this machine."
    assert said == catalogue(code)["", "Everything stays on this machine."]


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_the_scripts_messages_are_those_of_the_scripts_alone(code: str) -> None:
    words = script_messages(code)
    assert words
    assert "Skip to the content" not in words


@pytest.mark.parametrize("code", write_catalogues.TRANSLATED)
def test_a_counted_message_has_two_forms_in_every_language(code: str, tmp_path: Path) -> None:
    key = ("", ("{count} person", "{count} people"))
    file = tmp_path / code / "trial.po"
    file.parent.mkdir()
    file.write_text(write_catalogues.catalogue_text(code, [key], {key: ("one", "{count} many")}), encoding="utf-8")
    assert write_catalogues.area_translations(file) == {key: ("one", "{count} many")}


def test_a_counted_message_that_is_not_translated_stays_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ("", ("{count} person", "{count} people"))
    file = tmp_path / "catalogues" / "pt" / "trial.po"
    file.parent.mkdir(parents=True)
    file.write_text(
        write_catalogues.catalogue_text("de", [key], {}).replace("Language: de", "Language: pt"), encoding="utf-8"
    )
    monkeypatch.setattr(spoken, "files", lambda _: tmp_path)
    assert spoken.catalogue("pt") == {}


def test_a_catalogue_that_is_damaged_leaves_its_area_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "catalogues" / "pt"
    folder.mkdir(parents=True)
    known = {("", "left"): "esquerda"}
    (folder / "trial.po").write_text(write_catalogues.catalogue_text("de", known, known), encoding="utf-8")
    (folder / "posture.po").write_bytes(b'msgid "right"\nmsgstr "\xff\xfe"\n')
    monkeypatch.setattr(spoken, "files", lambda _: tmp_path)

    spoken._catalogue.cache_clear()
    with language_set("pt"):
        assert [translated(phrase("left")), translated(phrase("right"))] == ["esquerda", "right"]

    assert "posture.po: this catalogue cannot be read" in caplog.text
