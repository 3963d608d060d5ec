"""Places to stand in: the sky, woods, gardens, streets, the sea, and the rooms of rooms.py."""

from __future__ import annotations

import numpy as np
import skia

from charaface.synth.stage.brush import Brush, bend, blob, poly, slab
from charaface.synth.stage.ink import darker, fade, hsv, lighter, luminance, mix
from charaface.synth.stage.marks import Area, lettering
from charaface.synth.stage.plants import bush, flower, grass, green, palm, pine, puff, rock, tree, wood
from charaface.synth.stage.rooms import ROOMS, window


def sky(brush: Brush, area: Area) -> None:
    """Clouds, perhaps hills, a sun, trees or water below."""
    top = brush.warm(hsv(brush.u(0.5, 0.64), brush.u(0.2, 0.75), brush.u(0.6, 1.0)))
    low = brush.warm(brush.pick([lighter(top, 0.7), 0xFFFBD9A8, lighter(top, 0.3)]))
    brush.gradient(slab(*area), top, low)
    if brush.chance(0.3):
        x, y = area.at(brush.u(0.1, 0.9), brush.u(0.05, 0.4))
        brush.glow(x, y, area.width * 0.25, fade(brush.warm(0xFFFFF3B0), 0.9))
        brush.dot(x, y, area.width * brush.u(0.03, 0.08), brush.warm(0xFFFFF6CC))
    for _ in range(brush.n(1, 6)):
        x, y = area.at(brush.u(0, 1), brush.u(0, 0.6))
        rx = area.width * brush.u(0.08, 0.3)
        cloud = puff(brush, x, y, rx, rx * brush.u(0.25, 0.5), brush.n(5, 9))
        brush.shape(cloud, 0xFFFFFFFF, line=brush.chance(0.5))
    if brush.chance(0.75):
        land(brush, area)


def land(brush: Brush, area: Area) -> None:
    """Hills or mountains with trees and grass in front."""
    for k in range(brush.n(1, 3)):
        y = area.at(0, brush.u(0.5, 0.75) + 0.1 * k)[1]
        count = brush.n(3, 9)
        xs = np.linspace(area.x0 - 10, area.x1 + 10, count)
        ridge = [(float(x), y + area.height * brush.u(-0.12, 0.06)) for x in xs]
        outline = blob(ridge, False) if brush.chance(0.7) else poly(ridge, False)
        outline.lineTo(area.x1 + 10, area.y1 + 10)
        outline.lineTo(area.x0 - 10, area.y1 + 10)
        outline.close()
        brush.shape(outline, mix(green(brush), lighter(brush.colour()), 0.3 if k else 0.6), shade=brush.chance(0.4))
    plant = [tree, pine, palm, bush, grass, rock, flower][brush.n(0, 6)]
    for _ in range(brush.n(0, 5)):
        x, y = area.at(brush.u(0, 1), brush.u(0.7, 0.95))
        with brush.placed(x, y, area.height * brush.u(0.06, 0.16)) as p:
            plant(p)


def night(brush: Brush, area: Area) -> None:
    """Stars, a moon, and roofs with lit windows or a hill."""
    top = brush.warm(hsv(brush.u(0.6, 0.78), brush.u(0.4, 0.9), brush.u(0.08, 0.3)))
    brush.gradient(slab(*area), top, lighter(top, 0.25))
    for _ in range(brush.n(15, 60)):
        brush.dot(*area.at(brush.u(0, 1), brush.u(0, 0.8)), brush.u(0.4, 1.4), fade(0xFFFFFFFF, brush.u(0.4, 1)))
    if brush.chance(0.6):
        x, y = area.at(brush.u(0.1, 0.9), brush.u(0.1, 0.4))
        r = area.width * brush.u(0.04, 0.12)
        brush.glow(x, y, r * 2.5, fade(brush.warm(0xFFFFF8D8), 0.5))
        brush.dot(x, y, r, brush.warm(0xFFFFF4C8))
        brush.dot(
            x + r * 0.5,
            y - r * 0.2,
            r * (0.9 if brush.chance(0.5) else 0.2),
            brush.warm(mix(top, 0xFFFFF4C8, 0.3)),
        )
    if brush.chance(0.6):
        skyline(brush, area, darker(top, 0.4))
    else:
        land(brush, area)


def skyline(brush: Brush, area: Area, colour: int) -> None:
    """Blocks of a far city with lit windows."""
    x = area.x0 - 5
    while x < area.x1:
        wide, top = area.width * brush.u(0.06, 0.16), area.at(0, brush.u(0.4, 0.75))[1]
        tint = mix(colour, brush.colour(), brush.u(0, 0.25))
        brush.shape(slab(x, top, x + wide, area.y1 + 5), tint, shade=False, width=0.6)
        lit = brush.warm(0xFFFFE48A) if luminance(tint) < 0.4 else darker(tint, 0.4)
        cell = wide / brush.n(3, 5)
        panes = skia.Path()
        for i in range(int(wide / cell)):
            for j in range(int((area.y1 - top) / cell / 1.4)):
                if brush.chance(0.5):
                    panes.addRect(
                        skia.Rect.MakeXYWH(x + (i + 0.2) * cell, top + (j + 0.3) * cell * 1.4, cell * 0.5, cell * 0.7)
                    )
        brush.flat(panes, lit)
        x += wide * brush.u(0.9, 1.3)


def town(brush: Brush, area: Area) -> None:
    """House fronts side by side: roofs, rows of windows, doors, shop signs, a road."""
    brush.gradient(slab(*area), lighter(brush.colour(), 0.5), lighter(brush.colour(), 0.7))
    ground = area.at(0, brush.u(0.75, 0.95))[1]
    x = area.x0 - area.width * brush.u(0, 0.2)
    while x < area.x1:
        wide = area.width * brush.u(0.22, 0.5)
        house(brush, Area(x, area.at(0, brush.u(-0.1, 0.35))[1], x + wide, ground))
        x += wide * brush.u(1.0, 1.1)
    brush.box(area.x0, ground, area.x1, area.y1 + 1, brush.warm(0xFF8A8A90) if brush.chance(0.6) else brush.colour())
    brush.detail([(area.x0, ground), (area.x1, ground)], 1)
    if brush.chance(0.4):
        with brush.placed(*area.at(brush.u(0, 1), 0.8), area.height * 0.2) as p:
            tree(p)


def house(brush: Brush, area: Area) -> None:
    """One front: walls, a roof, windows in rows, a door."""
    wall = brush.colour()
    brush.shape(slab(*area), wall, shade=brush.chance(0.3))
    roof = area.width * brush.u(0.15, 0.45)
    if brush.chance(0.6):
        over = area.width * 0.06
        gable = [(area.x0 - over, area.y0), (area.at(0.5, 0)[0], area.y0 - roof), (area.x1 + over, area.y0)]
        if brush.chance(0.4):
            gable = [
                (area.x0 - over, area.y0),
                (area.x0 + over, area.y0 - roof),
                (area.x1 - over, area.y0 - roof),
                gable[2],
            ]
        brush.shape(poly(gable), brush.colour())
    cols, rows = brush.n(1, 4), brush.n(1, 3)
    for i in range(cols):
        for j in range(rows):
            w = area.width / cols * 0.5
            x, y = area.at((i + 0.5) / cols, (j + 0.35) / (rows + 0.6))
            pane = Area(x - w / 2, y - w * 0.55, x + w / 2, y + w * 0.55)
            window(brush, pane) if cols * rows < 5 else brush.shape(slab(*pane), brush.warm(0xFF9CC4DC), width=0.8)
    if brush.chance(0.6):
        x = area.at(brush.u(0.2, 0.8), 0)[0]
        brush.shape(
            slab(x - area.width * 0.1, area.y1 - area.width * 0.35, x + area.width * 0.1, area.y1),
            brush.colour(),
        )
    if brush.chance(0.25):
        lettering(brush, Area(*area.at(0.1, 0.6), *area.at(0.9, 0.75)))


def road(brush: Brush, area: Area) -> None:
    """A road or corridor that runs to a vanishing point."""
    sky(brush, area) if brush.chance(0.6) else brush.box(*area, brush.colour())
    vx, vy = area.at(brush.u(0.3, 0.7), brush.u(0.35, 0.55))
    colour = brush.colour()
    brush.shape(
        poly(
            [
                (vx - 3, vy),
                (vx + 3, vy),
                (area.x1 + area.width * 0.3, area.y1),
                (area.x0 - area.width * 0.3, area.y1),
            ]
        ),
        colour,
    )
    for side in (-1, 1):
        edge = area.x0 if side < 0 else area.x1
        wall = [
            (vx + 8 * side, vy - 12),
            (edge, area.y0 - area.height * 0.2),
            (edge, area.at(0, 0.95)[1]),
            (vx + 8 * side, vy + 3),
        ]
        if brush.chance(0.6):
            face = brush.colour()
            brush.shape(poly(wall), face)
            for t in (0.3, 0.5, 0.7, 0.88):
                x = vx + (edge - vx) * t
                a, b = vy + (area.y0 - vy) * t, vy + (area.at(0, 0.95)[1] - vy) * t
                brush.detail([(x, a), (x, b)], 0.8, face)
    for t in (0.1, 0.25, 0.5, 0.85):
        y = vy + (area.y1 - vy) * t
        brush.streak([(vx, y), (vx, y + (area.y1 - vy) * t * 0.25)], 1 + 5 * t, lighter(colour, 0.6))


def wood_scene(brush: Brush, area: Area) -> None:
    """Between trees."""
    brush.gradient(slab(*area), lighter(green(brush), 0.4), darker(green(brush), 0.3))
    for depth in (0.4, 0.7, 1.0):
        bark = mix(lighter(green(brush), 0.3), wood(brush), depth)
        for _ in range(brush.n(2, 4)):
            x, half = area.at(brush.u(0, 1), 0)[0], area.width * 0.035 * depth * brush.u(0.6, 1.8)
            trunk = [
                (x - half, area.y0),
                (x + half, area.y0),
                (x + half * 1.5, area.y1),
                (x - half * 1.5, area.y1),
            ]
            brush.shape(poly(trunk), bark)
            for _ in range(3):
                y = area.at(0, brush.u(0, 0.9))[1]
                brush.detail(bend((x - half * 0.5, y), (x + half * 0.2, y + half * 3), 0.2, 4), 0.6, bark)
    for _ in range(brush.n(2, 6)):
        with brush.placed(*area.at(brush.u(0, 1), brush.u(0.8, 1)), area.width * brush.u(0.08, 0.2)) as p:
            [bush, grass, flower, rock][p.n(0, 3)](p)


def garden(brush: Brush, area: Area) -> None:
    """A field of flowers and leaves, near or all over."""
    brush.gradient(slab(*area), lighter(green(brush), brush.u(0, 0.8)), green(brush))
    size = area.width * brush.u(0.06, 0.2)
    for fy in np.linspace(0.1, 1, brush.n(2, 4)):
        for fx in np.linspace(0, 1, brush.n(3, 6)):
            x, y = area.at(float(fx) + brush.u(-0.1, 0.1), float(fy) + brush.u(-0.1, 0.1))
            with brush.placed(x, y, size * brush.u(0.6, 1.2), brush.u(-15, 15)) as p:
                [flower, flower, grass, bush][p.n(0, 3)](p)


def sea(brush: Brush, area: Area) -> None:
    """Water to the horizon, waves, sand."""
    sky(brush, area)
    y = area.at(0, brush.u(0.4, 0.65))[1]
    water = brush.warm(hsv(brush.u(0.48, 0.62), brush.u(0.4, 0.8), brush.u(0.4, 0.9)))
    brush.box(area.x0, y, area.x1, area.y1 + 1, water)
    for _ in range(brush.n(6, 25)):
        x, wy = area.x0 + area.width * brush.u(0, 1), brush.u(y, area.y1)
        brush.streak(
            bend((x, wy), (x + area.width * brush.u(0.03, 0.2), wy), -0.1, 4),
            brush.u(0.6, 2),
            lighter(water, brush.u(0.2, 0.8)),
        )
    if brush.chance(0.5):
        shore = blob(
            [
                (area.x0 - 5, brush.u(y, area.y1)),
                area.at(0.5, 0.85),
                area.at(1.05, 0.8),
                area.at(1.05, 1.1),
                area.at(-0.1, 1.1),
            ]
        )
        brush.shape(shore, brush.warm(0xFFF0DDAF))


PLACES = ROOMS | {
    "sky": sky,
    "night": night,
    "town": town,
    "road": road,
    "wood": wood_scene,
    "garden": garden,
    "sea": sea,
}
