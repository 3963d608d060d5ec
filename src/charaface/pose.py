"""Head pose from 68 points: an average head laid on them tells how it leans, what was learned of renders the rest."""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from charaface.face import Pose
from charaface.schemes import IBUG68
from charaface.schemes.head import HEAD

# A point counts by how little it differs from head to head; a brow or a wide jaw says less than a nose.
_SPREAD = {"jaw": 0.15, "right_brow": 0.09, "left_brow": 0.09, "right_eye": 0.085, "left_eye": 0.085}
_FEATURE_SPREAD = 0.055  # of nose and lips
_COARSE, _FINEST = 10.0, 0.05  # degrees between the views looked at first and last
READER = Path(__file__).with_name("pose.npz")  # weights and biases, "0" to "5", of what benchmarks/head_pose.py fits
_MIRROR = np.asarray(IBUG68.mirror)


def _weights() -> np.ndarray:
    spread = np.full(68, _FEATURE_SPREAD)
    for part, value in _SPREAD.items():
        spread[list(IBUG68.parts[part])] = value
    weights = spread**-2
    return np.asarray(weights / weights.sum())


_WEIGHTS = _weights()


def head_pose(points: np.ndarray, known: np.ndarray | None = None) -> Pose:
    """The pose of (68, 2) ibug68 points in picture pixels.

    Roll is that of the average head laid on the points (scaled orthographic). How far a face turns and nods cannot be
    told so: a cartoon's chin is where another's would be that looks up. Yaw and pitch are therefore read by a small
    regression that has seen the points of drawings and photographs of the generator. known: (68,) bool, the points
    that count; all if none is given, and where some do not, all three are the average head's. Raises ValueError for
    another shape or points that all fall together.
    """
    pose = laid(points, known)
    if known is not None and not np.asarray(known).all():
        return pose
    yaw, pitch = turned(points[None], np.array([pose.roll]))[0].tolist()
    return Pose(yaw, pitch, pose.roll)


def turned(points: np.ndarray, roll: np.ndarray) -> np.ndarray:
    """(K, 2) float64 yaw and pitch in degrees of (K, 68, 2) ibug68 points of heads that lean by (K,) degrees."""
    first, second = (_read(flat) for flat in upright(points, roll))
    out = np.stack([first[:, 0] - second[:, 0], first[:, 1] + second[:, 1]], axis=1) / 2
    return np.asarray(np.clip(out, *_WIDEST))


def upright(points: np.ndarray, roll: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(K, 136) the points of heads made upright, their middle 0 and their mean square 1, and those of mirror images."""
    z = points[..., 0] + 1j * points[..., 1].astype(np.float64)
    z = (z - z.mean(axis=1, keepdims=True)) * np.exp(-1j * np.radians(roll))[:, None]
    z /= np.sqrt((np.abs(z) ** 2).mean(axis=1, keepdims=True))
    flat, mirrored = (np.stack([w.real, w.imag], axis=-1).reshape(len(z), -1) for w in (z, -z.conj()[:, _MIRROR]))
    return flat, mirrored


_WIDEST = np.array([[-100.0, -60.0], [100.0, 60.0]])


def _read(flat: np.ndarray) -> np.ndarray:
    """(K, 2) yaw and pitch in degrees."""
    a, b, c, d, e, f = _reader()
    return np.asarray(np.tanh(np.tanh(flat @ a + b) @ c + d) @ e + f)


@lru_cache(maxsize=1)
def _reader() -> list[np.ndarray]:
    with np.load(READER, allow_pickle=False) as kept:
        return [kept[str(k)].astype(np.float64) for k in range(6)]


def laid(points: np.ndarray, known: np.ndarray | None = None) -> Pose:
    """The pose of the average head where it lies best on the points of head_pose: turned, scaled and moved."""
    if points.shape != (68, 2):
        raise ValueError(f"a head pose needs points of shape (68, 2), got {points.shape}")
    head = _head(_mask(known))
    seen, good = head.seen(points[None])
    if not good[0]:
        raise ValueError("a head pose needs points that do not all fall together")
    yaws, pitches, views = head.all_round
    step = _COARSE
    while True:
        likeness = views.conj() @ seen[:, 0]
        best = int(np.argmax(np.abs(likeness)))
        if step < _FINEST:
            roll = np.degrees(np.angle(likeness[best]))
            return Pose(float(yaws[best]), float(pitches[best]), float(roll))
        step /= 2.5
        around = np.arange(-2, 3) * step
        yaws, pitches = _grid(yaws[best] + around, pitches[best] + around)
        views = head.views(yaws, pitches)


def misfit(points: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
    """(K,) how ill the average head fits (K, 68, 2) ibug68 points: 0 wholly, 1 not at all.

    The root of the weighted share of their spread that the best view, 10 degrees from the next, leaves. 0.2 is usual of
    photographs and drawings, 0.6 of the strangest drawings; points that all fall together have 1. known: (68,) bool,
    the points that count, of all K; all if none is given.
    """
    head = _head(_mask(known))
    seen, good = head.seen(points)
    likeness = np.where(good, np.abs(head.all_round[2].conj() @ seen).max(axis=0), 0)
    return np.asarray(np.sqrt(np.maximum(1 - likeness**2, 0)))


def _mask(known: np.ndarray | None) -> bytes:
    return np.ones(68, np.bool_).tobytes() if known is None else np.asarray(known, np.bool_).tobytes()


class _Head:
    """The average head, of which some points count."""

    def __init__(self, known: np.ndarray) -> None:
        self._known = known
        weights = _WEIGHTS * known
        self._weights = weights / max(weights.sum(), 1e-12)
        axes = (HEAD - self._weights @ HEAD).T  # (3, 68): every view is a mixture of these
        self._weighed = axes * self._weights
        self._gram = self._weighed @ axes.T  # (3, 3) their inner products

    def seen(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(3, K) complex likeness of (K, 68, 2) points, moved and scaled to the same weighted norm, to the axes of the
        head; and (K,) whether they have any spread."""
        z = np.where(self._known, points[..., 0] + 1j * points[..., 1].astype(np.float64), 0)
        z = z - (z @ self._weights)[:, None]
        norm = np.sqrt(np.abs(z) ** 2 @ self._weights)
        return self._weighed @ (z / np.maximum(norm, 1e-6)[:, None]).T, norm > 1e-6

    @cached_property
    def all_round(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Yaws and pitches 10 degrees apart, and their views."""
        yaws, pitches = _grid(np.arange(-100, 101, _COARSE), np.arange(-60, 61, _COARSE))
        return yaws, pitches, self.views(yaws, pitches)

    def views(self, yaws: np.ndarray, pitches: np.ndarray) -> np.ndarray:
        """(V, 3) complex shares of the axes in the head as V turns show it, its weighted norm 1."""
        yaw, pitch = np.radians(yaws), np.radians(pitches)
        (cy, sy), (cp, sp) = (np.cos(yaw), np.sin(yaw)), (np.cos(pitch), np.sin(pitch))
        mixed = np.stack([cy + 1j * sp * sy, 1j * cp, sy - 1j * sp * cy], axis=1)
        norms = ((mixed @ self._gram) * mixed.conj()).real.sum(axis=1)
        return np.asarray(mixed / np.sqrt(np.maximum(norms, 1e-12))[:, None])


@lru_cache(maxsize=256)
def _head(known: bytes) -> _Head:
    return _Head(np.frombuffer(known, np.bool_))


def _grid(yaws: np.ndarray, pitches: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.tile(yaws, len(pitches)), np.repeat(pitches, len(yaws))


def rotation(pose: Pose) -> np.ndarray:
    """The (3, 3) matrix that turns a head from the front: yaw first, then pitch, then roll."""
    yaw, pitch, roll = np.radians([pose.yaw, pose.pitch, pose.roll])
    (cy, sy), (cp, sp), (cr, sr) = ((np.cos(a), np.sin(a)) for a in (yaw, pitch, roll))
    across = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    nod = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    lean = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(lean @ nod @ across)
