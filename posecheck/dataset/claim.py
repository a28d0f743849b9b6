"""One command writes a data set at a time: a second would measure the same videos again.

A mark in the data set says who is at it, and changes every few seconds. A mark that does not change is left by a command
that was killed. So clocks of two machines need not agree, and object storage needs no locks; two commands that begin within
the same moment may both go on, which wastes time and harms nothing.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.places import place_errors, put_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.places import Place

MARK_FILE = "at_work.json"
BEAT_S = 10.0
"""How often the mark changes (chosen by us)."""
WATCHED_S = 25.0
"""A mark that does not change for so long is nobody's: two changes would have come (chosen by us)."""


@contextmanager
def claimed(result: Place) -> Iterator[None]:
    """Be the one command that writes a data set while the block runs.

    Raises
    ------
    StorageError
        Another one does, here or on another machine.
    """
    mark = result.inside(MARK_FILE)
    found = _read(mark)
    if found is not None and not _is_left_behind(found) and _changes(mark, found):
        raise StorageError(_taken_words(result, found))
    mine = {"host": socket.gethostname(), "process": os.getpid(), "command": uuid.uuid4().hex, "beat": 0}
    put_json(mark, mine)
    written = _read(mark)
    if written is not None and written.get("command") != mine["command"]:
        raise StorageError(_taken_words(result, written))
    stop = threading.Event()
    beating = threading.Thread(target=_beat, args=(mark, mine, stop), daemon=True)
    beating.start()
    try:
        yield
    finally:
        stop.set()
        beating.join()
        with suppress(StorageError):
            if _is_mine(mark, mine):
                _delete(mark)


def _read(mark: Place) -> dict[str, Any] | None:
    with place_errors(mark):
        try:
            found = json.loads(mark.fs.cat_file(mark.path))
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError):
            return {}
    return found if isinstance(found, dict) else {}


def _is_left_behind(found: dict[str, Any]) -> bool:
    """Whether its command was killed on this very machine: then nobody need wait to see it."""
    process = found.get("process")
    if os.name != "posix" or found.get("host") != socket.gethostname() or not isinstance(process, int) or process < 1:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return process == os.getpid()  # commands of one process come one after the other


def _changes(mark: Place, found: dict[str, Any]) -> bool:
    deadline_s = time.monotonic() + WATCHED_S
    while time.monotonic() < deadline_s:
        time.sleep(min(1.0, WATCHED_S / 10))
        now = _read(mark)
        if now is None:
            return False
        if now != found:
            return True
    return False


def _beat(mark: Place, mine: dict[str, Any], stop: threading.Event) -> None:
    """Until another command has taken over, as it does where this machine slept."""
    while not stop.wait(BEAT_S):
        with suppress(StorageError):  # the next one may be written
            if not _is_mine(mark, mine):
                return
            mine["beat"] += 1
            put_json(mark, mine)


def _is_mine(mark: Place, mine: dict[str, Any]) -> bool:
    found = _read(mark)
    return found is not None and found.get("command") == mine["command"]


def _delete(mark: Place) -> None:
    with place_errors(mark):
        mark.fs.rm_file(mark.path)


def _taken_words(result: Place, found: dict[str, Any]) -> str:
    return phrase(
        "Another posecheck batch is writing into {address}, on {host}. Wait until it has ended, or choose another place: "
        "two would measure the same videos twice.",
        address=result.shown,
        host=found.get("host", "?"),
    )
