"""Draws a person in a room with OpenGL, on the processor where there is no graphics card.

Made for many pictures: a room is drawn once a clip, and of each picture only the part that the person and the shadow touch.
Edges are not smoothed here: draw larger and scale down, which is faster than several samples a pixel on a processor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import moderngl
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.synthetic.camera import Camera
    from benchmarks.synthetic.outfit import Mesh
    from benchmarks.synthetic.room import Light, Room

    Array = NDArray[np.float64]

SHADOW_PX = 768
SHADOW_HALF_M = 1.7
"""Half of the width that the shadow's picture covers about the person."""

_VERTEX = """#version 330
in vec3 in_pos; in vec3 in_nrm; in vec3 in_col; in float in_extra;
uniform mat4 view; uniform mat4 light;
out vec3 pos; out vec3 nrm; out vec3 col; out float extra; out vec4 lit;
void main() {
  pos = in_pos; nrm = in_nrm; col = in_col; extra = in_extra;
  lit = light * vec4(in_pos, 1); gl_Position = view * vec4(in_pos, 1);
}"""

_SHADING = """
uniform vec3 eye; uniform vec3 key_dir; uniform vec3 key; uniform vec3 fill_dir; uniform vec3 fill;
uniform vec3 above; uniform vec3 below; uniform sampler2DShadow depth; uniform float exposure;
float shadow(vec4 at, float r) {
  vec3 q = at.xyz / at.w * .5 + .5;
  if (q.x < 0. || q.x > 1. || q.y < 0. || q.y > 1. || q.z > 1.) return 1.;
  return (texture(depth, vec3(q.xy + vec2(-r, -r), q.z)) + texture(depth, vec3(q.xy + vec2(r, -r), q.z))
        + texture(depth, vec3(q.xy + vec2(-r, r), q.z)) + texture(depth, vec3(q.xy + vec2(r, r), q.z))) / 4.;
}
vec3 shaded(vec3 albedo, vec3 n, float open) {
  vec3 light = mix(below, above, n.z * .5 + .5) * mix(.75, 1., open) + key * max(dot(n, key_dir), 0.) * open
             + fill * max(dot(n, fill_dir) * .75 + .25, 0.);
  vec3 c = albedo * light * exposure;
  return pow(clamp(c / (1. + .18 * c), 0., 1.), vec3(1. / 2.2));
}"""

_PERSON = (
    "#version 330\nin vec3 pos; in vec3 nrm; in vec3 col; in float extra; in vec4 lit; out vec4 o;"
    + _SHADING
    + """
void main() {
  if (extra < 0.) discard;
  vec3 n = normalize(nrm), v = normalize(eye - pos);
  if (dot(n, v) < 0.) n = -n;
  vec3 c = shaded(col, n, shadow(lit, .0012));
  float shine = pow(max(dot(n, normalize(key_dir + v)), 0.), 18.) * .06;
  o = vec4(c + shine * key, 1.);
}"""
)

_ROOM = (
    "#version 330\nin vec3 pos; in vec3 nrm; in vec3 col; in float extra; in vec4 lit; out vec4 o;"
    + _SHADING
    + """
uniform sampler2D albedo;
void main() {
  vec3 a = texelFetch(albedo, ivec2(gl_FragCoord.xy), 0).rgb;
  o = vec4(shaded(a, normalize(nrm), shadow(lit, .003)), 1.);
}"""
)

_ALBEDO = """#version 330
in vec3 pos; in vec3 nrm; in vec3 col; in float extra; in vec4 lit; out vec4 o;
float hash(vec3 p) { p = fract(p * .3183099 + .1); p *= 17.; return fract(p.x * p.y * p.z * (p.x + p.y + p.z)); }
float noise(vec3 x) {
  vec3 i = floor(x), f = fract(x); f = f * f * (3. - 2. * f);
  vec4 low = vec4(hash(i), hash(i + vec3(1, 0, 0)), hash(i + vec3(0, 1, 0)), hash(i + vec3(1, 1, 0)));
  vec4 high = vec4(hash(i + vec3(0, 0, 1)), hash(i + vec3(1, 0, 1)), hash(i + vec3(0, 1, 1)), hash(i + vec3(1, 1, 1)));
  vec4 mean = mix(low, high, f.z);
  return mix(mix(mean.x, mean.y, f.x), mix(mean.z, mean.w, f.x), f.y);
}
float rough(vec3 p) { return noise(p) * .5 + noise(p * 2.03) * .27 + noise(p * 4.1) * .15 + noise(p * 8.3) * .08; }
void main() {
  int what = int(extra + .5);
  vec3 a = col * (.85 + .3 * rough(pos * 30.)) * (.9 + .2 * rough(pos * 1.7));
  if (what == 1) {  // planks
    float row = floor(pos.y / .14), shift = hash(vec3(row, 1, 2)) * 1.3, plank = floor((pos.x + shift) / 1.2);
    float id = hash(vec3(row, plank, 5)), grain = rough(vec3(pos.x * 3. + id * 30., pos.y * 46. + id * 10., id));
    float gap = min(min(fract(pos.y / .14), 1. - fract(pos.y / .14)) * .14,
                    min(fract((pos.x + shift) / 1.2), 1. - fract((pos.x + shift) / 1.2)) * 1.2);
    a = col * (.7 + .36 * id) * (.8 + .4 * grain) * (gap < .003 ? .55 : 1.);
  } else if (what == 2) {  // tiles or bricks
    vec2 u = vec2(pos.x + pos.y, pos.z + pos.y * step(.5, nrm.z)) / .22, f = fract(u);
    a = col * (f.x < .04 || f.y < .06 ? .8 : 1.) * (.9 + .2 * hash(vec3(floor(u), 3.)));
  } else if (what == 3) {  // a picture, a carpet
    float n = rough(pos * 5.), m = rough(pos * 9. + 3.);
    a = mix(col, col.brg * .8 + .1, smoothstep(.4, .6, n)); a = mix(a, vec3(.85, .8, .7), smoothstep(.52, .6, m));
  } else if (what == 4) {  // stripes
    a = col * (fract((pos.x + pos.y) * 6.) > .5 ? 1. : .6);
  }
  o = vec4(a, 1.);
}"""

_SHADOW_VERTEX = """#version 330
in vec3 in_pos; in float in_extra; uniform mat4 light; out float extra;
void main() { extra = in_extra; gl_Position = light * vec4(in_pos, 1); }"""
_SHADOW = "#version 330\nin float extra; void main() { if (extra < 0.) discard; }"


class Renderer:
    """One OpenGL context: `dress`, then `enter` a room, then `draw` as many pictures as wanted."""

    def __init__(self) -> None:
        self._gl = moderngl.create_context(standalone=True, backend="egl")
        self._person = self._gl.program(_VERTEX, _PERSON)
        self._lit_room = self._gl.program(_VERTEX, _ROOM)
        self._albedo = self._gl.program(_VERTEX, _ALBEDO)
        self._shadow = self._gl.program(_SHADOW_VERTEX, _SHADOW)
        depth = self._gl.depth_texture((SHADOW_PX, SHADOW_PX))
        depth.compare_func, depth.repeat_x, depth.repeat_y = "<=", False, False
        self._depth, self._depth_target = depth, self._gl.framebuffer(depth_attachment=depth)
        self._targets: dict[tuple[int, int], _Targets] = {}
        self._made: list[Any] = []
        self._room_made: list[Any] = []

    def dress(self, mesh: Mesh) -> None:
        """The person of the pictures to come."""
        for item in self._made:
            item.release()
        gl = self._gl
        self._places = gl.buffer(reserve=len(mesh.field) * 24, dynamic=True)
        still = gl.buffer(np.column_stack([mesh.colours, mesh.field]).astype("f4").tobytes())
        faces = gl.buffer(mesh.faces.astype("i4").tobytes())
        self._body = gl.vertex_array(
            self._person, [(self._places, "3f 3f", "in_pos", "in_nrm"), (still, "3f 1f", "in_col", "in_extra")], faces
        )
        self._body_shadow = gl.vertex_array(
            self._shadow, [(self._places, "3f 12x", "in_pos"), (still, "12x 1f", "in_extra")], faces
        )
        self._made = [self._places, still, faces, self._body, self._body_shadow]

    def enter(self, room: Room, camera: Camera, light: Light) -> None:
        """The room, seen by a camera that stays."""
        for item in self._room_made:
            item.release()
        gl = self._gl
        corners = np.column_stack([room.corners_m, room.normals, room.colours, room.textures]).astype("f4")
        buffer, faces = gl.buffer(corners.tobytes()), gl.buffer(room.faces.astype("i4").tobytes())
        lit = [(buffer, "3f 3f 12x 4x", "in_pos", "in_nrm")]
        self._room = gl.vertex_array(self._lit_room, lit, faces)
        plain = gl.vertex_array(
            self._albedo, [(buffer, "3f 3f 3f 1f", "in_pos", "in_nrm", "in_col", "in_extra")], faces
        )
        self._room_made = [buffer, faces, self._room, plain]
        self._camera, self._light = camera, light
        size = camera.width_px, camera.height_px
        if size not in self._targets:
            self._targets[size] = _Targets(gl, *size)
        self._target = self._targets[size]
        for program in (self._person, self._lit_room):
            self._set(program)
        self._write(self._albedo, "view", camera.clip_matrix())
        gl.enable(moderngl.DEPTH_TEST)
        self._target.plain.use()
        self._target.plain.clear(0.5, 0.5, 0.5, 1.0)
        plain.render()
        self._empty: NDArray[np.uint8] | None = None

    def _set(self, program: Any) -> None:
        light = self._light
        values = {
            "eye": self._camera.eye_m,
            "key_dir": light.key_dir,
            "fill_dir": light.fill_dir,
            "key": light.key,
            "fill": light.fill,
            "above": light.above,
            "below": light.below,
        }
        for name, value in values.items():
            if name in program:
                program[name] = tuple(float(part) for part in value)
        program["exposure"] = light.exposure
        self._write(program, "view", self._camera.clip_matrix())
        program["depth"] = 0
        if "albedo" in program:
            program["albedo"] = 1

    def _write(self, program: Any, name: str, matrix: Array) -> None:
        if name in program:
            program[name].write(np.ascontiguousarray(matrix.T).astype("f4").tobytes())

    def draw(self, people: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]]) -> NDArray[np.uint8]:
        """(h, w, 3) RGB picture of people, each (places, normals) of the mesh; the first casts the shadow."""
        light = self._light_matrix(people[0][0])
        if self._empty is None:
            self._cast(None, light)
            self._empty = self._shot((0, 0, self._camera.width_px, self._camera.height_px), [], light)
        box = self._box(people)
        if box is None:
            return self._empty.copy()
        self._cast(people[0], light)
        picture = self._empty.copy()
        x, y, width, height = box
        top = self._camera.height_px - y - height
        picture[top : top + height, x : x + width] = self._shot(box, people, light)
        return picture

    def _cast(self, person: tuple[NDArray[np.float32], NDArray[np.float32]] | None, light: Array) -> None:
        self._depth_target.use()
        self._depth_target.clear(depth=1.0)
        if person is None:
            return
        self._fill(person)
        self._write(self._shadow, "light", light)
        self._gl.polygon_offset = 2.0, 4.0
        self._body_shadow.render()
        self._gl.polygon_offset = 0.0, 0.0

    def _fill(self, person: tuple[NDArray[np.float32], NDArray[np.float32]]) -> None:
        self._places.write(np.concatenate(person, axis=1).astype("f4").tobytes())

    def _shot(self, box: tuple[int, int, int, int], people: Sequence[Any], light: Array) -> NDArray[np.uint8]:
        target = self._target
        self._depth.use(0)
        target.albedo.use(1)
        target.picture.use()
        target.picture.scissor = box
        target.picture.clear(0.5, 0.5, 0.5, 1.0)
        self._write(self._lit_room, "light", light)
        self._write(self._person, "light", light)
        for number, person in enumerate(people):
            if number:
                self._fill(person)
            self._body.render()
        self._room.render()
        target.picture.scissor = None
        raw = target.picture.read(viewport=box, components=3, alignment=1)
        return np.frombuffer(raw, np.uint8).reshape(box[3], box[2], 3)[::-1]

    def _light_matrix(self, places: NDArray[np.float32]) -> Array:
        middle = np.array([*places.mean(axis=0)[:2], 0.6])
        ahead = -self._light.key_dir
        right = np.cross(ahead, [0.0, 0.0, 1.0]) if abs(ahead[2]) < 0.95 else np.array([1.0, 0.0, 0.0])
        right = right / np.linalg.norm(right)
        turn = np.eye(4)
        turn[:3, :3] = np.stack([right, np.cross(right, ahead), -ahead])
        turn[:3, 3] = -turn[:3, :3] @ (middle - ahead * 4.0)
        flat = np.diag([1 / SHADOW_HALF_M, 1 / SHADOW_HALF_M, -2 / 7.9, 1.0])
        flat[2, 3] = -8.1 / 7.9
        return np.asarray(flat @ turn)

    def _box(
        self, people: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]]
    ) -> tuple[int, int, int, int] | None:
        """What the people and the shadow on the floor touch: x, y from below, width, height, in pixels."""
        places = np.concatenate([person[0][::7] for person in people]).astype(float)
        key = self._light.key_dir
        fallen = places - places[:, 2:] / max(key[2], 0.25) * key
        points = np.concatenate([places, np.column_stack([fallen[:, :2], np.zeros(len(fallen))])])
        points = points[self._camera.seen(points)[:, 2] > 0.2]
        if not len(points):
            return None
        seen = self._camera.seen(points)
        pixels = seen[:, :2] / seen[:, 2:] * self._camera.focal_px
        width, height = self._camera.width_px, self._camera.height_px
        pixels = pixels + np.array([width / 2, height / 2])
        low = np.clip(np.floor(pixels.min(axis=0)) - 6, 0, [width, height]).astype(int)
        high = np.clip(np.ceil(pixels.max(axis=0)) + 6, 0, [width, height]).astype(int)
        if np.any(high - low < 2):
            return None
        return int(low[0]), int(height - high[1]), int(high[0] - low[0]), int(high[1] - low[1])


class _Targets:
    """What is drawn into, for one size of picture."""

    def __init__(self, gl: Any, width: int, height: int) -> None:
        size = width, height
        self.picture = gl.framebuffer(gl.renderbuffer(size, 4), gl.depth_renderbuffer(size))
        self.albedo = gl.texture(size, 4, dtype="f2")
        self.albedo.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self.plain = gl.framebuffer(self.albedo, gl.depth_renderbuffer(size))
