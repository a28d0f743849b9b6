"""What `posecheck serve` was started with, and the limits that it keeps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from posecheck.storage.database import BUSY_S
from posecheck.web.film.last_pieces import SILENT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be uploaded. All chosen by us: a phone's ten minutes of 4K video pass, a film does not.

    Attributes
    ----------
    max_bytes : int
        Of one video.
    max_duration_s : float
    max_pixels : int
        Of one picture (8K).
    max_uploads : int
        Of one session.
    chunk_bytes : int
        Largest piece of an upload in one request.
    free_bytes : int
        Kept free on the disk.
    """

    max_bytes: int = 4 * 1024**3
    max_duration_s: float = 20 * 60
    max_pixels: int = 7680 * 4320
    max_uploads: int = 100
    chunk_bytes: int = 8 * 1024**2
    free_bytes: int = 500 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long the server waits for others. All chosen by us.

    Attributes
    ----------
    database_s : float
        For another program that writes to the SQLite file, before it says that the database is locked.
    silent_s : float
        For the next piece of a recording that is filmed, before its page counts as lost.
    idle_s : float
        For the next picture of a page that sends them by ordinary requests, before its room is closed.
    first_picture_s : float
        For the first picture of a page that films, which comes at once, before others may have its room; after that it is
        ``idle_s``.
    tell_every_s : float
        Between two messages to those who watch what a camera sees.
    engine_s : float
        For the next one who films, before what follows cameras is given back with its memory.
    """

    database_s: float = BUSY_S
    silent_s: float = SILENT_S
    idle_s: float = 10.0
    first_picture_s: float = 2.0
    tell_every_s: float = 0.25
    engine_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """How many connections may be open, and how long they may take. All chosen by us.

    Attributes
    ----------
    of_address : int
        At once from one address that is not this computer: a browser opens six, and a WebSocket for each page.
    at_once, new_per_s : int, float
        So many new ones may come from an address in a burst, then so many a second; each costs a TLS handshake.
    of_others : int
        At once from all other computers together.
    own : int
        At once from this computer.
    handshake_s, head_s : float
        In which TLS stands, and in which the head of a request is there.
    body_s, body_bytes_per_s : float
        A body may take so long, and a second more for each so many bytes that came: slower lines carry no video.
    """

    of_address: int = 32
    at_once: int = 64
    new_per_s: float = 16.0
    of_others: int = 256
    own: int = 384
    handshake_s: float = 5.0
    head_s: float = 10.0
    body_s: float = 20.0
    body_bytes_per_s: float = 4096.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LanAccess:
    """The server's second address, for phones in the network (`posecheck.web.phones.lan`).

    Attributes
    ----------
    address : str
        ``https://192.168.1.20:8443``.
    token : str
        Needed by everybody who comes by it and was not invited to film.
    fingerprint : str
        SHA-256 of its certificate, as browsers show it.
    """

    address: str
    token: str
    fingerprint: str = ""

    def invitation(self, code: str) -> str:
        """The address of a code; what follows ``#`` is not sent with a request, so that no log and no preview has it."""
        return f"{self.address}/join#{code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """How the server runs.

    Attributes
    ----------
    data : Path
        The data folder.
    database_url : str
        PostgreSQL, or empty for SQLite in the data folder.
    store : str
        Address (fsspec) where videos and results lie for all servers, or empty for the data folder.
    host, port
        Where it listens.
    public : str
        Where browsers find it, if a balancer or proxy is in front: ``https://clinic.example``.
    token : str
        Needed from everybody if not empty; always set when it listens beyond this machine.
    workers : int or None
        Worker processes at once; None: one per core.
    cluster : str
        Address of the scheduler of a Dask cluster, whose workers read and measure; empty: processes of this machine.
    model_path : Path or None
        A pose model of the user's own.
    lan : LanAccess or None
        Where phones reach the server; None: nowhere.
    put_back : bool
        Where the database is damaged, put the newest backup in its place.
    limits : Limits
    waits : Waits
    connections : ConnectionLimits
    """

    data: Path
    database_url: str = ""
    store: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    public: str = ""
    token: str = ""
    workers: int | None = None
    cluster: str = ""
    model_path: Path | None = None
    lan: LanAccess | None = None
    put_back: bool = False
    limits: Limits = field(default_factory=Limits)
    waits: Waits = field(default_factory=Waits)
    connections: ConnectionLimits = field(default_factory=ConnectionLimits)

    @property
    def doors(self) -> ConnectionLimits:
        """Limits of connections; behind a balancer all come from its address, and those of each browser are its to limit."""
        if not self.public:
            return self.connections
        most = self.connections.of_others
        return replace(self.connections, of_address=most, at_once=most, new_per_s=float(most))
