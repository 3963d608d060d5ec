"""The detector's pictures: boxes lie on their faces, and what is hardly there counts neither way."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from charaface.geometry import box_from_points
from charaface.train import compose as module
from charaface.train.compose import Scene, compose, covered_share, layout, place, sort_faces

from . import drawings

WHOLE = (320, 320)


def white_boxes(*boxes: tuple[float, float, float, float], size: int = 320) -> Scene:
    """Black, with white boxes for faces, whose points are such that their box is the white one."""
    image = np.zeros((size, size, 3), np.uint8)
    points = []
    for x0, y0, x1, y1 in boxes:
        image[int(y0) : int(y1), int(x0) : int(x1)] = 255
        middle = np.asarray([(x0 + x1) / 2, (y0 + y1) / 2])
        face = np.tile(middle, (68, 1))  # brows and chin in the middle: nothing is raised
        face[[0, 16, 3, 13]] = [(x0, y0), (x1, y0), (x0, y1), (x1, y1)]
        points.append(face - 0.5)
    stacked = np.asarray(points).reshape(-1, 68, 2)
    return Scene(image, stacked, np.ones((len(boxes), 68), np.bool_))


def shifted(x: float, y: float, zoom: float = 1.0) -> np.ndarray:
    return np.asarray([[zoom, 0, x], [0, zoom, y]])


def test_a_face_that_stays_is_a_target_where_it_lies() -> None:
    boxes, target = sort_faces(white_boxes((40, 50, 100, 130)), shifted(10, -20), WHOLE)
    np.testing.assert_allclose(boxes, [[50, 30, 110, 110]], atol=1e-4)
    assert target.tolist() == [True]


def moved(x: float, zoom: float = 1.0) -> np.ndarray:
    return shifted(x, 0, zoom)


FATES = {
    "half inside": (moved(-70), [30, 50], [True]),
    "two fifths inside": (moved(-76), [24, 50], [False]),
    "all outside": (moved(-100), None, []),
    "too small": (moved(0, 0.12), [12 * 0.4, 6], [False]),
    "just large enough": (moved(0, 0.2), [20 * 0.4, 10], [True]),
}


@pytest.mark.parametrize(("matrix", "corner", "targets"), FATES.values(), ids=FATES.keys())
def test_what_remains_of_a_face_decides(matrix: np.ndarray, corner: list[float] | None, targets: list[bool]) -> None:
    boxes, target = sort_faces(white_boxes((40, 50, 100, 130)), matrix, WHOLE)
    assert target.tolist() == targets
    if corner and matrix[0, 2] < 0:
        assert boxes[0, 0] == 0
        assert boxes[0, 2] == pytest.approx(corner[0], abs=1e-4)


def test_what_the_scene_cuts_off_is_not_there_either() -> None:
    scene = white_boxes((-60, 100, 60, 200))
    boxes, target = sort_faces(scene, shifted(100, 0), (400, 400))
    np.testing.assert_allclose(boxes, [[100, 100, 160, 200]], atol=1e-4)
    assert target.tolist() == [True]


def test_a_face_behind_something_counts_neither_way() -> None:
    scene = white_boxes((40, 50, 100, 130))
    scene.visible[0, 5:] = False
    assert sort_faces(scene, shifted(0, 0), WHOLE)[1].tolist() == [False]


def test_the_box_of_a_turned_face_is_that_of_its_turned_points() -> None:
    points = drawings.plain_face() * 60 + 160
    scene = Scene(np.zeros((320, 320, 3), np.uint8), points[None], np.ones((1, 68), np.bool_))
    matrix = cv2.getRotationMatrix2D((160, 160), 25, 1.0)
    boxes, _ = sort_faces(scene, matrix, WHOLE)
    np.testing.assert_allclose(boxes[0], box_from_points(points @ matrix[:, :2].T + matrix[:, 2]), atol=1e-3)


def test_boxes_lie_on_their_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "degrade", lambda image, *_: image)
    monkeypatch.setattr(module, "occlude", lambda image, *_: (image, np.zeros(image.shape[:2], np.bool_)))
    monkeypatch.setattr(module, "_borders", lambda *_: None)
    monkeypatch.setattr(module, "warp", lambda image, matrix, size, *_, **__: _black(image, matrix, size))
    scenes = [white_boxes((60, 80, 200, 240)), *[white_boxes() for _ in range(3)]]
    shown = exact = 0
    for seed in range(60):
        picture = compose(scenes, np.random.default_rng(seed))
        white = picture.image[..., 0] > 127
        boxes = np.concatenate([picture.boxes, picture.ignored])
        assert len(boxes) <= 1
        if not len(boxes):
            assert white.sum() < 30
            continue
        rows, columns = np.flatnonzero(white.any(axis=1)), np.flatnonzero(white.any(axis=0))
        seen = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
        beyond = (boxes[0] - seen) * [-1, -1, 1, 1]  # how far each side of the box lies outside what is seen
        assert (beyond > -1.6).all()
        shown += 1
        exact += int(np.abs(beyond).max() < 1.6)  # a turned face that an edge cuts fills less than its box
    assert shown > 50
    assert exact > 45


def _black(image: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    return np.asarray(cv2.warpAffine(image, matrix, (size, size)))


def test_cells_cover_the_picture_once() -> None:
    for seed in range(60):
        count = np.zeros((320, 320), int)
        for x0, y0, x1, y1 in layout(np.random.default_rng(seed), 320):
            count[y0:y1, x0:x1] += 1
        assert (count == 1).all()


def test_faces_come_in_all_sizes() -> None:
    scene = white_boxes((120, 120, 200, 200))
    sides = []
    for seed in range(300):
        matrix = place(scene, WHOLE, np.random.default_rng(seed), alone=True)
        sides.append(80 * float(np.sqrt(abs(np.linalg.det(matrix[:, :2])))))
    assert min(sides) < 50
    assert max(sides) > 380
    assert sum(s > 160 for s in sides) > 40


def test_a_covered_face_is_no_target(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = white_boxes((100, 100, 200, 200))
    monkeypatch.setattr(module, "place", lambda *_, **__: shifted(0, 0))
    monkeypatch.setattr(module, "layout", lambda *_: [(0, 0, 320, 320)])
    monkeypatch.setattr(module, "degrade", lambda image, *_: image)
    cover = np.zeros((320, 320), np.bool_)
    cover[:, :180] = True
    monkeypatch.setattr(module, "occlude", lambda image, *_: (image, cover))
    counts = {len(compose([scene] * 4, np.random.default_rng(seed)).boxes) for seed in range(40)}
    assert counts == {0, 1}  # now and then something lies in front
    shares = covered_share(np.asarray([[100, 100, 200, 200], [319.6, 0, 320, 5]]), cover)
    np.testing.assert_allclose(shares, [0.8, 0])


def test_a_picture_depends_on_its_numbers_alone() -> None:
    scenes = []
    for i in range(4):
        drawn = drawings.scene(1, i, 64)
        points = np.asarray([f.landmarks.points for f in drawn.faces]).reshape(-1, 68, 2)
        scenes.append(Scene(drawn.image, points, np.ones(points.shape[:2], np.bool_)))
    first, second = (compose(scenes, np.random.default_rng(7), size=128) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.boxes, second.boxes)
    assert first.image.shape == (128, 128, 3)
    assert first.boxes.dtype == np.float32


def test_most_scenes_fill_their_cells() -> None:
    scene, covered = white_boxes((120, 120, 200, 200)), 0
    scene.image[:] = 255
    for seed in range(100):
        matrix = place(scene, (200, 120), np.random.default_rng(seed), alone=False)
        covered += int(_black(scene.image, matrix, 200)[:120].mean() > 230)
    assert 65 < covered < 100
