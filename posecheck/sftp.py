"""Files of another machine over SFTP, as fsspec has them, for several threads and for days.

fsspec's own keeps one connection, which only one thread may use, and which stays broken once it breaks.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

CONNECT_S = 15.0
"""A machine that does not answer within so long is not there (chosen by us)."""
ANSWER_S = 60.0
"""So long it may take for each answer (chosen by us)."""


class SFTP(SFTPFileSystem):  # type: ignore[misc]  # fsspec has no types
    """A connection for each thread, made when first needed and anew where it has ended; people and keys as for ``ssh``."""

    def __init__(self, host: str, *, use_listings_cache: bool = False, **ssh: Any) -> None:
        super().__init__(host, **ssh)  # no listing is kept, whatever is asked; paramiko would stumble over the word

    def _connect(self) -> None:
        self._threads = threading.local()

    @property
    def ftp(self) -> paramiko.SFTPClient:
        """The connection of this thread."""
        return self._connected()[1]

    def _connected(self) -> tuple[paramiko.SSHClient, paramiko.SFTPClient]:
        known: tuple[paramiko.SSHClient, paramiko.SFTPClient] | None = getattr(self._threads, "connection", None)
        if known is None or not _lives(known[0]):
            client = paramiko.SSHClient()
            client.set_missing_host_key_policy(self.host_key_policy)
            waits = dict.fromkeys(("timeout", "banner_timeout", "auth_timeout", "channel_timeout"), CONNECT_S)
            client.connect(self.host, **(waits | self.ssh_kwargs))
            files = client.open_sftp()
            if (channel := files.get_channel()) is not None:
                channel.settimeout(ANSWER_S)
            known = self._threads.connection = client, files
        return known

    def exists(self, path: str, **_: Any) -> bool:
        """Whether something is there; a machine that cannot be asked is an error, and not nothing."""
        return self._kind(path) != ""

    def isdir(self, path: str) -> bool:
        """As `exists`, for a folder."""
        return self._kind(path) == "directory"

    def isfile(self, path: str) -> bool:
        """As `exists`, for a file."""
        return self._kind(path) == "file"

    def _kind(self, path: str) -> str:
        try:
            return str(self.info(path)["type"])
        except FileNotFoundError:
            return ""

    def mv(self, old: str, new: str) -> None:
        """Rename a file; what takes another one's place is newer than that by a second at least.

        SFTP tells times in whole seconds, and a change within the same one would be noticed by nobody.
        """
        with suppress(FileNotFoundError):
            before_s, now_s = (self.ftp.stat(self._strip_protocol(path)).st_mtime for path in (new, old))
            if before_s is not None and now_s is not None and now_s <= before_s:
                self.ftp.utime(self._strip_protocol(old), (before_s + 1, before_s + 1))
        super().mv(old, new)


def _lives(client: paramiko.SSHClient) -> bool:
    transport = client.get_transport()
    return transport is not None and transport.is_active()
