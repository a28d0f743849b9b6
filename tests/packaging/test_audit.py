"""What pip-audit found is told in words, and a database that knows no package is no clean result."""

from __future__ import annotations

from scripts.audit import findings_of

CLEAN = {"name": "numpy", "version": "2.4.6", "vulns": []}
OWN = {"name": "posecheck", "skip_reason": "not found"}
UNKNOWN = {"name": "h11", "skip_reason": "not found"}
HOLE = {"name": "pillow", "version": "11.0", "vulns": [{"id": "CVE-1", "fix_versions": ["11.1", "12.0"]}]}


def test_all_asked_and_nothing_found_is_clean() -> None:
    found = findings_of([CLEAN, OWN])
    assert found.is_clean
    assert str(found) == "Packages looked up: 1; known holes: 0."


def test_a_package_that_could_not_be_looked_up_is_named_and_not_clean() -> None:
    found = findings_of([CLEAN, UNKNOWN])
    assert not found.is_clean
    assert "1 of 2 packages could not be looked up, so nothing is known about them: h11." in str(found)


def test_where_nothing_was_asked_nothing_is_clean() -> None:
    assert not findings_of([]).is_clean


def test_a_hole_is_told_with_the_version_that_mends_it() -> None:
    found = findings_of([CLEAN, HOLE])
    assert not found.is_clean
    assert "pillow 11.0: CVE-1, mended in 11.1, 12.0" in str(found)
