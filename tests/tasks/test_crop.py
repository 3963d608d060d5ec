"""crop: each face as a picture of its own."""

import numpy as np
import pytest

from charaface import crop, crop_matrices, detect, landmarks
from charaface.face import Face, Landmarks
from charaface.geometry import invert, transform
from charaface.image import warp
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
        ({"rule": "celeba"}, "rule is one of box, ffhq, got 'celeba'"),
        ({"angle": 1000}, "angle is -360 to 360 degrees"),
        ({"angle": float("nan")}, "angle is -360 to 360 degrees"),
        ({"fill": "black"}, 'fill is a colour of three numbers, "reflect" or "transparent", got'),
    ],
)
@pytest.mark.usefixtures("world")
def test_sizes_that_will_not_do_are_refused(options: dict[str, float], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        crop(IMAGE, **options)


def face_of(points: np.ndarray) -> Face:
    """A face with these (68, 2) points."""
    ones = np.ones(68)
    return Face([*points.min(axis=0), *points.max(axis=0)], landmarks=Landmarks(points, ones, ones))


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    """(N, 2) points leaning to image right by so many degrees more."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return points @ np.array([[c, s], [-s, c]])


UPRIGHT = HEAD[:, :2] * 50
CROPS = [{"rule": "ffhq"}, {"align": True}, {"rule": "ffhq", "margin": 0.3}, {"align": True, "margin": 0, "angle": 10}]


def places(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middle between the eyes, way from eye to eye, way from there to the mouth."""
    right, left = points[36:42].mean(axis=0), points[42:48].mean(axis=0)
    eyes = (right + left) / 2
    return eyes, left - right, (points[48] + points[54]) / 2 - eyes


@pytest.mark.parametrize("stretch", [(1, 1), (1.6, 1), (1, 1.6)])
def test_ffhq_s_rule_puts_eyes_and_mouth_where_its_authors_do(stretch: tuple[float, float]) -> None:
    points = UPRIGHT * stretch + [300, 200]
    (matrix,) = crop_matrices([face_of(points)], rule="ffhq", size=1024)
    eyes, across, down = places(transform(points, matrix))
    half = max(2 * np.hypot(*across), 1.8 * np.hypot(*down))
    assert half == pytest.approx(512, abs=0.01)  # of the 1024
    assert eyes + 0.1 * down == pytest.approx([511.5, 511.5], abs=0.01)
    assert across[1] == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("degrees", [-170, -40, 15, 90])
def test_ffhq_s_square_is_the_quad_of_the_published_formula(degrees: float) -> None:
    points = turned(UPRIGHT + np.random.default_rng(2).normal(0, 3, (68, 2)), degrees) + [300, 200]
    eyes, across, down = (complex(*way) for way in places(points))
    x = across - 1j * down  # a quarter turn is a factor of i
    x *= max(2.0 * abs(across), 1.8 * abs(down)) / abs(x)
    y, c = 1j * x, eyes + 0.1 * down
    quad = np.array([[p.real, p.imag] for p in (c - x - y, c - x + y, c + x + y, c + x - y)])
    (matrix,) = crop_matrices([face_of(points)], rule="ffhq", size=64)
    corners = np.array([[0, 0], [0, 64], [64, 64], [64, 0]]) - 0.5  # the edges of the crop, counted at pixel centres
    np.testing.assert_allclose(transform(quad, matrix), corners, atol=1e-3)


@pytest.mark.parametrize("options", CROPS)
@pytest.mark.parametrize("degrees", [-120, 25])
def test_a_turned_scaled_and_moved_picture_gives_the_same_crop(options: dict[str, object], degrees: float) -> None:
    move = [700, 300]
    (want,) = crop_matrices([face_of(UPRIGHT)], **options)
    (got,) = crop_matrices([face_of(1.7 * turned(UPRIGHT, degrees) + move)], **options)
    np.testing.assert_allclose(
        transform(1.7 * turned(UPRIGHT, degrees) + move, got), transform(UPRIGHT, want), atol=0.02
    )


@pytest.mark.parametrize("options", [{}, *CROPS])
def test_an_angle_leans_the_head_about_the_middle_of_the_crop(options: dict[str, object]) -> None:
    face = face_of(turned(UPRIGHT, 20) + 200)
    (straight,) = crop_matrices([face], size=100, **{**options, "angle": 0})
    (leaning,) = crop_matrices([face], size=100, **{**options, "angle": 30})
    points = face.landmarks.points
    want = turned(transform(points, straight) - 49.5, 30) + 49.5
    np.testing.assert_allclose(transform(points, leaning), want, atol=1e-3)


@pytest.mark.parametrize("options", [{}, *CROPS])
def test_a_margin_is_added_to_the_side_and_a_size_scales_the_crop(options: dict[str, object]) -> None:
    face = face_of(UPRIGHT + 200)
    (plain,) = crop_matrices([face], size=100, **{**options, "margin": 0})
    (wide,) = crop_matrices([face], size=300, **{**options, "margin": 0.5})
    points = face.landmarks.points
    want = (transform(points, plain) + 0.5 - 50) * 3 / 1.5 + 150 - 0.5
    np.testing.assert_allclose(transform(points, wide), want, atol=1e-3)


@pytest.mark.parametrize("options", [{}, *CROPS])
def test_a_crop_is_pasted_back_by_its_matrix(options: dict[str, object]) -> None:
    y, x = np.mgrid[:200, :300]
    image = np.stack([x * 0.8, y * 1.2, (x + y) * 0.5], axis=2).astype(np.uint8)
    face = face_of(turned(UPRIGHT, 20) + [140, 90])
    (matrix,), (picture,) = crop_matrices([face], size=400, **options), crop(image, [face], size=400, **options)
    back = warp(picture, invert(matrix), (300, 200))
    inside = warp(np.full((400, 400), 255, np.uint8), invert(matrix), (300, 200)) == 255
    inside[[0, -1]] = inside[:, [0, -1]] = False  # the rim of the picture is half fill
    assert inside.sum() > 5000
    assert np.abs(back[inside].astype(int) - image[inside]).max() <= 3


@pytest.mark.parametrize("scheme", ["five", "hysts28", "manga60a"])
def test_points_of_another_scheme_will_do(scheme: str) -> None:
    face = face_of(turned(UPRIGHT, 20) + 200)
    (want,), (got,) = (crop_matrices([one], rule="ffhq") for one in (face, face.to(scheme)))
    points = face.landmarks.points
    np.testing.assert_allclose(transform(points, got), transform(points, want), atol=4)


def test_a_face_without_points_cannot_be_turned_upright() -> None:
    for options in ({"rule": "ffhq"}, {"align": True}):
        with pytest.raises(ValueError, match=r"face 0 has no points .*; landmarks\(\) reads them"):
            crop_matrices([Face([0, 0, 9, 9])], **options)


def test_points_are_read_for_ffhq_s_rule(world: World) -> None:
    pictures = crop(IMAGE, size=64, rule="ffhq")
    assert [picture.shape for picture in pictures] == [(64, 64, 3)] * 2
    assert world.crops_read > 0


PATTERN = np.random.default_rng(5).integers(0, 256, (40, 60, 3)).astype(np.uint8)
EDGE = Face([-20, -10, 30, 40])  # 20 columns and 10 rows of it outside


def test_outside_may_be_transparent() -> None:
    (picture,) = crop(PATTERN, [EDGE], margin=0, size=50, fill="transparent")
    assert picture.shape == (50, 50, 4)
    assert (picture[..., 3] == 0)[:9].all()
    assert (picture[..., 3] == 0)[:, :19].all()
    assert (picture[10:, 20:, 3] == 255).all()
    assert np.array_equal(picture[10:, 20:, :3], PATTERN[:40, :30])
    # half a pixel off, the rim is half there and has the picture's own colour, not that of what is outside
    (half,) = crop(
        np.full((40, 60, 3), 200, np.uint8), [Face([-20.5, -10, 29.5, 40])], margin=0, size=50, fill="transparent"
    )
    assert set(half[15:, 20, 3].tolist()) <= {127, 128}
    assert (half[..., :3] == 200).all()


def test_outside_may_be_the_picture_mirrored_and_softened() -> None:
    (picture,) = crop(PATTERN, [EDGE], margin=0, size=50, fill="reflect")
    inside = picture[10:, 20:]
    assert np.array_equal(inside, PATTERN[:40, :30])
    grey = np.full((40, 60, 3), 77, np.uint8)
    assert (crop(grey, [EDGE], margin=0, size=50, fill="reflect")[0] == 77).all()
    near, far = picture[10:, 19].astype(int), picture[10:, 3:8].astype(int)
    assert np.abs(near - PATTERN[:40, 1]).mean() < 45  # the first column outside shows the second inside
    assert far.std() < 0.5 * PATTERN.std()


@pytest.mark.parametrize("size", [50, 100, 200])
def test_what_is_mirrored_does_not_depend_on_the_size_of_the_crop(size: int) -> None:
    y, x = np.mgrid[:400, :600]
    image = np.stack([127 + 120 * np.sin(x / 90), 127 + 120 * np.cos(y / 70), x * 0.4], axis=2).astype(np.uint8)
    face = Face([-350, -100, 150, 400])  # what its left mirrors lies beyond what its right shows
    small, large = (crop(image, [face], margin=0, size=s, fill="reflect")[0].astype(int) for s in (size, 400))
    k = (np.arange(size) + 0.5) * 400 / size
    assert np.abs(small - large[np.ix_(k.astype(int), k.astype(int))]).max() < 16


def test_a_reflection_of_a_picture_of_one_pixel_is_that_pixel() -> None:
    assert (crop(np.full((1, 1, 3), 9, np.uint8), [Face([-5, -5, 5, 5])], size=20, fill="reflect")[0] == 9).all()
