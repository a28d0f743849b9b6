from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from posecheck.errors import MovementError
from posecheck.kinematics.joints import ANGLES, Plane, Side
from posecheck.language import language_set, translated
from posecheck.movements import AngleRef, Movement, Role, builtin_movements, load_movement, read_movement

if TYPE_CHECKING:
    from pathlib import Path

BUILTIN = builtin_movements()
FILE = "mine.toml"
GOOD = """
name = "my-bend"
version = 2
title = "My bend"
summary = "A bend."
view = "side"
posture = "standing"
sides = ["left", "right"]

[instructions]
camera = "There."
start = "Stand."
move = "Bend."

[repetition]
angle = "hip_flexion"
leg = "tested"
min_excursion_deg = 20

[[outcomes]]
name = "hip"
title = "Hip"
angle = "hip_flexion"
leg = "tested"
role = "primary"

[[compensations]]
name = "knee"
title = "Knee"
angle = "knee_flexion"
leg = "other"
measure = "end_range"
limit_deg = 10
words = "The knee bent."
"""


def error_of(text: str) -> str:
    with pytest.raises(MovementError) as caught:
        read_movement(text, FILE)
    return str(caught.value)


def changed(line: str, to: str, count: int = 1) -> str:
    assert line in GOOD
    return GOOD.replace(line, to, count)


FIVE = ["toe-touch", "knee-to-chest", "runners-lunge", "side-lunge", "crossover"]


def test_the_five_tests_come_in_the_order_of_the_protocol_before_any_other() -> None:
    assert list(BUILTIN)[:5] == FIVE


def test_a_new_session_has_the_five_tests_of_the_method() -> None:
    assert [movement.name for movement in BUILTIN.values() if movement.in_default_session] == FIVE


def test_there_is_no_movement_file_that_is_not_read() -> None:
    names = {item.name.removesuffix(".toml") for item in files("posecheck.movements").iterdir() if ".toml" in item.name}
    assert names == set(BUILTIN)


@pytest.mark.parametrize("movement", BUILTIN.values(), ids=BUILTIN.keys())
def test_a_built_in_test_is_complete(movement: Movement) -> None:
    assert movement.version >= 1
    assert movement.sources
    assert any(outcome.role is Role.PRIMARY for outcome in movement.outcomes)
    assert all(words.strip() for words in (movement.instructions.camera, movement.instructions.start))
    assert movement.side_meaning
    assert movement.repetition.ref.angle in {outcome.ref.angle for outcome in movement.outcomes}
    assert len({item.name for item in movement.compensations}) == len(movement.compensations)


@pytest.mark.parametrize("movement", BUILTIN.values(), ids=BUILTIN.keys())
def test_a_built_in_test_uses_only_words_that_we_may_use(movement: Movement) -> None:
    said = " ".join(
        [
            movement.title,
            movement.summary,
            movement.caution,
            *(outcome.context + outcome.caution for outcome in movement.outcomes),
            *(item.words for item in movement.compensations),
        ]
    )
    banned = r"diagnos|treat|rehabilit|injur|adhesion|normal|valid"
    assert not re.search(banned, said, re.IGNORECASE)


@pytest.mark.parametrize(
    ("name", "plane", "lying", "sides"),
    [
        ("toe-touch", Plane.SAGITTAL, False, ()),
        ("knee-to-chest", Plane.SAGITTAL, True, (Side.LEFT, Side.RIGHT)),
        ("runners-lunge", Plane.SAGITTAL, False, (Side.LEFT, Side.RIGHT)),
        ("side-lunge", Plane.FRONTAL, False, (Side.LEFT, Side.RIGHT)),
        ("crossover", Plane.FRONTAL, False, (Side.LEFT, Side.RIGHT)),
    ],
)
def test_view_posture_and_sides_are_those_of_the_protocol(
    name: str, plane: Plane, lying: bool, sides: tuple[Side, ...]
) -> None:
    movement = BUILTIN[name]
    assert (movement.plane, movement.lying, movement.sides) == (plane, lying, sides)
    assert movement.view_name == ("side" if plane is Plane.SAGITTAL else "front")


def test_the_lunge_has_two_primary_outcomes_of_different_legs() -> None:
    lunge = BUILTIN["runners-lunge"]
    primary = {item.name: item.ref.side(Side.LEFT) for item in lunge.outcomes if item.role is Role.PRIMARY}
    assert primary == {"hip_extension": Side.LEFT, "hip_flexion": Side.RIGHT}
    assert lunge.rear_leg_tested


def test_a_movement_of_ones_own_is_read_in_full() -> None:
    movement = read_movement(GOOD, FILE)
    assert (movement.name, movement.version, movement.view_name) == ("my-bend", 2, "side")
    assert movement.sides == (Side.LEFT, Side.RIGHT)
    assert movement.repetition.min_excursion_deg == 20.0
    assert movement.outcome("hip").ref == AngleRef("hip_flexion", "tested", "as_defined")
    (knee,) = movement.compensations
    assert (knee.ref.leg, knee.measure, knee.limit_deg, knee.matched) == ("other", "end_range", 10.0, True)
    assert (movement.caution, movement.stretch, movement.rear_leg_tested, movement.legs_in_plane) == (
        "",
        "",
        False,
        False,
    )


def test_a_file_of_ones_own_is_loaded_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_movement(path).name == "my-bend"
    assert load_movement(str(path)).name == "my-bend"
    assert load_movement("crossover") == BUILTIN["crossover"]


@pytest.mark.parametrize(
    ("line", "to", "key", "words"),
    [
        ('flexion"\nleg = "tested"\nmin', 'flex"\nleg = "tested"\nmin', "repetition.angle", "did you mean 'hip_flexion'?"),
        ('view = "side"', 'view = "sid"', "view", "unknown 'sid'; did you mean 'side'?"),
        ('posture = "standing"', 'posture = "sitting"', "posture", "unknown 'sitting'"),
        ('sides = ["left", "right"]', 'sides = ["left", "rigth"]', "sides", "did you mean 'right'?"),
        ('sides = ["left", "right"]', 'sides = "left"', "sides", "expected a list of words"),
        ('role = "primary"', 'role = "primry"', "outcomes[1].role", "did you mean 'primary'?"),
        ('leg = "other"', 'leg = "none"', "compensations[1].leg", "unknown 'none'; "),
        ('measure = "end_range"', 'measure = "end"', "compensations[1].measure", "did you mean 'end_range'?"),
        ("version = 2", 'version = "2"', "version", "expected a number from 1"),
        ("version = 2", "version = 0", "version", "expected a number from 1"),
        ("version = 2", "version = true", "version", "expected a number"),
        ("min_excursion_deg = 20", "min_excursion_deg = 1", "repetition.min_excursion_deg", "from 2 to 170, got 1"),
        ("limit_deg = 10", "limit_deg = 400", "compensations[1].limit_deg", "from 0 to 180, got 400"),
        ("limit_deg = 10", "limit_deg = 10\nmatched = 1", "compensations[1].matched", "expected true or false, got 1"),
        ('title = "My bend"', 'title = "  "', "title", "expected words in quotes"),
        ('title = "My bend"', "title = 7", "title", "expected words in quotes, got 7"),
        ('title = "My bend"', 'title = "My bend"\nstretch = "lunge"', "stretch", "did you mean 'side-lunge'?"),
        ('title = "My bend"', 'title = "My bend"\nsource = ["x"]', "source", "unknown key; did you mean 'sources'?"),
        ('camera = "There."', 'camera = "There."\nstrat = "x"', "instructions.strat", "unknown key; did you mean 'start'?"),
        ('name = "hip"', 'name = "hip"\nwieght = 1', "outcomes[1].wieght", "unknown key"),
        ('name = "knee"', 'name = "knee"\nlimit = 1', "compensations[1].limit", "unknown key; did you mean 'limit_deg'?"),
        ("min_excursion_deg = 20", "min_excursion_deg = 20\nmin = 1", "repetition.min", "unknown key"),
    ],
)  # fmt: skip
def test_a_wrong_value_or_key_is_named_with_its_file_and_a_suggestion(line: str, to: str, key: str, words: str) -> None:
    message = error_of(changed(line, to))
    assert message.startswith(f"{FILE}: {key}: ")
    assert words in message


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('name = "my-bend"', "name"),
        ("version = 2", "version"),
        ('summary = "A bend."', "summary"),
        ('view = "side"', "view"),
        ('posture = "standing"', "posture"),
        ('sides = ["left", "right"]', "sides"),
        ('camera = "There."', "instructions.camera"),
        ("min_excursion_deg = 20", "repetition.min_excursion_deg"),
        ('role = "primary"', "outcomes[1].role"),
        ('leg = "other"', "compensations[1].leg"),
        ("limit_deg = 10", "compensations[1].limit_deg"),
    ],
)
def test_a_missing_key_is_named_with_its_file(line: str, key: str) -> None:
    assert error_of(changed(line, "")) == f"{FILE}: {key}: is missing."


@pytest.mark.parametrize(("table", "key"), [("[repetition]", "repetition"), ("[instructions]", "instructions")])
def test_a_missing_table_is_named(table: str, key: str) -> None:
    assert error_of(changed(table, "[something]")).startswith(f"{FILE}: {key}: ")


def test_a_movement_without_outcomes_or_without_a_primary_one_is_refused() -> None:
    assert "role" in error_of(changed('role = "primary"', 'role = "secondary"'))
    without = GOOD[: GOOD.index("[[outcomes]]")]
    assert error_of(without) == f"{FILE}: outcomes: expected at least one [[outcomes]]."


def test_two_outcomes_of_one_name_are_refused() -> None:
    again = '\n[[outcomes]]\nname = "hip"\ntitle = "H"\nangle = "hip_flexion"\nleg = "other"\nrole = "secondary"\n'
    assert "two outcomes are called 'hip'" in error_of(GOOD + again)


OTHERWISE = """
[[repetition.otherwise]]
angle = "trunk_flexion"
min_excursion_deg = 15

[[outcomes]]"""


def test_repetitions_can_be_found_by_other_angles_where_the_first_is_hidden() -> None:
    rule = read_movement(changed("\n[[outcomes]]", OTHERWISE), FILE).repetition
    assert [(item.ref.angle, item.min_excursion_deg) for item in rule.signals] == [
        ("hip_flexion", 20.0),
        ("trunk_flexion", 15.0),
    ]
    assert len(read_movement(GOOD, FILE).repetition.signals) == 1


def test_a_wrong_key_or_an_unseen_angle_of_another_signal_is_named() -> None:
    def error(line: str, to: str) -> str:
        return error_of(changed("\n[[outcomes]]", OTHERWISE.replace(line, to)))

    assert error("= 15", "= 1").startswith(f"{FILE}: repetition.otherwise[1].min_excursion_deg: ")
    assert error("= 15", "= 15\nleast = 2").startswith(f"{FILE}: repetition.otherwise[1].least: unknown key")
    assert error("trunk_flexion", "pelvic_obliquity").startswith(f"{FILE}: repetition.otherwise[1]: Pelvic obliquity")


START = """
[[start]]
angle = "trunk_flexion"
low_deg = -20
words = "Stand upright."
"""


def test_a_start_position_has_bounds_and_words() -> None:
    (rule,) = read_movement(GOOD + START, FILE).start
    assert (rule.ref.angle, rule.ref.leg, rule.low_deg, rule.high_deg) == ("trunk_flexion", "none", -20.0, 180.0)
    assert rule.words == "Stand upright."
    assert read_movement(GOOD, FILE).start == ()


def test_a_start_position_that_the_view_cannot_show_is_refused() -> None:
    frontal = START.replace("trunk_flexion", "trunk_lateral_flexion")
    assert error_of(GOOD + frontal).startswith(
        f"{FILE}: start[1]: Trunk lateral flexion cannot be measured in a side view"
    )
    assert "start[1].low_deg: expected a number" in error_of(GOOD + START.replace("-20", '"low"'))


@pytest.mark.parametrize("movement", BUILTIN.values(), ids=BUILTIN.keys())
def test_every_built_in_test_says_what_its_start_position_is(movement: Movement) -> None:
    assert movement.start
    assert all(rule.low_deg < rule.high_deg and rule.words.endswith(".") for rule in movement.start)


def test_two_compensations_of_one_name_are_refused() -> None:
    again = GOOD[GOOD.index("[[compensations]]") :].replace('leg = "other"', 'leg = "tested"')
    assert "two compensations are called 'knee'" in error_of(GOOD + again)


@pytest.mark.parametrize(
    ("view", "angle", "where", "film"),
    [
        ("front", "hip_flexion", "repetition", "Film from the side"),
        ("side", "leg_abduction", "repetition", "Film from the front"),
    ],
)
def test_an_angle_that_the_view_cannot_show_is_refused(view: str, angle: str, where: str, film: str) -> None:
    text = GOOD.replace('view = "side"', f'view = "{view}"').replace('angle = "hip_flexion"', f'angle = "{angle}"')
    message = error_of(text)
    assert message.startswith(f"{FILE}: {where}: {ANGLES[angle].title} cannot be measured in a {view} view")
    assert film in message


def test_an_unseen_compensation_is_named() -> None:
    message = error_of(changed('angle = "knee_flexion"', 'angle = "hip_abduction"'))
    assert message.startswith(f"{FILE}: compensations 'knee': Hip abduction cannot be measured in a side view")


def test_three_dimensional_angles_are_not_tied_to_a_view() -> None:
    text = changed('angle = "knee_flexion"', 'angle = "hip_abduction"')
    movement = read_movement('angle_source = "world"\n' + text, FILE)
    assert movement.angle_source == "world"


def test_an_angle_of_the_trunk_takes_no_leg() -> None:
    trunk = changed('angle = "knee_flexion"\nleg = "other"', 'angle = "trunk_flexion"')
    assert read_movement(trunk, FILE).compensations[0].ref.leg == "none"
    assert error_of(changed('angle = "knee_flexion"', 'angle = "trunk_flexion"')).startswith(
        f"{FILE}: compensations[1].leg: unknown 'other'"
    )


def test_what_is_no_toml_says_so() -> None:
    assert error_of("name = ").startswith(f"{FILE}: not valid TOML: ")


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "{ a = " * 5000, "a = " + "9" * 5000])
def test_toml_beyond_what_python_reads_says_so(text: str) -> None:
    assert "too deep" in error_of(text)


def test_an_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(MovementError, match=r"unknown movement 'toe-tuch'; did you mean 'toe-touch'\?"):
        load_movement("toe-tuch")
    with pytest.raises(MovementError, match="known: toe-touch, knee-to-chest"):
        load_movement("zzz")


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    absent, binary = tmp_path / "absent.toml", tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (absent, binary, tmp_path.with_suffix(".toml")):
        with pytest.raises(MovementError, match=re.escape(str(path))):
            load_movement(path)


@pytest.mark.parametrize(
    ("sign", "left", "right"),
    [("as_defined", 1.0, 1.0), ("negated", -1.0, -1.0), ("towards_tested", -1.0, 1.0), ("away_from_tested", 1.0, -1.0)],
)
def test_signs_turn_an_angle_so_that_more_range_is_larger(sign: str, left: float, right: float) -> None:
    """Trunk lateral flexion is positive to the right."""
    ref = AngleRef("trunk_lateral_flexion", "none", sign)  # type: ignore[arg-type]
    assert ref.factor(Side.LEFT) == left
    assert ref.factor(Side.RIGHT) == right
    assert ref.side(Side.LEFT) is None
    assert ref.column(Side.LEFT) == "trunk_lateral_flexion_deg"


def test_the_other_leg_is_the_other_leg() -> None:
    ref = AngleRef("hip_flexion", "other")
    assert ref.side(Side.LEFT) is Side.RIGHT
    assert ref.column(Side.LEFT) == "right_hip_flexion_deg"


def test_what_a_test_says_and_what_its_side_is_called_comes_in_every_language() -> None:
    lunge = load_movement("runners-lunge")
    with language_set("de"):
        assert translated(lunge.instructions.start).startswith("Stell dich in weiter Schrittstellung hin")
        assert translated(lunge.side_phrase("left")) == "linkes Bein hinten"
    with language_set("fr"):
        assert translated(lunge.side_phrase("right")) == "jambe droite derrière"


def test_braces_in_words_of_ones_own_are_no_places() -> None:
    lunge = replace(load_movement("runners-lunge"), side_words="{side} leg {behind")
    assert lunge.side_phrase("left") == "left leg {behind"
    with language_set("de"):
        assert translated(lunge.side_phrase("left")) == "left leg {behind"
