"""Who hands the report over: a name, and a logo as a picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands at the top of the report's first page.

    Attributes
    ----------
    name : str
        Of a person or a practice; empty for none.
    logo_png : bytes
        A PNG; empty for none.
    """

    name: str = ""
    logo_png: bytes = b""
