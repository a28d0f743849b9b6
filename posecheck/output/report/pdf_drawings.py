"""Drawings of the PDF report, as vectors: error bars, bars of left and right, and charts that Matplotlib lays out."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, cast

from matplotlib.backend_bases import RendererBase
from matplotlib.path import Path
from reportlab.graphics.shapes import FILL_EVEN_ODD, Circle, Drawing, Group, Line, Rect, String
from reportlab.graphics.shapes import Path as PathShape
from reportlab.lib.colors import Color
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Image

from posecheck.language import translated
from posecheck.output.report.letters import font_runs
from posecheck.output.report.pdf_style import ACCENT, BAND, BAR_PRE, BAR_RETEST, FONT, INK, LINE, MUTED, PAPER, PRE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.backend_bases import GraphicsContextBase
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.transforms import Transform
    from numpy.typing import ArrayLike

    from posecheck.output.body.picture import BodyPicture, Shape, Word
    from posecheck.output.report.rows import Bar, Track

POINTS_PER_INCH = 72
BODY_OPACITY = {"area": 0.3, "tested": 0.6}
"""Of the bodies' fillings, as in the stylesheets."""
BODY_FONT = 12.5
"""Size of the words beside them, in the drawing's units."""
_CAPS = {"butt": 0, "round": 1, "projecting": 2}
_JOINS = {"miter": 0, "round": 1, "bevel": 2}


def track_drawing(track: Track | None, width: float, height: float = 13.0) -> Drawing:
    """One row of the change chart: band of the smallest detectable change, zero, likely range, change."""
    drawing = Drawing(width, height)
    if track is None:
        return drawing

    def x(percent: float) -> float:
        return percent * width / 100

    middle, colour = height / 2, ACCENT if track.larger else INK
    drawing.add(Rect(x(track.mdc_low), 0, x(track.mdc_high - track.mdc_low), height, fillColor=BAND, strokeColor=None))
    drawing.add(Line(x(50), 0, x(50), height, strokeColor=MUTED, strokeWidth=0.6, strokeDashArray=[1.5, 1.5]))
    drawing.add(Line(x(track.ci_low), middle, x(track.ci_high), middle, strokeColor=colour, strokeWidth=1.4))
    fill = ACCENT if track.larger else PAPER
    drawing.add(Circle(x(track.value), middle, 3, fillColor=fill, strokeColor=colour, strokeWidth=1.2))
    return drawing


def bar_drawing(bar: Bar, width: float, height: float = 9.0) -> Drawing:
    """One bar of left and right, with the error of its mean."""
    drawing = Drawing(width, height)
    start, end, low, high = (percent * width / 100 for percent in (bar.start, bar.end, bar.low, bar.high))
    fill = BAR_RETEST if bar.retest else BAR_PRE
    drawing.add(Rect(start, 0.1 * height, end - start, 0.8 * height, fillColor=fill, strokeColor=None))
    drawing.add(Line(low, height / 2, high, height / 2, strokeColor=INK, strokeWidth=0.9))
    for x in (low, high):
        drawing.add(Line(x, 0.25 * height, x, 0.75 * height, strokeColor=INK, strokeWidth=0.9))
    return drawing


def chart_drawing(figure: Figure, width: float) -> Drawing:
    """A chart of `posecheck.output.report.charts` as vectors, scaled to a width in points."""
    figure.set_dpi(POINTS_PER_INCH)
    renderer = _ShapeRenderer(*(POINTS_PER_INCH * inches for inches in figure.get_size_inches()))
    figure.draw(renderer)
    scale = width / renderer.width
    drawing = Drawing(width, scale * renderer.height)
    drawing.add(renderer.group)
    renderer.group.transform = (scale, 0, 0, scale, 0, 0)
    return drawing


def body_drawing(body: BodyPicture, width: float) -> Drawing:
    """The bodies at end range as vectors, scaled to a width in points."""
    scale = width / body.width
    group = Group(*(_body_shape(shape) for shape in body.shapes), *(_body_word(word) for word in body.words))
    group.transform = (scale, 0, 0, -scale, 0, scale * body.height)  # its y points down
    drawing = Drawing(width, scale * body.height)
    drawing.add(group)
    return drawing


def _body_shape(shape: Shape) -> PathShape:
    is_area = shape.kind in BODY_OPACITY
    colour = PRE if shape.role == "pre" else ACCENT
    line = {"floor": LINE, "line": INK, "dash": INK}.get(shape.kind, colour)
    path = PathShape(
        fillColor=colour if is_area else None,
        fillOpacity=BODY_OPACITY.get(shape.kind),
        fillMode=FILL_EVEN_ODD,
        strokeColor=MUTED if line is INK and shape.role == "pre" else line,
        strokeWidth=1.0 if is_area or shape.kind == "floor" else 1.6,
        strokeLineCap=1,
        strokeLineJoin=1,
        strokeDashArray=[2.5, 3] if shape.kind == "dash" else None,
    )
    for points in shape.outlines:
        path.moveTo(*points[0].tolist())
        for point in points[1:]:
            path.lineTo(*point.tolist())
        if is_area:
            path.closePath()
    return path


def _body_word(word: Word) -> Group:
    place = _text(translated(word.words), BODY_FONT, MUTED if word.muted else INK, centred=word.centred)
    place.transform = (1, 0, 0, -1, word.x, word.y)
    return place


def _text(words: str, size: float, colour: Color, *, centred: bool = False) -> Group:
    """A line of words that begins at the origin, or has its middle there."""
    place, x = Group(), -_width(words, size) / 2 if centred else 0.0
    for font, part in font_runs(words, FONT):
        place.add(String(x, 0, part, fontName=font, fontSize=size, fillColor=colour))
        x += pdfmetrics.stringWidth(part, font, size)
    return place


def _width(words: str, size: float) -> float:
    return float(sum(pdfmetrics.stringWidth(part, font, size) for font, part in font_runs(words, FONT)))


def picture(jpeg: bytes, width: float, highest: float) -> Image | None:
    """A JPEG at a width in points, but no higher than ``highest``; None where it cannot be read."""
    try:
        width_px, height_px = ImageReader(io.BytesIO(jpeg)).getSize()
    except OSError:
        return None
    scale = min(width / width_px, highest / height_px)
    return Image(io.BytesIO(jpeg), scale * width_px, scale * height_px)


class _ShapeRenderer(RendererBase):
    """Turns what Matplotlib draws into reportlab's shapes; a pixel is a point, y goes up."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.group = Group()

    def flipy(self) -> bool:
        return False

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self.width, self.height

    def points_to_pixels(self, points: ArrayLike) -> ArrayLike:
        return points

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        size = prop.get_size_in_points()
        ascent, descent = pdfmetrics.getAscentDescent(FONT, size)
        return _width(s, size), ascent - descent, -descent

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: Any = None,  # noqa: N803  # Matplotlib's
    ) -> None:
        shape = PathShape(
            fillColor=None if rgbFace is None else _colour(rgbFace),
            strokeColor=_colour(gc.get_rgb()) if gc.get_linewidth() else None,
            strokeWidth=gc.get_linewidth(),
            strokeLineCap=_CAPS[str(gc.get_capstyle())],
            strokeLineJoin=_JOINS[str(gc.get_joinstyle())],
        )
        _, dashes = gc.get_dashes()
        if dashes is not None:
            shape.strokeDashArray = [float(length) for length in cast("Sequence[float]", dashes)]
        for vertices, code in path.iter_segments(transform):
            _add_segment(shape, [float(value) for value in vertices], int(code))
        self.group.add(shape)

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        place = _text(s, prop.get_size_in_points(), _colour(gc.get_rgb()))
        place.translate(float(x), float(y))
        place.rotate(angle)
        self.group.add(place)


def _add_segment(shape: PathShape, xy: Sequence[float], code: int) -> None:
    if code == Path.MOVETO:
        shape.moveTo(*xy)
    elif code == Path.LINETO:
        shape.lineTo(*xy)
    elif code == Path.CURVE4:
        shape.curveTo(*xy)
    elif code == Path.CURVE3:
        shape.curveTo(*_cubic(shape.points[-2:], xy))
    elif code == Path.CLOSEPOLY:
        shape.closePath()


def _cubic(start: Sequence[float], xy: Sequence[float]) -> tuple[float, ...]:
    """Control points of the cubic curve that equals a quadratic one."""
    (x0, y0), (x1, y1, x2, y2) = start, xy
    return x0 + 2 / 3 * (x1 - x0), y0 + 2 / 3 * (y1 - y0), x2 + 2 / 3 * (x1 - x2), y2 + 2 / 3 * (y1 - y2), x2, y2


def _colour(rgba: Sequence[float]) -> Color:
    return Color(*(float(part) for part in rgba))
