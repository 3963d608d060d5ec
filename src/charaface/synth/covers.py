"""What hides part of a face: hands, masks, patches, plasters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import skia

from charaface.synth.anatomy import Head
from charaface.synth.labels import PARTS
from charaface.synth.pen import Colour, Pen, ellipse, ellipse_at, polygon, ribbon

COVER = PARTS.index("cover")


def _hand(pen: Pen, head: Head, rng: np.random.Generator, skin: Colour) -> list[skia.Path]:
    """A hand over part of the lower or outer face."""
    side = rng.choice([-1.0, 1.0])
    at = head.draw_on(np.array([[side * rng.uniform(0.1, 0.6), rng.uniform(0.35, 0.9)]]), 0.2)[0]
    unit = pen.unit
    r = rng.uniform(0.22, 0.34) * unit
    turn = rng.uniform(-0.9, 0.9)
    covers: list[skia.Path] = []
    spread = rng.uniform(0.15, 0.4)
    for k in range(4):
        a = turn + (k - 1.5) * spread - np.pi / 2
        way = np.array([np.cos(a), np.sin(a)])
        start, end = at + way * 0.4 * r, at + way * r * rng.uniform(1.6, 2.2)
        finger = ribbon(np.linspace(start, end, 5), 0.42 * r * np.array([1, 1, 1, 0.95, 0.6]))
        pen.fill(finger, skin, COVER)
        pen.stroke(np.concatenate([[start], [end]]) + np.array([-way[1], way[0]]) * 0.21 * r, skin, 0.8)
        covers.append(finger)
    palm = polygon(ellipse_at(at, r, r * 0.9, turn))
    arm = ribbon(
        np.stack([at, at + np.array([-np.sin(turn) * 0.4 + side * 0.4, 1.2]) * unit * 1.2]),
        np.array([1.4 * r, 1.5 * r]),
    )
    pen.fill(arm, skin, COVER)
    pen.fill(palm, skin, COVER)
    pen.stroke(ellipse_at(at, r, r * 0.9, turn)[:20], skin, 0.9)
    return [*covers, palm, arm]


def _mask(pen: Pen, head: Head, rng: np.random.Generator, skin: Colour) -> list[skia.Path]:
    """A scarf or mask over nose and mouth."""
    del skin
    colour: Colour = tuple(rng.uniform(0.1, 1.0, 3))
    b = head.build
    xs = np.linspace(-1, 1, 13)
    y = rng.uniform(0.2, 0.45)
    up = head.draw_on(np.stack([xs * b.half_width, y + 0.06 * xs**2], axis=1), 0.1)
    low_y = np.interp(np.abs(xs * b.half_width), head._half[::-1, 0], head._half[::-1, 1]) + 0.02
    low = head.draw_on(np.stack([xs * b.half_width, low_y], axis=1), 0.1)
    shape = np.concatenate([up, low[::-1]])
    pen.fill(polygon(shape), colour, COVER)
    pen.stroke(shape, colour, 1.0, closed=True)
    return [polygon(shape)]


def _patch(pen: Pen, head: Head, rng: np.random.Generator, skin: Colour) -> list[skia.Path]:
    """An eyepatch or a bandage over one eye."""
    del skin
    s = rng.choice([-1.0, 1.0])
    if rng.random() < 0.5:
        shape = head.draw_on(ellipse(s * 0.33, 0.0, 0.24, 0.22, n=20), 0.06)
        colour: Colour = (0.08, 0.08, 0.1) if rng.random() < 0.6 else (0.95, 0.95, 0.95)
        strap = head.draw_on(np.array([[-s * 0.5, -0.55], [s * 0.33, 0.0]]), 0.06)
        pen.mark(ribbon(strap, 0.04 * pen.unit), colour)
    else:
        colour = (0.96, 0.95, 0.92)
        tilt = rng.uniform(-0.3, 0.3)
        xs = np.linspace(-0.1, 0.62, 7) * s
        mid = tilt * (xs - 0.3 * s)
        shape = np.concatenate(
            [
                head.draw_on(np.stack([xs, mid - 0.2], axis=1), 0.05),
                head.draw_on(np.stack([xs, mid + 0.17], axis=1), 0.05)[::-1],
            ]
        )
    pen.fill(polygon(shape), colour, COVER)
    pen.stroke(shape, colour, 0.9, closed=True)
    return [polygon(shape)]


def _plaster(pen: Pen, head: Head, rng: np.random.Generator, skin: Colour) -> list[skia.Path]:
    """A strip of plaster on nose or cheek."""
    del skin
    x, y = rng.choice([-0.4, 0.0, 0.4]), rng.uniform(0.15, 0.35)
    shape = head.draw_on(ellipse(x, y, 0.14, 0.045, rng.uniform(-0.5, 0.5), n=16), 0.03)
    pen.fill(polygon(shape), (0.92, 0.8, 0.65), COVER)
    pen.stroke(shape, (0.9, 0.78, 0.6), 0.6, closed=True)
    return [polygon(shape)]


COVERS: dict[str, Callable[[Pen, Head, np.random.Generator, Colour], list[skia.Path]]] = {
    "hand": _hand,
    "mask": _mask,
    "patch": _patch,
    "plaster": _plaster,
}
