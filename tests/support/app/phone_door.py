"""A server for tests with a door for phones: https at a second address of this machine, with a certificate of its own."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from webapp import Served, serve
from websockets.sync.client import ClientConnection, connect

from posecheck.web.phones.certificate import certificate_for
from posecheck.web.phones.lan import open_door
from posecheck.web.server.serve import AddressError, listen
from posecheck.web.server.settings import LanAccess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADDRESS = "127.0.0.2"
"""Stands in for the machine's address in a network: another one than that of the server's first door."""
TOKEN = "a-token-of-the-tests"


@dataclass(frozen=True)
class Door:
    """A server with a door for phones, and the certificate that phones accepted."""

    served: Served
    url: str
    certificate: Path

    def phone(self, **headers: str) -> httpx.Client:
        """A browser that knows nothing but the certificate."""
        return httpx.Client(base_url=self.url, verify=self.trusted(), headers=headers, timeout=60, trust_env=False)

    def trusted(self) -> ssl.SSLContext:
        """What a browser trusts that accepted the certificate."""
        return ssl.create_default_context(cafile=str(self.certificate))

    @contextmanager
    def live(self, path: str, client: httpx.Client) -> Iterator[ClientConnection]:
        """A WebSocket with the cookies of a browser."""
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        address = self.url.replace("https", "wss") + path
        with connect(address, proxy=None, ssl=self.trusted(), additional_headers={"Cookie": cookies}) as socket:
            yield socket

    def invitation(self, session: str, begin: str = "pre") -> str:
        """The code of a new one."""
        answer = self.served.client.post(f"/api/sessions/{session}/invitations", json={"begin": begin})
        return str(answer.raise_for_status().json()["address"]).split("#")[1]


@contextmanager
def opened(folder: Path, **settings: Any) -> Iterator[Door]:
    """A running server with a door; further words are those of `WebSettings`."""
    try:
        listener = listen(ADDRESS, 0)
    except AddressError:
        pytest.skip("this system has one loopback address only")
    with listener:
        url = f"https://{ADDRESS}:{listener.getsockname()[1]}"
        made = certificate_for(folder / "certificate", ADDRESS)
        door = LanAccess(address=url, token=TOKEN, fingerprint=made.fingerprint)
        with (
            serve(folder, lan=door, **settings) as served,
            open_door(served.site.settings, served.site, listener, certificate=made.certificate, key=made.key),
        ):
            yield Door(served, url, made.certificate)
