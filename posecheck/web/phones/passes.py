"""Passes of phones: each was invited to one session, may film that one and nothing else, and can be shut out."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.language import joined, phrase
from posecheck.storage.phones import forget_phones_until, invited_phones, note_uses
from posecheck.storage.tables import Phone, now
from posecheck.web.server.access import new_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.storage.database import Database

VALID_FOR = dt.timedelta(days=2)
"""A session is filmed within a day; a phone that lost the server over night still sends what it recorded (chosen by us)."""
NOTED_EVERY_S = 30.0
"""How exact "last used" is: a write for each picture would be too many (chosen by us)."""
PHONES = "phones"
"""What other servers are told where it changes who may film."""
UNKNOWN = phrase("Unknown device")
DEVICES = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
BROWSERS = {"Firefox": "Firefox", "FxiOS": "Firefox", "SamsungBrowser": "Samsung Internet", "Edg": "Edge"} | {
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
"""Words of a browser's own description; the more particular ones come first, as all say Safari."""


@dataclass(frozen=True, slots=True)
class PhonePass:
    """What a token opens.

    Attributes
    ----------
    id : str
        Of the row in the table of phones.
    session_id : str
    until : datetime
        UTC.
    """

    id: str
    session_id: str
    until: dt.datetime


class PhonePasses:
    """The passes of a server, in memory and in the database; may be used from any thread.

    Parameters
    ----------
    database : Database
    clock : callable, optional
        The time in UTC.
    """

    def __init__(self, database: Database, clock: Callable[[], dt.datetime] = now) -> None:
        self._database, self._clock = database, clock
        self._changing = threading.Lock()
        self._passes: dict[str, PhonePass] = {}
        self._used: dict[str, dt.datetime] = {}
        self._noted: dict[str, dt.datetime] = {}
        self._noted_s = time.monotonic()
        self.reload()

    def reload(self) -> None:
        """Take the database's word for who may come in: a session that was deleted takes its phones along."""
        with self._changing:
            with self._database.read() as transaction:
                found = {row.token_sha256: _pass_of(row) for row in invited_phones(transaction)}
            self._passes = found

    def admit(self, session_id: str, name: str) -> str:
        """The token of a new phone, which is kept nowhere else than in its browser."""
        token = new_token()
        row = Phone(session_id=session_id, token_sha256=_hash(token), name=name, created_at=self._clock())
        with self._changing:
            with self._database.begin() as transaction:
                forget_phones_until(transaction, self._clock() - VALID_FOR)
                transaction.add(row)
            self._passes = {**self._passes, row.token_sha256: _pass_of(row)}
        return token

    def find(self, token: str) -> PhonePass | None:
        """What a token opens; None for one that is unknown, too old or revoked. Waits for nothing.

        The look-up is by hash: how long it takes tells nothing about a token that is right.
        """
        found = self._passes.get(_hash(token))
        return found if found is not None and self._clock() < found.until else None

    def ids(self) -> frozenset[str]:
        """The phones that have a pass."""
        return frozenset(found.id for found in self._passes.values())

    def use(self, used: PhonePass) -> None:
        """Take note that a phone was let in now. Waits for nothing."""
        self._used[used.id] = self._clock()

    def last_used(self, row: Phone) -> dt.datetime | None:
        """When a phone was last let in; None: not yet."""
        return self._used.get(row.id, row.last_used_at)

    def revoke(self, phone_id: str) -> bool:
        """Shut a phone out, at once and for good; whether there was one of that id."""
        with self._changing:
            with self._database.begin() as transaction:
                row = transaction.get(Phone, phone_id)
                if row is not None:
                    transaction.delete(row)
            self._passes = {key: kept for key, kept in self._passes.items() if kept.id != phone_id}
        return row is not None

    def note_uses(self, *, every_s: float = NOTED_EVERY_S) -> None:
        """Store when each phone was last let in, now and then only."""
        if time.monotonic() - self._noted_s < every_s:
            return
        self._noted_s = time.monotonic()
        used = dict(self._used)
        fresh = {phone_id: used_at for phone_id, used_at in used.items() if self._noted.get(phone_id) != used_at}
        if fresh:
            with self._database.begin() as transaction:
                note_uses(transaction, fresh)
        self._noted = used


def device_name(user_agent: str) -> str:
    """What to call a phone in a list, from what its browser says of itself: ``iPhone, Safari``."""
    device = next((word for word in DEVICES if word in user_agent), str.__str__(UNKNOWN))
    browser = next((name for word, name in BROWSERS.items() if f"{word}/" in user_agent), "")
    return f"{device}, {browser}" if browser else device


def device_words(name: str) -> str:
    """A name from the table of phones, to be shown."""
    device, _, browser = name.partition(", ")
    return joined([UNKNOWN, browser], ", ") if device == UNKNOWN else name


def _pass_of(row: Phone) -> PhonePass:
    return PhonePass(row.id, row.session_id, row.created_at + VALID_FOR)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
