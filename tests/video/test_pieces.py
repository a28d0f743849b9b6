from __future__ import annotations

import itertools

import numpy as np

from posecheck.video.pieces import MOST_LEAD_S, PIECE_S, RUN_UP_S, SNAP_S, Piece, cut_into_pieces


def times(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * 30)) / 30


def keys(seconds: float, every_s: float) -> np.ndarray:
    return np.arange(0.0, seconds, every_s)


def test_a_short_video_is_not_cut() -> None:
    assert cut_into_pieces(times(11.0), keys(11.0, 1.0)) == (Piece(None, None),)


def test_a_video_without_known_keyframes_is_not_cut() -> None:
    assert cut_into_pieces(times(60.0), np.empty(0)) == (Piece(None, None),)


def test_pieces_are_about_equally_long_and_each_begins_before_the_last_one_ends() -> None:
    pieces = cut_into_pieces(times(64.0), keys(64.0, 1.0))
    assert len(pieces) == 64 / PIECE_S
    assert (pieces[0].start_s, pieces[-1].end_s) == (None, None)
    for before, after in itertools.pairwise(pieces):
        assert before.end_s is not None
        assert after.start_s is not None
        assert before.end_s - after.start_s == RUN_UP_S
    starts = [piece.start_s for piece in pieces[1:]]
    assert np.abs(np.diff(starts) - PIECE_S).max() <= 2 * SNAP_S


def test_a_piece_begins_at_a_keyframe_that_is_near() -> None:
    assert cut_into_pieces(times(16.0), np.array([0.0, 7.4]))[1].start_s == 7.4


def test_far_from_any_keyframe_it_begins_where_it_is_wished() -> None:
    assert cut_into_pieces(times(16.0), np.array([0.0, 3.0, 12.0]))[1].start_s == (16 - 1 / 30) / 2 - RUN_UP_S / 2


def test_nothing_is_cut_where_too_much_would_be_decoded_in_vain() -> None:
    pieces = cut_into_pieces(times(40.0), np.array([0.0]))
    starts = [piece.start_s for piece in pieces[1:]]
    assert starts
    assert max(start for start in starts if start is not None) <= MOST_LEAD_S


def test_the_wished_part_alone_is_cut() -> None:
    pieces = cut_into_pieces(times(60.0), keys(60.0, 1.0), 20.0, 44.0)
    assert len(pieces) == 3
    assert (pieces[0].start_s, pieces[-1].end_s) == (20.0, 44.0)
    assert all(20.0 < piece.start_s < 44.0 for piece in pieces[1:] if piece.start_s is not None)
