"""Hands, arms, feet and shoes as props: each fills the square from -1 to 1, y down, the wrist at the bottom."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import skia

from charaface.synth.stage.brush import Brush, bend, blob, oval, poly, slab, tube
from charaface.synth.stage.ink import darker, lighter

Spot = tuple[float, float]


def glove(brush: Brush) -> int:
    """The colour of a hand: skin, or now and then a glove."""
    return brush.colour() if brush.chance(0.2) else brush.pick(brush.ink.skins)


def sleeve(brush: Brush, wide: float = 0.5, top: float = 0.72) -> None:
    """A cuff and sleeve below the wrist."""
    colour = brush.colour()
    spread = brush.u(0.0, 0.35)
    brush.shape(poly([(-wide, top), (wide, top), (wide + spread, 1.25), (-wide - spread, 1.25)]), colour)
    if brush.chance(0.5):
        brush.shape(slab(-wide - 0.06, top - 0.08, wide + 0.06, top + 0.12, 0.05), lighter(colour, 0.5))
    for x in (-0.5, 0.2, 0.6):
        if brush.chance(0.5):
            brush.detail(bend((x * wide, top + 0.15), (x * wide * 1.3, 1.2), brush.u(-0.2, 0.2), 4), 0.8, colour)


def finger(root: Spot, angle: float, length: float, wide: float, curl: float = 0.0) -> skia.Path:
    """A finger from its root; angle 0 is up, positive to the right, curl bends its end."""
    points = [root]
    for k in range(3):
        a = np.radians(angle + curl * k)
        points.append((points[-1][0] + float(np.sin(a)) * length / 3, points[-1][1] - float(np.cos(a)) * length / 3))
    return tube(points, [wide, wide, wide * 0.95, wide * 0.7])


def open_hand(brush: Brush) -> None:
    """All fingers out, close or spread, from the palm or from the back."""
    skin, count = glove(brush), 4 if brush.chance(0.75) else 3
    spread, wide = brush.u(4, 19), 0.25 if count == 4 else 0.34
    wide *= brush.u(0.85, 1.15)
    length, curl = brush.u(0.65, 1.0), brush.u(-10, 18)
    palm = blob([(-0.42, -0.1), (-0.1, -0.24), (0.35, -0.18), (0.46, 0.15), (0.3, 0.75), (-0.25, 0.75), (-0.46, 0.4)])
    wrist = tube([(0.02, 0.5), (0.02, 1.2)], [0.5, 0.55])
    parts = [wrist, finger((-0.4, 0.35), -52 + brush.u(-15, 15), 0.75 * length, wide * 1.1, brush.u(0, 25))]
    for k in range(count):
        t = k / (count - 1)
        long = length * (0.82 + 0.22 * np.sin(np.pi * (t * 0.8 + 0.12)))
        root = (-0.32 + 0.66 * t, -0.05 - 0.12 * float(np.sin(np.pi * t)))
        parts.append(finger(root, (t - 0.45) * 3 * spread, float(long), wide, curl * (t - 0.3)))
    brush.merged([*parts, palm], skin)
    for k in range(count - 1):
        x = -0.32 + 0.66 * (k + 0.5) / (count - 1)
        brush.detail([(x, -0.12), (x, -0.28)], 0.8, skin)
    if brush.chance(0.5):
        for a, b in (((-0.35, 0.05), (0.2, 0.1)), ((-0.2, 0.3), (0.25, 0.0)), ((-0.3, 0.15), (-0.05, 0.65))):
            brush.detail(bend(a, b, brush.u(-0.25, 0.25), 4), 0.6, skin)
    if brush.chance(0.6):
        sleeve(brush)


def fist(brush: Brush) -> None:
    """A closed hand with its knuckles to the viewer, the thumb across."""
    skin = glove(brush)
    wrist = tube([(0.0, 0.4), (brush.u(-0.1, 0.1), 1.2)], [0.75, 0.7])
    body = blob([(-0.7, -0.3), (-0.55, -0.62), (0.5, -0.6), (0.72, -0.25), (0.6, 0.5), (-0.55, 0.55)])
    knuckles = [oval(-0.5 + 0.34 * k, -0.5 + 0.03 * k, 0.22, 0.25) for k in range(4)]
    brush.merged([wrist, body, *knuckles], skin)
    for k in range(1, 4):
        x = -0.67 + 0.34 * k
        brush.detail([(x, -0.55), (x + 0.02, 0.0), (x, 0.25)], 1.0, skin)
    brush.shape(tube([(-0.72, 0.25), (-0.35, 0.3), (0.15, 0.2)], [0.3, 0.34, 0.26]), skin)
    if brush.chance(0.5):
        brush.detail(bend((0.05, 0.12), (0.2, 0.18), -0.4, 4), 0.6, skin)
    for k in range(4):
        if brush.chance(0.4):
            brush.detail(bend((-0.6 + 0.34 * k, -0.35), (-0.42 + 0.34 * k, -0.35), 0.3, 4), 0.6, skin)
    if brush.chance(0.6):
        sleeve(brush, 0.6)


def fist_side(brush: Brush) -> None:
    """A closed hand from the side of the thumb: curled fingers as a row of rolls."""
    skin = glove(brush)
    wrist = tube([(-0.15, 0.35), (-0.2, 1.2)], [0.7, 0.65])
    back = blob([(-0.6, -0.35), (-0.1, -0.65), (0.45, -0.5), (0.5, 0.3), (-0.2, 0.55), (-0.6, 0.3)])
    rolls = [oval(0.45, -0.42 + 0.25 * k, 0.3, 0.17) for k in range(4)]
    brush.merged([wrist, back, *rolls], skin)
    for k in range(3):
        brush.detail([(0.18, -0.3 + 0.25 * k), (0.6, -0.3 + 0.25 * k)], 0.9, skin)
    brush.shape(tube([(-0.4, -0.05), (0.0, -0.3), (0.35, -0.2)], [0.3, 0.3, 0.22]), skin)
    if brush.chance(0.5):
        sleeve(brush, 0.5)


def pointing(brush: Brush) -> None:
    """One or two fingers out of a fist: pointing, counting, the sign of peace, thumb up."""
    skin = glove(brush)
    out = [(1,), (1,), (1, 2), (0,), (0, 1), (0, 4), (1, 2, 3)][brush.n(0, 6)]
    wrist = tube([(0.0, 0.4), (0.0, 1.2)], [0.6, 0.6])
    body = blob([(-0.5, -0.05), (0.0, -0.2), (0.5, -0.05), (0.52, 0.4), (0.2, 0.65), (-0.4, 0.6)])
    spread = brush.u(8, 22)
    parts = [wrist]
    for k in (1, 2, 3, 4):
        x = -0.62 + 0.25 * k
        if k in out:
            parts.append(finger((x, 0.0), (k - 2) * spread, brush.u(0.8, 1.0), 0.26))
    if 0 in out:
        parts.append(finger((-0.4, 0.2), -brush.u(5, 50), 0.8, 0.3))
    brush.merged([*parts, body], skin)
    for k in (1, 2, 3, 4):
        if k not in out:
            roll = slab(-0.75 + 0.25 * k, -0.2, -0.5 + 0.25 * k, 0.3, 0.12)
            brush.shape(roll, skin)
    if 0 not in out:
        brush.shape(tube([(-0.45, 0.45), (-0.2, 0.3), (0.15, 0.22)], [0.28, 0.28, 0.22]), skin)
    if brush.chance(0.6):
        sleeve(brush, 0.45)


def gripping(brush: Brush) -> None:
    """A hand round a rod: a sword's hilt, a broom, a rail, a microphone."""
    rod, skin = brush.colour(), glove(brush)
    wide = brush.u(0.12, 0.3)
    brush.shape(slab(-wide, -1.2, wide, 1.2, 0.05), rod)
    if brush.chance(0.4):
        brush.shape(oval(0, -0.95, wide * 2.2, wide * 2), brush.colour())
    brush.merged([tube([(0.5, 0.1), (1.2, 0.4)], [0.55, 0.6]), oval(0.35, 0.0, 0.4, 0.5)], skin)
    rolls = [
        tube([(-0.42, -0.42 + 0.27 * k), (0.1, -0.46 + 0.27 * k), (0.5, -0.4 + 0.25 * k)], [0.25, 0.27])
        for k in range(4)
    ]
    for roll in rolls:
        brush.shape(roll, skin)
    if brush.chance(0.5):
        for k in range(4):
            brush.flat(oval(-0.42, -0.42 + 0.27 * k, 0.07, 0.06), lighter(skin, 0.4))


def holding(brush: Brush) -> None:
    """A hand that holds a sheet, a book, a telephone or a cup from behind."""
    skin = glove(brush)
    brush.merged([tube([(0.3, 0.5), (0.45, 1.2)], [0.5, 0.55])], skin)
    thing = slab(-0.7, -1, 0.5, 0.6, brush.u(0, 0.2))
    colour = brush.colour()
    brush.shape(thing, colour)
    if brush.chance(0.5):
        brush.shape(slab(-0.55, -0.85, 0.35, 0.35, 0.03), brush.colour(), shade=False)
    else:
        for y in np.linspace(-0.7, 0.3, 5):
            brush.detail([(-0.5, y), (brush.u(0, 0.3), y)], 0.7, darker(colour, 0.5))
    for k in range(4):
        brush.shape(tube([(0.75, -0.1 + 0.2 * k), (0.35, -0.12 + 0.2 * k)], [0.22, 0.17]), skin)


def clasped(brush: Brush) -> None:
    """Two hands with their fingers laced."""
    skin = glove(brush)
    for side in (-1, 1):
        arm = tube([(0.3 * side, 0.2), (0.75 * side, 1.2)], [0.55, 0.6])
        brush.merged([arm, blob([(0, -0.4), (0.55 * side, -0.3), (0.6 * side, 0.3), (0, 0.5)])], skin)
    for k in range(4):
        for side in (-1, 1):
            y = -0.4 + 0.22 * k + (0.1 if side > 0 else 0)
            brush.shape(tube([(0.42 * side, y - 0.08), (-0.12 * side, y + 0.05)], [0.19, 0.16]), skin)
    for side in (-1, 1):
        brush.shape(tube([(0.3 * side, -0.45), (0.05 * side, -0.65)], [0.24, 0.2]), skin)


def claw(brush: Brush) -> None:
    """A hand or paw that reaches with bent, pointed fingers."""
    skin = glove(brush)
    palm = oval(0, 0.15, 0.5, 0.5)
    parts = [tube([(0, 0.4), (0, 1.2)], [0.55, 0.6])]
    tips = []
    for a in (-60, -28, 0, 28, 58):
        x, y = 0.4 * np.sin(np.radians(a)), 0.15 - 0.4 * np.cos(np.radians(a))
        bow = finger((float(x), float(y)), a * 1.3, 0.75, 0.24, -a * 0.45)
        parts.append(bow)
        tips.append((float(x + 0.7 * np.sin(np.radians(a * 0.8))), float(y - 0.7 * np.cos(np.radians(a * 0.8)))))
    brush.merged([*parts, palm], skin)
    if brush.chance(0.4):
        for x, y in tips:
            brush.shape(poly([(x - 0.07, y), (x + 0.07, y), (x * 0.95, y - 0.22)]), brush.ink.paper)


def mitten(brush: Brush) -> None:
    """A round cartoon hand with few, thick fingers and lines on its back."""
    colour = brush.pick([0xFFFFFFFF, brush.colour(), brush.pick(brush.ink.skins)])
    parts = [tube([(0, 0.4), (0, 1.2)], [0.35, 0.4]), oval(0, 0.1, 0.55, 0.5)]
    for middle in (-30, 2, 32):
        a = middle + brush.u(-8, 8)
        root = (0.4 * float(np.sin(np.radians(a))), 0.1 - 0.4 * float(np.cos(np.radians(a))))
        parts.append(finger(root, a * 1.2, brush.u(0.55, 0.75), 0.38))
    parts.append(finger((-0.4, 0.3), -75 + brush.u(-20, 20), 0.6, 0.36))
    brush.merged(parts, colour)
    for x in (-0.2, 0.0, 0.2):
        if brush.chance(0.7):
            brush.detail(bend((x, -0.1), (x * 0.8, 0.2), 0.1, 4), 1.0, colour)
    if brush.chance(0.6):
        brush.shape(slab(-0.4, 0.55, 0.4, 0.78, 0.1), colour)


def arm(brush: Brush) -> None:
    """An arm from the shoulder, bent at the elbow, in a sleeve or bare, with a small fist or hand."""
    skin, cloth = brush.pick(brush.ink.skins), brush.colour()
    bare, elbow = brush.chance(0.4), (brush.u(0.0, 0.5), brush.u(0.2, 0.7))
    hand = (elbow[0] + brush.u(-0.2, 0.5), elbow[1] - brush.u(0.7, 1.0))
    wide = brush.u(0.3, 0.5)
    line = [
        (-0.8, -0.6),
        ((-0.8 + elbow[0]) / 2, (-0.6 + elbow[1]) / 2 + 0.05),
        elbow,
        ((elbow[0] + hand[0]) / 2, (elbow[1] + hand[1]) / 2),
        hand,
    ]
    brush.shape(tube(line, [wide * 1.2, wide, wide * 0.8, wide * 0.75, wide * 0.55]), skin if bare else cloth)
    if brush.chance(0.5):
        brush.shape(tube(line[:2], [wide * 1.35, wide * 1.3], blunt=False), cloth)
    x, y = elbow
    for k in range(3):
        brush.detail(bend((x - 0.05 - 0.1 * k, y - 0.12), (x - 0.15 - 0.1 * k, y + 0.12), 0.3, 4), 0.8, cloth)
    with brush.placed(hand[0], hand[1] - 0.1, 0.36, brush.u(-20, 40)) as p:
        SMALL_HANDS[p.n(0, len(SMALL_HANDS) - 1)](p)


def crossed_arms(brush: Brush) -> None:
    """Two forearms folded over a chest."""
    cloth, skin = brush.colour(), brush.pick(brush.ink.skins)
    brush.shape(blob([(-0.8, -1.1), (0.8, -1.1), (0.75, 1.1), (-0.75, 1.1)]), darker(cloth, 0.15))
    brush.shape(tube([(0.85, -0.8), (0.9, 0.1), (0.2, 0.25), (-0.4, 0.1)], [0.45, 0.42, 0.38, 0.3]), cloth)
    brush.merged([oval(-0.5, 0.05, 0.2, 0.17), finger((-0.55, 0.0), -70, 0.3, 0.1)], skin)
    brush.shape(tube([(-0.85, -0.8), (-0.9, 0.15), (-0.2, 0.3), (0.45, 0.0)], [0.45, 0.42, 0.38, 0.32]), cloth)
    for k in range(4):
        brush.shape(tube([(0.45, -0.14 + 0.09 * k), (0.7, -0.18 + 0.09 * k)], [0.11, 0.09]), skin)
    for x in (-0.7, -0.5, 0.6):
        brush.detail(bend((x, -0.05), (x + 0.15, 0.25), 0.25, 4), 0.8, cloth)


def bare_foot(brush: Brush) -> None:
    skin = brush.pick(brush.ink.skins)
    sole = blob(
        [
            (-0.8, -0.1),
            (-0.5, -0.5),
            (-0.1, -0.2),
            (0.7, 0.2),
            (0.9, 0.5),
            (0.2, 0.6),
            (-0.75, 0.6),
            (-0.9, 0.3),
        ]
    )
    leg = tube([(-0.55, 0.0), (-0.6, -1.2)], [0.5, 0.55])
    toes = [oval(0.78 - 0.02 * k, 0.32 + 0.07 * k, 0.14, 0.11) for k in range(3)]
    brush.merged([leg, *toes, sole], skin)
    brush.detail(bend((-0.6, 0.05), (-0.4, 0.2), -0.5, 4), 0.8, skin)


def sole(brush: Brush) -> None:
    """The underside of a foot: a ball, a heel and five round toes."""
    skin = brush.pick(brush.ink.skins)
    toes = [oval(-0.42 + 0.21 * k, -0.75 + 0.07 * k, 0.16 - 0.02 * k, 0.17 - 0.02 * k) for k in range(5)]
    brush.merged(
        [*toes, blob([(-0.5, -0.5), (0.45, -0.4), (0.35, 0.3), (0.3, 0.9), (-0.25, 0.95), (-0.35, 0.3)])],
        skin,
    )
    for x, y, r in ((-0.2, -0.35, 0.25), (0.0, 0.65, 0.22)):
        brush.flat(oval(x, y, r, r * 0.7), darker(skin, 0.1))


def shoe(brush: Brush) -> None:
    """A boot, a pump, a trainer or a slipper from the side."""
    colour, form = brush.colour(), brush.n(0, 3)
    if form == 0:
        brush.shape(blob([(-0.7, -1), (-0.1, -1), (-0.05, 0.0), (0.8, 0.2), (0.9, 0.7), (-0.8, 0.7)]), colour)
        brush.shape(slab(-0.8, 0.65, 0.92, 0.85, 0.05), darker(colour, 0.5))
    elif form == 1:
        brush.shape(
            blob(
                [
                    (-0.9, -0.5),
                    (-0.4, -0.1),
                    (0.3, 0.2),
                    (0.95, 0.5),
                    (0.9, 0.65),
                    (0.2, 0.6),
                    (-0.4, 0.3),
                    (-0.8, 0.1),
                ]
            ),
            colour,
        )
        brush.shape(poly([(-0.85, -0.1), (-0.7, 0.1), (-0.78, 0.75), (-0.88, 0.75)]), colour)
    else:
        brush.shape(blob([(-0.8, -0.3), (-0.5, -0.4), (0.0, -0.1), (0.75, 0.15), (0.9, 0.5), (-0.85, 0.5)]), colour)
        brush.shape(slab(-0.88, 0.42, 0.95, 0.65, 0.1), 0xFFFFFFFF if form == 2 else darker(colour, 0.4))
        for k in range(3):
            brush.detail([(-0.1 + 0.15 * k, -0.12 + 0.08 * k), (-0.2 + 0.15 * k, 0.08 + 0.07 * k)], 1.0, 0xFFFFFFFF)


SMALL_HANDS: tuple[Callable[[Brush], None], ...] = (fist, fist_side, open_hand, pointing, mitten)
HANDS = {
    "open_hand": open_hand,
    "fist": fist,
    "fist_side": fist_side,
    "pointing": pointing,
    "gripping": gripping,
    "holding": holding,
    "clasped": clasped,
    "claw": claw,
    "mitten": mitten,
    "arm": arm,
    "crossed_arms": crossed_arms,
    "bare_foot": bare_foot,
    "sole": sole,
    "shoe": shoe,
}
