"""Pictures of predictions, to look at while a network learns."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from charaface.tasks.segment import COLOURS

_TRUE, _FOUND = (0, 200, 0), (255, 0, 60)


def grid(images: list[np.ndarray], columns: int = 8) -> np.ndarray:
    """Images of one size side by side and below each other, the last row filled with white."""
    blank = np.full_like(images[0], 255)
    rows = [images[i : i + columns] for i in range(0, len(images), columns)]
    rows[-1] = rows[-1] + [blank] * (columns - len(rows[-1]))
    return np.vstack([np.hstack(row) for row in rows])


def landmark_sheet(images: np.ndarray, truth: np.ndarray, found: np.ndarray, scale: int = 2) -> np.ndarray:
    """Crops (N, S, S, 3) uint8, the true points green and the found ones red; points (N, P, 2) in 0..1."""
    size = images.shape[1] * scale
    out = []
    for image, true, points in zip(images, truth, found, strict=True):
        big = cv2.resize(image, (size, size), interpolation=cv2.INTER_LINEAR)
        for group, colour in ((true, _TRUE), (points, _FOUND)):
            for x, y in np.round(group * size - 0.5).astype(int).tolist():
                cv2.circle(big, (x, y), 1, colour, -1, cv2.LINE_AA)
        out.append(big)
    return grid(out)


def parsing_sheet(images: np.ndarray, truth: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Crops (N, S, S, 3) uint8, each beside its true and its found parts (N, S, S), as colours."""
    colours = np.append(COLOURS, np.zeros((256 - len(COLOURS), 3)), axis=0).astype(np.uint8)
    return grid([np.hstack([i, colours[t], colours[f]]) for i, t, f in zip(images, truth, found, strict=True)], 4)


def named_sheet(
    images: np.ndarray, truth: np.ndarray, found: np.ndarray, names: Sequence[str], side: int = 96
) -> np.ndarray:
    """Crops (N, S, S, 3) uint8 with the names of what is true, green, and of what was found instead, red."""
    out = []
    for image, true, said in zip(images, truth.tolist(), found.tolist(), strict=True):
        big = cv2.resize(image, (side, side), interpolation=cv2.INTER_LINEAR)
        big = cv2.copyMakeBorder(big, 0, 28, 0, 0, cv2.BORDER_CONSTANT, value=(255, 255, 255))
        cv2.putText(big, names[true], (2, side + 11), cv2.FONT_HERSHEY_SIMPLEX, 0.4, _TRUE, 1, cv2.LINE_AA)
        if said != true:
            cv2.putText(big, names[said], (2, side + 24), cv2.FONT_HERSHEY_SIMPLEX, 0.4, _FOUND, 1, cv2.LINE_AA)
        out.append(big)
    return grid(out)


def detector_sheet(
    images: np.ndarray, truth: list[np.ndarray], found: list[np.ndarray], scores: list[np.ndarray]
) -> np.ndarray:
    """Pictures (N, S, S, 3) uint8, the true boxes green and the found ones red, thick above a score of
    0.5.
    """
    out = []
    for image, true, boxes, sure in zip(images, truth, found, scores, strict=True):
        drawn = image.copy()
        for box in true:
            _rectangle(drawn, box, _TRUE, 1)
        for box, score in zip(boxes, sure, strict=True):
            _rectangle(drawn, box, _FOUND, 2 if score > 0.5 else 1)
        out.append(drawn)
    return grid(out, columns=5)


def _rectangle(image: np.ndarray, box: np.ndarray, colour: tuple[int, int, int], thickness: int) -> None:
    x0, y0, x1, y1 = np.round(box).astype(int).tolist()
    cv2.rectangle(image, (x0, y0), (x1 - 1, y1 - 1), colour, thickness)
