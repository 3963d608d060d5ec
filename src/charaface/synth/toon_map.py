"""What is drawn on the skin of a drawn head, on the map of its skin: brows, lips, lines of lids, mouth and nose."""

from __future__ import annotations

import numpy as np
import skia

from charaface.synth.pen import polygon, ribbon, smooth, taper
from charaface.synth.skin_map import SIZE, UP, Skin

REGIONS = ("skin", "lips", "brow", "line", "soft")
FINER = 2  # times as large as the map of the skin


def toon_map(skin: Skin, marks: np.ndarray) -> np.ndarray:
    """(FINER * SIZE, FINER * SIZE) uint8 numbers of REGIONS. marks: (68, 2) the points in pixels of the map."""
    out = np.zeros((FINER * SIZE, FINER * SIZE, 4), np.uint8)
    canvas = skia.Surface(out).getCanvas()
    canvas.scale(FINER, FINER)
    shapes = [(polygon(smooth(marks[48:60], closed=True)), "lips")]
    seam = np.concatenate([marks[[48, 60]], (marks[61:64] + marks[[67, 66, 65]]) / 2, marks[[64, 54]]])
    shapes.append((_stroke(seam, 0.17), "line"))
    for points in (marks[17:22][::-1], marks[22:27]):  # thick at the inner end
        line = smooth(points, steps=10) - [0, skin.brow_lift * UP]
        wide = max(skin.brow_width, 0.5) * UP
        shapes.append(
            (ribbon(line, wide * np.interp(np.linspace(0, 1, len(line)), [0, 0.5, 1], [0.8, 1, 0.25])), "brow")
        )
    for upper, lower, side in ((marks[36:40], marks[[36, 41, 40, 39]], -1), (marks[42:46][::-1], marks[45:41:-1], 1)):
        wing = upper[0] + [side * 0.28 * UP, -0.12 * UP]
        shapes.append((_lash(np.concatenate([[wing], upper]) - [0, 0.07 * UP]), "line"))
        shapes.append((_stroke(smooth(lower) + [0, 0.05 * UP], 0.07), "soft"))
    for wing, hole, side in ((marks[31], marks[32], -1), (marks[35], marks[34], 1)):
        shapes.append((_stroke(np.stack([hole + [-side * 0.1 * UP, 0.06 * UP], (wing + hole) / 2]), 0.2), "soft"))
    for path, name in shapes:
        canvas.drawPath(path, skia.Paint(Color=skia.ColorSetRGB(REGIONS.index(name), 0, 0), AntiAlias=False))
    return np.ascontiguousarray(out[..., 0])


def _stroke(points: np.ndarray, wide: float) -> skia.Path:
    """A line that is thin at its ends; wide in cm."""
    line = smooth(points) if len(points) > 2 else np.linspace(points[0], points[1], 8)
    return ribbon(line, wide * UP * taper(len(line)))


def _lash(points: np.ndarray) -> skia.Path:
    """The upper edge of an eye from its outer corner, thick from the corner to above the pupil."""
    line = smooth(points)
    return ribbon(line, 0.27 * UP * np.interp(np.linspace(0, 1, len(line)), [0, 0.25, 0.65, 1], [0.3, 1, 0.8, 0.25]))
