"""What may be stored about a stretch that was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.language import filled, phrase
from posecheck.protocol import GRIPS, NO_GRIP, STRETCHES
from posecheck.storage.tables import Session, StretchDone
from posecheck.web.server.errors import ConflictError, NotFoundError, WrongInputError
from posecheck.web.sessions.page_data import has_hurt
from posecheck.web.sessions.sessions import locked_session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from posecheck.storage.database import Transaction
    from posecheck.web.api.schemas import StretchForm

MAX_STRETCHES = 200
"""Of one session (chosen by us)."""
NO_SUCH_STRETCH = phrase("There is no stretch '{name}'. Choose one of: {names}.")
NO_SUCH_GRIP = phrase("There is no grip '{name}'. Choose one of: {names}.")


def add_stretch(transaction: Transaction, session_id: str, form: StretchForm) -> tuple[Session, StretchDone]:
    """Store a stretch; the session's version rises.

    One that was stopped because it hurt takes back the consent: the safety words have to be read anew before another.

    Raises
    ------
    NotFoundError, ConflictError, WrongInputError
        No such session; the safety words are not confirmed; unknown stretch or grip.
    """
    session = locked_session(transaction, session_id)
    _check_consent(session, form.grip)
    if len(session.stretches) >= MAX_STRETCHES:
        raise WrongInputError(phrase("A session holds at most {count} stretches.", count=MAX_STRETCHES))
    _check_name(NO_SUCH_STRETCH, form.stretch, (item.name for item in STRETCHES))
    if form.grip:
        _check_name(NO_SUCH_GRIP, form.grip, (*(item.name for item in GRIPS), NO_GRIP))
    row = StretchDone(**form.model_dump())
    session.stretches.append(row)
    session.stretch_skipped = False
    session.safety_confirmed &= not form.stopped_for_pain
    session.version += 1
    transaction.flush()
    return session, row


def delete_stretch(transaction: Transaction, stretch_id: str) -> Session:
    """Delete a stretch and return its session, whose version rises.

    Raises
    ------
    NotFoundError
    """
    row = transaction.get(StretchDone, stretch_id)
    if row is None:
        raise NotFoundError(phrase("There is no such stretch; it may have been deleted."))
    session = locked_session(transaction, row.session_id)
    transaction.delete(row)
    session.version += 1
    return session


def _check_consent(session: Session, grip: str) -> None:
    """An ordinary stretch needs no consent to a belly pull; after one that hurt, every stretch needs it anew."""
    if (grip != NO_GRIP or has_hurt(session)) and not session.safety_confirmed:
        raise ConflictError(phrase("Read and confirm the safety words first, or skip the stretch if in doubt."))


def _check_name(words: str, name: str, known: Iterable[str]) -> None:
    names = tuple(known)
    if name not in names:
        raise WrongInputError(filled(words, name=name, names=", ".join(names)))
