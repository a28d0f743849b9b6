"""The tables by which several servers share one database and one store; empty where one server has all for itself."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String
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


class UsedStore(Table):
    """The store in which the files of this database lie; at most one row.

    Attributes
    ----------
    mark : str
        By which the store is known, wherever it is.
    address : str
        Where it was last, without credentials.
    """

    __tablename__ = "used_store"
    mark: Mapped[str] = mapped_column(String(32), primary_key=True)
    address: Mapped[str] = mapped_column(String(500))
