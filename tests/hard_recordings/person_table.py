"""The person: who is measured, and how much of them is in the picture."""

from __future__ import annotations

from hard_case import Case

CASES = (
    Case(
        "a lunge of another body, filmed from the side of the rear leg",
        "ffmpeg -i LR -c copy a.mp4",
        stride=1,
        right_deg=0.3,
        tolerance_deg=5.0,  # the model's own error on the rear hip, up to 4.2 degrees in docs/accuracy.md, and some noise
    ),
)
