"""Pictures side by side, a bar with a name above each."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from charaface.draw.labels import covering
from charaface.draw.style import COLOURS, rgb

_TALL = "Agjpy|"
_FOREIGN = re.compile(r"[^ -~]+")
_ROW = 4  # pictures in a single row at most
_PAPER = (244, 244, 245)


def side_by_side(pictures: Sequence[np.ndarray], names: Sequence[str]) -> np.ndarray:
    """One picture of several of the same (H, W, 3) or (H, W, 4) uint8 shape, its sides even as movies want them.

    Up to four stand in a row; more in rows of which there are about as many as columns.
    """
    height, width, channels = pictures[0].shape
    gap = max(2, round(0.006 * width) // 2 * 2)
    size = int(np.clip(0.04 * width, 10, 48))
    bar = covering("", size, _TALL).shape[0]
    bar += (bar + height) % 2
    columns = len(pictures) if len(pictures) <= _ROW else math.ceil(math.sqrt(len(pictures)))
    rows, whole = -(-len(pictures) // columns), columns * (width + gap) - gap
    out = np.empty((rows * (bar + height), whole + whole % 2, channels), np.uint8)
    out[...] = [*rgb(COLOURS["rim"]), 255][:channels]
    for number, (picture, name) in enumerate(zip(pictures, names, strict=True)):
        x, y = number % columns * (width + gap), number // columns * (bar + height)
        out[y + bar : y + bar + height, x : x + width] = picture
        out[y : y + bar, x : x + width, :3] = _bar(name, bar, width, size)
    return out


@lru_cache(maxsize=64)
def _bar(name: str, height: int, width: int, size: int) -> np.ndarray:
    """(h, w, 3) a name in the middle of a bar, as much of it as there is room for."""
    # Pillow's own face has the letters of ASCII alone; a font of the system would not be the same everywhere
    letters = [c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)]
    name = _FOREIGN.sub("_", "".join(letters))
    word = covering(name, size, _TALL)
    while word.shape[1] > width and name:
        name = name[:-1]
        word = covering(f"{name}..", size, _TALL)
    cover = np.zeros((height, width, 1))
    x = max(0, (width - word.shape[1]) // 2)
    cover[: word.shape[0], x : x + word.shape[1], 0] = word[:, : width - x] / 255
    dark, light = np.array(rgb(COLOURS["rim"])), np.array(_PAPER)
    return np.asarray(np.rint(dark * (1 - cover) + light * cover).astype(np.uint8))
