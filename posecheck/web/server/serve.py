"""Runs the web app: takes the port, serves until it is told to stop, and ends open streams at once."""

from __future__ import annotations

import errno
import socket
import sys
from typing import TYPE_CHECKING

import uvicorn

from posecheck.errors import Advice, StorageError
from posecheck.language import phrase
from posecheck.web.film.live_frames import MAX_FRAME_BYTES
from posecheck.web.server.access import EVERY_ADDRESS
from posecheck.web.server.app import create_app
from posecheck.web.server.door import Door
from posecheck.web.server.doorkeeper import Doorkeeper
from posecheck.web.server.patience import PatientProtocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from posecheck.web.server.doorkeeper import Visit
    from posecheck.web.server.settings import WebSettings
    from posecheck.web.server.site import Site

LOOPBACK = "127.0.0.1"
THIS_MACHINE = Advice("this_machine", phrase("Serve this machine alone: {address}.", address=LOOPBACK))
BACKLOG = 2048
"""Connections that the system keeps until they are looked at, as uvicorn has it; it may keep fewer."""
GRACE_S = 5
"""Requests that are under way may take so long to end when the server stops (chosen by us)."""


class AddressError(StorageError):
    """The server cannot listen at the address."""


class WebServer(uvicorn.Server):
    """The server of one open site.

    Parameters
    ----------
    web_settings : WebSettings
    site : Site
    certificate, key : Path, optional
        TLS files in PEM form.
    on_ready : callable, optional
        Called once requests are answered.
    for_phones : bool
        It is the door for phones: whoever comes by it is a stranger, this computer too.

    Raises
    ------
    AddressError
        The certificate and its key cannot be read.
    """

    def __init__(
        self,
        web_settings: WebSettings,
        site: Site,
        *,
        certificate: Path | None = None,
        key: Path | None = None,
        on_ready: Callable[[], None] | None = None,
        for_phones: bool = False,
    ) -> None:
        config = uvicorn.Config(
            create_app(web_settings, site),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            http="h11",  # bounds the size of a head
            ws="websockets-sansio",
            ws_per_message_deflate=False,  # nearly all of it is JPEG
            ws_max_size=2 * MAX_FRAME_BYTES,  # refused in words from half of it on
            timeout_graceful_shutdown=GRACE_S,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
        super().__init__(config)
        _load_certificate(config)
        self._site, self._on_ready, self._for_phones = site, on_ready, for_phones
        self._limits = web_settings.doors
        self._keeper = Doorkeeper(self._limits, knows_own=not for_phones)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer requests: uvicorn starts without a socket, each of which gets a door of our own."""
        await super().startup(sockets=[])
        for listener in sockets or []:
            door = Door(
                listener,
                self._protocol_of,
                self._keeper,
                limits=self._limits,
                tls=self.config.ssl,
                state=self.server_state,
            )
            self.servers.append(door)  # type: ignore[arg-type]  # uvicorn closes it as it would its own
        if self.started and self._on_ready is not None:
            self._on_ready()

    def _protocol_of(self, visit: Visit) -> PatientProtocol:
        return PatientProtocol(self.config, self.server_state, self.lifespan.state, visit=visit, limits=self._limits)

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop, as asked several times a second."""
        return await super().on_tick(counter) or bool(self._site.ended)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; streams of events end first, since they would never end by themselves."""
        if self._for_phones:
            self._site.events.end_streams()
        else:
            self._site.events.close()
        await super().shutdown(sockets)


def _load_certificate(config: uvicorn.Config) -> None:
    """Read the TLS files now: later the failure would be no more than a line in a log."""
    try:
        config.load()
    except (OSError, ValueError) as error:
        raise AddressError(
            phrase(
                "{certificate}, {key}: not a certificate and its key in PEM form ({reason}). Check both files.",
                certificate=config.ssl_certfile,
                key=config.ssl_keyfile,
                reason=error,
            )
        ) from error


def listen(host: str, port: int, *, for_phones: bool = False) -> socket.socket:
    """A listening socket; ``port`` 0 takes any that is free. ``for_phones`` says which port a refusal is about.

    Raises
    ------
    AddressError
        The port is in use or not allowed, or the host is not an address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise AddressError(phrase("{host} is not an address of this machine.", host=host), THIS_MACHINE) from error
    try:
        if sys.platform != "win32":  # there it would share a port that is in use
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _refusal(error, host, port, "lan_port" if for_phones else "port") from error
    return listener


def address_of(listener: socket.socket, host: str, *, tls: bool) -> str:
    """The address to open on this machine: ``http://127.0.0.1:8000``."""
    name = LOOPBACK if host in EVERY_ADDRESS else host
    shown = f"[{name}]" if ":" in name else name
    return f"{'https' if tls else 'http'}://{shown}:{listener.getsockname()[1]}"


def _refusal(error: OSError, host: str, port: int, code: str) -> AddressError:
    if error.errno == errno.EADDRINUSE:
        return AddressError(
            phrase(
                "port {port} of {host} is in use, perhaps by another posecheck server, which you can open instead.",
                port=port,
                host=host,
            ),
            Advice(code, phrase("Or choose another port.")),
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return AddressError(
            phrase("you may not use port {port}.", port=port),
            Advice(code, phrase("Choose one above 1023, such as 8000.")),
        )
    words = phrase(
        "{host}, port {port}: posecheck cannot listen there ({reason}).", host=host, port=port, reason=error.strerror
    )
    return AddressError(words, THIS_MACHINE)
