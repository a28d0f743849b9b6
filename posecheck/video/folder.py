"""Which files of a folder are videos, which are passed over, and what is to be said of those that are left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from posecheck.files import MARKER_FILES
from posecheck.language import counted, phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

VIDEO_SUFFIXES: Final = (
    *(".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".f4v", ".insv"),
    *(".mkv", ".webm", ".avi", ".wmv", ".asf", ".flv", ".ogv", ".ogm", ".mxf", ".dv"),
    *(".ts", ".mts", ".m2ts", ".m2t", ".tod", ".mpg", ".mpeg", ".mpe", ".m2v", ".mod", ".vob"),
    *(".h264", ".264", ".h265", ".265", ".hevc"),
)
"""Endings of the names of videos, in small letters: phones, cameras, screen recorders and browsers, in that order.

What a video is, is decided by reading it; this list only says which files of a folder are worth it.
"""

PASSED_OVER: Final = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r")
"""Files that Windows and macOS put into every folder; names that begin with a dot are passed over too."""

UNFINISHED_SUFFIXES: Final = (".crdownload", ".part", ".partial", ".download", ".opdownload", ".tmp", ".filepart")
"""What browsers and other programs add to a name while the file is still on its way."""

NAMED_AT_MOST: Final = 5
"""So many names are told, the others are counted: a folder of photos would fill the screen (chosen by us)."""


class Why(StrEnum):
    """Why a file of a folder is not taken for a video."""

    NO_VIDEO = "no video"
    EMPTY = "empty"
    UNFINISHED = "unfinished"
    IN_THE_CLOUD = "in the cloud"
    UNREADABLE_NAME = "unreadable name"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not taken, and why; ``name`` as the user sees it."""

    name: str
    why: Why


@dataclass(frozen=True, slots=True)
class FolderVideos:
    """What a folder holds.

    Attributes
    ----------
    videos : tuple of Path
        By name.
    left_out : tuple of LeftOut
        What somebody might miss; hidden files and those of the system are not among them.
    """

    videos: tuple[Path, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def left_out_words(self) -> tuple[str, ...]:
        """One sentence for each reason why files were left out."""
        return tuple(_sentences(self.left_out))


def is_video_name(name: str | PurePath) -> bool:
    """Whether a name ends as the names of videos do."""
    return PurePath(name).suffix.lower() in VIDEO_SUFFIXES


def is_passed_over(name: str) -> bool:
    """Whether a file is one of those that systems and programs put beside others: nobody means it.

    ``._lunge.mp4`` is what macOS writes beside ``lunge.mp4`` on a stick: it has the name of a video and holds none.
    ``~$notes.docx`` locks a file that is open.
    """
    return name.startswith((".", "~$")) or name.lower() in PASSED_OVER


def is_unfinished(name: str) -> bool:
    """Whether a file is still being downloaded or copied, or is the copy that an editor keeps."""
    return name.lower().endswith(UNFINISHED_SUFFIXES) or name.endswith("~")


def look_through(folder: Path, *, of_other_kinds: Iterable[str] = ()) -> FolderVideos:
    """Find the videos of a folder, not of the folders in it.

    Parameters
    ----------
    folder : Path
    of_other_kinds : iterable of str
        Endings, in small letters, of files that belong there though they are no videos. Default: none.
    """
    others = tuple(of_other_kinds)
    videos, left_out = [], []
    for path in sorted(folder.iterdir()):
        why = _why_not(path)
        if why is None:
            videos.append(path)
        elif why is Why.IN_THE_CLOUD:
            left_out.append(LeftOut(path.name.removeprefix(".").removesuffix(".icloud"), why))
        elif not is_passed_over(path.name) and not path.name.lower().endswith(others):
            left_out.append(LeftOut(path.name, why))
    return FolderVideos(tuple(videos), tuple(item for item in left_out if _is_worth_telling(folder, item)))


def _why_not(path: Path) -> Why | None:
    checks = (
        (Why.FOLDER, path.is_dir()),
        (Why.IN_THE_CLOUD, _waits_in_icloud(path.name)),
        (Why.NO_VIDEO, is_passed_over(path.name)),
        (Why.UNFINISHED, is_unfinished(path.name)),
        (Why.NO_VIDEO, not is_video_name(path) or not path.is_file()),
        (Why.UNREADABLE_NAME, not _can_be_written(path.name)),
    )
    why = next((why for why, fits in checks if fits), None)
    return Why.EMPTY if why is None and path.stat().st_size == 0 else why


def _waits_in_icloud(name: str) -> bool:
    # macOS shows ".lunge.mp4.icloud" as "lunge.mp4" until it is downloaded.
    return name.startswith(".") and name.endswith(".icloud") and is_video_name(name.removesuffix(".icloud"))


def _can_be_written(name: str) -> bool:
    # Linux allows names that are no text in any encoding; Python keeps their bytes as lone surrogates.
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _is_worth_telling(folder: Path, item: LeftOut) -> bool:
    """Folders only where they hold recordings, and what is on its way only if it will be a video."""
    if item.why is Why.FOLDER:
        entries = _entries(folder / item.name)
        is_result = any(path.name in MARKER_FILES for path in entries)  # its video is a drawn one
        return not is_result and any(_why_not(path) is None for path in entries)
    if item.why is Why.UNFINISHED:
        return any(is_video_name(stem) for stem in (item.name.rstrip("~"), PurePath(item.name).stem))
    return True


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # a folder that may not be looked into has nothing to tell
        return []


def _sentences(left_out: tuple[LeftOut, ...]) -> Iterator[str]:
    for why in Why:
        names = [item.name for item in left_out if item.why is why]
        if names:
            yield _WORDS[why](len(names), listed(names))


_WORDS: Final[dict[Why, Callable[[int, str], str]]] = {
    Why.NO_VIDEO: lambda count, names: counted(
        "One file is no video and was left out: {names}.",
        "{count} files are no videos and were left out: {names}.",
        count=count,
        names=names,
    ),
    Why.EMPTY: lambda count, names: counted(
        "One video is empty (0 bytes) and was left out: {names}. Copy it from the camera again.",
        "{count} videos are empty (0 bytes) and were left out: {names}. Copy them from the camera again.",
        count=count,
        names=names,
    ),
    Why.UNFINISHED: lambda count, names: counted(
        "One video is not completely downloaded or copied and was left out: {names}.",
        "{count} videos are not completely downloaded or copied and were left out: {names}.",
        count=count,
        names=names,
    ),
    Why.IN_THE_CLOUD: lambda count, names: counted(
        "One video is still in iCloud and was left out: {names}. Download it first.",
        "{count} videos are still in iCloud and were left out: {names}. Download them first.",
        count=count,
        names=names,
    ),
    Why.UNREADABLE_NAME: lambda count, names: counted(
        "One video was left out since its name holds letters of an unknown encoding: {names}. Rename it.",
        "{count} videos were left out since their names hold letters of an unknown encoding: {names}. Rename them.",
        count=count,
        names=names,
    ),
    Why.FOLDER: lambda count, names: counted(
        "One folder in it holds videos and was not looked into: {names}. Move them out of it.",
        "{count} folders in it hold videos and were not looked into: {names}. Move them out of them.",
        count=count,
        names=names,
    ),
}


def listed(names: list[str]) -> str:
    """Names in one line, at most `NAMED_AT_MOST`; what has no letters that could be shown is written as ``?``."""
    shown = [name.encode("utf-8", "replace").decode("utf-8") for name in names[:NAMED_AT_MOST]]
    more = len(names) - len(shown)
    names_words = ", ".join(shown)
    return phrase("{names} and {more} more", names=names_words, more=more) if more else names_words
