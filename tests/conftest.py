from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest
from browser_mark import drives_browser
from cluster import s3_server
from hypothesis import settings
from postgresql import private_server
from priority import forbid_raised_priority

from posecheck.pose.estimator import NO_PROXIES, PROXIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgresql import Server
    from sftp import SFTPFolder

# No deadline: a busy computer is no failure. Derandomised: a run means the same everywhere.
settings.register_profile("posecheck", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("posecheck")

forbid_raised_priority()

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a shell. Commands under test would inherit it, and could not be stopped by Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if drives_browser(item):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def _own_proxies() -> None:
    """Take back what the pose model left in this process: the dead end that its library's reports are sent to."""
    for name in (*PROXIES, *NO_PROXIES):
        if name in os.environ:
            os.putenv(name, os.environ[name])
        else:
            os.unsetenv(name)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A private PostgreSQL server, started once; the tests that ask for it are skipped where there is none."""
    with private_server() as server:
        yield server


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A real S3 server, found by this process; its file system, without any cache."""
    import s3fs

    with s3_server(tmp_path_factory.mktemp("s3")) as variables, pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield s3fs.S3FileSystem(skip_instance_cache=True, use_listings_cache=False)


@pytest.fixture(scope="module")
def sftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SFTPFolder]:
    """A real SFTP server, whose key this process and its children find."""
    from sftp import sftp_server

    folder = tmp_path_factory.mktemp("sftp")
    with sftp_server(folder / "files", folder / "home") as served, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder / "home"))
        patch.delenv("SSH_AUTH_SOCK", raising=False)
        yield served


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Once for each kind of database: the address of an empty one, as `WebSettings.database_url` has it."""
    return new_database(request)


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def module_database_url(request: pytest.FixtureRequest) -> str:
    """As ``database_url``, for fixtures of a whole module."""
    return new_database(request)


def new_database(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()
