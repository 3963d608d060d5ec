"""The same face from frame to frame: points that do not tremble, answers that do not flicker, numbers, and cuts."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from charaface.geometry import iou

FRAME = 1 / 25  # seconds between frames where a clip does not tell


@dataclass(frozen=True)
class Smoothing:
    """How firmly points are held; lengths are in face sizes, so that any size and frame rate behaves alike.

    A point that is less than `tremble` off follows at `rest` Hz; one further off by `gain` Hz more for each face size
    a second above that. Tuned on 1 % of noise: still points move by 0.2 % of the eye distance a frame, a face
    that moves by 10 % a frame lags by 1.3 %, an eye that shuts at once is 5/6 shut in the same frame.
    """

    rest: float = 0.5
    gain: float = 24.0
    tremble: float = 0.01
    speed: float = 6.0  # Hz of the filter on the speed itself


class PointFilter:
    """A One-Euro filter (Casiez, Roussel & Vogel 2012) of the points of one face.

    Departures: a point's speed is its length in the plane, not one number an axis; it is measured against the
    filtered point, so that slow drift is followed too; what may be trembling is taken off it.
    """

    def __init__(self, smoothing: Smoothing | None = None) -> None:
        self._smoothing = smoothing or Smoothing()
        self._points: np.ndarray | None = None
        self._speed: np.ndarray | None = None  # (N, 2) face sizes a second
        self._time = 0.0

    def __call__(self, points: np.ndarray, time: float) -> np.ndarray:
        """(N, 2) float32 points to show at a time in seconds; the first ones come back as they are."""
        fresh = points.astype(np.float64)
        if self._points is None or self._speed is None:
            self._points, self._speed, self._time = fresh, np.zeros_like(fresh), time
            return points.astype(np.float32)
        step = time - self._time if time > self._time else FRAME
        s, size = self._smoothing, face_size(fresh)
        speed = (fresh - self._points) / (size * step)
        self._speed += _weight(s.speed, step) * (speed - self._speed)
        above = np.maximum(np.linalg.norm(self._speed, axis=1, keepdims=True) - s.tremble / step, 0)
        self._points = self._points + _weight(s.rest + s.gain * above, step) * (fresh - self._points)
        self._time = time
        return self._points.astype(np.float32)


def _weight(cutoff: np.ndarray | float, step: float) -> np.ndarray:
    """How much of a new value a low-pass filter of that cutoff in Hz takes after step seconds."""
    return np.asarray(1 / (1 + 1 / (2 * math.pi * np.maximum(cutoff, 1e-6) * step)))


def face_size(points: np.ndarray) -> float:
    """A face's size in pixels: the root of the area of its points' hull box, steady at every pose."""
    width, height = np.ptp(points, axis=0)
    return max(float(np.sqrt(width * height)), 1.0)


class Vote:
    """The mean of what was said of each track over the last moments, so that one frame alone changes no mind."""

    def __init__(self, seconds: float = 0.5) -> None:
        """seconds: how long what was said counts, itself included."""
        self._seconds = seconds
        self._said: dict[int, deque[tuple[float, np.ndarray]]] = {}  # track to times and values

    def __call__(self, said: Mapping[int, np.ndarray], time: float) -> dict[int, np.ndarray]:
        """The mean by track at a time in seconds, for every track of which something is said; the first as it is."""
        begin = time - self._seconds
        for track in [track for track, past in self._said.items() if past[-1][0] < begin]:
            del self._said[track]
        means = {}
        for track, values in said.items():
            past = self._said.setdefault(track, deque())
            while past and past[0][0] <= begin + 1e-9:
                past.popleft()
            past.append((time, values))
            means[track] = values if len(past) == 1 else np.mean([one for _, one in past], axis=0)
        return means


NEAR_ENOUGH = 0.3  # the least affinity of two places that may be one face


def affinity(a: np.ndarray, b: np.ndarray) -> float:
    """How well the (N, 2) points b continue the points a of an earlier frame: 0 not at all, 2 the same.

    Overlap of the hulls, and how little the points moved as a whole and changed among themselves, in face sizes.
    """
    hulls = np.stack([np.concatenate([p.min(axis=0), p.max(axis=0)]) for p in (a, b)])
    size = math.sqrt(face_size(a) * face_size(b))
    shift = b.mean(axis=0) - a.mean(axis=0)
    moved = float(np.linalg.norm(shift)) / size
    changed = float(np.linalg.norm(b - a - shift, axis=1).mean()) / size
    return float(iou(hulls[:1], hulls[1:])[0, 0]) + max(0.0, 1 - moved) * max(0.0, 1 - 3 * changed)


def match(old: Sequence[np.ndarray], new: Sequence[np.ndarray]) -> dict[int, int]:
    """Which of the old points each of the new ones continues: new number to old number, best pairs first."""
    pairs = [(affinity(a, b), i, j) for i, a in enumerate(old) for j, b in enumerate(new)]
    found: dict[int, int] = {}
    for value, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if value >= NEAR_ENOUGH and j not in found and i not in found.values():
            found[j] = i
    return found


_GRID, _INSIDE = 24, 3  # thumbnail pixels a side, samples along each of them


def thumbnail(image: np.ndarray) -> np.ndarray:
    """(24, 24) float32 grey of an (H, W, 3) picture: enough to see a cut."""
    count = _GRID * _INSIDE
    rows, columns = (((np.arange(count) + 0.5) * side / count).astype(np.int64) for side in image.shape[:2])
    samples = image[rows[:, None], columns[None, :]].astype(np.float32).mean(axis=2)
    return np.asarray(samples.reshape(_GRID, _INSIDE, _GRID, _INSIDE).mean(axis=(1, 3)))


def is_cut(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether another shot begins between two thumbnails: they differ, and not by light alone.

    A pan, a flash or a fade keeps the pattern of light and dark for the most part; a cut does not.
    """
    if float(np.abs(after - before).mean()) < 12:  # of 255: noise, small motion
        return False
    if is_plain(before) or is_plain(after):
        return False
    a, b = before - before.mean(), after - after.mean()
    return float((a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b)) < 0.45


def is_plain(small: np.ndarray) -> bool:
    """Whether a thumbnail has no pattern to compare: a flash to white, a fade to black."""
    return float(small.std()) < 2
