"""What a test needs from the machine beyond Python: a display, a browser, a database server, FFmpeg.

Where the thing is missing the test is skipped, in words. A machine that promises it says so in the environment variable
``POSECHECK_REQUIRE`` (a comma list of ``browser``, ``firefox``, ``postgresql``, ``display``, ``movement``, ``ffmpeg``):
there the same lack is a failure, so that a check can never pass by skipping.
"""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

from scripts.postgresql import find_programs

HEADLESS_BROWSERS = ("chromium-headless-shell",)
WHOLE_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def needs_display() -> None:
    """Skip the test where no virtual display can be made and driven: it takes Xvfb and xdotool."""
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            _give_up("display", f"{program} is not installed (Debian: apt-get install xvfb xdotool)")


def needs_browser(*, whole: bool = False) -> Path:
    """Path of the Chromium that tests drive; the test is skipped where there is none.

    The headless shell is the same engine without the window around it, which takes most of the time on a small machine;
    ``whole`` asks for the browser as people have it.
    """
    for name in WHOLE_BROWSERS if whole else (*HEADLESS_BROWSERS, *WHOLE_BROWSERS):
        if found := shutil.which(name):
            return Path(found)
    _give_up("browser", "no Chromium is installed (Debian: apt-get install chromium chromium-headless-shell)")


def needs_firefox() -> Path:
    """Path of the Firefox that tests drive; the test is skipped where there is none."""
    for name in ("firefox-esr", "firefox"):
        if found := shutil.which(name):
            return Path(found)
    _give_up("firefox", "no Firefox is installed (Debian: apt-get install firefox-esr)")


def needs_postgresql() -> Path:
    """Folder with ``initdb`` and ``pg_ctl`` of the newest PostgreSQL; the test is skipped where there is none."""
    if found := find_programs():
        return found
    _give_up("postgresql", "no PostgreSQL server is installed (Debian: apt-get install postgresql)")


def needs_movement() -> None:
    """Skip the test where the package `movement` cannot be imported, which is installed without what it asks for."""
    if find_spec("movement") is None:
        _give_up("movement", "movement is not installed (pip install --no-deps movement)")


def needs_ffmpeg() -> None:
    """Skip the test where FFmpeg's command is missing, with which recordings are made; posecheck itself does not use it."""
    if shutil.which("ffmpeg") is None:
        _give_up("ffmpeg", "ffmpeg is not installed (Debian: apt-get install ffmpeg)")


def give_up_for_ffmpeg(why: str) -> NoReturn:
    """Skip the test as the FFmpeg that is here lacks a part."""
    _give_up("ffmpeg", why)


def _give_up(need: str, why: str) -> NoReturn:
    if need in {name.strip() for name in os.environ.get("POSECHECK_REQUIRE", "").split(",")}:
        pytest.fail(f"POSECHECK_REQUIRE names {need!r}, but {why}", pytrace=False)
    pytest.skip(why)
