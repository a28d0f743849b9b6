"""Looks after what pages leave behind when they die, such as recordings nobody ends; notes when phones were there."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from posecheck.web.film import filmed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.web.server.site import Site

LOOK_EVERY_S = 1.0

_log = logging.getLogger(__name__)


@contextmanager
def watch_over(site: Site) -> Iterator[None]:
    """Look after them from a thread until the body ends."""
    ending = threading.Event()
    thread = threading.Thread(target=_run, args=(site, ending), name="watchdog")
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def _run(site: Site, ending: threading.Event) -> None:
    while not ending.wait(LOOK_EVERY_S):
        try:
            site.rooms.close_idle()
            site.phones.note_uses()
            filmed.finish_silent(site)
        except Exception:  # the thread must live on
            _log.exception("watchdog")
