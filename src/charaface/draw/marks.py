"""The points, contour lines and box of a face."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from charaface.draw.mesh import mesh_of
from charaface.draw.pen import Pen
from charaface.draw.style import Colour, DrawStyle, Look
from charaface.face import Landmarks
from charaface.schemes import SCHEMES


def draw_marks(pen: Pen, marks: Landmarks, parts: Mapping[str, tuple[int, ...]], style: DrawStyle, look: Look) -> None:
    """Lines under points; every rim under every colour, so that crossings stay clean."""
    closed = SCHEMES[marks.scheme].closed
    places = pen.place(marks.points)
    if style.mesh:
        _draw_mesh(pen, marks, places, {i for part in parts.values() for i in part}, style, look)
    strokes = {}
    for name, numbers in parts.items() if style.lines else ():
        order = [*numbers, numbers[0]] if name in closed else numbers
        strokes[name] = [(a, b) for a, b in pairwise(order)]
    shown = {n: [places[[a, b]] for a, b in s if marks.visible[[a, b]].all()] for n, s in strokes.items()}
    faint = {n: [places[[a, b]] for a, b in s if not marks.visible[[a, b]].all()] for n, s in strokes.items()}
    pen.lines([line for lines in shown.values() for line in lines], look.rim, look.thickness + 2 * look.edge)
    for name in strokes:
        if style.hidden != "none":
            pen.lines(faint[name], look.colour(name), 0.6 * look.thickness, 0.45)
        pen.lines(shown[name], look.colour(name), look.thickness)
    for under in (True, False):
        for name, numbers in parts.items() if style.points else ():
            for i in numbers:
                place, colour = places[i].tolist(), look.colour(name)
                _draw_point(pen, place, bool(marks.visible[i]), under, colour, look, style.hidden)


def _draw_mesh(pen: Pen, marks: Landmarks, places: np.ndarray, shown: set[int], style: DrawStyle, look: Look) -> None:
    """The lines of the scheme's mesh between points that are shown."""
    edges = [edge for edge in mesh_of(marks.scheme) if shown.issuperset(edge)]
    seen = [bool(marks.visible[list(edge)].all()) for edge in edges]
    colour, width = look.colour("mesh"), 0.45 * look.thickness
    for visible, cover in ((False, 0.45), (True, 0.85)):  # soft: so many hard rims would hide the face
        lines = [places[list(edge)] for edge, clear in zip(edges, seen, strict=True) if clear is visible]
        if visible or style.hidden != "none":
            pen.lines(lines, look.rim, (1 if visible else 0.6) * (width + look.edge), 0.4 * cover)
            pen.lines(lines, colour, (1 if visible else 0.6) * width, cover)


def _draw_point(
    pen: Pen, place: list[int], visible: bool, under: bool, colour: Colour, look: Look, hidden: str
) -> None:
    """A point's rim where under is set, the point itself where not."""
    if visible and under:
        if look.edge:
            pen.dot(place, look.rim, look.radius + look.edge)
    elif visible:
        pen.dot(place, colour, look.radius)
    elif hidden == "hollow":
        ring = 0.45 * look.radius
        if not under:
            pen.dot(place, colour, look.radius, ring)
        elif look.edge:
            pen.dot(place, look.rim, look.radius, ring + 1.4 * look.edge)
    elif hidden == "faint" and not under:
        pen.dot(place, colour, look.radius, cover=0.45)


def draw_box(pen: Pen, corners: np.ndarray, look: Look) -> None:
    (x0, y0), (x1, y1) = corners
    frame = pen.place(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]))
    pen.lines([frame], look.rim, look.thickness + 2 * look.edge)
    pen.lines([frame], look.box, look.thickness)
