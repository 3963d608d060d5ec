"""The camera before a 3-D head, its light and what is behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from charaface.synth.dress import Dress
from charaface.synth.shade import Light

_JUMPER = Dress()


@dataclass(frozen=True, eq=False)
class Shot:
    """Camera, light and what is behind."""

    size: int
    unit: float  # pixels of a centimetre at the face
    middle: tuple[float, float]  # pixel of the middle between brows and chin
    light: Light
    distance: float = 80.0  # cm from the camera to the face
    dress: Dress = _JUMPER
    backdrop: np.ndarray | None = None  # (size, size, 3) float32 linear
    samples: float = 1.5  # a pixel's side is the mean of so many


class Camera:
    """Places of the turned head, in cm, to pixels of the picture before it is made smaller."""

    def __init__(self, shot: Shot, points: np.ndarray) -> None:
        self.side = round(shot.size * shot.samples)
        finer = self.side / shot.size
        self._middle = points[[27, 8, 2, 14]].mean(axis=0)
        self._unit = shot.unit * finer
        self._at = (np.asarray(shot.middle) + 0.5) * finer - 0.5
        self._far = shot.distance

    def __call__(self, places: np.ndarray) -> np.ndarray:
        """(V, 3) float32 x right, y down in pixels and depth, larger is nearer, in parts of the camera's distance."""
        apart = places - self._middle
        near = self._far / np.maximum(self._far - apart[:, 2], 1.0)
        x = self._at[0] + apart[:, 0] * near * self._unit
        y = self._at[1] - apart[:, 1] * near * self._unit
        return np.asarray(np.stack([x, y, near], axis=1), np.float32)
