"""Options that several commands share, each defined once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck.kinematics.sources import SOURCES
from posecheck.language import joined, phrase, translated
from posecheck.output.export.formats import FORMATS, OUTPUT_FORMATS, check_formats

if TYPE_CHECKING:
    from posecheck.movements import Movement
    from posecheck.output.export.formats import OutputFormat
    from posecheck.video.reader import VideoOptions

    SourceChoice = str
else:  # which ones there are is known only when the program runs
    SourceChoice = StrEnum("SourceChoice", {name: name for name in SOURCES})


class SideChoice(StrEnum):
    """The person's own side."""

    LEFT = "left"
    RIGHT = "right"


class TurnChoice(StrEnum):
    """How far a picture is turned, clockwise, in degrees."""

    NONE = "0"
    QUARTER = "90"
    HALF = "180"
    THREE_QUARTERS = "270"


Video = Annotated[
    Path, typer.Argument(help=phrase("The video file, in any format that FFmpeg reads."), show_default=False)
]
MovementName = Annotated[
    str,
    typer.Option(
        "--movement",
        "-m",
        help=phrase("A test (posecheck movements list) or a .toml file of your own."),
        show_default=False,
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help=phrase("Print no progress and no tables; errors still show."))
]
Json = Annotated[bool, typer.Option("--json", help=phrase("Print the result as one JSON document, for programs."))]
Overwrite = Annotated[bool, typer.Option("--overwrite", help=phrase("Replace an earlier result of posecheck."))]
ModelPath = Annotated[
    Path | None,
    typer.Option("--model", help=phrase("Another pose_landmarker bundle (lite, full, heavy)."), show_default=False),
]
SourceOption = Annotated[
    SourceChoice,
    typer.Option(
        "--source",
        help=joined(phrase("{name}: {words}", name=name, words=source.words) for name, source in SOURCES.items()),
    ),
]
Start = Annotated[
    float | None, typer.Option("--start", help=phrase("Use the video from this second on."), show_default=False)
]
End = Annotated[
    float | None, typer.Option("--end", help=phrase("Use the video up to this second."), show_default=False)
]
Mirror = Annotated[
    bool, typer.Option("--mirror", help=phrase("The file is a mirror image (selfie camera): swap the sides back."))
]
Rotate = Annotated[
    TurnChoice | None,
    typer.Option(
        "--rotate",
        help=phrase(
            "The picture lies on its side or upside down: turn it clockwise by this many degrees. 0: it is right as it is."
        ),
        show_default=False,
    ),
]
Stride = Annotated[
    int | None,
    typer.Option(
        "--stride",
        min=1,
        help=phrase(
            "Use every n-th picture, and read each of them. Default: as many as give at most 60 a second, of which a slow "
            "movement is read in 12 to 20."
        ),
        show_default=False,
    ),
]
PersonAt = Annotated[
    str | None,
    typer.Option(
        "--person-at",
        help=phrase(
            "Which person to follow when there are several: 'x,y' as fractions of width and height, e.g. 0.3,0.5."
        ),
        show_default=False,
    ),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        help=phrase(
            "Also write files for other programs, several with commas: {formats}.",
            formats=joined(
                (phrase("{name} ({words})", name=name, words=entry.words) for name, entry in FORMATS.items()), ", "
            ),
        ),
        show_default=False,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", min=1, help=phrase("Videos analysed at once. Default: one per core."), show_default=False
    ),
]
NoVideo = Annotated[bool, typer.Option("--no-video", help=phrase("Do not draw the annotated video: faster."))]


def require_side(test: Movement, side: SideChoice | None) -> None:
    """Refuse a missing side of a test that is done once per side.

    Raises
    ------
    typer.BadParameter
    """
    if test.sides and side is None:
        raise typer.BadParameter(
            translated(
                phrase(
                    "'{name}' is done once per side: say which leg is tested, left or right ({meaning}).",
                    name=test.name,
                    meaning=test.side_meaning,
                )
            ),
            param_hint="--side",
        )


def video_options(
    start: float | None, end: float | None, mirror: bool, rotate: TurnChoice | None, stride: int | None
) -> VideoOptions:
    """The reader's options."""
    from posecheck.video.reader import VideoOptions

    turn_deg = None if rotate is None else int(rotate)
    return VideoOptions(start_s=start, end_s=end, mirror=mirror, rotate_deg=turn_deg, stride=stride)


def person_point(text: str | None) -> tuple[float, float] | None:
    """``0.3,0.5`` as two fractions.

    Raises
    ------
    typer.BadParameter
        Not two fractions.
    """
    if text is None:
        return None
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        x, y = -1.0, -1.0
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise typer.BadParameter(
            translated(phrase("'{text}': give two fractions of width and height, such as 0.3,0.5.", text=text)),
            param_hint="--person-at",
        )
    return x, y


def output_formats(texts: list[str] | None) -> tuple[OutputFormat, ...]:
    """The formats of one or more ``--format`` options, each once.

    Raises
    ------
    typer.BadParameter
        An unknown format.
    StorageError
        The package that writes a format is not installed.
    """
    words = {word.strip().lower() for text in texts or () for word in text.split(",") if word.strip()}
    if unknown := sorted(words - set(OUTPUT_FORMATS)):
        raise typer.BadParameter(
            translated(
                phrase("unknown format '{name}'; known: {known}.", name=unknown[0], known=", ".join(OUTPUT_FORMATS))
            ),
            param_hint="--format",
        )
    wanted = tuple(name for name in OUTPUT_FORMATS if name in words)
    check_formats(wanted)
    return wanted
