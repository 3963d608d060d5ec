"""What a render carries: the picture and exact labels of every face in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from charaface import face
from charaface.face import Face

# Values of the part masks, painted in this order (a later part covers an earlier one).
PARTS = (
    "background",
    "body",
    "neck",
    "hair",
    "ear",
    "skin",
    "nose",
    "mouth",
    "teeth",
    "eye",
    "iris",
    "brow",
    "glasses",
    "hat",
    "cover",
)
_AS_PARTS = {"eye": "eyes", "brow": "brows", **dict.fromkeys(("neck", "ear", "skin", "nose"), "skin")}
# (len(PARTS),) uint8: which of face.PARTS each part counts as; what a face has no part for is background
FACE_PARTS = np.asarray(
    [face.PARTS.index(name) if (name := _AS_PARTS.get(part, part)) in face.PARTS else 0 for part in PARTS], np.uint8
)
DOMAINS = ("anime", "cartoon", "manga", "comic", "webtoon", "chibi", "caricature", "painting", "line")


@dataclass(frozen=True, eq=False)
class Render:
    """One generated picture with what is true of it."""

    image: np.ndarray  # (H, W, 3) uint8 RGB
    faces: list[Face]
    masks: np.ndarray | None = None  # (F, H, W) uint8, one label map a face, values index PARTS
    alpha: np.ndarray | None = None  # (H, W) uint8, 255 where a character is


def generator(seed: int, index: int) -> np.random.Generator:
    """The random numbers of one render: they depend on seed and index alone."""
    return np.random.default_rng(np.random.SeedSequence([seed, index]))
