"""The recordings of a data set: where each is, and what is known of it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.file_names import read_name
from posecheck.language import phrase
from posecheck.movements import builtin_movements
from posecheck.places import file_at, files_at, place, without_password
from posecheck.video.folder import is_passed_over, is_video_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from posecheck.movements import Movement
    from posecheck.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One recording.

    Attributes
    ----------
    address : str
        Of its video.
    person, session : str
        Whose it is, and of which visit: changes are told within one person and session. Of videos without a table the
        session is their folder.
    movement : str
        Name of the test; empty: it is recognised from the video.
    side : str
        ``left``, ``right``, or empty where the test has no sides or they are to be recognised.
    phase : str
        ``pre``, ``baseline``, ``retest``; empty where it is none of these.
    start_s, end_s : float or None
        The part of the video that is used.
    """

    address: str
    person: str = ""
    session: str = ""
    movement: str = ""
    side: str = ""
    phase: str = ""
    start_s: float | None = None
    end_s: float | None = None

    @property
    def key(self) -> str:
        """What it is called in the data set: the same in all runs, whatever other recordings there are."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """The file's name."""
        return PurePosixPath(self.address).name


def sources_at(addresses: Sequence[str], movements: Mapping[str, Movement] | None = None) -> list[Source]:
    """The videos of folders, patterns and files; what their names tell of test, side and phase is taken from them.

    Raises
    ------
    StorageError
        An address holds nothing, or no video.
    """
    known = movements or builtin_movements()
    found: dict[str, Source] = {}
    for address in addresses:
        refuse_password(address)
        where = place(address)
        named = file_at(where)  # whoever names a single file means it, whatever its ending
        videos = [file for file in files_at(where) if _is_video(file)] if named is None else [named]
        if not videos:
            raise StorageError(phrase("{address}: no video is there.", address=address))
        found.update({video.address: _source(video, known) for video in videos})
    return sorted(found.values(), key=_by_name_and_number)


def refuse_password(address: str) -> None:
    """Refuse an address that nobody may see: those of the videos are written into the results.

    Raises
    ------
    StorageError
    """
    if re.search(r"://[^/@]*:[^/@]*@", address):
        raise StorageError(
            phrase(
                "{address}: a password in an address would be written into the results. Take it out; use a key as for ssh, "
                "or {variable}.",
                address=without_password(address),
                variable="FSSPEC_SFTP_PASSWORD",
            )
        )


def _is_video(file: Place) -> bool:
    name = PurePosixPath(file.path).name
    return is_video_name(name) and not is_passed_over(name)


def _by_name_and_number(source: Source) -> list[tuple[int, int, str]]:
    """``take2`` before ``take10``."""
    parts = re.findall(r"[0-9]{1,9}|[^0-9]+", source.address)
    return [(0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts]


def _source(video: Place, movements: Mapping[str, Movement]) -> Source:
    path = PurePosixPath(video.path)
    tells = read_name(path.stem, movements)
    movement = tells.movements[0] if len(tells.movements) == 1 else ""
    sided = bool(movement) and bool(movements[movement].sides)
    return Source(
        address=video.address,
        session=str(path.parent),
        movement=movement,
        side=tells.sides[0] if len(tells.sides) == 1 and (sided or not movement) else "",
        phase=tells.phases[0] if len(tells.phases) == 1 else "",
    )
