"""What is read from a person's outline, and whether it tells of errors that the points do not show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_pictures import made_pictures

from benchmarks.correction.judge import Judged, judge
from benchmarks.correction.looks import ASKED, Seen, averaged, explained
from benchmarks.correction.outlines import outline_values
from benchmarks.synthetic.make_looks import OUTLINE, REACH_LEGS, outline_about
from posecheck.pose.landmarks import Landmark, Pose
from posecheck.skeleton.correction import load_correction

LEG_PX, MIDDLE = 100.0, np.array([320.0, 180.0])
DIRECTIONS, WIDTHS = 48, 40


def standing() -> np.ndarray:
    """(33, 2) points of somebody whose legs hang 20 pixels left and right of the hips' middle."""
    points = np.tile(MIDDLE, (33, 1))
    for side, x in (("LEFT", 20.0), ("RIGHT", -20.0)):
        for part, y in (("HIP", 0.0), ("KNEE", 50.0), ("ANKLE", 100.0)):
            points[Landmark[f"{side}_{part}"]] += (x, y)
    return points


def mask_of(left_px: float, right_px: float) -> np.ndarray:
    """(360, 640) a person whose legs are so wide on either side of their lines, the left one in the right half."""
    mask = np.zeros((360, 640), np.float32)
    for x, half in ((340, left_px), (300, right_px)):
        mask[180:280, int(x - half) : int(x + half)] = 1.0
    return mask


def values_of(mask: np.ndarray, *, mirrored: bool = False) -> np.ndarray:
    pose = Pose(standing(), np.zeros((33, 3)), np.ones(33))
    return outline_values(outline_about(mask, pose)[None], standing()[None], mirrored=mirrored)[0]


def test_the_outline_is_read_as_wide_as_each_leg_is() -> None:
    widths = values_of(mask_of(16.0, 8.0))[DIRECTIONS : DIRECTIONS + WIDTHS].reshape(2, WIDTHS // 2)
    pixel = 2 * REACH_LEGS / OUTLINE
    assert widths[0] == pytest.approx(0.16, abs=pixel)
    assert widths[1] == pytest.approx(0.08, abs=pixel)


def test_the_outline_reaches_as_far_as_the_feet() -> None:
    ends = values_of(mask_of(16.0, 16.0))[:DIRECTIONS]
    down = DIRECTIONS // 4
    assert ends[down - 2 : down + 3].max() == pytest.approx(1.0, abs=0.1)
    assert ends[3 * down] < 0.1


def test_a_mirror_image_has_the_other_leg_s_widths() -> None:
    mirrored = values_of(mask_of(16.0, 8.0), mirrored=True)[DIRECTIONS : DIRECTIONS + WIDTHS]
    other = values_of(mask_of(8.0, 16.0))[DIRECTIONS : DIRECTIONS + WIDTHS]
    assert mirrored == pytest.approx(other, abs=2 * REACH_LEGS / OUTLINE)


def seen_with_errors() -> tuple[Seen, np.ndarray]:
    """Sixteen bodies, half of whose left knees lie 5 cm elsewhere, which no point shows; and who they are."""
    judged: Judged = judge(load_correction(), made_pictures(clips=16))
    judged = judged.only(np.arange(len(judged.clip)) % 20 == 0)
    off = judged.clip // 8 == 1
    true = judged.said.xyz_m.copy()
    true[off, 8] += [0.05, 0.0, 0.0]
    judged = replace(judged, true=replace(judged.true, xyz_m=true))
    nothing = np.random.default_rng(1).normal(size=(2, len(off), 10))
    return Seen(judged, (nothing[0], nothing[1]), judged.clip, np.full(len(off), "lunge")), off


def test_what_only_the_outline_shows_is_found_to_be_told_by_it() -> None:
    seen, off = seen_with_errors()
    shown = np.stack([off, np.zeros(len(off))], axis=1).astype(float)
    by_points, by_outline = (explained(seen, told)["knees"] for told in (seen.points, (shown, -shown)))
    assert by_points < 0.1
    assert by_outline > 0.4  # of the left knees all, of the right ones there is nothing to tell


def test_an_average_lies_between_its_looks() -> None:
    seen, _ = seen_with_errors()
    moved = replace(seen.judged.said, xyz_m=seen.judged.said.xyz_m + 0.02)
    both = averaged([seen, replace(seen, judged=replace(seen.judged, said=moved))])
    assert both.judged.said.xyz_m == pytest.approx(seen.judged.said.xyz_m + 0.01)


def test_only_the_leg_that_is_further_away_is_asked_of_as_far() -> None:
    seen, _ = seen_with_errors()
    true = seen.judged.true.xyz_m.copy()
    true[:, 6, 2], true[:, 7, 2] = 0.1, -0.1
    seen = replace(seen, judged=replace(seen.judged, true=replace(seen.judged.true, xyz_m=true)))
    far = ASKED["far knee"][1](seen)
    assert far[: len(far) // 2].all()
    assert not far[len(far) // 2 :].any()
    assert not ASKED["far knee"][1](replace(seen, kind=np.full(len(seen.body), "side_lunge"))).any()
