"""The legend: names what is drawn, keeps out of the way of faces, and stays where it is through a clip."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from charaface.draw import COLOURS, DrawStyle, Painter, draw_faces
from charaface.draw.legend import SMALLEST, Legend, entries_of
from charaface.face import Face, Landmarks
from painted import points_of

STYLE = DrawStyle(legend=True)
PLAIN = np.full((400, 500, 3), 128, np.uint8)


def face(x: float, y: float, side: float = 120) -> Face:
    points = points_of((x, y, side))
    return Face(np.array([x, y, x + side, y + side]), 0.9, Landmarks(points, np.ones(68), np.ones(68, bool)))


def plate(image: np.ndarray, faces: list[Face], style: DrawStyle = STYLE) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of what the legend adds to a drawing."""
    bare = DrawStyle(**{**vars(style), "legend": False})
    y, x = np.nonzero((draw_faces(image, faces, style) != draw_faces(image, faces, bare)).any(axis=2))
    return int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1


@pytest.mark.parametrize(("x", "y"), [(10, 10), (370, 10), (10, 270), (370, 270)])
def test_it_stands_in_a_corner_far_from_the_face(x: int, y: int) -> None:
    left, top, right, bottom = plate(PLAIN, [face(x, y)])
    assert left < 20 or right > 480
    assert top < 20 or bottom > 380
    assert right < x or left > x + 120 or bottom < y or top > y + 120
    crowd = [face(a, b) for a, b in ((10, 10), (370, 10), (10, 270), (370, 270)) if (a, b) != (x, y)]
    left, top, right, bottom = plate(PLAIN, crowd)  # the one corner that is free
    assert (left < 250, top < 200) == (x < 250, y < 200)


def names(faces: list[Face], **options: Any) -> list[str]:
    return [entry.name for entry in entries_of(faces, DrawStyle(legend=True, **options))]


def test_it_names_what_is_drawn_and_nothing_else() -> None:
    one = [face(10, 10)]
    assert names(one) == ["jaw", "brow", "nose", "eye", "mouth", "hidden"]
    assert names(one, parts=["eye", "outer_lip"]) == ["eye", "mouth", "hidden"]
    assert names(one, points=False) == ["jaw", "brow", "nose", "eye", "mouth"]
    assert names(one, hidden="none", mesh=True) == ["jaw", "brow", "nose", "eye", "mouth", "mesh"]
    assert names(one, points=False, lines=False, mesh=True) == ["mesh"]
    assert names(one, points=False, lines=False, boxes=True) == []
    assert names([Face(np.array([1, 1, 9, 9]))]) == []


def test_parts_of_one_kind_with_colours_of_their_own_are_named_apart() -> None:
    style = DrawStyle(legend=True, parts=["eye", "brow"], colours={"right_eye": "#ff0000"}, hidden="none")
    entries = {entry.name: entry.colour for entry in entries_of([face(10, 10)], style)}
    assert entries == {
        "brow": tuple(bytes.fromhex(COLOURS["brow"][1:])),
        "right eye": (255, 0, 0),
        "left eye": tuple(bytes.fromhex(COLOURS["eye"][1:])),
    }


def test_its_colours_stand_on_its_plate() -> None:
    style = DrawStyle(legend=True, colours={"eye": "#12ff34"}, hidden="none")
    left, top, right, bottom = plate(PLAIN, [face(10, 10)], style)
    seen = draw_faces(PLAIN, [face(10, 10)], style)[top:bottom, left:right].reshape(-1, 3)
    assert (np.abs(seen.astype(int) - (0x12, 0xFF, 0x34)).max(axis=1) < 12).any()


@pytest.mark.parametrize("shape", [(SMALLEST - 1, 900, 3), (900, SMALLEST - 1, 3), (20, 20, 4)])
def test_a_picture_too_small_has_none(shape: tuple[int, ...]) -> None:
    small, one = np.full(shape, 128, np.uint8), [face(2, 2, 16)]
    assert Legend.over(shape, one, STYLE) is None
    np.testing.assert_array_equal(draw_faces(small, one, STYLE), draw_faces(small, one))


@pytest.mark.parametrize("side", [SMALLEST, 320, 700, 1500])
def test_it_grows_with_the_picture_and_covers_little_of_it(side: int) -> None:
    legend = Legend.over((side, side, 3), [face(10, 10, side / 4)], DrawStyle(legend=True, mesh=True))
    assert legend is not None
    height, width = legend.ink.shape[:2]
    assert height <= 0.5 * side
    assert width <= 0.75 * side
    assert height * width >= 7 * 10 * 40  # seven lines of ten pixels
    assert min(legend.x, legend.y) > 0
    assert max(legend.x + width, legend.y + height) < side


def test_in_a_clip_it_comes_with_the_first_face_and_stays() -> None:
    painter = Painter(STYLE)
    assert painter.draw(PLAIN, []) is PLAIN
    first = painter.draw(PLAIN, [face(10, 10)])
    later = painter.draw(PLAIN, [face(10, 270)])  # a fresh legend would stand elsewhere
    empty = painter.draw(PLAIN, [])
    left, top, right, bottom = plate(PLAIN, [face(10, 10)])
    for picture in (first, later, empty):
        np.testing.assert_array_equal(picture[top:bottom, left:right], first[top:bottom, left:right])
    assert (empty != PLAIN).any(axis=2).sum() <= (right - left) * (bottom - top)
    assert plate(PLAIN, [face(10, 270)])[:2] != (left, top)


def test_on_nothing_it_is_there_too() -> None:
    out = draw_faces(PLAIN, [face(10, 10)], DrawStyle(legend=True, blank="transparent"))
    left, top, right, bottom = plate(PLAIN, [face(10, 10)])
    assert out[top:bottom, left:right, 3].min() > 180
