"""What a server that was killed, or lost its power, left half done is set right before the next one answers."""

from __future__ import annotations

import logging
import shutil
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.language import joined, phrase
from posecheck.storage.deleting import finish_deletions, finish_shared_deletions
from posecheck.storage.job_queue import unfinished_ids, worked_on
from posecheck.storage.strays import name_strays
from posecheck.storage.working_copy import adopt, forget_deleted, let_go_unused
from posecheck.web.film.filmed import recover_filmings
from posecheck.web.people.bin import empty_bin_of_old
from posecheck.web.people.transfer import clear_leftovers
from posecheck.web.server.missing_files import mend_rows
from posecheck.web.uploads.uploads import recover_uploads

if TYPE_CHECKING:
    from posecheck.web.server.site import Site

_log = logging.getLogger(__name__)


def set_right(site: Site) -> None:
    """Finish what was being deleted, forget what was not finished, and let go on what can go on.

    Raises
    ------
    StorageError
        The database or the data folder cannot be written.
    """
    adopt(site.files)
    finish_deletions(site.database, site.files)
    clear_leftovers(site.files)
    site.jobs.recover()
    told = (*_named_strays(site), *mend_rows(site))
    recover_uploads(site)
    recover_filmings(site)
    site.files.keep_reserve()
    keep_backup(site)
    empty_bin_of_old(site)
    for words in told:
        _log.warning("%s", words)
    site.notices.extend(told)


def tidy_working_copy(site: Site) -> None:
    """Of a store that others use too: delete there what could not be deleted, and let go here what is not needed.

    Raises
    ------
    StorageError
    """
    if not site.files.store.shared:
        return
    site.files.finish_discarding()
    finish_shared_deletions(site.database, site.files)
    made = site.files.store.held("work")
    with site.database.read() as transaction:  # afterwards: what is made meanwhile has its job
        unfinished = unfinished_ids(transaction)
    for job_id in made.keys() - unfinished:  # it was stopped while a worker of a cluster did it
        site.files.store.drop(f"work/{job_id}")
    _let_go(site)


def make_room(site: Site) -> None:
    """Let go of what of a store is not needed here, if the disk is short of room.

    Raises
    ------
    StorageError
    """
    if site.files.store.shared and shutil.disk_usage(site.files.root).free < _wanted_bytes(site):
        _let_go(site)


def _wanted_bytes(site: Site) -> int:
    """Room for a video that is brought, beside what is kept free in any case."""
    return 2 * site.settings.limits.free_bytes


def _let_go(site: Site) -> None:
    with site.database.read() as transaction:
        in_use = worked_on(transaction)
    forget_deleted(site.database, site.files)
    let_go_unused(site.files, in_use, _wanted_bytes(site))


def _named_strays(site: Site) -> list[str]:
    strays = name_strays(site.database, site.files)
    if not strays:
        return []
    return [
        phrase(
            "The data folder holds what belongs to no session, as after a backup was put back: {found}. It is kept. Send a "
            "video that you miss again from there, and delete what you do not need.",
            found=joined(strays, "; "),
        )
    ]


def keep_backup(site: Site) -> None:
    """Copy the database once a day; where there is no room for that, the work goes on and it is tried again."""
    try:
        site.database.back_up_daily(site.files)
    except StorageError as error:
        _log.warning("%s", error)
