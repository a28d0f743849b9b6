"""Recordings of a camera that come in piece by piece, sent to a site without a browser, and a clock that tests set."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from browser_recording import recorded_pieces

from posecheck.storage.tables import Upload
from posecheck.web.film import filmed
from posecheck.web.film.forms import FilmingForm
from posecheck.web.film.last_pieces import LastPieces
from posecheck.web.server.site import Site

RATE_HZ = 10
LENGTH_S = 6.0


@lru_cache(maxsize=3)
def recording(codec: str = "libvpx", length_s: float = LENGTH_S) -> tuple[bytes, ...]:
    """Pieces of a recording of grey pictures with a block that moves, with uneven times."""
    steps = np.random.default_rng(1).uniform(0.7, 1.3, int(length_s * RATE_HZ)) / RATE_HZ
    images = []
    for k in range(len(steps)):
        image = np.full((96, 128, 3), 120, np.uint8)
        image[:, k % 100 : k % 100 + 20] = 200
        images.append(image)
    return tuple(recorded_pieces(np.cumsum(steps).tolist(), images, codec=codec))


class Clock:
    """Stands still until it is set forward."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def watched_by(site: Site, clock: Clock) -> Site:
    return replace(site, last_pieces=LastPieces(clock))


def begin(site: Site, session: str, **form: Any) -> str:
    usual = {"movement": "side-lunge", "side": "left", "phase": "pre", "mime": "video/webm;codecs=vp8"}
    return filmed.begin_filming(site, session, FilmingForm(**{**usual, **form})).id


def send(site: Site, upload_id: str, pieces: tuple[bytes, ...]) -> int:
    received = site.files.partial(upload_id).stat().st_size
    for piece in pieces:
        received = filmed.add_piece(site, upload_id, received, piece)
    return received


def row(site: Site, upload_id: str) -> Upload:
    with site.database.read() as transaction:
        found = transaction.get(Upload, upload_id)
        assert found is not None
        assert found.session.takes is not None
        assert found.takes is not None
    return found
