"""What the pages say of the error of a change: the worked example by hand, the picture, and the numbers in the prose."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from posecheck.comparison.planning import detectable_change_deg, main_outcomes
from posecheck.comparison.priors import ErrorSource, priors_table
from posecheck.movements import builtin_movements

ROOT = Path(__file__).resolve().parents[2]
if not (ROOT / "docs" / "index.md").is_file():  # the tests of an installed package, without its pages
    pytest.skip("no documentation here", allow_module_level=True)
sys.path.insert(0, str(ROOT))

from benchmarks.planning import by_repetitions, by_takes, numbers_in  # noqa: E402
from scripts.error_tables import range_words  # noqa: E402

METHOD = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
PLANNING = (ROOT / "docs" / "planning.md").read_text(encoding="utf-8")
ROUNDED = 0.011
"""Two decimals are printed."""
T_975 = {10: 2.228, 11: 2.201, 12: 2.179, 13: 2.160, 14: 2.145, 15: 2.131, 16: 2.120, 17: 2.110, 18: 2.101, 20: 2.086}
"""A printed table of Student's t, 97.5 %."""


def step(number: int) -> str:
    example = METHOD.split("<!-- generated worked example: begin -->")[1].split("<!-- generated")[0]
    return re.findall(r"^\d\. (.*)$", example, re.MULTILINE)[number - 1]


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def variance(values: list[float]) -> float:
    return sum((value - mean(values)) ** 2 for value in values) / (len(values) - 1)


@pytest.fixture(scope="module")
def measured() -> tuple[list[float], list[float]]:
    before, after = (numbers(text) for text in re.findall(r"\(([\d., ]+)\)", step(1)))
    return before, after


def test_the_example_begins_with_means_and_spreads_of_its_values(measured: tuple[list[float], list[float]]) -> None:
    before, after = measured
    assert f"Means {mean(before):.1f} and {mean(after):.1f}" in step(1)
    assert f"standard deviations {variance(before) ** 0.5:.1f} and {variance(after) ** 0.5:.1f}" in step(1)
    assert f"The change is +{mean(after) - mean(before):.1f} degrees" in step(1)


def test_the_example_s_rows_are_those_of_the_table() -> None:
    camera, camera_freedom, person, person_freedom = numbers(step(2).split("σ_take²")[0])
    expected, freedom = re.search(r"s0 ([\d.]+) \(ν0 (\d+)\)", step(3)).groups()  # type: ignore[union-attr]
    table = METHOD.split("<!-- generated error model: begin -->")[1].split("<!-- generated")[0]
    rows = [line for line in table.splitlines() if line.startswith(("| toe-touch | hip flexion", "| any other"))]
    for sd_deg, known in ((camera, camera_freedom), (person, person_freedom), (float(expected), float(freedom))):
        assert any(f"| {sd_deg:g}° | {known:g} |" in row for row in rows)


def test_the_example_comes_out_by_hand(measured: tuple[list[float], list[float]]) -> None:
    camera, camera_freedom, person, person_freedom = numbers(step(2).split("σ_take²")[0])
    take = camera**2 + person**2
    take_freedom = take**2 / (camera**4 / camera_freedom + person**4 / person_freedom)
    assert f"= {take:.2f}." in step(2)
    assert f"= {2 * take:.2f}." in step(2)
    assert f"= {take_freedom:.1f}." in step(2)
    expected, freedom = (float(text) for text in re.search(r"s0 ([\d.]+) \(ν0 (\d+)\)", step(3)).groups())  # type: ignore[union-attr]
    seen = 2 * variance(measured[0]) + 2 * variance(measured[1])
    repetition = (freedom * expected**2 + seen) / (freedom + 4)
    assert f"= {repetition:.2f}." in step(3)
    of_takes, of_repetitions = 2 * take, repetition * (1 / 3 + 1 / 3)
    error = (of_takes + of_repetitions) ** 0.5
    known = (of_takes + of_repetitions) ** 2 / (of_takes**2 / take_freedom + of_repetitions**2 / (freedom + 4))
    assert f"SE = {error:.2f}." in step(4)
    assert f"= {known:.1f}; t" in step(4)
    smallest = numbers(step(5))[3]
    assert smallest == pytest.approx(T_975[round(known)] * error, abs=0.12)  # t of a whole number of degrees of freedom
    change = mean(measured[1]) - mean(measured[0])
    low, high = re.search(r"range (-?[\d.]+) to ([\d.]+)", step(5)).groups()  # type: ignore[union-attr]
    assert (float(low), float(high)) == pytest.approx((change - smallest, change + smallest), abs=0.11)
    assert ("larger than measurement error" in step(5)) == (change > smallest)


def test_the_example_s_second_take_and_own_repeats_come_out_by_hand() -> None:
    take = float(re.search(r"the take counts ([\d.]+) ·", step(6))[1])  # type: ignore[index]
    assert float(re.search(r"\(1/2 \+ 1/2\) = ([\d.]+)", step(6))[1]) == pytest.approx(take, abs=ROUNDED)  # type: ignore[index]
    one, two = numbers(step(5))[3], float(re.search(r"MDC95 is ([\d.]+)", step(6))[1])  # type: ignore[index]
    assert two == pytest.approx(one / 2**0.5, rel=0.04)  # t is a little smaller, too
    count, ratios = int(re.search(r"With (\d+) repeats", step(7))[1]), 7.0  # type: ignore[index]
    known = float(re.search(r"f² = \(([\d.]+) \+", step(7))[1])  # type: ignore[index]
    square = float(re.search(r"\) = ([\d.]+)\. σ_take²", step(7))[1])  # type: ignore[index]
    assert square == pytest.approx((known + ratios) / (known + count), abs=ROUNDED)
    assert float(re.search(r"MDC95 is ([\d.]+)", step(7))[1]) < one  # type: ignore[index]


# --- the table and the plan


def test_every_row_of_expected_errors_has_a_source_on_the_page() -> None:
    for row in priors_table().values():
        assert row.source != "chosen by us"
        assert row.source.replace("|", "\\|") in METHOD


def test_every_judged_outcome_has_a_row_of_its_own_for_the_person() -> None:
    own = {(row.movement, row.outcome) for row in priors_table().values() if row.kind is ErrorSource.PERSON}
    judged = {
        (movement.name, outcome.name)
        for movement in builtin_movements().values()
        for outcome in movement.outcomes
        if outcome.role != "context"
    }
    assert judged <= own


def test_the_picture_of_the_plan_shows_what_the_program_says() -> None:
    assert numbers_in() == [by_takes(), by_repetitions()], "run: python -m benchmarks.planning"


def test_the_readme_names_the_smallest_changes_that_the_program_says() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"changes of {range_words(1)} degrees or more stand out" in readme
    assert f"with two takes each of {range_words(2)}, depending on the test" in readme
    assert f"the smallest change that can be detected is {range_words(1)} degrees" in readme
    assert "less than half a degree" in " ".join((ROOT / "docs" / "limits.md").read_text(encoding="utf-8").split())
    for movement in builtin_movements().values():
        for outcome in main_outcomes(movement):
            names = movement.name, outcome.name
            assert 0 < detectable_change_deg(*names) - detectable_change_deg(*names, repetitions=10) < 0.5


def test_what_the_plan_says_of_takes_and_repetitions_is_so() -> None:
    assert "about 30 % smaller" in " ".join(PLANNING.split())
    assert "More repetitions hardly help" in PLANNING
    for movement in builtin_movements().values():
        for outcome in main_outcomes(movement):
            names = movement.name, outcome.name
            one, two = (detectable_change_deg(*names, takes, takes) for takes in (1, 2))
            assert two / one == pytest.approx(0.70, abs=0.03)
            assert detectable_change_deg(*names, repetitions=10) / one > 0.9
            gains = [
                detectable_change_deg(*names, takes, takes) - detectable_change_deg(*names, takes + 1, takes + 1)
                for takes in (1, 2, 3)
            ]
            assert gains == sorted(gains, reverse=True)
