"""What lies on the skin: ears, beards, folds of age, blush, shadows."""

from __future__ import annotations

import numpy as np
import skia

from charaface.synth.anatomy import Head
from charaface.synth.labels import PARTS
from charaface.synth.pen import (
    Colour,
    Pen,
    circle,
    columns,
    ellipse,
    ellipse_at,
    mix,
    polygon,
    shade,
    shade_skin,
    smooth,
    spread,
)

EAR = PARTS.index("ear")
HAIR = PARTS.index("hair")


def draw_ear(pen: Pen, head: Head, side: float, size: float, pointed: float, skin: Colour, low: float = 0.0) -> None:
    """One human or pointed ear at the head's side, its middle lower by low."""
    b = head.build
    c, s = circle(18).T
    y = 0.08 + low + size * s
    half = float(head.width(np.array([low]))[0]) if low else b.half_width
    out = side * (half * 0.98) + side * 0.5 * size * c * (c > -0.3)
    z = -0.02 - 0.55 * size * (1 + 0.6 * c)
    if pointed:
        peak = np.argmin(y)
        out[peak] += side * pointed * 0.35
        y[peak] -= pointed * 0.3
        z[peak] -= pointed * 0.25
    shape = head.project(columns(out, y, z))
    pen.fill(polygon(shape), skin, EAR)
    pen.stroke(shape, skin, 0.9, closed=True)
    middle = shape.mean(axis=0)
    inner = middle + 0.5 * (shape[2:15] - middle)
    pen.stroke(inner, skin, 0.6)


def draw_beard(
    pen: Pen,
    head: Head,
    rng: np.random.Generator,
    colour: Colour,
    kind: str,
    mouth_y: float,
    mouth_half: float,
) -> list[skia.Path]:
    """A moustache, goatee, full beard or stubble; returns what it covers."""
    b = head.build
    covers: list[skia.Path] = []
    if kind in ("full", "stubble", "goatee"):
        w = {"full": 1.0, "stubble": 1.0, "goatee": 0.42}[kind] * b.half_width
        xs = np.linspace(-1, 1, 21)
        low_y = np.interp(np.abs(xs * w), head._half[::-1, 0], head._half[::-1, 1])
        grow = rng.uniform(0.02, 0.3) if kind != "stubble" else 0.0
        low = np.stack([xs * w, low_y + grow * (1 - xs**2)], axis=1)
        up_y = (
            mouth_y
            - 0.08
            + (0.25 if kind == "goatee" else -0.12) * (1 - np.abs(xs))
            - 0.3 * np.abs(xs) ** 4 * (kind != "goatee")
        )
        hole = np.abs(xs * w) < mouth_half * 1.15
        up_y = np.where(hole, mouth_y + rng.uniform(0.1, 0.14), up_y)
        up = np.stack([xs * w, np.minimum(up_y, low[:, 1] - 0.02)], axis=1)
        shape = np.concatenate([head.draw_on(up, 0.03), head.draw_on(low, 0.03)[::-1]])
        path = polygon(shape)
        if kind == "stubble":
            pen.fill(path, (0.25, 0.25, 0.3), alpha=0.25)
        else:
            pen.fill(path, colour, HAIR)
            pen.stroke(shape, colour, 0.9, closed=True)
            covers.append(path)
    if kind in ("moustache", "full") or (kind == "goatee" and rng.random() < 0.6):
        half = mouth_half * rng.uniform(0.9, 1.9)
        thick, droop = rng.uniform(0.05, 0.16), rng.uniform(-0.08, 0.15)
        xs = np.linspace(-1, 1, 15)
        mid = mouth_y - 0.07 - 0.3 * thick + droop * xs**2
        swell = thick * (1 - np.abs(xs) ** 2) ** 0.6 * (0.6 + 0.4 * np.minimum(1, np.abs(xs) * 4))
        up = head.draw_on(np.stack([xs * half, mid - 0.5 * swell], axis=1), 0.06)
        low = head.draw_on(np.stack([xs * half, mid + 0.6 * swell], axis=1), 0.06)
        shape = np.concatenate([up, low[::-1]])
        pen.fill(polygon(shape), colour, HAIR)
        pen.stroke(shape, colour, 0.8, closed=True)
        covers.append(polygon(shape))
    return covers


def draw_age(
    pen: Pen, head: Head, rng: np.random.Generator, skin: Colour, amount: float, mouth: tuple[float, float]
) -> None:
    """Folds beside nose and mouth, bags, forehead and cheek lines, hatching: more with amount 0 to 1."""
    y, half = mouth
    curves: list[np.ndarray] = []
    for s in (-1, 1):
        curves.append(np.array([[s * 0.11, 0.32], [s * 0.18, 0.42], [s * (half + 0.05), y + 0.02]]))
        curves.append(np.array([[s * 0.22, 0.23], [s * 0.33, 0.27], [s * 0.44, 0.22]]))
        curves.append(np.array([[s * 0.5, -0.02], [s * 0.56, 0.02]]))
        curves.append(np.array([[s * 0.4, 0.35], [s * 0.34, 0.5], [s * 0.36, 0.62]]))
        curves.append(np.array([[s * 0.05, -0.35], [s * 0.06, -0.25]]))
    curves += [np.array([[-0.3, k], [0, k - 0.03], [0.3, k]]) for k in (-0.62, -0.7)]
    for curve in curves:
        if rng.random() < amount:
            fine = smooth(curve + rng.uniform(-0.02, 0.02, (1, 2)), steps=5)
            if head.facing(fine).min() > 0.05:
                pen.stroke(head.draw_on(fine, 0.01), skin, rng.uniform(0.4, 0.9))


def draw_folds(
    pen: Pen,
    head: Head,
    rng: np.random.Generator,
    skin: Colour,
    nose_y: float,
    mouth: tuple[float, float, float, float],
) -> None:
    """The few lines of a cartoon's lower face: under the lip, at the corners of the mouth, from the nose down.

    mouth is the middle's x and y, half its width and the height of its lower edge.
    """
    x, y, half, low = mouth
    room = max(head.build.chin - low, 0.1)
    curves: list[np.ndarray] = []
    if rng.random() < 0.7:  # what the lower lip or a chin's dimple draws: as wide as a mouth, and none
        wide, at = half * rng.uniform(0.25, 1.2), low + room * rng.uniform(0.12, 0.6)
        bend = wide * rng.uniform(-0.4, 0.4)
        curves.append(np.array([[x - wide, at - bend], [x, at], [x + wide, at - bend]]))
    corners, beside = rng.random() < 0.4, rng.random() < 0.35
    for s in (-1, 1):
        if corners:
            out, tall = x + s * (half + 0.02), rng.uniform(0.04, 0.12)
            curves.append(np.array([[out, y - tall], [out + s * 0.03, y], [out, y + tall]]))
        if beside and rng.random() < 0.7:
            out = x + s * (half + rng.uniform(0.03, 0.1))
            curves.append(
                np.array([[s * 0.12, nose_y], [0.5 * (s * 0.12 + out) + s * 0.03, 0.5 * (nose_y + y)], [out, y]])
            )
    for curve in curves:
        fine = smooth(curve, steps=6)
        if head.facing(fine).min() > 0.05:
            pen.stroke(head.draw_on(fine, 0.01), skin, rng.uniform(0.6, 1.0))


def draw_cheeks(pen: Pen, head: Head, rng: np.random.Generator, kind: str, skin: Colour) -> None:
    """Blush as a glow or as strokes, freckles, a scar."""
    rosy = mix(skin, (0.95, 0.3, 0.35), 0.55)
    for s in (-1, 1):
        x = s * 0.42
        if head.facing(np.array([[x, 0.25]]))[0] < 0.1:
            continue
        if kind == "glow":
            pen.glow(polygon(head.draw_on(ellipse(x, 0.27, 0.16, 0.08, n=16))), rosy, 0.6, 0.05)
        elif kind == "oval":
            pen.fill(polygon(head.draw_on(ellipse(x, 0.27, 0.13, 0.07, n=16))), rosy, alpha=0.7)
        elif kind == "lines":
            for k in range(3):
                a = np.array([[x + 0.06 * (k - 1) - 0.02, 0.3], [x + 0.06 * (k - 1) + 0.02, 0.23]])
                pen.stroke(head.draw_on(a, 0.01), rosy, 0.6)
        elif kind == "freckles":
            for _ in range(5):
                p = head.draw_on(np.array([[x + rng.uniform(-0.12, 0.12), 0.25 + rng.uniform(-0.06, 0.06)]]))[0]
                pen.mark(polygon(ellipse_at(p, 0.012 * pen.unit, 0.012 * pen.unit, n=8)), shade(skin, 0.35))
        elif kind == "scar" and s == 1:
            pen.stroke(
                head.draw_on(np.array([[x - 0.1, -0.3], [x, 0.1], [x + 0.05, 0.5]]), 0.01),
                mix(skin, (0.6, 0.2, 0.2), 0.5),
                0.9,
            )


def draw_face_shadow(pen: Pen, head: Head, skin: Colour, rng: np.random.Generator) -> None:
    """Shade on the skin: under the fringe, on the side away from the light, at the far temple."""
    unit = pen.unit
    outline = head.face_outline
    dark = shade_skin(skin, rng.uniform(0.12, 0.4))
    kind = pen.style.shading
    halved = rng.random() < (0.2 if pen.style.domain in ("anime", "chibi", "cartoon") else 0.45)
    with pen.clip(polygon(outline)):
        if kind == "cel":
            edge = columns(spread(-0.75, 0.75, 9), -0.33 + rng.uniform(-0.1, 0.06, 9))
            under = np.concatenate([edge, [[0.75, -1.1], [-0.75, -1.1]]])
            pen.fill(polygon(head.draw_on(under)), dark, alpha=rng.uniform(0.4, 0.9))
            if halved:
                pen.fill(_side(outline, unit * pen.style.light * rng.uniform(0.4, 0.9)), dark, alpha=0.85)
        elif kind == "soft":
            if halved:
                pen.glow(_side(outline, unit * pen.style.light * rng.uniform(0.3, 0.7)), dark, 0.7, 0.12)
            pen.glow(polygon(head.draw_on(ellipse(0, -0.8, 0.7, 0.4))), dark, rng.uniform(0.2, 0.6), 0.1)
            pen.glow(_side(outline, -unit * pen.style.light * 0.12), shade(skin, -0.5), 0.5, 0.06)
        elif kind == "hatch" and halved:
            side = _side(outline, unit * pen.style.light * rng.uniform(0.35, 1.0))
            pen.hatch(side, skin, rng.uniform(0.035, 0.08), rng.uniform(0.3, 2.6), rng.uniform(0.3, 0.7))
            if rng.random() < 0.3:
                pen.mark(_side(outline, unit * pen.style.light * 0.25), (0.03, 0.03, 0.03))


def draw_relief(
    pen: Pen,
    head: Head,
    skin: Colour,
    rng: np.random.Generator,
    eye_x: float,
    nose_y: float,
    mouth: tuple[float, float],
) -> None:
    """The forms of a face as a painter lays them in: sockets, the nose's dark side, cheeks, what lips and chin shade.

    mouth is its height and half its width.
    """
    y, half = mouth
    light, chin = pen.style.light, head.build.chin
    wide = head.build.half_width
    depth = rng.uniform(0.3, 1.0)
    dark, bright = shade_skin(skin, rng.uniform(0.45, 0.95)), mix(skin, (1.0, 0.97, 0.9), rng.uniform(0.3, 0.8))
    hollow = 0.5 * (nose_y + y)
    # middle, radii, whether it is in shadow, how strong, how soft
    forms = [
        ((-eye_x, -0.02), (0.21, 0.15), True, 0.55, 0.05),
        ((eye_x, -0.02), (0.21, 0.15), True, 0.55, 0.05),
        ((0.1 * light, 0.55 * nose_y), (0.055, 0.6 * nose_y), True, 0.6, 0.03),
        ((-0.02 * light, 0.5 * nose_y), (0.025, 0.5 * nose_y), False, 0.7, 0.02),
        ((0.03 * light, nose_y + 0.06), (0.11, 0.035), True, 0.8, 0.02),
        ((0.72 * wide * light, hollow), (0.2 * wide, 0.3), True, 0.5, 0.08),
        ((-0.72 * wide * light, hollow + 0.1), (0.14 * wide, 0.26), True, 0.3, 0.08),
        ((-0.42 * light, nose_y - 0.05), (0.14, 0.09), False, 0.5, 0.05),
        ((0.0, y + 0.13), (0.7 * half, 0.03), True, 0.6, 0.02),
        ((-0.04 * light, 0.5 * (y + 0.16 + chin)), (0.12, 0.06), False, 0.45, 0.04),
        ((0.0, -0.62), (0.42 * wide, 0.14), False, 0.35, 0.09),
    ]
    with pen.clip(polygon(head.face_outline)):
        for at, radii, shadow, strength, soft in forms:
            if head.facing(np.array([at]))[0] < 0.05 or rng.random() < 0.15:
                continue
            shape = head.draw_on(ellipse(*at, *radii, n=18), 0.005)
            pen.glow(polygon(shape), dark if shadow else bright, strength * depth, soft)


def _side(outline: np.ndarray, shift: float) -> skia.Path:
    """What of an outline lies outside the same outline moved sideways: the side in shadow."""
    moved = skia.Path(polygon(outline))
    moved.offset(-abs(shift) if shift > 0 else abs(shift), 0)
    result = skia.Op(polygon(outline), moved, skia.PathOp.kDifference_PathOp)
    return result if result is not None else skia.Path()
