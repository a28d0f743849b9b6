"""The camera's line: small pictures in, answers of the live engine out, over a WebSocket or by ordinary requests."""

from __future__ import annotations

import asyncio
import json
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response, WebSocket
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from posecheck.errors import ModelFileError, PosecheckError
from posecheck.language import joined, phrase, translated, translated_values
from posecheck.web.film import live_line
from posecheck.web.film.forms import HelloOut, LiveForm
from posecheck.web.film.live_frames import MAX_FRAME_BYTES
from posecheck.web.film.rooms import GAVE_WAY_WORDS, SHUT_OUT_WORDS, STOPPED_WORDS
from posecheck.web.server.advice import ADVICE
from posecheck.web.server.child_process import HelperGoneError
from posecheck.web.server.errors import WrongInputError, status_and_code
from posecheck.web.server.security import invited_phone
from posecheck.web.server.site import Site, SiteDep
from posecheck.web.server.wrong_values import words_of
from posecheck.web.uploads.upload_routes import read_body

if TYPE_CHECKING:
    from posecheck.web.film.rooms import Room

router = APIRouter(prefix="/api", tags=["Filming"])

CLOSED_ELSEWHERE, SHUT_OUT, NO_MODEL, UNEXPECTED, SERVICE_RESTART, TRY_AGAIN_LATER = 4409, 4401, 4503, 1011, 1012, 1013
ENDED: dict[str, int] = {STOPPED_WORDS: SERVICE_RESTART, GAVE_WAY_WORDS: TRY_AGAIN_LATER, SHUT_OUT_WORDS: SHUT_OUT}
"""What a page is to think of a room that was ended from elsewhere; a code below 4000 lets it come back by itself."""
CLOSING = 4000
"""Closing codes are this much above the HTTP status of the same refusal: 4404 no such session, 4409 another tab films."""
REASON_BYTES = 123
"""A WebSocket's closing frame holds no more."""
UNEXPECTED_WORDS = phrase("posecheck made a mistake. What was filmed until then is kept; start again.")

_log = logging.getLogger(__name__)

FRAME = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.websocket("/sessions/{session_id}/live")
async def film_live(socket: WebSocket, site: SiteDep, session_id: str) -> None:
    """Binary messages in (8 bytes of time, a JPEG), one JSON answer out for each; the newest picture only is kept."""
    await socket.accept()
    try:
        form = _form_of(dict(socket.query_params))
        room = await run_in_threadpool(live_line.open_room, site, session_id, form, invited_phone(socket))
    except PosecheckError as error:
        await _close(socket, _closing_code(error), error.said(ADVICE))
        return
    try:
        await _Line(socket, site, room).serve()
    except WebSocketDisconnect:
        pass
    finally:
        await run_in_threadpool(site.rooms.close, room)


@router.post("/sessions/{session_id}/live", status_code=201, summary="Begin to film, without a WebSocket")
async def begin_live(request: Request, site: SiteDep, session_id: str, form: LiveForm) -> HelloOut:
    """For browsers that refuse WebSockets; then send each picture to ``/api/live/{room}/frames``.

    The same ``page`` may begin anew at any time. Without a picture for ten seconds it is ended.
    """
    room = await run_in_threadpool(live_line.open_room, site, session_id, form, invited_phone(request))
    room.by_requests = True
    return HelloOut(**room.hello())


@router.post("/live/{room_id}/frames", summary="One picture of the camera", openapi_extra=FRAME)
async def send_frame(site: SiteDep, room_id: str, request: Request) -> dict[str, Any]:
    """8 bytes of time (little-endian float64, seconds), then a JPEG; the answer is that of the WebSocket."""
    room = await run_in_threadpool(site.rooms.find, room_id)  # another room may be loading its model
    data = await read_body(request, MAX_FRAME_BYTES)
    text = await asyncio.wrap_future(room.look(data))
    return dict(json.loads(text))


@router.delete("/live/{room_id}", status_code=204, summary="End to film")
async def end_live(site: SiteDep, room_id: str) -> Response:
    """The engine is freed for others."""
    await run_in_threadpool(lambda: site.rooms.close(site.rooms.find(room_id)))
    return Response(status_code=204)


class _Line:
    """One open WebSocket: reads on while the engine works, and keeps the newest picture only."""

    def __init__(self, socket: WebSocket, site: Site, room: Room) -> None:
        self._socket, self._site, self._room = socket, site, room
        self._news = asyncio.Event()
        self._frame: bytes | None = None
        self._wish: dict[str, Any] | None = None
        self._gone = False

    async def serve(self) -> None:
        """Answer until the page goes or the room is closed."""
        self._room.when_ended(partial(_ring, asyncio.get_running_loop(), self._news))
        await self._socket.send_json(translated_values(self._room.hello()))
        reader = asyncio.create_task(self._read())
        try:
            while not self._gone:
                await self._news.wait()
                self._news.clear()
                if self._room.ended_words:
                    words = self._room.ended_words
                    await _close(self._socket, ENDED.get(words, CLOSED_ELSEWHERE), words)
                    return
                if not await self._work():
                    return
        finally:
            reader.cancel()

    async def _read(self) -> None:
        try:
            while (message := await self._socket.receive())["type"] == "websocket.receive":
                if message.get("bytes") is not None:
                    self._frame = message["bytes"]
                else:
                    self._wish = _json_object(message.get("text") or "")
                self._news.set()
        except Exception:  # whatever came in: the page is told, and the room is closed
            _log.exception("live")
            await _close(self._socket, UNEXPECTED, UNEXPECTED_WORDS)
        finally:
            self._gone = True
            self._news.set()

    async def _work(self) -> bool:
        """Do what came in; whether the line stays open."""
        wish, self._wish = self._wish, None
        frame, self._frame = self._frame, None
        try:
            if wish is not None and not self._gone:
                await self._socket.send_json(translated_values(await self._begin(wish)))
            elif frame is not None and not self._gone:
                await self._socket.send_text(await asyncio.wrap_future(self._room.look(frame)))
        except ModelFileError as error:
            await _close(self._socket, NO_MODEL, error.said(ADVICE))
            return False
        except HelperGoneError as error:  # the page comes back by itself, to a new engine
            await _close(self._socket, UNEXPECTED, error.said(ADVICE))
            return False
        except PosecheckError as error:
            code = status_and_code(error)[1]
            words = translated(error.said(ADVICE))
            await self._socket.send_json({"kind": "error", "code": code, "message": words})
        except WebSocketDisconnect:
            raise
        except Exception:
            _log.exception("live")
            await _close(self._socket, UNEXPECTED, UNEXPECTED_WORDS)
            return False
        return True

    async def _begin(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Begin anew: the same trial, or another one of the session."""
        if wish.pop("kind", None) != "restart":
            raise WrongInputError(phrase('Text messages say {"kind": "restart"}, with another trial or without.'))
        plan = None
        if wish:
            form = _form_of({"page": self._room.page, **wish})
            plan = await run_in_threadpool(live_line.plan_trial, self._site, self._room.session_id, form)
        return await asyncio.wrap_future(self._room.begin(plan))


def _ring(loop: asyncio.AbstractEventLoop, bell: asyncio.Event) -> None:
    """Set an event from another thread."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(bell.set)


def _form_of(given: dict[str, Any]) -> LiveForm:
    try:
        return LiveForm.model_validate(given)
    except ValidationError as error:
        words = joined([phrase("What to film was not understood."), words_of(error.errors())])
        raise WrongInputError(words) from error


def _json_object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # the latter: nested without end
        return {}
    return found if isinstance(found, dict) else {}


def _closing_code(error: PosecheckError) -> int:
    return NO_MODEL if isinstance(error, ModelFileError) else CLOSING + status_and_code(error)[0]


async def _close(socket: WebSocket, code: int, words: str) -> None:
    """Say why in a message, as a closing frame holds a few words only, and close."""
    said = translated(words)
    await socket.send_json({"kind": "closing", "code": code, "message": said})
    await socket.close(code, said.encode()[:REASON_BYTES].decode(errors="ignore"))
