"""Which font of the PDF has a letter: people's names and notes come in any script.

The embedded font has Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic letters. Chinese, Japanese and Korean
ones are drawn by the program that shows the PDF, with a font of its device. What is left stands as a square, and the first
page says so.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

from posecheck.language import joined, phrase
from posecheck.output.report.right_to_left import left_to_right

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SQUARE = "□"
EAST_ASIAN = (("HIRAGANA", "HeiseiKakuGo-W5"), ("KATAKANA", "HeiseiKakuGo-W5"), ("HANGUL", "HYGothic-Medium"))
"""By how Unicode calls the letters; where there are only Chinese ones, `CHINESE`."""
CHINESE = "STSong-Light"
CHINESE_NAMES = ("CJK", "FULLWIDTH", "IDEOGRAPHIC", "KANGXI")
NO_FONT_WORDS = phrase(
    "□ stands for a letter that this PDF has no font for. The report as a page for the browser shows it."
)
OWN_FONT_WORDS = phrase(
    "Chinese, Japanese and Korean letters are drawn with a font of the device that shows this PDF. If they are missing, "
    "open the report as a page for the browser."
)


def font_runs(text: str, font: str) -> Iterator[tuple[str, str]]:
    """Parts of a text in the order in which they are drawn, each with its font; what no font has is a `SQUARE`."""
    known = _letters_of(font)
    shown = left_to_right(unicodedata.normalize("NFC", text).replace("\u202f", "\u00a0"), known)
    east_asian, part, used = _east_asian_font(shown), "", font
    for letter in shown:
        needed = font if ord(letter) in known or not _is_east_asian(letter) else east_asian
        if needed != used and part:
            yield used, part
            part = ""
        used = needed
        part += letter if needed != font or ord(letter) in known else "" if _is_shown(letter, font) else SQUARE
    if part:
        yield used, part


def markup(text: str, font: str) -> str:
    """A text for a paragraph in a font: escaped, with the other fonts where they are needed."""
    return "".join(
        escape(part, quote=False) if used == font else f'<font name="{used}">{escape(part, quote=False)}</font>'
        for used, part in font_runs(text, font)
    )


def letters_words(texts: Iterable[str], font: str) -> str:
    """What the reader has to know of the letters in some texts; empty for nothing."""
    whole = unicodedata.normalize("NFC", " ".join(texts))
    other = [letter for letter in whole if not _is_shown(letter, font)]
    east_asian = any(map(_is_east_asian, other))
    missing = not all(map(_is_east_asian, other))
    return joined([OWN_FONT_WORDS if east_asian else "", NO_FONT_WORDS if missing else ""])


def _is_shown(letter: str, font: str) -> bool:
    return ord(letter) in _letters_of(font) or letter.isspace() or unicodedata.category(letter) == "Cf"


def _letters_of(font: str) -> dict[int, int]:
    letters: dict[int, int] = pdfmetrics.getFont(font).face.charToGlyph
    return letters


def _is_east_asian(letter: str) -> bool:
    name = unicodedata.name(letter, "")
    return name.startswith((*CHINESE_NAMES, *(begin for begin, _ in EAST_ASIAN)))


def _east_asian_font(text: str) -> str:
    names = [unicodedata.name(letter, "") for letter in text if not letter.isascii()]
    found = next((font for begin, font in EAST_ASIAN if any(name.startswith(begin) for name in names)), CHINESE)
    return _registered(found)


@cache
def _registered(name: str) -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(name))
    pdfmetrics.registerFontFamily(name, normal=name, bold=name, italic=name, boldItalic=name)
    return name
