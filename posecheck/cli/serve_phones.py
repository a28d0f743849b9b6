"""`posecheck serve --lan`: the web app on this machine, with a second door for phones in the same network."""

from __future__ import annotations

import threading
import webbrowser
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from posecheck.cli.console import errors_console, output_console
from posecheck.language import filled, phrase

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.web.server.settings import LanAccess, WebSettings
    from posecheck.web.server.site import Site

NEW_CERTIFICATE_WORDS = phrase(
    "A new certificate was made for {name}: phones warn about it once. Its SHA-256 fingerprint:\n  {fingerprint}"
)


@dataclass(frozen=True, slots=True)
class PhoneOptions:
    """What the command line says about the door for phones.

    Attributes
    ----------
    host : str or None
        This machine's address in the network; None: the likeliest one.
    port : int
    token : str
        Of other devices, which may do everything; empty: a new one.
    certificate, key : Path or None
        The user's own; None: the one that posecheck makes.
    """

    host: str | None
    port: int
    token: str
    certificate: Path | None
    key: Path | None


def serve_with_phones(settings: WebSettings, asked: PhoneOptions, *, show: bool) -> None:
    """Serve this machine and phones until Ctrl-C.

    Raises
    ------
    AddressError
        There is no network, or a port is taken.
    StorageError
        The data folder cannot be used.
    """
    from posecheck.storage.files import DataFolder
    from posecheck.web.phones.certificate import Certificate, certificate_for, fingerprint_of
    from posecheck.web.phones.lan import open_door, own_address
    from posecheck.web.phones.secret_file import forget_shared_token
    from posecheck.web.server.access import new_token
    from posecheck.web.server.app import open_site
    from posecheck.web.server.serve import WebServer, address_of, listen
    from posecheck.web.server.settings import LanAccess

    host = own_address(asked.host)
    with listen(settings.host, settings.port) as own, listen(host, asked.port, for_phones=True) as lan:
        folder = DataFolder(settings.data).certificate
        if asked.certificate and asked.key:
            made = Certificate(asked.certificate, asked.key, fingerprint_of(asked.certificate), is_new=False)
        else:
            host = lan.getsockname()[0]  # a certificate of ours is for an address, not for a name
            made = certificate_for(folder, host)
        address = address_of(lan, host, tls=True)
        forget_shared_token(folder)
        door = LanAccess(address=address, token=asked.token or new_token(), fingerprint=made.fingerprint)
        settings = replace(settings, lan=door)
        with (
            open_site(settings) as site,
            open_door(settings, site, lan, certificate=made.certificate, key=made.key),
        ):
            here = address_of(own, settings.host, tls=False)
            server = WebServer(
                settings,
                site,
                on_ready=lambda: _announce(site, door, here, is_new=made.is_new, show=show),
            )
            with suppress(KeyboardInterrupt):  # how a server is meant to end
                server.run([own])


def open_browser(address: str) -> None:
    """Show an address to the user; some browsers keep whoever starts them waiting."""
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _announce(site: Site, door: LanAccess, address: str, *, is_new: bool, show: bool) -> None:
    console = output_console()
    lines = [
        phrase("posecheck serves {address}", address=f"{address}/"),
        phrase("Data: {folder}", folder=site.files.root),
        phrase(
            "Phones film by {address}: a session's page 'Film with a phone' shows the code to scan.",
            address=door.address,
        ),
        phrase(
            "Other devices, with everything that is stored here: {address}",
            address=f"{door.address}/?token={door.token}",
        ),
    ]
    if is_new:
        lines.append(filled(NEW_CERTIFICATE_WORDS, name=door.address, fingerprint=door.fingerprint))
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    console.print(phrase("Press Ctrl-C to stop."), highlight=False)
    errors_console().print(
        phrase(
            "Whoever has the address with the token can read and change everything that is stored here; an invited phone "
            "can only film its session. Use it in a network you trust."
        ),
        highlight=False,
        soft_wrap=True,
    )
    if show:
        open_browser(f"{address}/")
