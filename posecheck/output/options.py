"""What a trial's folder holds besides what it always holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posecheck.output.export.formats import OutputFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions:
    """What is written about a trial.

    Attributes
    ----------
    annotated : bool
        The video with skeleton, angles, repetitions and holds drawn on it. Default: yes, to check the numbers by eye.
    formats : tuple of OutputFormat
        Files of other programs. Default: none.
    """

    annotated: bool = True
    formats: tuple[OutputFormat, ...] = ()
