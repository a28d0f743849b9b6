"""SVG shapes from points: tubes, smooth outlines, arcs, arrows. Points are complex numbers, x to the right, y up."""

from __future__ import annotations

import cmath
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def toward(direction_deg: float) -> complex:
    """The unit step in that direction: 0 is to the right, 90 is up."""
    return cmath.rect(1.0, math.radians(direction_deg))


def part(paths: Sequence[str], role: str = "") -> str:
    """A part of a body from several closed paths: one filled shape with a thin halo round it."""
    return f'<path class="d-part{_class(role)}" d="{"".join(paths)}"/>'


def fill(path: str, role: str) -> str:
    """A filled shape without a halo."""
    return f'<path class="d-fill{_class(role)}" d="{path}"/>'


def line(path: str, role: str, width: float = 1.2, dash: str = "") -> str:
    """A line with round ends."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path class="d-line{_class(role)}" stroke-width="{width:g}"{dashes} d="{path}"/>'


def polyline(points: Sequence[complex]) -> str:
    """Straight lines through the points."""
    return "M" + "L".join(_xy(point) for point in points)


def disc(centre: complex, radius: float) -> str:
    """A circle as a closed path."""
    return ellipse(centre, radius, radius)


def ellipse(centre: complex, across: float, along: float, tilt_deg: float = 0.0) -> str:
    """An ellipse as a closed path; ``across`` and ``along`` are half its axes before it is turned by ``tilt_deg``."""
    end = centre + across * toward(tilt_deg)
    start = centre - across * toward(tilt_deg)
    arc = f"A{across:.2f} {along:.2f} {tilt_deg:.1f} 0 0"
    return f"M{_xy(start)}{arc} {_xy(end)}{arc} {_xy(start)}Z"


def tube(centres: Sequence[complex], lefts: Sequence[float], rights: Sequence[float] | None = None) -> str:
    """A smooth tube along a centre line.

    Parameters
    ----------
    centres : sequence of complex
        The centre line.
    lefts, rights : sequence of float
        Half-widths to the left and right of the line's direction; ``rights`` left out: as on the left.
    """
    normals = [1j * _unit(step) for step in _tangents(centres)]
    left_edge = [c + w * n for c, w, n in zip(centres, lefts, normals, strict=True)]
    right_edge = [c - w * n for c, w, n in zip(centres, rights or lefts, normals, strict=True)]
    return smooth([*left_edge, *reversed(right_edge)])


def smooth(points: Sequence[complex]) -> str:
    """A closed outline that passes smoothly through the points (uniform Catmull-Rom spline)."""
    count = len(points)
    pieces = [f"M{_xy(points[0])}"]
    for i in range(count):
        before, start, end, after = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        pieces.append(f"C{_xy(start + (end - before) / 6)} {_xy(end - (after - start) / 6)} {_xy(end)}")
    return "".join(pieces) + "Z"


def arc(centre: complex, radius: float, from_deg: float, to_deg: float) -> str:
    """An open arc, drawn the short way, from one direction to another."""
    start, end = centre + radius * toward(from_deg), centre + radius * toward(to_deg)
    sweep = 1 if (to_deg - from_deg) % 360 < 180 else 0
    return f"M{_xy(start)}A{radius:.2f} {radius:.2f} 0 0 {sweep} {_xy(end)}"


def arrow(start: complex, end: complex, role: str, width: float = 2.2) -> str:
    """A straight arrow with a solid head and a thin halo."""
    along = _unit(end - start)
    neck = end - 2.6 * width * along
    head = polyline([end, neck + 1.5j * width * along, neck - 1.5j * width * along]) + "Z"
    shaft = polyline([start, neck])
    return line(shaft, "halo", width + 1.8) + part([head], role) + line(shaft, role, width)


def elbow(start: complex, end: complex, first: float, second: float, bend: int) -> complex:
    """The middle joint of a two-part limb that reaches from ``start`` to ``end``.

    Parameters
    ----------
    first, second : float
        Lengths of the two parts. A target out of reach gives a straight limb that points to it.
    bend : int
        1: the joint lies to the left of the way from start to end; -1: to the right.
    """
    reach = max(min(abs(end - start), first + second - 1e-6), 1e-6)
    cosine = (first**2 + reach**2 - second**2) / (2 * first * reach)
    angle = math.acos(max(-1.0, min(1.0, cosine)))
    return start + first * _unit(end - start) * cmath.exp(1j * bend * angle)


def _tangents(points: Sequence[complex]) -> list[complex]:
    last = len(points) - 1
    return [points[min(i + 1, last)] - points[max(i - 1, 0)] for i in range(last + 1)]


def _unit(step: complex) -> complex:
    return step / abs(step) if step else 1 + 0j  # points that fall together, in a movement file of the user's own


def _xy(point: complex) -> str:
    return f"{point.real:.2f} {point.imag:.2f}"


def _class(role: str) -> str:
    return f" d-{role}" if role else ""
