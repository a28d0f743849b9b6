"""A damaged database through the real command: refused in words, put back when asked, and the pages work again."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import pytest
from serve_command import COMMAND, WAIT_S, started
from webapp import made_session, quiet_site, serve

from posecheck.storage.backups import back_up
from posecheck.storage.database import newest_version
from posecheck.storage.files import DataFolder
from posecheck.web.server.setting_right import set_right

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a session, and a backup of it."""
    with quiet_site(tmp_path / "data") as site:
        made_session(site)
        set_right(site)
        back_up(site.files, newest_version())
    return tmp_path / "data"


def spoil(data: Path, words: str) -> None:
    with closing(sqlite3.connect(data / "posecheck.sqlite3")) as connection, connection:
        connection.execute(words)


def test_the_command_refuses_says_what_to_type_and_that_helps(data: Path) -> None:
    (data / "posecheck.sqlite3").write_bytes(b"my shopping list" * 100)
    words = (*COMMAND, "--port", "0", "--data", str(data))
    done = subprocess.run(words, capture_output=True, text=True, timeout=WAIT_S, check=False)
    assert done.returncode == 5
    told = " ".join(done.stderr.split())
    assert "the database is damaged: file is not a database. Nothing was changed." in told
    assert "people: 1, sessions: 1. To go on with it: posecheck serve --put-back." in told
    assert "Traceback" not in told
    with started(data, "--put-back") as (_, address), httpx.Client(base_url=address, trust_env=False) as client:
        (person,) = client.get("/api/people").raise_for_status().json()
        for page in ("/", f"/people/{person['id']}", "/settings"):
            assert client.get(page).status_code == 200
    (kept,) = (data / "damaged").glob("*/posecheck.sqlite3")
    assert kept.read_bytes() == b"my shopping list" * 100


def test_where_the_newest_backup_has_the_damage_too_an_older_one_is_put_back(data: Path) -> None:
    spoil(data, "UPDATE session SET step = 'banana'")
    back_up(DataFolder(data), newest_version())
    with started(data, "--put-back") as (_, address), httpx.Client(base_url=address, trust_env=False) as client:
        assert client.get("/").status_code == 200
        assert len(client.get("/api/people").raise_for_status().json()) == 1


def test_what_was_copied_before_the_damage_was_found_is_no_backup(data: Path) -> None:
    spoil(data, "UPDATE alembic_version SET version_num = '0002'")
    with started(data, "--put-back") as (_, address), httpx.Client(base_url=address, trust_env=False) as client:
        assert len(client.get("/api/people").raise_for_status().json()) == 1


def test_what_a_server_stored_by_itself_starts_again(tmp_path: Path) -> None:
    for _ in range(2):
        with serve(tmp_path / "data") as served:
            served.session()
            assert served.client.get("/").status_code == 200
