from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.file_names import NameTells, read_name, without_phase
from posecheck.movements import builtin_movements

if TYPE_CHECKING:
    from collections.abc import Callable

TESTS = builtin_movements()
PHASES = {
    "pre": ("pre", "pretest", "pre-test", "before"),
    "baseline": ("baseline",),
    "retest": ("retest", "re-test", "post", "posttest", "after"),
}
TRAPS = (
    *(
        "posture",
        "upright",
        "bright",
        "leftover",
        "compressed",
        "express",
        "preview",
        "postpone",
        "crossfit",
        "copyright",
    ),
    *("cleft", "spread", "present", "afternoon", "postal", "prepared", "tiptoed", "plunge", "orchestra", "Vorschau"),
)
"""Words that hold one of the words, and are none."""

WRITTEN: tuple[Callable[[list[str]], str], ...] = (
    "-".join,
    "_".join,
    " ".join,
    ".".join,
    " – ".join,
    lambda words: "".join(word.capitalize() for word in words),
    lambda words: "_".join(word.upper() for word in words),
    lambda words: words[0] + "".join(word.capitalize() for word in words[1:]),
    "".join,
)
"""Ways in which people write several words as a name."""


def told(name: str) -> NameTells:
    return read_name(name, TESTS)


@given(
    test=st.sampled_from(sorted(TESTS)),
    side=st.sampled_from(["left", "right", ""]),
    phase=st.sampled_from([(key, word) for key, group in PHASES.items() for word in group]),
    place=st.integers(0, 5),
    write=st.sampled_from(WRITTEN),
)
def test_test_side_and_block_are_read_in_every_order_and_way_of_writing(
    test: str, side: str, phase: tuple[str, str], place: int, write: Callable[[list[str]], str]
) -> None:
    key, word = phase
    groups = [test.split("-"), [side] if side else [], word.split("-")]
    orders = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
    words = [part for number in orders[place] for part in groups[number]]
    assert told(write(words)) == NameTells((test,), (side,) if side else (), (key,))


@given(
    trap=st.sampled_from(TRAPS),
    joined=st.sampled_from(["-", "_", " ", "."]),
    write=st.sampled_from([str, str.upper, str.capitalize]),
)
def test_a_word_within_another_tells_nothing(trap: str, joined: str, write: Callable[[str], str]) -> None:
    assert told(write(trap)) == NameTells((), (), ())
    name = joined.join([write(trap), "toe", "touch", "pre"])
    assert told(name) == NameTells(("toe-touch",), (), ("pre",))


@given(st.text(max_size=40))
def test_any_name_at_all_is_read(name: str) -> None:
    tells = told(name)
    assert set(tells.sides) <= {"left", "right"}
    assert set(tells.movements) <= set(TESTS)


@pytest.mark.parametrize(
    ("name", "movements"),
    [
        ("runner's lunge", ("runners-lunge",)),
        ("runner’s lunge", ("runners-lunge",)),
        ("runner lunge", ("runners-lunge",)),
        ("lunges", ("runners-lunge",)),
        ("LateralLunge", ("side-lunge",)),
        ("toes", ("toe-touch",)),
        ("Tóe Toüch", ("toe-touch",)),
        ("crossed legs", ("crossover",)),
        ("ITBleft", ("crossover",)),
        ("knee 2 chest", ("knee-to-chest",)),
        ("straight leg raises", ("active-straight-leg-raise",)),
        ("toe-touch after lunge", ("toe-touch",)),
        ("Thomas, runners lunge", ("runners-lunge",)),
        ("Thomas, lunge", ("runners-lunge", "modified-thomas-test")),
        ("side left lunge", ("runners-lunge", "side-lunge")),
        ("lunge left side", ("runners-lunge", "side-lunge")),
        ("runners lunge left side", ("runners-lunge",)),
    ],
)
def test_tests_are_known_by_the_words_that_people_use_and_what_is_unclear_stays_so(
    name: str, movements: tuple[str, ...]
) -> None:
    assert told(name).movements == movements


@pytest.mark.parametrize(
    ("name", "tells"),
    [
        ("Vorbeuge Vortest", NameTells(("toe-touch",), (), ("pre",))),
        ("AusfallschrittLinksVorher", NameTells(("runners-lunge",), ("left",), ("pre",))),
        ("Ausfallschritt, rechtes Bein vorn", NameTells(("runners-lunge",), (), ())),
        (
            "seitlicher Ausfallschritt rechts nachher, Aufnahme 2",
            NameTells(("side-lunge",), ("right",), ("retest",), 2),
        ),
        ("Überkreuz links danach", NameTells(("crossover",), ("left",), ("retest",))),
        ("zancada lateral derecha después", NameTells(("side-lunge",), ("right",), ("retest",))),
        ("rodilla al pecho izquierda prueba previa", NameTells(("knee-to-chest",), ("left",), ("pre",))),
        ("flexion avant pré-test", NameTells(("toe-touch",), (), ("pre",))),
        ("fente latérale droite après essai 2", NameTells(("side-lunge",), ("right",), ("retest",), 2)),
        ("Ausfallschritt nach vorn", NameTells(("runners-lunge",), (), ())),
    ],
)
def test_names_are_read_in_every_language_that_posecheck_speaks(name: str, tells: NameTells) -> None:
    assert told(name) == tells


@pytest.mark.parametrize(
    ("name", "phases"),
    [
        ("p-retest", ("retest",)),
        ("P retest", ("retest",)),
        ("REtest", ("retest",)),
        ("PREtest", ("pre",)),
        ("pre2", ("pre",)),
        ("baseline before", ("baseline",)),
        ("before and after", ("pre", "retest")),
        ("prè", ("pre",)),
    ],
)
def test_the_block_is_read_as_words_and_two_blocks_are_both_told(name: str, phases: tuple[str, ...]) -> None:
    assert told(name).phases == phases


@pytest.mark.parametrize(
    ("name", "sides"),
    [
        ("lunge left leg in front", ()),
        ("side-lunge right knee bent", ()),
        ("lunge left leg behind, right in front", ("left", "right")),
        ("side-lunge left straight, front view", ("left",)),
        ("crossover right leg back", ("right",)),
        ("front squat", ()),
    ],
)
def test_the_side_of_the_leg_in_front_is_not_taken_for_that_of_the_tested_one(
    name: str, sides: tuple[str, ...]
) -> None:
    assert told(name).sides == sides


def test_both_sides_in_a_name_are_both_told() -> None:
    assert told("left-vs-right").sides == ("left", "right")


def test_the_two_recordings_that_are_compared_have_one_name_without_the_block() -> None:
    for pre, retest in product(
        ("toe_touch_pre", "toe-touch-pretest", "ToeTouchBefore"), ("toe_touch_retest", "toe touch post")
    ):
        assert without_phase(pre) == ("toe-touch", "pre")
        assert without_phase(retest) == ("toe-touch", "retest")
