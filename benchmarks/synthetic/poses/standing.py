"""Standing: squats, steps, on one leg, and legs anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from benchmarks.synthetic.poses.arms import ArmPlan
from benchmarks.synthetic.poses.everyday import Everyday, Key
from benchmarks.synthetic.poses.motion import on_floor
from benchmarks.synthetic.poses.poser import Figure
from benchmarks.synthetic.poses.side_lunge import straight_leg_m
from benchmarks.synthetic.poses.vectors import DOWN, FORWARD, X, Y, Z, turn, vec
from benchmarks.synthetic.rig import SIDES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.synthetic.poses.everyday import Numbers
    from benchmarks.synthetic.rig import Pose

    Array = NDArray[np.float64]

STRAIGHT_KNEE_DEG = (1.0, 12.0)
"""Flexion of a knee that somebody calls straight (chosen by us)."""

LOWEST_HIP = 0.27
"""Lowest that hips go above the ankles, as a part of the leg's length: the deepest squat."""

TRUNK_MASS = 0.6
"""Head, arms and trunk as a part of body mass (rounded: Winter 2009 has 0.68, of which hands reach forwards)."""


def drawn(rng: np.random.Generator, **limits: tuple[float, float]) -> Numbers:
    """Numbers drawn evenly between limits."""
    return {name: np.asarray(rng.uniform(low, high)) for name, (low, high) in limits.items()}


def trunk(figure: Figure, numbers: Numbers) -> None:
    """Bend the spine; the eyes look half-way to where they looked before."""
    flexion = float(numbers["flexion"])
    inclination = float(numbers["pitch"]) + flexion
    neck = -0.4 * inclination + float(numbers.get("neck", np.zeros(())))
    figure.bend(flexion, float(numbers["lateral"]), float(numbers["twist"]), float(np.clip(neck, -45, 40)))


def pelvis_turn(numbers: Numbers) -> Array:
    """Rotation of the pelvis: turned about the vertical, tilted sideways, pitched forwards."""
    yaw = float(numbers.get("yaw", np.zeros(())))
    return turn(Z, yaw) @ turn(Y, float(numbers["roll"])) @ turn(X, float(numbers["pitch"]))


def stand_on(figure: Figure, side: str, ball_m: Array, yaw_deg: float, heel_up_deg: float, knee_out_deg: float) -> None:
    """A foot on the floor by its ball, turned out, its heel raised; the knee over the toes or further out."""
    sign, rig = SIDES[side], figure.rig
    heading = turn(Z, yaw_deg * sign)
    foot = heading @ turn(X, heel_up_deg)
    sole = rig.head(f"foot.{side}") - rig.head(f"toe2-1.{side}")
    ball = np.array([*ball_m[:2], rig.ball_height_m + ball_m[2]])
    pole = turn(Z, (yaw_deg + knee_out_deg) * sign) @ FORWARD
    # The toes stay flat under a raised heel.
    figure.leg_to(side, ball + foot @ sole, pole, foot, heading if heel_up_deg > 0 and ball_m[2] <= 0 else None)


class Squat(Everyday):
    """Both feet flat: standing, bending, squatting to any depth."""

    deepest_m: ClassVar[float] = 0.55
    rarely_deep: ClassVar[float] = 1.2

    def _settle(self, rng: np.random.Generator) -> None:
        self.width = rng.uniform(0.07, 0.34) * self.scale
        self.stagger = rng.normal(0, 0.04) * self.scale
        self.yaws = {side: rng.uniform(-5, 38) for side in SIDES}
        self.knees_out = {side: rng.uniform(-12, 18) for side in SIDES}
        self.heels_deg = float(rng.choice([0, 0, 0, 15]))

    def _draw(self, rng: np.random.Generator) -> Numbers:
        depth = rng.uniform(0, 1) ** self.rarely_deep * self.deepest_m
        lean = depth / 0.55 * rng.uniform(10, 42)
        numbers = drawn(
            rng,
            roll=(-4, 4),
            yaw=(-10, 10),
            flexion=(-8, 35),
            lateral=(-14, 14),
            twist=(-18, 18),
            aside=(-0.4, 0.4),
            balance=(-0.04, 0.04),
            straight=STRAIGHT_KNEE_DEG,
        )
        # Who sits deep between the knees cannot round the back as well.
        numbers["flexion"] = numbers["flexion"] * (1 - 0.8 * depth / 0.55)
        return {**numbers, "depth": np.asarray(depth), "pitch": np.asarray(lean + rng.uniform(-8, 8))}

    def _figure(self, numbers: Numbers) -> Figure:
        figure = Figure(self.rig, pelvis_turn(numbers), vec(0, 0, 1))
        trunk(figure, numbers)
        balls = self.balls()
        middle = (balls["L"] + balls["R"]) / 2 + vec(float(numbers["aside"]) * self.width, 0.1 * self.scale, 0)
        balance_over(figure, middle + vec(0, float(numbers["balance"]) * self.scale, 0))
        ankles = {side: ball + vec(0, 0.12 * self.scale, self.rig.ankle_height_m) for side, ball in balls.items()}
        lower_to_reach(figure, ankles, float(numbers["depth"]) * self.scale, float(numbers["straight"]))
        for side in SIDES:
            heel = self.heels_deg * float(numbers["depth"]) / self.deepest_m
            stand_on(figure, side, balls[side], self.yaws[side], heel, self.knees_out[side])
        return figure

    def balls(self) -> dict[str, Array]:
        """Where the balls of the feet stand."""
        return {
            side: vec(sign * self.width, sign * self.stagger - 0.12 * self.scale, 0) for side, sign in SIDES.items()
        }


class ArmRaiseSquat(Squat):
    """An overhead squat: the arms go up, then the hips go down."""

    changes_arms = False
    habits: ClassVar[dict[str, int]] = {"overhead": 3, "forward": 1}

    def _keys(self, rng: np.random.Generator) -> tuple[Key, ...]:
        up, down = super()._keys(rng)[:2]
        low, high = sorted([up, down], key=lambda key: float(key.numbers["depth"]))
        low.numbers["depth"] = np.asarray(rng.uniform(0, 0.03))
        high.numbers["depth"] = np.asarray(rng.uniform(0.15, self.deepest_m))
        hanging = tuple(ArmPlan("hang", plan.numbers) for plan in low.arms)
        return (Key(low.numbers, (hanging[0], hanging[1])), Key(low.numbers, high.arms), high)


class Stand(Squat):
    """Standing almost upright, with everything that trunk and arms do."""

    deepest_m: ClassVar[float] = 0.06
    rarely_deep: ClassVar[float] = 4.0

    def _draw(self, rng: np.random.Generator) -> Numbers:
        bend = rng.choice([0, 0, 1]) * rng.uniform(0, 70)
        return {
            **super()._draw(rng),
            **drawn(rng, pitch=(-8, 14), flexion=(-20, 25), lateral=(-25, 25), twist=(-40, 40)),
            "flexion": np.asarray(bend * 0.5 + rng.uniform(-15, 15)),
            "pitch": np.asarray(bend * 0.6 + rng.uniform(-8, 10)),
        }


class Step(Squat):
    """One foot before the other, its heel or the other's off the floor: steps, split squats, the moments of a walk."""

    deepest_m: ClassVar[float] = 0.40

    def _settle(self, rng: np.random.Generator) -> None:
        super()._settle(rng)
        self.width = rng.uniform(0.03, 0.16) * self.scale
        self.yaws = {side: rng.uniform(-4, 22) for side in SIDES}
        self.reach = rng.uniform(0.15, 0.95) * rng.choice([-1, 1]) * self.scale

    def _draw(self, rng: np.random.Generator) -> Numbers:
        numbers = super()._draw(rng)
        return {
            **numbers,
            **drawn(
                rng,
                forwards=(-0.3, 0.3),
                heel=(0, 55),
                pitch=(-5, 25),
                flexion=(-12, 25),
                yaw=(-14, 14),
                lift=(-0.12, 0.12),
            ),
        }

    def _figure(self, numbers: Numbers) -> Figure:
        figure = Figure(self.rig, pelvis_turn(numbers), vec(0, 0, 1))
        trunk(figure, numbers)
        balls = {
            side: vec(sign * self.width, sign * self.reach / 2 - 0.06 * self.scale, 0) for side, sign in SIDES.items()
        }
        rear = "L" if self.reach > 0 else "R"
        # Half the time a foot is off the floor: the one with less weight on it.
        balls[rear][2] = max(float(numbers["lift"]), 0.0) * self.scale
        figure.root_m[:2] = vec(0, float(numbers["forwards"]) * abs(self.reach) + 0.05 * self.scale, 0)[:2]
        heel = {side: float(numbers["heel"]) if side == rear else 0.0 for side in SIDES}
        sole = self.rig.head("foot.L") - self.rig.head("toe2-1.L")
        ankles = {side: balls[side] + turn(X, heel[side]) @ sole + vec(0, 0, self.rig.ball_height_m) for side in SIDES}
        depth = float(numbers["depth"]) * self.scale * min(1.0, abs(self.reach) / 0.5)
        lower_to_reach(figure, ankles, depth, float(numbers["straight"]))
        for side in SIDES:
            stand_on(figure, side, balls[side], self.yaws[side], heel[side], self.knees_out[side] / 3)
        return figure


class OneLeg(Everyday):
    """On one leg, the other anywhere: balance, reaching, leaning into the horizontal."""

    def _settle(self, rng: np.random.Generator) -> None:
        self.stands = str(rng.choice(["L", "R"]))
        self.free = "R" if self.stands == "L" else "L"
        self.yaw_deg = rng.uniform(-5, 20)
        self.leans = rng.choice([0, 0, 1]) * rng.uniform(20, 80)

    def _draw(self, rng: np.random.Generator) -> Numbers:
        lean = self.leans * rng.random()
        numbers = drawn(
            rng, roll=(-10, 10), yaw=(-10, 10), flexion=(-10, 20), lateral=(-15, 15), twist=(-15, 15), depth=(-0.08, 0.16),
            abduction=(-8, 38), knee=(3, 110), balance=(-0.03, 0.03), straight=STRAIGHT_KNEE_DEG,
        )  # fmt: skip
        # A leg that is off the floor goes back as the trunk goes forwards.
        hip = rng.uniform(-25, 95) if lean < 20 else rng.uniform(-20, 30)
        knee = numbers["knee"] * (0.4 if lean >= 20 else 1.0)
        return {**numbers, "pitch": np.asarray(lean * 0.9 + rng.uniform(-6, 8)), "hip": np.asarray(hip), "knee": knee}

    def _figure(self, numbers: Numbers) -> Figure:
        figure = Figure(self.rig, pelvis_turn(numbers), vec(0, 0, 1))
        trunk(figure, numbers)
        ball = vec(SIDES[self.stands] * 0.03 * self.scale, -0.12 * self.scale, 0)
        balance_over(figure, ball + vec(0, 0.1 + float(numbers["balance"]), 0) * self.scale)
        ankle = ball + vec(0, 0.12 * self.scale, self.rig.ankle_height_m)
        lower_to_reach(
            figure, {self.stands: ankle}, max(float(numbers["depth"]), 0.0) * self.scale, float(numbers["straight"])
        )
        stand_on(figure, self.stands, ball, self.yaw_deg, 0, 0)
        thigh = free_thigh(figure.pelvis, self.free, float(numbers["hip"]), float(numbers["abduction"]))
        lifted_leg(figure, self.free, thigh, float(numbers["knee"]), 0.07 * self.scale)
        return figure


class FreeLegs(Everyday):
    """Both legs anywhere that hips and knees go, the lowest foot on the floor: no balance, but every angle."""

    def _draw(self, rng: np.random.Generator) -> Numbers:
        numbers = drawn(
            rng, pitch=(-15, 55), roll=(-10, 10), yaw=(-10, 10), flexion=(-15, 45), lateral=(-20, 20), twist=(-30, 30)
        )
        for side in SIDES:
            numbers |= {
                f"{name}{side}": value
                for name, value in drawn(rng, hip=(-22, 115), out=(-15, 42), knee=(0, 135), ankle=(-15, 40)).items()
            }
        return numbers

    def _figure(self, numbers: Numbers) -> Figure:
        figure = Figure(self.rig, pelvis_turn(numbers), vec(0, 0, 1))
        trunk(figure, numbers)
        for side in SIDES:
            thigh = free_thigh(figure.pelvis, side, float(numbers[f"hip{side}"]), float(numbers[f"out{side}"]))
            figure.leg(side, thigh, figure.pelvis @ X, float(numbers[f"knee{side}"]))
            figure.foot_after_shank(side, float(numbers[f"ankle{side}"]), 5)
        return figure

    def _finished(self, pose: Pose) -> Pose:
        middle = pose.positions_m[0] * vec(1, 1, 0)
        return on_floor(self.rig, pose.moved(-middle))


def free_thigh(pelvis: Array, side: str, hip_deg: float, abduction_deg: float) -> Array:
    """Direction of a thigh against the pelvis: flexed forwards, then led outwards."""
    return np.asarray(pelvis @ turn(X, -hip_deg) @ turn(Y, -SIDES[side] * abduction_deg) @ DOWN)


def lifted_leg(figure: Figure, side: str, thigh: Array, knee_deg: float, lowest_m: float, step_deg: int = 6) -> None:
    """A leg in the air: its knee bends as much more as keeps ankle and ball off the floor, or less with a negative step."""
    ends = [figure.rig.index[f"{bone}.{side}"] for bone in ("foot", "toe2-1")]
    chain = figure.rig.ancestors(f"toe2-1.{side}")
    for step in range(17):
        figure.leg(side, thigh, figure.pelvis @ X, float(np.clip(knee_deg + step * step_deg, 2, 140)))
        figure.foot_after_shank(side, 15)
        pose = figure.rig.forward(figure.absolute, figure.local, figure.root_m, chain)
        if pose.positions_m[ends, 2].min() >= lowest_m:
            return


def balance_over(figure: Figure, middle_m: Array) -> None:
    """Move the root level until the middle of mass is about over a place on the floor."""
    hips, shoulders = (figure.hip("L") + figure.hip("R")) / 2, figure.shoulders()
    chest = hips * 0.4 + (shoulders["L"] + shoulders["R"]) * 0.3
    # The legs' mass lies half-way between the hips and where they stand.
    legs = 1 - TRUNK_MASS
    own = TRUNK_MASS * chest + legs / 2 * hips
    shift = (middle_m * (1 - legs / 2) - own) / (1 - legs / 2)
    figure.root_m[:2] += shift[:2]


def lower_to_reach(figure: Figure, ankles_m: dict[str, Array], depth_m: float, knee_deg: float) -> None:
    """Put the root as high as the legs reach with a knee of ``knee_deg``, and by ``depth_m`` lower."""
    rig, rises, lowest = figure.rig, [], []
    for side, ankle in ankles_m.items():
        hip, bones = figure.hip(side), (rig.lengths[f"thigh.{side}"], rig.lengths[f"shank.{side}"])
        leg, aside = straight_leg_m(*bones, knee_deg), hip[:2] - ankle[:2]
        rises.append(ankle[2] + np.sqrt(max(leg**2 - aside @ aside, 0.09 * leg**2)) - hip[2])
        lowest.append(ankle[2] + LOWEST_HIP * leg - hip[2])
    figure.root_m[2] += max(min(rises) - depth_m, max(lowest))
