"""Light on a head: what colour each pixel of a rasterised mesh has, under one lamp, a sky and the mesh's own shadow."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from charaface.synth.raster import bounds, depth_of


@dataclass(frozen=True, eq=False)
class Light:
    """A lamp far away and the light from all sides, as the camera sees them: x right, y up, z towards it."""

    lamp: np.ndarray  # (3,) unit vector towards it
    colour: np.ndarray  # (3,) linear
    above: np.ndarray  # (3,) linear light of the sky
    below: np.ndarray  # (3,) linear light of the ground
    hardness: float = 1.0  # how dark shadows are, 0 to 1


def normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(V, 3) float32 unit vectors outwards, the mean of the triangles of each vertex weighed by their area."""
    return np.asarray(_normals(np.ascontiguousarray(vertices, np.float32), triangles))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    out = np.zeros_like(vertices)
    for t in range(len(triangles)):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ux, uy, uz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
        wx, wy, wz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
        nx, ny, nz = uy * wz - uz * wy, uz * wx - ux * wz, ux * wy - uy * wx
        for k in (a, b, c):
            out[k, 0] += nx
            out[k, 1] += ny
            out[k, 2] += nz
    for k in range(len(out)):
        length = np.sqrt(out[k, 0] ** 2 + out[k, 1] ** 2 + out[k, 2] ** 2)
        if length > 0:
            for d in range(3):
                out[k, d] /= length
    return out


def shadow_of(places: np.ndarray, triangles: np.ndarray, lamp: np.ndarray, size: int = 160) -> np.ndarray:
    """(V,) float32, 1 where the lamp sees a vertex of (V, 3) places, 0 where the mesh is before it."""
    side = np.cross([0.0, 1.0, 0.0] if abs(lamp[1]) < 0.9 else [1.0, 0.0, 0.0], lamp)
    side /= np.linalg.norm(side)
    seen = places @ np.stack([side, np.cross(lamp, side), lamp]).T.astype(np.float32)
    low, high = bounds(seen)
    scale = (size - 3) / float((high - low).max())
    laid = np.empty_like(seen)
    laid[:, 0] = (seen[:, 0] - low[0]) * np.float32(scale) + 1
    laid[:, 1] = size - 2 - (seen[:, 1] - low[1]) * np.float32(scale)
    laid[:, 2] = seen[:, 2]
    depth = depth_of(laid, triangles, size, size)
    return np.asarray(_lit(depth, laid, 0.35))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _lit(depth: np.ndarray, laid: np.ndarray, bias: float) -> np.ndarray:
    """The mean over a few pixels, so that the edge of a shadow is soft."""
    size = len(depth)
    out = np.zeros(len(laid), np.float32)
    for k in range(len(laid)):
        x, y = round(laid[k, 0]), round(laid[k, 1])
        open_, count = 0, 0
        for j in range(max(y - 2, 0), min(y + 3, size), 2):
            for i in range(max(x - 2, 0), min(x + 3, size), 2):
                count += 1
                if depth[j, i] <= laid[k, 2] + bias:
                    open_ += 1
        out[k] = open_ / max(count, 1)
    return out


def openness(places: np.ndarray, triangles: np.ndarray, directions: int = 96) -> np.ndarray:
    """(V,) float32: which share of the sky around its normal each vertex sees, weighed by the cosine."""
    k = np.arange(directions) + 0.5
    up = 1 - 2 * k / directions
    turn = np.pi * (1 + 5**0.5) * k
    ring = np.sqrt(1 - up**2)
    sky = np.column_stack([ring * np.cos(turn), up, ring * np.sin(turn)])
    normal = normals(places, triangles)
    seen, whole = np.zeros(len(places), np.float32), np.zeros(len(places), np.float32)
    for way in sky:
        cosine = np.maximum(normal @ way, 0).astype(np.float32)
        seen += cosine * shadow_of(places, triangles, way, 256)
        whole += cosine
    return seen / np.maximum(whole, 1e-6)


def light(
    albedo: np.ndarray,
    normal: np.ndarray,
    lit: np.ndarray,
    open_: np.ndarray,
    kind: np.ndarray,
    finish: np.ndarray,
    told: Light,
) -> np.ndarray:
    """(H, W, 3) float32 linear light; black where there is no normal.

    albedo: (H, W, 3) float32 linear. normal: (H, W, 3) float32, of any length. lit, open_: (H, W) float32, how much of
    the lamp and of the sky is seen. kind: (H, W) uint8, rows of finish, (K, 3): strength and exponent of the highlight,
    (a whole number), and how far light goes round the form, as it does in skin, where red goes furthest. The highlight
    is that of Blinn
    (Models of light reflection for computer synthesized pictures, 1977) with the rim of Schlick (An inexpensive BRDF
    model for physically-based rendering, 1994).
    """
    ways = (np.asarray(one, np.float32) for one in (finish, told.lamp, told.colour, told.above, told.below))
    return np.asarray(_light(albedo, normal, lit, open_, kind, *ways, np.float32(told.hardness)))


@numba.njit(cache=True, inline="always")  # type: ignore[untyped-decorator]
def _power(base: float, exponent: float) -> np.float32:
    """base to a whole number, by squares: many times faster than what takes any number."""
    out, square, left = np.float32(1), np.float32(base), int(exponent)
    while left:
        if left & 1:
            out *= square
        square *= square
        left >>= 1
    return out


@numba.njit(cache=True, fastmath={"contract", "arcp", "nsz"})  # type: ignore[untyped-decorator]
def _light(
    albedo: np.ndarray,
    normal: np.ndarray,
    lit: np.ndarray,
    open_: np.ndarray,
    kind: np.ndarray,
    finish: np.ndarray,
    lamp: np.ndarray,
    colour: np.ndarray,
    above: np.ndarray,
    below: np.ndarray,
    hardness: float,
) -> np.ndarray:
    height, width = lit.shape
    out = np.zeros_like(albedo)
    hx, hy, hz = lamp[0], lamp[1], lamp[2] + 1
    length = np.sqrt(hx * hx + hy * hy + hz * hz) + 1e-6
    hx, hy, hz = hx / length, hy / length, hz / length
    for y in range(height):
        for x in range(width):
            nx, ny, nz = normal[y, x, 0], normal[y, x, 1], normal[y, x, 2]
            size = np.sqrt(nx * nx + ny * ny + nz * nz)
            if size < 1e-6:
                continue
            nx, ny, nz = nx / size, ny / size, nz / size
            cosine = nx * lamp[0] + ny * lamp[1] + nz * lamp[2]
            shade = 1 - hardness * (1 - lit[y, x])
            sky = 0.5 + 0.5 * ny
            gloss, sharp, soft = finish[kind[y, x], 0], finish[kind[y, x], 1], finish[kind[y, x], 2]
            shine = 0.0
            half = nx * hx + ny * hy + nz * hz
            if cosine > 0 and half > 0:
                edge = 1 - max(nz, 0.0)
                rim = 0.04 + 0.96 * edge * edge * edge * edge * edge
                shine = gloss * _power(half, sharp) * (0.6 + 2.0 * rim) * shade
            seen = open_[y, x]
            for k in range(3):
                wrap = soft if k == 0 else 0.45 * soft if k == 1 else 0.35 * soft
                form = max((cosine + wrap) / (1 + wrap), 0.0)
                dim = seen * (1.6 - 0.6 * seen) if k == 0 and soft > 0 else seen  # red fills the hollows of skin
                around = (below[k] + (above[k] - below[k]) * sky) * dim
                out[y, x, k] = albedo[y, x, k] * (form * shade * colour[k] + around) + shine * colour[k]
    return out
