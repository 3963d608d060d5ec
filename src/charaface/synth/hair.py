"""Hair: what lies behind the head, the cap and its fringe, and the locks beside the face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skia

from charaface.synth.anatomy import Head
from charaface.synth.labels import PARTS
from charaface.synth.pen import Colour, Pen, columns, ellipse, polygon, ribbon, shade, smooth, spread, taper

HAIR = PARTS.index("hair")


@dataclass(frozen=True)
class Hair:
    """One character's hair. Lengths in outer-eye distances."""

    kind: str = "straight"  # bald, crop, straight, spiky, curly, slick
    back: str = "short"  # none, short, bob, long, twin, pony, bun, balls, afro
    colour: Colour = (0.3, 0.2, 0.15)
    volume: float = 1.12  # of the cap over the skull
    hairline: float = -0.62  # where the fringe grows from
    fringe: tuple[float, ...] = (
        -0.3,
        -0.25,
        -0.35,
        -0.28,
        -0.3,
        -0.25,
    )  # heights of the strand tips, left to right
    parting: float = 0.0
    gap: float = 0.5  # how far up the fringe opens between strands, 0 a curtain, 1 to the hairline
    lock: tuple[float, float] = (
        0.6,
        0.6,
    )  # how far down the locks beside the face reach, image left and right
    lock_width: float = 0.12
    strands: int = 3  # lines drawn inside
    shine: bool = True
    length: float = 1.6  # of long hair, below the eye line
    see_through: float = 1.0  # opacity of the fringe over eyes and brows: drawn eyes shine through where below 1
    texture: float = 0.5  # strokes of lighter and darker tone along the strands, 0 none
    tufts: int = 0  # pointed locks laid over the cap all round the face, as anime builds hair
    strays: int = 0  # loose strands that fall over the forehead
    seed: int = 0


def draw_back(pen: Pen, head: Head, hair: Hair, skin: Colour) -> None:
    """What hangs behind the head: long hair, tails, buns, the mass itself; a bald skull in the skin's colour."""
    unit = pen.unit
    outline = head.skull(hair.volume)
    if hair.back == "balls":
        _balls(pen, outline, hair, unit)
    if hair.kind == "bald":
        skull = head.skull(1.0)
        pen.fill(polygon(skull), skin, PARTS.index("skin"))
        pen.stroke(skull, skin, 1.0, closed=True)
        return
    rng = np.random.default_rng(hair.seed)
    left, right = outline[:, 0].min(), outline[:, 0].max()
    middle, top = (left + right) / 2, outline[:, 1].min()
    half = (right - left) / 2
    dark = shade(hair.colour, 0.25)
    if hair.back in ("bob", "long"):
        low = head.place.y + unit * (hair.length if hair.back == "long" else 0.9 * hair.length * 0.6)
        flare = 1.0 + rng.uniform(-0.05, 0.3)
        n = 9
        xs = np.linspace(1, -1, n) * half * flare
        hem = np.stack([middle + xs, low + rng.uniform(-0.12, 0.12, n) * unit], axis=1)
        mid = head.place.y
        shape = np.concatenate(
            [
                [[right, mid]],
                hem,
                [[left, mid]],
                smooth(
                    np.array(
                        [
                            [left, mid],
                            [middle - 0.7 * half, top + 0.1 * unit],
                            [middle, top],
                            [middle + 0.7 * half, top + 0.1 * unit],
                            [right, mid],
                        ]
                    )
                )[1:-1],
            ]
        )
        _mass(pen, shape, dark, 1.0)
    if hair.back in ("twin", "pony"):
        sides = (-1.0, 1.0) if hair.back == "twin" else (-1.0 if hair.seed % 2 else 1.0,)
        drop = hair.length * unit
        for s in sides:
            x = middle + s * half * 0.95
            y = head.place.y - rng.uniform(0.1, 0.7) * unit
            w = rng.uniform(0.18, 0.4) * unit
            out = s * rng.uniform(0.2, 0.8) * unit
            spine = np.array(
                [
                    [x, y],
                    [x + out, y + 0.25 * drop],
                    [x + out * 1.1, y + 0.6 * drop],
                    [x + out * 0.8, y + drop],
                ]
            )
            wide = np.array([0.5, 1.0, 0.9, 0.1])[:, None] * w
            shape = smooth(np.concatenate([spine - wide * [1, 0], (spine + wide * [1, 0])[::-1]]), closed=True, steps=5)
            _mass(pen, shape, hair.colour, 1.0)
    if hair.back == "bun":
        count = int(rng.integers(1, 3))
        for s in (-1.0, 1.0) if count == 2 else (float(rng.uniform(-0.4, 0.4)),):
            r = rng.uniform(0.22, 0.42) * unit
            _mass(pen, ellipse(middle + s * half * 0.7, top + 0.1 * unit, r, r * 0.9), hair.colour, 1.0)
    if hair.back == "afro" or hair.kind == "curly":
        grow = rng.uniform(1.15, 1.6) if hair.back == "afro" else 1.08
        _mass(pen, _bumps(head.skull(hair.volume * grow, 64), rng), dark, 1.0)
    _mass(pen, _edge(hair, outline, rng, unit), dark, 1.0)


def _balls(pen: Pen, outline: np.ndarray, hair: Hair, unit: float) -> None:
    """Two round bunches beside the head, on a parting line between its crown and the ears."""
    rng = np.random.default_rng(hair.seed + 2)
    low, high = outline.min(axis=0), outline.max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2
    level = rng.uniform(-0.75, 0.3)
    out, r = rng.uniform(0.95, 1.35), rng.uniform(0.25, 0.65) * half[0]
    for s in (-1.0, 1.0):
        x, y = middle + half * [s * out * np.sqrt(max(1 - level**2, 0.4)), level]
        _mass(pen, ellipse(x, y, r, r * rng.uniform(0.8, 1.25)), hair.colour, 1.0)
        if hair.strands:
            pen.stroke(ellipse(x, y, 0.6 * r, 0.6 * r)[: 8 + 2 * hair.strands], hair.colour, 0.6)
        inward = middle - [x, y]
        bx, by = [x, y] + inward * 0.9 * r / max(float(np.hypot(*inward)), 1.0)
        pen.fill(polygon(ellipse(bx, by, 0.1 * unit, 0.1 * unit)), shade(hair.colour, 0.4), HAIR)


def _mass(pen: Pen, shape: np.ndarray, colour: Colour, width: float) -> None:
    pen.fill(polygon(shape), colour, HAIR)
    pen.stroke(shape, colour, width, closed=True)


def _bumps(outline: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A curly edge: an outline with round bumps."""
    middle = outline.mean(axis=0)
    t = np.arange(len(outline))
    wave = (
        1
        + rng.uniform(0.03, 0.07) * np.abs(np.sin(t * np.pi / rng.integers(3, 6)))
        + 0.01 * rng.standard_normal(len(t))
    )
    return np.asarray(middle + (outline - middle) * wave[:, None])


def _edge(hair: Hair, outline: np.ndarray, rng: np.random.Generator, unit: float) -> np.ndarray:
    """The cap's outline in the hair's kind."""
    if hair.kind == "spiky":
        middle = outline.mean(axis=0)
        n = len(outline)
        k = int(rng.integers(3, 6))
        out = np.where(np.arange(n) % k == 0, rng.uniform(0.1, 0.35, n), -0.02)
        up = (outline[:, 1] < middle[1] + 0.5 * unit).astype(float)
        return np.asarray(middle + (outline - middle) * (1 + out * up)[:, None])
    if hair.kind == "curly":
        return _bumps(outline, rng)
    return outline


def draw_cap(pen: Pen, head: Head, hair: Hair) -> list[skia.Path]:
    """The cap with its fringe and locks over the face; returns the paths that cover what is under them."""
    if hair.kind == "bald":
        return []
    rng = np.random.default_rng(hair.seed + 1)
    unit = pen.unit
    outline = _edge(hair, head.skull(hair.volume), np.random.default_rng(hair.seed), unit)
    # everything along the way goes from image left to image right in the face's own (unrolled) order
    lower = _fringe(head, hair, rng)
    start, end = lower[0], lower[-1]
    top = _upper_arc(head, outline, start, end)
    shape = np.concatenate([lower, top])
    path = polygon(shape)
    _tinted(pen, path, shape, hair, rng)
    covers = [path]
    if pen.style.shading in ("cel", "soft", "hatch"):
        _shade_cap(pen, head, hair, shape, path, rng)
    pen.stroke(lower, hair.colour, 0.9)
    pen.stroke(top, hair.colour, 1.0)
    _texture(pen, head, hair, path, rng)
    for _ in range(hair.strands):
        a = rng.uniform(-0.9, 0.9)
        x = a * head.build.half_width
        crown = head.build.crown
        line = np.array([[x * 0.5, -crown * 0.95], [x * 0.85, -min(0.85, 0.8 * crown)], [x, hair.hairline + 0.15]])
        pen.stroke(head.draw_on(smooth(line, steps=4), 0.12), hair.colour, 0.6)
    covers += _strays(pen, head, hair, rng)
    covers += _tufts(pen, head, hair, rng) if hair.tufts else _locks(pen, head, hair, rng)
    return covers


def _tinted(pen: Pen, path: skia.Path, shape: np.ndarray, hair: Hair, rng: np.random.Generator) -> None:
    """Fills hair flat, or from a darker to a lighter tone where shading is soft."""
    if pen.style.shading == "soft" or (pen.style.shading == "cel" and rng.random() < 0.25):
        ends = [shade(hair.colour, rng.uniform(0, 0.4)), shade(hair.colour, rng.uniform(-0.35, 0.1))]
        if rng.random() < 0.5:
            ends.reverse()
        low, high = shape.min(axis=0), shape.max(axis=0)
        pen.gradient(path, ends, low, np.array([rng.uniform(low[0], high[0]), high[1]]), HAIR)
    else:
        pen.fill(path, hair.colour, HAIR)


def _texture(pen: Pen, head: Head, hair: Hair, path: skia.Path, rng: np.random.Generator) -> None:
    """Strokes from the crown to the tips, lighter and darker than the hair: what painted hair is made of."""
    n = int(hair.texture * 26)
    if not n or pen.style.shading == "flat":
        return
    b = head.build
    at = hair.parting * 0.25
    lines, looks = [], []
    for _ in range(n):
        a = rng.uniform(-1, 1)
        x = a * b.half_width * 1.05
        end = rng.uniform(-0.75, 0.25)
        xs = (at + 0.15 * a, at + (x - at) * 0.75, x * 1.02, x + rng.uniform(-0.05, 0.05))
        lines.append(list(zip(xs, (-b.crown * 1.02, -b.crown * 0.8, -0.55, max(end, -0.5)), strict=True)))
        tone = shade(hair.colour, rng.uniform(0.15, 0.5) if rng.random() < 0.6 else -rng.uniform(0.15, 0.6))
        width = rng.uniform(0.015, 0.07) * pen.unit
        looks.append((tone, width, 1.0 if pen.style.palette == "ink" else rng.uniform(0.25, 0.8)))
    fine = np.concatenate([smooth(line, steps=4) for line in np.array(lines)])
    strands = head.draw_on(fine, 0.14).reshape(n, -1, 2)  # all at once: a call for each takes most of the time
    swell = taper(strands.shape[1], 0.1, 0.1)
    with pen.clip(path):
        for strand, (tone, width, alpha) in zip(strands, looks, strict=True):
            pen.mark(ribbon(strand, width * swell), tone, alpha=alpha)


def _tufts(pen: Pen, head: Head, hair: Hair, rng: np.random.Generator) -> list[skia.Path]:
    """Pointed locks from the crown to forehead, temples and cheeks, the outer ones long, each with its own tone."""
    b = head.build
    half, covers = b.half_width, []
    places = np.linspace(-1.15, 1.15, hair.tufts) + rng.uniform(-0.08, 0.08, hair.tufts)
    for a in sorted(places, key=lambda v: -abs(v)):
        outer = abs(a) > 0.72
        side = float(np.sign(a))
        reach = max(hair.lock) * rng.uniform(0.35, 1.0) if outer else rng.uniform(-0.5, -0.12)
        w = rng.uniform(0.06, 0.14) + 2.0 / (hair.tufts + 8)
        root = np.array([(a * 0.45 + hair.parting * 0.15) * half, -b.crown * rng.uniform(0.85, 1.0)])
        turn = np.array([a * half * (1.0 if not outer else 1.08), -0.5])
        lean = rng.uniform(-0.18, 0.18) if not outer else -side * rng.uniform(-0.12, 0.2)
        tip = np.array([a * half * (1.0 if not outer else 0.98) + lean, reach])
        mid = (turn + tip) / 2 + [side * rng.uniform(-0.02, 0.1), 0]
        spine = np.array([root, turn, mid, tip])
        width = np.array([0.5, 1.0, 0.75, 0.0])[:, None] * [w * 0.5, 0.0]
        flat = np.concatenate([smooth(spine - width, steps=5), smooth(spine + width, steps=5)[-2::-1]])
        deep = np.where(np.abs(flat[:, 0]) < half * 0.8, 0.0, 0.3)
        on = head.on_face(flat, 0.12)
        on[:, 2] -= deep * np.minimum(on[:, 2], 0.4)
        shape = head.project(on)
        path = polygon(shape)
        _tinted(pen, path, shape, hair, rng)
        n = len(shape) // 2
        if pen.style.shading != "flat" and rng.random() < 0.5:
            dark = np.concatenate([shape[n:], (0.5 * shape[:n] + 0.5 * shape[::-1][:n])[::-1]])
            pen.fill(polygon(dark), shade(hair.colour, 0.3), alpha=0.5)
        pen.stroke(shape[4:-4], hair.colour, 0.9)
        covers.append(path)
    return covers


def _strays(pen: Pen, head: Head, hair: Hair, rng: np.random.Generator) -> list[skia.Path]:
    """Loose pointed strands over the forehead, each with its own outline."""
    covers = []
    for _ in range(hair.strays):
        x = rng.uniform(-0.5, 0.5)
        tip = np.array([x + rng.uniform(-0.2, 0.2), rng.uniform(-0.35, 0.2)])
        root, w = np.array([x * 0.8, hair.hairline - 0.1]), rng.uniform(0.02, 0.11)
        bow = np.array([rng.uniform(-0.1, 0.1), 0.0])
        mid = (root + tip) / 2 + bow
        left = smooth(np.array([root - [w, 0], mid - [0.6 * w, 0], tip]), steps=5)
        right = smooth(np.array([tip, mid + [0.6 * w, 0], root + [w, 0]]), steps=5)
        edge = head.draw_on(np.concatenate([left, right]), 0.1)
        path = polygon(edge)
        pen.fill(path, hair.colour, HAIR)
        pen.stroke(edge, hair.colour, 0.8)
        covers.append(path)
    return covers


def _fringe(head: Head, hair: Hair, rng: np.random.Generator) -> np.ndarray:
    """The lower edge of the cap, canvas pixels, image left to image right."""
    b = head.build
    tips = np.asarray(hair.fringe)
    n = len(tips)
    w = b.half_width * 0.98
    edges = np.linspace(-w, w, n + 1) + np.concatenate([[0], rng.uniform(-0.25, 0.25, n - 1) * 2 * w / n, [0]])
    pts: list[list[float]] = []
    for k in range(n):
        a, c = edges[k], edges[k + 1]
        lean = hair.parting * 0.12 + rng.uniform(-0.3, 0.3) * (c - a)
        pts.append([(a + c) / 2 + lean, tips[k]])
        if k < n - 1:
            valley = hair.hairline * hair.gap + (1 - hair.gap) * max(tips[k], tips[k + 1]) - 0.03
            pts.append([c, valley])
    temple = 0.15
    curve = np.array([[-w * 1.02, temple], *pts, [w * 1.02, temple]])
    if hair.kind in ("crop", "slick"):
        curve = smooth(curve, steps=4)
    elif hair.kind == "curly":
        curve = smooth(curve, steps=5)
        curve[:, 1] += 0.025 * np.abs(np.sin(np.arange(len(curve)) * 1.3))
    else:
        curve = _swoop(curve)
    return head.draw_on(curve, 0.06)


def _swoop(curve: np.ndarray) -> np.ndarray:
    """Bows the edges of pointed strands a little, so that tips stay sharp."""
    out = [curve[0]]
    for k in range(len(curve) - 1):
        a, b = curve[k], curve[k + 1]
        down = 1.0 if b[1] > a[1] else -1.0
        bow = np.array([(0.12 if k % 2 == 0 else -0.12) * down * abs(b[1] - a[1]), 0.0])
        out += [a + (b - a) * 0.33 + bow * 0.8, a + (b - a) * 0.67 + bow, b]
    return np.asarray(out)


def _upper_arc(head: Head, outline: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The part of the outline over the top, from beside end to beside start; the near side runs behind the ear."""
    c, s = head._roll
    turn = np.array([[c, s], [-s, c]])
    local = (outline - [head.place.x, head.place.y]) @ turn.T
    a, b = ([head.place.x, head.place.y] - np.stack([start, end])) @ turn.T * -1
    middle, unit = local.mean(axis=0), head.unit
    # the side away from the nose keeps the whole back of the head down to the ear's foot
    low_start = 0.3 * unit if head.side > 0 else a[1]
    low_end = 0.3 * unit if head.side < 0 else b[1]
    low = np.where(local[:, 0] > middle[0], max(low_end, -0.2 * unit), max(low_start, -0.2 * unit))
    keep = np.flatnonzero(local[:, 1] < low)
    x, y = (local[keep] - middle).T
    return np.asarray(outline[keep[np.argsort(-np.arctan2(x, -y))]])


def _shade_cap(pen: Pen, head: Head, hair: Hair, shape: np.ndarray, path: skia.Path, rng: np.random.Generator) -> None:
    unit = pen.unit
    bounds = path.getBounds()
    with pen.clip(path):
        if pen.style.shading == "hatch":
            side = skia.Path.Rect(
                skia.Rect.MakeLTRB(bounds.left(), bounds.top(), bounds.left() + 0.3 * bounds.width(), bounds.bottom())
            )
            pen.hatch(side if pen.style.light < 0 else path, hair.colour, 0.06, rng.uniform(0.6, 1.8))
        else:
            dark = shape + np.array([0.35 * unit * pen.style.light, 0.12 * unit])
            clear = 0.35 if pen.style.shading == "soft" else 0.5
            pen.fill(polygon(dark), shade(hair.colour, 0.3), alpha=clear * 0.5)
        if hair.shine:
            y = -0.72 + rng.uniform(-0.1, 0.1)
            xs = spread(-0.45, 0.45, 9)
            zig = np.where(np.arange(9) % 2 == 0, 0.05, -0.04) * rng.uniform(0.3, 1.5)
            up = head.draw_on(columns(xs, y + zig - 0.05), 0.1)
            low = head.draw_on(columns(xs, y + zig * 0.4 + 0.05), 0.1)
            pen.fill(polygon(np.concatenate([up, low[::-1]])), shade(hair.colour, -0.55), alpha=0.8)


def _locks(pen: Pen, head: Head, hair: Hair, rng: np.random.Generator) -> list[skia.Path]:
    """The strands that hang beside the face, over cheeks and ears."""
    covers = []
    b, unit = head.build, pen.unit
    for side, reach in zip((-1.0, 1.0), hair.lock, strict=True):
        if reach <= 0:
            continue
        x = side * b.half_width
        w = hair.lock_width
        sway = rng.uniform(-0.08, 0.08)
        inner = np.array(
            [
                [x - side * w * 0.9, -0.5],
                [x - side * w, 0.1 * reach],
                [x - side * w * 0.8 + sway, 0.6 * reach],
            ]
        )
        tip = np.array([[x - side * 0.3 * w + sway, reach]])
        outer = np.array([[x + side * 0.25 * w + sway, 0.6 * reach], [x + side * 0.12, 0.1], [x + side * 0.08, -0.45]])
        z = 0.12
        flat = np.concatenate([inner, tip, outer])
        pts3 = columns(flat[:, 0], flat[:, 1], np.where(np.abs(flat[:, 0]) < b.half_width, 0.25, 0.08) + z)
        shape = head.project(smooth(pts3, steps=4))
        path = polygon(shape)
        _tinted(pen, path, shape, hair, rng)
        for k in range(int(hair.texture * 5)) if pen.style.shading != "flat" else ():
            t = (k + rng.uniform(0.2, 0.8)) / max(1, int(hair.texture * 5))
            m = len(shape) // 2
            line = (1 - t) * shape[2 : m - 2] + t * shape[::-1][2 : m - 2]
            tone = shade(hair.colour, rng.uniform(0.15, 0.45) if rng.random() < 0.6 else -rng.uniform(0.15, 0.5))
            pen.mark(ribbon(line, 0.03 * unit * taper(len(line), 0.1, 0.1)), tone, alpha=0.6)
        pen.stroke(shape[4:-4], hair.colour, 0.9)
        covers.append(path)
    return covers
