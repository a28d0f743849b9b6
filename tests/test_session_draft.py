from __future__ import annotations

import datetime as dt
import os
import shutil
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from clips import SAMPLES

from posecheck.errors import SessionFileError
from posecheck.session import SESSION_FILE, read_session
from posecheck.session_draft import draft_session


def test_the_draft_of_the_sample_videos_is_the_sample_session(tmp_path: Path) -> None:
    for video in SAMPLES.glob("*.mp4"):
        (tmp_path / video.name).write_bytes(b"video")
    (tmp_path / SESSION_FILE).write_text(draft_session(tmp_path).text, encoding="utf-8")
    guessed = {(t.file.name, t.movement.name, t.side, t.phase) for t in read_session(tmp_path).trials}
    shutil.copy(SAMPLES / SESSION_FILE, tmp_path)
    known = {(t.file.name, t.movement.name, t.side, t.phase) for t in read_session(tmp_path).trials}
    assert guessed == known


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Toe-Touch after.MOV", {"movement": "toe-touch", "phase": "retest"}),
        ("left knee to chest.mp4", {"movement": "knee-to-chest", "side": "left", "phase": "pre"}),
        ("side-lunge right baseline.mkv", {"movement": "side-lunge", "side": "right", "phase": "baseline"}),
        ("itb_left_post.webm", {"movement": "crossover", "side": "left", "phase": "retest"}),
        ("toe-touch-pretest.mp4", {"movement": "toe-touch", "phase": "pre"}),
        ("RunnersLungeRightReTest.MOV", {"movement": "runners-lunge", "side": "right", "phase": "retest"}),
        ("bad posture, upright, toe touch.m2ts", {"movement": "toe-touch", "phase": "pre"}),
        ("lunge left and right.mp4", {"movement": "runners-lunge", "side": "", "phase": "pre"}),
        ("toe touch before and after.mp4", {"movement": "toe-touch", "phase": ""}),
        ("Thomas lunge left post.mp4", {"movement": "", "side": "left", "phase": "retest"}),
        ("IMG_0042.mp4", {"movement": "", "side": "", "phase": "pre"}),
    ],
)
def test_the_draft_guesses_from_a_name_and_leaves_the_rest_to_fill_in(
    tmp_path: Path, name: str, expected: dict[str, str]
) -> None:
    (tmp_path / name).write_bytes(b"video")
    draft = draft_session(tmp_path).text
    (trial,) = tomllib.loads(draft)["trials"]
    assert trial == {"file": name, **expected}
    assert draft.count("# fill in") == list(expected.values()).count("")


def test_the_draft_puts_takes_in_the_order_of_their_numbers_and_says_which_each_is(tmp_path: Path) -> None:
    for name in ("pre lunge left take10.mp4", "pre lunge left take2.mp4", "pre lunge left.mp4", "post lunge left.mp4"):
        (tmp_path / name).write_bytes(b"video")
    draft = draft_session(tmp_path).text
    files = [trial["file"] for trial in tomllib.loads(draft)["trials"]]
    assert files == [
        "post lunge left.mp4",
        "pre lunge left.mp4",
        "pre lunge left take2.mp4",
        "pre lunge left take10.mp4",
    ]
    assert 'file = "pre lunge left take2.mp4"   # take 2\n' in draft
    (tmp_path / SESSION_FILE).write_text(draft, encoding="utf-8")
    assert [trial.take for trial in read_session(tmp_path).trials] == [1, 1, 2, 3]


def test_the_draft_asks_to_check_a_second_video_of_a_test_that_does_not_say_take(tmp_path: Path) -> None:
    for name in ("pre lunge left a.mp4", "pre lunge left b.mp4"):
        (tmp_path / name).write_bytes(b"video")
    said = '# take 2, as it is the same test, side and phase as "pre lunge left a.mp4": check'
    assert f'file = "pre lunge left b.mp4"   {said}' in draft_session(tmp_path).text.splitlines()


def test_the_draft_is_dated_today_and_skips_what_is_no_video(tmp_path: Path) -> None:
    for name in ("notes.txt", "photo.jpg", "bend.mp4"):
        (tmp_path / name).write_bytes(b"video")
    draft = tomllib.loads(draft_session(tmp_path).text)
    assert abs(draft["date"] - dt.date.today()) <= dt.timedelta(days=1)
    assert [trial["file"] for trial in draft["trials"]] == ["bend.mp4"]


def test_the_draft_of_a_name_with_quotes_can_be_read(tmp_path: Path) -> None:
    name = 'my "good" toe touch.mp4'
    (tmp_path / name).write_bytes(b"video")
    assert tomllib.loads(draft_session(tmp_path).text)["trials"][0]["file"] == name


def test_a_folder_without_videos_has_no_draft(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(SessionFileError, match="no videos here"):
            draft_session(folder)


def test_what_is_left_out_is_said_in_the_draft_and_to_the_caller(tmp_path: Path) -> None:
    for name in ("toe-touch-pre.mp4", "notes.txt", "photo.jpg"):
        (tmp_path / name).write_bytes(b"video")
    draft = draft_session(tmp_path)
    assert draft.left_out == ("2 files are no videos and were left out: notes.txt, photo.jpg.",)
    assert f"# {draft.left_out[0]}" in draft.text.splitlines()


def test_what_systems_put_beside_videos_is_passed_over_without_a_word(tmp_path: Path) -> None:
    for name in ("toe-touch.mp4", "._toe-touch.mp4", ".DS_Store", "Thumbs.db", "desktop.ini", "toe-touch.framing.json"):
        (tmp_path / name).write_bytes(b"video")
    draft = draft_session(tmp_path)
    assert draft.left_out == ()
    assert [trial["file"] for trial in tomllib.loads(draft.text)["trials"]] == ["toe-touch.mp4"]


def test_a_folder_of_companions_alone_has_no_draft(tmp_path: Path) -> None:
    (tmp_path / "._toe-touch.mp4").write_bytes(b"Mac OS X")
    (tmp_path / "photo.heic").write_bytes(b"photo")
    with pytest.raises(
        SessionFileError, match=r"no videos here\. One file is no video and was left out: photo\.heic\. Put"
    ):
        draft_session(tmp_path)


def test_a_block_that_the_name_does_not_tell_is_marked_for_checking(tmp_path: Path) -> None:
    (tmp_path / "toe touch.mp4").write_bytes(b"video")
    assert 'phase = "pre"   # the name does not say: check' in draft_session(tmp_path).text


def test_a_name_that_says_two_things_is_not_guessed_but_told(tmp_path: Path) -> None:
    (tmp_path / "side-lunge left right pre post.mp4").write_bytes(b"video")
    text = draft_session(tmp_path).text
    assert 'side = ""   # fill in: the name says left and right' in text
    assert 'phase = ""   # fill in: the name says pre and retest' in text


@pytest.mark.parametrize(
    "name", ["Toe touch at 9.41.00\u202fAM.mov", "toe \x7f.mp4", "zehen\u0308.mp4", "toe 👩🏽\u200d🦰.mp4"]
)
def test_any_name_that_can_be_written_is_read_back(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"video")
    assert tomllib.loads(draft_session(tmp_path).text)["trials"][0]["file"] == name


@pytest.mark.skipif(os.name != "posix", reason="only Linux keeps such names")
def test_a_name_that_is_no_text_is_left_out_with_a_word(tmp_path: Path) -> None:
    (tmp_path / "toe.mp4").write_bytes(b"video")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/toe\xe9.mp4")).write_bytes(b"video")
    except OSError:
        pytest.skip("this disk takes no such names")
    (words,) = draft_session(tmp_path).left_out
    assert words.startswith("One video was left out since its name holds letters of an unknown encoding: toe?.mp4.")


def test_a_test_of_ones_own_that_is_a_copy_of_a_brought_one_makes_nothing_unclear(tmp_path: Path) -> None:
    own = files("posecheck.movements").joinpath("toe-touch.toml").read_text(encoding="utf-8")
    (tmp_path / "copy.toml").write_text(own, encoding="utf-8")
    (tmp_path / "toe.mp4").write_bytes(b"video")
    assert 'movement = "toe-touch"' in draft_session(tmp_path).text
