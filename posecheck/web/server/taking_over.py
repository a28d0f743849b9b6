"""What another server that died was doing goes on here: its jobs, what it received, what it deleted."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from posecheck.storage.deleting import finish_shared_deletions
from posecheck.web.film.filmed import recover_filmings
from posecheck.web.uploads.uploads import queue_missing_jobs, recover_received

if TYPE_CHECKING:
    from posecheck.web.server.site import Site

_log = logging.getLogger(__name__)


def take_over(site: Site) -> None:
    """Look for servers that died, and go on with what they did.

    Of several that look at once, one finds a dead one. Where it dies at that too, the next one looks at all of this again.

    Raises
    ------
    StorageError
        To be tried again.
    """
    if not site.database.servers.dead():
        return
    with site.database.begin() as transaction:
        buried = site.database.servers.bury(transaction)
        if not buried:
            return
        site.jobs.take_back(transaction)
    for number in buried:
        _log.warning("server %d is gone; what it did goes on here", number)
    site.jobs.wake()
    recover_received(site)
    recover_filmings(site)
    with site.database.begin() as transaction:  # for what was being corrected
        queue_missing_jobs(transaction, site)
    site.jobs.wake()
    site.events.reload_all()
    finish_shared_deletions(site.database, site.files)
