"""Has the jobs of the database done by workers: a few at once, live progress, stopped by hand, none ever lost."""

from __future__ import annotations

import contextlib
import logging
import shutil
import socket
import threading
import time
from dataclasses import replace
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from posecheck.errors import PosecheckError, StorageError
from posecheck.language import joined, phrase, phrase_in
from posecheck.storage.job_queue import UNFINISHED, running_jobs, waiting_jobs
from posecheck.storage.tables import Job, JobKind, JobState, Take, Upload
from posecheck.web.api.schemas import JobOut, TakeOut, UploadOut
from posecheck.web.jobs.after_update import try_after_update
from posecheck.web.jobs.held_back import HeldBack
from posecheck.web.jobs.kinds import AWAITED, NICENESS, ORDER, STOPPED_WORDS, prepare_again, work_of
from posecheck.web.jobs.work import Finished, JobContext
from posecheck.web.jobs.worker_process import TaskOutcome
from posecheck.web.jobs.workers import workers_of
from posecheck.web.server.advice import ADVICE
from posecheck.web.server.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from posecheck.storage.database import Database, Transaction
    from posecheck.storage.files import DataFolder
    from posecheck.web.jobs.worker_process import Task
    from posecheck.web.jobs.workers import Worker
    from posecheck.web.server.events import EventBoard
    from posecheck.web.server.settings import WebSettings

    News = list[tuple[str, str, BaseModel]]

MAX_CRASHES = 3
"""A job whose worker crashed is tried again so often in all, as another program may have taken the memory; then it is put
aside (chosen by us)."""
MAX_STARTS = 5
"""A job that ran whenever the server died is not started again by itself: it may be what ends it (chosen by us)."""
LOOK_EVERY_S = 1.0
"""The database is looked at this often even if nobody calls (chosen by us)."""
TELL_EVERY_S = 0.5
"""Progress is stored and told at most this often (chosen by us)."""
TRIED_AGAIN_WORDS = phrase("This is tried again by itself, and at every start of the server.")
GONE_WORDS = phrase("What it was meant to work on is gone.")
STATES = {
    JobState.QUEUED: phrase_in("a job", "queued"),
    JobState.RUNNING: phrase_in("a job", "running"),
    JobState.DONE: phrase_in("a job", "done"),
    JobState.FAILED: phrase_in("a job", "failed"),
    JobState.CANCELLED: phrase_in("a job", "cancelled"),
}
"""Of a job, within a sentence."""

_log = logging.getLogger(__name__)


class JobRunner:
    """The jobs of one server; all public methods may be called from any thread.

    One thread looks after everything: it hands each waiting job to a worker, as many at once as there are and one more for
    what somebody waits for at the screen, stores their progress and outcomes, and ends those that nobody wants any more.

    Raises
    ------
    ClusterError
        As `posecheck.web.jobs.workers.workers_of`.
    """

    def __init__(self, database: Database, files: DataFolder, events: EventBoard, settings: WebSettings) -> None:
        self._database, self._files, self._events, self._settings = database, files, events, settings
        self._servers = database.servers
        self._workers: dict[str, Worker] = {}
        self._at_hand = workers_of(settings, files)
        self._awaited: set[str] = set()
        """The jobs among those that run in the process that is kept free for them."""
        self._held_back = HeldBack()
        self._next_tell_s = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._wake_reader, self._wake_writer = socket.socketpair()
        for end in (self._wake_reader, self._wake_writer):
            end.setblocking(False)

    def start(self) -> None:
        """Begin; `recover` comes before, where another server may have been killed."""
        self._thread.start()

    def recover(self) -> None:
        """Queue again what ran when a server was killed, and what an earlier posecheck failed on.

        What its workers had begun to write is deleted.

        Raises
        ------
        StorageError
        """
        with self._database.read() as transaction:
            self._files.put_back_takes(lambda take_id: _version(transaction.get(Take, take_id)))
        shutil.rmtree(self._files.work, ignore_errors=True)
        self._files.work.mkdir(parents=True, exist_ok=True)
        with self._database.begin() as transaction:
            try_after_update(self._context(transaction))
            self.take_back(transaction)

    def take_back(self, transaction: Transaction) -> None:
        """Queue again what is marked as running, and no living server runs; call `wake` once it is kept."""
        for job in running_jobs(transaction, but=self._servers.known(transaction)):
            self._queue_again(self._context(transaction), job)

    def stop(self) -> None:
        """End all workers at once; their jobs are queued and go on when a server starts again."""
        self._stopping.set()
        self.wake()
        if self._thread.ident is not None:
            self._thread.join()
        self._at_hand.close()
        self._wake_reader.close()
        self._wake_writer.close()

    def enqueue(self, transaction: Transaction, session_id: str, kind: JobKind, target_id: str) -> Job:
        """Add a job; it starts once the transaction is kept (call `wake` then, or it takes a second)."""
        job = Job(session_id=session_id, kind=kind, target_id=target_id)
        transaction.add(job)
        transaction.flush()
        return job

    def wake(self) -> None:
        """Look at the database now."""
        with contextlib.suppress(OSError):  # full: it will look anyway; closed: it has ended
            self._wake_writer.send(b".")

    def cancel(self, job_id: str) -> JobOut:
        """Stop a job; its process is ended. One that has ended already stays as it is.

        Raises
        ------
        NotFoundError
        """
        with self._database.begin() as transaction:
            job = self._job_or_404(transaction, job_id)
            if job.state not in UNFINISHED:
                return JobOut.of(job)
            job.state = JobState.CANCELLED
            finished = work_of(job).stop(self._context(transaction), job, STOPPED_WORDS)
            news = self._news(job, finished)
            out = JobOut.of(job)
        self._files.discard(finished.to_delete)
        self._tell(news)
        self.wake()
        return out

    def retry(self, job_id: str) -> JobOut:
        """Queue a job again that failed or was stopped; one that a fault keeps waiting is tried now.

        Raises
        ------
        NotFoundError, ConflictError
            There is no such job; it waits, runs or is done; what it needs is gone; the same is done by another one.
        """
        with self._database.begin() as transaction:
            job = self._job_or_404(transaction, job_id)
            if job.state == JobState.QUEUED and self._held_back.release(job_id):
                self.wake()
                return JobOut.of(job)
            if job.state not in (JobState.FAILED, JobState.CANCELLED):
                raise ConflictError(
                    phrase("This job need not be tried again: it is {state}.", state=STATES[JobState(job.state)])
                )
            finished = prepare_again(self._context(transaction), job)
            job.state, job.reason, job.attempts, job.done = JobState.QUEUED, "", 0, 0
            news = self._news(job, finished)
            out = JobOut.of(job)
        self._tell(news)
        self.wake()
        return out

    def keep_outcome(self, job_id: str, outcome: TaskOutcome) -> None:
        """Keep what came of a running job; one that was stopped or deleted in the meantime changes nothing.

        Nor does one that another server has taken over, as it took this one for dead.

        Raises
        ------
        StorageError
        """
        with self._database.begin() as transaction:
            job = transaction.get(Job, job_id, with_for_update=True)
            if job is None or not self._runs(job):  # stopped, deleted or given to another server in the meantime
                return
            job.attempts += outcome.tries - 1
            if outcome.crashed and job.attempts < MAX_CRASHES:
                job.state, finished = JobState.QUEUED, Finished()
            elif outcome.fault:
                finished = self._hold_back(job, outcome.fault)
            else:
                outcome = _put_aside(job, outcome) if outcome.crashed else outcome
                finished = work_of(job).finish(self._context(transaction), job, outcome)
                failure = outcome.failure or finished.failure
                job.state = JobState.FAILED if failure else JobState.DONE
                job.reason = failure
                job.done = job.total if job.state == JobState.DONE else job.done
            news = self._news(job, finished)
        self._files.discard(finished.to_delete)
        self._tell(news)

    def _job_or_404(self, transaction: Transaction, job_id: str) -> Job:
        job = transaction.get(Job, job_id, with_for_update=True)
        if job is None:
            raise NotFoundError(phrase("There is no such job; it may have been deleted with its video."))
        return job

    def _hold_back(self, job: Job, fault: str) -> Finished:
        """The fault may go away, and is not the video's: nothing is refused and nothing deleted for it."""
        job.state, job.attempts = JobState.QUEUED, job.attempts - 1
        job.reason = joined([self._files.without_places(fault), TRIED_AGAIN_WORDS])
        self._held_back.hold(job.id)
        return Finished()

    def _context(self, transaction: Transaction) -> JobContext:
        return JobContext(transaction, self._files, self._settings)

    def _queue_again(self, context: JobContext, job: Job) -> None:
        if job.attempts < MAX_STARTS:
            job.state = JobState.QUEUED
            return
        job.state = JobState.FAILED
        job.reason = phrase("The server stopped {count} times while this ran, so it is put aside.", count=job.attempts)
        work_of(job).finish(context, job, TaskOutcome(failure=job.reason))

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._end_unwanted()
                self._start_waiting()
                fault_is_gone = self._at_hand.look_after()
                self._listen()
                self._store_progress()
                self._finish_ended()
                if fault_is_gone:  # and what ended by it is held back now
                    self._held_back.release_all()
            except StorageError as error:  # the database is locked or the disk full: what ended is kept and tried again
                _log.warning("jobs: %s", error)
                self._stopping.wait(LOOK_EVERY_S)
            except Exception:  # the thread must live on
                _log.exception("jobs")
                self._stopping.wait(LOOK_EVERY_S)
        self._give_back()

    def _end_unwanted(self) -> None:
        """End the workers of jobs that were stopped by hand or deleted."""
        if not self._workers:
            return
        with self._database.read() as transaction:
            jobs = [(job_id, transaction.get(Job, job_id)) for job_id in self._workers]
            unwanted = [job_id for job_id, job in jobs if job is None or not self._runs(job)]
        for job_id in unwanted:
            self._let_go(job_id)

    def _let_go(self, job_id: str, *, keep: bool = False) -> None:
        worker = self._workers.pop(job_id)
        if keep:
            self._at_hand.put(worker)
        else:
            worker.close()
        self._awaited.discard(job_id)
        shutil.rmtree(self._files.work / job_id, ignore_errors=True)

    def _start_waiting(self) -> None:
        """First what somebody waits for, in the process that is kept free for it; then all kinds in the others."""
        if not self._awaited:
            self._awaited = set(self._start(1, AWAITED))
        self._start(self._at_hand.count - len(self._workers) + len(self._awaited), ORDER)

    def _start(self, count: int, kinds: Sequence[JobKind]) -> list[str]:
        """Start so many jobs of these kinds; returns their ids."""
        with self._database.read() as transaction:
            if count <= 0 or not waiting_jobs(transaction, 1, kinds=kinds, but=self._not_now()):
                return []
        for job_id, task, niceness in (begun := self._begin(count, kinds)):
            try:
                self._workers[job_id] = self._at_hand.begin(task, niceness)
            except OSError as error:
                words = phrase(
                    "no process could be started for it ({reason}); close some programs.", reason=error.strerror
                )
                self.keep_outcome(job_id, TaskOutcome(fault=words))
            except PosecheckError as error:  # cluster or store are gone, or the data folder cannot be written
                self.keep_outcome(job_id, TaskOutcome(fault=error.said(ADVICE)))
        return [job_id for job_id, _, _ in begun if job_id in self._workers]

    def begin_waiting(self, count: int) -> list[tuple[str, Task]]:
        """Mark the jobs that come next as running; returns their ids and what is to be done for each.

        Raises
        ------
        StorageError
        """
        return [(job_id, task) for job_id, task, _ in self._begin(count, ORDER)]

    def _begin(self, count: int, kinds: Sequence[JobKind]) -> list[tuple[str, Task, int]]:
        begun, news = [], []
        with self._database.begin() as transaction:
            for job in waiting_jobs(transaction, count, kinds=kinds, but=self._not_now(), to_begin=True):
                task = work_of(job).task(self._context(transaction), job)
                if task is None:
                    job.state, job.reason = JobState.CANCELLED, GONE_WORDS
                else:
                    job.state, job.done, job.attempts, job.reason = JobState.RUNNING, 0, job.attempts + 1, ""
                    job.server = self._servers.number
                    begun.append((job.id, task, NICENESS[JobKind(job.kind)]))
                news += self._news(job)
        self._tell(news)
        return begun

    def _not_now(self) -> tuple[str, ...]:
        """Jobs that are not to be begun: held back, or queued again by another server while a worker here still has them."""
        return (*self._held_back.now(), *self._workers)

    def _runs(self, job: Job) -> bool:
        """Whether a job is marked as running, at this server."""
        return job.state == JobState.RUNNING and job.server == self._servers.number

    def _listen(self) -> None:
        """Wait for a word of a worker, a call, or the next look."""
        wait([self._wake_reader, *(worker.connection for worker in self._workers.values())], LOOK_EVERY_S)
        with contextlib.suppress(BlockingIOError):
            while self._wake_reader.recv(1024):
                pass
        for worker in self._workers.values():
            worker.listen()

    def _store_progress(self) -> None:
        told = {job_id: worker.progress for job_id, worker in self._workers.items() if worker.progress is not None}
        if not told or time.monotonic() < self._next_tell_s:
            return
        self._next_tell_s = time.monotonic() + TELL_EVERY_S
        with self._database.begin() as transaction:
            jobs = [job for job_id in told if (job := transaction.get(Job, job_id, with_for_update=True)) is not None]
            own = [job for job in jobs if self._runs(job)]
            for job in own:
                job.done, job.total = told[job.id] or (0, 0)
            news = [item for job in own for item in self._news(job)]
        for job_id in told:
            self._workers[job_id].progress = None
        self._tell(news)

    def _finish_ended(self) -> None:
        ended = [(job_id, worker.outcome) for job_id, worker in self._workers.items() if worker.outcome is not None]
        for job_id, outcome in ended:
            self._finish(job_id, outcome)
            self._let_go(job_id, keep=True)

    def _finish(self, job_id: str, outcome: TaskOutcome) -> None:
        try:
            self.keep_outcome(job_id, outcome)
        except StorageError:
            raise
        except OSError as error:
            fault = phrase("what was made cannot be kept ({reason}).", reason=error.strerror)
            self.keep_outcome(job_id, TaskOutcome(fault=fault))
        except (PosecheckError, ValueError, KeyError, TypeError) as error:
            _log.exception("jobs: what a worker made cannot be kept")
            reason = error.said({}) if isinstance(error, PosecheckError) else str(error)
            self.keep_outcome(
                job_id, TaskOutcome(failure=phrase("what was made cannot be kept: {reason}", reason=reason))
            )

    def _give_back(self) -> None:
        """End all workers; what they worked on waits for the next server, and is not held against the jobs."""
        ids = list(self._workers)
        for job_id in ids:
            self._let_go(job_id)
        with contextlib.suppress(StorageError), self._database.begin() as transaction:  # else the next start does it
            for job_id in ids:
                job = transaction.get(Job, job_id, with_for_update=True)
                if job is not None and self._runs(job):
                    job.state, job.attempts = JobState.QUEUED, job.attempts - 1

    def _news(self, job: Job, finished: Finished | None = None) -> News:
        """What the watchers of the session are told, made while the rows can be read."""
        rows = finished.rows if finished is not None else ()
        forms = [
            ("upload", UploadOut.of(row)) if isinstance(row, Upload) else ("take", TakeOut.of(row)) for row in rows
        ]
        return [(job.session_id, kind, form) for kind, form in [("job", JobOut.of(job)), *forms]]

    def _tell(self, news: News) -> None:
        for session_id, kind, data in news:
            self._events.tell(session_id, kind, data)


def _put_aside(job: Job, outcome: TaskOutcome) -> TaskOutcome:
    """A job that ends whatever works on it: said in words, and not begun again by itself."""
    tried = phrase("It was tried {count} times, and is put aside.", count=job.attempts)
    return replace(outcome, failure=joined([outcome.failure, tried]))


def _version(take: Take | None) -> int | None:
    return None if take is None else take.version
