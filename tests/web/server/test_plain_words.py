"""What pages, reports and refusals say is for people: no command, no file of the command line, no name of the code."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from practice import PAGES, fill_practice
from pypdf import PdfReader
from webapp import Served

from posecheck.kinematics.joints import ANGLES
from posecheck.movements import builtin_movements
from posecheck.storage.tables import Table

pytestmark = pytest.mark.usefixtures("jobs_wait")

FOR_PROGRAMMERS = {"API"}
COMMAND_LINE = (
    re.compile(r"(?<![\w-])--[a-z]{2,}"),
    re.compile(r"posecheck (analyze|angles|batch|cameras|compare|doctor|models|record|session|people)\b"),
    re.compile(r"session\.toml|command line|exit code|traceback", re.IGNORECASE),
)
CODE = (
    re.compile(r"\b(?:None(?! [a-z])|NaN|nan|undefined|null)\b"),
    re.compile(rf"\b(?:{'|'.join(sorted(name for name in builtin_movements() if '-' in name))})\b"),
    re.compile(rf"\b(?:{'|'.join(name for name in ANGLES if '_' in name)})\b"),
    re.compile(rf"\b(?:{'|'.join(name for name in Table.metadata.tables if '_' in name)})\b"),
    re.compile(r"String should|Input should|Field required|Value error|There is no item named"),
)
KEPT = re.compile(r"\S+\.(?:mp4|mov|csv|json|html|pdf|zip)\b")
"""Names of files, which may be called as a test is."""


class Words(HTMLParser):
    """What a page says, and what it says to those who hear it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style", "template")
        self.said += [value for name, value in attrs if value and name in ("aria-label", "alt", "title", "placeholder")]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "template")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


@pytest.fixture(scope="module")
def ids(served: Served) -> dict[str, str]:
    return fill_practice(served)


def strange_words(text: str, patterns: tuple[re.Pattern[str], ...] = COMMAND_LINE + CODE) -> list[str]:
    plain = KEPT.sub("", text)
    return [plain[max(0, hit.start() - 60) : hit.end() + 30] for pattern in patterns for hit in pattern.finditer(plain)]


@pytest.mark.parametrize("name", [name for name in PAGES if name not in FOR_PROGRAMMERS])
def test_a_page_says_nothing_of_the_command_line_or_the_code(served: Served, ids: dict[str, str], name: str) -> None:
    page = served.client.get(PAGES[name].format(**ids), headers={"Accept": "text/html"}).text
    assert strange_words(" ".join(Words(page).said)) == []


def test_report_and_pdf_say_nothing_of_the_command_line_or_the_code(served: Served, ids: dict[str, str]) -> None:
    files = f"/api/sessions/{ids['session']}/files"
    report = served.client.get(f"{files}/report.html").raise_for_status().text
    assert strange_words(" ".join(Words(report).said)) == []
    pdf = PdfReader(io.BytesIO(served.client.get(f"{files}/report.pdf").raise_for_status().content))
    assert strange_words(" ".join(page.extract_text() for page in pdf.pages)) == []


WRONG: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("POST", "/api/people", {"name": "  "}, "The name must not be empty."),
    ("POST", "/api/people", {"name": "x" * 201}, "The name may have 200 letters at most."),
    ("POST", "/api/people", {}, "The name is missing."),
    ("PATCH", "/api/sessions/{session}", {"date": "soon"}, "The date must be a date such as 2026-11-22."),
    ("PATCH", "/api/sessions/{session}", {"title": "x" * 201}, "The title may have 200 letters at most."),
    ("PATCH", "/api/sessions/{session}", {"takes_per_block": 99}, "The number of takes must be 6 or less."),
    ("PATCH", "/api/sessions/{session}", {"felt": [{"movement": "toe-touch", "stiffness": 11}]}, "must be 10 or less."),
    ("POST", "/api/takes/{take}/leave-out", {"reason": ""}, "The reason must not be empty."),
    ("PUT", "/api/takes/{take}/corrections", {"start_s": "now"}, "The start must be a number."),
    ("POST", "/api/people", {"name": "a\0b"}, "The name cannot be: a text cannot hold a zero byte."),
)


@pytest.mark.parametrize(("method", "path", "form", "words"), WRONG)
def test_a_wrong_value_is_refused_in_plain_words(
    served: Served, ids: dict[str, str], method: str, path: str, form: dict[str, Any], words: str
) -> None:
    answer = served.client.request(method, path.format(**ids), json=form)
    assert answer.status_code == 422
    said = answer.json()["error"]["message"]
    assert words in said
    assert strange_words(said) == []
