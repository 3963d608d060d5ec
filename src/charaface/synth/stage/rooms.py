"""Inside: rooms with windows, doors, pictures and furniture; shelves, walls, panels of machines."""

from __future__ import annotations

import numpy as np
import skia

from charaface.synth.stage.brush import Brush, oval, poly, slab
from charaface.synth.stage.ink import darker, fade, lighter
from charaface.synth.stage.marks import Area, writing
from charaface.synth.stage.plants import green, puff, wood


def window(brush: Brush, area: Area) -> None:
    """A window with its frame, panes, and perhaps curtains or a view."""
    glass = brush.warm(brush.pick([0xFFBFE3F5, 0xFF203050, 0xFFF8E9A8, brush.colour()]))
    frame = brush.colour()
    arched = brush.chance(0.2)
    path = slab(*area, area.width * 0.45 if arched else 0)
    brush.shape(path, glass, shade=brush.chance(0.3), width=1.2)
    if brush.chance(0.4):
        with brush.inside(path):
            brush.flat(
                puff(brush, *area.at(brush.u(0.2, 0.8), 1.0), area.width * 0.5, area.height * 0.4, 7),
                green(brush),
            )
    bar = min(area.width, area.height) * brush.u(0.03, 0.08)
    for i in range(1, brush.n(2, 3)):
        x = area.at(i / 2, 0)[0]
        brush.shape(slab(x - bar / 2, area.y0, x + bar / 2, area.y1), frame, shade=False, width=0.7)
    for t in np.linspace(0, 1, brush.n(2, 4))[1:-1]:
        y = area.at(0, float(t))[1]
        brush.shape(slab(area.x0, y - bar / 2, area.x1, y + bar / 2), frame, shade=False, width=0.7)
    brush.streak(path, bar, frame)
    brush.line(path, 1.0)
    if brush.chance(0.3):
        brush.streak([area.at(0.2, 0.7), area.at(0.45, 0.2)], bar * 0.6, fade(0xFFFFFFFF, 0.6))
    if brush.chance(0.35):
        _curtains(brush, area)


def _curtains(brush: Brush, area: Area) -> None:
    colour = brush.colour()
    for side in (0, 1):
        x0, x1 = (area.x0 - area.width * 0.15, area.at(0.25, 0)[0]) if side == 0 else (
            area.at(0.75, 0)[0], area.x1 + area.width * 0.15
        )  # fmt: skip
        low = area.y1 + area.height * 0.15
        brush.shape(poly([(x0, area.y0 - 4), (x1, area.y0 - 4), (x1, low), (x0, low)]), colour)
        for t in (0.25, 0.5, 0.75):
            x = x0 + (x1 - x0) * t
            brush.detail([(x, area.y0), (x + 2, low)], 0.7, colour)


def room(brush: Brush, area: Area) -> None:
    """A wall, a floor, windows, a door, pictures and furniture."""
    wall, floor = brush.colour(), brush.colour()
    (
        brush.gradient(slab(*area), lighter(wall, 0.15), darker(wall, 0.15))
        if brush.chance(0.5)
        else brush.box(*area, wall)
    )
    y = area.at(0, brush.u(0.55, 1.05))[1]
    if brush.chance(0.25):
        for x in np.arange(area.x0, area.x1, area.width / brush.n(5, 14)):
            brush.box(float(x), area.y0, float(x) + area.width * 0.03, y, lighter(wall, 0.15))
    brush.box(area.x0, y, area.x1, area.y1 + 1, floor)
    brush.detail([(area.x0, y), (area.x1, y)], 1, floor)
    if brush.chance(0.5):
        _boards(brush, area, y, floor)
    if brush.chance(0.3):
        x = area.at(brush.u(0.1, 0.9), 0)[0]
        corner = poly([(x, area.y0), (area.x1, area.y0), (area.x1, area.y1), (x, y)])
        brush.flat(corner, fade(darker(wall, 0.5), 0.3))
    for _ in range(brush.n(1, 4)):
        wide = area.width * brush.u(0.1, 0.3)
        x, top = area.at(brush.u(-0.1, 0.9), brush.u(0.02, 0.4))
        spot = Area(x, top, x + wide, top + wide * brush.u(0.7, 1.8))
        [window, window, picture, door, cupboard][brush.n(0, 4)](brush, spot)
    if brush.chance(0.5):
        _furniture(brush, area, y)


def _boards(brush: Brush, area: Area, y: float, floor: int) -> None:
    cx = area.at(brush.u(0.2, 0.8), 0)[0]
    for t in np.linspace(-2, 3, brush.n(8, 16)):
        brush.detail([(cx + (t - 0.5) * area.width * 0.4, y), (cx + (t - 0.5) * area.width * 1.2, area.y1)], 0.6, floor)
    if brush.chance(0.5):
        for t in (0.15, 0.4, 0.75):
            brush.detail([(area.x0, y + (area.y1 - y) * t), (area.x1, y + (area.y1 - y) * t)], 0.6, floor)


def _furniture(brush: Brush, area: Area, y: float) -> None:
    """A table, a sofa or a bed seen from the front."""
    colour, x = brush.colour(), area.at(brush.u(0, 0.6), 0)[0]
    wide, high = area.width * brush.u(0.3, 0.6), area.height * brush.u(0.12, 0.25)
    if brush.chance(0.4):
        brush.shape(slab(x, y - high * 0.2, x + wide, y, 2), colour)
        for leg in (0.05, 0.9):
            brush.shape(slab(x + wide * leg, y, x + wide * (leg + 0.05), y + high), colour)
        return
    brush.shape(slab(x, y - high, x + wide, y + high * 0.5, high * 0.3), colour)
    for k in range(2):
        seat = slab(x + wide * (0.1 + 0.4 * k), y - high * 0.1, x + wide * (0.5 + 0.4 * k), y + high * 0.3, high * 0.1)
        brush.shape(seat, lighter(colour, 0.15))
    for end in (-0.05, 0.93):
        brush.shape(slab(x + wide * end, y - high * 0.5, x + wide * (end + 0.12), y + high * 0.6, high * 0.15), colour)


def picture(brush: Brush, area: Area) -> None:
    """A framed picture of hills, of shapes or of nothing."""
    brush.shape(slab(*area), brush.colour())
    inner = area.inset(min(area.width, area.height) * 0.12)
    brush.box(*inner, brush.colour())
    with brush.inside(slab(*inner)):
        form = brush.n(0, 2)
        if form == 0:
            brush.flat(oval(*inner.at(brush.u(0, 1), 1.1), inner.width * 0.6, inner.height * 0.5), green(brush))
        elif form == 1:
            brush.dot(*inner.at(brush.u(0.3, 0.7), brush.u(0.3, 0.7)), inner.width * 0.25, brush.colour())
        else:
            writing(brush, inner.inset(2), max(inner.height * 0.12, 3), darker(brush.colour(), 0.5))
    brush.line(slab(*inner), 0.7)


def door(brush: Brush, area: Area) -> None:
    """A door with panels and a knob."""
    colour = brush.colour()
    tall = Area(area.x0, area.y0, area.x1, area.y0 + area.width * 2.1)
    brush.shape(slab(*tall), colour)
    for fy in (0.08, 0.55):
        for fx in (0.12, 0.56):
            panel = slab(*tall.at(fx, fy), *tall.at(fx + 0.32, fy + 0.37))
            brush.shape(panel, darker(colour, 0.12), shade=False, width=0.7)
    brush.shape(oval(*tall.at(0.9, 0.52), tall.width * 0.05), brush.warm(0xFFD8B040))


def cupboard(brush: Brush, area: Area) -> None:
    """Shelves with books, jars and bottles."""
    colour = wood(brush)
    brush.shape(slab(*area), colour)
    rows = brush.n(2, 4)
    for j in range(rows):
        top, low = area.at(0, (j + 0.08) / rows)[1], area.at(0, (j + 0.92) / rows)[1]
        brush.box(area.x0 + 2, top, area.x1 - 2, low, darker(colour, 0.45))
        x = area.x0 + 3
        while x < area.x1 - 4:
            wide = area.width * brush.u(0.04, 0.15)
            high = (low - top) * brush.u(0.5, 0.95)
            if brush.chance(0.85):
                item = slab(x, low - high, min(x + wide, area.x1 - 2), low, wide * brush.pick([0, 0, 1]) * 0.4)
                brush.shape(item, brush.colour(), shade=False, width=0.6)
            x += wide * brush.u(1, 1.3)


def shelves(brush: Brush, area: Area) -> None:
    """The whole area full of shelves."""
    cupboard(brush, area.inset(-3))


def wall(brush: Brush, area: Area) -> None:
    """Bricks, planks or tiles."""
    colour = brush.colour()
    brush.box(*area, colour)
    form, step = brush.n(0, 2), area.height / brush.n(4, 14)
    rows = int(area.height / step) + 1
    path = skia.Path()
    for j in range(rows):
        y = area.y0 + j * step
        path.moveTo(area.x0, y)
        path.lineTo(area.x1, y)
        wide = step * (1.0 if form == 1 else 2.2)
        offset = (j % 2) * wide / 2 if form == 0 else 0.0
        if form < 2:
            for i in range(int(area.width / wide) + 2):
                x = area.x0 + i * wide - offset
                path.moveTo(x, y)
                path.lineTo(x, y + step)
                if brush.chance(0.06):
                    brush.box(x, y, x + wide, y + step, darker(colour, brush.u(0, 0.3)))
    brush.streak(
        path,
        max(1.0, brush.ink.width * 0.8),
        darker(colour, 0.35) if brush.chance(0.7) else lighter(colour, 0.4),
    )
    if brush.chance(0.4):
        x, y = area.at(brush.u(0, 0.7), brush.u(0, 0.5))
        window(brush, Area(x, y, x + area.width * 0.3, y + area.height * 0.4))


def panel(brush: Brush, area: Area) -> None:
    """A laboratory or cockpit: dials in pairs, screens, buttons, vents, pipes."""
    colour = brush.colour()
    brush.box(*area, colour)
    cols, rows = brush.n(2, 5), brush.n(2, 4)
    for i in range(cols):
        for j in range(rows):
            x, y = area.at((i + 0.5) / cols, (j + 0.5) / rows)
            w, h = area.width / cols * 0.42, area.height / rows * 0.42
            brush.line(slab(x - w * 1.1, y - h * 1.1, x + w * 1.1, y + h * 1.1), 0.8)
            _PANEL_PARTS[brush.n(0, len(_PANEL_PARTS) - 1)](brush, Area(x - w, y - h, x + w, y + h))


def _dials(brush: Brush, area: Area) -> None:
    r = min(area.width * 0.22, area.height * 0.4)
    for fx in (0.25, 0.75):
        x, y = area.at(fx, 0.4)
        brush.shape(oval(x, y, r), 0xFFFFFFFF if brush.chance(0.6) else brush.colour())
        for k in range(5, 14):
            c, s = float(np.cos(k * 0.5)), float(np.sin(k * 0.5))
            brush.streak(
                [(x + 0.75 * r * c, y + 0.75 * r * s), (x + 0.92 * r * c, y + 0.92 * r * s)], r * 0.07, 0xFF202020
            )
        a = brush.u(0, 6.28)
        brush.streak([(x, y), (x + r * 0.8 * float(np.cos(a)), y + r * 0.8 * float(np.sin(a)))], r * 0.12, 0xFF202020)
        brush.dot(x, y, r * 0.15, 0xFF202020)
    if brush.chance(0.2):
        brush.shape(slab(*area.at(0.25, 0.8), *area.at(0.75, 0.95), 2), brush.colour())


def _buttons(brush: Brush, area: Area) -> None:
    cols, rows = brush.n(2, 5), brush.n(1, 4)
    square = brush.chance(0.5)
    r = min(area.width / cols, area.height / rows) * 0.35
    for i in range(cols):
        for j in range(rows):
            x, y = area.at((i + 0.5) / cols, (j + 0.5) / rows)
            brush.shape(slab(x - r, y - r, x + r, y + r) if square else oval(x, y, r), brush.colour(), width=0.8)


def _monitor(brush: Brush, area: Area) -> None:
    brush.shape(slab(*area, 4), darker(brush.colour(), 0.5))
    inner = area.inset(min(area.width, area.height) * 0.1)
    brush.shape(slab(*inner, 3), brush.warm(0xFF103828) if brush.chance(0.5) else brush.colour(), line=False)
    curve = [inner.at(t, 0.5 + 0.35 * brush.u(-1, 1)) for t in np.linspace(0.05, 0.95, 9)]
    brush.streak(curve, 1.2, lighter(brush.colour(), 0.5))


def _vent(brush: Brush, area: Area) -> None:
    for t in np.linspace(0.1, 0.9, brush.n(4, 8)):
        brush.streak(
            [area.at(0.1, float(t)), area.at(0.9, float(t))],
            area.height * 0.05,
            darker(brush.ink.palette[0], 0.5),
        )


_PANEL_PARTS = (_dials, _dials, _buttons, _monitor, _vent)


ROOMS = {"room": room, "shelves": shelves, "wall": wall, "panel": panel}
