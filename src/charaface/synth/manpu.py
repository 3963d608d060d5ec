"""Manpu, the marks by which comics say what a face feels: sweat, anger's cross, tears, gloom, blush, steam, shock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from charaface.synth.anatomy import Head
from charaface.synth.eye_forms import heart_in, star_in
from charaface.synth.pen import (
    Colour,
    Pen,
    columns,
    ellipse,
    ellipse_at,
    mix,
    polygon,
    ribbon,
    shade,
    shade_skin,
    smooth,
    spread,
    taper,
)

_WATER, _DEEP = (0.78, 0.91, 1.0), (0.35, 0.6, 0.85)
_INK = (0.08, 0.06, 0.08)


@dataclass(frozen=True, eq=False)
class Spots:
    """A face that marks go on, and where: frontal positions."""

    pen: Pen
    head: Head
    rng: np.random.Generator
    skin: Colour
    eyes: tuple[np.ndarray, np.ndarray]  # (n, 2) lower lids, image left and right, from the inner corner outwards
    eye_x: float
    brow_y: float
    mouth: tuple[float, float, float]  # x, y and half the width

    def line(self, points: np.ndarray, colour: Colour, width: float = 1.0) -> None:
        """A stroke that a hand without outlines draws too."""
        if self.pen.style.palette == "ink" and min(colour) < 0.99:  # any line but a white one is black
            colour = _INK
        full = max(0.9, width * max(self.pen.style.line_width, 0.014) * self.pen.unit)
        self.pen.mark(ribbon(points, full * taper(len(points), 0.4, 0.4)), colour)

    def shape(self, points: np.ndarray, colour: Colour, edge: Colour, width: float = 0.8, alpha: float = 1.0) -> None:
        """A filled shape with a line round it."""
        self.pen.fill(polygon(points), colour, alpha=alpha)
        self.line(np.concatenate([points, points[:2]]), edge, width)

    def shown(self, x: float, y: float) -> bool:
        """Whether a frontal position is turned to the viewer."""
        return bool(self.head.facing(np.array([[x, y]]))[0] > 0.1)

    def beside(self, out: float, y: float, side: float | None = None) -> np.ndarray:
        """(2,) canvas pixels beside the head: out in half widths of the face, y above the eye line."""
        head = self.head
        s = side if side is not None else (-head.side if self.rng.random() < 0.75 else head.side)
        return np.asarray(head.project(np.array([[s * out * head.build.half_width, -y, 0.25 * head.build.depth]]))[0])


Mark = Callable[[Spots], None]


def _drop(at: np.ndarray, size: float, lean: float = 0.0) -> np.ndarray:
    """(N, 2) a drop whose tip is up, leaning by an angle in radians."""
    shape = smooth(np.array([[0, -1.0], [0.33, -0.25], [0.5, 0.25], [0, 0.72], [-0.5, 0.25], [-0.33, -0.25]]), True, 5)
    c, s = np.cos(lean), np.sin(lean)
    return np.asarray(at + size * shape @ np.array([[c, s], [-s, c]]))


# --- on the skin, under the features ---------------------------------------------------------------------------------


def _blush(on: Spots) -> None:
    """Ovals, strokes or a glow on the cheeks, now and then over the nose too."""
    kind = 2 if on.pen.style.palette == "ink" else on.rng.integers(0, 4)
    rosy = mix(on.skin, (0.95, 0.25, 0.32), on.rng.uniform(0.4, 0.75))
    y = float(on.eyes[0][:, 1].max()) + 0.09
    half = on.rng.uniform(0.1, 0.16)
    if kind == 3:
        on.pen.glow(polygon(on.head.draw_on(ellipse(0, y, 0.45, 0.07, n=20))), rosy, 0.7, 0.05)
    for s in (-1, 1):
        x = s * (on.eye_x + 0.06)
        if not on.shown(x, y):
            continue
        if kind in (0, 3):
            on.pen.glow(polygon(on.head.draw_on(ellipse(x, y, half, 0.075, n=16))), rosy, 0.8, 0.04)
        elif kind == 1:
            on.pen.fill(polygon(on.head.draw_on(ellipse(x, y, half, 0.07, n=16))), rosy, alpha=0.8)
        if kind == 2 or (kind == 1 and on.rng.random() < 0.4):
            for k in range(int(on.rng.integers(3, 6))):
                at = x + 0.055 * (k - 2)
                on.line(
                    on.head.draw_on(np.array([[at - 0.02, y + 0.04], [at + 0.02, y - 0.04]]), 0.01), shade(rosy, 0.2)
                )


def _flush(on: Spots) -> None:
    """The whole face red."""
    with on.pen.clip(polygon(on.head.face_outline)):
        low = on.rng.uniform(0.1, 0.5)
        on.pen.glow(
            polygon(on.head.draw_on(ellipse(0, 0.1, 0.75, low + 0.3, n=24))),
            (0.92, 0.2, 0.16),
            on.rng.uniform(0.35, 0.65),
            0.1,
        )


def _tint(on: Spots, colour: Colour) -> None:
    """A colour from the forehead down."""
    low = on.rng.uniform(-0.15, 0.45)
    with on.pen.clip(polygon(on.head.face_outline)):
        edge = columns(spread(-1, 1, 9), low + 0.05 * np.sin(3 * spread(-1, 1, 9) + on.rng.uniform(0, 6)))
        top = np.concatenate([edge, [[1.0, -1.2], [-1.0, -1.2]]])
        if on.pen.style.shading == "soft" or on.rng.random() < 0.5:
            on.pen.glow(polygon(on.head.draw_on(top)), colour, on.rng.uniform(0.45, 0.8), 0.12)
        else:
            on.pen.fill(polygon(on.head.draw_on(top)), colour, alpha=on.rng.uniform(0.35, 0.6))


def _pale(on: Spots) -> None:
    """The blood leaves the face: blue from above, or white all over."""
    _tint(on, (0.42, 0.5, 0.85) if on.rng.random() < 0.75 else (0.9, 0.95, 1.0))


def _green(on: Spots) -> None:
    """Sick: green or violet from above, or at the cheeks."""
    _tint(on, (0.45, 0.72, 0.35) if on.rng.random() < 0.7 else (0.5, 0.42, 0.65))


def _gloom(on: Spots) -> None:
    """Lines that hang over the forehead, or under the eyes, and the cold light that goes with them."""
    if on.pen.style.palette != "ink" and on.rng.random() < 0.6:
        _tint(on, (0.4, 0.42, 0.68))
    n, first = int(on.rng.integers(5, 11)), on.rng.uniform(-0.5, 0.0)
    step, tall = on.rng.uniform(0.06, 0.1), on.rng.uniform(0.25, 0.6)
    top = on.brow_y - 0.35
    with on.pen.clip(polygon(on.head.face_outline)):
        for k in range(n):
            x, low = first + step * k, top + tall * on.rng.uniform(0.6, 1.0)
            if on.shown(x, top + 0.1):
                on.line(
                    on.head.draw_on(np.array([[x, top], [x, 0.5 * (top + low)], [x, low]]), 0.01),
                    (0.25, 0.25, 0.4),
                    0.8,
                )


def _furrow(on: Spots) -> None:
    """Upright folds between the brows."""
    for s in ((-1, 1), (-1, 0, 1), (1,))[int(on.rng.integers(0, 3))]:
        x, tall = s * on.rng.uniform(0.03, 0.06), on.rng.uniform(0.06, 0.13)
        y = on.brow_y + 0.12
        if on.shown(x, y):
            fold = np.array([[1.4 * x, y - tall], [x, y - 0.3 * tall], [1.2 * x, y + 0.5 * tall]])
            on.line(on.head.draw_on(fold, 0.02), on.pen.line_of(shade(on.skin, 0.2)), 0.8)


def _wrinkle(on: Spots) -> None:
    """Folds across the root of the nose and beside it, of a nose drawn up."""
    dark = on.pen.line_of(shade(on.skin, 0.2))
    for k in range(int(on.rng.integers(2, 4))):
        y, wide = 0.02 + 0.06 * k, on.rng.uniform(0.05, 0.09)
        if on.shown(0.0, y):
            on.line(on.head.draw_on(np.array([[-wide, y - 0.02], [0, y + 0.015], [wide, y - 0.02]]), 0.06), dark, 0.8)
    x, y, half = on.mouth
    for s in (-1, 1):
        fold = np.array([[s * 0.1, 0.5 * y], [s * (0.1 + half), 0.75 * y], [x + s * (half + 0.1), y]])
        if on.rng.random() < 0.7 and on.shown(float(fold[1, 0]), float(fold[1, 1])):
            on.line(on.head.draw_on(smooth(fold, steps=5), 0.01), dark, 0.9)


def _puff(on: Spots) -> None:
    """Cheeks full of air."""
    x, y, half = on.mouth
    for s in (-1, 1):
        out = x + s * (half + 0.12)
        if on.shown(out, y):
            arc = (
                ellipse(out, y - 0.02, 0.13, 0.13, n=20)[12:]
                if s < 0
                else ellipse(out, y - 0.02, 0.13, 0.13, n=20)[10:18]
            )
            on.line(on.head.draw_on(arc, 0.02), on.pen.line_of(shade(on.skin, 0.2)), 0.9)


# --- at the eyes, under glasses and hair -----------------------------------------------------------------------------


def _welling(on: Spots) -> None:
    """Water along the lower lids, and a bead at a corner."""
    for low in on.eyes:
        tall = on.rng.uniform(0.03, 0.06)
        bead = low[len(low) // 5 if on.rng.random() < 0.4 else -4]
        if not on.shown(*bead):
            continue
        lid = low[2:-2]
        edge = lid - np.array([0.0, 1.0]) * (tall * np.sin(np.pi * spread(0, 1, len(lid))))[:, None] ** 0.7
        on.pen.fill(polygon(on.head.draw_on(np.concatenate([lid + [0, 0.01], edge[::-1]]), 0.015)), _WATER, alpha=0.85)
        ball = on.head.draw_on(ellipse(float(bead[0]), float(bead[1]) + 0.01, 0.035, 0.04, n=14), 0.02)
        on.shape(ball, _WATER, _DEEP, 0.5)


def _tears(on: Spots) -> None:
    """One to three drops that leave an eye, at its outer corner or down the cheek."""
    size, where, both = on.rng.uniform(0.055, 0.11), on.rng.choice([3, 12, 20, 23]), on.rng.random() < 0.75
    near = 0 if on.head.side > 0 else 1
    for k, low in enumerate(on.eyes):
        x, y = low[min(int(where), len(low) - 1)]
        if (k != near and not both) or not on.shown(x, y):
            continue
        for step in range(int(on.rng.integers(1, 3))):
            at = on.head.draw_on(
                np.array([[x + on.rng.uniform(-0.01, 0.03) * np.sign(x), y + size + 0.24 * step]]), 0.02
            )[0]
            on.shape(_drop(at, size * (1 - 0.2 * step) * on.pen.unit), _WATER, _DEEP, 0.6)


def _streams(on: Spots) -> None:
    """Tears that run from lid to jaw."""
    half, end = on.rng.uniform(0.04, 0.13), on.head.build.chin * on.rng.uniform(0.75, 1.0)
    with on.pen.clip(polygon(on.head.face_outline)):
        for low in on.eyes:
            x, y = low[len(low) // 2 + int(on.rng.integers(-3, 4))]
            if not on.shown(x, y + 0.1):
                continue
            down = y + (end - y) * spread(0, 1, 9)
            sway = 0.02 * np.sin(5 * spread(0, 1, 9) + on.rng.uniform(0, 6))
            sides = [columns(x + s * half * (1 + 0.25 * spread(0, 1, 9)) + sway, down) for s in (-1, 1)]
            left, right = (on.head.draw_on(side, 0.015) for side in sides)
            on.pen.fill(polygon(np.concatenate([left, right[::-1]])), _WATER, alpha=0.85)
            for side in (left, right):
                on.line(side, _DEEP, 0.6)
            if on.rng.random() < 0.5:
                on.line(0.6 * left + 0.4 * right, (1.0, 1.0, 1.0), 0.7)


def _shade(on: Spots) -> None:
    """The upper face lies in shadow, and the eyes in it."""
    low = float(on.eyes[0][:, 1].max()) + on.rng.uniform(0.0, 0.12)
    dark = shade_skin(on.skin, 0.9) if on.rng.random() < 0.5 else (0.12, 0.1, 0.2)
    with on.pen.clip(polygon(on.head.face_outline)):
        xs = spread(-1, 1, 9)
        top = np.concatenate([columns(xs, low - 0.1 * xs * xs), [[1.0, -1.2], [-1.0, -1.2]]])
        on.pen.fill(polygon(on.head.draw_on(top)), dark, alpha=on.rng.uniform(0.35, 0.58))


# --- before and beside the head --------------------------------------------------------------------------------------


def _sweat(on: Spots) -> None:
    """One drop at the temple, often a large one."""
    size = on.rng.uniform(0.09, 0.2)
    at = on.beside(on.rng.uniform(0.72, 1.0), on.rng.uniform(0.1, 0.6))
    drop = _drop(at, size * on.pen.unit, on.rng.uniform(-0.3, 0.3))
    on.shape(drop, _WATER if on.rng.random() < 0.8 else (1.0, 1.0, 1.0), _DEEP if on.rng.random() < 0.6 else _INK, 0.8)
    glint = drop.mean(axis=0) + 0.35 * (drop[8:14] - drop.mean(axis=0)) * [-1, 1]
    on.line(glint, (1.0, 1.0, 1.0), 0.7)


def _drops(on: Spots) -> None:
    """Drops on the face and drops that fly off it."""
    for _ in range(int(on.rng.integers(2, 6))):
        flying = on.rng.random() < 0.6
        out, y = (
            (on.rng.uniform(1.02, 1.3), on.rng.uniform(0.0, 1.0))
            if flying
            else (on.rng.uniform(0.5, 0.9), on.rng.uniform(-0.4, 0.5))
        )
        side = float(on.rng.choice([-1.0, 1.0]))
        at = on.beside(out, y, side)
        on.shape(
            _drop(at, on.rng.uniform(0.05, 0.1) * on.pen.unit, -side * (0.9 if flying else 0.1)), _WATER, _DEEP, 0.6
        )


def _vein(on: Spots) -> None:
    """The cross of popping veins: four bent strokes round an empty middle."""
    size = on.rng.uniform(0.1, 0.22) * on.pen.unit
    at = on.beside(on.rng.uniform(0.45, 1.05), on.rng.uniform(0.45, 0.95))
    colour = (0.85, 0.08, 0.1) if on.rng.random() < 0.7 else on.pen.line_of(shade(on.skin, 0.4))
    arm = smooth(np.array([[1.0, 0.28], [0.42, 0.38], [0.28, 1.0]]), steps=5)
    lean = on.rng.uniform(0, np.pi / 2)
    for k in range(4):
        a = lean + k * np.pi / 2
        c, s = np.cos(a), np.sin(a)
        line = at + size * arm @ np.array([[c, s], [-s, c]])
        on.pen.mark(ribbon(line, max(1.2, 0.26 * size) * taper(len(line), 0.25, 0.25)), colour)


def _steam(on: Spots) -> None:
    """Puffs that leave the head, or the nose."""
    nose = on.rng.random() < 0.3
    for s in (-1.0, 1.0):
        if nose:
            at = on.head.draw_on(np.array([[s * 0.3, 0.45]]), 0.1)[0]
        elif on.rng.random() < 0.75:
            at = on.beside(on.rng.uniform(0.8, 1.15), on.rng.uniform(0.6, 1.1), s)
        else:
            continue
        size = on.rng.uniform(0.05, 0.09 if nose else 0.14) * on.pen.unit
        for k in range(3):
            puff = ellipse_at(
                at + size * np.array([s * (0.9 * k), -0.55 * k * (not nose)]), size * (1 + 0.3 * k), size, n=18
            )
            on.shape(puff, (1.0, 1.0, 1.0), _INK, 0.6, 0.95)


def _shock(on: Spots) -> None:
    """Short strokes that stand away from the on.head."""
    colour = _INK if on.rng.random() < 0.7 else (1.0, 1.0, 1.0)
    sides = ((-1.0, 1.0), (-on.head.side,))[int(on.rng.random() < 0.5)]
    middle = np.array([on.head.place.x, on.head.place.y - 0.2 * on.pen.unit])
    for s in sides:
        for k in range(int(on.rng.integers(3, 6))):
            a = -0.15 - 0.32 * k + on.rng.uniform(-0.05, 0.05)
            way = np.array([s * np.cos(a), np.sin(a)])
            near = (1.12 * on.head.build.half_width + 0.12) * on.pen.unit
            line = middle + way * near * np.array([1.0, 1.13, 1.13 + on.rng.uniform(0.1, 0.3)])[:, None]
            on.line(line, colour, on.rng.uniform(1.2, 2.2))


def _exclaim(on: Spots) -> None:
    """One or two exclamation marks."""
    size = on.rng.uniform(0.14, 0.26) * on.pen.unit
    at = on.beside(on.rng.uniform(0.8, 1.2), on.rng.uniform(0.6, 1.0))
    colour = ((0.88, 0.1, 0.12), _INK, (1.0, 0.85, 0.2))[int(on.rng.integers(0, 3))]
    for k in range(int(on.rng.integers(1, 3))):
        foot = at + [0.55 * size * k, 0]
        body = foot + size * np.array([[-0.2, -1.0], [0.2, -1.0], [0.09, 0.25], [-0.09, 0.25]])
        for shape in (body, ellipse_at(foot + [0, 0.55 * size], 0.13 * size, 0.13 * size, n=12)):
            on.shape(shape, colour, _INK, 0.5)


def _sparkle(on: Spots) -> None:
    """Stars of four rays about the face."""
    for _ in range(int(on.rng.integers(2, 5))):
        at = on.beside(on.rng.uniform(0.8, 1.35), on.rng.uniform(-0.6, 0.9), float(on.rng.choice([-1.0, 1.0])))
        star = at + star_in((0.0, 0.0), on.rng.uniform(0.07, 0.18)) * on.pen.unit
        on.shape(star, (1.0, 0.97, 0.75), (0.9, 0.75, 0.3), 0.4)


def _hearts(on: Spots) -> None:
    """Hearts that rise beside the on.head."""
    for _ in range(int(on.rng.integers(1, 4))):
        at = on.beside(on.rng.uniform(0.9, 1.3), on.rng.uniform(-0.2, 1.0), float(on.rng.choice([-1.0, 1.0])))
        heart = at + heart_in((0.0, 0.0), on.rng.uniform(0.07, 0.16)) * on.pen.unit
        on.shape(heart, (0.97, 0.4, 0.58), (0.7, 0.15, 0.3), 0.5)


def _notes(on: Spots) -> None:
    """Notes of a tune."""
    for _ in range(int(on.rng.integers(1, 3))):
        size = on.rng.uniform(0.06, 0.1) * on.pen.unit
        at = on.beside(on.rng.uniform(0.95, 1.3), on.rng.uniform(0.0, 0.9), float(on.rng.choice([-1.0, 1.0])))
        on.pen.mark(polygon(ellipse_at(at, size, 0.75 * size, -0.3, n=14)), _INK)
        stem = at + size * np.array([[0.85, -0.2], [0.95, -2.6], [1.7, -1.8]])
        on.line(stem, _INK, 1.2)


def _shiver(on: Spots) -> None:
    """Wavy lines down both sides of a head that trembles."""
    for s in (-1.0, 1.0):
        for k in range(int(on.rng.integers(1, 3))):
            y = spread(0.6, -0.9, 15)
            x = s * (1.12 + 0.14 * k) * on.head.build.half_width + 0.03 * np.sin(9 * y + on.rng.uniform(0, 6))
            on.line(on.head.project(columns(x, -y, 0.0)), _INK, 0.8)


def _asleep(on: Spots) -> None:
    """Zs of a sleeper."""
    at = on.beside(1.05, 0.6)
    for k in range(int(on.rng.integers(1, 4))):
        size = (0.06 + 0.03 * k) * on.pen.unit
        z = (
            at
            + [1.2 * size * k, -1.6 * size * k]
            + size * np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
        )
        for a, b in pairwise(z):
            on.line(np.linspace(a, b, 4), _INK, 1.0)


SKIN: dict[str, Mark] = {
    "blush": _blush, "flush": _flush, "pale": _pale, "green": _green, "gloom": _gloom, "furrow": _furrow,
    "wrinkle": _wrinkle, "puff": _puff,
}  # fmt: skip
EYES: dict[str, Mark] = {"welling": _welling, "tears": _tears, "streams": _streams, "shade": _shade}
OVER: dict[str, Mark] = {
    "sweat": _sweat, "drops": _drops, "vein": _vein, "steam": _steam, "shock": _shock, "exclaim": _exclaim,
    "sparkle": _sparkle, "hearts": _hearts, "notes": _notes, "shiver": _shiver, "asleep": _asleep,
}  # fmt: skip
MARKS = (*SKIN, *EYES, *OVER)


def draw_marks(layer: dict[str, Mark], marks: tuple[str, ...], spots: Spots) -> None:
    """Draws what of the marks belongs to a layer: SKIN before the features, EYES after the eyes, OVER at the end."""
    for name in marks:
        if name in layer:
            layer[name](spots)
