"""crop: each face as a picture of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from charaface.face import Face
from charaface.geometry import crop_matrix, invert
from charaface.image import DEFAULT_LIMITS, Limits, Source, load, warp
from charaface.landmarker import frame_points
from charaface.session import Model
from charaface.tasks.detect import THRESHOLD, detect
from charaface.tasks.landmarks import landmarks

LARGEST = 8192  # pixels a side
RULES = ("box", "ffhq")
Rule = Literal["box", "ffhq"]
Outside = tuple[int, int, int] | Literal["reflect", "transparent"]
_MARGINS = {"box": 0.4, "ffhq": 0.0}
_SOFT = 0.04  # of a crop's side: how far outside the picture what is reflected is soft all through


def crop(
    image: Source,
    faces: Sequence[Face] | None = None,
    *,
    size: int = 256,
    margin: float | None = None,
    rule: Rule = "box",
    align: bool = False,
    angle: float = 0.0,
    fill: Outside = (255, 255, 255),
    threshold: float = THRESHOLD,
    model: Model = None,
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[np.ndarray]:
    """A (size, size, 3) uint8 picture of each face, in the order of the faces; found by detect if none are given.

    rule, margin, align and angle say what it shows, as for crop_matrices; points are read where they need them and a
    face has none. fill is what lies outside the picture: a colour, "reflect" for the picture mirrored at its edges
    and softened, or "transparent", which makes the pictures (size, size, 4). threshold, model, threads, limits and
    errors as for detect; ValueError for a size, rule, margin, angle or fill that will not do.
    """
    if isinstance(fill, str) and fill not in ("reflect", "transparent"):
        raise ValueError(f'fill is a colour of three numbers, "reflect" or "transparent", got {fill!r}')
    crop_matrices([], size=size, margin=margin, rule=rule, align=align, angle=angle)  # before anything is read
    pixels = load(image, limits)
    if (align or rule == "ffhq") and (faces is None or any(face.landmarks is None for face in faces)):
        faces = landmarks(pixels, faces, threshold=threshold, model=model, threads=threads, limits=limits)
    elif faces is None:
        faces = detect(pixels, threshold=threshold, model=model, threads=threads, limits=limits)
    matrices = crop_matrices(faces, size=size, margin=margin, rule=rule, align=align, angle=angle)
    return [_cut(pixels, matrix, size, fill) for matrix in matrices]


def crop_matrices(
    faces: Sequence[Face],
    *,
    size: int = 256,
    margin: float | None = None,
    rule: Rule = "box",
    align: bool = False,
    angle: float = 0.0,
) -> list[np.ndarray]:
    """The (2, 3) float64 map from picture points to points of the crop of each face, as crop makes it.

    Both count pixel centres, and charaface.geometry.invert gives the way back. rule "box": a square round the box,
    its side the longer one of the box and margin of it on top (0.4 by default), half of that on either hand; align
    turns the head upright, by its points. "ffhq": the square of the FFHQ data set (Karras et al. 2019), upright by eyes
    and mouth; margin (0 by default) is added to its side. angle: degrees by which the head leans further to image
    right. Raises ValueError for a size, rule, margin or angle that will not do, or a face without the points it needs.
    """
    if not 1 <= size <= LARGEST:
        raise ValueError(f"size is 1 to {LARGEST} pixels, got {size}")
    if rule not in RULES:
        raise ValueError(f"rule is one of {', '.join(RULES)}, got {rule!r}")
    margin = _MARGINS[rule] if margin is None else margin
    if not -0.9 <= margin <= 20:
        raise ValueError(f"margin is -0.9 to 20 sides, got {margin}")
    if not -360 <= angle <= 360:
        raise ValueError(f"angle is -360 to 360 degrees, got {angle}")
    matrices = []
    for number, face in enumerate(faces):
        box, lean = face.box, 0.0
        if align or rule == "ffhq":
            if face.landmarks is None:
                raise ValueError(f"face {number} has no points to be turned upright by; landmarks() reads them")
            points = face.landmarks.to("ibug68").points
            box, lean = _ffhq(points.astype(np.float64)) if rule == "ffhq" else frame_points(points)
        matrices.append(crop_matrix(box, size, 1 + margin, lean - angle))
    return matrices


def _ffhq(points: np.ndarray) -> tuple[np.ndarray, float]:
    """The (4,) box of FFHQ's square in its own upright frame, and the degrees that it leans, of (68, 2) points.

    It leans as the way from eye to eye and that from eyes to mouth, turned by a right angle, do together; half its
    side is 2 eye distances or 1.8 ways to the mouth, whichever is longer; its middle is 0.1 of that way below the eyes.
    """
    right, left = points[36:42].mean(axis=0), points[42:48].mean(axis=0)
    eyes, mouth = (right + left) / 2, (points[48] + points[54]) / 2
    across, down = left - right, mouth - eyes
    half = max(2.0 * float(np.hypot(*across)), 1.8 * float(np.hypot(*down)))
    middle = eyes + 0.1 * down + 0.5
    along = across + [down[1], -down[0]]
    lean = float(np.degrees(np.arctan2(along[1], along[0])))
    return np.concatenate([middle - half, middle + half]), lean


def _cut(pixels: np.ndarray, matrix: np.ndarray, size: int, fill: Outside) -> np.ndarray:
    if fill == "reflect":
        return _softened(warp(pixels, matrix, (size, size), "mirror"), matrix, pixels.shape)
    if fill == "transparent":
        cover = warp(np.full(pixels.shape[:2], 255, np.uint8), matrix, (size, size))
        return np.dstack([warp(pixels, matrix, (size, size), "nearest"), cover])
    return warp(pixels, matrix, (size, size), fill)


def _softened(picture: np.ndarray, matrix: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The crop with what lies outside its picture of that shape blurred, the more the further out."""
    import cv2

    size = len(picture)
    back = invert(matrix)
    grid = np.arange(size)
    x = back[0, 0] * grid + back[0, 1] * grid[:, None] + back[0, 2]
    y = back[1, 0] * grid + back[1, 1] * grid[:, None] + back[1, 2]
    out = np.hypot(np.maximum(np.maximum(-x, x - shape[1] + 1), 0), np.maximum(np.maximum(-y, y - shape[0] + 1), 0))
    if not out.any():
        return picture
    per_pixel = float(np.sqrt(abs(np.linalg.det(back[:, :2]))))  # picture pixels a crop pixel
    share = np.clip(out / (per_pixel * _SOFT * size), 0, 1)[..., None]
    blurred = cv2.GaussianBlur(picture, (0, 0), max(_SOFT / 2 * size, 0.5))
    return np.asarray(np.rint(picture + share * (blurred.astype(np.float64) - picture)), np.uint8)
