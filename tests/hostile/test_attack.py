"""A few of the hostile inputs of ``make attack``: none is answered by a mistake, and a run goes on where it was stopped."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from attack import run_attack
from inputs import KINDS, Target, input_number


def small_archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("posecheck.json", json.dumps({"tables": {"person": [{"id": "0" * 24, "name": "Anna"}]}}))
    return made.getvalue()


TARGET = Target([("GET", "/"), ("POST", "/api/people")], {"session_id": "0" * 24}, small_archive())


def test_an_input_is_the_same_each_time_and_every_kind_comes() -> None:
    numbers = range(400)
    inputs = [input_number(number, TARGET, seed=3) for number in numbers]
    again = [input_number(number, TARGET, seed=3) for number in numbers]
    assert [made.path for made in inputs] == [made.path for made in again]
    # A ZIP holds the time of day, so that of archives the kind alone is compared.
    assert [made.body for made in inputs if made.kind != "archive"] == [
        made.body for made in again if made.kind != "archive"
    ]
    assert {made.kind for made in inputs} == set(KINDS)
    assert [made.path for made in inputs] != [input_number(number, TARGET, seed=4).path for number in numbers]


@pytest.mark.slow
def test_hostile_inputs_are_refused_in_words_and_leave_nothing(tmp_path: Path) -> None:
    first = run_attack(tmp_path, 40)
    assert first.following == 40
    state = run_attack(tmp_path, 160)
    assert state.following == 160
    assert sum(sum(counted.values()) for counted in state.answers.values()) == 160, "what was sent is not sent again"
    assert state.faults == []
    assert state.elsewhere == []
    assert state.tracebacks == 0, (tmp_path / "printed.txt").read_text()[-3000:]
    assert state.peak_mb < 600
    assert json.loads((tmp_path / "state.json").read_text())["following"] == 160
