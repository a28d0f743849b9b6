"""Recorded motion (asf skeletons, amc frames) on a rendered body: directions of bones are copied, not joint angles.

The CMU Graphics Lab Motion Capture Database is in this form. Its skeleton has y up and faces along z; each bone has a
direction at rest, axes of its own and angles about them in every frame (120 a second).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from benchmarks.synthetic.poses.motion import on_floor
from benchmarks.synthetic.poses.poser import Figure
from benchmarks.synthetic.poses.vectors import X, Z, cross, frame_turn, turn, unit
from posecheck.errors import PosecheckError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.synthetic.rig import Pose, Rig

    Array = NDArray[np.float64]

FRAMES_HZ = 120.0

TO_WORLD: Array = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])
"""From y up and z ahead to z up and -y ahead; x stays towards the left."""

TREADMILL_M = 2.0
"""Who would walk further than this stays in the middle, as on a treadmill (chosen by us: the camera stands still)."""

SPINE = {
    "spine05": "lowerback",
    "spine04": "lowerback",
    "spine03": "upperback",
    "spine02": "upperback",
    "spine01": "thorax",
}
NECK = {"neck01": "lowerneck", "neck02": "upperneck", "neck03": "upperneck", "head": "head"}


@dataclass(frozen=True, slots=True, eq=False)
class Bone:
    """A bone of an asf skeleton.

    Attributes
    ----------
    parent : str
        "root" or a bone.
    direction : (3,) float64
        At rest.
    length : float
        In the file's unit.
    axes : (3, 3) float64
        Its own axes at rest.
    turns : tuple of str
        Which angles a frame has, such as ("rx", "ry", "rz").
    """

    parent: str
    direction: Array
    length: float
    axes: Array
    turns: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One amc file: the rotation of every bone in the world of the file.

    Attributes
    ----------
    bones : dict of str to Bone
    rotations : dict of str to (frames, 3, 3) float64
        From rest; "root" too.
    root : (frames, 3) float64
        Position in the file's unit.
    flat_foot_deg : float
        How far up the feet's bones point when the feet are flat on the floor.
    """

    bones: dict[str, Bone]
    rotations: dict[str, Array]
    root: Array
    flat_foot_deg: float

    def __len__(self) -> int:
        return len(self.root)

    def direction(self, bone: str, frame: int) -> Array:
        """Where a bone points in the axes of the rig."""
        return np.asarray(TO_WORLD @ self.rotations[bone][frame] @ self.bones[bone].direction)

    def hinge(self, bone: str, frame: int) -> Array:
        """The bone's own x, about which knees bend, in the axes of the rig."""
        return np.asarray(TO_WORLD @ self.rotations[bone][frame] @ self.bones[bone].axes[:, 0])

    def rotation(self, bone: str, frame: int) -> Array:
        """A bone's rotation from rest in the axes of the rig."""
        return np.asarray(TO_WORLD @ self.rotations[bone][frame] @ TO_WORLD.T)


def recorded_poses(folder: Path, rig: Rig, rng: np.random.Generator, count: int, rate_hz: float) -> list[Pose]:
    """Some seconds of a random trial, at about its own pace, the person facing anywhere.

    Raises
    ------
    PosecheckError
        The folder holds no amc file.
    """
    paths = sorted(folder.glob("*.amc"))
    if not paths:
        raise PosecheckError(f"{folder}: no amc file here; recorded motion is read from such files.")
    trial = read_trial(paths[int(rng.integers(len(paths)))])
    frames = _frames(len(trial), count, FRAMES_HZ / rate_hz * rng.uniform(0.8, 1.2), rng)
    heading = turn(Z, float(rng.uniform(-180, 180)))
    poses = [retargeted(trial, int(frame), rig).turned(heading) for frame in frames]
    return _about_the_origin(poses)


def retargeted(trial: Trial, frame: int, rig: Rig) -> Pose:
    """One frame on a body: its bones point where the recorded ones did, the lowest point is on the floor."""
    leg = trial.bones["lfemur"].length + trial.bones["ltibia"].length
    scale = (rig.lengths["thigh.L"] + rig.lengths["shank.L"]) / leg
    figure = Figure(rig, trial.rotation("root", frame), TO_WORLD @ trial.root[frame] * scale)
    for bone, recorded in (SPINE | NECK).items():
        figure.absolute[bone] = trial.rotation(recorded, frame)
    for side, letter in (("L", "l"), ("R", "r")):
        _leg(figure, trial, frame, side, letter)
        figure.arm(side, trial.direction(f"{letter}humerus", frame), trial.direction(f"{letter}radius", frame))
    return on_floor(rig, figure.pose())


def _leg(figure: Figure, trial: Trial, frame: int, side: str, letter: str) -> None:
    thigh, shank = (trial.direction(f"{letter}{bone}", frame) for bone in ("femur", "tibia"))
    hinge = trial.hinge(f"{letter}femur", frame)
    bend = cross(thigh, shank)
    knee_deg = float(np.degrees(np.arctan2(np.sqrt(bend @ bend), thigh @ shank)))
    # A bent knee shows its own axis; a straight one does not, and the thigh's own is taken.
    if knee_deg > 15 and bend @ hinge > 0:
        hinge = unit(bend)
    figure.leg(side, thigh, hinge, knee_deg if bend @ hinge > 0 else 0.0, _foot(figure.rig, trial, frame, side, letter))


def _foot(rig: Rig, trial: Trial, frame: int, side: str, letter: str) -> Array:
    """Rotation of the foot: it points where the recorded one did, and is flat when that was."""
    bone = f"{letter}foot"
    rest = rig.head(f"toe2-1.{side}") - rig.head(f"foot.{side}")
    hinge = trial.hinge(bone, frame)
    # The recorded foot's bone ends elsewhere than ours, and lies at another angle in a flat foot.
    own_deg = float(np.degrees(np.arcsin(unit(rest)[2])))
    direction = turn(unit(hinge), trial.flat_foot_deg - own_deg) @ trial.direction(bone, frame)
    return frame_turn(rest, X, direction, hinge)


def _frames(length: int, count: int, step: float, rng: np.random.Generator) -> Array:
    """Frames at even steps from a random one; a trial that is too short is played back from its end."""
    places = rng.uniform(0, max(length - 1 - step * (count - 1), 1)) + step * np.arange(count)
    folded = np.abs((places + length - 1) % (2 * (length - 1)) - (length - 1))
    return np.round(length - 1 - folded).astype(int)


def _about_the_origin(poses: list[Pose]) -> list[Pose]:
    roots = np.array([pose.positions_m[0] for pose in poses]) * (1, 1, 0)
    if np.ptp(roots, axis=0).max() > TREADMILL_M:
        return [pose.moved(-root) for pose, root in zip(poses, roots, strict=True)]
    middle = (roots.min(axis=0) + roots.max(axis=0)) / 2
    return [pose.moved(-middle) for pose in poses]


@lru_cache(maxsize=32)
def read_trial(path: Path) -> Trial:
    """An amc file with its skeleton: ``02_01.amc`` with ``02.asf`` beside it."""
    bones = read_skeleton(path.with_name(f"{path.stem.rsplit('_', 1)[0]}.asf"))
    values = _read_frames(path)
    root = values["root"]
    rotations = {"root": Rotation.from_euler("xyz", root[:, 3:6], degrees=True).as_matrix()}
    for name, bone in bones.items():
        local = bone.axes @ _own_turn(bone, values.get(name), len(root)) @ bone.axes.T
        rotations[name] = rotations[bone.parent] @ local
    return Trial(
        bones,
        rotations,
        root[:, :3],
        max(_still_pitch_deg(bones[foot], rotations[foot]) for foot in ("lfoot", "rfoot")),
    )


def _still_pitch_deg(foot: Bone, rotations: Array) -> float:
    """Pitch of a foot while it hardly turns, in the stillest tenth of the frames: then it stands flat.

    A foot that never does hangs, and points further down: of the two feet the higher is to be taken.
    """
    pitch_deg = np.degrees(np.arcsin(np.clip((rotations @ foot.direction)[:, 1], -1, 1)))
    if len(pitch_deg) < 3:
        return float(np.median(pitch_deg))
    turned = np.linalg.norm(rotations[2:] - rotations[:-2], axis=(1, 2))
    return float(np.median(pitch_deg[1:-1][turned <= np.quantile(turned, 0.1)]))


def read_skeleton(path: Path) -> dict[str, Bone]:
    """Bones of an asf file, parents before children."""
    sections = {part.split(None, 1)[0]: part for part in path.read_text(encoding="latin-1").split("\n:")[1:]}
    blocks = [block.split("end")[0] for block in sections["bonedata"].split("begin")[1:]]
    parents = _parents(sections["hierarchy"])
    found = dict(_bone(block, parents) for block in blocks)
    return {name: found[name] for name in parents if name in found}


def _bone(block: str, parents: dict[str, str]) -> tuple[str, Bone]:
    words = {line.split()[0]: line.split()[1:] for line in block.splitlines() if line.strip()}
    name = words["name"][0]
    axes = Rotation.from_euler("xyz", [float(word) for word in words["axis"][:3]], degrees=True).as_matrix()
    direction = unit(np.array([float(word) for word in words["direction"]]))
    return name, Bone(parents[name], direction, float(words["length"][0]), axes, tuple(words.get("dof", ())))


def _parents(hierarchy: str) -> dict[str, str]:
    """Parent of each bone, in the order of the file."""
    lines = [line.split() for line in hierarchy.splitlines()[1:]]
    return {child: line[0] for line in lines if line and line[0] not in ("begin", "end") for child in line[1:]}


def _own_turn(bone: Bone, values: Array | None, count: int) -> Array:
    """Rotation of a bone about its own axes in each frame; one without angles keeps still."""
    angles = np.zeros((count, 3))
    for place, turned in enumerate(bone.turns):
        if values is not None and turned in ("rx", "ry", "rz"):
            angles[:, "xyz".index(turned[1])] = values[:, place]
    return np.asarray(Rotation.from_euler("xyz", angles, degrees=True).as_matrix())


def _read_frames(path: Path) -> dict[str, Array]:
    """Numbers of each bone, (frames, angles)."""
    found: dict[str, list[list[float]]] = {}
    for line in path.read_text(encoding="latin-1").splitlines():
        words = line.split()
        # A line of one number is the frame's; lines that begin with # or : are the file's head.
        if len(words) > 1 and words[0][0] not in "#:":
            found.setdefault(words[0], []).append([float(word) for word in words[1:]])
    return {name: np.array(rows) for name, rows in found.items()}
