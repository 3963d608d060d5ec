"""Two pictures side by side: both whole, sides even, a name above each."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.draw import side_by_side

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(1, 1, 3), (33, 47, 3), (40, 60, 4), (301, 500, 3), (240, 1921, 3)])
def test_both_stand_whole_below_a_bar_and_the_sides_are_even(shape: tuple[int, ...]) -> None:
    left, right = (RNG.integers(0, 256, shape, np.uint8) for _ in range(2))
    out = side_by_side([left, right], ("landmarks68-1", "mine.onnx"))
    height, width = shape[:2]
    assert out.shape[0] % 2 == out.shape[1] % 2 == 0
    assert out.shape[2] == shape[2]
    np.testing.assert_array_equal(out[-height:, :width], left)
    np.testing.assert_array_equal(out[-height:, -width:], right)
    assert out.shape[0] - height < 80
    if shape[2] == 4:
        assert (out[:-height, :, 3] == 255).all()


@pytest.mark.parametrize(("count", "columns", "rows"), [(3, 3, 1), (4, 4, 1), (5, 3, 2), (7, 3, 3), (30, 6, 5)])
def test_many_stand_in_rows_each_whole_under_its_name(count: int, columns: int, rows: int) -> None:
    pictures = [np.full((33, 47, 3), 5 + 8 * i, np.uint8) for i in range(count)]
    out = side_by_side(pictures, [f"run {i}" for i in range(count)])
    height, step = out.shape[0] // rows, 47 + 2
    assert out.shape[1] in (columns * step - 2, columns * step - 1)
    for i, picture in enumerate(pictures):
        x, y = i % columns * step, i // columns * height
        np.testing.assert_array_equal(out[y + height - 33 : y + height, x : x + 47], picture)
        assert out[y : y + height - 33, x : x + 47].max() > 200  # the letters of its name


def test_each_half_has_its_name() -> None:
    plain = np.zeros((100, 200, 3), np.uint8)
    a, b = side_by_side([plain, plain], ("one", "two")), side_by_side([plain, plain], ("one", "three"))
    np.testing.assert_array_equal(a[:, :200], b[:, :200])
    assert (a[:, 200:] != b[:, 200:]).any()
    for half in (a[:-100, :200], a[:-100, -200:]):
        assert half.max() > 200  # letters on the dark bar


def test_a_name_too_long_is_cut_and_one_in_another_script_has_a_sign_in_its_place() -> None:
    plain = np.zeros((20, 40, 3), np.uint8)
    assert side_by_side([plain, plain], ("a very long name indeed", "젠이치.jsonl")).shape[1] % 2 == 0
    wide = np.zeros((50, 300, 3), np.uint8)
    foreign, plain_name = (side_by_side([wide, wide], (name, "x")) for name in ("젠이치 größe.csv", "_ große.csv"))
    accent = side_by_side([wide, wide], ("_ gro_e.csv", "x"))
    np.testing.assert_array_equal(foreign, accent)
    np.testing.assert_array_equal(plain_name, accent)
