"""A small picture: whole where its face can be seen, else the part around the one that is least sure."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.draw import DrawStyle, draw_faces, thumbnail
from charaface.face import Face, Landmarks
from painted import MAGENTA, paint, points_of

BARE = DrawStyle(points=False, lines=False)


def face(x: float, y: float, side: float, score: float = 0.9) -> Face:
    marks = Landmarks(points_of((x, y, side)), np.ones(68), np.ones(68, bool))
    return Face(np.array([x, y, x + side, y + side]), score, marks)


@pytest.mark.parametrize("shape", [(240, 320, 3), (1000, 50, 3), (30, 900, 3), (1, 1, 3)])
def test_it_is_no_larger_than_asked_for_and_keeps_the_shape_of_the_whole(shape: tuple[int, ...]) -> None:
    small = thumbnail(np.full(shape, 200, np.uint8), [], 100)
    assert max(small.shape[:2]) == min(100, 4 * max(shape[:2]))
    assert small.shape[1] / small.shape[0] == pytest.approx(shape[1] / shape[0], rel=0.4)
    assert (small == 200).all()


def test_of_many_faces_the_least_sure_one_is_shown_large() -> None:
    image = paint([(20, 20, 40), (900, 700, 40)], 1000, 800)
    small = thumbnail(image, [face(20, 20, 40, 0.9), face(900, 700, 40, 0.4)], 120, BARE)
    assert small.shape == (120, 120, 3)
    share = (small == MAGENTA).all(axis=2).mean()
    assert share == pytest.approx(1 / 9, abs=0.02)  # a third of each side


def test_a_large_face_is_shown_with_the_whole_picture() -> None:
    assert thumbnail(paint([(40, 40, 150)]), [face(40, 40, 150)], 160).shape == (120, 160, 3)


@pytest.mark.parametrize("place", [(0, 0), (960, 760), (-10, 400), (500, 790)])
def test_faces_at_the_edge_are_shown_too(place: tuple[int, int]) -> None:
    image = paint([(*place, 40)], 1000, 800)
    small = thumbnail(image, [face(*place, 40)], 120, BARE)
    assert small.shape == (120, 120, 3)
    assert (small == MAGENTA).all(axis=2).any()


def test_landmarks_are_drawn_where_they_lie_in_the_small_picture() -> None:
    image = np.full((200, 200, 3), 128, np.uint8)
    small = thumbnail(image, [face(20, 30, 120)], 100)
    whole = draw_faces(np.full((100, 100, 3), 128, np.uint8), [face(10, 15, 60)])
    np.testing.assert_allclose(small.astype(int), whole, atol=60)
    assert (small != 128).any()
