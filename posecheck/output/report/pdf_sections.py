"""The sections of the PDF report: tables of changes and sides, test by test, advice, method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportlab.graphics.shapes import Drawing
from reportlab.platypus import KeepTogether, Spacer, Table

from posecheck.comparison.rounding import MISSING
from posecheck.language import joined, number, phrase, phrase_in
from posecheck.movements import Role
from posecheck.output.report import pdf_style as style
from posecheck.output.report.charts import overlay_figure
from posecheck.output.report.compared_tests import compared_tests, end_range_words
from posecheck.output.report.give_or_take import error_text, spread_text
from posecheck.output.report.pdf_drawings import bar_drawing, body_drawing, chart_drawing, picture, track_drawing
from posecheck.output.report.pdf_style import BODY, PART, SMALL, WIDTH, bullets, padding, titled, words
from posecheck.output.report.rows import outcome_title
from posecheck.output.report.wording import SEMICOLON, stopped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posecheck.output.report.compared_tests import ComparedTest
    from posecheck.output.report.data import ReportData, ReportTrial
    from posecheck.output.report.rows import ChangeGroup, ChangeRow, ContextRow, ResultGroup, SideRow
    from posecheck.output.report.sections import FeltRow, Remarks
    from posecheck.output.report.takes import TakeRow
    from posecheck.trial.trial import OutcomeResult

_CHANGE_WIDTHS = (46.0, 46.0, 36.0, 62.0, 48.0)
"""At least, of the numbers."""
_TRACK_PT, _PADDING_PT = 76.0, 2.5
_CHART_PT, _PICTURE_PT, _PICTURE_HIGHEST_PT = 200.0, 146.0, 150.0
_BODY_PT = 188.0
_GAP = 8.0


def change_table(groups: Sequence[ChangeGroup], limit_deg: float, first: str, second: str) -> Table:
    """The table of changes with its error bars; a group of rows for each test and side."""
    scale = Table(
        [[words(f"−{number(limit_deg)}°", style.HEAD), words(f"+{number(limit_deg)}°", style.HEAD_RIGHT)]],
        colWidths=[(_TRACK_PT - _GAP) / 2] * 2,
        style=[*padding(0)],
    )
    titles = (
        first,
        second,
        phrase("Change"),
        phrase("Likely range (95 %)"),
        phrase("Smallest detectable"),
    )
    heads = [words(phrase("Measure"), style.HEAD), *(words(title, style.HEAD_RIGHT) for title in titles)]
    body: list[list[Any]] = [[*heads, scale, words(phrase("Verdict"), style.HEAD)]]
    look: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, style.LINE),
        *padding(_PADDING_PT),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("LEFTPADDING", (6, 0), (7, -1), _GAP),
    ]
    for group in groups:
        look += [
            ("SPAN", (0, len(body)), (-1, len(body))),
            ("TOPPADDING", (0, len(body)), (-1, len(body)), 8),
            ("NOSPLIT", (0, len(body)), (-1, len(body) + 1)),
        ]
        body.append([[words(group.label, style.GROUP), *(words(note, SMALL) for note in group.notes)]])
        body += [_change_cells(row) for row in group.rows]
        body += [_context_cells(row) for row in group.context]
        look.append(("LINEBELOW", (0, len(body) - 1), (-1, len(body) - 1), 0.4, style.LINE))
    return Table(body, colWidths=_change_widths(groups, titles), repeatRows=1, style=look)


def _change_widths(groups: Sequence[ChangeGroup], titles: Sequence[str]) -> list[float]:
    """Wide enough for every language's longest word; the measures have the rest."""
    numbers = [
        max(least, style.least_width([title], style.HEAD) + 2 * _PADDING_PT)
        for least, title in zip(_CHANGE_WIDTHS, titles, strict=True)
    ]
    verdicts = [
        phrase("Verdict"),
        phrase("Shown, not judged"),
        *(row.verdict for group in groups for row in group.rows),
    ]
    verdict = style.least_width(verdicts, style.STRONG) + _GAP + _PADDING_PT
    return [WIDTH - sum(numbers) - _TRACK_PT - verdict, *numbers, _TRACK_PT, verdict]


def _change_cells(row: ChangeRow) -> list[Any]:
    main = row.change.role is Role.PRIMARY
    left, right = (style.CELL, style.CELL_RIGHT) if main else (style.FAINT, style.FAINT_RIGHT)
    larger = row.track is not None and row.track.larger
    return [
        [words(row.label, left), *(words(note, SMALL) for note in row.notes)],
        words(row.pre, right),
        words(row.retest, right),
        words(row.amount, style.STRONG_RIGHT if larger else right),
        words(row.interval, right),
        words(row.mdc, right),
        track_drawing(row.track, _TRACK_PT - _GAP - 3),
        words(row.verdict, style.STRONG if larger else left),
    ]


def _context_cells(row: ContextRow) -> list[Any]:
    values = (words(text, style.FAINT_RIGHT) for text in (row.pre, row.retest))
    return [words(row.label, style.FAINT), *values, "", "", "", "", words(phrase("Shown, not judged"), style.FAINT)]


def result_table(groups: Sequence[ResultGroup]) -> Table:
    """End ranges of every recording, where there is nothing yet to compare them with."""
    known = any(error_text(outcome) for group in groups for outcome, _, _ in group.rows)
    more = (phrase("Give or take"),) if known else ()
    titles = (phrase("End range"), *more, phrase("Spread"), phrase("Repetitions"))
    body: list[list[Any]] = [
        [words(phrase("Measure"), style.HEAD), *(words(title, style.HEAD_RIGHT) for title in titles)]
    ]
    look: list[Any] = [("LINEBELOW", (0, 0), (-1, 0), 0.6, style.LINE), *padding(2.5)]
    for group in groups:
        look += [("SPAN", (0, len(body)), (-1, len(body))), ("TOPPADDING", (0, len(body)), (-1, len(body)), 8)]
        body.append([[words(group.label, style.GROUP), *(words(note, SMALL) for note in group.notes)]])
        for outcome, label, text in group.rows:
            error = (error_text(outcome) or MISSING,) if known else ()
            cells = (
                words(cell, style.CELL_RIGHT) for cell in (text, *error, spread_text(outcome), str(outcome.repetitions))
            )
            body.append([words(label, style.CELL), *cells])
    widths = [90, *([70] if known else []), 60, 70]
    return Table(body, colWidths=[WIDTH - sum(widths), *widths], repeatRows=1, style=look)


def side_parts(sides: Sequence[SideRow]) -> Iterator[list[Any]]:
    """Left and right of every main measure, to be kept together: bars with their errors, then the sentences."""
    widths = (44.0, 76.0, WIDTH - 214, 94.0)
    for row in sides:
        body = [
            [
                words(bar.side, style.CELL),
                words(bar.phase, style.FAINT),
                bar_drawing(bar, widths[2] - 8),
                words(bar.text, style.CELL_RIGHT),
            ]
            for bar in row.bars
        ]
        table = Table(body, colWidths=widths, style=[*padding(1.5), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
        sentences = [words(sentence, BODY) for sentence in row.sentences]
        yield [words(row.label, PART), table, *sentences, *(words(note, SMALL) for note in row.notes)]


def test_parts(data: ReportData) -> Iterator[list[Any]]:
    """Curves and end range pictures of every test and side, to be kept together."""
    for test in compared_tests(data):
        charts = [cell for outcome in test.outcomes if (cell := _chart(test, outcome)) is not None]
        pictures = [cell for block, item in test.shown if (cell := _picture(block, item)) is not None]
        parts: list[Any] = [words(test.trial.label, PART)]
        if test.trial.caution:
            parts.append(words(test.trial.caution, SMALL))
        parts += [_side_by_side(cells) for cells in _lines(charts, pictures, _body(test)) if cells]
        yield parts


def _lines(charts: list[Any], pictures: list[Any], body: list[Any]) -> tuple[list[Any], ...]:
    """What stands side by side: a single chart leaves room for the body, or without one for the pictures."""
    if len(charts) >= 2:
        return charts, [*pictures, *body]
    return ([*charts, *body], pictures) if body else ([*charts, *pictures],)


def _body(test: ComparedTest) -> list[Any]:
    """The cell of the drawn bodies, empty for none."""
    return [] if (body := test.body) is None else [[body_drawing(body, _BODY_PT)]]


def _chart(test: ComparedTest, outcome: OutcomeResult) -> list[Any] | None:
    figure = test.curves(outcome, overlay_figure)
    if figure is None:
        return None
    title = titled(outcome_title(outcome, test.trial), "", style.CELL)
    notes = [words(text, SMALL) for text in (test.errors(outcome), outcome.context, outcome.caution) if text]
    return [title, chart_drawing(figure, _CHART_PT), *notes]


def _picture(block: str, item: ReportTrial) -> list[Any] | None:
    image = picture(item.end_range_jpeg, _PICTURE_PT, _PICTURE_HIGHEST_PT) if item.end_range_jpeg else None
    return None if image is None else [image, titled(block, end_range_words(item.trial), style.CELL)]


def _side_by_side(cells: Sequence[list[Any]]) -> Table:
    widths = [_width_pt(cell) + _GAP for cell in cells]
    look = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), _GAP),
    ]
    return Table([list(cells)], colWidths=widths, style=look, hAlign="LEFT")


def _width_pt(cell: Sequence[Any]) -> float:
    drawing = next((item for item in cell if isinstance(item, Drawing)), None)
    return _PICTURE_PT if drawing is None else drawing.width


def take_table(takes: Sequence[TakeRow]) -> Table:
    """Every take, with the reason of those that were left out."""
    titles = (
        phrase("Test"),
        phrase("Block"),
        phrase_in("its number", "Take"),
        phrase("Recording"),
        phrase("End range"),
        phrase("Repetitions"),
    )
    body: list[list[Any]] = [[words(title, style.HEAD) for title in titles]]
    for row in takes:
        cell = style.FAINT if row.reason else style.CELL
        recording = [
            words(row.file, cell),
            *([words(phrase("Left out: {reason}", reason=row.reason), SMALL)] if row.reason else []),
        ]
        rest = (words(text, cell) for text in (row.values, row.repetitions))
        body.append([words(row.test, cell), words(row.block, cell), words(row.take, cell), recording, *rest])
    look = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, style.LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        *padding(2.5),
    ]
    widths = (110, 76, 32, WIDTH - 378, 100, 60)
    return Table(body, colWidths=widths, repeatRows=1, style=look)


def quality_part(remarks: Sequence[Remarks], clean: Sequence[str]) -> Iterator[Any]:
    """What must be said about single recordings."""
    if not remarks:
        yield words(phrase("All recordings passed every quality check, and no compensating movement was flagged."))
        return
    if clean:
        yield words(phrase("No problems were found in: {recordings}.", recordings=joined(clean, SEMICOLON)))
    for item in remarks:
        title = phrase("{recording} – rejected", recording=item.label) if item.rejected else item.label
        yield KeepTogether([words(title, PART), *bullets(item.words)])


def felt_table(names: Sequence[str], felt: Sequence[FeltRow]) -> Any:
    """Stiffness and discomfort of every block."""
    if not felt:
        return words(phrase("No scores of stiffness or discomfort were given."))
    body: list[list[Any]] = [
        [words(phrase("0 none, 10 worst"), style.HEAD), *(words(name, style.HEAD) for name in names)]
    ]
    for row in felt:
        cells = [
            [
                words(
                    phrase(
                        "stiffness {stiffness}, discomfort {discomfort}", stiffness=stiffness, discomfort=discomfort
                    ),
                    style.CELL,
                ),
                *([words(phrase("“{note}”", note=note), SMALL)] if note else []),
            ]
            for stiffness, discomfort, note in row.scores
        ]
        body.append([words(row.label, style.CELL), *cells])
    column = (WIDTH - 130) / len(names)
    look = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, style.LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        *padding(3),
    ]
    return Table(body, colWidths=[130, *[column] * len(names)], repeatRows=1, style=look)


def next_part(context: dict[str, Any]) -> Iterator[Any]:
    """Safety first, then the advice, then grips and stretches."""
    safety = Table(
        [[[words(phrase("Safety first"), PART), *bullets(context["SAFETY_WORDS"])]]],
        colWidths=[WIDTH],
        style=[("BACKGROUND", (0, 0), (-1, -1), style.SOFT), ("LINEBEFORE", (0, 0), (0, -1), 2.5, style.WARN)],
    )
    yield safety
    for item in context["suggestions"]:
        yield KeepTogether([words(item.title, PART), words(joined([item.words, stopped(item.because)]))])
    yield words(phrase("The grips and the stretches"), PART)
    for item in context["GRIPS"]:
        yield titled(stopped(item.title), joined([item.how, item.why]))
    for item in context["STRETCHES"]:
        grips = phrase("Grip (own inference): {grips}.", grips=context["grips_words"](item))
        yield titled(stopped(item.title), joined([item.held, grips]))
    yours = phrase("It gives no times or counts: those are yours to choose.")
    yield words(joined([context["PAIRING_WORDS"], yours]), SMALL)


def method_part(context: dict[str, Any]) -> Iterator[Any]:
    """Limits, method, angles, errors, and where the numbers come from."""
    yield words(phrase("What the numbers cannot say"), PART)
    yield from bullets(context["LIMITS_WORDS"])
    yield words(phrase("The method"), PART)
    for step in context["PROTOCOL"]:
        yield titled(joined([f"{step.number}.", stopped(step.title)]), step.words)
    if context["definitions"]:
        yield words(phrase("The angles"), PART)
        for item in context["definitions"]:
            yield titled(stopped(item.title), item.words)
        yield words(context["SIGN_WORDS"], SMALL)
    yield words(phrase("How errors are calculated"), PART)
    for text in context["error_words"]:
        yield words(text)
    if context["provenance"]:
        yield words(phrase("Provenance"), PART)
        yield words(joined([stopped(context["provenance"]), context["CHECKSUMS_WORDS"]]), style.HEAD)
    yield Spacer(1, 6)
    yield words(phrase("Made by posecheck, on the computer that filmed or analysed the videos."), SMALL)
