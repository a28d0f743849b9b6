"""An upload whose picture lies on its side, as its reading would have left it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import cv2
from made_trial import made_series
from sqlalchemy import delete
from synthetic import picture_turned, recording_of
from webapp import place_reading

from posecheck.output.folders.recording_folder import write_recording
from posecheck.storage.tables import Job, Upload
from posecheck.trial.proposal import propose_test
from posecheck.trial.turned import turn_offers
from posecheck.web.api.schemas import UploadForm, UploadOut
from posecheck.web.uploads import uploads

if TYPE_CHECKING:
    from posecheck.web.server.site import Site


def turned_upload(site: Site, session: str, movement: str, turn_deg: int) -> str:
    """Id of an upload of the made-up figure in a picture turned clockwise; its video and picture are grey, but turned."""
    form = UploadForm(file_name=f"{movement}.mp4", size_bytes=10, phase="pre")
    upload_id = uploads.begin_upload(site, session, form)[0].id
    place_turned(site, upload_id, movement, turn_deg)
    return upload_id


def place_turned(site: Site, upload_id: str, movement: str, turn_deg: int) -> None:
    """Let an upload have been read like this, and tell the pages."""
    place_reading(site, upload_id, movement)
    series = picture_turned(made_series(movement), turn_deg)
    recording = recording_of(series, name=f"{movement}.mp4")
    write_recording(recording, site.files.upload(upload_id))
    poster = cv2.imread(str(site.files.poster(upload_id)))
    cv2.putText(poster, "up", (20, 120), cv2.FONT_HERSHEY_SIMPLEX, 3, (255, 255, 255), 8)
    lying = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    cv2.imwrite(str(site.files.poster(upload_id)), cv2.rotate(poster, lying[turn_deg]))
    proposal = propose_test(recording)
    with site.database.begin() as transaction:
        transaction.execute(delete(Job).where(Job.target_id == upload_id))
        upload = transaction.get_one(Upload, upload_id)
        upload.info = {**upload.info, "turns": asdict(turn_offers(series)), "rotated_deg": None}
        upload.proposal = {
            **upload.proposal,
            "movement": proposal.movement,
            "sure": proposal.sure,
            "words": proposal.words,
        }
        out = UploadOut.of(upload)
    uploads.tell_upload(site, out)
