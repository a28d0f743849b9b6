"""posecheck's own drawings of tests, stretches, grips and camera places, as inline SVG in the page's colours."""

from posecheck.web.drawings.camera_plan import camera_plan
from posecheck.web.drawings.exercises import exercise_drawing
from posecheck.web.drawings.grips import grip_drawing, stretch_drawing
from posecheck.web.drawings.movements import movement_drawing

__all__ = ["camera_plan", "exercise_drawing", "grip_drawing", "movement_drawing", "stretch_drawing"]
