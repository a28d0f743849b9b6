"""The picture: which way up it is, its shape, its light and colours, and a camera that moves."""

from __future__ import annotations

from hard_case import Case

CASES = (
    Case(
        "near-dark",
        "ffmpeg -i S1 -vf scale=640:-2,eq=brightness=-0.42 X a.mp4",
        gates=("light",),
        says=("mean brightness",),
    ),
    Case("grey", "ffmpeg -i S1 -vf scale=640:-2,format=gray -pix_fmt gray X a.mp4"),
    Case("odd size", "ffmpeg -i S1 -vf scale=641:361 -pix_fmt yuv444p X a.mp4"),
)
