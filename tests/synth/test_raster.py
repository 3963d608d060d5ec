"""Each pixel sees the nearest triangle that faces it, and where in it."""

from __future__ import annotations

import numpy as np

from charaface.synth.raster import bounds, depth_of, rasterise

ONE = np.array([[0, 1, 2]], np.int32)


def sheet(height: int, width: int, cells: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A bent sheet that covers a picture: (V, 3) points and (T, 3) triangles that face it."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(-1, width, cells + 1), np.linspace(-1, height, cells + 1))
    inside = np.zeros_like(x)
    inside[1:-1, 1:-1] = 1
    step = min(height, width) / cells / 4
    x, y = (a + inside * rng.uniform(-step, step, a.shape) for a in (x, y))
    corner = np.arange((cells + 1) ** 2).reshape(cells + 1, -1)
    a, b, c, d = (corner[i : i + cells, j : j + cells].ravel() for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)))
    triangles = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)]).astype(np.int32)
    return np.stack([x.ravel(), y.ravel(), np.sin(x + y).ravel()], axis=1), triangles


def test_a_sheet_leaves_no_crack() -> None:
    for seed in range(20):
        points, triangles = sheet(31, 47, 12, seed)
        assert (rasterise(points, triangles, 31, 47).triangle >= 0).all()


def test_pixels_on_the_edges_of_triangles_leave_no_crack() -> None:
    points, triangles = sheet(20, 20, 21)
    points[:, :2] = np.round(points[:, :2])
    assert (rasterise(points, triangles, 20, 20).triangle >= 0).all()


def test_what_is_linear_over_the_picture_comes_back_at_pixel_centres() -> None:
    points, triangles = sheet(24, 30, 9)
    seen = rasterise(points, triangles, 24, 30)
    y, x = np.mgrid[:24, :30]
    found = seen.of(points[:, :2], triangles)
    assert np.abs(found - np.stack([x, y], axis=-1)).max() < 1e-3
    assert seen.of(points[:, 0], triangles).shape == (24, 30)


def test_the_nearer_triangle_is_seen_whatever_comes_first() -> None:
    points = np.array([[-1, -1, 0], [-1, 40, 0], [40, -1, 0], [-1, -1, 5], [-1, 40, 5], [40, -1, 5]], float)
    for order in ([[0, 1, 2], [3, 4, 5]], [[3, 4, 5], [0, 1, 2]]):
        seen = rasterise(points, np.array(order, np.int32), 10, 10)
        near = order.index([3, 4, 5])
        assert (seen.triangle == near).all()
        assert (seen.depth == 5).all()


def test_triangles_that_cut_each_other_change_where_they_meet() -> None:
    wide = np.array([[-1, -1], [-1, 40], [40, -1]], float)
    level = np.column_stack([wide, np.full(3, 4.5)])
    rising = np.column_stack([wide, wide[:, 0]])
    seen = rasterise(np.concatenate([level, rising]), np.array([[0, 1, 2], [3, 4, 5]], np.int32), 10, 10)
    assert (seen.triangle[:, :5] == 0).all()
    assert (seen.triangle[:, 5:] == 1).all()


def test_triangles_seen_from_behind_beside_the_picture_or_without_area_are_left_out() -> None:
    front = np.array([[1, 1, 0], [1, 8, 0], [8, 1, 0]], float)
    assert (rasterise(front, ONE, 9, 9).triangle >= 0).any()
    for points in (front[::-1], front + [100, 0, 0], front - [100, 0, 0], front + [0, 100, 0], front * [1, 0, 1]):
        seen = rasterise(points, ONE, 9, 9)
        assert (seen.triangle == -1).all()
        assert np.isneginf(seen.depth).all()
        assert (seen.of(points, ONE) == 0).all()


def test_a_picture_is_that_of_every_triangle_tried_at_every_pixel() -> None:
    rng = np.random.default_rng(3)
    points = rng.uniform(-5, 25, (60, 3))
    triangles = rng.integers(0, 60, (80, 3)).astype(np.int32)
    seen = rasterise(points, triangles, 18, 20)
    y, x = np.mgrid[:18, :20].astype(float)
    depth = np.full((18, 20), -np.inf)
    margin = np.full((18, 20), np.inf)  # how far the pixel is from an edge of any triangle
    for a, b, c in points[triangles]:
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if area >= -1e-9:
            continue
        v = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
        w = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
        inner = np.minimum(np.minimum(v, w), 1 - v - w)
        margin = np.minimum(margin, np.abs(inner))
        depth = np.where(inner >= 0, np.maximum(depth, a[2] + v * (b[2] - a[2]) + w * (c[2] - a[2])), depth)
    sure = margin > 1e-3
    assert sure.mean() > 0.7
    assert np.array_equal(np.isneginf(depth[sure]), np.isneginf(seen.depth[sure]))
    hit = sure & ~np.isneginf(depth)
    assert hit.sum() > 50
    assert np.abs(depth[hit] - seen.depth[hit]).max() < 1e-2


def test_pixels_that_are_wanted_are_packed_and_nothing_else() -> None:
    rng = np.random.default_rng(5)
    points = rng.uniform(-5, 45, (60, 3))
    triangles = rng.integers(0, 60, (80, 3)).astype(np.int32)
    seen = rasterise(points, triangles, 40, 44)
    values = rng.normal(size=(60, 2)).astype(np.float32)
    shown, pixels = seen.packed(seen.triangle >= 0)
    assert pixels.shape[1] == 128
    assert np.array_equal(np.unique(pixels), np.flatnonzero(seen.triangle >= 0))
    whole = np.zeros((40 * 44, 2), np.float32)
    whole[pixels] = shown.of(values, triangles)
    assert np.array_equal(whole.reshape(40, 44, 2), seen.of(values, triangles))
    nothing, none = seen.packed(np.zeros((40, 44), np.bool_))
    assert none.size == nothing.triangle.size == 0


def test_several_values_in_one_go_are_those_of_each_alone() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 40, (60, 3)).astype(np.float32)
    triangles = rng.integers(0, 60, (80, 3)).astype(np.int32)
    seen = rasterise(points, triangles, 40, 40)
    values = [rng.normal(size=shape).astype(np.float32) for shape in ((60, 3), (60,), (60, 2))]
    for one, found in zip(values, seen.each(values, triangles), strict=True):
        assert np.array_equal(found, seen.of(one, triangles))
        assert found.flags.c_contiguous


def test_depth_alone_is_that_of_the_whole() -> None:
    rng = np.random.default_rng(1)
    points = rng.uniform(-5, 45, (60, 3)).astype(np.float32)
    triangles = rng.integers(0, 60, (80, 3)).astype(np.int32)
    assert np.array_equal(depth_of(points, triangles, 40, 30), rasterise(points, triangles, 40, 30).depth)


def test_bounds_are_the_least_and_the_most() -> None:
    points = np.random.default_rng(2).normal(size=(50, 3)).astype(np.float32)
    low, high = bounds(points)
    assert np.array_equal(low, points[:, :2].min(axis=0))
    assert np.array_equal(high, points[:, :2].max(axis=0))
