"""Looks after what pages leave behind when they die, such as recordings nobody ends; notes when phones were there.

And after this server's place at the database, and the bin.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.storage.servers import TakenByAnotherError
from posecheck.web.film import filmed
from posecheck.web.people.bin import empty_bin_of_old
from posecheck.web.server.setting_right import make_room, tidy_working_copy
from posecheck.web.server.taking_over import take_over

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.web.server.site import Site

LOOK_EVERY_S = 1.0
EMPTY_EVERY_S = 3600.0
"""How often the bin is looked through for what has lain there long enough, beside each start (chosen by us)."""
LOOK_FOR_DEAD_EVERY_S = 2.0
"""How often servers of the same database are looked for that have died (chosen by us)."""

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


def _keep_place(site: Site) -> None:
    try:
        if not site.database.servers.keep():
            _log.warning("another server took this one for dead, and its work with it")
            site.jobs.wake()
    except TakenByAnotherError as error:
        site.ended.append(phrase("the database server was restarted, and {reason}", reason=error.words))
    except StorageError as error:  # it is not there: asked again in a second
        _log.warning("%s", error)


def _look_for_dead(site: Site) -> None:
    try:
        take_over(site)
    except StorageError as error:  # of the database: looked for again; of the store: the next start sees to it
        _log.warning("%s", error)


def _run(site: Site, ending: threading.Event) -> None:
    emptied_s = looked_s = time.monotonic()
    while not ending.wait(LOOK_EVERY_S):
        try:
            if time.monotonic() - emptied_s > EMPTY_EVERY_S:
                emptied_s = time.monotonic()
                empty_bin_of_old(site)
                tidy_working_copy(site)
            _keep_place(site)
            if time.monotonic() - looked_s > LOOK_FOR_DEAD_EVERY_S:
                looked_s = time.monotonic()
                _look_for_dead(site)
                make_room(site)
            site.rooms.close_idle()
            site.desk.close_idle()
            site.phones.note_uses()
            filmed.finish_silent(site)
        except Exception:  # the thread must live on
            _log.exception("watchdog")
