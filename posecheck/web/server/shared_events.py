"""The board of one of several servers: who watches a session here is told, too, of what happens at the others."""

from __future__ import annotations

import secrets
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from posecheck.language import restored, with_messages
from posecheck.storage.news import NewsLine
from posecheck.storage.tables import Job, Take, Upload
from posecheck.web.api.schemas import JobOut, TakeOut, UploadOut
from posecheck.web.server.events import EventBoard

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.storage.database import Database, Transaction

ANSWER_S = 0.5
"""Another server that does not answer within so long counts as one that says no (chosen by us)."""


@dataclass
class _Question:
    """A question to all other servers, and what came back."""

    answers: int
    over: threading.Event = field(default_factory=threading.Event)
    yes: bool = False


class SharedBoard(EventBoard):
    """An `EventBoard` that passes on what it is told, over the database that the servers share.

    Of a job, video or recording only the id travels: each server reads the row, for readers of its own, and no name and no
    number of anybody is in the message.
    """

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database
        self._asking = threading.Lock()
        self._questions: dict[str, _Question] = {}
        self._told: dict[str, list[Callable[[], object]]] = defaultdict(list)
        self._answers: dict[str, Callable[..., bool]] = {"heard": super().is_heard}
        self._line = NewsLine(database.servers, self._hear, self._look_anew)

    def start(self) -> None:
        """Begin to hear of the others."""
        self._line.start()

    def tell(self, session_id: str, kind: str, data: dict[str, Any] | BaseModel) -> None:
        """Tell all watchers of a session, at all servers; may be called from any thread."""
        super().tell(session_id, kind, data)
        told: dict[str, Any] = {"session": session_id, "kind": kind}
        if isinstance(data, BaseModel):
            told["row"] = data.id  # type: ignore[attr-defined]  # those of jobs, uploads and takes have one
        else:
            told["data"] = with_messages(data)
        if not self._line.tell(told):
            self._line.tell({"session": session_id, "kind": "reload", "data": {}})

    def tell_servers(self, kind: str) -> None:
        """Have the other servers do what they registered with `when_told`."""
        self._line.tell({"told": kind})

    def when_told(self, kind: str, call: Callable[[], object]) -> None:
        """Call this, on any thread, when another server asks for it, or may have."""
        self._told[kind].append(call)

    def when_asked(self, kind: str, answer: Callable[..., bool]) -> None:
        """Answer another server's question by this, on any thread."""
        self._answers[kind] = answer

    def ask(self, kind: str, **values: str) -> bool:
        """Whether any other server says yes, by what it registered with `when_asked`."""
        others = self._database.servers.count_others()
        if not others:
            return False
        question, key = _Question(others), secrets.token_hex(8)
        with self._asking:
            self._questions[key] = question
        self._line.tell({"ask": kind, "key": key, "values": values})
        question.over.wait(ANSWER_S)
        with self._asking:
            del self._questions[key]
        return question.yes

    def is_heard(self, session_id: str, language: str = "") -> bool:
        """Whether anybody who watches a session, at any server, speaks that language; empty: any."""
        return super().is_heard(session_id, language) or self.ask("heard", session_id=session_id, language=language)

    def stop(self) -> None:
        """Hear nothing more of the others."""
        self._line.close()

    def _look_anew(self) -> None:
        """Something was told that did not arrive here."""
        self.reload_all()
        for kind in self._told:
            self._do(kind)

    def _do(self, kind: str) -> None:
        for call in self._told.get(kind, ()):
            call()

    def _hear(self, news: dict[str, Any]) -> None:
        if "told" in news:
            self._do(news["told"])
        elif "ask" in news:
            yes = self._answers[news["ask"]](**news["values"])
            self._line.tell({"answer": news["key"], "yes": yes})
        elif "answer" in news:
            self._take_answer(news["answer"], yes=news["yes"])
        elif self.is_watched(news["session"]):
            data = restored(news["data"]) if "data" in news else self._form(news["kind"], news["row"])
            if data is not None:
                super().tell(news["session"], news["kind"], data)

    def _take_answer(self, key: str, *, yes: bool) -> None:
        with self._asking:
            question = self._questions.get(key)
            if question is None:
                return
            question.answers -= 1
            question.yes |= yes
            if question.yes or question.answers <= 0:
                question.over.set()

    def _form(self, kind: str, row_id: str) -> BaseModel | None:
        with self._database.read() as transaction:
            return _form_of(transaction, kind, row_id)


def _form_of(transaction: Transaction, kind: str, row_id: str) -> BaseModel | None:
    """What is told of a row; None where it was deleted, which is told by itself."""
    if kind == "job":
        job = transaction.get(Job, row_id)
        return None if job is None else JobOut.of(job)
    if kind == "upload":
        upload = transaction.get(Upload, row_id)
        return None if upload is None else UploadOut.of(upload)
    take = transaction.get(Take, row_id)
    return None if take is None else TakeOut.of(take)
