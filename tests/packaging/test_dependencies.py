"""What the package imports is declared in pyproject.toml, and what is declared is imported."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if not (ROOT / "pyproject.toml").is_file():  # the tests of an installed package, without its project file
    pytest.skip("no pyproject.toml here", allow_module_level=True)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_FOR_RUNNING = {"dev", "docs", "synthetic"}


def normal(name: str) -> str:
    """The name of a distribution as one writes it: ``SQLAlchemy[asyncio]>=2`` and ``sqlalchemy`` are the same."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name)[0]).lower()


def declared() -> set[str]:
    extras = PROJECT["optional-dependencies"]
    optional = [name for extra, names in extras.items() if extra not in NOT_FOR_RUNNING for name in names]
    return {normal(name) for name in (*PROJECT["dependencies"], *optional)}


def imported() -> dict[str, set[str]]:
    """Top-level module from elsewhere to the files of the package that import it."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "posecheck").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for module in {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"posecheck"}:
                found.setdefault(module, set()).add(path.relative_to(ROOT).as_posix())
    return found


def test_everything_that_is_imported_is_declared() -> None:
    owners = packages_distributions()
    missing = {
        module: sorted(files)
        for module, files in imported().items()
        if not {normal(owner) for owner in owners.get(module, [module])} & declared()
    }
    assert not missing


def test_everything_that_is_declared_is_used() -> None:
    owners = packages_distributions()
    used = {normal(owner) for module in imported() for owner in owners.get(module, [module])}
    # Drivers that the libraries of databases and of storage load by the name in an address, what uvicorn loads for
    # WebSockets and its event loop.
    loaded_by_name = {"psycopg", "s3fs", "gcsfs", "paramiko", "uvloop", "websockets"}
    assert declared() - used <= loaded_by_name
