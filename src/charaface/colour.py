"""Colours: Lab, hex, how far apart two are, and their everyday names on hair, skin and eyes."""

from __future__ import annotations

from functools import cache

import numpy as np

# Of hair and eyes: mean L, a, b of what people call so, then its covariance LL, La, Lb, aa, ab, bb; fitted on 1,000
# labelled anime faces by benchmarks/colour_names.py.
_SPREAD: dict[str, dict[str, tuple[int, ...]]] = {
    "hair": {
        "aqua": (57, -5, -10, 450, -43, 53, 103, -8, 107),
        "black": (24, 4, -6, 109, 8, -1, 11, -1, 18),
        "blonde": (83, 3, 34, 57, -30, -28, 35, -7, 115),
        "blue": (44, 10, -29, 326, -45, -20, 56, -42, 108),
        "brown": (47, 14, 16, 177, 0, 47, 25, 9, 73),
        "gray": (72, 5, -5, 319, -35, 1, 19, 0, 48),
        "green": (56, -13, 10, 444, -91, 88, 153, -4, 151),
        "orange": (70, 20, 37, 127, -81, 9, 94, -18, 165),
        "pink": (71, 28, 4, 115, -47, 4, 70, -15, 42),
        "purple": (46, 22, -21, 269, 1, 3, 38, -45, 133),
        "red": (47, 42, 12, 119, 27, 2, 65, 27, 76),
        "white": (85, 4, 9, 102, -13, -13, 12, 4, 50),
    },
    "eyes": {
        "aqua": (34, -7, -11, 247, -65, 30, 45, -25, 58),
        "black": (26, 3, -2, 137, -2, 10, 12, -5, 33),
        "blue": (28, 7, -26, 251, -83, 49, 82, -75, 116),
        "brown": (24, 9, 9, 157, 1, 35, 23, 5, 30),
        "green": (34, -16, 6, 293, -70, 74, 70, -52, 90),
        "orange": (33, 17, 14, 283, -7, 69, 72, 32, 135),
        "pink": (25, 19, -3, 228, 42, 18, 87, 0, 43),
        "purple": (24, 24, -22, 156, 32, -3, 97, -72, 97),
        "red": (25, 30, 8, 168, 49, 23, 85, 13, 47),
        "yellow": (38, 5, 24, 257, -39, 82, 44, -8, 117),
    },
}
_SKIN: dict[str, tuple[int, int, int]] = {  # sRGB
    "very_light": (255, 237, 224),
    "light": (250, 214, 189),
    "medium": (230, 184, 148),
    "tan": (204, 148, 107),
    "brown": (148, 97, 66),
    "dark": (97, 64, 46),
}
# Of people: sRGB of what grows; a colour that is further from grey than that is dyed, and named as a drawn one is.
_NATURAL: dict[str, dict[str, tuple[int, int, int]]] = {
    "hair": {
        "black": (28, 26, 26),
        "brown": (88, 62, 45),
        "blonde": (184, 148, 98),
        "red": (140, 66, 36),
        "gray": (140, 138, 136),
        "white": (215, 212, 208),
    },
    "eyes": {"black": (30, 25, 25), "brown": (75, 50, 35), "blue": (95, 120, 150), "green": (95, 105, 75)},
}
_DYED = 30.0  # distance in Lab from all that grows
NAMES = {**{part: tuple(names) for part, names in _SPREAD.items()}, "skin": tuple(_SKIN)}  # of each part
_FAR = 5.0  # standard deviations from all that a part's names are made of: the nearest mean says more
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


def named(part: str, rgb: np.ndarray, *, photo: bool = False) -> str:
    """The everyday name of a colour (3,) of hair, skin, left_eye or right_eye: the likeliest of those that part has.

    What people call hair or eyes of a name is a Gaussian in Lab; a colour far from all of them, and one of skin, has
    the name whose middle is nearest. On a photograph hair and eyes have the nearest of the colours that grow, unless
    they are far from all.
    """
    place = lab(rgb)
    if part == "skin":
        return min(_SKIN, key=lambda name: float(distance(lab(np.asarray(_SKIN[name])), place)))
    part = "eyes" if part.endswith("_eye") else part
    if photo:
        apart = {name: float(distance(lab(np.asarray(value)), place)) for name, value in _NATURAL[part].items()}
        if min(apart.values()) < _DYED:
            return min(apart, key=apart.__getitem__)
    names, middles, inverse, log_size = _gaussians(part)
    off = place - middles
    away = np.einsum("ni,nij,nj->n", off, inverse, off)
    if away.min() > _FAR**2:
        return names[int(distance(middles, place).argmin())]
    return names[int((away + log_size).argmin())]


@cache
def _gaussians(part: str) -> tuple[tuple[str, ...], np.ndarray, np.ndarray, np.ndarray]:
    """Names, (N, 3) means, (N, 3, 3) inverse covariances and (N,) logs of their determinants."""
    numbers = np.asarray(list(_SPREAD[part].values()), np.float64)
    spread = numbers[:, [3, 4, 5, 4, 6, 7, 5, 7, 8]].reshape(-1, 3, 3)
    return tuple(_SPREAD[part]), numbers[:, :3], np.linalg.inv(spread), np.log(np.linalg.det(spread))
