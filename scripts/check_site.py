"""Fails if a page of the built documentation would load anything from a network.

python -m scripts.check_site build/docs
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LOADED = re.compile(
    r"""<(?:script|img|source|iframe)\b[^>]*\bsrc=["']?(?:https?:)?//[^"'\s>]*"""
    r"""|<link\b(?=[^>]*\brel=["']?(?:stylesheet|icon|preload|preconnect|font))[^>]*\bhref=["']?(?:https?:)?//[^"'\s>]*"""
    r"""|(?:url\(|@import\s+)["']?(?:https?:)?//[^"')\s]*"""
)
"""What a browser fetches by itself; links that somebody has to follow are not among it."""


def main(site: Path) -> int:
    """Name every such place; return the exit code."""
    pages = [path for path in sorted(site.rglob("*")) if path.suffix in {".html", ".css"}]
    if not pages:
        sys.stdout.write(f"No pages in {site}.\n")
        return 1
    found = [
        f"{path.relative_to(site)}: {match[0]}"
        for path in pages
        for match in LOADED.finditer(path.read_text(encoding="utf-8"))
    ]
    for place in found:
        sys.stdout.write(f"{place}\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
