"""Keeps the catalogues of translated words in step with the code (posecheck/language/catalogues/LANGUAGE/AREA.po).

    python -m scripts.write_catalogues            # take in new messages, drop those that are gone; translations are kept
    python -m scripts.write_catalogues --check    # say what is missing or out of step, and fail
    python -m scripts.write_catalogues --missing  # print the messages without a translation, as JSON, by area

A message is what stands as a literal in `phrase`, `phrase_in`, `counted` and `phrase_html`, in Python, templates and
scripts, and the sentences of the movement files. Each area (a folder of the package) has a catalogue of its own; those whose
names end in ``_scripts`` go to the browser. Translate with any editor of .po files.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import tomllib
from collections import defaultdict
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from posecheck.language import LANGUAGES
from posecheck.language.phrase import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = Path(__file__).parents[1] / "posecheck"
CATALOGUES = PACKAGE / "language" / "catalogues"
KEYWORDS = {"phrase": None, "phrase_html": None, "phrase_in": ((1, "c"), 2), "counted": (1, 2)}
NEEDED = {"phrase": 1, "phrase_html": 1, "phrase_in": 2, "counted": 2}
"""How many literals a call of each begins with."""
SUFFIXES = (".py", ".j2", ".js")
_LITERAL = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
_SCRIPT_CALL = re.compile(rf"\b(phrase|counted)\(\s*((?:{_LITERAL})(?:\s*[+,]\s*(?:{_LITERAL}))*)")
_SCRIPT_PARTS = re.compile(rf"([+,]?)\s*({_LITERAL})")
_SCRIPT_COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
MOVEMENT_KEYS = frozenset(
    {
        "title",
        "summary",
        "question",
        "side_meaning",
        "side_words",
        "camera",
        "start",
        "move",
        "words",
        "context",
        "caution",
    }
)
"""What of a movement file people read."""
TRANSLATED = [code for code in LANGUAGES if code != "en"]
PLURALS = {"fr": "nplurals=2; plural=(n > 1)"}
"""Forms of a message by its number where not one and many: `counted` knows no third, which Babel has for large numbers."""
ONE_AND_MANY = "nplurals=2; plural=(n != 1)"
HEADER = """msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural};\\n"

"""

Key = tuple[str, "str | tuple[str, str]"]
"""A message: its context, and its English text, or one and many of it."""


def messages() -> dict[str, list[Key]]:
    """All messages of the code, by area, each once in it."""
    found: dict[str, dict[Key, None]] = defaultdict(dict)
    for file in sorted(PACKAGE.rglob("*")):
        if file.suffix in SUFFIXES and "uplot" not in file.parts:
            found[area_of(file)].update(dict.fromkeys(_messages(file)))
        elif file.suffix == ".toml" and file.parent.name == "movements":
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            found[area_of(file)].update(dict.fromkeys(("", text) for text in _movement_texts(table)))
    return {area: list(keys) for area, keys in sorted(found.items()) if keys}


def area_of(file: Path) -> str:
    """``web_film``, ``web_film_scripts``, ``trial``; ``program`` for the modules at the top."""
    folders = file.relative_to(PACKAGE).parts[:-1]
    parts = folders[: 2 if folders[:1] in (("web",), ("output",)) else 1] or ("program",)
    return "_".join((*parts, "scripts") if file.suffix == ".js" else parts)


def _messages(file: Path) -> Iterator[Key]:
    """The messages of a file, also those within the values of another one, which Babel sees in templates only."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
        yield from filter(None, (_key(_name(call.func), _literals(call)) for call in calls))
    elif file.suffix == ".js":
        calls_found = _SCRIPT_CALL.finditer(_SCRIPT_COMMENT.sub("", text))
        yield from filter(None, (_key(found[1], _script_literals(found[2])) for found in calls_found))
    else:
        for _, message, _, context in extract("jinja2", io.BytesIO(text.encode()), keywords=KEYWORDS):
            yield context or "", message if isinstance(message, str) else (message[0], message[1])


def _key(function: str, literals: list[str]) -> Key | None:
    """A message by what stands in a call of `phrase` or another one; None where it is no such call or no literal."""
    if len(literals) < NEEDED.get(function, len(literals) + 1):
        return None
    if function == "counted":
        return "", (literals[0], literals[1])
    return (literals[0], literals[1]) if function == "phrase_in" else ("", literals[0])


def _name(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _literals(call: ast.Call) -> list[str]:
    texts = (item.value if isinstance(item, ast.Constant) else None for item in call.args)
    return [text for text in takewhile(lambda text: isinstance(text, str), texts) if isinstance(text, str)]


def _script_literals(arguments: str) -> list[str]:
    """``"a" + "b", "c"`` as two texts."""
    parts = _SCRIPT_PARTS.findall(arguments)
    texts: list[str] = []
    for between, literal in parts:
        text = ast.literal_eval(literal)
        texts = [*texts[:-1], texts[-1] + text] if between == "+" and texts else [*texts, text]
    return texts


def _movement_texts(value: object, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _movement_texts(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _movement_texts(item, "")
    elif isinstance(value, str) and key in MOVEMENT_KEYS and value.strip():
        sides = ("left", "right") if "{side}" in value else ("",)
        yield from (value.strip().replace("{side}", side) for side in sides)  # as `of_side` says them


def translations(code: str) -> dict[Key, str | tuple[str, ...]]:
    """What is translated already, whichever area it stands in."""
    found: dict[Key, str | tuple[str, ...]] = {}
    for file in sorted((CATALOGUES / code).glob("*.po")):
        for key, text in area_translations(file).items():
            found.setdefault(key, text)
    return found


def area_translations(file: Path) -> dict[Key, str | tuple[str, ...]]:
    """The translations in one catalogue; without those that are empty or doubtful."""
    if not file.is_file():
        return {}
    with file.open("rb") as stream:
        catalogue = read_po(stream, locale=file.parent.name)
    return {
        (message.context or "", message.id if isinstance(message.id, str) else tuple(message.id)): message.string
        for message in catalogue
        if message.id
        and not message.fuzzy
        and (message.string if isinstance(message.string, str) else all(message.string))
    }


def catalogue_text(code: str, keys: Iterable[Key], known: dict[Key, str | tuple[str, ...]]) -> str:
    """A catalogue as a .po file."""
    plural = PLURALS.get(code, ONE_AND_MANY)
    catalogue = Catalog(locale=code, fuzzy=False)
    catalogue.mime_headers = [("Plural-Forms", plural)]
    for context, message in keys:
        empty = "" if isinstance(message, str) else ("", "")
        catalogue.add(message, known.get((context, message), empty), context=context or None)
    stream = io.BytesIO()
    write_po(stream, catalogue, width=120, no_location=True, omit_header=True, sort_output=True)
    return HEADER.format(code=code, plural=plural) + stream.getvalue().decode()


def catalogue_texts() -> dict[Path, str]:
    """What the files of all catalogues should hold."""
    made: dict[Path, str] = {}
    by_area = messages()
    for code in TRANSLATED:
        everywhere = translations(code)
        for area, keys in by_area.items():
            file = CATALOGUES / code / f"{area}.po"
            made[file] = catalogue_text(code, keys, everywhere | area_translations(file))
    return made


def faults(code: str) -> Iterator[str]:
    """What is wrong with a language's catalogues: missing, another place, two words for one thing."""
    everywhere: dict[Key, tuple[str, object]] = {}
    for area, keys in messages().items():
        known = area_translations(CATALOGUES / code / f"{area}.po")
        for key in keys:
            where = f"{code}/{area}: {key[1]!r}"
            text = known.get(key)
            if text is None:
                yield f"{where}: not translated"
                continue
            if _places(text) != _places(key[1]):
                yield f"{where}: other places in braces than {text!r}"
            first_area, first = everywhere.setdefault(key, (area, text))
            if first != text:
                yield f"{where}: {text!r} here, {first!r} in {first_area}"


def _places(text: str | tuple[str, ...]) -> set[str]:
    parts = [text] if isinstance(text, str) else list(text)
    return set().union(*map(places, parts)) - {"count"}


def _write() -> None:
    made = catalogue_texts()
    for file, text in made.items():
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text, encoding="utf-8")
    for code in TRANSLATED:
        for file in (CATALOGUES / code).glob("*.po"):
            if file not in made:
                file.unlink()


def _missing() -> dict[str, list[str]]:
    found = {}
    for area, keys in messages().items():
        done = [area_translations(CATALOGUES / code / f"{area}.po") for code in TRANSLATED]
        found[area] = [_text(key[1]) for key in keys if any(key not in known for known in done)]
    return {area: texts for area, texts in found.items() if texts}


def _text(message: str | tuple[str, str]) -> str:
    return message if isinstance(message, str) else " | ".join(message)


def _stale() -> Iterator[str]:
    for file, text in catalogue_texts().items():
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            yield f"{file.relative_to(CATALOGUES)}: out of step with the code; run python -m scripts.write_catalogues"


def check() -> list[str]:
    """What is wrong with the catalogues, a line each."""
    return [*_stale(), *(fault for code in TRANSLATED for fault in faults(code))]


def main(arguments: list[str]) -> int:
    """The command."""
    if arguments == ["--missing"]:
        sys.stdout.write(json.dumps(_missing(), ensure_ascii=False, indent=1) + "\n")
        return 0
    if arguments == ["--check"]:
        found = check()
        sys.stdout.write("\n".join(found or ["All messages are translated."]) + "\n")
        return 1 if found else 0
    _write()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
