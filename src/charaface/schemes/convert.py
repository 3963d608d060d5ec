"""From one scheme to another: every point of the other as a sum of weighted points, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np

from charaface.schemes.head import HEAD
from charaface.schemes.places import BESIDE, LINKS, PLACES, SAME, Table
from charaface.schemes.tables import SCHEMES, scheme_named

How = Literal["exact", "derived", "absent"]
HOWS: tuple[How, ...] = ("exact", "derived", "absent")
# Mean distance in percent of the side of the face's box from where the points of ibug68 were, when they went to a
# scheme and came back: benchmarks/schemes.py, 3,000 generated faces. How two annotators differ is not in it.
THERE_AND_BACK: dict[str, dict[How, float]] = {
    "manga60a": {"derived": 0.26, "absent": 4.5},
    "manga60b": {"derived": 0.26, "absent": 4.5},
    "hysts28": {"derived": 1.4, "absent": 3.5},
    "five": {"absent": 9.5},
}
_NEAR = 0.1  # outer-eye distances: points as near as this to an absent one count alike for it


@dataclass(frozen=True, eq=False)
class Conversion:
    """How N points of one scheme become M of another."""

    weights: np.ndarray  # (M, N) float64 shares of the points, each row of sum 1; read-only
    # of each of the M: exact is the same place by both definitions, derived lies between known ones, absent is where
    # the average head, laid through the points, has it
    how: tuple[How, ...]
    error: dict[How, float] = field(default_factory=dict)  # of the way to ibug68, as THERE_AND_BACK; else not known

    @property
    def sources(self) -> np.ndarray:
        """(M, N) bool, which points one that is not absent is made of."""
        known = np.array([how != "absent" for how in self.how])
        return np.asarray((np.abs(self.weights) > 1e-9) & known[:, None])


def convert_points(points: np.ndarray, source: str, target: str) -> tuple[np.ndarray, tuple[How, ...]]:
    """(M, 2) float64 points of the target scheme from (N, 2) of the source, and of each how it came about.

    Every point is a sum of the given ones with weights that add up to 1, so turning, scaling, moving and mirroring a
    face first or last is the same. Raises ValueError for an unknown scheme or another number of points.
    """
    way = conversion(source, target)
    points = np.asarray(points, dtype=np.float64)
    if points.shape != (SCHEMES[source].count, 2):
        raise ValueError(f"{source} needs points of shape ({SCHEMES[source].count}, 2), got {points.shape}")
    return way.weights @ points, way.how


@lru_cache(maxsize=64)
def conversion(source: str, target: str) -> Conversion:
    """The way from one scheme to another. Raises ValueError for an unknown one, naming those there are."""
    for name in (source, target):
        scheme_named(name)
    if source == target:
        return _ordered(tuple(range(SCHEMES[source].count)))
    if (source, target) in SAME:
        return _ordered(SAME[source, target])
    there, exact_there = _matrix(LINKS[source].to_places, PLACES, SCHEMES[source].count)
    back, exact_back = _matrix(LINKS[target].from_places, SCHEMES[target].count, PLACES)
    needs = back != 0
    known = needs.any(axis=1) & ~(needs & ~there.any(axis=1)).any(axis=1)
    exact = known & exact_back & ~(needs & ~exact_there).any(axis=1)
    weights = np.where(known[:, None], back @ there, 0.0)
    for i in np.flatnonzero(~known):
        weights[i] = _laid(average_head(source), average_head(target)[i])
    weights.flags.writeable = False
    how = tuple(HOWS[0 if e else 1 if k else 2] for e, k in zip(exact, known, strict=True))
    return Conversion(weights, how, THERE_AND_BACK.get(source, {}) if target == "ibug68" else {})


def _ordered(order: tuple[int, ...]) -> Conversion:
    weights = np.eye(len(order))[list(order)]
    weights.flags.writeable = False
    return Conversion(weights, HOWS[:1] * len(order))


def _matrix(table: Table, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """(rows, columns) weights of a table, and (rows,) which of its entries are exact."""
    weights, exact = np.zeros((rows, columns)), np.zeros(rows, dtype=np.bool_)
    for row, entry in table.items():
        exact[row] = isinstance(entry, int)
        for number, weight in ({entry: 1.0} if isinstance(entry, int) else entry).items():
            weights[row, number] = weight
    return weights, exact


@lru_cache(maxsize=16)
def average_head(scheme: str) -> np.ndarray:
    """(N, 2) points of the average head from the front, in outer-eye distances."""
    face = HEAD[:, :2]
    places = np.concatenate([face, [face[36:42].mean(axis=0), face[42:48].mean(axis=0)]])
    points = _matrix(LINKS[scheme].from_places, SCHEMES[scheme].count, PLACES)[0] @ places
    for number, (place, down) in BESIDE.get(scheme, {}).items():
        points[number] = places[place] + [0, down]
    return np.asarray(points)


def _laid(face: np.ndarray, place: np.ndarray) -> np.ndarray:
    """(N,) weights of the points of a face in a place that none of them is.

    The average head is laid through the points by the affine map of least squares, in which a point counts the more
    the nearer it lies to the place (moving least squares, Schaefer et al. 2006); face and place are on that head.
    """
    away = face - place
    near = 1 / ((away**2).sum(axis=1) + _NEAR**2)
    rows = np.column_stack([away, np.ones(len(face))])  # the place is at 0, so the map's constant is its position
    normal = rows.T @ (rows * near[:, None])
    return np.asarray(np.linalg.solve(normal, (rows * near[:, None]).T)[2])
