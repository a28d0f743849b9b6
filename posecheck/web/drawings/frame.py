"""The frame of a drawing: its size, its words for people who do not see it, and the mirror that makes a left side."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from posecheck.language import translated

WIDTH, HEIGHT = 132.0, 116.0
FLOOR_Y = 109.0
"""Size of every drawing and the height of its floor, in units of one percent of body height; y grows downward."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words in a drawing: where they stand before a mirror moves them, and their role."""

    x: float
    y: float
    words: str
    role: str = "ink"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a drawing shows, before it is framed.

    Attributes
    ----------
    title, description : str
        Its name and its content in words.
    body : str
        SVG with x to the right and y up.
    origin_x, origin_y : float
        Where the body's (0, 0) lies in the frame.
    labels : tuple of Label
        Words, kept upright when the drawing is mirrored.
    """

    title: str
    description: str
    body: str
    origin_x: float = WIDTH / 2
    origin_y: float = FLOOR_Y
    labels: tuple[Label, ...] = ()


def framed(drawing: Drawing, *, mirrored: bool = False) -> Markup:
    """The drawing as an inline SVG element, in the reader's language; it takes its colours from the page's stylesheet."""
    x, sign = (WIDTH - drawing.origin_x, -1) if mirrored else (drawing.origin_x, 1)
    labels = "".join(_label(label, mirrored=mirrored) for label in drawing.labels)
    return Markup(
        f'<svg class="drawing" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img">'
        f"<title>{_said(drawing.title)}</title><desc>{_said(drawing.description)}</desc>"
        f'<g transform="translate({x:g} {drawing.origin_y:g}) scale({sign} -1)">{drawing.body}</g>{labels}</svg>'
    )


def _label(label: Label, *, mirrored: bool) -> str:
    x = WIDTH - label.x if mirrored else label.x
    return f'<text class="d-{label.role}" x="{x:g}" y="{label.y:g}">{_said(label.words)}</text>'


def _said(words: str) -> Markup:
    return escape(translated(words))
