"""The command ``posecheck serve`` as people start it: running, with the address it printed, or refused in words."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from posecheck.cli.advice import ADVICE
from posecheck.cli.app import app, exit_code
from posecheck.errors import PosecheckError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = (sys.executable, "-m", "posecheck", "serve", "--no-open", "--workers", "1")
ADDRESS = re.compile(r"posecheck serves (\S+)")
WAIT_S = 60


@contextmanager
def started(data: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running process and the address it printed."""
    process = subprocess.Popen(
        (*COMMAND, "--port", "0", "--data", str(data), *words),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = ADDRESS.search(line)
        assert found, line + (process.stderr.read() if process.stderr and not line else "")
        yield process, found[1]
    finally:
        process.kill()
        process.communicate(timeout=WAIT_S)


def refused(*words: str) -> tuple[int, str]:
    """Exit code and words of a command that ends before it serves."""
    answer = CliRunner().invoke(app, ("serve", "--no-open", *words))
    if isinstance(answer.exception, PosecheckError):
        return exit_code(answer.exception), answer.exception.said(ADVICE)
    assert isinstance(answer.exception, SystemExit), answer.exception
    return answer.exit_code, answer.output
