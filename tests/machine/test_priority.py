from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

RAISE = "import os; os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))"
linux = pytest.mark.skipif(sys.platform != "linux", reason="the real-time class is one of Linux")


@linux
def test_neither_the_tests_nor_what_they_start_may_become_real_time() -> None:
    with pytest.raises(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    ended = subprocess.run((sys.executable, "-c", RAISE), capture_output=True, text=True, check=False)
    assert "PermissionError" in ended.stderr


@linux
def test_no_thread_of_the_tests_is_real_time() -> None:
    assert {os.sched_getscheduler(int(task.name)) for task in Path("/proc/self/task").iterdir()} == {os.SCHED_OTHER}
