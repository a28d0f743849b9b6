"""Opens a room for a session: checks what is to be filmed, and finds where the person stood in the pre-test."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from posecheck.errors import StorageError
from posecheck.kinematics.joints import Side
from posecheck.language import phrase
from posecheck.live import Framing
from posecheck.output.folders.recording_folder import read_recording_folder
from posecheck.storage.tables import PLAN, UploadState
from posecheck.web.film.engines import TrialPlan
from posecheck.web.server.errors import WrongInputError
from posecheck.web.server.site import session_or_404
from posecheck.web.sessions.sessions import checked_test

if TYPE_CHECKING:
    from posecheck.movements import Movement
    from posecheck.storage.tables import Session, Take
    from posecheck.web.film.forms import LiveForm
    from posecheck.web.film.rooms import Room
    from posecheck.web.server.site import Site

EARLIER = {"pre": (), "baseline": ("pre",), "retest": ("pre", "baseline")}
"""Blocks whose framing a block is to repeat, the first that was filmed counts."""


def open_room(site: Site, session_id: str, form: LiveForm, phone_id: str = "") -> Room:
    """A room for what the form says; ``phone_id``: the invited phone that asks.

    Raises
    ------
    NotFoundError, WrongInputError, ConflictError, CrowdedError, ModelFileError
    """
    plan = plan_trial(site, session_id, form)
    return site.rooms.open(session_id, plan, page=form.page, take_over=form.take_over, phone_id=phone_id)


def plan_trial(site: Site, session_id: str, form: LiveForm) -> TrialPlan:
    """What is to be filmed, with where the person stood before.

    Raises
    ------
    NotFoundError, WrongInputError
    """
    movement = checked_test(form.movement, form.side, site.catalogue)
    with site.database.read() as transaction:
        take = _earlier_take(session_or_404(transaction, session_id), form)
        before = _framing_of(site, take, movement) if take is not None else None
    side = Side(form.side) if form.side else None
    return TrialPlan(movement, side, form.phase, form.repetitions, form.hold_s, before)


def _earlier_take(session: Session, form: LiveForm) -> Take | None:
    for phase in EARLIER[form.phase]:
        key = (form.movement, form.side or "", phase)
        for take in reversed(session.takes):
            if (take.movement, take.side, take.phase) == key and take.current and not take.is_unusable:
                return take
    return None


def _framing_of(site: Site, take: Take, movement: Movement) -> Framing | None:
    """As the live engine saw it, else from the body points; None where there are none (yet)."""
    stored = take.upload.reading.get(PLAN, {}).get("framing")
    if stored:
        with suppress(ValueError, OverflowError):  # damaged: filming goes on without the outline
            return Framing.from_dict(stored)
    if take.upload.state != UploadState.READ:
        return None
    try:
        return Framing.of_series(read_recording_folder(site.files.upload(take.upload_id)).series, movement)
    except StorageError:  # its page says so; filming goes on without the outline
        return None


def checked_framing(given: dict[str, Any] | None) -> dict[str, Any] | None:
    """A framing that a page sent, as it is stored.

    Raises
    ------
    WrongInputError
    """
    if given is None:
        return None
    try:
        return Framing.from_dict(given).to_dict()
    except (ValueError, OverflowError) as error:
        words = phrase("'framing' cannot be read: send what the live answers gave as own_framing, or null.")
        raise WrongInputError(words) from error
