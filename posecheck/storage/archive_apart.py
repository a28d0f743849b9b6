"""The list of rows of an archive, read and checked in a process of its own that may take so much memory and no more.

A hundred thousand bytes of a ZIP can say twenty million; read in the server's own process they would take its memory.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    Rows = dict[str, list[dict[str, Any]]]

MAX_DATA_BYTES = 1024**3
"""Of the process, where the system can limit it (Linux): an honest list of the largest size takes a fifth (chosen by us)."""
CHECK_S = 120.0
"""An honest one takes seconds (chosen by us)."""
TOO_MUCH_WORDS = phrase("the archive takes more memory or time to check than one may; nothing was changed.")


class StoredRows:
    """Rows that were checked, kept on the disk and read one at a time.

    Parameters
    ----------
    path : Path
        Of the file, whose lines are ``[table, row]`` in JSON.
    converted : callable
        Gives a row's values the types of their columns: table and row.
    """

    def __init__(self, path: Path, converted: Callable[[str, Any], dict[str, Any]]) -> None:
        self._path, self._converted = path, converted

    def of(self, table: str) -> Iterator[dict[str, Any]]:
        """Every row of a table, in the order of the archive."""
        with self._path.open(encoding="utf-8") as file:
            for line in file:
                name, row = json.loads(line)
                if name == table:
                    yield self._converted(name, row)

    def ids(self, table: str) -> set[str]:
        """The ids of a table's rows."""
        return {str(row["id"]) for row in self.of(table)}


def write_rows(rows: Rows, target: Path) -> None:
    """Write rows for `StoredRows`.

    Raises
    ------
    OSError
    """
    with target.open("x", encoding="utf-8") as file:
        for table, listed in rows.items():
            file.writelines(json.dumps([table, row], default=str) + "\n" for row in listed)


def run_apart(work: Callable[[Path, Path], None], source: Path, target: Path) -> BaseException | None:
    """Do work in a process of its own; what it raised, None for nothing.

    Parameters
    ----------
    work : callable
        A function of a module; reads the first path and writes the second one.
    source, target : Path

    Raises
    ------
    MemoryError
        It took too much memory or time, and was ended.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(work, source, target, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(CHECK_S):
            raise MemoryError(TOO_MUCH_WORDS)
        raised: BaseException | None = ours.recv()
        return raised
    except (EOFError, OSError) as error:
        raise MemoryError(TOO_MUCH_WORDS) from error
    finally:
        process.kill()
        process.join()
        ours.close()


def _work(work: Callable[[Path, Path], None], source: Path, target: Path, connection: Connection) -> None:
    _limit_memory()
    raised: BaseException | None = None
    try:
        work(source, target)
    except MemoryError:
        return  # nothing is said, so that nothing more is needed
    except Exception as error:
        raised = error
    with suppress(OSError):  # nobody listens any more
        connection.send(raised)


def _limit_memory() -> None:
    if sys.platform != "linux":
        return
    import resource

    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    limit = MAX_DATA_BYTES if hard == resource.RLIM_INFINITY else min(hard, MAX_DATA_BYTES)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
