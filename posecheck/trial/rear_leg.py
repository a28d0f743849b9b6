"""Which leg is behind: what the person says counts, but where the model always sees the other one there, it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.language import joined, phrase
from posecheck.trial.quality import GateStatus, QualityGate

if TYPE_CHECKING:
    from posecheck.movements import Movement
    from posecheck.trial.reading import TrialMotion

OTHER_LEG_SHARE = 0.60
"""From this share of the pictures on it is likely that the other leg is behind (chosen by us). Where the side is right, the
model exchanges the legs in up to half of the pictures, in samples and rendered bodies; where it is wrong, in all others."""


def rear_leg_gate(movement: Movement, motion: TrialMotion) -> QualityGate | None:
    """Whether the model agrees on which leg is behind; None for a test that does not ask.

    Parameters
    ----------
    movement : Movement
    motion : TrialMotion
        Its cleaning ordered the legs by the side that was said.
    """
    seen = motion.clean.landmarks.found
    if not movement.rear_leg_tested or not seen.any():
        return None
    share = float(motion.clean.swapped[seen].mean())
    likely = share >= OTHER_LEG_SHARE
    words = phrase(
        "In {share:.0f} % of the pictures the model saw the {side} leg behind.",
        share=100 * share,
        side=motion.tested.other.words,
    )
    if likely:
        check = phrase(
            "You said that it is the {side} one. Check the side; a mirror image, as selfie cameras make, has to be read as "
            "one.",
            side=motion.tested.words,
        )
        words = joined([words, check])
    status = GateStatus.WARN if likely else GateStatus.PASS
    return QualityGate("rear_leg", phrase("The leg behind"), status, 100 * share, "%", words)
