"""What a good skeleton is, in numbers: the terms whose sum the fit makes as small as possible.

Each joint lies near where it was measured; bones keep their length; a standing foot keeps its place; nothing moves faster
than people do; knees do not bend backwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import JOINT_COUNT, joint_index
from posecheck.skeleton.solver import BandedMatrix, Linearised

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEFT_HIP, RIGHT_HIP = joint_index(Landmark.LEFT_HIP), joint_index(Landmark.RIGHT_HIP)

POINT_COUNT = JOINT_COUNT - 1
"""The unknown points: all joints but the right hip, which lies opposite the left one, since the middle of the hips is 0."""


def _joints_of_points() -> Array:
    table = np.delete(np.eye(JOINT_COUNT), RIGHT_HIP, axis=1)
    table[RIGHT_HIP, LEFT_HIP] = -1.0
    return table


JOINTS_OF_POINTS: Array = _joints_of_points()
"""(16, 15) each joint as a sum of the unknown points."""
JOINTS_OF_POINTS.setflags(write=False)

ROBUST = 9.0
"""A joint three standard deviations away counts half (Student's t; chosen by us): a picture in which the model saw something
else must not pull."""


def joints_from(points: Array) -> Array:
    """(n, 16, 3) joints from (n, 15, 3) unknown points."""
    return np.asarray(np.einsum("jp,npc->njc", JOINTS_OF_POINTS, points))


def points_from(joints: Array) -> Array:
    """(n, 15, 3) unknown points nearest to (n, 16, 3) joints."""
    centred = joints - joints[:, [LEFT_HIP, RIGHT_HIP]].mean(axis=1, keepdims=True)
    return np.delete(centred, RIGHT_HIP, axis=1)


def _used(line: Array) -> list[int]:
    return [int(point) for point in np.flatnonzero(line)]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Where each joint was measured to be.

    Attributes
    ----------
    xyz_m : (n, 16, 3) float64
        Finite everywhere; what is missing has no weight.
    weight : (n, 16, 3) float64
        One over the variance on each axis, per square metre.
    """

    xyz_m: Array
    weight: Array

    def cost(self, joints: Array) -> float:
        """Half the robust sum of squares."""
        return float(0.5 * ROBUST * np.log1p(self._distance(joints) / ROBUST).sum())

    def trust(self, joints: Array) -> Array:
        """(n, 16) what a robust loss leaves of the weight of each."""
        return np.asarray(1.0 / (1.0 + self._distance(joints) / ROBUST))

    def _distance(self, joints: Array) -> Array:
        return np.asarray((self.weight * (joints - self.xyz_m) ** 2).sum(axis=2))

    def linearise(self, joints: Array, matrix: BandedMatrix) -> Array:
        """Add to the curvature; (n, 15, 3) slope."""
        weight = self.weight * self.trust(joints)[:, :, None]
        of_points = np.einsum("jp,njc->npc", JOINTS_OF_POINTS**2, weight)
        for point in range(POINT_COUNT):
            matrix.add(0, point, point, of_points[:, point, :, None] * np.eye(3))
        return np.asarray(np.einsum("jp,njc->npc", JOINTS_OF_POINTS, weight * (joints - self.xyz_m)))


@dataclass(frozen=True, slots=True, eq=False)
class Smooth:
    """No point accelerates more than people do.

    Attributes
    ----------
    time_s : (n,) float64
    weight : (15,) float64
        Cost of a squared acceleration that lasts a second.
    """

    time_s: Array
    weight: Array

    def _stencil(self) -> tuple[Array, Array]:
        """(n - 2, 3) acceleration as a sum of three pictures, (n - 2,) seconds each stands for."""
        before, after = np.diff(self.time_s)[:-1], np.diff(self.time_s)[1:]
        stencil = 2.0 / np.stack([before * (before + after), -before * after, after * (before + after)], axis=1)
        return stencil, (before + after) / 2

    def _accelerations(self, points: Array) -> Array:
        stencil = self._stencil()[0]
        return stencil[:, 0, None, None] * points[:-2] + sum(
            stencil[:, k, None, None] * points[k : len(points) - 2 + k] for k in (1, 2)
        )

    def cost(self, points: Array) -> float:
        """Half the sum over time."""
        squares = (self._accelerations(points) ** 2).sum(axis=2) @ self.weight
        return float(0.5 * squares @ self._stencil()[1])

    def linearise(self, points: Array, matrix: BandedMatrix) -> Array:
        """Add to the curvature; (n, 15, 3) slope."""
        stencil, lasts_s = self._stencil()
        pull = self._accelerations(points) * self.weight[:, None] * lasts_s[:, None, None]
        slope, count = np.zeros_like(points), len(points)
        for first in range(3):
            slope[first : count - 2 + first] += stencil[:, first, None, None] * pull
            for second in range(first + 1):
                ties = np.zeros(count - (first - second))
                ties[second : second + count - 2] = stencil[:, first] * stencil[:, second] * lasts_s
                for point in range(POINT_COUNT):
                    matrix.add_alike(first - second, point, point, self.weight[point] * ties)
        return slope


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """Lines of the body that do not change while feet stand: between the feet, and from heel to toe.

    Attributes
    ----------
    lines : (k, 15) float64
        Each as a sum of the unknown points.
    weight : (k, n - 1) float64
        Cost of a squared metre from one picture to the next.
    """

    lines: Array
    weight: Array

    def _changes(self, points: Array) -> Array:
        return np.diff(np.einsum("kp,npc->knc", self.lines, points), axis=1)

    def cost(self, points: Array) -> float:
        """Half the sum of squares."""
        return float(0.5 * (self.weight[:, :, None] * self._changes(points) ** 2).sum())

    def linearise(self, points: Array, matrix: BandedMatrix) -> Array:
        """Add to the curvature; (n, 15, 3) slope."""
        pull = self.weight[:, :, None] * self._changes(points)
        slope = np.zeros_like(points)
        slope[1:] += np.einsum("kp,knc->npc", self.lines, pull)
        slope[:-1] -= np.einsum("kp,knc->npc", self.lines, pull)
        for line, weight in zip(self.lines, self.weight, strict=True):
            both = np.append(weight, 0.0) + np.append(0.0, weight)
            used = _used(line)
            for row in used:
                for column in used:
                    matrix.add_alike(0, row, column, line[row] * line[column] * both)
                    matrix.add_alike(1, row, column, -line[row] * line[column] * weight)
        return slope


@dataclass(frozen=True, slots=True, eq=False)
class ConstantBones:
    """Bones keep one length each, left and right the same.

    Attributes
    ----------
    lines : (k, 15) float64
        Each as a sum of the unknown points.
    bone : (k,) int64
        The shared length that each has.
    weight : (k,) float64
        One over the variance of its length, per square metre.
    shortens : (k,) float64
        The share by which it may be shorter at no cost.
    expected_m, expected_weight : (bones,) float64
        What is known of the shared lengths beforehand.
    """

    lines: Array
    bone: NDArray[np.int64]
    weight: Array
    shortens: Array
    expected_m: Array
    expected_weight: Array

    def _misfit(self, points: Array, lengths_m: Array) -> tuple[Array, Array, Array]:
        """(n, k) excess of length in metres, (n, k) its derivative by the shared length, (n, k, 3) lines."""
        lines = np.einsum("kp,npc->nkc", self.lines, points)
        long_m = np.linalg.norm(lines, axis=2)
        at_most = lengths_m[self.bone]
        at_least = (1.0 - self.shortens) * at_most
        excess = np.where(long_m > at_most, long_m - at_most, np.minimum(long_m - at_least, 0.0))
        by_length = -np.where(long_m > at_most, 1.0, np.where(long_m < at_least, 1.0 - self.shortens, 0.0))
        return excess, by_length, lines

    def cost(self, points: Array, lengths_m: Array) -> float:
        """Half the sum of squares."""
        excess = self._misfit(points, lengths_m)[0]
        unexpected = self.expected_weight @ (lengths_m - self.expected_m) ** 2
        return float(0.5 * ((excess**2).sum(axis=0) @ self.weight + unexpected))

    def linearise(self, points: Array, lengths_m: Array, matrix: BandedMatrix) -> tuple[Array, Array, Array, Array]:
        """Add to the curvature; slopes by points and lengths, (n, 15, 3, bones) border, (bones, bones) corner."""
        excess, by_length, lines = self._misfit(points, lengths_m)
        long_m = np.maximum(np.linalg.norm(lines, axis=2), 1e-6)
        along, pull = lines / long_m[:, :, None], self.weight * excess
        slope = np.einsum("kp,nk,nkc->npc", self.lines, pull, along)
        length_slope = self.expected_weight * (lengths_m - self.expected_m)
        border = np.zeros((*points.shape, len(lengths_m)))
        corner = self.expected_weight.copy()
        for k, (line, bone) in enumerate(zip(self.lines, self.bone, strict=True)):
            length_slope[bone] += (pull[:, k] * by_length[:, k]).sum()
            corner[bone] += self.weight[k] * (by_length[:, k] ** 2).sum()
            block = (
                (self.weight[k] * (by_length[:, k] != 0))[:, None, None] * along[:, k, :, None] * along[:, k, None, :]
            )
            # A stretched line resists being turned, too. A compressed one yields to it, which is left out: the matrix must
            # stay positive.
            turning = np.maximum(pull[:, k], 0.0) / long_m[:, k]
            block += turning[:, None, None] * (np.eye(3) - along[:, k, :, None] * along[:, k, None, :])
            used = _used(line)
            for row in used:
                border[:, row, :, bone] += line[row] * (self.weight[k] * by_length[:, k])[:, None] * along[:, k]
                for column in used:
                    matrix.add(0, row, column, line[row] * line[column] * block)
        return slope, length_slope, border, np.diag(corner)


@dataclass(frozen=True, slots=True, eq=False)
class OneWayKnees:
    """Knees do not bend backwards.

    Attributes
    ----------
    lines : (2, 15) float64
        From the middle between hip and ankle to the knee, as a sum of the unknown points.
    forward : (2, n, 3) float64
        Where the knee may go to, of length 1 where that is well known and shorter where it is not.
    least_m : (2,) float64
        How far behind its leg's line a knee may lie: negative.
    weight : float
        One over the variance beyond that.
    """

    lines: Array
    forward: Array
    least_m: Array
    weight: float

    def _behind(self, points: Array) -> Array:
        """(2, n) metres beyond what a knee can do: 0 or negative."""
        ahead = np.einsum("kp,npc,knc->kn", self.lines, points, self.forward)
        return np.asarray(np.minimum(ahead - self.least_m[:, None], 0.0))

    def cost(self, points: Array) -> float:
        """Half the sum of squares."""
        return float(0.5 * self.weight * (self._behind(points) ** 2).sum())

    def linearise(self, points: Array, matrix: BandedMatrix) -> Array:
        """Add to the curvature; (n, 15, 3) slope."""
        behind = self._behind(points)
        for line, forward, by in zip(self.lines, self.forward, behind, strict=True):
            block = (self.weight * (by < 0))[:, None, None] * forward[:, :, None] * forward[:, None, :]
            used = _used(line)
            for row in used:
                for column in used:
                    matrix.add(0, row, column, line[row] * line[column] * block)
        return np.asarray(np.einsum("kp,kn,knc->npc", self.lines, self.weight * behind, self.forward))


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """All terms of one recording: what `posecheck.skeleton.solver.minimise` makes smallest."""

    measured: Measured
    smooth: Smooth
    still: Still
    bones: ConstantBones
    knees: OneWayKnees

    def cost(self, points: Array, shared: Array) -> float:
        """The sum of all terms."""
        near = self.measured.cost(joints_from(points)) + self.smooth.cost(points) + self.still.cost(points)
        return near + self.bones.cost(points, shared) + self.knees.cost(points)

    def linearise(self, points: Array, shared: Array) -> Linearised:
        """Slope and curvature of the sum."""
        matrix = BandedMatrix(*points.shape[:2])
        slope, shared_slope, border, corner = self.bones.linearise(points, shared, matrix)
        slope += self.measured.linearise(joints_from(points), matrix)
        for term in (self.smooth, self.still, self.knees):
            slope += term.linearise(points, matrix)
        return Linearised(self.cost(points, shared), slope, shared_slope, matrix, border, corner)
