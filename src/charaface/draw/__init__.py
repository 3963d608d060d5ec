"""Faces onto a picture: points, contour lines, mesh, boxes, labels and a legend, sharp at every size."""

from __future__ import annotations

from charaface.draw.beside import side_by_side
from charaface.draw.curve import MoodCurve
from charaface.draw.faces import Painter, draw_faces
from charaface.draw.labels import draw_note
from charaface.draw.style import COLOURS, TRACK_COLOURS, DrawStyle
from charaface.draw.thumbnail import thumbnail

__all__ = [
    "COLOURS",
    "TRACK_COLOURS",
    "DrawStyle",
    "MoodCurve",
    "Painter",
    "draw_faces",
    "draw_note",
    "side_by_side",
    "thumbnail",
]
