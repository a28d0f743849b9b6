"""The recordings of a data set: from folders, patterns and tables."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from posecheck.dataset.manifest import read_manifest
from posecheck.dataset.sources import sources_at
from posecheck.errors import PosecheckError, SessionFileError, StorageError
from posecheck.movements import builtin_movements
from posecheck.places import place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def videos(folder: Path, *names: str) -> Path:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    return folder


def test_a_folder_gives_its_videos_with_what_their_names_tell(tmp_path: Path) -> None:
    folder = videos(tmp_path, "ann/toe_touch_pre.mp4", "ann/side_lunge_left_retest.MOV", "ann/notes.txt", "b.mp4")

    found = {source.name: source for source in sources_at([str(folder)])}

    assert sorted(found) == ["b.mp4", "side_lunge_left_retest.MOV", "toe_touch_pre.mp4"]
    lunge, touch, unknown = (found[name] for name in ("side_lunge_left_retest.MOV", "toe_touch_pre.mp4", "b.mp4"))
    assert (lunge.movement, lunge.side, lunge.phase) == ("side-lunge", "left", "retest")
    assert (touch.movement, touch.side, touch.phase) == ("toe-touch", "", "pre")
    assert (unknown.movement, unknown.side, unknown.phase) == ("", "", "")
    assert lunge.session == touch.session != unknown.session


def test_a_pattern_and_a_single_file_are_addresses_too(tmp_path: Path) -> None:
    folder = videos(tmp_path, "a.mp4", "b.mp4", "c.mov", "d.txt")

    assert [source.name for source in sources_at([f"{folder}/*.mp4", str(folder / "c.mov")])] == [
        "a.mp4",
        "b.mp4",
        "c.mov",
    ]


def test_a_video_named_by_two_addresses_is_measured_once_and_they_come_by_number(tmp_path: Path) -> None:
    folder = videos(tmp_path, "toe_touch_pre_10.mp4", "toe_touch_pre_2.mp4")

    found = sources_at([str(folder), f"{folder}/*.mp4", f"{folder}/x/../toe_touch_pre_2.mp4"])

    assert [source.name for source in found] == ["toe_touch_pre_2.mp4", "toe_touch_pre_10.mp4"]
    assert len({source.key for source in found}) == 2


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("{folder}/nowhere", "nowhere: there is nothing at this address."),
        ("{folder}/*.avi", "there is nothing at this address."),
        ("{folder}/texts", "texts: no video is there."),
        ("{folder}/one_text", "one_text: no video is there."),
        ("{folder}/empty", "empty: no video is there."),
        ("moon://videos", "moon://videos: no kind of address that is known"),
        ("gs://videos", "gs://videos: addresses of this kind need the package gcsfs. Install it: pip install gcsfs"),
    ],
)
def test_an_address_that_holds_no_video_is_said_in_words(tmp_path: Path, address: str, words: str) -> None:
    videos(tmp_path, "texts/a.txt", "texts/b.txt", "one_text/a.txt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(StorageError, match=words.replace("(", r"\(").replace("*", r"\*")):
        sources_at([address.format(folder=tmp_path)])


def table(folder: Path, text: str) -> str:
    file = folder / "table.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_table_says_what_each_recording_is(tmp_path: Path) -> None:
    text = (
        "path,person,session,movement,side,phase,start,end\n"
        "a.mp4,Ann,1,side-lunge,left,pre,1.5,20\n"
        "s3://clips/b.mp4,Ann,1,,,,,\n"
    )

    first, second = read_manifest(table(tmp_path, text), builtin_movements())

    assert first.address == str(tmp_path / "a.mp4")
    assert (first.person, first.session, first.phase) == ("Ann", "1", "pre")
    assert (first.movement, first.side) == ("side-lunge", "left")
    assert (first.start_s, first.end_s) == (1.5, 20.0)
    assert (second.address, second.movement, second.start_s) == ("s3://clips/b.mp4", "", None)


def test_a_table_of_a_spreadsheet_with_semicolons_quotes_and_empty_lines_says_the_same(tmp_path: Path) -> None:
    text = '\ufeffpath; person\r\n"a; b.mp4";"Ann ""A"", B"\r\n\r\n;\r\n../c.mp4;Ben\r\n'

    first, second = read_manifest(table(tmp_path, text), builtin_movements())

    assert (first.address, first.person) == (str(tmp_path / "a; b.mp4"), 'Ann "A", B')
    assert (second.address, second.person) == (str(tmp_path.parent / "c.mp4"), "Ben")


def test_a_path_by_another_way_is_the_same_row(tmp_path: Path) -> None:
    with pytest.raises(SessionFileError, match="row 3 says the same as row 2"):
        read_manifest(table(tmp_path, "path\na.mp4\nb/../a.mp4\n"), builtin_movements())


def test_videos_of_a_table_without_person_and_session_are_kept_apart_by_their_folders(tmp_path: Path) -> None:
    text = "path,phase\nann/pre.mp4,pre\nben/retest.mp4,retest\n"

    first, second = read_manifest(table(tmp_path, text), builtin_movements())

    assert (first.session, second.session) == (str(tmp_path / "ann"), str(tmp_path / "ben"))


ODD_NAMES = ("ann [1]/a.mp4", "ü ö/b#c %20 d.mp4", "-e.mp4", "f::g.mp4", "what?*.mp4")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_odd_names_are_files_like_others(tmp_path: Path) -> None:
    folder = videos(tmp_path, *ODD_NAMES)

    found = sources_at([str(folder)])
    assert sorted(source.address for source in found) == sorted(str(folder / name) for name in ODD_NAMES)
    for name in ODD_NAMES:
        assert [source.address for source in sources_at([str(folder / name)])] == [str(folder / name)]
        assert place(folder / name).address == str(folder / name)
    assert [source.name for source in sources_at([str(folder / "ann [1]")])] == ["a.mp4"]


def test_what_a_mac_writes_beside_its_videos_is_none(tmp_path: Path) -> None:
    folder = videos(tmp_path, "a.mp4", "._a.mp4", "link")
    (folder / "way").symlink_to(folder, target_is_directory=True)

    assert [source.name for source in sources_at([str(folder)])] == ["a.mp4"]


def test_a_parquet_table_with_numbers_and_nothing_says_the_same(tmp_path: Path) -> None:
    file = tmp_path / "table.parquet"
    pd.DataFrame({"path": ["a.mp4", "b.mp4"], "person": [7.0, None], "start": [1.5, None]}).to_parquet(file)

    first, second = read_manifest(str(file), builtin_movements())

    assert (first.person, first.start_s) == ("7", 1.5)
    assert (second.person, second.start_s) == ("", None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file,person\na.mp4,Ann\n", "unknown column “file”. Known are: path, person"),
        ("person\nAnn\n", "the column “path” is missing"),
        ("path\n", "the table has no rows"),
        ("", "the table has no rows"),
        ("path,path\na.mp4,b.mp4\n", "the column “path” is missing"),
        ("path,person\na.mp4,Ann\nb, c.mp4,Ben\n", "row 3: 3 cells, and the table has 2 columns."),
        ('path,person\na.mp4,"Ann\n', "no table that can be read"),
        ("path;side\n\n;\na.mp4;up\n", "row 4: unknown side “up”"),
        ("path,movement\na.mp4,squat\n", "row 2: unknown movement “squat”. Known are: "),
        ("path,side\na.mp4,up\n", "row 2: unknown side “up”. Known are: left, right."),
        ("path,phase\na.mp4,\nb.mp4,before\n", "row 3: unknown phase “before”"),
        ("path,start\na.mp4,soon\n", "row 2: start has to be a number of seconds; it is “soon”."),
        ("path,start,end\na.mp4,5,4\n", "row 2: the end has to come after the start."),
        ("path,person\n,Ann\n", "row 2: the path is empty."),
        ("path,person\na.mp4,Ann\nb.mp4,Ann\na.mp4,Ann\n", "row 4 says the same as row 2"),
    ],
)
def test_a_wrong_table_is_refused_with_the_row(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SessionFileError) as caught:
        read_manifest(table(tmp_path, text), builtin_movements())
    assert words in caught.value.words


def test_a_table_that_is_not_there_or_no_table_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "table.parquet").write_bytes(b"PAR1 no")
    for name in ("nothing.csv", "table.parquet"):
        with pytest.raises(PosecheckError):
            read_manifest(str(tmp_path / name), builtin_movements())


def test_places_are_written_as_people_write_them(tmp_path: Path) -> None:
    assert place(f"{tmp_path}/").address == str(tmp_path)
    assert place("s3://clips/a/").address == "s3://clips/a"
    assert place("s3://clips/a").inside("b", "c.json").address == "s3://clips/a/b/c.json"


def test_a_folder_without_rights_within_another_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = videos(tmp_path, "a.mp4", "shut/b.mp4")
    listed = os.scandir

    def refused(path: str) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(StorageError, match="access is refused"):
        sources_at([str(folder)])
