"""An open mouth of a 3-D head: nothing behind the head is seen through it."""

from __future__ import annotations

from collections import defaultdict

import cv2
import numpy as np

from charaface.synth.kit import DRAWN, FaceKit
from charaface.synth.raster import Seen


def mouth_rim(kit: FaceKit) -> np.ndarray:
    """(N,) vertices along the edge where the skin of the lips ends inside the mouth, one beside the other."""
    face = kit.triangles[kit.material == DRAWN.index("M_Face")]
    sides = np.concatenate([face[:, [0, 1]], face[:, [1, 2]], face[:, [2, 0]]])
    edges, uses = np.unique(np.sort(sides, axis=1), axis=0, return_counts=True)
    beside: defaultdict[int, list[int]] = defaultdict(list)
    for a, b in edges[uses == 1].tolist():  # an edge of the skin, which one triangle has alone
        beside[a].append(b)
        beside[b].append(a)
    lips = kit.vertices[kit.landmarks[60:68]].mean(axis=0)
    ends = np.asarray(sorted(beside))
    rim = [int(ends[np.linalg.norm(kit.vertices[ends] - lips, axis=1).argmin()])]
    while following := [v for v in beside[rim[-1]] if v not in rim]:
        rim.append(following[0])
    return np.asarray(rim)


def lined(seen: Seen, rim: np.ndarray, skin: np.ndarray, deep: int) -> Seen:
    """What is seen of a head whose open mouth ends in the dark.

    rim: (N, 3) pixels and depth of mouth_rim. skin: (T,) bool, triangles that stand for nothing within a mouth. deep:
    the triangle that is put where none is seen, or skin behind the rim.
    """
    low = np.maximum(np.floor(rim[:, :2].min(axis=0)).astype(int) - 1, 0)
    high = np.maximum(np.ceil(rim[:, :2].max(axis=0)).astype(int) + 2, low)
    here = (slice(low[1], high[1]), slice(low[0], high[0]))
    triangle, depth, far = seen.triangle[here], seen.depth[here], rim[:, 2].min()
    inside = np.zeros(triangle.shape, np.uint8)
    if inside.size:
        cv2.fillPoly(inside, [np.round(16 * (rim[:, :2] - low)).astype(np.int32)], 1, shift=4)
    gap = (inside > 0) & ((triangle < 0) | (skin[triangle] & (depth < far)))
    triangle[gap], seen.weights[here][gap], depth[gap] = deep, 1 / 3, far
    return seen
