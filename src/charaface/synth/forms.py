"""Forms that meshes are made of: grids, tubes, balls, plates. Triangles are anticlockwise seen from outside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numba
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
    return _grid(rows, columns)[0].copy()


@lru_cache(maxsize=256)
def _grid(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """The triangles of a grid, and (V, 2) float32 how far across and down it each vertex is, 0 to 1."""
    at = np.arange(rows * columns).reshape(rows, columns)
    p, q, r, s = (one.ravel() for one in (at[:-1, :-1], at[:-1, 1:], at[1:, :-1], at[1:, 1:]))
    across, along = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    over = np.stack([across, along], axis=-1).reshape(-1, 2).astype(np.float32)
    return np.concatenate([np.stack([p, r, q], 1), np.stack([q, r, s], 1)]).astype(np.int32), over


def both_faces(triangles: np.ndarray) -> np.ndarray:
    """The triangles, and after them the same seen from behind."""
    return np.concatenate([triangles, triangles[:, ::-1]])


def sheet(places: np.ndarray) -> Form:
    """A grid of (R, C, 3) places; over is 0 to 1 to the right and down."""
    triangles, over = _grid(*places.shape[:2])
    return Form(places.reshape(-1, 3).astype(np.float32), triangles.copy(), over.copy())


def tube(
    path: np.ndarray, radius: np.ndarray | float, sides: int = 8, flat: float = 1.0, up: tuple[float, ...] = (0, 1, 0)
) -> Form:
    """A tube along (N, 3) places; over is 0 to 1 round it and along it.

    flat: how thick it is across up and the path, in parts of radius. Ends are open: let the radius fall to 0.
    """
    path = np.ascontiguousarray(path, np.float64)
    size = np.broadcast_to(np.asarray(radius, np.float64), len(path)).copy()
    return sheet(_rings(path, size, sides, float(flat), np.asarray(up, np.float64)))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _rings(path: np.ndarray, size: np.ndarray, sides: int, flat: float, up: np.ndarray) -> np.ndarray:
    """(N, sides + 1, 3) places round a path of (N, 3), so far from it as (N,) size says."""
    count = len(path)
    out, other = np.empty((count, sides + 1, 3)), np.array([0.31, 0.2, 0.93])
    for k in range(count):
        before, after = max(k - 1, 0), min(k + 1, count - 1)
        along = path[after] - path[before]
        along /= np.sqrt((along**2).sum()) + 1e-9
        side = np.cross(along, up)
        if np.sqrt((side**2).sum()) < 0.05:
            side = np.cross(along, other)
        side /= np.sqrt((side**2).sum()) + 1e-9
        beside = np.cross(side, along)
        for j in range(sides + 1):
            turn = 2 * np.pi * j / sides
            out[k, j] = path[k] + size[k] * (flat * np.cos(turn) * side + np.sin(turn) * beside)
    return out


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
