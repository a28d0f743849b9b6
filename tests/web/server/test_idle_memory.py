"""A server that nobody uses keeps little memory, also after somebody has filmed with the real model."""

from __future__ import annotations

import sys
import time

import pytest

from benchmarks.idle_memory import film, resident_mb
from benchmarks.live import jpegs_of_clip
from benchmarks.live_server import served

GOAL_MB = 250
GIVEN_BACK_WITHIN_S = 90.0
"""Engines are kept for half a minute; a busy machine may be late."""


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="what is resident is told differently elsewhere")
def test_what_filming_takes_is_given_back() -> None:
    with served() as (server, client):
        most_mb = film(client, jpegs_of_clip()[:60], 4.0, lambda: resident_mb(server))
        assert most_mb > 1.2 * GOAL_MB, "the model was loaded"
        end_s = time.monotonic() + GIVEN_BACK_WITHIN_S
        while (kept_mb := resident_mb(server)) > GOAL_MB and time.monotonic() < end_s:
            time.sleep(1.0)
        assert kept_mb < GOAL_MB, server.children()
