"""Drawings of where the camera goes: from above with the distance, and its height over the floor."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from posecheck.kinematics.joints import Side
from posecheck.language import Phrase, joined, phrase
from posecheck.web.drawings import poses
from posecheck.web.drawings.figure import front_figure, side_figure
from posecheck.web.drawings.frame import WIDTH, Drawing, Label, framed
from posecheck.web.drawings.shapes import disc, ellipse, fill, line, part, polyline, smooth

_PERSON_X, _CAMERA_X = 26.0, 106.0
_ABOVE_Y, _GROUND_Y = 80.0, 8.0
_TABLE_HEIGHT = 14.0
_SMALL = 0.35


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the camera stands for a posture: its height over the floor in the drawing, and that in words."""

    height: float
    where: Phrase
    label: Phrase
    distance: Phrase


_STANDING = _Place(
    18.5,
    phrase("It is {near} to {far} metres away, level, at hip height.", near=2.5, far=3),
    phrase("hip height"),
    phrase("{near} to {far} m", near=2.5, far=3),
)
_ON_FLOOR = _Place(
    5.0,
    phrase("It is about {distance} metres away, level, near floor height.", distance=2.5),
    phrase("near the floor"),
    phrase("{distance} m", distance=2.5),
)
_ON_TABLE = _Place(
    _TABLE_HEIGHT + 1.0,
    phrase("It is about {distance} metres away, level, at the height of the table top.", distance=2.5),
    phrase("table height"),
    phrase("{distance} m", distance=2.5),
)


def camera_plan(view: str, *, lying: bool = False, on_table: bool = False, side: str | None = None) -> Markup:
    """Where to put the camera.

    Parameters
    ----------
    view : str
        "side" or "front", as `Movement.view_name` has it.
    lying, on_table : bool
        Whether the person lies on the back, and whether on a table.
    side : str or None
        "left" or "right": the side that the camera looks at in a side view. None: the right one is drawn, and the
        words say that either will do.
    """
    place = (_ON_TABLE if on_table else _ON_FLOOR) if lying else _STANDING
    drawing = Drawing(
        title=_title(view, side),
        description=joined((_looks_at(view, side), place.where)),
        body=_sight(_ABOVE_Y)
        + (_lying_person() if lying else _standing_person(view))
        + _camera_from_above()
        + _ground()
        + (_lying_end_on(on_table) if lying else _upright(view))
        + _camera_on_stand(place.height)
        + _distance(),
        origin_x=0.0,
        origin_y=116.0,
        labels=(
            Label((_PERSON_X + _CAMERA_X) / 2 + 3, 70.0, place.distance),
            Label((_PERSON_X + _CAMERA_X) / 2 + 3, _label_y(place), place.label),
        ),
    )
    return framed(drawing, mirrored=view == "side" and side == "left")


def _label_y(place: _Place) -> float:
    """Over the line from the camera to the person, in the frame, where y grows downward."""
    return round(116.0 - _GROUND_Y - place.height - 4.75)


def _title(view: str, side: str | None) -> Phrase:
    if view == "front":
        return phrase("Where to put the camera: in front of you")
    if side is None:
        return phrase("Where to put the camera: at your side")
    return phrase("Where to put the camera: on your {side} side", side=Side(side).words)


def _looks_at(view: str, side: str | None) -> Phrase:
    if view == "front":
        return phrase("Seen from above: the camera looks straight at your front.")
    if side is None:
        return phrase("Seen from above: the camera looks at either side.")
    return phrase("Seen from above: the camera looks straight at your {side} side.", side=Side(side).words)


def _sight(y: float) -> str:
    lens = complex(_CAMERA_X - 4, y)
    wide = [lens, complex(6, y + 27), complex(6, y - 27)]
    return fill(polyline(wide) + "Z", "wash") + line(
        polyline([lens, complex(_PERSON_X + 12, y)]), "accent", 0.9, "2 2.6"
    )


def _standing_person(view: str) -> str:
    """Seen from above; in a side view the person looks up the page, in a front view to the camera."""
    turn = 1.0 if view == "side" else -1j
    at = complex(_PERSON_X, _ABOVE_Y)
    feet = [ellipse(at + complex(x, 4.5) * turn, 2.0, 5.0, 0 if view == "side" else -90) for x in (-4.2, 4.2)]
    tilt = 0 if view == "side" else -90
    nose = smooth([at + p * turn for p in (-1.6 + 4.6j, 0 + 7.4j, 1.6 + 4.6j)])
    return (
        part(feet, "far")
        + part([ellipse(at, 12.0, 5.0, tilt)])
        + part([nose], "skin")
        + part([disc(at, 5.4)], "skin")
        + fill(ellipse(at - 0.9j * turn, 5.5, 4.9, tilt), "hair")
    )


def _lying_person() -> str:
    """Seen from above, on a mat, the right side to the camera: the head at the bottom."""
    mat = '<rect class="d-fill d-mat" x="11" y="50" width="30" height="60" rx="3"/>'
    figure = front_figure(poses.FROM_THE_FRONT, near_leg="accent")
    return f'{mat}<g transform="translate({_PERSON_X:g} 106) scale(.5) rotate(180)">{figure}</g>'


def _camera_from_above() -> str:
    at = complex(_CAMERA_X, _ABOVE_Y)
    phone = f'<rect class="d-part d-accent" x="{at.real - 2.2:g}" y="{at.imag - 8:g}" width="5" height="16" rx="1.6"/>'
    return phone + part([disc(at + 9.5, 1.4)], "far") + fill(disc(at - 3.2, 1.8), "accent")


def _ground() -> str:
    return line(polyline([complex(6, _GROUND_Y), complex(WIDTH - 6, _GROUND_Y)]), "floor", 1.0)


def _upright(view: str) -> str:
    figure = front_figure(poses.FROM_THE_FRONT) if view == "side" else side_figure(poses.FROM_THE_SIDE)
    return f'<g transform="translate({_PERSON_X:g} {_GROUND_Y:g}) scale({_SMALL:g})">{figure}</g>'


def _lying_end_on(on_table: bool) -> str:
    """Somebody who lies, seen from the feet; on a table or on the floor."""
    at = complex(_PERSON_X, _GROUND_Y + (_TABLE_HEIGHT if on_table else 0.0))
    return (
        (_table_end_on() if on_table else "")
        + part([ellipse(at + 3.6j, 9.0, 3.4)])
        + part([disc(at + 4.6j, 3.6)], "skin")
        + fill(ellipse(at + 3.2j, 3.7, 2.3), "hair")
    )


def _table_end_on() -> str:
    top = _GROUND_Y + _TABLE_HEIGHT - 0.8
    legs = "".join(
        line(polyline([complex(x, _GROUND_Y), complex(x, top)]), "floor", 1.3) for x in (_PERSON_X - 9, _PERSON_X + 9)
    )
    return legs + line(polyline([complex(_PERSON_X - 12, top), complex(_PERSON_X + 12, top)]), "floor", 1.6)


def _camera_on_stand(height: float) -> str:
    top = complex(_CAMERA_X, _GROUND_Y + height)
    legs = "".join(
        line(polyline([top, complex(_CAMERA_X + spread * min(1.0, height / 12), _GROUND_Y)]), "far", 1.3)
        for spread in (-6.0, 0.0, 6.0)
    )
    phone = (
        f'<rect class="d-part d-accent" x="{top.real - 1.6:g}" y="{top.imag - 3.2:g}" width="4" height="9" rx="1.2"/>'
    )
    level = line(polyline([top - 4, complex(_PERSON_X + 9, top.imag)]), "accent", 0.9, "2 2.6")
    return legs + phone + level


def _distance() -> str:
    y = 55.0
    ends = (complex(_PERSON_X, y), complex(_CAMERA_X, y))
    ticks = "".join(line(polyline([end - 2j, end + 2j]), "ink", 0.8) for end in ends)
    return line(polyline(ends), "ink", 0.8) + ticks
