"""Drawing: on the point, in the chosen colours, and nowhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from charaface.conceal import conceal
from charaface.draw import COLOURS, TRACK_COLOURS, DrawStyle, draw_faces
from charaface.face import Face, Landmarks
from charaface.schemes import IBUG68

PLAIN = np.full((200, 220, 3), 128, np.uint8)


def points_in(box: list[float]) -> np.ndarray:
    """68 points, no two alike, spread over a box."""
    i = np.arange(68)
    share = np.stack([(i % 9 + 0.5) / 9, (i // 9 + 0.5) / 8], axis=1)
    return np.array(box[:2]) + share * (np.array(box[2:]) - box[:2])


def a_face(box: list[float] | None = None, hidden: tuple[int, ...] = (), **known: Any) -> Face:
    box = box or [40.0, 50.0, 160.0, 170.0]
    visible = ~np.isin(np.arange(68), hidden)
    return Face(box, 0.87, Landmarks(points_in(box), np.ones(68), visible), **known)


def rgb(text: str) -> list[int]:
    return list(bytes.fromhex(text[1:]))


def at(image: np.ndarray, point: np.ndarray) -> list[int]:
    x, y = np.rint(point).astype(int)
    return image[y, x].tolist()


def test_the_picture_that_was_given_stays_as_it_is() -> None:
    before = PLAIN.copy()
    out = draw_faces(PLAIN, [a_face()], DrawStyle(boxes=True, labels=True))
    np.testing.assert_array_equal(PLAIN, before)
    assert out.shape == PLAIN.shape
    assert (out != PLAIN).any()


def test_no_faces_give_the_same_picture() -> None:
    np.testing.assert_array_equal(draw_faces(PLAIN, []), PLAIN)
    nothing = DrawStyle(points=False, lines=False)
    np.testing.assert_array_equal(draw_faces(PLAIN, [a_face()], nothing), PLAIN)
    np.testing.assert_array_equal(draw_faces(PLAIN, [Face([1, 1, 9, 9])]), PLAIN)


@pytest.mark.parametrize("side", [60.0, 120.0, 180.0])
def test_each_point_has_the_colour_of_its_part(side: float) -> None:
    face = a_face([10.0, 10.0, 10 + side, 10 + side])
    assert face.landmarks is not None
    out = draw_faces(PLAIN, [face], DrawStyle(lines=False, radius=3.0))
    kinds = {"jaw": "jaw", "right_brow": "brow", "nose_base": "nose", "left_eye": "eye", "outer_lip": "mouth"}
    for part, kind in kinds.items():
        for i in IBUG68.parts[part]:
            assert at(out, face.landmarks.points[i]) == rgb(COLOURS[kind])


def test_a_dot_lies_on_its_point_to_a_tenth_of_a_pixel() -> None:
    for shift in np.linspace(0, 1, 5):
        points = np.full((68, 2), -1000.0)
        points[30] = [100 + shift, 90 - shift / 2]
        face = Face([40, 40, 160, 160], 1.0, Landmarks(points, np.ones(68), np.ones(68, bool)))
        style = DrawStyle(lines=False, radius=4, blank="transparent", parts=["nose"])
        cover = draw_faces(PLAIN, [face], style)[..., 3].astype(float)
        y, x = np.mgrid[0:200, 0:220]
        middle = np.array([(cover * x).sum(), (cover * y).sum()]) / cover.sum()
        np.testing.assert_allclose(middle, points[30], atol=0.1)


def test_a_box_lies_on_the_edges_of_its_pixels() -> None:
    face = Face([50, 60, 150, 160])
    style = DrawStyle(boxes=True, thickness=2, colours={"rim": "#ffffff", "box": "#ffffff"}, blank="transparent")
    cover = draw_faces(PLAIN, [face], style)[..., 3].astype(float)
    for line, edge in ((cover[110, :100], 50), (cover[110, 100:], 50), (cover[:110, 100], 60), (cover[110:, 100], 50)):
        middle = (line * np.arange(len(line))).sum() / line.sum()
        assert middle == pytest.approx(edge - 0.5, abs=0.2)  # between the last pixel outside and the first inside
    assert cover[65:150, 60:140].max() == 0


def test_drawing_stays_near_the_face() -> None:
    face = a_face([100.0, 100.0, 140.0, 140.0])
    out = draw_faces(PLAIN, [face], DrawStyle(boxes=True))
    changed = (out != PLAIN).any(axis=2)
    assert not changed[:95].any()
    assert not changed[145:].any()
    assert not changed[:, :95].any()
    assert not changed[:, 145:].any()


@pytest.mark.parametrize(
    "box", [[-500.0, -500.0, -400.0, -400.0], [190.0, 150.0, 400.0, 400.0], [-90.0, 5.0, 9.0, 99.0]]
)
def test_faces_may_leave_the_picture(box: list[float]) -> None:
    out = draw_faces(PLAIN, [a_face(box)], DrawStyle(boxes=True, labels=True))
    assert out.shape == PLAIN.shape


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 300, 3), (5, 5, 4)])
def test_pictures_of_every_size_are_drawn_on(shape: tuple[int, ...]) -> None:
    out = draw_faces(np.zeros(shape, np.uint8), [a_face()], DrawStyle(boxes=True, labels=True))
    assert out.shape == shape


def test_points_that_are_hidden_are_hollow_faint_or_left_out() -> None:
    face = a_face(hidden=(30,))
    assert face.landmarks is not None
    place = face.landmarks.points[30]
    seen = {
        kind: draw_faces(PLAIN, [face], DrawStyle(lines=False, radius=4, hidden=kind))
        for kind in ("hollow", "faint", "none")
    }
    assert at(seen["none"], place) == [128] * 3
    assert at(seen["hollow"], place) == [128] * 3
    assert at(seen["hollow"], place + [4, 0]) != [128] * 3
    full = np.array(rgb(COLOURS["nose"]))
    faint = np.array(at(seen["faint"], place))
    np.testing.assert_allclose(faint, 0.45 * full + 0.55 * 128, atol=2)


def test_only_the_chosen_parts_are_drawn() -> None:
    face = a_face()
    assert face.landmarks is not None
    for parts, drawn in (
        (["eye"], ["right_eye", "left_eye"]),
        (["left_eye", "jaw"], ["left_eye", "jaw"]),
        (["mouth"], ["outer_lip", "inner_lip"]),
        ([], []),
    ):
        out = draw_faces(PLAIN, [face], DrawStyle(lines=False, parts=parts))
        for part, numbers in IBUG68.parts.items():
            touched = [at(out, face.landmarks.points[i]) != [128] * 3 for i in numbers]
            assert all(touched) if part in drawn else not any(touched)


def test_colours_are_the_caller_s() -> None:
    face = a_face()
    assert face.landmarks is not None
    style = DrawStyle(lines=False, radius=3, colours={"all": "#010203", "eye": "#0a0b0c", "right_eye": "#ff0000"})
    out = draw_faces(PLAIN, [face], style)
    for part, colour in (("jaw", [1, 2, 3]), ("left_eye", [10, 11, 12]), ("right_eye", [255, 0, 0])):
        assert at(out, face.landmarks.points[IBUG68.parts[part][2]]) == colour


def test_sizes_grow_with_the_face() -> None:
    def share(side: float) -> float:
        """Ink per area of the face."""
        picture = np.full((700, 700, 3), 128, np.uint8)
        face = a_face([50.0, 50.0, 50 + side, 50 + side])
        style = DrawStyle(lines=False, blank="transparent")
        return float(draw_faces(picture, [face], style)[..., 3].sum() / 255 / side**2)

    shares = [share(side) for side in (150.0, 300.0, 600.0)]
    assert max(shares) < 1.4 * min(shares)


def test_a_blank_ground_shows_the_drawing_alone() -> None:
    face = a_face()
    white = draw_faces(PLAIN, [face], DrawStyle(blank="white"))
    clear = draw_faces(PLAIN, [face], DrawStyle(blank="transparent"))
    assert clear.shape == (200, 220, 4)
    assert white[0, 0].tolist() == [255, 255, 255]
    assert clear[0, 0].tolist() == [0, 0, 0, 0]
    cover = clear[..., 3:].astype(float) / 255
    np.testing.assert_allclose(clear[..., :3] * cover + 255 * (1 - cover), white, atol=2)


def test_ink_makes_transparent_pixels_opaque_and_leaves_opaque_ones_so() -> None:
    rgba = np.zeros((200, 220, 4), np.uint8)
    rgba[:, 110:] = (128, 128, 128, 255)
    out = draw_faces(rgba, [a_face()], DrawStyle(boxes=True))
    opaque = draw_faces(PLAIN, [a_face()], DrawStyle(boxes=True))
    assert (out[:, 110:, 3] == 255).all()
    np.testing.assert_allclose(out[:, 110:, :3].astype(int), opaque[:, 110:], atol=1)
    untouched = out[:, :110, 3] == 0
    assert untouched.any()
    assert (out[:, :110][untouched] == 0).all()
    assert out[:, :110, 3].max() == 255


def test_drawing_twice_gives_the_same_bytes() -> None:
    style = DrawStyle(boxes=True, labels=True)
    first, second = (draw_faces(PLAIN, [a_face(track=3)], style) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_each_track_has_its_own_box_colour() -> None:
    seen = set()
    for track in range(len(TRACK_COLOURS)):
        out = draw_faces(PLAIN, [a_face(track=track)], DrawStyle(points=False, lines=False, boxes=True, thickness=4))
        seen.add(tuple(out[110, 40].tolist()))
    assert len(seen) == len(TRACK_COLOURS)


def test_numbers_stand_beside_the_points_of_a_face_with_room() -> None:
    bare = DrawStyle(points=False, lines=False, numbers=True)
    written = draw_faces(PLAIN, [a_face()], bare)
    changed = (written != PLAIN).any(axis=2)
    for x, y in points_in([40.0, 50.0, 160.0, 170.0]).astype(int):
        assert changed[y : y + 14, x : x + 16].any()  # to its lower right
    assert not changed[:50].any()
    eye = DrawStyle(points=False, lines=False, numbers=True, parts=["eye"])
    assert 0 < (draw_faces(PLAIN, [a_face()], eye) != PLAIN).any(axis=2).sum() < changed.sum() / 2
    small = a_face([40.0, 50.0, 100.0, 110.0])
    np.testing.assert_array_equal(draw_faces(PLAIN, [small], bare), PLAIN)


def test_a_face_is_made_unreadable_before_anything_is_drawn_on_it() -> None:
    picture = np.random.default_rng(0).integers(0, 256, PLAIN.shape, np.uint8)
    hide = DrawStyle(points=False, lines=False, conceal="pixelate")
    hidden = draw_faces(picture, [a_face()], hide)
    np.testing.assert_array_equal(hidden, conceal(picture, [a_face()], "pixelate"))
    both = draw_faces(picture, [a_face()], DrawStyle(lines=False, conceal="pixelate"))
    assert (both != hidden).any()
    np.testing.assert_array_equal(draw_faces(picture, [a_face()], DrawStyle(blank="white", conceal="blur"))[0, 0], 255)


@pytest.mark.parametrize("top", [50.0, 0.0])
def test_a_label_stands_above_its_box_or_inside_at_the_top(top: float) -> None:
    face = a_face([40.0, top, 160.0, top + 120], track=12)
    out = draw_faces(PLAIN, [face], DrawStyle(points=False, lines=False, labels=True))
    rows = np.flatnonzero((out != PLAIN).any(axis=(1, 2)))
    assert (rows.max() < top) == (top > 0)
    other = draw_faces(
        PLAIN, [a_face([40.0, top, 160.0, top + 120], track=13)], DrawStyle(points=False, lines=False, labels=True)
    )
    assert (other != out).any()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"radius": 0}, "radius is over 0"),
        ({"thickness": -1}, "thickness is over 0"),
        ({"hidden": "dashed"}, "hidden is one of hollow, faint, none"),
        ({"blank": "black"}, "blank is one of"),
        ({"colours": {"eye": "red"}}, "\"#rrggbb\", got 'red'"),
        ({"colours": {"ear": "#ff0000"}}, "no part 'ear'"),
        ({"parts": ["eyes"]}, "no part 'eyes' to draw; there are all, angry, box, brow, disgust, eye"),
    ],
)
def test_a_style_that_cannot_be_says_what_can(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        DrawStyle(**options)
