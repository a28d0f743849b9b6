"""All tables together."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from camera_table import CASES as CAMERAS
from file_table import CASES as FILES
from person_table import CASES as PEOPLE
from picture_table import CASES as PICTURES
from repetition_table import CASES as REPETITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hard_case import Case

TABLES: Mapping[str, tuple[Case, ...]] = MappingProxyType(
    {"file": FILES, "picture": PICTURES, "camera": CAMERAS, "person": PEOPLE, "repetition": REPETITIONS}
)
