"""Names and notes in any script: each letter has a font in the PDF, or the page says that it has none."""

from __future__ import annotations

import pytest

from posecheck.output.report.letters import font_runs, letters_words, markup
from posecheck.output.report.pdf_style import BOLD, FONT, register_fonts
from posecheck.output.report.right_to_left import left_to_right

register_fonts()


def written(text: str) -> str:
    return "".join(part for _, part in font_runs(text, FONT))


@pytest.mark.parametrize(
    "name",
    ["Zoë Müller-Łukasz", "José Ñandú", "Françoise Œuvré", "Ελένη Παπαδοπούλου", "Жанна Ёлкина", "Nguyễn Thị", "Արամ"],
)
def test_the_embedded_fonts_have_the_letters_of_europe(name: str) -> None:
    for font in (FONT, BOLD):
        assert list(font_runs(name, font)) == [(font, name)]
    assert not letters_words([name], FONT)


@pytest.mark.parametrize(
    ("name", "font"),
    [("王小明", "STSong-Light"), ("山田たろう", "HeiseiKakuGo-W5"), ("김철수", "HYGothic-Medium")],
)
def test_east_asian_letters_are_left_to_the_device_and_the_page_says_so(name: str, font: str) -> None:
    assert list(font_runs(f"{name} (Ada)", FONT)) == [(font, name), (FONT, " (Ada)")]
    assert markup(f"{name} & Ada", FONT) == f'<font name="{font}">{name}</font> &amp; Ada'
    assert "Chinese, Japanese and Korean letters" in letters_words([name], FONT)


def test_what_no_font_has_is_a_square_and_the_page_says_so() -> None:
    assert written("Ada สมชาย") == "Ada □□□□□"
    assert letters_words(["Ada สมชาย"], FONT).startswith("□ stands for a letter")


def test_hebrew_is_turned_round_and_numbers_in_it_are_not() -> None:
    assert written("Ada שלום 12.5 עולם (x)") == "Ada םלוע 12.5 םולש (x)"


def test_arabic_letters_join_as_their_neighbours_ask_for() -> None:
    meem_first, hah_middle, meem_middle, dal_last = "\ufee3", "\ufea4", "\ufee4", "\ufeaa"
    assert written("محمد") == dal_last + meem_middle + hah_middle + meem_first
    assert written("سلام") == "\ufee1\ufefc\ufeb3"  # lam and alef are one sign, after which nothing joins


def test_other_text_is_left_as_it_is() -> None:
    assert left_to_right("Ada (12.5)", ()) == "Ada (12.5)"
    assert written("95\u202f%") == "95\u00a0%"  # reportlab would break a line at a narrow space
    assert written("e\u0301") == "é"
