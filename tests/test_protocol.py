"""The method as data, its words, and what it suggests."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import posecheck
from posecheck import protocol
from posecheck.kinematics.joints import Side
from posecheck.movements import builtin_movements
from posecheck.protocol import (
    GRIPS,
    LIMITS_WORDS,
    PROTOCOL,
    SAFETY_WORDS,
    STRETCHES,
    FreerMotion,
    SuggestionKind,
    TighterSide,
    suggest,
)
from posecheck.trial.trial import Felt, SetUp, Trial

FORBIDDEN = re.compile(
    r"\b(diagnos\w*|treat(s|ed|ing|ment\w*)?|rehab\w*|injury risk|risk of injury|adhesion\w*"
    r"|(ab)?normal(ly|ity)?|validated)\b",
    re.IGNORECASE,
)
DOSES = re.compile(r"\b\d+\s*(s|sec|seconds|min|minutes|times|sets|reps|repetitions|x)\b", re.IGNORECASE)


def shipped_words() -> list[tuple[str, str]]:
    """The words of the method, the movements, and every page and report."""
    package = Path(posecheck.__file__).parent
    found = (package / "protocol.py", *sorted(package.rglob("*.toml")), *sorted(package.rglob("*.j2")))
    return [(path.relative_to(package).as_posix(), path.read_text(encoding="utf-8")) for path in found]


@pytest.mark.parametrize(("name", "text"), shipped_words(), ids=[name for name, _ in shipped_words()])
def test_words_that_claim_too_much_never_appear(name: str, text: str) -> None:
    found = FORBIDDEN.search(text)
    assert found is None, f"{name} says '{found and found.group()}'"


def test_the_search_for_forbidden_words_finds_them() -> None:
    assert FORBIDDEN.search("This diagnoses adhesions") is not None
    assert FORBIDDEN.search("no abnormality") is not None


def test_the_method_has_six_steps_two_grips_three_stretches() -> None:
    assert [step.number for step in PROTOCOL] == [1, 2, 3, 4, 5, 6]
    assert [grip.name for grip in GRIPS] == ["diagonal-pull", "lateral-pull"]
    assert [stretch.name for stretch in STRETCHES] == ["runners-lunge", "side-lunge", "crossover"]


def test_no_dose_is_given() -> None:
    words = [item.words for item in PROTOCOL] + [item.how for item in GRIPS] + [item.held for item in STRETCHES]
    assert not [text for text in words if DOSES.search(text)]


def test_the_pairing_of_grip_and_stretch_is_labelled_as_our_own_inference() -> None:
    assert "own inference" in protocol.PAIRING_WORDS
    assert {grip for stretch in STRETCHES for grip in stretch.grips} <= {grip.name for grip in GRIPS}


def test_safety_words_name_every_reason_to_skip() -> None:
    text = " ".join(SAFETY_WORDS)
    for word in (
        "licensed professional",
        "painful",
        "exquisitely tender",
        "physician",
        "abdominal surgery",
        "pregnancy",
    ):
        assert word in text
    for word in (
        "hernia",
        "aneurysm",
        "bowel",
        "unexplained pain or fever",
        "anticoagulants",
        "whether it is safe for you",
    ):
        assert word in text
    assert any("fitness" in sentence for sentence in LIMITS_WORDS)


def test_every_movement_that_names_a_stretch_names_one_of_the_method() -> None:
    names = {stretch.name for stretch in STRETCHES}
    assert {item.stretch for item in builtin_movements().values()} <= names | {""}


def trial(movement: str, side: Side = Side.LEFT, stiffness: float | None = None) -> Trial:
    definition = builtin_movements()[movement]
    return Trial(
        definition.name,
        definition.title,
        definition.version,
        side,
        bool(definition.sides),
        (),
        (),
        (),
        (),
        SetUp("side", 1, 0.0, 0.0, 0.7),
        felt=Felt(stiffness=stiffness),
        stretch=definition.stretch,
    )


def tighter(movement: str, side: Side = Side.LEFT) -> TighterSide:
    return TighterSide(movement, movement.replace("-", " "), "Hip extension", side, 11.0)


def freer(movement: str, outcome: str) -> FreerMotion:
    advice = builtin_movements()[movement].outcome(outcome).reeducation
    return FreerMotion(
        movement, movement.replace("-", " "), outcome, outcome.replace("_", " "), Side.LEFT, 12.0, advice
    )


@pytest.mark.parametrize("movement", ["runners-lunge", "side-lunge", "crossover"])
def test_a_restricted_stretch_test_suggests_its_own_stretch(movement: str) -> None:
    found = [item for item in suggest([trial(movement, stiffness=4)]) if item.kind is SuggestionKind.STRETCH]
    assert [item.stretches for item in found] == [(movement,)]
    assert "4 of 10" in found[0].because


def test_toe_touch_and_knee_to_chest_point_to_no_one_stretch() -> None:
    found = suggest([trial("toe-touch", stiffness=3), trial("knee-to-chest", stiffness=2)])
    assert len(found) == 1
    assert found[0].stretches == ("runners-lunge", "side-lunge", "crossover")
    assert "no one stretch" in found[0].words


def test_without_a_restricted_test_all_stretches_are_offered() -> None:
    found = suggest([trial("runners-lunge"), trial("side-lunge", stiffness=0)])
    assert [len(item.stretches) for item in found] == [3]


def test_a_tighter_side_asks_for_more_time_and_for_the_stretch_of_its_test() -> None:
    found = suggest([trial("side-lunge"), trial("side-lunge", Side.RIGHT)], tighter=[tighter("side-lunge")])
    assert [item.kind for item in found] == [SuggestionKind.TIGHTER_SIDE, SuggestionKind.STRETCH]
    assert "left" in found[0].words
    assert found[1].stretches == ("side-lunge",)


def test_an_opened_front_of_the_hip_is_re_educated_with_bridges() -> None:
    found = suggest([trial("runners-lunge")], freer=[freer("runners-lunge", "hip_extension")])
    assert found[0].title == "Bridges"
    assert "+12°" in found[0].because


@pytest.mark.parametrize("movement", ["toe-touch", "knee-to-chest"])
def test_freer_folding_is_re_educated_with_hip_flexor_work(movement: str) -> None:
    assert suggest([trial(movement)], freer=[freer(movement, "hip_flexion")])[0].title == "Hip-flexor work"


def test_other_gains_suggest_no_re_education() -> None:
    found = suggest([trial("runners-lunge")], freer=[freer("runners-lunge", "hip_flexion")])
    assert SuggestionKind.REEDUCATION not in {item.kind for item in found}


def test_a_movement_of_ones_own_without_stretch_is_offered_all() -> None:
    own = replace(trial("toe-touch", stiffness=5), movement="my-test", movement_title="My test")
    assert "My test points to no one stretch" in suggest([own])[0].words


def test_once_a_stretch_hurt_nothing_else_is_suggested() -> None:
    (only,) = suggest([trial("toe-touch", stiffness=9)], hurt=True)
    assert only.kind is SuggestionKind.STOP
    assert "physician" in only.words
