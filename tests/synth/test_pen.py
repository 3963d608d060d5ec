"""The drawing hand: paths made in one block, curves made in one product."""

from __future__ import annotations

import numpy as np
import pytest
import skia

from charaface.synth.pen import circle, columns, ellipse, polygon, ribbon, smooth, spread, taper


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 25, 200])
def test_a_polygon_is_the_path_that_skia_makes_of_its_points(n, closed):
    points = np.random.default_rng(n).uniform(-50, 200, (n, 2))
    slow = skia.Path.Polygon([skia.Point(x, y) for x, y in points.tolist()], closed)
    assert polygon(points, closed) == slow
    assert polygon(np.asfortranarray(points), closed) == slow


def test_a_polygon_of_no_points_is_an_empty_path():
    assert polygon(np.zeros((0, 2))).isEmpty()


def test_a_polygon_keeps_its_points_when_the_array_changes():
    points = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]])
    path = polygon(points)
    points += 100
    assert list(path.getBounds()) == [0, 0, 4, 4]


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("width", [2, 3])
def test_a_smooth_curve_passes_through_every_point(closed, width):
    points = np.random.default_rng(5).normal(size=(6, width))
    curve = smooth(points, closed=closed, steps=5)
    assert np.abs(curve[::5] - points).max() < 1e-12
    assert len(curve) == (30 if closed else 26)


def test_a_smooth_curve_through_points_of_a_line_stays_on_it():
    x = smooth(np.linspace(0, 5, 6), steps=4)
    assert np.allclose(x, np.arange(21) / 4)


def test_a_ribbon_is_as_wide_as_asked_for():
    left, top, right, bottom = ribbon(np.array([[0.0, 5.0], [10.0, 5.0], [20.0, 5.0]]), 3.0).getBounds()
    assert (left, top, right, bottom) == (0, 3.5, 20, 6.5)


def test_a_turned_ellipse_has_its_long_axis_where_it_was_turned():
    points = ellipse(3, 4, 2, 1, np.pi / 2, n=8)
    assert np.allclose(points[0], [3, 6])
    assert np.allclose(points[2], [2, 4])


def test_columns_take_arrays_and_single_numbers():
    assert columns(np.array([1.0, 2.0]), 5).tolist() == [[1, 5], [2, 5]]


@pytest.mark.parametrize("shared", [circle(7), spread(0, 1, 7), taper(7, 0.2, 0.4)])
def test_what_a_cache_hands_out_cannot_be_changed(shared):
    with pytest.raises(ValueError, match="read-only"):
        shared += 1
