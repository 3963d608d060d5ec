"""The eyes of a 3-D head: where they look and what is painted on their balls."""

from __future__ import annotations

import numpy as np

from charaface.synth.head_points import rotation
from charaface.synth.kit import FaceKit

BALLS = {"M_ScleraRight": 0, "M_ScleraLeft": 1}
RING = 26.0  # degrees from the middle of an eye's look to the rim of its iris
_PUPIL, _IRIS = 10.0, 23.0


def ball(kit: FaceKit, name: str) -> np.ndarray:
    """The middle of an eyeball, whose front bulges."""
    places = kit.vertices[np.unique(kit.triangles[kit.of(name)])]
    low, high = places.min(axis=0), places.max(axis=0)
    middle = (low + high) / 2
    middle[2] = low[2] + (high[0] - low[0]) / 2
    return np.asarray(middle)


def way(gaze: tuple[float, float]) -> np.ndarray:
    """(3,) where somebody looks, seen from their head."""
    return np.asarray(rotation(*gaze) @ np.array([0.0, 0.0, 1.0]))


def from_look(apart: np.ndarray, way: np.ndarray) -> np.ndarray:
    """(N,) degrees between places of an eyeball, (N, 3) from its middle, and the way that it looks."""
    towards = apart / (np.linalg.norm(apart, axis=1, keepdims=True) + 1e-6)
    return np.asarray(np.degrees(np.arccos(np.clip(towards @ way, -1, 1))))


def eye(apart: np.ndarray, way: np.ndarray, iris: np.ndarray) -> np.ndarray:
    """(N, 3) colour of places of an eyeball, (N, 3) from its middle, that looks one way."""
    angle = from_look(apart, way)[:, None]
    rays = iris * (0.55 + 0.03 * (angle - _PUPIL))
    outer = np.where(angle < RING, iris * 0.3, np.array([0.78, 0.73, 0.70]))
    return np.asarray(np.where(angle < _PUPIL, 0.006, np.where(angle < _IRIS, rays, outer)))
