"""An object in a process of its own: called, refused, crashed, closed."""

from __future__ import annotations

import psutil
import pytest
from helpers_there import Adder

from posecheck.errors import RecordingError
from posecheck.web.server.child_process import HelperGoneError, HelperProcess
from posecheck.web.server.kept import Kept


def test_what_a_helper_returns_and_raises_arrives_here() -> None:
    helper = HelperProcess(Adder)
    try:
        assert helper.call("add", 2) == 3
        with pytest.raises(RecordingError, match="no repetition"):
            helper.call("refuse")
        with pytest.raises(RuntimeError, match="UnsendableError"):
            helper.call("fail")
        assert helper.call("add", 3) == 4
    finally:
        helper.close()


def test_a_helper_that_crashed_says_so_in_words_and_is_known_to_be_dead() -> None:
    helper = HelperProcess(Adder)
    assert helper.is_alive
    with pytest.raises(HelperGoneError, match="Try again"):
        helper.call("crash")
    with pytest.raises(HelperGoneError):
        helper.call("add", 1)
    assert not helper.is_alive
    helper.close()


def test_a_closed_helper_has_no_process_any_more() -> None:
    helper = HelperProcess(Adder)
    pid = helper.call("pid")
    assert psutil.pid_exists(pid)
    helper.close()
    assert not psutil.pid_exists(pid)
    assert not helper.is_alive


class Thing:
    def __init__(self) -> None:
        self.is_alive = True
        self.closed = False

    def close(self) -> None:
        self.closed = True


def test_what_nobody_uses_for_a_while_is_closed_and_what_is_used_again_is_not() -> None:
    now_s = [0.0]
    kept: Kept[Thing] = Kept(30.0, 2, lambda: now_s[0])
    first, second, third = Thing(), Thing(), Thing()
    for thing in (first, second, third):
        kept.put(thing)
    assert third.closed, "more than may be kept"
    now_s[0] = 20.0
    assert kept.take() is second, "the one that was used last"
    kept.put(second)
    now_s[0] = 31.0
    kept.close_idle()
    assert (first.closed, second.closed) == (True, False)
    second.is_alive = False
    assert kept.take() is None
    assert second.closed
    kept.close()
    late = Thing()
    kept.put(late)
    assert late.closed
