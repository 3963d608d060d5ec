"""Written and shining things as props: balloons seen near, tags, notes, lights. Each fills -1 to 1, y down."""

from __future__ import annotations

import numpy as np
import skia

from charaface.synth.stage.brush import Brush, bend, blob, oval, poly, slab, star, tube
from charaface.synth.stage.ink import darker, fade, lighter
from charaface.synth.stage.marks import Area, balloon, sparkles, writing


def balloon_near(b: Brush) -> None:
    """A speech balloon, often see-through, with a few short lines; its tail, or another one at its side."""
    if b.chance(0.4):
        side = -1.0 if b.chance(0.5) else 1.0
        balloon(b, Area(side * 0.5 - 0.45, b.u(-1.2, -0.7), side * 0.5 + 0.45, b.u(-0.2, 0.1)))
    tail = (b.u(-1.0, 1.0), b.u(0.9, 1.4)) if b.chance(0.7) else None
    area = Area(-0.9, -0.75, 0.9, b.u(0.2, 0.75))
    if b.chance(0.5):
        balloon(b, area, tail)
        return
    middle, reach = area.at(0.5, 0.5), (area.width / 2, area.height / 2)
    path = oval(*middle, *reach)
    tint = b.pick([0xFFFFFFFF, 0xFFE8F4E8, lighter(b.colour(), 0.7)])
    b.flat(path, fade(tint, b.u(0.45, 1.0)))
    if b.chance(0.5):
        b.line(path)
    if b.chance(0.25):
        _notes(b, middle, 0.4, b.n(1, 4))
    else:
        inner = Area(-0.65, middle[1] - 0.5 * reach[1], 0.65, middle[1] + 0.5 * reach[1])
        writing(b, inner, inner.height / b.u(1.6, 4.5), 0xFF202020)


def notes(b: Brush) -> None:
    """Notes of a song in the air, alone or in a coloured cloud."""
    if b.chance(0.4):
        b.flat(oval(0, 0, 0.95, b.u(0.5, 0.9)), fade(lighter(b.colour(), 0.4), b.u(0.5, 1.0)))
    _notes(b, (0.0, 0.0), b.u(0.4, 0.75), b.n(1, 5))


def _notes(b: Brush, at: tuple[float, float], reach: float, count: int) -> None:
    colour = b.pick([0xFF202020, b.colour(), darker(b.colour(), 0.3)])
    for _ in range(count):
        x, y, s = at[0] + b.u(-reach, reach), at[1] + b.u(-reach, reach), b.u(0.15, 0.45)
        tips = [(x, y)] if b.chance(0.5) else [(x, y), (x + 0.9 * s, y - 0.2 * s)]
        for tx, ty in tips:
            with b.placed(tx, ty, s, -20) as p:
                p.flat(oval(0, 0, 0.3, 0.22), colour)
            b.streak([(tx + 0.25 * s, ty), (tx + 0.25 * s, ty - 1.1 * s)], 0.09 * s, colour)
        (ax, ay), (bx, by) = tips[0], tips[-1]
        end = (bx + 0.25 * s, by - 1.1 * s) if len(tips) > 1 else (ax + 0.6 * s, ay - 0.7 * s)
        b.streak([(ax + 0.25 * s, ay - 1.1 * s), end], 0.16 * s, colour)


def tag(b: Brush) -> None:
    """A plate, a price, a sign on a post: a few signs on paper, wood or metal."""
    paper = b.pick([b.ink.paper, 0xFFF0E0B0, b.colour(), lighter(b.colour(), 0.5), 0xFFFFD040])
    paper = b.warm(paper)
    if b.chance(0.3):
        b.shape(slab(-0.08, 0.4, 0.08, 1.0), b.warm(0xFF805830))
    path = slab(-0.8, -b.u(0.5, 0.9), 0.8, b.u(0.4, 0.8), b.u(0.0, 0.4))
    if b.chance(0.25):
        path = star(0, 0, 0.95, b.u(0.6, 0.85), b.n(6, 16))
    b.shape(path, paper)
    dark = b.pick([0xFF202020, darker(paper, 0.6), b.warm(0xFFC02020)])
    with b.inside(path):
        if b.chance(0.5):
            writing(b, Area(-0.55, -0.35, 0.55, 0.35), 0.65, dark, "glyphs")
        else:
            writing(b, Area(-0.6, -0.4, 0.6, 0.4), b.u(0.12, 0.3), dark)
    if b.chance(0.3):
        b.dot(-0.6, -0.35, 0.06, dark)
        b.dot(0.6, -0.35, 0.06, dark)


def glow(b: Brush) -> None:
    """Light that comes out of something: a core, rays or a halo, sparks."""
    colour = b.pick([0xFFFFF080, 0xFFB0FFE0, 0xFFFFB060, 0xFFD0A0FF, lighter(b.colour(), 0.4)])
    colour = b.warm(colour)
    b.glow(0, 0, 1.3, fade(colour, b.u(0.6, 1.0)), b.u(0.0, 0.6))
    if b.chance(0.4):
        for a in np.arange(12) * np.pi / 6 + b.u(0, 1):
            c, s = float(np.cos(a)), float(np.sin(a))
            b.flat(poly([(-0.06 * s, 0.06 * c), (0.06 * s, -0.06 * c), (1.1 * c, 1.1 * s)]), fade(0xFFFFFFFF, 0.35))
    core = b.n(0, 3)
    if core == 0:
        b.shape(slab(-0.35, -0.4, 0.35, 0.45, 0.05), lighter(colour, 0.3))
        writing(b, Area(-0.25, -0.3, 0.25, 0.35), 0.5, darker(colour, 0.5), "glyphs")
    elif core == 1:
        b.flat(oval(0, 0, b.u(0.2, 0.45)), lighter(colour, 0.6))
    elif core == 2:
        b.shape(blob([(0, -0.6), (0.4, 0.1), (0.2, 0.5), (-0.2, 0.5), (-0.4, 0.1)]), lighter(colour, 0.2))
    sparkles(b, Area(-1, -1, 1, 1), b.n(3, 12))


def glass_neck(b: Brush) -> None:
    """The upper part of a flask or jar seen near: stopper, rim, neck, what is poured out of it."""
    glass, drink = fade(lighter(b.colour(), 0.5), b.u(0.5, 1.0)), b.colour()
    half = b.u(0.3, 0.6)
    body = blob([(-half, -0.1), (half, -0.1), (half * 1.1, 0.3), (1.0, 1.0), (-1.0, 1.0), (-half * 1.1, 0.3)])
    b.shape(body, glass)
    if b.chance(0.5):
        with b.inside(body):
            b.box(-1, b.u(0.3, 0.8), 1, 1.1, drink)
    b.shape(slab(-half - 0.15, -0.3, half + 0.15, -0.05, 0.1), glass)
    if b.chance(0.7):
        cork = b.warm(b.pick([0xFFC09860, 0xFF907048, b.colour()]))
        b.shape(slab(-half * 0.8, -0.95, half * 0.8, -0.28, b.u(0.0, 0.3)), cork)
        for _ in range(b.n(0, 3)):
            b.dot(b.u(-0.5, 0.5) * half, b.u(-0.8, -0.4), b.u(0.04, 0.12), darker(cork, 0.5))
    if b.chance(0.3):
        b.shape(tube([(0, -0.1), (0.05, 0.4), (0, 1.0)], [0.2, 0.15, 0.3]), lighter(drink, 0.2))
    b.flat(oval(-0.5 * half, 0.4, 0.08, 0.3), fade(0xFFFFFFFF, 0.6))


def swirl(b: Brush) -> None:
    """A whirl: a lollipop, a snail's turn of cream, a hypnotic disc."""
    one, other = b.colour(), b.pick([0xFFFFFFFF, b.colour()])
    if b.chance(0.5):
        b.shape(slab(-0.06, 0.6, 0.06, 1.1), 0xFFFFFFFF)
    disc = oval(0, 0, 0.85)
    b.shape(disc, one)
    turns, way = b.u(1.2, 3.0), -1 if b.chance(0.5) else 1
    t = np.linspace(0.03, 1, 40)
    angle = way * 2 * np.pi * turns * t
    with b.inside(disc):
        line = [(float(0.85 * r * np.cos(a)), float(0.85 * r * np.sin(a))) for r, a in zip(t, angle, strict=True)]
        b.streak(line, b.u(0.06, 0.2), b.warm(other))
    b.line(disc)
    b.flat(oval(-0.35, -0.45, 0.16, 0.1), fade(0xFFFFFFFF, 0.7))


def stump(b: Brush) -> None:
    """A trunk with bark, knots and a hollow."""
    bark = b.warm(b.pick([0xFF6A4A30, 0xFF807060, 0xFF504838, 0xFF8A6A40]))
    left, right = b.u(-0.7, -0.4), b.u(0.4, 0.7)
    body = blob([(left, -1.0), (right, -1.0), (right + 0.05, 0.2), (0.95, 1.0), (-0.95, 1.0), (left - 0.05, 0.2)])
    b.shape(body, bark)
    with b.inside(body):
        for _ in range(b.n(3, 9)):
            x = b.u(left, right)
            b.detail(bend((x, b.u(-1, 0)), (x + b.u(-0.2, 0.2), b.u(0.2, 1.0)), b.u(-0.15, 0.15)), b.u(0.5, 1.2), bark)
        for _ in range(b.n(0, 3)):
            x, y, r = b.u(left, right), b.u(-0.7, 0.6), b.u(0.08, 0.3)
            b.shape(oval(x, y, r, r * b.u(0.8, 1.7)), darker(bark, b.u(0.3, 0.7)))
            b.detail(skia.Path(oval(x, y, r * 1.35, r * 1.6)), 0.7, bark)


SIGNS = {
    "balloon_near": balloon_near,
    "notes": notes,
    "tag": tag,
    "glow": glow,
    "glass_neck": glass_neck,
    "swirl": swirl,
    "stump": stump,
}
