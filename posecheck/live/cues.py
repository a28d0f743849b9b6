"""The one thing to tell the person now, and when to say it aloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.kinematics.joints import Plane, Side
from posecheck.language import joined, phrase
from posecheck.live.answer import LiveState
from posecheck.trial.quality import GateStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posecheck.live.framing import FramingMatch
    from posecheck.movements import Movement
    from posecheck.trial.quality import QualityGate

NOBODY_YET_S = 8.0
"""After this long without anybody, say so (chosen by us)."""
CALM_S = 0.5
"""A cue that is not about a hold or a count must be due for this long before it replaces another (chosen by us)."""
REPEAT_S = 8.0
"""A cue that asks for something is said again after this long (chosen by us)."""
LATE_S = 4.0
SAID_LATE = frozenset({"go_on", "back_to_start"})
"""Shown at once, but said only when due for `LATE_S`: the person is busy (chosen by us)."""
AT_ONCE = frozenset(
    {
        "begin",
        "go_on",
        "hold",
        "and_back",
        "back_to_start",
        "again",
        "hold_longer",
        "not_far_enough",
        "too_short",
        "done",
    }
)
"""Cues of the moment."""
SAID_ONCE = frozenset({"go_on", "hold", "and_back", "done", "time_is_up", "not_far_enough", "too_short"})


@dataclass(frozen=True, slots=True)
class Cue:
    """A stable key and one plain sentence."""

    key: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that a cue depends on.

    Attributes
    ----------
    state : LiveState
    unseen_s : float
        For how long nobody has been seen.
    lost : bool
        The person of a trial that is going on is out of sight.
    gates : mapping of str to QualityGate
    way_to_middle : str
        Which way to move to get to the middle of the picture.
    start_words : str
        What is wrong with the start position.
    any_view : bool
        The recording can be measured from beside its place too, with a larger error.
    match : FramingMatch, optional
    held_enough : bool
    verdict : Cue, optional
        What there is to say about the last repetition.
    time_is_up : bool
    """

    state: LiveState
    unseen_s: float = 0.0
    lost: bool = False
    gates: Mapping[str, QualityGate]
    way_to_middle: str = ""
    start_words: str = ""
    any_view: bool = False
    match: FramingMatch | None = None
    held_enough: bool = False
    verdict: Cue | None = None
    time_is_up: bool = False


def choose_cue(now: Situation, movement: Movement, side: Side | None) -> Cue:
    """The most urgent thing to say."""
    if now.state is LiveState.DONE:
        return _TIME_IS_UP if now.time_is_up else _DONE
    if now.lost:
        return _LOST
    if now.state is LiveState.GET_INTO_VIEW:
        return _into_view(now, movement, side)
    if now.state is LiveState.GET_INTO_START:
        return _into_start(now, movement, side)
    moved = now.gates.get("static_camera")
    if moved is not None and moved.status is GateStatus.REJECT:
        return _CAMERA_MOVED
    if now.state is LiveState.READY:
        return now.verdict or (_BEGIN_AT_AN_ANGLE if _from_an_angle(now) else _BEGIN)
    if now.state is LiveState.HOLDING:
        return _AND_BACK if now.held_enough else _HOLD
    return _GO_ON if now.state is LiveState.MOVING else _BACK_TO_START


def _into_view(now: Situation, movement: Movement, side: Side | None) -> Cue:
    rejected = _gate_cue(now, movement, side, GateStatus.REJECT)
    if rejected is not None:
        return rejected
    if now.unseen_s >= NOBODY_YET_S:
        return Cue("nobody_yet", joined([phrase("I still cannot see anybody."), movement.instructions.camera]))
    return Cue("get_into_view", phrase("Step into the picture."))


def _into_start(now: Situation, movement: Movement, side: Side | None) -> Cue:
    if now.start_words:
        key = "get_into_start" if now.start_words == movement.instructions.start else "start_position"
        return Cue(key, now.start_words)
    if now.match is not None and not now.match.matches:
        return Cue(now.match.cue, now.match.words)
    return _gate_cue(now, movement, side, GateStatus.WARN) or _KEEP_STILL


def _gate_cue(now: Situation, movement: Movement, side: Side | None, status: GateStatus) -> Cue | None:
    """The cue of the first gate of that status, the most basic first."""
    own_side = side if movement.plane is Plane.SAGITTAL else None
    towards = _FRONT if movement.plane is Plane.FRONTAL else None if movement.rear_leg_tested else own_side
    cues = {
        "light": Cue("more_light", phrase("It is too dark. Switch on a light in front of you.")),
        "one_person": Cue("two_people", phrase("Two people are in the picture. One of you, please step out.")),
        "in_frame": Cue("step_back", phrase("Step back: your whole body must be in the picture.")),
        "side": Cue("turn", _TURN[own_side]),
        "yaw": _turn_cue(now, towards, status),
        "size": Cue("come_closer", phrase("Come closer to the camera.")),
        "centre": Cue("towards_middle", phrase("Move {way}, to the middle of the picture.", way=now.way_to_middle)),
        "roll": Cue("camera_tilted", phrase("The camera is tilted. Level it.")),
        "seen": Cue("hidden_points", phrase("I cannot see your legs well. More light or tighter clothes help.")),
    }
    due = (cue for name, cue in cues.items() if name in now.gates and now.gates[name].status is status)
    return next(due, None)


def _from_an_angle(now: Situation) -> bool:
    """Whether the person is seen from beside, but can be measured."""
    return now.any_view and "yaw" in now.gates and now.gates["yaw"].status is GateStatus.WARN


def _turn_cue(now: Situation, towards: Side | str | None, status: GateStatus) -> Cue:
    if status is GateStatus.WARN and _from_an_angle(now):
        seen = phrase("I see you from an angle, so the error will be larger.")
        return Cue("from_an_angle", joined([seen, _BETTER_TURN[towards]]))
    return Cue("turn", _TURN[towards])


def verdict_on(*, counted: int, wanted: int, held: bool, target_hold_s: float, far_enough: bool) -> Cue:
    """What to say after a movement that came back to the start.

    Parameters
    ----------
    counted : int
        Which repetition it was, 0 if it does not count.
    wanted : int
    held : bool
        There was a hold by the rule for recordings.
    target_hold_s : float
    far_enough : bool
        It went far enough to count.
    """
    if not counted:
        return _TOO_SHORT if far_enough else _NOT_FAR_ENOUGH
    if not held:
        words = phrase(
            "{number} of {total}. Next time, hold still at the end for {seconds:g} seconds.",
            number=counted,
            total=wanted,
            seconds=target_hold_s,
        )
        return Cue("hold_longer", words)
    return Cue("again", phrase("{number} of {total}. And again.", number=counted, total=wanted))


_FRONT = "front"
_TURN: dict[Side | str | None, str] = {
    _FRONT: phrase("Turn your front to the camera."),
    None: phrase("Turn your side to the camera."),
    Side.LEFT: phrase("Turn your left side to the camera."),
    Side.RIGHT: phrase("Turn your right side to the camera."),
}
"""By what is to be turned to the camera; None: either side."""
_BETTER_TURN: dict[Side | str | None, str] = {
    _FRONT: phrase("Better turn your front to the camera."),
    None: phrase("Better turn your side to the camera."),
    Side.LEFT: phrase("Better turn your left side to the camera."),
    Side.RIGHT: phrase("Better turn your right side to the camera."),
}


_BEGIN = Cue("begin", phrase("Good. You can begin."))
_BEGIN_AT_AN_ANGLE = Cue("begin", phrase("You can begin. I see you from an angle, so the error will be larger."))
_KEEP_STILL = Cue("keep_still", phrase("Keep still for a moment."))
_GO_ON = Cue("go_on", phrase("Slowly, as far as you can."))
_HOLD = Cue("hold", phrase("Hold."))
_AND_BACK = Cue("and_back", phrase("And back."))
_BACK_TO_START = Cue("back_to_start", phrase("Back to the start position."))
_TOO_SHORT = Cue("too_short", phrase("That was too quick to count. Move slowly, and hold at the end."))
_NOT_FAR_ENOUGH = Cue("not_far_enough", phrase("That was not far enough to count."))
_LOST = Cue("lost", phrase("I cannot see you any more. Come back into the picture."))
_CAMERA_MOVED = Cue("camera_moved", phrase("The camera has moved. Put it on something firm."))
_DONE = Cue("done", phrase("Done. Well done."))
_TIME_IS_UP = Cue("time_is_up", phrase("That took too long: the recording ends here."))


class CuePacer:
    """Shows one cue at a time without flicker, and says when to speak it."""

    def __init__(self) -> None:
        self._shown: Cue | None = None
        self._due: Cue | None = None
        self._due_since_s = 0.0
        self._said_s: float | None = None

    def step(self, time_s: float, cue: Cue) -> tuple[Cue, bool]:
        """The cue to show now, and whether to say it now."""
        if cue != self._due:
            self._due, self._due_since_s = cue, time_s
        calm = cue.key in AT_ONCE or time_s - self._due_since_s >= CALM_S
        if self._shown is None or (cue != self._shown and calm):
            self._shown, self._said_s = cue, None
        speak = calm and cue == self._shown and self._is_to_be_said(cue, time_s)
        self._said_s = time_s if speak else self._said_s
        return self._shown, speak

    def _is_to_be_said(self, cue: Cue, time_s: float) -> bool:
        if cue.key in SAID_LATE and time_s - self._due_since_s < LATE_S:
            return False
        return self._said_s is None or (cue.key not in SAID_ONCE and time_s - self._said_s >= REPEAT_S)
