"""Right faces of the average head, and pictures to go with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from charaface.face import Face, Landmarks, Pose
from charaface.image import encoded, load
from charaface.pose import rotation
from charaface.schemes.head import HEAD

SIDE = 400  # pixels of a picture


def head(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0, scheme: str = "ibug68", noise: float = 0.0) -> Face:
    """The average head, turned, in the middle of a picture of 400 x 400, its points off by noise eye distances."""
    points = (HEAD @ rotation(Pose(yaw, pitch, roll)).T)[:, :2] * 80
    points += np.random.default_rng(1).normal(0, 80 * noise + 1e-9, points.shape)
    points += SIDE / 2 - (points.min(axis=0) + points.max(axis=0)) / 2
    marks = Landmarks(points, np.ones(68), np.ones(68)).to(scheme)
    return Face(Landmarks(points, np.ones(68), np.ones(68)).box, landmarks=marks)


def placed(face: Face, points: np.ndarray) -> Face:
    assert face.landmarks is not None
    return replace(face, landmarks=replace(face.landmarks, points=points))


def picture(seed: int, side: int = 96) -> np.ndarray:
    """(side, side, 3) soft blobs, others for each seed."""
    import cv2

    rough = np.random.default_rng(seed).integers(0, 256, (7, 7, 3), dtype=np.uint8)
    return cv2.resize(rough, (side, side), interpolation=cv2.INTER_CUBIC)


def jpeg(image: np.ndarray) -> np.ndarray:
    return load(encoded(image, ".jpg", quality=40))
