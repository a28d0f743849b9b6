"""What is finished of a data set: a small file for each recording, written when all of it is there.

Whoever measures a recording writes it, not who asked for it: so a command that is killed loses nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import posecheck
from posecheck.errors import StorageError
from posecheck.language import phrase, restored, with_messages
from posecheck.places import json_names, place_errors, put_json, read_json_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.dataset.sources import Source
    from posecheck.movements import Movement
    from posecheck.places import Place

RUN_FILE = "run.json"
LEDGER = "ledger"
FORMAT = 1
READ_AT_ONCE = 500
"""Entries that are held in memory: about 50 kB each (chosen by us)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How all recordings of a data set are read; all alike, so that they can be compared.

    Attributes
    ----------
    stride : int or None
        Every n-th picture, as `posecheck.video.reader.VideoOptions.stride`.
    folders : bool
        Also write each recording's result folder, without the annotated video.
    """

    stride: int | None = None
    folders: bool = False


def open_run(result: Place, settings: Settings) -> None:
    """Begin a data set, or go on with the one that is there.

    Raises
    ------
    StorageError
        Something else is there; or it was begun with other settings or by another version of posecheck.
    """
    mine = {"format": FORMAT, "posecheck": posecheck.__version__, "settings": asdict(settings)}
    file = result.inside(RUN_FILE)
    with place_errors(result):
        result.fs.invalidate_cache()
        begun = _begun(file) if result.fs.exists(file.path) else None
        other = begun is None and result.fs.exists(result.path) and bool(result.fs.ls(result.path, detail=False))
    if other or (begun is not None and "posecheck" not in begun):
        raise StorageError(
            phrase(
                "{address} holds something else than a data set of posecheck. Choose another place.",
                address=result.shown,
            )
        )
    if begun is None:
        put_json(file, mine)
        return
    if begun != mine:
        raise StorageError(_other_run_words(result, begun))


def _begun(file: Place) -> dict[str, Any]:
    try:
        found = json.loads(file.fs.cat_file(file.path))
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def _other_run_words(result: Place, begun: dict[str, Any]) -> str:
    if begun.get("posecheck") != posecheck.__version__:
        return phrase(
            "{address} was begun by posecheck {theirs}, and this is {mine}: results of two versions are not mixed. Choose "
            "another place.",
            address=result.shown,
            theirs=begun.get("posecheck"),
            mine=posecheck.__version__,
        )
    return phrase(
        "{address} was begun with other options ({theirs}): results that were read differently are not mixed. Choose "
        "another place, or the same options.",
        address=result.shown,
        theirs=", ".join(f"{name}={value}" for name, value in dict(begun.get("settings") or {}).items()),
    )


def mark_of(stamp: str, movements: Sequence[Movement]) -> str:
    """What a finished recording rests on: its file, and the test if it was told. With another it is measured anew."""
    test = hashlib.sha256(repr(movements[0]).encode()).hexdigest()[:16] if len(movements) == 1 else ""
    return f"{stamp}|{test}"


def write_measured(
    result: Place, source: Source, trial: dict[str, Any], *, angles: str, seconds: float, mark: str
) -> None:
    """Note a recording as measured; the last thing that is done for it.

    Parameters
    ----------
    result : Place
    source : Source
    trial : dict
        As `posecheck.trial.trial.trial_to_dict`.
    angles : str
        Its file of angles within ``result``.
    seconds : float
        How long it took.
    mark : str
        Of `mark_of`.
    """
    entry = {"source": asdict(source), "trial": trial, "angles": angles, "seconds": round(seconds, 2), "mark": mark}
    put_json(result.inside(LEDGER, f"{source.key}.json"), entry)


def write_refused(result: Place, source: Source, reason: str, mark: str) -> None:
    """Note a recording as one that cannot be measured, and will not be by trying again."""
    entry = {"source": asdict(source), "reason": reason, "mark": mark}
    put_json(result.inside(LEDGER, f"{source.key}.json"), with_messages(entry))


def noted(result: Place) -> set[str]:
    """The keys of all recordings that are finished.

    Raises
    ------
    StorageError
    """
    return json_names(result.inside(LEDGER))


def read_ledger(result: Place, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What is noted of some of those that are finished; damaged entries are left out, so that they are made anew.

    Raises
    ------
    StorageError
    """
    entries = read_json_files(result.inside(LEDGER), keys)
    return {
        key: entry if "trial" in entry else restored(entry)
        for key, entry in entries.items()
        if isinstance(entry, dict) and isinstance(entry.get("source"), dict) and ("trial" in entry or "reason" in entry)
    }


@dataclass(frozen=True, slots=True)
class Mark:
    """What a finished recording rests on, as `mark_of`, and whether it was refused."""

    mark: str
    refused: bool


def read_marks(result: Place, keys: Iterable[str]) -> dict[str, Mark]:
    """The marks of those among some recordings that are finished.

    Raises
    ------
    StorageError
    """
    there = noted(result)
    wanted = [key for key in keys if key in there]
    return {
        key: Mark(str(entry.get("mark", "")), "reason" in entry)
        for at in range(0, len(wanted), READ_AT_ONCE)
        for key, entry in read_ledger(result, wanted[at : at + READ_AT_ONCE]).items()
    }
