"""A few of the hostile inputs of ``make attack``: none is answered by a mistake, and a run goes on where it was stopped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from attack import run_attack
from inputs import KINDS, Target, input_number

TARGET = Target([("GET", "/"), ("POST", "/api/people")], {"session_id": "0" * 24}, b"PK")


def test_an_input_is_the_same_each_time_and_every_kind_comes() -> None:
    numbers = [number for number in range(400) if input_number(number, TARGET, seed=3).kind != "archive"]
    assert [input_number(number, TARGET, seed=3) for number in numbers] == [
        input_number(number, TARGET, seed=3) for number in numbers
    ]
    assert {input_number(number, TARGET, seed=3).kind for number in numbers} == set(KINDS) - {"archive"}
    assert input_number(1, TARGET, seed=3) != input_number(1, TARGET, seed=4)


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
