"""The gate before every route: host, origin, token and size of a request are checked here, headers added to each answer."""

from __future__ import annotations

import re
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from posecheck.errors import PosecheckError
from posecheck.language import filled, phrase
from posecheck.web.phones.filming_access import PHONE_WORDS, may_film
from posecheck.web.phones.passes import VALID_FOR
from posecheck.web.server import access
from posecheck.web.server.advice import ADVICE
from posecheck.web.server.error_answers import error_answer
from posecheck.web.server.errors import TooLargeError, status_and_code
from posecheck.web.server.headers import STATIC, add_headers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from posecheck.web.server.settings import WebSettings
    from posecheck.web.server.site import Site

COOKIE = "posecheck_token"
COOKIE_AGE_S = 30 * 24 * 3600
PHONE_COOKIE = "posecheck_phone_"
"""Followed by the id of the session that a phone was invited to."""
PHONE = "phone"
"""Where a request's state says which invited phone makes it."""
LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
JSON_BYTES = 1024**2
"""Of one request's JSON: the longest session form has a few ten thousand (chosen by us)."""
CHUNK = re.compile(r"/api/(uploads|filmings)/[^/]+")
IMPORT_PATH = "/api/import"
JOIN_PAGE = "/join"
WITHOUT_TOKEN = frozenset({JOIN_PAGE, "/api/join"})
"""Where an invitation takes the place of the token."""
NOTHING_WORDS = phrase("There is nothing at this address.")
HOST_WORDS = phrase(
    "This server is not known by that name. Open the address that posecheck printed when it started; to serve under another "
    "name, start it with that name as its host."
)
ORIGIN_WORDS = phrase("This request comes from a page of another site, which may not use posecheck.")
TOKEN_WORDS = phrase(
    "A token is needed here. On a phone, scan a new code on the computer's screen. Elsewhere open the whole address that "
    "posecheck printed when it started (it ends with the token), or send the header 'Authorization: Bearer TOKEN'."
)
BARRED_WORDS = phrase(
    "Too many wrong tokens came from your address. Open the whole address that posecheck printed when it started: the right "
    "token is always let in. Others are told no more for five minutes."
)
SIZE_WORDS = phrase("The request is too large: at most {limit} bytes are accepted here.")


class Refusal(Exception):  # noqa: N818  # no error of the program: the answer to a request that may not come in
    """Why a request may not come in."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status, self.code, self.words = status, code, words


class Gate:
    """ASGI middleware around all routes."""

    def __init__(self, app: ASGIApp, web_settings: WebSettings) -> None:
        self._app = app
        self._settings = web_settings
        self._guesses = access.GuessLimit()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it with a refusal."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        send = _with_headers(send, scope["path"])
        try:
            self._check(scope)
            token_in_address = await self._check_token(scope)
            limit = self._body_limit(scope)
        except Refusal as refusal:
            await _refuse(refusal, scope, receive, send)
            return
        if token_in_address:
            await self._remember(scope)(scope, receive, send)
        elif scope["type"] == "websocket" or limit is None:
            await self._app(scope, receive, send)
        else:
            await self._app(scope, _counted(receive, limit), send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if "\0" in scope["path"]:  # no id holds one, and PostgreSQL takes none
            raise Refusal(404, "not_found", NOTHING_WORDS)
        if not access.host_allowed(headers.get("host", ""), self._settings.host, self._settings.public):
            raise Refusal(403, "forbidden", HOST_WORDS)
        changes = scope["type"] == "websocket" or scope["method"] not in LOOKING
        if changes and not access.origin_allowed(headers, self._scheme(scope)):
            raise Refusal(403, "forbidden", ORIGIN_WORDS)
        if access.embedded_elsewhere(headers):
            raise Refusal(403, "forbidden", ORIGIN_WORDS)

    async def _check_token(self, scope: Scope) -> bool:
        """Whether the right token stands in the address, so that it is to be remembered and taken out of it."""
        token = self._settings.token
        if not token or scope["path"].startswith(STATIC) or scope["path"] in WITHOUT_TOKEN:
            return False
        in_address, in_headers = _token_in_address(scope), _tokens_in_headers(Headers(scope=scope))
        if in_address and access.same_token(in_address, token):
            return True
        if any(access.same_token(given, token) for given in in_headers.values()):
            return False
        if not await self._let_phone_in(scope, in_headers.values()):
            self._refuse_token(scope, in_address or next(iter(in_headers.values()), ""))
        return False

    async def _let_phone_in(self, scope: Scope, given: Iterable[str]) -> bool:
        """Whether a phone's pass is among the tokens; what it was not invited to is refused."""
        site: Site = scope["app"].state.site
        passes = [found for found in map(site.phones.find, given) if found is not None]
        for found in passes:
            try:
                allowed = await may_film(site, found.session_id, scope)
            except PosecheckError as error:
                raise Refusal(*status_and_code(error), error.said(ADVICE)) from error
            if allowed:
                site.phones.use(found)
                scope.setdefault("state", {})[PHONE] = found.id
                return True
        if passes:
            raise Refusal(403, "forbidden", PHONE_WORDS)
        return False

    def _refuse_token(self, scope: Scope, given: str) -> NoReturn:
        address = scope["client"][0] if scope.get("client") else ""
        if self._guesses.blocked(address):
            raise Refusal(429, "too_many_tries", BARRED_WORDS)
        if given:
            self._guesses.wrong(address, given)
        raise Refusal(401, "token_needed", TOKEN_WORDS)

    def _remember(self, scope: Scope) -> Response:
        """Goes on to the same page without the token, which the browser keeps in a cookie that no script can read."""
        kept = [(name, value) for name, value in parse_qsl(scope["query_string"].decode("latin-1")) if name != "token"]
        path = quote("/" + scope["path"].lstrip("/"))  # never "//elsewhere"
        answer = RedirectResponse(f"{path}?{urlencode(kept)}" if kept else path, 303)
        remember_token(answer, self._settings.token, self._scheme(scope))
        return answer

    def _scheme(self, scope: Scope) -> str:
        """As the browser knows it."""
        return access.browser_scheme(Headers(scope=scope).get("host", ""), scope["scheme"], self._settings.public)

    def _body_limit(self, scope: Scope) -> int | None:
        if scope["type"] == "websocket" or scope["method"] in LOOKING or scope["path"] == IMPORT_PATH:
            return None
        is_chunk = scope["method"] == "PATCH" and CHUNK.fullmatch(scope["path"])
        limit = self._settings.limits.chunk_bytes if is_chunk else JSON_BYTES
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            raise Refusal(413, "too_large", filled(SIZE_WORDS, limit=limit))
        return limit


def remember_token(answer: Response, token: str, scheme: str) -> None:
    """Let the browser keep the token, where no script reads it and no other site uses it."""
    _keep(answer, COOKIE, token, COOKIE_AGE_S, scheme)


def remember_phone(answer: Response, session_id: str, token: str, scheme: str) -> None:
    """Let a phone's browser keep its pass for a session, beside those for others."""
    _keep(answer, f"{PHONE_COOKIE}{session_id}", token, int(VALID_FOR.total_seconds()), scheme)


def invited_phone(connection: HTTPConnection) -> str:
    """Id of the phone that asks by invitation; empty for everybody else, who may do everything."""
    return str(connection.scope.get("state", {}).get(PHONE, ""))


def _keep(answer: Response, name: str, value: str, age_s: int, scheme: str) -> None:
    answer.set_cookie(name, value, max_age=age_s, httponly=True, samesite="strict", secure=scheme == "https")


def _token_in_address(scope: Scope) -> str:
    if scope["type"] != "http" or scope["method"] not in LOOKING:
        return ""
    return str(dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("token", ""))


def _tokens_in_headers(headers: Headers) -> dict[str, str]:
    """Every token that comes with a request, by where it stands."""
    found = {}
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        found["authorization"] = value.strip()
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return found
    kept = {name: str(morsel.value) for name, morsel in cookies.items()}
    return found | {name: kept[name] for name in kept if name == COOKIE or name.startswith(PHONE_COOKIE)}


def _counted(receive: Receive, limit: int) -> Receive:
    """The same body, of which too many bytes are an error: a request need not say beforehand how long it is."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise TooLargeError(filled(SIZE_WORDS, limit=limit))
        return message

    return counted


def _with_headers(send: Send, path: str) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            add_headers(MutableHeaders(scope=message), path)
        await send(message)

    return with_headers


async def _refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": refusal.code})
        return
    answer = error_answer(Request(scope), refusal.status, refusal.code, refusal.words)
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    await answer(scope, receive, send)
