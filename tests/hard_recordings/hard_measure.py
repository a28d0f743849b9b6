"""Measures a hard recording and its unharmed source in the same way, and says what is wrong with the result."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from hard_case import STRIDE, Case
from hard_recipe import make, write_source

from posecheck.comparison.comparability import check_set_up
from posecheck.errors import PosecheckError
from posecheck.movements import load_movement
from posecheck.pipeline import analyze_video
from posecheck.trial.quality import GateStatus
from posecheck.trial.result import TrialOptions, TrialResult
from posecheck.video.reader import VideoOptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posecheck.pose.estimator import PoseEstimator
    from posecheck.trial.trial import Trial

WORSE = (GateStatus.PASS, GateStatus.WARN, GateStatus.REJECT)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one case.

    Attributes
    ----------
    case : Case
    expected, found : int
        Repetitions; both 0 where a refusal was expected.
    error_deg : float
        Of the first outcome's end range, against the unharmed video; NaN where nothing was measured.
    words : str
        The refusal, empty for none.
    faults : tuple of str
        What is not as the case says: sentences. Empty where all is well.
    """

    case: Case
    expected: int
    found: int
    error_deg: float
    words: str
    faults: tuple[str, ...]

    @property
    def missed(self) -> int:
        """Repetitions that are in the recording and were not found."""
        return max(0, self.expected - self.found)

    @property
    def invented(self) -> int:
        """Repetitions that were found and are not in the recording."""
        return max(0, self.found - self.expected)


@dataclass(frozen=True, slots=True)
class Measured:
    """A result, or the words with which it was refused."""

    result: TrialResult | None
    refusal: str = ""


@dataclass(slots=True)
class Bench:
    """One pose model for all cases, and each unharmed source measured once."""

    estimator: PoseEstimator
    _unharmed: dict[tuple[object, ...], Trial] = field(default_factory=dict)

    def find(self, case: Case) -> Finding:
        """Make a case's recording, measure it, and compare it with what is expected."""
        with tempfile.TemporaryDirectory(prefix="posecheck-hard-") as folder:
            measured = self._measure(make(case.recipe, Path(folder)), case)
        if case.refused:
            return _judge_refusal(case, measured)
        return _judge_result(case, measured, self.unharmed(case))

    def unharmed(self, case: Case) -> Trial:
        """The result of the source with which a case is compared."""
        plain = Case(case.unharmed, "", like=case.unharmed, stride=min(case.stride or STRIDE, STRIDE))
        key = (case.unharmed, plain.stride)
        if key not in self._unharmed:
            with tempfile.TemporaryDirectory(prefix="posecheck-hard-") as folder:
                measured = self._measure(write_source(case.unharmed, Path(folder) / "unharmed.mp4"), plain)
            if measured.result is None:
                raise AssertionError(f"the unharmed video {case.unharmed} was refused: {measured.refusal}")
            self._unharmed[key] = measured.result.trial
        return self._unharmed[key]

    def _measure(self, video: Path, case: Case) -> Measured:
        movement, side = case.asked
        options = TrialOptions(video=VideoOptions(stride=case.stride, **case.video), **case.trial)
        try:
            return Measured(analyze_video(video, load_movement(movement), side, options, estimator=self.estimator))
        except PosecheckError as error:
            return Measured(None, str(error))


def _judge_refusal(case: Case, measured: Measured) -> Finding:
    if measured.result is None:
        fault = "" if case.refused in measured.refusal else f"it was refused in other words: {measured.refusal}"
        return Finding(case, 0, 0, float("nan"), measured.refusal, (fault,) if fault else ())
    trial = measured.result.trial
    fault = f"it should be refused ({case.refused}), and was measured: {_value_words(trial)}"
    return Finding(case, 0, _used(trial), float("nan"), "", (fault,))


def _judge_result(case: Case, measured: Measured, unharmed: Trial) -> Finding:
    expected = _used(unharmed) if case.repetitions is None else case.repetitions
    if measured.result is None:
        return Finding(case, expected, 0, float("nan"), measured.refusal, (f"it was refused: {measured.refusal}",))
    trial = measured.result.trial
    right = unharmed.outcomes[0].values if case.right_deg is None else (case.right_deg,)
    faults = (
        *_value_faults(case, trial, right, expected),
        *_gate_faults(case, trial, unharmed),
        *_word_faults(case, measured.result),
        *(check_set_up(unharmed, trial)[1] if case.alike else ()),
    )
    return Finding(case, expected, _used(trial), trial.outcomes[0].mean - float(np.mean(right)), "", faults)


def _value_faults(case: Case, trial: Trial, right: Sequence[float], expected: int) -> Iterator[str]:
    """The mean, and each repetition: a wrong one must not hide behind two right ones."""
    mean, low, high = np.mean(right), min(right) - case.tolerance_deg, max(right) + case.tolerance_deg
    if _used(trial) != expected:
        yield f"{_used(trial)} repetitions were found, of {expected}: {_value_words(trial)}"
    if not abs(trial.outcomes[0].mean - mean) <= case.tolerance_deg:
        yield f"{_value_words(trial)}, expected {mean:.1f}"
    for value in trial.outcomes[0].values:
        if not low <= value <= high:
            yield f"a repetition of {value:.1f} lies outside of {low:.1f} to {high:.1f}"


def _gate_faults(case: Case, trial: Trial, unharmed: Trial) -> Iterator[str]:
    beside = () if case.right_deg is not None else unharmed.gates  # a recording of its own must pass by itself
    before = {gate.name: WORSE.index(gate.status) for gate in beside}
    worse = {gate.name: gate for gate in trial.gates if WORSE.index(gate.status) > before.get(gate.name, 0)}
    for name, gate in worse.items():
        # A good recording must not be rejected. A warning alone is no fault, since some samples lie close to a limit, nor
        # are few pictures where we leave some out ourselves.
        thinned = name == "rate" and case.stride is not None
        if gate.status is GateStatus.REJECT and name not in case.gates and not thinned:
            yield f"the gate '{name}' rejects it: {gate.words}"
    for name in case.gates:
        if name not in worse:
            yield f"the gate '{name}' is no worse than in the unharmed video"


def _word_faults(case: Case, result: TrialResult) -> Iterator[str]:
    trial, warnings = result.trial, result.recording.warnings
    events = [event.words for event in trial.events]
    gates = [gate.words for gate in trial.gates if gate.status is not GateStatus.PASS]
    said = " ".join((*trial.notes, *events, *gates, *warnings))
    for words in case.says:
        if words not in said:
            yield f"nothing says '{words}', only: {said}"
    for warning in warnings:
        if not any(words in warning for words in case.says):
            yield f"a warning for nothing: {warning}"


def _used(trial: Trial) -> int:
    return sum(item.used for item in trial.repetitions)


def _value_words(trial: Trial) -> str:
    outcome = trial.outcomes[0]
    return f"{outcome.title} {outcome.mean:.1f} ({', '.join(f'{value:.1f}' for value in outcome.values)})"
