"""Stands between Playwright and the Firefox of a distribution: `firefox.firefox` starts it in the browser's place.

Playwright drives Firefox by WebDriver BiDi, and asks for commands of it that the slower releases of a distribution do not
know yet, such as that for dark colours. A page is the same without them, so that what Firefox answers as unknown of the
group ``emulation`` is passed on as done. Everything else goes through as it is.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

LISTENING = re.compile(r"(WebDriver BiDi listening on )ws://127\.0\.0\.1:(\d+)")
FIREFOX = "POSECHECK_TEST_FIREFOX"
"""Environment variable: path of the Firefox itself."""


def main() -> None:
    """Start Firefox with the arguments of this program, and say an address of our own in place of its own."""
    with subprocess.Popen((os.environ[FIREFOX], *sys.argv[1:]), stderr=subprocess.PIPE, text=True) as browser:
        assert browser.stderr is not None
        for line in browser.stderr:
            found = LISTENING.search(line)
            if found:
                asyncio.run(_relay(int(found[2]), browser))
                return
            sys.stderr.write(line)
            sys.stderr.flush()


async def _relay(port: int, browser: subprocess.Popen[str]) -> None:
    async def answer(playwright: ServerConnection) -> None:
        assert playwright.request is not None
        async with connect(f"ws://127.0.0.1:{port}{playwright.request.path}", max_size=None) as firefox:
            asked: dict[int, str] = {}
            await asyncio.gather(_forth(playwright, firefox, asked), _back(firefox, playwright, asked))

    async with serve(answer, "127.0.0.1", 0, max_size=None) as server:
        own = next(iter(server.sockets)).getsockname()[1]
        sys.stderr.write(f"WebDriver BiDi listening on ws://127.0.0.1:{own}\n")
        sys.stderr.flush()
        assert browser.stderr is not None
        await asyncio.to_thread(browser.stderr.read)  # until Firefox ends


async def _forth(playwright: ServerConnection, firefox: ClientConnection, asked: dict[int, str]) -> None:
    with suppress(ConnectionClosed):
        async for message in playwright:
            told = json.loads(message)
            asked[told["id"]] = told["method"]
            await firefox.send(message)
    await firefox.close()


async def _back(firefox: ClientConnection, playwright: ServerConnection, asked: dict[int, str]) -> None:
    with suppress(ConnectionClosed):
        async for message in firefox:
            await playwright.send(json.dumps(passed_on(json.loads(message), asked)))
    await playwright.close()


def passed_on(told: dict[str, Any], asked: dict[int, str]) -> dict[str, Any]:
    """An answer of Firefox; as done where it does not know how to pretend something that no test here looks at."""
    method = asked.get(told.get("id") or -1, "")
    if told.get("error") == "unknown command" and method.startswith("emulation."):
        return {"type": "success", "id": told["id"], "result": {}}
    return told


if __name__ == "__main__":
    main()
