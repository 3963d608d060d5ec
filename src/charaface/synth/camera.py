"""The camera before a 3-D head, its light and what is behind."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from charaface.geometry import aligned_matrix
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
    aligned: bool = False  # eyes and mouth of the face at rest where geometry.aligned_matrix puts them, whatever unit
    # and middle say: so the pictures of a person's expressions fit each other


_SAME = np.zeros((0, 3))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _projected(
    places: np.ndarray, middle: np.ndarray, far: float, at: np.ndarray, unit: float, after: np.ndarray
) -> np.ndarray:
    """What a camera makes of places; after: (2, 3) between pixels, or empty."""
    out = np.empty((len(places), 3), np.float32)
    for k in range(len(places)):
        near = far / max(far - (places[k, 2] - middle[2]), 1.0)
        x = at[0] + (places[k, 0] - middle[0]) * near * unit
        y = at[1] - (places[k, 1] - middle[1]) * near * unit
        if len(after):
            x, y = after[0, 0] * x + after[0, 1] * y + after[0, 2], after[1, 0] * x + after[1, 1] * y + after[1, 2]
        out[k, 0], out[k, 1], out[k, 2] = x, y, near
    return out


class Camera:
    """Places of the turned head, in cm, to pixels of the picture before it is made smaller."""

    def __init__(self, shot: Shot, points: np.ndarray) -> None:
        """points: (68, 3) those of the turned head."""
        self.side = round(shot.size * shot.samples)
        self._finer = finer = self.side / shot.size
        self._middle = points[[27, 8, 2, 14]].mean(axis=0)
        self._unit = shot.unit * finer
        self._at = (np.asarray(shot.middle) + 0.5) * finer - 0.5
        self._far = shot.distance
        self._after: np.ndarray | None = None  # (2, 3) between pixels of the large picture
        self.lean = 0.0  # degrees that the picture turns the head to image right
        if shot.aligned:
            self._after = after = aligned_matrix(self(points)[:, :2].astype(np.float64), self.side)
            self.lean = float(np.degrees(np.arctan2(after[1, 0], after[0, 0])))

    def __call__(self, places: np.ndarray) -> np.ndarray:
        """(V, 3) float32 x right, y down in pixels and depth, larger is nearer, in parts of the camera's distance."""
        after = _SAME if self._after is None else self._after
        return np.asarray(_projected(places, self._middle, float(self._far), self._at, self._unit, after))

    @property
    def unit(self) -> float:
        """Pixels of the large picture that a centimetre at the face is long."""
        return self._unit if self._after is None else self._unit * float(np.hypot(*self._after[:, 0]))

    def lens(self, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(3, 4) from places of a head that is turned by (3, 3) to the camera's, and its (3, 3) lens: see Points3D."""
        after = np.eye(3)[:2] if self._after is None else self._after
        scale, lean = np.hypot(*after[:, 0]), np.eye(3)
        lean[:2, :2] = after[:, :2] / scale
        pose = lean @ np.diag([1.0, -1.0, -1.0]) @ np.column_stack([turn, -self._middle])
        pose[2, 3] += self._far
        middle = (after[:, :2] @ self._at + after[:, 2] + 0.5) / self._finer - 0.5
        focal = scale * self._unit * self._far / self._finer
        return pose, np.array([[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1.0]])
