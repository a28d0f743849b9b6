"""The person: who is measured, and how much of them is in the picture."""

from __future__ import annotations

from hard_case import Case

CASES: tuple[Case, ...] = ()
