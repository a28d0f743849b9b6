"""A process that does one job after another, and can be ended whatever it does; one that hangs is told from one that works.

It is no process of `multiprocessing`, which the workers of a Dask cluster may not start. Jobs and answers travel through its
pipes as pickles; every second in which the job gets on it says so.
"""

from __future__ import annotations

import io
import os
import pickle
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, TypeAlias, TypeVar

from posecheck.cores import use_cores
from posecheck.signs import LOOK_EVERY_S, Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    Tell: TypeAlias = Callable[[Any], None]
    """Tells whoever waits for a job how it goes, in plain values."""

J = TypeVar("J")
R = TypeVar("R")

IDLE_S = 60.0
"""A process that has had no job for so long gives its memory back by ending (chosen by us)."""
LEFT_BEHIND = ("MALLOC_TRIM_THRESHOLD_",)
"""Variables that a process does not inherit. Dask sets this one for its workers: with it the C library asks the system for
every picture's memory anew, which costs a quarter more processor time (measured, docs/speed.md)."""
_GETS_ON = None
_ENDED = object()
_ANSWERED, _RAISED, _TOLD = "answered", "raised", "told"


class ChildDiedError(Exception):
    """The process ended before it had answered."""


class ChildHangsError(Exception):
    """The process did not get on any more, and was ended."""


class Child:
    """The process, from outside; it ends with the one that started it.

    Parameters
    ----------
    cores : int
        It may keep so many busy.

    Raises
    ------
    OSError
        No process can be started.
    """

    def __init__(self, cores: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "posecheck.dataset.child", str(cores)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            process_group=None if sys.platform == "win32" else 0,  # Ctrl-C is for whoever started it
        )
        self._said: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def do(self, work: Callable[[J], R], job: J, patience_s: float) -> R:
        """Have a job done; what it raises is raised here.

        Parameters
        ----------
        work : callable
            Of a module that can be imported.
        job : picklable
        patience_s : float
            The job may take as long as it likes, but not so long without getting on.

        Raises
        ------
        ChildDiedError, ChildHangsError
            There is no answer; the process has ended.
        """
        return self._do((work, job, False), patience_s, lambda _: None)

    def do_telling(self, work: Callable[[J, Tell], R], job: J, patience_s: float, hear: Tell) -> R:
        """As `do`, for work that is called with the job and a `Tell`.

        Parameters
        ----------
        work, job, patience_s
        hear : callable
            Gets what is told, and None every second in which the job gets on. What it raises ends the process.
        """
        return self._do((work, job, True), patience_s, hear)

    def kill(self) -> None:
        """End it now, whatever it does; whoever waits for an answer is told."""
        self._process.kill()
        with suppress(OSError):
            self._pipe_in.close()
        self._process.wait()

    def _do(self, asked: tuple[Callable[..., R], Any, bool], patience_s: float, hear: Tell) -> R:
        kind: str
        value: Any
        try:
            _put(self._pipe_in, pickle.dumps(asked))
        except (OSError, ValueError) as error:  # its end, or ours, is closed
            raise ChildDiedError from error
        while True:
            try:
                said = self._said.get(timeout=patience_s)
            except queue.Empty:
                self.kill()
                raise ChildHangsError from None
            if said is _ENDED:
                raise ChildDiedError
            kind, value = said if said is not _GETS_ON else (_TOLD, None)
            if kind == _ANSWERED:
                return value  # type: ignore[no-any-return]
            if kind == _RAISED:
                raise value
            try:
                hear(value)
            except BaseException:
                self.kill()
                raise

    @property
    def _pipe_in(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            while (said := _next(pipe)) is not _ENDED:
                self._said.put(said)
        self._said.put(_ENDED)


def _environment() -> dict[str, str]:
    """Modules are found where they are found here."""
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_BEHIND}
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _put(pipe: IO[bytes], said: bytes) -> None:
    pipe.write(said)
    pipe.flush()


def _next(pipe: IO[bytes]) -> Any:
    try:
        return pickle.load(pipe)
    except (EOFError, OSError, ValueError, pickle.UnpicklingError):  # nothing more, or half of it
        return _ENDED


class _Inside:
    """The process, from inside: the main thread works, one reads jobs, one says that the work gets on."""

    def __init__(self, jobs: IO[bytes], answers: IO[bytes]) -> None:
        self._jobs_in, self._answers = jobs, answers
        self._jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._speaking, self._busy = threading.Lock(), threading.Event()

    def run(self) -> None:
        for work in (self._read, self._beat):
            threading.Thread(target=work, daemon=True).start()
        with suppress(queue.Empty):
            while True:
                work, job, tells = self._jobs.get(timeout=IDLE_S)
                self._busy.set()
                answer = _answer(work, (job, lambda value: self._say((_TOLD, value))) if tells else (job,))
                self._busy.clear()
                self._say(answer)

    def _read(self) -> None:
        """Ends the process with its parent, even in the middle of a job."""
        while True:
            try:
                self._jobs.put(pickle.load(self._jobs_in))
            except (EOFError, OSError, pickle.UnpicklingError):
                os._exit(1)
            except Exception as error:  # a module of the job's is not there
                self._say((_RAISED, error))

    def _beat(self) -> None:
        watch = Watch()
        while self._busy.wait():
            if watch.gets_on():
                self._say(_GETS_ON)
            threading.Event().wait(LOOK_EVERY_S)

    def _say(self, said: object) -> None:
        with self._speaking, suppress(OSError):
            _put(self._answers, pickle.dumps(said))


def _answer(work: Callable[..., Any], words: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        found = (_ANSWERED, work(*words))
        pickle.dumps(found)
    except Exception as error:
        return _RAISED, _sendable(error)
    return found


def _sendable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _main() -> None:
    use_cores(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    jobs = sys.stdin.buffer
    assert isinstance(jobs, io.BufferedReader)
    _Inside(jobs, answers).run()
    os._exit(0)  # a thread still reads: Python would wait for it in vain


if __name__ == "__main__":
    _main()
