"""The flat colours of a drawn head: of each part one in light and one in shade."""

from __future__ import annotations

import numpy as np

from charaface.synth.dress import Dress
from charaface.synth.pen import Colour, mix
from charaface.synth.skin_map import Skin

INK: Colour = (0.12, 0.08, 0.09)
Pair = tuple[Colour, Colour]  # in light and in shade
_MOST = 3  # colours of a layer
_APART, _SHARE = 0.25, 0.02  # of RGB that makes another colour, and the least share of a surface that has it


class Colours:
    """The table of a drawing: pairs by number; the last, which -1 means too, is paper."""

    def __init__(self) -> None:
        self._numbers: dict[Pair, int] = {}

    def of(self, pair: Pair) -> int:
        """The number of a pair."""
        return self._numbers.setdefault(pair, len(self._numbers))

    @property
    def values(self) -> np.ndarray:
        """(N + 1, 2, 3) uint8."""
        pairs = [*self._numbers, ((1.0, 1.0, 1.0),) * 2]
        return np.round(255 * np.asarray(pairs)).astype(np.uint8)


def lifted(colour: Colour, least: float) -> Colour:
    """A colour that is no darker than lines are: black hair and eyes are drawn dark, not black."""
    r, g, b = (least + (1 - least) * value for value in colour)
    return r, g, b


def shaded(colour: Colour) -> Colour:
    """Its tone in shade, cooler and darker."""
    return colour[0] * 0.7, colour[1] * 0.66, colour[2] * 0.72


def _bright(colour: Colour) -> float:
    return 0.3 * colour[0] + 0.6 * colour[1] + 0.1 * colour[2]


def skin_colours(skin: Skin) -> dict[str, Pair]:
    """Of each of toon_map.REGIONS."""
    tone = skin.tone
    dark = (tone[0] * 0.82, tone[1] * 0.69, tone[2] * 0.66)
    lips = mix(skin.lips, tone, 0.15)
    brow = mix(skin.brow, INK, 0.35 if _bright(dark) - _bright(skin.brow) > 0.12 else 0.85)
    under = (dark[0] * 0.72, dark[1] * 0.6, dark[2] * 0.6)
    return {
        "skin": (tone, dark),
        "lips": (lips, (lips[0] * 0.84, lips[1] * 0.72, lips[2] * 0.72)),
        "brow": (brow, brow),
        "line": (INK, INK),
        "soft": (under, under),
    }


def telling(pair: Pair, ground: Colour) -> Colour:
    """Of a pair the one that is brighter or darker than a ground by more: how thin things are told from it."""
    return max(pair, key=lambda one: abs(_bright(one) - _bright(ground)))


def cloth_colours(dress: Dress) -> list[Pair]:
    """Those of clothes."""
    used = {"plain": 1, "shirt": 1, "striped": 2, "open": 2, "suit": 3}[dress.kind]
    return [(one, shaded(one)) for one in (dress.colour, dress.second, dress.tie)[:used]]


def flat_colours(*seen: Colour | np.ndarray) -> list[Pair]:
    """The few colours of many, (3,) each: the middle one of all, and of those that are far from it."""
    values = np.asarray(seen, np.float64).reshape(-1, 3)
    left = np.ones(len(values), np.bool_)
    found: list[np.ndarray] = []
    while len(found) < _MOST and left.mean() > _SHARE:
        middle = np.median(values[left], axis=0)
        one = values[left][int(np.argmin(((values[left] - middle) ** 2).sum(axis=1)))]
        found.append(one)
        left &= np.sqrt(((values - one) ** 2).sum(axis=1)) > _APART
    colours = [(float(r), float(g), float(b)) for r, g, b in found]
    return [(one, shaded(one)) for one in colours]


def nearest(values: np.ndarray, pairs: list[Pair]) -> np.ndarray:
    """(N,) which of the colours in light is nearest to each of (N, 3)."""
    if len(pairs) == 1:
        return np.zeros(len(values), np.int64)
    lights = np.asarray([light for light, _ in pairs])
    return np.asarray(((values[:, None] - lights) ** 2).sum(axis=-1).argmin(axis=1))
