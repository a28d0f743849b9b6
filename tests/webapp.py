"""The web app for tests: a real server on a free port of this machine, with a real database, stopped at the end."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from posecheck.web.app import open_site
from posecheck.web.serve import WebServer, listen
from posecheck.web.settings import WebSettings
from posecheck.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_S = 30.0


@dataclass(frozen=True)
class Served:
    """A running server: its address, what it holds, and a client that talks to it."""

    url: str
    site: Site
    client: httpx.Client

    def person(self, name: str = "Anna") -> str:
        """Id of a new person."""
        return str(self.client.post("/api/people", json={"name": name}).raise_for_status().json()["id"])

    def session(self, **form: Any) -> str:
        """Id of a new session of a new person."""
        answer = self.client.post(f"/api/people/{self.person()}/sessions", json=form).raise_for_status()
        return str(answer.json()["id"])


@contextmanager
def serve(data: Path, **settings: Any) -> Iterator[Served]:
    """A running server on a data folder; further words are those of `WebSettings`."""
    web_settings = WebSettings(data=data, **{"port": 0, "workers": 1, **settings})
    listener = listen(web_settings.host, 0)
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with listener, open_site(web_settings) as site:
        ready = threading.Event()
        server = WebServer(web_settings, site, on_ready=ready.set)
        thread = threading.Thread(target=server.run, args=([listener],), name="server under test")
        thread.start()
        try:
            assert ready.wait(START_S), "the server did not start"
            headers = {"Authorization": f"Bearer {web_settings.token}"} if web_settings.token else {}
            with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
                yield Served(url, site, client)
        finally:
            server.should_exit = True
            thread.join()
