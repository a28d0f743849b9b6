"""The table by which several servers share one database; empty where one server has it for itself."""

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
