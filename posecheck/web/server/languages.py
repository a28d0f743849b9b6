"""The language of a request: as this browser was told in the settings, else the first of its own that posecheck speaks."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from posecheck.language import LANGUAGES, chosen_language, language_set, phrase, set_language, translated
from posecheck.language.spoken import MARKED, script_messages
from posecheck.web.server.errors import NotFoundError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LANGUAGE_COOKIE = "posecheck_language"
"""Set by ``static/language_choice.js``; no secret, and not read for anything else."""

DESCRIPTION = phrase("Measures movements of the hip from ordinary video, before and after a stretch.")

router = APIRouter()


class InLanguage:
    """ASGI middleware: all that answers a request says it in the language of who asks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Each request runs in a context of its own, so nothing has to be put back."""
        if scope["type"] in ("http", "websocket"):
            set_language(language_of(HTTPConnection(scope)))
        await self._app(scope, receive, send)


def told_language(connection: HTTPConnection) -> str:
    """The language that this browser was told to use; empty where it is to be as the browser itself is set."""
    told = connection.cookies.get(LANGUAGE_COOKIE, "")
    return told if told in LANGUAGES else ""


def language_of(connection: HTTPConnection) -> str:
    """A key of `LANGUAGES`, or the marked one for tests."""
    if connection.cookies.get(LANGUAGE_COOKIE, "") == MARKED:
        return MARKED
    return told_language(connection) or chosen_language(connection.headers.get("accept-language", ""))


@router.get("/static/words-{code}.js", include_in_schema=False)
def words_of_scripts(request: Request, code: str) -> Response:
    """What the scripts of all pages say in a language, for ``words.js``."""
    if code not in LANGUAGES and code != MARKED:
        raise NotFoundError(phrase("There is nothing at this address."))
    words = {"marked": True} if code == MARKED else {"messages": script_messages(code)}
    text = f"globalThis.posecheckWords = {json.dumps(words, ensure_ascii=False)};\n"
    mark = (
        f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'  # so that a browser that has them is not sent them again
    )
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers={"ETag": mark})
    return Response(text, media_type="text/javascript", headers={"ETag": mark})


@router.get("/static/app.webmanifest", include_in_schema=False)
def manifest(language: str = "en") -> Response:
    """How a device installs the pages as an app; browsers ask for it without cookies, so the page names its language."""
    code = language if language in LANGUAGES else "en"
    told = json.loads((files("posecheck.web.server") / "static" / "app.webmanifest").read_text(encoding="utf-8"))
    with language_set(code):
        told |= {"lang": code, "description": translated(DESCRIPTION)}
    return Response(json.dumps(told, ensure_ascii=False), media_type="application/manifest+json")
