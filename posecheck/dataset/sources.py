"""The recordings of a data set: where each is, and what is known of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from posecheck.dataset.places import files_at, place
from posecheck.errors import StorageError
from posecheck.file_names import read_name
from posecheck.language import phrase
from posecheck.movements import builtin_movements
from posecheck.video.folder import is_video_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from posecheck.dataset.places import Place
    from posecheck.movements import Movement


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
    take : int
        Which recording of its test, side and phase it is, from 1.
    start_s, end_s : float or None
        The part of the video that is used.
    """

    address: str
    person: str = ""
    session: str = ""
    movement: str = ""
    side: str = ""
    phase: str = ""
    take: int = 1
    start_s: float | None = None
    end_s: float | None = None

    @property
    def key(self) -> str:
        """What it is called in the data set: the same for the same recording, read in the same way."""
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
        files = files_at(place(address))
        videos = [file for file in files if is_video_name(PurePosixPath(file.path))] if len(files) != 1 else files
        if not videos:
            raise StorageError(phrase("{address}: no video is there.", address=address))
        found.update({video.address: _source(video, known) for video in videos})
    return numbered(found.values())


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


def numbered(sources: Iterable[Source]) -> list[Source]:
    """Each with its number among the recordings of its person, session, phase, test and side."""
    seen: Counter[tuple[str, ...]] = Counter()
    result = []
    for source in sources:
        group = (source.person, source.session, source.phase, source.movement, source.side)
        seen[group] += 1
        result.append(replace(source, take=seen[group]))
    return result
