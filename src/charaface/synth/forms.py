"""Forms that meshes are made of: grids, tubes, balls, plates. Triangles are anticlockwise seen from outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Form:
    """A surface and where its vertices are on it."""

    vertices: np.ndarray  # (V, 3) float32
    triangles: np.ndarray  # (T, 3) int32
    over: np.ndarray  # (V, 2) float32 across and along it; what they run from and to is each maker's

    def moved(self, turn: np.ndarray, to: np.ndarray) -> Form:
        """The form turned by (3, 3) and then moved by (3,)."""
        return Form((self.vertices @ turn.T + to).astype(np.float32), self.triangles, self.over)


def joined(*forms: Form) -> Form:
    """Several as one."""
    starts = np.cumsum([0, *(len(one.vertices) for one in forms[:-1])])
    triangles = [one.triangles + np.int32(start) for one, start in zip(forms, starts, strict=True)]
    vertices, over = (np.concatenate([getattr(one, name) for one in forms]) for name in ("vertices", "over"))
    return Form(vertices, np.concatenate(triangles), over)


def grid_triangles(rows: int, columns: int) -> np.ndarray:
    """(T, 3) int32 triangles of a grid whose rows go down and whose columns go right, seen from outside."""
    at = np.arange(rows * columns).reshape(rows, columns)
    p, q, r, s = (one.ravel() for one in (at[:-1, :-1], at[:-1, 1:], at[1:, :-1], at[1:, 1:]))
    return np.concatenate([np.stack([p, r, q], 1), np.stack([q, r, s], 1)]).astype(np.int32)


def both_faces(triangles: np.ndarray) -> np.ndarray:
    """The triangles, and after them the same seen from behind."""
    return np.concatenate([triangles, triangles[:, ::-1]])


def sheet(places: np.ndarray) -> Form:
    """A grid of (R, C, 3) places; over is 0 to 1 to the right and down."""
    rows, columns = places.shape[:2]
    across, along = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    over = np.stack([across, along], axis=-1).reshape(-1, 2).astype(np.float32)
    return Form(places.reshape(-1, 3).astype(np.float32), grid_triangles(rows, columns), over)


def tube(
    path: np.ndarray, radius: np.ndarray | float, sides: int = 8, flat: float = 1.0, up: tuple[float, ...] = (0, 1, 0)
) -> Form:
    """A tube along (N, 3) places; over is 0 to 1 round it and along it.

    flat: how thick it is across up and the path, in parts of radius. Ends are open: let the radius fall to 0.
    """
    path = np.asarray(path, np.float64)
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    out = np.cross(along, np.asarray(up, np.float64))
    small = np.linalg.norm(out, axis=1) < 0.05
    out[small] = np.cross(along[small], [0.31, 0.2, 0.93])
    out /= np.linalg.norm(out, axis=1, keepdims=True) + 1e-9
    beside = np.cross(out, along)
    turn = np.linspace(0, 2 * np.pi, sides + 1)
    size = np.broadcast_to(np.asarray(radius, np.float64), len(path))[:, None, None]
    ring = flat * np.cos(turn)[None, :, None] * out[:, None] + np.sin(turn)[None, :, None] * beside[:, None]
    return sheet(path[:, None] + size * ring)


def ball(middle: np.ndarray, radii: tuple[float, float, float], steps: int = 12) -> Form:
    """An ellipsoid; over is 0 to 1 round it and from top to bottom."""
    down, around = np.linspace(0, np.pi, steps), np.linspace(-np.pi, np.pi, 2 * steps)
    d, a = np.meshgrid(down, around, indexing="ij")
    unit = np.stack([np.sin(d) * np.sin(a), np.cos(d), np.sin(d) * np.cos(a)], axis=-1)
    return sheet(np.asarray(middle) + unit * np.asarray(radii))


def disc(rim: np.ndarray, rings: int = 4, bulge: float = 0.0) -> Form:
    """What a closed curve of (N, 3) places, anticlockwise from the front, holds; over is -1 to 1 right and up.

    bulge: how far forwards its middle stands, in cm.
    """
    middle = rim.mean(axis=0)
    share = np.linspace(0, 1, rings + 1)[:, None, None]
    places = middle + share * (np.concatenate([rim, rim[:1]]) - middle)
    places[..., 2] += bulge * (1 - share[..., 0] ** 2)
    apart = rim - middle
    half = np.abs(apart).max(axis=0)[:2] + 1e-6
    over = ((places - middle)[..., :2] / half).reshape(-1, 2).astype(np.float32)
    return Form(places.reshape(-1, 3).astype(np.float32), grid_triangles(*places.shape[:2]), over)


def slab(half: tuple[float, float, float]) -> Form:
    """A box around the origin; over is -1 to 1 right and up on its front and back."""
    faces = []
    x, y, z = half
    for right, down, out in (
        ((x, 0, 0), (0, -y, 0), (0, 0, z)),
        ((-x, 0, 0), (0, -y, 0), (0, 0, -z)),
        ((0, 0, -z), (0, -y, 0), (x, 0, 0)),
        ((0, 0, z), (0, -y, 0), (-x, 0, 0)),
        ((x, 0, 0), (0, 0, z), (0, y, 0)),
        ((x, 0, 0), (0, 0, -z), (0, -y, 0)),
    ):
        r, d, o = (np.asarray(one, float) for one in (right, down, out))
        places = np.stack([np.stack([o - r - d, o + r - d]), np.stack([o - r + d, o + r + d])])
        one = sheet(places)
        faces.append(Form(one.vertices, one.triangles, one.over * [2, -2] + [-1, 1]))
    return joined(*faces)
