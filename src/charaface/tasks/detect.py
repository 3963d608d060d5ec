"""detect: the faces of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from charaface import session
from charaface.detector import SUREST, candidates, merge, together
from charaface.face import Face
from charaface.geometry import area
from charaface.image import DEFAULT_LIMITS, Limits, Source, load, name_of
from charaface.landmarker import Framing, Reading, read
from charaface.session import Model, Session

THRESHOLD = 0.5  # the default every reported precision and recall stands for
VERIFIED = 20  # candidates a tile that the landmark network looks at, best first


class Found(NamedTuple):
    """A face with the landmark network's first pass over it."""

    face: Face
    sure: float  # the detector's part of the score
    first: Reading


def detect(
    image: Source,
    faces: Sequence[Face] | None = None,
    *,
    threshold: float = THRESHOLD,
    model: Model = None,
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[Face]:
    """The faces of a picture, biggest first, ties by x then y; [] where there is none. Given faces come back unchanged.

    A face's score is a probability: the log-odds of the detector plus those of the landmark network that looks at its
    crop. Its box, chin to the middle of the forehead and clipped to the picture, is the hull of the points so read,
    and the less sure they are, the nearer to what the detector says. threshold: the least score, 0 to 1. model: a
    path.onnx, or several, in place of the package's networks. threads: of the arithmetic, physical cores at most 4 by
    default; they do not change the result. Raises InputError for what is no picture, LimitError for one too large or
    with too many faces, ValueError for a threshold or threads that are none.
    """
    pixels = load(image, limits)
    if faces is not None:
        return list(faces)
    detector = session.load_for("detect", model, threads)
    framer = session.load_readers(model, threads).framer
    return [one.face for one in find(pixels, detector, framer, threshold, limits, name_of(image))]


def find(
    pixels: np.ndarray,
    detector: Session,
    framer: Session,
    threshold: float,
    limits: Limits = DEFAULT_LIMITS,
    name: str = "the picture",
) -> list[Found]:
    """The faces of an (H, W, 3) uint8 picture in the order of detect, each with its first reading.

    name: what a LimitError calls it.
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold is a score from 0 to 1, got {threshold}")
    seen = candidates(pixels, detector, together(max(threshold, 0.01), 1 - SUREST))  # below, no verifier would save it
    seen_boxes = seen.boxes[: VERIFIED * seen.tiles]
    readings = read(pixels, [Framing(box) for box in seen_boxes], framer)
    weights = {"detect": detector.spec.label, "verify": framer.spec.label}
    found = []
    for seen_box, reading, sure in zip(seen_boxes, readings, seen.scores.tolist(), strict=False):
        box, score = reading.box_beside(seen_box, pixels.shape[1], pixels.shape[0]), together(sure, reading.face)
        if box is not None and score >= threshold:
            found.append(Found(Face(box, score, weights=weights), sure, reading))
    if not found:
        return []
    boxes, scores = np.stack([one.face.box for one in found]), np.array([one.face.score for one in found])
    faces = [found[i] for i in merge(boxes, scores)]
    limits.check_faces(name, len(faces))
    return sorted(faces, key=lambda one: order(one.face.box))


def order(box: np.ndarray) -> tuple[float, float, float]:
    """The key that sorts (4,) boxes biggest first, ties by x then y."""
    return -float(area(box)), float(box[0]), float(box[1])
