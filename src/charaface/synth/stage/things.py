"""Things of the house as props: vessels, clothes without a wearer, food, jewels. Each fills -1 to 1, y down."""

from __future__ import annotations

import numpy as np

from charaface.synth.stage.brush import Brush, bend, blob, oval, poly, slab, star, tube
from charaface.synth.stage.clothes import ribbon
from charaface.synth.stage.ink import darker, fade, lighter
from charaface.synth.stage.marks import Area, heart, writing


def ball(b: Brush) -> None:
    colour, form = b.colour(), b.n(0, 3)
    path = oval(0, 0, 0.92)
    b.shape(path, colour)
    other = b.colour()
    with b.inside(path):
        if form == 0:
            for y in (-0.6, -0.1, 0.4):
                b.streak(bend((-1, y), (1, y), b.u(0.05, 0.2)), 0.18, other)
        elif form == 1:
            for a in np.linspace(0, 5, 6):
                b.flat(star(float(0.65 * np.cos(a)), float(0.65 * np.sin(a)), 0.25, 0.2, 5), 0xFF202020)
            b.flat(star(0, 0, 0.28, 0.23, 5), 0xFF202020)
        elif form == 2:
            b.detail(bend((-1, -0.1), (1, 0.1), 0.1), 1.2, colour)
            b.detail(bend((-0.5, -1), (-0.5, 1), -0.3), 1.2, colour)
            b.detail(bend((0.5, -1), (0.5, 1), 0.3), 1.2, colour)
        else:
            for k in range(6):
                with b.placed(0, 0, 1, 60 * k) as p:
                    p.flat(poly([(0, 0), (-0.27, -1), (0.27, -1)]), other if k % 2 else colour)
    b.line(path)
    if b.chance(0.5):
        b.flat(oval(-0.35, -0.4, 0.15, 0.1), fade(0xFFFFFFFF, 0.7))


def lamp(b: Brush) -> None:
    base, shade = b.colour(), b.colour()
    b.shape(slab(-0.06, -0.2, 0.06, 0.85), base)
    b.shape(oval(0, 0.85, 0.4, 0.12), base)
    if b.chance(0.4):
        b.glow(0, -0.4, 1.2, fade(b.warm(0xFFFFF0A0), 0.5))
    b.shape(poly([(-0.3, -0.95), (0.3, -0.95), (0.65, -0.15), (-0.65, -0.15)]), shade)
    if b.chance(0.4):
        for t in (-0.5, 0, 0.5):
            b.detail([(0.3 * t, -0.95), (0.65 * t, -0.15)], 0.7, shade)


def cup(b: Brush) -> None:
    """A cup, a teapot or a mug with a mark on it."""
    colour = b.colour()
    b.streak(oval(0.62, 0.1, 0.28, 0.32), 0.12, colour)
    if b.chance(0.35):
        b.shape(blob([(-0.5, 0.2), (-0.95, -0.35), (-0.75, -0.4), (-0.4, 0.0)]), colour)
        b.shape(oval(0, 0.15, 0.68, 0.6), colour)
        b.shape(oval(0, -0.4, 0.3, 0.1), darker(colour, 0.1))
        b.shape(oval(0, -0.55, 0.1), colour)
    else:
        b.shape(
            blob([(-0.6, -0.45), (0, -0.4), (0.6, -0.45), (0.5, 0.5), (0.35, 0.75), (-0.35, 0.75), (-0.5, 0.5)]),
            colour,
        )
        b.shape(oval(0, -0.45, 0.6, 0.16), lighter(colour, 0.4))
        b.shape(oval(0, -0.42, 0.48, 0.1), b.warm(0xFF5A3418), shade=False)
    if b.chance(0.4):
        b.flat(heart(0, 0.2, 0.2), b.colour())
    for x in (-0.2, 0.15):
        b.streak([(x, -0.65), (x + 0.08, -0.8), (x, -1.0)], 0.04, fade(0xFFFFFFFF, 0.6))


def bow(b: Brush) -> None:
    ribbon(b, b.colour())


def jewel(b: Brush) -> None:
    """A cut stone, a ring or a brooch."""
    colour = b.colour()
    if b.chance(0.4):
        b.streak(oval(0, 0.35, 0.55), 0.14, b.warm(0xFFE8C040))
        with b.placed(0, -0.4, 0.4) as p:
            _stone(p, colour)
    else:
        _stone(b, colour)


def _stone(b: Brush, colour: int) -> None:
    b.shape(poly([(-0.55, -0.75), (0.55, -0.75), (0.95, -0.25), (0, 0.95), (-0.95, -0.25)]), colour)
    b.flat(poly([(-0.35, -0.25), (0.35, -0.25), (0, 0.95)]), lighter(colour, 0.45))
    b.detail([(-0.95, -0.25), (0.95, -0.25)], 0.8, colour)
    for x in (-0.35, 0.35):
        b.detail([(x * 1.5, -0.75), (x, -0.25), (0, 0.95)], 0.7, colour)


def bottle(b: Brush) -> None:
    """A flask or a bottle, full or half."""
    glass, drink = fade(lighter(b.colour(), 0.6), 0.85), b.colour()
    if b.chance(0.5):
        path = blob(
            [
                (-0.15, -0.9),
                (0.15, -0.9),
                (0.16, -0.2),
                (0.62, 0.3),
                (0.5, 0.9),
                (-0.5, 0.9),
                (-0.62, 0.3),
                (-0.16, -0.2),
            ]
        )
    else:
        path = blob(
            [
                (-0.14, -0.95),
                (0.14, -0.95),
                (0.15, -0.4),
                (0.38, -0.1),
                (0.38, 0.9),
                (-0.38, 0.9),
                (-0.38, -0.1),
                (-0.15, -0.4),
            ]
        )
    b.shape(path, glass, line=False)
    with b.inside(path):
        b.box(-1, b.u(-0.2, 0.4), 1, 1, drink)
        for _ in range(3):
            b.dot(b.u(-0.3, 0.3), b.u(0.4, 0.8), 0.07, lighter(drink, 0.5))
    b.line(path)
    b.shape(slab(-0.17, -1.0, 0.17, -0.8, 0.03), b.warm(0xFFB08850))
    if b.chance(0.5):
        b.shape(slab(-0.3, 0.2, 0.3, 0.6), b.ink.paper, shade=False)
        writing(b, Area(-0.22, 0.25, 0.22, 0.55), 0.12, 0xFF303030, "glyphs")


def book(b: Brush) -> None:
    colour = b.colour()
    if b.chance(0.5):
        for side in (-1, 1):
            b.shape(
                blob(
                    [
                        (0, -0.35),
                        (0.5 * side, -0.55),
                        (0.95 * side, -0.4),
                        (0.95 * side, 0.5),
                        (0.5 * side, 0.4),
                        (0, 0.6),
                    ]
                ),
                0xFFFDF8EC,
            )
            x0, x1 = sorted((0.12 * side, 0.8 * side))
            writing(b, Area(x0, -0.35, x1, 0.35), 0.1, 0xFF606060, "bars")
        b.line([(0, -0.35), (0, 0.6)], 1.0)
    else:
        b.shape(slab(-0.65, -0.85, 0.65, 0.85, 0.05), colour)
        b.box(-0.62, -0.85, -0.45, 0.85, darker(colour, 0.25))
        b.shape(slab(-0.25, -0.5, 0.45, -0.1), lighter(colour, 0.5), shade=False)
        writing(b, Area(-0.2, -0.45, 0.4, -0.15), 0.16, 0xFF303030, "glyphs")


def furniture(b: Brush) -> None:
    """A chair, a box, a chest of drawers with knobs in pairs."""
    colour, form = b.colour(), b.n(0, 2)
    if form == 0:
        for x in (-0.5, 0.4):
            b.shape(slab(x, -0.95, x + 0.1, 0.95), colour)
        b.shape(slab(-0.5, -0.8, 0.5, -0.35, 0.05), colour)
        b.shape(poly([(-0.5, 0.1), (0.5, 0.1), (0.65, 0.35), (-0.65, 0.35)]), lighter(colour, 0.2))
    elif form == 1:
        b.shape(slab(-0.8, -0.7, 0.8, 0.9), colour)
        for y in (-0.6, -0.1, 0.4):
            b.shape(slab(-0.7, y, 0.7, y + 0.42), lighter(colour, 0.12))
            for x in (-0.35, 0.35):
                b.shape(oval(x, y + 0.2, 0.08), b.warm(0xFFE0C060))
    else:
        b.shape(poly([(-0.8, -0.2), (0.3, -0.2), (0.3, 0.85), (-0.8, 0.85)]), colour)
        b.shape(poly([(0.3, -0.2), (0.8, -0.6), (0.8, 0.4), (0.3, 0.85)]), darker(colour, 0.3))
        b.shape(poly([(-0.8, -0.2), (-0.3, -0.6), (0.8, -0.6), (0.3, -0.2)]), lighter(colour, 0.3))


def umbrella(b: Brush) -> None:
    a, c = b.colour(), b.colour()
    b.streak([(0, -0.2), (0, 0.7), (0.12, 0.9), (0.25, 0.75)], 0.07, 0xFF404048)
    path = blob(
        [
            (-0.95, 0.05),
            (-0.7, -0.55),
            (0, -0.9),
            (0.7, -0.55),
            (0.95, 0.05),
            (0.6, -0.05),
            (0.3, 0.08),
            (0, -0.05),
            (-0.3, 0.08),
            (-0.6, -0.05),
        ]
    )
    b.shape(path, a)
    if b.chance(0.5):
        b.flat(blob([(0, -0.88), (0.28, 0.05), (-0.28, 0.05)]), c)
    for x in (-0.3, 0.3):
        b.detail(bend((0, -0.88), (x, 0.06), -0.15 if x > 0 else 0.15, 5), 0.9, a)


def meal(b: Brush) -> None:
    """A burger, a rice ball, or noodles with eggs."""
    colour, form = b.colour(), b.n(0, 2)
    if form == 0:
        b.shape(blob([(-0.85, -0.05), (-0.6, -0.7), (0.6, -0.7), (0.85, -0.05)]), b.warm(0xFFD89848))
        b.shape(slab(-0.9, -0.05, 0.9, 0.12, 0.08), b.warm(0xFF78B848))
        b.shape(slab(-0.85, 0.1, 0.85, 0.35, 0.1), b.warm(0xFF6A3820))
        b.shape(slab(-0.82, 0.32, 0.82, 0.65, 0.2), b.warm(0xFFD89848))
    elif form == 1:
        b.shape(
            blob(
                [
                    (0, -0.8),
                    (0.35, -0.45),
                    (0.85, 0.5),
                    (0.5, 0.75),
                    (-0.5, 0.75),
                    (-0.85, 0.5),
                    (-0.35, -0.45),
                ]
            ),
            0xFFFCFCF8,
        )
        b.shape(slab(-0.28, 0.2, 0.28, 0.78), 0xFF202820)
    else:
        b.shape(blob([(-0.9, 0.0), (0.9, 0.0), (0.5, 0.8), (-0.5, 0.8)]), colour)
        b.shape(oval(0, 0.0, 0.9, 0.25), b.warm(0xFFE8B860))
        for _ in range(6):
            b.streak(
                bend((b.u(-0.7, 0), b.u(-0.1, 0.1)), (b.u(0, 0.7), b.u(-0.1, 0.1)), b.u(-0.3, 0.3)),
                0.05,
                b.warm(0xFFFFF0B0),
            )
        for x in (-0.3, 0.25):
            b.shape(oval(x, -0.05, 0.2, 0.1), 0xFFFFFFFF)
            b.dot(x, -0.05, 0.07, b.warm(0xFFF0A020))


def sweet(b: Brush) -> None:
    """A cake, a painted egg, a wrapped sweet."""
    colour, form = b.colour(), b.n(0, 2)
    if form == 0:
        b.shape(slab(-0.75, -0.2, 0.75, 0.75, 0.05), lighter(colour, 0.5))
        b.shape(
            blob([(-0.8, -0.3), (0.8, -0.3), (0.75, 0.1), (0.4, 0.0), (0.1, 0.2), (-0.3, 0.0), (-0.7, 0.15)]),
            colour,
        )
        for x in (-0.4, 0.0, 0.4):
            b.shape(oval(x, -0.42, 0.15), b.warm(0xFFD83040))
    elif form == 1:
        b.shape(blob([(0, -0.9), (0.65, 0.2), (0, 0.9), (-0.65, 0.2)]), lighter(colour, 0.4))
        for y in (-0.2, 0.2):
            b.streak([(-0.5, y), (-0.2, y + 0.15), (0.2, y), (0.5, y + 0.15)], 0.06, b.colour())
    else:
        b.shape(poly([(-0.45, 0.0), (-0.95, -0.4), (-0.95, 0.4)]), colour)
        b.shape(poly([(0.45, 0.0), (0.95, -0.4), (0.95, 0.4)]), colour)
        b.shape(oval(0, 0, 0.52, 0.45), colour)
        b.streak(bend((-0.3, -0.3), (0.3, 0.3), 0.2), 0.12, lighter(colour, 0.6))


def spectacles(b: Brush) -> None:
    """Glasses that lie alone, goggles or a pair of binoculars."""
    colour = darker(b.colour(), 0.4)
    b.streak(bend((-0.15, 0), (0.15, 0), -0.3), 0.09, colour)
    for side in (-1, 1):
        path = oval(0.52 * side, 0.0, 0.4, 0.34) if b.chance(0.7) else slab(0.15 * side, -0.3, 0.95 * side, 0.3, 0.08)
        b.flat(path, fade(b.warm(0xFFB8DCF0), 0.6) if b.chance(0.6) else 0xFF181820)
        b.streak(path, 0.09, colour)
        b.streak([(0.9 * side, -0.1), (1.0 * side, -0.5)], 0.07, colour)


def hat(b: Brush) -> None:
    """A hat, a cap or a helmet without a wearer."""
    colour, band, form = b.colour(), b.colour(), b.n(0, 3)
    if form == 0:
        b.shape(oval(0, 0.4, 0.98, 0.25), colour)
        b.shape(blob([(-0.5, 0.35), (-0.45, -0.5), (0, -0.6), (0.45, -0.5), (0.5, 0.35), (0, 0.45)]), colour)
        b.flat(blob([(-0.5, 0.3), (-0.49, 0.1), (0, 0.2), (0.49, 0.1), (0.5, 0.3), (0, 0.42)]), band)
    elif form == 1:
        b.shape(blob([(-0.65, 0.3), (-0.5, -0.5), (0.1, -0.65), (0.55, -0.3), (0.6, 0.25)]), colour)
        b.shape(blob([(0.3, 0.2), (0.98, 0.3), (0.95, 0.42), (0.2, 0.4)]), darker(colour, 0.2))
        b.shape(oval(0.05, -0.62, 0.06), band)
    elif form == 2:
        b.shape(oval(0, 0.5, 0.98, 0.25), colour)
        b.shape(blob([(-0.5, 0.45), (0.1, -1.0), (0.3, -0.5), (0.5, 0.45)]), colour)
        b.flat(poly([(-0.5, 0.4), (-0.44, 0.2), (0.45, 0.2), (0.5, 0.4)]), band)
    else:
        b.shape(blob([(-0.8, 0.6), (-0.8, -0.2), (0, -0.9), (0.8, -0.2), (0.8, 0.6)]), lighter(colour, 0.2))
        b.shape(slab(-0.6, -0.05, 0.6, 0.15, 0.05), 0xFF18181C, shade=False)
        b.detail([(0, -0.85), (0, 0.6)], 1.2, colour)
        for x in (-0.3, -0.15, 0.15, 0.3):
            b.dot(x, 0.4, 0.05, 0xFF18181C)


def bag(b: Brush) -> None:
    colour = b.colour()
    b.streak(bend((-0.35, -0.3), (0.35, -0.3), -0.9), 0.09, darker(colour, 0.3))
    b.shape(blob([(-0.6, -0.35), (0.6, -0.35), (0.75, 0.8), (-0.75, 0.8)]), colour)
    b.shape(blob([(-0.6, -0.38), (0.6, -0.38), (0.5, 0.15), (-0.5, 0.15)]), lighter(colour, 0.15))
    for x in (-0.3, 0.3) if b.chance(0.5) else (0.0,):
        b.shape(slab(x - 0.08, 0.05, x + 0.08, 0.25, 0.03), b.warm(0xFFE8C860))


def cushion(b: Brush) -> None:
    """A pillow with creases from its corners and buttons."""
    colour = b.colour()
    b.shape(
        blob([(-0.9, -0.7), (0, -0.55), (0.9, -0.7), (0.75, 0), (0.9, 0.7), (0, 0.55), (-0.9, 0.7), (-0.75, 0)]),
        colour,
    )
    for x in (-1, 1):
        for y in (-1, 1):
            b.detail([(0.8 * x, 0.62 * y), (0.5 * x, 0.35 * y)], 0.9, colour)
    for spot in (-0.3, 0.3) if b.chance(0.5) else ():
        b.shape(oval(spot, 0, 0.07), darker(colour, 0.3))


def star_shape(b: Brush) -> None:
    """A star, a heart, a moon, a flame, a drop or a bolt."""
    colour, form = b.colour(), b.n(0, 5)
    if form == 0:
        b.shape(star(0, 0, 0.98, b.u(0.35, 0.6), b.n(4, 12)), colour)
    elif form == 1:
        b.shape(heart(0, 0, 0.8), colour)
    elif form == 2:
        b.shape(blob([(0.3, -0.9), (-0.6, -0.5), (-0.7, 0.4), (0.3, 0.9), (-0.2, 0.3), (-0.2, -0.4)]), colour)
    elif form == 3:
        b.shape(
            blob([(0, -1), (0.3, -0.3), (0.65, 0.2), (0.35, 0.9), (-0.35, 0.9), (-0.65, 0.2), (-0.3, 0.0)]),
            b.warm(0xFFF07020),
        )
        b.flat(blob([(0, -0.2), (0.3, 0.4), (0, 0.85), (-0.3, 0.4)]), b.warm(0xFFFFE060))
    elif form == 4:
        b.shape(blob([(0, -0.95), (0.55, 0.3), (0, 0.9), (-0.55, 0.3)]), b.warm(0xFF90C8F0))
    else:
        b.shape(poly([(0.2, -1), (-0.5, 0.1), (-0.05, 0.1), (-0.25, 1), (0.5, -0.2), (0.05, -0.2)]), colour)


def kettle(b: Brush) -> None:
    """A cauldron, a barrel, a jar or a vase."""
    colour, form = b.colour(), b.n(0, 2)
    if form == 0:
        b.shape(oval(0, 0.2, 0.85, 0.7), darker(colour, 0.5))
        b.shape(oval(0, -0.4, 0.75, 0.18), b.colour())
    elif form == 1:
        b.shape(blob([(-0.5, -0.85), (0.5, -0.85), (0.68, 0), (0.5, 0.85), (-0.5, 0.85), (-0.68, 0)]), colour)
        for y in (-0.5, 0.5):
            b.streak(bend((-0.6, y), (0.6, y), 0.08), 0.1, 0xFF505058)
        for x in (-0.25, 0.0, 0.25):
            b.detail(bend((x, -0.8), (x, 0.85), -x * 0.3), 0.6, colour)
    else:
        b.shape(
            blob(
                [
                    (-0.3, -0.9),
                    (0.3, -0.9),
                    (0.2, -0.5),
                    (0.6, 0.1),
                    (0.3, 0.9),
                    (-0.3, 0.9),
                    (-0.6, 0.1),
                    (-0.2, -0.5),
                ]
            ),
            colour,
        )
        b.streak(bend((-0.52, 0.0), (0.52, 0.0), 0.1), 0.12, b.colour())


def panes(b: Brush) -> None:
    """Two windows side by side with a sill or a door below."""
    b.shape(slab(-0.95, -0.95, 0.95, 0.95), b.colour())
    glass = b.warm(b.pick([0xFFB8DCF0, 0xFFFFE8A0, 0xFF283048]))
    round_top, sill = b.u(0, 0.25), b.chance(0.4)
    barred = sill or b.chance(0.5)  # bare panes over a sill would be a face
    for side in (-1, 1):
        b.shape(slab(0.15 * side, -0.6, 0.7 * side, 0.05, round_top), glass)
        if barred:
            b.line([(0.425 * side, -0.6), (0.425 * side, 0.05)], 0.9)
            b.line([(0.15 * side, -0.28), (0.7 * side, -0.28)], 0.9)
    b.shape(slab(-0.8, 0.08, 0.8, 0.2) if sill else slab(-0.25, 0.3, 0.25, 0.95, b.u(0, 0.2)), b.colour())


def strap(b: Brush) -> None:
    """Belts with buckles, or a rope."""
    colour = b.colour()
    line = bend((-1, b.u(-0.4, 0.4)), (1, b.u(-0.4, 0.4)), b.u(-0.3, 0.3))
    b.shape(tube(line, [0.3, 0.3], blunt=False), colour)
    x, y = line[2]
    b.shape(slab(x - 0.22, y - 0.25, x + 0.22, y + 0.25, 0.06), b.warm(0xFFE0C060))
    b.shape(slab(x - 0.12, y - 0.14, x + 0.12, y + 0.14, 0.03), darker(colour, 0.3), shade=False)


THINGS = {
    "ball": ball,
    "lamp": lamp,
    "cup": cup,
    "bow": bow,
    "jewel": jewel,
    "bottle": bottle,
    "book": book,
    "furniture": furniture,
    "umbrella": umbrella,
    "meal": meal,
    "sweet": sweet,
    "spectacles": spectacles,
    "hat": hat,
    "bag": bag,
    "cushion": cushion,
    "star_shape": star_shape,
    "kettle": kettle,
    "panes": panes,
    "strap": strap,
}
