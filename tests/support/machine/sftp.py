"""An SFTP server of this process on this machine, over one folder; it knows one person, by her key."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any

import paramiko
from paramiko import SFTP_OK, SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "anna"


@dataclass
class SFTPFolder:
    """A folder of this machine and its address at a running server."""

    folder: Path
    address: str
    connections: list[paramiko.Transport] = field(default_factory=list)

    def cut_lines(self) -> None:
        """End all connections, as a server does that is started anew."""
        while self.connections:
            self.connections.pop().close()


@contextmanager
def sftp_server(folder: Path, home: Path) -> Iterator[SFTPFolder]:
    """A server while the block runs.

    Parameters
    ----------
    folder : Path
        What it shows, made by this call; its clients see it as ``/``.
    home : Path
        Gets the key, where programs look for it whose ``HOME`` this is.
    """
    key = paramiko.RSAKey.generate(2048)
    folder.mkdir()
    (home / ".ssh").mkdir(parents=True)
    key.write_private_key_file(str(home / ".ssh" / "id_rsa"))
    host_key = paramiko.RSAKey.generate(2048)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        served = SFTPFolder(folder, f"sftp://{NAME}@127.0.0.1:{listening.getsockname()[1]}")

        def answer() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:  # the block has ended
                    return
                transport = paramiko.Transport(connection)
                transport.add_server_key(host_key)
                transport.set_subsystem_handler("sftp", SFTPServer, _Files, folder)
                with suppress(paramiko.SSHException, EOFError):
                    transport.start_server(server=_Door(key))
                served.connections.append(transport)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield served
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
            served.cut_lines()


class _Door(paramiko.ServerInterface):
    def __init__(self, key: paramiko.PKey) -> None:
        self._key = key

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        known = username == NAME and key == self._key
        return paramiko.AUTH_SUCCESSFUL if known else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


def _told(work: Callable[..., Any]) -> Callable[..., Any]:
    """What it gives, or that it is done, or the protocol's number of what went wrong."""

    @wraps(work)
    def asked(*values: Any) -> Any:
        try:
            found = work(*values)
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)
        return SFTP_OK if found is None else found

    return asked


class _Files(SFTPServerInterface):
    """The folder, as an SFTP server tells it."""

    def __init__(self, server: paramiko.ServerInterface, folder: Path, *args: Any, **kwargs: Any) -> None:
        super().__init__(server, *args, **kwargs)
        self._folder = folder

    def _real(self, path: str) -> Path:
        return self._folder / self.canonicalize(path).lstrip("/")

    @_told
    def list_folder(self, path: str) -> list[SFTPAttributes]:
        return [SFTPAttributes.from_stat(item.stat(), item.name) for item in os.scandir(self._real(path))]

    @_told
    def stat(self, path: str) -> SFTPAttributes:
        return SFTPAttributes.from_stat(self._real(path).stat())

    lstat = stat

    @_told
    def open(self, path: str, flags: int, attr: SFTPAttributes) -> SFTPHandle:
        descriptor = os.open(self._real(path), flags, 0o666)
        mode = "rb" if flags & os.O_ACCMODE == os.O_RDONLY else "r+b" if flags & os.O_RDWR else "wb"
        handle = SFTPHandle(flags)
        handle.readfile = handle.writefile = os.fdopen(descriptor, mode)
        handle.stat = lambda: SFTPAttributes.from_stat(os.fstat(descriptor))
        return handle

    @_told
    def remove(self, path: str) -> None:
        self._real(path).unlink()

    @_told
    def rename(self, oldpath: str, newpath: str) -> None:
        target = self._real(newpath)
        if target.exists():
            raise FileExistsError(newpath)
        self._real(oldpath).rename(target)

    @_told
    def posix_rename(self, oldpath: str, newpath: str) -> None:
        self._real(oldpath).replace(self._real(newpath))

    @_told
    def chattr(self, path: str, attr: SFTPAttributes) -> None:
        SFTPServer.set_file_attr(str(self._real(path)), attr)

    @_told
    def mkdir(self, path: str, attr: SFTPAttributes) -> None:
        self._real(path).mkdir()

    @_told
    def rmdir(self, path: str) -> None:
        self._real(path).rmdir()
