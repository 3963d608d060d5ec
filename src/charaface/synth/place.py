"""What is behind somebody who is photographed: walls, rooms, streets, leaves, crowds and lights, out of focus."""

from __future__ import annotations

import cv2
import numpy as np

from charaface.synth.dice import pick, uniform
from charaface.synth.skin_map import linear

_GRID = 96  # pixels that a place is painted at before it is blurred


def sample_place(rng: np.random.Generator, size: int) -> np.ndarray:
    """(size, size, 3) float32 linear light."""
    kind = pick(rng, wall=0.22, studio=0.13, room=0.25, street=0.12, leaves=0.1, crowd=0.1, lights=0.08)
    pixels = np.empty((_GRID, _GRID, 3), np.float32)
    pixels[:] = _colour(rng)
    _PLACES[kind](rng, pixels)
    sharp = kind in ("room", "street", "crowd") and rng.random() < 0.3
    blur = uniform(rng, 0.6, 1.5) if sharp else uniform(rng, 1.5, 8.0)
    pixels = cv2.GaussianBlur(pixels, (0, 0), blur)
    light = (linear(np.clip(pixels, 0, 1)) * uniform(rng, 0.35, 1.3)).astype(np.float32)
    return np.asarray(np.maximum(cv2.resize(light, (size, size), interpolation=cv2.INTER_CUBIC), 0))


def _colour(rng: np.random.Generator, strong: float = 0.05) -> np.ndarray:
    """(3,) an everyday colour, 0 to 1: mostly near grey."""
    spread = strong * (2.5 if rng.random() < 0.12 else 1)
    return np.clip(uniform(rng, 0.03, 0.95) + rng.normal(0, spread, 3), 0, 1).astype(np.float32)


def _wall(rng: np.random.Generator, pixels: np.ndarray) -> None:
    corners = (_colour(rng) + rng.normal(0, 0.08, (2, 2, 3))).astype(np.float32)
    pixels[:] = cv2.resize(corners, (_GRID, _GRID), interpolation=cv2.INTER_LINEAR)
    _grain(rng, pixels, 0.03)


def _studio(rng: np.random.Generator, pixels: np.ndarray) -> None:
    """A bright place behind the head that falls off."""
    y, x = np.mgrid[:_GRID, :_GRID] / _GRID
    far = np.hypot(x - uniform(rng, 0.2, 0.8), y - uniform(rng, 0.2, 0.8))
    pixels *= np.clip(1.5 - uniform(rng, 0.6, 2.0) * far, 0.05, 1.5)[..., None].astype(np.float32)


def _boxes(rng: np.random.Generator, pixels: np.ndarray, count: int, strong: float) -> None:
    for _ in range(count):
        x, y = rng.integers(-20, _GRID, 2)
        w, h = (rng.gamma(1.5, 14, 2) + 2).astype(int)
        if rng.random() < 0.35:  # what reaches from top to bottom, or from side to side
            x, w, y, h = (x, w, 0, _GRID) if rng.random() < 0.6 else (0, _GRID, y, h)
        pixels[max(y, 0) : y + h, max(x, 0) : x + w] = _colour(rng, strong)


def _room(rng: np.random.Generator, pixels: np.ndarray) -> None:
    _boxes(rng, pixels, int(rng.integers(4, 22)), 0.07)
    if rng.random() < 0.3:
        x, y = rng.integers(0, 70, 2)
        pixels[y : y + 30, x : x + 24] = uniform(rng, 0.9, 1.4)  # a window
    _grain(rng, pixels, 0.04)


def _street(rng: np.random.Generator, pixels: np.ndarray) -> None:
    line = int(rng.integers(25, 75))
    pixels[:line] = _colour(rng) * 0.4 + np.array([0.5, 0.55, 0.6], np.float32)
    pixels[line:] = uniform(rng, 0.15, 0.5)
    _boxes(rng, pixels[:line], int(rng.integers(5, 18)), 0.06)
    _grain(rng, pixels, 0.05)


def _leaves(rng: np.random.Generator, pixels: np.ndarray) -> None:
    green = np.array([uniform(rng, 0.15, 0.5), uniform(rng, 0.3, 0.6), uniform(rng, 0.1, 0.3)], np.float32)
    pixels[:] = green
    for cells in (8, 24, 60):
        cloud = cv2.resize(rng.normal(0, 0.28, (cells, cells)).astype(np.float32), (_GRID, _GRID))
        pixels *= np.exp(cloud)[..., None]
    if rng.random() < 0.5:
        pixels[: int(rng.integers(5, 40))] += np.array([0.4, 0.45, 0.5], np.float32)


def _crowd(rng: np.random.Generator, pixels: np.ndarray) -> None:
    for y in np.sort(rng.uniform(-5, 95, int(rng.integers(8, 40)))):
        x, r = int(rng.integers(0, _GRID)), 3 + y * uniform(rng, 0.05, 0.09)
        skin = np.array([0.85, 0.65, 0.52], np.float32) * uniform(rng, 0.3, 1.0)
        top = int(y)
        cv2.ellipse(pixels, (x, top + int(3.2 * r)), (int(2.2 * r), int(1.9 * r)), 0, 0, 360, _colour(rng).tolist(), -1)
        cv2.ellipse(
            pixels, (x, top - int(0.3 * r)), (int(1.05 * r), int(1.3 * r)), 0, 0, 360, _HAIR_OF[rng.integers(4)], -1
        )
        cv2.ellipse(pixels, (x, top + int(0.2 * r)), (int(0.8 * r), int(1.1 * r)), 0, 0, 360, skin.tolist(), -1)


def _lights(rng: np.random.Generator, pixels: np.ndarray) -> None:
    pixels *= 0.25
    for _ in range(int(rng.integers(6, 40))):
        x, y = rng.integers(0, _GRID, 2).tolist()
        colour = np.clip(_colour(rng, 0.15) + 0.5, 0, 1.5)
        cv2.circle(pixels, (x, y), int(rng.integers(1, 9)), colour.tolist(), -1)


def _grain(rng: np.random.Generator, pixels: np.ndarray, amount: float) -> None:
    cloud = rng.normal(0, amount, (24, 24)).astype(np.float32)
    pixels += cv2.resize(cloud, (_GRID, _GRID), interpolation=cv2.INTER_CUBIC)[..., None]


_HAIR_OF = [(0.05, 0.04, 0.04), (0.22, 0.14, 0.09), (0.6, 0.48, 0.3), (0.5, 0.5, 0.5)]
_PLACES = {
    "wall": _wall,
    "studio": _studio,
    "room": _room,
    "street": _street,
    "leaves": _leaves,
    "crowd": _crowd,
    "lights": _lights,
}
