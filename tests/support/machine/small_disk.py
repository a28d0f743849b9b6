"""A small disk that can be filled, and folders that cannot be written, where the system lets a test have them."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class SmallDisk:
    """A mounted disk in memory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def fill(self) -> None:
        """Leave no room on it."""
        with (self.root / "filler").open("ab", buffering=0) as file:
            for size_bytes in (1 << 16, 1 << 12, 1):
                try:
                    while True:
                        file.write(bytes(size_bytes))
                except OSError:
                    continue

    def make_room(self) -> None:
        """Take away what filled it."""
        (self.root / "filler").unlink()


@contextmanager
def small_disk(place: Path, size_mb: int) -> Iterator[SmallDisk]:
    """Mount it; the test is skipped where that is not allowed."""
    place.mkdir()
    mount("-t", "tmpfs", "-o", f"size={size_mb}m", "none", str(place))
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(("umount", "--lazy", str(place)), check=True)


@contextmanager
def shut_folders(root: Path) -> Iterator[None]:
    """While it lasts nothing can be made, renamed or deleted in a folder and those in it; open files stay open.

    The test is skipped where that is not allowed: root may do everything in folders but those that are immutable.
    """
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    try:
        for folder in folders:
            if os.geteuid():
                folder.chmod(0o500)
            else:
                change(folder, "+i")
        yield
    finally:
        for folder in folders:
            if os.geteuid():
                folder.chmod(0o700)
            else:
                subprocess.run(("chattr", "-i", str(folder)), check=False, capture_output=True)


def change(folder: Path, attribute: str) -> None:
    done = subprocess.run(("chattr", attribute, str(folder)), capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this disk has no immutable folders: {done.stderr.strip()}")


def mount(*words: str) -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root of a Linux system can mount a disk for a test")
    done = subprocess.run(("mount", *words), capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this system lets no test mount a disk: {done.stderr.strip()}")
