"""Fonts, colours and paragraph styles of the PDF report."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

from posecheck.language import translated
from posecheck.output.report.letters import markup

if TYPE_CHECKING:
    from collections.abc import Iterable

FONT, BOLD = "DejaVuSans", "DejaVuSans-Bold"
"""Matplotlib brings them along: they have the degree and minus signs, and are embedded with the letters used."""

PAGE_SIZE = A4
MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN
"""Of the text, in points."""

INK, MUTED, LINE, BAND = HexColor("#14202e"), HexColor("#52606f"), HexColor("#d5dde6"), HexColor("#e2eaf4")
ACCENT, WARN, SOFT, PAPER = HexColor("#0b5cad"), HexColor("#8a4b00"), HexColor("#f3f6fa"), HexColor("#ffffff")
PRE = HexColor("#7d8896")
BAR_PRE, BAR_RETEST = HexColor("#b7c0cb"), HexColor("#6ba6de")


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """Make the fonts known to reportlab, once."""
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD)


def _style(name: str, size: float, *, leading: float = 1.4, font: str = FONT, **how: Any) -> ParagraphStyle:
    look = {"textColor": INK, "embeddedHyphenation": 1, **how}
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=leading * size, **look)


TITLE = _style("title", 19, font=BOLD, leading=1.2, spaceAfter=2)
META = _style("meta", 8.5, textColor=MUTED, spaceAfter=8)
HEADLINE = _style("headline", 13, font=BOLD, leading=1.3, spaceBefore=6, spaceAfter=3)
SECTION = _style("section", 13, font=BOLD, leading=1.25, spaceBefore=16, spaceAfter=5, keepWithNext=1)
FIRST_SECTION = _style("first-section", 13, font=BOLD, leading=1.25, spaceAfter=5, keepWithNext=1)
PART = _style("part", 10, font=BOLD, leading=1.3, spaceBefore=9, spaceAfter=3, keepWithNext=1)
BODY = _style("body", 8.5, spaceAfter=4)
BULLET = _style("bullet", 8.5, spaceAfter=4, leftIndent=11, bulletFontName=FONT, bulletFontSize=7)
INTRO = _style("intro", 8.5, spaceAfter=4, keepWithNext=1)
SMALL = _style("small", 7.5, textColor=MUTED, spaceAfter=3)
AMOUNT = _style("amount", 15, font=BOLD, leading=1.15, textColor=ACCENT, alignment=2)
CELL = _style("cell", 7, leading=1.3)
CELL_RIGHT = _style("cell-right", 7, leading=1.3, alignment=2)
HEAD = _style("head", 6.4, leading=1.25, textColor=MUTED)
HEAD_RIGHT = _style("head-right", 6.4, leading=1.25, textColor=MUTED, alignment=2)
GROUP = _style("group", 8.5, font=BOLD, leading=1.3)
STRONG = _style("strong", 7, font=BOLD, leading=1.3, textColor=ACCENT)
STRONG_RIGHT = _style("strong-right", 7, font=BOLD, leading=1.3, textColor=ACCENT, alignment=2)
FAINT = _style("faint", 7, leading=1.3, textColor=MUTED)
FAINT_RIGHT = _style("faint-right", 7, leading=1.3, textColor=MUTED, alignment=2)


def words(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    """A paragraph of plain text."""
    return Paragraph(markup(translated(text), style.fontName), style)


def titled(title: str, text: str, style: ParagraphStyle = BODY) -> Paragraph:
    """A paragraph that begins with its title in bold."""
    bold, plain = markup(translated(title), BOLD), markup(translated(text), style.fontName)
    return Paragraph(f"<b>{bold}</b> {plain}", style)


def bullets(lines: Iterable[str]) -> list[Paragraph]:
    """A list of plain sentences: single paragraphs, so that the first one stays with its heading."""
    return [Paragraph(markup(translated(line), FONT), BULLET, bulletText="•") for line in lines]


def least_width(texts: Iterable[str], style: ParagraphStyle) -> float:
    """How wide a column has to be, without its padding, so that no word is broken."""
    parts = (part for text in texts for part in translated(text).replace("-", " ").split())
    return float(max((stringWidth(part, style.fontName, style.fontSize) for part in parts), default=0.0)) + 1


def padding(points: float) -> list[tuple[Any, ...]]:
    """The commands that set the padding of all cells of a table."""
    return [(f"{side}PADDING", (0, 0), (-1, -1), points) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
