"""The report as PDF: the page's sentences and numbers, searchable, with its fonts inside, for whole and half sessions."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import pytest
from fitted_body import seen, standing
from made_report import block, trials
from PIL import Image
from pypdf import PdfReader

from posecheck.comparison.changes import compare_blocks
from posecheck.comparison.sides import compare_sides
from posecheck.comparison.verdict import Verdict
from posecheck.output.report.data import Refused, ReportData, ReportStretch
from posecheck.output.report.pdf import render_report_pdf


def jpeg(shade: int) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 36), (shade, 90, 120)).save(target, "JPEG")
    return target.getvalue()


@pytest.fixture(scope="module")
def session() -> ReportData:
    pre, retest = (
        tuple(
            replace(item, end_range_jpeg=jpeg(20 * number + gain))
            for number, item in enumerate(block(gain, all_measured=not gain))
        )
        for gain in (0, 15)
    )
    return ReportData(
        title="Hips <b> & knees",
        person="Ada",
        pre_date="2026-11-22",
        retest_date="2026-11-22",
        pre=pre,
        retest=retest,
        changes=compare_blocks(trials(pre), trials(retest)),
        pre_sides=compare_sides(trials(pre), "pre-test"),
        retest_sides=compare_sides(trials(retest), "re-test"),
        stretches=(ReportStretch("runners-lunge", "diagonal-pull", "left", "slow & <easy>", 90, True),),
        refused=(Refused("IMG_1.mov", "no person was found"),),
        provenance={"posecheck": "0.1.0"},
    )


@cache
def made(data: ReportData) -> PdfReader:
    return PdfReader(io.BytesIO(render_report_pdf(data)))


@cache
def text_of(data: ReportData) -> str:
    return " ".join(" ".join(page.extract_text() for page in made(data).pages).split())


def test_every_sentence_about_a_change_can_be_searched(session: ReportData) -> None:
    text = text_of(session)
    larger = [change for change in session.changes if change.verdict is Verdict.LARGER]
    assert larger
    for change in larger:
        assert change.sentence in text
    assert "larger than measurement error" in text


def test_numbers_keep_their_degree_and_minus_signs(session: ReportData) -> None:
    text = text_of(session)
    assert "+15°" in text
    assert "−" in text


def test_names_with_markup_are_printed_as_they_are(session: ReportData) -> None:
    assert "Hips <b> & knees" in text_of(session)
    assert "1 min 30 s – stopped because it hurt – slow & <easy>" in text_of(session)


def test_all_fonts_with_letters_are_inside_the_file(session: ReportData) -> None:
    used: dict[str, bool] = {}
    for page in made(session).pages:
        for font in page["/Resources"]["/Font"].values():
            found = font.get_object()
            if found["/BaseFont"] != "/Helvetica":  # reportlab names it on every page, and nothing is written in it
                used[found["/BaseFont"]] = "/FontFile2" in found["/FontDescriptor"].get_object()
    assert any("DejaVuSans" in name for name in used)
    assert all(used.values())


def test_pages_are_a4_with_a_title_and_a_language(session: ReportData) -> None:
    reader = made(session)
    width, height = (float(length) for length in reader.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)
    assert reader.metadata is not None
    assert reader.metadata.title == "Hips <b> & knees – Ada"
    assert reader.trailer["/Root"]["/Lang"] == "en"


def test_every_recording_shows_its_picture(session: ReportData) -> None:
    pictures = [len(page.images) for page in made(session).pages]
    assert pictures[0] == len(session.pre)
    assert sum(pictures[1:]) == len(session.pre) + len(session.retest)


def test_a_damaged_picture_is_left_out(session: ReportData) -> None:
    first = replace(session.pre[0], end_range_jpeg=b"not a picture")
    data = ReportData(pre=(first, *session.pre[1:2]))
    assert sum(len(page.images) for page in made(data).pages[1:]) == 1


def test_a_pre_test_alone_gives_its_end_ranges(session: ReportData) -> None:
    text = text_of(ReportData(pre=session.pre, pre_sides=session.pre_sides))
    assert "no re-test yet" in text
    assert "Results in numbers" in text
    assert "Changes in numbers" not in text


def test_a_session_without_recordings_still_gives_a_page() -> None:
    assert "What the numbers cannot say" in text_of(ReportData())


def test_the_same_session_gives_the_same_bytes(session: ReportData) -> None:
    bare = ReportData(title="Twice", pre=tuple(replace(item, angles=None) for item in session.pre))
    assert render_report_pdf(bare) == render_report_pdf(bare)


def test_the_bodies_at_end_range_are_drawn_as_vectors(session: ReportData) -> None:
    pre, retest = (
        tuple(replace(item, skeleton=seen(standing(), frames=360)) for item in items)
        for items in (session.pre, session.retest)
    )
    data = replace(session, pre=pre, retest=retest)
    assert text_of(data).count("From above") == len(pre)
    assert "Head, hands and toes are drawn for orientation only" in text_of(data)
    assert sum(len(page.images) for page in made(data).pages[1:]) == len(pre) + len(retest)  # no more than without them
