"""Offsets: how far those who label photographs put each point from where a network that saw renders alone puts it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from charaface.schemes import IBUG68

_MIRROR = np.asarray(IBUG68.mirror)


@dataclass(frozen=True, eq=False)
class Offsets:
    """A place for each of 68 points against where a network puts it, in the frame of an upright face."""

    values: np.ndarray  # (68, 2) float64, to image right and down, over the size of the face
    weights: str  # the network that they were fitted with, as results name it

    @classmethod
    def from_json(cls, text: str) -> Offsets:
        """Reads what to_json wrote. Raises ValueError for what is none."""
        table = json.loads(text)
        values = np.asarray(table["offsets"], np.float64)
        if values.shape != (68, 2) or not np.isfinite(values).all():
            raise ValueError(f"offsets are (68, 2) finite numbers, got {values.shape}")
        return cls(values, str(table["weights"]))

    def to_json(self, data: str) -> str:
        """The offsets as text; data: what they were fitted on."""
        values = [[round(v, 5) + 0.0 for v in pair] for pair in self.values.tolist()]
        return json.dumps({"weights": self.weights, "data": data, "offsets": values}, indent=1) + "\n"

    def moved(self, points: np.ndarray, roll: float, share: float) -> np.ndarray:
        """(68, 2) points of a face that leans to image right by roll degrees, moved by a share of the offsets."""
        turn, size = _frame(points, roll)
        return np.asarray(points + share * size * self.values @ turn, points.dtype)


def fitted(found: list[np.ndarray], truth: list[np.ndarray], rolls: list[float], weights: str) -> Offsets:
    """The offsets of faces with (68, 2) points that a network found and true ones: medians, the same for both sides."""
    apart = []
    for a, b, roll in zip(found, truth, rolls, strict=True):
        turn, size = _frame(a, roll)
        apart.append((b - a) @ turn.T / size)
    each = np.stack(apart)
    both = np.concatenate([each, each[:, _MIRROR] * [-1, 1]])
    return Offsets(np.median(both, axis=0), weights)


def _frame(points: np.ndarray, roll: float) -> tuple[np.ndarray, float]:
    """The (2, 2) turn whose rows are the face's own right and down in the picture, and the size of the face: the root
    of the area of the points' upright box.
    """
    c, s = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    turn = np.array([[c, s], [-s, c]])
    upright = points.astype(np.float64) @ turn.T
    return turn, float(np.sqrt(np.prod(upright.max(axis=0) - upright.min(axis=0))))
