"""The drawing hand: paths, strokes that swell and taper, and one pen that knows the style of a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import skia

from charaface.synth.labels import PARTS

Colour = tuple[float, float, float]  # sRGB, 0 to 1


@dataclass(frozen=True)
class Style:
    """How a picture is drawn, whatever is in it. Lengths are in outer-eye distances of the face."""

    domain: str
    palette: str = "colour"  # colour, grey, ink (black, white and patterns)
    line_width: float = 0.02
    line_colour: Colour | None = (0.1, 0.08, 0.1)  # None: every line takes a darker tone of what it bounds
    outline: bool = True  # False: shapes without lines, as in flat vector art and painting
    shading: str = "cel"  # flat, cel, soft, hatch
    light: float = 1.0  # +1 light from image left, -1 from image right
    taper: bool = True
    wobble: float = 0.0  # unsteady hand, in outer-eye distances
    tone_size: float = 4.0  # pixels from dot to dot of a screentone
    tone_kind: str = "dots"  # dots, lines; none: a line drawing, whose hair and clothes are white


def luminance(colour: Colour) -> float:
    """Rec. 709 weights on the encoded values: what the eye takes for light and dark."""
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """a with a share of b in it."""
    x, y, z = ((1 - share) * p + share * q for p, q in zip(a, b, strict=True))
    return x, y, z


def shade(colour: Colour, amount: float) -> Colour:
    """A tone in shadow (amount > 0: darker, a little cooler) or in light (amount < 0)."""
    if amount < 0:
        return mix(colour, (1.0, 1.0, 1.0), -amount)
    r, g, b = (v * (1 - amount) for v in colour)
    return r, g * (1 - 0.08 * amount), min(1.0, b * (1 + 0.05 * amount))


def shade_skin(colour: Colour, amount: float) -> Colour:
    """Skin in shadow: darker, warmer and fuller, never grey."""
    r, g, b = colour
    return r * (1 - 0.45 * amount), g * (1 - 0.95 * amount), b * (1 - 0.8 * amount)


@lru_cache(maxsize=512)
def _polygon_frame(n: int, closed: bool) -> tuple[bytes, bytes]:
    """What stands before and after the n points of a polygon in Skia's own memory of it."""
    points = np.arange(2 * n, dtype=np.float32) + 0.5
    path = skia.Path.Polygon([skia.Point(x, y) for x, y in points.reshape(n, 2).tolist()], closed)
    before, after = path.writeToMemory().split(points.tobytes())
    return before, after


def polygon(points: np.ndarray, closed: bool = True) -> skia.Path:
    """A path through (N, 2) points; an empty path where there are none.

    The points go in as one block of memory: a call for every single point takes ten times as long.
    """
    if not len(points):
        return skia.Path()
    before, after = _polygon_frame(len(points), closed)
    path = skia.Path()
    path.readFromMemory(before + points.astype(np.float32).tobytes() + after)
    return path


def fixed(values: np.ndarray) -> np.ndarray:
    """The array made read-only, as one must be that a cache hands out."""
    values.flags.writeable = False
    return values


@lru_cache(maxsize=256)
def spread(low: float, high: float, n: int) -> np.ndarray:
    """(n,) evenly spaced numbers from low to high, both included; read-only."""
    return fixed(np.linspace(low, high, n))


def columns(first: np.ndarray, *others: np.ndarray | float) -> np.ndarray:
    """(N, K) array from K columns of N; all but the first may be single numbers. np.stack takes three times as long."""
    parts = (first, *others)
    out = np.empty((len(first), len(parts)))
    for k, part in enumerate(parts):
        out[:, k] = part
    return out


@lru_cache(maxsize=512)
def _spline(n: int, closed: bool, steps: int) -> np.ndarray:
    """(samples, n) weights that take n points to their Catmull-Rom curve."""
    t = np.arange(steps)[:, None] / steps
    one, cubic = np.ones_like(t), t**3
    square = t**2
    # of the points before, at the start, at the end and after a span
    weights = 0.5 * np.concatenate(
        [-t + 2 * square - cubic, 2 * one - 5 * square + 3 * cubic, t + 4 * square - 3 * cubic, cubic - square], axis=1
    )
    points = np.eye(n)
    if closed:
        around = np.concatenate([points[-1:], points, points[:2]])
    else:
        around = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    spans = [weights @ around[k : k + 4] for k in range(len(around) - 3)]
    return fixed(np.concatenate(spans if closed else [*spans, points[-1:]]))


def smooth(points: np.ndarray, closed: bool = False, steps: int = 8) -> np.ndarray:
    """A Catmull-Rom curve through (N, 2) or (N, 3) points, steps samples a span."""
    return np.asarray(_spline(len(points), closed, steps).dot(points))


def ribbon(points: np.ndarray, widths: np.ndarray | float) -> skia.Path:
    """The outline of a stroke along (N, 2) points whose full width changes along the way."""
    n = len(points)
    at = np.empty(n, np.complex128)  # x + iy: a quarter turn is a product with i
    at.real, at.imag = points[:, 0], points[:, 1]
    along = np.empty_like(at)
    np.subtract(at[2:], at[:-2], out=along[1:-1])
    along[0], along[-1] = at[1] - at[0], at[-1] - at[-2]
    along *= 0.5j * widths / np.maximum(np.abs(along), 1e-9)
    outline = np.empty(2 * n, np.complex128)
    np.add(at, along, out=outline[:n])
    np.subtract(at, along, out=outline[: n - 1 : -1])
    return polygon(outline.view(np.float64).reshape(-1, 2))


@lru_cache(maxsize=512)
def taper(n: int, start: float = 0.0, end: float = 0.0, power: float = 0.7) -> np.ndarray:
    """(n,) widths from start over 1 in the middle to end; read-only."""
    t = np.linspace(0, 1, n)
    swell = np.sin(np.pi * t) ** power
    floor = np.where(t < 0.5, start, end)
    return fixed(floor + (1 - floor) * swell)


def arc_resample(points: np.ndarray, n: int) -> np.ndarray:
    """n points at equal distances along a polyline of (N, 2) points."""
    dx, dy = (points[1:] - points[:-1]).T
    along = np.zeros(len(points))
    np.cumsum(np.sqrt(dx * dx + dy * dy), out=along[1:])
    want = along[-1] * spread(0, 1, n)
    out = np.empty((n, 2))
    for k in (0, 1):
        out[:, k] = np.interp(want, along, points[:, k])
    return out


@lru_cache(maxsize=64)
def circle(n: int) -> np.ndarray:
    """(n, 2) points of the unit circle from (1, 0), towards positive y; read-only."""
    t = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return fixed(np.stack([np.cos(t), np.sin(t)], axis=1))


def ellipse(cx: float, cy: float, rx: float, ry: float, angle: float = 0.0, *, n: int = 32) -> np.ndarray:
    """(n, 2) points of an ellipse turned by angle (radians)."""
    c, s = math.cos(angle), math.sin(angle)
    shape = circle(n).dot(np.array([[rx * c, rx * s], [-ry * s, ry * c]]))
    shape += (cx, cy)
    return np.asarray(shape)


_BLACK = 0.22  # luminance below which ink fills a shape
_APART = 0.18  # of luminance, and half of what a channel takes: two tones further apart are told from each other
# In ink, skin stays the white of the paper.
_WHITE = tuple(PARTS.index(p) for p in ("skin", "neck", "ear", "nose"))
# ... and so does all of these in a line drawing.
_BLANK = tuple(PARTS.index(p) for p in ("body", "hair", "hat", "mouth"))


def ellipse_at(middle: np.ndarray, rx: float, ry: float, angle: float = 0.0, *, n: int = 32) -> np.ndarray:
    """(n, 2) points of an ellipse round a (2,) middle."""
    return ellipse(float(middle[0]), float(middle[1]), rx, ry, angle, n=n)


_TONES: dict[tuple[str, int], skia.Image] = {}


def _tone_tile(kind: str, level: int) -> skia.Image:
    """An 8 by 8 px tile, black on clear, dark for level 0 to light for level 7; drawn once."""
    key = (kind, level)
    if key not in _TONES:
        yy, xx = np.mgrid[0:16, 0:16] + 0.5
        if kind == "dots":
            d = np.minimum.reduce(
                [np.hypot(xx - cx, yy - cy) for cx, cy in ((0, 0), (16, 0), (0, 16), (16, 16), (8, 8))]
            )
            cover = np.clip(7.2 * np.sqrt(1 - level / 8) - d + 0.5, 0, 1)
        else:
            d = np.abs((xx + yy) % 8 - 4)
            cover = np.clip(3.4 * (1 - level / 8) - d + 0.5, 0, 1)
        tile = np.zeros((16, 16, 4), np.uint8)
        tile[..., 3] = (cover * 255).astype(np.uint8)
        _TONES[key] = skia.Image.fromarray(tile)
    return _TONES[key]


def _round(width: float) -> dict[str, Any]:
    """What makes a paint that fills one that strokes, with round ends."""
    cap, join = skia.Paint.kRound_Cap, skia.Paint.kRound_Join
    return {"Style": skia.Paint.kStroke_Style, "StrokeWidth": width, "StrokeCap": cap, "StrokeJoin": join}


@dataclass
class Pen:
    """Draws paths in canvas pixels in one style, and remembers what covers what where masks are wanted."""

    canvas: skia.Canvas
    style: Style
    unit: float  # canvas pixels of one outer-eye distance
    record: list[tuple[skia.Path, int, float]] | None = None  # path, part, stroke width in pixels (0: filled)
    _clips: list[skia.Path] = field(default_factory=list)
    clipped: dict[int, list[skia.Path]] = field(default_factory=dict)  # index in record to its clips

    def fill(self, path: skia.Path, colour: Colour, part: int | None = None, alpha: float = 1.0) -> None:
        """A shape filled with a colour, or with what stands for it in a grey or inked picture."""
        style = self.style
        if style.palette == "ink":
            self._ink(path, colour, alpha, part)
        else:
            if style.palette == "grey":
                colour = (luminance(colour),) * 3
            self.canvas.drawPath(path, skia.Paint(Color4f=skia.Color4f(*colour, alpha), AntiAlias=True))
        self._note(path, part if alpha > 0.6 else None, 0.0)

    def _ink(self, path: skia.Path, colour: Colour, alpha: float, part: int | None) -> None:
        skin = colour[0] > colour[1] > colour[2] and part in _WHITE
        level = 1.0 if skin else luminance(colour) if alpha > 0.6 else 1 - alpha * (1 - luminance(colour))
        if self.style.tone_kind == "none" and part in _BLANK:
            level = 1.0
        if alpha > 0.6:
            base = 0.05 if level < _BLACK else 1.0
            paint = skia.Paint(Color4f=skia.Color4f(base, base, base, 1), AntiAlias=True)
            self.canvas.drawPath(path, paint)
        if _BLACK <= level < 0.8 and self.style.tone_kind != "none":
            tile = _tone_tile(self.style.tone_kind, int(np.clip((level - 0.1) * 10, 0, 7)))
            k = self.style.tone_size / 11
            matrix = skia.Matrix.Scale(k, k)
            matrix.preRotate(45 if self.style.tone_kind == "lines" else 0)
            repeat = skia.TileMode.kRepeat
            sampling = skia.SamplingOptions(skia.FilterMode.kLinear)
            shader = tile.makeShader(repeat, repeat, sampling, matrix)
            self.canvas.drawPath(path, skia.Paint(Shader=shader, AntiAlias=True))

    def gradient(
        self, path: skia.Path, stops: list[Colour], a: np.ndarray, b: np.ndarray, part: int | None = None
    ) -> None:
        """A shape filled from the first colour at point a to the last at point b."""
        if self.style.palette == "ink":
            self.fill(path, stops[len(stops) // 2], part)
            return
        if self.style.palette == "grey":
            stops = [(luminance(c),) * 3 for c in stops]
        colours = [skia.Color4f(*c, 1).toColor() for c in stops]
        points = [skia.Point(float(a[0]), float(a[1])), skia.Point(float(b[0]), float(b[1]))]
        shader = skia.GradientShader.MakeLinear(points=points, colors=colours)
        self.canvas.drawPath(path, skia.Paint(Shader=shader, AntiAlias=True))
        self._note(path, part, 0.0)

    def glow(self, path: skia.Path, colour: Colour, alpha: float, blur: float) -> None:
        """A shape with soft edges; blur in outer-eye distances. In an inked picture nothing."""
        if self.style.palette == "ink":
            return
        if self.style.palette == "grey":
            colour = (luminance(colour),) * 3
        sigma = max(0.3, blur * self.unit)
        mask = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, sigma)
        paint = skia.Paint(Color4f=skia.Color4f(*colour, alpha), AntiAlias=True, MaskFilter=mask)
        self.canvas.drawPath(path, paint)

    def line_of(self, local: Colour) -> Colour:
        """The colour a line takes beside a local colour."""
        if self.style.palette == "ink":
            return (0.03, 0.03, 0.03)
        return self.style.line_colour if self.style.line_colour is not None else shade(local, 0.55)

    def apart(self, a: Colour, b: Colour) -> bool:
        """Whether a mark of colour a is to be seen on what is filled with colour b."""
        if self.style.palette == "ink":
            return (luminance(a) < 0.5) == (luminance(b) >= _BLACK or self.style.tone_kind == "none")
        if abs(luminance(a) - luminance(b)) > _APART:
            return True
        return self.style.palette == "colour" and max(abs(x - y) for x, y in zip(a, b, strict=True)) > 2 * _APART

    def stroke(
        self,
        points: np.ndarray,
        local: Colour,
        width: float = 1.0,
        closed: bool = False,
        ends: float = 0.25,
        part: int | None = None,
    ) -> None:
        """A line through (N, 2) points in the style's width times width; its ends taper where the style does."""
        if not self.style.outline and width <= 1.01:
            return
        full = max(0.7, self.style.line_width * width * self.unit)
        if self.style.taper and not closed and len(points) > 2:
            path = ribbon(points, full * taper(len(points), ends, ends))
            self.mark(path, self.line_of(local), part)
            return
        colour = self.line_of(local)
        if self.style.palette == "grey":
            colour = (luminance(colour),) * 3
        path = polygon(points, closed)
        self.canvas.drawPath(path, skia.Paint(Color4f=skia.Color4f(*colour, 1), AntiAlias=True, **_round(full)))
        self._note(path, part, full)

    def mark(self, path: skia.Path, colour: Colour, part: int | None = None, alpha: float = 1.0) -> None:
        """A shape in solid ink, never a pattern: lashes, brows, lines."""
        if self.style.palette == "ink":
            colour = (0.03,) * 3 if luminance(colour) < 0.5 else (1.0,) * 3
        elif self.style.palette == "grey":
            colour = (luminance(colour),) * 3
        self.canvas.drawPath(path, skia.Paint(Color4f=skia.Color4f(*colour, alpha), AntiAlias=True))
        self._note(path, part, 0.0)

    def hatch(self, path: skia.Path, local: Colour, gap: float, angle: float, width: float = 0.6) -> None:
        """Parallel lines inside a shape; gap in outer-eye distances."""
        bounds = path.getBounds()
        cx, cy = bounds.centerX(), bounds.centerY()
        r = 0.5 * float(np.hypot(bounds.width(), bounds.height()))
        step = max(1.6, gap * self.unit)
        n = min(60, int(2 * r / step))
        c, s = np.cos(angle), np.sin(angle)
        lines = skia.Path()
        for k in range(-n // 2, n // 2 + 1):
            ox, oy = cx - s * k * step, cy + c * k * step
            lines.moveTo(ox - c * r, oy - s * r)
            lines.lineTo(ox + c * r, oy + s * r)
        paint = skia.Paint(
            Color4f=skia.Color4f(*self.line_of(local), 1),
            AntiAlias=True,
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=max(0.5, self.style.line_width * width * self.unit),
        )
        with self.clip(path):
            self.canvas.drawPath(lines, paint)

    @contextmanager
    def clip(self, path: skia.Path) -> Iterator[None]:
        """Nothing drawn inside the with block leaves the path."""
        self.canvas.save()
        self.canvas.clipPath(path, doAntiAlias=True)
        self._clips.append(path)
        try:
            yield
        finally:
            self._clips.pop()
            self.canvas.restore()

    def _note(self, path: skia.Path, part: int | None, width: float) -> None:
        if self.record is not None and part is not None:
            if self._clips:
                self.clipped[len(self.record)] = list(self._clips)
            self.record.append((path, part, width))


def replay_masks(pen: Pen, width: int, height: int) -> np.ndarray:
    """The (height, width) uint8 map of parts from what a recording pen drew, a later part over an earlier one."""
    rgba = np.zeros((height, width, 4), np.uint8)
    canvas = skia.Surface(rgba).getCanvas()
    for k, (path, part, thick) in enumerate(pen.record or []):
        paint = skia.Paint(Color=skia.Color(part, 0, 0), AntiAlias=False, **(_round(thick) if thick else {}))
        clips = pen.clipped.get(k)
        if not clips:
            canvas.drawPath(path, paint)
            continue
        canvas.save()
        for outline in clips:
            canvas.clipPath(outline, doAntiAlias=False)
        canvas.drawPath(path, paint)
        canvas.restore()
    return rgba[..., 0].copy()
