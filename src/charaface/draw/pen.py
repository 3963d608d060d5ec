"""Strokes and dots, sharp at every size, laid onto a picture with or without transparency."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from charaface.draw.style import Colour

_SHIFT = 4  # fixed-point bits of a cv2 coordinate


class Pen:
    """Strokes on a fine transparent grid over part of a picture; colours are multiplied by their cover."""

    def __init__(self, low: tuple[int, int], high: tuple[int, int], fine: int) -> None:
        self._low, self._high, self._fine = low, high, fine
        self._ink = np.zeros(((high[1] - low[1]) * fine, (high[0] - low[0]) * fine, 4), np.uint8)

    @classmethod
    def over(cls, out: np.ndarray, points: np.ndarray, reach: float) -> Pen | None:
        """A pen for strokes within reach of the points; None where all of that lies outside the picture."""
        limit = out.shape[1::-1]
        x0, y0 = np.clip(np.floor(points.min(axis=0) - reach), 0, limit).astype(int).tolist()
        x1, y1 = np.clip(np.ceil(points.max(axis=0) + reach + 1), 0, limit).astype(int).tolist()
        if x1 <= x0 or y1 <= y0:
            return None
        side = max(x1 - x0, y1 - y0)
        return cls((x0, y0), (x1, y1), 4 if side <= 400 else 2 if side <= 1200 else 1)

    def place(self, points: np.ndarray) -> np.ndarray:
        """(N, 2) int32 places on the grid, as cv2 counts them, of (N, 2) points of the picture."""
        fine = (points - self._low + 0.5) * self._fine - 0.5
        return np.asarray(np.rint(fine * (1 << _SHIFT)).astype(np.int32))

    def lines(self, lines: Sequence[np.ndarray], colour: Colour, width: float, cover: float = 1.0) -> None:
        """Strokes with round ends through the places of each line."""
        import cv2

        if lines:
            wide = max(1, round(width * self._fine))
            cv2.polylines(self._ink, lines, False, _ink_of(colour, cover), wide, self._edge, _SHIFT)

    def dot(self, place: Sequence[int], colour: Colour, radius: float, ring: float = 0.0, cover: float = 1.0) -> None:
        """A disc, or with a width of ring only its edge."""
        import cv2

        wide = max(1, round(ring * self._fine)) if ring else -1
        reach = max(1, round(radius * self._fine * (1 << _SHIFT)))
        cv2.circle(self._ink, place, reach, _ink_of(colour, cover), wide, self._edge, _SHIFT)

    def lay(self, out: np.ndarray) -> None:
        """Puts what was drawn onto the picture."""
        import cv2

        (x0, y0), (x1, y1) = self._low, self._high
        lay(out[y0:y1, x0:x1], cv2.resize(self._ink, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA))

    @property
    def _edge(self) -> int:
        import cv2

        return int(cv2.LINE_8 if self._fine == 4 else cv2.LINE_AA)


def _ink_of(colour: Colour, cover: float) -> tuple[int, ...]:
    return tuple(round(c * cover) for c in (*colour, 255))


def lay(below: np.ndarray, ink: np.ndarray) -> None:
    """Lays (h, w, 4) ink, colours multiplied by cover, over a picture of three or four channels, in place."""
    touched = ink[..., 3] > 0
    ink, old = ink[touched].astype(np.uint32), below[touched].astype(np.uint32)
    free = 255 - ink[:, 3:]
    if below.shape[2] == 3:
        below[touched] = ink[:, :3] + (old * free + 127) // 255
        return
    kept = old[:, 3:] * free
    cover = ink[:, 3:] * 255 + kept  # of 255 * 255
    colour = (ink[:, :3] * 255 * 255 + old[:, :3] * kept + cover // 2) // cover
    below[touched] = np.concatenate([np.minimum(colour, 255), (cover + 127) // 255], axis=1)
