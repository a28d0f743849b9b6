"""Lying on the back, the belly or a side, with the legs anywhere, and the bridge."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from benchmarks.synthetic.poses.arms import LYING
from benchmarks.synthetic.poses.everyday import Everyday, settled
from benchmarks.synthetic.poses.motion import CLOTH_M, lowest_m
from benchmarks.synthetic.poses.poser import Figure
from benchmarks.synthetic.poses.standing import drawn, free_thigh
from benchmarks.synthetic.poses.supine import BUTTOCKS, TOES_DEG, UPPER_BACK, lie_flat
from benchmarks.synthetic.poses.vectors import X, Y, Z, turn, vec
from benchmarks.synthetic.rig import SIDES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.synthetic.poses.everyday import Numbers
    from benchmarks.synthetic.rig import Pose

    Array = NDArray[np.float64]

LONGEST = 0.985
"""Longest a leg may become, as a part of its length."""

MOST_LIFTED_M = 0.05


class Lying(Everyday):
    """What all lying has in common: the person's middle at the origin."""

    lying = True
    habits: ClassVar[dict[str, int]] = LYING
    lowest_wrist_m: ClassVar[float] = 0.045

    def _finished(self, pose: Pose) -> Pose:
        """The middle of the body at the origin; an arm under it lifts it a little."""
        joints = self.rig.joint_centres(pose)
        middle = (joints.min(axis=0) + joints.max(axis=0)) / 2 * vec(1, 1, 0)
        needed = CLOTH_M / 2 - lowest_m(self.rig, pose)
        return pose.moved(vec(0, 0, float(np.clip(needed, 0, MOST_LIFTED_M))) - middle)


class Supine(Lying):
    """On the back: legs flat, drawn up with the foot on the floor, or in the air."""

    def _settle(self, rng: np.random.Generator) -> None:
        self.flat = lie_flat(self.rig)
        self.ways = {side: str(rng.choice(["flat", "foot", "air", "air"])) for side in SIDES}
        if rng.random() < 0.4:
            self.ways["R"] = self.ways["L"]

    def _draw(self, rng: np.random.Generator) -> Numbers:
        numbers = drawn(rng, pitch=(-3, 14), roll=(-4, 4), twist=(-10, 10), lateral=(-8, 8), neck=(0, 12))
        for side in SIDES:
            own = drawn(
                rng, hip=(15, 118), knee=(0, 125), out=(-12, 35), feet=(0.3, 0.75), toes=(-15, 40), spread=(0, 22)
            )
            numbers |= {f"{name}{side}": value for name, value in own.items()}
        return numbers

    def _figure(self, numbers: Numbers) -> Figure:
        return settled(self.rig, lambda root: self._built(numbers, root), vec(0, 0, 0.12), *BUTTOCKS, *UPPER_BACK)

    def _built(self, numbers: Numbers, root: Array) -> Figure:
        tilt = float(numbers["pitch"])
        pelvis = self.flat.turned @ turn(Z, float(numbers["roll"])) @ turn(X, -tilt)
        figure = Figure(self.rig, pelvis, root)
        neck = self.flat.neck_deg + float(numbers["neck"])
        figure.bend(0.9 * tilt, float(numbers["lateral"]), float(numbers["twist"]), neck)
        for side in SIDES:
            self.leg(figure, side, numbers)
        return figure

    def leg(self, figure: Figure, side: str, numbers: Numbers) -> None:
        """One leg in its way."""
        own = {name: float(numbers[f"{name}{side}"]) for name in ("hip", "knee", "out", "feet", "toes", "spread")}
        sign, scale, hip = SIDES[side], self.scale, figure.hip(side)
        leg = self.rig.lengths[f"thigh.{side}"] + self.rig.lengths[f"shank.{side}"]
        if self.ways[side] == "air":
            knee = max(own["knee"], 0.0)
            # A bent knee under a low thigh would put the foot through the floor.
            figure.leg(
                side,
                free_thigh(figure.pelvis, side, own["hip"], own["out"]),
                figure.pelvis @ X,
                min(knee, 1.6 * own["hip"]),
            )
            figure.foot_after_shank(side, own["toes"])
        elif self.ways[side] == "foot":
            ankle = np.array(
                [hip[0] + sign * (own["out"] * 0.004) * scale, hip[1] - own["feet"] * scale, self.rig.ankle_height_m]
            )
            figure.leg_to(side, ankle, vec(sign * (own["out"] * 0.015), -0.2, 1), turn(Z, sign * 6))
        else:
            away = turn(Z, sign * own["spread"]) @ vec(0, -1, 0) * leg * LONGEST
            figure.leg_to(side, np.array([*(hip + away)[:2], 0.055 * scale]), vec(0.15 * sign, 0, 1))
            figure.foot_after_shank(side, TOES_DEG + 0.4 * own["toes"], 15)


class Bridge(Supine):
    """Feet and shoulders on the floor, the hips up; now and then one leg in the air."""

    habits: ClassVar[dict[str, int]] = {"beside": 3, "folded": 1}

    def _settle(self, rng: np.random.Generator) -> None:
        super()._settle(rng)
        self.ways = dict.fromkeys(SIDES, "foot")
        if rng.random() < 0.3:
            self.ways[str(rng.choice(["L", "R"]))] = "air"

    def _draw(self, rng: np.random.Generator) -> Numbers:
        numbers = super()._draw(rng)
        numbers |= drawn(rng, rise=(0, 38), roll=(-2, 2), twist=(-3, 3), lateral=(-3, 3))
        for side in SIDES:
            numbers |= {
                f"feet{side}": np.asarray(rng.uniform(0.35, 0.5)),
                f"hip{side}": np.asarray(rng.uniform(-5, 60)),
            }
        return numbers

    def _figure(self, numbers: Numbers) -> Figure:
        return settled(self.rig, lambda root: self._built(numbers, root), vec(0, 0, 0.12), *UPPER_BACK)

    def _built(self, numbers: Numbers, root: Array) -> Figure:
        # The trunk rises about the shoulders; the neck bends as much, so that the head stays down.
        rise = float(numbers["rise"])
        figure = Figure(self.rig, self.flat.turned @ turn(X, -rise), root)
        figure.bend(0.1 * rise, neck_deg=self.flat.neck_deg + 0.8 * rise)
        for side in SIDES:
            self.leg(figure, side, numbers)
        return figure


class Prone(Lying):
    """On the belly: knees bent or straight, the chest up on the arms or down, the face to a side."""

    habits: ClassVar[dict[str, int]] = {"beside": 2, "overhead": 2, "free": 1}

    lowest_wrist_m: ClassVar[float] = 0.08

    def _settle(self, rng: np.random.Generator) -> None:
        self.face_deg = rng.choice([-70, 70]) * rng.uniform(0.6, 1)

    def _draw(self, rng: np.random.Generator) -> Numbers:
        numbers = drawn(rng, arch=(-4, 26), roll=(-4, 4), lateral=(-10, 10), twist=(-5, 5))
        for side in SIDES:
            own = drawn(rng, hip=(-12, 3), knee=(2, 115), out=(-2, 25), toes=(25, 60))
            numbers |= {f"{name}{side}": value for name, value in own.items()}
        return numbers

    def _figure(self, numbers: Numbers) -> Figure:
        return settled(
            self.rig, lambda root: self._built(numbers, root), vec(0, 0, 0.12), *BUTTOCKS, "upperleg", "lowerleg"
        )

    def _built(self, numbers: Numbers, root: Array) -> Figure:
        figure = Figure(self.rig, turn(Y, float(numbers["roll"])) @ turn(X, 88), root)
        figure.bend(
            -float(numbers["arch"]), float(numbers["lateral"]), float(numbers["twist"]), -float(numbers["arch"]) * 0.5
        )
        for bone, part in (("neck01", 0.3), ("neck02", 0.3), ("head", 0.4)):
            figure.local[bone] = turn(Z, self.face_deg * part) @ turn(X, -0.2 * float(numbers["arch"]))
        for side in SIDES:
            own = {name: float(numbers[f"{name}{side}"]) for name in ("hip", "knee", "out", "toes")}
            thigh = free_thigh(figure.pelvis, side, own["hip"], own["out"])
            figure.leg(side, thigh, figure.pelvis @ X, own["knee"])
            figure.foot_after_shank(side, own["toes"])
        return figure


class SideLying(Lying):
    """On a side: hips and knees bent or straight, the upper leg lifted or not."""

    habits: ClassVar[dict[str, int]] = {"forward": 3, "beside": 1, "folded": 2, "overhead": 1}

    def _settle(self, rng: np.random.Generator) -> None:
        self.down = str(rng.choice(["L", "R"]))
        self.top = "R" if self.down == "L" else "L"
        self.flat = lie_flat(self.rig)

    def _draw(self, rng: np.random.Generator) -> Numbers:
        numbers = drawn(
            rng, pitch=(-10, 10), roll=(-14, 14), flexion=(-5, 35), lateral=(-6, 6), twist=(-15, 15), lift=(0, 35)
        )
        numbers |= drawn(rng, hip=(-5, 85), knee=(5, 100), tophip=(-15, 85), topknee=(5, 100))
        return numbers

    def _figure(self, numbers: Numbers) -> Figure:
        return settled(
            self.rig,
            lambda root: self._built(numbers, root),
            vec(0, 0, 0.3),
            *BUTTOCKS,
            "spine",
            "upperleg",
            "lowerleg",
        )

    def _built(self, numbers: Numbers, root: Array) -> Figure:
        # From the back over to the side; the shoulders are wider than the hips, so the head's end is a little higher.
        over = turn(Y, (90 + float(numbers["roll"])) * SIDES[self.down])
        figure = Figure(self.rig, over @ self.flat.turned @ turn(X, float(numbers["pitch"])), root)
        figure.bend(
            float(numbers["flexion"]),
            float(numbers["lateral"]),
            float(numbers["twist"]),
            float(numbers["flexion"]) * 0.3,
        )
        lower = free_thigh(figure.pelvis, self.down, float(numbers["hip"]), -4)
        upper = free_thigh(figure.pelvis, self.top, float(numbers["tophip"]), -4 + float(numbers["lift"]))
        figure.leg(self.down, lower, figure.pelvis @ X, float(numbers["knee"]))
        figure.leg(self.top, upper, figure.pelvis @ X, float(numbers["topknee"]))
        for side in SIDES:
            figure.foot_after_shank(side, 25)
        return figure
