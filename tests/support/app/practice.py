"""A data folder as a practice has it: names that are long, many visits, results, a recording that can be played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from made_session import add_block, add_person, add_refused, add_session, add_stretch
from webapp import place_reading, work_off

from posecheck.language import phrase
from posecheck.storage.tables import Upload
from posecheck.web.api.schemas import UploadForm
from posecheck.web.uploads.uploads import begin_upload

if TYPE_CHECKING:
    from webapp import Served

LONG = "ÄnnchenVonTharauBartholomäus" * 7
"""A name without a place to break it, almost as long as one may be."""
WORDS = "Maria de los Ángeles Fernández Gutiérrez y Hernández de la Vega " * 3
VISITS = 14
PAGES = {
    "home": "/",
    "person": "/people/{person}",
    "settings": "/settings",
    "help": "/help",
    "API": "/api-docs",
    "choose": "/sessions/{session}/choose",
    "pre-test": "/sessions/{session}/pre",
    "baseline": "/sessions/{session}/baseline",
    "felt": "/sessions/{session}/felt",
    "stretch": "/sessions/{session}/stretch",
    "re-test": "/sessions/{session}/retest",
    "result": "/sessions/{session}/result",
    "re-educate": "/sessions/{session}/re-education",
    "take": "/takes/{take}",
    "film": "/sessions/{session}/film",
    "phone": "/sessions/{session}/phone",
    "watch": "/sessions/{session}/watch",
    "nothing there": "/people/nobody",
    "empty session": "/sessions/{empty}/result",
    "new person": "/people/{new}",
    "history": "/people/{person}/history",
    "bin": "/bin",
}


def fill_practice(served: Served) -> dict[str, str]:
    """Put it all into a server whose jobs were stopped; ids by the words in the addresses of `PAGES`."""
    person = add_person(served.site, LONG)
    for visit in range(VISITS):
        session = add_session(
            served.site, person, f"2026-{1 + visit // 2:02}-{10 + visit}", title=WORDS[:200] * (visit % 2)
        )
        add_block(served.site, session, "pre", visit)
        add_block(served.site, session, "retest", 12.0 + visit)
    add_refused(served.site, session, phrase("{file} cannot be read: {reason}", file=f"{LONG}.mov", reason=WORDS))
    add_stretch(served.site, session, grip="lateral-pull", side="left", seconds=75.0, note=LONG)
    upload, _ = begin_upload(served.site, session, UploadForm(file_name=f"{LONG}.mp4", size_bytes=10, phase="pre"))
    place_reading(served.site, upload.id, "side-lunge", "left")
    waiting, _ = begin_upload(served.site, session, UploadForm(file_name=f"{LONG}-2.mp4", size_bytes=10, phase="pre"))
    place_reading(served.site, waiting.id, "side-lunge", "right")
    with served.site.database.begin() as transaction:
        row = transaction.get_one(Upload, waiting.id)
        row.proposal = {**row.proposal, "words": "Side lunge, right leg straight."}
    confirmed = served.client.post(f"/api/uploads/{upload.id}/confirm", json={"movement": "side-lunge", "side": "left"})
    wrong, _ = begin_upload(served.site, session, UploadForm(file_name="IMG_7.mov", size_bytes=10, phase="pre"))
    place_reading(served.site, wrong.id, "side-lunge", "left")
    refused = {"movement": "knee-to-chest", "side": "left"}  # filmed from the front
    served.client.post(f"/api/uploads/{wrong.id}/confirm", json=refused).raise_for_status()
    work_off(served.site)
    for number in range(6):
        add_person(served.site, f"{WORDS[:180]} {number}")
    empty = add_session(served.site, add_person(served.site, "B"))
    return {
        "person": person,
        "session": session,
        "take": confirmed.json()["id"],
        "empty": empty,
        "new": add_person(served.site, WORDS[:200].strip()),
    }
