"""Before filming: what so many takes can show, for one test or all, in words and as JSON."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from clips import call

from posecheck.comparison.planning import detectable_change_deg
from posecheck.movements import Role, builtin_movements

if TYPE_CHECKING:
    from pathlib import Path


def planned(*words: object) -> Any:
    ran = call("plan", *words, "--json")
    assert ran.code == 0, ran
    return json.loads(ran.out)


def test_it_says_for_every_test_what_one_take_and_one_more_can_show() -> None:
    ran = call("plan")
    assert ran.code == 0, ran
    assert "1 take before and after, 3 repetitions each" in ran.out
    for movement in builtin_movements().values():
        assert movement.name in ran.out
        assert f"{movement.title}: With one take before and after, changes of" in ran.out
    assert "with two, " in ran.out


def test_of_one_test_it_shows_every_outcome_that_is_judged() -> None:
    movement = builtin_movements()["toe-touch"]
    judged = [item.name for item in movement.outcomes if item.role is not Role.CONTEXT]
    assert [row["outcome"] for row in planned("toe-touch")["outcomes"]] == judged


def test_its_numbers_are_those_of_the_plan_that_was_asked_for() -> None:
    document = planned("side-lunge", "--takes", 2, "--retest-takes", 1, "--repetitions", 5)
    assert (document["takes_before"], document["takes_after"], document["repetitions"]) == (2, 1, 5)
    row = document["outcomes"][0]
    smallest = detectable_change_deg("side-lunge", row["outcome"], 2, 1, repetitions=5)
    assert row["smallest_change_deg"] == pytest.approx(smallest, abs=0.001)
    more = detectable_change_deg("side-lunge", row["outcome"], 3, 2, repetitions=5)
    assert row["with_one_more_take_deg"] == pytest.approx(more, abs=0.001)
    assert row["with_one_more_take_deg"] < row["with_one_more_repetition_deg"] < row["smallest_change_deg"]


def test_there_are_as_many_takes_after_as_before_unless_it_is_told_otherwise() -> None:
    assert planned("crossover", "--takes", 3)["takes_after"] == 3


def test_a_larger_change_and_more_takes_are_found_more_often() -> None:
    def chance(*words: object) -> float:
        return float(planned("side-lunge", *words)["outcomes"][0]["chance_of_true_change"])

    assert 0 < chance("--change", 2) < chance() < chance("--change", 12) < 1
    assert chance() < chance("--takes", 2)


def test_a_test_of_ones_own_can_be_planned(tmp_path: Path) -> None:
    text = files("posecheck.movements").joinpath("side-lunge.toml").read_text(encoding="utf-8")
    file = tmp_path / "my-lunge.toml"
    file.write_text(text.replace('name = "side-lunge"', 'name = "my-lunge"'), encoding="utf-8")
    rows = planned(file)["outcomes"]
    assert {row["movement"] for row in rows} == {"my-lunge"}
    assert all(1 < row["smallest_change_deg"] < 20 for row in rows)


def test_an_unknown_test_is_refused_with_the_nearest_name() -> None:
    ran = call("plan", "side-lung")
    assert ran.code == 3
    assert "did you mean 'side-lunge'?" in ran.err


@pytest.mark.parametrize(
    "words",
    [("--takes", 0), ("--takes", 21), ("--retest-takes", -1), ("--repetitions", 0), ("--repetitions", "three")],
)
def test_numbers_that_nobody_can_film_are_refused_by_the_option_s_name(words: tuple[object, ...]) -> None:
    ran = call("plan", "toe-touch", *words)
    assert ran.code == 2
    assert str(words[0]) in ran.err
