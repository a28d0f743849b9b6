"""Takes that are parts of one video: cut, packed anew, or another part with the same repetitions in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made_trial import assess_series, made_result, made_series

from posecheck.comparison.recut import recut_words, seem_recut

if TYPE_CHECKING:
    from posecheck.trial.trial import Trial


@pytest.fixture
def take() -> Trial:
    return made_result("toe-touch").trial


def moved(trial: Trial, *, later_s: float, hold_s: float = 0.0, more_deg: float = 0.0) -> Trial:
    """The trial as a video gives it that begins at another moment: another file, its times moved."""
    repetitions = tuple(
        replace(
            item,
            start_s=item.start_s + later_s,
            hold_start_s=item.hold_start_s + later_s,
            hold_end_s=item.hold_end_s + later_s + item.number * hold_s,
            end_s=item.end_s + later_s + item.number * hold_s,
            end_range={name: value + more_deg for name, value in item.end_range.items()},
        )
        for item in trial.repetitions
    )
    return replace(trial, take=2, repetitions=repetitions, provenance={**trial.provenance, "video_sha256": "another"})


def test_a_video_that_was_cut_and_packed_anew_is_recognised(take: Trial) -> None:
    again = moved(take, later_s=-0.9, hold_s=0.02, more_deg=0.3)
    assert seem_recut(take, again)
    (words,) = recut_words([take, again], "pre-test")
    assert words.startswith("pre-test, take 1 and pre-test, take 2 seem to be parts of one video")


def test_another_take_of_the_same_person_is_none(take: Trial) -> None:
    assert not seem_recut(take, moved(take, later_s=0.4, hold_s=0.3))


def test_the_same_rhythm_to_another_end_range_is_none(take: Trial) -> None:
    assert not seem_recut(take, moved(take, later_s=0.0, more_deg=3.0))


def test_one_repetition_alike_is_no_sign_yet(take: Trial) -> None:
    one = replace(moved(take, later_s=0.4), repetitions=take.repetitions[:1])
    assert not seem_recut(take, one)


def test_another_test_is_none(take: Trial) -> None:
    assert not seem_recut(take, assess_series(made_series("side-lunge"), "side-lunge").trial)
