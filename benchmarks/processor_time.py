"""Processor time of everything that a benchmark starts, by what each process is for."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping

LOOK_EVERY_S = 0.25
"""What a process takes between the last look and its end is not seen."""


class ProcessorTimes:
    """Seconds of processor time while the block ran, by class of process.

    Parameters
    ----------
    classes : mapping of str to str
        A part of the command line, and what such a process is called; the first that fits.
    otherwise : str
        What all others are called.
    """

    def __init__(self, classes: Mapping[str, str], otherwise: str) -> None:
        self._classes, self._otherwise = classes, otherwise
        self._first: dict[tuple[int, float], float] = {}
        self._last: dict[tuple[int, float], float] = {}
        self._names: dict[tuple[int, float], str] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> ProcessorTimes:
        self._look()
        self._first = dict(self._last)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._look()

    @property
    def seconds(self) -> dict[str, float]:
        """By class."""
        found: dict[str, float] = {}
        for process, last_s in self._last.items():
            name = self._names[process]
            found[name] = found.get(name, 0.0) + last_s - self._first.get(process, 0.0)
        return found

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            self._look()

    def _look(self) -> None:
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):  # it has ended meanwhile
                key = (process.pid, process.create_time())
                self._names.setdefault(key, self._name(" ".join(process.cmdline())))
                times = process.cpu_times()
                self._last[key] = max(times.user + times.system, self._last.get(key, 0.0))

    def _name(self, command: str) -> str:
        return next((name for part, name in self._classes.items() if part in command), self._otherwise)
