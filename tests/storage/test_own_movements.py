"""Movement files in the data folder: checked, replaced by newer versions, removed; hostile ones refused in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from own_movement import NAME, TITLE, own_movement

from posecheck.errors import MovementError
from posecheck.movements import builtin_movements
from posecheck.storage.files import DataFolder
from posecheck.storage.own_movements import (
    MAX_BYTES,
    catalogue_of,
    checked_movement_text,
    keep_movement,
    remove_movement,
)

if TYPE_CHECKING:
    from pathlib import Path

GOOD = own_movement()


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def refused(text: str, folder: DataFolder | None = None) -> str:
    with pytest.raises(MovementError) as caught:
        keep_movement(folder, text, "mine.toml") if folder else checked_movement_text(text, "mine.toml")
    return str(caught.value)


def test_an_empty_data_folder_has_the_built_in_tests(folder: DataFolder) -> None:
    catalogue = catalogue_of(folder)
    assert dict(catalogue.movements) == builtin_movements()
    assert (catalogue.own, catalogue.problems) == (frozenset(), ())


def test_a_kept_file_is_offered_after_the_built_in_ones_until_it_is_removed(folder: DataFolder) -> None:
    keep_movement(folder, GOOD, "mine.toml")
    catalogue = catalogue_of(folder)
    assert list(catalogue.movements) == [*builtin_movements(), NAME]
    assert catalogue.load(NAME).title == TITLE
    assert catalogue.every_trial()[-2:] == ((NAME, "left"), (NAME, "right"))
    remove_movement(folder, NAME)
    assert NAME not in catalogue_of(folder).movements
    assert not list(folder.movements.iterdir())


def test_a_newer_version_counts_and_the_earlier_one_stays_for_what_was_measured_with_it(folder: DataFolder) -> None:
    keep_movement(folder, GOOD, "mine.toml")
    keep_movement(folder, own_movement(2, least_deg=30), "mine.toml")
    catalogue = catalogue_of(folder)
    assert catalogue.load(NAME).version == 2
    assert catalogue.load(NAME, 1).repetition.min_excursion_deg == 25
    assert catalogue.load(NAME, 2).repetition.min_excursion_deg == 30
    assert catalogue.load(NAME, 7).version == 2, "a version that is gone: as it is now"
    remove_movement(folder, NAME)
    assert not list(folder.movements.iterdir()), "all versions go"


def test_the_same_version_may_have_other_words_but_not_measure_something_else(folder: DataFolder) -> None:
    keep_movement(folder, GOOD, "mine.toml")
    keep_movement(folder, GOOD.replace(f'title = "{TITLE}"', 'title = "My step"'), "mine.toml")
    assert catalogue_of(folder).load(NAME).title == "My step"
    assert "give the file version 2 to replace it" in refused(own_movement(1, least_deg=30), folder)
    keep_movement(folder, own_movement(3), "mine.toml")
    assert refused(own_movement(2), folder).startswith("mine.toml: version: 2 is older than the version 3 that is here")


def test_a_name_of_a_built_in_test_is_refused_with_another_one(folder: DataFolder) -> None:
    words = refused(GOOD.replace(NAME, "toe-touch"), folder)
    assert words == (
        "mine.toml: name: 'toe-touch' is a test that posecheck brings; choose another name, such as 'my-toe-touch'."
    )


def test_a_file_that_was_here_before_posecheck_brought_a_test_of_its_name_is_left_out_and_said(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_movement(folder, GOOD, "mine.toml")
    builtin = {**builtin_movements(), NAME: checked_movement_text(own_movement(2), "new.toml")}
    monkeypatch.setattr("posecheck.movements.catalogue.builtin_movements", lambda: builtin)
    (folder.movements / f"{NAME}.1.toml").touch()
    keep_again = folder.movements / "other.1.toml"
    keep_again.write_text(GOOD.replace(NAME, "other"), encoding="utf-8")  # so that the folder is read again
    catalogue = catalogue_of(folder)
    assert catalogue.movements[NAME].version == 2
    assert catalogue.own == {"other"}
    assert catalogue.problems == (f"{NAME}: posecheck brings a test of this name now, which counts instead of yours.",)


def test_a_damaged_file_is_told_and_the_others_are_offered(folder: DataFolder) -> None:
    keep_movement(folder, GOOD, "mine.toml")
    (folder.movements / "torn.1.toml").write_text('name = "torn', encoding="utf-8")
    (folder.movements / "renamed.1.toml").write_text(GOOD, encoding="utf-8")
    (folder.movements / "bytes.1.toml").write_bytes(b"\xff\xfe\x00")
    (folder.movements / "large.1.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    (folder.movements / "notes.txt").write_text("no movement file", encoding="utf-8")
    catalogue = catalogue_of(folder)
    assert catalogue.own == {NAME}
    said = "\n".join(catalogue.problems)
    assert "torn.1.toml: not valid TOML" in said
    assert f"renamed.1.toml: holds '{NAME}', version 1" in said
    assert "bytes.1.toml: cannot be read" in said
    assert "large.1.toml: larger than a movement file may be" in said
    assert len(catalogue.problems) == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "mine.toml: sides: is missing."),
        ("name = ", "mine.toml: not valid TOML"),
        (GOOD.replace('angle = "hip_flexion"\nleg = "other"\nrole', 'angle = "hip_flex"\nleg = "other"\nrole'),
         "mine.toml: outcomes[1].angle: unknown 'hip_flex'; did you mean 'hip_flexion'?"),
        ("x = " + "[" * 50_000, "mine.toml: not valid TOML"),
        (GOOD.replace("min_excursion_deg = 25", "min_excursion_deg = " + "9" * 5000), "mine.toml: not valid TOML"),
        (GOOD.replace("min_excursion_deg = 25", "min_excursion_deg = 0x" + "f" * 9000), "mine.toml: "),
        (GOOD.replace("min_excursion_deg = 25", "min_excursion_deg = nan"), "mine.toml: repetition.min_excursion_deg"),
        ("#" * (MAX_BYTES + 1), "mine.toml: larger than a movement file may be (100 kB)."),
        (GOOD.replace(NAME, "../../etc/passwd"), "mine.toml: name: '../../etc/passwd': use small letters"),
        (GOOD.replace(NAME, "m" * 41), "mine.toml: name: 41 letters; at most 40."),
        (GOOD.replace(TITLE, "T" * 81), "mine.toml: title: 81 letters; at most 80."),
        (GOOD.replace(TITLE, "A\\u0000B"), "mine.toml: title: holds a character that cannot be shown"),
        (GOOD.replace(TITLE, "A\\u202eB"), "mine.toml: title: holds a character that cannot be shown"),
        (GOOD.replace('name = "front_hip"', 'name = "a/b"'), "mine.toml: outcomes: name: 'a/b': use up to 40"),
        (GOOD.replace('name = "trunk_lean"', 'name = "<b>"'), "mine.toml: compensations: name: '<b>': use up to 40"),
    ],
    ids=range(15),
)  # fmt: skip
def test_a_wrong_or_hostile_file_is_refused_in_words_and_nothing_is_kept(
    text: str, words: str, folder: DataFolder
) -> None:
    assert refused(text, folder).startswith(words)
    assert not folder.movements.exists()


def test_the_folder_takes_no_endless_number_of_files(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posecheck.storage.own_movements.MAX_MOVEMENTS", 3)
    for number in (1, 2, 3):
        keep_movement(folder, GOOD.replace(NAME, f"step-{number}"), "mine.toml")
    assert refused(GOOD, folder) == "mine.toml: there are 3 movement files already; remove one first."
    keep_movement(folder, GOOD.replace(NAME, "step-2").replace(TITLE, "Another title"), "mine.toml")
