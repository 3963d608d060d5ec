"""The skin of a 3-D head: what is painted is where the points are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from charaface.schemes.head import HEAD
from charaface.synth.skin_map import BOTTOM, SIZE, TOP, UP, Skin, linear, on_map, paint_skin

PLAIN = Skin((0.8, 0.6, 0.5), flush=0, mottle=0, rings=0, brow_density=0, liner=0)


@pytest.fixture(scope="module")
def marks() -> np.ndarray:
    """The points of an average head on the map."""
    head = HEAD * [1, -1, 1] if HEAD[8, 1] > 0 else HEAD
    scale = 8.9 / np.linalg.norm(head[45] - head[36])
    places = (head - head[[36, 45]].mean(axis=0)) * scale
    return on_map(places + [0, 3.4, 8.6])


def mean(skin: Skin, marks: np.ndarray, at: np.ndarray, size: int = 3) -> np.ndarray:
    x, y = np.round(at).astype(int)
    return np.asarray(paint_skin(skin, marks)[y - size : y + size + 1, x - size : x + size + 1].mean(axis=(0, 1)))


def test_the_map_has_the_face_in_its_middle_and_keeps_heights() -> None:
    assert on_map(np.array([0.0, TOP, 9.0])) == pytest.approx([SIZE / 2, 0])
    assert on_map(np.array([0.0, BOTTOM, 9.0])) == pytest.approx([SIZE / 2, SIZE])
    left, right = on_map(np.array([[-3.0, 0, 8], [3.0, 0, 8]]))
    assert left[0] + right[0] == pytest.approx(SIZE)
    assert left[0] < SIZE / 2
    assert on_map(np.array([0.0, 1.0, 9]))[1] - on_map(np.array([0.0, 2.0, 9]))[1] == pytest.approx(UP)


def test_the_same_skin_is_the_same_map_and_another_seed_another(marks: np.ndarray) -> None:
    skin = Skin((0.8, 0.6, 0.5), freckles=30, moles=4, stubble=0.5, lines=0.5, seed=3)
    one = paint_skin(skin, marks)
    assert one.shape == (SIZE, SIZE, 3)
    assert one.dtype == np.float32
    assert 0 <= one.min() < one.max() <= 1
    assert np.array_equal(one, paint_skin(skin, marks))
    assert not np.array_equal(one, paint_skin(replace(skin, seed=4), marks))


def test_plain_skin_has_its_tone_but_for_lips_and_lids(marks: np.ndarray) -> None:
    for at in (marks[2] * 0.5 + marks[33] * 0.5, marks[27] - [0, 4 * UP], marks[8] + [0, 2 * UP]):
        assert mean(PLAIN, marks, at) == pytest.approx(linear(np.array(PLAIN.tone)), abs=0.01)
    lip = (marks[57] + marks[66]) / 2
    assert np.abs(mean(PLAIN, marks, lip, 1) - linear(np.array(PLAIN.tone))).max() > 0.05


def test_brows_stubble_and_shadow_darken_their_own_places(marks: np.ndarray) -> None:
    chin, brow = marks[8] * 0.5 + marks[57] * 0.5, marks[19]
    for changed, at, elsewhere in (
        (replace(PLAIN, brow_density=1.0), brow, chin),
        (replace(PLAIN, stubble=1.0), chin, brow),
    ):
        assert (mean(changed, marks, at) < mean(PLAIN, marks, at) - 0.1).all()
        assert mean(changed, marks, elsewhere) == pytest.approx(mean(PLAIN, marks, elsewhere), abs=0.01)


def test_flushed_cheeks_are_redder(marks: np.ndarray) -> None:
    at = marks[36:42].mean(axis=0) * 0.6 + marks[2] * 0.4 + [0, 1.5 * UP]
    red, plain = mean(replace(PLAIN, flush=1.0), marks, at), mean(PLAIN, marks, at)
    assert red[0] == pytest.approx(plain[0], abs=0.05)
    assert red[1] < plain[1] - 0.05
