"""A picture that stands still while time goes on, as in a video call that stalls: nobody knows what was done meanwhile."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from posecheck.pose.capture import Glance, Span
    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.pose.recording import Recording

FROZEN_GREY = 0.02
"""A picture that is shown again differs from itself by less than this many grey levels on average, whatever encoded it. The
stillest moments of people who lie still differ by 0.06, and by 0.05 when slowed down to a quarter (chosen by us)."""
FROZEN_S = 1.0
"""Less than this is a hitch, which a hold of 2 to 3 seconds survives (chosen by us)."""
MOST_FROZEN_SHARE = 0.5
"""If it stands still for longer than this share, that is how the recording was made (chosen by us)."""


def blank_frozen(recording: Recording) -> tuple[Recording, tuple[str, ...]]:
    """A recording in which nobody is seen while the picture stands still, and a sentence about each such part.

    A person frozen half-way through a movement holds perfectly still there: without this, that would be the steadiest hold.
    A recording that an older posecheck read stays as it is.
    """
    series = recording.series
    spans = [span for span in _still_spans(recording.capture.glances) if _share(series, [span]) > 0]
    if not spans or _share(series, spans) > MOST_FROZEN_SHARE:
        return recording, ()
    frozen = _during(series, spans)
    xy, xyz, visibility = series.xy_px.copy(), series.xyz_m.copy(), series.visibility.copy()
    for array in (xy, xyz, visibility):
        array[frozen] = np.nan
    seen = replace(series, xy_px=xy, xyz_m=xyz, visibility=visibility)
    return replace(recording, series=seen), tuple(_words(span) for span in spans)


def _still_spans(glances: Sequence[Glance]) -> list[Span]:
    """From the last picture that was new to the next one."""
    spans: list[Span] = []
    start_s = None
    for before, glance in pairwise(glances):
        if glance.change < FROZEN_GREY:
            start_s = before.time_s if start_s is None else start_s
        elif start_s is not None:
            spans.append((start_s, glance.changed_s))
            start_s = None
    if start_s is not None:
        spans.append((start_s, glances[-1].time_s))
    return [(start, end) for start, end in spans if end - start >= FROZEN_S]


def _during(series: LandmarkSeries, spans: Sequence[Span]) -> NDArray[np.bool_]:
    inside = np.zeros(len(series), dtype=bool)
    for start_s, end_s in spans:
        inside |= (series.time_s > start_s) & (series.time_s < end_s)
    return inside


def _share(series: LandmarkSeries, spans: Sequence[Span]) -> float:
    return float(_during(series, spans).mean())


def _words(span: Span) -> str:
    start_s, end_s = span
    return phrase(
        "The picture stood still for {seconds:.1f} s from {start:.1f} s on, as when a video call stalls: what was done "
        "meanwhile is not in it.",
        seconds=end_s - start_s,
        start=start_s,
    )
