"""A session at two servers of one database and one store, with a cluster: one server is killed while its jobs run.

All parts are real, as `python -m scripts.start_servers` starts them. The other server ends the session, and its result is
the one of a single server that does all itself.
"""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any

import httpx
import pandas as pd
import pytest
from needs import needs_postgresql
from webapp import serve

from posecheck.session import Phase, read_session
from posecheck.settings import load_settings
from scripts.start_servers import clinic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from posecheck.session import TrialPlan

WAIT_S = 600.0
TESTS = (("toe-touch", None), ("side-lunge", "left"))
"""Each before and after: enough for two workers and a result, and not more than a test has time for."""

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(1800)]


def test_a_session_goes_on_at_the_other_server_with_the_numbers_of_a_single_one(tmp_path: Path) -> None:
    with serve(tmp_path / "alone", workers=2) as alone:
        session = alone.session()
        for phase in Phase.PRE, Phase.RETEST:
            confirm(alone.client, session, phase, [send(alone.client, session, plan) for plan in plans(phase)])
        wanted = changes(alone.client, session)
    needs_postgresql()
    (tmp_path / "clinic").mkdir()
    with (
        clinic(tmp_path / "clinic") as running,
        at(running.addresses["server1"]) as one,
        at(running.addresses["server2"]) as two,
    ):
        person = one.post("/api/people", json={"name": "Anna"}).raise_for_status().json()["id"]
        session = one.post(f"/api/people/{person}/sessions", json={}).raise_for_status().json()["id"]
        sent = [send(one, session, plan) for plan in plans(Phase.PRE)]
        until(lambda: [job for job in jobs(two, session) if job["state"] == "running" and job["done"] > 0])
        running.servers.stop("server1")  # SIGKILL
        confirm(two, session, Phase.PRE, sent)
        confirm(two, session, Phase.RETEST, [send(two, session, plan) for plan in plans(Phase.RETEST)])
        found = changes(two, session)
        assert two.get(f"/sessions/{session}/result").status_code == 200
        assert {job["state"] for job in jobs(two, session)} == {"done"}
    numbers = wanted.select_dtypes("number").columns
    # Dask lets each process compute with one thread alone, which may move the last digit.
    pd.testing.assert_frame_equal(found[numbers], wanted[numbers], atol=0.0011, rtol=0)
    assert list(found["verdict"]) == list(wanted["verdict"])
    assert len(found) >= len(TESTS)


def plans(phase: Phase) -> list[TrialPlan]:
    """The sample videos of a block."""
    found = [plan for plan in read_session(load_settings().samples_dir).trials if plan.phase == phase]
    return [plan for plan in found if (plan.movement.name, plan.side and str(plan.side)) in TESTS]


def at(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, timeout=60, trust_env=False)


def send(client: httpx.Client, session: str, plan: TrialPlan) -> str:
    """Id of a video that is sent as the page sends it."""
    form = {"file_name": plan.file.name, "size_bytes": plan.file.stat().st_size, "phase": str(plan.phase)}
    upload = client.post(f"/api/sessions/{session}/uploads", json=form).raise_for_status().json()["id"]
    client.patch(f"/api/uploads/{upload}?offset=0", content=plan.file.read_bytes()).raise_for_status()
    return str(upload)


def confirm(client: httpx.Client, session: str, phase: Phase, uploads: list[str]) -> None:
    """Confirm each video once it is read, and wait until all are measured."""
    for upload, plan in zip(uploads, plans(phase), strict=True):
        until(lambda upload=upload: client.get(f"/api/uploads/{upload}").json()["state"] == "read")
        form = {"movement": plan.movement.name, "side": plan.side and str(plan.side)}
        client.post(f"/api/uploads/{upload}/confirm", json=form).raise_for_status()
    until(lambda: {take["state"] for take in detail(client, session)["takes"]} == {"measured"})


def detail(client: httpx.Client, session: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/sessions/{session}").raise_for_status().json()
    return found


def jobs(client: httpx.Client, session: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/sessions/{session}/jobs").raise_for_status().json()
    return found


def changes(client: httpx.Client, session: str) -> pd.DataFrame:
    """The table of changes, by test, side whose angle it is, and outcome."""
    text = client.get(f"/api/sessions/{session}/files/changes.csv").raise_for_status().text
    return pd.read_csv(io.StringIO(text)).fillna({"side": ""}).set_index(["movement", "side", "outcome"]).sort_index()


def until(what: Callable[[], Any]) -> Any:
    """What it gives, once that is something."""
    deadline = time.monotonic() + WAIT_S
    while not (found := what()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.2)
    return found
