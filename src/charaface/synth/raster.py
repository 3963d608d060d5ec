"""Triangles onto pixels: which triangle each pixel sees, and where in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np

_WIDE = 128
_EDGE = 1e-4  # a pixel on the edge of two triangles belongs to both, so that rounding leaves no crack


@dataclass(frozen=True, eq=False)
class Seen:
    """What a picture of a mesh sees in each pixel."""

    triangle: np.ndarray  # (H, W) int32, -1 where there is none
    weights: np.ndarray  # (H, W, 2) float32 of the second and third corner; the first has the rest
    depth: np.ndarray  # (H, W) float32 of what is seen, larger is nearer; -inf where nothing is

    def packed(self, wanted: np.ndarray) -> tuple[Seen, np.ndarray]:
        """What is seen in the pixels that are wanted, (H, W) bool, and which they are, as numbers of a flat picture.

        Both are of a shape (R, 128) with the last pixel repeated, so that what works on pictures works on it.
        """
        found = np.flatnonzero(wanted)
        pixels = np.empty((-(-len(found) // _WIDE), _WIDE), np.int64)
        parts = Seen(
            np.empty(pixels.shape, np.int32),
            np.empty((*pixels.shape, 2), np.float32),
            np.empty(pixels.shape, np.float32),
        )
        _pack(found, self.triangle, self.weights, self.depth, pixels, parts.triangle, parts.weights, parts.depth)
        return parts, pixels

    def of(self, values: np.ndarray, triangles: np.ndarray) -> np.ndarray:
        """(H, W, ...) float32 values of vertices, (V, ...), at each pixel; 0 where no triangle is seen."""
        flat = np.ascontiguousarray(values.reshape(len(values), -1), np.float32)
        out = _spread(self.triangle, self.weights, flat, triangles)
        return np.asarray(out.reshape(*self.triangle.shape, *values.shape[1:]))

    def each(self, values: Sequence[np.ndarray], triangles: np.ndarray) -> list[np.ndarray]:
        """What of() gives of several values of vertices, (V, ...), found in one go."""
        flat = [one.reshape(len(one), -1) for one in values]
        widths = [one.shape[1] for one in flat]
        size, last = self.triangle.size, np.cumsum(widths)
        first = last - widths
        out = np.empty(size * int(last[-1]), np.float32)
        start = np.concatenate([a * size + np.arange(w) for a, w in zip(first, widths, strict=True)])
        table = np.concatenate(flat, axis=1, dtype=np.float32)
        _spread_each(
            self.triangle.ravel(), self.weights.reshape(-1, 2), table, triangles, start, np.repeat(widths, widths), out
        )
        shape = self.triangle.shape
        return [
            out[a * size : b * size].reshape(*shape, *one.shape[1:])
            for a, b, one in zip(first, last, values, strict=True)
        ]


def bounds(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(2,) float32 the least and the largest x and y of (V, 2 or more) float32 points."""
    low, high = np.full(2, np.inf, np.float32), np.full(2, -np.inf, np.float32)
    _bound(points, low, high)
    return low, high


def rasterise(points: np.ndarray, triangles: np.ndarray, height: int, width: int) -> Seen:
    """The nearest triangle of each pixel.

    points: (V, 3) float32 x right, y down in pixels (whole numbers at pixel centres) and depth, larger is nearer.
    triangles: (T, 3) int32; one that is not anticlockwise on the screen is seen from behind, and left out.
    """
    triangle = np.full((height, width), -1, np.int32)
    weights = np.zeros((height, width, 2), np.float32)
    depth = np.full((height, width), -np.inf, np.float32)
    _fill(np.ascontiguousarray(points, np.float32), triangles, depth, triangle, weights)
    return Seen(triangle, weights, depth)


@numba.njit(cache=True, fastmath={"contract", "arcp", "nsz"})  # type: ignore[untyped-decorator]
def _fill(
    points: np.ndarray,
    triangles: np.ndarray,
    depth: np.ndarray,
    triangle: np.ndarray | None,  # None is a type to numba, which then leaves out what would be written there
    weights: np.ndarray | None,
) -> None:
    height, width = depth.shape
    for t in range(len(triangles)):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, az = points[a, 0], points[a, 1], points[a, 2]
        bx, by, bz = points[b, 0], points[b, 1], points[b, 2]
        cx, cy, cz = points[c, 0], points[c, 1], points[c, 2]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area >= -1e-9:  # y is down, so anticlockwise is negative
            continue
        x0 = max(int(np.ceil(min(ax, bx, cx))), 0)
        x1 = min(int(np.floor(max(ax, bx, cx))), width - 1)
        y0 = max(int(np.ceil(min(ay, by, cy))), 0)
        y1 = min(int(np.floor(max(ay, by, cy))), height - 1)
        if x1 < x0 or y1 < y0:
            continue
        over = np.float32(1) / area
        v_x, v_y = (cy - ay) * over, (ax - cx) * over
        w_x, w_y = (ay - by) * over, (bx - ax) * over
        for y in range(y0, y1 + 1):
            v_0, w_0 = (y - ay) * v_y, (y - ay) * w_y
            for x in range(x0, x1 + 1):
                v = v_0 + (x - ax) * v_x
                w = w_0 + (x - ax) * w_x
                if v < -_EDGE or w < -_EDGE or v + w > 1 + _EDGE:
                    continue
                z = az + v * (bz - az) + w * (cz - az)
                if z > depth[y, x]:
                    depth[y, x] = z
                    if triangle is not None and weights is not None:
                        triangle[y, x] = t
                        weights[y, x, 0] = v
                        weights[y, x, 1] = w


def depth_of(points: np.ndarray, triangles: np.ndarray, height: int, width: int) -> np.ndarray:
    """(H, W) float32 the depth that rasterise finds, and nothing else."""
    depth = np.full((height, width), -np.inf, np.float32)
    _fill(np.ascontiguousarray(points, np.float32), triangles, depth, None, None)
    return depth


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _bound(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    for k in range(len(points)):
        for d in range(2):
            low[d] = min(low[d], points[k, d])
            high[d] = max(high[d], points[k, d])


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _pack(
    found: np.ndarray,
    triangle: np.ndarray,
    weights: np.ndarray,
    depth: np.ndarray,
    pixels: np.ndarray,
    to_triangle: np.ndarray,
    to_weights: np.ndarray,
    to_depth: np.ndarray,
) -> None:
    width, last = triangle.shape[1], len(found) - 1
    for k in range(pixels.size):
        pixel = found[min(k, last)]
        y, x = pixel // width, pixel % width
        row, column = k // _WIDE, k % _WIDE
        pixels[row, column] = pixel
        to_triangle[row, column] = triangle[y, x]
        to_weights[row, column, 0], to_weights[row, column, 1] = weights[y, x, 0], weights[y, x, 1]
        to_depth[row, column] = depth[y, x]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _spread_each(
    triangle: np.ndarray,
    weights: np.ndarray,
    values: np.ndarray,
    triangles: np.ndarray,
    start: np.ndarray,
    step: np.ndarray,
    out: np.ndarray,
) -> None:
    """Values, (V, K), at (N,) pixels; the k-th of the n-th goes to start[k] + n * step[k]."""
    for n in range(len(triangle)):
        t = triangle[n]
        if t < 0:
            for k in range(len(start)):
                out[start[k] + n * step[k]] = 0
            continue
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        v, w = weights[n, 0], weights[n, 1]
        u = 1 - v - w
        for k in range(len(start)):
            out[start[k] + n * step[k]] = u * values[a, k] + v * values[b, k] + w * values[c, k]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _spread(triangle: np.ndarray, weights: np.ndarray, values: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    height, width = triangle.shape
    channels = values.shape[1]
    out = np.zeros((height, width, channels), np.float32)
    for y in range(height):
        for x in range(width):
            t = triangle[y, x]
            if t < 0:
                continue
            a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
            v, w = weights[y, x, 0], weights[y, x, 1]
            u = 1 - v - w
            for k in range(channels):
                out[y, x, k] = u * values[a, k] + v * values[b, k] + w * values[c, k]
    return out
