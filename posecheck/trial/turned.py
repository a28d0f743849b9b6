"""Refuses a picture that lies on its side or upside down, and says which turn sets it right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.errors import Advice, RecordingError
from posecheck.kinematics.upright import read_turns
from posecheck.language import phrase

if TYPE_CHECKING:
    from posecheck.kinematics.upright import BodyTurns
    from posecheck.movements import Movement
    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.pose.recording import Recording


def require_upright(series: LandmarkSeries, movement: Movement | None = None) -> None:
    """Refuse a picture that needs a turn.

    Parameters
    ----------
    series : LandmarkSeries
    movement : Movement, optional
        The test, which says whether the person stands or lies; where there is none, the body has to tell.

    Raises
    ------
    RecordingError
        With the turn in its advice. Not where somebody said that the picture is right as it is.
    """
    turns = read_turns(series)
    turn_deg = turns.needed_deg(movement.lying if movement else None)
    if turn_deg:
        raise RecordingError(_words(turns, turn_deg, movement), _advice(turn_deg, series))


def require_upright_video(recording: Recording) -> None:
    """As `require_upright`, where no test is known; the message begins with the video.

    Raises
    ------
    RecordingError
    """
    try:
        require_upright(recording.series)
    except RecordingError as error:
        raise error.reworded(phrase("{file}: {words}", file=recording.info.path, words=error.words)) from error


@dataclass(frozen=True, slots=True)
class TurnOffers:
    """What may be offered for a picture: clockwise turns in degrees from the picture as it was filmed; None: nothing.

    Attributes
    ----------
    needed : int or None
        Where it is not known which test it is.
    doubtful : int or None
        If somebody who seems to stand lay on the back.
    standing, lying : int or None
        For a test that is done standing, or lying on the back.
    """

    needed: int | None = None
    doubtful: int | None = None
    standing: int | None = None
    lying: int | None = None


def turn_offers(series: LandmarkSeries) -> TurnOffers:
    """The turns that may be offered for a picture."""
    turns = read_turns(series)
    needs = (turns.needed_deg(), turns.doubtful_deg, turns.needed_deg(lying=False), turns.needed_deg(lying=True))
    return TurnOffers(*(_whole_turn_deg(turn_deg, series) if turn_deg else None for turn_deg in needs))


def doubt_about_turn(series: LandmarkSeries) -> Advice | None:
    """What to ask where somebody seems to stand, but may as well lie in a picture that lies on its side."""
    turn_deg = read_turns(series).doubtful_deg
    if not turn_deg:
        return None
    whole_deg = _whole_turn_deg(turn_deg, series)
    return Advice(
        "maybe_turned",
        phrase(
            "The person was taken to be standing. If they lay on their back, the picture lies on its side: have it turned "
            "clockwise by {turn} degrees, or all angles against the vertical are wrong by 90 degrees.",
            turn=whole_deg,
        ),
        {"turn": str(whole_deg)},
    )


def _words(turns: BodyTurns, turn_deg: int, movement: Movement | None) -> str:
    turned = phrase("the picture is upside down") if turn_deg == 180 else phrase("the picture lies on its side")
    if movement is None:
        return phrase("{turned}, as the body in it shows.", turned=turned)
    asked = phrase("lying on the back") if movement.lying else phrase("standing")
    as_lying = movement.lying and turns.doubtful_deg
    if not (
        turns.needed_deg() or as_lying
    ):  # in itself the picture is right: the test is as likely to be the wrong one
        return phrase(
            "{seen}, but “{test}” is done {asked}: either it is another test, or {turned}.",
            seen=phrase("the person lies on the back") if turns.lies else phrase("the person stands"),
            test=movement.title,
            asked=asked,
            turned=turned,
        )
    return phrase(
        "{turned}: “{test}” is done {asked}, and the body in it shows which way is down.",
        turned=turned,
        test=movement.title,
        asked=asked,
    )


def _advice(turn_deg: int, series: LandmarkSeries) -> Advice:
    whole_deg = _whole_turn_deg(turn_deg, series)
    return Advice(
        "turned",
        phrase(
            "Have it turned clockwise by {turn} degrees. If the picture is right as it is, say so: a turn of 0 degrees.",
            turn=whole_deg,
        ),
        {"turn": str(whole_deg)},
    )


def _whole_turn_deg(turn_deg: int, series: LandmarkSeries) -> int:
    """From the picture as it was filmed: it may have been turned already, the wrong way, and mirrored after that."""
    source = series.source
    return ((source.rotated_deg or 0) + (-turn_deg if source.mirrored else turn_deg)) % 360
