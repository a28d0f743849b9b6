from __future__ import annotations

import platform
from pathlib import Path

import pytest

from posecheck.heaps import give_back, share_heaps

PIECES, PIECE_BYTES, KEPT_EVERY = 20_000, 4_000, 500


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is known to keep what was freed")
def test_what_was_freed_between_things_that_stay_is_given_back() -> None:
    share_heaps()
    pieces = [bytearray(PIECE_BYTES) for _ in range(PIECES)]
    kept = pieces[::KEPT_EVERY]
    del pieces
    before = resident_bytes()
    give_back()
    assert before - resident_bytes() > PIECES * PIECE_BYTES / 4
    assert len(kept) == PIECES / KEPT_EVERY
