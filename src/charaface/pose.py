"""Head pose from 68 points: an average head turned, scaled and moved until it lies on them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from charaface.face import Pose
from charaface.schemes import IBUG68

# An average head in outer-eye distances: x to image right, y down, z to the viewer, the origin between the outer eye
# corners. Only points 0-8, 17-21, 27-33, 36-41, 48-51, 57-62 and 66-67 are written down, the others are their mirror
# images. Fitted on 6,000 generated heads turned up to 60 degrees; drawn and human proportions both lie near it.
_HALF: dict[int, tuple[float, float, float]] = {
    0: (-0.73, 0.01, -0.36),
    1: (-0.72, 0.19, -0.35),
    2: (-0.71, 0.37, -0.33),
    3: (-0.67, 0.55, -0.31),
    4: (-0.60, 0.71, -0.25),
    5: (-0.48, 0.85, -0.18),
    6: (-0.33, 0.95, -0.11),
    7: (-0.17, 1.04, -0.02),
    8: (0.00, 1.08, 0.07),
    17: (-0.51, -0.39, -0.02),
    18: (-0.43, -0.42, 0.04),
    19: (-0.34, -0.42, 0.09),
    20: (-0.26, -0.40, 0.13),
    21: (-0.18, -0.36, 0.16),
    27: (0.00, 0.01, 0.16),
    28: (0.00, 0.14, 0.21),
    29: (0.00, 0.27, 0.28),
    30: (0.00, 0.39, 0.34),
    31: (-0.09, 0.42, 0.19),
    32: (-0.04, 0.43, 0.25),
    33: (0.00, 0.44, 0.28),
    36: (-0.50, 0.00, 0.00),
    37: (-0.39, -0.11, 0.08),
    38: (-0.28, -0.11, 0.13),
    39: (-0.17, 0.02, 0.15),
    40: (-0.28, 0.09, 0.12),
    41: (-0.39, 0.09, 0.07),
    48: (-0.17, 0.68, 0.17),
    49: (-0.10, 0.67, 0.19),
    50: (-0.04, 0.66, 0.20),
    51: (0.00, 0.66, 0.20),
    57: (0.00, 0.75, 0.18),
    58: (-0.04, 0.75, 0.18),
    59: (-0.10, 0.74, 0.18),
    60: (-0.14, 0.67, 0.18),
    61: (-0.06, 0.67, 0.20),
    62: (0.00, 0.67, 0.20),
    66: (0.00, 0.73, 0.19),
    67: (-0.06, 0.73, 0.18),
}
# A point counts by how little it differs from head to head; a brow or a wide jaw says less than a nose.
_SPREAD = {"jaw": 0.15, "right_brow": 0.09, "left_brow": 0.09, "right_eye": 0.085, "left_eye": 0.085}
_FEATURE_SPREAD = 0.055  # of nose and lips
_COARSE, _FINEST = 10.0, 0.05  # degrees between the views looked at first and last


def _average_head() -> np.ndarray:
    head = np.zeros((68, 3))
    for number, (x, y, z) in _HALF.items():
        head[number] = x, y, z
        head[IBUG68.mirror[number]] = -x, y, z
    return head


HEAD = _average_head()  # (68, 3)


def _weights() -> np.ndarray:
    spread = np.full(68, _FEATURE_SPREAD)
    for part, value in _SPREAD.items():
        spread[list(IBUG68.parts[part])] = value
    weights = spread**-2
    return np.asarray(weights / weights.sum())


_WEIGHTS = _weights()
_AXES = (HEAD - _WEIGHTS @ HEAD).T  # (3, 68): every view is a mixture of these
_WEIGHED = _AXES * _WEIGHTS
_GRAM = _WEIGHED @ _AXES.T  # (3, 3) their inner products


def head_pose(points: np.ndarray) -> Pose:
    """The pose of (68, 2) ibug68 points in picture pixels, as a far camera sees it (scaled orthographic).

    Every view of the average head is laid on the points by the best turn in the plane, scale and shift; the view with
    the least squared distance left is the pose. On generated heads the median error is 4 degrees of yaw, 5 of pitch
    and 1 of roll. Raises ValueError for another shape or points that all fall together.
    """
    if points.shape != (68, 2):
        raise ValueError(f"a head pose needs points of shape (68, 2), got {points.shape}")
    z = points[:, 0] + 1j * points[:, 1].astype(np.float64)
    z = z - _WEIGHTS @ z
    norm = np.sqrt(_WEIGHTS @ np.abs(z) ** 2)
    if not norm > 1e-6:
        raise ValueError("a head pose needs points that do not all fall together")
    z /= norm
    seen = _WEIGHED @ z
    yaws, pitches, views = _all_round()
    step = _COARSE
    while True:
        likeness = views.conj() @ seen
        best = int(np.argmax(np.abs(likeness)))
        if step < _FINEST:
            roll = np.degrees(np.angle(likeness[best]))
            return Pose(float(yaws[best]), float(pitches[best]), float(roll))
        step /= 2.5
        around = np.arange(-2, 3) * step
        yaws, pitches = _grid(yaws[best] + around, pitches[best] + around)
        views = _views(yaws, pitches)


@lru_cache(maxsize=1)
def _all_round() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    yaws, pitches = _grid(np.arange(-100, 101, _COARSE), np.arange(-60, 61, _COARSE))
    return yaws, pitches, _views(yaws, pitches)


def _grid(yaws: np.ndarray, pitches: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.tile(yaws, len(pitches)), np.repeat(pitches, len(yaws))


def _views(yaws: np.ndarray, pitches: np.ndarray) -> np.ndarray:
    """(V, 3) complex shares of _AXES in the average head as V turns show it, its weighted norm 1."""
    yaw, pitch = np.radians(yaws), np.radians(pitches)
    (cy, sy), (cp, sp) = (np.cos(yaw), np.sin(yaw)), (np.cos(pitch), np.sin(pitch))
    mixed = np.stack([cy + 1j * sp * sy, 1j * cp, sy - 1j * sp * cy], axis=1)
    return np.asarray(mixed / np.sqrt(((mixed @ _GRAM) * mixed.conj()).real.sum(axis=1))[:, None])


def rotation(pose: Pose) -> np.ndarray:
    """The (3, 3) matrix that turns a head from the front: yaw first, then pitch, then roll."""
    yaw, pitch, roll = np.radians([pose.yaw, pose.pitch, pose.roll])
    (cy, sy), (cp, sp), (cr, sr) = ((np.cos(a), np.sin(a)) for a in (yaw, pitch, roll))
    across = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    nod = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    lean = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(lean @ nod @ across)
