"""What stands in the place of eyes: wedges, hearts, rounds. All have two edges as lids are, so all have labels."""

from __future__ import annotations

import numpy as np

from charaface.synth.anatomy import Head
from charaface.synth.labels import PARTS
from charaface.synth.pen import Colour, Pen, columns, ellipse, mix, polygon, ribbon, shade, spread, taper

EYE, IRIS = PARTS.index("eye"), PARTS.index("iris")
FORMS = ("wedge", "heart", "round")
OPEN_END = 0.86  # of a wedge: how far its strokes run towards the outer corner, where nothing is drawn
SMALLEST = 0.11  # half the width of a form whose eye is a dot, in outer-eye distances
_PINK, _RED = (0.98, 0.42, 0.6), (0.9, 0.12, 0.2)


def form_curves(form: str, size: tuple[float, float, float], n: int) -> tuple[np.ndarray, np.ndarray]:
    """(n,) heights of the upper and the lower edge of a form, from the inner to the outer corner, which they share.

    size: half the width, and how far it reaches up and down.
    """
    half, up, down = max(size[0], SMALLEST), size[1], size[2]
    u = spread(-1, 1, n)
    if form == "wedge":  # > <: the point at the nose
        tall = 0.5 * min(max(up + down, SMALLEST), 1.2 * half)
        edge = tall * np.minimum((1 + u) / (1 + OPEN_END), 1.0) * np.where(u > OPEN_END, (1 - u) / (1 - OPEN_END), 1.0)
        return -edge, edge
    tall = 0.5 * min(max(up + down, 2 * SMALLEST), 2.1 * half)
    middle = 0.5 * (down - up)
    if form == "round":
        edge = tall * np.sqrt(np.maximum(1 - u * u, 0))
        return middle - edge, middle + edge
    lobe = np.sqrt(np.maximum(1 - (2 * np.abs(u) - 1) ** 2, 0))
    return middle - tall * (0.35 + 0.65 * lobe), middle - 0.35 * tall + 1.35 * tall * (1 - np.abs(u)) ** 0.9


def form_half(form: str, half: float) -> float:
    """Half the width of an eye in a form."""
    return half if form == "lid" else max(half, SMALLEST)


def draw_form(
    pen: Pen, head: Head, form: str, curves: tuple[np.ndarray, np.ndarray], iris: float, colour: Colour, lash: float
) -> None:
    """Draws an eye in a form along its frontal curves; iris is the size of what a round shows, 0 for nothing."""
    upper2, lower2 = curves
    upper, lower = np.split(head.draw_on(np.concatenate([upper2, lower2]), 0.01), 2)
    outline = np.concatenate([upper, lower[::-1]])
    width = max(1.0, 0.9 * max(lash, pen.style.line_width) * pen.unit)
    ink = pen.line_of((0.15, 0.12, 0.15))
    if form == "wedge":
        end = int(len(upper) * (1 + OPEN_END) / 2)
        stroke = np.concatenate([upper[:end][::-1], lower[1:end]])
        pen.mark(ribbon(stroke, width * taper(len(stroke), 0.5, 0.5)), ink, EYE)
    elif form == "heart":
        red = mix(_PINK, _RED, float(colour[0]))
        pen.fill(polygon(outline), red, IRIS)
        middle = outline.mean(axis=0)
        if colour[1] > 0.6:  # hearts in hearts
            for share in (0.72, 0.44):
                inner = middle + share * (outline - middle)
                pen.mark(ribbon(np.concatenate([inner, inner[:2]]), 0.6 * width), ink)
        elif colour[2] > 0.5:
            pen.fill(polygon(middle + 0.5 * (outline - middle)), shade(red, -0.55))
        pen.mark(ribbon(np.concatenate([outline, outline[:2]]), 0.7 * width), ink)
    else:
        pen.fill(polygon(outline), (1.0, 1.0, 1.0), EYE)
        if iris > 0:
            at, size = (upper2 + lower2)[len(upper2) // 2] / 2, 0.3 * iris * np.ptp(lower2[:, 1])
            dot = ellipse(float(at[0]), float(at[1]), size, size, n=16)
            pen.mark(polygon(head.draw_on(dot, 0.012)), (0.03, 0.03, 0.04), IRIS)
        pen.mark(ribbon(np.concatenate([outline, outline[:2]]), width), ink, EYE)


def heart_in(middle: tuple[float, float], half: float) -> np.ndarray:
    """(N, 2) the outline of a heart about a frontal middle."""
    upper, lower = form_curves("heart", (half, half, half), 17)
    x = spread(-1, 1, 17) * half
    return np.concatenate([columns(x, upper), columns(x, lower)[::-1]]) + middle


def star_in(middle: tuple[float, float], radius: float) -> np.ndarray:
    """(N, 2) the outline of a star of four rays about a frontal middle."""
    at = np.arange(8) * np.pi / 4
    reach = np.where(np.arange(8) % 2 == 0, radius, 0.3 * radius)
    return columns(reach * np.sin(at), reach * np.cos(at)) + middle


def draw_inside(pen: Pen, head: Head, inside: str, middle: tuple[float, float], iris: tuple[float, float]) -> None:
    """A heart or a star in an iris that is drawn already."""
    size = 0.8 * min(iris)
    shape = heart_in(middle, size) if inside == "heart" else star_in(middle, 1.1 * size)
    colour = _PINK if inside == "heart" else (1.0, 1.0, 0.9)
    pen.mark(polygon(head.draw_on(shape, 0.012)), colour)
