"""Machines and tools as props: each fills -1 to 1, y down."""

from __future__ import annotations

import numpy as np

from charaface.synth.stage.brush import Brush, blob, oval, poly, slab, star
from charaface.synth.stage.ink import darker, lighter
from charaface.synth.stage.marks import Area, writing


def wheel(b: Brush) -> None:
    tyre, rim = darker(b.colour(), 0.7), b.colour()
    b.shape(oval(0, 0, 0.95), tyre)
    b.shape(oval(0, 0, b.u(0.55, 0.8)), rim)
    count = b.n(3, 12)
    for k in range(count):
        a = 2 * np.pi * k / count
        b.streak([(0, 0), (float(0.62 * np.cos(a)), float(0.62 * np.sin(a)))], b.u(0.03, 0.12), darker(rim, 0.4))
    b.shape(oval(0, 0, b.u(0.1, 0.25)), b.colour())


def car_side(b: Brush) -> None:
    colour = b.colour()
    b.shape(blob([(-0.55, -0.05), (-0.35, -0.5), (0.25, -0.5), (0.5, -0.05)]), b.warm(0xFFB8DCF0))
    b.line([(0, -0.5), (0, 0)], 1.0)
    b.shape(blob([(-0.95, 0.3), (-0.9, 0.0), (-0.4, -0.1), (0.5, -0.1), (0.9, 0.05), (0.97, 0.35)]), colour)
    for x in (-0.55, 0.55):
        with b.placed(x, 0.36, 0.25) as p:
            wheel(p)
    b.shape(oval(0.88, 0.1, 0.06, 0.08), b.warm(0xFFFFF0A0), shade=False)


def car_front(b: Brush) -> None:
    """Lamps in a pair over a grille: the face that is none."""
    colour = b.colour()
    b.shape(blob([(-0.6, -0.2), (-0.45, -0.7), (0.45, -0.7), (0.6, -0.2)]), colour)
    b.shape(blob([(-0.48, -0.2), (-0.36, -0.58), (0.36, -0.58), (0.48, -0.2)]), b.warm(0xFFB8DCF0))
    for side in (-1, 1):
        b.shape(slab(0.5 * side, 0.4, 0.8 * side, 0.85, 0.05), 0xFF252528)
    b.shape(slab(-0.9, -0.25, 0.9, 0.6, 0.2), colour)
    round_lamps = b.chance(0.6)
    for side in (-1, 1):
        lamp = oval(0.62 * side, 0.05, 0.18) if round_lamps else slab(0.45 * side, -0.08, 0.8 * side, 0.12, 0.05)
        b.shape(lamp, b.warm(0xFFFFF8D8))
    b.shape(slab(-0.35, 0.0, 0.35, 0.25, 0.05), 0xFF404044)
    for x in np.linspace(-0.28, 0.28, 5):
        b.streak([(float(x), 0.04), (float(x), 0.22)], 0.025, 0xFFC8C8C8)
    b.shape(slab(-0.85, 0.4, 0.85, 0.52, 0.05), 0xFFC0C0C8, shade=False)


def clock(b: Brush) -> None:
    b.shape(oval(0, 0, 0.95), b.colour())
    b.shape(oval(0, 0, 0.78), 0xFFFFFFFF if b.chance(0.7) else b.colour(), shade=False)
    for k in range(12):
        a = np.pi * k / 6
        ends = [(float(r * np.cos(a)), float(r * np.sin(a))) for r in (0.62, 0.72)]
        b.streak(ends, 0.05, 0xFF202020)
    for r, w in ((0.35, 0.09), (0.58, 0.05)):
        a = b.u(0, 6.28)
        b.streak([(0, 0), (float(r * np.cos(a)), float(r * np.sin(a)))], w, 0xFF202020)
    b.dot(0, 0, 0.07, b.colour())


def socket(b: Brush) -> None:
    """A wall socket, a switch, a plug or a bowling ball: holes in pairs and threes."""
    colour, form = b.colour(), b.n(0, 2)
    if form == 0:
        b.shape(slab(-0.6, -0.9, 0.6, 0.9, 0.12), lighter(colour, 0.6))
        for y in (-0.42, 0.42):
            for side in (-1, 1):
                b.shape(slab(0.12 * side, y - 0.18, 0.22 * side, y + 0.02), 0xFF303030, shade=False)
            b.shape(oval(0, y + 0.16, 0.08), 0xFF303030, shade=False)
    elif form == 1:
        b.shape(slab(-0.7, -0.7, 0.7, 0.7, 0.15), lighter(colour, 0.7))
        b.shape(oval(0, 0, 0.5), lighter(colour, 0.4))
        for side in (-1, 1):
            b.dot(0.22 * side, 0, 0.08, 0xFF202020)
    else:
        b.shape(oval(0, 0, 0.9), colour)
        for x, y in ((-0.15, -0.45), (0.2, -0.48), (0.05, -0.15)):
            b.shape(oval(x, y, 0.12), 0xFF151515, shade=False)


def device(b: Brush) -> None:
    """A television, a computer, a telephone or a camera."""
    colour, form = b.colour(), b.n(0, 3)
    if form == 0:
        for side in (-1, 1):
            b.streak([(0.05 * side, -0.6), (0.4 * side, -1.0)], 0.05, 0xFF404040)
        b.shape(slab(-0.9, -0.6, 0.9, 0.75, 0.12), colour)
        b.shape(slab(-0.75, -0.45, 0.4, 0.6, 0.15), b.warm(0xFF9CC8C0))
        for y in (-0.25, 0.1):
            b.shape(oval(0.65, y, 0.12), b.colour())
    elif form == 1:
        b.shape(slab(-0.85, -0.8, 0.85, 0.4, 0.06), darker(colour, 0.5))
        b.shape(slab(-0.75, -0.7, 0.75, 0.28), b.colour(), shade=False)
        writing(b, Area(-0.65, -0.6, 0.5, 0.1), 0.1, 0xFFF0F0F0, "bars")
        b.shape(poly([(-0.85, 0.45), (0.85, 0.45), (1.0, 0.8), (-1.0, 0.8)]), colour)
    elif form == 2:
        b.shape(slab(-0.45, -0.9, 0.45, 0.9, 0.1), 0xFF202226)
        b.shape(slab(-0.38, -0.75, 0.38, 0.75), b.colour(), shade=False)
        for k in range(6):
            b.flat(
                slab(
                    -0.3 + 0.22 * (k % 3),
                    -0.6 + 0.3 * (k // 3),
                    -0.14 + 0.22 * (k % 3),
                    -0.44 + 0.3 * (k // 3),
                    0.03,
                ),
                b.colour(),
            )
    else:
        b.shape(slab(-0.9, -0.45, 0.9, 0.6, 0.08), colour)
        b.shape(slab(-0.35, -0.65, 0.35, -0.4, 0.04), darker(colour, 0.2))
        b.shape(oval(0, 0.08, 0.42), 0xFF303034)
        b.shape(oval(0, 0.08, 0.26), b.warm(0xFF5878A8))
        b.dot(-0.08, 0.0, 0.07, 0xFFFFFFFF)


def robot_body(b: Brush) -> None:
    """A machine's trunk: panels, rivets, lamps in pairs, jointed arms; no head."""
    colour = b.colour()
    for side in (-1, 1):
        for k in range(4):
            b.shape(oval(0.78 * side, -0.35 + 0.28 * k, 0.17), lighter(colour, 0.2))
        b.shape(slab(0.15 * side, 0.6, 0.45 * side, 1.0), darker(colour, 0.2))
    b.shape(slab(-0.62, -0.75, 0.62, 0.7, b.u(0.05, 0.35)), colour)
    b.shape(slab(-0.42, -0.5, 0.42, 0.1, 0.05), darker(colour, 0.15))
    for k in range(b.n(1, 4)):
        b.shape(oval(-0.28 + 0.19 * k, -0.28, 0.08), b.colour())
    for x in (-0.5, 0.5):
        for y in (-0.6, 0.55):
            b.dot(x, y, 0.05, darker(colour, 0.5))
    for y in (0.25, 0.4):
        b.detail([(-0.4, y), (0.4, y)], 1.0, colour)


def gear(b: Brush) -> None:
    colour, count = b.colour(), b.n(7, 14)
    b.shape(star(0, 0, 0.98, 0.74, count), colour)
    b.shape(oval(0, 0, 0.72), colour)
    b.shape(oval(0, 0, b.u(0.2, 0.4)), b.ink.paper, shade=False)


def ship(b: Brush) -> None:
    """A boat, a rocket, an aeroplane or a train."""
    colour, form = b.colour(), b.n(0, 2)
    if form == 0:
        b.shape(poly([(0, 0.2), (0, -0.95), (0.7, 0.1)]), b.ink.paper)
        b.shape(poly([(-0.05, 0.1), (-0.05, -0.8), (-0.5, 0.1)]), b.colour())
        b.shape(blob([(-0.95, 0.25), (0.95, 0.25), (0.6, 0.8), (-0.6, 0.8)]), colour)
    elif form == 1:
        for side in (-1, 1):
            b.shape(blob([(0.2 * side, 0.2), (0.7 * side, 0.9), (0.25 * side, 0.75)]), b.colour())
        b.shape(blob([(0, -1), (0.38, -0.3), (0.3, 0.7), (-0.3, 0.7), (-0.38, -0.3)]), colour)
        for y in (-0.25, 0.2):
            b.shape(oval(0, y, 0.15), b.warm(0xFFB8E0F8))
    else:
        b.shape(slab(-0.95, -0.45, 0.9, 0.45, 0.1), colour)
        for x in (-0.75, -0.3, 0.15, 0.55):
            b.shape(slab(x, -0.28, x + 0.28, 0.08, 0.04), b.warm(0xFFB8E0F8))
        for x in (-0.6, -0.2, 0.3, 0.65):
            b.shape(oval(x, 0.55, 0.16), 0xFF303030)


def tool(b: Brush) -> None:
    """A sword, a hammer, a key, scissors or a broom, aslant."""
    metal, grip, form = b.warm(0xFFC8D0D8), b.colour(), b.n(0, 4)
    with b.placed(0, 0, 1, b.u(-60, 60)) as p:
        if form == 0:
            p.shape(poly([(-0.1, 0.4), (-0.1, -0.8), (0, -1), (0.1, -0.8), (0.1, 0.4)]), metal)
            p.detail([(0, -0.85), (0, 0.4)], 0.7, metal)
            p.shape(slab(-0.35, 0.38, 0.35, 0.5, 0.05), grip)
            p.shape(slab(-0.07, 0.5, 0.07, 0.95, 0.04), darker(grip, 0.3))
        elif form == 1:
            p.shape(slab(-0.07, -0.4, 0.07, 1.0, 0.04), grip)
            p.shape(slab(-0.5, -0.9, 0.5, -0.4, 0.08), metal)
        elif form == 2:
            p.streak(oval(0, -0.6, 0.3), 0.14, metal)
            p.shape(slab(-0.08, -0.3, 0.08, 0.95), metal)
            for y in (0.55, 0.8):
                p.shape(slab(0.08, y, 0.35, y + 0.12), metal)
        elif form == 3:
            for side in (-1, 1):
                p.shape(poly([(0, 0.1), (0.25 * side, -0.95), (0.08 * side, 0.0)]), metal)
                p.streak(oval(0.28 * side, 0.6, 0.22, 0.28), 0.12, grip)
        else:
            p.shape(slab(-0.05, -1.0, 0.05, 0.4), grip)
            p.shape(blob([(-0.12, 0.35), (0.12, 0.35), (0.4, 1.0), (-0.4, 1.0)]), p.warm(0xFFD8B060))


MACHINES = {
    "wheel": wheel,
    "car_side": car_side,
    "car_front": car_front,
    "clock": clock,
    "socket": socket,
    "device": device,
    "robot_body": robot_body,
    "gear": gear,
    "ship": ship,
    "tool": tool,
}
