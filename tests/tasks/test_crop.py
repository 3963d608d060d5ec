"""crop: each face as a picture of its own."""

import numpy as np
import pytest

from charaface import crop, detect, landmarks
from charaface.face import Face, Landmarks
from charaface.pose import HEAD
from painted import MAGENTA, World, paint

SQUARES = [(120, 30, 80), (30, 40, 60)]
IMAGE = paint(SQUARES)


def magenta(picture: np.ndarray) -> np.ndarray:
    return np.all(picture == MAGENTA, axis=2)


@pytest.mark.usefixtures("world")
def test_each_face_becomes_a_square_picture_in_order() -> None:
    pictures = crop(IMAGE, size=100, margin=1.0)
    assert [picture.shape for picture in pictures] == [(100, 100, 3)] * 2
    for picture in pictures:
        rows = np.flatnonzero(magenta(picture).any(axis=1))
        assert (rows[0], rows[-1]) == (pytest.approx(25, abs=1), pytest.approx(74, abs=1))


@pytest.mark.usefixtures("world")
def test_without_margin_the_box_fills_the_crop() -> None:
    (picture, _) = crop(IMAGE, margin=0, size=80)
    assert magenta(picture)[2:-2, 2:-2].all()


def test_given_boxes_are_cut_without_a_network(world: World) -> None:
    (picture,) = crop(IMAGE, [Face([0, 0, 40, 40])], margin=0, size=40)
    assert np.array_equal(picture, IMAGE[:40, :40])
    assert world.detector.calls == world.landmarker.calls == []


@pytest.mark.usefixtures("world")
def test_what_lies_outside_is_filled() -> None:
    (picture,) = crop(IMAGE, [Face([-20, -20, 20, 20])], margin=0, size=40, fill=(1, 2, 3))
    assert np.all(picture[:19, :19] == (1, 2, 3))
    assert np.array_equal(picture[20:, 20:], IMAGE[:20, :20])


@pytest.mark.usefixtures("world")
def test_an_aligned_head_stands_upright() -> None:
    angle = np.radians(30)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = HEAD[:, :2] * 50 @ turn.T + [160, 100]
    image = np.zeros((240, 320, 3), np.uint8)
    for x, y in points[[36, 45]]:
        image[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3] = 255
    ones = np.ones(68)
    face = Face([100, 50, 220, 170], landmarks=Landmarks(points, ones, ones))
    (straight,) = crop(image, [face], size=200, align=True)
    (as_it_is,) = crop(image, [face], size=200)
    heights = []
    for picture in (straight, as_it_is):
        left, right = (np.argwhere(half[..., 0] > 100).mean(axis=0)[0] for half in (picture[:, :100], picture[:, 100:]))
        heights.append(abs(left - right))
    assert heights[0] < 2 < 20 < heights[1]


def test_points_are_read_for_alignment_where_they_are_missing(world: World) -> None:
    faces = landmarks(IMAGE)
    before = world.crops_read
    crop(IMAGE, faces, align=True)
    assert world.crops_read == before
    assert len(crop(IMAGE, detect(IMAGE), align=True)) == 2


@pytest.mark.usefixtures("world")
def test_no_face_no_picture() -> None:
    assert crop(paint([])) == []


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"size": 0}, "size is 1 to 8192"),
        ({"size": 9000}, "size is 1 to 8192"),
        ({"margin": -1}, "margin is -0.9 to 20"),
    ],
)
@pytest.mark.usefixtures("world")
def test_sizes_that_will_not_do_are_refused(options: dict[str, float], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        crop(IMAGE, **options)
