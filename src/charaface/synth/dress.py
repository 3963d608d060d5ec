"""Clothes on the bust of a 3-D head: a jumper, stripes, a shirt, a jacket with a tie."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from charaface.synth.dice import one_of, pick, uniform
from charaface.synth.forms import sheet
from charaface.synth.layer import Layer, Paint
from charaface.synth.pen import Colour
from charaface.synth.skin_map import linear

_CLOTH = np.array([[0.02, 14.0, 0.1]])
KINDS = ("plain", "striped", "shirt", "suit", "open")


@dataclass(frozen=True)
class Dress:
    """What is painted on a bust. Heights are y of the mean head in cm."""

    kind: str = "plain"  # of KINDS
    colour: Colour = (0.2, 0.22, 0.3)  # of the jacket, or of all
    second: Colour = (0.9, 0.9, 0.9)  # of the shirt or the stripes
    tie: Colour = (0.5, 0.1, 0.1)
    collar: float = -11.5  # y of the middle of its neckline
    deep: float = 0.0  # how far the neckline is cut down in the middle


def neckline(rest: np.ndarray, dress: Dress) -> np.ndarray:
    """The height at which cloth begins at (..., 3) places of the mean head: lower before the throat."""
    flat = np.ascontiguousarray(rest.reshape(-1, 3), np.float32)
    return np.asarray(_neckline(flat, dress.collar, dress.deep).reshape(rest.shape[:-1]))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _neckline(rest: np.ndarray, collar: float, deep: float) -> np.ndarray:
    out = np.empty(len(rest), np.float32)
    for n in range(len(rest)):
        side, front = abs(rest[n, 0]), rest[n, 2]
        out[n] = collar + 1.8 * min(side / 6, 1.0) - 0.12 * min(max(front, -6.0), 8.0)
        if front > -2:
            out[n] -= deep * max(1 - side / 4.5, 0.0)
    return out


def cloth(rest: np.ndarray, dress: Dress) -> np.ndarray:
    """(N, 3) float32 linear light of cloth at (N, 3) places of the mean head."""
    first, second, tie = (linear(np.asarray(one)).astype(np.float32) for one in (dress.colour, dress.second, dress.tie))
    out = np.broadcast_to(first, (len(rest), 3)).copy()
    side, down = np.abs(rest[:, 0]), neckline(rest, dress) - rest[:, 1]
    front = rest[:, 2] > -3
    if dress.kind == "striped":
        out[np.sin(rest[:, 1] * 4.5) > 0.2] = second
    elif dress.kind == "shirt":
        out[(side < 0.25) & front] *= 0.7
        out[(down < 1.5) & (np.abs(down - 1.3) < 0.18)] *= 0.65
    elif dress.kind in ("suit", "open"):
        lapel = 4.6 - 0.55 * np.maximum(down - 1.0, 0)
        shirt = (side < lapel) & front | (down < 1.3)
        out[(np.abs(side - lapel) < 0.3) & front & (down >= 1.3)] *= 0.55
        out[shirt] = second
        out[shirt & (np.abs(down - 1.4 - 0.3 * side) < 0.15)] *= 0.7
        if dress.kind == "suit":
            out[shirt & front & (side < 0.75 + 0.09 * np.maximum(down, 0)) & (down > 0.2)] = tie
    return out


def torso_layer(dress: Dress, turn: np.ndarray, body: np.ndarray) -> Layer:
    """Shoulders and chest below the bust of a head that is turned by (3, 3) on a body that is turned by (3, 3)."""
    down, around = np.linspace(0, np.pi, 13), np.linspace(-np.pi, np.pi, 33)
    high = np.broadcast_to(np.cos(down)[:, None], (13, 33))
    wide = np.cbrt(1 - np.abs(high) ** 3)
    x, z = wide * np.sin(around), wide * np.cos(around)
    slope = 3.0 * x**2 * np.clip(high, 0, 1)  # of the shoulders
    places = np.stack([20.0 * x, 12.0 * high - slope - 26.0, 9.0 * z - 2.0], axis=-1)
    form = sheet(places)
    vertices = ((form.vertices @ body.T) @ turn).astype(np.float32)

    def paint(at: np.ndarray) -> Paint:
        return Paint(cloth(at.reshape(-1, 3), dress).reshape(at.shape), np.ones(at.shape[:2], np.float32))

    return Layer("body", vertices, form.triangles, form.vertices, paint, _CLOTH, len(form.triangles))


def sample_dress(rng: np.random.Generator) -> Dress:
    """Suits as often as on television."""
    kind = pick(rng, plain=0.38, striped=0.06, shirt=0.14, suit=0.27, open=0.15)
    formal = kind in ("suit", "open")
    grey = uniform(rng, 0.05, 0.35) if formal else uniform(rng, 0.03, 0.9)
    shirt = (
        (0.9, 0.9, 0.92)
        if rng.random() < 0.5
        else one_of(rng, [(0.6, 0.7, 0.85), (0.8, 0.75, 0.8), (0.15, 0.15, 0.18)])
    )
    return Dress(
        kind,
        _near(rng, grey, 0.04 if formal else one_of(rng, (0.03, 0.06, 0.2))),
        shirt if formal else _near(rng, uniform(rng, 0.05, 0.95), 0.1),
        _near(rng, uniform(rng, 0.1, 0.6), one_of(rng, (0.05, 0.1, 0.2))),
        uniform(rng, -11.0, -9.8) if formal else uniform(rng, -13.5, -9.5),
        uniform(rng, 1.0, 5.0) if kind in ("plain", "open") and rng.random() < 0.4 else 0.0,
    )


def _near(rng: np.random.Generator, grey: float, spread: float) -> Colour:
    r, g, b = np.clip(grey + rng.normal(0, spread, 3), 0.01, 0.97).tolist()
    return r, g, b
