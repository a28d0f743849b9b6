"""The language of a command: an option that may stand anywhere, or the environment."""

from __future__ import annotations

import pytest

from posecheck.cli.language_option import language_apart, set_language_asked
from posecheck.language import language, language_set


@pytest.mark.parametrize("option", [["--language", "de"], ["--language=de"]])
def test_the_option_is_found_wherever_it_stands(option: list[str]) -> None:
    assert language_apart(["compare", "--pre", "a", *option, "b"]) == (option, ["compare", "--pre", "a", "b"])
    assert language_apart(["people", "--", *option]) == ([], ["people", "--", *option])


@pytest.mark.parametrize(
    ("option", "variable", "expected"),
    [(["--language=es"], "de", "es"), (["--language", "fr"], "", "fr"), ([], "de", "de"), ([], "xx", "en")],
)
def test_the_option_wins_over_the_environment(option: list[str], variable: str, expected: str) -> None:
    with language_set("en"):
        set_language_asked(option, {"POSECHECK_LANGUAGE": variable})
        assert language() == expected
