"""The language of a request: as this browser was told in the settings, else the first of its own that posecheck speaks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from posecheck.language import LANGUAGES, chosen_language, phrase, set_language
from posecheck.language.spoken import MARKED, script_messages
from posecheck.web.server.errors import NotFoundError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LANGUAGE_COOKIE = "posecheck_language"
"""Set by ``static/language_choice.js``; no secret, and not read for anything else."""

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


def language_of(connection: HTTPConnection) -> str:
    """A key of `LANGUAGES`, or the marked one for tests."""
    told = connection.cookies.get(LANGUAGE_COOKIE, "")
    if told in LANGUAGES or told == MARKED:
        return told
    return chosen_language(connection.headers.get("accept-language", ""))


@router.get("/static/words-{code}.js", include_in_schema=False)
def words_of_scripts(request: Request, code: str) -> Response:
    """What the scripts of all pages say in a language, for ``words.js``."""
    if code not in LANGUAGES and code != MARKED:
        raise NotFoundError(phrase("There is nothing at this address."))
    words = {"marked": True} if code == MARKED else {"messages": script_messages(code)}
    text = f"globalThis.posecheckWords = {json.dumps(words, ensure_ascii=False)};\n"
    return Response(text, media_type="text/javascript")
