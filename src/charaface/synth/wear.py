"""What a character wears: clothes under the neck, glasses, hats, animal ears."""

from __future__ import annotations

import numpy as np
import skia

from charaface.synth.anatomy import Head
from charaface.synth.builds import jaw_width
from charaface.synth.labels import PARTS
from charaface.synth.pen import Colour, Pen, ellipse, ellipse_at, polygon, ribbon, shade, shade_skin, smooth

NECK = PARTS.index("neck")
BODY = PARTS.index("body")
GLASSES = PARTS.index("glasses")
HAT = PARTS.index("hat")
HAIR = PARTS.index("hair")


def draw_bust(
    pen: Pen,
    head: Head,
    rng: np.random.Generator,
    skin: Colour,
    cloth: Colour,
    wide: float,
    stout: float = 0.0,
    sunk: float = 0.0,
) -> tuple[np.ndarray, float]:
    """Neck, shoulders and a collar; returns the base of the neck (2,) and the width of the shoulders in pixels.

    stout: half the neck's width as a share of the jaw's, 0 for one that suits the shoulders; sunk: how deep the head
    sits, in outer-eye distances.
    """
    unit, place, b = pen.unit, head.place, head.build
    lean = head._roll[1]
    chin = head.project(np.array([[0.0, b.chin, 0.0]]))[0]
    back = head.project(np.array([[0.0, 0.3, -0.25]]))[0]
    neck = rng.uniform(0.16, 0.26) * (0.5 + 0.6 * wide) * unit
    base = np.array(
        [0.6 * back[0] + 0.4 * chin[0] - 0.25 * lean * unit, max(chin[1], place.y + 0.6 * unit) + (0.30 - sunk) * unit]
    )
    neck = max(neck, stout * jaw_width(b) * unit)
    reach = max(wide * 1.35 * unit, 1.25 * neck)
    under = min(neck, 0.8 * b.half_width * unit)
    top = np.array([[-under, -0.9 * unit], [under, -0.9 * unit]]) + [
        back[0] * 0.5 + chin[0] * 0.5,
        base[1],
    ]
    pillar = np.concatenate(
        [top, [[base[0] + neck * 1.15, base[1] + 0.1 * unit], [base[0] - neck * 1.15, base[1] + 0.1 * unit]]]
    )
    slope = rng.uniform(0.1, 0.5) * unit
    deep = base[1] + 1.6 * unit
    side = np.array(
        [
            [neck, -0.02 * unit],
            [0.55 * reach, 0.35 * slope],
            [0.92 * reach, slope],
            [1.02 * reach, slope + 0.4 * unit],
            [1.0 * reach, deep - base[1]],
        ]
    )
    right = smooth(side, steps=5)
    trunk = np.concatenate([base + right, (base + right * [-1, 1])[::-1]])
    pen.fill(polygon(trunk), cloth, BODY)
    pen.stroke(trunk, cloth, 1.0)
    if rng.random() < 0.5:
        pen.fill(polygon(trunk + [0.35 * reach * pen.style.light, 0.25 * unit]), shade(cloth, 0.25), alpha=0.6)
    _collar(pen, rng, base, neck, reach, cloth, skin)
    pen.fill(polygon(pillar), skin, NECK)
    pen.stroke(pillar[[0, 3]], skin, 0.9)
    pen.stroke(pillar[[1, 2]], skin, 0.9)
    if pen.style.shading != "flat":
        dark = np.stack(
            [
                pillar[0],
                pillar[1],
                pillar[1] + [0, 0.55 * unit],
                (pillar[0] + pillar[1]) / 2 + [0, 0.75 * unit],
                pillar[0] + [0, 0.55 * unit],
            ]
        )
        with pen.clip(polygon(pillar)):
            if pen.style.shading == "hatch":
                pen.hatch(polygon(dark), skin, 0.05, 0.6)
            else:
                pen.fill(polygon(dark), shade_skin(skin, 0.35), alpha=0.8)
    return base, 2 * reach


def _collar(
    pen: Pen,
    rng: np.random.Generator,
    base: np.ndarray,
    neck: float,
    reach: float,
    cloth: Colour,
    skin: Colour,
) -> None:
    unit, kind = pen.unit, rng.integers(0, 6)
    light = (1.0, 1.0, 1.0) if rng.random() < 0.5 else shade(cloth, -0.4)
    if kind == 0:  # open neck
        v = np.stack(
            [
                base + [-1.2 * neck, -0.05 * unit],
                base + [1.2 * neck, -0.05 * unit],
                base + [0, rng.uniform(0.3, 0.9) * unit],
            ]
        )
        pen.fill(polygon(v), skin, NECK)
        pen.stroke(v[[0, 2, 1]], cloth, 0.9)
    elif kind in (1, 2):  # shirt or sailor collar
        deep = rng.uniform(0.3, 0.9)
        for s in (-1, 1):
            flap = np.stack(
                [
                    base + [s * 1.1 * neck, -0.12 * unit],
                    base + [s * (1.1 * neck + 0.35 * unit), 0.15 * unit],
                    base + [s * 0.25 * unit, deep * unit],
                    base + [0, 0.2 * unit],
                ]
            )
            pen.fill(polygon(flap), light, BODY)
            pen.stroke(flap, light, 0.9, closed=True)
        if rng.random() < 0.6:
            tie = np.stack(
                [
                    base + [-0.08 * unit, 0.2 * unit],
                    base + [0.08 * unit, 0.2 * unit],
                    base + [0.12 * unit, 0.9 * unit],
                    base + [-0.12 * unit, 0.9 * unit],
                ]
            )
            colour = tuple(rng.uniform(0.1, 0.9, 3))
            pen.fill(polygon(tie), colour, BODY)
            pen.stroke(tie, colour, 0.8, closed=True)
    elif kind == 3:  # high collar
        high = np.stack(
            [
                base + [-1.5 * neck, -0.3 * unit],
                base + [1.5 * neck, -0.3 * unit],
                base + [1.7 * neck, 0.2 * unit],
                base + [-1.7 * neck, 0.2 * unit],
            ]
        )
        pen.fill(polygon(high), cloth, BODY)
        pen.stroke(high, cloth, 0.9, closed=True)
    elif kind == 4:  # strap top: shoulders in the skin's colour
        pen.fill(polygon(ellipse_at((base + [0, 0.05 * unit]), 0.75 * reach, 0.42 * unit)), skin, NECK)


def draw_glasses(
    pen: Pen, head: Head, eyes_x: float, half: float, rng: np.random.Generator, dark: bool
) -> list[skia.Path]:
    """Round, square or cat-eye frames; dark lenses hide the eyes and are returned as covers."""
    r = float(np.clip(half * rng.uniform(1.25, 1.7), 0.16, 0.34))
    r = min(r, eyes_x - 0.01)
    tall = r * rng.uniform(0.6, 1.05)
    power = rng.choice([2.0, 2.6, 5.0])
    frame: Colour = (0.06, 0.06, 0.08) if rng.random() < 0.6 else tuple(rng.uniform(0.1, 0.8, 3))
    thick = rng.uniform(0.6, 2.2)
    y0 = rng.uniform(-0.02, 0.06)
    tint: Colour = (0.05, 0.05, 0.08) if rng.random() < 0.7 else tuple(rng.uniform(0.0, 0.5, 3))
    covers: list[skia.Path] = []
    t = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    cx, sx = np.cos(t), np.sin(t)
    shape = np.stack(
        [np.sign(cx) * np.abs(cx) ** (2 / power) * r, np.sign(sx) * np.abs(sx) ** (2 / power) * tall], axis=1
    )
    tilt = rng.uniform(0.05, 0.4) if rng.random() < 0.25 else 0.0  # a cat's eye: outer ends up
    for s in (-1.0, 1.0):
        if head.facing(np.array([[s * eyes_x, 0.0]]))[0] < 0.02:
            continue
        lens = head.draw_on(shape + [s * eyes_x, y0] - np.outer(s * tilt * shape[:, 0], [0.0, 1.0]), 0.08)
        path = polygon(lens)
        if dark:
            pen.mark(path, tint, GLASSES)
            covers.append(path)
            glare = lens.mean(0) + (lens - lens.mean(0)) * 0.5 + [-0.1 * pen.unit, -0.08 * pen.unit]
            pen.fill(polygon(glare[8:20]), (1, 1, 1), alpha=0.35)
        elif rng.random() < 0.4:
            pen.fill(path, (0.8, 0.9, 1.0), alpha=rng.uniform(0.1, 0.35))
        width = max(1.0, pen.style.line_width * thick * pen.unit) if pen.style.line_width > 0 else 1.0
        pen.mark(ribbon(np.concatenate([lens, lens[:2]]), width), frame, GLASSES)
        arm = head.project(
            np.array(
                [
                    [s * (eyes_x + r), y0 - 0.03, head.build.depth * 0.75],
                    [s * head.build.half_width * 1.02, y0, 0.0],
                ]
            )
        )
        if s != head.side:
            pen.mark(ribbon(arm, width), frame, GLASSES)
    bridge = head.draw_on(np.array([[-eyes_x + r, y0 - 0.02], [0, y0 - 0.06], [eyes_x - r, y0 - 0.02]]), 0.12)
    pen.mark(ribbon(bridge, max(1.0, pen.style.line_width * thick * pen.unit)), frame, GLASSES)
    return covers


def draw_hat(pen: Pen, head: Head, rng: np.random.Generator, kind: str, hair: Colour) -> list[skia.Path]:
    """A cap, beanie, beret, brimmed hat, helmet, hood, band, bow, crown, horns, animal ears, or a pat of hair."""
    colour: Colour = tuple(rng.uniform(0.05, 0.95, 3))
    unit, b = pen.unit, head.build
    line = rng.uniform(-0.85, -0.6) * (1.0 if kind != "band" else 0.95)
    w = b.half_width * 1.12
    xs = np.linspace(-1, 1, 13)
    rim = head.project(
        np.stack(
            [xs * w, np.full(13, line) + 0.05 * xs**2, 0.08 + np.sqrt(1 - xs**2 * 0.98) * (b.depth + 0.1)],
            axis=1,
        )
    )
    crown = head.skull(rng.uniform(1.14, 1.25))
    up = _above(head, crown, line)
    covers: list[skia.Path] = []
    if kind in ("cap", "beanie", "helmet", "hood", "brim"):
        shape = np.concatenate([rim, up])
        if kind == "brim":
            tall = rng.uniform(0.3, 1.0)
            axis = -np.array([-head._roll[1], head._roll[0]]) * unit
            shape = np.concatenate([rim, up + axis * tall * np.linspace(0.6, 1, len(up))[:, None] * 0.7])
        path = polygon(shape)
        pen.fill(path, colour, HAT)
        pen.stroke(shape, colour, 1.0, closed=True)
        covers.append(path)
        if kind in ("cap", "brim"):
            reach = rng.uniform(0.25, 0.6) if kind == "cap" else rng.uniform(0.2, 0.5)
            wide = 1.0 if kind == "cap" else 1.35
            edge = head.project(
                np.stack(
                    [
                        xs * w * wide,
                        np.full(13, line + (0.12 if kind == "cap" else 0.04)) - 0.06 * xs**2,
                        0.1 + np.sqrt(1 - xs**2 * 0.98) * (b.depth + 0.1 + reach),
                    ],
                    axis=1,
                )
            )
            visor = polygon(np.concatenate([rim, edge[::-1]]))
            pen.fill(visor, shade(colour, 0.2), HAT)
            pen.stroke(np.concatenate([rim, edge[::-1]]), colour, 1.0, closed=True)
            covers.append(visor)
    elif kind == "band":
        low = rim + np.array([0, rng.uniform(0.08, 0.2) * unit])
        band = polygon(np.concatenate([rim, low[::-1]]))
        pen.fill(band, colour, HAT)
        pen.stroke(np.concatenate([rim, low[::-1]]), colour, 0.9, closed=True)
        covers.append(band)
    elif kind in ("pat", "beret"):
        covers.append(_pat(pen, head, rng, hair if kind == "pat" else colour, HAIR if kind == "pat" else HAT))
    elif kind in ("ears", "horns"):
        _peaks(pen, head, rng, colour if kind == "horns" else None)
    elif kind == "bow":
        at = head.project(np.array([[rng.choice([-0.4, 0.0, 0.4]), -b.crown * 0.95, 0.1]]))[0]
        r = rng.uniform(0.18, 0.45) * unit
        for s in (-1, 1):
            wing = smooth(np.stack([at, at + [s * r, -0.6 * r], at + [s * 1.1 * r, 0.5 * r]]), closed=True, steps=5)
            pen.fill(polygon(wing), colour, HAT)
            pen.stroke(wing, colour, 0.9, closed=True)
        pen.fill(polygon(ellipse_at(at, 0.22 * r, 0.22 * r)), shade(colour, 0.2), HAT)
    elif kind == "crown":
        n = 11
        zig = up[np.linspace(0, len(up) - 1, n).astype(int)]
        mid = up.mean(0)
        zig = mid + (zig - mid) * np.where(np.arange(n) % 2 == 0, 1.25, 1.0)[:, None]
        shape = np.concatenate([up, zig[::-1]])
        pen.fill(polygon(shape), (0.9, 0.75, 0.2), HAT)
        pen.stroke(shape, (0.9, 0.75, 0.2), 0.9, closed=True)
    return covers


def _pat(pen: Pen, head: Head, rng: np.random.Generator, colour: Colour, part: int) -> skia.Path:
    """A beret, or hair that lies on the head like one: what it covers."""
    b, unit = head.build, pen.unit
    at = head.project(np.array([[rng.uniform(-0.3, 0.3) * b.half_width, -b.crown * rng.uniform(0.7, 1.0), 0.0]]))[0]
    rx, ry = b.half_width * unit * rng.uniform(0.7, 1.2), b.half_width * unit * rng.uniform(0.22, 0.45)
    c, s = head._roll
    lean = rng.uniform(-0.3, 0.3)
    turn = np.array([[c + lean * s, lean * c - s], [s - lean * c, c + lean * s]])
    shape = at + ellipse(0, 0, rx, ry, n=28) @ turn.T
    path = polygon(shape)
    pen.fill(path, colour, part)
    pen.stroke(shape, colour, 1.0, closed=True)
    for _ in range(int(rng.integers(0, 3))):
        x, y = rng.uniform(-0.5, 0.5, 2) * [rx, ry]
        curl = at + ellipse(float(x), float(y), 0.2 * ry, 0.3 * ry, n=14)[:11] @ turn.T
        pen.stroke(curl, colour, 0.6)
    return path


def _above(head: Head, outline: np.ndarray, y: float) -> np.ndarray:
    """The part of an outline above a height of the head, image right to image left."""
    c, s = head._roll
    local = (outline - [head.place.x, head.place.y]) @ np.array([[c, s], [-s, c]]).T
    keep = np.flatnonzero(local[:, 1] < (y + 0.05) * head.unit * head._pitch[0])
    if len(keep) < 3:
        keep = np.argsort(local[:, 1])[:5]
    return outline[keep[np.argsort(-local[keep, 0])]]


def _peaks(pen: Pen, head: Head, rng: np.random.Generator, colour: Colour | None) -> None:
    local: Colour = colour or tuple(rng.uniform(0.1, 0.9, 3))
    tall, wide, apart = rng.uniform(0.35, 0.9), rng.uniform(0.12, 0.3), rng.uniform(0.35, 0.6)
    for s in (-1, 1):
        foot, y = s * apart, -head.build.crown * 0.9
        shape = np.array([[foot - wide, y + 0.15, 0], [foot + s * 0.1, y - tall, -0.1], [foot + wide, y + 0.15, 0]])
        pts = head.project(smooth(shape, steps=5) if colour is None else shape)
        pen.fill(polygon(pts), local, HAT)
        pen.stroke(pts, local, 1.0)
        if colour is None:
            inner = pts.mean(0) + (pts - pts.mean(0)) * 0.55
            pen.fill(polygon(inner), (0.95, 0.7, 0.72))
