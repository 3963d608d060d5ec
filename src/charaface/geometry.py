"""Boxes, points and the affine maps between a picture and a crop of it.

A point counts pixel centres: (0, 0) is the middle of the first pixel. A box counts edges: [0, 0, W, H] is the whole
picture. So a point p lies at p + 0.5 in the coordinates of a box.
"""

from __future__ import annotations

import numpy as np

FOREHEAD = 0.3  # of brow-to-chin: from the brows up to the middle of the forehead
ALIGNED_EYES, ALIGNED_MOUTH = (0.5, 0.47), (0.5, 0.69)  # in parts of a crop's side: hair and chin are in it
_BROWS, _LIDS, _CHIN = slice(17, 27), [37, 38, 43, 44], 8


def area(boxes: np.ndarray) -> np.ndarray:
    """Areas of (..., 4) boxes in square pixels; 0 for an empty box."""
    sides = np.maximum(boxes[..., 2:] - boxes[..., :2], 0)
    return np.asarray(sides[..., 0] * sides[..., 1])


def intersection(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(N, M) areas shared by the (N, 4) boxes a and the (M, 4) boxes b, in square pixels."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return np.asarray(np.prod(np.maximum(high - low, 0), axis=2))


def iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(N, M) intersection over union of the (N, 4) boxes a and the (M, 4) boxes b; 0 where both are empty."""
    shared = intersection(a, b)
    union = area(a)[:, None] + area(b)[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-9))


def nms(boxes: np.ndarray, scores: np.ndarray, threshold: float) -> np.ndarray:
    """Indices, best score first, of the boxes that overlap no better one by more than threshold (IoU)."""
    order = np.argsort(-scores, kind="stable")
    keep: list[int] = []
    while order.size:
        best, order = order[0], order[1:]
        keep.append(int(best))
        if not order.size:
            break
        order = order[iou(boxes[best : best + 1], boxes[order])[0] <= threshold]
    return np.asarray(keep, dtype=np.int64)


def clip_box(box: np.ndarray, width: float, height: float) -> np.ndarray:
    """The part of a (4,) box inside a picture of width x height pixels; may be empty."""
    limit = np.asarray([width, height, width, height], dtype=np.float32)
    return np.asarray(np.clip(box, 0, limit), dtype=np.float32)


def box_from_points(points: np.ndarray) -> np.ndarray:
    """The face box of (68, 2) ibug68 points: their hull, raised by 0.3 of brow-to-chin along the face's own axis.

    Rows of NaN are points that are not known: missing brows are taken from the upper lids (a brow sits half an
    eye-to-chin length higher there), a missing chin from the lowest known point.
    Returns (4,) float32 in box coordinates, not clipped. Raises ValueError with fewer than three known points.
    """
    known = ~np.isnan(points).any(axis=1)
    if known.sum() < 3:
        raise ValueError(f"a box needs at least 3 known points, got {int(known.sum())}")
    pts = points[known].astype(np.float64)
    chin = points[_CHIN] if known[_CHIN] else pts[np.argmax(pts[:, 1])]
    brows = points[_BROWS][known[_BROWS]]
    raise_by = FOREHEAD
    if not len(brows):
        lids = points[_LIDS][known[_LIDS]]
        # measured on upright drawn faces: brow-to-chin is about 1.3 times lid-to-chin
        brows, raise_by = (lids, 0.3 * 1.3 + 0.3) if len(lids) else (pts[[np.argmin(pts[:, 1])]], 0.0)
    with np.errstate(over="ignore", invalid="ignore"):  # points too far out have a box that is not finite
        up = brows.mean(axis=0) - chin
        hull = np.concatenate([pts, brows + raise_by * up]) + 0.5
        return np.asarray(np.concatenate([hull.min(axis=0), hull.max(axis=0)]), dtype=np.float32)


def crop_matrix(box: np.ndarray, size: int, scale: float = 1.0, angle: float = 0.0) -> np.ndarray:
    """(2, 3) map from picture points to points of a size x size crop: a square round the box, turned upright.

    The square's side is scale times the box's longer side. A face that leans to image right by angle degrees
    stands upright in the crop.
    """
    cx, cy = (box[0] + box[2]) / 2 - 0.5, (box[1] + box[3]) / 2 - 0.5
    side = scale * max(float(box[2] - box[0]), float(box[3] - box[1]))
    k = size / side
    c, s = k * np.cos(np.radians(angle)), k * np.sin(np.radians(angle))
    middle = size / 2 - 0.5
    return np.asarray([[c, s, middle - c * cx - s * cy], [-s, c, middle + s * cx - c * cy]], dtype=np.float64)


def aligned_matrix(points: np.ndarray, size: int) -> np.ndarray:
    """(2, 3) map to a size x size crop where eyes and mouth lie on fixed places, of (68, 2) ibug68 points.

    A similarity: the middle of both eyes comes to ALIGNED_EYES and that of the corners of the mouth to ALIGNED_MOUTH,
    from whatever side the face is seen. Raises ValueError where the two lie on one place.
    """
    eyes = (points[36:42].mean(axis=0) + points[42:48].mean(axis=0)) / 2
    mouth = (points[48] + points[54]) / 2
    one, other = complex(*eyes), complex(*mouth)
    if one == other:
        raise ValueError("eyes and mouth lie on one place: there is nothing to align by")
    first, last = (complex(x * size - 0.5, y * size - 0.5) for x, y in (ALIGNED_EYES, ALIGNED_MOUTH))
    turn = (last - first) / (other - one)
    to = first - turn * one
    return np.array([[turn.real, -turn.imag, to.real], [turn.imag, turn.real, to.imag]])


def invert(matrix: np.ndarray) -> np.ndarray:
    """The (2, 3) affine map that undoes matrix."""
    return np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]


def transform(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """(..., 2) points mapped by a (2, 3) affine matrix."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])
