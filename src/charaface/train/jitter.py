"""From a labelled face to a training crop: framed, mirrored, bent, recoloured, redrawn, covered and worn by chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from charaface.geometry import transform
from charaface.schemes import Scheme
from charaface.train import photometry
from charaface.train.augment import (
    Framing,
    bend_field,
    bend_image,
    bend_points,
    covered,
    draw_bend,
    framing_matrix,
    occlude,
)
from charaface.train.config import Augment
from charaface.train.labelled import HIDDEN


@dataclass(frozen=True, eq=False)
class Jittered:
    """One training sample of the task points."""

    image: np.ndarray  # (S, S, 3) uint8
    points: np.ndarray  # (P, 2) float32 in 0..1 of the crop
    weight: np.ndarray  # (P,) float32, what each point counts
    pose: np.ndarray  # (3,) float32 yaw, pitch, roll in degrees


Image = np.ndarray
Rng = np.random.Generator
_SCALED, _MOVED = 0.25, 0.12  # log of a part's size, and sides of the part, at most


def plain_crop(image: Image, points: np.ndarray, box: np.ndarray, size: int, scale: float) -> tuple[Image, np.ndarray]:
    """The crop that the runtime would cut: (size, size, 3) uint8 and (P, 2) float32 points in 0..1 of it."""
    return _framed(image, points, framing_matrix(box, Framing(scale, (0.0, 0.0), 0.0), size), size)


def jittered(
    image: Image,
    points: np.ndarray,
    weight: np.ndarray,
    box: np.ndarray,
    pose: np.ndarray,
    rng: Rng,
    *,
    scheme: Scheme,
    size: int,
    scale: float,
    how: Augment,
    other: Image | None = None,
) -> Jittered:
    """A crop as it is learned from.

    points are pixels of image, box (4,) and pose (3,) those of the face; scale is the side of the crop over the box's
    longer side. A mirrored face has its points in the scheme's mirror order; a point that gets covered counts HIDDEN;
    one whose weight is 0 is moved like the others. other is a picture whose patches may cover the face.
    """
    framing = draw_framing(rng, how, scale)
    out, moved = _framed(image, points, framing_matrix(box, framing, size), size)
    if framing.mirrored:
        order = list(scheme.mirror)
        moved, weight = moved[order], weight[order]
    flip = -1 if framing.mirrored else 1
    pose = np.asarray([flip * pose[0], pose[1], flip * (pose[2] + framing.angle)], np.float32)
    if rng.random() < how.bend:
        out, moved = _bent(out, moved, bend_field(draw_bend(rng, 1 / framing.scale), size))
    if rng.random() < how.parts:
        out, moved = _bent(out, moved, part_field(moved * size - 0.5, weight > 0, scheme, size, rng))
    if rng.random() < how.cover:
        out, cover = occlude(out, rng, other)
        weight = np.where(covered(moved * size - 0.5, cover), np.minimum(weight, HIDDEN), weight)
    out = recoloured(out, rng, how)
    if rng.random() < how.style:
        out = redrawn(out, rng)
    if rng.random() < how.wear:
        out = worn(out, rng)
    return Jittered(out, moved.astype(np.float32), weight.astype(np.float32), pose)


def draw_framing(rng: Rng, how: Augment, scale: float) -> Framing:
    """How a crop lies on its face, by chance."""
    side = scale * float(np.exp(rng.uniform(-how.zoom, how.zoom)))
    x, y = rng.uniform(-how.shift, how.shift, 2).tolist()
    return Framing(side, (x, y), float(rng.uniform(-how.turn, how.turn)), mirrored=bool(rng.random() < how.mirror))


def recoloured(image: Image, rng: Rng, how: Augment) -> Image:
    """Another brightness, contrast, saturation and hue, by one map of the colours."""
    light, contrast, rich = (float(rng.uniform(1 - v, 1 + v)) for v in (how.brightness, how.contrast, how.saturation))
    hue = float(rng.uniform(-how.hue, how.hue)) * 360
    if light == contrast == rich == 1 and hue == 0:
        return image
    matrix = light * contrast * photometry.hue_matrix(hue) @ photometry.saturation_matrix(rich)
    grey = float(image.mean()) * light * (1 - contrast)  # contrast turns about the picture's own grey
    return np.asarray(cv2.transform(image, np.column_stack([matrix, np.full(3, grey)])))


def redrawn(image: Image, rng: Rng) -> Image:
    """In ink, in tone, in flat colours, in soft paint or in greys."""
    return STYLES[int(rng.integers(len(STYLES)))](image, rng)


def worn(image: Image, rng: Rng) -> Image:
    """Shrunk, blurred, noisy, compressed or of another gamma."""
    return _WEAR[int(rng.integers(len(_WEAR)))](image, rng)


def part_field(points: np.ndarray, known: np.ndarray, scheme: Scheme, size: int, rng: Rng) -> np.ndarray:
    """(size, size, 2) float32 pixels, as augment.bend_field has it, that scales and moves each part by itself.

    points are (P, 2) pixels of the crop. The jaw stays; where two parts reach a place, it goes between them.
    """
    rows, columns = np.indices((size, size), np.float32)
    total, field = np.zeros((size, size, 1), np.float32), np.zeros((size, size, 2), np.float32)
    here = np.stack([columns, rows], axis=2)
    for numbers in _movable(scheme):
        own = points[[i for i in numbers if known[i]]]
        grow, way = float(np.exp(rng.uniform(-_SCALED, _SCALED))), rng.uniform(-_MOVED, _MOVED, 2)
        if len(own) < 2:
            continue
        middle, reach = own.mean(axis=0), max(float(np.ptp(own, axis=0).max()), 4.0)
        away = here - (middle + way * reach).astype(np.float32)
        near = np.exp(-((here - middle.astype(np.float32)) ** 2).sum(2, keepdims=True) / (2 * (0.45 * reach) ** 2))
        field += near * (away / np.float32(grow) + middle.astype(np.float32) - here)
        total += near
    return np.asarray(field / np.maximum(total, 1.0), np.float32)


def _movable(scheme: Scheme) -> Sequence[list[int]]:
    """The numbers of the points that move together: each part but the jaw; pupils go with their eyes, lips together."""
    groups: dict[str, list[int]] = {}
    for name, numbers in scheme.parts.items():
        if name != "jaw":
            whole = name.replace("pupil", "eye").replace("outer_lip", "mouth").replace("inner_lip", "mouth")
            groups.setdefault("nose" if whole.startswith("nose") else whole, []).extend(numbers)
    return list(groups.values())


def _framed(image: Image, points: np.ndarray, matrix: np.ndarray, size: int) -> tuple[Image, np.ndarray]:
    out = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out), ((transform(points, matrix) + 0.5) / size).astype(np.float32)


def _bent(image: Image, points: np.ndarray, field: np.ndarray) -> tuple[Image, np.ndarray]:
    size = len(field)
    return bend_image(image, field), (bend_points(points * size - 0.5, field) + 0.5) / size


def ink(image: Image, rng: Rng) -> Image:
    """Lines where the picture changes, on white."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 0.8)
    window = int(rng.integers(2, 5)) * 2 + 1
    lines = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, window, float(rng.uniform(3, 8))
    )
    return np.repeat(lines[..., None], 3, axis=2)


def tone(image: Image, rng: Rng) -> Image:
    """Dots of screen tone, black and white."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    pitch, angle = rng.uniform(2.0, 3.2), rng.uniform(0, np.pi / 2)
    rows, columns = np.indices(grey.shape, np.float32)
    a = (columns * np.cos(angle) + rows * np.sin(angle)) * (2 * np.pi / pitch)
    b = (rows * np.cos(angle) - columns * np.sin(angle)) * (2 * np.pi / pitch)
    screen = 127.5 + 55 * (np.cos(a) + np.cos(b))
    dots = np.where(grey > screen, 255, 0).astype(np.float32)
    sharp = float(rng.uniform(0.3, 0.8))
    return np.repeat(np.clip(sharp * dots + (1 - sharp) * grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def flat(image: Image, rng: Rng) -> Image:
    """A few flat colours a channel, edges kept."""
    smooth = cv2.bilateralFilter(image, 5, 60, 5)
    step = 255 / int(rng.integers(3, 7))
    return np.asarray(np.clip(np.round(smooth / step) * step, 0, 255), np.uint8)


def paint(image: Image, rng: Rng) -> Image:
    """Soft patches of richer colour."""
    smooth = cv2.medianBlur(image, 5 if rng.random() < 0.5 else 3)
    return np.asarray(cv2.transform(smooth, photometry.saturation_matrix(float(rng.uniform(1.0, 1.8)))))


def grey(image: Image, _rng: Rng) -> Image:
    """Without its colours."""
    return np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


STYLES: tuple[Callable[[Image, Rng], Image], ...] = (ink, tone, flat, paint, grey)
_WEAR: tuple[Callable[[Image, Rng], Image], ...] = (
    photometry.rescale,
    photometry.blur,
    photometry.noise,
    photometry.jpeg,
    photometry.gamma,
)
