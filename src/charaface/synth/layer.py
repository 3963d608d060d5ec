"""What lies before a head: surfaces of hair, cloth, glass and flesh, laid over a picture one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from charaface.synth.labels import PARTS
from charaface.synth.raster import rasterise
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


def lay(one: Layer, placed: np.ndarray, points: np.ndarray, bright: np.ndarray, told: Light, film: Film) -> None:
    """Lays a surface over a picture, where it is nearer than what is there.

    placed: (V, 3) its vertices turned, points: as rasterise has them, bright: (V,) how much of the lamp each sees.
    """
    height, width = film.depth.shape
    low = np.maximum(np.floor(points[:, :2].min(axis=0)), 0).astype(int)
    high = np.minimum(np.ceil(points[:, :2].max(axis=0)) + 1, [width, height]).astype(int)
    if (high <= low).any():
        return
    here = (slice(low[1], high[1]), slice(low[0], high[0]))
    moved = points - np.array([low[0], low[1], 0], np.float32)
    seen = rasterise(moved, one.triangles, high[1] - low[1], high[0] - low[0])
    nearer = seen.depth > film.depth[here]
    if not nearer.any():
        return
    part, pixels = seen.packed(nearer)
    y, x = np.divmod(pixels, high[0] - low[0])
    pixels = (y + low[1]) * width + x + low[0]
    at = part.of(np.column_stack([normals(placed, one.triangles[: one.outer]), bright, one.rest]), one.triangles)
    paint = one.paint(at[..., 4:])
    normal = np.ascontiguousarray(at[..., :3])
    normal[normal[..., 2] < 0] *= -1
    if paint.tilt is not None:
        normal[..., 0] += paint.tilt
    kind = np.zeros(part.triangle.shape, np.uint8) if paint.kind is None else paint.kind
    open_ = np.full(kind.shape, _OPEN, np.float32)
    bright = np.ascontiguousarray(at[..., 3])
    lit = light(np.asarray(paint.albedo, np.float32), normal, bright, open_, kind, one.finish, told)
    if paint.glow is not None:
        lit += paint.glow
    cover = np.asarray(paint.cover, np.float32)
    if one.ragged:
        facing = normal[..., 2] / np.sqrt((normal**2).sum(axis=-1) + 1e-9)
        strand = 0.5 if paint.tilt is None else 0.5 + 4 * paint.tilt
        cover = cover * np.clip(0.5 + (facing - one.ragged * strand) / 0.15, 0, 1)
    colour = film.colour.reshape(-1, 3)
    before = colour[pixels]
    colour[pixels] = before + (lit - before) * cover[..., None]
    over = cover > 0.5
    film.part.reshape(-1)[pixels[over]] = PARTS.index(one.part)
    film.depth.reshape(-1)[pixels[over]] = part.depth[over]
