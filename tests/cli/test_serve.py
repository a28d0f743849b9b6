"""`posecheck serve`: it says where it is, ends cleanly, and refuses in words."""

from __future__ import annotations

import signal
import socket
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import pytest
from serve_command import WAIT_S, refused, started

from posecheck.storage.database import open_database
from posecheck.storage.files import DataFolder
from posecheck.web.server.app import open_site
from posecheck.web.server.settings import WebSettings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_for_others_it_asks_for_a_token_warns_and_ends_cleanly_with_a_stream_open(tmp_path: Path) -> None:
    with started(tmp_path / "data", "--host", "0.0.0.0") as (process, address):
        assert httpx.get(address.split("?")[0], trust_env=False).status_code == 401
        with httpx.Client(
            base_url=address.split("?")[0], follow_redirects=True, timeout=WAIT_S, trust_env=False
        ) as browser:
            assert browser.get(address).status_code == 200
            person = browser.post("/api/people", json={"name": "Anna"}).json()["id"]
            session = browser.post(f"/api/people/{person}/sessions", json={}).json()["id"]
            with browser.stream("GET", f"/api/sessions/{session}/events") as stream:
                process.send_signal(signal.SIGINT)
                assert "".join(stream.iter_text()).startswith("retry:")
        said, errors = process.communicate(timeout=WAIT_S)
    assert process.returncode == 0
    assert "--tls-cert" in errors
    assert "Stopped." in errors
    assert "Traceback" not in errors
    assert address.split("token=")[1] not in said + errors, "the token is shown once"


@pytest.mark.slow
def test_what_was_stored_is_there_after_the_server_was_killed(tmp_path: Path) -> None:
    with started(tmp_path / "data") as (process, address):
        httpx.post(f"{address}api/people", json={"name": "Anna"}, trust_env=False).raise_for_status()
        process.kill()
        process.wait(WAIT_S)
    with started(tmp_path / "data") as (process, address):
        assert [row["name"] for row in httpx.get(f"{address}api/people", trust_env=False).json()] == ["Anna"]
        process.terminate()
        assert process.wait(WAIT_S) == 0


def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with open_site(WebSettings(data=tmp_path)):
        code, words = refused("--port", "0", "--data", str(tmp_path))
    assert code == 5
    assert "another posecheck server uses this data folder" in words


def test_a_port_in_use_is_told_in_words(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        code, words = refused("--port", str(other.getsockname()[1]), "--data", str(tmp_path / "data"))
    assert code == 5
    assert "is in use" in words
    assert "--port 0" in words
    assert not (tmp_path / "data").exists()


def test_a_host_that_is_none_of_this_machines_is_told_in_words(tmp_path: Path) -> None:
    code, words = refused("--host", "203.0.113.7", "--port", "0", "--data", str(tmp_path / "data"))
    assert code == 5
    assert "--host 127.0.0.1" in words


def test_a_short_token_and_half_a_certificate_are_wrong_command_lines(tmp_path: Path) -> None:
    assert refused("--token", "short", "--data", str(tmp_path))[0] == 2
    assert refused("--tls-cert", "cert.pem", "--data", str(tmp_path))[0] == 2
    code, words = refused("--tls-cert", "no.pem", "--tls-key", "no.pem", "--data", str(tmp_path))
    assert code == 2
    assert "no.pem" in words


def test_files_that_are_no_certificate_are_told_in_words(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate", encoding="utf-8")
    code, words = refused(
        "--tls-cert", str(wrong), "--tls-key", str(wrong), "--port", "0", "--data", str(tmp_path / "d")
    )
    assert code == 5
    assert "wrong.pem" in words


def test_the_environment_names_the_data_folder_and_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSECHECK_DATA", str(tmp_path / "named"))
    monkeypatch.setenv("POSECHECK_DATABASE_URL", "nonsense")
    code, words = refused("--port", "0")
    assert code == 5
    assert "POSECHECK_DATABASE_URL is not the address" in words
    assert (tmp_path / "named").is_dir()


def test_a_database_newer_than_the_program_is_refused(tmp_path: Path) -> None:
    open_database(DataFolder(tmp_path)).close()
    file = tmp_path / "posecheck.sqlite3"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    code, words = refused("--port", "0", "--data", str(tmp_path))
    assert code == 5
    assert "newer posecheck" in words
    assert file.read_bytes() == before


def test_a_data_folder_that_is_a_file_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x", encoding="utf-8")
    code, words = refused("--port", "0", "--data", str(tmp_path / "data"))
    assert code == 5
    assert "a file stands where a folder is needed" in words
