"""``import posecheck``: light, complete, typed, and with the numbers of the command."""

from __future__ import annotations

import ast
import csv
import inspect
import pkgutil
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_trial import made_result, made_series, made_video
from synthetic import FakeEstimator, picture_turned, poses_of

import posecheck
from posecheck.output.export.columns import COLUMNS
from posecheck.output.export.csv_export import read_angles_csv, write_changes_csv
from posecheck.trial.result import TrialResult

HEAVY = ("mediapipe", "matplotlib", "cv2", "pandas", "numpy", "scipy", "av")
FUNCTIONS = ("analyze", "angles", "compare", "load_trial", "load_movement", "builtin_movements")

# --- the name posecheck itself


def test_importing_posecheck_loads_nothing_heavy() -> None:
    code = f"import sys, posecheck; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_can_be_had_and_is_listed() -> None:
    for name in posecheck.__all__:
        assert getattr(posecheck, name) is not None, name
        assert name in dir(posecheck)
    assert posecheck.__version__[0].isdigit()


def test_type_checkers_are_told_the_same_names_from_the_same_modules() -> None:
    tree = ast.parse(Path(posecheck.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    told = {alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert told == posecheck._HOME_OF
    assert sorted([*told, "__version__"]) == sorted(posecheck.__all__)


def test_an_unknown_name_is_refused_like_that_of_any_module() -> None:
    with pytest.raises(AttributeError, match="no attribute 'angels'"):
        posecheck.angels  # noqa: B018
    with pytest.raises(ImportError):
        exec("from posecheck import angels")


def test_functions_stay_functions_when_every_module_is_loaded() -> None:
    for module in pkgutil.walk_packages(posecheck.__path__, "posecheck."):
        if module.name.split(".")[-1] not in ("__main__", "env") and ".migrations.versions" not in module.name:
            import_module(module.name)
    for name in FUNCTIONS:
        assert inspect.isfunction(getattr(posecheck, name)), name
    modules = {module.name for module in pkgutil.iter_modules(posecheck.__path__)}
    assert not modules & set(posecheck.__all__)


# --- one recording


@pytest.fixture
def toe_touch(monkeypatch: pytest.MonkeyPatch) -> TrialResult:
    """The made-up toe touch, which every video of this test now shows."""
    return shown(monkeypatch, "toe-touch")


def shown(monkeypatch: pytest.MonkeyPatch, movement: str) -> TrialResult:
    result = made_result(movement)
    monkeypatch.setattr("posecheck.pipeline.read_recording", lambda *_arguments, **_options: result.recording)
    return result


@pytest.mark.parametrize("video", ["a.mp4", Path("a.mp4")], ids=["text", "path"])
def test_angles_are_a_table_over_time_with_the_columns_of_angles_csv(
    toe_touch: TrialResult, tmp_path: Path, video: str | Path
) -> None:
    measured = posecheck.angles(video)
    written, states = read_angles_csv(measured.save(tmp_path / "a.csv"))
    assert list(measured.angles) == [name for name in COLUMNS["angles.csv"] if name in measured.angles]
    assert measured.angles.index.name == "time_s"
    pd.testing.assert_frame_equal(measured.angles.reset_index(drop=True), written.reset_index(drop=True), atol=6e-4)
    assert list(measured.states) == list(states)
    assert set(np.unique(measured.states)) <= {"measured", "interpolated", "missing"}
    assert measured.view == "side"
    assert "front" in measured.reasons["left_hip_abduction_deg"]
    assert measured.angles["left_hip_flexion_deg"].max() == pytest.approx(
        toe_touch.table.values["left_hip_flexion_deg"].max(), abs=1e-9
    )


@pytest.mark.usefixtures("toe_touch")
def test_angles_between_joints_in_space_come_with_their_errors() -> None:
    in_space = posecheck.angles("a.mp4", source="skeleton")
    errors = in_space.errors95["left_hip_flexion_deg"]
    assert errors.index.equals(in_space.angles.index)
    assert (errors > 0).all()
    assert posecheck.angles("a.mp4").errors95.empty


@pytest.mark.usefixtures("toe_touch")
def test_angles_are_saved_by_the_ending_of_the_file(tmp_path: Path) -> None:
    measured = posecheck.angles("a.mp4")
    for ending in ("csv", "trc", "mot", "nc"):
        assert measured.save(tmp_path / f"a.{ending}").stat().st_size > 1000
    with pytest.raises(posecheck.StorageError, match=r"a\.xlsx: no format has this ending; known: csv, trc"):
        measured.save(tmp_path / "a.xlsx")


def test_a_trial_has_its_repetitions_and_outcomes_as_tables(toe_touch: TrialResult) -> None:
    trial = posecheck.analyze("a.mp4", "toe-touch", person="R7", felt=posecheck.Felt(stiffness=4))
    fixed = [name for name in COLUMNS["repetitions.csv"] if not name.startswith("<")]
    assert list(trial.repetitions)[: len(fixed)] == fixed
    assert trial.repetitions["used"].tolist() == [True, True]
    assert trial.repetitions["hip_flexion_deg"].mean() == pytest.approx(toe_touch.trial.outcome("hip_flexion").mean)
    assert list(trial.outcomes) == list(COLUMNS["outcomes"])
    primary = trial.outcomes[trial.outcomes["role"] == "primary"].iloc[0]
    assert primary["mean"] == pytest.approx(toe_touch.trial.outcome("hip_flexion").mean)
    assert primary["angle"] in trial.angles
    assert (trial.trial.person, trial.trial.felt.stiffness) == ("R7", 4)


def test_side_and_movement_may_be_words_files_or_values(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown(monkeypatch, "runners-lunge")
    own = tmp_path / "mine.toml"
    source = Path(posecheck.__file__).parent / "movements" / "runners-lunge.toml"
    own.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    by_word = posecheck.analyze("a.mp4", "runners-lunge", "left").outcomes
    for movement in (own, str(own), posecheck.load_movement("runners-lunge")):
        again = posecheck.analyze("a.mp4", movement, posecheck.Side.LEFT).outcomes
        pd.testing.assert_frame_equal(again, by_word)


def test_wrong_words_are_refused_with_what_is_right(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown(monkeypatch, "runners-lunge")
    with pytest.raises(posecheck.MovementError, match="say 'left' or 'right'"):
        posecheck.analyze("a.mp4", "runners-lunge", "Left")  # type: ignore[arg-type]
    with pytest.raises(posecheck.MovementError, match="did you mean 'runners-lunge'"):
        posecheck.analyze("a.mp4", "runner-lunge", "left")
    with pytest.raises(posecheck.StorageError, match="no such folder"):
        posecheck.load_trial(tmp_path / "nowhere")


def test_another_estimator_reads_one_video_after_another(tmp_path: Path) -> None:
    made = made_result("toe-touch")
    video = made_video(tmp_path / "bend.mp4", made.table.time_s)
    poses = [[pose] for pose in poses_of(made.recording.series)]
    estimator = FakeEstimator([*poses, *poses])
    trial = posecheck.analyze(video, "toe-touch", estimator=estimator)
    moving = posecheck.angles(video, estimator=estimator)
    pd.testing.assert_frame_equal(moving.angles[["trunk_flexion_deg"]], trial.angles[["trunk_flexion_deg"]], atol=1e-9)
    assert trial.trial.provenance["mediapipe"] == "fake 1"
    assert not estimator.closed


def turned(monkeypatch: pytest.MonkeyPatch, movement: str, turn_deg: int) -> None:
    """Every video now shows the made-up test in a picture turned clockwise."""
    recording = made_result(movement).recording
    recording = replace(recording, series=picture_turned(recording.series, turn_deg))
    monkeypatch.setattr("posecheck.pipeline.read_recording", lambda *_arguments, **_options: recording)


def test_a_picture_on_its_side_is_refused_with_and_without_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    turned(monkeypatch, "toe-touch", 90)
    for call in (posecheck.angles, lambda video: posecheck.analyze(video, "toe-touch")):
        with pytest.raises(posecheck.RecordingError, match=r"lies on its side.* turned clockwise by 270 degrees"):
            call("a.mp4")


def test_who_may_as_well_lie_as_stand_is_remarked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    turned(monkeypatch, "knee-to-chest", 0)
    assert posecheck.angles("a.mp4").remarks == ()
    turned(monkeypatch, "knee-to-chest", 270)
    assert "If they lay on their back, the picture lies on its side" in posecheck.angles("a.mp4").remarks[0]


@pytest.mark.usefixtures("toe_touch")
def test_angles_in_a_view_or_of_a_source_that_is_none_are_refused() -> None:
    with pytest.raises(posecheck.RecordingError, match="unknown view 'top'; known: auto, side, front"):
        posecheck.angles("a.mp4", view="top")  # type: ignore[arg-type]
    with pytest.raises(posecheck.PosecheckError, match="unknown source of angles 'mind'; known: image, world"):
        posecheck.angles("a.mp4", source="mind")


def test_a_video_that_is_not_there_is_named() -> None:
    for call in (posecheck.angles, lambda video: posecheck.analyze(video, "toe-touch")):
        with pytest.raises(posecheck.VideoError, match=r"nowhere\.mp4"):
            call("nowhere.mp4")


# --- folders and comparisons


@pytest.fixture
def trials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[posecheck.MeasuredTrial, posecheck.MeasuredTrial]:
    """The same side lunge twice, with a video that belongs to it."""
    series = made_series("side-lunge")
    video = made_video(tmp_path / "made.mp4", series.time_s)
    recording = made_result("side-lunge").recording
    placed = replace(recording, info=replace(recording.info, path=video))
    monkeypatch.setattr("posecheck.pipeline.read_recording", lambda *_arguments, **_options: placed)
    return posecheck.analyze(video, "side-lunge", "left"), posecheck.analyze(video, "side-lunge", "left")


def test_a_saved_trial_is_read_back_with_the_same_tables(
    trials: tuple[posecheck.MeasuredTrial, ...], tmp_path: Path
) -> None:
    folder = trials[0].save(tmp_path / "pre", formats=("nc",))
    assert (folder / "recording.nc").is_file()
    back = posecheck.load_trial(str(folder))
    pd.testing.assert_frame_equal(back.outcomes, trials[0].outcomes, atol=1e-4)
    pd.testing.assert_frame_equal(back.repetitions, trials[0].repetitions, atol=1e-4)
    pd.testing.assert_frame_equal(back.angles, trials[0].angles, atol=1e-3, check_index_type=False)
    with pytest.raises(posecheck.StorageError, match="copy that folder"):
        back.save(tmp_path / "again")
    with pytest.raises(posecheck.StorageError, match="exists"):
        trials[0].save(folder)


def test_trials_and_their_folders_are_compared_alike(
    trials: tuple[posecheck.MeasuredTrial, ...], tmp_path: Path
) -> None:
    first, second = trials
    folder = second.save(tmp_path / "retest")
    by_value = posecheck.compare(first, second)
    for pre, retest in ((first, folder), ([first], (str(folder),)), ([first], [posecheck.load_trial(folder)])):
        again = posecheck.compare(pre, retest)
        pd.testing.assert_frame_equal(again.changes, by_value.changes, atol=1e-3)
    assert list(by_value.changes) == list(COLUMNS["changes.csv"])
    assert list(by_value.sides) == list(COLUMNS["sides.csv"])
    assert by_value.sentences[0].startswith("Side lunge, left: ")
    with pytest.raises(posecheck.ComparisonError, match="twice"):
        posecheck.compare([first, first], second)


def test_a_comparison_is_saved_as_the_command_writes_it(
    trials: tuple[posecheck.MeasuredTrial, ...], tmp_path: Path
) -> None:
    compared = posecheck.compare(*trials)
    folder = compared.save(tmp_path / "result")
    write_changes_csv(compared.report.changes, tmp_path / "changes.csv")
    assert (folder / "changes.csv").read_bytes() == (tmp_path / "changes.csv").read_bytes()
    tables = {"changes.csv", "sides.csv", "takes.csv"}
    assert {path.name for path in folder.iterdir()} == {*tables, "comparison.json", "report.html"}
    with (folder / "changes.csv").open(encoding="utf-8", newline="") as file:
        written = [float(row["change_deg"]) for row in csv.DictReader(file)]
    assert compared.changes["change_deg"].tolist() == pytest.approx(written, abs=6e-4)
