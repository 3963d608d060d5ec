"""The parts of a 3-D head itself, as masks have them."""

from __future__ import annotations

import numpy as np
import skia

from charaface.synth.dress import Dress, neckline
from charaface.synth.head_eyes import BALLS, RING, from_look, way
from charaface.synth.kit import DRAWN
from charaface.synth.labels import PARTS
from charaface.synth.pen import polygon, ribbon, smooth
from charaface.synth.skin_map import SIZE, UP


def head_parts(
    painted: np.ndarray,
    kind: np.ndarray,
    rest: np.ndarray,
    middles: list[np.ndarray],
    gaze: tuple[float, float],
    dress: Dress,
) -> np.ndarray:
    """(...) uint8 parts of places of a head: (...) materials and (..., 3) places of the mean head.

    painted: (...) what part_map has there. middles: of the eyeballs.
    """
    out = painted.copy()
    out[(np.abs(rest[..., 0]) > 7.6) & (np.abs(rest[..., 1] - 1.5) < 4.5)] = PARTS.index("ear")
    out[rest[..., 1] < _jaw_height(rest)] = PARTS.index("neck")
    out[rest[..., 1] < neckline(rest, dress)] = PARTS.index("body")
    for name, k in BALLS.items():
        ball = kind == DRAWN.index(name)
        angle = from_look(rest[ball] - middles[k], way(gaze))
        out[ball] = np.where(angle < RING, PARTS.index("iris"), PARTS.index("eye"))
    out[kind == DRAWN.index("M_GumsTongue")] = PARTS.index("mouth")
    out[kind == DRAWN.index("M_Teeth")] = PARTS.index("teeth")
    return np.asarray(out, np.uint8)


def _jaw_height(rest: np.ndarray) -> np.ndarray:
    """The height below which skin is the neck's: the jaw rises towards the ears."""
    return np.asarray(np.interp(rest[..., 2], [-2, 0, 3.5, 8, 10], [0.5, -1.5, -4.0, -7.6, -8.6]))


def part_map(marks: np.ndarray) -> np.ndarray:
    """(SIZE, SIZE) uint8 parts of the skin on its map."""
    pixels = np.full((SIZE, SIZE), PARTS.index("skin"), np.uint8)
    out = np.zeros((SIZE, SIZE, 4), np.uint8)
    canvas = skia.Surface(out).getCanvas()
    nose = np.concatenate([marks[[27]], marks[[31]] + [-0.5 * UP, 0], marks[31:36], marks[[35]] + [0.5 * UP, 0]])
    shapes = [(polygon(nose), "nose"), (polygon(smooth(marks[48:60], closed=True)), "mouth")]
    shapes += [(ribbon(smooth(marks[a:b]), 0.8 * UP), "brow") for a, b in ((17, 22), (22, 27))]
    for path, name in shapes:
        canvas.drawPath(path, skia.Paint(Color=skia.ColorSetRGB(PARTS.index(name), 0, 0), AntiAlias=False))
    return np.asarray(np.where(out[..., 0] > 0, out[..., 0], pixels))
