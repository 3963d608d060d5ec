"""Animals as props, from behind, from the side or far from any human face: each fills -1 to 1, y down."""

from __future__ import annotations

import numpy as np

from charaface.synth.stage.brush import Brush, bend, blob, oval, poly, slab, tube
from charaface.synth.stage.ink import darker, hsv, lighter

Ring = list[tuple[float, float]]


def fur(brush: Brush) -> int:
    """A coat of an animal."""
    return (
        brush.warm(hsv(brush.u(0.03, 0.12), brush.u(0, 0.7), brush.u(0.2, 1.0)))
        if brush.chance(0.7)
        else brush.colour()
    )


def eye_dot(brush: Brush, x: float, y: float, r: float) -> None:
    """One small eye of an animal seen from the side."""
    if brush.chance(0.5):
        brush.shape(oval(x, y, r * 1.5), 0xFFFFFFFF, shade=False, width=0.7)
    brush.dot(x, y, r, 0xFF151515)


def sitter(brush: Brush) -> None:
    """A cat, a rabbit or a bear that sits with its back to us."""
    colour, form = fur(brush), brush.n(0, 2)
    tail = [(0.4, 0.8), (0.95, 0.7), (0.9, brush.u(0.0, 0.5))] if form == 0 else [(0.0, 0.75), (0.05, 0.8)]
    brush.shape(tube(tail, [0.16, 0.16, 0.1]) if form == 0 else oval(0.1, 0.75, 0.2), lighter(colour, 0.2))
    brush.shape(
        blob([(0, -0.3), (0.4, 0.0), (0.62, 0.7), (0.4, 0.98), (-0.4, 0.98), (-0.62, 0.7), (-0.4, 0.0)]),
        colour,
    )
    for side in (-1, 1):
        if form == 0:
            ear: Ring = [(0.12 * side, -0.75), (0.42 * side, -1.0), (0.45 * side, -0.55)]
            brush.shape(poly(ear), colour)
        elif form == 1:
            brush.shape(tube([(0.15 * side, -0.7), (0.25 * side, -1.3)], [0.2, 0.14]), colour)
        else:
            brush.shape(oval(0.34 * side, -0.8, 0.15), colour)
    brush.shape(oval(0, -0.5, 0.46, 0.38), colour)
    for k in range(brush.n(0, 3)):
        brush.detail(bend((-0.2, 0.1 + 0.2 * k), (0.2, 0.1 + 0.2 * k), -0.2, 4), 1.2, colour)
    brush.detail([(0, -0.1), (0.02, 0.8)], 0.6, colour)


def walker_side(brush: Brush) -> None:
    """A dog, cow, horse or deer from the side."""
    colour = fur(brush)
    high, neck = brush.u(0.5, 1.0), brush.u(0.1, 0.5)
    for x in (-0.55, -0.4, 0.3, 0.45):
        brush.shape(tube([(x, 0.2), (x + brush.u(-0.12, 0.12), 0.3 + 0.65 * high)], [0.2, 0.11]), darker(colour, 0.15))
    brush.shape(tube([(-0.6, -0.1), (-0.9, brush.u(-0.4, 0.5))], [0.12, 0.06]), colour)
    parts = [
        blob([(-0.65, -0.1), (0, -0.2), (0.5, -0.15), (0.6, 0.2), (0.1, 0.42), (-0.6, 0.38)]),
        tube([(0.45, 0.0), (0.62, -0.2 - neck)], [0.45, 0.3]),
        blob(
            [
                (0.5, -0.45 - neck),
                (0.75, -0.42 - neck),
                (1.05, -0.18 - neck),
                (1.0, -0.02 - neck),
                (0.6, -0.05 - neck),
            ]
        ),
    ]
    brush.merged(parts, colour)
    brush.shape(blob([(0.55, -0.4 - neck), (0.4, -0.6 - neck), (0.45, -0.3 - neck)]), darker(colour, 0.2))
    eye_dot(brush, 0.74, -0.28 - neck, 0.04)
    brush.flat(oval(1.0, -0.13 - neck, 0.06, 0.05), darker(colour, 0.6))
    for _ in range(brush.n(0, 4)):
        brush.flat(
            oval(brush.u(-0.5, 0.4), brush.u(-0.05, 0.25), brush.u(0.08, 0.2), brush.u(0.06, 0.14)),
            darker(colour, 0.35),
        )


def fish(brush: Brush) -> None:
    colour = brush.colour()
    brush.shape(poly([(-0.5, 0.0), (-1.0, -0.45), (-0.85, 0.0), (-1.0, 0.45)]), darker(colour, 0.15))
    brush.shape(blob([(-0.1, -0.4), (0.2, -0.75), (0.4, -0.35)]), darker(colour, 0.15))
    brush.shape(blob([(-0.6, 0.0), (0.1, -0.5), (0.8, -0.25), (0.98, 0.05), (0.8, 0.3), (0.1, 0.5)]), colour)
    brush.detail(bend((0.5, -0.35), (0.5, 0.35), 0.25), 0.9, colour)
    eye_dot(brush, 0.7, -0.1, 0.06)
    for x in (-0.2, 0.05, 0.25):
        for y in (-0.15, 0.1):
            brush.detail(bend((x, y - 0.1), (x, y + 0.1), -0.4, 4), 0.6, colour)


def bird(brush: Brush) -> None:
    """A bird from the side, perched or flying."""
    colour, wing = brush.colour(), brush.colour()
    brush.shape(blob([(-0.95, 0.4), (-0.4, 0.05), (-0.35, 0.3)]), darker(colour, 0.2))
    parts = [blob([(-0.5, 0.2), (0.0, -0.25), (0.5, -0.2), (0.5, 0.35), (0.0, 0.55)]), oval(0.5, -0.35, 0.32)]
    brush.merged(parts, colour)
    brush.shape(poly([(0.75, -0.45), (1.1, -0.32), (0.75, -0.22)]), brush.warm(0xFFF0A020))
    eye_dot(brush, 0.58, -0.42, 0.05)
    if brush.chance(0.5):
        brush.shape(blob([(-0.3, 0.05), (0.25, -0.05), (0.15, 0.35), (-0.5, 0.4)]), wing)
        for x in (-0.1, 0.1):
            brush.streak([(x, 0.5), (x, 0.95)], 0.05, brush.warm(0xFFE09030))
    else:
        brush.shape(blob([(0.2, 0.0), (-0.1, -0.6), (-0.6, -1.0), (-0.5, -0.4), (-0.3, 0.1)]), wing)
        for k in range(3):
            brush.detail([(-0.1 - 0.08 * k, -0.1), (-0.3 - 0.1 * k, -0.5 - 0.08 * k)], 0.7, wing)


def flock(brush: Brush) -> None:
    """Far birds as little bows."""
    for _ in range(brush.n(3, 9)):
        x, y, r = brush.u(-1, 1), brush.u(-1, 1), brush.u(0.06, 0.16)
        brush.streak(bend((x - 2 * r, y - r), (x, y), -0.25, 4), 0.035, 0xFF303038)
        brush.streak(bend((x, y), (x + 2 * r, y - r), -0.25, 4), 0.035, 0xFF303038)


def butterfly(brush: Brush) -> None:
    """Two pairs of wings with round marks."""
    a, b = brush.colour(), brush.colour()
    for side in (-1, 1):
        brush.shape(blob([(0.05 * side, 0.0), (0.5 * side, -0.9), (0.98 * side, -0.75), (0.8 * side, -0.1)]), a)
        brush.shape(blob([(0.05 * side, 0.05), (0.75 * side, 0.05), (0.75 * side, 0.6), (0.3 * side, 0.8)]), b)
        for x, y, r in ((0.65, -0.5, 0.15), (0.5, 0.35, 0.13)):
            brush.shape(oval(x * side, y, r), brush.colour(), width=0.8)
            brush.dot(x * side, y, r * 0.45, darker(a, 0.6))
        brush.line(bend((0.03 * side, -0.3), (0.3 * side, -0.85), -0.2 * side, 4), 0.8)
    brush.shape(tube([(0, -0.35), (0, 0.6)], [0.12, 0.06]), darker(b, 0.5))


def snail(brush: Brush) -> None:
    colour, shell = fur(brush), brush.colour()
    brush.shape(
        blob([(-0.95, 0.7), (-0.3, 0.45), (0.5, 0.4), (0.6, -0.1), (0.95, -0.1), (0.95, 0.5), (0.7, 0.75)]),
        colour,
    )
    for x in (0.7, 0.9):
        brush.streak([(x, 0.0), (x + 0.05, -0.5)], 0.05, colour)
        brush.dot(x + 0.05, -0.52, 0.07, colour)
    brush.shape(oval(-0.1, 0.0, 0.6), shell)
    turns = np.linspace(0, 15, 40)
    brush.detail(
        [(float(-0.1 + 0.5 * np.exp(-t / 8) * np.cos(t)), float(0.5 * np.exp(-t / 8) * np.sin(t))) for t in turns],
        1.0,
        shell,
    )


def snake(brush: Brush) -> None:
    """A long winding body: a snake, an eel, a tentacle."""
    colour = brush.colour()
    t = np.linspace(0, 1, 14)
    wave = brush.u(0.2, 0.5)
    line = [(float(-0.9 + 1.8 * v), float(wave * np.sin(v * brush.u(8, 9)))) for v in t]
    brush.shape(tube(line, [0.05, 0.2, 0.26, 0.26, 0.2]), colour)
    for x, y in line[2:-1]:
        brush.flat(oval(x, y, 0.05, 0.08), darker(colour, 0.3))


def insect(brush: Brush) -> None:
    """A beetle or bee from above."""
    a, b = brush.colour(), 0xFF202020
    for y in (-0.3, 0.1, 0.5):
        for side in (-1, 1):
            brush.streak([(0.3 * side, y), (0.7 * side, y - 0.1), (0.9 * side, y + 0.15)], 0.05, b)
    brush.shape(oval(0, -0.65, 0.3, 0.25), b)
    brush.shape(oval(0, 0.15, 0.5, 0.7), a)
    if brush.chance(0.5):
        brush.detail([(0, -0.5), (0, 0.85)], 1.2, a)
        for x, y in ((-0.25, -0.1), (0.25, -0.1), (-0.22, 0.35), (0.22, 0.35)):
            brush.dot(x, y, 0.1, b)
    else:
        for y in (-0.2, 0.15, 0.5):
            brush.box(-0.42, y, 0.42, y + 0.12, b)
        for side in (-1, 1):
            brush.shape(oval(0.6 * side, -0.2, 0.4, 0.22), 0xC0FFFFFF, shade=False)


def elephant(brush: Brush) -> None:
    """A heavy animal from behind: legs, rump, a thin tail, ears out."""
    colour = brush.warm(hsv(brush.u(0.55, 0.7), brush.u(0, 0.25), brush.u(0.4, 0.8)))
    for side in (-1, 1):
        brush.shape(oval(0.75 * side, -0.35, 0.3, 0.42), colour)
        brush.shape(slab(0.12 * side, 0.2, 0.55 * side, 0.95, 0.1), colour)
    brush.shape(
        blob([(0, -0.8), (0.55, -0.5), (0.65, 0.1), (0.4, 0.5), (-0.4, 0.5), (-0.65, 0.1), (-0.55, -0.5)]),
        colour,
    )
    brush.streak(bend((0, -0.3), (0.1, 0.4), 0.15), 0.05, darker(colour, 0.3))
    brush.detail([(0, 0.2), (0, 0.5)], 0.8, colour)
    brush.detail(bend((-0.5, 0.1), (-0.05, 0.3), -0.2), 0.8, colour)


def shelled(brush: Brush) -> None:
    """A turtle, a crab or a shell."""
    colour, form = brush.colour(), brush.n(0, 2)
    if form == 0:
        for x, y in ((-0.6, 0.3), (0.5, 0.35), (0.95, 0.0)):
            brush.shape(oval(x, y, 0.22, 0.18), lighter(colour, 0.3))
        brush.shape(blob([(-0.85, 0.25), (-0.5, -0.45), (0.2, -0.5), (0.75, 0.25)]), colour)
        for x in (-0.4, 0.0, 0.35):
            brush.detail(blob([(x - 0.15, 0.0), (x, -0.25), (x + 0.15, 0.0), (x, 0.15)]), 0.8, colour)
    elif form == 1:
        for side in (-1, 1):
            brush.shape(oval(0.8 * side, -0.45, 0.22, 0.26), colour)
            brush.streak([(0.5 * side, 0.0), (0.8 * side, -0.3)], 0.08, colour)
            for k in range(3):
                brush.streak([(0.4 * side, 0.3), (0.9 * side, 0.2 + 0.25 * k)], 0.06, colour)
        brush.shape(oval(0, 0.15, 0.6, 0.42), colour)
    else:
        fan = [(float(np.cos(a)), float(0.5 + 1.3 * np.sin(a))) for a in np.linspace(-np.pi, 0, 9)]
        brush.shape(poly([*fan, (0, 0.9)]), colour)
        for x, y in fan[1:-1]:
            brush.detail([(0, 0.85), (x, y)], 0.8, colour)


def dragon(brush: Brush) -> None:
    """A long-necked beast from the side with a wing and a spiny back."""
    colour = brush.colour()
    spine = [(-0.95, 0.7), (-0.5, 0.55), (0.0, 0.3), (0.35, 0.1), (0.5, -0.4), (0.75, -0.6)]
    for x, y in spine[1:]:
        brush.shape(poly([(x - 0.12, y - 0.1), (x, y - 0.42), (x + 0.12, y - 0.1)]), lighter(colour, 0.3), shade=False)
    for x in (-0.1, 0.3):
        brush.shape(tube([(x, 0.3), (x + 0.05, 0.95)], [0.25, 0.15]), darker(colour, 0.1))
    brush.shape(tube(spine, [0.08, 0.25, 0.6, 0.5, 0.25, 0.25]), colour)
    brush.shape(blob([(0.6, -0.75), (0.8, -0.8), (1.1, -0.55), (1.05, -0.42), (0.7, -0.45)]), colour)
    eye_dot(brush, 0.78, -0.66, 0.04)
    brush.shape(
        poly([(0.1, 0.0), (-0.1, -1.0), (-0.35, -0.5), (-0.65, -0.7), (-0.6, -0.25), (-0.9, -0.2)]),
        darker(colour, 0.2),
    )


def paw(brush: Brush) -> None:
    """The pads of a paw, or its print."""
    colour = fur(brush)
    brush.shape(oval(0, 0.0, 0.9), colour, shade=brush.chance(0.5))
    pad = brush.warm(0xFFE58A9A) if brush.chance(0.5) else darker(colour, 0.5)
    brush.flat(blob([(0, 0.0), (0.42, 0.35), (0.3, 0.62), (0, 0.55), (-0.3, 0.62), (-0.42, 0.35)]), pad)
    for x, y in ((-0.5, -0.1), (-0.2, -0.42), (0.2, -0.42), (0.5, -0.1)):
        brush.flat(oval(x, y, 0.15, 0.2), pad)


def tail(brush: Brush) -> None:
    """A bushy tail, striped or plain."""
    colour = fur(brush)
    line = [(-0.8, 0.9), (-0.2, 0.5), (0.3, 0.0), (0.2, -0.6), (0.6, -0.95)]
    brush.shape(tube(line, [0.15, 0.4, 0.6, 0.5, 0.1]), colour)
    for x, y in line[1:4]:
        brush.detail(bend((x - 0.15, y - 0.1), (x + 0.2, y + 0.1), 0.3, 4), brush.u(0.8, 3), colour)


CREATURES = {
    "sitter": sitter,
    "walker_side": walker_side,
    "fish": fish,
    "bird": bird,
    "flock": flock,
    "butterfly": butterfly,
    "snail": snail,
    "snake": snake,
    "insect": insect,
    "elephant": elephant,
    "shelled": shelled,
    "dragon": dragon,
    "paw": paw,
    "tail": tail,
}
