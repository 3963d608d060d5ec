"""A plate of lines, areas and words that becomes a picture or an SVG, the same in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal, NamedTuple

import numpy as np

from charaface.draw.labels import covering, tinted
from charaface.draw.pen import lay
from charaface.draw.style import rgb

_SCALE = 2  # pixels of the picture a unit: screens have twice as many as they say
_SHIFT = 4  # fixed-point bits of a cv2 coordinate
_TALL = "Agjpy|"


class Line(NamedTuple):
    """A stroke through points; of a single point a dot."""

    points: Sequence[tuple[float, float]]
    colour: str
    width: float


class Area(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str


class Words(NamedTuple):
    """A line of text about a height, and from, about or up to a place."""

    x: float
    y: float
    text: str
    size: int
    colour: str
    anchor: Literal["start", "middle", "end"] = "start"


@dataclass
class Plate:
    """What is drawn, one thing over another, on a ground of one colour; measured in units of about a pixel."""

    width: int
    height: int
    ground: str
    parts: list[Line | Area | Words] = field(default_factory=list)

    def svg(self) -> str:
        """The plate as a file of its own."""
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}"'
        lines = [
            f'{head} width="{self.width}" height="{self.height}" font-family="sans-serif">',
            f'<rect width="100%" height="100%" fill="{self.ground}"/>',
            *map(_svg_of, self.parts),
            "</svg>",
        ]
        return "\n".join(lines) + "\n"

    def picture(self) -> np.ndarray:
        """(H, W, 3) uint8, two pixels a unit."""
        out = np.empty((self.height * _SCALE, self.width * _SCALE, 3), np.uint8)
        out[:] = rgb(self.ground)
        for part in self.parts:
            _paint(out, part)
        return out


def _svg_of(part: Line | Area | Words) -> str:
    if isinstance(part, Area):
        place = f'x="{part.x:.2f}" y="{part.y:.2f}" width="{part.width:.2f}" height="{part.height:.2f}"'
        return f'<rect {place} fill="{part.colour}"/>'
    if isinstance(part, Words):
        place = f'x="{part.x:.2f}" y="{part.y:.2f}" font-size="{part.size}" text-anchor="{part.anchor}"'
        return f'<text {place} dominant-baseline="central" fill="{part.colour}">{escape(part.text)}</text>'
    points = " ".join(f"{x:.2f},{y:.2f}" for x, y in [*part.points, *part.points[-1:]][: max(2, len(part.points))])
    stroke = f'stroke="{part.colour}" stroke-width="{part.width:g}" stroke-linecap="round" stroke-linejoin="round"'
    return f'<polyline points="{points}" fill="none" {stroke}/>'


def _paint(out: np.ndarray, part: Line | Area | Words) -> None:
    import cv2

    if isinstance(part, Area):
        x0, y0 = round(part.x * _SCALE), round(part.y * _SCALE)
        x1, y1 = round((part.x + part.width) * _SCALE), round((part.y + part.height) * _SCALE)
        out[y0:y1, x0:x1] = rgb(part.colour)
    elif isinstance(part, Words):
        cover = covering(part.text, part.size * _SCALE, _TALL)
        height, width = cover.shape
        back = {"start": 0.0, "middle": width / 2, "end": float(width)}[part.anchor]
        x, y = max(0, round(part.x * _SCALE - back)), max(0, round(part.y * _SCALE - height / 2))
        below = out[y : y + height, x : x + width]
        lay(below, tinted(cover[: below.shape[0], : below.shape[1]], rgb(part.colour)))
    else:
        fine = (np.asarray(part.points, np.float64) * _SCALE - 0.5) * (1 << _SHIFT)
        path = np.rint(fine).astype(np.int32)
        wide = max(1, round(part.width * _SCALE))
        if len(path) == 1:
            cv2.circle(out, path[0].tolist(), wide << (_SHIFT - 1), rgb(part.colour), -1, cv2.LINE_AA, _SHIFT)
        else:
            cv2.polylines(out, [path], False, rgb(part.colour), wide, cv2.LINE_AA, _SHIFT)
