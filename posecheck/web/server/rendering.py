"""Renders a page: one Jinja2 environment, what every page knows, and the helpers that templates call."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape

import posecheck
from posecheck.language import LANGUAGES
from posecheck.output.page_words import give_words
from posecheck.video.folder import PASSED_OVER, UNFINISHED_SUFFIXES, VIDEO_SUFFIXES
from posecheck.web.drawings import camera_plan, exercise_drawing, grip_drawing, movement_drawing, stretch_drawing
from posecheck.web.server.preloads import with_preloads

if TYPE_CHECKING:
    from starlette.requests import Request


FEATURES = (
    "server",
    "installation",
    "people",
    "charts",
    "sessions",
    "uploads",
    "film",
    "phones",
    "takes",
    "results",
    "movements",
    "api",
)
"""The folders of the web app that hold templates, scripts or styles of their own.

All are searched as one, so a file's name is unique among them.
"""

THEME_COOKIE = "posecheck_theme"
"""Set by ``static/theme.js``; no secret, and not read for anything else."""
DARK_MEDIA = {"system": "screen and (prefers-color-scheme: dark)", "light": "not all", "dark": "screen"}
"""When the dark colours hold (the media of their style sheet); paper is always light."""


@lru_cache(maxsize=2)
def folders_with(name: str) -> tuple[str, ...]:
    """The packages of the web app that hold a folder ``templates`` or ``static``."""
    packages = (f"posecheck.web.{feature}" for feature in FEATURES)
    return tuple(package for package in packages if (files(package) / name).is_dir())


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of the web app and the report's; an unknown variable is an error, everything is escaped."""
    made = Environment(
        loader=ChoiceLoader(
            [PackageLoader(package) for package in (*folders_with("templates"), "posecheck.output.report")]
        ),
        autoescape=select_autoescape(enabled_extensions=("html", "j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    give_words(made)
    made.globals["languages"] = LANGUAGES
    made.globals["version"] = posecheck.__version__
    made.globals["video_suffixes"] = VIDEO_SUFFIXES
    made.globals["no_videos"] = {"passedOver": PASSED_OVER, "unfinished": UNFINISHED_SUFFIXES}
    for drawing in (camera_plan, exercise_drawing, grip_drawing, movement_drawing, stretch_drawing):
        made.globals[drawing.__name__] = drawing
    return made


def render(request: Request, template: str, status_code: int = 200, **context: Any) -> HTMLResponse:
    """A page from a template; ``path`` is the page's own address."""
    theme = theme_of(request)
    frame = {"path": request.url.path, "theme": theme, "dark_media": DARK_MEDIA[theme]}
    text = environment().get_template(template).render(**frame, **context)
    return HTMLResponse(with_preloads(text, folders_with("static")), status_code)


def theme_of(request: Request) -> str:
    """Light, dark or as the device is, as this browser was told: it says so with each page, so that no page flashes."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in DARK_MEDIA else "system"
