"""The fitted body of a recording, also where no angle was measured by it: it is drawn and exported all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import ModelFileError
from posecheck.kinematics.in_space import MAX_DEPTH, joint_centres, learnt_from
from posecheck.trial.sources import MAX_STRANGE_SHARE

if TYPE_CHECKING:
    from posecheck.skeleton.centres import JointCentres
    from posecheck.trial.result import TrialResult


def fitted_joints(result: TrialResult) -> JointCentres | None:
    """The joints of the body that was fitted to a recording; fitted now if no angle needed them.

    Returns
    -------
    JointCentres or None
        None where the body points are another model's, or too unlike what the joints were learnt from: a body drawn from
        these would look as sure as any other. None also without the weights of the correction, since a result whose
        numbers do not rest on them need not be refused for a drawing.
    """
    if result.table.centres is not None:
        return result.table.centres
    try:
        centres = joint_centres(result.clean) if learnt_from(result.clean.landmarks) else None
    except ModelFileError:
        return None
    return None if centres is None or _is_strange(centres) else centres


def _is_strange(centres: JointCentres) -> bool:
    depth = centres.depth[np.isfinite(centres.depth)]
    return depth.size == 0 or float((depth > MAX_DEPTH).mean()) > MAX_STRANGE_SHARE
