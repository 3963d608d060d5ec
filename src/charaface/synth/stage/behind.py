"""People without a face as props: heads from behind, blank heads, bodies cut at the neck, rows of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from charaface.synth.stage.brush import Brush, bend, blob, oval, poly, slab, tube
from charaface.synth.stage.clothes import ribbon
from charaface.synth.stage.figures import body, sample_outfit
from charaface.synth.stage.ink import darker, lighter


def hair_strands(b: Brush, colour: int, top: float, low: float, wide: float) -> None:
    """Lines of hair that fan out from the crown."""
    cx = b.u(-0.15, 0.15)
    for t in np.linspace(-1, 1, b.n(4, 11)):
        x = wide * t + b.u(-0.05, 0.05)
        b.detail([(cx + x * 0.2, top + 0.1), (cx + x * 0.8, (top + low) / 2), (x, low - b.u(0, 0.15))], 0.7, colour)
    if b.chance(0.5):
        sheen = bend((-0.55 * wide, top + 0.5), (0.55 * wide, top + 0.5), -0.25, 7)
        b.streak(sheen, 0.09, lighter(colour, 0.35))


def back_head(b: Brush, skin: int | None = None) -> None:
    """A head from behind: hair, ears, nape. The skull fills about -0.8 to 0.8."""
    skin, hair = b.pick(b.ink.skins) if skin is None else skin, b.pick(b.ink.hairs)
    b.shape(tube([(0, 0.5), (0, 1.25)], [0.5, 0.6]), skin)
    if b.chance(0.6):
        for side in (-1, 1):
            b.shape(oval(0.78 * side, 0.12, 0.14, 0.22), skin)
    if b.chance(0.07):
        _bald(b, skin, hair)
    else:
        _BACKS[b.n(0, len(_BACKS) - 1)](b, hair)


def _cap_of_hair(b: Brush, hair: int, low: float, ragged: bool) -> None:
    side = [(0.0, -0.9), (0.6, -0.72), (0.84, -0.1), (0.75, low * 0.6)]
    n = b.n(5, 9)
    edge = [
        (float(x), low + (0.12 * (k % 2) if ragged else 0.05 * float(np.cos(x * 2))))
        for k, x in enumerate(np.linspace(0.62, -0.62, n))
    ]
    ring = [*side, *edge, *[(-x, y) for x, y in side[:0:-1]]]
    b.shape(poly(ring) if ragged and b.chance(0.3) else blob(ring), hair)
    hair_strands(b, hair, -0.9, low, 0.7)


def _short(b: Brush, hair: int) -> None:
    _cap_of_hair(b, hair, b.u(0.45, 0.7), True)


def _bob(b: Brush, hair: int) -> None:
    _cap_of_hair(b, hair, b.u(0.85, 1.05), False)


def _spiky(b: Brush, hair: int) -> None:
    tips = []
    for a in np.linspace(-3.7, 0.55, b.n(8, 14)):
        r = b.u(1.0, 1.3)
        tips += [
            (float(np.cos(a) * r), float(np.sin(a) * r)),
            (float(np.cos(a + 0.15) * 0.8), float(np.sin(a + 0.15) * 0.8)),
        ]
    b.shape(poly([*tips, (0.4, 0.65), (-0.4, 0.65)]), hair)
    hair_strands(b, hair, -0.6, 0.6, 0.6)


def _long(b: Brush, hair: int) -> None:
    low = b.u(1.2, 2.2)
    wide = b.u(0.7, 1.1)
    side = [(0, -0.92), (0.65, -0.7), (0.88, 0.0), (wide, 0.9), (wide * 0.95, low)]
    waves = [(float(x), low + 0.12 * (k % 2)) for k, x in enumerate(np.linspace(wide * 0.6, -wide * 0.6, 6))]
    b.shape(blob([*side, *waves, *[(-x, y) for x, y in side[:0:-1]]]), hair)
    hair_strands(b, hair, -0.9, low, wide * 0.8)
    if b.chance(0.25):
        with b.placed(0, 0.1, 0.4) as p:
            ribbon(p, p.colour())


def _ponytail(b: Brush, hair: int) -> None:
    _cap_of_hair(b, hair, 0.55, False)
    y, sway = b.u(-0.6, 0.2), b.u(-0.5, 0.5)
    tail = [(0, y), (sway * 0.5, y + 0.6), (sway, y + 1.3)]
    b.shape(tube(tail, [0.3, 0.5, 0.1]), hair)
    for k in (-0.1, 0.08):
        b.detail([(k, y + 0.1), (sway * 0.5 + k, y + 0.6), (sway, y + 1.2)], 0.7, hair)
    b.shape(oval(0, y, 0.2, 0.1), b.colour())


def _tails(b: Brush, hair: int) -> None:
    for side in (-1, 1):
        line = [(0.7 * side, -0.3), (1.15 * side, 0.2), (1.05 * side, b.u(0.9, 1.6))]
        b.shape(tube(line, [0.3, 0.5, 0.1]), hair)
    _cap_of_hair(b, hair, 0.5, False)
    b.detail([(0, -0.88), (0.03, -0.2), (0, 0.5)], 1.0, hair)
    for side in (-1, 1):
        b.shape(oval(0.74 * side, -0.32, 0.13, 0.16), b.colour())


def _bun(b: Brush, hair: int) -> None:
    _cap_of_hair(b, hair, 0.5, False)
    spots = [(0.0, -0.75)] if b.chance(0.6) else [(-0.6, -0.75), (0.6, -0.75)]
    for x, y in spots:
        r = b.u(0.28, 0.42)
        b.shape(oval(x, y, r), hair)
        b.detail(bend((x - r * 0.6, y), (x + r * 0.5, y - r * 0.3), 0.5), 0.7, hair)


def _braid(b: Brush, hair: int) -> None:
    _cap_of_hair(b, hair, 0.55, False)
    for k in range(b.n(4, 7)):
        b.shape(oval(0.06 * (-1) ** k, 0.5 + 0.22 * k, 0.24 - 0.015 * k, 0.18), hair)


def _bald(b: Brush, skin: int, hair: int) -> None:
    b.shape(
        blob([(0, -0.9), (0.7, -0.6), (0.78, 0.1), (0.45, 0.7), (-0.45, 0.7), (-0.78, 0.1), (-0.7, -0.6)]),
        skin,
    )
    if b.chance(0.6):
        for side in (-1, 1):
            b.shape(blob([(0.8 * side, 0.1), (0.7 * side, 0.5), (0.05 * side, 0.72), (0.1 * side, 0.5)]), hair)
    for y in (0.62, 0.72):
        b.detail(bend((-0.3, y), (0.3, y), 0.12), 0.8, skin)


def _hat(b: Brush, hair: int) -> None:
    _cap_of_hair(b, hair, b.u(0.5, 0.9), True)
    colour, form = b.colour(), b.n(0, 3)
    if form == 0:
        b.shape(blob([(-0.88, -0.1), (-0.7, -0.85), (0, -1.05), (0.7, -0.85), (0.88, -0.1), (0, 0.0)]), colour)
        b.detail([(0, -1.05), (0, 0)], 0.8, colour)
        b.shape(slab(-0.3, -0.2, 0.3, 0.0, 0.08), darker(colour, 0.4))
    elif form == 1:
        b.shape(blob([(-0.65, -0.3), (-0.6, -1.1), (0, -1.2), (0.6, -1.1), (0.65, -0.3)]), colour)
        b.shape(oval(0, -0.25, 1.3, 0.22), colour)
    elif form == 2:
        b.shape(blob([(-0.7, -0.3), (0.2, -1.9), (0.4, -1.2), (0.75, -0.3)]), colour)
        b.shape(oval(0, -0.25, 1.35, 0.25), colour)
    else:
        b.shape(
            blob([(0, -1.1), (0.85, -0.6), (1.0, 0.4), (0.6, 1.2), (-0.6, 1.2), (-1.0, 0.4), (-0.85, -0.6)]),
            colour,
        )
        b.detail([(0, -1.1), (0.05, 0), (0, 1.1)], 0.8, colour)


_BACKS = (_short, _short, _bob, _spiky, _long, _long, _ponytail, _tails, _bun, _braid, _hat)


def blank_head(b: Brush) -> None:
    """A head from the front with hair and ears but no features, as far figures are drawn."""
    skin, hair = b.pick(b.ink.skins), b.pick(b.ink.hairs)
    b.shape(tube([(0, 0.4), (0, 1.25)], [0.45, 0.55]), skin)
    for side in (-1, 1):
        b.shape(oval(0.68 * side, 0.1, 0.13, 0.2), skin)
    jaw = b.u(0.3, 0.6)
    b.shape(
        blob(
            [
                (0, -0.8),
                (0.62, -0.5),
                (0.66, 0.2),
                (jaw, 0.65),
                (0, 0.85),
                (-jaw, 0.65),
                (-0.66, 0.2),
                (-0.62, -0.5),
            ]
        ),
        skin,
    )
    if b.chance(0.85):
        line = b.u(-0.45, -0.1)
        fringe = [(float(x), line + b.u(-0.1, 0.2)) for x in np.linspace(0.6, -0.6, b.n(4, 8))]
        half = [(0, -1.0), (0.65, -0.75), (0.8, -0.2), (0.72, b.u(0.1, 0.9))]
        b.shape(blob([*half, *fringe, *[(-x, y) for x, y in half[:0:-1]]]), hair)
        hair_strands(b, hair, -0.95, line, 0.55)


def turned_away(b: Brush) -> None:
    """A head three quarters from behind: hair, an ear, the line of a cheek, and no feature."""
    skin, hair = b.pick(b.ink.skins), b.pick(b.ink.hairs)
    b.shape(tube([(-0.1, 0.4), (-0.2, 1.25)], [0.55, 0.65]), skin)
    chin = b.u(0.65, 0.9)
    b.shape(blob([(0.1, -0.6), (0.72, -0.45), (0.74, 0.15), (0.62, chin - 0.15), (0.4, chin), (0.0, 0.55)]), skin)
    nape, front = b.u(0.35, 1.1), b.u(0.3, 0.55)
    crown = [(0.0, -0.95), (0.6, -0.75), (0.7, -0.45), (front, -0.2), (0.25, 0.0), (0.15, 0.45)]
    b.shape(blob([*crown, (-0.1, nape), (-0.55, nape * 0.95), (-0.85, 0.2), (-0.75, -0.6)]), hair)
    for t in np.linspace(0.1, 1.0, b.n(3, 8)):
        b.detail([(-0.1, -0.85), (-0.75 * float(t), -0.2), (-0.6 * float(t), nape * 0.8)], 0.7, hair)
    if b.chance(0.8):
        b.shape(blob([(0.1, -0.1), (0.28, -0.15), (0.3, 0.1), (0.15, 0.3), (0.06, 0.15)]), skin)
        b.detail(bend((0.14, 0.0), (0.18, 0.18), -0.4, 4), 0.7, skin)


def joint(b: Brush) -> None:
    """A knee, an elbow or a shoulder, near: skin, a crease, a hem."""
    skin, cloth = b.pick(b.ink.skins), b.colour()
    corner = (b.u(-0.3, 0.5), b.u(-0.5, 0.1))
    b.shape(
        tube([(-1.2, 0.9), ((corner[0] - 1.2) / 2, 0.35), corner, (0.5, 0.6), (0.7, 1.3)], [0.7, 0.75, 0.7, 0.55]), skin
    )
    x, y = corner
    for k in range(b.n(1, 3)):
        b.detail(bend((x - 0.15, y + 0.05 + 0.1 * k), (x + 0.15, y + 0.1 + 0.1 * k), b.u(-0.5, 0.5), 4), 0.9, skin)
    if b.chance(0.6):
        b.shape(poly([(-1.3, 0.3), (-0.8, 0.1), (-0.55, 0.75), (-1.0, 1.3)]), cloth)
        b.detail([(-1.1, 0.5), (-0.7, 0.45)], 0.8, cloth)


def bust_behind(b: Brush) -> None:
    """Shoulders and the back of a head, as in a picture over someone's shoulder."""
    with b.placed(0, 0.1, b.u(0.55, 0.95)) as p:
        body(p, sample_outfit(p), back=True, legs=False)
    with b.placed(0, -0.4, b.u(0.5, 0.75), b.u(-8, 8)) as p:
        back_head(p)


def walker(b: Brush) -> None:
    """A whole figure from behind, or with a blank head."""
    outfit = sample_outfit(b)
    size = 0.3 / max(outfit.height, 0.7) ** 0.5
    big = b.u(0.7, 1.4)
    with b.placed(0, -0.55 + 0.35 * (1 - outfit.height), size) as p:
        body(p, outfit, back=True)
        with p.placed(0, -0.55 * big, big) as q:
            (back_head if q.chance(0.75) else blank_head)(q)


def torso(b: Brush) -> None:
    """A trunk cut off at the neck."""
    with b.inside(slab(-1, -1, 1, 1)), b.placed(b.u(-0.1, 0.1), -1.0, b.u(0.65, 1.0), b.u(-8, 8)) as p:
        body(p, sample_outfit(p))


def chest(b: Brush) -> None:
    """The middle of a trunk, near."""
    with (
        b.inside(slab(-1, -1, 1, 1)),
        b.placed(b.u(-0.4, 0.4), -1.3 + b.u(-0.3, 0.4), b.u(1.0, 1.5), b.u(-15, 15)) as p,
    ):
        body(p, sample_outfit(p))


def hips(b: Brush) -> None:
    """The lower half of a body: skirt or trousers, hands, thighs."""
    outfit = replace(sample_outfit(b), pose="down")
    with b.inside(slab(-1, -1, 1, 1)), b.placed(0, -2.6 * outfit.height - b.u(0, 0.5), 1.0) as p:
        body(p, outfit)


def legs(b: Brush) -> None:
    """From the hips down."""
    outfit = sample_outfit(b)
    with b.inside(slab(-1, -1, 1, 1)), b.placed(0, -1.75 * outfit.height, 0.42) as p:
        body(p, outfit)


def cape(b: Brush) -> None:
    """A cloak or cape in folds, from behind or empty."""
    colour, low = b.colour(), b.u(0.85, 1.0)
    hem = [(float(x), low - 0.12 * (k % 2)) for k, x in enumerate(np.linspace(0.9, -0.9, b.n(6, 10)))]
    b.shape(blob([(-0.3, -0.9), (0.3, -0.9), (0.6, -0.3), *hem, (-0.6, -0.3)]), colour)
    for t in np.linspace(-0.7, 0.7, b.n(4, 8)):
        b.taper([(t * 0.35, -0.8), (t * 0.7, 0.0), (t + b.u(-0.05, 0.05), low - 0.1)], b.u(1.0, 3.0))
    b.shape(oval(0, -0.88, 0.35, 0.14), darker(colour, 0.3))


def drapery(b: Brush) -> None:
    """A heap or a hanging piece of cloth: deep folds, dark pockets, lit ridges."""
    colour = b.colour()
    ring = [(float(np.cos(a) * b.u(0.7, 1)), float(np.sin(a) * b.u(0.7, 1))) for a in np.linspace(0, 5.6, b.n(7, 11))]
    path = blob(ring)
    b.shape(path, colour)
    with b.inside(path):
        start = (b.u(-0.5, 0.5), -0.9)
        for _ in range(b.n(4, 9)):
            tip = (b.u(-1, 1), b.u(0.2, 1.0))
            fold = bend(start, tip, b.u(-0.3, 0.3), 6)
            b.flat(tube(fold, [0.02, b.u(0.08, 0.2), 0.01], blunt=False), darker(colour, b.u(0.2, 0.5)))
            b.detail(fold, 1.0, colour)
        for _ in range(b.n(0, 3)):
            b.detail(
                bend((b.u(-0.8, 0), b.u(-0.5, 0.8)), (b.u(0, 0.8), b.u(-0.5, 0.8)), b.u(-0.4, 0.4)),
                0.8,
                colour,
            )


def crowd(b: Brush) -> None:
    """Rows of heads from behind or without features."""
    front = back_head if b.chance(0.6) else blank_head
    for y in np.linspace(-0.6, 0.6, b.n(2, 3)):
        n = b.n(3, 6)
        for x in np.linspace(-0.9, 0.9, n):
            size = 0.75 / n * (1 + 0.3 * y)
            with b.placed(float(x) + b.u(-0.1, 0.1), float(y), size * 2.0) as p:
                p.shape(blob([(-1.1, 2.2), (-1.0, 1.2), (0, 0.8), (1.0, 1.2), (1.1, 2.2)]), p.colour())
            with b.placed(float(x) + b.u(-0.05, 0.05), float(y) + b.u(-0.05, 0.05), size) as p:
                front(p)


def silhouette(b: Brush) -> None:
    """A dark or pale figure without inner drawing."""
    colour = b.pick([0xFF141418, darker(b.colour(), 0.6), lighter(b.colour(), 0.5)])
    mono = replace(b.ink, palette=(colour,), skins=(colour,), hairs=(colour,), line=0, shade="flat")
    walker(Brush(b.canvas, b.rng, mono, b.unit))


PEOPLE = {
    "back_head": back_head,
    "blank_head": blank_head,
    "turned_away": turned_away,
    "joint": joint,
    "bust_behind": bust_behind,
    "walker": walker,
    "torso": torso,
    "chest": chest,
    "hips": hips,
    "legs": legs,
    "cape": cape,
    "drapery": drapery,
    "crowd": crowd,
    "silhouette": silhouette,
}
