"""The file: containers, codecs, times and what else phones, browsers and cameras write."""

from __future__ import annotations

from hard_case import Case

CASES = (
    Case(
        "HEVC with 10 bits, HLG, turned by the file",
        "ffmpeg -i S1 -vf scale=640:-2,transpose=1 -c:v libx265 -preset ultrafast -crf 20 -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc -tag:v hvc1 a.mp4; matrix 0 -1 1 0 a.mp4 > b.mp4",
    ),
    Case("mirrored by the file", "ffmpeg -i K1 -vf scale=640:-2,hflip X a.mp4; matrix -1 0 0 1 a.mp4 > b.mp4"),
    Case(
        "upside down by the file", "ffmpeg -i K1 -vf scale=640:-2,hflip,vflip X a.mp4; matrix -1 0 0 -1 a.mp4 > b.mp4"
    ),
)
