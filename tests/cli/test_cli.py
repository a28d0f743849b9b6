from __future__ import annotations

import csv
import json
import shutil
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from clips import (
    KNEE_PRE,
    KNEE_RETEST,
    TOE_PRE,
    call,
    run,
    sample_clip,
    sample_frames,
    stored_trial,
    tree,
)

import posecheck
from posecheck.movements import builtin_movements
from posecheck.output.export.columns import COLUMNS
from posecheck.output.folders.trial_folder import load_trial_folder
from posecheck.session import read_session
from posecheck.video.reader import iter_video, sha256_of

if TYPE_CHECKING:
    from pathlib import Path

    from clips import Ran

COMMANDS = [
    (),
    ("demo",),
    ("angles",),
    ("analyze",),
    ("compare",),
    ("people",),
    ("session",),
    ("movements",),
    ("movements", "list"),
    ("movements", "show"),
    ("movements", "check"),
    ("models",),
    ("doctor",),
]
MOVEMENTS = list(builtin_movements())
CHANGES = (
    "movement,side,outcome,role,pre_mean_deg,pre_sd_deg,pre_repetitions,retest_mean_deg,retest_sd_deg,"
    "retest_repetitions,change_deg,ci95_low_deg,ci95_high_deg,mdc95_deg,verdict,comparable,reasons,corrections,"
    "chance_larger,takes_sd_deg,repetitions_sd_deg,moved_sd_deg,error_model,headline,limit_deg,pre_takes,retest_takes"
)
SIDES = (
    "movement,phase,outcome,role,left_deg,right_deg,difference_deg,ci95_low_deg,ci95_high_deg,mdc95_deg,verdict,"
    "comparable,reasons,corrections,chance_larger,takes_sd_deg,repetitions_sd_deg,moved_sd_deg,error_model,left_takes,right_takes"
)
FIRST_COLUMNS = [
    "time_s",
    "left_knee_flexion_deg",
    "right_knee_flexion_deg",
    "left_hip_flexion_deg",
    "right_hip_flexion_deg",
    "left_hip_abduction_deg",
    "right_hip_abduction_deg",
    "trunk_flexion_deg",
    "trunk_lateral_flexion_deg",
]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def head(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0]


# The command itself


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: " ".join(words) or "posecheck")
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    done = call(*command, "--help")
    assert done.code == 0
    assert "Usage: posecheck" in done.out
    if command and command != ("movements",):
        assert f"Example: posecheck {' '.join(command)}" in " ".join(done.out.split())


def test_the_list_of_commands_is_complete() -> None:
    said = call("--help").out
    assert all(command[0] in said for command in COMMANDS if command)


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    done = run("--version", cwd=tmp_path)
    assert (done.code, done.out.strip(), done.err) == (0, f"posecheck {posecheck.__version__}", "")


def test_shell_completion_can_be_shown_and_completes() -> None:
    variables = {
        "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"
    }  # the shell is named, not that which runs the tests
    shown = call("--show-completion", "bash", variables=variables)
    assert shown.code == 0
    assert "complete_bash" in shown.out

    def completed(words: str) -> list[str]:
        number = str(len(words.split(" ")) - 1)
        variables = {"_POSECHECK_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": number}
        return call(variables=variables).out.split()

    assert completed("posecheck an") == ["angles", "analyze"]
    assert completed("posecheck analyze --side ") == ["left", "right"]


@pytest.mark.parametrize("words", [("frobnicate",), ("analyze",), ("angles", "clip.mp4"), ("doctor", "--loud")])
def test_a_wrong_command_line_ends_with_2_and_points_to_help(words: tuple[str, ...]) -> None:
    done = call(*words)
    assert done.code == 2
    assert "--help" in done.err


# Movements and models


def test_the_tests_are_listed_in_their_order() -> None:
    said = call("movements", "list").out
    places = [said.index(name) for name in MOVEMENTS]
    assert places == sorted(places)
    listed = json.loads(call("movements", "list", "--json").out)
    assert [item["name"] for item in listed] == MOVEMENTS
    assert [item["view"] for item in listed][:5] == ["side", "side", "side", "front", "front"]


@pytest.mark.parametrize("name", MOVEMENTS)
def test_a_movement_is_shown_with_how_to_film_it_and_its_outcomes(name: str) -> None:
    movement = builtin_movements()[name]
    said = " ".join(call("movements", "show", name).out.split())
    for words in (movement.title, movement.instructions.camera[:40], movement.instructions.start[:40]):
        assert words in said
    assert all(outcome.title in said for outcome in movement.outcomes)
    document = json.loads(call("movements", "show", name, "--json").out)
    assert document["name"] == name
    assert [outcome["name"] for outcome in document["outcomes"]] == [outcome.name for outcome in movement.outcomes]


@pytest.fixture
def own_movement(tmp_path: Path) -> Path:
    """A user's own test: the knee to the chest under another name."""
    text = files("posecheck.movements").joinpath("knee-to-chest.toml").read_text(encoding="utf-8")
    path = tmp_path / "my-hug.toml"
    path.write_text(text.replace('name = "knee-to-chest"', 'name = "my-hug"'), encoding="utf-8")
    return path


def test_a_movement_of_ones_own_is_checked_and_shown(own_movement: Path) -> None:
    done = call("movements", "check", own_movement)
    assert done.code == 0
    assert f"{own_movement}: fine. 'my-hug', side view" in done.out
    assert "(my-hug, version " in call("movements", "show", own_movement).out


def test_models_are_listed_with_their_state() -> None:
    (model,) = (item for item in json.loads(call("models", "--json").out) if item["name"].endswith("full.task"))
    assert model["state"] == "ok"
    said = call("models").out
    assert "pose_landmarker_full.task" in said
    assert model["sha256"][:12] in said


def test_an_altered_model_is_listed_as_such(tmp_path: Path) -> None:
    (tmp_path / "checksums.toml").write_text(
        f'["mine.task"]\ntitle = "Mine"\nlicence = "CC0"\nsha256 = "{"0" * 64}"\n', encoding="utf-8"
    )
    (tmp_path / "mine.task").write_bytes(b"something else")
    done = call("models", variables={"POSECHECK_MODELS_DIR": str(tmp_path)})
    assert done.code == 0
    assert "altered" in done.out


# Angles of any video


@pytest.fixture(scope="module")
def toe_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 2.5 s of a toe touch: standing, and half-way down."""
    return sample_clip(tmp_path_factory.mktemp("clips") / "toe.mp4", TOE_PRE, end_s=2.5)


@pytest.mark.model
def test_angles_of_any_video_are_a_table_over_its_true_times(tmp_path: Path, toe_clip: Path) -> None:
    output = tmp_path / "angles.csv"
    done = call("angles", toe_clip, "-o", output, "--format", "trc", "--format", "mot,nc", "--json")
    assert done.code == 0
    said = json.loads(done.out)
    assert said["files"] == [str(output.with_suffix(suffix)) for suffix in (".csv", ".trc", ".mot", ".nc")]
    assert tree(tmp_path) == ["angles.csv", "angles.mot", "angles.nc", "angles.trc"]
    rows = table(output)
    assert list(rows[0]) == list(COLUMNS["angles.csv"])
    assert list(rows[0])[:9] == FIRST_COLUMNS
    assert [float(row["time_s"]) for row in rows] == pytest.approx(sample_frames(TOE_PRE, 2.5)[0], abs=1e-3)
    assert said["frames"] == len(rows)
    assert (said["view"], said["people"]) == ("side", 1)
    assert float(rows[0]["trunk_flexion_deg"]) == pytest.approx(0, abs=8)  # standing upright
    assert float(rows[-1]["trunk_flexion_deg"]) > 60
    # What a side view cannot show is empty, and the reason is given.
    assert said["not_measurable"]["left_hip_abduction_deg"]
    for column in said["not_measurable"]:
        assert {row[column] for row in rows} == {""}
        assert {row[column.removesuffix("_deg") + "_state"] for row in rows} == {"missing"}


@pytest.mark.model
def test_angles_of_the_world_landmarks_know_no_view_and_quiet_says_nothing(tmp_path: Path, toe_clip: Path) -> None:
    output = tmp_path / "world.csv"
    done = run("angles", toe_clip, "-o", output, "--source", "world", "--format", "trc,mot", "--quiet", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert tree(tmp_path) == ["world.csv", "world.mot", "world.trc"]
    rows = table(output)
    assert all(row["left_hip_abduction_deg"] for row in rows)
    # MediaPipe's own 3D compresses the range, so only the direction is asked for.
    assert float(rows[-1]["trunk_flexion_deg"]) > float(rows[0]["trunk_flexion_deg"]) + 30


@pytest.mark.model
def test_angles_in_words_name_what_is_left_empty(tmp_path: Path, toe_clip: Path) -> None:
    done = call("angles", toe_clip, "-o", tmp_path / "angles.csv", "--end", "0.3")
    assert done.code == 0
    assert "side view, source image" in " ".join(done.out.split())
    assert "Not shown in this view, so left empty:" in done.out
    assert "hip abduction" in done.out


# One trial


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trials")


@pytest.fixture(scope="module")
def knee_clip(folder: Path) -> Path:
    return sample_clip(folder / "knee.mp4", KNEE_PRE)


@pytest.fixture(scope="module")
def knee(folder: Path, knee_clip: Path) -> Ran:
    """One repetition of a sample clip, analysed with everything that can be written."""
    felt = ("--person", "Runner 7", "--stiffness", 6, "--discomfort", 2, "--note", "tight")
    formats = ("--format", "mot", "--format", "trc,nc")
    words = ("--movement", "knee-to-chest", "--side", "left", "-o", folder / "pre", *felt, *formats)
    done = call("analyze", knee_clip, *words, "--json")
    assert done.code == 0, done
    return done


@pytest.fixture(scope="module")
def quiet_retest(folder: Path, knee: Ran) -> Ran:
    """The re-test, in a process of its own, without words and video."""
    clip = sample_clip(folder / "knee_after.mp4", KNEE_RETEST)
    words = ("--movement", "knee-to-chest", "--side", "left", "-o", folder / "retest", "--person", "Runner 7")
    return run("analyze", clip, *words, "--no-video", "--quiet", cwd=folder)


@pytest.mark.model
def test_analyze_writes_everything(folder: Path, knee: Ran) -> None:
    assert tree(folder / "pre") == [
        "angles.csv",
        "angles.mot",
        "angles.svg",
        "annotated.mp4",
        "body.svg",
        "end_range.jpg",
        "landmarks.parquet",
        "landmarks.trc",
        "recording.json",
        "recording.nc",
        "repetitions.csv",
        "skeleton.csv",
        "skeleton.trc",
        "trial.json",
    ]


@pytest.mark.model
def test_analyze_measures_one_repetition_and_says_what_it_rests_on(folder: Path, knee_clip: Path, knee: Ran) -> None:
    trial = json.loads((folder / "pre" / "trial.json").read_text(encoding="utf-8"))
    assert (trial["movement"], trial["side"], trial["movement_version"]) == ("knee-to-chest", "left", 1)
    (hip,) = (item for item in trial["outcomes"] if item["name"] == "hip_flexion")
    assert hip["mean"] == pytest.approx(103, abs=4)  # true angle of the sample clip; aim of the benchmark
    assert hip["sd"] is None
    (repetition,) = trial["repetitions"]
    assert repetition["held"]
    assert 1 < repetition["start_s"] < repetition["hold_start_s"] < repetition["hold_end_s"] < repetition["end_s"] < 5.8
    assert {"yaw", "roll", "size", "rate", "in_frame", "one_person"} <= {gate["name"] for gate in trial["gates"]}
    assert trial["felt"] == {"stiffness": 6.0, "discomfort": 2.0, "note": "tight"}
    told = trial["provenance"]
    assert told["video_sha256"] == sha256_of(knee_clip)
    assert (told["video"], told["person"], told["posecheck"]) == ("knee.mp4", "Runner 7", posecheck.__version__)
    assert len(told["model_sha256"]) == 64
    assert (told["options"]["mirror"], told["options"]["start_s"]) == (False, None)
    assert told["options"]["rotate_deg"] is None


@pytest.mark.model
def test_analyze_prints_the_trial_as_json(folder: Path, knee: Ran) -> None:
    said = json.loads(knee.out)
    stored = json.loads((folder / "pre" / "trial.json").read_text(encoding="utf-8"))
    del stored["messages"]  # what its words are made of, for readers of another language: programs read the English
    assert said == {"folder": str(folder / "pre"), "trial": stored}
    assert knee.err == ""


@pytest.mark.model
def test_the_annotated_video_has_the_pictures_and_times_of_the_source(folder: Path, knee_clip: Path, knee: Ran) -> None:
    source = [frame.time_s for frame in iter_video(knee_clip)]
    drawn = [(frame.time_s, frame.image_rgb.shape) for frame in iter_video(folder / "pre" / "annotated.mp4")]
    assert [time_s for time_s, _ in drawn] == pytest.approx(source, abs=1e-4)
    assert {shape for _, shape in drawn} == {(360, 640, 3)}


@pytest.mark.model
def test_tables_of_a_trial_have_their_documented_columns(folder: Path, knee: Ran) -> None:
    assert head(folder / "pre" / "angles.csv").split(",") == list(COLUMNS["angles.csv"])
    (row,) = table(folder / "pre" / "repetitions.csv")
    fixed = [name for name in COLUMNS["repetitions.csv"] if not name.startswith("<")]
    assert list(row)[: len(fixed)] == fixed
    assert "hip_flexion_deg" in row


@pytest.mark.model
def test_quiet_prints_nothing_and_no_video_writes_none(folder: Path, quiet_retest: Ran) -> None:
    assert quiet_retest == type(quiet_retest)(0, "", "")
    names = tree(folder / "retest")
    assert "annotated.mp4" not in names
    assert {"end_range.jpg", "trial.json", "angles.csv"} <= set(names)


@pytest.mark.model
def test_a_movement_of_ones_own_is_analysed(tmp_path: Path, own_movement: Path, knee_clip: Path) -> None:
    done = call("analyze", knee_clip, "-m", own_movement, "-s", "left", "-o", tmp_path / "out", "--no-video")
    assert done.code == 0
    assert "Hip flexion of the pulled leg" in done.out
    assert "One repetition could be used" in done.out
    assert f"Results: {tmp_path / 'out'}" in done.out
    assert load_trial_folder(tmp_path / "out").trial.movement == "my-hug"


# Comparison


@pytest.mark.model
def test_compare_tells_the_change_with_its_error(folder: Path, tmp_path: Path, knee: Ran, quiet_retest: Ran) -> None:
    done = call("compare", "--pre", folder / "pre", "--retest", folder / "retest", "-o", tmp_path / "out", "--json")
    assert done.code == 0
    assert tree(tmp_path / "out") == ["changes.csv", "comparison.json", "report.html", "sides.csv", "takes.csv"]
    (row,) = (row for row in table(tmp_path / "out" / "changes.csv") if row["role"] == "primary")
    assert (row["movement"], row["side"], row["outcome"]) == ("knee-to-chest", "left", "hip_flexion")
    assert float(row["change_deg"]) == pytest.approx(8, abs=3)  # true change of the sample clips
    assert float(row["ci95_low_deg"]) < float(row["change_deg"]) < float(row["ci95_high_deg"])
    assert float(row["mdc95_deg"]) > 0
    assert row["verdict"].startswith(("larger than", "not distinguishable"))
    said = json.loads(done.out)
    assert said["folder"] == str(tmp_path / "out")
    assert said["changes"][0]["outcome"] == "hip_flexion"


def test_a_comparison_has_exactly_the_documented_columns(tmp_path: Path) -> None:
    pre, retest = stored_trial(tmp_path / "pre"), stored_trial(tmp_path / "retest")
    done = call("compare", "--pre", pre, "--retest", retest, "-o", tmp_path / "out")
    assert done.code == 0
    assert head(tmp_path / "out" / "changes.csv") == CHANGES
    assert head(tmp_path / "out" / "sides.csv") == SIDES
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert report.lstrip().lower().startswith("<!doctype html>")
    assert "Toe touch" in report
    assert "Pre-test to re-test" in done.out
    assert "No primary outcome stands out from measurement error." in done.out
    assert f"Report: {tmp_path / 'out' / 'report.html'}" in done.out


# Sessions


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two good recordings and one that is no video, with the session file that posecheck drafts."""
    folder = tmp_path_factory.mktemp("visits") / "visit"
    folder.mkdir()
    sample_clip(folder / "left knee to chest before.mp4", KNEE_PRE)
    sample_clip(folder / "left knee to chest after.mp4", KNEE_RETEST)
    (folder / "toe touch before.mp4").write_text("not a video\n" * 99, encoding="utf-8")
    return folder


def test_a_session_file_is_drafted_from_the_names_and_not_written_over(visit: Path) -> None:
    (visit / "session.toml").unlink(missing_ok=True)
    done = call("session", visit, "--init")
    assert done.code == 0
    assert str(visit / "session.toml") in done.out
    planned = [(t.file.name, t.movement.name, t.phase) for t in read_session(visit).trials]
    assert planned == [
        ("left knee to chest after.mp4", "knee-to-chest", "retest"),
        ("left knee to chest before.mp4", "knee-to-chest", "pre"),
        ("toe touch before.mp4", "toe-touch", "pre"),
    ]
    again = call("session", visit, "--init")
    assert again.code == 3
    assert "exists already; add --overwrite" in again.err
    assert call("session", visit, "--init", "--overwrite").code == 0


@pytest.mark.model
def test_a_session_does_what_it_can_and_ends_with_8_when_a_recording_is_refused(visit: Path, tmp_path: Path) -> None:
    call("session", visit, "--init", "--overwrite")
    done = call("session", visit, "-o", tmp_path / "out", "--no-video", "--json")
    assert done.code == 8, done
    said = json.loads(done.out)
    (refused,) = said["refused"]
    assert refused["file"] == "toe touch before.mp4"
    assert "is not a video" in refused["reason"]
    assert {change["movement"] for change in said["changes"]} == {"knee-to-chest"}
    names = tree(tmp_path / "out")
    assert {"changes.csv", "sides.csv", "comparison.json", "report.html", "session.toml"} <= set(names)
    assert {name for name in names if name.count("/") == 1} == {
        "trials/pre-knee-to-chest-left",
        "trials/retest-knee-to-chest-left",
    }
    assert "toe touch before.mp4" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert tree(tmp_path)[0] == "out"


@pytest.fixture
def small_samples(visit: Path, tmp_path: Path) -> Path:
    """The sample session with its first pair only, as if it were all."""
    folder = tmp_path / "samples"
    folder.mkdir()
    text = 'person = "Sample runner"\n'
    for name, phase in (("before", "pre"), ("after", "retest")):
        shutil.copy(visit / f"left knee to chest {name}.mp4", folder / f"{phase}.mp4")
        text += f'[[trials]]\nfile = "{phase}.mp4"\nmovement = "knee-to-chest"\nside = "left"\nphase = "{phase}"\n'
    (folder / "session.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.model
def test_the_demo_runs_the_samples_and_names_the_report(small_samples: Path, tmp_path: Path) -> None:
    place = tmp_path / "here"
    place.mkdir()
    done = run("demo", cwd=place, variables={"POSECHECK_SAMPLES_DIR": str(small_samples)})
    assert done.code == 0, done
    assert "Pre-test to re-test" in done.out
    assert "knee-to-chest" in done.out
    assert "2 recordings analysed. Report: posecheck-demo/report.html" in done.out.replace("\\", "/")
    assert "Traceback" not in done.err
    assert [path.name for path in place.iterdir()] == ["posecheck-demo"]
    for trial in ("pre-knee-to-chest-left", "retest-knee-to-chest-left"):
        assert (place / "posecheck-demo" / "trials" / trial / "annotated.mp4").is_file()
