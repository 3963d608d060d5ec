"""Colours: Lab, hex, how far apart two are, and their everyday names on hair, skin and eyes."""

from __future__ import annotations

import numpy as np

NAMES: dict[str, dict[str, tuple[int, int, int]]] = {  # part to its names, each with the sRGB value that is most so
    "hair": {
        "aqua": (89, 217, 217), "black": (26, 23, 31), "blonde": (242, 209, 115), "blue": (64, 102, 204),
        "brown": (107, 66, 41), "gray": (140, 143, 153), "green": (77, 166, 89), "orange": (235, 128, 38),
        "pink": (242, 153, 184), "purple": (133, 89, 179), "red": (191, 38, 38), "white": (237, 237, 242),
    },
    "eyes": {
        "aqua": (60, 190, 200), "black": (40, 38, 45), "blue": (60, 100, 200), "brown": (110, 70, 45),
        "green": (70, 150, 80), "orange": (220, 130, 50), "pink": (225, 120, 160), "purple": (125, 80, 170),
        "red": (190, 45, 50), "yellow": (220, 190, 70),
    },
    "skin": {
        "very_light": (255, 237, 224), "light": (250, 214, 189), "medium": (230, 184, 148),
        "tan": (204, 148, 107), "brown": (148, 97, 66), "dark": (97, 64, 46),
    },
}  # fmt: skip
_TO_XYZ = np.array(  # linear sRGB to XYZ over its white D65 (IEC 61966-2-1)
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
) / np.array([[0.95047], [1.0], [1.08883]])
_CUBE, _SLOPE = (6 / 29) ** 3, (29 / 6) ** 2 / 3
_STEP = 8.0  # of Lab: the cells in which the commonest colour is looked for
_REACH = 16.0  # of Lab: what lies nearer to a colour has it, up to light and shadow


def lab(rgb: np.ndarray) -> np.ndarray:
    """(..., 3) float64 CIE L*a*b* (D65, 1976) of (..., 3) sRGB values, 0 to 255."""
    value = np.asarray(rgb, np.float64) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T
    f = np.where(xyz > _CUBE, np.cbrt(xyz), _SLOPE * xyz + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def hex_of(rgb: np.ndarray) -> str:
    """#rrggbb of (3,) sRGB values, 0 to 255."""
    r, g, b = np.clip(np.rint(np.asarray(rgb, np.float64)), 0, 255).astype(int).tolist()
    return f"#{r:02x}{g:02x}{b:02x}"


def distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(...) distance of (..., 3) colours in Lab (CIE76): 2 is just seen, 10 is plain."""
    return np.asarray(np.linalg.norm(np.asarray(a) - b, axis=-1))


def commonest(rgb: np.ndarray) -> tuple[np.ndarray, float]:
    """The commonest colour of (N, 3) uint8 pixels, N > 0, as (3,) float64 RGB, and the share of pixels that have it.

    The fullest cell of Lab says where it lies; the mean of what lies round it says what it is (one step of mean shift,
    Comaniciu & Meer 2002, twice). Light and shadow on a part leave it where most of the part is; a lash, a strand of a
    fringe or a highlight have cells of their own.
    """
    pixels = np.asarray(rgb, np.float64).reshape(-1, 3)
    places = lab(pixels)
    cells, back, counts = np.unique(
        np.floor(places / _STEP).astype(int), axis=0, return_inverse=True, return_counts=True
    )
    near = (np.abs(cells[:, None] - cells).max(axis=2) <= 1) @ counts  # with its neighbours, so that no edge matters
    middle = places[back.ravel() == int(near.argmax())].mean(axis=0)
    for _ in range(2):
        middle = places[distance(places, middle) <= _REACH].mean(axis=0)
    same = distance(places, middle) <= _REACH
    return pixels[same].mean(axis=0), float(same.mean())


def named(part: str, rgb: np.ndarray) -> str:
    """The everyday name of a colour (3,) of hair, skin, left_eye or right_eye: the nearest of those that part has."""
    names = NAMES["eyes" if part.endswith("_eye") else part]
    return min(names, key=lambda name: float(distance(lab(np.asarray(names[name])), lab(rgb))))
