from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hard_recipe import LackingError
from hard_tables import TABLES
from needs import give_up_for_ffmpeg

if TYPE_CHECKING:
    from hard_case import Case
    from hard_measure import Bench

CASES = [case for table in TABLES.values() for case in table]


@pytest.mark.model
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_hard_recording_is_measured_right_or_refused_for_its_true_cause(case: Case, bench: Bench) -> None:
    try:
        faults = bench.find(case).faults
    except LackingError as lack:
        give_up_for_ffmpeg(str(lack))
    assert not faults, "; ".join(faults)


def test_every_hard_recording_has_a_name_of_its_own() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
