"""The door for phones of a running server: open from the start, or opened and shut from a page without a restart."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from posecheck.language import phrase
from posecheck.web.phones.certificate import certificate_for
from posecheck.web.phones.network import DEFAULT_LAN_PORT
from posecheck.web.server.access import new_token
from posecheck.web.server.errors import ConflictError
from posecheck.web.server.settings import LanAccess

if TYPE_CHECKING:
    import socket

    from posecheck.web.server.site import Site

FROM_THE_START_WORDS = phrase("The door for phones was opened when posecheck was started, and closes with it.")


class PhoneDoor:
    """Whether phones can come in, and by which address.

    Parameters
    ----------
    access : LanAccess or None
        Of a door that the command opened; None: shut.
    """

    def __init__(self, access: LanAccess | None = None) -> None:
        self._from_the_start = access
        self._opened: LanAccess | None = None
        self._open = ExitStack()
        self._changing = threading.Lock()

    @property
    def access(self) -> LanAccess | None:
        """Where phones reach the server; None: nowhere."""
        return self._from_the_start or self._opened

    @property
    def can_be_shut(self) -> bool:
        """Whether it was opened from a page."""
        return self._opened is not None

    def open(self, site: Site, *, host: str | None = None, port: int = DEFAULT_LAN_PORT) -> LanAccess:
        """Open it, if it is not open yet.

        Parameters
        ----------
        site : Site
        host : str, optional
            This machine's address in the network. Default: the likeliest.
        port : int
            Default 8443; where that is taken, any that is free.

        Raises
        ------
        AddressError
            This machine is in no network, or the door does not open.
        StorageError
            No certificate can be kept in the data folder.
        """
        with self._changing:
            if self.access is None:
                with ExitStack() as opening:
                    opened = _opened(opening, site, host, port)
                    self._open = opening.pop_all()
                self._opened = opened
            assert self.access is not None
            return self.access

    def shut(self) -> None:
        """Close it, if it is open: phones come in no more, and the pages on them get no answer.

        Raises
        ------
        ConflictError
            The command opened it.
        """
        if self._from_the_start is not None:
            raise ConflictError(FROM_THE_START_WORDS)
        self.close()

    def close(self) -> None:
        """Close what was opened from a page."""
        with self._changing:
            self._open.close()
            self._opened = None


def _opened(opening: ExitStack, site: Site, host: str | None, port: int) -> LanAccess:
    from posecheck.web.phones.lan import open_door, own_address  # they need the whole app, which needs this door
    from posecheck.web.server.serve import address_of

    listener = opening.enter_context(_listener(own_address(host), port))
    address = listener.getsockname()[0]
    made = certificate_for(site.files.certificate, address)
    access = LanAccess(address=address_of(listener, address, tls=True), token=new_token(), fingerprint=made.fingerprint)
    settings = replace(site.settings, lan=access)
    opening.enter_context(open_door(settings, site, listener, certificate=made.certificate, key=made.key))
    return access


def _listener(host: str, port: int) -> socket.socket:
    from posecheck.web.server.serve import AddressError, listen

    try:
        return listen(host, port, for_phones=True)
    except AddressError:
        return listen(host, 0, for_phones=True)
