"""The web app: every route, every page, how errors are told, and what is opened and closed with it."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

import posecheck
from posecheck.errors import StorageError
from posecheck.storage.backups import put_back, sound
from posecheck.storage.database import open_database
from posecheck.storage.files import DataFolder
from posecheck.storage.lock import locked
from posecheck.storage.owner_only import new_files_for_owner, shut_to_others
from posecheck.storage.shared_store import store_at
from posecheck.storage.soundness import DamagedDatabaseError
from posecheck.storage.used_store import use_store
from posecheck.storage.working_copy import forget_deleted
from posecheck.web.api import api_docs, meta_routes
from posecheck.web.api.openapi import DescribedApp
from posecheck.web.film import film_page, filming_routes, live_routes, progress_routes
from posecheck.web.film.engines import load_engine
from posecheck.web.film.last_pieces import LastPieces
from posecheck.web.film.rooms import Rooms
from posecheck.web.film.watchdog import watch_over
from posecheck.web.installation import settings_page, settings_routes
from posecheck.web.jobs.runner import JobRunner
from posecheck.web.movements import movement_routes
from posecheck.web.people import archive_routes, bin_routes, history_pages, people_pages, people_routes
from posecheck.web.phones import phone_routes
from posecheck.web.phones.passes import PHONES, PhonePasses
from posecheck.web.phones.phone_door import PhoneDoor
from posecheck.web.results import result_page, result_routes, side_page
from posecheck.web.server import error_answers, event_routes, help_page, languages
from posecheck.web.server.bringing import BringingOnce
from posecheck.web.server.desk import Desk
from posecheck.web.server.events import DELETED, EventBoard
from posecheck.web.server.languages import InLanguage
from posecheck.web.server.open_files import raise_file_limit
from posecheck.web.server.rendering import folders_with
from posecheck.web.server.security import Gate
from posecheck.web.server.setting_right import set_right
from posecheck.web.server.shared_events import SharedBoard
from posecheck.web.server.site import Site
from posecheck.web.sessions import session_pages, session_routes, stretch_routes
from posecheck.web.takes import take_page, take_routes
from posecheck.web.uploads import upload_routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from posecheck.storage.database import Database
    from posecheck.web.server.settings import WebSettings

SMALLEST_COMPRESSED_BYTES = 1000
"""Of scripts and styles; smaller ones fit into one packet of the network as they are (chosen by us)."""
ROUTERS = (
    meta_routes,
    languages,
    movement_routes,
    people_routes,
    bin_routes,
    session_routes,
    upload_routes,
    filming_routes,
    film_page,
    progress_routes,
    live_routes,
    phone_routes,
    take_routes,
    result_routes,
    result_page,
    side_page,
    stretch_routes,
    event_routes,
    archive_routes,
    settings_routes,
    take_page,
    history_pages,
    people_pages,
    settings_page,
    help_page,
    api_docs,
    session_pages,
)
"""In the order of the API's description; session_pages last, as it answers every ``/sessions/<id>/<word>``."""

_log = logging.getLogger(__name__)


def create_app(web_settings: WebSettings, site: Site | None = None) -> FastAPI:
    """The web app.

    Parameters
    ----------
    web_settings : WebSettings
    site : Site, optional
        What is open already; None: opened when the app starts and closed when it stops.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if site is not None:
            app.state.site = site
            yield
            return
        with open_site(web_settings) as opened:
            app.state.site = opened
            yield

    app = DescribedApp(
        title="posecheck",
        version=posecheck.__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    for module in ROUTERS:
        app.include_router(module.router)
    error_answers.register(app)
    app.add_middleware(Gate, web_settings=web_settings)
    app.add_middleware(BringingOnce)
    app.add_middleware(InLanguage)
    packages = (*folders_with("static"), "posecheck.output.body", "posecheck.output.report")
    static = StaticFiles(packages=[(package, "static") for package in packages])
    app.mount("/static", GZipMiddleware(static, minimum_size=SMALLEST_COMPRESSED_BYTES), name="static")
    return app


@contextmanager
def open_site(web_settings: WebSettings) -> Iterator[Site]:
    """Open the data folder, the database and the background jobs; close them at the end.

    Raises
    ------
    StorageError
        Another server uses the data folder or the database, or the database cannot be opened or is newer than this program;
        the store cannot be used;
        at the end, where another server has taken the database meanwhile.
    """
    raise_file_limit()
    files = DataFolder(web_settings.data, store_at(web_settings.data, web_settings.store))
    with new_files_for_owner(), locked(files.root):
        shut_to_others(files)
        database = _open_database(web_settings, files)
        try:
            with (
                database.servers.joined(shares=bool(web_settings.store)),
                _working_site(web_settings, database, files) as site,
            ):
                yield site
        finally:
            database.close()
    if site.ended:
        raise StorageError(site.ended[0])


def _open_database(web_settings: WebSettings, files: DataFolder) -> Database:
    """The database; where it is damaged and this was asked for, the newest backup instead."""
    url, busy_s = web_settings.database_url, web_settings.waits.database_s
    try:
        return open_database(files, url, busy_s=busy_s)
    except DamagedDatabaseError as error:
        for backup in list(sound(files)) if web_settings.put_back and not url else ():
            kept = put_back(files, backup)
            with suppress(DamagedDatabaseError):  # it was copied when it was damaged already: then an older one
                database = open_database(files, url, busy_s=busy_s)
                _log.warning(
                    "%s The backup %s is in its place now; the damaged database is kept in %s.",
                    error.words,
                    backup,
                    kept,
                )
                return database
        raise


@contextmanager
def _working_site(web_settings: WebSettings, database: Database, files: DataFolder) -> Iterator[Site]:
    board = SharedBoard(database) if database.servers.are_several else EventBoard()
    jobs = JobRunner(database, files, board, web_settings)
    waits = web_settings.waits
    rooms = Rooms(lambda: load_engine(web_settings.model_path), board, waits)
    phones = PhonePasses(database)
    desk, door, pieces = Desk(), PhoneDoor(web_settings.lan), LastPieces(silent_s=waits.silent_s)
    site = Site(web_settings, database, files, board, jobs, rooms, phones, desk, door, pieces)
    board.when_told(PHONES, lambda: _look_at_phones(site))
    board.when_told(DELETED, lambda: forget_deleted(database, files))
    try:
        board.start()
        with database.servers.held("setting right"):
            files.store.check()
            use_store(database, files.store, web_settings.store)
            set_right(site)
        jobs.start()
        with watch_over(site):
            yield site
    finally:
        door.close()
        board.close()
        rooms.stop()
        desk.close()
        jobs.stop()
        board.stop()


def _look_at_phones(site: Site) -> None:
    """Another server let a phone in, or shut one out."""
    site.phones.reload()
    site.rooms.close_of_phones_but(site.phones.ids())
