"""What lies before a head: surfaces of hair, cloth, glass and flesh, laid over a picture one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np

from charaface.synth.labels import PARTS
from charaface.synth.raster import bounds, rasterise
from charaface.synth.shade import Light, light, normals

NO_PART = 255
_OPEN = 0.85  # how much of the sky a layer sees


@dataclass(frozen=True, eq=False)
class Paint:
    """How each pixel of a surface looks."""

    albedo: np.ndarray  # (H, W, 3) float32 linear
    cover: np.ndarray  # (H, W) float32, 0 clear to 1 opaque
    kind: np.ndarray | None = None  # (H, W) uint8, rows of the layer's finish; None: all the first
    tilt: np.ndarray | None = None  # (H, W) float32, added to the normal's x
    glow: np.ndarray | None = None  # (H, W, 3) float32 linear light that is not the lamp's: what glass mirrors


@dataclass(frozen=True, eq=False)
class Layer:
    """A surface that is worn on a head or held before it."""

    part: str  # of labels.PARTS, where it is opaque
    vertices: np.ndarray  # (V, 3) float32 cm, as those of the head before it turns
    triangles: np.ndarray  # (T, 3) int32
    rest: np.ndarray  # (V, K) float32, what paint is told of each pixel
    paint: Callable[[np.ndarray], Paint]  # of (H, W, K)
    finish: np.ndarray  # (F, 3) as shade.light has it
    outer: int  # the first triangles, which face outwards; the rest are the same seen from within
    casts: np.ndarray | None = None  # (V,) bool, what throws a shadow; None: nothing
    ragged: float = 0.0  # how far from its outline single strands begin, as the cosine of what is seen


@dataclass(eq=False)
class Film:
    """What the layers of a picture are laid on."""

    colour: np.ndarray  # (H, W, 3) float32 linear
    depth: np.ndarray  # (H, W) float32
    part: np.ndarray  # (H, W) uint8, of the layer that is seen; NO_PART where none is


def even(colour: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """(H, W, 3) float32 of one colour."""
    return np.broadcast_to(np.asarray(colour, np.float32), (*shape[:2], 3)).copy()


def cast(triangles: np.ndarray, casts: np.ndarray, first: int) -> np.ndarray:
    """(K, 3) int32 the triangles whose corners all cast, (V,) bool, their vertices numbered from first on."""
    return np.asarray(_cast(triangles, casts, np.int32(first)))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _cast(triangles: np.ndarray, casts: np.ndarray, first: int) -> np.ndarray:
    out, count = np.empty_like(triangles), 0
    for t in range(len(triangles)):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        if casts[a] and casts[b] and casts[c]:
            out[count, 0], out[count, 1], out[count, 2] = a + first, b + first, c + first
            count += 1
    return out[:count].copy()


def lay(one: Layer, placed: np.ndarray, points: np.ndarray, bright: np.ndarray, told: Light, film: Film) -> None:
    """Lays a surface over a picture, where it is nearer than what is there.

    placed: (V, 3) its vertices turned, points: as rasterise has them, bright: (V,) how much of the lamp each sees.
    """
    height, width = film.depth.shape
    least, most = bounds(points)
    low = np.maximum(np.floor(least), 0).astype(int)
    high = np.minimum(np.ceil(most) + 1, [width, height]).astype(int)
    if (high <= low).any():
        return
    here = (slice(low[1], high[1]), slice(low[0], high[0]))
    moved = points - np.array([low[0], low[1], 0], np.float32)
    seen = rasterise(moved, one.triangles, high[1] - low[1], high[0] - low[0])
    nearer = seen.depth > film.depth[here]
    if not nearer.any():
        return
    part, pixels = seen.packed(nearer)
    normal, bright, rest = part.each([normals(placed, one.triangles[: one.outer]), bright, one.rest], one.triangles)
    paint = one.paint(rest)
    _face(normal, _NONE if paint.tilt is None else np.asarray(paint.tilt, np.float32))
    kind = np.zeros(part.triangle.shape, np.uint8) if paint.kind is None else paint.kind
    open_ = np.full(kind.shape, _OPEN, np.float32)
    lit = light(np.asarray(paint.albedo, np.float32), normal, bright, open_, kind, one.finish, told)
    if paint.glow is not None:
        lit += paint.glow
    cover = np.asarray(paint.cover, np.float32)
    if one.ragged:
        facing = normal[..., 2] / np.sqrt((normal**2).sum(axis=-1) + 1e-9)
        strand = 0.5 if paint.tilt is None else 0.5 + 4 * paint.tilt
        cover = cover * np.clip(0.5 + (facing - one.ragged * strand) / 0.15, 0, 1)
    place = PARTS.index(one.part)
    count = int(nearer.sum())
    _blend(
        film.colour, film.depth, film.part, pixels.ravel()[:count], nearer.shape[1], low, lit.reshape(-1, 3),
        cover.ravel(), part.depth.ravel(), place,
    )  # fmt: skip


_NONE = np.zeros((0, 0), np.float32)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _face(normal: np.ndarray, tilt: np.ndarray) -> None:
    """Turns normals, (H, W, 3), towards the camera, and then by what is added to their x, (H, W) or empty."""
    for y in range(normal.shape[0]):
        for x in range(normal.shape[1]):
            if normal[y, x, 2] < 0:
                for k in range(3):
                    normal[y, x, k] = -normal[y, x, k]
            if tilt.size:
                normal[y, x, 0] += tilt[y, x]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _blend(
    colour: np.ndarray,
    depth: np.ndarray,
    part: np.ndarray,
    pixels: np.ndarray,
    wide: int,
    low: np.ndarray,
    lit: np.ndarray,
    cover: np.ndarray,
    near: np.ndarray,
    place: int,
) -> None:
    """Lays light over pixels, (N,) numbers in a window so wide that begins at low, by how much of each it covers."""
    for n in range(len(pixels)):
        y, x = pixels[n] // wide + low[1], pixels[n] % wide + low[0]
        for k in range(3):
            colour[y, x, k] += (lit[n, k] - colour[y, x, k]) * cover[n]
        if cover[n] > 0.5:
            part[y, x] = place
            depth[y, x] = near[n]
