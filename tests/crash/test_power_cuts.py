"""The power is cut at any moment: nothing acknowledged is lost, nothing deleted comes back, and no row lacks its file.

``make test`` cuts at a few points; ``make crash`` at 200, chosen by the seed.
"""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import film_pieces
import pytest
import synthetic
from cut_disk import CutDisk, watched
from made_trial import made_series, made_video
from own_movement import own_movement
from webapp import made_session, quiet_site, work_off

from posecheck.output.draw.footage import Footage
from posecheck.output.draw.poster import write_poster
from posecheck.output.folders.recording_folder import read_recording_folder, write_recording
from posecheck.output.folders.trial_folder import load_trial_folder
from posecheck.storage.job_queue import unfinished_jobs_of
from posecheck.storage.tables import JobKind, Person, Session, Take, TakeState, Upload, UploadState
from posecheck.trial.corrections import Corrections
from posecheck.video.reader import sha256_of
from posecheck.web.api.schemas import ConfirmForm, UploadForm
from posecheck.web.film import filmed
from posecheck.web.jobs.read_job import ReadWork
from posecheck.web.movements import own
from posecheck.web.people import bin as people_bin
from posecheck.web.people import transfer
from posecheck.web.server.setting_right import set_right
from posecheck.web.takes import measuring
from posecheck.web.uploads import uploads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.progress import Progress
    from posecheck.web.server.site import Site

pytestmark = pytest.mark.slow

POINTS = int(os.environ.get("POSECHECK_CRASH_POINTS", "60"))
SEED = int(os.environ.get("POSECHECK_CRASH_SEED", "12"))
STORED_EXPORT = Path(__file__).resolve().parents[1] / "stored" / "export.zip"
LUNGE = ConfirmForm(movement="runners-lunge", side="left")


@dataclass(frozen=True)
class MadeReading:
    """Finds the body points of the made-up figure in a video, as the pose model would; what is written is the same."""

    video: Path
    staging: Path

    def run(self, progress: Progress) -> dict[str, Any]:
        series = made_series("runners-lunge")
        self.staging.mkdir()
        write_recording(synthetic.recording_of(series, name="a.mp4"), self.staging)
        write_poster(Footage(self.video), self.staging / "poster.jpg")
        info = {"duration_s": float(series.time_s[-1]), "people": 1, "warnings": [], "boxes": [], "blurred": False}
        return {"info": info, "proposal": {}, "has_copy": False, "sha256": sha256_of(self.video)}


@dataclass
class Known:
    """What has been acknowledged."""

    people: set[str] = field(default_factory=set)
    binned: set[str] = field(default_factory=set)
    uploads: dict[str, Upload] = field(default_factory=dict)
    takes: dict[str, Take] = field(default_factory=dict)
    movements: set[str] = field(default_factory=set)
    videos: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, site: Site) -> Known:
        with site.database.read() as transaction:
            uploads = {row.id: row for row in transaction.query(Upload)}
            return cls(
                {row.id for row in transaction.query(Person)},
                {row.id for row in transaction.query(Person) if row.deleted_at is not None},
                uploads,
                {row.id: row for row in transaction.query(Take)},
                {path.name for path in site.files.movements.glob("*.toml")},
                {key: sha256_of(site.files.video(key)) for key, row in uploads.items() if row.has_video},
            )


@dataclass
class History:
    """What was acknowledged when, in moments of the disk."""

    disk: CutDisk
    acknowledged: list[tuple[int, Known]] = field(default_factory=list)

    def note(self, site: Site) -> None:
        self.disk.look()
        self.acknowledged.append((self.disk.moments - 1, Known.of(site)))

    def around(self, moment: int) -> tuple[Known, Known]:
        """What was acknowledged last, and what the step under way would acknowledge."""
        before = [known for at, known in self.acknowledged if at <= moment][-1]
        after = [known for at, known in self.acknowledged if at > moment]
        return before, (after or [before])[0]

    def seen(self) -> set[str]:
        return {item for _, known in self.acknowledged for item in (*known.people, *known.uploads, *known.takes)}


class Work:
    """What people do; each has been acknowledged when it returns."""

    def __init__(self, site: Site, video: Path) -> None:
        self.site, self.video = site, made_video(video, made_series("runners-lunge").time_s).read_bytes()
        self.ids: dict[str, str] = {}

    def session(self, name: str) -> None:
        self.ids[name] = made_session(self.site)

    def announce(self, name: str, session: str = "session") -> None:
        form = UploadForm(file_name=f"{name}.mp4", size_bytes=len(self.video), phase="pre")
        self.ids[name] = uploads.begin_upload(self.site, self.ids[session], form)[0].id

    def half(self, name: str) -> None:
        uploads.receive_piece(self.site, self.ids[name], 0, self.video[:5000])

    def rest(self, name: str) -> None:
        uploads.receive_piece(self.site, self.ids[name], 5000, self.video[5000:])

    def confirm(self, name: str) -> None:
        self.ids[f"take of {name}"] = measuring.confirm_upload(self.site, self.ids[name], LUNGE).id

    def correct(self, name: str) -> None:
        measuring.correct_take(self.site, self.ids[f"take of {name}"], Corrections(excluded=(1,)))

    def film(self) -> None:
        self.ids["film"] = film_pieces.begin(self.site, self.ids["session"])

    def end_film(self) -> None:
        film_pieces.send(self.site, self.ids["film"], film_pieces.recording())
        filmed.finish_filming(self.site, self.ids["film"])

    def points_only(self) -> None:
        with self.site.database.begin() as transaction:
            transaction.get_one(Session, self.ids["session"]).keep_video = False

    def take_in(self) -> None:
        copy = self.site.files.root / f"{transfer.PREFIX}test.zip"
        shutil.copyfile(STORED_EXPORT, copy)
        transfer.import_file(self.site, copy)

    def put_into_bin(self, session: str) -> None:
        people_bin.put_person_in(self.site, self.person_of(session))

    def take_out_of_bin(self, session: str) -> None:
        people_bin.take_person_out(self.site, self.person_of(session))

    def person_of(self, session: str) -> str:
        with self.site.database.read() as transaction:
            return transaction.get_one(Session, self.ids[session]).person_id


def steps_of(work: Work) -> Iterator[object]:
    """The steps of a day, each done when it is asked for."""
    yield work.session("session")
    yield work.announce("first")
    yield work.half("first")
    yield work.rest("first")
    yield work_off(work.site)
    yield work.confirm("first")
    yield work_off(work.site)
    yield work.correct("first")
    yield work_off(work.site)
    yield work.film()
    yield work.end_film()
    yield work_off(work.site)
    yield work.points_only()
    yield work.announce("second")
    yield work.half("second")
    yield work.rest("second")
    yield work.confirm("second")
    yield work_off(work.site)
    yield own.add_own(work.site, own_movement(), "mine.toml")
    yield own.remove_own(work.site, "my-long-step")
    yield uploads.delete_upload(work.site, work.ids["first"])
    yield work.take_in()
    yield work.session("other session")
    yield work.announce("third", "other session")
    yield work.half("third")
    yield work.put_into_bin("other session")
    yield work.take_out_of_bin("other session")
    yield work.put_into_bin("other session")
    yield people_bin.empty_bin(work.site)
    yield measuring.delete_take(work.site, work.ids["take of second"])


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    monkeypatch.setattr(
        ReadWork,
        "task",
        lambda _self, context, job: MadeReading(context.files.video(job.target_id), context.staging(job)),
    )
    with quiet_site(tmp_path / "data") as site:
        steps = steps_of(Work(site, tmp_path / "made.mp4"))
        with pytest.MonkeyPatch.context() as watching, watched(site.files.root, site.database, watching) as disk:
            found = History(disk)
            found.note(site)
            for _ in steps:
                found.note(site)
    return found


def test_a_power_cut_at_any_moment_loses_nothing_acknowledged_and_brings_back_nothing_deleted(
    history: History, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    faults = []
    for point in range(POINTS):
        moment = chance.randint(history.acknowledged[0][0], history.disk.moments - 1)
        data = tmp_path / f"cut-{point}"
        history.disk.rebuild(data, moment, chance)
        faults += [f"moment {moment}: {fault}" for fault in faults_after(data, history, moment)]
        shutil.rmtree(data)
    assert not faults, "\n".join(faults)


def faults_after(data: Path, history: History, moment: int) -> list[str]:
    before, after = history.around(moment)
    with quiet_site(data) as site:
        set_right(site)
        now = Known.of(site)
        return [
            *(f"person {item} lost" for item in (before.people & after.people) - now.people),
            *(f"person {item} left the bin" for item in (before.binned & after.binned) & now.people - now.binned),
            *(f"person {item} is in the bin" for item in now.binned - before.binned - after.binned),
            *(f"video {item} lost" for item in (before.uploads.keys() & after.uploads.keys()) - now.uploads.keys()),
            *(f"take {item} lost" for item in (before.takes.keys() & after.takes.keys()) - now.takes.keys()),
            *(f"movement {item} lost" for item in (before.movements & after.movements) - now.movements),
            *(f"movement {item} came back" for item in now.movements - before.movements - after.movements),
            *came_back(site, history.seen() - ids_of(before) - ids_of(after), now),
            *folders_without_rows(site, now),
            *(f"video {item} is not what came in" for item in altered(now.videos, {**after.videos, **before.videos})),
            *(
                fault
                for row in now.uploads.values()
                for fault in faults_of_upload(site, row, before.uploads.get(row.id))
            ),
            *(fault for row in now.takes.values() for fault in faults_of_take(site, row, before.takes.get(row.id))),
        ]


def ids_of(known: Known) -> set[str]:
    return {*known.people, *known.uploads, *known.takes}


def altered(now: dict[str, str], known: dict[str, str]) -> list[str]:
    return [item for item, sha256 in now.items() if sha256 != known.get(item)]


def came_back(site: Site, gone: set[str], now: Known) -> list[str]:
    folders = {path.name for kind in ("uploads", "takes") for path in (site.files.root / kind).iterdir()}
    return [f"{item} came back" for item in sorted(gone & (ids_of(now) | folders))]


def folders_without_rows(site: Site, now: Known) -> list[str]:
    kinds = {"uploads": now.uploads, "takes": now.takes}
    return [
        f"{kind}/{path.name} has no row: {sorted(item.name for item in path.iterdir())}"
        for kind, rows in kinds.items()
        for path in (site.files.root / kind).iterdir()
        if path.name not in rows
    ]


def faults_of_upload(site: Site, row: Upload, before: Upload | None) -> list[str]:
    faults = []
    if before is not None and before.state == UploadState.RECEIVING and row.state == UploadState.RECEIVING:
        partial = site.files.partial(row.id)
        if (partial.stat().st_size if partial.exists() else 0) < before.received_bytes:
            faults.append(f"video {row.id} lost bytes that had come in")
    if row.state == UploadState.READ:
        read_recording_folder(site.files.upload(row.id))
    if row.state == UploadState.READING and not waits(site, row.id, JobKind.READ):
        faults.append(f"video {row.id} waits for ever")
    if row.state == UploadState.REFUSED:
        faults.append(f"video {row.id} is refused: {row.reason}")
    return faults


def faults_of_take(site: Site, row: Take, before: Take | None) -> list[str]:
    if row.state == TakeState.MEASURING:
        read = row.upload_id if waits(site, row.upload_id, JobKind.READ) else ""
        receiving = Known.of(site).uploads[row.upload_id].state == UploadState.RECEIVING
        return [] if read or receiving or waits(site, row.id, JobKind.MEASURE) else [f"take {row.id} waits for ever"]
    if row.state == TakeState.REFUSED:
        # the film of a grey block has no body points of its own: those of the made-up figure show another test
        return (
            [] if before is None or before.state != TakeState.MEASURED else [f"take {row.id} is refused: {row.reason}"]
        )
    trial = load_trial_folder(site.files.take(row.id)).trial
    faults = []
    if bool(trial.corrections) != bool(row.corrections):
        faults.append(f"take {row.id}: the row says {row.corrections}, its numbers {trial.corrections}")
    if before is not None and row.version < before.version:
        faults.append(f"take {row.id}: its change was lost")
    return faults


def waits(site: Site, target_id: str, kind: JobKind) -> bool:
    with site.database.read() as transaction:
        return any(job.kind == kind for job in unfinished_jobs_of(transaction, [target_id]))
