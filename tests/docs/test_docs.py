"""The pages say what the program does: every command, option, setting, movement and column; links work."""

from __future__ import annotations

import ast
import csv
import re
import sys
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from made_trial import made_result

import posecheck
from posecheck.cli.app import EXIT_CODES
from posecheck.comparison.changes import compare_blocks
from posecheck.comparison.sides import compare_sides
from posecheck.kinematics.joints import ANGLES
from posecheck.kinematics.sources import SOURCES
from posecheck.movements import builtin_movements
from posecheck.output.export.columns import COLUMNS
from posecheck.output.export.csv_export import (
    write_angles_csv,
    write_changes_csv,
    write_repetitions_csv,
    write_sides_csv,
)
from posecheck.output.export.landmark_store import write_landmarks
from posecheck.pose.landmarks import Landmark
from posecheck.pose.system_libraries import LINUX_LIBRARIES
from posecheck.protocol import LIMITS_WORDS, SAFETY_WORDS

ROOT = Path(__file__).resolve().parents[2]
if not (ROOT / "docs" / "index.md").is_file():  # the tests of an installed package, without its pages
    pytest.skip("no documentation here", allow_module_level=True)
sys.path.insert(0, str(ROOT))

from scripts.command_line import command_tables, commands, option_names  # noqa: E402
from scripts.pages import ALL_PAGES, DOCS, FENCE, PAGES, PROSE, blocks  # noqa: E402
from scripts.write_docs import BLOCK, PARTS, up_to_date  # noqa: E402

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FORBIDDEN = re.compile(
    r"\b(diagnos\w*|treat\w*|rehab\w*|injury risk|adhesion\w*|(ab)?normal|validated)\b", re.IGNORECASE
)
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|crates\.io|conda\.io|anaconda\.org", re.IGNORECASE
)


def text_of(page: Path | str) -> str:
    return (DOCS / page if isinstance(page, str) else page).read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    return text_of(page).split(f"\n## {heading}\n")[1].split("\n## ")[0]


def fenced(page: Path | str, language: str) -> list[str]:
    path = DOCS / page if isinstance(page, str) else page
    return [block.text for block in blocks() if block.page == path and block.language == language]


# --- generated parts


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_generated_parts_are_up_to_date(page: Path) -> None:
    assert up_to_date(text_of(page)) == text_of(page), "run: python -m scripts.write_docs"


def test_every_part_stands_on_some_page() -> None:
    asked = {match["name"] for page in PAGES for match in BLOCK.finditer(text_of(page))}
    assert asked == set(PARTS)


# --- commands and settings


def test_the_command_offers_every_source_of_angles_and_explains_it() -> None:
    row = next(line for line in command_tables()["command angles"]().splitlines() if "--source" in line)
    assert "\\|".join(SOURCES) in row
    assert all(f"{name}: {source.words}" in row for name, source in SOURCES.items())


@pytest.mark.parametrize(("name", "command"), tuple(commands()), ids=lambda item: item if isinstance(item, str) else "")
def test_every_command_and_option_is_documented_with_an_example(name: str, command: object) -> None:
    part = section("commands.md", f"posecheck {name}")
    for option in option_names(command):
        assert re.search(rf"`{re.escape(option)}\b", part), option
    assert any(f"posecheck {name}" in example for example in fenced("commands.md", "sh"))


def test_general_options_are_documented() -> None:
    for option in ("--help", "--version", "--install-completion", "--show-completion"):
        assert option in text_of("commands.md")


def test_every_setting_is_documented() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "posecheck").rglob("*.py"))
    variables = set(re.findall(r"\"(POSECHECK_[A-Z_]+)\"", source))
    assert variables
    for variable in variables:
        assert f"`{variable}`" in section("commands.md", "Settings")


def test_every_exit_code_is_documented() -> None:
    for page in ("commands.md", "errors.md"):
        rows = dict(re.findall(r"^\| (\d+) \| (.*) \|$", section(page, "Exit codes"), re.MULTILINE))
        assert {"0", "1", "2", "8", "130"} <= set(rows)
        for _, code, words in EXIT_CODES:
            assert words in rows[str(code)]


def test_every_public_name_is_in_the_api_reference() -> None:
    documented = set(re.findall(r"^\.\. auto\w+:: posecheck\.(\w+)$", text_of("api.md"), re.MULTILINE))
    assert set(posecheck.__all__) - {"__version__"} <= documented


# --- messages


def quoted_messages() -> list[str]:
    rows = re.findall(r"^\| (`[^|]*) \|", text_of("errors.md"), re.MULTILINE)
    return [quote for row in rows for quote in re.findall(r"`([^`]+)`", row)]


@lru_cache(maxsize=1)
def sentences_of_the_code() -> str:
    """Every text in the package, one a line, each value that is filled in written as the word FILLED."""
    found = []
    for path in (ROOT / "posecheck").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [str(part.value) if isinstance(part, ast.Constant) else "FILLED" for part in node.values]
                found.append("".join(parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(re.sub(r"\{\w+(:[^{}]*)?\}", "FILLED", node.value))
    return "\n".join(found)


def said_in_the_code(quote: str) -> bool:
    """Whether some text has the quoted words in this order; "..." is anything, up to a third of the words are filled in."""
    words = re.findall(r"\.\.\.|[\w.]+", quote)
    for count in range(len(words) // 3 + 1):
        for filled in combinations(range(len(words)), count):
            pattern = r"[^\w\n]+".join(
                ".*?" if word == "..." else "FILLED" if number in filled else rf"\b{re.escape(word)}\b"
                for number, word in enumerate(words)
            )
            if re.search(pattern, sentences_of_the_code()):
                return True
    return False


@pytest.mark.parametrize("quote", quoted_messages())
def test_every_message_that_is_explained_is_one_that_the_code_says(quote: str) -> None:
    assert said_in_the_code(quote)


def test_a_message_that_nothing_says_would_be_noticed() -> None:
    assert len(quoted_messages()) > 60
    assert not said_in_the_code("the video is upside down")
    assert not said_in_the_code("holds fewer than ... pictures")


# --- movements and angles


@pytest.mark.parametrize("name", tuple(builtin_movements()))
def test_every_movement_is_documented(name: str) -> None:
    movement = builtin_movements()[name]
    how_to = text_of("how-to-film.md")
    for words in (f"`{name}`", movement.instructions.camera, movement.instructions.start, movement.instructions.move):
        assert words in how_to
    part = text_of("movements.md").split(f"(`{name}`, version {movement.version})")[1].split("\n### ")[0]
    for item in (*movement.outcomes, *movement.compensations):
        assert item.title in part


def test_every_angle_is_documented() -> None:
    for definition in ANGLES.values():
        assert definition.words in text_of("angles.md")


def test_every_key_of_the_movement_files_is_documented() -> None:
    keys = text_of("movements.md").split("### Keys")[1]
    for path in (ROOT / "posecheck" / "movements").glob("*.toml"):
        for key in re.findall(r"^(\w+) =", path.read_text(encoding="utf-8"), re.MULTILINE):
            assert f"`{key}`" in keys, key


# --- columns


def header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def documented(file: str) -> list[str]:
    pages = "".join(text_of(page) for page in PAGES)
    part = pages.split(f"<!-- generated columns {file}: begin -->")[1].split("<!-- generated")[0]
    return re.findall(r"^\| `([^`]+)` \|", part, re.MULTILINE)


@pytest.mark.parametrize("file", tuple(COLUMNS))
def test_every_known_column_is_documented(file: str) -> None:
    assert documented(file) == list(COLUMNS[file])


def test_angles_csv_has_the_documented_columns(tmp_path: Path) -> None:
    assert header(write_angles_csv(made_result().table, tmp_path / "angles.csv")) == documented("angles.csv")


@pytest.mark.parametrize("movement", tuple(builtin_movements()))
def test_repetitions_csv_has_the_documented_columns(movement: str, tmp_path: Path) -> None:
    trial = made_result(movement).trial
    written = header(write_repetitions_csv(trial, tmp_path / "repetitions.csv"))
    fixed = [name for name in documented("repetitions.csv") if not name.startswith("<")]
    assert written[: len(fixed)] == fixed
    patterns = {
        "<outcome>_deg": {f"{item.name}_deg" for item in trial.outcomes if item.unit == "deg"},
        "<outcome>_pct": {f"{item.name}_pct" for item in trial.outcomes if item.unit == "pct"},
        "<compensation>_deg": {f"{item.name}_deg" for item in trial.compensations},
    }
    assert set(patterns) == set(documented("repetitions.csv")) - set(fixed)
    assert set(written[len(fixed) :]) == set().union(*patterns.values())


def test_changes_csv_and_sides_csv_have_the_documented_columns(tmp_path: Path) -> None:
    trial = made_result().trial
    changes = compare_blocks([trial], [trial])
    assert header(write_changes_csv(changes, tmp_path / "changes.csv")) == documented("changes.csv")
    assert header(write_sides_csv(compare_sides([trial], "pre"), tmp_path / "sides.csv")) == documented("sides.csv")


def test_landmarks_parquet_has_the_documented_columns(tmp_path: Path) -> None:
    recording = made_result().recording
    path = write_landmarks(recording.series, tmp_path / "landmarks.parquet", capture=recording.capture, people=1)
    names = {mark.label for mark in Landmark}
    expected = {
        pattern.replace("<landmark>", name) for pattern in documented("landmarks.parquet") for name in sorted(names)
    }
    assert set(pq.read_schema(path).names) == expected


# --- the text


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_relative_links_resolve(page: Path) -> None:
    for target in LINK.findall(FENCE.sub("", text_of(page))):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, anchor = target.partition("#")
        linked = (page.parent / file).resolve() if file else page
        assert linked.exists(), f"{page.name}: {target}"
        if anchor:
            assert anchor in anchors(linked), f"{page.name}: {target}"


def test_every_path_in_contributing_exists() -> None:
    text = text_of(ROOT / "CONTRIBUTING.md")
    paths = re.findall(r"`((?:posecheck|tests|scripts|docs|[a-z]+/[a-z_]+)[\w/*.-]*(?:/|\.py|\.toml|\.js))`", text)
    assert len(paths) > 80
    starts = ("", "posecheck", "posecheck/web", "posecheck/output", "tests")
    missing = [path for path in paths if not any([*(ROOT / start).glob(path.rstrip("/"))] for start in starts)]
    assert missing == []


def test_every_place_in_the_documentation_that_the_code_names_exists() -> None:
    named = re.compile(r"\b(docs/[\w-]+\.md)(?:#([\w-]+))?")
    sources = [
        path for folder in ("posecheck", "tests", "benchmarks", "scripts") for path in (ROOT / folder).rglob("*.*")
    ]
    cited = {
        match.groups()
        for path in sources
        if path.suffix in {".py", ".toml", ".html", ".js"}
        for match in named.finditer(path.read_text(encoding="utf-8"))
    }
    assert ("docs/method.md", "section-5") in cited
    missing = {
        (page, anchor)
        for page, anchor in cited
        if not (ROOT / page).is_file() or (anchor and anchor not in anchors(ROOT / page))
    }
    assert not missing


def anchors(page: Path) -> set[str]:
    text = FENCE.sub("", text_of(page))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {
        *(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings),
        *re.findall(r'<a id="([^"]+)">', text),
    }


def test_every_page_is_in_the_index_and_the_readme() -> None:
    for page in PAGES:
        if page.name != "index.md":
            assert f"({page.name})" in text_of("index.md")
            assert f"(docs/{page.name})" in text_of(ROOT / "README.md")


@pytest.mark.parametrize("page", PROSE, ids=lambda page: page.name)
def test_words_that_are_never_said(page: Path) -> None:
    said = [line for line in text_of(page).splitlines() if FORBIDDEN.search(line)]
    assert all(line.startswith("These words it never says of you:") for line in said), said


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_package_registry_is_named(page: Path) -> None:
    assert not REGISTRIES.search(text_of(page))


def test_safety_words_and_limits_are_all_there() -> None:
    for words in (*SAFETY_WORDS, *LIMITS_WORDS):
        assert words in text_of("limits.md")


# --- the README


def test_the_readme_names_the_system_libraries() -> None:
    for library in LINUX_LIBRARIES:
        assert library.debian_package in text_of(ROOT / "README.md")


def test_pictures_are_small() -> None:
    for picture in (DOCS / "images").iterdir():
        assert picture.stat().st_size < 200_000, picture.name
