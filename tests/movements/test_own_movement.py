"""A made-up test that exists nowhere but in one TOML file goes through every door that is not a page."""

from __future__ import annotations

import csv
import json
import pickle
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from clips import call
from live_play import SMALL, play, states
from made_trial import made_video
from synthetic import FACING_LEFT, FACING_RIGHT, Rhythm, knee_to_chest, person, recording_of, toe_touch, with_noise

import posecheck.movements
from posecheck import workflow
from posecheck.batch import Done
from posecheck.cli.camera_commands import recording_path
from posecheck.errors import MovementError
from posecheck.kinematics.joints import Side
from posecheck.live import LiveState
from posecheck.movements import builtin_movements, library, load_movement
from posecheck.session import SESSION_FILE, read_session
from posecheck.trial.proposal import propose_test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.pose.recording import Recording

NAME = "made-up-knee-raise"
TEXT = f"""
name = "{NAME}"
version = 3
title = "Made-up knee raise"
summary = "Standing on one leg, the other knee is raised: how far the hip flexes."
order = 15
file_words = ["knee-raise"]
view = "side"
posture = "standing"
sides = ["left", "right"]
side_meaning = "the leg that is raised"
side_words = "{{side}} knee raised"
caution = "Made up for a test of the program."
sources = ["Made up."]

[instructions]
camera = "At your side, at the height of your hip."
start = "Stand upright on both feet."
move = "Raise the knee, hold, put the foot down."

[repetition]
angle = "hip_flexion"
leg = "tested"
min_excursion_deg = 30

[[start]]
angle = "hip_flexion"
leg = "tested"
low_deg = -20
high_deg = 20
words = "Put the foot down."

[[outcomes]]
name = "raised_hip"
title = "Hip flexion of the raised leg"
angle = "hip_flexion"
leg = "tested"
role = "primary"
reeducation = "hip-flexor-work"

[[compensations]]
name = "trunk_lean"
title = "Trunk leans back"
angle = "trunk_flexion"
sign = "negated"
measure = "change_from_start"
limit_deg = 10
words = "The trunk leaned back."

[recognise]
stance = "narrow"

[[recognise.angles]]
angle = "hip_flexion"
no_deg = 30
yes_deg = 50

[[recognise.angles]]
angle = "trunk_flexion"
no_deg = 30
yes_deg = 15

[recognise.side]
rule = "moves_more"
angle = "hip_flexion"
"""
RHYTHM = Rhythm(count=3, start_s=1.0, move_s=0.8, hold_s=1.8, pause_s=0.6)
FPS = 15.0
SIZE_PX = (320, 240)
PRE_DEG, RETEST_DEG = 70.0, 85.0
CLOSE_DEG = 0.5  # the noise-free figure; the filter rounds the ends of a hold


def raised(side: Side, end_deg: float, rhythm: Rhythm = RHYTHM, fps: float = FPS, **how: object) -> LandmarkSeries:
    """The figure raises one knee, seen from that side."""
    time_s = rhythm.times(fps)
    legs = {
        f"{side}_hip_flexion": rhythm.angle(time_s, 0.0, end_deg),
        f"{side}_knee_flexion": rhythm.angle(time_s, 2.0, 80.0),
    }
    turn_deg = FACING_RIGHT if side is Side.RIGHT else FACING_LEFT
    settings = {"size_px": SIZE_PX, "px_per_m": 110.0, "turn_deg": turn_deg}
    return person(time_s, **{**settings, **legs, **how})  # type: ignore[arg-type]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def dropped_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file lies among those that posecheck brings, as the recipe of CONTRIBUTING has it."""
    folder = tmp_path / "movements"
    folder.mkdir()
    for path in Path(str(posecheck.movements.__file__)).parent.glob("*.toml"):
        shutil.copy(path, folder)
    (folder / "knee.toml").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(library, "files", lambda _package: folder)
    library._builtin.cache_clear()
    yield folder
    library._builtin.cache_clear()


@pytest.fixture
def visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the movement file and two videos, whose body points are the figure's: no model runs."""
    folder = tmp_path / "visit"
    folder.mkdir()
    (folder / "mine.toml").write_text(TEXT, encoding="utf-8")
    made = {"pre": raised(Side.RIGHT, PRE_DEG), "retest": raised(Side.RIGHT, RETEST_DEG)}
    for phase, series in made.items():
        made_video(folder / f"knee_raise_right_{phase}.mp4", series.time_s, SIZE_PX)

    def read_recording(path: Path, *_: object, **__: object) -> Recording:
        return recording_of(made[path.stem.rpartition("_")[2]], name=str(path))

    def run_jobs(work: Callable[..., object], jobs: Sequence[object], **_: object) -> list[Done[object]]:
        """In this process, where the made-up recordings are known; the jobs can be sent to others."""
        return [Done(work(pickle.loads(pickle.dumps(job)), lambda _done, _total: None)) for job in jobs]

    monkeypatch.setattr("posecheck.pipeline.read_recording", read_recording)
    monkeypatch.setattr(workflow, "run_jobs", run_jobs)
    return folder


def outcome_of(folder: Path) -> tuple[str, int, str, float]:
    """Test, version, side and mean of the only outcome."""
    trial = json.loads((folder / "trial.json").read_text(encoding="utf-8"))
    (outcome,) = trial["outcomes"]
    return trial["movement"], trial["movement_version"], trial["side"], outcome["mean"]


# --- list, show, check


@pytest.mark.usefixtures("dropped_in")
def test_a_file_dropped_in_is_listed_in_its_place_and_shown() -> None:
    listed = [item["name"] for item in json.loads(call("movements", "list", "--json").out)]
    assert listed[:3] == ["toe-touch", NAME, "knee-to-chest"]
    assert NAME in call("movements", "list").out
    shown = " ".join(call("movements", "show", NAME).out.split())
    assert "Made-up knee raise (made-up-knee-raise, version 3)" in shown
    assert "Put the foot" not in shown.split("Move")[0]
    assert load_movement(NAME).side_phrase(Side.LEFT) == "left knee raised"


@pytest.mark.usefixtures("dropped_in")
def test_a_file_without_a_place_comes_last_and_two_of_one_place_by_name(dropped_in: Path) -> None:
    (dropped_in / "b.toml").write_text(TEXT.replace(NAME, "b-test").replace("order = 15\n", ""), encoding="utf-8")
    (dropped_in / "a.toml").write_text(TEXT.replace(NAME, "a-test").replace("order = 15\n", ""), encoding="utf-8")
    library._builtin.cache_clear()
    assert list(builtin_movements())[-2:] == ["a-test", "b-test"]


def test_a_file_of_ones_own_is_checked_and_shown(own: Path) -> None:
    assert f"{own}: fine. '{NAME}', side view, 1 outcomes." in call("movements", "check", own).out
    assert "Made-up knee raise" in call("movements", "show", own).out


@pytest.mark.parametrize(
    ("line", "to", "words"),
    [
        ("order = 15", "order = 1.5", "order: expected a whole number, got 1.5."),
        ("order = 15", 'order = "first"', "order: expected a number from 0 to 1e+06, got 'first'."),
        ("order = 15", "ordr = 15", "ordr: unknown key; did you mean 'order'?"),
        ("order = 15", "in_default_session = 1", "in_default_session: expected true or false, got 1."),
        ('["knee-raise"]', '["Knee raise"]', "file_words: 'Knee raise': use small letters and digits, with hyphens"),
        ('"{side} knee raised"', '"knee raised"', "side_words: 'knee raised' lacks {side}: write '{side} leg behind'"),
        ('sides = ["left", "right"]', "sides = []", "side_words: the test has no sides: leave it out, or fill in sides."),
        ('"hip-flexor-work"', '"hip-flexor"', "outcomes[1].reeducation: unknown 'hip-flexor'; did you mean "),
        ("[recognise]\n", "[recognize]\n", "recognize: unknown key; did you mean 'recognise'?"),
        ('"narrow"', '"narow"', "recognise.stance: unknown 'narow'; did you mean 'narrow'?"),
        ("no_deg = 30\nyes_deg = 50", "no_deg = 30", "recognise.angles[1].yes_deg: is missing."),
        ("yes_deg = 50", "yes_deg = 30", "recognise.angles[1].yes_deg: is 30 like no_deg: leave room between them"),
        ("yes_deg = 50", 'yes_deg = 50\nmeasure = "most"', "recognise.angles[1].measure: unknown 'most'; "),
        ("yes_deg = 50", 'yes_deg = 50\nleg = "near"', "recognise.angles[1].leg: unknown 'near'; "),
        ('rule = "moves_more"', 'rule = "moves"', "recognise.side.rule: unknown 'moves'; did you mean 'moves_more'?"),
        ('rule = "moves_more"', 'rule = "leans_away"', "recognise.side.angle: unknown 'hip_flexion'; "),
        ('rule = "moves_more"', 'rule = "behind"', "recognise.side.angle: unknown key; "),
        ("hip_flexion\"\nno_deg", "leg_abduction\"\nno_deg", "recognise.angles[1]: Leg abduction cannot be measured"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_key_and_what_would_be_right(own: Path, line: str, to: str, words: str) -> None:
    assert line in TEXT
    own.write_text(TEXT.replace(line, to, 1), encoding="utf-8")
    done = call("movements", "check", own)
    assert done.code != 0
    said = " ".join(done.err.split())
    assert "mine.toml" in said
    assert " ".join(words.split()) in said


def test_a_sided_test_must_say_how_its_side_is_told(own: Path) -> None:
    text = TEXT[: TEXT.index("[recognise.side]")]
    own.write_text(text, encoding="utf-8")
    with pytest.raises(MovementError, match=r"mine\.toml: recognise\.side: is missing\."):
        load_movement(own)
    sideless = TEXT.replace('sides = ["left", "right"]', "sides = []").replace(
        'side_words = "{side} knee raised"\n', ""
    )
    own.write_text(sideless, encoding="utf-8")
    with pytest.raises(
        MovementError, match=r"mine\.toml: recognise\.side: the test has no sides: leave this table out"
    ):
        load_movement(own)


def test_a_file_may_not_take_the_name_of_a_test_that_posecheck_brings(own: Path) -> None:
    own.write_text(TEXT.replace(NAME, "toe-touch"), encoding="utf-8")
    said = " ".join(call("movements", "check", own).err.split())
    assert "mine.toml: name: 'toe-touch' is a test that posecheck brings" in said
    assert "such as 'my-toe-touch'" in said


# --- analyze, compare


def test_a_recording_is_analysed_and_its_results_compared(own: Path, visit: Path, tmp_path: Path) -> None:
    for phase in ("pre", "retest"):
        video = visit / f"knee_raise_right_{phase}.mp4"
        done = call(
            "analyze", video, "--movement", own, "--side", "right", "-o", tmp_path / phase, "--no-video", "--quiet"
        )
        assert done.code == 0, done.err
    assert outcome_of(tmp_path / "pre") == (NAME, 3, "right", pytest.approx(PRE_DEG, abs=CLOSE_DEG))
    compared = call("compare", "--pre", tmp_path / "pre", "--retest", tmp_path / "retest", "-o", tmp_path / "both")
    assert compared.code == 0, compared.err
    with (tmp_path / "both" / "changes.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["movement"], row["outcome"], row["verdict"]) == (NAME, "raised_hip", "larger than measurement error")
    assert float(row["change_deg"]) == pytest.approx(RETEST_DEG - PRE_DEG, abs=CLOSE_DEG)


def test_results_of_two_versions_are_not_compared(own: Path, visit: Path, tmp_path: Path) -> None:
    for phase, text in (("pre", TEXT), ("retest", TEXT.replace("version = 3", "version = 4"))):
        own.write_text(text, encoding="utf-8")
        video = visit / f"knee_raise_right_{phase}.mp4"
        call("analyze", video, "--movement", own, "--side", "right", "-o", tmp_path / phase, "--no-video", "--quiet")
    done = call("compare", "--pre", tmp_path / "pre", "--retest", tmp_path / "retest", "-o", tmp_path / "both")
    assert done.code != 0
    assert "version" in done.err


# --- session and report


def test_a_session_is_drafted_measured_and_reported(visit: Path, tmp_path: Path) -> None:
    assert call("session", visit, "--init").code == 0
    trials = [(item.movement.name, item.side, item.phase) for item in read_session(visit).trials]
    assert trials == [(NAME, Side.RIGHT, "pre"), (NAME, Side.RIGHT, "retest")]
    done = call("session", visit, "-o", tmp_path / "result", "--no-video", "--quiet")
    assert done.code == 0, done.err
    assert outcome_of(tmp_path / "result" / "trials" / f"retest-{NAME}-right")[3] == pytest.approx(
        RETEST_DEG, abs=CLOSE_DEG
    )
    report = (tmp_path / "result" / "report.html").read_text(encoding="utf-8")
    assert "Made-up knee raise" in report
    assert "Made up for a test of the program." in report
    assert "Hip-flexor work" in report


def test_what_the_camera_records_is_recognised_by_its_name(visit: Path) -> None:
    movement = load_movement(visit / "mine.toml")
    for path in visit.glob("*.mp4"):
        path.unlink()
    recording_path(visit, movement, Side.LEFT, "pre").write_bytes(b"video")
    call("session", visit, "--init")
    (trial,) = read_session(visit).trials
    assert (trial.file.name, trial.movement, trial.side) == ("made_up_knee_raise_left_pre.mp4", movement, Side.LEFT)


def test_a_wrong_movement_file_beside_the_videos_is_named(visit: Path) -> None:
    (visit / "mine.toml").write_text(TEXT.replace("order = 15", "ordr = 15"), encoding="utf-8")
    done = call("session", visit, "--init")
    assert done.code != 0
    said = " ".join(done.err.split())
    assert "mine.toml: ordr: unknown key; did you mean 'order'?" in said
    assert not (visit / SESSION_FILE).exists()


def test_two_tests_of_one_name_are_not_mixed_in_a_session(visit: Path) -> None:
    call("session", visit, "--init")
    (visit / "other.toml").write_text(
        TEXT.replace("min_excursion_deg = 30", "min_excursion_deg = 20"), encoding="utf-8"
    )
    before, _, after = (visit / SESSION_FILE).read_text(encoding="utf-8").rpartition("mine.toml")
    (visit / SESSION_FILE).write_text(f"{before}other.toml{after}", encoding="utf-8")
    done = call("session", visit)
    assert done.code != 0
    assert f"trials[2].movement: another file names its test '{NAME}' too" in " ".join(done.err.split())


# --- proposal


@pytest.mark.parametrize("side", Side)
def test_a_recording_of_it_is_proposed_among_all_tests(own: Path, side: Side) -> None:
    known = [*builtin_movements().values(), load_movement(own)]
    found = propose_test(recording_of(raised(side, PRE_DEG)), known)
    assert (found.words, found.sure) == (f"Made-up knee raise, {side} knee raised.", True)
    time_s = RHYTHM.times(FPS)
    assert propose_test(recording_of(toe_touch(time_s, RHYTHM)), known).movement == "toe-touch"
    assert propose_test(recording_of(knee_to_chest(time_s, RHYTHM, side)), known).movement == "knee-to-chest"


@pytest.mark.usefixtures("dropped_in")
def test_a_file_dropped_in_is_proposed_by_itself() -> None:
    assert propose_test(recording_of(raised(Side.LEFT, PRE_DEG))).movement == NAME


# --- the live guide


def test_the_live_guide_leads_through_it(own: Path) -> None:
    rhythm = Rhythm(count=2)
    series = with_noise(raised(Side.LEFT, PRE_DEG, rhythm, 10.0, **SMALL), 0.2)
    answers = play(series, load_movement(own), Side.LEFT, repetitions=2)
    assert answers[-1].done
    assert answers[-1].angle_title == "Hip flexion of the raised leg"
    assert LiveState.HOLDING in states(answers)
    held = [answer.angle_deg for answer in answers if answer.state is LiveState.HOLDING and 1.0 < answer.hold_s < 2.2]
    assert held == pytest.approx([PRE_DEG] * len(held), abs=2.0)
