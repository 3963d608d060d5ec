"""Beards and moustaches of a 3-D head: a surface of hair over the skin, as thick as the hair is long."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import skia

from charaface.synth.forms import both_faces, grid_triangles
from charaface.synth.head_hair import STRANDS, texture
from charaface.synth.layer import Layer, Paint
from charaface.synth.pen import Colour, polygon, smooth
from charaface.synth.shade import normals
from charaface.synth.skin_map import SIZE, UP, linear, on_map
from charaface.synth.wrap import ANGLES, HEIGHTS, Wrap

# Where each kind grows, and how long it is there against the longest.
STYLES: dict[str, dict[str, float]] = {
    "full": {"cheek": 0.55, "jaw": 0.8, "chin": 1.0, "lip": 0.5, "side": 0.35},
    "trimmed": {"jaw": 0.7, "chin": 1.0, "lip": 0.7, "side": 0.5},
    "goatee": {"chin": 1.0, "lip": 0.6, "corner": 0.7},
    "tuft": {"chin": 1.0},
    "moustache": {"lip": 1.0},
    "handlebar": {"lip": 1.0, "corner": 0.9},
    "strap": {"jaw": 0.8, "side": 0.6},
    "chops": {"side": 0.9, "cheek": 0.8},
}
MOST = 0.5  # cm of a beard that its outline adds to the jaw whose points are marked
_ROWS = slice(int(np.argmax(HEIGHTS <= 4.0)), int(np.argmax(HEIGHTS <= -11.5)))
_COLUMNS = slice(int(np.argmax(ANGLES >= -114)), int(np.argmax(ANGLES >= 114)) + 1)
_LEAST = 0.14  # cm before the skin, whose curves are finer than the surface's


@dataclass(frozen=True)
class Beard:
    """How a beard is worn."""

    style: str  # of STYLES
    colour: Colour
    long: float = 1.0  # cm where it is longest
    dense: float = 0.9  # 0 to 1
    rough: float = 0.4  # how ragged its edges are, 0 to 1
    curl: float = 0.2
    seed: int = 0


def area(beard: Beard, marks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two (SIZE, SIZE) float32 maps of the skin: how densely it grows, 0 to 1, and how long it is, in cm.

    marks: (68, 2) the points on the map.
    """
    dense, long = (one.copy() for one in _grown(beard.style, marks.tobytes()))
    return dense * beard.dense, long * beard.long


@lru_cache(maxsize=16)
def _grown(style: str, packed: bytes) -> tuple[np.ndarray, np.ndarray]:
    marks = np.frombuffer(packed, np.float32).reshape(68, 2)
    dense, long = np.zeros((SIZE, SIZE), np.float32), np.zeros((SIZE, SIZE), np.float32)
    for name, share in STYLES[style].items():
        one = cv2.GaussianBlur(_filled(_PLACES[name](marks)), (0, 0), 0.22 * UP)
        dense, long = np.maximum(dense, one), np.maximum(long, share * one)
    lips = cv2.GaussianBlur(_filled([smooth(marks[48:60], closed=True)]), (0, 0), 0.1 * UP)
    return dense * (1 - lips), cv2.GaussianBlur(long, (0, 0), 0.35 * UP)


def _filled(outlines: list[np.ndarray]) -> np.ndarray:
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    canvas = skia.Surface(pixels).getCanvas()
    for outline in outlines:
        canvas.drawPath(polygon(outline), skia.Paint(Color=0xFFFFFFFF, AntiAlias=True))
    return pixels[..., 0].astype(np.float32) / 255


def _twice(outline: np.ndarray) -> list[np.ndarray]:
    """An outline on the right side of the map and its mirror image."""
    return [outline, np.column_stack([SIZE - outline[:, 0], outline[:, 1]])]


def _jaw(marks: np.ndarray, high: float) -> list[np.ndarray]:
    """From ear to ear below the cheeks, down to the throat; high: how far up the cheek, cm."""
    low = marks[2:15] + np.column_stack([np.zeros(13), np.interp(np.arange(13), [0, 6, 12], [0.5, 2.6, 0.5]) * UP])
    top = [marks[14] - [0, 1.0 * UP], marks[13] * 0.7 + marks[54] * 0.3 - [0, high * UP]]
    top += [marks[54] + [1.1 * UP, (0.2 - high) * UP], marks[54] + [0.4 * UP, 0.5 * UP], marks[57] + [0, 0.35 * UP]]
    half = np.asarray(top)
    other = np.column_stack([SIZE - half[:, 0], half[:, 1]])[::-1]
    return [np.concatenate([low, half, other])]


def _chin(marks: np.ndarray) -> list[np.ndarray]:
    corners = marks[[48, 54]] + [[-0.2 * UP, 0.7 * UP], [0.2 * UP, 0.7 * UP]]
    top = np.stack([corners[1], marks[57] + [0.9 * UP, 0.5 * UP], marks[57] + [0, 0.25 * UP]])
    other = np.stack([marks[57] + [-0.9 * UP, 0.5 * UP], corners[0]])
    low = marks[8] + np.array([[-2.6, -1.2], [-2.0, 0.6], [0, 1.4], [2.0, 0.6], [2.6, -1.2]]) * UP
    return [np.concatenate([top, other, low])]


def _lip(marks: np.ndarray) -> list[np.ndarray]:
    """Between nose and mouth, and over the upper lip's edge."""
    low = marks[48:55] + np.column_stack(
        [[-0.5 * UP, 0, 0, 0, 0, 0, 0.5 * UP], [0.35 * UP, *[0.12 * UP] * 5, 0.35 * UP]]
    )
    top = [marks[54] + [0.5 * UP, -0.3 * UP], marks[35] + [0.25 * UP, 0.3 * UP], marks[33] + [0, 0.35 * UP]]
    top += [marks[31] + [-0.25 * UP, 0.3 * UP], marks[48] + [-0.5 * UP, -0.3 * UP]]
    return [np.concatenate([low, np.asarray(top)])]


def _side(marks: np.ndarray) -> list[np.ndarray]:
    """Before the ears, from the hair down to the jaw."""
    edge = np.stack([marks[15] + [0.6 * UP, -2.5 * UP], marks[15] + [0.7 * UP, 0], marks[14] + [0.6 * UP, 0.5 * UP]])
    inner = np.stack(
        [marks[14] + [-1.1 * UP, 0.3 * UP], marks[15] + [-0.8 * UP, 0], marks[15] + [-0.5 * UP, -2.5 * UP]]
    )
    return _twice(np.concatenate([edge, inner]))


def _cheek(marks: np.ndarray) -> list[np.ndarray]:
    return [*_jaw(marks, 1.2), *_side(marks)]


def _corner(marks: np.ndarray) -> list[np.ndarray]:
    """Down from the corners of the mouth to the jaw."""
    at = marks[54]
    return _twice(at + np.array([[0.1, -0.5], [1.0, -0.3], [1.1, 1.6], [0.7, 3.6], [-0.3, 3.4], [0.1, 1.4]]) * UP)


_PLACES = {
    "jaw": lambda marks: _jaw(marks, 0.0),
    "chin": _chin,
    "lip": _lip,
    "side": _side,
    "cheek": _cheek,
    "corner": _corner,
}


def added(beard: Beard, marks: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """(N,) cm that the outline of a beard adds to the jaw at (N, 3) places of the mean head."""
    dense, long = area(beard, marks)
    x, y = np.clip(np.round(on_map(rest)), 0, SIZE - 1).astype(int).T
    return np.asarray(np.minimum(long[y, x] * np.clip(2 * dense[y, x], 0, 1), MOST))


def beard_layer(beard: Beard, head: np.ndarray, around: Wrap, marks: np.ndarray) -> Layer:
    """The beard on a head of (V, 3) vertices."""
    dense, long = area(beard, marks)
    places = around.on(head)[_ROWS, _COLUMNS]
    rest = around.rest[_ROWS, _COLUMNS]
    flat = on_map(rest)
    deep = cv2.remap(long, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR)
    rng = np.random.default_rng(beard.seed)
    lump = cv2.resize(rng.normal(0, 1, (9, 15)).astype(np.float32), deep.shape[::-1], interpolation=cv2.INTER_CUBIC)
    deep = _LEAST + deep * (1 + 0.25 * beard.rough * lump)
    triangles = grid_triangles(*deep.shape)
    flatly = places.reshape(-1, 3)
    out = normals(flatly, triangles)
    vertices = flatly + out * deep.reshape(-1, 1)
    vertices[:, 1] -= 0.35 * (deep - _LEAST).ravel()  # it hangs
    colour = linear(np.asarray(beard.colour)).astype(np.float32)
    strands = texture(beard.seed, beard.curl)

    def paint(at: np.ndarray) -> Paint:
        x, y = np.ascontiguousarray(at[..., 0]), np.ascontiguousarray(at[..., 1])
        fan = (x - SIZE / 2) * (1 - 0.002 * (y - marks[33, 1]))  # strands run apart downwards
        bright = cv2.remap(strands, 2.2 * fan, 0.9 * y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        grown = cv2.remap(dense, x, y, cv2.INTER_LINEAR)
        cover = np.clip((grown - 0.42 + 0.45 * beard.rough * bright) / (0.25 + 0.3 * beard.rough), 0, 1)
        albedo = np.maximum(1 + 0.5 * bright, 0.25)[..., None] * colour
        kind = np.clip(np.round(2 * (1 + bright)), 0, len(STRANDS) - 1).astype(np.uint8)
        return Paint(albedo, cover * (grown > 0.02), kind, 0.2 * bright)

    casts = (deep > _LEAST + 0.25).ravel()
    return Layer(
        "hair",
        vertices.astype(np.float32),
        both_faces(triangles),
        flat.reshape(-1, 2),
        paint,
        STRANDS,
        len(triangles),
        casts,
    )
