"""Measured sessions for a benchmark: one is read and measured by a server, the others are copies of its rows and files."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect

from benchmarks.live_server import new_session
from posecheck.settings import find_samples_dir
from posecheck.storage.database import open_database
from posecheck.storage.files import DataFolder
from posecheck.storage.tables import Person, Session, new_id

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

CLIPS = {"pre": "toe_touch_pre.mp4", "retest": "toe_touch_retest.mp4"}
MOVEMENT = "toe-touch"
MEASURED_WITHIN_S = 900.0


def measured_session(client: httpx.Client) -> str:
    """Id of a session with a toe touch before and one after, both measured."""
    session = new_session(client, tests=[{"movement": MOVEMENT, "side": None}])
    for phase, clip in CLIPS.items():
        upload = _send(client, session, clip, phase)
        client.post(f"/api/uploads/{upload}/confirm", json={"movement": MOVEMENT, "side": None}).raise_for_status()
    end_s = time.monotonic() + MEASURED_WITHIN_S
    while time.monotonic() < end_s:
        takes = client.get(f"/api/sessions/{session}").raise_for_status().json()["takes"]
        if all(take["state"] == "measured" for take in takes):
            return session
        time.sleep(0.5)
    raise SystemExit("The sample videos were not measured in time.")


def send_videos(client: httpx.Client, count: int) -> str:
    """Id of a session whose videos wait to be read."""
    session = new_session(client)
    for number in range(count):
        _send(client, session, CLIPS["pre"], "pre", f"{number}.mp4")
    return session


def sessions_like(data: Path, session_id: str, count: int) -> list[tuple[str, tuple[str, ...]]]:
    """Copies of a session in a data folder that no server uses: the id of each, and those of its takes."""
    files = DataFolder(data)
    database = open_database(files)
    try:
        return [_copy(database, files, session_id) for _ in range(count)]
    finally:
        database.close()


def _copy(database: Any, files: DataFolder, session_id: str) -> tuple[str, tuple[str, ...]]:
    with database.begin() as transaction:
        session = transaction.get_one(Session, session_id)
        person = Person(name="Benchmark")
        transaction.add(person)
        transaction.flush()
        copied = _row_like(session, person_id=person.id)
        transaction.add(copied)
        transaction.flush()
        uploads = {upload.id: _row_like(upload, session_id=copied.id) for upload in session.uploads}
        transaction.add_all(uploads.values())
        transaction.flush()
        takes = {
            take.id: _row_like(take, session_id=copied.id, upload_id=uploads[take.upload_id].id)
            for take in session.takes
        }
        transaction.add_all(takes.values())
        transaction.flush()
        for earlier, upload in uploads.items():
            shutil.copytree(files.upload(earlier), files.upload(upload.id))
        for earlier, take in takes.items():
            shutil.copytree(files.take(earlier), files.take(take.id))
        return copied.id, tuple(take.id for take in takes.values())


def _row_like(row: Any, **changed: Any) -> Any:
    """A row with the same values under an id of its own."""
    names = [column.key for column in inspect(type(row)).mapper.column_attrs if column.key != "id"]
    return type(row)(**{**{name: getattr(row, name) for name in names}, "id": new_id(), **changed})


def _send(client: httpx.Client, session: str, clip: str, phase: str, name: str = "") -> str:
    data = (find_samples_dir() / clip).read_bytes()
    form = {"file_name": name or clip, "size_bytes": len(data), "phase": phase}
    upload = str(client.post(f"/api/sessions/{session}/uploads", json=form).raise_for_status().json()["id"])
    client.patch(f"/api/uploads/{upload}", params={"offset": 0}, content=data).raise_for_status()
    return upload
