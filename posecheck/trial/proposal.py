"""Which of the five tests a recording shows, and of which side, told from the movement itself: a proposal to confirm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import Side
from posecheck.kinematics.motion import read_motion
from posecheck.kinematics.view import body_yaw_deg, is_lying
from posecheck.movements import load_movement
from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.kinematics.angles import AngleTable
    from posecheck.kinematics.view import View
    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.pose.recording import Recording

SURE = 0.6
"""From this confidence on a proposal is called sure (chosen by us)."""
POSSIBLE = 0.2
"""Below this a test is not proposed at all (chosen by us)."""
MIN_FRAMES = 10
"""Fewer pictures with a person show no movement (chosen by us)."""
_SIDE_WORDS = {
    "knee-to-chest": "{side} knee pulled",
    "runners-lunge": "{side} leg behind",
    "side-lunge": "{side} leg straight",
    "crossover": "{side} leg behind",
}


@dataclass(frozen=True, slots=True)
class Guess:
    """One test that it could be.

    Attributes
    ----------
    movement : str
        Name of the test.
    side : Side or None
        The tested leg; None for a test that is not done once per side, or where it cannot be told.
    confidence : float
        0 to 1, how well the recording fits; no probability.
    """

    movement: str
    side: Side | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a recording seems to show.

    Attributes
    ----------
    movement : str
        Name of the test, empty where none fits.
    side : Side or None
    confidence : float
        As of the best guess.
    words : str
        For the person who confirms: "Runner's lunge, right leg behind."
    alternatives : tuple of Guess
        What else it could be, the likeliest first.
    """

    movement: str
    side: Side | None
    confidence: float
    words: str
    alternatives: tuple[Guess, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether confirming is a formality."""
        return self.confidence >= SURE


def propose_test(recording: Recording) -> Proposal:
    """Propose test and side.

    Parameters
    ----------
    recording : Recording
        Landmarks of one take of one test.

    Returns
    -------
    Proposal
        Without a movement where nothing fits. A mirrored file cannot be noticed: its sides are exchanged.

    Notes
    -----
    Rules on what parts the tests: view, lying or standing, how far apart the feet are, and which angle moves. Limits
    chosen by us between the values of the sample videos; `benchmarks/proposal.py` shows how they fare.
    """
    series = recording.series
    if int(series.found.sum()) < MIN_FRAMES:
        return Proposal("", None, 0.0, "Too little of a person is seen to tell which test this is: choose it yourself.")
    guesses = sorted(_guesses(_Seen.of(series)), key=lambda guess: -guess.confidence)
    best, *others = guesses
    alternatives = tuple(guess for guess in others if guess.confidence >= POSSIBLE)
    if best.confidence < POSSIBLE:
        return Proposal("", None, best.confidence, "This looks like none of the five tests: choose it yourself.")
    return Proposal(best.movement, best.side, best.confidence, _words(best), alternatives)


def _words(guess: Guess) -> str:
    title = load_movement(guess.movement).title
    name = title.split(" (", maxsplit=1)[0]
    side = f", {_SIDE_WORDS[guess.movement].format(side=guess.side)}" if guess.side is not None else ""
    if guess.confidence >= SURE:
        return f"{name}{side}."
    article = "an" if name[0] in "AEIOU" else "a"
    missing = "; the side cannot be told" if guess.side is None and guess.movement in _SIDE_WORDS else ""
    return f"Looks like {article} {name[0].lower()}{name[1:]}{side}{missing}; please check."


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What tells the tests apart: 0 to 1 each for side view and lying, distances in leg lengths, angles in degrees."""

    from_side: float
    lying: bool
    stance: float
    ahead: NDArray[np.float64]
    table: AngleTable

    @classmethod
    def of(cls, series: LandmarkSeries) -> _Seen:
        motion = read_motion(series)
        ahead = _left_ankle_ahead(series, motion.view)
        turn = _ramp(_median(body_yaw_deg(series)), 30.0, 60.0)
        return cls(turn, is_lying(series), _median(np.abs(ahead)), ahead, motion.table)

    def ends(self, column: str) -> tuple[float, float]:
        """Lowest and highest value of an angle, spikes left out; 0 where it cannot be told."""
        values = self.table.values[column].to_numpy(dtype=np.float64)
        finite = values[np.isfinite(values)]
        return (float(np.percentile(finite, 3)), float(np.percentile(finite, 97))) if finite.size else (0.0, 0.0)

    def excursion(self, column: str) -> float:
        low, high = self.ends(column)
        return high - low


def _left_ankle_ahead(series: LandmarkSeries, view: View) -> NDArray[np.float64]:
    """(n,) how far the left ankle lies in front of the right one (front view: to the person's right), in leg lengths."""
    xy = series.xy_px
    legs = np.linalg.norm(xy[:, Landmark.LEFT_ANKLE] - xy[:, Landmark.LEFT_HIP], axis=1)
    finite = legs[np.isfinite(legs)]
    length_px = float(np.percentile(finite, 90)) if finite.size else float("nan")
    apart = xy[:, Landmark.LEFT_ANKLE, 0] - xy[:, Landmark.RIGHT_ANKLE, 0]
    return np.asarray(view.x_sign * apart / max(length_px, 1.0))


def _guesses(seen: _Seen) -> tuple[Guess, ...]:
    side_view, front_view = seen.from_side, 1.0 - seen.from_side
    standing = 0.0 if seen.lying else 1.0
    wide = (
        _ramp(seen.stance, 0.35, 0.7) if np.isfinite(seen.stance) else 0.5
    )  # feet out of the picture: it may be either
    hips = {side: seen.excursion(f"{side}_hip_flexion_deg") for side in Side}
    bend = _ramp(seen.excursion("trunk_flexion_deg"), 20.0, 45.0)
    lean = _ramp(seen.excursion("trunk_lateral_flexion_deg"), 4.0, 9.0)
    spread = _ramp(max(seen.excursion(f"{side}_leg_abduction_deg") for side in Side), 3.0, 8.0)
    narrow, lying, most = 1.0 - wide, 1.0 - standing, max(hips.values())
    return (
        Guess("toe-touch", None, min(side_view, standing, narrow, bend)),
        _sided("knee-to-chest", min(side_view, lying, _ramp(most, 20.0, 45.0)), _pulled(hips)),
        _sided("runners-lunge", min(side_view, standing, wide, _ramp(most, 12.0, 28.0)), _behind(seen)),
        _sided("side-lunge", min(front_view, standing, wide, spread), _straight(seen)),
        _sided("crossover", min(front_view, standing, narrow, lean), _leant_away_from(seen)),
    )


def _sided(movement: str, fits: float, leftness: float) -> Guess:
    """A guess from how well the test fits and how clearly it is the left (+1) or the right (-1)."""
    clear = _ramp(abs(leftness), 0.1, 0.5)
    side = (Side.LEFT if leftness > 0 else Side.RIGHT) if clear > 0 else None
    # Without its side a test is proposed all the same, but never called sure.
    return Guess(movement, side, fits * (0.5 + 0.5 * clear))


def _pulled(hips: dict[Side, float]) -> float:
    return (hips[Side.LEFT] - hips[Side.RIGHT]) / max(sum(hips.values()), 1.0)


def _behind(seen: _Seen) -> float:
    """The rear leg by the model's labels, most of the time: now and then it exchanges the legs of a side view."""
    apart = seen.ahead[np.abs(seen.ahead) > 0.3]
    return float(-np.sign(apart).mean()) if apart.size else 0.0


def _straight(seen: _Seen) -> float:
    """The straight leg goes outward as the hips shift over the other one."""
    most = {side: seen.ends(f"{side}_leg_abduction_deg")[1] for side in Side}
    return (most[Side.LEFT] - most[Side.RIGHT]) / 12.0


def _leant_away_from(seen: _Seen) -> float:
    """The trunk leans away from the rear leg: to the person's right (positive) where that is the left one."""
    low, high = seen.ends("trunk_lateral_flexion_deg")
    return (high + low) / max(high - low, 1.0)


def _ramp(value: float, low: float, high: float) -> float:
    """0 up to ``low``, 1 from ``high`` on; 0 where the value is missing."""
    return float(np.clip((value - low) / (high - low), 0.0, 1.0)) if np.isfinite(value) else 0.0


def _median(values: NDArray[np.float64]) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")
