"""QR codes of addresses, for a page and for a terminal."""

from __future__ import annotations

from io import StringIO

import segno

QUIET_MODULES = 4
"""White around the code, as the standard asks for (ISO/IEC 18004)."""
TERMINAL_QUIET_MODULES = 2


def qr_svg(text: str, title: str) -> str:
    """An SVG element for inside a page: black on white in light and dark, without any style of its own."""
    return _code(text).svg_inline(
        border=QUIET_MODULES, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True, title=title
    )


def qr_text(text: str) -> str:
    """Lines of half blocks, meant to be shown white on black."""
    lines = StringIO()
    _code(text).terminal(out=lines, compact=True, border=TERMINAL_QUIET_MODULES)
    return lines.getvalue()


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="m", micro=False)
