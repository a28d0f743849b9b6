"""Where the person stood in the picture: the ghost of the pre-test, and whether a re-test comes back to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.comparison.comparability import CLOSE_ROLL_DEG, CLOSE_SCALE, CLOSE_YAW_DEG
from posecheck.kinematics.joints import Plane
from posecheck.kinematics.view import body_yaw_deg
from posecheck.language import phrase
from posecheck.pose.landmarks import LANDMARK_COUNT, Landmark
from posecheck.trial.reading import view_of_test
from posecheck.trial.start_position import START_S, body_length_px

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from posecheck.movements import Movement
    from posecheck.pose.landmarks import LandmarkSeries

PLACE_WITHIN = 0.06
"""The hips must be this close to their place in the pre-test, as a share of the picture's size (chosen by us)."""

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class FramingMatch:
    """How the person stands against the pre-test.

    Attributes
    ----------
    matches : bool
    cue, words : str
        Key and sentence of what to change first; empty where it matches.
    scale : float
        Body size now over then.
    dx, dy : float
        Hips now less then, as shares of the picture's width and height.
    """

    matches: bool
    cue: str
    words: str
    scale: float
    dx: float
    dy: float

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        numbers = {"scale": self.scale, "dx": self.dx, "dy": self.dy}
        rounded = {name: round(value, 4) if math.isfinite(value) else None for name, value in numbers.items()}
        return {"matches": self.matches, "cue": self.cue, "words": self.words, **rounded}


@dataclass(frozen=True, slots=True)
class Framing:
    """The start position in the picture.

    Attributes
    ----------
    hip_xy : (x, y)
        Middle of the hips, as fractions of the picture's width and height.
    body_size : float
        Trunk plus leg over the picture's height.
    outline : 33 places or None
        The body points, as fractions, None where not seen.
    aspect : float
        Width over height of the picture.
    yaw_deg, roll_deg : float
        Turn of the shoulders out of the front view, and tilt of the camera; NaN where unknown.
    facing : int
        As in `posecheck.kinematics.view.View`.
    """

    hip_xy: Place
    body_size: float
    outline: tuple[Place | None, ...]
    aspect: float
    yaw_deg: float
    roll_deg: float
    facing: int

    @classmethod
    def of_series(cls, series: LandmarkSeries, movement: Movement, roll_deg: float = math.nan) -> Framing | None:
        """Where the person is in the first second in which the hips are seen; None where they never are.

        Parameters
        ----------
        series : LandmarkSeries
            A recording of the pre-test, or the start position in front of the camera.
        movement : Movement
        roll_deg : float
            Tilt of the camera, if known.
        """
        hips = [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]
        seen = np.isfinite(series.xy_px[:, hips]).all(axis=(1, 2))
        if not seen.any():
            return None
        begin_s = series.time_s[int(np.argmax(seen))]
        chosen = seen & (series.time_s <= begin_s + START_S)
        xy = series.xy_px[chosen]
        size = np.array([series.source.width_px, series.source.height_px], dtype=np.float64)
        points = np.median(xy, axis=0) / size
        hip_x, hip_y = points[hips].mean(axis=0)
        yaw = body_yaw_deg(series)[chosen]
        return cls(
            (float(hip_x), float(hip_y)),
            body_length_px(xy) / float(size[1]),
            tuple((float(x), float(y)) if np.isfinite([x, y]).all() else None for x, y in points),
            float(size[0] / size[1]),
            float(np.median(yaw)),
            roll_deg,
            view_of_test(series, movement).facing,
        )

    @property
    def points(self) -> NDArray[np.float64]:
        """(33, 2) the outline as an array, NaN where not seen."""
        return np.array([place or (np.nan, np.nan) for place in self.outline])

    @property
    def lens_size(self) -> float:
        """Trunk plus leg as a share of the picture's longer side: the same however a phone is held, as `Trial.lens_size`."""
        return self.body_size * self._size[1]

    @property
    def _size(self) -> tuple[float, float]:
        """Width and height of the picture as shares of its longer side."""
        return min(1.0, self.aspect), min(1.0, 1 / self.aspect)

    def hip_xy_within(self, other: Framing) -> Place:
        """Where these hips lie in a picture of another shape, whose middle shows the same: a phone turned on its stand."""
        x, y = (
            0.5 + (place - 0.5) * own / others
            for place, own, others in zip(self.hip_xy, self._size, other._size, strict=True)
        )
        return x, y

    def compare(self, now: Framing, movement: Movement) -> FramingMatch:
        """How the present place differs from this one, and what to change first.

        Limits are those within which a re-test is compared without a larger error (`posecheck.comparison.comparability`).
        """
        scale = now.lens_size / self.lens_size if self.lens_size > 0 else math.nan
        dx, dy = now.hip_xy[0] - self.hip_xy_within(now)[0], now.hip_xy[1] - self.hip_xy_within(now)[1]
        cue, words = self._first_difference(now, movement, scale, dx, dy)
        return FramingMatch(not cue, cue, words, scale, dx, dy)

    def _first_difference(
        self, now: Framing, movement: Movement, scale: float, dx: float, dy: float
    ) -> tuple[str, str]:
        if now.facing != self.facing:
            return "turn", phrase("You are facing the other way from the pre-test. Turn around.")
        if abs(now.roll_deg - self.roll_deg) > CLOSE_ROLL_DEG:
            return "place_tilted", phrase("The camera is tilted differently from the pre-test.")
        if scale < 1 - CLOSE_SCALE:
            return "place_closer", phrase("Come a little closer to the camera, as in the pre-test.")
        if scale > 1 + CLOSE_SCALE:
            return "place_back", phrase("Move a little away from the camera, as in the pre-test.")
        if abs(now.yaw_deg - self.yaw_deg) > CLOSE_YAW_DEG:
            return "place_turned", phrase("You or the camera are turned differently from the pre-test.")
        if abs(dx) > PLACE_WITHIN:
            way = way_to_move(movement, now.facing, -dx)
            return "place_aside", phrase("Move a little {way}, as in the pre-test.", way=way)
        if abs(dy) > PLACE_WITHIN:
            lower = phrase("Point the camera a little down, as in the pre-test.")
            return "place_aside", lower if dy > 0 else phrase("Point the camera a little up, as in the pre-test.")
        return "", ""

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "hip_xy": list(self.hip_xy),
            "body_size": _or_null(self.body_size),
            "outline": points_to_list(self.points),
            "aspect": self.aspect,
            "yaw_deg": _or_null(self.yaw_deg),
            "roll_deg": _or_null(self.roll_deg),
            "facing": self.facing,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Framing:
        """Read back what `to_dict` gave.

        Raises
        ------
        ValueError
            It is something else.
        """
        try:
            x, y = data["hip_xy"]
            outline = tuple(None if place is None else (float(place[0]), float(place[1])) for place in data["outline"])
            body_size, yaw_deg, roll_deg = (_or_nan(data[name]) for name in ("body_size", "yaw_deg", "roll_deg"))
            found = cls(
                (float(x), float(y)), body_size, outline, float(data["aspect"]), yaw_deg, roll_deg, data["facing"]
            )
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise ValueError(f"not a framing: {error!r}") from error
        if len(outline) != LANDMARK_COUNT or found.facing not in (1, -1):
            raise ValueError(f"not a framing: {len(outline)} points, facing {found.facing!r}")
        return found


def way_to_move(movement: Movement, facing: int, picture_x: float) -> str:
    """Which way the person moves to get to the right (positive) or to the left of the picture, in their own words."""
    if movement.plane is Plane.FRONTAL:
        return phrase("to your right") if -facing * picture_x > 0 else phrase("to your left")
    ahead = facing * picture_x > 0
    if movement.lying:
        return phrase("towards your feet") if ahead else phrase("towards your head")
    return phrase("forward") if ahead else phrase("backward")


def points_to_list(points: NDArray[np.float64]) -> list[list[float] | None]:
    """(n, 2) fractions as JSON has them: 4 digits, null where missing."""
    return [[round(float(x), 4), round(float(y), 4)] if np.isfinite([x, y]).all() else None for x, y in points]


def _or_null(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _or_nan(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
