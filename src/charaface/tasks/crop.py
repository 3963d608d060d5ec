"""crop: each face as a picture of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from charaface.face import Face
from charaface.geometry import crop_matrix
from charaface.image import DEFAULT_LIMITS, Limits, Source, load, warp
from charaface.landmarker import frame_points
from charaface.session import Model
from charaface.tasks.detect import THRESHOLD, detect
from charaface.tasks.landmarks import landmarks

LARGEST = 8192  # pixels a side


def crop(
    image: Source,
    faces: Sequence[Face] | None = None,
    *,
    size: int = 256,
    margin: float = 0.4,
    align: bool = False,
    fill: tuple[int, int, int] = (255, 255, 255),
    threshold: float = THRESHOLD,
    model: Model = None,
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[np.ndarray]:
    """A (size, size, 3) uint8 picture of each face, in the order of the faces; found by detect if none are given.

    The square's side is the longer side of the box and margin of it on top, half of that on either hand; align turns
    the head upright, by its points, which are read where a face has none. fill is what lies outside the picture.
    threshold, model, threads, limits and errors as for detect; ValueError for a size or margin that will not do.
    """
    if not 1 <= size <= LARGEST:
        raise ValueError(f"size is 1 to {LARGEST} pixels, got {size}")
    if not -0.9 <= margin <= 20:
        raise ValueError(f"margin is -0.9 to 20 box sides, got {margin}")
    pixels = load(image, limits)
    if align and (faces is None or any(face.landmarks is None for face in faces)):
        faces = landmarks(pixels, faces, threshold=threshold, model=model, threads=threads, limits=limits)
    elif faces is None:
        faces = detect(pixels, threshold=threshold, model=model, threads=threads, limits=limits)
    return [warp(pixels, _matrix(face, size, 1 + margin, align), (size, size), fill) for face in faces]


def _matrix(face: Face, size: int, scale: float, align: bool) -> np.ndarray:
    if not align or face.landmarks is None:
        return crop_matrix(face.box, size, scale)
    box, angle = frame_points(face.landmarks.points)
    return crop_matrix(box, size, scale, angle)
