"""Pictures in the colours of a palette: the nearest ones, and two in turn where a gradient lies between them.

The turn is told by a mask that lies on the screen (Bayer, "An optimum method for two-level rendition of
continuous-tone pictures", 1973), so that what does not move does not crawl. Which two colours mix to a third is
chosen as by Yliluoma ("Joel Yliluoma's arbitrary-palette positional dithering algorithm", 2011): what comes near in
the mean, and not far from each other.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

_CELLS = 1 << 18  # six bits a channel
_CONTRAST = (
    0.15  # how much a mix suffers from the distance of its two colours; from 0.1 to 0.3 nothing is seen to change
)
_NEIGHBOURS = 24  # colours looked at for a partner


class Shades:
    """A palette of 1 to 255 colours and what it has learnt about all others. Pixels are (n,) uint32, 0xAABBGGRR."""

    def __init__(self, colours: np.ndarray) -> None:
        """colours: (n, 3) uint8 RGB."""
        self.colours = colours
        self.packed = packed(colours)
        self._rgb = colours.astype(np.float32)
        self._wide = _wide(self.packed)
        self._near = np.zeros(_CELLS, np.uint16)  # of each cell the two colours nearest, 256 * second + first
        self._partner = np.zeros(_CELLS, np.uint8)
        self._known = np.zeros(_CELLS, np.uint8)  # 1 with the nearest, 2 with the partner
        squares = (self._rgb**2).sum(axis=1)
        self._far = np.concatenate(
            [-2 * self._rgb.T, squares[None]]
        )  # (4, n): its product with (r, g, b, 1) is how far
        apart = squares[:, None] + squares[None] - 2 * self._rgb @ self._rgb.T
        self._around = np.argsort(apart, axis=1, kind="stable")[
            :, 1 : 1 + _NEIGHBOURS
        ]  # (n, m) neighbours of each colour

    def nearest(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n,) uint8 numbers of the colours nearest to (n,) pixels, and the (n,) float32 squared distances."""
        cells = _cells(pixels)
        self._learn_near(cells)
        numbers, far = np.empty(len(pixels), np.uint8), np.empty(len(pixels), np.float32)
        for part in _parts(len(pixels)):
            both = self._near.take(cells[part])
            first, second = both.astype(np.uint8), (both >> np.uint16(8)).astype(np.uint8)
            wanted = _wide(pixels[part])
            a, b = self._distance(wanted, first), self._distance(wanted, second)
            numbers[part], far[part] = np.where(b < a, second, first), np.minimum(a, b)
        return numbers, far

    def mixed(self, pixels: np.ndarray, first: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
        """(n,) uint8 numbers for (n,) pixels whose nearest colours are first: these, or their partners' turn.

        thresholds: (n,) float32 of the mask, 0 to 1 without both.
        """
        cells = _cells(pixels)
        self._learn_partners(cells)
        numbers = np.empty(len(pixels), np.uint8)
        for part in _parts(len(pixels)):
            second = self._partner.take(cells[part])
            start = _rows(self._wide, first[part])
            way = _rows(self._wide, second) - start
            length = np.einsum("ij,ij->i", way, way)
            share = np.einsum("ij,ij->i", _wide(pixels[part]) - start, way) / np.maximum(length, 1)
            numbers[part] = np.where(share > thresholds[part], second, first[part])
        return numbers

    def _distance(self, wanted: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        off = wanted - _rows(self._wide, numbers)
        return np.asarray(np.einsum("ij,ij->i", off, off))

    def _learn_near(self, cells: np.ndarray) -> None:
        for part, middles in self._unknown(cells, 1):
            far = middles @ self._far
            rows = np.arange(len(part))
            first = np.argmin(far, axis=1)
            far[rows, first] = np.inf
            self._near[part] = np.argmin(far, axis=1) << 8 | first

    def _learn_partners(self, cells: np.ndarray) -> None:
        for part, middles in self._unknown(cells, 2):
            first = np.argmin(middles @ self._far, axis=1)
            start = self._rgb.take(first, axis=0)[:, None]
            around = self._around.take(first, axis=0)  # (c, m)
            if not around.shape[1]:
                self._partner[part] = first
                continue
            way = self._rgb.take(around, axis=0) - start  # (c, m, 3)
            off = middles[:, None, :3] - start
            length = np.maximum(np.einsum("ijk,ijk->ij", way, way), 1)
            share = np.clip(np.einsum("ijk,ijk->ij", way, np.broadcast_to(off, way.shape)) / length, 0, 0.5)
            missed = off - share[..., None] * way
            cost = np.einsum("ijk,ijk->ij", missed, missed) + _CONTRAST * share * (1 - share) * length
            self._partner[part] = around[np.arange(len(part)), np.argmin(cost, axis=1)]

    def _unknown(self, cells: np.ndarray, what: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The cells not yet learnt, in parts small enough to stay on one thread, with their (c, 4) middles and ones."""
        met = np.zeros(_CELLS, bool)
        met[cells] = True
        new = np.flatnonzero(met & (self._known & what == 0))
        self._known[new] |= what
        middles = np.ones((len(new), 4), np.float32)
        for channel, shift in enumerate((0, 6, 12)):
            middles[:, channel] = (new >> shift & 63) * 4 + 1.5
        for at in range(0, len(new), 256):
            yield new[at : at + 256], middles[at : at + 256]


def mask(height: int, width: int) -> np.ndarray:
    """(H, W) float32 thresholds, each of 64 between 0 and 1 once in every 8x8 pixels."""
    tile = np.zeros((1, 1))
    for _ in range(3):
        tile = np.block([[4 * tile, 4 * tile + 2], [4 * tile + 3, 4 * tile + 1]])
    tile = ((tile + 0.5) / 64).astype(np.float32)
    return np.ascontiguousarray(np.tile(tile, (height // 8 + 1, width // 8 + 1))[:height, :width])


def packed(image: np.ndarray) -> np.ndarray:
    """(...) uint32 opaque pixels 0xAABBGGRR of (..., 3) uint8 RGB."""
    return np.asarray(cv2.cvtColor(image.reshape(1, -1, 3), cv2.COLOR_RGB2RGBA).view("<u4").reshape(image.shape[:-1]))


def _parts(count: int) -> Iterator[slice]:
    """Parts small enough for a processor's own memory."""
    return (slice(at, at + 8192) for at in range(0, count, 8192))


def _wide(pixels: np.ndarray) -> np.ndarray:
    """(n, 4) float32 channels of (n,) pixels."""
    return pixels.view(np.uint8).reshape(-1, 4).astype(np.float32)


def _rows(table: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Rows of an (n, 4) float32 table; as sixteen bytes each they are taken much faster."""
    return np.asarray(table.view(np.complex128).reshape(-1).take(numbers).view(np.float32).reshape(-1, 4))


def _cells(pixels: np.ndarray) -> np.ndarray:
    """(n,) the cell of each (n,) pixel."""
    red, green, blue = (pixels >> np.uint32(2 + 2 * k) & np.uint32(63 << 6 * k) for k in range(3))
    return np.asarray(red | green | blue)
