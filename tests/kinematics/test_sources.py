from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from synthetic import FRONT_VIEW, Rhythm, person, recording_of, side_lunge, toe_touch

from posecheck.errors import AngleSourceError
from posecheck.kinematics.angles import compute_angles
from posecheck.kinematics.body_plane import picture_points
from posecheck.kinematics.cleaning import clean
from posecheck.kinematics.joints import ANGLES, Plane, Side
from posecheck.kinematics.motion import read_motion
from posecheck.kinematics.sources import DEFAULT_SOURCE, SOURCES, AngleSource, SourceReading, find_source
from posecheck.kinematics.view import View
from posecheck.movements import read_movement
from posecheck.trial.assess import assess

if TYPE_CHECKING:
    from posecheck.kinematics.joints import AngleDefinition
    from posecheck.pose.landmarks import CleanSeries

CLOSE_DEG = 0.5  # what the smoothing of a made-up movement leaves
RHYTHM = Rhythm()
SIDE_VIEW = View(Plane.SAGITTAL, 1)
SQUAT = """
name = "squat"
version = 1
title = "Squat"
summary = "Filmed from the front, measured as from the side."
view = "front"
posture = "standing"
sides = []
angle_source = "straightened"

[instructions]
camera = "In front."
start = "Stand."
move = "Bend."

[repetition]
angle = "knee_flexion"
leg = "tested"
min_excursion_deg = 15

[[outcomes]]
name = "knee_flexion"
title = "Knee flexion"
angle = "knee_flexion"
leg = "tested"
role = "primary"
"""


class Straightened:
    """A made-up source: whoever is filmed, it sees a figure from the side that bends its knees by a known angle."""

    def __init__(self, knee_deg: float) -> None:
        self.knee_deg, self.read_times = knee_deg, 0

    def read(self, cleaned: CleanSeries, _view: View) -> SourceReading:
        self.read_times += 1
        series = cleaned.landmarks
        knees = RHYTHM.angle(series.time_s, 0.0, self.knee_deg)
        # Turned by a degree, so that no line is seen as a mere point.
        figure = person(series.time_s, turn_deg=89.0, left_knee_flexion=knees, right_knee_flexion=knees)
        points = picture_points(figure, SIDE_VIEW)
        return SourceReading(lambda _definition: points)

    def entry(self) -> AngleSource:
        return AngleSource("straightened", "a made-up figure.", lambda *_: None, self.read, in_picture=False)


@pytest.fixture
def straightened(monkeypatch: pytest.MonkeyPatch) -> Straightened:
    source = Straightened(70.0)
    monkeypatch.setitem(SOURCES, "straightened", source.entry())
    return source


def test_every_source_is_found_by_the_name_it_carries() -> None:
    assert all(find_source(name).name == name for name in SOURCES)
    assert DEFAULT_SOURCE in SOURCES


def test_an_unknown_source_names_those_that_there_are() -> None:
    with pytest.raises(AngleSourceError, match="unknown source of angles 'sketch'; known: image, world"):
        read_motion(person(RHYTHM.times()), source="sketch")


@pytest.mark.parametrize("definition", ANGLES.values(), ids=lambda definition: definition.name)
def test_the_picture_shows_what_its_plane_shows_and_three_dimensions_show_all(definition: AngleDefinition) -> None:
    for plane in Plane:
        assert (find_source("image").why_not(definition, plane) is None) == (plane in definition.planes)
        assert find_source("world").why_not(definition, plane) is None


def test_a_new_source_is_one_entry_and_is_read_once_a_recording(straightened: Straightened) -> None:
    series = toe_touch(RHYTHM.times(), RHYTHM, turn_deg=FRONT_VIEW)
    table = compute_angles(clean(series), View(Plane.FRONTAL, 1), source="straightened")
    assert table.source == "straightened"
    assert not table.reasons
    assert straightened.read_times == 1
    assert np.nanmax(table.values["left_knee_flexion_deg"]) == pytest.approx(70.0, abs=CLOSE_DEG)


def test_a_movement_file_may_ask_for_a_new_source(straightened: Straightened) -> None:
    movement = read_movement(SQUAT, "squat.toml")
    trial = assess(recording_of(side_lunge(RHYTHM.times(), RHYTHM, Side.LEFT)), movement).trial
    assert straightened.read_times == 1
    assert trial.outcome("knee_flexion").values == pytest.approx([70.0] * 3, abs=CLOSE_DEG)
