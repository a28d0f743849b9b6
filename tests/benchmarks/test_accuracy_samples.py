"""The table of the sample videos: every verdict that a comparison can give has its words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from posecheck.comparison.verdict import Verdict

ROOT = Path(__file__).resolve().parents[2]
if not (ROOT / "benchmarks").is_dir():  # the tests of an installed package
    pytest.skip("no benchmarks here", allow_module_level=True)
sys.path.insert(0, str(ROOT))

from benchmarks.accuracy_samples import SHORT_VERDICTS  # noqa: E402


def test_every_verdict_has_short_words() -> None:
    assert set(SHORT_VERDICTS) == set(Verdict)
    assert len(set(SHORT_VERDICTS.values())) == len(Verdict)
