"""Every error as an answer: JSON with a stable code for the API, a page in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from posecheck.errors import PosecheckError
from posecheck.language import phrase, translated_values
from posecheck.web.server.advice import ADVICE
from posecheck.web.server.errors import status_and_code
from posecheck.web.server.headers import add_headers
from posecheck.web.server.rendering import render
from posecheck.web.server.wrong_values import words_of

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

    from posecheck.storage.files import DataFolder

PLAIN_WORDS = {
    404: phrase("There is nothing at this address. What was here may have been deleted."),
    405: phrase("This address cannot be used in this way."),
    413: phrase("This is too large to be accepted."),
}
UNEXPECTED_WORDS = phrase(
    "posecheck made a mistake; what was stored before is safe. Try again; the window where posecheck was started says "
    "more."
)
TITLES = {
    403: phrase("Not allowed"),
    404: phrase("Not found"),
    409: phrase("Changed in the meantime"),
    503: phrase("Not possible now"),
}


def register(app: FastAPI) -> None:
    """Let the app tell its errors so."""
    app.add_exception_handler(PosecheckError, _known)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)


def error_answer(request: Request, status: int, code: str, message: str, **more: Any) -> Response:
    """The answer: JSON under ``/api``, elsewhere a page; ``more`` is added to the JSON."""
    if request.url.path.startswith("/api/"):
        return JSONResponse(translated_values({"error": {"code": code, "message": message, **more}}), status)
    title = TITLES.get(status, phrase("This did not work"))
    return render(request, "error.html.j2", status, title=title, text=message, next_step="", href="/", link="")


def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, PosecheckError)  # registered for it alone
    status, code = status_and_code(error)
    files: DataFolder = request.app.state.site.files
    return error_answer(request, status, code, files.without_places(error.said(ADVICE)), **getattr(error, "more", {}))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, PosecheckError):  # raised while the framework read the body
        return _known(request, error.__cause__)
    words = PLAIN_WORDS.get(error.status_code, str(error.detail))
    answer = error_answer(request, error.status_code, _code_of(error.status_code), words)
    answer.headers.update(error.headers or {})
    return answer


def _code_of(status: int) -> str:
    return {404: "not_found", 405: "not_allowed", 413: "too_large"}.get(status, "bad_request")


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return error_answer(request, 422, "wrong_input", words_of(error.errors()))


def _unexpected(request: Request, _error: Exception) -> Response:
    answer = error_answer(request, 500, "unexpected", UNEXPECTED_WORDS)
    add_headers(answer.headers, request.url.path)  # it is sent from outside of the gate
    return answer
