"""The detector network on a picture of any size: whole, or in tiles that overlap, and what it sees made one list."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charaface.geometry import area, intersection, nms
from charaface.image import tile, warp
from charaface.session import Session

LONG_SIDE = 640  # pixels: the longest side that the network is given
SMALLEST_SCALE = 1 / 3  # tiles get smaller until the picture is shrunk by no more than this
SAME_FACE = 0.45  # IoU from which two boxes are one face
INSIDE = 0.8  # share of a box inside another from which they are one face
SUREST = 0.995  # a verifier's say counts up to here, and down to as little
_NARROW = 32  # pixels of the short side below which LONG_SIDE has room for no more than 20 faces in a row
_MOST = 400  # boxes a tile, by score
_GREY = 127  # beyond the picture: near the mean, so that it looks like nothing


class Candidates(NamedTuple):
    """What may be faces, best first."""

    boxes: np.ndarray  # (N, 4) float32 picture pixels, clipped to the picture
    scores: np.ndarray  # (N,) float32, how sure the detector is
    tiles: int  # how many views of the whole size level the picture took


def candidates(image: np.ndarray, session: Session, floor: float) -> Candidates:
    """All boxes with a score of at least floor in an (H, W, 3) uint8 picture, doubles removed."""
    if session.spec.task != "detect" or session.spec.input.size is not None:
        raise ValueError(f"{session.spec.label} is no detector for pictures of any size")
    height, width = image.shape[:2]
    boxes, scores = [np.zeros((0, 4), np.float32)], [np.zeros(0, np.float32)]
    tiles = 0
    for level, (side, overlap) in enumerate(_levels(width, height)):
        for place in tile(width, height, side, overlap):
            tiles += level == 0
            found, sure = _look(image, place, session, floor)
            whole = ~_cut(found, place, width, height)
            boxes.append(found[whole])
            scores.append(sure[whole])
    found, sure = np.concatenate(boxes), np.concatenate(scores)
    keep = nms(found, sure, SAME_FACE)
    return Candidates(found[keep], sure[keep], tiles)


def together(sure: float, verified: float) -> float:
    """The probability of a face of which a detector and a verifier, apart, are as sure as said: their log-odds added.

    A verifier of 0.5 says nothing; the most it can say is SUREST.
    """
    verified = min(max(verified, 1 - SUREST), SUREST)
    yes, no = sure * verified, (1 - sure) * (1 - verified)
    return yes / (yes + no)


def merge(boxes: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Indices, best first, of the (N, 4) boxes that are faces of their own: no better one overlaps or holds them."""
    order = nms(boxes, scores, SAME_FACE)
    if len(order) < 2:
        return order
    shared = intersection(boxes[order], boxes[order])
    least = np.minimum(area(boxes[order])[:, None], area(boxes[order])[None, :])
    held = shared > INSIDE * least
    keep: list[int] = []
    for i in range(len(order)):
        if not held[i, keep].any():
            keep.append(i)
    return order[keep]


def _levels(width: int, height: int) -> list[tuple[int, int]]:
    """Side and overlap of the tiles of each level, coarse to fine; the first shows every face whole.

    A face is no larger than the short side of a picture, so tiles of two short sides that overlap by one do. A
    picture one pixel high would take as many as it has pixels: what is narrow is cut into as few as the network allows.
    """
    short, long = sorted((width, height))
    side = min(long, 2 * short if short >= _NARROW else LONG_SIDE)
    levels = [(side, short if side < long else 0)]
    while side * SMALLEST_SCALE > LONG_SIDE:
        side = -(-side // 2)
        levels.append((side, side // 4))
    return levels


def _look(image: np.ndarray, place: np.ndarray, session: Session, floor: float) -> tuple[np.ndarray, np.ndarray]:
    """Boxes in picture pixels and scores of one tile x0, y0, x1, y1."""
    x0, y0, x1, y1 = place.tolist()
    k = min(1.0, LONG_SIDE / max(x1 - x0, y1 - y0))
    part = _fitted(image[y0:y1, x0:x1], k, session.spec.input.multiple)
    found = session.run(session.spec.input.batch([part]))
    scores, boxes = found["scores"][0], found["boxes"][0]
    best = np.flatnonzero(scores >= floor)
    best = best[np.argsort(-scores[best], kind="stable")][:_MOST]
    boxes = boxes[best] / np.float32(k) + np.array([x0, y0, x0, y0], np.float32)
    boxes = np.clip(boxes, np.array([x0, y0, x0, y0]), np.array([x1, y1, x1, y1])).astype(np.float32)
    real = area(boxes) >= 1
    return boxes[real], scores[best][real]


def _fitted(part: np.ndarray, k: float, multiple: int) -> np.ndarray:
    """A picture scaled by k, in the upper left corner of a grey one whose sides are multiples of multiple."""
    height, width = (max(1, round(side * k)) for side in part.shape[:2])
    out = np.full((-(-height // multiple) * multiple, -(-width // multiple) * multiple, 3), _GREY, np.uint8)
    shift = 0.5 * k - 0.5  # pixel centres stay in the middle of their pixels
    matrix = np.array([[k, 0, shift], [0, k, shift]])
    out[:height, :width] = part if k == 1 else warp(part, matrix, (width, height), (_GREY, _GREY, _GREY))
    return out


def _cut(boxes: np.ndarray, place: np.ndarray, width: int, height: int) -> np.ndarray:
    """(N,) whether a box ends at an edge of its tile inside the picture: another tile shows that face whole."""
    margin = 2.0 * max(1.0, float((place[2:] - place[:2]).max()) / LONG_SIDE)
    x0, y0, x1, y1 = place
    left, top, right, bottom = boxes.T
    return np.asarray(
        ((left < x0 + margin) & (x0 > 0))
        | ((top < y0 + margin) & (y0 > 0))
        | ((right > x1 - margin) & (x1 < width))
        | ((bottom > y1 - margin) & (y1 < height))
    )
