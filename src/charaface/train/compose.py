"""From scenes to a training picture of the detector: zoomed, cropped, side by side; and which faces count
in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from charaface.geometry import area, box_from_points, transform
from charaface.train.augment import occlude, warp
from charaface.train.packs import Pack
from charaface.train.photometry import degrade

SMALLEST = 10.0  # pixels of a face's longer side: below, it is neither face nor background
REMAINING = 0.45  # of a face's box inside its frame: below, it is neither
SEEN = 0.15  # of a face's points that are visible: below, something else covers it, and it is neither
COVERED = 0.6  # of a face's box under what augmentation lays over it: above, it is neither
FULL = 0.75  # chance that a scene fills its cell, as pictures do; else it may have margins
_ZOOM = (0.5, 5.0)  # of a scene, 1 where its shorter side is its cell's longer: less would be mostly margin


@dataclass(frozen=True, eq=False)
class Picture:
    """One training sample of the detector."""

    image: np.ndarray  # (S, S, 3) uint8
    boxes: np.ndarray  # (F, 4) float32 pixels, clipped: the faces to find
    ignored: np.ndarray  # (G, 4) float32 pixels: regions that count neither way


@dataclass(frozen=True, eq=False)
class Scene:
    """One render of a pack as the composer sees it."""

    image: np.ndarray  # (H, W, 3) uint8
    points: np.ndarray  # (F, 68, 2) float32 pixels
    visible: np.ndarray  # (F, 68) bool


def scene_of(pack: Pack, index: int) -> Scene:
    """Render index of a pack."""
    rows = pack.rows(index)
    return Scene(pack.images[index], pack.points[rows], pack.visible[rows])


def compose(scenes: list[Scene], rng: np.random.Generator, *, size: int = 320, strength: float = 0.7) -> Picture:
    """A size x size picture of the first scene alone, or of several side by side, after a random life.

    scenes are at least 4; how many are used is random. strength scales the chance of what befalls the pixels.
    """
    image = np.empty((size, size, 3), np.uint8)
    boxes, counts = [np.zeros((0, 4))], [np.zeros(0, np.bool_)]
    cells = layout(rng, size)
    for scene, (x0, y0, x1, y1) in zip(scenes, cells, strict=False):
        matrix = place(scene, (x1 - x0, y1 - y0), rng, alone=len(cells) == 1)
        # a reflected edge would show faces that have no box
        patch = warp(scene.image, matrix, max(x1 - x0, y1 - y0), rng, reflect=False)
        image[y0:y1, x0:x1] = patch[: y1 - y0, : x1 - x0]
        inside, target = sort_faces(scene, matrix, (x1 - x0, y1 - y0))
        boxes.append(inside + np.asarray([x0, y0, x0, y0]))
        counts.append(target)
    if len(cells) > 1 and rng.random() < 0.3:
        _borders(image, cells, rng)
    found, target = np.concatenate(boxes).astype(np.float32), np.concatenate(counts)
    if rng.random() < 0.12:
        image, cover = occlude(image, rng)
        target = target & (covered_share(found, cover) <= COVERED)
    return Picture(degrade(image, rng, strength), found[target], found[~target])


def layout(rng: np.random.Generator, size: int) -> list[tuple[int, int, int, int]]:
    """Cells x0, y0, x1, y1 that cover the picture: mostly one, sometimes two or four."""
    kind = rng.random()
    x, y = (int(v) for v in rng.uniform(0.3, 0.7, 2) * size)
    if kind < 0.7:
        return [(0, 0, size, size)]
    if kind < 0.77:
        return [(0, 0, x, size), (x, 0, size, size)]
    if kind < 0.84:
        return [(0, 0, size, y), (0, y, size, size)]
    return [(0, 0, x, y), (x, 0, size, y), (0, y, x, size), (x, y, size, size)]


def place(scene: Scene, cell: tuple[int, int], rng: np.random.Generator, *, alone: bool) -> np.ndarray:
    """(2, 3) map from a scene to its cell of (width, height) pixels.

    About half the time the whole scene is fitted loosely; else one of its faces is brought to a drawn size,
    from 24 px (smaller ones come of themselves) to one and a half times the cell, and to a drawn place.
    """
    height, width = scene.image.shape[:2]
    fit, shorter = max(cell) / min(width, height), min(cell)
    if len(scene.points) and rng.random() < (0.6 if alone else 0.3):
        box = box_from_points(scene.points[int(rng.integers(len(scene.points)))])
        side = float(max(box[2] - box[0], box[3] - box[1]))
        zoom = float(np.exp(rng.uniform(np.log(24), np.log(1.5 * shorter)))) / side
        centre, goal = (box[:2] + box[2:]) / 2, rng.uniform(0.1, 0.9, 2) * cell
    else:
        zoom = fit * (float(np.exp(rng.uniform(np.log(0.6), np.log(1.8)))) if rng.random() < 0.8 else 1.0)
        centre = (0.5 + rng.normal(0, 0.12, 2)) * [width, height]
        goal = np.asarray(cell) / 2
    full = rng.random() < FULL
    zoom = float(np.clip(zoom, (1.0 if full else _ZOOM[0]) * fit, _ZOOM[1] * fit))
    angle = float(rng.normal(0, 12)) if rng.random() < 0.3 else 0.0
    squeeze = float(np.exp(rng.uniform(-0.15, 0.15))) if rng.random() < 0.3 else 1.0
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    c, s = zoom * np.cos(np.radians(angle)), zoom * np.sin(np.radians(angle))
    linear = np.diag([mirror * squeeze, 1 / squeeze]) @ np.asarray([[c, -s], [s, c]])
    if full:
        goal = goal + _to_cover(linear, centre, goal, np.asarray([width, height]), np.asarray(cell))
    # centre and goal are places between pixels, the map is one of pixel centres
    return np.column_stack([linear, goal - 0.5 - linear @ (centre - 0.5)])


def _to_cover(
    linear: np.ndarray, centre: np.ndarray, goal: np.ndarray, scene: np.ndarray, cell: np.ndarray
) -> np.ndarray:
    """(2,) how far a scene of size scene (2,) must move for no margin to show in its cell of size cell (2,)."""
    half = np.abs(linear) @ (scene / 2)
    middle = goal + linear @ (scene / 2 - centre)
    return np.asarray(np.clip(middle, np.minimum(cell - half, half), np.maximum(cell - half, half)) - middle)


def sort_faces(scene: Scene, matrix: np.ndarray, cell: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The boxes (F, 4) of a scene's faces inside a cell of (width, height), and whether each is a target
    (F,).

    Faces of which nothing is inside are left out; one that is too small, cut or covered is there but no
    target.
    """
    corners = np.asarray([[0, 0], [1, 0], [0, 1], [1, 1]]) * scene.image.shape[1::-1] - 0.5
    edges = transform(corners, matrix) + 0.5
    low = np.maximum(edges.min(axis=0), 0)  # what the scene's own edge cuts off is not there either
    high = np.minimum(edges.max(axis=0), cell)
    boxes, targets = [], []
    for points, visible in zip(scene.points, scene.visible, strict=True):
        whole = box_from_points(transform(points, matrix))
        inside = np.concatenate([np.clip(whole[:2], low, high), np.clip(whole[2:], low, high)])
        share = float(area(inside)) / max(float(area(whole)), 1e-9)
        if share > 0:
            boxes.append(inside)
            large = max(whole[2] - whole[0], whole[3] - whole[1]) >= SMALLEST
            targets.append(share >= REMAINING and large and visible.mean() >= SEEN)
    return np.asarray(boxes, np.float64).reshape(-1, 4), np.asarray(targets, np.bool_)


def covered_share(boxes: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """(N,) share of each of the (N, 4) boxes under the True pixels of cover."""
    height, width = cover.shape
    low = np.minimum(np.floor(boxes[:, :2]).astype(int), [width - 1, height - 1])
    high = np.maximum(np.ceil(boxes[:, 2:]).astype(int), low + 1)
    return np.asarray([cover[y0:y1, x0:x1].mean() for (x0, y0), (x1, y1) in zip(low, high, strict=True)], np.float64)


def _borders(image: np.ndarray, cells: list[tuple[int, int, int, int]], rng: np.random.Generator) -> None:
    """Panels have borders."""
    colour, width = (255, 255, 255) if rng.random() < 0.5 else (0, 0, 0), int(rng.integers(1, 7))
    for x0, y0, x1, y1 in cells:
        cv2.rectangle(image, (x0, y0), (x1, y1), colour, width)
