"""Folds that skin throws when a face moves: on the forehead, between the brows, beside eyes, nose and mouth."""

from __future__ import annotations

import cv2
import numpy as np
import skia

from charaface.synth.pen import ribbon, smooth, taper
from charaface.synth.skin_map import SIZE, UP

# Which of the kit's shapes throw which folds, and how strongly. A name without a side stands for both.
THROWN: dict[str, dict[str, float]] = {
    "forehead": {"browInnerUp": 0.6, "browOuterUp": 0.6},
    "frown": {"browDown": 1.0, "browInnerUp": 0.25},
    "eyes": {"cheekSquint": 0.6, "eyeSquint": 0.4, "mouthSmile": 0.35},
    "cheeks": {"mouthSmile": 0.8, "noseSneer": 0.4, "mouthUpperUp": 0.45, "mouthStretch": 0.3, "cheekSquint": 0.2},
    "nose": {"noseSneer": 1.0},
    "corners": {"mouthFrown": 0.8, "mouthDimple": 0.6, "mouthSmile": 0.3},
    "chin": {"mouthShrugLower": 0.9, "mouthFrown": 0.4, "mouthPress": 0.3},
}
_YOUNG = 0.45  # how strong folds are in a face without lines


def strengths(shapes: dict[str, float]) -> dict[str, float]:
    """How strong each fold is, 0 to 1, in a face of the kit's shapes."""
    out = {}
    for fold, by in THROWN.items():
        total = 0.0
        for name, share in by.items():
            sides = [shapes[key] for key in (name, f"{name}_L", f"{name}_R") if key in shapes]
            total += share * (sum(sides) / len(sides) if sides else 0.0)
        out[fold] = min(total, 1.0)
    return out


def fold_maps(marks: np.ndarray) -> dict[str, np.ndarray]:
    """(SIZE, SIZE) float32 of each fold: more than 0 in its valley, less on its ridge. marks: (68, 2) on the map."""
    return {name: _carved(lines) for name, lines in _lines(marks).items()}


def folded(skin: np.ndarray, lines: float, maps: dict[str, np.ndarray], shapes: dict[str, float]) -> np.ndarray:
    """(SIZE, SIZE, 3) float32 the light of a skin with the folds that a face's shapes throw. lines: those of age."""
    deep = np.zeros((SIZE, SIZE), np.float32)
    for name, strength in strengths(shapes).items():
        if strength > 0.05:
            deep += np.float32(strength * (_YOUNG + (1 - _YOUNG) * lines)) * maps[name]
    if not deep.any():
        return skin
    rows = np.flatnonzero(np.abs(deep).max(axis=1) > 0.004)
    columns = np.flatnonzero(deep.any(axis=0))
    band = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    out = skin.copy()
    out[band] *= np.exp(deep[band][..., None] * np.array([-0.75, -1.0, -1.05], np.float32))
    return out


def _carved(lines: list[tuple[np.ndarray, float]]) -> np.ndarray:
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    canvas = skia.Surface(pixels).getCanvas()
    for line, width in lines:
        path = smooth(line)
        canvas.drawPath(ribbon(path, width * taper(len(path))), skia.Paint(Color=0xFFFFFFFF, AntiAlias=True))
    flat = pixels[..., 0].astype(np.float32) / 255
    valley = cv2.GaussianBlur(flat, (0, 0), 1.2)
    ridge = cv2.GaussianBlur(flat, (0, 0), 4.0)
    return np.asarray(1.6 * valley - 1.1 * ridge, np.float32)


def _lines(marks: np.ndarray) -> dict[str, list[tuple[np.ndarray, float]]]:
    """Of each fold its lines, (N, 2) on the map, and their widths."""
    brows = (marks[21] + marks[22]) / 2
    half = (marks[26, 0] - marks[17, 0]) / 2
    x = np.linspace(-0.75, 0.75, 7)
    forehead = []
    for k in range(4):
        arch = -0.35 * UP * np.cos(np.pi * x * 0.9)
        wave = 0.12 * UP * np.sin(5 * x + 2 * k)
        forehead.append((np.column_stack([brows[0] + half * x, brows[1] - (1.5 + 0.85 * k) * UP + arch + wave]), 2.4))
    out = {"forehead": forehead, "frown": [], "eyes": [], "cheeks": [], "nose": [], "corners": [], "chin": []}
    for brow, way in ((marks[21], 1.0), (marks[22], -1.0)):
        out["frown"].append((brow + np.array([[0.45 * way, 0.9], [0.35 * way, 0.1], [0.5 * way, -1.0]]) * UP, 2.6))
    for outer, way in ((marks[36], -1.0), (marks[45], 1.0)):
        for slope in (-0.55, -0.2, 0.15, 0.5):
            line = np.array([[0.35, 0.1 * slope], [0.9, 0.5 * slope], [1.6, slope]])
            out["eyes"].append((outer + line * [way * UP, UP], 1.7))
        line = np.array([[-2.2, 0.75], [-1.2, 1.05], [0.0, 0.8]])
        out["eyes"].append((outer + line * [way * UP, UP], 1.6))
    for wing, corner, way in ((marks[31], marks[48], -1.0), (marks[35], marks[54], 1.0)):
        at = np.stack([wing + [0.25 * way * UP, -0.5 * UP], wing + [1.0 * way * UP, 0.4 * UP]])
        low = np.stack([corner + [0.95 * way * UP, -0.6 * UP], corner + [0.9 * way * UP, 0.6 * UP]])
        out["cheeks"].append((np.concatenate([at, low]), 3.8))
        out["nose"].append((np.stack([wing + np.array(p) * [way * UP, UP] for p in _NOSE]), 2.0))
        mark = np.array([[0.2, -0.1], [0.55, 0.5], [0.6, 1.2]]) * [way * UP, UP]
        out["corners"].append((corner + mark, 2.6))
    for rise in (-0.45, 0.45):
        out["nose"].append((marks[27] + np.array([[-0.6, rise], [0.0, rise - 0.1], [0.6, rise]]) * UP, 1.8))
    crease = np.array([[-1.3, 0.75], [-0.7, 0.5], [0, 0.42], [0.7, 0.5], [1.3, 0.75]]) * UP
    out["chin"].append((marks[57] + crease, 3.0))
    return out


_NOSE = ((-0.15, -2.2), (0.25, -1.6), (0.35, -0.9))
