"""Labelled crops: whatever happens to the picture happens to its points, and to nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import cv2
import numpy as np
import pytest

from charaface.geometry import box_from_points
from charaface.pose import head_pose
from charaface.schemes import SCHEMES, scheme_named
from charaface.train import jitter
from charaface.train.config import Augment
from charaface.train.jitter import Jittered, jittered, part_field, plain_crop
from charaface.train.labelled import HIDDEN

from .drawings import plain_face

NOTHING = Augment(**{f.name: 0.0 for f in fields(Augment)})  # type: ignore[arg-type]
IBUG68 = scheme_named("ibug68")
SIZE = 64
# each of what a recipe may ask for, at its hardest
HOWS = {
    "turn": replace(NOTHING, turn=60.0),
    "zoom": replace(NOTHING, zoom=0.2),
    "shift": replace(NOTHING, shift=0.1),
    "mirror": replace(NOTHING, mirror=1.0),
    "bend": replace(NOTHING, bend=1.0),
    "parts": replace(NOTHING, parts=1.0),
    "all of them": replace(NOTHING, turn=30.0, zoom=0.1, shift=0.05, mirror=0.5, bend=1.0, parts=1.0),
}
COLOURS = ("hue", "saturation", "brightness", "contrast", "style", "wear")


def labelled() -> tuple[np.ndarray, np.ndarray]:
    """(68, 2) points of a face in a picture of 144 pixels, and its box."""
    points = plain_face() * 34 + 72
    return points, box_from_points(points)


def made(image: np.ndarray, how: Augment, seed: int = 0, weight: np.ndarray | None = None, **more: object) -> Jittered:
    points, box = labelled()
    weight = np.ones(68, np.float32) if weight is None else weight
    rng = np.random.default_rng(seed)
    pose = np.zeros(3, np.float32)
    given = {"scheme": IBUG68, "size": SIZE, "scale": 1.4, "how": how, **more}
    return jittered(image, points, weight, box, pose, rng, **given)  # type: ignore[arg-type]


def dot(point: np.ndarray, side: int = 144) -> np.ndarray:
    """A soft white dot on black."""
    rows, columns = np.indices((side, side))
    bright = np.exp(-((columns - point[0]) ** 2 + (rows - point[1]) ** 2) / (2 * 2.5**2))
    return np.repeat((255 * bright).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize("number", [8, 30, 36, 45, 51, 57])
@pytest.mark.parametrize("how", HOWS)
def test_a_point_stays_on_what_it_was_on(how: str, number: int) -> None:
    points, _ = labelled()
    for seed in range(4):
        out = made(dot(points[number]), HOWS[how], seed)
        grey = out.image[..., 0].astype(np.float64) ** 2
        rows, columns = np.indices(grey.shape)
        middle = np.asarray([(columns * grey).sum(), (rows * grey).sum()]) / grey.sum()
        found = out.points * SIZE - 0.5
        nearest = np.linalg.norm(found - middle, axis=1).argmin()
        straight = np.linalg.norm(found[number] - middle)
        mirrored = np.linalg.norm(found[IBUG68.mirror[number]] - middle)
        assert min(straight, mirrored) < 0.6, (nearest, straight, mirrored)


def test_without_chance_a_crop_is_that_of_the_runtime() -> None:
    points, box = labelled()
    image = np.random.default_rng(1).integers(0, 255, (144, 144, 3), np.uint8)
    out = made(image, NOTHING)
    wanted, where = plain_crop(image, points, box, SIZE, 1.4)
    np.testing.assert_array_equal(out.image, wanted)
    np.testing.assert_array_equal(out.points, where)
    middle = (box[:2] + box[2:]) / 2
    side = 1.4 * (box[2:] - box[:2]).max()
    np.testing.assert_allclose(out.points, (points + 0.5 - middle) / side + 0.5, atol=1e-5)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_mirrored_face_keeps_the_order_of_its_scheme(scheme: str) -> None:
    own = scheme_named(scheme)
    rng = np.random.default_rng(3)
    points = rng.uniform(40, 104, (own.count, 2))
    weight = rng.uniform(0, 1, own.count).astype(np.float32)
    box = np.asarray([30.0, 30.0, 114.0, 114.0])
    image = np.zeros((144, 144, 3), np.uint8)

    def turned(mirror: float) -> Jittered:
        how = replace(NOTHING, mirror=mirror)
        pose = np.asarray([20, 5, 10], np.float32)
        return jittered(
            image, points, weight, box, pose, np.random.default_rng(0), scheme=own, size=SIZE, scale=1.4, how=how
        )

    plain, mirrored = turned(0.0), turned(1.0)
    order = list(own.mirror)
    np.testing.assert_allclose(mirrored.points[order][:, 0], 1 - plain.points[:, 0], atol=1e-6)
    np.testing.assert_allclose(mirrored.points[order][:, 1], plain.points[:, 1], atol=1e-6)
    np.testing.assert_array_equal(mirrored.weight[order], plain.weight)
    np.testing.assert_array_equal(mirrored.pose, [-20, 5, -10])


def test_the_pose_turns_with_the_picture() -> None:
    points, _ = labelled()
    for seed in range(6):
        out = made(np.zeros((144, 144, 3), np.uint8), replace(NOTHING, turn=40.0, mirror=0.5), seed)
        before, after = head_pose(points).roll, head_pose(out.points * SIZE).roll
        assert after - before == pytest.approx(float(out.pose[2]), abs=0.2)


@pytest.mark.parametrize("name", COLOURS)
def test_colours_change_and_points_stay(name: str) -> None:
    image = np.random.default_rng(2).integers(0, 255, (18, 18, 3), np.uint8)
    image = cv2.resize(image, (144, 144), interpolation=cv2.INTER_CUBIC)
    plain = made(image, NOTHING)
    changed = 0
    for seed in range(6):
        out = made(image, replace(NOTHING, **{name: 0.4 if name in COLOURS[:4] else 1.0}), seed)
        np.testing.assert_array_equal(out.points, plain.points)
        assert out.image.shape == plain.image.shape
        assert out.image.dtype == np.uint8
        changed += not np.array_equal(out.image, plain.image)
    assert changed >= 5


@pytest.mark.parametrize("style", jitter.STYLES, ids=lambda s: s.__name__)
def test_a_style_keeps_what_is_dark_and_what_is_light(style: Callable[..., np.ndarray]) -> None:
    image = np.full((64, 64, 3), 235, np.uint8)
    cv2.circle(image, (32, 32), 14, (20, 30, 40), -1, cv2.LINE_AA)
    out = style(image, np.random.default_rng(0))
    assert out.shape == image.shape
    assert out.dtype == np.uint8
    edge, ground = out[30:35, 15:22].astype(float), out[2:10, 2:10].astype(float)
    assert edge.mean() < ground.mean() - 20


def test_what_lies_in_front_hides_points_and_what_is_not_known_stays_so() -> None:
    weight = np.ones(68, np.float32)
    weight[:10] = 0
    seen = [made(np.zeros((144, 144, 3), np.uint8), replace(NOTHING, cover=1.0), k, weight) for k in range(30)]
    for out in seen:
        np.testing.assert_array_equal(out.weight[:10], 0)
        assert set(np.unique(out.weight[10:])) <= {np.float32(HIDDEN), np.float32(1)}
    assert any((out.weight == np.float32(HIDDEN)).any() for out in seen)


def test_parts_move_apart_from_each_other_and_the_jaw_stays() -> None:
    points = plain_face() * 17 + 32
    at = np.clip(np.round(points).astype(int), 0, SIZE - 1)
    moved = []
    for seed in range(20):
        field = part_field(points, np.ones(68, np.bool_), IBUG68, SIZE, np.random.default_rng(seed))
        moved.append(np.linalg.norm(field[at[:, 1], at[:, 0]], axis=1))
        # the map has no folds: neighbours keep their order
        assert np.diff(field[..., 0], axis=1).min() > -1
        assert np.diff(field[..., 1], axis=0).min() > -1
    far = np.mean(moved, axis=0)
    assert far[:17].mean() < 0.5 * far[17:].mean()
    assert far[17:].max() > 0.7


def test_a_crop_depends_on_its_numbers_alone() -> None:
    image = np.random.default_rng(4).integers(0, 255, (144, 144, 3), np.uint8)
    before = image.copy()
    how = Augment(bend=0.5, parts=0.5, cover=0.5, style=0.5, wear=0.5)
    for seed in range(5):
        one, two = made(image, how, seed, other=image), made(image, how, seed, other=image)
        np.testing.assert_array_equal(one.image, two.image)
        np.testing.assert_array_equal(one.points, two.points)
    np.testing.assert_array_equal(image, before)
