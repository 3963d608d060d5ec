"""From light to a picture: what a camera's exposure, its film and the code of pixels make of it."""

from __future__ import annotations

import math

import cv2
import numba
import numpy as np

_GREY, _KNEE = 0.24, 0.55  # linear light that a camera aims at for skin, and from where on it holds light back


def developed(colour: np.ndarray, size: int, bright: float = 1.0) -> np.ndarray:
    """(size, size, 3) uint8 of a larger picture in linear light, made so many times brighter."""
    small = cv2.resize(colour, (size, size), interpolation=cv2.INTER_AREA) * np.float32(bright)
    held = small > _KNEE
    small[held] = 1 - (1 - _KNEE) * np.exp((_KNEE - small[held]) / (1 - _KNEE))
    return np.asarray(_looked_up(small, _CODE))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _looked_up(light: np.ndarray, table: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 codes of light, 0 to 1 along a table."""
    out = np.empty(light.shape, np.uint8)
    last = np.float32(len(table) - 1)
    for y in range(light.shape[0]):
        for x in range(light.shape[1]):
            for k in range(3):
                out[y, x, k] = table[int(min(max(light[y, x, k] * last, np.float32(0)), last))]
    return out


def exposure(skin: np.ndarray) -> float:
    """By how much a camera brightens a picture whose skin has (N, 3) linear light: half of what that takes."""
    if not len(skin):
        return 1.0
    return min(max(math.sqrt(_GREY / max(float(skin.mean()), 1e-3)), 0.5), 2.5)


def encoded(values: np.ndarray) -> np.ndarray:
    """sRGB values, 0 to 1, of light, which is cut at 1 (IEC 61966-2-1)."""
    held = np.clip(values, 0, 1)
    return np.asarray(np.where(held <= 0.0031308, 12.92 * held, 1.055 * held ** (1 / 2.4) - 0.055))


_CODE = np.round(255 * encoded(np.arange(4096) / 4095)).astype(np.uint8)
