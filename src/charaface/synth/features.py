"""Nose and mouth: curves on the face, drawn in many hands, labelled where they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from charaface.synth.anatomy import Head
from charaface.synth.labels import PARTS
from charaface.synth.pen import (
    Colour,
    Pen,
    columns,
    ellipse,
    ellipse_at,
    fixed,
    mix,
    polygon,
    ribbon,
    shade,
    smooth,
    spread,
    taper,
)

NOSE, MOUTH, TEETH = (PARTS.index(name) for name in ("nose", "mouth", "teeth"))


@dataclass(frozen=True)
class Nose:
    """How one character's nose is built and drawn. Lengths in outer-eye distances."""

    kind: str = "tick"  # none, dot, tick, shadow, corner, peak, wings, full, ball, hook, button
    y: float = 0.33  # of the tip below the eye line
    half: float = 0.07  # half width of its base
    top: float = 0.02  # where the bridge begins
    forward: float = 0.12
    size: float = 0.1  # of a ball
    aside: float = 0.0  # of the tip, away from the viewer: a nose from three quarters on a frontal face


@dataclass(frozen=True)
class Mouth:
    """The moment's mouth. Lengths in outer-eye distances."""

    y: float = 0.57
    x: float = 0.0  # drawn off the middle, as anime does at three quarters
    half: float = 0.13
    open: float = 0.0
    smile: float = 0.03
    asym: float = 0.0
    shape: str = "dee"  # of an open mouth: dee, dome, oval, triangle, box, bean
    line: str = "arc"  # that it follows: arc, cat, wave, zigzag, peak
    lips: tuple[float, float] = (0.0, 0.0)  # heights of upper and lower lip
    teeth: str = "none"  # none, upper, both, grid, fang; white: all that is open
    tongue: bool = True
    lick: bool = False  # the tongue hangs out
    broken: bool = False  # a closed line with a gap, or only its middle
    inside: Colour = (0.5, 0.12, 0.15)
    lip_colour: Colour = (0.8, 0.4, 0.4)
    under: bool = False  # a short line under the lower lip


_DOWN, _ACROSS = np.array([0.0, 0.36, 0.7, 1.0]), np.linspace(-1, 1, 5)  # along the bridge and along the base
_FORWARD = np.concatenate([_DOWN**1.3, 0.55 * (1 - np.abs(_ACROSS) ** 1.5)])


def nose_points(nose: Nose, head: Head) -> np.ndarray:
    """(9, 3) head-space points 27-35: four down the bridge, five along the base, image left to image right."""
    flat = np.zeros((9, 2))
    flat[:4, 0] = head.side * nose.aside * _DOWN**2
    flat[:4, 1] = nose.top + (nose.y - nose.top) * _DOWN
    flat[4:, 0] = nose.half * _ACROSS + 0.6 * head.side * nose.aside
    flat[4:, 1] = nose.y + 0.035 + 0.012 * (1 - _ACROSS * _ACROSS)
    points = head.on_face(flat)
    points[:, 2] += nose.forward * _FORWARD
    return points


def draw_nose(pen: Pen, head: Head, nose: Nose, skin: Colour) -> None:
    """Draws the nose in its kind."""
    pts = head.project(nose_points(nose, head))
    tip, base, unit = pts[3], pts[4:9], pen.unit
    far, light = head.side, pen.style.light
    dark = shade(skin, 0.25)
    kind = nose.kind
    if kind == "dot":
        pen.mark(
            polygon(ellipse_at(tip, max(0.8, 0.014 * unit), max(0.8, 0.011 * unit), n=10)),
            pen.line_of(skin),
            NOSE,
        )
    elif kind == "tick":
        line = np.stack([tip + [-0.02 * far * unit, -0.05 * unit], tip, tip + [-0.035 * far * unit, 0.02 * unit]])
        pen.stroke(line, skin, 0.8)
    elif kind == "shadow":
        tri = np.stack([tip + [0, -0.07 * unit], tip, base[2] + [0.02 * light * unit, 0], base[2 + int(light)]])
        pen.fill(polygon(tri), dark, NOSE, alpha=0.9)
    elif kind == "button":
        pen.stroke(smooth(np.stack([base[1], base[2] + [0, 0.02 * unit], base[3]]), steps=5), skin, 0.9)
    elif kind == "peak":
        wedge = np.stack([pts[1] - [far * 0.3 * nose.half * unit, 0], tip, base[1 if far > 0 else 3]])
        pen.fill(polygon(wedge), skin, NOSE)
        pen.stroke(wedge, skin, 1.0)
    elif kind == "corner":
        s = 1 if far > 0 else -1
        bridge = [pts[0] + [0.03 * s * unit, 0]] if nose.top < 0 else []
        side = [*bridge, pts[1] + [0.02 * s * unit, 0], pts[2] + [0.015 * s * unit, 0], tip, base[2], base[2 - s]]
        pen.stroke(smooth(np.stack(side), steps=4), skin, 1.0)
    elif kind in ("wings", "full", "hook"):
        _long_nose(pen, pts, skin, kind, far)
    elif kind == "ball":
        _ball(pen, tip, nose, skin, unit)


def _long_nose(pen: Pen, pts: np.ndarray, skin: Colour, kind: str, far: float) -> None:
    unit, base, tip = pen.unit, pts[4:9], pts[3]
    s = 1 if far > 0 else -1
    if kind != "wings":
        side = smooth(
            np.stack(
                [
                    pts[0] + [0.04 * s * unit, 0],
                    pts[1] + [0.045 * s * unit, 0],
                    pts[2] + [0.05 * s * unit, 0],
                    tip + [0.02 * s * unit, 0],
                ]
            ),
            steps=4,
        )
        pen.stroke(side, skin, 0.8)
        if pen.style.shading != "flat":
            shadow = np.concatenate(
                [
                    pts[:4] - [0.012 * unit, 0],
                    base[[2, 4 if pen.style.light > 0 else 0]],
                    pts[[1]] + [0.07 * pen.style.light * unit, 0],
                ]
            )
            pen.fill(polygon(shadow), shade(skin, 0.18), alpha=0.55)
    if kind == "hook":
        pen.fill(
            polygon(smooth(np.stack([pts[1], tip + [0, 0.02 * unit], base[3], base[1]]), closed=True, steps=4)),
            mix(skin, (0.9, 0.4, 0.3), 0.15),
            NOSE,
        )
    curve = np.stack(
        [
            base[0] + [0, -0.045 * unit],
            base[0] + [-0.012 * unit, 0.0],
            base[1],
            base[2] + [0, 0.01 * unit],
            base[3],
            base[4] + [0.012 * unit, 0.0],
            base[4] + [0, -0.045 * unit],
        ]
    )
    pen.stroke(smooth(curve, steps=4), skin, 0.9)
    for k in (1, 3):
        pen.mark(
            polygon(ellipse_at((base[k] + [0, -0.01 * unit]), 0.022 * unit, 0.011 * unit, n=10)),
            pen.line_of(shade(skin, 0.5)),
        )


def _ball(pen: Pen, tip: np.ndarray, nose: Nose, skin: Colour, unit: float) -> None:
    rx, ry = nose.size * unit, nose.size * unit * 0.85
    middle = tip - [0, 0.3 * ry]
    blob = ellipse_at(middle, rx, ry, n=24)
    colour = mix(skin, (0.9, 0.35, 0.25), 0.2)
    pen.fill(polygon(blob), colour, NOSE)
    if pen.style.shading != "flat":
        pen.fill(
            polygon(ellipse_at((middle - [0.3 * rx * pen.style.light, 0.3 * ry]), 0.3 * rx, 0.25 * ry, n=12)),
            (1, 1, 1),
            alpha=0.5,
        )
    cut = 20 if nose.half < 0.07 else 24
    pen.stroke(np.roll(blob, -14, axis=0)[:cut], skin, 1.0, closed=cut == 24)


def mouth_curves(mouth: Mouth, n: int = 25) -> dict[str, np.ndarray]:
    """Frontal (n, 2) curves from the image-left to the image-right corner: outer_up, inner_up, inner_low, outer_low."""
    u = spread(-1, 1, n)
    if mouth.line == "cat":
        base = -mouth.smile * 0.6 + abs(mouth.smile) * 1.3 * np.abs(np.sin(np.pi * u)) ** 0.8
    elif mouth.line == "wave":
        base = max(0.03, 0.13 * mouth.half) * np.sin(2.5 * np.pi * u) + mouth.smile * (0.4 - u * u)
    elif mouth.line == "zigzag":
        base = max(0.02, 0.11 * mouth.half) * np.tile([-1.0, 0.0, 1.0, 0.0], n)[1 : n + 1] + mouth.smile * (0.4 - u * u)
    elif mouth.line == "peak":
        base = mouth.smile * (0.5 - np.abs(u))
    else:
        base = mouth.smile * (0.4 - u * u)
    base = base + mouth.asym * u
    bulge = _bulge(mouth.shape, n)
    rise = {"oval": 0.5, "box": 0.15, "dee": 0.08, "dome": 0.85, "triangle": 0.05, "bean": 0.3}[mouth.shape]
    inner_up = base - rise * mouth.open * bulge
    inner_low = base + (1 - rise) * mouth.open * bulge
    outer_up = inner_up - mouth.lips[0] * _bulge("bow", n)
    outer_low = inner_low + mouth.lips[1] * _bulge("lower_lip", n)
    x = mouth.x + mouth.half * u
    curves = {"outer_up": outer_up, "inner_up": inner_up, "inner_low": inner_low, "outer_low": outer_low}
    return {name: columns(x, mouth.y + y) for name, y in curves.items()}


@lru_cache(maxsize=32)
def _bulge(shape: str, n: int) -> np.ndarray:
    """(n,) how far the middle of a lip goes out, from corner to corner, for a shape of mouth or of lip; read-only."""
    u = np.linspace(-1, 1, n)
    return fixed(
        {
            "dee": np.maximum(1 - np.abs(u) ** 2.2, 0) ** 0.6,
            "dome": np.maximum(1 - np.abs(u) ** 2.2, 0) ** 0.6,
            "oval": np.sqrt(np.maximum(1 - u * u, 0)),
            "triangle": np.maximum(1 - np.abs(u), 0) ** 0.9,
            "box": np.maximum(1 - u**6, 0) ** 0.5,
            "bean": np.maximum(1 - np.abs(u - 0.25 * (1 - u * u)) ** 2, 0) ** 0.6,
            "bow": np.maximum(1 - u * u, 0) ** 0.7 * (1 - 0.35 * np.exp(-((u / 0.16) ** 2))),
            "lower_lip": np.maximum(1 - u * u, 0) ** 0.6,
        }[shape]
    )


def mouth_points(curves: dict[str, np.ndarray]) -> np.ndarray:
    """(20, 2) frontal positions of points 48-67."""
    n = len(curves["outer_up"])

    def at(name: str, *u: float) -> np.ndarray:
        k = [round((v + 1) / 2 * (n - 1)) for v in u]
        return curves[name][k]

    return np.concatenate(
        [
            at("outer_up", -1, -0.62, -0.28, 0, 0.28, 0.62, 1),
            at("outer_low", 0.62, 0.28, 0, -0.28, -0.62),
            at("inner_up", -0.86, -0.3, 0, 0.3, 0.86),
            at("inner_low", 0.3, 0, -0.3),
        ]
    )


def draw_mouth(pen: Pen, head: Head, mouth: Mouth, skin: Colour) -> dict[str, np.ndarray]:
    """Draws the mouth; returns its frontal curves as mouth_curves, the outer ones at the edge of what is drawn."""
    curves = mouth_curves(mouth)
    on = dict(zip(curves, np.split(head.draw_on(np.concatenate([*curves.values()]), 0.015), 4), strict=True))
    edge = 0.5 * max(pen.style.line_width, 0.012, 1.0 / pen.unit)  # half a stroke: its edge is the mouth's
    whole = polygon(np.concatenate([on["outer_up"], on["outer_low"][::-1]]))
    gap = polygon(np.concatenate([on["inner_up"], on["inner_low"][::-1]]))
    if max(mouth.lips) > 0.012:
        pen.fill(whole, mouth.lip_colour, MOUTH)
        if pen.style.outline and pen.style.line_width > 0.012:
            pen.stroke(on["outer_up"], mouth.lip_colour, 0.6, part=MOUTH)
            pen.stroke(on["outer_low"], mouth.lip_colour, 0.6, part=MOUTH)
        elif pen.style.palette == "ink":
            pen.stroke(on["outer_low"][6:-6], mouth.lip_colour, 1.02, part=MOUTH)
    if mouth.open > 0.025:
        pen.fill(gap, mouth.inside, MOUTH)
        with pen.clip(gap):
            _inside(pen, head, mouth, curves)
        pen.stroke(on["inner_up"], shade(skin, 0.2), 1.02, part=MOUTH)
        pen.stroke(on["inner_low"], shade(skin, 0.2), 0.9, part=MOUTH)
    else:
        line = on["inner_up"]
        if mouth.broken:
            line = line[4:-4]
        width = max(1.0, 0.9 * max(pen.style.line_width, 0.012) * pen.unit)
        ends = 0.2 if pen.style.taper else 0.9
        pen.mark(ribbon(line, width * taper(len(line), ends, ends)), pen.line_of(shade(skin, 0.45)), MOUTH)
    if mouth.lick and mouth.open > 0.025:
        _lick(pen, head, mouth, curves)
    if mouth.under:
        low = head.draw_on(
            np.array([[mouth.x - 0.04, 0.0], [mouth.x, 0.012], [mouth.x + 0.04, 0.0]])
            + [0, curves["outer_low"][12, 1] + 0.05],
            0.01,
        )
        pen.stroke(low, skin, 0.6)
    return curves | _outward(curves, edge)


def _lick(pen: Pen, head: Head, mouth: Mouth, curves: dict[str, np.ndarray]) -> None:
    """The tongue over the lower lip."""
    wide, low = 0.5 * mouth.half, float(curves["inner_low"][12, 1])
    reach = max(0.07, 0.8 * wide)
    u = spread(-1, 1, 15)
    edge = columns(mouth.x + wide * u, low + reach * np.maximum(1 - np.abs(u) ** 2.6, 0) ** 0.6)
    root = columns(mouth.x + wide * u[::-1], np.full(15, low - 0.5 * mouth.open))
    shape = head.draw_on(np.concatenate([edge, root]), 0.02)
    colour = mix(mouth.inside, (1.0, 0.6, 0.6), 0.75)
    pen.fill(polygon(shape), colour, MOUTH)
    pen.stroke(shape[:15], colour, 1.02, part=MOUTH)
    pen.stroke(head.draw_on(np.array([[mouth.x, low], [mouth.x, low + 0.5 * reach]]), 0.02), colour, 0.6)


def _outward(curves: dict[str, np.ndarray], edge: float) -> dict[str, np.ndarray]:
    """The outer curves without lips, moved out to the edge of the stroke that is drawn along them."""
    swell = edge * _bulge("oval", len(curves["outer_up"]))
    up = np.minimum(curves["outer_up"][:, 1], curves["inner_up"][:, 1] - swell)
    low = np.maximum(curves["outer_low"][:, 1], curves["inner_low"][:, 1] + swell)
    x = curves["outer_up"][:, 0]
    return {"outer_up": columns(x, up), "outer_low": columns(x, low)}


def _inside(pen: Pen, head: Head, mouth: Mouth, curves: dict[str, np.ndarray]) -> None:
    up, low = curves["inner_up"], curves["inner_low"]
    deep = low[:, 1] - up[:, 1]
    if mouth.tongue:
        t = ellipse(mouth.x, float(low[12, 1]), 0.65 * mouth.half, 0.42 * mouth.open, n=20)
        pen.fill(polygon(head.draw_on(t, 0.015)), mix(mouth.inside, (1.0, 0.6, 0.6), 0.55))
    if mouth.teeth in ("upper", "both", "grid"):
        share = {"upper": 0.28, "both": 0.3, "grid": 0.52}[mouth.teeth]
        edge = up + np.stack([np.zeros(len(up)), np.minimum(deep * share, 0.12 + 0.5 * share * mouth.open)], axis=1)
        pen.fill(polygon(head.draw_on(np.concatenate([up - [0, 0.03], edge[::-1]]), 0.015)), (1.0, 1.0, 0.98), TEETH)
        pen.stroke(head.draw_on(edge, 0.015), (0.6, 0.5, 0.5), 0.5)
    if mouth.teeth == "white":
        pen.fill(
            polygon(head.draw_on(np.concatenate([up - [0, 0.03], (low + [0, 0.03])[::-1]]), 0.015)), (1, 1, 1), TEETH
        )
    if mouth.teeth in ("both", "grid"):
        share = 0.24 if mouth.teeth == "both" else 0.5
        edge = low - np.stack([np.zeros(len(up)), deep * share], axis=1)
        pen.fill(polygon(head.draw_on(np.concatenate([edge, (low + [0, 0.03])[::-1]]), 0.015)), (1.0, 1.0, 0.98), TEETH)
        if mouth.teeth == "grid":
            pen.stroke(head.draw_on(edge, 0.015), (0.5, 0.4, 0.4), 0.7)
            for k in range(3, len(up) - 2, 4):
                pen.stroke(head.draw_on(np.stack([up[k], low[k]]), 0.015), (0.5, 0.4, 0.4), 0.5)
    if mouth.teeth == "fang":
        x = mouth.x + 0.45 * mouth.half
        y = float(np.interp(x, up[:, 0], up[:, 1]))
        tri = np.array([[x - 0.03, y - 0.01], [x + 0.03, y - 0.01], [x, y + min(0.08, 0.5 * mouth.open)]])
        pen.fill(polygon(head.draw_on(tri, 0.015)), (1.0, 1.0, 1.0), TEETH)
