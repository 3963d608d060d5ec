"""From a render to a training sample: where the crop lies, what covers the face, where the points are."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from charaface.geometry import transform
from charaface.schemes import IBUG68
from charaface.train.photometry import degrade

CROP_SCALE = 1.4  # side of the crop over the longer side of the box, as the runtime cuts it
_MIRROR = np.asarray(IBUG68.mirror)


@dataclass(frozen=True, eq=False)
class Crop:
    """One training sample of the landmark network."""

    image: np.ndarray  # (S, S, 3) uint8
    points: np.ndarray  # (68, 2) float32, 0..1 of the crop (0 = left edge of its first pixel); zeros without a face
    visible: np.ndarray  # (68,) bool
    unit: float  # longer side of the face box over the side of the crop
    face: bool  # whether the crop is framed on a face; points count only then
    domain: int = -1  # index into face.DOMAINS; -1 where it is not known


@dataclass(frozen=True)
class Framing:
    """How a crop lies on a face, before the picture is touched."""

    scale: float  # side of the crop over the longer side of the box
    shift: tuple[float, float]  # of the crop's centre against the box's, in sides of the box
    angle: float  # degrees the picture turns
    stretch: tuple[float, float] = (1.0, 1.0)  # of the picture along its own axes
    mirrored: bool = False
    bend: np.ndarray | None = None  # (G, G, 2) float32, how far the picture is bent, in sides of the crop


BEND_GRID = 4  # control points along a side of a bend


def draw_framing(rng: np.random.Generator, strength: float = 1.0) -> Framing:
    """A framing as detection gives it: 1.08 to 1.95 boxes wide, up to 12 % off, turned up to 35 degrees.

    One in ten lies wilder (0.95 to 2.2 boxes, 25 % off), one in twelve is turned by up to 80 degrees. More than
    half are bent, so that no two characters share their proportions. strength scales turns and the share of bends.
    """
    wild = rng.random() < 0.1
    low, high, off = (0.95, 2.2, 0.25) if wild else (1.08, 1.95, 0.12)
    scale = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    kind = rng.random()
    limit = 80.0 if kind < 0.08 else 35.0
    angle = strength * (rng.normal(0, 9) if kind > 0.45 else rng.uniform(-limit, limit))
    squeeze = float(np.exp(rng.uniform(-0.2, 0.2))) if rng.random() < 0.4 else 1.0
    shift = tuple(float(v) * scale for v in rng.uniform(-off, off, 2))
    stretch = (squeeze**0.5, squeeze**-0.5)
    mirrored = bool(rng.random() < 0.5)
    bend = draw_bend(rng, 1.0 / scale) if rng.random() < 0.55 * strength else None
    return Framing(scale, (shift[0], shift[1]), float(angle), stretch, mirrored, bend)


def draw_bend(rng: np.random.Generator, face: float) -> np.ndarray:
    """(G, G, 2) a random smooth bend of a crop whose face takes up that share of its side."""
    strength = min(face, 0.9) * rng.uniform(0.0, 0.05)
    return rng.normal(0, strength, (BEND_GRID, BEND_GRID, 2)).astype(np.float32)


def bend_field(bend: np.ndarray, size: int) -> np.ndarray:
    """(size, size, 2) float32 pixels: the bent picture shows at q what the straight one shows at q + field[q]."""
    return np.asarray(cv2.resize(bend * np.float32(size), (size, size), interpolation=cv2.INTER_CUBIC))


def bend_image(image: np.ndarray, field: np.ndarray) -> np.ndarray:
    """The picture bent by a field of its own size."""
    size = len(field)
    rows, columns = np.indices((size, size), np.float32)
    x, y = columns + field[..., 0], rows + field[..., 1]
    return np.asarray(cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def bend_points(points: np.ndarray, field: np.ndarray, turns: int = 12) -> np.ndarray:
    """(N, 2) pixels of the bent picture that show what the straight one shows at points.

    Solves q + field(q) = p by iteration; beyond the picture the field of its edge goes on.
    """
    moved = np.asarray(points, np.float64)
    for _ in range(turns):
        x, y = np.clip(moved, 0, len(field) - 1).astype(np.float32).T
        moved = points - cv2.remap(field, x[None], y[None], cv2.INTER_LINEAR)[0]
    return moved


def draw_misframing(rng: np.random.Generator) -> Framing:
    """A crop that is not framed on its face: centre off by more than 0.6 box, or size by 2.2 times."""
    angle, mirrored = float(rng.normal(0, 15)), bool(rng.random() < 0.5)
    kind = rng.random()
    if kind < 0.6:
        direction, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.62, 1.3)
        shift = (float(far * np.cos(direction)), float(far * np.sin(direction)))
        return Framing(float(np.exp(rng.uniform(np.log(0.9), np.log(2.0)))), shift, angle, mirrored=mirrored)
    times = rng.uniform(2.25, 3.5)
    scale = CROP_SCALE / times if kind < 0.8 else CROP_SCALE * times
    off = rng.uniform(-0.3, 0.3, 2) if kind < 0.8 else rng.uniform(-0.5, 0.5, 2)
    return Framing(float(scale), (float(off[0]), float(off[1])), angle, mirrored=mirrored)


def framing_matrix(box: np.ndarray, framing: Framing, size: int) -> np.ndarray:
    """(2, 3) map from points of the render to points of the size x size crop."""
    side = framing.scale * float(max(box[2] - box[0], box[3] - box[1]))
    longer = side / framing.scale
    cx = (box[0] + box[2]) / 2 - 0.5 + framing.shift[0] * longer
    cy = (box[1] + box[3]) / 2 - 0.5 + framing.shift[1] * longer
    c, s = np.cos(np.radians(framing.angle)), np.sin(np.radians(framing.angle))
    linear = np.asarray([[c, -s], [s, c]]) @ np.diag(framing.stretch) * (size / side)
    if framing.mirrored:
        linear = np.diag([-1.0, 1.0]) @ linear
    middle = size / 2 - 0.5
    return np.column_stack([linear, middle - linear @ np.asarray([cx, cy])])


def mirror_order(values: np.ndarray) -> np.ndarray:
    """(68, ...) values in the order of the mirrored face: image-left becomes image-right."""
    return np.asarray(values[_MIRROR])


def warp(
    image: np.ndarray, matrix: np.ndarray, size: int, rng: np.random.Generator, *, reflect: bool = True
) -> np.ndarray:
    """The size x size crop that matrix describes, with a random fill beyond the picture's edge."""
    kind = rng.random()
    border, colour = cv2.BORDER_CONSTANT, (0.0, 0.0, 0.0)
    if kind < 0.35:
        border = cv2.BORDER_REPLICATE
    elif kind < 0.45 and reflect:
        border = cv2.BORDER_REFLECT
    elif kind < 0.65:
        colour = (255.0, 255.0, 255.0)
    elif kind < 0.85:
        r, g, b = rng.uniform(0, 255, 3)
        colour = (float(r), float(g), float(b))
    flags = cv2.INTER_LINEAR
    out = cv2.warpAffine(image, matrix, (size, size), flags=flags, borderMode=border, borderValue=colour)
    return np.asarray(out)


def landmark_crop(
    image: np.ndarray,
    points: np.ndarray,
    visible: np.ndarray,
    box: np.ndarray,
    rng: np.random.Generator,
    *,
    size: int = 128,
    other: np.ndarray | None = None,
    framed: bool = True,
    strength: float = 1.0,
) -> Crop:
    """A sample of the landmark network from one render with one face.

    points are (68, 2) pixels of image, box (4,) of the face; other is a picture whose patches may cover the
    face; framed False gives a crop that is not framed on the face; strength scales how hard a life it had.
    """
    framing = draw_framing(rng, strength) if framed else draw_misframing(rng)
    matrix = framing_matrix(box, framing, size)
    out = warp(image, matrix, size, rng)
    moved = transform(points, matrix)
    if framing.bend is not None:
        field = bend_field(framing.bend, size)
        out, moved = bend_image(out, field), bend_points(moved, field)
    visible = visible & _inside(points, image.shape[:2]) & _inside(moved, (size, size))
    if framing.mirrored:
        moved, visible = mirror_order(moved), mirror_order(visible)
    if rng.random() < 0.25 * strength:
        out, cover = occlude(out, rng, other)
        visible = visible & ~covered(moved, cover)
    out = degrade(out, rng, strength)
    return Crop(out, ((moved + 0.5) / size).astype(np.float32), visible, 1 / framing.scale, framed)


def empty_crop(image: np.ndarray, rng: np.random.Generator, *, size: int = 128) -> Crop:
    """A sample without a face, from a picture without one: a square of any place, size and turn."""
    height, width = image.shape[:2]
    side = float(np.exp(rng.uniform(np.log(0.2), np.log(1.2)))) * min(height, width)
    cx, cy = rng.uniform(0, width), rng.uniform(0, height)
    box = np.asarray([cx - side / 2, cy - side / 2, cx + side / 2, cy + side / 2])
    framing = Framing(1.0, (0.0, 0.0), float(rng.normal(0, 15)), mirrored=bool(rng.random() < 0.5))
    out = degrade(warp(image, framing_matrix(box, framing, size), size, rng), rng)
    none = np.zeros((68, 2), np.float32)
    return Crop(out, none, np.zeros(68, np.bool_), 1 / CROP_SCALE, False)


def occlude(
    image: np.ndarray, rng: np.random.Generator, other: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The picture with something in front of it, and (H, W) bool where it is hidden by more than a stroke."""
    out = image.copy()
    cover = np.zeros(image.shape[:2], np.uint8)
    for _ in range(int(rng.integers(1, 3))):
        kind = rng.random()
        if kind < 0.35:
            _strokes(out, rng)
        elif kind < 0.7 or other is None:
            _shape(out, cover, rng)
        else:
            out = _patch(out, cover, rng, other)
    return out, cover > 0


def _colour(rng: np.random.Generator) -> tuple[float, float, float]:
    r, g, b = rng.uniform(0, 255, 3)
    return float(r), float(g), float(b)


def _strokes(out: np.ndarray, rng: np.random.Generator) -> None:
    """Strands, rain, speed lines: too thin to hide a point."""
    size, colour = out.shape[0], _colour(rng)
    start, way = rng.uniform(0, size, 2), rng.normal(0, 0.5 * size, 2)
    for _ in range(int(rng.integers(1, 7))):
        a = start + rng.normal(0, 0.12 * size, 2)
        middle, b = a + 0.5 * way + rng.normal(0, 0.06 * size, 2), a + way
        curve = np.stack([a, middle, b]).round().astype(np.int32)
        cv2.polylines(out, [curve], False, colour, int(rng.integers(1, 4)), cv2.LINE_AA)


def _blob(rng: np.random.Generator, size: int) -> np.ndarray:
    """(K, 2) int32 corners of a shape about a sixth to a half of the crop wide."""
    count = int(rng.choice([4, 5, 24]))
    radius = size * rng.uniform(0.07, 0.25) * (rng.uniform(0.6, 1.3, count) if count < 24 else np.ones(count))
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.uniform(0, 2 * np.pi)
    ring = np.stack([np.cos(angles) * rng.uniform(0.5, 1.5), np.sin(angles)], axis=1) * radius[:, None]
    return np.asarray((ring + rng.uniform(0, size, 2)).round().astype(np.int32))


def _shape(out: np.ndarray, cover: np.ndarray, rng: np.random.Generator) -> None:
    corners = _blob(rng, out.shape[0])
    cv2.fillPoly(out, [corners], _colour(rng), cv2.LINE_AA)
    cv2.fillPoly(cover, [corners], 1)
    if rng.random() < 0.5:
        cv2.polylines(out, [corners], True, _colour(rng), int(rng.integers(1, 4)), cv2.LINE_AA)


def _patch(out: np.ndarray, cover: np.ndarray, rng: np.random.Generator, other: np.ndarray) -> np.ndarray:
    """A piece of another picture in front."""
    size = out.shape[0]
    mask = np.zeros(out.shape[:2], np.uint8)
    cv2.fillPoly(mask, [_blob(rng, size)], 1)
    k = rng.uniform(0.6, 1.6)
    x, y = (
        rng.uniform(0, max(other.shape[1] - size / k, 1)),
        rng.uniform(0, max(other.shape[0] - size / k, 1)),
    )
    matrix = np.asarray([[k, 0, -k * x], [0, k, -k * y]])
    piece = cv2.warpAffine(other, matrix, (size, size), borderMode=cv2.BORDER_REFLECT)
    cover |= mask
    return np.where(mask[..., None] > 0, piece, out)


def _inside(points: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """(68,) bool: which points lie in a picture of shape (H, W)."""
    limit = np.asarray([shape[1], shape[0]]) - 0.5
    return np.asarray(((points >= -0.5) & (points <= limit)).all(axis=1))


def covered(points: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """(68,) bool: which points lie on True pixels of cover; those outside the crop do not."""
    size = cover.shape[0]
    whole = np.round(points).astype(np.int64)
    inside = ((whole >= 0) & (whole < size)).all(axis=1)
    spot = np.clip(whole, 0, size - 1)
    return np.asarray(inside & cover[spot[:, 1], spot[:, 0]])
