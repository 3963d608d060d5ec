"""segment: which pixels of a picture are skin, hair, eyes, iris, brows, mouth, teeth, glasses and hat of each face."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from charaface import session
from charaface.face import PARTS, Face
from charaface.image import DEFAULT_LIMITS, Limits, Source, load, name_of
from charaface.landmarker import framing_of
from charaface.parser import parse
from charaface.session import Model, Session
from charaface.tasks.detect import THRESHOLD
from charaface.tasks.landmarks import Pointing, pointed

LABELS = PARTS  # what the values of a map mean
COLOURS = np.asarray(  # (10, 3) uint8: how a map is shown
    [[0, 0, 0], [240, 200, 170], [150, 110, 190], [235, 235, 120], [40, 90, 220],
     [120, 70, 30], [220, 60, 90], [225, 250, 250], [90, 90, 90], [60, 170, 80]], np.uint8
)  # fmt: skip


def segment(
    image: Source,
    faces: Sequence[Face] | None = None,
    *,
    threshold: float = THRESHOLD,
    flip: bool = False,
    model: Model = None,
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[np.ndarray]:
    """A map of the parts of each face: (H, W) uint8 of the whole picture, 0 background, names in segment.LABELS.

    The faces are those of landmarks, in its order, or the given ones in theirs; each has a map of its own, so that
    faces that overlap keep theirs. Hair and hats further than half a face from it are cut off. The options and errors
    as for landmarks.
    """
    pixels = load(image, limits)
    faces = pointed(pixels, faces, Pointing(threshold, flip, model, threads, limits, name_of(image)))
    return maps(pixels, faces, session.load_for("segment", model, threads))


def maps(image: np.ndarray, faces: Sequence[Face], network: Session) -> list[np.ndarray]:
    """A map for each face with points of an (H, W, 3) uint8 picture, by a parsing network."""
    height, width = image.shape[:2]
    return [one.on(width, height) for one in parse(image, [framing_of(face) for face in faces], network)]
