"""The expression of a face, drawn: a small face of our own, its name, seven bars."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from charaface.draw import DrawStyle, draw_faces
from charaface.draw.emoji import emoji
from charaface.draw.style import EXPRESSION_COLOURS, rgb
from charaface.face import EXPRESSIONS, Emotion, Face

BARE = DrawStyle(points=False, lines=False, emotion=True)


def face(label: str = "happy", box: tuple[float, ...] = (200, 150, 320, 270), **probabilities: float) -> Face:
    return Face(list(box), emotion=Emotion(label, {name: probabilities.get(name, 0.0) for name in EXPRESSIONS}))


def paper(width: int = 640, height: int = 480) -> np.ndarray:
    return np.full((height, width, 3), 255, np.uint8)


def touched(image: np.ndarray) -> np.ndarray:
    return (image != 255).any(axis=2)


def hue(colour: np.ndarray) -> np.ndarray:
    return np.asarray(colour / np.linalg.norm(colour))


@pytest.mark.parametrize("side", [24, 40, 120])
@pytest.mark.parametrize("label", EXPRESSIONS)
def test_a_face_is_a_smooth_disc_of_its_expression_s_colour(label: str, side: int) -> None:
    ink = emoji(label, side)
    cover = ink[..., 3] / 255
    assert ink.shape == (side, side, 4)
    assert cover.sum() == pytest.approx(np.pi * (0.94 * side / 2) ** 2, rel=0.03)
    assert (cover[[0, 0, -1, -1], [0, -1, 0, -1]] == 0).all()
    assert ((cover > 0.02) & (cover < 0.98)).any()  # its edge is soft
    assert (ink[..., :3] <= ink[..., 3:]).all()  # colours are multiplied by their cover
    skin = np.median(ink[cover == 1][:, :3], axis=0)
    assert hue(skin) @ hue(np.array(rgb(EXPRESSION_COLOURS[label]))) > 0.99


@pytest.mark.parametrize(("one", "other"), list(combinations(EXPRESSIONS, 2)))
def test_no_two_faces_look_alike_at_24_pixels_even_without_colour(one: str, other: str) -> None:
    a, b = (emoji(name, 24, "#cccccc").astype(int) for name in (one, other))
    assert np.abs(a - b)[4:-4, 4:-4, :3].mean() > 8


def test_a_face_that_feels_the_same_on_both_sides_is_its_own_mirror_image() -> None:
    for label in ("neutral", "surprise", "happy"):
        ink = emoji(label, 60, "#cccccc")
        brow_to_chin = np.abs(ink.astype(int) - ink[:, ::-1])[..., 3]
        assert brow_to_chin.max() <= 8
    sad = emoji("sad", 60).astype(int)
    tear = np.abs(sad - sad[:, ::-1]).sum(axis=2)
    assert tear[30:45, 38:48].max() > 60  # a tear runs on one side


def test_a_colour_of_one_s_own_is_used_for_face_plate_and_bar() -> None:
    wanted = DrawStyle(points=False, lines=False, emotion=True, colours={"happy": "#00aa88"})
    for style, count in ((wanted, True), (BARE, False)):
        drawn = draw_faces(paper(), [face(happy=1.0)], style)
        assert bool((drawn == (0, 170, 136)).all(axis=2).sum() > 200) is count
    with pytest.raises(ValueError, match=r"no part 'cheerful' to draw; there are .*happy"):
        DrawStyle(colours={"cheerful": "#ffffff"})


def bar(image: np.ndarray, label: str) -> int:
    """How many pixels of a row have the colour of an expression, beside the face."""
    return int((image[:, 322:] == rgb(EXPRESSION_COLOURS[label])).all(axis=2).sum(axis=1).max())


def test_bars_are_as_long_as_the_probabilities() -> None:
    """Of seven known numbers; the whole bar is five letters' sizes long."""
    known = {"angry": 0.1, "disgust": 0.2, "fear": 0.5, "sad": 0.8, "surprise": 1.0}
    drawn = draw_faces(paper(), [face("surprise", **known)], BARE)
    whole = bar(drawn, "surprise")
    assert whole == 5 * 10
    for label, value in known.items():
        assert abs(bar(drawn, label) - value * whole) <= 1
    assert bar(drawn, "neutral") == 0


def test_the_face_itself_stays_free() -> None:
    drawn = draw_faces(paper(), [face(happy=0.9, sad=0.1)], BARE)
    assert not touched(drawn[150:270, 200:320]).any()
    assert touched(drawn[80:150, 200:340]).any()
    assert touched(drawn[150:270, 320:]).any()


@pytest.mark.parametrize("box", [(0, 0, 120, 120), (520, 0, 640, 120), (0, 360, 120, 480), (520, 360, 640, 480)])
def test_at_an_edge_it_moves_into_the_picture(box: tuple[float, ...]) -> None:
    middle = touched(draw_faces(paper(), [face(happy=0.9)], BARE)).sum()
    assert abs(int(touched(draw_faces(paper(), [face(box=box, happy=0.9)], BARE)).sum()) - int(middle)) < 0.02 * middle


def test_a_face_that_fills_its_picture_keeps_its_badge_and_has_no_bars() -> None:
    drawn = touched(draw_faces(paper(220, 220), [face(box=(20, 45, 200, 215), happy=0.9)], BARE))
    assert drawn[:60].any()
    assert not drawn[90:215, 20:200].any()


def test_a_small_face_has_no_bars_and_a_small_picture_does_not_fail() -> None:
    small = touched(draw_faces(paper(), [face(box=(200, 150, 230, 180), happy=0.9)], BARE))
    assert small[:150].any()
    assert not small[155:].any()
    for side in (1, 8, 30):
        assert draw_faces(paper(side, side), [face(box=(0, 0, 900, 900), happy=0.9)], BARE).shape == (side, side, 3)


def test_a_face_without_an_expression_and_a_style_without_it_draw_nothing() -> None:
    assert not touched(draw_faces(paper(), [Face([200, 150, 320, 270])], BARE)).any()
    assert not touched(draw_faces(paper(), [face(happy=1.0)], DrawStyle(points=False, lines=False))).any()


def test_on_nothing_only_the_drawing_is_opaque() -> None:
    drawn = draw_faces(
        paper(), [face(happy=1.0)], DrawStyle(points=False, lines=False, emotion=True, blank="transparent")
    )
    assert drawn.shape == (480, 640, 4)
    assert not drawn[150:270, 200:320].any()
    assert drawn[80:150, 200:340, 3].max() == 255


def test_it_lies_over_the_lines_of_all_faces_and_below_nothing() -> None:
    """The bars of one face over the box of another."""
    faces = [face(happy=1.0), Face([330, 150, 420, 260])]
    with_boxes = draw_faces(paper(), faces, DrawStyle(points=False, lines=False, boxes=True, emotion=True))
    swapped = draw_faces(paper(), faces[::-1], DrawStyle(points=False, lines=False, boxes=True, emotion=True))
    assert np.array_equal(with_boxes, swapped)
