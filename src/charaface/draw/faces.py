"""Faces onto a picture, one after another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from charaface.conceal import conceal
from charaface.draw.expression import draw_expression
from charaface.draw.labels import draw_label, draw_numbers
from charaface.draw.legend import Legend
from charaface.draw.marks import draw_box, draw_marks
from charaface.draw.pen import Pen
from charaface.draw.style import DrawStyle, Look, chosen_parts
from charaface.face import Face

_ROOM = 90.0  # pixels of a face's side below which numbers would only cover it


def draw_faces(image: np.ndarray, faces: Sequence[Face], style: DrawStyle | None = None) -> np.ndarray:
    """A new picture with the faces drawn on it, in their order.

    image (H, W, 3) or (H, W, 4) uint8 stays as it is; the result has its shape, or (H, W, 4) with
    blank="transparent". Drawing on transparent pixels makes them opaque as far as it covers them. Raises ValueError
    for a mesh of faces whose scheme has none.
    """
    out = Painter(style or DrawStyle()).draw(image, faces)
    return image.copy() if out is image else out


class Painter:
    """Draws the frames of one clip; what it remembers is the clip's legend, so that it stays in its corner."""

    def __init__(self, style: DrawStyle) -> None:
        self._style = style
        self._legend: Legend | None = None

    def draw(self, image: np.ndarray, faces: Sequence[Face]) -> np.ndarray:
        """As draw_faces, but the picture itself where there is nothing to draw.

        The legend comes with the first face, in the corner that is best then, and stays.
        """
        style = self._style
        if style.legend and self._legend is None and faces:
            self._legend = Legend.over(image.shape, faces, style)
        if not faces and self._legend is None and style.blank is None:
            return image
        out = _ground(image, style.blank)
        if style.conceal and style.blank is None:
            out = conceal(out, list(faces), style.conceal)
        for face in faces:
            _draw_face(out, face, style)
        for face in faces if style.emotion else ():  # over the lines of all
            draw_expression(out, face, _size(face), style)
        if self._legend:
            self._legend.lay(out)
        return out


def _ground(image: np.ndarray, blank: str | None) -> np.ndarray:
    if blank == "white":
        return np.full_like(image, 255)
    if blank == "transparent":
        return np.zeros((*image.shape[:2], 4), np.uint8)
    return image.copy()


def _size(face: Face) -> float:
    """The side in pixels of a square as large as a face's box."""
    return float(np.sqrt((face.box[2] - face.box[0]) * (face.box[3] - face.box[1])))


def _draw_face(out: np.ndarray, face: Face, style: DrawStyle) -> None:
    size = _size(face)
    look = Look.of(face, style, size)
    parts = chosen_parts(face, style)
    corners = face.box.reshape(2, 2) - 0.5  # a box counts edges, the pen pixel centres
    inked = [corners] if style.boxes else []
    if parts and face.landmarks is not None:
        inked.append(face.landmarks.points[[i for part in parts.values() for i in part]])
    if inked and (pen := Pen.over(out, np.concatenate(inked), look.reach)):
        if style.boxes:
            draw_box(pen, corners, look)
        if parts and face.landmarks is not None:
            draw_marks(pen, face.landmarks, parts, style, look)
        pen.lay(out)
    if style.numbers and face.landmarks is not None and size >= _ROOM:
        draw_numbers(out, face.landmarks, parts, size, look)
    if style.labels:
        draw_label(out, face, size, look)
