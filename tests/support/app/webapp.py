"""The web app for tests: a real server on a free port of this machine, with a real database, stopped at the end."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import synthetic
from made_trial import made_series, made_video

from posecheck.output.draw.footage import Footage
from posecheck.output.draw.poster import write_poster
from posecheck.output.folders.recording_folder import write_recording
from posecheck.storage.database import open_database
from posecheck.storage.files import DataFolder
from posecheck.storage.shared_store import store_at
from posecheck.storage.tables import Person, UploadState
from posecheck.web.api.schemas import SessionForm
from posecheck.web.film.engines import load_engine
from posecheck.web.film.rooms import Rooms
from posecheck.web.jobs.brought import bring_for
from posecheck.web.jobs.runner import JobRunner
from posecheck.web.jobs.worker_process import outcome_of
from posecheck.web.phones.passes import PhonePasses
from posecheck.web.server.app import open_site
from posecheck.web.server.desk import Desk
from posecheck.web.server.events import EventBoard
from posecheck.web.server.serve import WebServer, listen
from posecheck.web.server.settings import WebSettings
from posecheck.web.server.shared_events import SharedBoard
from posecheck.web.server.site import Site, upload_or_404
from posecheck.web.sessions import sessions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_S = 30.0


@dataclass(frozen=True)
class Served:
    """A running server: its address, what it holds, and a client that talks to it."""

    url: str
    site: Site
    client: httpx.Client

    def person(self, name: str = "Anna") -> str:
        """Id of a new person."""
        return str(self.client.post("/api/people", json={"name": name}).raise_for_status().json()["id"])

    def session(self, **form: Any) -> str:
        """Id of a new session of a new person."""
        answer = self.client.post(f"/api/people/{self.person()}/sessions", json=form).raise_for_status()
        return str(answer.json()["id"])


@contextmanager
def serve(data: Path, **settings: Any) -> Iterator[Served]:
    """A running server on a data folder; further words are those of `WebSettings`."""
    web_settings = WebSettings(data=data, **{"port": 0, "workers": 1, **settings})
    listener = listen(web_settings.host, 0)
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with listener, open_site(web_settings) as site:
        ready = threading.Event()
        server = WebServer(web_settings, site, on_ready=ready.set)
        thread = threading.Thread(target=server.run, args=([listener],), name="server under test")
        thread.start()
        try:
            assert ready.wait(START_S), "the server did not start"
            headers = {"Authorization": f"Bearer {web_settings.token}"} if web_settings.token else {}
            with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as client:
                yield Served(url, site, client)
        finally:
            server.should_exit = True
            thread.join()


def place_reading(site: Site, upload_id: str, movement: str, side: str | None = "left") -> None:
    """Give an upload the body points of the made-up figure and a small video, as if it had come in and been read."""
    series = made_series(movement)
    with site.database.read() as transaction:
        recording = synthetic.recording_of(series, name=upload_or_404(transaction, upload_id).file_name)
    with site.files.changing_upload(upload_id):
        folder = site.files.upload(upload_id)
        site.files.partial(upload_id).unlink(missing_ok=True)
        made_video(folder / "made.mp4", series.time_s).rename(site.files.video(upload_id))
        write_recording(recording, folder)
        write_poster(Footage(site.files.video(upload_id)), site.files.poster(upload_id))
    with site.database.begin() as transaction:
        upload = upload_or_404(transaction, upload_id)
        upload.size_bytes = upload.received_bytes = site.files.video(upload_id).stat().st_size
        upload.state, upload.has_video = UploadState.READ, True
        upload.info = {
            "duration_s": float(series.time_s[-1]),
            "width_px": series.source.width_px,
            "height_px": series.source.height_px,
            "rate_hz": series.rate_hz,
            "codec": "h264",
            "people": 1,
            "warnings": [],
            "boxes": [],
        }
        upload.proposal = {
            "movement": movement,
            "side": side,
            "sure": True,
            "confidence": 0.9,
            "words": f"It looks like the {movement}.",
            "alternatives": [],
        }


@contextmanager
def quiet_site(data: Path, **settings: Any) -> Iterator[Site]:
    """The open parts of the web app without a server, whose jobs wait for `work_off`; with a store, one of several."""
    web_settings = WebSettings(data=data, workers=1, **settings)
    files = DataFolder(data, store_at(data, web_settings.store))
    files.store.check()
    database = open_database(files, web_settings.database_url)
    several = database.servers.joined(shares=True) if web_settings.store else nullcontext()
    with several, closing(database):
        board = SharedBoard(database) if database.servers.are_several else EventBoard()
        jobs = JobRunner(database, files, board, web_settings)
        rooms = Rooms(lambda: load_engine(None), board)
        board.start()
        try:
            yield Site(web_settings, database, files, board, jobs, rooms, PhonePasses(database), Desk(0))
        finally:
            board.close()
            rooms.stop()
            jobs.stop()
            board.stop()


def made_session(site: Site, **form: Any) -> str:
    """Id of a new session of a new person."""
    with site.database.begin() as transaction:
        person = Person(name="Anna")
        transaction.add(person)
        transaction.flush()
        return sessions.new_session(transaction, person, SessionForm(**form), site.catalogue).id


def work_off(site: Site) -> None:
    """Do all waiting jobs of a quiet site here and now."""
    while begun := site.jobs.begin_waiting(1):
        for job_id, task in begun:
            bring_for(task, site.files)
            site.jobs.keep_outcome(job_id, outcome_of(task, lambda _done, _total: None))
