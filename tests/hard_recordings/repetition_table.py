"""The way people move: how often, how far back, how steadily."""

from __future__ import annotations

from hard_case import Case

CASES: tuple[Case, ...] = ()
