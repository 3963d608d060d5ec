"""Folds of skin come with the shapes that throw them, and where faces have them."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.synth.folds import THROWN, fold_maps, folded, strengths
from charaface.synth.head_points import head_points
from charaface.synth.kit import FaceKit
from charaface.synth.skin_map import SIZE, on_map


@pytest.fixture(scope="module")
def marks(kit: FaceKit) -> np.ndarray:
    return on_map(head_points(kit).fixed.on(kit.vertices))


def test_a_face_at_rest_has_no_folds_and_one_that_moves_has_those_of_its_shapes() -> None:
    assert set(strengths({}).values()) == {0.0}
    smile = strengths({"mouthSmile_L": 1.0, "mouthSmile_R": 1.0})
    assert smile["cheeks"] == pytest.approx(0.8)
    assert smile["forehead"] == smile["frown"] == smile["nose"] == 0
    half = strengths({"mouthSmile_L": 0.5, "mouthSmile_R": 0.5})
    assert half["cheeks"] == pytest.approx(0.4)
    assert max(strengths({name: 9.0 for by in THROWN.values() for name in by}).values()) == 1.0


def test_every_shape_that_throws_folds_is_one_of_the_kits(kit: FaceKit) -> None:
    known = {name.removesuffix("_L") for name in kit.expression_names}
    assert {name for by in THROWN.values() for name in by} <= known


def test_folds_are_darker_in_their_valleys_and_deeper_in_the_old(marks: np.ndarray) -> None:
    maps = fold_maps(marks)
    assert set(maps) == set(THROWN)
    skin = np.full((SIZE, SIZE, 3), 0.5, np.float32)
    raised = {"browInnerUp_L": 1.0, "browInnerUp_R": 1.0, "browOuterUp_L": 1.0, "browOuterUp_R": 1.0}
    young, old = (folded(skin, lines, maps, raised) for lines in (0.0, 1.0))
    assert folded(skin, 1.0, maps, {}) is skin
    assert (skin == 0.5).all()
    brows, chin = int(marks[19, 1]), int(marks[8, 1])
    assert old[:brows].min() < young[:brows].min() < 0.4
    assert np.allclose(old[chin:], 0.5, atol=0.01)
    assert old[..., 0].min() > old[..., 2].min()  # blue goes first


def test_folds_are_as_strong_on_both_sides(marks: np.ndarray) -> None:
    for name, one in fold_maps(marks).items():
        valley = np.maximum(one, 0)
        right, left = valley[:, : SIZE // 2].sum(), valley[:, SIZE // 2 :].sum()
        assert right == pytest.approx(left, rel=0.1), name
        assert right > 10, name
