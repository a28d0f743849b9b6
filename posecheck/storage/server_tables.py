"""The tables by which several servers share one database; empty where one server has it for itself."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from posecheck.storage.tables import Table, now


class Server(Table):
    """A server that lives, or whose end nobody has noticed yet (`posecheck.storage.servers`).

    Attributes
    ----------
    number : int
        Never given twice.
    version : str
        Of posecheck.
    """

    __tablename__ = "server"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    version: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[dt.datetime] = mapped_column(default=now)


class Receiving(Table):
    """Which server receives a video; None: one that is dead, and nobody has gone on with it."""

    __tablename__ = "receiving"
    upload_id: Mapped[str] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"), primary_key=True)
    server: Mapped[int | None] = mapped_column(default=None)


class Deleted(Table):
    """Files of a row that was deleted, until they are gone from the store: whoever finds them here later deletes them.

    Attributes
    ----------
    row_id : str
    kind : str
        ``upload`` or ``take``.
    """

    __tablename__ = "deleted"
    row_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
