"""The core says what happened, not which option to type: that is for the command line to say."""

from __future__ import annotations

import ast
import pickle
import re
from pathlib import Path

import pytest

import posecheck
from posecheck.cli.advice import ADVICE as COMMAND_LINE_ADVICE
from posecheck.errors import Advice, PosecheckError
from posecheck.session import ADVICE as SESSION_ADVICE
from posecheck.web.server.advice import ADVICE as WEB_ADVICE

PACKAGE = Path(posecheck.__file__).parent
CORE = tuple(
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "cli" not in path.relative_to(PACKAGE).parts and path.name != "__main__.py"
)
OPTION = re.compile(r"(?<![\w-])(?<!var\()(--[a-z]|-[a-z]\b)")
"""An option as it is typed; not ``var(--ink)`` of a style sheet, nor the hyphen of a word."""
COMMAND = re.compile(r"posecheck (analyze|angles|cameras|compare|demo|doctor|models|movements|record|serve|session)\b")
"""A command as it is typed."""
DESCRIBED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def sentences(path: Path, *, docstrings: bool = True) -> list[str]:
    """String literals with a space in them: what is passed to other programs word by word has none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed_over = {
        id(item.body[0].value)
        for item in ast.walk(tree)
        if not docstrings and isinstance(item, DESCRIBED) and item.body and isinstance(item.body[0], ast.Expr)
    }
    texts = [item for item in ast.walk(tree) if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return [item.value for item in texts if " " in str(item.value) and id(item) not in passed_over]


def test_an_option_in_a_sentence_is_seen() -> None:
    assert OPTION.search("choose another -o.")
    assert OPTION.search("Use `--side left`.")
    assert COMMAND.search("List them with: posecheck cameras.")
    assert not OPTION.search("fill: var(--ink)")
    assert not OPTION.search("the re-test, 3-D and well-lit")


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_sentence_outside_of_the_command_line_names_an_option_or_a_command(path: Path) -> None:
    assert [text for text in sentences(path) if OPTION.search(text)] == []
    assert [text for text in sentences(path, docstrings=False) if COMMAND.search(text)] == []


def advice_codes() -> set[str]:
    """The codes that the core gives with its errors: the first argument of each ``Advice(...)``."""
    calls = [
        item
        for path in CORE
        for item in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(item, ast.Call) and isinstance(item.func, ast.Name) and item.func.id == "Advice"
    ]
    return {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)} | {"port", "lan_port"}


def test_a_front_door_has_words_only_for_advice_that_is_given() -> None:
    given = advice_codes()
    assert set(COMMAND_LINE_ADVICE) <= given
    assert set(WEB_ADVICE) <= given
    assert set(SESSION_ADVICE) <= given


def test_each_front_door_says_the_advice_in_its_own_words() -> None:
    error = PosecheckError(
        "a.mp4: the left side did the movement.", Advice("other_side", "Choose the left side.", {"side": "left"})
    )
    assert str(error) == "a.mp4: the left side did the movement. Choose the left side."
    assert "Use --side left" in error.said(COMMAND_LINE_ADVICE)
    assert "Choose the left side with “Another test or side”" in error.said(WEB_ADVICE)


def test_an_error_keeps_its_advice_through_new_words_and_another_process() -> None:

    error = pickle.loads(pickle.dumps(PosecheckError("out exists already.", Advice("exists", "Choose another place."))))
    assert error.reworded("b: it exists.").said(COMMAND_LINE_ADVICE).startswith("b: it exists. Add --overwrite")
