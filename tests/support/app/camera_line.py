"""The camera's line to a server under test, as a page opens it."""

from __future__ import annotations

import io
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray
    from webapp import Served

WAIT_S = 60
TOE = "movement=toe-touch"


@contextmanager
def line(served: Served, session: str, query: str = TOE, **how: Any) -> Iterator[ClientConnection]:
    address = f"{served.url.replace('http', 'ws')}/api/sessions/{session}/live?{query}"
    with connect(address, proxy=None, **how) as socket:
        yield socket


def jpeg(image: NDArray[np.uint8] | None = None, size_px: tuple[int, int] = (320, 180)) -> bytes:
    data = io.BytesIO()
    (Image.new("RGB", size_px, "grey") if image is None else Image.fromarray(image)).save(data, "JPEG", quality=80)
    return data.getvalue()


def said(socket: ClientConnection) -> dict[str, Any]:
    return dict(json.loads(socket.recv(timeout=WAIT_S)))


def closed_with(socket: ClientConnection) -> tuple[int, str]:
    """The closing code, and the words that came before it."""
    words = said(socket)
    assert words["kind"] == "closing"
    with pytest.raises(ConnectionClosed) as closing:
        socket.recv(timeout=WAIT_S)
    assert closing.value.rcvd is not None
    assert closing.value.rcvd.code == words["code"]
    return closing.value.rcvd.code, str(words["message"])
