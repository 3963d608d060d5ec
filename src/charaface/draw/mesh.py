"""The mesh of a scheme: lines between the parts of a face that are the same for every face, so that none flickers."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np

from charaface.schemes import SCHEMES, Scheme, convert_points
from charaface.schemes.head import HEAD

Edges = tuple[tuple[int, int], ...]  # pairs of point numbers, the lower first

_NEAR = 1e-9  # of a squared radius: points on one circle, which a symmetric face has many of


def _open_mouth() -> np.ndarray:
    """(68, 2) the average head from the front, its mouth opened: shut, upper and lower lip would lie on each other."""
    face = HEAD[:, :2].copy()
    face[[55, 56, 57, 58, 59, 65, 66, 67], 1] += 0.15
    face[6:11, 1] += 0.1  # the chin goes along
    face[[48, 54], 1] += 0.06
    face[[60, 64], 1] = face[48, 1]
    return face


def mean_shape(scheme: str) -> np.ndarray:
    """(N, 2) points of an average frontal face with its mouth open, mirrored exactly, y down."""
    points = convert_points(_open_mouth(), "ibug68", scheme)[0]
    return np.asarray(np.round(points, 9))


@lru_cache(maxsize=16)
def mesh_of(scheme: str) -> Edges:
    """The lines of a scheme's mesh: Delaunay's over the average face, and the outlines of its parts.

    No line joins two points of one part but along its outline, so eyes and mouth stay free; and none crosses the line
    that it is in a mirror, so the mesh is its own mirror image. Two brows are tied once, where they are nearest.
    """
    points, plan = mean_shape(scheme), SCHEMES[scheme]
    part_of = {i: name for name, numbers in plan.parts.items() for i in numbers}
    between = {
        (a, b)
        for a, b in _delaunay(points)
        if part_of[a] != part_of[b] and not _cross(points, (a, b), (plan.mirror[a], plan.mirror[b]))
    }
    across = sorted((e for e in between if plan.mirror[e[0]] == e[1]), key=lambda e: np.ptp(points[list(e), 0]))
    shortest = {(part_of[a], part_of[b]): (a, b) for a, b in reversed(across)}
    return tuple(sorted(between - {*across} | {*shortest.values()} | _outlines(plan)))


def _outlines(plan: Scheme) -> set[tuple[int, int]]:
    edges = set()
    for name, numbers in plan.parts.items():
        order = [*numbers, numbers[0]] if name in plan.closed else numbers
        edges |= {(min(a, b), max(a, b)) for a, b in pairwise(order)}
    return edges


def _delaunay(points: np.ndarray) -> set[tuple[int, int]]:
    """The sides of all triangles whose circle holds no other point; both diagonals where four points share a circle."""
    points = points.astype(np.float64)
    corners = np.array(list(combinations(range(len(points)), 3)))
    a, b, c = (points[corners[:, k]] for k in range(3))
    u, v = b - a, c - a
    twice = 2 * (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])  # four times the area
    thick = np.abs(twice) > 1e-9
    corners, a, u, v, twice = (x[thick] for x in (corners, a, u, v, twice))
    uu, vv = (u**2).sum(axis=1), (v**2).sum(axis=1)
    middle = a + np.stack([v[:, 1] * uu - u[:, 1] * vv, u[:, 0] * vv - v[:, 0] * uu], axis=1) / twice[:, None]
    reach = ((a - middle) ** 2).sum(axis=1)
    # |p - m|^2 >= r^2 for every point p, with what does not depend on p on the right: (triangles, points)
    apart = (points**2).sum(axis=1) - 2 * middle @ points.T
    least = reach - (middle**2).sum(axis=1) - _NEAR * np.maximum(reach, 1)
    empty = (apart >= least[:, None]).all(axis=1)
    return {edge for triangle in corners[empty].tolist() for edge in combinations(triangle, 2)}


def _cross(points: np.ndarray, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two lines cross between their ends."""
    if set(one) & set(other):
        return False
    (a, b), (c, d) = points[list(one)], points[list(other)]

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> float:
        return float((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
