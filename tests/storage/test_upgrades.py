"""A newer posecheck takes over what any earlier one stored, also where it is killed in the middle of doing so."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from posecheck.storage.database import newest_version, open_database
from posecheck.storage.files import DataFolder

STORED = Path(__file__).resolve().parents[1] / "stored"
FOLDERS = sorted(STORED.glob("data-folder*.zip"))
"""As earlier versions wrote them; one is added with a version that alters tables, and none is ever made anew."""
KILLED = """
import os
import signal
import sys
from pathlib import Path

import sqlalchemy as sa

from posecheck.storage.database import open_database
from posecheck.storage.files import DataFolder

left = int(sys.argv[2])


def count(*_):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1


def statement(_connection, _cursor, words, *_rest):
    if words.split()[0].upper() in ("CREATE", "ALTER", "INSERT", "UPDATE", "DROP", "DELETE"):
        count()


sa.event.listen(sa.Engine, "before_cursor_execute", statement)
sa.event.listen(sa.Engine, "commit", count)
open_database(DataFolder(Path(sys.argv[1]))).close()
"""
"""Opens a data folder, and is killed before a change of it: the how manieth, commits counted."""


def config(connection: sa.Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(files("posecheck.storage") / "migrations"))
    made.attributes["connection"] = connection
    return made


def revisions() -> list[str]:
    """Every version of the tables, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()][::-1]


def stored_folder(tmp_path: Path, archive: Path) -> DataFolder:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path)
    (found,) = tmp_path.iterdir()
    return DataFolder(found)


def version_of(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def rows_of(file: Path) -> dict[str, list[dict[str, object]]]:
    """Every row of every table."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1")]
            for table in tables
            if table != "alembic_version"
        }


def lost(before: dict[str, list[dict[str, object]]], after: dict[str, list[dict[str, object]]]) -> list[str]:
    """Rows that are no more, by table; columns may come and go."""
    return [
        f"{table}: {len(rows)} rows before, {len(after.get(table, []))} after"
        for table, rows in before.items()
        if len(after.get(table, [])) != len(rows)
        or [next(iter(row.values())) for row in rows] != [next(iter(row.values())) for row in after[table]]
    ]


def at_version(folder: DataFolder, revision: str) -> None:
    """Bring a stored database to a version between its own and the newest."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(folder.database)))
    with engine.begin() as connection:
        command.upgrade(config(connection), revision)
    engine.dispose()


def test_the_first_version_is_stored() -> None:
    assert FOLDERS


@pytest.mark.parametrize("archive", FOLDERS, ids=lambda archive: archive.stem)
def test_an_upgrade_keeps_every_row_and_a_backup(tmp_path: Path, archive: Path) -> None:
    folder = stored_folder(tmp_path, archive)
    before, version = rows_of(folder.database), version_of(folder.database)
    open_database(folder).close()
    assert version_of(folder.database) == newest_version()
    assert not lost(before, rows_of(folder.database))
    assert [path.name.endswith(f"-version-{version}.sqlite3") for path in folder.backups.iterdir()] == (
        [] if version == newest_version() else [True]
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
@pytest.mark.parametrize("revision", revisions()[:-1])
@pytest.mark.parametrize("step", [0, 1, 3])
def test_an_upgrade_that_was_killed_in_the_middle_is_done_at_the_next_start(
    tmp_path: Path, revision: str, step: int
) -> None:
    folder = stored_folder(tmp_path, STORED / "data-folder.zip")
    at_version(folder, revision)
    before = rows_of(folder.database)
    assert killed(folder, step) in (-signal.SIGKILL, 0)  # 0: it had no more steps than that
    open_database(folder).close()
    assert version_of(folder.database) == newest_version()
    assert not lost(before, rows_of(folder.database))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
@pytest.mark.parametrize("step", [0, 4, 12])
def test_a_first_start_that_was_killed_in_the_middle_is_done_at_the_next(tmp_path: Path, step: int) -> None:
    folder = DataFolder(tmp_path / "data")
    assert killed(folder, step) == -signal.SIGKILL
    open_database(folder).close()
    assert version_of(folder.database) == newest_version()


def killed(folder: DataFolder, step: int) -> int:
    """Exit code of a process that opens the folder and is killed at a step."""
    return subprocess.run([sys.executable, "-c", KILLED, str(folder.root), str(step)], check=False).returncode
