"""What a render carries: the picture and exact labels of every face in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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


ALSO = ("masks", "alpha", "cutout", "uv", "points3d")  # what a render of a 3-D head carries where it is asked for


@dataclass(frozen=True, eq=False)
class Points3D:
    """The 68 points in space, and how they come into the picture."""

    points: np.ndarray  # (68, 3) float32 cm in the frame of the head: x to its left hand, y up, z to the front
    pose: np.ndarray  # (3, 4) float64 to the frame of the camera, cm: x right, y down, z away from it
    lens: np.ndarray  # (3, 3) float64 from there to pixels times depth

    @property
    def placed(self) -> np.ndarray:
        """(68, 3) float64 cm in the frame of the camera."""
        return np.asarray(self.points @ self.pose[:, :3].T + self.pose[:, 3])

    @property
    def projected(self) -> np.ndarray:
        """(68, 2) float64 pixels of the picture: those of the landmarks."""
        seen = self.placed @ self.lens.T
        return np.asarray(seen[:, :2] / seen[:, 2:])

    def to_dict(self) -> dict[str, Any]:
        """The points, the pose and the lens as plain JSON values."""
        rounded = {"points": self.points.round(4), "pose": self.pose.round(6), "lens": self.lens.round(4)}
        return {name: np.asarray(values, np.float64).tolist() for name, values in rounded.items()}


@dataclass(frozen=True, eq=False)
class Render:
    """One generated picture with what is true of it."""

    image: np.ndarray  # (H, W, 3) uint8 RGB
    faces: list[Face]
    masks: np.ndarray | None = None  # (F, H, W) uint8, one label map a face, values index PARTS
    alpha: np.ndarray | None = None  # (H, W) uint8, 255 where a character is
    cutout: np.ndarray | None = None  # (H, W) uint8, the same without body and clothes
    uv: np.ndarray | None = None  # (H, W, 2) float32, right and down on the map of the skin, 0 to 1; NaN off the skin
    points3d: Points3D | None = None


def generator(seed: int, index: int) -> np.random.Generator:
    """The random numbers of one render: they depend on seed and index alone."""
    return np.random.default_rng(np.random.SeedSequence([seed, index]))
