"""The pages of the documentation, and the blocks of code in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = tuple(sorted(DOCS.glob("*.md")))
PROSE = (ROOT / "README.md", ROOT / "CHANGELOG.md", *PAGES)
"""What users read."""
ALL_PAGES = (*PROSE, ROOT / "CONTRIBUTING.md", ROOT / "models" / "README.md", ROOT / "sample_videos" / "README.md")
"""Every page of the site."""

FENCE = re.compile(r"^( *)```([^\n]*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, its text, and the line where it begins."""

    page: Path
    language: str
    text: str
    line: int

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks() -> Iterator[Block]:
    """Every fenced block of every page."""
    for page in ALL_PAGES:
        text = page.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            yield Block(page, match[2], match[3], text.count("\n", 0, match.start()) + 1)
