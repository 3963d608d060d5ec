"""Landmarks of photographs by the skin they show and by the glasses that are said to be worn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from charaface.colour import lab
from charaface.evaluate.points import OCULAR, OWN, Scored, errors, estimate
from charaface.evaluate.table import Cell, Section
from charaface.face import Face, Landmarks
from charaface.image import load

# classes of the individual typology angle, in degrees, from which on (Chardon et al. 1991)
SKINS = {"very light": 55.0, "light": 41.0, "intermediate": 28.0, "tan": 10.0, "brown": -30.0, "dark": -91.0}
GREY = "without colour"
_PALE = 4.0  # of Lab: a cheek less colourful than this is of a grey photograph
_CHEEKS = ((2, 31, 48), (14, 35, 54))  # points whose mean lies on a cheek
_GLASSES = {"glasses": "clear glasses", "sunglasses": "sunglasses"}


def skin_of(image: np.ndarray, points: np.ndarray) -> str | None:
    """The class of the skin of an (H, W, 3) uint8 photograph by its (68, 2) true points; None where none is shown.

    The individual typology angle atan((L - 50) / b) of the lighter cheek's median: what is photographed, light and all.
    """
    reach = max(0.08 * float(np.linalg.norm(points[45] - points[36])), 1.0)
    cheeks = [_patch(image, points[list(cheek)].mean(axis=0), reach) for cheek in _CHEEKS]
    medians = [np.median(lab(cheek), axis=0) for cheek in cheeks if len(cheek)]
    if not medians:
        return None
    light, a, b = max(medians, key=lambda median: median[0])
    if np.hypot(a, b) < _PALE:
        return GREY
    angle = np.degrees(np.arctan2(light - 50, max(b, 1e-6)))
    return next(name for name, least in SKINS.items() if angle > least)


def _patch(image: np.ndarray, middle: np.ndarray, reach: float) -> np.ndarray:
    """(N, 3) pixels of a square about a point, inside the picture."""
    height, width = image.shape[:2]
    x0, y0 = np.clip(np.floor(middle - reach).astype(int), 0, [width, height])
    x1, y1 = np.clip(np.ceil(middle + reach).astype(int) + 1, 0, [width, height])
    return image[y0:y1, x0:x1].reshape(-1, 3)


def section(
    scored: Sequence[Scored], data: Path, describe: Callable[[np.ndarray, list[Face]], list[Face]], words: str
) -> Section:
    """Errors by skin and by glasses. describe: the task attributes, which is asked what each true face wears."""
    skins, worn = [], []
    for one in scored:
        image = load(data / one.label.file)
        skins.append(skin_of(image, one.label.truth))
        sure = np.ones(len(one.label.truth))
        (said,) = describe(image, [Face(one.box, landmarks=Landmarks(one.label.truth, sure, sure > 0, "ibug68"))])
        worn.append(_worn(said))
    rows = [_row(name, scored, np.asarray(skins) == name) for name in (*SKINS, GREY)]
    rows += [_row(name, scored, np.asarray(worn) == name) for name in (*_GLASSES.values(), "bare eyes")]
    return Section(
        f"Photographs {words} by skin and glasses: NME over outer eye corners, %",
        ("", "faces", "found", "median", "above 15"),
        tuple(row for row in rows if row[1]),
        "Skin as it is photographed: the individual typology angle of the lighter cheek. "
        "Glasses as attributes says: the faces are not labelled.",
    )


def _worn(face: Face) -> str:
    for name, words in _GLASSES.items():
        if (face.accessories or {}).get(name, 0.0) > 0.5:
            return words
    return "bare eyes"


def _row(name: str, scored: Sequence[Scored], chosen: np.ndarray) -> tuple[Cell, ...]:
    own = [one for one, there in zip(scored, chosen, strict=True) if there]
    if not own:
        return (name, 0, 0, None, None)
    found = errors(own, OWN, OCULAR)
    return (name, len(own), sum(one.found for one in own), estimate(found, "median"), estimate(found, "above 15"))
