"""The detector network on pictures of any size."""

import numpy as np
import pytest

from charaface.detector import LONG_SIDE, candidates, merge
from painted import Fake, detector, landmarker, paint


def boxes_of(squares: list[tuple[float, float, float]]) -> np.ndarray:
    return np.array([[x, y, x + s, y + s] for x, y, s in squares], np.float32).reshape(-1, 4)


def sorted_boxes(boxes: np.ndarray) -> np.ndarray:
    return boxes[np.lexsort(boxes.T[::-1])]


def test_boxes_are_in_picture_pixels() -> None:
    squares = [(30, 40, 50), (200, 100, 33)]
    found = candidates(paint(squares), detector(), 0.5)
    assert np.allclose(sorted_boxes(found.boxes), boxes_of(squares), atol=0.01)
    assert found.scores == pytest.approx([0.9, 0.9])
    assert found.tiles == 1


@pytest.mark.parametrize("size", [(1280, 720), (1000, 900), (1537, 1023), (641, 640)])
def test_a_large_picture_is_shrunk_and_its_boxes_are_not(size: tuple[int, int]) -> None:
    squares = [(100, 100, 200), (500, 420, 77)]
    fake = detector()
    found = candidates(paint(squares, *size), fake, 0.5)
    assert np.allclose(sorted_boxes(found.boxes), boxes_of(squares), atol=1.5)
    assert max(fake.calls[0][2:]) == LONG_SIDE


@pytest.mark.parametrize("size", [(1, 1), (31, 33), (32, 32), (100, 7), (640, 640), (639, 2)])
def test_the_network_sees_multiples_of_32_whatever_the_picture(size: tuple[int, int]) -> None:
    fake = detector()
    assert len(candidates(paint([], *size), fake, 0.5).boxes) == 0
    assert all(side % 32 == 0 for shape in fake.calls for side in shape[2:])
    assert all(side - picture < 32 for side, picture in zip(fake.calls[0][:1:-1], size, strict=True))


def test_the_padding_is_no_part_of_the_picture() -> None:
    found = candidates(paint([(20, 20, 60)], 70, 65), detector(), 0.5)
    assert found.boxes.tolist() == [[20, 20, 70, 65]]


def test_a_strip_of_800x30000_with_12_faces_two_across_tile_edges_gives_12() -> None:
    side, step = 1600, 28400 / 36  # the tiles that a strip of this size is cut into
    edges = [side + round(step * 4), round(step * 20)]
    heights = [100, 1900, 3300, *[edge - 90 for edge in edges], 7000, 9100, 12000, 19500, 22222, 26000, 29700]
    squares = [(60.0 + 53 * i, float(y), 120.0 + 10 * i) for i, y in enumerate(sorted(heights))]
    found = candidates(paint(squares, 800, 30000), detector(), 0.5)
    assert len(squares) == 12
    assert np.allclose(
        found.boxes[np.argsort(found.boxes[:, 1])], np.minimum(boxes_of(squares), [800, 30000] * 2), atol=4
    )


def test_a_face_as_wide_as_a_strip_is_seen_whole_wherever_it_is() -> None:
    for top in (0, 300, 777, 1600, 2381, 3600):
        square = (4.0, float(top), 392.0)
        found = candidates(paint([square], 400, 4000), detector(), 0.5)
        assert np.allclose(found.boxes, boxes_of([square]), atol=2.5), top


@pytest.mark.parametrize("size", [(20_000, 1), (1, 20_000), (20_000, 31)])
def test_a_picture_of_a_pixel_s_height_is_looked_at_in_few_tiles(size: tuple[int, int]) -> None:
    network = detector()
    candidates(paint([], *size), network, 0.5)
    assert len(network.calls) < 40


def test_small_faces_of_a_huge_picture_are_looked_for_in_tiles() -> None:
    squares = [(2100, 700, 40), (2990, 2900, 40), (300, 300, 1500)]  # 40 px is 5 px where the whole is 640
    found = candidates(paint(squares, 5000, 4000), detector(), 0.5)
    assert np.allclose(sorted_boxes(found.boxes), sorted_boxes(boxes_of(squares)), atol=8)


def test_a_candidate_below_the_floor_is_left_out() -> None:
    assert len(candidates(paint([(30, 40, 50)]), detector(score=0.4), 0.5).boxes) == 0


def test_doubles_are_removed_and_the_best_kept() -> None:
    boxes = np.array([[[10, 10, 60, 60], [12, 11, 62, 61], [100, 10, 150, 60]]], np.float32)
    scores = np.array([[0.6, 0.8, 0.7]], np.float32)
    fake = Fake(detector().spec, lambda _: {"boxes": boxes, "scores": scores})
    found = candidates(paint([]), fake, 0.5)
    assert found.boxes.tolist() == [[12, 11, 62, 61], [100, 10, 150, 60]]


def test_boxes_are_clipped_and_those_outside_left_out() -> None:
    boxes = np.array([[[-20, -5, 50, 60], [400, 10, 500, 60], [300, 230, 330, 250]]], np.float32)
    fake = Fake(detector().spec, lambda _: {"boxes": boxes, "scores": np.full((1, 3), 0.9, np.float32)})
    assert sorted(candidates(paint([]), fake, 0.5).boxes.tolist()) == [[0, 0, 50, 60], [300, 230, 320, 240]]


@pytest.mark.parametrize(
    ("boxes", "scores", "kept"),
    [
        ([], [], []),
        ([[0, 0, 10, 10]], [0.5], [0]),
        ([[0, 0, 10, 10], [1, 0, 11, 10]], [0.5, 0.6], [1]),
        ([[0, 0, 100, 100], [20, 20, 40, 40]], [0.9, 0.8], [0]),  # a part of a face taken for one
        ([[0, 0, 100, 100], [20, 20, 40, 40]], [0.6, 0.8], [1]),
        ([[0, 0, 100, 100], [80, 0, 180, 100]], [0.9, 0.8], [0, 1]),  # neighbours in a crowd
    ],
)
def test_of_boxes_on_one_face_the_best_stays(boxes: list[list[int]], scores: list[float], kept: list[int]) -> None:
    found = merge(np.array(boxes, np.float32).reshape(-1, 4), np.array(scores))
    assert found.tolist() == kept


def test_a_network_for_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="squares68-1 is no detector"):
        candidates(paint([]), landmarker(), 0.5)
