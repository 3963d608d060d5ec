"""Photographs made small: where the faces of a crowd are said to be, they are."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from charaface.evaluate.labels import Labelled
from charaface.evaluate.small import SIZE, crowd, judge_small, section
from charaface.face import Face
from charaface.image import save

RED = (255, 0, 0)


@pytest.fixture
def photographs(tmp_path: Path) -> list[Labelled]:
    """Grey pictures in which the box of a face is red, the last one grey all over."""
    out = []
    for k in range(12):
        points = np.random.default_rng(k).uniform((60, 50), (110, 130), (68, 2))
        one = Labelled(f"{k}.png", "photo", str(k), points)
        image = np.full((170, 150 + 5 * k, 3), 90, np.uint8)
        x0, y0, x1, y1 = np.rint(one.box(image.shape[1], image.shape[0])).astype(int)
        image[y0:y1, x0:x1] = RED if k < 11 else 90
        save(image, tmp_path / one.file)
        out.append(one)
    return out


def reds(image: np.ndarray) -> list[Face]:
    mask = ((image[..., 0] > 200) & (image[..., 1] < 60)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    return [Face(np.array([x, y, x + w, y + h])) for x, y, w, h, _ in stats[1:].tolist()]


@pytest.mark.parametrize("side", [16, 32, 96])
def test_a_crowd_shows_each_face_at_its_size_where_its_box_is(
    photographs: list[Labelled], tmp_path: Path, side: int
) -> None:
    image, boxes = crowd(photographs, side, tmp_path, np.random.default_rng(side))
    assert image.shape == (*SIZE, 3)
    assert len(boxes) == min(8, (SIZE[0] // (2 * side)) * (SIZE[1] // (2 * side)))
    sides = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    np.testing.assert_allclose(sides, side, atol=1e-6)
    found = np.asarray([face.box for face in reds(image)])
    assert len(found) == len(boxes)
    order = [int(np.abs(found - box).sum(axis=1).argmin()) for box in boxes]
    np.testing.assert_allclose(found[order], boxes, atol=2)


def test_what_is_found_missed_and_false_is_counted_by_size(photographs: list[Labelled], tmp_path: Path) -> None:
    whole, none, false = (
        judge_small(tmp_path, photographs, find, (48,))[0]
        for find in (reds, lambda _: [], lambda _: [Face(np.array([0, 0, 5, 5]))])
    )
    assert whole.faces == none.faces >= 200
    assert (none.hits, none.false, false.hits, false.false) == (0, 0, 0, 30)
    assert whole.hits > 0.9 * whole.faces
    rows = section([none]).rows
    assert rows == (("48 px", none.faces, 0.0, 0),)
