"""The outer surface of a head as a grid round it, for what lies on heads: beards, masks, scarves, hoods."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from charaface.synth.head_points import Anchors
from charaface.synth.kit import FaceKit
from charaface.synth.raster import rasterise

MIDDLE = 1.0  # z of the axis in cm
ANGLES = np.linspace(-180.0, 180.0, 121)  # of the columns, degrees from straight ahead to image right
HEIGHTS = np.linspace(14.0, -15.0, 59)  # of the rows, cm


@dataclass(frozen=True, eq=False)
class Wrap:
    """Where a line from the axis of a head leaves it, for each row and column."""

    anchors: Anchors  # (59, 121)
    rest: np.ndarray  # (59, 121, 3) float32 places on the mean head

    def on(self, head: np.ndarray) -> np.ndarray:
        """(59, 121, 3) places on a head of (V, 3) vertices."""
        return np.asarray(self.anchors.on(head), np.float32)


def wrap(kit: FaceKit) -> Wrap:
    """The grid on the heads of a kit, without ears."""
    mean = kit.vertices
    triangles = kit.triangles[kit.of("M_Face", "M_BackHead")]
    side, high = np.abs(mean[:, 0]), mean[:, 1]
    ear = ((side > 7.3) & (high < 4.4) & (high > -3)) | ((side > 8.0) & (high > -3) & (high < 9))
    angle = np.degrees(np.arctan2(mean[:, 0], mean[:, 2] - MIDDLE))
    far = np.ptp(angle[triangles], axis=1) > 180  # round the back
    kept = triangles[~(ear[triangles].any(axis=1) | far)]
    column = (angle - ANGLES[0]) / (ANGLES[1] - ANGLES[0])
    row = (mean[:, 1] - HEIGHTS[0]) / (HEIGHTS[1] - HEIGHTS[0])
    points = np.stack([column, row, np.hypot(mean[:, 0], mean[:, 2] - MIDDLE)], axis=1)
    seen = rasterise(points.astype(np.float32), kept, len(HEIGHTS), len(ANGLES))
    hole = (seen.triangle < 0).astype(np.uint8)
    _, label = cv2.distanceTransformWithLabels(hole, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    source = np.zeros(label.max() + 1, np.int64)
    source[label[hole == 0]] = np.flatnonzero(hole.ravel() == 0)
    found = source[label]
    v, w = (seen.weights[..., k].ravel()[found] for k in (0, 1))
    anchors = Anchors(kept[seen.triangle.ravel()[found]], np.stack([1 - v - w, v, w], axis=-1).astype(np.float32))
    return Wrap(anchors, np.asarray(anchors.on(mean), np.float32))


def wrapped(
    skull: np.ndarray, angle: np.ndarray, y: np.ndarray, floor: float = -99.0, slack: float = 2.0
) -> np.ndarray:
    """(...) distance from the axis at which cloth lies that bridges hollows, at degrees around the head and heights.

    floor: the height below which the head does not fall back. slack: how wide the hollows are that it bridges.
    """
    out = np.hypot(skull[..., 0], skull[..., 2] - MIDDLE).astype(np.float32)
    last = int(np.argmax(floor >= HEIGHTS)) if floor > HEIGHTS[-1] else len(HEIGHTS) - 1
    out[last:] = out[last]
    out = np.maximum(out, cv2.GaussianBlur(np.maximum(out, cv2.GaussianBlur(out, (0, 0), slack)), (0, 0), slack / 3))
    column = ((angle + 180) % 360) / (ANGLES[1] - ANGLES[0])
    row = (y - HEIGHTS[0]) / (HEIGHTS[1] - HEIGHTS[0])
    return np.asarray(
        cv2.remap(
            out, column.astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    )
