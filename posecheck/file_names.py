"""What the name of a video tells: which test, side and block. Words are looked for as words, in any way of writing."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from posecheck.movements import Movement

WORDS_FILE: Final = "file_words.toml"
PLURAL: Final = "(?:e?s)?"


@dataclass(frozen=True, slots=True)
class NameTells:
    """What a name says; each is empty where it says nothing, and holds several where it cannot be told which is meant.

    Attributes
    ----------
    movements : tuple of str
        Keys of the tests that were asked for.
    sides : tuple of str
        ``left``, ``right``: the tested leg. Empty too where the name speaks of the other leg, the one in front or bent.
    phases : tuple of str
        ``pre``, ``baseline``, ``retest``.
    take : int
        Which recording of its test it is, 0 where the name does not say: 2 for ``take2``.
    """

    movements: tuple[str, ...]
    sides: tuple[str, ...]
    phases: tuple[str, ...]
    take: int = 0


def read_name(name: str, movements: Mapping[str, Movement]) -> NameTells:
    """Read what a video's name tells.

    Parameters
    ----------
    name : str
        Without its ending.
    movements : mapping of str to Movement
        The tests that it may be, by any key. Each is known by its name and its ``file_words``.

    Notes
    -----
    A name is parted into words where signs, digits or capital letters part it (``toe touch``, ``ToeTouch2``), and where
    it is nothing but known words written together (``toetouchpretest``). So "post" is not found in "posture".
    """
    words = _known_words()
    hints = {key: (item.name, *item.file_words) for key, item in movements.items()}
    known = [hint for group in hints.values() for hint in group]
    known += [word for kind in ("phase", "side", "take") for word in _flat(words[kind])]
    texts = _texts(name, known)
    return NameTells(
        _movements_of(texts, hints),
        _sides_of(texts, words),
        _phases_of({phase for phase, group in words["phase"].items() if _says(texts, group, plural=PLURAL)}),
        _take_of(texts, _flat(words["take"])),
    )


def without_phase(name: str) -> tuple[str, str]:
    """A name's words without those of its block, and the block: alike for the two recordings that are compared.

    ``("toe-touch", "retest")`` for ``toe_touch_retest``; the block is empty where the name tells none or several.
    """
    phases = _known_words()["phase"]
    text = _texts(name, _flat(phases))[-1]
    told = _phases_of({phase for phase, group in phases.items() if _says((text,), group, plural=PLURAL)})
    spans = [span for word in _flat(phases) for span in _spans(text, word, plural=PLURAL)]
    kept = "".join(sign for place, sign in enumerate(text) if not any(start <= place < end for start, end in spans))
    return "-".join(filter(None, kept.split("-"))), told[0] if len(told) == 1 else ""


@lru_cache(maxsize=1)
def _known_words() -> dict[str, dict[str, tuple[str, ...]]]:
    table = tomllib.loads(files("posecheck").joinpath(WORDS_FILE).read_text(encoding="utf-8"))
    return {kind: {key: tuple(group) for key, group in groups.items()} for kind, groups in table.items()}


def _flat(groups: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [word for group in groups.values() for word in group]


# Words of a name


def _texts(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """The words of a name, joined by hyphens: once as they stand, once parted before capital letters too.

    Both are needed: "PREtest" is one word, "ToeTouch" two.
    """
    plain = unicodedata.normalize("NFKD", re.sub("['’‘`´]", "", name))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", plain)
    joined = {word.replace("-", "") + ending: word for word in known for ending in ("", "s")}
    return tuple(dict.fromkeys(_in_words(text, joined) for text in (plain, parted)))


def _in_words(text: str, joined: Mapping[str, str]) -> str:
    found = re.findall(r"[^\W\d_]+|\d+", text.casefold())
    return "-".join(part for word in found for part in _split(word, joined))


def _split(word: str, joined: Mapping[str, str]) -> list[str]:
    """The known words that a word is written together from, or the word itself."""
    return _pieces(word, joined) or [word]


def _pieces(word: str, joined: Mapping[str, str]) -> list[str] | None:
    if word in joined or not word:
        return [word] if word else []
    for end in range(len(word) - 1, 0, -1):  # the longest first: "sidelunge" before "lunge"
        if word[:end] in joined and (rest := _pieces(word[end:], joined)) is not None:
            return [word[:end], *rest]
    return None


def _says(texts: tuple[str, ...], words: Iterable[str], *, plural: str) -> bool:
    return any(_spans(text, word, plural=plural) for text in texts for word in words)


def _spans(text: str, hint: str, *, plural: str) -> list[tuple[int, int]]:
    """Where a text holds the words of a hint, one after the other, apart or written together."""
    words = re.findall(r"[^\W\d_]+|\d+", hint)
    if plural:
        words = [(word[:-1] if re.search("[^s]s$", word) else word) + plural for word in words]
    return [found.span() for found in re.finditer(rf"(?<![^-]){'-?'.join(words)}(?![^-])", text)]


# What they mean


def _sides_of(texts: tuple[str, ...], words: Mapping[str, Mapping[str, tuple[str, ...]]]) -> tuple[str, ...]:
    legs = words["leg"]
    if _says(texts, legs["other"], plural="") and not _says(texts, legs["tested"], plural=""):
        return ()
    return tuple(side for side, group in words["side"].items() if _says(texts, group, plural=""))


def _phases_of(said: set[str]) -> tuple[str, ...]:
    # A baseline is filmed before the stretch, so a name may well say both.
    return ("baseline",) if said == {"baseline", "pre"} else tuple(sorted(said))


def _take_of(texts: tuple[str, ...], words: Sequence[str]) -> int:
    """The number after one of the words; 0 where there is none, or where there are two that differ."""
    found = {
        int(number)
        for text in texts
        for number in re.findall(rf"(?<![^-])(?:{'|'.join(words)})-(\d{{1,3}})(?![^-])", text)
    }
    return found.pop() if len(found) == 1 else 0


def _movements_of(texts: tuple[str, ...], hints: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The tests that are meant; several where a name speaks of several, as "Thomas" may be a test or a person."""
    found: set[tuple[str, bool]] = set()
    longest = 0
    for text in texts:
        hits = [
            (start, end, key, place == 0)
            for key, group in hints.items()
            for place, hint in enumerate(group)
            for start, end in _spans(text, hint, plural=PLURAL)
        ]
        # A side lunge is no runner's lunge: what lies within a longer one does not count.
        outer = [hit for hit in hits if not any(_within(hit[:2], other[:2]) for other in hits)]
        found |= {(key, by_name) for _, _, key, by_name in outer}
        longest = max([longest, *(end - start for start, end, *_ in outer)])
    named = {key for key, by_name in found if by_name}
    meant = named if len(named) == 1 else {key for key, _ in found}
    if meant and not named:
        meant |= {key for key, group in hints.items() if any(_scattered(texts, hint, longest) for hint in group)}
    return tuple(key for key in hints if key in meant)


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return inner != outer and outer[0] <= inner[0] and inner[1] <= outer[1]


def _scattered(texts: tuple[str, ...], hint: str, longest: int) -> bool:
    """Whether all words of a longer hint are there, in another order: "lunge side left" may be a side lunge."""
    words = hint.split("-")
    return (
        len(words) > 1
        and len(hint) > longest
        and any(all(_spans(text, word, plural=PLURAL) for word in words) for text in texts)
    )
