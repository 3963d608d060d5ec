"""The legend: a small plate in a corner that names the drawn parts with their colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from charaface.draw.labels import covering, tinted
from charaface.draw.pen import Pen, lay
from charaface.draw.style import Colour, DrawStyle, Look, chosen_parts, kind
from charaface.face import Face
from charaface.geometry import intersection

SMALLEST = 160  # pixels of a picture's shorter side below which a legend would cover it or not be read
_TALL = "Agjpy|"  # letters as high and as low as any
_CLEAR = 0.82  # cover of the plate
_TEXT: Colour = (244, 244, 245)


class Entry(NamedTuple):
    """One line of a legend."""

    name: str
    colour: Colour
    mark: Literal["line", "thin", "point", "line and point", "hollow"]


@dataclass(frozen=True, eq=False)
class Legend:
    """A plate and its place in a picture."""

    ink: np.ndarray  # (h, w, 4) uint8, colours multiplied by their cover
    x: int
    y: int

    @classmethod
    def over(cls, shape: tuple[int, ...], faces: Sequence[Face], style: DrawStyle) -> Legend | None:
        """The legend of a picture of a shape (H, W, ...), in the corner that covers the faces least.

        None where there is nothing to name, or the picture is too small for a plate that can be read.
        """
        height, width = shape[:2]
        entries = entries_of(faces, style)
        if not entries or min(height, width) < SMALLEST:
            return None
        size = int(np.clip(0.03 * min(height, width), 10, 64))
        ink = _plate(entries, size, most=int(0.42 * height), look=_look(size, style))
        if ink.shape[1] > 0.9 * width:
            return None
        x, y = _corner(ink.shape, height, width, faces, margin=max(3, size // 2))
        return cls(ink, x, y)

    def lay(self, out: np.ndarray) -> None:
        """Puts the plate onto a picture, as far as it lies on it."""
        below = out[self.y : self.y + self.ink.shape[0], self.x : self.x + self.ink.shape[1]]
        lay(below, self.ink[: below.shape[0], : below.shape[1]])


def entries_of(faces: Sequence[Face], style: DrawStyle) -> list[Entry]:
    """What is drawn of these faces, each part once: by its everyday name where all parts of the kind look alike."""
    if not (style.lines or style.points or style.mesh):
        return []
    look = _look(1, style)
    parts = list(dict.fromkeys(part for face in faces for part in chosen_parts(face, style)))
    if not parts:
        return []
    mark: Literal["line", "point", "line and point"] = "line" if not style.points else "point"
    entries = []
    for name in dict.fromkeys(map(kind, parts)) if style.lines or style.points else ():
        own = [part for part in parts if kind(part) == name]
        alike = len({look.colour(part) for part in own}) == 1
        for text, part in [(name, own[0])] if alike else [(part.replace("_", " "), part) for part in own]:
            entries.append(Entry(text, look.colour(part), "line and point" if style.lines and style.points else mark))
    if style.mesh:
        entries.append(Entry("mesh", look.colour("mesh"), "thin"))
    if style.points and style.hidden == "hollow":
        entries.append(Entry("hidden", look.colours["other"], "hollow"))
    return entries


def _look(size: int, style: DrawStyle) -> Look:
    """The colours of a style, and strokes for text of a size in pixels."""
    wanted = Look.of(Face(np.array([0, 0, 1, 1])), style, 1.0)
    return Look(wanted.colours, wanted.box, 0.24 * size, 0.13 * size, 0.0)


def _plate(entries: Sequence[Entry], size: int, most: int, look: Look) -> np.ndarray:
    """(h, w, 4) ink of a plate of one column, or of as many as keep it within most pixels of height."""
    words = [covering(entry.name, size, _TALL) for entry in entries]
    row, swatch, pad = words[0].shape[0], round(1.7 * size), max(2, size // 3)
    rows = int(np.clip((most - 2 * pad) // row, 1, len(entries)))
    columns = -(-len(entries) // rows)
    rows = -(-len(entries) // columns)
    wide = swatch + max(word.shape[1] for word in words)
    canvas = np.zeros((rows * row + 2 * pad, columns * wide + 2 * pad, 4), np.uint8)
    canvas[:] = (*look.rim, round(255 * _CLEAR))
    pen = Pen.over(canvas, np.array([[0, 0], canvas.shape[1::-1]], np.float64), 1.0)
    for number, (entry, word) in enumerate(zip(entries, words, strict=True)):
        x, y = pad + number // rows * wide, pad + number % rows * row
        if pen:
            _swatch(pen, entry, np.array([x + 0.5 * pad, y + row / 2 - 0.5]), swatch - 0.5 * pad, look)
        lay(canvas[y : y + row, x + swatch : x + swatch + word.shape[1]], tinted(word, _TEXT))
    if pen:
        pen.lay(canvas)
    cover = canvas[..., 3:].astype(np.uint16)
    return np.asarray(np.concatenate([(canvas[..., :3] * cover + 127) // 255, cover], axis=2).astype(np.uint8))


def _swatch(pen: Pen, entry: Entry, left: np.ndarray, width: float, look: Look) -> None:
    """The mark of an entry, as it is drawn on faces, from its left end and middle."""
    line = pen.place(np.array([left, left + [width, 0]]))
    middle = pen.place((left + [width / 2, 0])[None])[0].tolist()
    if entry.mark == "thin":
        pen.lines([line], entry.colour, 0.45 * look.thickness, 0.85)
    elif entry.mark.startswith("line"):
        pen.lines([line], entry.colour, look.thickness)
    if entry.mark.endswith("point"):
        pen.dot(middle, entry.colour, look.radius)
    elif entry.mark == "hollow":
        pen.dot(middle, entry.colour, look.radius, 0.45 * look.radius)


def _corner(shape: tuple[int, ...], height: int, width: int, faces: Sequence[Face], margin: int) -> tuple[int, int]:
    """x and y of a plate in the corner that covers the faces least; of several, in the one furthest from them."""
    low, high = (margin, margin), (width - shape[1] - margin, height - shape[0] - margin)
    corners = [(low[0], high[1]), (high[0], high[1]), (low[0], low[1]), (high[0], low[1])]
    plates = np.array([(x, y, x + shape[1], y + shape[0]) for x, y in corners], np.float32)
    boxes = np.stack([face.box for face in faces])
    covered = intersection(plates, boxes).sum(axis=1)
    gaps = np.maximum(boxes[None, :, :2] - plates[:, None, 2:], plates[:, None, :2] - boxes[None, :, 2:])
    away = np.linalg.norm(np.maximum(gaps, 0), axis=2).min(axis=1)
    return max(zip(-covered, away, -np.arange(4), corners, strict=True))[3]
