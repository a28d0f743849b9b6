from __future__ import annotations

from pathlib import Path

import pytest

from posecheck.pose import system_libraries
from posecheck.pose.system_libraries import (
    LINUX_LIBRARIES,
    SharedLibrary,
    explain_missing_libraries,
    find_missing_libraries,
)


def test_other_systems_need_no_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_libraries, "_can_load", lambda name: False)
    assert find_missing_libraries("darwin") == ()
    assert find_missing_libraries("win32") == ()


def test_library_that_does_not_load_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = SharedLibrary("libposecheck-no-such.so.9", "a test", "no-package")
    monkeypatch.setattr(system_libraries, "LINUX_LIBRARIES", (absent,))
    assert find_missing_libraries("linux") == (absent,)


def test_nothing_missing_needs_no_words() -> None:
    assert explain_missing_libraries(()) == ""


def test_explanation_names_files_and_each_package_once() -> None:
    words = explain_missing_libraries(LINUX_LIBRARIES)
    assert all(library.file_name in words for library in LINUX_LIBRARIES)
    assert words.count("libglib2.0-0") == 1
    assert "apt-get install" in words


def test_the_script_that_prepares_a_machine_installs_the_same_libraries() -> None:
    script = Path(__file__).parents[2] / "scripts" / "system_packages.sh"
    if not script.is_file():
        pytest.skip("not in a checkout")
    text = script.read_text(encoding="utf-8")
    assert all(library.file_name in text and library.debian_package in text for library in LINUX_LIBRARIES)
