from __future__ import annotations

from hypothesis import settings

# No deadline: a busy computer is no failure. Derandomised: a run means the same everywhere.
settings.register_profile("posecheck", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("posecheck")
