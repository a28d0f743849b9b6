from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from posecheck.errors import SessionFileError
from posecheck.kinematics.joints import Side
from posecheck.protocol import NO_GRIP
from posecheck.session import SESSION_FILE, Phase, PlannedStretch, SessionFile, read_session
from posecheck.trial.keys import MeasureKey
from posecheck.trial.trial import Felt

if TYPE_CHECKING:
    from pathlib import Path

TRIAL = """
[[trials]]
file = "lunge.mp4"
movement = "runners-lunge"
side = "left"
phase = "pre"
"""


def folder_with(tmp_path: Path, text: str, *videos: str) -> Path:
    for name in videos or ("lunge.mp4",):
        (tmp_path / name).write_bytes(b"video")
    (tmp_path / SESSION_FILE).write_text(text, encoding="utf-8")
    return tmp_path


def refusal(folder: Path) -> str:
    with pytest.raises(SessionFileError) as caught:
        read_session(folder)
    return str(caught.value)


def test_a_small_file_is_enough(tmp_path: Path) -> None:
    session = read_session(folder_with(tmp_path, TRIAL))
    (trial,) = session.trials
    assert (trial.file, trial.movement.name, trial.side, trial.phase) == (
        tmp_path / "lunge.mp4",
        "runners-lunge",
        Side.LEFT,
        Phase.PRE,
    )
    assert (trial.mirror, trial.start_s, trial.end_s, trial.person_at) == (False, None, None, None)
    assert trial.folder_name == "pre-runners-lunge-left"
    assert session == SessionFile("", "", "", None, session.trials, ())


def test_everything_that_can_be_said_is_read(tmp_path: Path) -> None:
    text = f"""
    person = "Runner 7"
    date = 2026-11-22
    title = "After the marathon"
    [primary]
    movement = "runners-lunge"
    side = "left"
    outcome = "hip_extension"
    {TRIAL}
    stiffness = 6
    discomfort = 2.5
    note = "tight in front"
    mirror = true
    rotate_deg = 90
    start_s = 1.5
    end_s = 20
    person_at = [0.25, 0.5]
    [[stretches]]
    stretch = "side-lunge"
    side = "both"
    note = "2 x 30 s"
    """
    session = read_session(folder_with(tmp_path, text))
    (trial,) = session.trials
    assert (session.person, session.date, session.title) == ("Runner 7", "2026-11-22", "After the marathon")
    assert session.primary == MeasureKey("runners-lunge", Side.LEFT, "hip_extension")
    assert trial.felt == Felt(6.0, 2.5, "tight in front")
    assert (trial.mirror, trial.start_s, trial.end_s, trial.person_at) == (True, 1.5, 20.0, (0.25, 0.5))
    assert trial.rotate_deg == 90
    assert session.stretches == (PlannedStretch("side-lunge", "", "both", "2 x 30 s"),)
    assert not session.no_stretch


@pytest.mark.parametrize(
    ("value", "date"),
    [("2026-11-22", "2026-11-22"), ("2026-11-22T08:30:00", "2026-11-22"), ('"2026-11-22"', "2026-11-22")],
)
def test_a_date_may_be_a_date_a_moment_or_its_text(tmp_path: Path, value: str, date: str) -> None:
    assert read_session(folder_with(tmp_path, f"date = {value}\n{TRIAL}")).date == date


@pytest.mark.parametrize("value", ['"soon"', '"last week"', '"22.11.2026"', '"2026-13-01"', "20261122", '""', "true"])
def test_what_is_no_date_is_refused_in_words(tmp_path: Path, value: str) -> None:
    with pytest.raises(SessionFileError, match="date: expected a date such as 2026-11-22, got"):
        read_session(folder_with(tmp_path, f"date = {value}\n{TRIAL}"))


@pytest.mark.parametrize("end_s", ["1", "4", "4.0"])
def test_a_part_that_ends_before_it_begins_is_refused_when_the_file_is_read(tmp_path: Path, end_s: str) -> None:
    with pytest.raises(SessionFileError, match="end_s: has to come after start_s, which is 4"):
        read_session(folder_with(tmp_path, f"{TRIAL}start_s = 4\nend_s = {end_s}"))


def test_a_day_to_compare_with_has_an_ordinary_stretch_or_none(tmp_path: Path) -> None:
    ordinary = read_session(folder_with(tmp_path, f'{TRIAL}\n[[stretches]]\nstretch = "crossover"\ngrip = "none"'))
    assert ordinary.stretches == (PlannedStretch("crossover", NO_GRIP, "", ""),)
    assert read_session(folder_with(tmp_path, f"no_stretch = true\n{TRIAL}")).no_stretch


def test_a_test_done_on_both_legs_at_once_needs_no_side(tmp_path: Path) -> None:
    text = TRIAL.replace("runners-lunge", "toe-touch").replace('side = "left"', "")
    (trial,) = read_session(folder_with(tmp_path, text)).trials
    assert trial.side is None
    assert trial.folder_name == "pre-toe-touch"


def test_a_movement_file_is_looked_for_beside_the_session(tmp_path: Path) -> None:
    from importlib.resources import files

    own = files("posecheck.movements").joinpath("toe-touch.toml").read_text(encoding="utf-8")
    (tmp_path / "my.toml").write_text(own.replace('"toe-touch"', '"my-bend"'), encoding="utf-8")
    (trial,) = read_session(folder_with(tmp_path, TRIAL.replace("runners-lunge", "my.toml"))).trials
    assert trial.movement.name == "my-bend"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"runners-lunge"', '"runner-lunge"', "trials[1].movement: unknown movement 'runner-lunge'; did you mean"),
        ('"runners-lunge"', '"mine.toml"', "trials[1].movement: {folder}/mine.toml: cannot be read"),
        (
            '"lunge.mp4"',
            '"lungs.mp4"',
            "trials[1].file: no such file 'lungs.mp4' in {folder}; did you mean 'lunge.mp4'?",
        ),
        ('side = "left"', "", "trials[1].side: is missing: 'runners-lunge' is done once per side"),
        ('"left"', '"lift"', "trials[1].side: unknown 'lift'; did you mean 'left'?"),
        ('"pre"', '"before"', "trials[1].phase: unknown 'before'"),
        ('phase = "pre"', "", "trials[1].phase: is missing."),
        ('phase = "pre"', 'phase = "pre"\nmirored = 1', "trials[1].mirored: unknown key; did you mean 'mirror'?"),
        (
            'phase = "pre"',
            'phase = "pre"\nstiffness = 11',
            "trials[1].stiffness: expected a number from 0 to 10, got 11",
        ),
        (
            'phase = "pre"',
            'phase = "pre"\nrotate_deg = 45',
            "trials[1].rotate_deg: expected 0, 90, 180 or 270 (clockwise), got 45",
        ),
        ('phase = "pre"', 'phase = "pre"\nrotate_deg = true', "trials[1].rotate_deg: expected 0, 90, 180 or 270"),
        ('phase = "pre"', 'phase = "pre"\nmirror = "yes"', "trials[1].mirror: expected true or false, got 'yes'"),
        ('phase = "pre"', 'phase = "pre"\nperson_at = [3, 0.5]', "trials[1].person_at: expected [x, y] with fractions"),
        ('phase = "pre"', 'phase = "pre"\nperson_at = 0.5', "trials[1].person_at: expected [x, y] with fractions"),
        ("[[trials]]", "persn = 'A'\n[[trials]]", "persn: unknown key; did you mean 'person'?"),
        ("[[trials]]", "date = 7\n[[trials]]", "date: expected a date such as 2026-11-22, got 7."),
        (TRIAL, "person = 'A'", "trials: expected at least one [[trials]]."),
        (
            "[[trials]]",
            "primary = {{movement = 'runners-lunge', outcome = 'hip_extent'}}\n[[trials]]",
            "primary.outcome: unknown 'hip_extent'; did you mean 'hip_extension'?",
        ),
        (
            "[[trials]]",
            "stretches = [{{stretch = 'lung'}}]\n[[trials]]",
            "stretches[1].stretch: unknown 'lung'; did you mean",
        ),
        (
            "[[trials]]",
            "no_stretch = true\nstretches = [{{stretch = 'crossover'}}]\n[[trials]]",
            "no_stretch: there are stretches in this file: take one of the two out.",
        ),
    ],
)
def test_a_wrong_key_is_named_with_the_file_and_a_suggestion(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in TRIAL
    said = refusal(folder_with(tmp_path, TRIAL.replace(old, new.format())))
    assert said.startswith(f"{tmp_path / SESSION_FILE}: ")
    assert words.format(folder=tmp_path) in said


def test_a_misspelt_optional_key_is_suggested(tmp_path: Path) -> None:
    said = refusal(folder_with(tmp_path, TRIAL + "stifness = 3"))
    assert "trials[1].stifness: unknown key; did you mean 'stiffness'?" in said


def test_broken_toml_is_named_with_its_line(tmp_path: Path) -> None:
    said = refusal(folder_with(tmp_path, 'person = "A\n' + TRIAL))
    assert said.startswith(f"{tmp_path / SESSION_FILE}: cannot be read")
    assert "line 1" in said


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "9" * 5000])
def test_toml_beyond_what_python_reads_is_named(tmp_path: Path, text: str) -> None:
    assert "too deep" in refusal(folder_with(tmp_path, text))


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / SESSION_FILE).write_bytes('person = "Zoë"'.encode("latin-1"))
    assert f"{SESSION_FILE}: cannot be read" in refusal(tmp_path)


AGAIN = TRIAL.replace("lunge.mp4", "again.mp4")


def test_takes_of_one_test_are_numbered_in_their_order_and_have_folders_of_their_own(tmp_path: Path) -> None:
    text = TRIAL + AGAIN.replace('"pre"', '"retest"') + AGAIN + TRIAL.replace("lunge.mp4", "third.mp4")
    trials = read_session(folder_with(tmp_path, text, "lunge.mp4", "again.mp4", "third.mp4")).trials
    assert [(trial.file.stem, trial.phase, trial.take) for trial in trials] == [
        ("lunge", Phase.PRE, 1),
        ("again", Phase.RETEST, 1),
        ("again", Phase.PRE, 2),
        ("third", Phase.PRE, 3),
    ]
    assert [trial.folder_name for trial in trials] == [
        "pre-runners-lunge-left",
        "retest-runners-lunge-left",
        "pre-runners-lunge-left-take-2",
        "pre-runners-lunge-left-take-3",
    ]


def test_a_take_that_is_left_out_keeps_its_reason_and_its_number(tmp_path: Path) -> None:
    text = f'{TRIAL}leave_out = "the phone fell over"\n{AGAIN}'
    first, second = read_session(folder_with(tmp_path, text, "lunge.mp4", "again.mp4")).trials
    assert (first.leave_out, first.take) == ("the phone fell over", 1)
    assert (second.leave_out, second.take, second.folder_name) == ("", 2, "pre-runners-lunge-left-take-2")


def test_a_session_of_which_everything_is_left_out_is_refused(tmp_path: Path) -> None:
    said = refusal(folder_with(tmp_path, f'{TRIAL}leave_out = "too dark"'))
    assert "trials: all of them are left out (leave_out), so nothing is left to be measured." in said


def test_a_take_is_left_out_only_with_a_reason(tmp_path: Path) -> None:
    said = refusal(folder_with(tmp_path, f'{TRIAL}leave_out = ""'))
    assert "trials[1].leave_out: is empty: fill it in." in said


def test_the_same_recording_is_no_second_take(tmp_path: Path) -> None:
    said = refusal(folder_with(tmp_path, TRIAL + TRIAL))
    assert "trials[2].file: lunge.mp4 is used twice for Runner's lunge, left, pre." in said
    overlapping = f"{TRIAL}end_s = 20\n{TRIAL}start_s = 19"
    assert "used twice" in refusal(folder_with(tmp_path, overlapping))


def test_two_parts_of_one_recording_are_two_takes(tmp_path: Path) -> None:
    text = f"{TRIAL}end_s = 20\n{TRIAL}start_s = 20"
    assert [trial.take for trial in read_session(folder_with(tmp_path, text)).trials] == [1, 2]


def test_a_missing_folder_and_a_missing_file_say_what_to_do(tmp_path: Path) -> None:
    assert "no such folder" in refusal(tmp_path / "nowhere")
    assert f"{tmp_path}: there is no session.toml in it. Write one that names" in refusal(tmp_path)


def test_a_movement_whose_name_is_a_path_is_refused(tmp_path: Path) -> None:
    from importlib.resources import files

    own = files("posecheck.movements").joinpath("toe-touch.toml").read_text(encoding="utf-8")
    (tmp_path / "my.toml").write_text(own.replace('"toe-touch"', '"../../my-bend"'), encoding="utf-8")
    assert "name" in refusal(folder_with(tmp_path, TRIAL.replace("runners-lunge", "my.toml")))


def test_earlier_results_and_the_limit_are_read(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, f'earlier = ["first"]\nlimit_deg = 3\n{TRIAL}')
    assert "earlier: 'first' is no result of a session" in refusal(folder)
    (folder / "first").mkdir()
    (folder / "first" / "comparison.json").write_text("{}", encoding="utf-8")
    session = read_session(folder)
    assert (session.earlier, session.limit_deg) == ((folder / "first",), 3.0)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('earlier = "first"', "earlier: expected a list"),
        ("limit_deg = 0", "limit_deg: expected a number from 0.5 to 90"),
    ],
)
def test_a_wrong_limit_or_list_of_earlier_results_is_named(tmp_path: Path, line: str, words: str) -> None:
    assert words in refusal(folder_with(tmp_path, f"{line}\n{TRIAL}"))
