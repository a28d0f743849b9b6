from __future__ import annotations

from typing import TYPE_CHECKING

import av
import pytest
from hard_case import SOURCES, Case
from hard_recipe import LackingError, RecipeError, make
from needs import needs_ffmpeg

from posecheck.kinematics.joints import Side

if TYPE_CHECKING:
    from pathlib import Path


def test_a_recipe_is_followed_as_it_stands_in_a_report(tmp_path: Path) -> None:
    needs_ffmpeg()
    recipe = "ffmpeg -i S1 -t 1 -c copy a.ts; ffmpeg -ss 1 -i S1 -t 1 -c copy b.ts; cat a.ts b.ts > c.mts"
    made = make(recipe, tmp_path)
    assert made == tmp_path / "c.mts"
    assert made.read_bytes() == (tmp_path / "a.ts").read_bytes() + (tmp_path / "b.ts").read_bytes()


def test_what_a_name_or_a_filter_holds_is_not_taken_for_a_command(tmp_path: Path) -> None:
    needs_ffmpeg()
    made = make("ffmpeg -i S1 -filter_complex \"[0:v]trim=0:0.2[a];[a]scale=64:-2\" X 'a; b > c.mp4'", tmp_path)
    with av.open(str(made)) as container:
        assert made.name == "a; b > c.mp4"
        assert container.streams.video[0].width == 64


def test_the_first_and_the_last_part_of_a_file_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    assert make("keep 0.7 a > b", tmp_path).read_bytes() == b"0123456"
    assert make("keep -0.7 a > b", tmp_path).read_bytes() == b"3456789"


def test_a_command_that_nobody_knows_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="'rm -r a': expected ffmpeg, or one of cat, keep, matrix"):
        make("rm -r a", tmp_path)


def test_a_mistake_is_told_from_what_ffmpeg_lacks(tmp_path: Path) -> None:
    needs_ffmpeg()
    with pytest.raises(LackingError, match="Unknown encoder"):
        make("ffmpeg -i S1 -c:v nonesuch a.mp4", tmp_path)
    with pytest.raises(RecipeError, match="No such file") as mistake:
        make("ffmpeg -i nothing.mp4 a.mp4", tmp_path)
    assert not isinstance(mistake.value, LackingError)


def test_a_case_is_compared_with_the_first_sample_it_is_made_from() -> None:
    case = Case("two people", "ffmpeg -i K1 -i S1 X a.mp4")
    assert case.unharmed == "K1"
    assert case.asked == ("knee-to-chest", Side.LEFT)
    assert Case("the other", case.recipe, like="S1").asked == (SOURCES["S"].movement, None)
