"""Sitting on a seat, rising from it, and sitting on the floor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from benchmarks.synthetic.poses.arms import SITTING, draw_plans
from benchmarks.synthetic.poses.everyday import Everyday, Key, settled
from benchmarks.synthetic.poses.motion import CLOTH_M, Box
from benchmarks.synthetic.poses.poser import Figure
from benchmarks.synthetic.poses.standing import drawn, free_thigh, lifted_leg, pelvis_turn, stand_on, trunk
from benchmarks.synthetic.poses.vectors import Z, turn, vec
from benchmarks.synthetic.rig import SIDES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.synthetic.poses.everyday import Numbers

    Array = NDArray[np.float64]

SEATED = ("root", "pelvis", "upperleg01", "upperleg02")
"""Bones whose skin rests on a seat."""

SEAT_WIDTH_M = 0.45


class SitToStand(Everyday):
    """From a seat to standing and back, the feet where they are."""

    habits: ClassVar[dict[str, int]] = SITTING

    def _settle(self, rng: np.random.Generator) -> None:
        self.width = rng.uniform(0.07, 0.22) * self.scale
        self.yaws = {side: rng.uniform(-5, 30) for side in SIDES}
        self.knees_out = {side: rng.uniform(-8, 12) for side in SIDES}
        leg = self.rig.lengths["thigh.L"] + self.rig.lengths["shank.L"]
        self.seat_root = self._seat_root(leg * rng.uniform(0.44, 0.62), rng.uniform(0.24, 0.48) * self.scale)
        self.stand_root = vec(
            0, 0, self.rig.ankle_height_m + leg * 0.996 + self.rig.heads_m[0, 2] - self.rig.head("upperleg01.L")[2]
        )
        self._put_seat(rng)

    def _draw(self, rng: np.random.Generator) -> Numbers:
        numbers = drawn(
            rng, pitch=(-12, 12), flexion=(-5, 35), lateral=(-14, 14), twist=(-30, 30), roll=(-4, 4), yaw=(-6, 6)
        )
        return {**numbers, "up": np.zeros(())}

    def _keys(self, rng: np.random.Generator) -> tuple[Key, ...]:
        """Seated, leaning forwards, just off the seat, standing."""
        arms = [draw_plans(rng, self.habits) for _ in range(2)]
        sits, leans, rises, stands = (self._draw(rng) for _ in range(4))
        leans["pitch"], rises["pitch"] = np.asarray(rng.uniform(12, 32)), np.asarray(rng.uniform(15, 40))
        leans["flexion"] = rises["flexion"] = np.asarray(rng.uniform(5, 30))
        rises["up"], stands["up"] = np.asarray(rng.uniform(0.1, 0.4)), np.asarray(1.0)
        stands["pitch"], stands["flexion"] = np.asarray(rng.uniform(-6, 8)), np.asarray(rng.uniform(-8, 8))
        moving = arms[0] if rng.random() < 0.6 else arms[1]
        return Key(sits, arms[0]), Key(leans, moving), Key(rises, moving), Key(stands, arms[1])

    def _figure(self, numbers: Numbers) -> Figure:
        up = float(numbers["up"])
        # Hips first go forwards over the feet, then up.
        root = self.seat_root * (1 - up) + self.stand_root * up + vec(0, -0.10 * self.scale * up * (1 - up), 0)
        figure = Figure(self.rig, pelvis_turn(numbers), root)
        trunk(figure, numbers)
        self._feet(figure, numbers)
        return figure

    def _feet(self, figure: Figure, numbers: Numbers) -> None:
        """Both feet on the floor."""
        for side, sign in SIDES.items():
            stand_on(
                figure, side, vec(sign * self.width, -0.12 * self.scale, 0), self.yaws[side], 0, self.knees_out[side]
            )

    def _seat_root(self, hip_height_m: float, feet_before_m: float) -> Array:
        """Where the root is when seated; the legs have to reach the floor."""
        leg = 0.985 * (self.rig.lengths["thigh.L"] + self.rig.lengths["shank.L"])
        height = min(hip_height_m, self.rig.ankle_height_m + 0.9 * leg)
        return vec(0, feet_before_m, height + self.rig.heads_m[0, 2] - self.rig.head("upperleg01.L")[2])

    def _put_seat(self, rng: np.random.Generator) -> None:
        """A box under the thighs, as high as the skin that rests on it."""
        seated = self._figure({name: np.zeros(()) for name in ("pitch", "roll", "flexion", "lateral", "twist", "up")})
        points = self.rig.contact_m(seated.pose())[self.rig.contact_of(*SEATED)]
        hip = float(seated.hip("L")[1])
        # Behind the calves, and so far back that a bottom fits on it.
        front = hip - min(0.22 * self.scale, float(self.seat_root[1]) - 0.08 * self.scale)
        near = points[(points[:, 1] > front) & (points[:, 1] < hip + 0.3)]
        top = max(float(near[:, 2].min()) - CLOTH_M, 0.08)
        depth = float(rng.uniform(0.30, 0.45)) + hip - front
        self.props = (
            Box(vec(0, front + depth / 2, top / 2), vec(SEAT_WIDTH_M * float(rng.uniform(0.8, 1.4)), depth, top)),
        )


class Seated(SitToStand):
    """Staying on a seat: trunk and arms move, a leg is stretched out or lifted."""

    def _settle(self, rng: np.random.Generator) -> None:
        self.free = str(rng.choice(["L", "R", ""]))
        super()._settle(rng)

    def _draw(self, rng: np.random.Generator) -> Numbers:
        numbers = super()._draw(rng)
        bend = rng.choice([0, 1]) * rng.uniform(0, 45)
        numbers |= drawn(rng, hip=(55, 115), knee=(0, 100), out=(-8, 30))
        return {
            **numbers,
            "pitch": np.asarray(bend * 0.5 + rng.uniform(-18, 8)),
            "flexion": np.asarray(bend * 0.6 + rng.uniform(-5, 30)),
        }

    def _keys(self, rng: np.random.Generator) -> tuple[Key, ...]:
        return Everyday._keys(self, rng)

    def _feet(self, figure: Figure, numbers: Numbers) -> None:
        super()._feet(figure, numbers)
        if self.free and "hip" in numbers:
            # Never lower than the thigh lies on the seat.
            hip = max(float(numbers["hip"]), 84.0 + float(numbers["pitch"]))
            thigh = free_thigh(figure.pelvis, self.free, hip, float(numbers["out"]))
            lifted_leg(figure, self.free, thigh, min(float(numbers["knee"]), 80.0), 0.05 * self.scale, -6)


class FloorSitting(Everyday):
    """On the floor: legs straight, knees up, cross-legged, or one of each; hands anywhere or behind."""

    habits: ClassVar[dict[str, int]] = {**SITTING, "floor": 4}

    def _settle(self, rng: np.random.Generator) -> None:
        self.ways = {side: str(rng.choice(["straight", "knee up", "crossed"])) for side in SIDES}
        if rng.random() < 0.6:
            self.ways["R"] = self.ways["L"]
        self.leans_back = rng.random() < 0.3

    def _draw(self, rng: np.random.Generator) -> Numbers:
        numbers = drawn(rng, roll=(-3, 3), flexion=(5, 45), lateral=(-14, 14), twist=(-25, 25))
        upright = (-22, 15) if "knee up" not in self.ways.values() else (-28, -6)
        numbers["pitch"] = np.asarray(rng.uniform(-38, -18) if self.leans_back else rng.uniform(*upright))
        for side in SIDES:
            numbers |= {
                f"{name}{side}": value
                for name, value in drawn(rng, feet=(0.42, 0.72), out=(0.06, 0.24), toes=(-10, 30)).items()
            }
            numbers[f"spread{side}"] = np.asarray(rng.uniform(0, 35))
        return numbers

    def _figure(self, numbers: Numbers) -> Figure:
        return settled(self.rig, lambda root: self._built(numbers, root), vec(0, 0, 0.1), "root", "pelvis")

    def _built(self, numbers: Numbers, root: Array) -> Figure:
        figure = Figure(self.rig, pelvis_turn(numbers), root + vec(0, 0.25 * self.scale, 0))
        trunk(figure, numbers)
        for side in SIDES:
            self._leg(figure, side, numbers)
        return figure

    def _leg(self, figure: Figure, side: str, numbers: Numbers) -> None:
        sign, hip, way = SIDES[side], figure.hip(side), self.ways[side]
        leg = self.rig.lengths[f"thigh.{side}"] + self.rig.lengths[f"shank.{side}"]
        if way == "straight":
            heading = turn(Z, sign * float(numbers[f"spread{side}"]))
            away = heading @ vec(0, -1, 0) * leg * (0.90 + 0.095 * float(numbers[f"feet{side}"]) / 0.72)
            # The heel rests on the floor behind its own radius.
            ankle = np.array([*(hip + away)[:2], 0.055 * self.scale])
            figure.leg_to(side, ankle, vec(0, 0, 1))
            figure.foot_after_shank(side, float(numbers[f"toes{side}"]), 10)
            return
        if way == "knee up":
            target = (
                hip
                + vec(sign * (float(numbers[f"out{side}"]) - 0.06), -float(numbers[f"feet{side}"]) - 0.05, 0)
                * self.scale
            )
            stand_ankle = np.array([*target[:2], self.rig.ankle_height_m])
            figure.leg_to(side, stand_ankle, vec(0.25 * sign, -0.1, 1), turn(Z, sign * 10))
            return
        # Cross-legged: the ankle before the other hip's thigh, the knee out and low.
        before = vec(-sign * 0.06, -0.22 - (0.09 if side == "L" else 0.0), 0) * self.scale
        ankle = np.array([*(vec(0, hip[1], 0) + before)[:2], 0.07 * self.scale])
        figure.leg_to(side, ankle, vec(sign, -0.4, 0.28))
        figure.foot_after_shank(side, 25)
