"""What happens to a drawing on its way through the world: colours, blur, scaling, compression, palettes.

Every function takes an image (H, W, 3) uint8 and a random generator and returns a new image of the same
shape. Points stay where they are. Nothing here inverts a picture: a negative is no drawing anyone meets.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np

Image = np.ndarray
_GREY = np.asarray([0.299, 0.587, 0.114])
_BAYER = np.asarray([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16 - 15 / 32


def degrade(image: Image, rng: np.random.Generator, strength: float = 1.0) -> Image:
    """The picture after a random life: each step happens with a chance of its own, times strength."""
    for chance, step in _LIFE:
        if rng.random() < chance * strength:
            image = step(image, rng)
    return image


def recolour(image: Image, rng: np.random.Generator) -> Image:
    """Another hue, saturation, contrast and brightness by one map of the colours; sometimes grey or
    tinted.
    """
    kind = rng.random()
    matrix = hue_matrix(rng.uniform(-180, 180) if kind < 0.06 else rng.normal(0, 9))
    matrix = saturation_matrix(float(np.exp(rng.normal(0.0, 0.3)))) @ matrix
    if kind > 0.8:
        matrix = np.tile(_GREY, (3, 1))
        if kind > 0.94:  # sepia, blueprint, duotone: grey between black and one tint
            matrix = matrix * rng.uniform(0.6, 1.1, (3, 1))
    matrix = matrix * np.exp(rng.normal(0, 0.05, (3, 1)))  # the light's own colour
    contrast = float(np.exp(rng.normal(0, 0.18)))
    shift = 127.5 * (1 - contrast) + rng.normal(0, 14)
    return np.asarray(cv2.transform(image, np.column_stack([contrast * matrix, np.full(3, shift)])))


def gamma(image: Image, rng: np.random.Generator) -> Image:
    """Darker or lighter in the middle tones."""
    curve = 255 * (np.arange(256) / 255) ** np.exp(rng.normal(0, 0.3))
    return np.asarray(cv2.LUT(image, curve.round().astype(np.uint8)))


def rescale(image: Image, rng: np.random.Generator) -> Image:
    """Down to as little as a fifth and up again, as a small face in a picture is; the least side is 24 px."""
    height, width = image.shape[:2]
    least = 24 / min(height, width)
    k = float(np.exp(rng.uniform(np.log(min(max(least, 0.19), 1.0)), 0)))
    small = (max(round(width * k), 2), max(round(height * k), 2))
    down = int(rng.choice([cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_NEAREST], p=[0.6, 0.3, 0.1]))
    up = int(rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_NEAREST], p=[0.55, 0.3, 0.15]))
    shrunk = cv2.resize(image, small, interpolation=down)
    if rng.random() < 0.3:
        shrunk = jpeg(shrunk, rng)
    return np.asarray(cv2.resize(shrunk, (width, height), interpolation=up))


def blur(image: Image, rng: np.random.Generator) -> Image:
    """Out of focus, or moved along the rows or columns."""
    if rng.random() < 0.75:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.9)))
    length = int(rng.integers(2, 8))
    return np.asarray(cv2.blur(image, (length, 1) if rng.random() < 0.5 else (1, length)))


def sharpen(image: Image, rng: np.random.Generator) -> Image:
    """Halos along the lines, as picture hosts add."""
    soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.6, 2.0))
    k = rng.uniform(0.3, 1.5)
    return np.asarray(cv2.addWeighted(image, 1 + k, soft, -k, 0))


@cache
def _noise_field() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((640, 640, 3)).astype(np.float32)


def noise(image: Image, rng: np.random.Generator) -> Image:
    """Grain, grey or coloured: a random window of one fixed field, which is cheaper than new noise."""
    height, width = image.shape[:2]
    field = _noise_field()
    y, x = (int(rng.integers(0, max(640 - side, 0) + 1)) for side in (height, width))
    if height > 640 or width > 640:
        raise ValueError(f"noise covers pictures of at most 640 x 640 pixels, got {width} x {height}")
    window = field[y : y + height, x : x + width]
    if rng.random() < 0.5:
        window = window[..., :1]
    sigma = float(np.exp(rng.uniform(np.log(1.5), np.log(16))))
    return np.clip(image + sigma * window, 0, 255).astype(np.uint8)


def palette(image: Image, rng: np.random.Generator) -> Image:
    """A few levels a channel, plain or with an ordered dither, as a GIF or a scan has."""
    height, width = image.shape[:2]
    levels = np.asarray(rng.choice([3, 4, 5, 6, 8, 12], p=[0.06, 0.12, 0.16, 0.3, 0.24, 0.12]))
    if rng.random() < 0.12:  # ink: black and white alone
        image, levels = (
            np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2),
            np.asarray(2),
        )
    step = 255 / (levels - 1)
    spread = 0.0 if rng.random() < 0.4 else rng.uniform(0.5, 1.0)
    dither = np.tile(_BAYER, (height // 4 + 1, width // 4 + 1))[:height, :width, None]
    level = np.round(image * np.float32(1 / step) + (spread * dither).astype(np.float32))
    return (np.clip(level, 0, levels - 1) * step).astype(np.uint8)


def jpeg(image: Image, rng: np.random.Generator) -> Image:
    """Compressed and read again, quality 20 to 95."""
    quality = int(rng.integers(20, 96))
    ok, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not ok:
        raise RuntimeError("OpenCV could not compress a picture as JPEG")
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1])


def hue_matrix(angle: float) -> np.ndarray:
    """(3, 3) rotation of colours by degrees round the grey axis (Rodrigues)."""
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    k = (1 - c) / 3
    t = s / np.sqrt(3)
    return np.asarray([[c + k, k - t, k + t], [k + t, c + k, k - t], [k - t, k + t, c + k]])


def saturation_matrix(k: float) -> np.ndarray:
    return k * np.eye(3) + (1 - k) * np.tile(_GREY, (3, 1))


# In the order of a picture's life: drawn, shrunk by a site, filmed, made a GIF or a JPEG.
_LIFE: tuple[tuple[float, Callable[[Image, np.random.Generator], Image]], ...] = (
    (0.75, recolour),
    (0.35, gamma),
    (0.4, rescale),
    (0.15, blur),
    (0.1, sharpen),
    (0.25, noise),
    (0.12, palette),
    (0.5, jpeg),
)
