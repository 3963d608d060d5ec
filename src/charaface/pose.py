"""Head pose from 68 points: an average head turned, scaled and moved until it lies on them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from charaface.face import Pose
from charaface.schemes import IBUG68
from charaface.schemes.head import HEAD

# A point counts by how little it differs from head to head; a brow or a wide jaw says less than a nose.
_SPREAD = {"jaw": 0.15, "right_brow": 0.09, "left_brow": 0.09, "right_eye": 0.085, "left_eye": 0.085}
_FEATURE_SPREAD = 0.055  # of nose and lips
_COARSE, _FINEST = 10.0, 0.05  # degrees between the views looked at first and last


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


def misfit(points: np.ndarray) -> np.ndarray:
    """(K,) how ill the average head fits (K, 68, 2) ibug68 points: 0 wholly, 1 not at all.

    The root of the weighted share of their spread that the best view, 10 degrees from the next, leaves. 0.2 is usual of
    photographs, 0.5 of drawings with their large eyes; points that all fall together, or are not numbers, have 1.
    """
    z = points[..., 0] + 1j * points[..., 1].astype(np.float64)
    z = z - (z @ _WEIGHTS)[:, None]
    norm = np.sqrt(np.abs(z) ** 2 @ _WEIGHTS)
    good = norm > 1e-6
    likeness = np.zeros(len(z))
    if good.any():
        seen = _WEIGHED @ (z[good] / norm[good, None]).T
        likeness[good] = np.abs(_all_round()[2].conj() @ seen).max(axis=0)
    return np.asarray(np.sqrt(np.maximum(1 - likeness**2, 0)))


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
