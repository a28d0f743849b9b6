"""Invited phones as rows: each belongs to one session and goes with it; of its token only the hash is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from posecheck.storage.tables import Phone, Upload

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from posecheck.storage.database import Transaction


def invited_phones(transaction: Transaction) -> Sequence[Phone]:
    """Every phone that may film, the newest first, each with its session and person."""
    return transaction.scalars(sa.select(Phone).order_by(Phone.created_at.desc(), Phone.id)).all()


def forget_phones_until(transaction: Transaction, oldest: dt.datetime) -> None:
    """Delete the phones that were invited then or before."""
    transaction.execute(sa.delete(Phone).where(Phone.created_at <= oldest))


def shut_phones_out(transaction: Transaction, session_ids: Sequence[str]) -> None:
    """Delete the phones that were invited to these sessions."""
    transaction.execute(sa.delete(Phone).where(Phone.session_id.in_(session_ids)))


def note_uses(transaction: Transaction, last_used: Mapping[str, dt.datetime]) -> None:
    """Store when each phone was last let in; one that was shut out meanwhile stays so."""
    for phone_id, used_at in last_used.items():
        transaction.execute(sa.update(Phone).where(Phone.id == phone_id).values(last_used_at=used_at))


def session_of_filmed(transaction: Transaction, upload_id: str) -> str | None:
    """The session of a recording that was filmed here; empty for a video that was not, None where there is none."""
    row = transaction.get(Upload, upload_id)
    if row is None:
        return None
    return row.session_id if row.filmed else ""
