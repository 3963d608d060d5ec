"""How a scene is drawn: one palette, outline and shading for all that is in it."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import skia

from charaface.synth.dice import one_of

# Every kind of drawing in labels.DOMAINS and the technique its surroundings are drawn with.
TECHNIQUES = {
    "anime": "anime",
    "cartoon": "cartoon",
    "manga": "manga",
    "comic": "comic",
    "webtoon": "anime",
    "chibi": "anime",
    "caricature": "sketch",
    "painting": "painting",
    "line": "sketch",
    "flat": "flat",
    "sketch": "sketch",
}
SHADES = ("flat", "cel", "soft", "tone", "hatch")

_SKINS = (
    0xFFFFE8D6,
    0xFFFBDDC5,
    0xFFF3CFAF,
    0xFFFFD9C0,
    0xFFE8B990,
    0xFFD69F70,
    0xFFB87A4B,
    0xFF8A5A38,
    0xFF5F3C27,
)
_HAIRS = (
    0xFF2A2326,
    0xFF4A2F22,
    0xFF7A4A28,
    0xFFB98A45,
    0xFFE9CE7C,
    0xFFC9502B,
    0xFF9AA0A8,
    0xFFEDEDF2,
    0xFF3E62B5,
)
# saturation and value of fills, by technique
_RANGES = {
    "anime": (0.18, 0.7, 0.5, 1.0),
    "cartoon": (0.4, 0.95, 0.5, 1.0),
    "comic": (0.3, 0.9, 0.4, 0.95),
    "painting": (0.12, 0.65, 0.18, 0.85),
    "flat": (0.3, 0.8, 0.45, 1.0),
    "sketch": (0.08, 0.5, 0.55, 1.0),
}


@dataclass(frozen=True)
class Ink:
    """One way of drawing. Colours are 0xAARRGGBB."""

    technique: str  # one of TECHNIQUES' values
    line: int  # colour of outlines; 0 where things have none
    width: float  # of outlines, canvas pixels
    palette: tuple[int, ...]  # fills of cloth and things
    skins: tuple[int, ...]
    hairs: tuple[int, ...]
    shade: str  # one of SHADES
    light: tuple[float, float]  # unit vector towards the light, y down
    paper: int  # colour of an empty ground
    tone: int = 5  # screentone period, canvas pixels
    rough: float = 0.0  # how far lines tremble, canvas pixels

    @property
    def grey(self) -> bool:
        """Whether the drawing has no colours."""
        return all(_is_grey(c) for c in self.palette)


def rgb(red: float, green: float, blue: float) -> int:
    """An opaque colour from three parts in 0..1."""
    r, g, b = (int(min(max(v, 0.0), 1.0) * 255 + 0.5) for v in (red, green, blue))
    return 0xFF000000 | r << 16 | g << 8 | b


def mix(a: int, b: int, t: float) -> int:
    """The colour a share t of the way from a to b, alpha too."""
    out = 0
    for shift in (24, 16, 8, 0):
        u, v = a >> shift & 255, b >> shift & 255
        out |= int(u + (v - u) * t + 0.5) << shift
    return out


def fade(colour: int, alpha: float) -> int:
    """The colour with an opacity of alpha, 0..1."""
    return (colour & 0xFFFFFF) | int(min(max(alpha, 0.0), 1.0) * 255 + 0.5) << 24


def darker(colour: int, amount: float = 0.25) -> int:
    """The colour in shade: less light and a little towards violet, as painters mix it; greys stay grey."""
    return mix(colour, 0xFF101010 if _is_grey(colour) else 0xFF20103A, amount)


def lighter(colour: int, amount: float = 0.3) -> int:
    """The colour in light."""
    return mix(colour, 0xFFFFFFFF, amount)


def luminance(colour: int) -> float:
    """How bright the colour is, 0..1."""
    return ((colour >> 16 & 255) * 0.3 + (colour >> 8 & 255) * 0.59 + (colour & 255) * 0.11) / 255


def hsv(hue: float, saturation: float, value: float) -> int:
    """An opaque colour; hue counts turns."""
    return rgb(*colorsys.hsv_to_rgb(hue % 1.0, saturation, value))


def sample_ink(rng: np.random.Generator, style_kind: str | None = None, scale: float = 1.0) -> Ink:
    """A way of drawing for a domain or technique (any when None). scale multiplies the width of outlines.

    Raises KeyError for a kind that TECHNIQUES does not have.
    """
    technique = TECHNIQUES[style_kind or one_of(rng, list(TECHNIQUES))]
    angle = rng.uniform(-2.6, -0.5)
    light = (float(np.cos(angle)), float(np.sin(angle)))
    make = _grey_ink if technique == "manga" or rng.random() < 0.04 else _colour_ink
    ink = make(rng, technique, light)
    return replace(ink, width=ink.width * scale)


def _colour_ink(rng: np.random.Generator, technique: str, light: tuple[float, float]) -> Ink:
    palette = _palette(rng, technique)
    line, width, shade, rough = 0xFF15101A, 1.5, "cel", 0.0
    match technique:
        case "anime":
            line = mix(0xFF20141C, palette[0], rng.uniform(0, 0.35))
            width, shade = rng.uniform(0.8, 1.8), one_of(rng, ["cel", "cel", "soft", "flat"])
        case "cartoon":
            width, shade = rng.uniform(1.6, 4.5), one_of(rng, ["flat", "flat", "cel", "soft"])
        case "comic":
            width, shade = rng.uniform(1.2, 3.0), one_of(rng, ["cel", "hatch", "tone", "flat", "soft"])
        case "painting":
            line = fade(darker(palette[0], 0.7), rng.uniform(0.2, 0.8)) if rng.random() < 0.5 else 0
            width, shade, rough = rng.uniform(0.8, 2.0), "soft", rng.uniform(0, 1.0)
        case "flat":
            line, shade = 0, one_of(rng, ["flat", "cel"])
        case _:
            line = mix(0xFF202020, palette[0], rng.uniform(0, 0.5))
            width, shade, rough = rng.uniform(0.7, 1.8), one_of(rng, ["hatch", "flat", "soft"]), 0.6
    skins = tuple(_vary(rng, c, 0.04) for c in _SKINS[: 6 if technique == "anime" else 9])
    if rng.random() < 0.06:
        skins = tuple(hsv(rng.random(), rng.uniform(0.2, 0.6), rng.uniform(0.5, 0.95)) for _ in range(4))
    hairs = (*(_vary(rng, c, 0.05) for c in _HAIRS), palette[0], palette[1])
    paper = lighter(palette[2], rng.uniform(0.6, 1.0)) if rng.random() < 0.7 else 0xFFFFFFFF
    ink = Ink(technique, line, float(width), palette, skins, hairs, shade, light, paper, rough=float(rough))
    return _under_light(rng, ink) if rng.random() < 0.22 else ink


def _under_light(rng: np.random.Generator, ink: Ink) -> Ink:
    """The same drawing at night, at dusk or under a coloured lamp."""
    cast = one_of(rng, [0xFF182048, 0xFF0E1420, 0xFF7A3010, 0xFF203828, 0xFF8A6A30, 0xFF603050])
    share = rng.uniform(0.2, 0.6)

    def cast_all(colours: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(mix(c, cast, share) for c in colours)

    return replace(
        ink,
        palette=cast_all(ink.palette),
        skins=cast_all(ink.skins),
        hairs=cast_all(ink.hairs),
        paper=mix(ink.paper, cast, share),
    )


def _grey_ink(rng: np.random.Generator, technique: str, light: tuple[float, float]) -> Ink:
    shade = one_of(rng, ["tone", "tone", "hatch", "flat", "cel"])
    steps = [1.0, 1.0, 0.96, 0.86, 0.72, 0.5, 0.12]
    if shade in ("flat", "cel"):
        steps = [1.0, 0.93, 0.85, 0.75, 0.6, 0.4, 0.15]
    palette = tuple(rgb(v, v, v) for v in rng.permutation(steps).tolist())
    skins = (0xFFFFFFFF, 0xFFFFFFFF, rgb(*[rng.uniform(0.75, 1.0)] * 3))
    hairs = (0xFF101010, 0xFF3A3A3A, 0xFF909090, 0xFFD8D8D8, 0xFFFFFFFF)
    width = float(rng.uniform(0.8, 2.4))
    return Ink(
        technique,
        0xFF0A0A0A,
        width,
        palette,
        skins,
        hairs,
        shade,
        light,
        paper=0xFFFFFFFF,
        tone=int(rng.integers(3, 8)),
    )


def _palette(rng: np.random.Generator, technique: str) -> tuple[int, ...]:
    s0, s1, v0, v1 = _RANGES[technique]
    hue = rng.random()
    steps = [(0, 0.05, 0.1, 0.9, 0.5, 0.95), (0, 0.33, 0.66, 0.05, 0.4, 0.6), tuple(rng.random(6).tolist())]
    colours = []
    for step in steps[int(rng.integers(3))]:
        colours.append(hsv(hue + step + rng.normal(0, 0.03), rng.uniform(s0, s1), rng.uniform(v0, v1)))
    colours.append(hsv(hue, rng.uniform(0, 0.12), rng.uniform(0.85, 1.0)))
    colours.append(hsv(hue + 0.5, rng.uniform(0, 0.4), rng.uniform(0.08, 0.35)))
    return tuple(colours[i] for i in rng.permutation(len(colours)))


def _vary(rng: np.random.Generator, colour: int, spread: float) -> int:
    r, g, b = ((colour >> s & 255) / 255 + rng.normal(0, spread) for s in (16, 8, 0))
    return rgb(r, g, b)


def _is_grey(colour: int) -> bool:
    r, g, b = (colour >> s & 255 for s in (16, 8, 0))
    return max(r, g, b) - min(r, g, b) < 6


@lru_cache(maxsize=64)
def tone_tile(period: int, share: float, white: bool) -> skia.Image:
    """A transparent tile with one round dot that covers a share of it: the cell of a screentone."""
    radius = period * np.sqrt(share / np.pi)
    y, x = np.mgrid[0:period, 0:period] + 0.5 - period / 2
    cover = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    tile = np.zeros((period, period, 4), np.uint8)
    tile[..., :3] = 255 if white else 12
    tile[..., 3] = (cover * 255).astype(np.uint8)
    tile[..., :3] = tile[..., :3] * cover[..., None]
    return skia.Image.fromarray(tile, skia.kRGBA_8888_ColorType)
