"""The renderer draws what the camera sees; needs OpenGL, which the tests of the package do not."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.synthetic.camera import Stand, put_up
from benchmarks.synthetic.room import random_light, random_room

pytest.importorskip("moderngl")


def _ball(middle_m: np.ndarray, radius_m: float) -> SimpleNamespace:
    """A mesh of one colour, as the renderer needs it."""
    turn, rise = np.meshgrid(np.linspace(0, 2 * np.pi, 25), np.linspace(0, np.pi, 13))
    normals = np.stack([np.cos(turn) * np.sin(rise), np.sin(turn) * np.sin(rise), np.cos(rise)], axis=-1)
    index = np.arange(13 * 25).reshape(13, 25)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    count = normals.size // 3
    return SimpleNamespace(
        faces=faces.astype(np.int32),
        colours=np.tile(np.array([0.9, 0.0, 0.0], np.float32), (count, 1)),
        field=np.ones(count, np.float32),
        placed=(
            (normals.reshape(-1, 3) * radius_m + middle_m).astype(np.float32),
            normals.reshape(-1, 3).astype(np.float32),
        ),
    )


def test_a_ball_is_drawn_where_the_camera_projects_it() -> None:
    from benchmarks.synthetic.renderer import Renderer

    rng = np.random.default_rng(5)
    body = np.array([[x, y, z] for x in (-0.4, 0.4) for y in (-0.2, 0.2) for z in (0.0, 1.75)])
    camera = put_up(Stand(20.0, 1.0, 60.0, roll_deg=7.0), body, 320, 180)
    middle = np.array([0.15, 0.05, 1.3])
    ball = _ball(middle, 0.12)
    renderer = Renderer()
    renderer.dress(ball)  # type: ignore[arg-type]
    renderer.enter(random_room(rng, 20.0, camera.eye_m), camera, random_light(rng))
    picture = renderer.draw([ball.placed]).astype(int)
    red = picture[..., 0] > 2 * picture[..., 1:].max(axis=-1) + 20
    rows, columns = np.nonzero(red)
    # Half a pixel between the middle of a pixel and its corner, and half for the ball's edge.
    assert [columns.mean() + 0.5, rows.mean() + 0.5] == pytest.approx(camera.project(middle), abs=1.0)
