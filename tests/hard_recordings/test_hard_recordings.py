from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from file_table import CASES as FILES
from person_table import CASES as PEOPLE
from picture_table import CASES as PICTURES
from repetition_table import CASES as REPETITIONS

if TYPE_CHECKING:
    from hard_case import Case
    from hard_measure import Bench


@pytest.mark.model
@pytest.mark.parametrize("case", [*FILES, *PICTURES, *PEOPLE, *REPETITIONS], ids=str)
def test_a_hard_recording_is_measured_right_or_refused_for_its_true_cause(case: Case, bench: Bench) -> None:
    faults = bench.find(case).faults
    assert not faults, "; ".join(faults)
