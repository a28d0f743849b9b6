"""The compose file: what it starts exists, as it is written there. No container is run here: see docs/servers.md."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cluster import s3_server
from typer.main import get_command
from webapp import serve

from posecheck.cli.app import app
from scripts.programs import ACCOUNT

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]


def without_settings(word: str) -> str:
    """Its default in place of what may be set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", word)


@pytest.mark.parametrize("name", ["server1", "server2"])
def test_the_command_of_a_server_is_one(name: str) -> None:
    program, command, *words = map(without_settings, SERVICES[name]["command"])
    assert (program, command) == ("posecheck", "serve")
    root: Any = get_command(app)
    root.commands["serve"].make_context("serve", words)
    assert SERVICES[name]["environment"]["POSECHECK_TOKEN"].startswith("${POSECHECK_TOKEN:?")


@pytest.mark.parametrize("name", ["scheduler", "worker1", "worker2"])
def test_the_commands_of_the_cluster_are_dasks(name: str) -> None:
    program, command, *words = SERVICES[name]["command"]
    assert program == "dask"
    importlib.import_module(f"distributed.cli.dask_{command}").main.make_context(command, words)


def test_what_a_service_waits_for_is_there_and_can_tell_that_it_works() -> None:
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            assert "healthcheck" in SERVICES[other] or how["condition"] == "service_completed_successfully"


def test_every_setting_of_a_server_is_documented() -> None:
    documented = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    settings = [name for name in SERVICES["server1"]["environment"] if name.startswith("POSECHECK_")]
    assert len(settings) == 3
    assert [name for name in settings if f"`{name}`" not in documented] == []


def test_the_health_check_of_a_server_knows_one_that_works(tmp_path: Path) -> None:
    program, *words = SERVICES["server1"]["healthcheck"]["test"][1:]
    assert program == "python"
    with serve(tmp_path, token="a-token-of-the-tests") as served:
        asked = [word.replace("http://localhost:8000", served.url) for word in words]
        for token, code in (("a-token-of-the-tests", 0), ("another-token-it-is", 1)):
            environment = {**os.environ, "POSECHECK_TOKEN": token, "no_proxy": "*"}
            done = subprocess.run([sys.executable, *asked], env=environment, capture_output=True, timeout=60)
            assert done.returncode == code


def test_the_bucket_is_made_once(tmp_path: Path) -> None:
    with s3_server(tmp_path) as account:
        for _ in range(2):
            command = [sys.executable, *SERVICES["bucket"]["command"][1:]]
            subprocess.run(command, env={**os.environ, **account}, check=True, timeout=60)
        assert set(ACCOUNT) <= set(SERVICES["bucket"]["environment"])
