"""The first page of the report: all that is handed over, on one page, from whoever hands it over."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from made_report import block, trials
from PIL import Image
from pypdf import PdfReader

from posecheck.comparison.changes import compare_blocks
from posecheck.comparison.rounding import MISSING, told
from posecheck.movements import Role
from posecheck.output.report.data import ReportData
from posecheck.output.report.handout import MOST_STEPS, Handout
from posecheck.output.report.html import render_report, report_context
from posecheck.output.report.letterhead import Letterhead
from posecheck.output.report.pdf import render_report_pdf
from posecheck.output.report.words import HANDOVER_WORDS


def picture(kind: str, width: int = 64, height: int = 36) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), (20, 90, 120)).save(target, kind)
    return target.getvalue()


@pytest.fixture(scope="module")
def session() -> ReportData:
    pre, retest = (tuple(replace(item, end_range_jpeg=picture("JPEG")) for item in block(gain)) for gain in (0, 15))
    return ReportData(
        person="Ada",
        pre_date="2026-11-22",
        retest_date="2026-11-29",
        pre=pre,
        retest=retest,
        changes=compare_blocks(trials(pre), trials(retest)),
        provenance={"model": "ab12" * 16},
        letterhead=Letterhead("Practice by the park\nTel. 123", picture("PNG", 300, 90)),
    )


def handout_of(data: ReportData) -> Handout:
    return report_context(data)["handout"]  # type: ignore[no-any-return]


def first_page(data: ReportData) -> str:
    pages = PdfReader(io.BytesIO(render_report_pdf(data))).pages
    return " ".join(pages[0].extract_text().split())


def test_every_test_has_one_picture_and_its_main_measures_with_bars(session: ReportData) -> None:
    handout = handout_of(session)
    assert [test.label for test in handout.tests] == [item.trial.label for item in session.pre]
    for test in handout.tests:
        assert test.block == "Re-test"
        assert test.shown in session.retest
        assert test.rows
    rows = [row for test in handout.tests for row in test.rows]
    main = [change for change in session.changes if change.role is Role.PRIMARY]
    assert [row.amount for row in rows] == [told(change.difference.difference_deg, sign=True) for change in main]
    assert [row.track is None for row in rows] == [row.amount == MISSING for row in rows]
    assert [row.amount for row in rows].count("+15°") >= 3


def test_the_first_page_is_the_whole_summary_and_nothing_of_the_details(session: ReportData) -> None:
    text = first_page(session)
    wanted = ["Ada", "Pre-test 2026-11-22", "Re-test 2026-11-29", "+15°", "What to do next", HANDOVER_WORDS]
    assert [words for words in wanted if words not in text] == []
    assert "Recordings: " not in text


def test_the_page_says_who_hands_it_over(session: ReportData) -> None:
    reader = PdfReader(io.BytesIO(render_report_pdf(session)))
    without = PdfReader(io.BytesIO(render_report_pdf(replace(session, letterhead=Letterhead()))))
    assert "Practice by the park Tel. 123" in first_page(session)
    assert len(reader.pages[0].images) == len(without.pages[0].images) + 1
    page = render_report(session)
    assert '<img src="data:image/png;base64,' in page
    assert "Practice by the park<br>Tel. 123" in page


def test_a_name_is_no_markup() -> None:
    data = ReportData(pre=block(0), letterhead=Letterhead("<b>&amp;"))
    assert "&lt;b&gt;&amp;amp;" in render_report(data)
    assert "<b>&amp;" in first_page(data)


def test_many_tests_still_fit_on_one_page(session: ReportData) -> None:
    """Three times the tests, and a name of six lines, which makes everything smaller."""

    def thrice(items: tuple, prefix: str) -> tuple:  # type: ignore[type-arg]
        return tuple(
            replace(item, trial=replace(item.trial, movement=f"{prefix}{item.trial.movement}"))
            for prefix in ("", "a", "b")
            for item in items
        )

    pre, retest = thrice(session.pre, ""), thrice(session.retest, "")
    data = replace(session, pre=pre, retest=retest, changes=compare_blocks(trials(pre), trials(retest)))
    data = replace(data, letterhead=Letterhead("\n".join(["A long name of a practice"] * 6)))
    text = first_page(data)
    assert HANDOVER_WORDS in text
    rows = [row for test in handout_of(data).tests for row in test.rows]
    assert text.count("+15°") == sum(row.amount == "+15°" for row in rows) >= 9


def test_a_pre_test_alone_shows_its_end_ranges(session: ReportData) -> None:
    alone = replace(session, retest=(), changes=(), retest_date="")
    handout = handout_of(alone)
    assert not handout.compared
    assert {test.block for test in handout.tests} == {"Pre-test"}
    text = first_page(alone)
    assert "80°" in text
    assert "Re-test" not in text


def test_more_steps_than_fit_are_said_to_be_in_the_details(session: ReportData) -> None:
    handout = handout_of(session)
    assert len(handout.steps) <= MOST_STEPS
    assert handout.further_steps == len(report_context(session)["suggestions"]) - len(handout.steps)
    assert ("more to do next in the details" in first_page(session)) == (handout.further_steps > 0)


def test_checksums_take_their_first_digits_alone(session: ReportData) -> None:
    page = render_report(session)
    assert "ab12ab12ab12" in page
    assert "ab12" * 4 not in page
