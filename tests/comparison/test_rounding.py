"""An angle is told in whole degrees, by one function, and the sign ± is written nowhere."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

import posecheck
from posecheck.comparison.rounding import look_alike, rounded, told, told_error, told_spread

TOLD = (".py", ".j2", ".js", ".toml")
ROOT = Path(posecheck.__file__).parent
DECIMALS_OF_AN_ANGLE = re.compile(
    r"""\.[1-9]f\}°|toFixed\([1-9]\)\}?°|"%\.1f" ?\| ?format\([^)]*(?:value|deg|mean)[^)]*\)"""
    r"""|%\{y:\.[1-9]|\{:[+z]*\.1f\}"""
)
ERRORS_IN_PARTS = {"output/report/words.py: .1f}°", "cli/console.py: {:z.1f}"}
"""What an error is made of, to be added up by hand; and the plan, whose numbers are expected and not measured."""


@pytest.mark.parametrize(
    ("value", "words"),
    [(1.25, "+1"), (-3.0, "−3"), (-0.01, "0"), (0.4, "0"), (math.nan, "–"), (math.inf, "–"), (86.6, "+87")],
)
def test_numbers_have_a_real_minus_and_no_minus_zero(value: float, words: str) -> None:
    assert rounded(value, sign=True) == words


def test_a_number_has_its_unit_and_a_missing_one_none() -> None:
    assert (told(87.4), told(29.6, "pct"), told(math.nan)) == ("87°", "30 %", "–")


@pytest.mark.parametrize(("sd", "words"), [(0.2, "under 1°"), (1.6, "2°"), (math.nan, "–")])
def test_a_spread_below_a_degree_is_not_told_as_none(sd: float, words: str) -> None:
    assert told_spread(sd) == words


def test_an_error_is_never_told_as_less_than_it_is() -> None:
    assert (told_error(4.2), told_error(13.0), told_error(None), told_error(math.nan)) == ("5°", "13°", "", "")


def test_two_numbers_that_are_told_alike_are_known() -> None:
    assert look_alike(-7.4, 6.9)
    assert not look_alike(7.4, 8.1)


def told_files() -> list[Path]:
    folders = (ROOT / name for name in ("cli", "comparison", "output", "web"))
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in TOLD]
    return [path for path in found if path.name != "rounding.py"]


def test_no_page_report_or_command_writes_a_sign_with_two_meanings() -> None:
    assert [str(path) for path in told_files() if "±" in path.read_text(encoding="utf-8")] == []


def test_no_page_report_or_command_rounds_an_angle_by_itself() -> None:
    found = {
        f"{path.relative_to(ROOT).as_posix()}: {match[0]}"
        for path in told_files()
        for match in DECIMALS_OF_AN_ANGLE.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == ERRORS_IN_PARTS
