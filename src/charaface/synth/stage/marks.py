"""Marks on a page that are no thing: writing without a font, balloons, speed lines, sparkles, boxes of a screen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import skia

from charaface.synth.stage.brush import Brush, bend, blob, oval, poly, slab, star
from charaface.synth.stage.ink import darker, fade, hsv, lighter


class Area(NamedTuple):
    """A part of the canvas in present units, x right, y down."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def at(self, fx: float, fy: float) -> tuple[float, float]:
        """The point at these shares of width and height."""
        return self.x0 + fx * self.width, self.y0 + fy * self.height

    def inset(self, by: float) -> Area:
        return Area(self.x0 + by, self.y0 + by, self.x1 - by, self.y1 - by)


def writing(brush: Brush, area: Area, size: float, colour: int, script: str | None = None) -> None:
    """Lines of made-up writing, size units high: cursive, upright glyphs, square signs or plain bars."""
    script = script or str(brush.rng.choice(["cursive", "glyphs", "signs", "bars", "glyphs"]))
    y = area.y0 + size
    stroke = max(size * brush.u(0.08, 0.2), 0.7 / brush.unit)
    path = skia.Path()
    centred, rows = brush.chance(0.6), 0
    while y <= area.y1 + size * 0.1 and rows < 14:
        length = area.width * brush.u(0.45, 1.0)
        start = area.x0 + ((area.width - length) / 2 if centred else 0)
        _WRITERS[script](brush, path, start, start + length, y, size)
        y += size * 1.5
        rows += 1
    brush.streak(path, stroke, colour)


def _cursive(brush: Brush, path: skia.Path, x0: float, x1: float, y: float, size: float) -> None:
    step = size * 0.45
    count = min(int((x1 - x0) / step), 60)
    heights = brush.rng.choice([0.35, 0.45, 0.5, 0.95], count + 1) * size
    path.moveTo(x0, y)
    for i in range(count):
        x = x0 + i * step
        if brush.chance(0.13):
            path.moveTo(x + step, y)
        else:
            path.cubicTo(x + step * 0.2, y - heights[i], x + step * 0.9, y - heights[i], x + step, y)


def _glyphs(brush: Brush, path: skia.Path, x0: float, x1: float, y: float, size: float) -> None:
    """Letters of one to three strokes: bars, bows and slants on a base line."""
    x = x0
    for _ in range(60):
        wide = size * brush.u(0.35, 0.75)
        if x + wide > x1:
            return
        if not brush.chance(0.15):
            top = y - size * (1.0 if brush.chance(0.6) else 0.65)
            form = brush.n(0, 6)
            if form in (0, 1, 5):
                path.moveTo(x, y)
                path.lineTo(x, top)
            if form in (1, 2):
                path.addArc(skia.Rect(x, top, x + wide, y), brush.u(-90, 40), brush.u(160, 330))
            if form in (3, 5):
                path.moveTo(x, top)
                path.lineTo(x + wide, y)
                path.moveTo(x + wide, top)
                path.lineTo(x + (0 if brush.chance(0.5) else wide), y)
            if form in (0, 4, 6):
                path.moveTo(x, (y + top) / 2 if form == 0 else top)
                path.lineTo(x + wide, (y + top) / 2 if form == 0 else top)
            if form in (4, 6):
                path.moveTo(x + wide / 2, top)
                path.lineTo(x + wide / 2 - (wide * 0.3 if form == 6 else 0), y)
        x += wide + size * 0.2


def _signs(brush: Brush, path: skia.Path, x0: float, x1: float, y: float, size: float) -> None:
    """Square signs of many strokes, as east Asian writing looks from afar."""
    x = x0
    for _ in range(30):
        if x + size > x1:
            return
        for _ in range(brush.n(2, 5)):
            ax, ay = x + size * brush.u(0.05, 0.5), y - size * brush.u(0.05, 0.95)
            path.moveTo(ax, ay)
            turn = brush.n(0, 2)
            dx = size * (brush.u(0.3, 0.5) if turn != 1 else brush.u(-0.1, 0.1))
            dy = size * (brush.u(-0.05, 0.05) if turn == 0 else brush.u(0.2, 0.5))
            path.quadTo(ax + dx, ay, min(ax + dx, x + size * 0.95), min(ay + dy, y))
        x += size * 1.12


def _bars(brush: Brush, path: skia.Path, x0: float, x1: float, y: float, size: float) -> None:
    x = x0
    while x < x1 - size * 0.3:
        length = min(size * brush.u(0.4, 3.0), x1 - x)
        path.moveTo(x, y - size * 0.3)
        path.lineTo(x + length, y - size * 0.3)
        x += length + size * 0.5


_WRITERS = {"cursive": _cursive, "glyphs": _glyphs, "signs": _signs, "bars": _bars}


def lettering(brush: Brush, area: Area) -> None:
    """A few huge letters with an outline, as titles and sounds in comics are drawn."""
    count = brush.n(2, 7)
    size = min(area.height, area.width / count / 0.8)
    fill = brush.pick([0xFFFFFFFF, 0xFF101010, brush.colour()])
    rim = 0xFF101010 if fill != 0xFF101010 else 0xFFFFFFFF
    for i in range(count):
        x, y = area.x0 + (i + 0.5) * area.width / count, (area.y0 + area.y1) / 2
        path = skia.Path()
        with brush.placed(x, y, size, brush.u(-12, 12)) as p:
            _glyphs(p, path, -0.3, 0.35, 0.45, 0.85)
            if p.chance(0.3):
                path.addOval(skia.Rect(-0.25, -0.35, 0.3, 0.4))
            p.streak(path, 0.3, rim)
            p.streak(path, 0.17, fill)


def balloon(brush: Brush, area: Area, tail: tuple[float, float] | None = None, written: bool = True) -> skia.Path:
    """A speech balloon with its writing; the tail points at tail. Gives its outline."""
    cx, cy = area.at(0.5, 0.5)
    rx, ry = area.width / 2, area.height / 2
    kind = brush.n(0, 5)
    fill = brush.ink.paper if brush.chance(0.15) else 0xFFFFFFFF
    if kind == 0:
        path = _burst(brush, cx, cy, rx, ry)
    elif kind == 1:
        path = slab(*area, radius=min(rx, ry) * brush.u(0, 0.6))
    elif kind == 2:
        path = _cloud(brush, cx, cy, rx, ry)
    else:
        path = oval(cx, cy, rx, ry)
    if tail is not None and kind != 2:
        path = skia.Op(path, _tail(cx, cy, rx, ry, tail), skia.PathOp.kUnion_PathOp) or path
    brush.flat(path, fade(fill, 0.85) if brush.chance(0.1) else fill)
    brush.streak(path, max(brush.ink.width, 1.0) / brush.unit, brush.ink.line or 0xFF303030)
    if kind == 2 and tail is not None:
        for t, r in ((0.55, 0.13), (0.75, 0.08), (0.9, 0.05)):
            bubble = oval(cx + (tail[0] - cx) * t, cy + (tail[1] - cy) * t, min(rx, ry) * r * 1.5)
            brush.shape(bubble, fill, shade=False)
    if written:
        inner = Area(cx - rx * 0.68, cy - ry * 0.62, cx + rx * 0.68, cy + ry * 0.62)
        writing(brush, inner, inner.height / brush.n(1, 4) / 1.5, 0xFF181818)
    return path


def _tail(cx: float, cy: float, rx: float, ry: float, tip: tuple[float, float]) -> skia.Path:
    away = np.hypot(tip[0] - cx, tip[1] - cy) + 1e-6
    side = min(rx, ry) * 0.28
    nx, ny = -(tip[1] - cy) / away * side, (tip[0] - cx) / away * side
    path = skia.Path()
    path.moveTo(float(cx + nx), float(cy + ny))
    path.quadTo(float((cx + tip[0]) / 2 + nx), float((cy + tip[1]) / 2 + ny), *tip)
    path.quadTo(float((cx + tip[0]) / 2), float((cy + tip[1]) / 2), float(cx - nx), float(cy - ny))
    path.close()
    return path


def _burst(brush: Brush, cx: float, cy: float, rx: float, ry: float) -> skia.Path:
    count = brush.n(10, 26)
    angles = np.arange(2 * count) * np.pi / count
    radii = np.where(np.arange(2 * count) % 2 == 0, brush.rng.uniform(0.95, 1.25, 2 * count), 0.78)
    return poly(
        [(float(cx + rx * r * np.cos(a)), float(cy + ry * r * np.sin(a))) for a, r in zip(angles, radii, strict=True)]
    )


def _cloud(brush: Brush, cx: float, cy: float, rx: float, ry: float) -> skia.Path:
    count = brush.n(6, 11)
    path = oval(cx, cy, rx * 0.85, ry * 0.82)
    for i in range(count):
        a = 2 * np.pi * i / count
        puff = oval(float(cx + rx * 0.72 * np.cos(a)), float(cy + ry * 0.7 * np.sin(a)), rx * 0.3, ry * 0.34)
        path = skia.Op(path, puff, skia.PathOp.kUnion_PathOp) or path
    return path


def focus_lines(brush: Brush, area: Area, colour: int, clear: float = 0.4) -> None:
    """Wedges from the rim towards a middle that stays free."""
    cx, cy = area.at(brush.u(0.35, 0.65), brush.u(0.35, 0.65))
    reach = area.width + area.height
    path = skia.Path()
    for a in brush.rng.uniform(0, 2 * np.pi, brush.n(30, 110)):
        half = brush.u(0.004, 0.02)
        start = min(area.width, area.height) * clear * brush.u(0.7, 1.5)
        tip = (cx + start * np.cos(a), cy + start * np.sin(a))
        ends = [(cx + reach * np.cos(a + h), cy + reach * np.sin(a + h)) for h in (-half, half)]
        path.addPoly([skia.Point(float(x), float(y)) for x, y in (tip, *ends)], True)
    brush.flat(path, colour)


def speed_lines(brush: Brush, area: Area, colour: int) -> None:
    """Long thin parallel wedges."""
    with brush.inside(slab(*area)):
        cx, cy = area.at(0.5, 0.5)
        reach = (area.width + area.height) / 2
        angle = float(brush.rng.choice([0, 0, 90, brush.u(0, 180)]))
        with brush.placed(cx, cy, 1.0, angle):
            path = skia.Path()
            for y in brush.rng.uniform(-reach, reach, brush.n(15, 70)):
                x0, x1 = brush.u(-reach, 0), brush.u(0, reach)
                wide = reach * brush.u(0.002, 0.012)
                ends = [(x0, y), (x1, y - wide), (x1, y + wide)]
                path.addPoly([skia.Point(float(x), float(v)) for x, v in ends], True)
            brush.flat(path, colour)


def sparkles(brush: Brush, area: Area, count: int) -> None:
    """Four-pointed stars, bubbles and hearts strewn about."""
    form = brush.n(0, 3)
    colour = 0xFFFFFFFF if brush.chance(0.6) else lighter(brush.colour())
    for _ in range(count):
        x, y = area.at(brush.u(0, 1), brush.u(0, 1))
        r = min(area.width, area.height) * brush.u(0.01, 0.06)
        if form == 0:
            brush.flat(star(x, y, r, r * 0.25, 4), colour)
        elif form == 1:
            brush.line(oval(x, y, r), 0.8, colour)
            brush.flat(oval(x - r * 0.3, y - r * 0.3, r * 0.2), colour)
        elif form == 2:
            brush.flat(heart(x, y, r), colour)
        else:
            brush.glow(x, y, r * 1.6, fade(colour, 0.9))


def heart(x: float, y: float, r: float) -> skia.Path:
    """A heart about (x, y)."""
    path = skia.Path()
    path.moveTo(x, y + r)
    path.cubicTo(x - 2 * r, y - 0.2 * r, x - 0.8 * r, y - 1.3 * r, x, y - 0.4 * r)
    path.cubicTo(x + 0.8 * r, y - 1.3 * r, x + 2 * r, y - 0.2 * r, x, y + r)
    path.close()
    return path


def scribbles(brush: Brush, area: Area, count: int) -> None:
    """Loose curves, arcs and loops, as doodles and as worn clutter."""
    for _ in range(count):
        a, b = area.at(brush.u(0, 1), brush.u(0, 1)), area.at(brush.u(0, 1), brush.u(0, 1))
        b = (a[0] + (b[0] - a[0]) * 0.4, a[1] + (b[1] - a[1]) * 0.4)
        form = brush.n(0, 3)
        colour = brush.ink.line if brush.ink.line and brush.chance(0.6) else brush.colour()
        width = brush.u(0.7, 2.5)
        if form == 0:
            brush.line(bend(a, b, brush.u(-0.6, 0.6)), width, colour)
        elif form == 1:
            pts = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for t in np.linspace(0, 1, 7)]
            brush.line(blob([(x + brush.u(-9, 9), y + brush.u(-9, 9)) for x, y in pts], False), width, colour)
        elif form == 2:
            r = abs(b[0] - a[0]) * 0.3 + 2
            brush.line(oval(a[0], a[1], r, r * brush.u(0.5, 1)), width, colour)
        else:
            brush.taper(bend(a, b, brush.u(-0.4, 0.4)), 3.0, colour)


def screen(brush: Brush, area: Area) -> None:
    """A page of a program or of the web: bars, cards, buttons, sliders, lists, fields, icons."""
    dark = brush.chance(0.45)
    ground = hsv(brush.u(0, 1), brush.u(0, 0.3), brush.u(0.05, 0.25) if dark else brush.u(0.9, 1.0))
    ground = brush.warm(ground)
    front = 0xFFE8E8E8 if dark else 0xFF303036
    accent = brush.colour()
    brush.box(*area, ground)
    top = area.height * brush.u(0.05, 0.14)
    if brush.chance(0.7):
        brush.box(area.x0, area.y0, area.x1, area.y0 + top, accent)
        writing(
            brush,
            Area(area.x0 + 6, area.y0, area.x1 - 6, area.y0 + top),
            top * 0.5,
            lighter(front, 0.4),
            "bars",
        )
    cols, rows = brush.n(1, 4), brush.n(2, 6)
    cell_w, cell_h = area.width / cols, (area.height - top) / rows
    for i in range(cols):
        for j in range(rows):
            x, y = area.x0 + i * cell_w, area.y0 + top + j * cell_h
            _WIDGETS[brush.n(0, len(_WIDGETS) - 1)](brush, Area(x, y, x + cell_w, y + cell_h).inset(4), front, accent)


def _card(brush: Brush, area: Area, front: int, accent: int) -> None:
    r = min(area.width, area.height) * brush.u(0, 0.15)
    brush.flat(slab(*area, r), fade(front, 0.12))
    brush.streak(slab(*area, r), 1.0, fade(front, 0.5))
    writing(brush, area.inset(min(area.height, area.width) * 0.15), max(area.height * 0.13, 4), front)
    if brush.chance(0.5):
        brush.dot(*area.at(0.15, 0.25), min(area.height, area.width) * 0.12, accent)


def _button(brush: Brush, area: Area, front: int, accent: int) -> None:
    x0, y0 = area.at(0.1, 0.25)
    x1, y1 = area.at(0.9, 0.75)
    brush.gradient(slab(x0, y0, x1, y1, (y1 - y0) * brush.u(0, 0.5)), lighter(accent), darker(accent))
    writing(brush, Area(*area.at(0.25, 0.38), *area.at(0.75, 0.62)), area.height * 0.2, front, "glyphs")


def _slider(brush: Brush, area: Area, front: int, accent: int) -> None:
    t = brush.u(0.1, 0.9)
    y = area.at(0, 0.6)[1]
    brush.streak([area.at(0.08, 0.6), area.at(0.92, 0.6)], 3, fade(front, 0.4))
    brush.streak([area.at(0.08, 0.6), area.at(t, 0.6)], 3, accent)
    brush.dot(area.at(t, 0)[0], y, max(area.height * 0.1, 3), accent)
    writing(brush, Area(*area.at(0.08, 0.1), *area.at(0.6, 0.35)), max(area.height * 0.18, 4), front, "bars")


def _icons(brush: Brush, area: Area, front: int, accent: int) -> None:
    for i in range(brush.n(2, 5)):
        x, y = area.at(0.12 + 0.2 * i, 0.5)
        r = min(area.height, area.width) * 0.16
        ring = oval(x, y, r) if brush.chance(0.6) else slab(x - r, y - r, x + r, y + r, r * 0.4)
        brush.flat(ring, accent if brush.chance(0.5) else fade(front, 0.3))
        brush.flat(star(x, y, r * 0.6, r * 0.3, brush.n(3, 6)), front)


def _list(brush: Brush, area: Area, front: int, accent: int) -> None:
    for i in range(4):
        y0, y1 = area.at(0, i / 4)[1], area.at(0, (i + 0.8) / 4)[1]
        r = (y1 - y0) * 0.3
        brush.streak(slab(area.x0, y0 + r * 0.5, area.x0 + 2 * r, y0 + 2.5 * r, 1), 1.0, front)
        if brush.chance(0.4):
            brush.streak([(area.x0 + r * 0.4, y0 + r), (area.x0 + r, y0 + 2 * r), (area.x0 + 2 * r, y0)], 1.5, accent)
        writing(brush, Area(area.x0 + 3 * r, y0, area.x1, y1), max((y1 - y0) * 0.5, 3), front, "bars")


_WIDGETS = (_card, _button, _slider, _icons, _list, _card)
