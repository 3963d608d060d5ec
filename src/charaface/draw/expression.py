"""The expression of a face on a picture: a drawn face and its name above, seven bars beside."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from charaface.draw.emoji import emoji
from charaface.draw.labels import covering, tinted
from charaface.draw.pen import lay
from charaface.draw.style import COLOURS, EXPRESSION_COLOURS, DrawStyle, rgb
from charaface.face import EXPRESSIONS, Face

ROOM = 48.0  # pixels of a face's side below which bars would be larger than the face
_MOST = 0.15  # of a face that its bars may cover
_SMALLEST, _LARGEST = 24, 120  # pixels of the drawn face
_TALL = "Agjpy|"  # letters as high and as low as any
_CLEAR, _GROOVE = 0.82, 0.22  # cover of the plate, and of what a bar does not fill


def draw_expression(out: np.ndarray, face: Face, size: float, style: DrawStyle) -> None:
    """Draws a face's expression, if it is known, in place; size: the side of its box in pixels."""
    if face.emotion is None:
        return
    label = face.emotion.label
    colours = {name: style.colours.get(name, EXPRESSION_COLOURS[name]) for name in EXPRESSIONS}
    badge = _badge(label, colours[label], round(size / 4) * 4)  # faces that tremble ask for the same one again
    height, width = badge.shape[:2]
    x0, y0, x1, _ = face.box.tolist()
    above = y0 - height - 0.04 * size
    if style.labels:  # which stand on the box
        above -= 0.13 * size
    _put(out, badge, (x0 + x1 - width) / 2, above)
    if size >= ROOM:
        bars = _bars(face.emotion.probabilities, colours, int(np.clip(0.085 * size, 9, 28)))
        place = _beside(bars, face, 0.06 * size, out)
        if place:
            _put(out, bars, *place)


def _beside(ink: np.ndarray, face: Face, gap: float, out: np.ndarray) -> tuple[int, int] | None:
    """Where ink lies right of a face, left of it or below it, the first place that leaves the face free.

    None where it would cover more than _MOST of the face wherever it lies.
    """
    height, width = ink.shape[:2]
    x0, y0, x1, y1 = face.box.tolist()
    places = [
        _inside(ink, x, y, out) for x, y in ((x1 + gap, y0), (x0 - gap - width, y0), ((x0 + x1 - width) / 2, y1 + gap))
    ]
    covers = [max(0.0, min(x + width, x1) - max(x, x0)) * max(0.0, min(y + height, y1) - max(y, y0)) for x, y in places]
    best = int(np.argmin(covers))  # the first of equals
    return places[best] if covers[best] <= _MOST * (x1 - x0) * (y1 - y0) else None


def _inside(ink: np.ndarray, x: float, y: float, out: np.ndarray) -> tuple[int, int]:
    """The upper left corner of ink at a place, moved into the picture where it would leave it."""
    height, width = ink.shape[:2]
    left = int(np.clip(round(x), 0, max(0, out.shape[1] - width)))
    return left, int(np.clip(round(y), 0, max(0, out.shape[0] - height)))


def _put(out: np.ndarray, ink: np.ndarray, x: float, y: float) -> None:
    """Lays ink with its upper left corner at a place, moved into the picture where it would leave it."""
    height, width = ink.shape[:2]
    left, top = _inside(ink, x, y, out)
    below = out[top : top + height, left : left + width]
    ink = ink[: below.shape[0], : below.shape[1]]
    if out.shape[2] == 4:
        lay(below, ink)
    else:  # the same, quicker where most of it is covered
        free = 255 - ink[..., 3:].astype(np.uint16)
        below[...] = ink[..., :3] + (below * free + 127) // 255


@lru_cache(maxsize=64)
def _badge(label: str, colour: str, size: int) -> np.ndarray:
    """(h, w, 4) ink for a face of a size in pixels: the drawn face, and the name on a plate of its colour."""
    side = int(np.clip(0.32 * size, _SMALLEST, _LARGEST))
    word = covering(label, int(np.clip(0.11 * size, 10, 36)), _TALL)
    plate = np.empty((*word.shape, 4), np.uint8)
    share = word[..., None].astype(np.float32) / 255
    plate[..., :3] = np.rint(np.array(rgb(colour)) * (1 - share) + np.array(rgb(COLOURS["rim"])) * share)
    plate[..., 3] = 255
    overlap = side // 8
    height, width = max(side, plate.shape[0]), side - overlap + plate.shape[1]
    canvas = np.zeros((height, width, 4), np.uint8)
    top = (height - plate.shape[0]) // 2
    canvas[top : top + plate.shape[0], side - overlap :] = plate
    lay_ink(canvas[(height - side) // 2 : (height - side) // 2 + side, :side], emoji(label, side, colour))
    return canvas


def lay_ink(below: np.ndarray, ink: np.ndarray) -> None:
    """Ink over ink, both with colours multiplied by their cover, in place."""
    free = 255 - ink[..., 3:].astype(np.uint16)
    below[...] = ink + ((below * free + 127) // 255).astype(np.uint8)


def _bars(probabilities: Mapping[str, float], colours: Mapping[str, str], size: int) -> np.ndarray:
    """(h, w, 4) ink of a plate with a row an expression: its name and a bar; size: of the letters in pixels."""
    empty, grooves = _empty_bars(size)
    canvas = empty.copy()
    for name, groove in zip(EXPRESSIONS, grooves, strict=True):
        bar = canvas[groove]
        filled = float(np.clip(probabilities.get(name, 0.0), 0, 1)) * bar.shape[1]
        whole = int(filled)
        bar[:, :whole] = _covered(colours[name], 1.0)
        if whole < bar.shape[1]:  # the last pixel is filled in part
            lay_ink(bar[:, whole : whole + 1], _block(bar.shape[0], 1, colours[name], filled - whole))
    return canvas


@lru_cache(maxsize=32)
def _empty_bars(size: int) -> tuple[np.ndarray, list[tuple[slice, slice]]]:
    """(h, w, 4) ink of the plate with all names, and where the bar of each expression lies on it."""
    words = [covering(name, size, _TALL) for name in EXPRESSIONS]
    row = round(1.42 * size)
    pad, names = max(3, size // 3), max(word.shape[1] for word in words)
    length, thick = 5 * size, max(3, round(0.5 * size))
    canvas = np.zeros((len(words) * row + 2 * pad, names + length + 2 * pad, 4), np.uint8)
    canvas[...] = _covered(COLOURS["rim"], _CLEAR)
    grooves = []
    for number, word in enumerate(words):
        top, up = pad + number * row, max(0, (word.shape[0] - row) // 2)
        word = word[up : up + row]
        lay_ink(canvas[top : top + word.shape[0], pad : pad + word.shape[1]], tinted(word, rgb(COLOURS["other"])))
        first = top + (row - thick) // 2
        grooves.append((slice(first, first + thick), slice(pad + names, pad + names + length)))
        lay_ink(canvas[grooves[-1]], _block(thick, length, COLOURS["other"], _GROOVE))
    return canvas, grooves


def _covered(colour: str, cover: float) -> tuple[int, ...]:
    return tuple(round(value * cover) for value in (*rgb(colour), 255))


def _block(height: int, width: int, colour: str, cover: float) -> np.ndarray:
    return np.full((height, width, 4), _covered(colour, cover), np.uint8)
