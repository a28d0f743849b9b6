"""The report in the language that is set: page and PDF, words and numbers, and what a PDF says of its language."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from made_report import block, trials
from pypdf import PdfReader

from posecheck.comparison.changes import compare_blocks
from posecheck.comparison.sides import compare_sides
from posecheck.language import language_set
from posecheck.output.report.data import ReportData, ReportStretch
from posecheck.output.report.html import render_report
from posecheck.output.report.pdf import render_report_pdf

WORDS = {
    "de": (
        "Hüftbeweglichkeit",
        "Vortest 22.11.2026",
        "Vorbeuge",
        "Wie Fehler berechnet werden",
        "abgebrochen, weil es wehtat",
    ),
    "es": ("Movilidad de cadera", "Prueba previa 22 nov 2026", "Flexión hacia delante", "Cómo se calculan los errores"),
    "fr": ("Mobilité des hanches", "Pré-test 22 nov. 2026", "Flexion avant", "Comment les erreurs sont calculées"),
}


@pytest.fixture(scope="module")
def session() -> ReportData:
    pre, retest = block(0, all_measured=True), block(15, all_measured=False)
    return ReportData(
        person="Ada 王小明",
        pre_date="2026-11-22",
        pre=pre,
        retest=retest,
        changes=compare_blocks(trials(pre), trials(retest)),
        pre_sides=compare_sides(trials(pre), "pre-test"),
        stretches=(ReportStretch("runners-lunge", "diagonal-pull", "left", "", 90, True),),
    )


@pytest.mark.parametrize("code", WORDS)
def test_the_page_is_in_the_language_that_is_set(session: ReportData, code: str) -> None:
    with language_set(code):
        page = render_report(session)
    assert f'<html lang="{code}">' in page
    assert [words for words in WORDS[code] if words not in page] == []
    for english in ("measurement error", "Toe touch", "Pre-test ", "repetitions", "likely", ">left<"):
        assert english not in page


@pytest.mark.parametrize("code", WORDS)
def test_the_pdf_is_in_the_language_that_is_set(session: ReportData, code: str) -> None:
    with language_set(code):
        reader = PdfReader(io.BytesIO(render_report_pdf(session)))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert reader.root_object["/Lang"] == code
    assert [words for words in WORDS[code] if words not in text] == []
    assert "measurement error" not in text
    assert str(reader.metadata.title).startswith(WORDS[code][0]) if reader.metadata else False


def test_the_first_page_says_whose_fonts_draw_a_chinese_name(session: ReportData) -> None:
    with language_set("de"):
        first = PdfReader(io.BytesIO(render_report_pdf(session))).pages[0].extract_text()
        european = PdfReader(io.BytesIO(render_report_pdf(replace(session, person="Zoë")))).pages[0].extract_text()
    assert "koreanische Zeichen" in first
    assert "koreanische Zeichen" not in european
