"""A small picture of what was found: whole where its least sure face can be seen, else the part around that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from charaface.draw.faces import draw_faces
from charaface.draw.style import DrawStyle
from charaface.face import Face

_AROUND = 3.0  # sides of a face that are shown about it
_ENLARGED = 4.0  # at most


def thumbnail(image: np.ndarray, faces: Sequence[Face], side: int, style: DrawStyle | None = None) -> np.ndarray:
    """(h, w, 3) uint8, its longer side at most `side` pixels, of an (H, W, 3) picture with its faces drawn on it."""
    import cv2

    x0, y0, x1, y1 = _window(image.shape, faces)
    k = min(side / max(x1 - x0, y1 - y0), _ENLARGED)
    size = max(1, round(k * (x1 - x0))), max(1, round(k * (y1 - y0)))
    way = cv2.INTER_AREA if k < 1 else cv2.INTER_CUBIC
    small = cv2.resize(image[y0:y1, x0:x1], size, interpolation=way)
    return draw_faces(small, [_moved(face, np.array([x0, y0]), k) for face in faces], style)


def _window(shape: tuple[int, ...], faces: Sequence[Face]) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of the part of a picture to show."""
    height, width = shape[:2]
    if not faces:
        return 0, 0, width, height
    box = min(faces, key=lambda face: face.score).box.astype(np.float64)
    reach = _AROUND * float((box[2:] - box[:2]).max())
    if reach > 0.75 * max(height, width):
        return 0, 0, width, height
    spans = []
    for middle, length in (((box[0] + box[2]) / 2, width), ((box[1] + box[3]) / 2, height)):
        span = min(round(reach), length)
        low = int(np.clip(round(middle - span / 2), 0, length - span))
        spans.append((low, low + max(1, span)))
    (x0, x1), (y0, y1) = spans
    return x0, y0, x1, y1


def _moved(face: Face, low: np.ndarray, k: float) -> Face:
    """The face in a picture that begins at low and is scaled by k."""
    box, marks = (face.box - np.tile(low, 2)) * k, face.landmarks
    if marks is not None:
        marks = replace(marks, points=(marks.points + 0.5 - low) * k - 0.5)
    return replace(face, box=box, landmarks=marks)
