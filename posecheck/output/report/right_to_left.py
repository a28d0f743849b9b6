"""Hebrew and Arabic names in the PDF, whose pages are written from left to right, letter by letter.

Enough of Unicode's rules for a name and a short remark (UAX #9, and the joining of Arabic letters in chapter 9.2): runs of
these letters are turned round, numbers in them are not, and Arabic letters get the form that their neighbours ask for. Words
that go on in a second line are not put in order across the lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

FORMS = ((0xFB50, 0xFDFF), (0xFE70, 0xFEFC))
"""Where Unicode has the forms of Arabic letters, with what each is a form of."""
TATWEEL = "\u0640"
_TURNED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_NUMBER = re.compile(r"\d[\d.,:/]*(?<=\d)|.", re.DOTALL)


def left_to_right(text: str, known: Container[int]) -> str:
    """The text in the order in which it is drawn from left to right.

    Parameters
    ----------
    text : str
    known : container of int
        The code points that the font has.
    """
    if not any(map(_is_right_to_left, text)):
        return text
    joined = "".join(_joined_forms(text, known))
    return "".join(_turned(run) if right else run for right, run in _runs(joined))


def _is_right_to_left(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in ("R", "AL")


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """Parts of the text, each with whether it goes from right to left: what lies between two such letters goes with them."""
    start = 0
    strong = [
        (place, letter) for place, letter in enumerate(text) if unicodedata.bidirectional(letter) in ("L", "R", "AL")
    ]
    while right := next(((place, k) for k, (place, letter) in enumerate(strong) if _is_right_to_left(letter)), None):
        place, first = right
        last = first
        while last + 1 < len(strong) and _is_right_to_left(strong[last + 1][1]):
            last += 1
        end = strong[last][0] + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        yield False, text[start:place]
        yield True, text[place:end]
        start, strong = end, strong[last + 1 :]
    yield False, text[start:]


def _turned(run: str) -> str:
    units: list[str] = []
    for unit in _NUMBER.findall(run):
        if units and unicodedata.combining(unit[0]):
            units[-1] += unit
        else:
            units.append(unit.translate(_TURNED))
    return "".join(reversed(units))


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Of each Arabic letter (of lam with alef: both) its forms by kind: ``isolated``, ``initial``, ``medial``, ``final``."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for first, last in FORMS:
        for code in range(first, last + 1):
            kind, *letters = unicodedata.decomposition(chr(code)).split() or [""]
            base = "".join(chr(int(letter, 16)) for letter in letters)
            if kind.startswith("<") and (len(base) == 1 or (len(base) == 2 and base[0] == "ل" and base[1] in "آأإا")):
                found[base].setdefault(kind[1:-1], chr(code))
    return dict(found)


def _joined_forms(text: str, known: Container[int]) -> Iterator[str]:
    before, place = "", 0
    while place < len(text):
        letter = text[place : place + 2] if text[place : place + 2] in _forms() else text[place]
        after = next((item for item in text[place + len(letter) :] if not unicodedata.combining(item)), "")
        form = _form(before, letter, after)
        yield form if all(ord(part) in known for part in form) else letter
        if not unicodedata.combining(letter[0]):
            before = letter
        place += len(letter)


def _form(before: str, letter: str, after: str) -> str:
    forms = _forms().get(letter, {})
    with_before, with_after = _goes_on(before) and "final" in forms, "initial" in forms and _is_met(after)
    kind = ("medial" if with_after else "final") if with_before else "initial" if with_after else "isolated"
    return forms.get(kind, letter)


def _goes_on(letter: str) -> bool:
    return letter == TATWEEL or "initial" in _forms().get(letter, {})


def _is_met(letter: str) -> bool:
    return letter == TATWEEL or "final" in _forms().get(letter, {})
