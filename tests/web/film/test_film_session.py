"""A whole session in front of a camera that plays sample videos: one press of Start, then no input until the result."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from browser import FAKE_CAMERA, chromium, page_of
from clips import ROOT, SAMPLES, call
from joined_clips import write_camera
from webapp import serve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from playwright.sync_api import Page
    from webapp import Served

CLIPS = {
    ("knee-to-chest", "left"): "knee_to_chest_left",
    ("knee-to-chest", "right"): "knee_to_chest_right",
    ("side-lunge", "left"): "side_lunge_left_leg_straight",
    ("side-lunge", "right"): "side_lunge_right_leg_straight",
}
"""Both sides of two tests, lying and standing, from the side and from the front."""
TRUTH = {
    ("knee-to-chest", "left"): "hip_flex_L",
    ("knee-to-chest", "right"): "hip_flex_R",
    ("side-lunge", "left"): "hip_abd_L",
    ("side-lunge", "right"): "hip_abd_R",
}
OUTCOMES = {"knee-to-chest": "hip_flexion", "side-lunge": "hip_abduction"}
FIRST_STILL_S, STILL_S = 16.0, 12.0
"""A clip's first picture stands still this long: for the announcement, and for the model to load before the first one."""
HOLD_S, READY_S = 4, 2
STRETCH_S = 6 + 2 * (HOLD_S + READY_S) + 1
"""Its announcement, both sides, and a moment."""
RUN_WITHIN_MS = 420_000
MEASURED_WITHIN_MS = 400_000
Row = dict[str, str]


def camera_parts() -> list[tuple[str, float]]:
    """What the camera sees, in the order in which the session asks for it."""
    names = [f"{clip}_{phase}" for phase in ("pre", "retest") for clip in CLIPS.values()]
    others = [STILL_S] * (len(CLIPS) - 1)
    stills = [FIRST_STILL_S, *others, STILL_S + STRETCH_S, *others]
    return list(zip(names, stills, strict=True))


def set_up(page: Page) -> None:
    """Everything that is chosen before Start."""
    page.locator("#size").select_option("640x480")
    page.locator("#safe").check()
    page.locator("#stretch").select_option("side-lunge")
    page.locator("#left-s").fill(str(HOLD_S))
    page.locator("#right-s").fill(str(HOLD_S))
    page.locator("#ready").fill(str(READY_S))


@pytest.mark.alone
@pytest.mark.model
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_session_films_itself_from_start_to_result_and_its_changes_are_those_of_the_recordings(
    tmp_path: Path,
) -> None:
    film = write_camera(tmp_path / "camera.mjpeg", camera_parts())
    tests = [{"movement": movement, "side": side} for movement, side in CLIPS]
    with (
        serve(tmp_path / "data") as served,
        chromium(*FAKE_CAMERA, f"--use-file-for-fake-video-capture={film}") as browser,
        page_of(browser, served.url, permissions=["camera"]) as page,
    ):
        session = served.session(tests=tests)
        page.goto(f"/sessions/{session}/film")
        set_up(page)
        page.get_by_role("button", name="Start").click()
        page.wait_for_url(f"**/sessions/{session}/result", timeout=RUN_WITHIN_MS + MEASURED_WITHIN_MS)
        stored = served.client.get(f"/api/sessions/{session}").json()
        changes = table(served.client.get(f"/api/sessions/{session}/files/changes.csv").raise_for_status().text)
        check_recordings(stored)
        check_stretch(stored)
        check_truth(changes)
        check_compare(served, stored, changes, tmp_path)


def table(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text)))


def check_recordings(stored: Mapping[str, Any]) -> None:
    """Each test and side once a block, every repetition found but one at most.

    As a knee comes up the model now and then draws both legs as one, after which they cannot be told apart for a while; in
    which pictures it does depends on those that the browser's camera drops.
    """
    takes = {(take["movement"], take["side"], take["phase"]): take for take in stored["takes"]}
    assert set(takes) == {(*test, phase) for test in CLIPS for phase in ("pre", "retest")}
    assert len(takes) == len(stored["takes"])
    assert {take["state"] for take in takes.values()} == {"measured"}
    counts = [take["summary"]["repetitions"] for take in takes.values()]
    assert max(counts) == 3
    assert sum(counts) >= 3 * len(counts) - 1


def check_stretch(stored: Mapping[str, Any]) -> None:
    done = {row["side"]: (row["stretch"], row["seconds"], row["stopped_for_pain"]) for row in stored["stretches"]}
    assert done == {side: ("side-lunge", pytest.approx(HOLD_S, abs=0.1), False) for side in ("left", "right")}


def primary_changes(rows: Sequence[Row]) -> dict[tuple[str, str], float]:
    tested = {(row["movement"], row["side"]): row for row in rows if row["outcome"] == OUTCOMES[row["movement"]]}
    return {key: float(row["change_deg"]) for key, row in tested.items() if row["role"] == "primary"}


def check_truth(rows: Sequence[Row]) -> None:
    changes = primary_changes(rows)
    assert set(changes) == set(CLIPS)
    for test, change_deg in changes.items():
        assert change_deg == pytest.approx(true_change_deg(test), abs=documented_error_deg()), test


def true_change_deg(test: tuple[str, str]) -> float:
    pre, retest = (
        json.loads((SAMPLES / f"{CLIPS[test]}_{phase}.json").read_text(encoding="utf-8"))["truth_end_range_mean_deg"]
        for phase in ("pre", "retest")
    )
    return float(retest[TRUTH[test]] - pre[TRUTH[test]])


def documented_error_deg() -> float:
    """How far the change of these outcomes may be off, as docs/accuracy.md says it."""
    words = " ".join((ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8").split())
    found = re.search(
        r"Apart from the rear hip, true changes of 8 degrees are measured to within (\d+\.\d) degrees", words
    )
    assert found
    return float(found[1])


def test_the_page_on_accuracy_says_how_far_a_change_may_be_off() -> None:
    assert documented_error_deg() > 0


def check_compare(served: Served, stored: Mapping[str, Any], changes: Sequence[Row], tmp_path: Path) -> None:
    """`posecheck compare` gives the same changes: on the trial folders, and on a pair analysed anew from its videos."""
    takes = {(take["movement"], take["side"], take["phase"]): take for take in stored["takes"]}
    folders = {key: served.site.files.take(take["id"]) for key, take in takes.items()}
    knee = {phase: tmp_path / phase for phase in ("pre", "retest")}
    for phase, folder in knee.items():
        take = takes["knee-to-chest", "left", phase]
        video = tmp_path / f"{phase}.webm"
        video.write_bytes(served.client.get(f"/api/takes/{take['id']}/video").raise_for_status().content)
        done = call("analyze", video, "-m", "knee-to-chest", "-s", "left", "-o", folder, "--no-video", "--quiet")
        assert done.code == 0, done.err
    folders |= {("knee-to-chest", "left", phase): folder for phase, folder in knee.items()}
    wanted = [word for (_, _, phase), folder in folders.items() for word in (f"--{phase}", folder)]
    assert call("compare", *wanted, "-o", tmp_path / "out").code == 0
    compared = table((tmp_path / "out" / "changes.csv").read_text(encoding="utf-8"))
    assert {key_of(row): row["change_deg"] for row in compared} == {key_of(row): row["change_deg"] for row in changes}


def key_of(row: Row) -> tuple[str, str, str]:
    return row["movement"], row["side"], row["outcome"]
