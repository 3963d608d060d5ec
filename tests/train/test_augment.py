"""Landmark crops: every point stays on its pixel, whatever happens to the picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from charaface.geometry import box_from_points, crop_matrix, transform
from charaface.schemes import IBUG68
from charaface.train import augment
from charaface.train.augment import Framing, draw_framing, draw_misframing, framing_matrix, landmark_crop

from . import drawings

SIZE = 160
POINTS = drawings.plain_face() * 45 + 80
BOX = box_from_points(POINTS)
VISIBLE = np.ones(68, np.bool_)
DOTS = {36: 0, 30: 1, 45: 2}  # point to the channel that its dot is painted in


def dotted() -> np.ndarray:
    """Black, with a soft dot at the outer eye corners and the nose tip, each in a colour of its own."""
    y, x = np.mgrid[:SIZE, :SIZE]
    image = np.zeros((SIZE, SIZE, 3))
    for number, channel in DOTS.items():
        distance = (x - POINTS[number, 0]) ** 2 + (y - POINTS[number, 1]) ** 2
        image[..., channel] = 255 * np.exp(-distance / (2 * 2.5**2))
    return image.round().astype(np.uint8)


def centre(channel: np.ndarray) -> np.ndarray:
    """x, y of the dot in a picture of one channel, in 0..1."""
    y, x = np.mgrid[: channel.shape[0], : channel.shape[1]] + 0.5
    weight = channel.astype(np.float64)
    return np.asarray([(x * weight).sum(), (y * weight).sum()]) / weight.sum() / channel.shape[0]


@pytest.fixture
def unharmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Crops whose pixels are moved and nothing else."""
    monkeypatch.setattr(augment, "degrade", lambda image, *_: image)
    monkeypatch.setattr(augment, "occlude", lambda image, *_: (image, np.zeros(image.shape[:2], np.bool_)))
    monkeypatch.setattr(augment, "warp", lambda image, matrix, size, _rng: _black(image, matrix, size))


def _black(image: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    return np.asarray(cv2.warpAffine(image, matrix, (size, size)))


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(
    "framing",
    [
        Framing(1.4, (0, 0), 0),
        Framing(1.1, (0.05, -0.04), 0),
        Framing(1.9, (-0.1, 0.2), 33),
        Framing(1.5, (0.1, 0.0), -75, (1.07, 0.93)),
    ],
)
def test_points_stay_on_their_pixels(monkeypatch: pytest.MonkeyPatch, framing: Framing, mirrored: bool) -> None:
    chosen = Framing(framing.scale, framing.shift, framing.angle, framing.stretch, mirrored)
    monkeypatch.setattr(augment, "draw_framing", lambda *_: chosen)
    crop = landmark_crop(dotted(), POINTS, VISIBLE, BOX, np.random.default_rng(0))
    for number, channel in DOTS.items():
        now = IBUG68.mirror[number] if mirrored else number
        np.testing.assert_allclose(crop.points[now], centre(crop.image[..., channel]), atol=0.15 / 128)


@pytest.mark.usefixtures("unharmed")
def test_points_stay_on_their_pixels_under_any_drawn_framing(monkeypatch: pytest.MonkeyPatch) -> None:
    # a bend moves the middle of a dot, for it squeezes one side more than the other: see the tests of bends
    monkeypatch.setattr(augment, "draw_bend", lambda *_: np.zeros((4, 4, 2), np.float32))
    image, met = dotted(), set()
    for seed in range(40):
        crop = landmark_crop(image, POINTS, VISIBLE, BOX, np.random.default_rng(seed))
        corners = [centre(crop.image[..., DOTS[n]]) for n in (36, 45)]
        if not ((crop.points[[36, 45]] > 0.08) & (crop.points[[36, 45]] < 0.92)).all():
            continue  # a dot that the edge cuts has its middle elsewhere
        mirrored = np.abs(corners[0] - crop.points[45]).max() < 0.3 / 128
        met.add(mirrored)
        np.testing.assert_allclose(corners[int(mirrored)], crop.points[36], atol=0.3 / 128)
        np.testing.assert_allclose(centre(crop.image[..., 1]), crop.points[30], atol=0.3 / 128)
    assert met == {False, True}


@pytest.mark.parametrize("seed", range(5))
def test_bent_points_show_what_the_straight_ones_showed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    field = augment.bend_field(augment.draw_bend(rng, 0.8), 128)
    points = rng.uniform(0, 127, (200, 2))
    moved = augment.bend_points(points, field)
    inside = ((moved > 0) & (moved < 127)).all(axis=1)
    x, y = moved[inside].astype(np.float32).T
    back = moved[inside] + cv2.remap(field, x[None], y[None], cv2.INTER_LINEAR)[0]
    np.testing.assert_allclose(back, points[inside], atol=0.1)
    assert np.abs(moved - points).max() > 0.3


@pytest.mark.parametrize("seed", range(5))
def test_a_bent_dot_is_brightest_at_its_point(seed: int) -> None:
    image = dotted()[16:144, 16:144]
    field = augment.bend_field(augment.draw_bend(np.random.default_rng(seed), 0.8), 128)
    bent = augment.bend_image(image, field)
    for number, channel in DOTS.items():
        y, x = np.unravel_index(int(bent[..., channel].argmax()), (128, 128))
        assert np.abs(augment.bend_points(POINTS[[number]] - 16, field)[0] - [x, y]).max() < 1.0


def test_a_bend_of_nothing_changes_nothing() -> None:
    field = augment.bend_field(np.zeros((4, 4, 2), np.float32), 128)
    picture = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    assert np.array_equal(augment.bend_image(picture, field), picture)
    np.testing.assert_array_equal(augment.bend_points(POINTS, field), POINTS)


def test_mirroring_twice_is_identity() -> None:
    np.testing.assert_array_equal(augment.mirror_order(augment.mirror_order(POINTS)), POINTS)
    flags = np.random.default_rng(0).random(68) > 0.5
    np.testing.assert_array_equal(augment.mirror_order(augment.mirror_order(flags)), flags)


def test_a_mirrored_face_reads_from_image_left_to_image_right() -> None:
    mirrored = augment.mirror_order([159, 0] + POINTS * [-1, 1])
    assert (np.diff(mirrored[IBUG68.parts["jaw"], 0]) > 0).all()
    assert mirrored[36, 0] < mirrored[45, 0]
    wink = np.ones(68, np.bool_)
    wink[36] = False  # the picture shows the right eye's corner hidden; its mirror image the left one's
    assert not augment.mirror_order(wink)[45]


def test_a_plain_framing_is_the_crop_of_the_runtime() -> None:
    theirs = crop_matrix(BOX, 128, 1.4)
    np.testing.assert_allclose(framing_matrix(BOX, Framing(1.4, (0, 0), 0), 128), theirs, atol=1e-9)


def test_framings_lie_where_they_are_said_to() -> None:
    drawn = [draw_framing(np.random.default_rng(i)) for i in range(400)]
    tame = [f for f in drawn if 1.08 <= f.scale <= 1.95 and max(map(abs, f.shift)) <= 0.12 * f.scale]
    assert len(tame) > 340
    assert all(0.95 <= f.scale <= 2.2 and max(map(abs, f.shift)) <= 0.25 * f.scale for f in drawn)
    assert sum(abs(f.angle) <= 35 for f in drawn) > 360
    assert max(abs(f.angle) for f in drawn) > 40
    assert 150 < sum(f.mirrored for f in drawn) < 250


def test_a_gentler_framing_turns_and_bends_less() -> None:
    hard, mild = ([draw_framing(np.random.default_rng(i), k) for i in range(400)] for k in (1.0, 0.4))
    assert [f.angle * 0.4 for f in hard] == pytest.approx([f.angle for f in mild])
    bent = [sum(f.bend is not None for f in drawn) for drawn in (hard, mild)]
    assert 0.2 < bent[1] / bent[0] < 0.6


def test_misframings_are_far_off_in_place_or_size() -> None:
    for i in range(300):
        f = draw_misframing(np.random.default_rng(i))
        times = max(f.scale / augment.CROP_SCALE, augment.CROP_SCALE / f.scale)
        assert np.hypot(*f.shift) > 0.6 or times > 2.2


def test_a_crop_depends_on_its_numbers_alone_and_leaves_its_arguments() -> None:
    image = drawings.face(1, 1, SIZE).image
    before = image.copy()
    first, second = (
        landmark_crop(image, POINTS, VISIBLE, BOX, np.random.default_rng(5), other=image) for _ in range(2)
    )
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.points, second.points)
    np.testing.assert_array_equal(image, before)
    assert VISIBLE.all()


def test_the_unit_is_the_box_over_the_crop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augment, "draw_framing", lambda *_: Framing(1.6, (0, 0), 0))
    crop = landmark_crop(dotted(), POINTS, VISIBLE, BOX, np.random.default_rng(0))
    longer = (BOX[2:] - BOX[:2]).max()
    width = np.ptp(crop.points[:17, 0]) / np.ptp(POINTS[:17, 0])  # crops a pixel of the render
    assert crop.unit == pytest.approx(longer * width)


@pytest.mark.usefixtures("unharmed")
def test_points_under_a_cover_or_outside_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    cover = np.zeros((128, 128), np.bool_)
    cover[:, :64] = True
    monkeypatch.setattr(augment, "occlude", lambda image, *_: (image, cover))
    monkeypatch.setattr(augment, "draw_framing", lambda *_: Framing(1.0, (0.0, 0.3), 0))
    hidden = VISIBLE.copy()
    hidden[45] = False
    covered = 0
    for seed in range(12):
        crop = landmark_crop(dotted(), POINTS, hidden, BOX, np.random.default_rng(seed))
        outside = ((crop.points < 0) | (crop.points > 1)).any(axis=1)
        assert outside[17:27].all()
        assert not crop.visible[outside].any()
        assert not crop.visible[45]
        covered += int(not crop.visible[4])
        assert crop.visible[12]
    assert 0 < covered < 12  # only some crops have something in front


def test_what_covers_points_covers_pixels() -> None:
    image = np.full((128, 128, 3), 7, np.uint8)
    for seed in range(30):
        out, cover = augment.occlude(image, np.random.default_rng(seed), dotted())
        assert out.shape == image.shape
        assert cover.dtype == np.bool_
        changed = (out != image).any(axis=2)
        assert changed.sum() >= 0.5 * cover.sum() or cover.sum() < 30
    np.testing.assert_array_equal(image, 7)


def test_an_empty_crop_has_no_face() -> None:
    crop = augment.empty_crop(drawings.negative(1, 1, SIZE).image, np.random.default_rng(0))
    assert not crop.face
    assert crop.image.shape == (128, 128, 3)
    assert crop.points.shape == (68, 2)
    assert not crop.visible.any()


def test_moving_points_and_moving_the_picture_agree_with_geometry() -> None:
    matrix = framing_matrix(BOX, Framing(1.3, (0.1, 0), 20, (1.1, 0.9), True), 128)
    assert np.linalg.det(matrix[:, :2]) < 0  # mirrored
    middle = transform(np.asarray([(BOX[:2] + BOX[2:]) / 2 - 0.5]), matrix)
    assert np.abs(middle - 63.5).max() < 20
