"""A phone that may film, as a line of the settings' page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.language import day, joined
from posecheck.web.phones.passes import device_words

if TYPE_CHECKING:
    from posecheck.storage.tables import Phone


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """What the page shows of a phone; times are those of this computer's clock, in the reader's language."""

    id: str
    name: str
    session_id: str
    session: str
    invited: str
    last_used: str

    @classmethod
    def of(cls, row: Phone, last_used_at: dt.datetime | None) -> PhoneLine:
        """From its row, and when it was last let in."""
        session = f"{row.session.person.name}, {row.session.title or day(row.session.date)}"
        used = _shown(last_used_at) if last_used_at is not None else ""
        return cls(row.id, device_words(row.name), row.session_id, session, _shown(row.created_at), used)


def _shown(time: dt.datetime) -> str:
    here = time.replace(tzinfo=dt.UTC).astimezone()
    return joined([day(here.date()), here.strftime("%H:%M")], ", ")
