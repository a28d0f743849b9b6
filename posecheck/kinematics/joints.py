"""What every joint angle means: its points, plane, zero, sign and words. The only place where angles are defined.

All formulas work in *body-plane coordinates*: x is the person's forward direction (sagittal view) or the person's right
(frontal view), y is up in the picture. `posecheck.kinematics.angles` turns image or 3D landmarks into these coordinates.

Zero is upright standing. Definitions follow ISB terms (flexion, extension, abduction, adduction) as far as one camera
allows: the pelvis has no landmarks, so hip flexion is the angle between trunk and thigh and **includes the lumbar spine**.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from posecheck.kinematics.geometry import angle_at_vertex_deg, hanging_angle_deg, inclination_deg, signed_angle_deg
from posecheck.language import Phrase, filled, phrase
from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray


class Side(StrEnum):
    """The person's own side."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT

    @property
    def words(self) -> Phrase:
        """The side within a sentence."""
        return phrase("left") if self is Side.LEFT else phrase("right")


def title_with_side(title: str, side: Side | None) -> str:
    """What a test or an angle is called with its side: ``Runner's lunge, left``."""
    return title if side is None else phrase("{test}, {side}", test=title, side=side.words)


class Plane(StrEnum):
    """The body plane that the camera looks at: side view shows the sagittal plane, front view the frontal one."""

    SAGITTAL = "sagittal"
    FRONTAL = "frontal"


Frame = Literal["gravity", "trunk", "limb", "ground"]
"""What an angle between points in space is taken against (`AngleDefinition.frame`)."""


class PlanePoints(Protocol):
    """Points in body-plane coordinates, looked up by landmark."""

    def __call__(self, mark: Landmark) -> NDArray[np.float64]:
        """(n, 2) position of a landmark: x forward or to the person's right, y up (from above: forward)."""
        ...


@dataclass(frozen=True, slots=True)
class AngleDefinition:
    """One angle: what it is called, what it is made of, and how it is computed.

    Attributes
    ----------
    name : str
        ``hip_flexion``; columns add the side and the unit: ``left_hip_flexion_deg``.
    title, words : str
        For people: a heading, and one sentence on zero and sign.
    sided : bool
        Whether there is one for each side.
    planes : frozenset of Plane
        The planes in which one camera can see it; elsewhere it is NaN with `why_not` as the reason.
    marks : tuple of str
        The landmarks needed, without the side for sided ones: ``hip``, ``both_hips``, ``both_shoulders``.
    compute : callable
        Points and side in, (n,) degrees out.
    frame : {"gravity", "trunk", "limb", "ground"}
        With points in space, what the angle is taken against: the vertical, the trunk and hip line, nothing but the limb, or
        the direction that the pelvis faces, seen from above.
    unit : {"deg", "pct"}
        Degrees, or percent of a body length for the one distance.
    """

    name: str
    title: str
    words: str
    sided: bool
    planes: frozenset[Plane]
    marks: tuple[str, ...]
    compute: Callable[[PlanePoints, Side], NDArray[np.float64]]
    frame: Frame = "gravity"
    unit: Literal["deg", "pct"] = "deg"

    def column(self, side: Side | None = None) -> str:
        """Column name in every table: ``left_hip_flexion_deg`` or ``trunk_flexion_deg``."""
        return f"{side}_{self.name}_{self.unit}" if self.sided else f"{self.name}_{self.unit}"

    def landmarks(self, side: Side) -> tuple[Landmark, ...]:
        """The landmarks that this angle rests on, for one side."""
        return tuple(mark for word in self.marks for mark in _marks_of(word, side))

    def why_not(self, plane: Plane) -> str | None:
        """Why one camera cannot show this angle in a plane, or None where it can."""
        if plane in self.planes:
            return None
        if not self.planes:
            words = phrase("{angle} cannot be measured in the plane of a picture, only between points in space.")
        elif plane is Plane.SAGITTAL:
            words = phrase(
                "{angle} cannot be measured in a side view with one camera: the limb moves towards or away from the lens "
                "there. Film from the front."
            )
        else:
            words = phrase(
                "{angle} cannot be measured in a front view with one camera: the limb moves towards or away from the lens "
                "there. Film from the side."
            )
        return filled(words, angle=self.title)


def _marks_of(word: str, side: Side) -> tuple[Landmark, ...]:
    if word.startswith("both_"):
        part = word.removeprefix("both_").removesuffix("s").upper()
        return Landmark[f"LEFT_{part}"], Landmark[f"RIGHT_{part}"]
    return (mark_of(word, side),)


def mark_of(part: str, side: Side) -> Landmark:
    """The landmark of a body part on one side: ``mark_of("knee", Side.LEFT)``."""
    return Landmark[f"{side}_{part}".upper()]


def trunk_direction(points: PlanePoints) -> NDArray[np.float64]:
    """(n, d) line from mid-hip to mid-shoulder, called u in the definitions."""
    mid_hip = (points(Landmark.LEFT_HIP) + points(Landmark.RIGHT_HIP)) / 2
    mid_shoulder = (points(Landmark.LEFT_SHOULDER) + points(Landmark.RIGHT_SHOULDER)) / 2
    return mid_shoulder - mid_hip


def _segment(points: PlanePoints, side: Side, upper: str, lower: str) -> NDArray[np.float64]:
    return points(mark_of(lower, side)) - points(mark_of(upper, side))


def _hip_flexion(points: PlanePoints, side: Side) -> NDArray[np.float64]:
    return signed_angle_deg(-trunk_direction(points), _segment(points, side, "hip", "knee"))


def _knee_flexion(points: PlanePoints, side: Side) -> NDArray[np.float64]:
    hip, knee, ankle = (points(mark_of(part, side)) for part in ("hip", "knee", "ankle"))
    return 180.0 - angle_at_vertex_deg(hip, knee, ankle)


def _outward(side: Side) -> float:
    return 1.0 if side is Side.RIGHT else -1.0


def _abduction_to(lower: str) -> Callable[[PlanePoints, Side], NDArray[np.float64]]:
    return lambda points, side: _outward(side) * hanging_angle_deg(_segment(points, side, "hip", lower))


def _inclination(upper: str, lower: str) -> Callable[[PlanePoints, Side], NDArray[np.float64]]:
    return lambda points, side: hanging_angle_deg(_segment(points, side, upper, lower))


def _hip_line_to_right(points: PlanePoints) -> NDArray[np.float64]:
    return points(Landmark.RIGHT_HIP) - points(Landmark.LEFT_HIP)


def _pelvic_abduction(points: PlanePoints, side: Side) -> NDArray[np.float64]:
    line = _hip_line_to_right(points)
    down = np.stack([line[..., 1], -line[..., 0]], axis=-1)
    return _outward(side) * signed_angle_deg(down, _segment(points, side, "hip", "knee"))


def _trunk_inclination(points: PlanePoints, _side: Side) -> NDArray[np.float64]:
    return inclination_deg(trunk_direction(points))


def _pelvic_obliquity(points: PlanePoints, _side: Side) -> NDArray[np.float64]:
    rightward = np.array([1.0, 0.0])
    line = _hip_line_to_right(points)
    return signed_angle_deg(np.broadcast_to(rightward, line.shape), line)


def _heel_raise(points: PlanePoints, side: Side) -> NDArray[np.float64]:
    line = _segment(points, side, "heel", "foot_index")
    return -signed_angle_deg(np.broadcast_to(np.array([1.0, 0.0]), line.shape), line)


def _foot_turn_out(points: PlanePoints, side: Side) -> NDArray[np.float64]:
    return _outward(side) * inclination_deg(_segment(points, side, "heel", "foot_index"))


def _out_of_plane_deg(lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn out of the picture's plane from the apparent length; the 90th percentile of the recording counts as full."""
    finite = lengths[np.isfinite(lengths)]
    full = float(np.percentile(finite, 90)) if finite.size else float("nan")
    return np.asarray(np.degrees(np.arccos(np.clip(lengths / full, 0.0, 1.0))))


def _thigh_out_of_plane(points: PlanePoints, side: Side) -> NDArray[np.float64]:
    return _out_of_plane_deg(np.linalg.norm(_segment(points, side, "hip", "knee"), axis=-1))


def _shoulder_rotation(points: PlanePoints, _side: Side) -> NDArray[np.float64]:
    line = points(Landmark.RIGHT_SHOULDER) - points(Landmark.LEFT_SHOULDER)
    return _out_of_plane_deg(np.linalg.norm(line, axis=-1))


def _trunk_out_of_plane(points: PlanePoints, _side: Side) -> NDArray[np.float64]:
    return _out_of_plane_deg(np.linalg.norm(trunk_direction(points), axis=-1))


def _fingertip_height(points: PlanePoints, side: Side) -> NDArray[np.float64]:
    height = points(mark_of("index", side))[..., 1] - points(mark_of("foot_index", side))[..., 1]
    legs = np.linalg.norm(_segment(points, side, "hip", "ankle"), axis=-1)
    finite = legs[np.isfinite(legs)]
    return 100.0 * height / (float(np.percentile(finite, 90)) if finite.size else float("nan"))


_SAGITTAL = frozenset({Plane.SAGITTAL})
_FRONTAL = frozenset({Plane.FRONTAL})
_NO_PICTURE: frozenset[Plane] = frozenset()
_TRUNK = ("both_hips", "both_shoulders")

ANGLES: Mapping[str, AngleDefinition] = {
    definition.name: definition
    for definition in (
        AngleDefinition(
            "hip_flexion",
            phrase("Hip flexion"),
            phrase(
                "Angle between the trunk (mid-hip to mid-shoulder) and the thigh (hip to knee): 0 when they are in line, "
                "positive with the thigh in front (flexion), negative with it behind (extension). Includes the lumbar spine."
            ),
            True,
            _SAGITTAL,
            (*_TRUNK, "hip", "knee"),
            _hip_flexion,
            "trunk",
        ),
        AngleDefinition(
            "knee_flexion",
            phrase("Knee flexion"),
            phrase("180 degrees less the angle hip - knee - ankle: 0 when the leg is straight, positive when bent."),
            True,
            _SAGITTAL,
            ("hip", "knee", "ankle"),
            _knee_flexion,
            "limb",
        ),
        AngleDefinition(
            "hip_abduction",
            phrase("Hip abduction"),
            phrase(
                "Line from hip to knee against the vertical of the picture, seen from the front: 0 hanging straight down, "
                "positive outward (abduction), negative across the body (adduction)."
            ),
            True,
            _FRONTAL,
            ("hip", "knee"),
            _abduction_to("knee"),
        ),
        AngleDefinition(
            "leg_abduction",
            phrase("Leg abduction"),
            phrase(
                "Line from hip to ankle against the vertical of the picture, for a straight leg seen from the front: 0 "
                "hanging straight down, positive outward (abduction), negative across the body (adduction)."
            ),
            True,
            _FRONTAL,
            ("hip", "ankle"),
            _abduction_to("ankle"),
        ),
        AngleDefinition(
            "pelvic_hip_abduction",
            phrase("Hip abduction against the pelvis"),
            phrase(
                "Line from hip to knee against the perpendicular of the line between the hips, seen from the front: "
                "positive outward (abduction), negative across the body (adduction)."
            ),
            True,
            _FRONTAL,
            ("both_hips", "hip", "knee"),
            _pelvic_abduction,
            "trunk",
        ),
        AngleDefinition(
            "thigh_inclination",
            phrase("Thigh inclination"),
            phrase(
                "Line from hip to knee against the vertical: 0 hanging straight down, positive with the knee in front of "
                "the hip."
            ),
            True,
            _SAGITTAL,
            ("hip", "knee"),
            _inclination("hip", "knee"),
        ),
        AngleDefinition(
            "shank_inclination",
            phrase("Shank inclination"),
            phrase(
                "Line from knee to ankle against the vertical: 0 hanging straight down, positive with the ankle in front of "
                "the knee (thigh inclination less knee flexion)."
            ),
            True,
            _SAGITTAL,
            ("knee", "ankle"),
            _inclination("knee", "ankle"),
        ),
        AngleDefinition(
            "trunk_flexion",
            phrase("Trunk flexion"),
            phrase(
                "Line from mid-hip to mid-shoulder against the vertical, seen from the side: 0 upright, positive forward."
            ),
            False,
            _SAGITTAL,
            _TRUNK,
            _trunk_inclination,
        ),
        AngleDefinition(
            "trunk_lateral_flexion",
            phrase("Trunk lateral flexion"),
            phrase(
                "Line from mid-hip to mid-shoulder against the vertical, seen from the front: 0 upright, positive towards "
                "the person's right."
            ),
            False,
            _FRONTAL,
            _TRUNK,
            _trunk_inclination,
        ),
        AngleDefinition(
            "pelvic_obliquity",
            phrase("Pelvic obliquity"),
            phrase(
                "Line between the hips against the horizontal, seen from the front: 0 level, positive with the right side "
                "up. A flag for compensation, not a measure of the pelvis."
            ),
            False,
            _FRONTAL,
            ("both_hips",),
            _pelvic_obliquity,
        ),
        AngleDefinition(
            "leg_inclination",
            phrase("Leg inclination"),
            phrase(
                "Line from hip to ankle against the vertical, seen from the side: 0 hanging straight down, positive with "
                "the ankle in front of the hip, as when the hips shift back."
            ),
            True,
            _SAGITTAL,
            ("hip", "ankle"),
            _inclination("hip", "ankle"),
        ),
        AngleDefinition(
            "heel_raise",
            phrase("Heel raise"),
            phrase(
                "Line from heel to toes against the horizontal, seen from the side: positive with the heel higher than the "
                "toes."
            ),
            True,
            _SAGITTAL,
            ("heel", "foot_index"),
            _heel_raise,
        ),
        AngleDefinition(
            "foot_turn_out",
            phrase("Foot turn-out"),
            phrase(
                "Line from heel to ball of the foot against where the pelvis faces, seen from above: 0 ahead, positive "
                "outward."
            ),
            True,
            _NO_PICTURE,
            ("heel", "foot_index"),
            _foot_turn_out,
            "ground",
        ),
        AngleDefinition(
            "thigh_out_of_plane",
            phrase("Thigh out of plane"),
            phrase(
                "How far the thigh points towards or away from the camera, from its apparent length: 0 in the plane of the "
                "picture. Coarse: 6 percent of length is 20 degrees."
            ),
            True,
            _SAGITTAL,
            ("hip", "knee"),
            _thigh_out_of_plane,
        ),
        AngleDefinition(
            "shoulder_rotation",
            phrase("Shoulder rotation"),
            phrase(
                "How far the line between the shoulders turns towards the camera, from its apparent length: 0 facing the "
                "camera squarely. Coarse: 6 percent of width is 20 degrees."
            ),
            False,
            _FRONTAL,
            ("both_shoulders",),
            _shoulder_rotation,
        ),
        AngleDefinition(
            "trunk_out_of_plane",
            phrase("Trunk out of plane"),
            phrase(
                "How far the trunk bends towards or away from the camera in a front view, from its apparent length: 0 "
                "upright. Coarse: 6 percent of length is 20 degrees."
            ),
            False,
            _FRONTAL,
            _TRUNK,
            _trunk_out_of_plane,
        ),
        AngleDefinition(
            "fingertip_height",
            phrase("Fingertip to floor"),
            phrase(
                "Height of the fingertips above the toes in percent of the leg's length (hip to ankle), seen from the side: "
                "0 at the floor. The one measure here that is not an angle."
            ),
            True,
            _SAGITTAL,
            ("index", "hip", "ankle", "foot_index"),
            _fingertip_height,
            unit="pct",
        ),
    )
}
"""Every angle by name, in the order of the table columns."""
