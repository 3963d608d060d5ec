"""What a render carries: the picture and exact labels of every face in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
