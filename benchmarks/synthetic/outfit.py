"""Skin, hair and clothes of a rendered person: one mesh with colours, that follows the bones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from benchmarks.synthetic.shapes import SKIN_VERTICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.synthetic.rig import Pose, Rig

SKINS = (
    (0.66, 0.44, 0.34),
    (0.5, 0.31, 0.21),
    (0.4, 0.24, 0.15),
    (0.24, 0.13, 0.08),
    (0.12, 0.065, 0.042),
    (0.75, 0.55, 0.46),
)
HAIRS = ((0.03, 0.025, 0.022), (0.09, 0.05, 0.03), (0.42, 0.3, 0.14), (0.38, 0.37, 0.36), (0.26, 0.09, 0.04))
ARM_BONES = ("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
HEAD_BONES = ("head", "neck02", "neck03", "eye")
HEMS = ("shorts", "midshorts", "leggings", "pants")
SLEEVES = {"none": 0.08, "short": 0.55, "long": 1.75}
"""How far down the arm: 1 at the elbow, 2 at the wrist."""
USUAL_STATURE_M = 1.72


@dataclass(frozen=True, slots=True)
class Outfit:
    """What somebody wears.

    Attributes
    ----------
    bottom, sleeve, hair : str
        ``shorts`` to ``pants``; ``none``, ``short`` or ``long``; ``bald``, ``short`` or ``long``.
    barefoot : bool
    looseness_m : float
        How far shirt and trousers stand off the skin at their widest.
    slide_m : float
        How far loose cloth hangs, slides and swings off the place where it lay on the skin.
    skin, top, legs, shoe, hair_colour : (3,)
        Linear red, green, blue.
    stripes : bool
        Stripes across the shirt.
    seed : int
        For folds and unevenness.
    """

    bottom: str
    sleeve: str
    hair: str
    barefoot: bool
    looseness_m: float
    slide_m: float
    skin: tuple[float, ...]
    top: tuple[float, ...]
    legs: tuple[float, ...]
    shoe: tuple[float, ...]
    hair_colour: tuple[float, ...]
    stripes: bool
    seed: int


def random_outfit(rng: np.random.Generator) -> Outfit:
    """Anything from swimwear to loose trousers and shirt, in any colour."""
    loose = rng.random() < 0.5
    skin = SKINS[rng.integers(len(SKINS))]
    bare = rng.random() < 0.08
    return Outfit(
        bottom=str(rng.choice(HEMS)),
        sleeve=str(rng.choice(list(SLEEVES), p=[0.25, 0.45, 0.3])),
        hair=str(rng.choice(["bald", "short", "long"], p=[0.15, 0.5, 0.35])),
        barefoot=bool(rng.random() < 0.4),
        looseness_m=float(rng.uniform(0.015, 0.05) if loose else rng.uniform(0.003, 0.015)),
        slide_m=float(rng.uniform(0.005, 0.03) if loose else rng.uniform(0.0, 0.006)),
        skin=skin,
        top=skin if bare else _cloth(rng),
        legs=_cloth(rng),
        shoe=_cloth(rng),
        hair_colour=HAIRS[rng.integers(len(HAIRS))],
        stripes=bool(rng.random() < 0.2),
        seed=int(rng.integers(2**31)),
    )


def _cloth(rng: np.random.Generator) -> tuple[float, ...]:
    """Any colour, greys and darks more often, as sportswear is."""
    value = rng.choice([0.02, 0.05, 0.15, 0.3, 0.55, 0.7])
    colour = value * (1.0 - rng.random() * rng.random(3))
    return tuple(float(part) for part in colour)


class Mesh:
    """A dressed body.

    Attributes
    ----------
    faces : (f, 3) int32
    colours : (v, 3) float32
        Linear albedo.
    field : (v,) float32
        Below 0 outside a garment: there nothing is drawn.
    """

    def __init__(self, rig: Rig, shape: Mapping[str, NDArray[Any]], outfit: Outfit) -> None:
        tailor = _Tailor(rig, shape, outfit)
        parts = tailor.parts()
        used = [np.unique(part.faces) for part in parts]
        offsets = np.cumsum([0, *(len(rows) for rows in used)])
        self.faces = np.concatenate(
            [np.searchsorted(rows, part.faces) + at for rows, part, at in zip(used, parts, offsets, strict=False)]
        ).astype(np.int32)
        pick = list(zip(parts, used, strict=True))
        self._rest = np.concatenate([part.rest[rows] for part, rows in pick]).astype(np.float32)
        self.field = np.concatenate([part.field[rows] for part, rows in pick]).astype(np.float32)
        self.colours = np.concatenate([part.colours[rows] for part, rows in pick]).astype(np.float32)
        self._slack = np.concatenate([part.slack[rows] for part, rows in pick]).astype(np.float32)
        self._weights = sp.vstack([part.weights[rows] for part, rows in pick]).tocsr().astype(np.float32)
        count = len(self.faces)
        self._around = sp.csr_matrix(
            (np.ones(3 * count, np.float32), (self.faces.T.ravel(), np.tile(np.arange(count), 3))),
            shape=(len(self._rest), count),
        )
        self._rig, self._slide_m = rig, outfit.slide_m

    def place(self, pose: Pose, swing: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(v, 3) positions and normals in a pose; loose cloth is drawn down, and by ``swing`` ((3,), about one)."""
        blended = self._weights @ self._rig.transforms(pose).astype(np.float32)
        places = np.einsum("vij,vj->vi", blended[:, :9].reshape(-1, 3, 3), self._rest) + blended[:, 9:]
        drawn = np.asarray([0.0, 0.0, -1.0]) + swing
        places += (self._slack * self._slide_m)[:, None] * drawn.astype(np.float32)
        a, b, c = (places[self.faces[:, k]] for k in range(3))
        normals = self._around @ np.cross(b - a, c - a)
        return places, normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A layer of the mesh: the skin, or a shell that stands off it."""

    rest: NDArray[np.float64]
    faces: NDArray[np.int32]
    field: NDArray[np.float64]
    colours: NDArray[np.float64]
    slack: NDArray[np.float64]
    weights: sp.csr_matrix


class _Tailor:
    """Cuts clothes out of the skin: each is where a field over the skin, in metres, is positive."""

    def __init__(self, rig: Rig, shape: Mapping[str, NDArray[Any]], outfit: Outfit) -> None:
        self._rig, self._outfit = rig, outfit
        self._rest, self._weights = rig.rest_m, rig.weights
        self._faces, self._eyes = shape["F_body"], (shape["F_helper-l-eye"], shape["F_helper-r-eye"])
        self._rng = np.random.default_rng(outfit.seed)
        self._scale = rig.stature_m / USUAL_STATURE_M
        dense = np.asarray(self._weights.todense())
        self._arm = self._share(dense, ARM_BONES)
        self._head = self._share(dense, HEAD_BONES)
        self._along = self._along_arms()
        self._normals = self._rest_normals()
        self._mean = self._neighbour_mean()

    def parts(self) -> list[_Part]:
        trousers, shirt, shoes, hair = self._trousers(), self._shirt(), self._shoes(), self._hair()
        hidden = np.maximum.reduce([trousers, shirt, shoes])
        skin = _Part(
            self._rest,
            self._faces[hidden[self._faces].min(axis=1) < 0.012],
            np.ones(len(self._rest)),
            self._face_colours(hair),
            np.zeros(len(self._rest)),
            self._weights,
        )
        parts = [skin, *self._eyeballs(), self._leg_wear(trousers), self._shell(shirt, *self._shirt_cut(shirt))]
        if not self._outfit.barefoot:
            sole = np.where(self._rest[:, 2:] < 0.02, 0.8, np.asarray(self._outfit.shoe))
            parts.append(self._shell(shoes, 0.007, sole, 2))
        if self._outfit.hair != "bald":
            thick = (0.012 if self._outfit.hair == "short" else 0.024) * np.clip(hair / 0.02, 0, 1)
            parts.append(self._shell(hair, thick + 0.001, self._outfit.hair_colour, 1))
        return parts

    def _share(self, dense: NDArray[np.float64], names: tuple[str, ...]) -> NDArray[np.float64]:
        columns = [k for k, label in enumerate(self._rig.labels) if label.startswith(names)]
        return dense[:, columns].sum(axis=1)

    def _bone(self, name: str) -> NDArray[np.float64]:
        return np.asarray(self._rig.heads_m[self._rig.index[name]])

    def _along_arms(self) -> NDArray[np.float64]:
        """0 at the shoulder, 1 at the elbow, along each arm; -1 elsewhere."""
        along = np.full(len(self._rest), -1.0)
        for side, sign in (("L", 1.0), ("R", -1.0)):
            start, end = self._bone(f"upperarm01.{side}"), self._bone(f"lowerarm01.{side}")
            part = (self._rest - start) @ (end - start) / np.sum((end - start) ** 2)
            on = (self._rest[:, 0] * sign > 0) & (self._arm > 0.02)
            along[on] = part[on]
        return along

    def _rest_normals(self) -> NDArray[np.float64]:
        a, b, c = (self._rest[self._faces[:, k]] for k in range(3))
        flat, normals = np.cross(b - a, c - a), np.zeros_like(self._rest)
        for k in range(3):
            np.add.at(normals, self._faces[:, k], flat)
        return np.asarray(normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12))

    def _neighbour_mean(self) -> sp.csr_matrix:
        edges = np.concatenate([self._faces[:, [0, 1]], self._faces[:, [1, 2]], self._faces[:, [2, 0]]])
        links = sp.coo_matrix((np.ones(len(edges)), edges.T), shape=(len(self._rest),) * 2).tocsr()
        links = ((links + links.T) > 0).astype(float)
        return sp.diags(1.0 / np.maximum(np.asarray(links.sum(1)).ravel(), 1.0)) @ links

    @property
    def _hip_z(self) -> float:
        return float(self._bone("upperleg01.L")[2])

    @property
    def _waist_z(self) -> float:
        return self._hip_z + 0.085 * self._scale

    def _trousers(self) -> NDArray[np.float64]:
        knee_z, ankle_z = self._bone("lowerleg01.L")[2], self._bone("foot.L")[2]
        hems = (self._hip_z - 0.62 * (self._hip_z - knee_z), knee_z + 0.03, ankle_z + 0.06, ankle_z)
        hem = dict(zip(HEMS, hems, strict=True))[self._outfit.bottom]
        z = self._rest[:, 2]
        field = np.minimum(z - hem, self._waist_z + 0.035 * self._scale - z)
        field[(self._arm > 0.5) | (self._along > 0.6)] = -0.5
        return np.asarray(field)

    def _shirt(self) -> NDArray[np.float64]:
        z, across = self._rest[:, 2], np.abs(self._rest[:, 0])
        reach = SLEEVES[self._outfit.sleeve]
        length_m = float(np.linalg.norm(self._bone("lowerarm01.L") - self._bone("upperarm01.L")))
        sleeves = np.where(self._along > -0.9, (reach - self._along) * length_m, 0.5)
        neck = self._bone("neck01")
        collar = neck[2] + 0.005 + 0.35 * (self._rest[:, 1] - neck[1]) - z
        wide = across > 0.10 * self._scale
        collar = np.where(wide, 0.5, collar + np.maximum(0, across - 0.055 * self._scale) * 2.0)
        hem = np.where(self._arm > 0.5, 0.5, z - self._waist_z + 0.06 * self._scale)
        field = np.minimum.reduce([hem, sleeves, collar])
        field[self._head > 0.6] = -0.5
        return np.asarray(field)

    def _shoes(self) -> NDArray[np.float64]:
        if self._outfit.barefoot:
            return np.full(len(self._rest), -1.0)
        field = self._bone("foot.L")[2] + 0.015 - self._rest[:, 2]
        field[self._arm > 0.5] = -1.0
        return np.asarray(field)

    def _hair(self) -> NDArray[np.float64]:
        """Above and behind a tilted line from the brow to the neck."""
        eye, s = self._bone("eye.L"), self._scale
        back, z = self._rest[:, 1] - eye[1], self._rest[:, 2]
        front_line = eye[2] + 0.062 * s - 0.25 * np.maximum(0, back)
        line = np.where(back < 0.055 * s, front_line, eye[2] + 0.03 * s - (back - 0.055 * s) * 0.95)
        field = z - np.maximum(line, eye[2] - (0.055 if self._outfit.hair == "short" else 0.13) * s)
        field[self._head < 0.5] = -1.0
        ear = (np.abs(self._rest[:, 0]) > 0.074 * s) & (back < 0.11 * s) & (z < eye[2] + 0.03 * s)
        return np.where(ear, -0.02, field)

    def _leg_wear(self, field: NDArray[np.float64]) -> _Part:
        if self._outfit.bottom == "leggings":
            return self._shell(field, 0.004, self._outfit.legs, 3)
        leg_m = self._hip_z - self._bone("lowerleg01.L")[2]
        down = np.clip((self._hip_z - 0.15 * leg_m - self._rest[:, 2]) / leg_m, 0, 1)
        return self._shell(field, 0.008 + down * self._outfit.looseness_m, self._outfit.legs, 3, down)

    def _shirt_cut(self, field: NDArray[np.float64]) -> tuple[Any, ...]:
        """How far it stands off, its colours, how often it is smoothed, and how loose it is, each over the skin."""
        low = np.clip((self._waist_z + 0.12 - self._rest[:, 2]) / 0.25, 0, 1)
        sleeve = np.where(self._arm > 0.5, np.clip(self._along, 0, 1), 0.0)
        loose = np.maximum(low, sleeve)
        colours = np.tile(np.asarray(self._outfit.top), (len(self._rest), 1))
        if self._outfit.stripes:
            colours[(self._rest[:, 2] * 14.0) % 1.0 > 0.5] = 0.75
        return 0.007 + loose * self._outfit.looseness_m, colours, 3, loose

    def _shell(self, field: Any, off_m: Any, colours: Any, smoothings: int, loose: Any = 0.0) -> _Part:
        """A layer over the skin where the field is positive; loose cloth is smoother than the skin, with folds."""
        places, weights = self._rest.copy(), self._weights
        near = (field > -0.03)[:, None]
        smoothings += round(self._outfit.looseness_m * 150 * float(np.max(loose)))
        for _ in range(smoothings):
            places = np.where(near, 0.5 * places + 0.5 * (self._mean @ places), places)
        loose = np.broadcast_to(np.asarray(loose, dtype=float), field.shape)
        if loose.max() > 0:
            for _ in range(round(self._outfit.looseness_m * 200)):
                weights = 0.5 * weights + 0.5 * (self._mean @ weights)
        folds = 1.0 + 0.5 * self._uneven(25.0) * loose
        places = places + self._normals * (np.broadcast_to(off_m, field.shape) * folds)[:, None]
        shade = (1.0 + 0.18 * self._uneven(40.0))[:, None]
        return _Part(
            places,
            self._faces[field[self._faces].max(axis=1) > -0.002],
            field,
            np.clip(np.broadcast_to(np.asarray(colours), self._rest.shape) * shade, 0.005, 0.95),
            loose * (0.6 + 0.4 * self._uneven(8.0)),
            sp.csr_matrix(weights),
        )

    def _uneven(self, per_m: float) -> NDArray[np.float64]:
        """A few random waves over the body, about -1 to 1."""
        waves = self._rng.normal(size=(6, 3)) * per_m
        turns = self._rng.uniform(0, 2 * np.pi, 6)
        return np.asarray(np.sin(self._rest @ waves.T + turns).sum(axis=1) / 3.0)

    def _face_colours(self, hair: NDArray[np.float64]) -> NDArray[np.float64]:
        """Skin with brows, lips and eye sockets, as fine as the mesh."""
        eye, s = self._bone("eye.L"), self._scale
        colours = np.asarray(self._outfit.skin) * (1.0 + 0.1 * self._uneven(20.0))[:, None]
        across, up = np.abs(self._rest[:, 0]), self._rest[:, 2] - eye[2]
        front = (self._head > 0.5) & (self._rest[:, 1] - eye[1] < 0.035 * s)
        brow = front & (np.hypot((across - eye[0]) / (0.021 * s), (up - 0.019 * s) / (0.006 * s)) < 1)
        lips = front & (np.hypot(across / (0.025 * s), (up + 0.068 * s) / (0.0095 * s)) < 1)
        socket = front & (np.hypot((across - eye[0]) / (0.022 * s), up / (0.012 * s)) < 1)
        colours[socket] *= 0.72
        colours[lips] *= np.array([0.95, 0.58, 0.56])
        colours[brow] = 0.3 * colours[brow] + 0.5 * np.asarray(self._outfit.hair_colour)
        if self._outfit.hair != "bald":
            colours[hair > 0.0] = self._outfit.hair_colour
        return np.clip(colours, 0.004, 0.95)

    def _eyeballs(self) -> list[_Part]:
        parts = []
        for faces, name in zip(self._eyes, ("eye.L", "eye.R"), strict=True):
            ahead = self._rest - self._bone(name)
            ahead = -ahead[:, 1] / (np.linalg.norm(ahead, axis=1) + 1e-9)
            colours = np.where((ahead > np.cos(np.radians(27)))[:, None], 0.05, 0.75) * np.ones(3)
            nothing = np.zeros(len(self._rest))
            parts.append(_Part(self._rest, faces, nothing + 1.0, colours, nothing, self._weights))
        return parts


def skin_rows(rig: Rig) -> NDArray[np.intp]:
    """A few hundred vertices all over the skin, to see where the body ends."""
    return np.arange(0, min(SKIN_VERTICES, len(rig.rest_m)), 29)
