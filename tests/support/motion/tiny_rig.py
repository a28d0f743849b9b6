"""A made-up body of boxes with the bones of the rendered ones: symmetric, and small enough to be written down."""

from __future__ import annotations

import numpy as np

from benchmarks.synthetic.rig import Rig

# Bone, its parent, and where it begins: out from the midline, back, up; metres of a person of 1.72.
_MIDDLE = [
    ("root", "", (0.0, 0.0, 0.96)),
    ("spine05", "root", (0.0, 0.0, 0.96)),
    ("spine04", "spine05", (0.0, 0.03, 1.05)),
    ("spine03", "spine04", (0.0, 0.02, 1.13)),
    ("spine02", "spine03", (0.0, 0.03, 1.20)),
    ("spine01", "spine02", (0.0, 0.04, 1.32)),
    ("neck01", "spine01", (0.0, 0.0, 1.50)),
    ("neck02", "neck01", (0.0, 0.0, 1.53)),
    ("neck03", "neck02", (0.0, -0.01, 1.56)),
    ("head", "neck03", (0.0, -0.02, 1.58)),
]
_SIDED = [
    ("pelvis", "root", (0.0, 0.0, 0.96)),
    ("upperleg01", "pelvis", (0.11, 0.0, 0.93)),
    ("upperleg02", "upperleg01", (0.11, -0.01, 0.85)),
    ("lowerleg01", "upperleg02", (0.13, -0.02, 0.51)),
    ("lowerleg02", "lowerleg01", (0.14, 0.0, 0.30)),
    ("foot", "lowerleg02", (0.15, 0.02, 0.08)),
    *((f"toe{number}-1", "foot", (0.12 + 0.015 * number, -0.12, 0.03)) for number in range(1, 6)),
    ("clavicle", "spine01", (0.02, -0.02, 1.44)),
    ("shoulder01", "clavicle", (0.11, -0.02, 1.46)),
    ("upperarm01", "shoulder01", (0.18, 0.0, 1.42)),
    ("upperarm02", "upperarm01", (0.23, 0.0, 1.36)),
    ("lowerarm01", "upperarm02", (0.34, 0.0, 1.22)),
    ("lowerarm02", "lowerarm01", (0.39, -0.06, 1.15)),
    ("wrist", "lowerarm02", (0.45, -0.13, 1.08)),
]
_ENDS = {
    "head": (0.0, -0.05, 1.72),
    "wrist": (0.52, -0.2, 1.0),
    "toe": (0.17, -0.19, 0.02),
    "spine01": (0.0, 0.02, 1.48),
}
_HALF_WIDTH = {"root": 0.11, "pelvis": 0.1, "spine": 0.1, "head": 0.08, "foot": 0.03, "toe": 0.008}


def tiny_shape(stature_m: float = 1.72) -> dict[str, np.ndarray]:
    """The arrays of a body, as they are stored; begun 20 cm above the floor, as real ones do not stand on it either."""
    bones = [(name, parent, start) for name, parent, start in _MIDDLE[:1]] + _both_sides("pelvis", "toe") + _MIDDLE[1:]
    bones += _both_sides("clavicle", "wrist")
    labels = [name for name, _, _ in bones]
    heads = np.array([start for _, _, start in bones])
    parents = np.array([labels.index(parent) if parent else -1 for _, parent, _ in bones])
    corners = [_box(bone, labels, heads, parents) for bone in range(len(labels))]
    rest = np.concatenate([*corners, _soles()])
    owners = np.concatenate(
        [np.repeat(np.arange(len(labels)), 8), [labels.index("foot.L")] * 4 + [labels.index("foot.R")] * 4]
    )
    rows = np.arange(len(rest))
    scale, lift = stature_m / 1.72, np.array([0, 0, 0.2])
    return {
        "rest": rest * scale + lift,
        "heads": heads * scale + lift,
        "labels": np.array(labels),
        "parents": parents,
        "W": np.ones((len(rest), 1)),
        "I": owners[:, None],
        "stature": np.array(stature_m),
        "F_body": np.stack([rows, np.roll(rows, 1), np.roll(rows, 2)], axis=1),
    }


def tiny_rig(stature_m: float = 1.72) -> Rig:
    return Rig(tiny_shape(stature_m))


def _both_sides(first: str, last: str) -> list[tuple[str, str, tuple[float, float, float]]]:
    names = [name for name, _, _ in _SIDED]
    start, end = names.index(first), max(place for place, name in enumerate(names) if name.startswith(last))
    middle = {name for name, _, _ in _MIDDLE}
    return [
        (f"{name}.{side}", parent if parent in middle else f"{parent}.{side}", (sign * out, back, up))
        for side, sign in (("L", 1), ("R", -1))
        for name, parent, (out, back, up) in _SIDED[start : end + 1]
    ]


def _box(bone: int, labels: list[str], heads: np.ndarray, parents: np.ndarray) -> np.ndarray:
    """Eight corners about a bone; about the hips at their height."""
    name = labels[bone]
    if name == "root":
        return np.array([(x, y, z) for x in (-0.11, 0.11) for y in (-0.11, 0.12) for z in (0.93, 1.04)])
    children = heads[parents == bone]
    own = next((end for start, end in _ENDS.items() if name.startswith(start)), None)
    end = children.mean(axis=0) if own is None else np.array(own) * (-1 if name.endswith(".R") else 1, 1, 1)
    half = next((width for start, width in _HALF_WIDTH.items() if name.startswith(start)), 0.045)
    return np.array(
        [place + np.array((x, y, 0)) for place in (heads[bone], end) for x in (-half, half) for y in (-half, half)],
        dtype=float,
    )


def _soles() -> np.ndarray:
    """Heel and ball on the floor."""
    return np.array([(sign * x, y, 0.0) for sign in (1, -1) for x in (0.12, 0.18) for y in (-0.12, 0.07)])
