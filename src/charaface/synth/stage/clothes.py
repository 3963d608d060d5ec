"""What a trunk wears, garment by garment, in body units: half the shoulder width, neck at the origin, y down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from charaface.synth.stage.brush import Brush, bend, blob, oval, poly, slab, star
from charaface.synth.stage.ink import darker, lighter
from charaface.synth.stage.marks import Area, writing


@dataclass(frozen=True)
class Outfit:
    """What a body wears and how it stands."""

    skin: int
    top: int
    bottom: int
    trim: int
    kind: str  # key of TOPS
    skirt: float  # length of a skirt in body units; 0 for trousers
    pose: str  # one of POSES
    sleeves: float  # share of the arm that is covered
    waist: float  # half width of the waist
    hip: float
    arm: float  # width of an arm
    chest: float  # how far a chest stands out; 0 for flat
    height: float  # vertical scale: about 0.6 for a child, 1 for an adult
    neck: float = 0.21  # half its width under the head


def _neckline(b: Brush, o: Outfit, wide: float, deep: float) -> None:
    b.shape(oval(0, -0.05, wide, deep), o.skin, shade=False)
    if b.chance(0.4):
        for side in (-1, 1):
            b.detail(bend((0.06 * side, deep * 0.7), (0.3 * side, deep * 0.5), 0.1 * side, 4), 0.7, o.skin)


def _emblem(b: Brush, o: Outfit) -> None:
    form = b.n(0, 5)
    if form == 0:
        b.flat(star(0, 1.0, 0.35, 0.15, 5), o.trim)
    elif form == 1:
        for y in np.linspace(0.3, 2.4, b.n(3, 8)):
            b.box(-1.5, float(y), 1.5, float(y) + 0.12, o.trim)
    elif form == 2:
        b.flat(oval(0, 1.0, 0.4), o.trim)
    elif form == 3:
        writing(b, Area(-0.6, 0.7, 0.6, 1.2), 0.35, o.trim, "glyphs")
    elif form == 4:
        b.shape(slab(0.2, 0.8, 0.6, 1.2, 0.03), darker(o.top, 0.1), shade=False)


def _tee(b: Brush, o: Outfit) -> None:
    _emblem(b, o)
    _neckline(b, o, 0.42, b.u(0.15, 0.35))
    b.detail(bend((-0.42, 0), (0.42, 0), -0.3), 0.8, o.top)


def _buttons(b: Brush, x: float, top: float, low: float, count: int, colour: int, r: float = 0.06) -> None:
    for y in np.linspace(top, low, count):
        b.shape(oval(x, float(y), r), colour, shade=False, width=0.6)


def _shirt(b: Brush, o: Outfit) -> None:
    b.detail([(0, 0.1), (0.02, 1.2), (0, 2.6)], 1.0, o.top)
    _buttons(b, 0.1 if b.chance(0.5) else 0.0, 0.5, 2.3, b.n(3, 6), o.trim)
    b.shape(poly([(-0.25, -0.1), (0, 0.25), (0.25, -0.1)]), o.skin, shade=False)
    for side in (-1, 1):
        collar = [(0.2 * side, -0.12), (0.02 * side, 0.22), (0.35 * side, 0.5), (0.5 * side, 0.05)]
        b.shape(poly(collar), lighter(o.top, 0.3))
        if b.chance(0.4):
            pocket = slab(0.25 * side, 0.8, 0.62 * side, 1.2, 0.03)
            b.shape(pocket, o.top, shade=False)
            b.detail([(0.25 * side, 0.9), (0.62 * side, 0.9)], 0.7, o.top)


def _jacket(b: Brush, o: Outfit) -> None:
    b.shape(poly([(-0.4, -0.1), (0.4, -0.1), (0.05, 1.5), (-0.05, 1.5)]), lighter(o.bottom, 0.75))
    if b.chance(0.7):
        b.shape(poly([(-0.1, 0.1), (0.1, 0.1), (0.06, 0.28), (-0.06, 0.28)]), o.trim)
        b.shape(poly([(-0.06, 0.28), (0.06, 0.28), (0.13, 1.2), (0, 1.4), (-0.13, 1.2)]), o.trim)
    else:
        b.shape(blob([(0, 0.2), (-0.3, 0.05), (-0.3, 0.38), (0, 0.24), (0.3, 0.38), (0.3, 0.05)]), o.trim)
    for side in (-1, 1):
        b.shape(poly([(0.18 * side, -0.15), (0, 0.1), (0.25 * side, 0.32)]), 0xFFFFFFFF, shade=False)
        lapel = [
            (0.38 * side, -0.12),
            (0.03 * side, 1.5),
            (0.5 * side, 0.75),
            (0.35 * side, 0.62),
            (0.62 * side, 0.5),
        ]
        b.shape(poly(lapel), darker(o.top, 0.12))
        if b.chance(0.5):
            b.detail([(0.3 * side, 1.85), (0.65 * side, 1.8)], 1.0, o.top)
    b.detail([(0.0, 1.5), (0.05, 2.6)], 1.0, o.top)
    _buttons(b, 0.0, 1.6, 2.2, b.n(1, 3), o.trim)


def _coat(b: Brush, o: Outfit) -> None:
    """Two rows of buttons and a belt: eyes to a careless look."""
    b.detail([(0, 0.1), (0.0, 2.6)], 1.0, o.top)
    for side in (-1, 1):
        _buttons(b, 0.32 * side, 0.6, 2.2, b.n(2, 4), o.trim, b.u(0.07, 0.13))
        b.shape(
            poly([(0.05 * side, 0.0), (0.15 * side, 0.5), (0.6 * side, 0.35), (0.45 * side, -0.1)]),
            lighter(o.top, 0.2),
        )
    if b.chance(0.5):
        b.shape(slab(-1.2, 1.65, 1.2, 1.9), o.trim)
        b.shape(slab(-0.18, 1.6, 0.18, 1.95, 0.04), lighter(o.trim, 0.6))


def _sweater(b: Brush, o: Outfit) -> None:
    _emblem(b, o)
    b.shape(
        blob([(-0.42, -0.2), (0, -0.1), (0.42, -0.2), (0.4, 0.15), (0, 0.25), (-0.4, 0.15)]),
        lighter(o.top, 0.2),
    )
    for t in np.linspace(-0.3, 0.3, 6):
        b.detail([(t, -0.1), (t * 0.95, 0.18)], 0.5, o.top)
    b.detail([(-1.2, 2.35), (1.2, 2.35)], 0.8, o.top)


def _hoodie(b: Brush, o: Outfit) -> None:
    b.shape(blob([(-0.6, -0.2), (0, 0.45), (0.6, -0.2), (0.7, 0.1), (0, 0.75), (-0.7, 0.1)]), darker(o.top, 0.15))
    for side in (-1, 1):
        b.streak(bend((0.15 * side, 0.5), (0.18 * side, 1.15), 0.1 * side), 0.05, 0xFFFFFFFF)
    b.detail([(-0.6, 2.3), (-0.4, 1.7), (0.4, 1.7), (0.6, 2.3)], 1.0, o.top)
    if b.chance(0.4):
        b.detail([(0, 0.6), (0, 2.6)], 1.2, o.top)


def _sailor(b: Brush, o: Outfit) -> None:
    b.shape(poly([(-0.35, -0.15), (0.35, -0.15), (0, 0.75)]), o.skin, shade=False)
    for side in (-1, 1):
        collar = [(0.3 * side, -0.15), (0, 0.85), (0.75 * side, 0.6), (0.95 * side, 0.1)]
        b.shape(poly(collar), o.trim)
        b.streak([(0.4 * side, 0.0), (0.12 * side, 0.66), (0.68 * side, 0.5)], 0.04, 0xFFFFFFFF)
    with b.placed(0, 0.95, 0.4) as p:
        ribbon(p, o.bottom)


def ribbon(b: Brush, colour: int) -> None:
    """A bow with its ends."""
    for side in (-1, 1):
        b.shape(blob([(0, 0.1), (0.15 * side, 0.0), (0.45 * side, 1.1), (0.2 * side, 1.0)]), darker(colour, 0.1))
        b.shape(blob([(0, 0), (0.8 * side, -0.5), (0.95 * side, 0.0), (0.75 * side, 0.45)]), colour)
        b.detail([(0.15 * side, 0.0), (0.5 * side, -0.05)], 0.8, colour)
    b.shape(oval(0, 0, 0.2, 0.22), colour)


def _dress(b: Brush, o: Outfit) -> None:
    _neckline(b, o, b.u(0.45, 0.8), b.u(0.3, 0.7))
    if b.chance(0.5):
        for t in np.linspace(-0.7, 0.7, 8):
            b.flat(oval(float(t), 0.6 - 0.2 * float(t * t), 0.1, 0.08), o.trim)
    if b.chance(0.5):
        b.shape(slab(-1.2, 1.55, 1.2, 1.8), o.trim)
    if b.chance(0.4):
        with b.placed(0, 0.7, 0.35) as p:
            ribbon(p, o.trim)
    if b.chance(0.4):
        for y in (0.9, 1.1, 1.3, 1.5):
            b.detail([(-0.15, y), (0.15, y + 0.12)], 0.9, o.trim)
            b.detail([(0.15, y), (-0.15, y + 0.12)], 0.9, o.trim)


def _robe(b: Brush, o: Outfit) -> None:
    b.shape(poly([(-0.35, -0.15), (0.35, -0.15), (0.02, 0.9)]), o.skin, shade=False)
    for side, low in ((1, (-0.6, 1.7)), (-1, (0.55, 1.7))):
        band = [(0.3 * side, -0.15), low, (low[0] + 0.22 * side, low[1]), (0.55 * side, -0.1)]
        b.shape(poly(band), lighter(o.trim, 0.3))
    b.shape(slab(-1.2, 1.5, 1.2, 2.0), o.trim)
    b.detail([(-1, 1.75), (1, 1.78)], 0.8, o.trim)


def _armour(b: Brush, o: Outfit) -> None:
    b.shape(blob([(-0.8, 0.2), (0, 0.35), (0.8, 0.2), (0.7, 1.3), (0, 1.65), (-0.7, 1.3)]), lighter(o.top, 0.3))
    b.detail([(0, 0.4), (0, 1.6)], 1.0, o.top)
    for side in (-1, 1):
        b.shape(oval(0.95 * side, 0.25, 0.4, 0.35), lighter(o.top, 0.15))
        b.detail(bend((0.6 * side, 0.7), (0.1 * side, 1.1), -0.4 * side), 0.8, o.top)
    for y in (1.75, 2.0, 2.25):
        b.detail(bend((-0.8, y), (0.8, y), 0.1), 0.9, o.top)
    if b.chance(0.5):
        b.shape(oval(0, 0.75, 0.14), o.trim)


def _overalls(b: Brush, o: Outfit) -> None:
    _neckline(b, o, 0.4, 0.25)
    b.shape(poly([(-0.55, 0.85), (0.55, 0.85), (0.75, 1.8), (1.3, 2.7), (-1.3, 2.7), (-0.75, 1.8)]), o.bottom)
    for side in (-1, 1):
        b.shape(poly([(0.35 * side, 0.95), (0.55 * side, 0.95), (0.7 * side, -0.2), (0.5 * side, -0.2)]), o.bottom)
        b.shape(oval(0.44 * side, 0.98, 0.09), o.trim, shade=False)
    b.shape(slab(-0.3, 1.15, 0.3, 1.6, 0.05), darker(o.bottom, 0.12), shade=False)


def _bare(b: Brush, o: Outfit) -> None:
    """A bare chest: collar bones, breast, nipples, ribs, navel."""
    for side in (-1, 1):
        b.detail(bend((0.08 * side, 0.18), (0.75 * side, 0.12), 0.06 * side, 4), 0.8, o.skin)
        b.detail(bend((0.75 * side, 0.8), (0.05 * side, 1.0), -0.3 * side, 5), 1.0, o.skin)
        b.flat(oval(0.45 * side, 0.88, 0.07, 0.06), darker(o.skin, 0.3))
        if b.chance(0.5):
            for y in (1.3, 1.6, 1.9):
                b.detail(bend((0.06 * side, y), (0.32 * side, y + 0.02), -0.15 * side, 4), 0.6, o.skin)
    b.detail([(0, 1.1), (0.02, 1.9)], 0.6, o.skin)
    b.shape(oval(0, 2.12, 0.04, 0.07), darker(o.skin, 0.5), shade=False, line=False)


def _swim(b: Brush, o: Outfit) -> None:
    """A bathing suit or a bodice: two cups and straps over skin."""
    for side in (-1, 1):
        b.streak([(0.4 * side, 0.7), (0.45 * side, -0.1)], 0.07, o.top)
        b.shape(blob([(0.05 * side, 0.85), (0.42 * side, 0.55), (0.75 * side, 0.95), (0.4 * side, 1.3)]), o.top)
    b.shape(oval(0, 2.0, 0.04, 0.06), darker(o.skin, 0.5), shade=False, line=False)
    b.shape(blob([(-1, 2.3), (0, 2.45), (1, 2.3), (1, 2.9), (-1, 2.9)]), o.top)


def _apron(b: Brush, o: Outfit) -> None:
    _neckline(b, o, 0.4, 0.25)
    b.shape(
        poly([(-0.45, 0.5), (0.45, 0.5), (0.6, 1.5), (1.0, 2.8), (-1.0, 2.8), (-0.6, 1.5)]),
        lighter(o.trim, 0.5),
    )
    for side in (-1, 1):
        b.streak([(0.42 * side, 0.5), (0.35 * side, -0.2)], 0.1, lighter(o.trim, 0.5))
        b.detail(bend((0.5 * side, 1.6), (0.3 * side, 2.5), 0.1, 4), 0.8, o.trim)
    b.detail([(-0.3, 2.0), (0, 2.3), (0.3, 2.0)], 1.0, o.trim)


def from_behind(b: Brush, o: Outfit) -> None:
    b.detail([(0.0, 0.4), (0.03, 1.4), (0, 2.4)], 0.7, o.top)
    for side in (-1, 1):
        b.detail(bend((0.45 * side, 0.5), (0.3 * side, 1.2), 0.25 * side, 5), 0.8, o.top)
        b.detail(bend((0.8 * side, 1.0), (0.3 * side, 1.9), 0.15 * side, 5), 0.8, o.top)
    if b.chance(0.4):
        b.shape(slab(-0.6, 0.3, 0.6, 1.9, 0.2), o.trim)
        b.shape(slab(-0.4, 1.1, 0.4, 1.7, 0.1), darker(o.trim, 0.15))


def folds(b: Brush, o: Outfit) -> None:
    colour = o.skin if o.kind in ("bare", "swim") else o.top
    for side in (-1, 1):
        if b.chance(0.7):
            b.taper(bend((0.8 * side, 0.7), (0.45 * side, 1.0 + b.u(-0.1, 0.3)), -0.2 * side, 5), b.u(1, 2.5))
        for _ in range(b.n(0, 2)):
            y = b.u(1.3, 2.4)
            b.detail(bend((o.waist * side, y), (0.3 * side, y + b.u(-0.2, 0.2)), b.u(-0.2, 0.2), 4), 0.8, colour)
    if o.chest:
        for side in (-1, 1):
            b.detail(bend((0.72 * side, 0.95), (0.12 * side, 1.2), -0.35 * side * (1 + o.chest), 6), 1.0, colour)
        if b.chance(0.3):
            b.flat(blob([(-0.6, 1.25), (0, 1.3), (0.6, 1.25), (0.5, 1.5), (-0.5, 1.5)]), darker(colour, 0.25))


TOPS = {
    "tee": _tee,
    "shirt": _shirt,
    "jacket": _jacket,
    "coat": _coat,
    "sweater": _sweater,
    "hoodie": _hoodie,
    "sailor": _sailor,
    "dress": _dress,
    "robe": _robe,
    "armour": _armour,
    "overalls": _overalls,
    "bare": _bare,
    "swim": _swim,
    "apron": _apron,
}
