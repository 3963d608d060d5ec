"""A brush that draws shapes in one ink: paths by few points, fills with their shading, outlines that match."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import skia

from charaface.synth.stage.ink import Ink, darker, fade, lighter, luminance, tone_tile

Points = Sequence[tuple[float, float]]


def blob(points: Points, closed: bool = True) -> skia.Path:
    """A smooth path through the points (Catmull-Rom)."""
    path = skia.Path()
    path.moveTo(*points[0])
    around = [points[-1], *points, points[0], points[1 % len(points)]] if closed else [points[0], *points, points[-1]]
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in zip(around, around[1:], around[2:], around[3:], strict=False):
        path.cubicTo(bx + (cx - ax) / 6, by + (cy - ay) / 6, cx - (dx - bx) / 6, cy - (dy - by) / 6, cx, cy)
    if closed:
        path.close()
    return path


def poly(points: Points, closed: bool = True) -> skia.Path:
    """A path of straight lines."""
    path = skia.Path()
    path.moveTo(*points[0])
    for p in points[1:]:
        path.lineTo(*p)
    if closed:
        path.close()
    return path


def oval(x: float, y: float, rx: float, ry: float | None = None) -> skia.Path:
    """An ellipse about (x, y)."""
    ry = rx if ry is None else ry
    path = skia.Path()
    path.addOval(skia.Rect(x - rx, y - ry, x + rx, y + ry))
    return path


def slab(x0: float, y0: float, x1: float, y1: float, radius: float = 0.0) -> skia.Path:
    """A box with round corners."""
    path = skia.Path()
    path.addRoundRect(skia.Rect(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), radius, radius)
    return path


def tube(points: Points, widths: Sequence[float], blunt: bool = True) -> skia.Path:
    """A limb: a closed outline round the middle line with these full widths; blunt ends are rounded."""
    n = len(points)
    left, right = [], []
    for i, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[max(i - 1, 0)], points[min(i + 1, n - 1)]
        away = math.hypot(bx - ax, by - ay) or 1e-9
        half = _between(widths, i / (n - 1)) / 2
        dx, dy = (bx - ax) / away * half, (by - ay) / away * half
        left.append((x - dy, y + dx))
        right.append((x + dy, y - dx))
        if blunt and i == 0:
            start = (x - dx, y - dy)
        elif blunt and i == n - 1:
            left.append((x + dx, y + dy))
    ring = left + right[::-1]
    if blunt:
        ring.append(start)
    return blob(ring)


def _between(values: Sequence[float], t: float) -> float:
    """The value at share t of the way along evenly spaced values."""
    at = t * (len(values) - 1)
    i = min(int(at), len(values) - 2)
    return values[i] + (values[i + 1] - values[i]) * (at - i)


def bend(a: tuple[float, float], b: tuple[float, float], sag: float, count: int = 6) -> list[tuple[float, float]]:
    """Points of an arc from a to b whose middle lies sag times its length to the side."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    points = []
    for i in range(count):
        t = i / (count - 1)
        off = 4 * t * (1 - t) * sag
        points.append((a[0] + dx * t - dy * off, a[1] + dy * t + dx * off))
    return points


def star(x: float, y: float, outer: float, inner: float, count: int, turn: float = -np.pi / 2) -> skia.Path:
    """A star or a burst with count tips."""
    angles = turn + np.arange(2 * count) * np.pi / count
    radii = np.where(np.arange(2 * count) % 2 == 0, outer, inner)
    return poly([(float(x + r * np.cos(a)), float(y + r * np.sin(a))) for a, r in zip(angles, radii, strict=True)])


class Brush:
    """Draws on a canvas in one ink. unit is canvas pixels per unit of the coordinates in use."""

    def __init__(self, canvas: skia.Canvas, rng: np.random.Generator, ink: Ink, unit: float = 1.0) -> None:
        self.canvas, self.rng, self.ink, self.unit = canvas, rng, ink, unit

    def u(self, low: float, high: float) -> float:
        """A number between low and high."""
        return float(low + (high - low) * self.rng.random())  # what uniform draws, in half the time

    def n(self, low: int, high: int) -> int:
        """A whole number from low to high, both possible."""
        return int(self.rng.integers(low, high + 1))

    def chance(self, p: float) -> bool:
        """True with probability p."""
        return bool(self.rng.random() < p)

    def pick(self, values: Sequence[int]) -> int:
        """One of some colours."""
        return int(values[int(self.rng.integers(len(values)))])

    def colour(self) -> int:
        """A fill of the palette."""
        return self.pick(self.ink.palette)

    def warm(self, colour: int) -> int:
        """The colour as this ink can show it: a grey of the same brightness where the drawing is grey."""
        if not self.ink.grey:
            return colour
        v = int(luminance(colour) * 255)
        return (colour & 0xFF000000) | v << 16 | v << 8 | v

    @contextmanager
    def placed(
        self,
        x: float,
        y: float,
        scale: float = 1.0,
        angle: float = 0.0,
        flip: bool = False,
        squash: float = 1.0,
    ) -> Iterator[Brush]:
        """This brush with its origin at (x, y), turned by angle degrees, mirrored if flip."""
        self.canvas.save()
        self.canvas.translate(x, y)
        if angle:
            self.canvas.rotate(angle)
        self.canvas.scale(-scale if flip else scale, scale * squash)
        try:
            yield Brush(self.canvas, self.rng, self.ink, self.unit * scale)
        finally:
            self.canvas.restore()

    @contextmanager
    def inside(self, path: skia.Path) -> Iterator[Brush]:
        """This brush, with all that leaves the path cut off."""
        self.canvas.save()
        self.canvas.clipPath(path, skia.ClipOp.kIntersect, True)
        try:
            yield self
        finally:
            self.canvas.restore()

    def shape(self, path: skia.Path, colour: int, shade: bool = True, line: bool = True, width: float = 1.0) -> None:
        """Fills the path in the ink's way of shading, then outlines it."""
        if shade and self.ink.shade != "flat":
            self._shaded(path, colour)
        else:
            self.flat(path, colour)
        if line:
            self.line(path, width)

    def merged(self, paths: Sequence[skia.Path], colour: int, line: bool = True) -> None:
        """Fills overlapping parts of one body: outlined round all of them, not where they meet."""
        if line:
            for path in paths:
                self.line(path, 2.0)
        for path in paths:
            self.shape(path, colour, line=False)

    def flat(self, path: skia.Path, colour: int) -> None:
        """Fills the path with one colour."""
        self.canvas.drawPath(path, skia.Paint(Color=colour, AntiAlias=True))

    def dot(self, x: float, y: float, r: float, colour: int) -> None:
        """A round spot without outline."""
        self.canvas.drawCircle(x, y, r, skia.Paint(Color=colour, AntiAlias=True))

    def box(self, x0: float, y0: float, x1: float, y1: float, colour: int) -> None:
        """A plain box without outline."""
        self.canvas.drawRect(skia.Rect(x0, y0, x1, y1), skia.Paint(Color=colour, AntiAlias=True))

    def line(self, path: skia.Path | Points, width: float = 1.0, colour: int | None = None) -> None:
        """Strokes a path, or a smooth curve through points, with width times the ink's outline.

        Without a colour, drawings that have no outlines get none.
        """
        colour = self.ink.line if colour is None else colour
        if not colour >> 24:
            return
        self.streak(path, self.ink.width * width / self.unit, colour)

    def detail(self, points: skia.Path | Points, width: float = 0.8, colour: int | None = None) -> None:
        """A line that belongs to the form, a fold or a seam: drawn in shade colour where things have no outline."""
        if not self.ink.line >> 24:
            tint = darker(colour if colour is not None else self.ink.palette[0], 0.35)
            self.streak(points, 1.3 * width / self.unit, fade(tint, 0.7))
        else:
            self.line(points, width)

    def streak(self, path: skia.Path | Points, width: float, colour: int, round_ends: bool = True) -> None:
        """Strokes with a width in present units."""
        if not isinstance(path, skia.Path):
            path = blob(path, closed=False) if len(path) > 2 else poly(path, closed=False)
        paint = skia.Paint(Color=colour, AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=width)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        if round_ends:
            paint.setStrokeCap(skia.Paint.kRound_Cap)
        if self.ink.rough:
            step, reach = 6 / self.unit, self.ink.rough / self.unit
            paint.setPathEffect(skia.DiscretePathEffect.Make(step, reach, self.n(0, 1 << 30)))
        self.canvas.drawPath(path, paint)

    def taper(self, points: Points, width: float = 2.0, colour: int | None = None) -> None:
        """A brush line that swells to width times the outline and ends in points."""
        colour = self.ink.line if colour is None else colour
        if colour >> 24:
            w = self.ink.width * width / self.unit
            self.flat(tube(points, [0.05 * w, w, 0.05 * w], blunt=False), colour)

    def tone(self, path: skia.Path, share: float, white: bool = False) -> None:
        """Lays a screentone of round dots over the path."""
        self.canvas.drawPath(path, skia.Paint(Shader=self._tone(share, white), AntiAlias=True))

    def gradient(self, path: skia.Path, a: int, b: int, angle: float = 90.0) -> None:
        """Fills the path from colour a to b along angle degrees (90: downwards)."""
        r = path.getBounds()
        c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        reach = (abs(c) * r.width() + abs(s) * r.height()) / 2
        ends = [
            (r.centerX() - c * reach, r.centerY() - s * reach),
            (r.centerX() + c * reach, r.centerY() + s * reach),
        ]
        shader = skia.GradientShader.MakeLinear([skia.Point(float(x), float(y)) for x, y in ends], [a, b])
        self.canvas.drawPath(path, skia.Paint(Shader=shader, AntiAlias=True))

    def glow(self, x: float, y: float, r: float, colour: int, edge: float = 0.0) -> None:
        """A soft light: opaque in the middle, gone at radius r; edge over 0.5 keeps it even up to that share."""
        alpha = (colour >> 24) / 255
        colours = [colour, fade(colour, alpha * (0.6 if edge else 0.3)), fade(colour, 0)]
        shader = skia.GradientShader.MakeRadial(skia.Point(x, y), r, colours, [0.0, max(edge, 0.5), 1.0])
        self.canvas.drawCircle(x, y, r, skia.Paint(Shader=shader))

    def hatch(self, path: skia.Path, spacing: float, angle: float, width: float = 0.6, upto: float = 1.0) -> None:
        """Parallel pen lines inside the path; upto under 1 leaves the lit side free. spacing in canvas pixels."""
        r = path.getBounds()
        reach = float(np.hypot(r.width(), r.height())) / 2
        count = int(min(2 * reach * self.unit / spacing, 60))
        if count < 2:
            return
        lines = skia.Path()
        with self.inside(path):
            self.canvas.translate(r.centerX(), r.centerY())
            self.canvas.rotate(angle)
            for i in range(int(count * (1 - upto)), count):
                y = -reach + 2 * reach * i / count
                lines.moveTo(-reach, y)
                lines.lineTo(reach, y + reach * 0.02)
            colour = self.ink.line or fade(darker(self.ink.palette[0], 0.6), 0.6)
            thin = max(self.ink.width * width, 0.5) / self.unit
            paint = skia.Paint(Color=colour, AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=thin)
            self.canvas.drawPath(lines, paint)

    def _shaded(self, path: skia.Path, colour: int) -> None:
        lx, ly = self.ink.light
        r = path.getBounds()
        size = max(r.width(), r.height())
        if size * self.unit < 6:  # too small for its shade to be seen
            self.flat(path, colour)
            return
        match self.ink.shade:
            case "soft":
                angle = float(np.degrees(np.arctan2(-ly, -lx)))
                self.gradient(path, lighter(colour, 0.18), darker(colour, 0.38), angle)
            case "cel":
                self.flat(path, darker(colour, 0.3))
                with self.inside(path):
                    self.canvas.translate(lx * size * 0.13, ly * size * 0.13)
                    self.flat(path, colour)
            case "tone":
                self.flat(path, colour)
                if size * self.unit > 14 and luminance(colour) > 0.3:
                    with self.inside(path):
                        self.canvas.translate(-lx * size * 0.55, -ly * size * 0.55)
                        self.tone(path, self.u(0.15, 0.4))
            case _:
                self.flat(path, colour)
                if size * self.unit > 14 and luminance(colour) > 0.3:
                    angle = float(np.degrees(np.arctan2(-ly, -lx))) - 90
                    self.hatch(path, self.u(2.5, 5), angle, upto=self.u(0.3, 0.6))

    def _tone(self, share: float, white: bool) -> skia.Shader:
        steps = round(share * 16) / 16
        image = tone_tile(self.ink.tone, max(steps, 0.07), white)
        back = skia.Matrix()
        self.canvas.getTotalMatrix().invert(back)
        back.preRotate(45)
        repeat = skia.TileMode.kRepeat
        return image.makeShader(repeat, repeat, skia.SamplingOptions(skia.FilterMode.kLinear), back)
