"""The body in space, from cleaned body points: corrected joint centres, then one skeleton fitted to all of them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import fields, replace
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.body_plane import skeleton_points
from posecheck.pose.landmarks import SampleState
from posecheck.skeleton.centres import JOINTS, JointCentres

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.kinematics.joints import AngleDefinition, Side
    from posecheck.pose.landmarks import CleanSeries, LandmarkSeries

MAX_DEPTH = 1.5
"""Further than this from everything it was trained on, the correction gives way to the model's own points, and what is
computed from these is not what it is elsewhere: such moments are missing (chosen by us; 1 is the edge)."""


KEPT_BODIES, KEPT_PICTURES = 8, 3600
"""So many bodies are kept, of recordings of no more pictures than these: 2 MB each at the most (chosen by us)."""
MAX_SD_DEG = 10.0
"""An angle with a larger standard deviation is withheld: the picture's plane, off by up to 10 degrees, shows it better where
it shows it at all (chosen by us)."""
ERROR_STEP_S = 0.2
"""The error of an angle is worked out this often, and read in between: a posture changes slowly, and what is not known of it
more slowly still (chosen by us)."""


class _KeptBodies:
    """The bodies of the last few recordings: a correction by hand, or a look at the curves, asks for the same one again."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[bytes, JointCentres] = OrderedDict()
        self._lock = Lock()

    def of(self, series: LandmarkSeries) -> JointCentres:
        """The body in a recording, fitted unless it is the same as one of the last."""
        if len(series) > KEPT_PICTURES:
            return _fitted(series)
        from posecheck.skeleton.correction import load_correction  # loaded late: importing stays cheap

        load_correction()  # says what is missing, also where a body is known
        key = _fingerprint(series)
        with self._lock:
            if key in self._bodies:
                self._bodies.move_to_end(key)
                return self._bodies[key]
        body = _fitted(series)
        with self._lock:
            self._bodies[key] = body
            while len(self._bodies) > KEPT_BODIES:
                self._bodies.popitem(last=False)
        return body


_BODIES = _KeptBodies()


def _fitted(series: LandmarkSeries) -> JointCentres:
    from posecheck.skeleton.correction import correct  # loaded late: importing stays cheap
    from posecheck.skeleton.fit import fit_skeleton

    centres = fit_skeleton(correct(series)).centres
    for item in fields(centres):
        getattr(centres, item.name).setflags(write=False)  # several may hold it
    return centres


def _fingerprint(series: LandmarkSeries) -> bytes:
    """Tells this series from any other one."""
    told = hashlib.blake2b(repr(series.source).encode())
    for values in (series.time_s, series.xy_px, series.xyz_m, series.visibility, series.filled_in):
        told.update(np.ascontiguousarray(values).data)
    return told.digest()


def joint_centres(clean: CleanSeries) -> JointCentres:
    """Joint centres of a recording.

    Parameters
    ----------
    clean : CleanSeries
        Hidden points count, too: the model's guess of a hidden point is one that the correction knows, and its uncertainty
        says how good it is.

    Returns
    -------
    JointCentres
        One row a picture; NaN where nobody was found.

    Raises
    ------
    ModelFileError
        The weights of the correction are missing or altered.
    """
    return _BODIES.of(_all_points(clean))


def learnt_from(series: LandmarkSeries) -> bool:
    """Whether the correction learnt from points of the model that found these: of another one it does not know the errors.

    Raises
    ------
    ModelFileError
        The weights of the correction are missing or altered.
    """
    from posecheck.skeleton.correction import load_correction

    return series.source.model_sha256 in load_correction().models


def angle_sd(centres: JointCentres, definition: AngleDefinition, side: Side) -> NDArray[np.float64]:
    """(n,) standard deviation of an angle, in its own unit; NaN where the angle or the joints are unknown."""
    from posecheck.skeleton.angle_sd import angle_sd_deg
    from posecheck.skeleton.correction import load_correction

    def angle(joints: JointCentres) -> NDArray[np.float64]:
        return definition.compute(skeleton_points(joints, definition), side)

    known = np.isfinite(angle(centres))
    some = _every(centres.time_s, known)
    if not some.any():
        return np.full(len(centres), np.nan)
    sd = angle_sd_deg(_pictures(centres, some), angle, load_correction(), name=definition.name)
    return np.where(known, np.interp(centres.time_s, centres.time_s[some], sd), np.nan)


def _every(time_s: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The first known picture in each stretch of `ERROR_STEP_S`."""
    chosen = np.zeros(len(time_s), dtype=bool)
    rows = np.flatnonzero(known)
    chosen[rows[np.unique(time_s[rows] // ERROR_STEP_S, return_index=True)[1]]] = True
    return chosen


def _pictures(centres: JointCentres, chosen: NDArray[np.bool_]) -> JointCentres:
    some = centres.pictures(chosen)
    # Of a joint that is missing nothing is known; where an angle is known all the same, it does not rest on that joint.
    return replace(some, sd_m=np.nan_to_num(some.sd_m))


def joint_states(clean: CleanSeries, centres: JointCentres) -> NDArray[np.int8]:
    """(n, 33) `SampleState` of each point in space.

    Missing is a point outside the picture, where nobody was found, and all of them where the body is too unlike what the
    correction was trained on; a point that is hidden in the picture counts as measured, with its own, larger error.
    """
    state = np.full(clean.state.shape, SampleState.MISSING, dtype=np.int8)
    known = np.isfinite(centres.xyz_m).all(axis=2) & (centres.depth <= MAX_DEPTH)[:, None]
    inside = ~_all_points(clean).outside[:, list(JOINTS)]
    state[:, list(JOINTS)] = np.where(known & inside, SampleState.MEASURED, SampleState.MISSING)
    return state


def _all_points(clean: CleanSeries) -> LandmarkSeries:
    return clean.landmarks if clean.whole is None else clean.whole
