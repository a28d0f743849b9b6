"""Live engines: each in a process of its own that rooms use one after another, given back when nobody films for a while."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from posecheck.pose.model_files import choose_model
from posecheck.settings import load_settings
from posecheck.web.film.live_frames import read_frame
from posecheck.web.server.child_process import HelperProcess
from posecheck.web.server.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from posecheck.kinematics.joints import Side
    from posecheck.live import Framing, LiveAnswer, LiveEngine
    from posecheck.movements import Movement
    from posecheck.pose.estimator import PoseEstimator
    from posecheck.pose.model_files import ModelFile

KEPT = 2
"""So many engines that nobody uses stay loaded for a while (chosen by us: one person films, another one may)."""
WARM_UP_SHAPE = (360, 640, 3)
"""A small black picture."""
WARM_UP_TEST = "toe-touch"
"""Any test: what has to be loaded is the same for all."""


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """What is filmed: the test and side, how often and how long, and where the person stood in the pre-test."""

    movement: Movement
    side: Side | None
    phase: str
    repetitions: int
    hold_s: float
    before: Framing | None = None

    def engine(self, estimator: PoseEstimator) -> LiveEngine:
        """A live engine for it."""
        from posecheck.live import LiveEngine

        return LiveEngine(
            self.movement,
            self.side,
            estimator,
            repetitions=self.repetitions,
            target_hold_s=self.hold_s,
            framing=self.before,
        )

    def to_dict(self) -> dict[str, Any]:
        """For JSON; ``framing`` is that of the pre-test."""
        return {
            "movement": self.movement.name,
            "title": self.movement.title,
            "side": str(self.side) if self.side else "",
            "phase": self.phase,
            "repetitions": self.repetitions,
            "hold_s": self.hold_s,
            "framing": self.before.to_dict() if self.before else None,
        }


class Engine(Protocol):
    """Follows one trial after another with one loaded pose model; not for use by several threads at once."""

    @property
    def is_alive(self) -> bool:
        """Whether it is of any use."""
        ...

    def warm_up(self) -> None:
        """Load everything, before the first picture comes."""
        ...

    def begin(self, plan: TrialPlan) -> None:
        """Begin a trial; the one before is over."""
        ...

    def look(self, data: bytes) -> tuple[LiveAnswer, Framing | None]:
        """The answer to a picture as `read_frame` takes it, and where the person stood in the start position.

        Raises
        ------
        WrongInputError, TooLargeError
            It is no picture; the trial goes on.
        ModelFileError
        """
        ...

    def close(self) -> None:
        """Free what is held."""
        ...


class EngineHere:
    """An engine in this process."""

    def __init__(self, estimator: PoseEstimator) -> None:
        self._estimator = estimator
        self._engine: LiveEngine | None = None

    @property
    def is_alive(self) -> bool:
        """It lives as long as this process."""
        return True

    def warm_up(self) -> None:
        """Look at a black picture with an engine that is thrown away."""
        from posecheck.live import LiveEngine
        from posecheck.movements import load_movement

        with LiveEngine(load_movement(WARM_UP_TEST), None, self._estimator) as engine:
            engine.step(np.zeros(WARM_UP_SHAPE, np.uint8), 0.0)

    def begin(self, plan: TrialPlan) -> None:
        """Begin a trial; the one before is over."""
        self._end_trial()
        self._engine = plan.engine(self._estimator)

    def look(self, data: bytes) -> tuple[LiveAnswer, Framing | None]:
        """As `Engine.look`."""
        assert self._engine is not None
        time_s, image_rgb = read_frame(data)
        answer = self._engine.step(image_rgb, time_s)
        return answer, self._engine.framing

    def close(self) -> None:
        """Close the estimator too."""
        self._end_trial()
        self._estimator.close()

    def _end_trial(self) -> None:
        if self._engine is not None:
            self._engine.close()
        self._engine = None


class EngineProcess:
    """An engine in a process of its own, which ends when it is closed: a pose model takes 400 MB of memory.

    Raises
    ------
    HelperGoneError
        By any of its methods: the process has crashed. This engine is of no use any more.
    """

    def __init__(self, make: Callable[[], EngineHere]) -> None:
        self._process = HelperProcess(make)

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether its process has not crashed."""
        return self._process.is_alive

    def warm_up(self) -> None:
        """Load everything, before the first picture comes."""
        self._process.call("warm_up")

    def begin(self, plan: TrialPlan) -> None:
        """Begin a trial; the one before is over."""
        self._process.call("begin", plan)

    def look(self, data: bytes) -> tuple[LiveAnswer, Framing | None]:
        """As `Engine.look`; a picture that is none is refused there too."""
        answer, framing = self._process.call("look", data)
        return answer, framing

    def close(self) -> None:
        """End the process."""
        self._process.close()


def load_engine(model_path: Path | None) -> Engine:
    """A new engine with a model of the user's own, or the one that posecheck carries.

    Raises
    ------
    ModelFileError
    """
    return EngineProcess(partial(_engine_with, choose_model(load_settings(), model_path)))


def _engine_with(model: ModelFile) -> EngineHere:
    """Run in the engine's process."""
    from posecheck.pose.estimator import MediaPipeEstimator

    return EngineHere(MediaPipeEstimator(model))


class EnginePool:
    """Lends engines; may be used from any thread.

    Parameters
    ----------
    make : callable
        Makes an engine; what it raises is passed on.
    idle_s : float
        So long an engine is kept that nobody uses.
    """

    def __init__(self, make: Callable[[], Engine], idle_s: float) -> None:
        self._make = make
        self._kept: Kept[Engine] = Kept(idle_s, KEPT)

    def borrow(self) -> tuple[Engine, bool]:
        """One that nobody else uses, and whether it is new: the first picture of a new one takes long."""
        kept = self._kept.take()
        return (kept, False) if kept is not None else (self._make(), True)

    def give_back(self, engine: Engine, *, usable: bool = True) -> None:
        """Take one back; one that is no longer usable, or too many, is closed."""
        if usable:
            self._kept.put(engine)
        else:
            engine.close()

    def prepare(self) -> None:
        """Load an engine where none is idle: somebody is about to film.

        Raises
        ------
        ModelFileError, HelperGoneError
        """
        if not self._kept:
            engine = self._make()
            self._kept.put(engine)  # a room may have it at once: what it asks waits for this
            engine.warm_up()

    def close_idle(self) -> None:
        """Close those that nobody has used for a while."""
        self._kept.close_idle()

    def close(self) -> None:
        """Close all that nobody uses; those still lent are closed when they come back."""
        self._kept.close()
