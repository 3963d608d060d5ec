"""Plants and stones as props: each fills the square from -1 to 1, y down."""

from __future__ import annotations

import numpy as np
import skia

from charaface.synth.stage.brush import Brush, bend, blob, oval, poly, slab, tube
from charaface.synth.stage.ink import darker, hsv, lighter


def green(brush: Brush) -> int:
    """A leaf colour, or now and then one of the palette."""
    if brush.chance(0.2):
        return brush.colour()
    return brush.warm(hsv(brush.u(0.2, 0.42), brush.u(0.25, 0.8), brush.u(0.3, 0.85)))


def wood(brush: Brush) -> int:
    """A bark colour."""
    return brush.warm(hsv(brush.u(0.04, 0.11), brush.u(0.25, 0.7), brush.u(0.25, 0.7)))


def puff(brush: Brush, x: float, y: float, rx: float, ry: float, bumps: int) -> skia.Path:
    """A cloudy outline."""
    points = []
    for i in range(2 * bumps):
        a = np.pi * i / bumps
        r = 1.0 if i % 2 == 0 else 0.82
        r *= brush.u(0.92, 1.08)
        points.append((float(x + rx * r * np.cos(a)), float(y + ry * r * np.sin(a))))
    return blob(points)


def tree(brush: Brush) -> None:
    bark, leaf = wood(brush), green(brush)
    brush.shape(poly([(-0.12, 1), (-0.07, -0.1), (0.07, -0.1), (0.14, 1)]), bark)
    brush.detail([(0, 0.1), (0.02, 0.5), (-0.02, 0.9)], 0.6, bark)
    for side in (-1, 1):
        brush.streak([(0, 0.2), (0.35 * side, -0.25)], 0.06, bark)
    crown = puff(brush, 0, -0.4, 0.75, 0.58, brush.n(6, 10))
    brush.shape(crown, leaf)
    for _ in range(brush.n(2, 7)):
        x, y = brush.u(-0.5, 0.4), brush.u(-0.7, -0.2)
        brush.detail(bend((x, y), (x + 0.18, y + 0.02), -0.5, 5), 0.7, leaf)
    if brush.chance(0.3):
        for _ in range(8):
            brush.dot(brush.u(-0.5, 0.5), brush.u(-0.8, -0.1), 0.05, brush.colour())


def pine(brush: Brush) -> None:
    brush.shape(slab(-0.08, 0.5, 0.08, 1), wood(brush))
    leaf, count = green(brush), brush.n(3, 5)
    for i in reversed(range(count)):
        y, half = -1 + 1.3 * i / count, 0.25 + 0.5 * (i + 1) / count
        low = y + 0.65
        zig = [(half * t, low - 0.08 * (k % 2)) for k, t in enumerate(np.linspace(1, -1, 7))]
        brush.shape(poly([(0, y), *zig]), leaf)


def palm(brush: Brush) -> None:
    top = (brush.u(-0.3, 0.3), -0.4)
    bark, leaf = wood(brush), green(brush)
    brush.shape(tube(bend((0, 1), top, brush.u(-0.15, 0.15)), [0.2, 0.12]), bark)
    for a in np.linspace(-2.9, 0.1, brush.n(5, 9)):
        tip = (top[0] + 0.75 * np.cos(a), top[1] + 0.55 * np.sin(a) + 0.25)
        brush.shape(tube(bend(top, tip, 0.25 if np.cos(a) < 0 else -0.25), [0.05, 0.16, 0.02]), leaf)


def bush(brush: Brush) -> None:
    leaf = green(brush)
    brush.shape(puff(brush, 0, 0.3, 0.95, 0.6, brush.n(7, 13)), leaf)
    for _ in range(brush.n(3, 10)):
        x, y = brush.u(-0.7, 0.6), brush.u(0, 0.7)
        brush.detail(bend((x, y), (x + 0.15, y), -0.6, 5), 0.7, leaf)
    if brush.chance(0.4):
        for _ in range(brush.n(4, 12)):
            with brush.placed(brush.u(-0.8, 0.8), brush.u(-0.1, 0.8), 0.14) as p:
                blossom(p)


def leaf(brush: Brush) -> None:
    colour = green(brush)
    wide = brush.u(0.3, 0.6)
    brush.shape(blob([(0, -1), (wide, -0.2), (wide * 0.6, 0.5), (0, 0.8), (-wide * 0.6, 0.5), (-wide, -0.2)]), colour)
    brush.detail([(0, -0.9), (0.02, 0), (0, 1)], 1, colour)
    for y in (-0.5, -0.15, 0.2):
        for side in (-1, 1):
            brush.detail([(0, y + 0.2), (wide * 0.4 * side, y), (wide * 0.75 * side, y - 0.08)], 0.6, colour)


def blossom(brush: Brush) -> None:
    """A flower from the front: a ring of petals round a disc."""
    count, colour = brush.n(4, 12), brush.colour()
    wide = min(1.5 / count, 0.45) * brush.u(0.8, 1.4)
    notch = brush.chance(0.25)
    for i in range(count):
        with brush.placed(0, 0, 1, 360 * i / count + brush.u(-4, 4)) as p:
            tip = [(wide * 0.4, 0.98), (0, 0.82 if notch else 1.0), (-wide * 0.4, 0.98)]
            p.shape(blob([(0, 0.1), (wide, 0.62), *tip, (-wide, 0.62)]), colour)
            if p.chance(0.4):
                p.detail([(0, 0.3), (0, 0.7)], 0.6, colour)
    brush.shape(
        oval(0, 0, brush.u(0.16, 0.4)),
        brush.pick([brush.warm(0xFFE8B830), brush.colour(), brush.warm(0xFF5A3520)]),
    )
    if brush.chance(0.4):
        for a in np.linspace(0, 6, 8):
            brush.dot(0.12 * np.cos(a), 0.12 * np.sin(a), 0.025, darker(colour, 0.6))


def flower(brush: Brush) -> None:
    """A flower on its stalk."""
    stalk = green(brush)
    brush.streak(bend((0, -0.3), (brush.u(-0.1, 0.1), 1), brush.u(-0.12, 0.12)), 0.06, stalk)
    for side in (-1, 1):
        if brush.chance(0.7):
            with brush.placed(0.18 * side, 0.5, 0.3, 55 * side) as p:
                p.shape(blob([(0, -1), (0.35, 0), (0, 0.9), (-0.35, 0)]), stalk)
    with brush.placed(0, -0.5, 0.5, brush.u(-30, 30), squash=brush.u(0.6, 1)) as p:
        [blossom, blossom, tulip, rose][p.n(0, 3)](p)


def tulip(brush: Brush) -> None:
    colour = brush.colour()
    brush.shape(
        blob(
            [
                (-0.6, -0.7),
                (-0.65, 0.3),
                (0, 0.9),
                (0.65, 0.3),
                (0.6, -0.7),
                (0.3, -0.2),
                (0, -0.9),
                (-0.3, -0.2),
            ]
        ),
        colour,
    )
    brush.detail([(-0.3, -0.2), (-0.2, 0.3), (0, 0.8)], 0.8, colour)
    brush.detail([(0.3, -0.2), (0.2, 0.3), (0, 0.8)], 0.8, colour)


def rose(brush: Brush) -> None:
    colour = brush.colour()
    brush.shape(puff(brush, 0, 0, 0.95, 0.9, brush.n(5, 7)), colour)
    for r in (0.75, 0.55, 0.36, 0.18):
        turn = brush.u(0, 6.3)
        brush.shape(
            puff(brush, 0.04 * np.cos(turn), -0.06 + 0.05 * np.sin(turn), r, r * 0.9, 4),
            lighter(colour, 0.4 - r * 0.5),
        )
    brush.detail([(-0.1, 0), (0, -0.15), (0.1, 0), (0, 0.1)], 0.7, colour)


def bouquet(brush: Brush) -> None:
    for _ in range(brush.n(5, 9)):
        with brush.placed(brush.u(-0.6, 0.6), brush.u(-0.7, 0.2), brush.u(0.22, 0.4), brush.u(0, 360)) as p:
            [blossom, rose, leaf][p.n(0, 2)](p)
    colour = brush.colour()
    brush.shape(poly([(-0.6, 0.2), (0.6, 0.2), (0.2, 1), (-0.2, 1)]), colour)
    for x in (-0.25, 0.05, 0.3):
        brush.detail([(x, 0.25), (x * 0.4, 0.95)], 0.7, colour)


def grass(brush: Brush) -> None:
    colour = green(brush)
    for x in np.linspace(-0.9, 0.9, brush.n(5, 12)):
        lean = brush.u(-0.3, 0.3)
        brush.shape(
            poly([(x - 0.08, 1), (x + lean, brush.u(-0.8, 0.4)), (x + 0.08, 1)]),
            colour,
            shade=False,
            width=0.7,
        )


def mushroom(brush: Brush) -> None:
    cap, stem = brush.colour(), brush.warm(0xFFF2E6D0)
    brush.shape(blob([(-0.3, 0), (-0.25, 0.6), (-0.35, 1), (0.35, 1), (0.25, 0.6), (0.3, 0)]), stem)
    brush.shape(blob([(-0.95, 0.05), (-0.7, -0.6), (0, -0.95), (0.7, -0.6), (0.95, 0.05), (0, 0.15)]), cap)
    for x, y, r in ((-0.4, -0.35, 0.16), (0.2, -0.55, 0.2), (0.55, -0.15, 0.12), (-0.1, -0.1, 0.1)):
        brush.flat(oval(x, y, r, r * 0.8), lighter(cap, 0.7))


def cactus(brush: Brush) -> None:
    colour = green(brush)
    for side, y in ((-1, 0.1), (1, -0.1)):
        brush.shape(tube([(0, y + 0.3), (0.5 * side, y + 0.25), (0.6 * side, y - 0.4)], [0.25, 0.25, 0.22]), colour)
    brush.shape(slab(-0.25, -0.9, 0.25, 1, 0.25), colour)
    for x in (-0.1, 0.08):
        brush.detail([(x, -0.75), (x, 0.9)], 0.6, colour)


def potted(brush: Brush) -> None:
    """A plant in its pot."""
    for _ in range(brush.n(5, 10)):
        tip = (brush.u(-0.8, 0.8), brush.u(-1, 0))
        brush.shape(tube(bend((0, 0.4), tip, brush.u(-0.2, 0.2)), [0.04, 0.22, 0.02]), green(brush))
    pot = brush.colour()
    brush.shape(poly([(-0.45, 0.35), (0.45, 0.35), (0.32, 1), (-0.32, 1)]), pot)
    brush.shape(slab(-0.52, 0.28, 0.52, 0.46, 0.03), pot)


def rock(brush: Brush) -> None:
    colour = brush.pick([brush.warm(0xFF8C8A88), brush.colour()])
    ring = [
        (np.cos(a) * brush.u(0.75, 1), np.sin(a) * brush.u(0.55, 0.8) + 0.2) for a in np.linspace(0, 5.6, brush.n(6, 9))
    ]
    brush.shape(poly(ring) if brush.chance(0.6) else blob(ring), colour)
    for _ in range(brush.n(1, 4)):
        x, y = brush.u(-0.5, 0.4), brush.u(-0.2, 0.6)
        brush.detail(
            [(x, y), (x + brush.u(0.1, 0.3), y + brush.u(-0.2, 0.2)), (x + brush.u(0.2, 0.4), y + 0.2)],
            0.8,
            colour,
        )


def fruit(brush: Brush) -> None:
    """An apple, a pumpkin, grapes or a cut orange."""
    colour, form = brush.colour(), brush.n(0, 3)
    if form == 0:
        brush.shape(
            blob(
                [
                    (0, -0.6),
                    (0.6, -0.75),
                    (0.85, 0),
                    (0.45, 0.85),
                    (0, 0.75),
                    (-0.45, 0.85),
                    (-0.85, 0),
                    (-0.6, -0.75),
                ]
            ),
            colour,
        )
        brush.streak(bend((0, -0.6), (0.15, -1), 0.2), 0.08, wood(brush))
    elif form == 1:
        for x in (-0.55, 0.55, -0.3, 0.3, 0):
            brush.shape(oval(x, 0.1, 0.42, 0.75), colour)
        brush.shape(slab(-0.1, -0.95, 0.1, -0.6, 0.04), green(brush))
    elif form == 2:
        for row in range(4):
            for i in range(4 - row):
                brush.shape(oval((i - (3 - row) / 2) * 0.44, -0.6 + row * 0.4, 0.25), colour)
    else:
        brush.shape(oval(0, 0, 0.9), colour)
        brush.flat(oval(0, 0, 0.75), lighter(colour, 0.6))
        for a in np.linspace(0, 5.5, 8):
            with brush.placed(0, 0, 1, float(np.degrees(a))) as p:
                p.flat(blob([(0, 0.1), (0.2, 0.6), (-0.2, 0.6)]), lighter(colour, 0.15))


PLANTS = {
    "tree": tree,
    "pine": pine,
    "palm": palm,
    "bush": bush,
    "leaf": leaf,
    "blossom": blossom,
    "flower": flower,
    "tulip": tulip,
    "rose": rose,
    "bouquet": bouquet,
    "grass": grass,
    "mushroom": mushroom,
    "cactus": cactus,
    "potted": potted,
    "rock": rock,
    "fruit": fruit,
}
