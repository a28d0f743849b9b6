"""A camera's pictures in, one at a time; state, angle, quality and a plain cue out, while the test goes on."""

from posecheck.live.answer import LiveAnswer, LiveState
from posecheck.live.engine import LiveEngine
from posecheck.live.framing import Framing, FramingMatch

__all__ = ["Framing", "FramingMatch", "LiveAnswer", "LiveEngine", "LiveState"]
