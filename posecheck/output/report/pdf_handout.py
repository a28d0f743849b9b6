"""The first page of the PDF report: what is handed over, on one page whatever was measured."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from reportlab.lib.utils import ImageReader
from reportlab.platypus import Image, KeepInFrame, PageBreak, Spacer, Table

from posecheck.language import day, joined, number, phrase
from posecheck.output.report import pdf_style as style
from posecheck.output.report.data import PHASE_TITLES
from posecheck.output.report.letters import letters_words
from posecheck.output.report.pdf_drawings import picture, track_drawing
from posecheck.output.report.pdf_style import HEADLINE, META, SMALL, TITLE, WIDTH, padding, titled, words
from posecheck.output.report.wording import stopped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posecheck.output.report.data import ReportData
    from posecheck.output.report.handout import Handout, HandoutRow, HandoutTest
    from posecheck.output.report.letterhead import Letterhead

LOGO_PT = (130.0, 42.0)
_LETTERHEAD_PT = 170.0
_WIDTHS = (72.0, 148.0, 46.0, 46.0, 44.0)
"""Picture, measure, before, re-test, change; the bar has the rest."""
_MEASURED_WIDTHS = (72.0, 200.0, 117.0)
_ROOM_PT = 480.0
"""Of the page, for all tests together: what one picture may take follows from how many there are."""
_GAP_PT = 10.0
_HIGHEST_PT, _LOWEST_PT = 70.0, 22.0


def handout_page(data: ReportData, context: dict[str, Any], height: float) -> Iterator[Any]:
    """The page, made smaller where it would not fit, and the break after it."""
    yield KeepInFrame(WIDTH, height, list(_parts(data, context)), mode="shrink", hAlign="LEFT")
    yield PageBreak()


def _parts(data: ReportData, context: dict[str, Any]) -> Iterator[Any]:
    handout: Handout = context["handout"]
    yield _heading(data)
    yield words(context["summary"].headline, HEADLINE)
    for text in filter(None, (context["summary"].words,)):
        yield words(text)
    yield Spacer(1, 4)
    if handout.tests:
        yield _test_table(handout, data.before_name, context["limit_deg"])
    if handout.compared:
        yield words(context["BARS_WORDS"], SMALL)
    yield words(phrase("What to do next"), style.PART)
    for step in handout.steps:
        yield titled(stopped(step.title), step.words)
    if handout.further_steps:
        yield words(context["FURTHER_WORDS"], SMALL)
    yield words(context["HANDOVER_WORDS"], SMALL)
    if unusual := letters_words(_people_wrote(data), style.FONT):
        yield words(unusual, SMALL)


def _people_wrote(data: ReportData) -> Iterator[str]:
    """What may be in any script."""
    yield from (data.person, data.title, data.letterhead.name)
    yield from (text for item in data.trials for text in (item.name, item.trial.movement_title, item.trial.felt.note))
    yield from (text for item in data.refused for text in (item.file, item.reason))
    yield from (text for item in data.left_out for text in (item.file, item.test, item.reason))
    yield from (item.note for item in data.stretches)


def _heading(data: ReportData) -> Any:
    """Who and when on the left, who hands it over on the right."""
    dates = (
        phrase("Pre-test {date}", date=day(data.pre_date)) if data.pre_date else "",
        phrase("Re-test {date}", date=day(data.retest_date)) if data.retest_date else "",
    )
    who = [words(data.person or data.title, TITLE)]
    told = joined([data.title if data.person else "", *dates], " · ")
    table = Table(
        [[[*who, words(told, META)], letterhead_parts(data.letterhead)]],
        colWidths=[WIDTH - _LETTERHEAD_PT, _LETTERHEAD_PT],
    )
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *padding(0)])
    return table


def letterhead_parts(letterhead: Letterhead) -> list[Any]:
    """Logo and name, to the right; nothing where nothing was set."""
    parts: list[Any] = []
    if letterhead.logo_png:
        width_px, height_px = ImageReader(io.BytesIO(letterhead.logo_png)).getSize()
        scale = min(LOGO_PT[0] / width_px, LOGO_PT[1] / height_px)
        logo = Image(io.BytesIO(letterhead.logo_png), scale * width_px, scale * height_px)
        logo.hAlign = "RIGHT"
        parts.append(logo)
    if letterhead.name:
        parts += [Spacer(1, 3), *(words(line, style.CELL_RIGHT) for line in letterhead.name.splitlines())]
    return parts


def _test_table(handout: Handout, before_name: str, limit_deg: float) -> Table:
    """A block of rows for each test, its picture beside them."""
    widths = _widths(handout, before_name)
    body: list[list[Any]] = [_heads(handout, before_name, widths[-1], limit_deg)]
    look: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, style.LINE),
        *padding(1.5),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("LEFTPADDING", (-1, 0), (-1, -1), _GAP_PT if handout.compared else 1.5),
    ]
    highest = max(_LOWEST_PT, min(_HIGHEST_PT, _ROOM_PT / max(1, len(handout.tests)) - 6))
    for test in handout.tests:
        first, last = len(body), len(body) + len(test.rows)
        body.append([_picture(test, widths[0] - 6, highest), words(test.label, style.GROUP)])
        body += [["", *_cells(row, widths[-1], handout)] for row in test.rows]
        look += [
            ("SPAN", (0, first), (0, last)),
            ("SPAN", (1, first), (-1, first)),
            ("VALIGN", (1, first), (-1, first), "BOTTOM"),
            ("VALIGN", (1, first + 1), (-1, last), "TOP"),
            ("LINEBELOW", (0, last), (-1, last), 0.4, style.LINE),
        ]
    return Table(body, colWidths=widths, style=look, hAlign="LEFT")


def _widths(handout: Handout, before_name: str) -> list[float]:
    """Of the columns; what the name of the block needs is taken from the measures."""
    fixed = list(_WIDTHS if handout.compared else _MEASURED_WIDTHS if handout.retested else _MEASURED_WIDTHS[:2])
    if handout.compared:
        for column, title in ((2, before_name), (3, PHASE_TITLES["retest"]), (4, phrase("Change"))):
            wider = max(0.0, style.least_width([title], style.HEAD) + 3 - fixed[column])
            fixed[1] -= wider
            fixed[column] += wider
    return [*fixed, WIDTH - sum(fixed)]


def _heads(handout: Handout, before_name: str, width: float, limit_deg: float) -> list[Any]:
    heads = [words("", style.HEAD), words(phrase("Measure"), style.HEAD)]
    heads += [
        words(title, style.HEAD_RIGHT)
        for title in (before_name, *((PHASE_TITLES["retest"],) if handout.retested else ()))
    ]
    if not handout.compared:
        return heads
    scale = Table(
        [[words(f"−{number(limit_deg)}°", style.HEAD), words(f"+{number(limit_deg)}°", style.HEAD_RIGHT)]],
        colWidths=[(width - 2 * _GAP_PT) / 2] * 2,
        style=[*padding(0)],
    )
    return [*heads, words(phrase("Change"), style.HEAD_RIGHT), scale]


def _cells(row: HandoutRow, width: float, handout: Handout) -> Sequence[Any]:
    values = (row.before, *((row.retest,) if handout.retested else ()))
    cells = [words(row.label, style.CELL), *(words(value, style.CELL_RIGHT) for value in values)]
    if not handout.compared:
        return cells
    amount = words(row.amount, style.STRONG_RIGHT if row.larger else style.CELL_RIGHT)
    return [*cells, amount, track_drawing(row.track, width - 2 * _GAP_PT, 10)]


def _picture(test: HandoutTest, width: float, highest: float) -> Any:
    jpeg = test.shown.end_range_jpeg if test.shown else None
    return "" if jpeg is None else picture(jpeg, width, highest) or ""
