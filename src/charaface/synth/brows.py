"""Brows: the middle of the stroke is the label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from charaface.synth.anatomy import Head
from charaface.synth.labels import PARTS
from charaface.synth.pen import Colour, Pen, columns, luminance, ribbon, shade, spread, taper

BROW = PARTS.index("brow")


@dataclass(frozen=True)
class Brows:
    """How one character's brows are built."""

    drawn: bool = True
    y: float = -0.40
    x: float = 0.33
    half: float = 0.19
    arch: float = 0.05
    tilt: float = 0.0  # outer end up
    width: float = 0.03
    shape: str = "taper"  # taper, block, line, bushy
    colour: Colour = (0.2, 0.15, 0.1)


def brow_curve(brows: Brows, raise_: float, slant: float, side: float, knit: float = 0.0) -> np.ndarray:
    """(5, 2) frontal positions of the middle of a brow from its inner to its outer end.

    slant: twice how far the inner end comes down; above a straight brow it takes the arch out. knit: how far that end
    goes in.
    """
    u = spread(-1, 1, 5)
    inward = 0.5 * (1 - u)
    y = (
        brows.y
        - raise_
        - brows.arch * max(0.0, 1 - 1.5 * abs(slant)) * (1 - (u - 0.15) ** 2)
        - (brows.tilt * u) * brows.half
        + 0.5 * slant * inward
    )
    return columns(side * (brows.x + brows.half * u - knit * inward), y)


def draw_brow(
    pen: Pen, head: Head, brows: Brows, curve: np.ndarray, skin: Colour, fringe: Colour | None = None
) -> None:
    """The stroke of a brow along its five frontal positions, darker where its colour were lost on the skin.

    fringe: the colour of hair that it is drawn over; where it were lost on that, a rim of skin sets it off.
    """
    # a polyline of five is smooth enough at the sizes drawn
    at, knots = spread(0, 4, 13), spread(0, 4, 5)
    line = head.draw_on(columns(*(np.interp(at, knots, v) for v in curve.T)), 0.02)
    width = np.maximum(_BROW_WIDTHS[brows.shape] * (brows.width * pen.unit), 0.9)
    colour = brows.colour if pen.apart(brows.colour, skin) else min(brows.colour, shade(skin, 0.6), key=luminance)
    if fringe is not None and not pen.apart(colour, fringe):
        rim = (1.0, 1.0, 1.0) if pen.style.palette == "ink" else skin
        pen.mark(ribbon(line, width + 2 * max(1.0, 0.02 * pen.unit)), rim)
    pen.mark(ribbon(line, width), colour, BROW)


# along the thirteen points that draw_brow draws
_BROW_WIDTHS = {
    "taper": np.linspace(1.0, 0.15, 13) ** 0.8 * np.minimum(1, np.linspace(0.4, 4, 13)),
    "block": np.full(13, 1.0),
    "line": np.full(13, 0.45),
    "bushy": 1.3 * taper(13, 0.5, 0.2) + 0.15 * np.cos(np.arange(13) * 2.1),
}
