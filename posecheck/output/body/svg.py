"""The drawing of a body as SVG: inside a page, which gives the colours, or as a file of its own."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from posecheck.language import translated

if TYPE_CHECKING:
    from posecheck.output.body.picture import BodyPicture, Shape, Word

COLOURS, SHAPES = "colours.css", "static/body_shapes.css"
"""Stylesheets beside this module; the report takes that of the shapes from here, and the web app serves it."""


def inline_body(picture: BodyPicture) -> str:
    """An ``<svg>`` element for a page; its colours are the page's own variables."""
    return _element(picture, "")


def body_file(picture: BodyPicture) -> bytes:
    """An SVG file that stands alone, light or dark as whoever opens it has it."""
    text = _element(
        picture, f"<style>{stylesheet(COLOURS)}{stylesheet(SHAPES)}</style>", ' xmlns="http://www.w3.org/2000/svg"'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def stylesheet(name: str) -> str:
    """The text of `COLOURS` or `SHAPES`."""
    return (files(__package__) / name).read_text(encoding="utf-8")


def _element(picture: BodyPicture, style: str, attributes: str = "") -> str:
    shapes = "".join(_path(shape) for shape in picture.shapes)
    words = "".join(_text(word) for word in picture.words)
    return (
        f'<svg class="body-picture"{attributes} viewBox="0 0 {picture.width:g} {picture.height:g}" role="img" '
        f'aria-label="{escape(translated(picture.description))}">{style}{shapes}{words}</svg>'
    )


def _path(shape: Shape) -> str:
    end = "Z" if shape.kind in ("area", "tested") else ""
    path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points.tolist()) + end for points in shape.outlines)
    return f'<path class="b-{shape.kind} b-{shape.role}" d="{path}"/>'


def _text(word: Word) -> str:
    muted = ' class="b-muted"' if word.muted else ""
    middle = ' text-anchor="middle"' if word.centred else ""
    return (
        f'<text x="{word.x:.1f}" y="{word.y:.1f}"{muted}{middle}>{escape(translated(word.words), quote=False)}</text>'
    )
