"""The data folder: what is told of it."""

from __future__ import annotations

from pathlib import Path

from posecheck.language import language_set, phrase, translated
from posecheck.storage.files import DataFolder

FOLDER = DataFolder(Path("/home/anna/posecheck"))


def test_people_are_told_names_of_files_but_not_where_they_lie() -> None:
    words = FOLDER.without_places("/home/anna/posecheck/uploads/12/video: is empty; look into /home/anna/posecheck.")
    assert words == "video: is empty; look into the data folder."


def test_what_is_told_without_places_can_still_be_said_in_another_language() -> None:
    video = FOLDER.root / "uploads" / "12" / "video"
    told = [
        FOLDER.without_places(phrase("{path}: is empty (0 bytes); copy it from the camera again.", path=video)),
        FOLDER.without_places(phrase("{place}: cannot be made or written ({reason}).", place=FOLDER.root, reason="x")),
    ]
    assert told == [
        "video: is empty (0 bytes); copy it from the camera again.",
        "the data folder: cannot be made or written (x).",
    ]
    with language_set("de"):
        assert [translated(words) for words in told] == [
            "video: ist leer (0 Byte); kopiere die Datei noch einmal von der Kamera.",
            "der Datenordner: lässt sich nicht anlegen oder schreiben (x).",
        ]
