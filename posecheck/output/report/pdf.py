"""The report as PDF: the same numbers and words as the page, on A4, with charts as vectors and text that can be searched."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import BaseDocTemplate, Frame, KeepTogether, PageTemplate, Spacer, Table

import posecheck
from posecheck.language import day, first_lower, joined, language, phrase, translated
from posecheck.output.report import pdf_style as style
from posecheck.output.report.data import PHASE_TITLES
from posecheck.output.report.html import report_context
from posecheck.output.report.letters import font_runs
from posecheck.output.report.pdf_handout import handout_page
from posecheck.output.report.pdf_sections import (
    change_table,
    felt_table,
    method_part,
    next_part,
    quality_part,
    result_table,
    side_parts,
    take_table,
    test_parts,
)
from posecheck.output.report.pdf_style import (
    BODY,
    INTRO,
    MARGIN,
    META,
    PART,
    SECTION,
    SMALL,
    WIDTH,
    bullets,
    padding,
    words,
)
from posecheck.output.report.sections import blocks
from posecheck.output.report.wording import about, stopped
from posecheck.output.report.words import BARS_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.output.report.data import ReportData

FOOT_WORDS = phrase("Estimates movement for fitness, to compare with yourself. No medical advice.")
_HEAD_PT, _MARGIN_FONT_PT = 18.0, 7.0
_LINE_PT = WIDTH - 80
_FRAME_PT = style.PAGE_SIZE[1] - 2 * MARGIN - _HEAD_PT


def render_report_pdf(data: ReportData) -> bytes:
    """Write the report of a session as PDF.

    Parameters
    ----------
    data : ReportData
        As for `posecheck.output.report.html.render_report`.

    Returns
    -------
    bytes
        A4; fonts are embedded; the same data gives the same bytes.
    """
    style.register_fonts()
    target = io.BytesIO()
    document = BaseDocTemplate(
        target,
        pagesize=style.PAGE_SIZE,
        title=translated(joined([data.title, data.person], " – ")),
        author="posecheck",
        subject=translated(phrase("Estimates of movement for fitness, to compare with yourself")),
        lang=language(),
        invariant=1,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
    )
    frame = Frame(MARGIN, MARGIN, WIDTH, _FRAME_PT, 0, 0, 0, 0, id="page")
    document.addPageTemplates([PageTemplate("page", [frame], onPage=partial(_draw_margins, data=data))])
    document.build(list(_story(data, report_context(data))))
    return target.getvalue()


def _draw_margins(canvas: Any, document: Any, *, data: ReportData) -> None:
    """Who and when at the top, the page's number and where the numbers come from at the bottom."""
    canvas.saveState()
    canvas.setFillColor(style.MUTED)
    top, right = style.PAGE_SIZE[1] - MARGIN, style.PAGE_SIZE[0] - MARGIN
    date = day(data.pre_date) if data.pre_date else ""
    _draw_line(canvas, MARGIN, top, _fitting(translated(joined([data.person, data.title, date], " · "))))
    canvas.setFont(style.FONT, _MARGIN_FONT_PT)
    canvas.drawRightString(right, top, f"posecheck {posecheck.__version__}")
    canvas.setStrokeColor(style.LINE)
    canvas.line(MARGIN, top - 5, right, top - 5)
    canvas.drawString(MARGIN, MARGIN / 2, translated(FOOT_WORDS))
    canvas.drawRightString(right, MARGIN / 2, f"{document.page}")
    canvas.restoreState()


def _fitting(text: str) -> str:
    """As much of a line as leaves room for posecheck's own name."""
    shown = text
    while (
        shown
        and sum(stringWidth(part, font, _MARGIN_FONT_PT) for font, part in font_runs(shown, style.FONT)) > _LINE_PT
    ):
        text = text[:-5]
        shown = f"{text}…"
    return shown


def _draw_line(canvas: Any, x: float, y: float, text: str) -> None:
    for font, part in font_runs(text, style.FONT):
        canvas.setFont(font, _MARGIN_FONT_PT)
        canvas.drawString(x, y, part)
        x += stringWidth(part, font, _MARGIN_FONT_PT)


def _story(data: ReportData, context: dict[str, Any]) -> Iterator[Any]:
    yield from handout_page(data, context, _FRAME_PT)
    yield words(phrase("The result in sentences"), style.FIRST_SECTION)
    yield from _result(data, context)
    yield from _changes(data, context)
    if context["results"]:
        yield words(phrase("Results in numbers"), SECTION)
        known = context["errors_known"]
        yield words(joined([context["TERMS_WORDS"], context["GIVE_OR_TAKE_WORDS"] if known else ""]), INTRO)
        yield result_table(context["results"])
    if context["sides"]:
        yield from _kept(phrase("Left and right"), context["SIDES_WORDS"], side_parts(context["sides"]))
    if data.trials:
        errors = context["GIVE_OR_TAKE_WORDS"] if context["errors_known"] and not context["results"] else ""
        intro = joined([context["CURVES_WORDS"], errors, context["BODY_WORDS"]])
        yield from _kept(phrase("Test by test"), intro, test_parts(data))
    if context["takes"]:
        yield words(phrase("Takes"), SECTION)
        yield words(context["TAKES_WORDS"], INTRO)
        for sentence in context["takes_gone"]:
            yield words(sentence)
        yield take_table(context["takes"])
    yield words(phrase("Recordings and technique"), SECTION)
    yield from quality_part(context["remarks"], context["clean"])
    yield words(phrase("What was felt"), SECTION)
    yield felt_table(context["felt_blocks"], context["felt_questions"])
    yield words(phrase("What next"), SECTION)
    yield from next_part(context)
    yield words(phrase("Method and limits"), SECTION)
    yield from method_part(context)


def _kept(title: str, intro: str, parts: Iterator[list[Any]]) -> Iterator[Any]:
    """A section whose parts are not broken over pages, its heading on the page of the first."""
    heading = [words(title, SECTION), words(intro)]
    for part in parts:
        yield KeepTogether([*heading, *part])
        heading = []


def _result(data: ReportData, context: dict[str, Any]) -> Iterator[Any]:
    summary = context["summary"]
    recorded = [phrase("{block} {count}", block=first_lower(name), count=len(block)) for name, block in blocks(data)]
    if recorded:
        yield words(phrase("Recordings: {blocks}.", blocks=joined(recorded, ", ")), META)
    if context["many_measures"]:
        yield words(context["many_measures"])
    yield from (_card(amount, change.sentence) for amount, change in summary.larger)
    if summary.rest:
        for heading, rows in summary.rest:
            yield words(heading, PART)
            yield _rest_table(rows)
        yield words(phrase("Change, and its likely range (95 %), in degrees."), SMALL)
    for title, lines in (
        (phrase("Could not be compared"), summary.refused),
        (phrase("Left and right, before the stretch"), summary.sides),
        (phrase("Read these with care"), [joined([stopped(whose), caution]) for whose, caution in context["cautions"]]),
        (phrase("Recordings that gave no result"), [about(item.file, item.reason) for item in data.refused]),
        (phrase("What was done in between"), context["in_between"]),
    ):
        if lines:
            yield words(title, PART)
            yield from bullets(lines)


def _card(amount: str, sentence: str) -> Any:
    table = Table(
        [[words(amount, style.AMOUNT), words(sentence)]], colWidths=[72, WIDTH - 72], spaceBefore=4, spaceAfter=2
    )
    table.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), style.SOFT),
            ("LINEBEFORE", (0, 0), (0, -1), 2.5, style.ACCENT),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (1, 0), (1, -1), 10),
        ]
    )
    return table


def _rest_table(rest: tuple[tuple[str, str, str], ...]) -> Any:
    body = [
        [words(label, style.CELL), words(amount, style.CELL_RIGHT), words(span, style.FAINT_RIGHT)]
        for label, amount, span in rest
    ]
    table = Table(body, colWidths=[WIDTH - 150, 60, 90])
    table.setStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, style.LINE), *padding(2)])
    return table


def _changes(data: ReportData, context: dict[str, Any]) -> Iterator[Any]:
    if not context["changes"]:
        return
    yield words(phrase("Changes in numbers"), SECTION)
    yield words(context["TERMS_WORDS"], INTRO)
    yield change_table(context["changes"], context["limit_deg"], data.before_name, PHASE_TITLES["retest"])
    if context["baseline_changes"]:
        yield Spacer(1, 8)
        yield KeepTogether(
            [
                words(phrase("Pre-test to baseline, with nothing done in between"), PART),
                words(context["STILL_WORDS"], BODY),
            ]
        )
        first, second = PHASE_TITLES["pre"], PHASE_TITLES["baseline"]
        yield change_table(context["baseline_changes"], context["baseline_limit_deg"], first, second)
    yield words(BARS_WORDS, SMALL)
