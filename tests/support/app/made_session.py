"""A session of the made-up figure in a data folder, measured already: what its result is made of, without jobs or model."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clips import stored_trial
from fitted_body import seen, standing
from made_trial import made_result
from PIL import Image

from posecheck.kinematics.joints import Side
from posecheck.output.export.csv_export import write_repetitions_csv
from posecheck.output.export.skeleton_csv import write_skeleton_csv
from posecheck.storage.tables import Person, Session, StretchDone, Take, TakeState, Upload, UploadState
from posecheck.web.takes.counting import next_number

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.storage.database import Transaction
    from posecheck.trial.trial import Trial
    from posecheck.web.server.site import Site

TESTS = (("toe-touch", ""), ("runners-lunge", "left"))


def add_person(site: Site, name: str = "Ada") -> str:
    """Id of a new person."""
    with site.database.begin() as transaction:
        person = Person(name=name)
        transaction.add(person)
        transaction.flush()
        return person.id


def add_session(site: Site, person_id: str, date: str = "2026-11-22", **fields: Any) -> str:
    """Id of a new session in which nothing was filmed."""
    with site.database.begin() as transaction:
        tests = [{"movement": movement, "side": side or None} for movement, side in TESTS]
        session = Session(person_id=person_id, date=date, tests=tests, **fields)
        transaction.add(session)
        transaction.flush()
        return session.id


def add_block(site: Site, session_id: str, phase: str, gain_deg: float = 0.0) -> list[str]:
    """Ids of a measured take of every test; end ranges are those of the figure and ``gain_deg`` more."""
    return [add_take(site, session_id, phase, movement, side, gain_deg) for movement, side in TESTS]


def add_take(
    site: Site, session_id: str, phase: str, movement: str = "toe-touch", side: str = "", gain_deg: float = 0.0
) -> str:
    """Id of a new measured take."""
    with site.database.begin() as transaction:
        upload = _upload(transaction, session_id, phase, f"{movement}-{phase}.mp4", UploadState.READ)
        takes = transaction.get_one(Session, session_id).takes
        take = Take(
            session_id=session_id,
            upload_id=upload.id,
            movement=movement,
            side=side,
            phase=phase,
            number=next_number(takes, (movement, side, phase)),
            state=TakeState.MEASURED,
        )
        transaction.add(take)
        transaction.flush()
        measured = of_side(made_result(movement).trial, side)
        trial = another_time(gained(measured, gain_deg), take.number)
        write_take(site.files.take(take.id), movement, trial)
        return take.id


def add_refused(site: Site, session_id: str, reason: str) -> None:
    """A video that could not be used."""
    with site.database.begin() as transaction:
        _upload(transaction, session_id, "pre", "IMG_1.mov", UploadState.REFUSED).reason = reason


def add_stretch(site: Site, session_id: str, **fields: Any) -> None:
    """A stretch that was done."""
    with site.database.begin() as transaction:
        transaction.add(StretchDone(session_id=session_id, stretch="runners-lunge", **fields))


def of_side(trial: Trial, side: str) -> Trial:
    """The trial, done with the left leg, as one of the other leg; its angles over time stay those of the left."""
    if side != Side.RIGHT:
        return trial
    outcomes = tuple(replace(item, side=item.side.other if item.side else None) for item in trial.outcomes)
    return replace(trial, side=Side.RIGHT, outcomes=outcomes)


def gained(trial: Trial, gain_deg: float) -> Trial:
    """The trial with larger end ranges."""
    outcomes = tuple(
        replace(item, values=tuple(value + gain_deg for value in item.values), mean=item.mean + gain_deg)
        for item in trial.outcomes
    )
    return replace(trial, outcomes=outcomes)


def another_time(trial: Trial, number: int) -> Trial:
    """The trial as a further take of a person has it: nobody holds every repetition equally long twice."""
    later_s = 0.3 * (number - 1)
    repetitions = tuple(
        replace(item, hold_end_s=item.hold_end_s + later_s, end_s=item.end_s + later_s) for item in trial.repetitions
    )
    return replace(trial, repetitions=repetitions)


def write_take(folder: Path, movement: str, trial: Trial, *, video: str = "") -> None:
    """A trial folder with a small end range picture, a fitted body, errors that are known, and a video of its own."""
    outcomes = tuple(replace(item, error95_deg=4.2) for item in trial.outcomes)
    provenance = {**trial.provenance, "video_sha256": video or folder.name}
    stored_trial(
        folder,
        movement,
        side=trial.side,
        outcomes=outcomes,
        repetitions=trial.repetitions,
        provenance=provenance,
    )
    write_repetitions_csv(trial, folder / "repetitions.csv")
    write_skeleton_csv(seen(standing(), frames=600), folder / "skeleton.csv")
    target = io.BytesIO()
    Image.new("RGB", (160, 120), (40, 90, 120)).save(target, "JPEG")
    (folder / "end_range.jpg").write_bytes(target.getvalue())


def _upload(transaction: Transaction, session_id: str, phase: str, name: str, state: UploadState) -> Upload:
    upload = Upload(session_id=session_id, phase=phase, file_name=name, size_bytes=9, received_bytes=9, state=state)
    transaction.add(upload)
    transaction.flush()
    return upload
