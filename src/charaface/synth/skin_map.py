"""The skin of a 3-D head, painted on a cylinder around it: tones, brows, lips, stubble, lines, make-up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numba
import numpy as np
import skia

from charaface.synth.pen import Colour, mix, polygon, ribbon, smooth, taper

SIZE = 384  # pixels of the map each way
AXIS = 2.0  # z of the cylinder's axis in cm
WIDE = np.radians(125.0)  # to each side of straight ahead
TOP, BOTTOM = 13.5, -15.5  # y in cm
UP = SIZE / (TOP - BOTTOM)  # map pixels of a centimetre upwards


@dataclass(frozen=True)
class Skin:
    """What is on a face's skin, whatever its expression."""

    tone: Colour
    flush: float = 0.3  # how red cheeks, nose and ears are, 0 to 1
    mottle: float = 0.3  # unevenness, 0 to 1
    freckles: int = 0
    moles: int = 0
    rings: float = 0.2  # how dark it is below the eyes, 0 to 1
    lines: float = 0.0  # wrinkles of age, 0 to 1
    lips: Colour = (0.7, 0.4, 0.38)
    brow: Colour = (0.2, 0.13, 0.1)
    brow_width: float = 0.8  # cm at its widest
    brow_density: float = 0.8  # 0 to 1
    brow_lift: float = 0.0  # cm
    stubble: float = 0.0  # 0 to 1
    beard: Colour = (0.2, 0.15, 0.12)
    liner: float = 0.3  # how dark the rims of the lids are, 0 to 1
    shadow: Colour | None = None  # of the upper lids
    seed: int = 0


def on_map(places: np.ndarray) -> np.ndarray:
    """(..., 2) float32 map pixels of (..., 3) places of the mean head."""
    places = np.asarray(places, np.float64)
    u = np.arctan2(places[..., 0], places[..., 2] - AXIS) / WIDE
    v = (TOP - places[..., 1]) / (TOP - BOTTOM)
    return np.stack([(u + 1) / 2 * SIZE, v * SIZE], axis=-1).astype(np.float32)


def paint_skin(skin: Skin, marks: np.ndarray) -> np.ndarray:
    """(SIZE, SIZE, 3) float32 linear light, 0 to 1; row 0 is the crown. marks: (68, 2) the points in map pixels."""
    rng = np.random.default_rng(skin.seed)
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    canvas = skia.Surface(pixels).getCanvas()
    canvas.clear(skia.Color4f(*skin.tone, 1))
    _flush(canvas, skin, marks)
    _spots(canvas, skin, rng, marks)
    if skin.stubble:
        _stubble(pixels, canvas, skin, rng, marks)
    if skin.lines:
        _lines(canvas, skin, marks, rng)
    _lips(canvas, skin, marks)
    _lids(canvas, skin, marks)
    _brows(canvas, skin, marks, rng)
    uneven = np.clip(skin.mottle * _noise(rng), -2, 2) if skin.mottle else np.zeros((SIZE, SIZE), np.float32)
    return np.asarray(_mottled(pixels, _LIGHT, uneven))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _mottled(pixels: np.ndarray, table: np.ndarray, uneven: np.ndarray) -> np.ndarray:
    """(SIZE, SIZE, 3) float32 light of pixels, of which each channel is so much more uneven than what is told."""
    out = np.empty((*uneven.shape, 3), np.float32)
    one = np.float32(1)
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            by = uneven[y, x]
            out[y, x, 0] = min(table[pixels[y, x, 0]] * (one + np.float32(0.22) * by), one)
            out[y, x, 1] = min(table[pixels[y, x, 1]] * (one + np.float32(0.35) * by), one)
            out[y, x, 2] = min(table[pixels[y, x, 2]] * (one + np.float32(0.4) * by), one)
    return out


def linear(values: np.ndarray) -> np.ndarray:
    """Light of sRGB values, both 0 to 1 (IEC 61966-2-1)."""
    return np.asarray(np.where(values <= 0.04045, values / 12.92, ((np.maximum(values, 0.0) + 0.055) / 1.055) ** 2.4))


_LIGHT = linear(np.arange(256) / 255).astype(np.float32)


def _noise(rng: np.random.Generator) -> np.ndarray:
    """(SIZE, SIZE) float32 unevenness of several sizes, about -1 to 1: one of a few, moved and turned over."""
    one = np.roll(_cloud(int(rng.integers(8))), tuple(rng.integers(SIZE, size=2).tolist()), (0, 1))
    return one[:: 1 if rng.random() < 0.5 else -1, :: 1 if rng.random() < 0.5 else -1]


@lru_cache(maxsize=8)
def _cloud(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    out = np.zeros((SIZE, SIZE), np.float32)
    for cells, share in ((7, 0.45), (24, 0.35), (96, 0.3)):
        spots = rng.normal(size=(cells, cells)).astype(np.float32)
        spots[-1], spots[:, -1] = spots[0], spots[:, 0]  # so that it has no edge when it is moved
        out += share * cv2.resize(spots, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    return out


def _soft(canvas: skia.Canvas, path: skia.Path, colour: Colour, alpha: float, blur: float) -> None:
    """A blurred patch; blur in cm."""
    paint = skia.Paint(Color4f=skia.Color4f(*colour, alpha), AntiAlias=True)
    if blur > 0:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur * UP))
    canvas.drawPath(path, paint)


def _blob(middle: np.ndarray, rx: float, ry: float) -> skia.Path:
    """An ellipse; radii in cm."""
    path = skia.Path()
    path.addOval(skia.Rect.MakeLTRB(*(middle - [rx * UP, ry * UP]).tolist(), *(middle + [rx * UP, ry * UP]).tolist()))
    return path


def _flush(canvas: skia.Canvas, skin: Skin, marks: np.ndarray) -> None:
    red = mix(skin.tone, (skin.tone[0], skin.tone[1] * 0.55, skin.tone[2] * 0.55), 0.8)
    for eye, jaw in ((marks[36:42], marks[2]), (marks[42:48], marks[14])):
        cheek = (eye.mean(axis=0) * 0.6 + jaw * 0.4) + [0, 1.5 * UP]
        _soft(canvas, _blob(cheek, 2.2, 1.5), red, 0.6 * skin.flush, 1.2)
        _soft(
            canvas, _blob(eye.mean(axis=0) + [0, 0.95 * UP], 1.4, 0.5), _darker(skin.tone, 0.75), skin.rings * 0.7, 0.3
        )
        _soft(canvas, _blob(eye.mean(axis=0) - [0, 0.5 * UP], 1.7, 0.7), _darker(skin.tone, 0.85), 0.5, 0.4)
    _soft(canvas, _blob(marks[30], 1.0, 0.9), red, 0.6 * skin.flush, 0.6)
    _soft(canvas, _blob(marks[8] - [0, 1.0 * UP], 1.5, 0.8), red, 0.3 * skin.flush, 0.7)
    for side in (0.02, 0.98):
        _soft(canvas, _blob(np.array([side * SIZE, marks[1, 1]]), 3.5, 3.0), red, 0.5 * skin.flush, 1.0)


def _darker(colour: Colour, share: float) -> Colour:
    """Skin in its own shade: blue goes first, red last."""
    return colour[0] * share**0.8, colour[1] * share, colour[2] * share**1.05


def _spots(canvas: skia.Canvas, skin: Skin, rng: np.random.Generator, marks: np.ndarray) -> None:
    brown = _darker(skin.tone, 0.62)
    for _ in range(skin.freckles):
        at = marks[30] + rng.normal(size=2) * [4.2 * UP, 1.6 * UP]
        r = float(rng.uniform(0.05, 0.13))
        _soft(canvas, _blob(at, r, r), brown, float(rng.uniform(0.2, 0.6)), 0.03)
    for _ in range(skin.moles):
        at = np.array([rng.uniform(marks[2, 0], marks[14, 0]), rng.uniform(marks[19, 1] - 60, marks[8, 1])])
        r = float(rng.uniform(0.08, 0.2))
        _soft(canvas, _blob(at, r, r), _darker(skin.tone, 0.4), float(rng.uniform(0.5, 0.9)), 0.02)


def _bearded(marks: np.ndarray) -> skia.Path:
    """Where a beard grows: cheeks below the ears, chin, round the mouth and the upper lip."""
    low = marks[2:15] + [0, 0.6 * UP]
    top = [marks[14], marks[13] * 0.75 + marks[54] * 0.25, marks[54] + [0.7 * UP, -0.9 * UP]]
    top += [marks[35] + [0, 0.35 * UP], marks[33] + [0, 0.4 * UP], marks[31] + [0, 0.35 * UP]]
    top += [marks[48] - [0.7 * UP, 0.9 * UP], marks[3] * 0.75 + marks[48] * 0.25, marks[2]]
    return polygon(np.concatenate([low, np.asarray(top)]))


def _stubble(pixels: np.ndarray, canvas: skia.Canvas, skin: Skin, rng: np.random.Generator, marks: np.ndarray) -> None:
    """A shadow on the skin, and in it short hairs, of which there is one field that is moved from person to person."""
    area = _bearded(marks)
    _soft(canvas, area, mix(skin.tone, skin.beard, 0.5), 0.75 * skin.stubble, 0.5)
    low = np.floor(marks[2:15].min(axis=0)).astype(int) - 20
    high = np.ceil(marks[2:15].max(axis=0)).astype(int) + 30
    here = (slice(max(low[1], 0), high[1]), slice(max(low[0], 0), high[0]))
    hairs = np.roll(_hairs(), tuple(rng.integers(SIZE, size=2).tolist()), (0, 1))[here]
    grown = np.zeros((SIZE, SIZE, 4), np.uint8)
    skia.Surface(grown).getCanvas().drawPath(area, skia.Paint(Color=0xFFFFFFFF, AntiAlias=True))
    share = np.clip(hairs - (1 - skin.stubble), 0, None) * (0.55 / 255) * grown[here][..., 0]
    colour = 255 * np.asarray(skin.beard, np.float32)
    painted = pixels[here][..., :3]
    painted += ((colour - painted) * share[..., None]).astype(np.int16).astype(np.uint8)


@lru_cache(maxsize=1)
def _hairs() -> np.ndarray:
    """(SIZE, SIZE) float32 hairs, 0 to 1, in all lengths."""
    rng = np.random.default_rng(0)
    out = np.zeros((SIZE, SIZE), np.float32)
    for at, tip in zip(rng.uniform(0, SIZE, (9000, 2)), rng.normal(0, 0.7, (9000, 2)) + [0, 1.5], strict=True):
        ends = np.round(np.stack([at, at + tip]) * 16).astype(int)
        cv2.line(out, ends[0].tolist(), ends[1].tolist(), float(rng.uniform(0.5, 1.2)), 1, cv2.LINE_AA, 4)
    return out


def _lines(canvas: skia.Canvas, skin: Skin, marks: np.ndarray, rng: np.random.Generator) -> None:
    """Folds beside the mouth, lines of the forehead and at the corners of the eyes."""
    dark = _darker(skin.tone, 0.6)
    strokes = []
    for wing, corner, side in ((marks[31], marks[48], -1), (marks[35], marks[54], 1)):
        fold = np.stack([wing + [side * 4, -6], (wing + corner) / 2 + [side * 12, 0], corner + [side * 9, 6]])
        strokes.append((smooth(fold), 2.6))
    middle, wide = (marks[21] + marks[22]) / 2, marks[26, 0] - marks[17, 0]
    for k in range(round(1 + 4 * skin.lines)):
        y = middle[1] - (1.4 + 0.9 * k) * UP
        x = middle[0] + wide * np.linspace(-0.36, 0.36, 6)
        strokes.append((smooth(np.column_stack([x, y + rng.normal(size=6) * 1.5])), 1.4))
    for outer, side in ((marks[36], -1), (marks[45], 1)):
        for slope in (-0.5, -0.1, 0.35):
            line = outer + np.array([[0.5, 0], [1.0, slope * 0.4], [1.7, slope]]) * [side * UP, UP]
            strokes.append((smooth(line), 1.0))
    for line, width in strokes:
        _soft(canvas, ribbon(line, width * taper(len(line))), dark, 0.75 * skin.lines, 0.06)


def _lips(canvas: skia.Canvas, skin: Skin, marks: np.ndarray) -> None:
    outer = polygon(smooth(marks[48:60], closed=True))
    _soft(canvas, outer, skin.lips, 0.8, 0.06)
    seam = np.concatenate([marks[[48, 60]], (marks[61:64] + marks[[67, 66, 65]]) / 2, marks[[64, 54]]])
    _soft(canvas, ribbon(smooth(seam), 2.0), _darker(skin.lips, 0.4), 0.7, 0.05)


def _lids(canvas: skia.Canvas, skin: Skin, marks: np.ndarray) -> None:
    for upper, lower in ((marks[36:40], marks[[36, 41, 40, 39]]), (marks[42:46], marks[[42, 47, 46, 45]])):
        if skin.shadow is not None:
            _soft(canvas, ribbon(smooth(upper) - [0, 0.4 * UP], 0.8 * UP), skin.shadow, 0.5, 0.2)
        _soft(canvas, ribbon(smooth(upper) - [0, 1.2], 4.0), (0.08, 0.05, 0.05), 0.45 + 0.5 * skin.liner, 0.04)
        _soft(canvas, ribbon(smooth(lower) + [0, 1.0], 2.0), (0.15, 0.08, 0.07), 0.25 + 0.4 * skin.liner, 0.05)


def _brows(canvas: skia.Canvas, skin: Skin, marks: np.ndarray, rng: np.random.Generator) -> None:
    """Hairs along the points, upright at the inner end and lying down towards the outer one."""
    for points, side in ((marks[17:22][::-1], -1.0), (marks[22:27], 1.0)):
        line = smooth(points, steps=10) - [0, skin.brow_lift * UP]
        thick = skin.brow_width * UP * np.interp(np.linspace(0, 1, len(line)), [0, 0.15, 0.6, 1], [0.65, 1, 0.85, 0.2])
        _soft(canvas, ribbon(line, thick), skin.brow, 0.6 * skin.brow_density, 0.1)
        count = round(260 * skin.brow_density)
        at = rng.uniform(0, len(line) - 1.001, count)
        first = at.astype(int)
        foot = line[first] + (line[first + 1] - line[first]) * (at - first)[:, None]
        foot[:, 1] += rng.uniform(-0.5, 0.5, count) * thick[first]
        lying = np.interp(at / len(line), [0, 0.3, 1], [0.25, 0.85, 1.0])
        way = np.column_stack([side * lying, -np.sqrt(1 - lying**2 * 0.96)])
        tip = foot + way * rng.uniform(2.5, 5.0, (count, 1))
        paint = skia.Paint(Color4f=skia.Color4f(*skin.brow, 0.75), AntiAlias=True, StrokeWidth=1.0)
        hairs = np.stack([foot, tip], axis=1).reshape(-1, 2)
        canvas.drawPoints(skia.Canvas.kLines_PointMode, [skia.Point(*p) for p in hairs.tolist()], paint)
