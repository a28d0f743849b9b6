"""QR codes of addresses, for a page."""

from __future__ import annotations

import segno

QUIET_MODULES = 4
"""White around the code, as the standard asks for (ISO/IEC 18004)."""


def qr_svg(text: str, title: str) -> str:
    """An SVG element for inside a page: black on white in light and dark, without any style of its own."""
    return _code(text).svg_inline(
        border=QUIET_MODULES, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True, title=title
    )


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="m", micro=False)
