from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from clips import SAMPLES, stored_trial, tree
from made_trial import made_result, made_video

from posecheck import workflow
from posecheck.compared import comparison_data, repeats_in
from posecheck.comparison.error_model import OwnRepeats
from posecheck.errors import ComparisonError, RecordingError, StorageError
from posecheck.kinematics.joints import Side
from posecheck.movements import load_movement
from posecheck.output.folders.trial_folder import load_trial_folder
from posecheck.output.options import OutputOptions
from posecheck.session import SESSION_FILE, read_session
from posecheck.trial.keys import MeasureKey
from posecheck.trial.result import TrialResult
from posecheck.workflow import analyze_to_folder, compare_folders, run_session

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.batch import Done
    from posecheck.progress import Progress

TOE_TOUCH = load_movement("toe-touch")


@pytest.fixture
def video(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small video whose body points are the made-up figure's, so that no model runs."""
    made = made_result("toe-touch")
    path = made_video(tmp_path / "bend.mp4", made.table.time_s)

    def analyze_video(_path: Path, *_: object, progress: Progress | None = None) -> TrialResult:
        if progress is not None:
            for frame in range(10):
                progress(frame + 1, 10)
        recording = replace(made.recording, info=replace(made.recording.info, path=path))
        return replace(made, recording=recording)

    monkeypatch.setattr(workflow, "analyze_video", analyze_video)
    return path


def fail(*_: object, **__: object) -> Any:
    raise RecordingError("bend.mp4: nothing to see")


# Several takes


def two_takes_a_block(folder: Path) -> Path:
    """A session of the toe touch in which each single repetition of the sample videos is a take."""
    folder.mkdir()
    lines = ['person = "Bo"', "date = 2026-11-22"]
    for phase in ("pre", "retest"):
        shutil.copy(SAMPLES / f"toe_touch_{phase}.mp4", folder)
        for start_s, end_s in ((0.8, 5.8), (6.0, 11.0)):
            lines += ["[[trials]]", f'file = "toe_touch_{phase}.mp4"', 'movement = "toe-touch"', f'phase = "{phase}"']
            lines += [f"start_s = {start_s}", f"end_s = {end_s}"]
    (folder / SESSION_FILE).write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.mark.model
@pytest.mark.slow
def test_a_session_file_with_two_takes_a_block_goes_from_videos_to_a_result_that_names_them(tmp_path: Path) -> None:
    folder = two_takes_a_block(tmp_path / "visit")
    result = run_session(read_session(folder), folder, tmp_path / "out", output=OutputOptions(annotated=False))
    names = ["pre-toe-touch", "pre-toe-touch-take-2", "retest-toe-touch", "retest-toe-touch-take-2"]
    assert sorted(path.name for path in (result.folder / "trials").iterdir()) == names
    assert not result.refused
    change = next(item for item in result.changes if item.outcome == "hip_flexion")
    assert [len(block.takes) for block in (change.pre, change.retest)] == [2, 2]
    assert change.pre.mean_deg == pytest.approx(sum(take.mean_deg for take in change.pre.takes) / 2)
    told = json.loads((result.folder / "comparison.json").read_text(encoding="utf-8"))
    assert [trial["take"] for trial in told["trials"]["pre-test"]] == [1, 2]
    with (result.folder / "takes.csv").open(encoding="utf-8", newline="") as file:
        listed = {(row["phase"], row["take"]) for row in csv.DictReader(file)}
    assert listed == {("pre", "1"), ("pre", "2"), ("retest", "1"), ("retest", "2")}
    repetitions = (result.folder / "trials" / names[1] / "repetitions.csv").read_text(encoding="utf-8").splitlines()
    assert repetitions[0].startswith("movement,side,take,repetition,")
    assert repetitions[1].split(",")[2] == "2"
    assert "Pre-test, take 1" in result.report.read_text(encoding="utf-8")


@pytest.mark.model
@pytest.mark.slow
def test_a_take_that_is_left_out_is_not_analysed_but_named_with_its_reason(tmp_path: Path) -> None:
    folder = two_takes_a_block(tmp_path / "visit")
    text = (folder / SESSION_FILE).read_text(encoding="utf-8")
    text = text.replace("start_s = 6.0", 'leave_out = "The phone fell over."\nstart_s = 6.0')
    (folder / SESSION_FILE).write_text(text, encoding="utf-8")
    result = run_session(read_session(folder), folder, tmp_path / "out", output=OutputOptions(annotated=False))
    assert len(result.trials) == 2
    left_out = [(item.phase, item.take, item.reason) for item in result.left_out]
    assert left_out == [(phase, 2, "The phone fell over.") for phase in ("pre", "retest")]
    assert "Left out: The phone fell over." in result.report.read_text(encoding="utf-8")
    told = json.loads((result.folder / "comparison.json").read_text(encoding="utf-8"))
    assert [item["phase"] for item in told["left_out"]] == ["pre", "retest"]


def test_folders_of_one_test_in_a_block_are_its_takes_in_the_order_given(tmp_path: Path) -> None:
    pre = [stored_trial(tmp_path / name, provenance={"video_sha256": name}) for name in ("a", "b")]
    result = compare_folders(pre, [stored_trial(tmp_path / "c")], tmp_path / "out")
    assert [(stored.path.name, len(result.changes[0].pre.takes)) for stored in result.trials[:1]] == [("a", 2)]
    with (result.folder / "takes.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["phase"], row["take"]) for row in csv.DictReader(file) if row["outcome"] == "hip_flexion"]
    assert rows == [("pre", "1"), ("pre", "2"), ("retest", "1")]


def test_a_folder_that_is_given_twice_is_no_second_take(tmp_path: Path) -> None:
    pre, retest = stored_trial(tmp_path / "a"), stored_trial(tmp_path / "b")
    with pytest.raises(ComparisonError, match=r"a is given twice\. Each recording counts once"):
        compare_folders([pre, pre], [retest], tmp_path / "out")


# One trial


def test_a_trial_folder_appears_whole(tmp_path: Path, video: Path) -> None:
    folder = tmp_path / "new" / "result"
    result = analyze_to_folder(video, TOE_TOUCH, None, folder, output=OutputOptions(annotated=False, formats=("mot",)))
    stored = load_trial_folder(folder).trial
    assert stored.movement == "toe-touch"
    for before, after in zip(result.trial.outcomes, stored.outcomes, strict=True):
        assert after.values == pytest.approx(before.values, abs=1e-4)
    tables = {"angles.csv", "angles.mot", "angles.svg", "landmarks.parquet", "repetitions.csv"}
    names = {*tables, "end_range.jpg", "recording.json", "trial.json"}
    assert {path.name for path in folder.iterdir()} == names
    assert [path.name for path in folder.parent.iterdir()] == ["result"]


@pytest.mark.parametrize(("annotated", "passes"), [(False, 1), (True, 2)])
def test_progress_runs_once_from_start_to_end_over_all_passes(
    tmp_path: Path, video: Path, annotated: bool, passes: int
) -> None:
    told: list[tuple[int, int | None]] = []
    analyze_to_folder(
        video,
        TOE_TOUCH,
        None,
        tmp_path / "out",
        output=OutputOptions(annotated=annotated),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[:10] == [(frame + 1, 10 * passes) for frame in range(10)]
    shares = [done / total for done, total in told if total]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0, abs=0.05)  # the number of frames is an estimate from the duration


def test_a_refused_trial_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "analyze_video", fail)
    with pytest.raises(RecordingError):
        analyze_to_folder(tmp_path / "bend.mp4", TOE_TOUCH, None, tmp_path / "out")
    assert tree(tmp_path) == []


def test_an_earlier_result_stays_when_the_new_one_fails(
    tmp_path: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = stored_trial(tmp_path / "out")
    before = tree(tmp_path)
    monkeypatch.setattr(workflow, "analyze_video", fail)
    with pytest.raises(RecordingError):
        analyze_to_folder(video, TOE_TOUCH, None, folder, overwrite=True)
    assert tree(tmp_path) == before


def test_an_earlier_result_is_replaced_only_when_asked(tmp_path: Path, video: Path) -> None:
    folder = stored_trial(tmp_path / "out")
    output = OutputOptions(annotated=False)
    with pytest.raises(StorageError, match="exists already"):
        analyze_to_folder(video, TOE_TOUCH, None, folder, output=output)
    assert not (folder / "angles.svg").exists()
    analyze_to_folder(video, TOE_TOUCH, None, folder, output=output, overwrite=True)
    assert (folder / "angles.svg").exists()


# Comparisons


def test_a_comparison_writes_five_files_and_tells_where(tmp_path: Path) -> None:
    pre, retest = stored_trial(tmp_path / "a"), stored_trial(tmp_path / "b")
    result = compare_folders([pre], [retest], tmp_path / "out")
    assert sorted(path.name for path in result.folder.iterdir()) == [
        "changes.csv",
        "comparison.json",
        "report.html",
        "sides.csv",
        "takes.csv",
    ]
    assert result.report.is_file()
    assert [trial.path for trial in result.trials] == [pre, retest]
    assert {change.movement for change in result.changes} == {"toe-touch"}
    assert all(change.difference.difference_deg == 0 for change in result.changes)


def test_changes_come_in_the_order_of_the_protocol(tmp_path: Path) -> None:
    names = ["crossover", "toe-touch", "runners-lunge"]
    pre = [stored_trial(tmp_path / "pre" / name, name) for name in names]
    retest = [stored_trial(tmp_path / "retest" / name, name) for name in reversed(names)]
    changes = compare_folders(pre, retest, tmp_path / "out").changes
    assert list(dict.fromkeys(change.movement for change in changes)) == ["toe-touch", "runners-lunge", "crossover"]


def test_left_and_right_of_one_block_are_compared(tmp_path: Path) -> None:
    left = stored_trial(tmp_path / "left", "side-lunge")
    right = stored_trial(tmp_path / "right", "side-lunge", side=Side.RIGHT)
    again = stored_trial(tmp_path / "again", "side-lunge")
    sides = compare_folders([left, right], [again], tmp_path / "out").sides
    assert {(item.movement, item.phase) for item in sides} == {("side-lunge", "pre")}


def test_a_second_block_before_the_stretch_takes_the_place_of_the_pre_test(tmp_path: Path) -> None:
    blocks = [[load_trial_folder(stored_trial(tmp_path / name))] for name in ("pre", "baseline", "retest")]
    data = comparison_data(*blocks)
    assert len(data.baseline_changes) == len(data.changes) > 0
    assert [len(block) for block in (data.pre, data.baseline, data.retest)] == [1, 1, 1]
    without = comparison_data(blocks[0], [], blocks[2])
    assert without.baseline_changes == ()


def test_the_primary_outcome_named_before_makes_the_others_secondary(tmp_path: Path) -> None:
    pre, retest = (stored_trial(tmp_path / name, "runners-lunge") for name in "ab")
    changes = compare_folders(
        [pre], [retest], tmp_path / "out", primary=MeasureKey("runners-lunge", Side.RIGHT, "hip_flexion")
    ).changes
    roles = {change.outcome: change.role for change in changes}
    assert roles.pop("hip_flexion") == "primary"
    assert set(roles.values()) == {"secondary"}


def test_what_cannot_be_compared_leaves_no_folder(tmp_path: Path) -> None:
    pre, retest = stored_trial(tmp_path / "a"), stored_trial(tmp_path / "b", "side-lunge")
    before = tree(tmp_path)
    with pytest.raises(ComparisonError, match="no test is in both blocks"):
        compare_folders([pre], [retest], tmp_path / "out")
    assert tree(tmp_path) == before


def test_provenance_is_told_once_where_it_is_the_same_and_listed_where_not(tmp_path: Path) -> None:
    def stored(name: str, **provenance: str) -> Path:
        return stored_trial(tmp_path / name, provenance={"numpy": "2.4", **provenance}, person="A")

    pre = stored("pre", video="before.mp4", video_sha256="1" * 64, mediapipe="1.2")
    retest = stored("retest", video="after.mp4", video_sha256="2" * 64, mediapipe="1.3")
    compare_folders([pre], [retest], tmp_path / "out")
    data = json.loads((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8"))
    assert data["person"] == "A"
    assert data["provenance"]["numpy"] == "2.4"
    assert data["provenance"]["mediapipe"] == ["1.2", "1.3"]
    assert data["provenance"]["videos"] == [
        {"video": "before.mp4", "video_sha256": "1" * 64},
        {"video": "after.mp4", "video_sha256": "2" * 64},
    ]


def test_two_videos_of_one_name_both_keep_their_checksum(tmp_path: Path) -> None:
    for name, digit in (("pre", "1"), ("retest", "2")):
        stored_trial(tmp_path / name, provenance={"video": "lunge.mp4", "video_sha256": digit * 64})
    compare_folders([tmp_path / "pre"], [tmp_path / "retest"], tmp_path / "out")
    provenance = json.loads((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8"))["provenance"]
    assert "1" * 64 in str(provenance)
    assert "2" * 64 in str(provenance)


# Sessions


def test_a_session_without_one_usable_recording_names_every_reason_and_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "visit"
    source.mkdir()
    (source / "bend.mp4").write_text("not a video " * 50)
    (source / "again.mp4").touch()
    text = "".join(
        f'[[trials]]\nfile = "{name}"\nmovement = "toe-touch"\nphase = "{phase}"\n'
        for name, phase in (("bend.mp4", "pre"), ("again.mp4", "retest"))
    )
    (source / SESSION_FILE).write_text(text)
    ended: list[tuple[int, Done[str]]] = []
    with pytest.raises(RecordingError) as caught:
        run_session(read_session(source), source, tmp_path / "out", workers=1, on_done=lambda *what: ended.append(what))
    assert str(caught.value).splitlines() == [
        "none of the 2 recordings could be measured:",
        "  bend.mp4: is not a video that can be read; use MP4, MOV, MKV, WEBM or AVI (photos and text are not videos).",
        "  again.mp4: is empty (0 bytes); copy it from the camera again.",
    ]
    assert sorted(number for number, _ in ended) == [0, 1]
    assert [path.name for path in tmp_path.iterdir()] == ["visit"]


def test_repeats_of_an_earlier_result_count_for_the_error(tmp_path: Path) -> None:
    pre, baseline, retest = (stored_trial(tmp_path / name) for name in ("pre", "baseline", "retest"))
    first = compare_folders([pre], [retest], tmp_path / "first", baseline=[baseline])
    alone = compare_folders([pre], [retest], tmp_path / "alone")
    itself = compare_folders([pre], [retest], tmp_path / "itself", earlier=[first.folder])
    assert itself.changes[0].difference == alone.changes[0].difference, "a recording is no repeat of itself"
    other = [stored_trial(tmp_path / name) for name in ("other pre", "other retest")]
    again = compare_folders(other[:1], other[1:], tmp_path / "again", earlier=[first.folder, first.folder])
    assert again.changes[0].difference.degrees_of_freedom > alone.changes[0].difference.degrees_of_freedom
    stored = json.loads((tmp_path / "again" / "comparison.json").read_text(encoding="utf-8"))
    assert stored["error_model"]["repeats"]["count"] == 1
    assert stored["own_repeats"]["count"] == 0
    with pytest.raises(StorageError, match=r"is no result of a session .* Give the folder"):
        compare_folders([pre], [retest], tmp_path / "out", earlier=[pre])


def test_a_result_of_the_first_version_has_no_repeats_where_it_has_one_take_of_each_test() -> None:
    assert repeats_in([Path(__file__).parent / "stored" / "session-folder"]) == OwnRepeats()
