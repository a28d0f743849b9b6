"""The second door of the web app: the same site by https for phones in the network, each of which needs an invitation."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from posecheck.errors import Advice
from posecheck.language import phrase
from posecheck.web.phones.network import lan_addresses
from posecheck.web.server.access import EVERY_ADDRESS
from posecheck.web.server.serve import AddressError, WebServer

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.web.server.settings import WebSettings
    from posecheck.web.server.site import Site

START_S = 30.0
EVERY_WORDS = phrase("phones come by one address of this machine, not by every one.")
ONE_ADDRESS = Advice("one_address", phrase("Name one, or none to use the likeliest."))
NO_NETWORK_WORDS = phrase(
    "this machine is in no local network that could be found. Join the Wi-Fi that the phone is in, then try again."
)
OWN_ADDRESS = Advice("own_address", phrase("Or name this machine's own address in that network."))


def own_address(asked: str | None) -> str:
    """Give this machine's address in the local network.

    Parameters
    ----------
    asked : str or None
        The one that the user chose; None: the likeliest.

    Raises
    ------
    AddressError
        It is in no network, or every address was asked for: a certificate and a QR code are for one.
    """
    if asked in EVERY_ADDRESS:
        raise AddressError(EVERY_WORDS, ONE_ADDRESS)
    if asked is not None:
        return asked
    found = lan_addresses()
    if not found:
        raise AddressError(NO_NETWORK_WORDS, OWN_ADDRESS)
    return found[0]


@contextmanager
def open_door(
    web_settings: WebSettings, site: Site, listener: socket.socket, *, certificate: Path, key: Path
) -> Iterator[None]:
    """Serve an open site at its address in the network too, in a thread of its own, until the end of the block.

    Parameters
    ----------
    web_settings : WebSettings
        Those of the site, with `lan`.
    site : Site
    listener : socket
        Listens at the address of `lan`.
    certificate, key : Path
        TLS files in PEM form.

    Raises
    ------
    AddressError
        The certificate and key cannot be read, or the door does not open.
    """
    door = web_settings.lan
    assert door is not None  # the caller made it
    host, port = urlsplit(door.address).hostname or "", listener.getsockname()[1]
    ready = threading.Event()
    own = replace(web_settings, host=host, port=port, token=door.token)
    server = WebServer(own, site, certificate=certificate, key=key, on_ready=ready.set, for_phones=True)
    thread = threading.Thread(target=server.run, args=([listener],), name="lan")
    thread.start()
    try:
        if not ready.wait(START_S):
            raise AddressError(
                phrase("{address}: does not answer.", address=door.address),
                Advice("without_phones", phrase("Try again, or do without phones.")),
            )
        yield
    finally:
        server.should_exit = True
        thread.join()
